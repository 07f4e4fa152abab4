//! What is tolerated is noted. TS 29.002 §7.6.8, §17.7.6, §17.7.8; X.690 §8.7.3.

use super::{argument_of, component, octets};
use crate::map::{Operation, SCRATCH_OCTETS, SmRpDa, Subject};
use crate::tcap::ComponentKind;
use crate::{Anomaly, Reason};

const IMSI: &str = "800800010100103246f6";
const OA_CENTRE: &str = "84079199890103 0004";
const DA_CENTRE: &str = "84079199790003 0001";
const OA_MSISDN: &str = "82079199795089 7478";
const TPDU: &str = "040105";

/// A SEQUENCE of at most 127 octets.
fn sequence(parts: &[&str]) -> Vec<u8> {
    let inside = octets(&parts.concat().replace(' ', ""));
    [&[0x30, inside.len() as u8], &inside[..]].concat()
}

fn noted(operation: Operation, parts: &[&str]) -> Vec<Anomaly> {
    let sent = sequence(parts);
    let subject = argument_of(operation, &sent);
    assert_eq!(subject.fault, None, "{parts:?}");
    subject.anomalies.iter().collect()
}

#[test]
fn notes_nothing_where_nothing_is_wrong() {
    assert_eq!(noted(Operation::MT_FORWARD_SM, &[IMSI, OA_CENTRE, TPDU, "0500"]), []);
    assert_eq!(noted(Operation::MO_FORWARD_SM, &[DA_CENTRE, OA_MSISDN, TPDU, "0408 9999091032547698"]).len(), 1);
    assert_eq!(noted(Operation::MO_FORWARD_SM, &[DA_CENTRE, OA_MSISDN, TPDU, "0408 99990910325476f8"]), []);
    assert_eq!(noted(Operation::MO_FORWARD_SM, &["8500", "8500", TPDU]), []);
}

#[test]
fn notes_parties_that_do_not_go_together() {
    for (operation, parts) in [
        (Operation::MO_FORWARD_SM, [DA_CENTRE, OA_CENTRE, TPDU]),
        (Operation::MO_FORWARD_SM, [IMSI, OA_MSISDN, TPDU]),
        (Operation::MT_FORWARD_SM, [DA_CENTRE, OA_MSISDN, TPDU]),
        (Operation::MT_FORWARD_SM, [DA_CENTRE, "8500", TPDU]),
    ] {
        assert_eq!(noted(operation, &parts), [Anomaly::MapParties], "{parts:?}");
    }
}

#[test]
fn notes_lengths_digits_and_types_of_address() {
    let of = |parts: &[&str]| noted(Operation::SEND_ROUTING_INFO_FOR_SM, parts);
    assert_eq!(of(&["80079199795021 6364", "8101ff", "82079199890103 0050"]), []);
    assert_eq!(of(&["80079199795021 6364", "8c09 000101001032460000"]), [Anomaly::MapLength]);
    assert_eq!(of(&["8007919979f021 6364"]), [Anomaly::MapDigits]);
    assert_eq!(of(&["8007919979502163 6a"]), [Anomaly::MapDigits]);
    assert_eq!(of(&["80071199795021 6364"]), [Anomaly::MapAddress]);
    assert_eq!(of(&["800a91997950216364000000"]), [Anomaly::MapLength]);
    assert_eq!(noted(Operation::MT_FORWARD_SM, &[IMSI, OA_CENTRE, "0400"]), [Anomaly::MapLength]);
    assert_eq!(noted(Operation::MT_FORWARD_SM, &["8103010203", OA_CENTRE, TPDU]), [Anomaly::MapLength]);
}

#[test]
fn notes_elements_it_does_not_know_and_goes_on() {
    let anomalies = noted(Operation::MT_FORWARD_SM, &[IMSI, "df5a0100", OA_CENTRE, TPDU, "9f5a0101"]);
    assert_eq!(anomalies, [Anomaly::UnknownElement]);
    assert_eq!(noted(Operation::UPDATE_LOCATION, &["df5a0100"]), [Anomaly::UnknownElement]);
}

#[test]
fn notes_elements_out_of_order_and_keeps_the_first_of_two() {
    let sent = sequence(&[OA_MSISDN, DA_CENTRE, TPDU, "0500"]);
    let subject = argument_of(Operation::MO_FORWARD_SM, &sent);
    assert!(matches!(subject.sm_rp_da, Some(SmRpDa::ServiceCentre(_))) && subject.any_msisdn().is_some());
    assert_eq!(subject.anomalies.iter().collect::<Vec<_>>(), [Anomaly::ElementOrder]);
    let sent = sequence(&[IMSI, OA_CENTRE, "040105", "8008 0001010010324600", "0500", "0500"]);
    let subject = argument_of(Operation::MO_FORWARD_SM, &sent);
    assert!(subject.anomalies.has(Anomaly::ElementOrder));
    assert_eq!(subject.any_imsi().and_then(<[u8]>::last), Some(&0xF6));
}

#[test]
fn puts_strings_together_that_came_in_pieces() {
    let sent = sequence(&["a010 0404 00010100 2480 0404 103246f6 0000", OA_CENTRE, "2406 040100 040105"]);
    let component = component(ComponentKind::Invoke, Some(44), &sent);
    let (mut subject, mut scratch) = (Subject::default(), [0; SCRATCH_OCTETS]);
    subject.read_with(&component, None, &mut scratch);
    assert_eq!(subject.any_imsi(), Some(&octets("00010100103246f6")[..]));
    assert_eq!((subject.sm_rp_ui, subject.fault), (Some(&[0, 5][..]), None));
    assert!(subject.anomalies.has(Anomaly::BerConstructed));
    let without_room = argument_of(Operation::MT_FORWARD_SM, &sent);
    assert_eq!(without_room.fault.map(|fault| fault.reason), Some(Reason::Unsupported));
}

#[test]
fn a_number_in_pieces_is_an_unknown_element() {
    let anomalies = noted(Operation::SEND_ROUTING_INFO_FOR_SM, &["80079199795021 6364", "a103 0401ff"]);
    assert_eq!(anomalies, [Anomaly::UnknownElement]);
}

#[test]
fn another_tag_for_the_whole_is_a_fault_where_short_messages_are_at_stake() {
    let sent = octets("a3058003010203");
    let subject = argument_of(Operation::MT_FORWARD_SM, &sent);
    assert_eq!(subject.fault.map(|fault| fault.reason), Some(Reason::UnexpectedTag));
    let subject = argument_of(Operation::UPDATE_LOCATION, &sent);
    assert_eq!((subject.fault, subject.anomalies.has(Anomaly::UnknownElement)), (None, true));
}

#[test]
fn stops_at_more_elements_than_any_argument_has() {
    let sent = [&[0x30, 0x82, 0x20, 0x00][..], &[0x05, 0x00].repeat(0x1000)].concat();
    let subject = argument_of(Operation::MT_FORWARD_SM, &sent);
    assert_eq!(subject.fault.map(|fault| fault.reason), Some(Reason::TooDeep));
}
