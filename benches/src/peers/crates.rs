//! The crates m3ua, sccp, tcap and gsm_map, used as their documentation shows, down to SM-RP-UI.
//!
//! They check no CRC32c, reassemble nothing, and stop above SCTP and below the TPDU: the walk over the frame is
//! [`Frame::chunks`], the TPDU is [`super::tpdu`]. What they refuse is not handed out.

use super::tpdu::{self, Decoded};
use crate::fields::Component;
use crate::{Candidate, Fields, Frame};
use gsm_map::operations::mo_forward_sm::MoForwardSmArg;
use gsm_map::operations::mt_forward_sm::MtForwardSmArg;
use gsm_map::operations::sri_sm::{RoutingInfoForSmArg, RoutingInfoForSmRes};
use gsm_map::types::{SmRpDa, SmRpOa};
use m3ua::M3uaMessage;
use sccp::{SccpMessage, bcd::decode_tbcd};
use tcap::{OperationCode, TcapMessage};

/// The chain of the four crates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Crates;

/// What the operation's argument says.
#[derive(Default)]
struct Argument {
    first: String,
    second: String,
    tpdu: Decoded,
}

impl Candidate for Crates {
    fn name(&self) -> &'static str {
        "m3ua+sccp+tcap+gsm_map"
    }

    fn run(&mut self, frames: &[Frame<'_>], take: &mut dyn FnMut(&Fields<'_>)) {
        for frame in frames {
            for chunk in frame.chunks() {
                let at = Fields { frame: frame.number, tsn: chunk.tsn, ..Fields::default() };
                let _refused: Option<()> = decode(chunk.payload, at, take);
            }
        }
    }
}

fn decode(payload: &[u8], at: Fields<'_>, take: &mut dyn FnMut(&Fields<'_>)) -> Option<()> {
    let data = M3uaMessage::decode(payload).ok()?.protocol_data().ok()?;
    let unit = SccpMessage::decode(&data.user_data).ok()?;
    let message = tcap::decode(unit.data()).ok()?;
    let (otid, dtid) = (message.otid(), message.dtid());
    let base = Fields {
        otid: otid.map_or(&[][..], |id| id.as_ref()),
        dtid: dtid.map_or(&[][..], |id| id.as_ref()),
        called: unit.called_party().global_title.digits().unwrap_or_default(),
        calling: unit.calling_party().global_title.digits().unwrap_or_default(),
        ..at
    };
    components(&message, &base, take)
}

fn components(message: &TcapMessage, base: &Fields<'_>, take: &mut dyn FnMut(&Fields<'_>)) -> Option<()> {
    for (index, component) in message.components().iter().enumerate() {
        let (kind, op, parameter) = parts(component);
        let argument = match (kind, op, parameter) {
            (Component::Invoke, Some(44), Some(octets)) => mt_forward(octets)?,
            (Component::Invoke, Some(46), Some(octets)) => forward(octets)?,
            (Component::Invoke, Some(45), Some(octets)) => routing_info(octets)?,
            (Component::ReturnResultLast, Some(45), Some(octets)) => routing_result(octets)?,
            _ => Argument::default(),
        };
        take(&Fields {
            index,
            component: kind,
            op,
            first: &argument.first,
            second: &argument.second,
            address: &argument.tpdu.address,
            text: &argument.tpdu.text,
            ..base.clone()
        });
    }
    Some(())
}

fn parts(component: &tcap::Component) -> (Component, Option<i64>, Option<&[u8]>) {
    let local = |code: &OperationCode| match code {
        OperationCode::Local(code) => Some(*code),
        OperationCode::Global(_) => None,
    };
    let result = |kind, value: &'_ Option<tcap::ReturnResultValue>| {
        let op = value.as_ref().and_then(|v| local(&v.operation_code));
        (kind, op)
    };
    match component {
        tcap::Component::Invoke(c) => {
            (Component::Invoke, local(&c.operation_code), c.parameter.as_ref().map(|p| p.as_bytes()))
        }
        tcap::Component::ReturnResultLast(c) => {
            let (kind, op) = result(Component::ReturnResultLast, &c.result);
            (kind, op, c.result.as_ref().and_then(|v| v.parameter.as_ref()).map(|p| p.as_bytes()))
        }
        tcap::Component::ReturnResultNotLast(c) => {
            let (kind, op) = result(Component::ReturnResultNotLast, &c.result);
            (kind, op, None)
        }
        tcap::Component::ReturnError(_) => (Component::ReturnError, None, None),
        tcap::Component::Reject(_) => (Component::Reject, None, None),
    }
}

/// Parameter of a component.
pub(super) fn parameter(component: &tcap::Component) -> Option<&[u8]> {
    parts(component).2
}

/// Length of the TPDU in a request.
pub(super) fn tpdu_octets(octets: &[u8], operation: i64) -> Option<usize> {
    if operation == 46
        && let Ok(arg) = gsm_map::decode::<MoForwardSmArg>(octets)
    {
        return Some(arg.sm_rp_ui.len());
    }
    let arg: MtForwardSmArg = gsm_map::decode(octets).ok()?;
    Some(arg.sm_rp_ui.len())
}

fn mt_forward(octets: &[u8]) -> Option<Argument> {
    let arg: MtForwardSmArg = gsm_map::decode(octets).ok()?;
    relay(&arg.sm_rp_da, &arg.sm_rp_oa, &arg.sm_rp_ui)
}

/// Operation 46 is mo-ForwardSM in version 3 and both directions before; the older MT form may end with a NULL that
/// the first type does not know.
fn forward(octets: &[u8]) -> Option<Argument> {
    match gsm_map::decode::<MoForwardSmArg>(octets) {
        Ok(arg) => relay(&arg.sm_rp_da, &arg.sm_rp_oa, &arg.sm_rp_ui),
        Err(_) => mt_forward(octets),
    }
}

fn relay(da: &SmRpDa, oa: &SmRpOa, tpdu: &[u8]) -> Option<Argument> {
    let is_submit = matches!(oa, SmRpOa::MsIsdn(_));
    let first = match da {
        SmRpDa::Imsi(imsi) => decode_tbcd(imsi),
        SmRpDa::ServiceCentreAddressDa(address) => digits(address)?,
        SmRpDa::Lmsi(_) | SmRpDa::NoSmRpDa(()) => String::new(),
    };
    let second = match oa {
        SmRpOa::MsIsdn(address) | SmRpOa::ServiceCentreAddressOa(address) => digits(address)?,
        SmRpOa::NoSmRpOa(()) => String::new(),
    };
    let tpdu = if is_submit { tpdu::submit(tpdu)? } else { tpdu::deliver(tpdu)? };
    Some(Argument { first, second, tpdu })
}

fn routing_info(octets: &[u8]) -> Option<Argument> {
    let arg: RoutingInfoForSmArg = gsm_map::decode(octets).ok()?;
    let (first, second) = (digits(&arg.msisdn)?, digits(&arg.service_centre_address)?);
    Some(Argument { first, second, ..Argument::default() })
}

fn routing_result(octets: &[u8]) -> Option<Argument> {
    let result: RoutingInfoForSmRes = gsm_map::decode(octets).ok()?;
    let second = digits(&result.location_info_with_lmsi.network_node_number)?;
    Some(Argument { first: decode_tbcd(&result.imsi), second, ..Argument::default() })
}

/// An AddressString without its first octet, nature and plan (TS 29.002 §17.7.8).
fn digits(address: &[u8]) -> Option<String> {
    Some(decode_tbcd(address.get(1..)?))
}
