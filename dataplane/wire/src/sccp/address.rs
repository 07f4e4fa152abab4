//! Called and calling party addresses.
//!
//! Q.713 §3.4, §3.5. Handles point code, subsystem number and the four formats of global title. The digits are
//! left as octets (two a piece, the first in the low half); reading them is the business of whoever compares.

use super::error;
use crate::mtp3::PointCode;
use crate::{Error, Reason};

/// Subsystem number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ssn(pub u8);

impl Ssn {
    /// SCCP management.
    pub const MANAGEMENT: Self = Self(1);
    /// Home location register.
    pub const HLR: Self = Self(6);
    /// Visitor location register.
    pub const VLR: Self = Self(7);
    /// Mobile switching centre, short message service centre too.
    pub const MSC: Self = Self(8);
    /// Serving GPRS support node.
    pub const SGSN: Self = Self(149);
}

/// An address whose parts were checked to be there.
///
/// ```text
///  0    1         3    4
/// +----+---------+----+--------------+    indicator: bit 7 route on SSN, bits 6 to 3 format of the
/// |ind.| PC      |SSN | global title |    global title, bit 2 SSN is there, bit 1 point code is there
/// +----+---------+----+--------------+
///                                         format 1: odd/NAI, digits
///                                         format 2: TT, digits
///                                         format 3: TT, NP/ES, digits
///                                         format 4: TT, NP/ES, NAI, digits
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    octets: &'a [u8],
    indicator: u8,
    /// Octets before the digits, or before where they would be.
    fixed_octets: u8,
}

impl<'a> Address<'a> {
    /// An address without any part, as some networks send for the calling party.
    pub const EMPTY: Self = Self { octets: &[], indicator: 0, fixed_octets: 0 };

    /// Reads an address. No octets at all are an address without parts; a global title of a spare format
    /// (5 to 15) has no digits.
    ///
    /// # Errors
    /// `Truncated` where a part the indicator announces is not there, its offset counted from the address.
    #[inline(always)]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(&indicator) = octets.first() else { return Ok(Self::EMPTY) };
        let fixed_octets = FIXED_OCTETS[indicator as usize];
        if octets.len() < usize::from(fixed_octets) {
            return Err(error(octets.len(), Reason::Truncated));
        }
        Ok(Self { octets, indicator, fixed_octets })
    }

    /// The octet `back` octets before the digits.
    #[inline]
    fn before_digits(&self, back: u8) -> u8 {
        self.octets.get(usize::from(self.fixed_octets.wrapping_sub(back))).copied().unwrap_or(0)
    }

    /// Routing indicator: 0 route on the global title, 1 on the subsystem number.
    #[inline]
    pub fn ri(&self) -> u8 {
        self.indicator >> 6 & 1
    }

    /// Format of the global title; 0 for none.
    #[inline]
    pub fn gti(&self) -> u8 {
        self.indicator >> 2 & 0x0f
    }

    /// Whether the indicator is marked for national use (Q.713 §3.4.1).
    #[inline]
    pub fn is_national(&self) -> bool {
        self.indicator & 0x80 != 0
    }

    /// Point code.
    #[inline]
    pub fn pc(&self) -> Option<PointCode> {
        match self.octets {
            // Two spare bits above 14 of point code, least significant octet first (Q.713 §3.4.2.1).
            [_, low, high, ..] if self.indicator & HAS_POINT_CODE != 0 => {
                Some(PointCode(u32::from(u16::from_le_bytes([*low, *high]) & 0x3fff)))
            }
            _ => None,
        }
    }

    /// Subsystem number.
    #[inline]
    pub fn ssn(&self) -> Option<Ssn> {
        let at = 1 + 2 * usize::from(self.indicator & HAS_POINT_CODE);
        let ssn = self.octets.get(at).filter(|_| self.indicator & HAS_SSN != 0)?;
        Some(Ssn(*ssn))
    }

    /// Translation type; formats 2, 3, 4.
    #[inline]
    pub fn tt(&self) -> Option<u8> {
        match self.gti() {
            2 => Some(self.before_digits(1)),
            3 => Some(self.before_digits(2)),
            4 => Some(self.before_digits(3)),
            _ => None,
        }
    }

    /// Numbering plan: 1 E.164, 6 E.212, 7 E.214; formats 3, 4.
    #[inline]
    pub fn np(&self) -> Option<u8> {
        self.np_es().map(|octet| octet >> 4)
    }

    /// Encoding scheme: 1 an odd number of digits, 2 an even one; formats 3, 4.
    #[inline]
    pub fn es(&self) -> Option<u8> {
        self.np_es().map(|octet| octet & 0x0f)
    }

    /// Numbering plan in the high half, encoding scheme in the low.
    #[inline]
    fn np_es(&self) -> Option<u8> {
        match self.gti() {
            3 => Some(self.before_digits(1)),
            4 => Some(self.before_digits(2)),
            _ => None,
        }
    }

    /// Nature of address: 1 subscriber, 3 national, 4 international; formats 1, 4.
    #[inline]
    pub fn nai(&self) -> Option<u8> {
        matches!(self.gti(), 1 | 4).then_some(self.before_digits(1) & 0x7f)
    }

    /// The digits of the global title, two an octet, the first in the low half; empty for none.
    #[inline]
    pub fn digits(&self) -> &'a [u8] {
        match self.gti() {
            1..=4 => self.octets.get(usize::from(self.fixed_octets)..).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Whether the high half of the last octet is filler: format 1 has a bit for it, formats 3 and 4 the encoding
    /// scheme. Format 2 does not tell, so never.
    #[inline]
    pub fn is_odd(&self) -> bool {
        match self.gti() {
            1 => self.before_digits(1) & 0x80 != 0,
            _ => self.es() == Some(BCD_ODD),
        }
    }

    /// Subsystem and global title, where the address has these two and the title is of format 4: what practically
    /// every address between networks is.
    #[inline(always)]
    pub fn international(&self) -> Option<International<'a>> {
        match *self.octets {
            [indicator, ssn, tt, np_es, nai, ref digits @ ..] if indicator & 0x3f == SSN_AND_FORMAT_4 => {
                Some(International { ssn: Ssn(ssn), tt, np: np_es >> 4, es: np_es & 0x0f, nai: nai & 0x7f, digits })
            }
            _ => None,
        }
    }

    /// How many digits there are.
    #[inline]
    pub fn digit_count(&self) -> usize {
        (self.digits().len() * 2).saturating_sub(usize::from(self.is_odd()))
    }

    /// The address as sent.
    #[inline]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }
}

/// An address with a subsystem number and a global title of format 4, see [`Address::international`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct International<'a> {
    /// Subsystem number.
    pub ssn: Ssn,
    /// Translation type.
    pub tt: u8,
    /// Numbering plan.
    pub np: u8,
    /// Encoding scheme.
    pub es: u8,
    /// Nature of address.
    pub nai: u8,
    /// The digits as sent.
    pub digits: &'a [u8],
}

impl International<'_> {
    /// Whether the high half of the last octet is filler.
    #[inline(always)]
    pub const fn is_odd(&self) -> bool {
        self.es == BCD_ODD
    }
}

/// By indicator, the octets of an address up to its digits. What is there costs one look here, whatever the mix.
const FIXED_OCTETS: [u8; 256] = {
    let mut table = [0; 256];
    let mut indicator = 0;
    while indicator < table.len() {
        let parts = indicator as u8;
        let title_octets = match parts >> 2 & 0x0f {
            1 | 2 => 1,
            3 => 2,
            4 => 3,
            _ => 0,
        };
        table[indicator] = 1 + 2 * (parts & HAS_POINT_CODE) + (parts & HAS_SSN) / HAS_SSN + title_octets;
        indicator += 1;
    }
    table
};
const HAS_POINT_CODE: u8 = 1;
const HAS_SSN: u8 = 2;
const SSN_AND_FORMAT_4: u8 = HAS_SSN | 4 << 2;
/// Q.713 §3.4.2.3.3.
const BCD_ODD: u8 = 1;

#[cfg(test)]
mod tests {
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
        for (text, least) in
            [("1308000801110412", 7), ("0f08000801111299", 6), ("0b080008011199", 5), ("0708000884", 5)]
        {
            let whole = octets(text);
            for length in 1..least {
                assert_eq!(Address::parse(&whole[..length]), Err(error(length, Reason::Truncated)));
            }
            let address = Address::parse(&whole[..least]).expect("no digits");
            assert_eq!(address.digits(), &[]);
            assert!(!address.is_odd() || address.digit_count() == 0);
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..12)) {
            if let Ok(address) = Address::parse(&octets) {
                prop_assert!(octets.ends_with(address.digits()) || address.digits().is_empty());
                prop_assert!(address.digit_count() <= 2 * octets.len());
            }
        }
    }
}
