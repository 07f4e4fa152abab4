//! A PDU: its header, what its kind adds, and its optional parameters. SMPP 3.4 §3.2, §4, §5.
//!
//! The header is read here, the mandatory parameters by the file of their shape. What parses is given even where the
//! rest does not: the first defect stands in `fault`. An answer may be without its body where it says that the request
//! failed (SMPP 3.4 §4.1.2, §4.4.2).

use super::coding::{Charset, DataCoding};
use super::command::{CommandId, InterfaceVersion};
use super::cursor::Cursor;
use super::esm_class::EsmClass;
use super::framing::{HEADER_OCTETS, words};
use super::party::{Destinations, Party};
use super::status::Status;
use super::text::{self, Text};
use super::tlv::Tlvs;
use super::{ancillary, bind, message};
use crate::sms::{Concatenation, Ports, Shift, UserDataHeader};
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// A PDU. A parameter that its kind does not have, or that comes after the fault, is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pdu<'a> {
    /// `command_length`: octets of the PDU.
    pub length: u32,
    /// Which PDU.
    pub command: CommandId,
    /// What became of the request; zero in requests.
    pub status: Status,
    /// The same in request and answer.
    pub sequence: u32,
    /// Who binds, or who answers.
    pub system_id: Option<&'a [u8]>,
    /// What kind of system binds.
    pub system_type: Option<&'a [u8]>,
    /// Which SMPP the ESME speaks, or the message centre where it answers.
    pub interface_version: Option<InterfaceVersion>,
    /// Which service.
    pub service_type: Option<&'a [u8]>,
    /// From whom.
    pub source: Option<Party<'a>>,
    /// To whom; the first address where there are several.
    pub destination: Option<Party<'a>>,
    /// To whom, where there may be several.
    pub destinations: Option<Destinations<'a>>,
    /// How it is handled, and what kind of message it is.
    pub esm_class: Option<EsmClass>,
    /// TP-PID.
    pub protocol_id: Option<u8>,
    /// Priority.
    pub priority: Option<u8>,
    /// When to deliver; empty is at once.
    pub schedule: Option<&'a [u8]>,
    /// Until when to try.
    pub validity: Option<&'a [u8]>,
    /// Bits 1-0 ask for a receipt, 3-2 for an acknowledgement, 4 for intermediate notifications.
    pub registered_delivery: Option<u8>,
    /// Whether it replaces one that waits.
    pub replace_if_present: Option<u8>,
    /// What the octets of the message stand for.
    pub data_coding: Option<DataCoding>,
    /// A message of the message centre's own to send instead.
    pub default_message: Option<u8>,
    /// `sm_length` as it stands there.
    pub sm_length: Option<u8>,
    /// The message in the mandatory part, as far as it is there.
    pub short_message: Option<&'a [u8]>,
    /// The message in a parameter of its own.
    pub message_payload: Option<&'a [u8]>,
    /// The message centre's name for the message.
    pub message_id: Option<&'a [u8]>,
    /// State of a message that was asked for.
    pub message_state: Option<u8>,
    /// The optional parameters, also those read into other fields.
    pub tlvs: Tlvs<'a>,
    /// The first defect; what came before it is in the other fields.
    pub fault: Option<Error>,
    /// What was tolerated.
    pub anomalies: Anomalies,
    pub(super) sar: (Option<u16>, Option<u8>, Option<u8>),
    pub(super) ports: (Option<u16>, Option<u16>),
    pub(super) header: Option<UserDataHeader<'a>>,
    pub(super) payload: &'a [u8],
}

impl<'a> Pdu<'a> {
    /// The PDU at the start of `octets`; what follows its length is ignored.
    ///
    /// # Errors
    /// `Truncated` where it does not end within them, `BadLength` for less than a header.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let error = |at, reason| Err(Error::new(Layer::Smpp, at, reason));
        let Some(header) = octets.first_chunk::<HEADER_OCTETS>() else { return error(0, Reason::Truncated) };
        let [length, command, status, sequence] = words(header);
        let Some(body) = octets.get(HEADER_OCTETS..length as usize) else {
            let too_short = (length as usize) < HEADER_OCTETS;
            return error(0, if too_short { Reason::BadLength } else { Reason::Truncated });
        };
        let mut pdu = Self::of(length, CommandId::from_number(command), Status::from_number(status), sequence);
        pdu.note_header();
        pdu.read_body(body);
        Ok(pdu)
    }

    const fn of(length: u32, command: CommandId, status: Status, sequence: u32) -> Self {
        Self {
            length,
            command,
            status,
            sequence,
            system_id: None,
            system_type: None,
            interface_version: None,
            service_type: None,
            source: None,
            destination: None,
            destinations: None,
            esm_class: None,
            protocol_id: None,
            priority: None,
            schedule: None,
            validity: None,
            registered_delivery: None,
            replace_if_present: None,
            data_coding: None,
            default_message: None,
            sm_length: None,
            short_message: None,
            message_payload: None,
            message_id: None,
            message_state: None,
            tlvs: Tlvs::new(&[]),
            fault: None,
            anomalies: Anomalies::NONE,
            sar: (None, None, None),
            ports: (None, None),
            header: None,
            payload: &[],
        }
    }

    fn note_header(&mut self) {
        let status_fits = if self.command.is_response() { self.status.is_known() } else { self.status == Status::Ok };
        self.anomalies.note_if(!self.command.is_known() || !status_fits, Anomaly::SmppVersion);
    }

    fn read_body(&mut self, body: &'a [u8]) {
        let mut cursor = Cursor::new(body);
        let without = body.is_empty() && self.command.is_response();
        let outcome = if without { Ok(()) } else { self.read_mandatory(&mut cursor) };
        self.anomalies.add(cursor.anomalies);
        match outcome {
            Ok(()) => self.read_optional(cursor.rest()),
            Err(reason) => {
                let at = HEADER_OCTETS + body.len() - cursor.rest().len();
                self.fault = Some(Error::new(Layer::Smpp, at, reason));
            }
        }
        self.anomalies.note_if(without && self.status == Status::Ok && self.has_mandatory(), Anomaly::SmppLength);
        self.read_message();
    }

    fn read_mandatory(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
        match self.command {
            CommandId::SubmitSm | CommandId::DeliverSm => message::submit(self, cursor),
            CommandId::SubmitSmResp
            | CommandId::DeliverSmResp
            | CommandId::DataSmResp
            | CommandId::BroadcastSmResp
            | CommandId::QueryBroadcastSmResp => ancillary::message_id(self, cursor),
            CommandId::DataSm => message::data(self, cursor),
            CommandId::SubmitMulti => message::submit_multi(self, cursor),
            CommandId::SubmitMultiResp => message::submit_multi_resp(self, cursor),
            CommandId::ReplaceSm => message::replace(self, cursor),
            CommandId::BroadcastSm => message::broadcast(self, cursor),
            CommandId::BindReceiver | CommandId::BindTransmitter | CommandId::BindTransceiver => {
                bind::bind(self, cursor)
            }
            CommandId::BindReceiverResp | CommandId::BindTransmitterResp | CommandId::BindTransceiverResp => {
                bind::bind_resp(self, cursor)
            }
            CommandId::Outbind => bind::outbind(self, cursor),
            CommandId::QuerySm | CommandId::QueryBroadcastSm => ancillary::query(self, cursor),
            CommandId::QuerySmResp => ancillary::query_resp(self, cursor),
            CommandId::CancelSm => ancillary::cancel(self, cursor),
            CommandId::CancelBroadcastSm => ancillary::cancel_broadcast(self, cursor),
            CommandId::AlertNotification => ancillary::alert(self, cursor),
            CommandId::ParamRetrieve => ancillary::parameter(cursor, 32),
            CommandId::ParamRetrieveResp => ancillary::parameter(cursor, 101),
            CommandId::QueryLastMsgs => ancillary::query_last(self, cursor),
            CommandId::QueryLastMsgsResp => ancillary::query_last_resp(self, cursor),
            CommandId::QueryMsgDetails => ancillary::query_details(self, cursor),
            CommandId::QueryMsgDetailsResp => message::query_details_resp(self, cursor),
            _ => Ok(()),
        }
    }

    /// Whether the answer has parameters that must be there.
    const fn has_mandatory(&self) -> bool {
        !matches!(
            self.command,
            CommandId::GenericNack
                | CommandId::UnbindResp
                | CommandId::EnquireLinkResp
                | CommandId::ReplaceSmResp
                | CommandId::CancelSmResp
                | CommandId::CancelBroadcastSmResp
        ) && self.command.is_known()
    }

    /// The message with its header: that of the mandatory part, where there is none that of the parameter. A PDU with
    /// both is noted; the fields have both.
    #[inline]
    pub fn message(&self) -> &'a [u8] {
        let short = self.short_message.filter(|message| !message.is_empty());
        short.or(self.message_payload).unwrap_or(&[])
    }

    /// The user data header.
    #[inline]
    pub const fn header(&self) -> Option<UserDataHeader<'a>> {
        self.header
    }

    /// The message after its header.
    #[inline]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Which part of which message: by the header, else by the parameters. SMPP 3.4 §5.3.2.22 to §5.3.2.24.
    pub fn concatenation(&self) -> Option<Concatenation> {
        let by_header = self.header.and_then(|header| header.concatenation());
        let (reference, total, sequence) = self.sar;
        let by_parameters =
            || Some(Concatenation { reference: reference?, total: total?, sequence: sequence?, wide: true });
        by_header.or_else(by_parameters)
    }

    /// Application ports: by the header, else by the parameters. SMPP 3.4 §5.3.2.20, §5.3.2.21.
    pub fn application_ports(&self) -> Option<Ports> {
        let by_header = self.header.and_then(|header| header.ports());
        let (source, destination) = self.ports;
        let by_parameters = || Some(Ports { destination: destination?, source: source.unwrap_or(0), wide: true });
        by_header.or_else(by_parameters)
    }

    /// What the octets of the message stand for; where the PDU does not say, the message centre's own.
    #[inline]
    pub fn charset(&self) -> Charset {
        self.data_coding.unwrap_or_default().charset()
    }

    /// The national languages of text in the GSM 7-bit alphabet, which the header names. TS 23.038 §6.2.1.2.
    #[inline]
    pub fn shift(&self) -> Shift {
        self.header.map_or(Shift::DEFAULT, |header| header.shift())
    }

    /// Writes the text after the header over `out`. None where there is none: octets, an alphabet that is not read, or
    /// nothing.
    pub fn text<'b>(&self, out: &'b mut [u8]) -> Option<Text<'b>> {
        text::write(self.charset(), self.shift(), self.payload, out)
    }

    /// What it has that the version its session was bound with does not have.
    pub fn beyond(&self, version: InterfaceVersion) -> Anomalies {
        let beyond = !self.command.is_in(version) || self.tlvs.clone().any(|tlv| !tlv.tag.is_in(version));
        if beyond { Anomalies::of(Anomaly::SmppVersion) } else { Anomalies::NONE }
    }
}
