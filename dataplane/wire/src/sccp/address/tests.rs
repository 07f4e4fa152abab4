//! Addresses of every network, read and refused.

use super::*;
use crate::samples::octets;
use proptest::prelude::*;

#[test]
fn reads_a_global_title_of_format_4() {
    let octets = octets("1206001104997950000000 01");
    let address = Address::parse(&octets).expect("well-formed");
    assert_eq!((address.ri(), address.gti(), address.pc(), address.ssn()), (0, 4, None, Some(Ssn::HLR)));
    assert_eq!((address.tt(), address.np(), address.es(), address.nai()), (Some(0), Some(1), Some(1), Some(4)));
    assert_eq!((address.digits(), address.is_odd(), address.digit_count()), (&octets[5..], true, 13));
    assert!(!address.is_national());
    let parts = address.international().expect("subsystem and format 4");
    assert_eq!((Some(parts.ssn), Some(parts.tt), Some(parts.np)), (address.ssn(), address.tt(), address.np()));
    assert_eq!((Some(parts.es), Some(parts.nai), parts.digits), (address.es(), address.nai(), address.digits()));
    assert_eq!(parts.is_odd(), address.is_odd());
}

#[test]
fn reads_a_global_title_of_format_1_with_its_odd_bit() {
    let even = octets("060804 99791032");
    let address = Address::parse(&even).expect("well-formed");
    assert_eq!((address.gti(), address.nai(), address.digit_count()), (1, Some(4), 8));
    assert_eq!((address.tt(), address.np(), address.es()), (None, None, None));
    let odd = octets("07bc2a0884 9979103204");
    let address = Address::parse(&odd).expect("well-formed");
    assert_eq!((address.nai(), address.is_odd(), address.digit_count()), (Some(4), true, 9));
    assert_eq!((address.pc(), address.ssn()), (Some(PointCode(0x2abc)), Some(Ssn::MSC)));
    assert_eq!(address.international(), None);
}

#[test]
fn reads_global_titles_of_formats_2_and_3() {
    let second = octets("0a0805 99791032");
    let address = Address::parse(&second).expect("well-formed");
    assert_eq!((address.gti(), address.tt(), address.np(), address.nai()), (2, Some(5), None, None));
    assert_eq!((address.digits(), address.digit_count()), (&second[3..], 8));
    let third = octets("0f bc2a 08 00 61 9979103204");
    let address = Address::parse(&third).expect("well-formed");
    assert_eq!((address.gti(), address.np(), address.es(), address.nai()), (3, Some(6), Some(1), None));
    assert_eq!(address.digit_count(), 9);
}

#[test]
fn reads_an_address_that_routes_on_the_subsystem() {
    let address = Address::parse(&[0x43, 0xff, 0xff, 8]).expect("well-formed");
    assert_eq!((address.ri(), address.gti()), (1, 0));
    assert_eq!((address.pc(), address.ssn()), (Some(PointCode(0x3fff)), Some(Ssn(8))));
    assert!(address.digits().is_empty());
}

#[test]
fn takes_no_octets_for_an_address_without_parts() {
    let address = Address::parse(&[]).expect("allowed");
    assert_eq!((address, address.ssn(), address.digit_count()), (Address::EMPTY, None, 0));
}

#[test]
fn gives_no_digits_for_a_spare_format() {
    let address = Address::parse(&[0x16, 8, 1, 2, 3]).expect("allowed");
    assert_eq!((address.gti(), address.tt(), address.digits()), (5, None, &[][..]));
    assert_eq!(address.octets().len(), 5);
}

#[test]
fn refuses_every_truncation_of_what_the_indicator_announces() {
    for (text, least) in [("1308000801110412", 7), ("0f08000801111299", 6), ("0b080008011199", 5), ("0708000884", 5)] {
        let whole = octets(text);
        for length in 1..least {
            assert_eq!(Address::parse(&whole[..length]), Err(error(length, Reason::Truncated)));
        }
        let address = Address::parse(&whole[..least]).expect("no digits");
        assert_eq!(address.digits(), &[]);
        assert!(!address.is_odd() || address.digit_count() == 0);
    }
}

#[test]
fn reads_addresses_of_china_with_their_long_point_codes() {
    let octets = octets("53 010203 08 00 12 04 99890103");
    let address = Address::parse_as(&octets, Dialect::China).expect("well-formed");
    assert_eq!((address.pc(), address.ssn()), (Some(PointCode(0x03_0201)), Some(Ssn::MSC)));
    assert_eq!((address.gti(), address.nai(), address.digits()), (4, Some(4), &octets[8..]));
    assert_eq!((address.ri(), address.international(), address.dialect()), (1, None, Dialect::China));
    for length in 1..8 {
        assert_eq!(Address::parse_as(&octets[..length], Dialect::China), Err(error(length, Reason::Truncated)));
    }
}

#[test]
fn reads_addresses_of_ansi_with_the_subsystem_before_the_point_code() {
    // T1.112.3 §3.4.2.3.1: translation type, plan and encoding; here with everything else there is.
    let first = octets("87 06 01fe05 0a 11 15550100");
    let address = Address::parse_as(&first, Dialect::Ansi).expect("well-formed");
    assert_eq!((address.ri(), address.gti(), address.is_national()), (0, 1, true));
    assert_eq!((address.pc(), address.ssn()), (Some(PointCode(0x05_fe01)), Some(Ssn::HLR)));
    assert_eq!((address.tt(), address.np(), address.es(), address.nai()), (Some(10), Some(1), Some(1), None));
    assert_eq!((address.digits(), address.digit_count()), (&first[7..], 7));
    let second = octets("09 06 0a 51550100");
    let address = Address::parse_as(&second, Dialect::Ansi).expect("well-formed");
    assert_eq!((address.gti(), address.tt(), address.np(), address.es()), (2, Some(10), None, None));
    assert_eq!((address.digits(), address.is_odd()), (&second[3..], false));
    let third = Address::parse_as(&[0xc2, 1, 2, 3], Dialect::Ansi).expect("well-formed");
    assert_eq!((third.pc(), third.ssn(), third.gti()), (Some(PointCode(0x03_0201)), None, 0));
    for length in 1..7 {
        assert_eq!(Address::parse_as(&first[..length], Dialect::Ansi), Err(error(length, Reason::Truncated)));
    }
}

#[test]
fn takes_no_more_room_than_two_words_and_its_flags() {
    assert!(size_of::<Address<'_>>() <= 2 * size_of::<usize>() + 8);
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..12)) {
        for dialect in [Dialect::Itu, Dialect::China, Dialect::Ansi] {
            let Ok(address) = Address::parse_as(&octets, dialect) else { continue };
            prop_assert!(octets.ends_with(address.digits()) || address.digits().is_empty());
            prop_assert!(address.digit_count() <= 2 * octets.len());
            let has_title = address.tt().is_some() || address.nai().is_some();
            prop_assert!(address.pc().is_none_or(|pc| pc.0 < 1 << 24) && (has_title || address.digits().is_empty()));
        }
    }
}
