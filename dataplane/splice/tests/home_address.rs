//! Addresses of SCCP with other digits.

use proptest::prelude::*;
use sluice_splice::home::address_with_digits;
use sluice_wire::digits::Digits;
use sluice_wire::sccp::{Address, Dialect};

fn octets(text: &str) -> Vec<u8> {
    let octet = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(octet).collect()
}

/// What an address says beside its digits.
fn beside_digits(address: &Address<'_>) -> [Option<u32>; 7] {
    let number = |octet: Option<u8>| octet.map(u32::from);
    let ssn = address.ssn().map(|ssn| u32::from(ssn.0));
    let (gti, ri) = (Some(u32::from(address.gti())), Some(u32::from(address.ri())));
    [gti, ri, number(address.tt()), number(address.np()), number(address.nai()), ssn, address.pc().map(|pc| pc.0)]
}

#[test]
fn other_digits_in_an_address_of_every_format_leave_the_rest_as_it_was() {
    let gt = "9979000000";
    for (octets_before, dialect) in [
        (format!("1208001204{gt}"), Dialect::Itu),
        (format!("1308a00f08001204{gt}"), Dialect::Itu),
        (format!("0e080011{gt}"), Dialect::Itu),
        (format!("060804{gt}"), Dialect::Itu),
        (format!("0a0800{gt}"), Dialect::Itu),
        (format!("13a00f0108001204{gt}"), Dialect::China),
        (format!("c6080012{gt}"), Dialect::Ansi),
        (format!("0001000780010011000000040a000104{gt}00000080030008 00000008").replace(' ', ""), Dialect::Sua),
    ] {
        let before = octets(&octets_before);
        let address = Address::parse_as(&before, dialect).unwrap();
        assert!(!address.digits().is_empty(), "{octets_before}");
        for digits in ["999810300004", "99981030000", "1", "12345678901234567890"] {
            let mut out = [0; 64];
            let len = address_with_digits(&address, digits.as_bytes(), &mut out).expect(&octets_before);
            let after = Address::parse_as(&out[..len], dialect).unwrap();
            assert_eq!(beside_digits(&after), beside_digits(&address), "{octets_before} {digits}");
            let read = Digits::bcd(after.digits(), after.is_odd());
            assert_eq!(read.as_str().trim_end_matches('f'), digits, "{octets_before}");
            assert!(address_with_digits(&address, digits.as_bytes(), &mut out[..len - 1]).is_none());
        }
    }
}

#[test]
fn an_address_without_a_title_and_digits_that_are_none_are_refused() {
    let (without, with) = (octets("4208"), octets("12080012049979"));
    let with = Address::parse(&with).unwrap();
    assert_eq!(address_with_digits(&Address::parse(&without).unwrap(), b"999", &mut [0; 64]), None);
    assert_eq!(address_with_digits(&Address::EMPTY, b"999", &mut [0; 64]), None);
    for digits in ["", "12a", "+999", "123456789012345678901234567890123"] {
        assert_eq!(address_with_digits(&with, digits.as_bytes(), &mut [0; 64]), None, "{digits}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_an_address_with_other_digits_or_none(
        octets in prop::collection::vec(any::<u8>(), 0..40),
        digits in "[0-9]{0,20}",
    ) {
        for dialect in [Dialect::Itu, Dialect::China, Dialect::Ansi, Dialect::Sua] {
            let Ok(address) = Address::parse_as(&octets, dialect) else { continue };
            let mut out = [0; 80];
            if let Some(len) = address_with_digits(&address, digits.as_bytes(), &mut out) {
                let after = Address::parse_as(&out[..len], dialect).unwrap();
                let read = Digits::bcd(after.digits(), after.is_odd());
                prop_assert_eq!(read.as_str().trim_end_matches('f'), digits.as_str());
                prop_assert_eq!(after.ssn(), address.ssn());
            }
        }
    }
}
