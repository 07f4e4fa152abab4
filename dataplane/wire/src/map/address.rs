//! Addresses of MAP: AddressString, IMSI. TS 29.002 §17.7.8.
//!
//! ```text
//!   AddressString   | 1 | ton 3 bits | npi 4 |  digits, TBCD
//!   IMSI            |  digits, TBCD, 3 to 8 octets  |
//! ```

use crate::digits::{Digits, is_decimal};
use crate::{Anomalies, Anomaly};

/// An address of at least its first octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressString<'a>(&'a [u8]);

impl<'a> AddressString<'a> {
    /// None where there is not even a type.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Option<Self> {
        if octets.is_empty() { None } else { Some(Self(octets)) }
    }

    #[inline]
    fn kind(self) -> u8 {
        self.0.first().copied().unwrap_or(0)
    }

    /// Nature of address: 0 unknown, 1 international, 2 national.
    #[inline]
    pub fn ton(self) -> u8 {
        self.kind() >> 4 & 7
    }

    /// Numbering plan: 1 E.164, 6 E.212.
    #[inline]
    pub fn npi(self) -> u8 {
        self.kind() & 15
    }

    /// Whether the first octet has its extension bit, as it must: it says that no second octet of type follows.
    #[inline]
    pub fn has_extension_bit(self) -> bool {
        self.kind() & 0x80 != 0
    }

    /// What is wrong with it, where it may have `octets_max` octets, type included.
    #[inline]
    pub(super) fn deviations(self, octets_max: usize) -> Anomalies {
        let mut found = Anomalies::NONE;
        found.note_if(!self.has_extension_bit(), Anomaly::MapAddress);
        found.note_if(self.0.len() > octets_max, Anomaly::MapLength);
        found.note_if(!is_decimal(self.packed()), Anomaly::MapDigits);
        found
    }

    /// The packed digits.
    #[inline]
    pub fn packed(self) -> &'a [u8] {
        self.0.get(1..).unwrap_or(&[])
    }

    /// The digits.
    #[inline]
    pub fn digits(self) -> Digits {
        Digits::tbcd(self.packed())
    }

    /// As sent.
    #[inline]
    pub const fn raw(self) -> &'a [u8] {
        self.0
    }
}

/// Octets of an AddressString, of an ISDN-AddressString and of a number forwarded to. TS 29.002 §17.7.8.
pub(super) const ADDRESS_OCTETS_MAX: usize = 20;
pub(super) const ISDN_ADDRESS_OCTETS_MAX: usize = 9;

/// What is wrong with an IMSI: 3 to 8 octets, TS 29.002 §17.7.8, of 6 to 15 digits, E.212 §6.
#[inline]
pub(super) fn imsi_deviations(octets: &[u8]) -> Anomalies {
    let mut found = Anomalies::NONE;
    let sixteen = octets.len() == 8 && octets.last().is_some_and(|last| *last < 0xF0);
    let five = octets.len() == 3 && octets.last().is_some_and(|last| *last >= 0xF0);
    found.note_if(!(3..=8).contains(&octets.len()) | sixteen | five, Anomaly::MapLength);
    found.note_if(!is_decimal(octets), Anomaly::MapDigits);
    found
}

/// Whether nothing is wrong with an IMSI.
#[inline(always)]
pub(super) fn is_plain_imsi(octets: &[u8]) -> bool {
    let fifteen = octets.len() < 8 || octets.last().is_some_and(|last| *last >= 0xF0);
    (4..=8).contains(&octets.len()) && fifteen && is_decimal(octets)
}

/// Whether nothing is wrong with an address.
#[inline(always)]
pub(super) fn is_plain_address(octets: &[u8], octets_max: usize) -> bool {
    matches!(octets, [0x80..=0xFF, packed @ ..] if octets.len() <= octets_max && is_decimal(packed))
}

/// The second node that serves a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdditionalNumber<'a> {
    /// An MSC.
    Msc(AddressString<'a>),
    /// An SGSN.
    Sgsn(AddressString<'a>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_type_plan_and_digits() {
        let address = AddressString::new(&[0x91, 0x99, 0x79, 0x50, 0xF2]).unwrap();
        assert_eq!((address.ton(), address.npi(), address.digits().as_str()), (1, 1, "9997052"));
        assert!(address.has_extension_bit());
        assert!(!AddressString::new(&[0x11]).unwrap().has_extension_bit());
    }

    #[test]
    fn says_what_is_wrong_with_an_imsi() {
        let whole = [0x00, 0x01, 0x01, 0x00, 0x10, 0x32, 0x46, 0xF6];
        for (imsi, wrong) in [
            (&whole[..], None),
            (&whole[..3], None),
            (&whole[..2], Some(Anomaly::MapLength)),
            (&[0x00, 0x01, 0xF1], Some(Anomaly::MapLength)),
            (&[0; 8], Some(Anomaly::MapLength)),
            (&[0; 9], Some(Anomaly::MapLength)),
            (&[], Some(Anomaly::MapLength)),
            (&[0x00, 0xF1, 0x01, 0x00, 0x10], Some(Anomaly::MapDigits)),
            (&[0x00, 0x01, 0x01, 0x00, 0xA0], Some(Anomaly::MapDigits)),
        ] {
            assert_eq!(imsi_deviations(imsi), wrong.map_or(Anomalies::NONE, Anomalies::of), "{imsi:x?}");
            assert!(!is_plain_imsi(imsi) || wrong.is_none(), "{imsi:x?}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_an_address() {
        let of = |octets: &[u8]| {
            let found = AddressString::new(octets).unwrap().deviations(ISDN_ADDRESS_OCTETS_MAX);
            assert_eq!(is_plain_address(octets, ISDN_ADDRESS_OCTETS_MAX), found.is_empty());
            found
        };
        assert_eq!(of(&[0x91, 0x99, 0x79, 0x50, 0xF2]), Anomalies::NONE);
        assert_eq!(of(&[0x11, 0x99, 0x79]), Anomalies::of(Anomaly::MapAddress));
        assert_eq!(of(&[0x91, 0x99, 0xF9, 0x50]), Anomalies::of(Anomaly::MapDigits));
        assert_eq!(of(&[0x91; 10]), Anomalies::of(Anomaly::MapLength));
    }

    #[test]
    fn an_address_needs_its_first_octet() {
        assert_eq!(AddressString::new(&[]), None);
        assert!(AddressString::new(&[0x91]).unwrap().digits().is_empty());
    }
}
