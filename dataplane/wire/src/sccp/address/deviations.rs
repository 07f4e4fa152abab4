//! What deviates in a party address, and the short way to see that nothing does.
//!
//! Q.713 §3.4. An address as practically all of them are (subsystem number and global title of format 4 with decimal
//! digits) is told from any other in a few instructions; only others are looked at closely.

use super::dialect::{Dialect, HAS_POINT_CODE, SPARE_FORMAT};
use super::{Address, BCD_EVEN, BCD_ODD, SSN_AND_FORMAT_4, sua};
use crate::{Anomalies, Anomaly};

impl<'a> Address<'a> {
    /// An address of an ITU network without anything amiss; none for any other.
    #[inline(always)]
    pub(in crate::sccp) fn ordinary(octets: &'a [u8]) -> Option<Self> {
        let fixed_octets = if is_usual(octets) { USUAL_FIXED_OCTETS } else { Self::fixed_octets_if_clean(octets)? };
        let indicator = octets.first().copied().unwrap_or_default();
        Some(Self { octets, indicator, fixed_octets, dialect: Dialect::Itu })
    }

    #[inline(never)]
    fn fixed_octets_if_clean(octets: &[u8]) -> Option<u8> {
        let address = Address::parse(octets).ok()?;
        address.anomalies().is_empty().then_some(address.fixed_octets)
    }

    /// What was tolerated: reserved bits, formats and encodings, octets that belong to no part, digits that are not
    /// decimal.
    #[inline(never)]
    pub fn anomalies(&self) -> Anomalies {
        let mut anomalies = Anomalies::NONE;
        if self.octets.is_empty() {
            return anomalies;
        }
        let format = self.format();
        let reserved = match self.dialect {
            Dialect::Itu => self.has_reserved_bits() || self.has_spare_point_code_bits(),
            Dialect::China => self.has_reserved_bits(),
            // Bit 8 of the indicator tells national addresses from international ones (T1.112.3 §3.4.1).
            Dialect::Ansi => false,
            Dialect::Sua => {
                anomalies.add(sua::deviations(self.octets));
                false
            }
        };
        let is_title_empty = (1..=4).contains(&format) && self.digits().is_empty();
        let has_more = format == 0 && self.dialect != Dialect::Sua && self.octets.len() > self.fixed_octets.into();
        let is_encoding_odd = self.es().is_some_and(|es| !matches!(es, BCD_ODD | BCD_EVEN));
        anomalies.note_if(
            reserved || is_title_empty || has_more || is_encoding_odd || (5..=SPARE_FORMAT).contains(&format),
            Anomaly::SccpAddress,
        );
        anomalies.note_if(self.has_other_digits(), Anomaly::SccpDigits);
        anomalies
    }

    /// Bit 8 of the indicator, and the spare one above the nature of address (Q.713 §3.4.1, §3.4.2.3.4).
    fn has_reserved_bits(&self) -> bool {
        self.is_national() || self.format() == 4 && self.before_digits(1) & 0x80 != 0
    }

    /// Bits above 14 of the point code (Q.713 §3.4.2.1).
    fn has_spare_point_code_bits(&self) -> bool {
        self.indicator & HAS_POINT_CODE != 0 && self.octets.get(2).is_some_and(|high| high & 0xc0 != 0)
    }

    /// Whether a digit is none, or the filler of an odd number is not zero (Q.713 §3.4.2.3.1).
    fn has_other_digits(&self) -> bool {
        let Some((last, digits)) = self.digits().split_last() else { return false };
        let filler_is_other = self.is_odd() && last >> 4 != 0;
        filler_is_other || digits.iter().chain([last]).any(|pair| pair & 0x0f > 9 || pair >> 4 > 9)
    }
}

/// Whether an address is what most are, and so without anything amiss.
#[inline(always)]
fn is_usual(octets: &[u8]) -> bool {
    let &[indicator, _, _, np_es, nai, ref digits @ ..] = octets else { return false };
    let fixed = u32::from_le_bytes([indicator & !ROUTE_ON_SSN, 0, np_es & 0x0f, nai & 0x80]);
    let is_odd = fixed == USUAL_ODD;
    (is_odd || fixed == USUAL_EVEN) && are_decimal(digits, is_odd)
}

/// Whether four to eight octets are decimal digits throughout, an odd number of them with filler of zero.
#[inline(always)]
fn are_decimal(digits: &[u8], is_odd: bool) -> bool {
    let (Some(first), Some(last), 4..=8) = (digits.first_chunk::<4>(), digits.last_chunk::<4>(), digits.len()) else {
        return false;
    };
    // Digits in both halves are looked at twice, which does no harm.
    let packed = u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    let more_than_nine = packed & (packed << 1 | packed << 2) & EIGHTS;
    let filler = if is_odd { packed >> 60 } else { 0 };
    more_than_nine | filler == 0
}

/// Indicator and encoding scheme of a usual address.
const USUAL_ODD: u32 = u32::from_le_bytes([SSN_AND_FORMAT_4, 0, BCD_ODD, 0]);
const USUAL_EVEN: u32 = u32::from_le_bytes([SSN_AND_FORMAT_4, 0, BCD_EVEN, 0]);
/// Octets of one before its digits.
const USUAL_FIXED_OCTETS: u8 = 5;
/// Routing indicator (Q.713 §3.4.1).
const ROUTE_ON_SSN: u8 = 0x40;
/// The highest bit of every half octet: with one of the next two it makes more than nine.
const EIGHTS: u64 = 0x8888_8888_8888_8888;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::octets;
    use proptest::prelude::*;

    #[test]
    fn an_address_as_they_are_has_none() {
        for text in ["1206001104997950000000 01", "1208001204998901030010", "4208", "43b12a08", "", "0a0805 99791032"] {
            let octets = octets(text);
            assert_eq!(Address::parse(&octets).expect("well-formed").anomalies(), Anomalies::NONE, "{text}");
        }
    }

    #[test]
    fn every_deviation_is_noted_and_told_from_the_usual() {
        use Anomaly::{SccpAddress, SccpDigits};
        for (text, dialect, expected) in [
            ("92080012049989010300", Dialect::Itu, SccpAddress),
            ("92080012049989010300", Dialect::China, SccpAddress),
            ("12080012849989010300", Dialect::Itu, SccpAddress),
            ("12080010049989010300", Dialect::Itu, SccpAddress),
            ("12080013049989010300", Dialect::Itu, SccpAddress),
            ("1208001f049989010300", Dialect::Itu, SccpAddress),
            ("1208001204", Dialect::Itu, SccpAddress),
            ("43b1ea08", Dialect::Itu, SccpAddress),
            ("420801", Dialect::Itu, SccpAddress),
            ("160801", Dialect::Itu, SccpAddress),
            ("3e0801", Dialect::Itu, SccpAddress),
            ("0d0801", Dialect::Ansi, SccpAddress),
            ("120800120499890a0300", Dialect::Itu, SccpDigits),
            ("12080012049989a10300", Dialect::Itu, SccpDigits),
            ("120800120499890103f0", Dialect::Itu, SccpDigits),
            ("120800110499890103f0", Dialect::Itu, SccpDigits),
            ("12080011049989010310", Dialect::Itu, SccpDigits),
            ("0a0805999b", Dialect::Itu, SccpDigits),
            ("060884999a", Dialect::Itu, SccpDigits),
        ] {
            let octets = octets(text);
            let noted: Vec<_> = Address::parse_as(&octets, dialect).expect("readable").anomalies().iter().collect();
            assert_eq!(noted, [expected], "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_and_the_long_agree(place in 0usize..13, octet: u8, length in 0usize..14) {
            let mut octets = octets("12080012049989010300102132");
            octets[place] = octet;
            octets.truncate(length);
            if let Ok(address) = Address::parse(&octets) {
                prop_assert_eq!(Address::ordinary(&octets), Some(address).filter(|address| address.anomalies().is_empty()));
            }
        }

        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..16), dialect in 0usize..4) {
            let dialect = [Dialect::Itu, Dialect::China, Dialect::Ansi, Dialect::Sua][dialect];
            if let Ok(address) = Address::parse_as(&octets, dialect) {
                prop_assert!(!address.anomalies().has(Anomaly::SccpDigits) || !address.digits().is_empty());
            }
        }
    }
}
