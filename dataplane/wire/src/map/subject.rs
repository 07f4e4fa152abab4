//! What a component of MAP says of whom, in one flat view. TS 29.002 §17.6, §17.7.
//!
//! The table of the operation ([`shape`](super::shape)) says which element goes where; a field that the component does
//! not carry stays none. Values are borrowed as they were sent, the first of each kind is kept.

use super::{AdditionalNumber, AddressString, ErrorCode, Location, Operation, SmRpDa, SmRpOa};
use super::{party, routing_info, shape};
use crate::ber::{Tlv, offset_in};
use crate::tcap::{Component, ComponentKind};
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// Room for the strings of a parameter that came in pieces.
pub const SCRATCH_OCTETS: usize = 512;

/// Argument, result or error parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject<'a> {
    /// To whom a message goes.
    pub sm_rp_da: Option<SmRpDa<'a>>,
    /// From whom it comes.
    pub sm_rp_oa: Option<SmRpOa<'a>>,
    /// The TPDU.
    pub sm_rp_ui: Option<&'a [u8]>,
    /// An IMSI that stands by itself, TBCD; see [`Subject::any_imsi`].
    pub imsi: Option<&'a [u8]>,
    /// A subscriber's number that stands by itself; see [`Subject::any_msisdn`].
    pub msisdn: Option<AddressString<'a>>,
    /// A service centre that stands by itself.
    pub service_centre: Option<AddressString<'a>>,
    /// Where the subscriber is: MSC or SGSN.
    pub network_node: Option<AddressString<'a>>,
    /// Where else.
    pub additional_number: Option<AdditionalNumber<'a>>,
    /// The visited network's own number of the subscriber.
    pub lmsi: Option<&'a [u8]>,
    /// An equipment, TBCD.
    pub imei: Option<&'a [u8]>,
    /// The visited network's passing name of the subscriber.
    pub tmsi: Option<&'a [u8]>,
    /// The number under which messages wait.
    pub stored_msisdn: Option<AddressString<'a>>,
    /// 0 memory full, 1 absent, 2 success.
    pub delivery_outcome: Option<i64>,
    /// Why absent, TS 23.040 §3.3.2.
    pub absent_diagnostic: Option<i64>,
    /// Another message follows in the dialogue.
    pub more_messages: bool,
    /// Deliver although the subscriber is not reachable.
    pub sm_rp_pri: Option<bool>,
    /// 0 SMS-DELIVER, 1 SMS-STATUS REPORT.
    pub sm_rp_mti: Option<i64>,
    /// The originator of the short message, as an address of TS 23.040.
    pub sm_rp_smea: Option<&'a [u8]>,
    /// 0 only the IMSI is wanted, 1 only the network.
    pub delivery_not_intended: Option<i64>,
    /// 0 the phone is back, 1 its memory is free.
    pub alert_reason: Option<i64>,
    /// BIT STRING with its octet of unused bits.
    pub mw_status: Option<&'a [u8]>,
    /// Whether messages wait; versions 1 and 2.
    pub mwd_set: Option<bool>,
    /// The home register that gave a correlation, TBCD: the first digits of its IMSIs.
    pub correlation_hlr: Option<&'a [u8]>,
    /// The originator in a message between networks of IMS.
    pub sip_uri_a: Option<&'a [u8]>,
    /// The destination in a message between networks of IMS.
    pub sip_uri_b: Option<&'a [u8]>,
    /// Whom the serving node may tell that the subscriber is back.
    pub sms_gmsc: Option<AddressString<'a>>,
    /// Seconds the gateway waits for the delivery.
    pub delivery_timer_s: Option<i64>,
    /// Until when a later delivery may be asked for: seconds from 1900.
    pub retransmit_until: Option<&'a [u8]>,
    /// The gateway can use a second node.
    pub gprs_support: bool,
    /// The node is an SGSN.
    pub gprs_node: bool,
    /// The node is one of IMS.
    pub ims_node: bool,
    /// Nobody will try again.
    pub single_attempt: bool,
    /// Only over IP.
    pub over_ip_only: bool,
    /// sm-EnumeratedDeliveryFailureCause of error 32.
    pub sm_delivery_failure: Option<i64>,
    /// The TPDU of error 32.
    pub diagnostic_info: Option<&'a [u8]>,
    /// The number in the parameter of any other error.
    pub error_detail: Option<i64>,
    /// An MSC that asks or answers.
    pub msc: Option<AddressString<'a>>,
    /// A VLR.
    pub vlr: Option<AddressString<'a>>,
    /// An SGSN.
    pub sgsn: Option<AddressString<'a>>,
    /// An HLR.
    pub hlr: Option<AddressString<'a>>,
    /// A service control function.
    pub gsmscf: Option<AddressString<'a>>,
    /// A gateway MSC, or the service control function in its place.
    pub gmsc: Option<AddressString<'a>>,
    /// A location centre.
    pub mlc: Option<AddressString<'a>>,
    /// A number lent for one call.
    pub roaming_number: Option<AddressString<'a>>,
    /// Where calls are sent instead.
    pub forwarded_to: Option<AddressString<'a>>,
    /// 0 VLR, 1 SGSN, 2 S-CSCF and so on: who wants to authenticate.
    pub requesting_node: Option<i64>,
    /// Its network, 3 octets.
    pub requesting_plmn: Option<&'a [u8]>,
    /// The alphabet of [`Self::ussd_string`], TS 23.038 §5.
    pub ussd_coding: Option<u8>,
    /// What was dialled, or the answer.
    pub ussd_string: Option<&'a [u8]>,
    /// Where the subscriber is.
    pub location: Location<'a>,
    /// What was tolerated.
    pub anomalies: Anomalies,
    /// The first defect, if any, with its offset from the first octet of the parameter.
    pub fault: Option<Error>,
    parameter: &'a [u8],
}

impl<'a> Subject<'a> {
    /// What the component says. `operation_of_invoke` is the operation that a result answers, where the dialogue
    /// knows it and the component does not say.
    #[inline]
    pub fn parse(component: &Component<'a>, operation_of_invoke: Option<Operation>) -> Self {
        let mut subject = Self::default();
        subject.read(component, operation_of_invoke);
        subject
    }

    /// [`Self::parse`] into a fresh default, where it stands: saves moving the whole view. A string in pieces is not
    /// read, which is a fault.
    #[inline]
    pub fn read(&mut self, component: &Component<'a>, operation_of_invoke: Option<Operation>) {
        self.read_in(component, operation_of_invoke, &mut []);
    }

    /// [`Self::read`], with room to put strings together that came in pieces. Says whether the parameter is one that
    /// practically every stack sends: then no element in it deviates from the form it should have.
    #[inline]
    pub fn read_with(
        &mut self,
        component: &Component<'a>,
        operation_of_invoke: Option<Operation>,
        scratch: &'a mut [u8; SCRATCH_OCTETS],
    ) -> bool {
        self.read_in(component, operation_of_invoke, scratch)
    }

    /// By its table only, as [`Self::read`] does where the parameter is not an ordinary one.
    #[cfg(test)]
    pub(super) fn parse_by_table(component: &Component<'a>, operation: Operation) -> Self {
        let mut subject = Self::default();
        if let Some(parameter) = component.parameter {
            subject.parameter = parameter.raw;
            subject.read_by_table(component, Some(operation), parameter, &mut []);
        }
        subject
    }

    #[inline(never)]
    fn read_in(&mut self, component: &Component<'a>, of_invoke: Option<Operation>, scratch: &'a mut [u8]) -> bool {
        let Some(parameter) = component.parameter else { return false };
        let operation = component.operation.and_then(Operation::of_code).or(of_invoke);
        self.parameter = parameter.raw;
        if operation == Some(Operation::SEND_ROUTING_INFO_FOR_SM) && routing_info::read(self, component.kind, parameter)
        {
            return true;
        }
        self.read_by_table(component, operation, parameter, scratch);
        false
    }

    fn read_by_table(
        &mut self,
        component: &Component<'a>,
        operation: Option<Operation>,
        parameter: Tlv<'a>,
        scratch: &'a mut [u8],
    ) {
        match component.kind {
            ComponentKind::Invoke => {
                let Some(operation) = operation else { return };
                self.walk(parameter, shape::argument(operation), operation.is_sms(), scratch);
                self.expect_argument(operation);
            }
            ComponentKind::ReturnResultLast | ComponentKind::ReturnResultNotLast => {
                let Some(operation) = operation else { return };
                self.walk(parameter, shape::result(operation), operation.is_sms(), scratch);
                self.require(operation != Operation::SEND_ROUTING_INFO_FOR_SM || self.imsi.is_some());
            }
            ComponentKind::ReturnError => {
                let code = component.error.and_then(|code| code.local()).map(ErrorCode);
                self.walk(parameter, code.and_then(shape::error), false, scratch);
            }
            ComponentKind::Reject => {}
        }
    }

    fn walk(
        &mut self,
        parameter: Tlv<'a>,
        shape: Option<&'static shape::Shape>,
        strictly: bool,
        scratch: &'a mut [u8],
    ) {
        let Some(shape) = shape else { return };
        if !shape::walk(self, parameter, shape, scratch) {
            self.anomalies.note(Anomaly::UnknownElement);
            if strictly {
                self.note(parameter.raw, Reason::UnexpectedTag);
            }
        }
    }

    /// What the short message operations cannot do without, and what does not go together.
    fn expect_argument(&mut self, operation: Operation) {
        self.require(match operation {
            Operation::MT_FORWARD_SM | Operation::MO_FORWARD_SM | Operation::MT_FORWARD_SM_VGCS => {
                self.sm_rp_ui.is_some()
            }
            Operation::SEND_ROUTING_INFO_FOR_SM => self.msisdn.is_some() || self.imsi.is_some(),
            Operation::REPORT_SM_DELIVERY_STATUS
            | Operation::ALERT_SERVICE_CENTRE
            | Operation::ALERT_SERVICE_CENTRE_WITHOUT_RESULT => self.service_centre.is_some(),
            Operation::READY_FOR_SM | Operation::NOTE_SUBSCRIBER_PRESENT => self.imsi.is_some(),
            _ => true,
        });
        if let (Some(sm_rp_da), Some(sm_rp_oa)) = self.parties() {
            self.anomalies.note_if(!party::go_together(sm_rp_da, sm_rp_oa), Anomaly::MapParties);
        }
        if operation == Operation::MT_FORWARD_SM {
            let from_phone = matches!(self.sm_rp_da, Some(SmRpDa::ServiceCentre(_)))
                || matches!(self.sm_rp_oa, Some(SmRpOa::Msisdn(_)));
            self.anomalies.note_if(from_phone, Anomaly::MapParties);
        }
    }

    #[cold]
    pub(super) fn note(&mut self, at: &[u8], reason: Reason) {
        if self.fault.is_none() {
            self.fault = Some(Error::new(Layer::Map, offset_in(self.parameter, at), reason));
        }
    }

    /// A mandatory element that did not come.
    #[inline]
    fn require(&mut self, there: bool) {
        if !there {
            self.note(self.parameter, Reason::Missing);
        }
    }

    /// The subscriber's IMSI, wherever it stands: the destination first.
    #[inline]
    pub fn any_imsi(&self) -> Option<&'a [u8]> {
        match self.sm_rp_da {
            Some(SmRpDa::Imsi(imsi)) => Some(imsi),
            _ => self.imsi,
        }
    }

    /// To whom and from whom a short message goes.
    #[inline]
    pub const fn parties(&self) -> (Option<SmRpDa<'a>>, Option<SmRpOa<'a>>) {
        (self.sm_rp_da, self.sm_rp_oa)
    }

    /// The subscriber's number, wherever it stands: the originator first.
    #[inline]
    pub fn any_msisdn(&self) -> Option<AddressString<'a>> {
        match self.sm_rp_oa {
            Some(SmRpOa::Msisdn(msisdn)) => AddressString::new(msisdn),
            _ => self.msisdn,
        }
    }
}
