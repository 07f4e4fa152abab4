//! What the tests of all operations share, and what holds for any octets.

use super::{ErrorCode, Operation, Subject, tpdu_direction};
use crate::Anomalies;
use crate::ber::Reader;
use crate::tcap::{Code, Component, ComponentKind};
use proptest::prelude::*;

mod delivery_status;
mod deviations;
mod routing_info;
mod service_centre;
mod subscriber;

pub(super) use crate::sms::tests::octets;

fn component(kind: ComponentKind, code: Option<i64>, parameter: &[u8]) -> Component<'_> {
    let operation = code.filter(|_| kind != ComponentKind::ReturnError).map(Code::Local);
    let error = code.filter(|_| kind == ComponentKind::ReturnError).map(Code::Local);
    let parameter = Reader::new(parameter).next().ok().flatten();
    let (invoke_id, linked_id, problem, fault) = (Some(1), None, None, None);
    Component {
        kind,
        invoke_id,
        linked_id,
        operation,
        error,
        problem,
        parameter,
        raw: &[],
        anomalies: Anomalies::NONE,
        fault,
    }
}

pub(super) fn argument_of(operation: Operation, octets: &[u8]) -> Subject<'_> {
    Subject::parse(&component(ComponentKind::Invoke, Some(operation.0), octets), None)
}

/// A result that does not say which operation it answers.
pub(super) fn result_of(operation: Operation, octets: &[u8]) -> Subject<'_> {
    Subject::parse(&component(ComponentKind::ReturnResultLast, None, octets), Some(operation))
}

pub(super) fn error_of(code: ErrorCode, octets: &[u8]) -> Subject<'_> {
    Subject::parse(&component(ComponentKind::ReturnError, Some(code.0), octets), None)
}

/// Cuts the argument at every octet: the parameter is clipped, or an element in it is.
pub(super) fn assert_every_truncation_shows(operation: Operation, hexadecimal: &str) {
    let whole = octets(hexadecimal);
    for end in 0..=whole.len() {
        let cut = whole.get(..end).unwrap_or(&[]);
        let clipped = Reader::new(cut).next().map_or(true, |tlv| tlv.is_none_or(|tlv| tlv.form.clipped()));
        let shown = clipped || argument_of(operation, cut).fault.is_some();
        assert_eq!(shown, end < whole.len(), "{end} octets of {hexadecimal}");
    }
}

#[test]
fn a_component_without_parameter_says_nothing() {
    assert_eq!(argument_of(Operation::MT_FORWARD_SM, &[]), Subject::default());
}

#[test]
fn says_where_in_the_parameter_an_element_was_cut() {
    let octets = octets("3005800100040901");
    let fault = argument_of(Operation::MT_FORWARD_SM, &octets).fault;
    assert_eq!(fault.map(|fault| (fault.at, fault.reason.name())), Some((5, "truncated")));
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..200), code in -1_i64..80) {
        for argument in [
            argument_of(Operation(code), &octets),
            result_of(Operation(code), &octets),
            error_of(ErrorCode(code), &octets),
        ] {
            let address = argument.any_msisdn().map_or(0, |address| address.digits().len());
            prop_assert!(address <= 40);
            prop_assert!(argument.any_imsi().is_none_or(|imsi| imsi.len() <= octets.len()));
            let direction = tpdu_direction(None, Some(Operation(code)), argument.parties());
            prop_assert_eq!(direction.map(|way| way.reversed().reversed()), direction);
        }
    }
}
