//! sendRoutingInfoForSM: where is this subscriber? TS 29.002 §12.1.

use super::{argument_of, assert_every_truncation_shows, component, octets, result_of};
use crate::ber;
use crate::map::{AdditionalNumber, Operation, SCRATCH_OCTETS, Subject};
use crate::tcap::ComponentKind;
use proptest::prelude::*;

const ARGUMENT: &str = "30278007919979502163648101ff82079199890103005087008801018a01008c0800010100103246f6";
const OPERATION: Operation = Operation::SEND_ROUTING_INFO_FOR_SM;

#[test]
fn reads_the_argument() {
    let octets = octets(ARGUMENT);
    let argument = argument_of(OPERATION, &octets);
    assert_eq!(argument.msisdn.unwrap().digits().as_str(), "999705123646");
    assert_eq!(argument.service_centre.unwrap().digits().as_str(), "999810300005");
    assert_eq!(
        (argument.sm_rp_pri, argument.sm_rp_mti, argument.delivery_not_intended),
        (Some(true), Some(1), Some(0))
    );
    assert_eq!((argument.imsi.map(<[u8]>::len), argument.fault), (Some(8), None));
}

#[test]
fn reads_the_result_and_both_nodes() {
    let octets =
        octets("302b040800010100103246f6a01f810791997900020080040401020304a60e80079199790002009085030102030500");
    let argument = result_of(OPERATION, &octets);
    assert_eq!(argument.network_node.unwrap().digits().as_str(), "999700200008");
    assert_eq!(argument.lmsi, Some(&[1, 2, 3, 4][..]));
    assert!(
        matches!(argument.additional_number, Some(AdditionalNumber::Msc(msc)) if msc.digits().as_str() == "999700200009")
    );
    assert_eq!(argument.imsi.map(<[u8]>::len), Some(8));
}

#[test]
fn shows_every_truncation() {
    assert_every_truncation_shows(OPERATION, ARGUMENT);
}

const RESULT: &str = "302b040800010100103246f6a01f810791997900020080040401020304a60e80079199790002009085030102030500";
const PLAIN_RESULT: &str = "3026040800010100103246f6a01a810791997900020080040401020304a6098107919979000200 90";
const GPRS_RESULT: &str = "301f040800010100103246f6a0138107919979000200808500a606810481999790";

/// Whether the short way takes it.
fn is_ordinary(kind: ComponentKind, octets: &[u8]) -> bool {
    Subject::default().read_with(&component(kind, Some(OPERATION.0), octets), None, &mut [0; SCRATCH_OCTETS])
}

/// Whether the short and the long way read the same, and the short way takes nothing that deviates in its form.
fn agree(kind: ComponentKind, octets: &[u8]) -> bool {
    let component = component(kind, Some(OPERATION.0), octets);
    let deviates = component.parameter.is_none_or(|parameter| !ber::deviations(parameter.raw).is_empty());
    Subject::parse(&component, None) == Subject::parse_by_table(&component, OPERATION)
        && !(deviates && is_ordinary(kind, octets))
}

#[test]
fn the_short_way_takes_what_practically_every_stack_sends() {
    assert!(is_ordinary(ComponentKind::Invoke, &octets(ARGUMENT)));
    for sent in [GPRS_RESULT, &PLAIN_RESULT.replace(' ', "")] {
        assert!(is_ordinary(ComponentKind::ReturnResultLast, &octets(sent)), "{sent}");
    }
    assert!(!is_ordinary(ComponentKind::ReturnResultLast, &octets(RESULT)));
}

#[test]
fn the_short_and_the_long_way_read_the_same() {
    assert!(agree(ComponentKind::Invoke, &octets(ARGUMENT)));
    for sent in [RESULT, &PLAIN_RESULT.replace(' ', ""), GPRS_RESULT] {
        assert!(agree(ComponentKind::ReturnResultLast, &octets(sent)));
    }
}

proptest! {
    #[test]
    fn any_damage_is_read_the_same_both_ways(at in 0_usize..48, octet in any::<u8>(), cut in 0_usize..50) {
        for (kind, whole) in [
            (ComponentKind::Invoke, ARGUMENT),
            (ComponentKind::ReturnResultLast, &PLAIN_RESULT.replace(' ', "")),
            (ComponentKind::ReturnResultLast, GPRS_RESULT),
        ] {
            let mut damaged = octets(whole);
            let at = at % damaged.len();
            damaged[at] = octet;
            damaged.truncate(cut.max(at));
            prop_assert!(agree(kind, &damaged), "{damaged:02x?}");
        }
    }
}
