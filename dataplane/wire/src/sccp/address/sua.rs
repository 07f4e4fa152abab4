//! The party address as SUA has it: parameters inside a parameter.
//!
//! RFC 3868 §3.10.2. Handles global title, point code and subsystem number. Addresses of the IP world in it (host name,
//! IPv4, IPv6) name nobody a rule could ask for and are stepped over. What is there is read whether or not the address
//! indicator asks a gateway to send it on.
//!
//! ```text
//!  0         2         4         6         8
//! +---------+---------+---------+---------+------------------------------
//! | routing | address | 0x8001  | length  | 0 0 0 |GTI | n  | TT | NP |NAI | digits   global title, n digits
//! | indic.  | indic.  | 0x8002  | 8       | point code                             point code
//! |         |         | 0x8003  | 8       | 0 0 0 |SSN                             subsystem number
//! +---------+---------+---------+---------+------------------------------   in any order
//! ```

use super::dialect::{HAS_POINT_CODE, HAS_SSN, ROUTE_ON_SSN, SPARE_FORMAT};
use crate::adaptation::Parameters;
use crate::{Anomalies, Anomaly, Layer};

/// A global title with its numbers spelled out.
#[derive(Clone, Copy)]
pub(super) struct Title<'a> {
    gti: u8,
    digit_count: u8,
    /// Translation type.
    pub(super) tt: u8,
    /// Numbering plan.
    pub(super) np: u8,
    /// Nature of address.
    pub(super) nai: u8,
    digits: &'a [u8],
}

impl<'a> Title<'a> {
    fn of(value: &'a [u8]) -> Option<Self> {
        let (&[_, _, _, gti, digit_count, tt, np, nai], digits) = value.split_first_chunk()?;
        Some(Self { gti, digit_count, tt, np, nai, digits })
    }

    /// Format of the global title, as in the indicator of ITU.
    fn format(&self) -> u8 {
        self.gti.min(SPARE_FORMAT)
    }

    /// Whether the high half of the last octet is filler.
    pub(super) const fn is_odd(&self) -> bool {
        !self.digit_count.is_multiple_of(2)
    }

    /// Two digits an octet, the first in the low half; as many as it says there are, if they are there.
    pub(super) fn digits(&self) -> &'a [u8] {
        self.digits.get(..self.digit_octets()).unwrap_or(self.digits)
    }

    fn digit_octets(&self) -> usize {
        usize::from(self.digit_count.div_ceil(2))
    }
}

/// The global title of an address parameter.
pub(super) fn title(octets: &[u8]) -> Option<Title<'_>> {
    first(octets, GLOBAL_TITLE).and_then(Title::of)
}

/// Its point code.
pub(super) fn point_code(octets: &[u8]) -> Option<u32> {
    first(octets, POINT_CODE)?.first_chunk().map(|octets| u32::from_be_bytes(*octets))
}

/// Its subsystem number.
pub(super) fn subsystem(octets: &[u8]) -> Option<u8> {
    first(octets, SUBSYSTEM)?.get(3).copied()
}

fn first(octets: &[u8], tag: u16) -> Option<&[u8]> {
    parameters(octets).flatten().find(|parameter| parameter.tag == tag).map(|parameter| parameter.value)
}

/// What the address consists of; more than an address can have is not looked at.
fn parameters(octets: &[u8]) -> impl Iterator<Item = Result<crate::adaptation::Parameter<'_>, crate::Error>> {
    Parameters::new(Layer::Sua, octets.get(HEADER_OCTETS..).unwrap_or_default(), HEADER_OCTETS).take(PARTS_MAX)
}

/// The indicator ITU would have sent for the parts of this address.
pub(super) fn indicator(octets: &[u8]) -> u8 {
    let routing = if matches!(octets, [0, ROUTE_ON_TITLE, ..]) { 0 } else { ROUTE_ON_SSN };
    let point_code = point_code(octets).map_or(0, |_| HAS_POINT_CODE);
    let subsystem = subsystem(octets).map_or(0, |_| HAS_SSN);
    routing | point_code | subsystem | title(octets).map_or(0, |title| title.format()) << 2
}

/// Deviations of its parts; those of its digits are told by the address.
pub(super) fn deviations(octets: &[u8]) -> Anomalies {
    let mut anomalies = Anomalies::NONE;
    let mut seen = 0_u8;
    let mut count = 0;
    for parameter in parameters(octets) {
        count += 1;
        let Ok(parameter) = parameter else {
            anomalies.note(Anomaly::SccpAddress);
            continue;
        };
        let (bit, is_well) = match (parameter.tag, parameter.value) {
            (GLOBAL_TITLE, [0, 0, 0, _, _, _, _, _, ..]) => (1, true),
            (POINT_CODE, [_, _, _, _]) => (2, true),
            (SUBSYSTEM, [0, 0, 0, _]) => (4, true),
            (IPV4 | HOST_NAME | IPV6, _) => (0, true),
            _ => (0, false),
        };
        anomalies.note_if(!is_well || seen & bit != 0, Anomaly::SccpAddress);
        seen |= bit;
    }
    anomalies.note_if(count == PARTS_MAX, Anomaly::SccpAddress);
    if let Some(title) = title(octets) {
        anomalies.note_if(title.digit_octets() != title.digits.len(), Anomaly::SccpDigits);
    }
    let routing = octets.first_chunk().map_or(0, |octets| u16::from_be_bytes(*octets));
    anomalies.note_if(!ROUTINGS.contains(&routing), Anomaly::SccpAddress);
    anomalies
}

/// Routing and address indicator.
pub(super) const HEADER_OCTETS: usize = 4;
/// RFC 3868 §3.10.2.1: route on the global title.
const ROUTE_ON_TITLE: u8 = 1;
/// Global title, subsystem with point code, host name, subsystem with IP address.
const ROUTINGS: core::ops::RangeInclusive<u16> = 1..=4;
/// How many parts of an address are looked at; there are six kinds.
const PARTS_MAX: usize = 8;
const GLOBAL_TITLE: u16 = 0x8001;
const POINT_CODE: u16 = 0x8002;
const SUBSYSTEM: u16 = 0x8003;
const IPV4: u16 = 0x8004;
const HOST_NAME: u16 = 0x8005;
const IPV6: u16 = 0x8006;

#[cfg(test)]
mod tests {
    use super::super::{Address, Ssn};
    use super::*;
    use crate::mtp3::PointCode;
    use crate::samples::octets;
    use proptest::prelude::*;

    /// Route on the global title 9997950000001, point code 2041, subsystem 6.
    const WHOLE: &str = "00010007 80010013 00000004 0d000104 99795000000001 00 80020008 000007f9 80030008 00000006";

    #[test]
    fn reads_title_point_code_and_subsystem() {
        let octets = octets(WHOLE);
        let address = Address::sua(&octets).expect("well-formed");
        assert_eq!((address.ri(), address.gti(), address.pc()), (0, 4, Some(PointCode(2041))));
        assert_eq!((address.ssn(), address.tt(), address.np()), (Some(Ssn::HLR), Some(0), Some(1)));
        assert_eq!((address.es(), address.nai(), address.digits()), (Some(1), Some(4), &octets[16..23]));
        assert_eq!((address.is_odd(), address.digit_count(), address.octets()), (true, 13, &octets[..]));
        assert_eq!((address.international(), address.anomalies()), (None, Anomalies::NONE));
    }

    #[test]
    fn reads_an_address_that_routes_on_the_subsystem_and_steps_over_those_of_ip() {
        let octets = octets("00020003 80040008 c0000201 80030008 00000008 80020008 00000005");
        let address = Address::sua(&octets).expect("well-formed");
        assert_eq!((address.ri(), address.gti(), address.ssn()), (1, 0, Some(Ssn::MSC)));
        assert_eq!((address.pc(), address.digits(), address.tt()), (Some(PointCode(5)), &[][..], None));
        assert!(address.anomalies().is_empty());
    }

    #[test]
    fn gives_of_other_titles_what_they_have() {
        for (gti, expected) in [
            ("01", (None, None, None, Some(4))),
            ("02", (Some(7), None, None, None)),
            ("03", (Some(7), Some(1), Some(2), None)),
            ("10", (None, None, None, None)),
        ] {
            let octets = octets(&format!("00010004 8001000e 000000{gti} 04070104 2143 0000"));
            let address = Address::sua(&octets).expect("well-formed");
            assert_eq!((address.tt(), address.np(), address.es(), address.nai()), expected);
            assert_eq!(address.digits().is_empty(), gti == "10");
            assert_eq!(address.anomalies().is_empty(), gti != "10");
        }
    }

    #[test]
    fn notes_what_deviates() {
        use Anomaly::{SccpAddress, SccpDigits};
        for (text, expected) in [
            ("00090000 80030008 00000006", SccpAddress),
            ("00010001 80030008 01000006", SccpAddress),
            ("00010001 80030008 00000006 80030008 00000007", SccpAddress),
            ("00010001 80030008 00000006 8003", SccpAddress),
            ("00010001 90030008 00000006", SccpAddress),
            ("00010004 8001000e 00000004 05070104 2143 0000", SccpDigits),
            ("00010004 8001000e 00000004 04070104 214b 0000", SccpDigits),
            ("00010004 8001000e 00000004 03070104 2143 0000", SccpDigits),
        ] {
            let octets = octets(text);
            let noted: Vec<_> = Address::sua(&octets).expect("readable").anomalies().iter().collect();
            assert_eq!(noted, [expected], "{text}");
        }
    }

    #[test]
    fn refuses_what_has_not_even_its_indicators() {
        for length in 0..HEADER_OCTETS {
            assert!(Address::sua(&[0; HEADER_OCTETS][..length]).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(tail in proptest::collection::vec(prop_oneof![Just(0u8), Just(0x80), 0u8..20, any::<u8>()], 0..60)) {
            let mut octets = vec![0, 1, 0, 7];
            octets.extend(&tail);
            let address = Address::sua(&octets).expect("has its indicators");
            prop_assert!(address.digits().len() <= tail.len() && address.digit_count() <= 2 * tail.len());
            let _ = (address.anomalies(), address.pc(), address.ssn(), address.tt(), address.np(), address.nai());
        }
    }
}
