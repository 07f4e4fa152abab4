//! Addresses of MAP: AddressString, SM-RP-DA, SM-RP-OA. TS 29.002 §17.7.6, §17.7.8.
//!
//! ```text
//!   AddressString   | 1 | ton 3 bits | npi 4 |  digits, TBCD
//!   SM-RP-DA        80 imsi  81 lmsi  83 roaming number (version 1)  84 service centre  85 none
//!   SM-RP-OA        82 msisdn  84 service centre  85 none
//! ```

use crate::ber::Tlv;
use crate::digits::Digits;

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

/// To whom a short message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SmRpDa<'a> {
    /// A subscriber.
    Imsi(&'a [u8]),
    /// A subscriber, by the visited network's own number.
    Lmsi(&'a [u8]),
    /// Version 1.
    RoamingNumber(&'a [u8]),
    /// A service centre.
    ServiceCentre(&'a [u8]),
    /// Nobody: a further message of the dialogue.
    None,
}

impl<'a> SmRpDa<'a> {
    /// An element that can be nothing else.
    #[inline]
    pub(super) const fn of(tlv: Tlv<'a>) -> Option<Self> {
        match tlv.tag.0 {
            0x80 => Some(Self::Imsi(tlv.value)),
            0x81 => Some(Self::Lmsi(tlv.value)),
            0x83 => Some(Self::RoamingNumber(tlv.value)),
            0x84 => Some(Self::ServiceCentre(tlv.value)),
            0x85 => Some(Self::None),
            _ => None,
        }
    }

    /// The name of the choice in events and rules.
    pub const fn choice(self) -> &'static str {
        match self {
            Self::Imsi(_) => "imsi",
            Self::Lmsi(_) => "lmsi",
            Self::RoamingNumber(_) => "roamingNumber",
            Self::ServiceCentre(_) => "serviceCentreAddressDA",
            Self::None => "noSM-RP-DA",
        }
    }

    /// As sent; nothing for [`Self::None`].
    pub const fn raw(self) -> &'a [u8] {
        match self {
            Self::Imsi(raw) | Self::Lmsi(raw) | Self::RoamingNumber(raw) | Self::ServiceCentre(raw) => raw,
            Self::None => &[],
        }
    }

    /// The address, where the choice is one.
    pub const fn address(self) -> Option<AddressString<'a>> {
        match self {
            Self::RoamingNumber(raw) | Self::ServiceCentre(raw) => AddressString::new(raw),
            Self::Imsi(_) | Self::Lmsi(_) | Self::None => None,
        }
    }
}

/// From whom a short message comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SmRpOa<'a> {
    /// A subscriber.
    Msisdn(&'a [u8]),
    /// A service centre.
    ServiceCentre(&'a [u8]),
    /// Nobody: a further message of the dialogue, or a subscriber without number.
    None,
}

impl<'a> SmRpOa<'a> {
    /// An element that can be nothing else.
    #[inline]
    pub(super) const fn of(tlv: Tlv<'a>) -> Option<Self> {
        match tlv.tag.0 {
            0x82 => Some(Self::Msisdn(tlv.value)),
            0x84 => Some(Self::ServiceCentre(tlv.value)),
            0x85 => Some(Self::None),
            _ => None,
        }
    }

    /// The name of the choice in events and rules.
    pub const fn choice(self) -> &'static str {
        match self {
            Self::Msisdn(_) => "msisdn",
            Self::ServiceCentre(_) => "serviceCentreAddressOA",
            Self::None => "noSM-RP-OA",
        }
    }

    /// As sent; nothing for [`Self::None`].
    pub const fn raw(self) -> &'a [u8] {
        match self {
            Self::Msisdn(raw) | Self::ServiceCentre(raw) => raw,
            Self::None => &[],
        }
    }

    /// The address, where the choice is one.
    pub const fn address(self) -> Option<AddressString<'a>> {
        AddressString::new(self.raw())
    }
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
    fn an_address_needs_its_first_octet() {
        assert_eq!(AddressString::new(&[]), None);
        assert!(AddressString::new(&[0x91]).unwrap().digits().is_empty());
        assert_eq!(SmRpOa::Msisdn(&[]).address(), None);
    }
}
