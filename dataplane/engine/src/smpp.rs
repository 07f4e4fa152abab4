//! SMPP over TCP: the PDUs of a segment, their facts and the verdict on each.
//!
//! The facts are those of SMPP under their own names, and beside them those that MAP's short messages have, so that one
//! rule serves both: `sms.oa`, `sms.da`, `sms.text`, `sms.pid`, the user data header and its parts.

use crate::decode;
use crate::line::Plan;
use crate::parts;
use crate::way::Way;
use crate::{Engine, Scope, Sink, facts, judge};
use sluice_abi::counters::{Exit, Slot};
use sluice_abi::{Facts, Field, Trigger};
use sluice_track::{BindType, Flow, Session, Taken};
use sluice_wire::smpp::{CommandId, PDU_OCTETS_MAX, Pdu, Pdus};
use sluice_wire::{Anomalies, tcp};

const KIND_SMPP: u64 = 2;
/// Text of a PDU beyond this is cut.
const TEXT_OCTETS: usize = 1 << 16;
/// Addresses and names of a PDU that are not ASCII, as text.
const NAMES_OCTETS: usize = 2048;

/// What no service type at all stands for (SMPP 3.4 §5.2.11).
const DEFAULT_SERVICE: &[u8] = b"(Default)";

/// Where a PDU that came in several segments is put together, and what its facts borrow.
pub struct Pad {
    pdu: Box<[u8; PDU_OCTETS_MAX]>,
    borrowed: Borrowed,
}

struct Borrowed {
    text: Box<[u8]>,
    names: Box<[u8]>,
    elements: [u8; facts::ELEMENTS_MAX],
}

impl Pad {
    /// Allocates it.
    pub fn new() -> Self {
        let octets = |n| vec![0; n].into_boxed_slice();
        let borrowed =
            Borrowed { text: octets(TEXT_OCTETS), names: octets(NAMES_OCTETS), elements: [0; facts::ELEMENTS_MAX] };
        let pdu = octets(PDU_OCTETS_MAX).try_into().unwrap_or_else(|_| unreachable!("it has that length"));
        Self { pdu, borrowed }
    }
}

/// A PDU and where it came in.
#[derive(Clone, Copy)]
struct At<'a> {
    way: &'a Way<'a>,
    ip: &'a [u8],
    segment: &'a tcp::Segment<'a>,
    flow: Flow,
    anomalies: Anomalies,
}

impl Engine {
    /// A TCP segment.
    #[inline(never)]
    pub(crate) fn tcp<'a>(
        &mut self,
        way: &Way<'a>,
        ip: &'a [u8],
        segment: &tcp::Segment<'a>,
        sink: &mut impl Sink,
    ) -> Exit {
        let key = self.tables.flow(ip, segment);
        let taken = self.tables.streams.segment(key, segment, way.input.time_ns);
        let (flow, direct) = match taken {
            Taken::Direct { flow, skip_octets } => (flow, Some(skip_octets)),
            Taken::Held(flow) => (flow, None),
            Taken::Waiting | Taken::Duplicate => return Exit::SmppSegment,
            Taken::Control | Taken::Unread => return Exit::NotSctp,
        };
        let Some(mut pad) = self.joined.smpp.take() else { return Exit::SmppSegment };
        let at = At { way, ip, segment, flow, anomalies: way.anomalies };
        let mut exit = Exit::SmppSegment;
        if let Some(skipped) = direct {
            let mut pdus = Pdus::new(segment.payload.get(skipped..).unwrap_or_default());
            for octets in pdus.by_ref() {
                exit = exit.max(self.pdu(&at, octets, &mut pad.borrowed, sink));
            }
            self.tables.streams.keep(flow, pdus.rest());
        } else {
            while let Some(whole) = self.tables.streams.next_pdu(flow, &mut pad.pdu) {
                let mut anomalies = at.anomalies;
                anomalies.add(whole.anomalies);
                let octets = pad.pdu.get(..whole.len_octets).unwrap_or_default();
                exit = exit.max(self.pdu(&At { anomalies, ..at }, octets, &mut pad.borrowed, sink));
            }
        }
        self.joined.smpp = Some(pad);
        exit
    }

    /// Judges a PDU.
    fn pdu(&mut self, at: &At<'_>, octets: &[u8], borrowed: &mut Borrowed, sink: &mut impl Sink) -> Exit {
        let exit = match Pdu::parse(octets) {
            Ok(pdu) => {
                self.tables.streams.learn(at.flow, &pdu);
                self.known_pdu(at, &pdu, borrowed, sink)
            }
            Err(error) => decode::exit_of(error),
        };
        sink.add(Slot::chunk(exit), 1);
        exit
    }

    fn known_pdu(&mut self, at: &At<'_>, pdu: &Pdu<'_>, borrowed: &mut Borrowed, sink: &mut impl Sink) -> Exit {
        let idle = matches!(pdu.command, CommandId::EnquireLink | CommandId::EnquireLinkResp);
        if idle && self.settings.scope == Scope::Sms {
            return Exit::NotSms;
        }
        let session = self.tables.streams.session(at.flow);
        let from_esme = self.tables.streams.is_from_esme(at.flow);
        let Self { tables, scratch, judge, .. } = self;
        let [scratch, ..] = &mut **scratch;
        let mut facts = Facts::new();
        carried(&mut facts, at);
        header(&mut facts, pdu, &session);
        message(&mut facts, pdu, borrowed, &session);
        if let Some(version) = session.version {
            facts.note(pdu.beyond(version));
        }
        if let Some(trigger) = trigger(pdu, from_esme) {
            facts.set(Field::LabelsTrigger, trigger as u64);
        }
        if facts.has(Field::SmsConcatTotal) {
            parts::join(&mut facts, &mut tables.parts, &mut scratch.joined_text, at.way.input.time_ns);
        }
        let room = (&mut scratch.texts, &mut scratch.judgement);
        let mut plan = Plan::NONE;
        judge.judge(&mut facts, at.way.policy, &mut tables.memory, room, &mut plan, sink);
        Exit::Judged
    }
}

/// Frame, addresses and ports.
fn carried<'p>(facts: &mut Facts<'p>, at: &At<'p>) {
    facts.set(Field::Kind, KIND_SMPP);
    facts::frame(facts, at.way.input);
    facts.note(at.anomalies);
    facts::addresses(facts, at.ip);
    facts.set(Field::Sport, at.segment.source_port.into());
    facts.set(Field::Dport, at.segment.destination_port.into());
    judge::direction(facts, at.way.input.side);
}

/// What every PDU has, and the session.
fn header(facts: &mut Facts<'_>, pdu: &Pdu<'_>, session: &Session) {
    facts.set_all([
        (Field::SmppCommandId, pdu.command.number().into()),
        (Field::SmppSeq, pdu.sequence.into()),
        (Field::SmppLength, pdu.length.into()),
    ]);
    if pdu.command.is_response() {
        facts.set(Field::SmppStatus, pdu.status.number().into());
    }
    facts.set_some(Field::SmppVersion, pdu.interface_version.or(session.version).map(|version| version.0));
    let bind = session.bind.map(|bind| match bind {
        BindType::Receiver => 0u64,
        BindType::Transmitter => 1,
        BindType::Transceiver => 2,
    });
    facts.set_some(Field::SmppBind, bind);
    facts.note(pdu.anomalies);
    if let Some(fault) = pdu.fault {
        facts::malformed(facts, fault);
    }
}

/// Parties, message and text.
fn message<'p>(facts: &mut Facts<'p>, pdu: &Pdu<'p>, borrowed: &'p mut Borrowed, session: &'p Session) {
    let Borrowed { text, names, elements } = borrowed;
    let mut names = Names(names);
    let system_id = pdu.system_id.unwrap_or_else(|| session.system_id());
    facts.set_octets_some(Field::SmppSystemId, names.text(system_id).filter(|name| !name.is_empty()));
    facts.set_octets_some(Field::SmppMessageId, pdu.message_id.and_then(|id| names.text(id)));
    let service_type = pdu.service_type.map(|kind| if kind.is_empty() { DEFAULT_SERVICE } else { kind });
    facts.set_octets_some(Field::SmppServiceType, service_type.and_then(|kind| names.text(kind)));
    if let Some(source) = pdu.source {
        facts.set_all([(Field::SmppSrcTon, source.ton.into()), (Field::SmppSrcNpi, source.npi.into())]);
        let address = names.text(source.address);
        facts.set_octets_some(Field::SmppSrc, address);
        facts.set_octets_some(Field::SmsOa, address);
    }
    if let Some(destination) = pdu.destination {
        facts.set_all([(Field::SmppDstTon, destination.ton.into()), (Field::SmppDstNpi, destination.npi.into())]);
        let address = names.text(destination.address);
        facts.set_octets_some(Field::SmppDst, address);
        facts.set_octets_some(Field::SmsDa, address);
    }
    if let Some(class) = pdu.esm_class {
        facts.set_all([
            (Field::SmppEsmMode, class.mode().into()),
            (Field::SmppEsmType, class.message_type().into()),
            (Field::SmppEsmFeatures, class.features().into()),
            (Field::SmsUdhi, class.has_header().into()),
        ]);
    }
    facts.set_some(Field::SmppProtocolId, pdu.protocol_id);
    facts.set_some(Field::SmsPid, pdu.protocol_id);
    facts.set_some(Field::SmppPriority, pdu.priority);
    // The lower bits ask for receipts; those above, for other notes (SMPP 3.4 §5.2.17).
    facts.set_some(Field::SmppRegistered, pdu.registered_delivery.map(|registered| registered & 3));
    facts.set_some(Field::SmppDataCoding, pdu.data_coding.map(|coding| coding.0));
    facts.set_some(Field::SmppSmLength, pdu.sm_length);
    let some = |octets: &'p [u8]| (!octets.is_empty()).then_some(octets);
    facts.set_octets_some(Field::SmppMessage, some(pdu.message()));
    facts.set_octets_some(Field::SmppTlvs, some(pdu.tlvs.rest()));
    if let Some(header) = pdu.header() {
        facts::elements(facts, header.elements(), elements);
    }
    if let Some(concatenation) = pdu.concatenation() {
        facts::concatenation(facts, &concatenation);
    }
    if let Some(ports) = pdu.application_ports() {
        facts::ports(facts, &ports);
    }
    if let Some(read) = pdu.text(text) {
        facts.note(read.anomalies);
        facts.set_octets(Field::SmppText, read.text.as_bytes());
        facts.set_octets(Field::SmsText, read.text.as_bytes());
    }
}

/// Where in the life of a short message a PDU stands.
fn trigger(pdu: &Pdu<'_>, from_esme: Option<bool>) -> Option<Trigger> {
    let receipt = pdu.esm_class.is_some_and(|class| class.is_receipt());
    Some(match pdu.command {
        CommandId::SubmitSm | CommandId::SubmitMulti | CommandId::BroadcastSm | CommandId::ReplaceSm => {
            Trigger::Submission
        }
        CommandId::DataSm if from_esme == Some(true) => Trigger::Submission,
        CommandId::DeliverSm | CommandId::DataSm if receipt => Trigger::PostDelivery,
        CommandId::DeliverSm | CommandId::DataSm => Trigger::PreDelivery,
        CommandId::SubmitSmResp
        | CommandId::SubmitMultiResp
        | CommandId::DataSmResp
        | CommandId::DeliverSmResp
        | CommandId::BroadcastSmResp
        | CommandId::AlertNotification => Trigger::PostDelivery,
        _ => return None,
    })
}

/// Room for names that are not ASCII: SMPP has only ASCII, an octet beyond it is taken as ISO 8859-1.
struct Names<'n>(&'n mut [u8]);

impl<'n> Names<'n> {
    /// The name as UTF-8; none where there is no more room.
    fn text<'o>(&mut self, name: &'o [u8]) -> Option<&'o [u8]>
    where
        'n: 'o,
    {
        if name.is_ascii() {
            return Some(name);
        }
        let length = name.iter().map(|&octet| char::from(octet).len_utf8()).sum();
        let (room, rest) = std::mem::take(&mut self.0).split_at_mut_checked(length)?;
        self.0 = rest;
        let mut at = 0;
        for &octet in name {
            at += char::from(octet).encode_utf8(room.get_mut(at..)?).len();
        }
        Some(room)
    }
}
