//! What the tests of all TPDUs share, and what holds for any octets.

use super::{Context, Direction, TextBuf, Tpdu};
use crate::Anomaly;
use proptest::prelude::*;

pub(crate) fn octets(hexadecimal: &str) -> Vec<u8> {
    let digit = |c: u8| char::from(c).to_digit(16).expect("a hexadecimal digit") as u8;
    hexadecimal.as_bytes().as_chunks::<2>().0.iter().map(|&[high, low]| digit(high) << 4 | digit(low)).collect()
}

pub(super) fn parse_from_sc(octets: &[u8]) -> Tpdu<'_> {
    Tpdu::parse(octets, Direction::FromSc, Context::Request).expect("has a first octet")
}

pub(super) fn parse_to_sc(octets: &[u8]) -> Tpdu<'_> {
    Tpdu::parse(octets, Direction::ToSc, Context::Request).expect("has a first octet")
}

pub(super) fn text_of(tpdu: &Tpdu<'_>) -> Option<String> {
    let mut out = TextBuf::new();
    tpdu.text(&mut out).map(|text| text.as_str().to_owned())
}

/// Every prefix but the whole has a fault or truncated user data; the whole has neither.
pub(super) fn assert_every_truncation_shows(hexadecimal: &str, parse: for<'a> fn(&'a [u8]) -> Tpdu<'a>) {
    let whole = octets(hexadecimal);
    for end in 1..=whole.len() {
        let tpdu = parse(&whole[..end]);
        let shown = tpdu.fault.is_some() || tpdu.ud_truncated;
        assert_eq!(shown, end < whole.len(), "{end} octets of {hexadecimal}");
    }
}

#[test]
fn refuses_a_tpdu_without_an_octet() {
    assert!(Tpdu::parse(&[], Direction::FromSc, Context::Request).is_err());
}

#[test]
fn says_where_the_octets_ended() {
    let octets = octets("040d91998951000000f100");
    assert_eq!(parse_from_sc(&octets).fault.map(|fault| fault.at), Some(10));
}

#[test]
fn names_what_deviates_outside_the_user_data() {
    for (tpdu, direction, context, anomaly) in [
        ("040491214300006210203040504000", Direction::FromSc, Context::Request, None),
        ("070491214300006210203040504000", Direction::FromSc, Context::Request, Some(Anomaly::SmsReserved)),
        ("03", Direction::ToSc, Context::Request, Some(Anomaly::SmsReserved)),
        ("040411214300006210203040504000", Direction::FromSc, Context::Request, Some(Anomaly::SmsAddress)),
        ("040391214300006210203040504000", Direction::FromSc, Context::Request, Some(Anomaly::SmsAddress)),
        ("0000", Direction::ToSc, Context::Acknowledgement, None),
        ("000041", Direction::ToSc, Context::Acknowledgement, Some(Anomaly::SmsLength)),
        ("00c80941", Direction::ToSc, Context::Error, Some(Anomaly::UnknownElement)),
        ("00c8810041", Direction::ToSc, Context::Error, Some(Anomaly::UnknownElement)),
    ] {
        let octets = octets(tpdu);
        let parsed = Tpdu::parse(&octets, direction, context).expect("has a first octet");
        assert_eq!((parsed.anomalies.iter().next(), parsed.fault), (anomaly, None), "{tpdu}");
        assert!(parsed.anomalies.iter().count() <= 1, "{tpdu}");
    }
}

#[test]
fn an_indicator_is_read_to_its_last_octet_and_then_what_it_announces() {
    let octets = octets("00c8838580004104");
    let tpdu = Tpdu::parse(&octets, Direction::ToSc, Context::Error).expect("has a first octet");
    assert_eq!((tpdu.fcs, tpdu.pid, tpdu.dcs.map(|dcs| dcs.0)), (Some(0xC8), Some(0x41), Some(0x04)));
}

proptest! {
    #[test]
    fn a_message_read_at_once_is_the_one_read_in_full(mut octets in prop::collection::vec(any::<u8>(), 1..200), first in 0_u8..64) {
        if let Some(octet) = octets.first_mut() {
            *octet = first << 2;
        }
        let full = Tpdu::parse(&octets, Direction::FromSc, Context::Request).expect("has a first octet");
        prop_assert_eq!(Tpdu::deliver(&octets), Some(full).filter(|tpdu| tpdu.fault.is_none()));
        if let Some(octet) = octets.first_mut() {
            *octet |= 1;
        }
        let full = Tpdu::parse(&octets, Direction::ToSc, Context::Request).expect("has a first octet");
        prop_assert_eq!(Tpdu::submit(&octets), Some(full).filter(|tpdu| tpdu.fault.is_none()));
    }

    #[test]
    fn any_header_does_not_panic(elements in prop::collection::vec(any::<u8>(), 0..140), dcs in any::<u8>()) {
        let udl = elements.len() as u8 + 1;
        let header = [&[0x44, 4, 0x91, 0x21, 0x43, 0, dcs, 0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x40, udl, udl - 1], &elements[..]].concat();
        let tpdu = parse_from_sc(&header);
        let listed = tpdu.header().map_or(0, |header| {
            header.indications().count() + header.hyperlinks().count() + usize::from(header.reply_address().is_some())
        });
        prop_assert!(listed <= 70 && text_of(&tpdu).is_none_or(|text| text.len() <= TextBuf::CAPACITY_OCTETS));
    }

    #[test]
    fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 1..300)) {
        for direction in [Direction::FromSc, Direction::ToSc] {
            for context in [Context::Request, Context::Acknowledgement, Context::Error] {
                let tpdu = Tpdu::parse(&octets, direction, context).expect("has a first octet");
                let listed = tpdu.header().map_or(0, |header| header.elements().count());
                let address = tpdu.address.map_or(0, |address| address.text().as_str().chars().count());
                let text = text_of(&tpdu).map_or(0, |text| text.chars().count());
                prop_assert!(listed <= 127 && address <= 40 && text <= 255);
            }
        }
    }
}
