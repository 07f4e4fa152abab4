//! MAP requests and answers of a plan, in the types of `gsm_map`.

use crate::plan::{Operation, Plan};
use crate::tpdu;
use gsm_map::address::{imsi, international_e164};
use gsm_map::operations::errors::{SmDeliveryFailureCause, SmEnumeratedDeliveryFailureCause};
use gsm_map::operations::mo_forward_sm::{MoForwardSmArg, MoForwardSmRes};
use gsm_map::operations::mt_forward_sm::{MtForwardSmArg, MtForwardSmRes};
use gsm_map::operations::sri_sm::{RoutingInfoForSmArg, RoutingInfoForSmRes};
use gsm_map::{LocationInfoWithLmsi, SmRpDa, SmRpOa};
use rasn::types::{Any, OctetString};
use sccp::bcd::decode_tbcd;

/// Parameter of the request.
pub fn argument(plan: &Plan) -> Vec<u8> {
    match plan.operation {
        Operation::Deliver => encoded(&MtForwardSmArg::new(
            SmRpDa::Imsi(octets(imsi("999010000000001"))),
            SmRpOa::ServiceCentreAddressOa(number(SERVICE_CENTRE)),
            tpdu::deliver(&plan.digits(), &tpdu::text(plan.letters)).into(),
        )),
        Operation::Submit => encoded(&MoForwardSmArg {
            // Before version 3 there is no place for it.
            imsi: (plan.version == 3).then(|| octets(imsi("999010000000002"))),
            ..MoForwardSmArg::new(
                SmRpDa::ServiceCentreAddressDa(number(SERVICE_CENTRE)),
                SmRpOa::MsIsdn(number("99970000000002")),
                tpdu::submit(&plan.digits(), &tpdu::text(plan.letters)).into(),
            )
        }),
        Operation::RoutingInfo => {
            let (receiver, centre) = (number(&plan.digits()), number(SERVICE_CENTRE));
            encoded(&RoutingInfoForSmArg::new(receiver, plan.number.is_multiple_of(2), centre))
        }
    }
}

/// The number of the message whose request this is.
pub fn number_in(opcode: i64, argument: &[u8]) -> Option<u32> {
    Plan::number_in(&digits_in(opcode, argument)?)
}

/// Parameter of the result, if it has one.
pub fn result(plan: &Plan) -> Option<Vec<u8>> {
    let has_report = plan.version == 3 && plan.number.is_multiple_of(4);
    let report = |octets: &[u8]| Some(OctetString::from(octets.to_vec()));
    match plan.operation {
        Operation::Deliver if has_report => {
            Some(encoded(&MtForwardSmRes { sm_rp_ui: report(&DELIVER_REPORT), ..MtForwardSmRes::default() }))
        }
        Operation::Submit if has_report => {
            Some(encoded(&MoForwardSmRes { sm_rp_ui: report(&SUBMIT_REPORT), ..MoForwardSmRes::default() }))
        }
        Operation::RoutingInfo => {
            let node = LocationInfoWithLmsi::new(number("99981000000003"));
            Some(encoded(&RoutingInfoForSmRes::new(octets(imsi(&plan.imsi())), node)))
        }
        _ => None,
    }
}

/// Parameter of an error, where it must have one or may.
pub fn error_parameter(plan: &Plan, error: u8) -> Option<Vec<u8>> {
    let cause = SmEnumeratedDeliveryFailureCause::MemoryCapacityExceeded;
    match (error, plan.version) {
        (32, 3) => Some(encoded(&SmDeliveryFailureCause::new(cause))),
        (32, _) => Some(encoded(&cause)),
        _ => None,
    }
}

/// Whether an error has a parameter where it must, and one that can be read (TS 29.002 §17.6.6).
pub fn is_error_whole(plan: &Plan, error: i64, parameter: Option<&[u8]>) -> bool {
    match (error, plan.version, parameter) {
        (32, 3, Some(octets)) => gsm_map::decode::<SmDeliveryFailureCause>(octets).is_ok(),
        (32, _, Some(octets)) => gsm_map::decode::<SmEnumeratedDeliveryFailureCause>(octets).is_ok(),
        (32, _, None) => false,
        _ => true,
    }
}

/// Octets as a parameter of a component.
pub fn parameter(octets: Vec<u8>) -> Any {
    Any::new(octets)
}

const SERVICE_CENTRE: &str = "99970000000001";
/// SMS-DELIVER-REPORT for RP-ACK with nothing in it (TS 23.040 §9.2.2.1a).
const DELIVER_REPORT: [u8; 2] = [0, 0];
/// SMS-SUBMIT-REPORT for RP-ACK, of which the time of the service centre is a part (§9.2.2.2a).
const SUBMIT_REPORT: [u8; 9] = [1, 0, 0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x40];

fn digits_in(opcode: i64, argument: &[u8]) -> Option<String> {
    if opcode == gsm_map::op_codes::SEND_ROUTING_INFO_FOR_SM {
        let argument = gsm_map::decode::<RoutingInfoForSmArg>(argument).ok()?;
        return Some(decode_tbcd(argument.msisdn.get(1..)?));
    }
    let tpdu = match gsm_map::decode::<MoForwardSmArg>(argument) {
        Ok(argument) => argument.sm_rp_ui,
        Err(_) => gsm_map::decode::<MtForwardSmArg>(argument).ok()?.sm_rp_ui,
    };
    tpdu::digits_in(&tpdu)
}

fn encoded<T: rasn::Encode>(value: &T) -> Vec<u8> {
    gsm_map::encode(value).expect("a value made here")
}

fn number(digits: &str) -> OctetString {
    octets(international_e164(digits))
}

fn octets<E: std::fmt::Debug>(encoded: Result<Vec<u8>, E>) -> OctetString {
    encoded.expect("digits only").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_in_every_request() {
        for number in 0..500 {
            let plan = Plan::of(3, number);
            assert_eq!(number_in(plan.opcode(), &argument(&plan)), Some(number), "{plan:?}");
        }
    }

    #[test]
    fn an_error_that_must_say_why_is_not_whole_without() {
        let mut plan = Plan::of(3, 0);
        for version in 1..=3 {
            plan.version = version;
            let own = error_parameter(&plan, 32);
            assert!(is_error_whole(&plan, 32, own.as_deref()));
            assert!(!is_error_whole(&plan, 32, None));
            assert!(!is_error_whole(&plan, 32, Some(&[0x04, 0])));
        }
    }
}
