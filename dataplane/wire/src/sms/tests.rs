//! What the tests of all TPDUs share, and what holds for any octets.

use super::{Context, Direction, TextBuf, Tpdu};
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

proptest! {
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
