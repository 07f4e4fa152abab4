//! What a component of MAP says, in one flat view. TS 29.002 §17.6, §17.7.6.
//!
//! The operation chooses who fills it; a field that the component does not carry stays none. Values are borrowed
//! as they were sent.

use super::{AdditionalNumber, AddressString, ErrorCode, Operation, SmRpDa, SmRpOa};
use super::{delivery_status, error, forward_sm, routing_info, service_centre, subscriber};
use crate::ber::{Reader, Tag, Tlv, offset_in};
use crate::tcap::{Component, ComponentKind};
use crate::{Error, Layer, Reason};

/// Argument, result or error parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SmsArgument<'a> {
    /// To whom a message goes.
    pub sm_rp_da: Option<SmRpDa<'a>>,
    /// From whom it comes.
    pub sm_rp_oa: Option<SmRpOa<'a>>,
    /// The TPDU.
    pub sm_rp_ui: Option<&'a [u8]>,
    /// An IMSI that stands by itself, TBCD; see [`SmsArgument::any_imsi`].
    pub imsi: Option<&'a [u8]>,
    /// A subscriber's number that stands by itself; see [`SmsArgument::any_msisdn`].
    pub msisdn: Option<AddressString<'a>>,
    /// A service centre that stands by itself.
    pub service_centre: Option<AddressString<'a>>,
    /// Where the subscriber is: MSC or SGSN.
    pub network_node: Option<AddressString<'a>>,
    /// Where else.
    pub additional_number: Option<AdditionalNumber<'a>>,
    /// The visited network's own number of the subscriber.
    pub lmsi: Option<&'a [u8]>,
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
    /// The first defect, if any, with its offset from the first octet of the parameter.
    pub fault: Option<Error>,
    parameter: &'a [u8],
}

impl<'a> SmsArgument<'a> {
    /// What the component says. `operation_of_invoke` is the operation that a result answers, where the dialogue
    /// knows it and the component does not say.
    #[inline]
    pub fn parse(component: &Component<'a>, operation_of_invoke: Option<Operation>) -> Self {
        let mut argument = Self::default();
        argument.read(component, operation_of_invoke);
        argument
    }

    /// [`Self::parse`] into a fresh default, where it stands: saves moving the whole view.
    #[inline(never)]
    pub fn read(&mut self, component: &Component<'a>, operation_of_invoke: Option<Operation>) {
        if let Some(parameter) = component.parameter {
            let operation = component.operation.and_then(|code| code.local()).map(Operation).or(operation_of_invoke);
            self.fill(component, operation, parameter);
        }
    }

    fn fill(&mut self, component: &Component<'a>, operation: Option<Operation>, parameter: Tlv<'a>) {
        self.parameter = parameter.raw;
        match (component.kind, operation) {
            (ComponentKind::Invoke, Some(operation)) => self.invoke(operation, parameter),
            (ComponentKind::ReturnResultLast | ComponentKind::ReturnResultNotLast, Some(operation)) => {
                self.result(operation, parameter);
            }
            (ComponentKind::ReturnError, _) => {
                if let Some(code) = component.error.and_then(|code| code.local()) {
                    error::parameter(self, ErrorCode(code), parameter);
                }
            }
            _ => {}
        }
    }

    #[inline]
    fn invoke(&mut self, operation: Operation, parameter: Tlv<'a>) {
        match operation {
            Operation::MT_FORWARD_SM | Operation::MO_FORWARD_SM | Operation::MT_FORWARD_SM_VGCS => {
                forward_sm::argument(self, operation, parameter);
            }
            Operation::SEND_ROUTING_INFO_FOR_SM => routing_info::argument(self, parameter),
            Operation::REPORT_SM_DELIVERY_STATUS => delivery_status::argument(self, parameter),
            Operation::INFORM_SERVICE_CENTRE => service_centre::inform(self, parameter),
            Operation::ALERT_SERVICE_CENTRE | Operation::ALERT_SERVICE_CENTRE_WITHOUT_RESULT => {
                service_centre::alert(self, parameter);
            }
            Operation::READY_FOR_SM | Operation::NOTE_SUBSCRIBER_PRESENT => service_centre::ready(self, parameter),
            other => subscriber::argument(self, other, parameter),
        }
    }

    fn result(&mut self, operation: Operation, parameter: Tlv<'a>) {
        match operation {
            Operation::MT_FORWARD_SM | Operation::MO_FORWARD_SM | Operation::MT_FORWARD_SM_VGCS => {
                forward_sm::result(self, parameter);
            }
            Operation::SEND_ROUTING_INFO_FOR_SM => routing_info::result(self, parameter),
            Operation::REPORT_SM_DELIVERY_STATUS => delivery_status::result(self, parameter),
            other => subscriber::result(self, other, parameter),
        }
    }

    /// Reads the elements of a SEQUENCE one by one.
    #[inline]
    pub(super) fn each(&mut self, sequence: Tlv<'a>, take: impl FnMut(&mut Self, Tlv<'a>)) {
        if sequence.tag == Tag::SEQUENCE {
            self.each_inside(sequence, take)
        } else {
            self.note(sequence.raw, Reason::UnexpectedTag)
        }
    }

    /// Reads the elements of an element with any tag.
    #[inline]
    pub(super) fn each_inside(&mut self, outer: Tlv<'a>, mut take: impl FnMut(&mut Self, Tlv<'a>)) {
        let mut inside = Reader::new(outer.value);
        loop {
            match inside.next() {
                Ok(Some(tlv)) => {
                    if tlv.form.clipped() {
                        self.note(tlv.raw, Reason::Truncated);
                    }
                    take(self, tlv);
                }
                Ok(None) => return,
                Err(reason) => return self.note(inside.rest(), reason),
            }
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
    pub(super) fn require(&mut self, there: bool) {
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
