//! Which error or result an operation is answered with, in each version.

use crate::refusals::{ODD, asked, tlv};
use crate::samples::{Dialogue, components};
use sluice_splice::Answer;
use sluice_splice::refusal::legal_errors;
use sluice_wire::map::ErrorCode;
use sluice_wire::tcap::Message;

#[test]
fn errors_have_the_parameter_that_their_version_demands() {
    for (version, code, expected) in [
        (3, 32, &[0x30, 3, 0x0A, 1, 1][..]),
        (2, 32, &[0x0A, 1, 1]),
        (1, 32, &[0x0A, 1, 1]),
        (3, 34, &[]),
        (2, 34, &[0x0A, 1, 0]),
        (3, 36, &[]),
        (1, 36, &[]),
    ] {
        let told = told(46, version, Answer::Error(code));
        assert_eq!(told, [tlv(0xA3, &[&[2, 1, 1], &[2, 1, code], expected])].concat(), "{code} in {version}");
    }
}

#[test]
fn an_error_that_the_operation_does_not_have_becomes_the_next_best() {
    for (operation, version, wanted, expected) in [
        // mo-ForwardSM has no absentSubscriberSM, and is told unexpectedDataValue.
        (46, 3, 6, 36),
        (46, 2, 6, 27),
        (45, 3, 27, 6),
        (44, 3, 27, 6),
        (45, 1, 35, 36),
        (46, 1, 31, 36),
        (46, 2, 31, 31),
        // Of these none has both unexpectedDataValue and systemFailure.
        (47, 3, 34, 36),
        (43, 3, 36, 34),
        (55, 3, 34, 35),
        (-1, 3, 9, 36),
    ] {
        let told = told(operation, version, Answer::Error(wanted));
        assert_eq!(told[7], expected, "{operation} in {version}");
        assert!(legal_errors(operation, version).contains(&expected));
    }
}

#[test]
fn what_has_no_answer_gets_none_and_what_would_have_to_say_more_gets_an_error() {
    for operation in [37, 48, 49, 63] {
        assert!(told(operation, 2, Answer::Acknowledge).is_empty() && told(operation, 2, Answer::Error(34)).is_empty());
    }
    for operation in [44, 46, 47, 64, 66, 7, 3] {
        assert_eq!(told(operation, 3, Answer::Acknowledge), [0xA2, 3, 2, 1, 1], "{operation}");
    }
    for operation in [45, 56, 22, 71, -1] {
        assert_eq!(told(operation, 3, Answer::Acknowledge)[..8], [0xA3, 6, 2, 1, 1, 2, 1, 36], "{operation}");
    }
}

#[test]
fn every_error_of_every_operation_has_a_name() {
    for (operation, version) in (-1..=127).flat_map(|operation| [1, 2, 3].map(|version| (operation, version))) {
        let legal = legal_errors(operation, version);
        assert!(legal.iter().all(|code| ErrorCode(i64::from(*code)).name().is_some()), "{operation} {version}");
        assert!(legal.iter().enumerate().all(|(at, code)| !legal[..at].contains(code)), "{operation} {version}");
    }
}

/// The component that answers a request for an operation in a version.
fn told(operation: i16, version: u8, answer: Answer) -> Vec<u8> {
    let invoke = [0xA1, 6, 2, 1, 1, 2, 1, operation as u8];
    let tcap = tlv(0x65, &[&[0x48, 1, 3, 0x49, 1, 4], &tlv(0x6C, &[&invoke])]);
    let sample = ODD[0].sample.clone();
    let dialogue =
        Dialogue { sample, tcap, context: vec![4, 0, 0, 1, 0, 25, version], operations: vec![Some(operation.into())] };
    let asked = asked(&dialogue, answer).unwrap();
    let mut out = [0; 64];
    let len = asked.ended(&mut out).unwrap();
    components(&Message::parse(&out[..len]).unwrap()).iter().flat_map(|c| c.raw.to_vec()).collect()
}
