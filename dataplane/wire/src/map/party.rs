//! The parties of a short message: SM-RP-DA and SM-RP-OA. TS 29.002 §7.6.8, §17.7.6.
//!
//! ```text
//!   SM-RP-DA        80 imsi  81 lmsi  83 roaming number (version 1)  84 service centre  85 none
//!   SM-RP-OA        82 msisdn  84 service centre  85 none
//! ```

use super::AddressString;
use super::address::{ADDRESS_OCTETS_MAX, ISDN_ADDRESS_OCTETS_MAX, imsi_deviations};
use crate::ber::Tlv;
use crate::{Anomalies, Anomaly};

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

impl SmRpDa<'_> {
    /// What is wrong with what it holds.
    pub(super) fn deviations(self) -> Anomalies {
        match self {
            Self::Imsi(imsi) => imsi_deviations(imsi),
            Self::Lmsi(lmsi) if lmsi.len() == LMSI_OCTETS => Anomalies::NONE,
            Self::RoamingNumber(raw) => of_address(raw, ISDN_ADDRESS_OCTETS_MAX),
            Self::ServiceCentre(raw) => of_address(raw, ADDRESS_OCTETS_MAX),
            Self::None => Anomalies::NONE,
            Self::Lmsi(_) => Anomalies::of(Anomaly::MapLength),
        }
    }
}

impl SmRpOa<'_> {
    /// What is wrong with what it holds.
    pub(super) fn deviations(self) -> Anomalies {
        match self {
            Self::Msisdn(raw) => of_address(raw, ISDN_ADDRESS_OCTETS_MAX),
            Self::ServiceCentre(raw) => of_address(raw, ADDRESS_OCTETS_MAX),
            Self::None => Anomalies::NONE,
        }
    }
}

/// Whether one party is a subscriber and the other a service centre, as TS 29.002 §7.6.8 has it; where one of them is
/// left out, nothing speaks against it.
#[inline]
pub(super) const fn go_together(sm_rp_da: SmRpDa<'_>, sm_rp_oa: SmRpOa<'_>) -> bool {
    !matches!(
        (sm_rp_da, sm_rp_oa),
        (SmRpDa::ServiceCentre(_), SmRpOa::ServiceCentre(_))
            | (SmRpDa::Imsi(_) | SmRpDa::Lmsi(_) | SmRpDa::RoamingNumber(_), SmRpOa::Msisdn(_))
    )
}

#[inline]
fn of_address(raw: &[u8], octets_max: usize) -> Anomalies {
    AddressString::new(raw).map_or(Anomalies::of(Anomaly::MapLength), |address| address.deviations(octets_max))
}

const LMSI_OCTETS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_needs_what_its_choice_says() {
        assert_eq!(SmRpOa::Msisdn(&[]).address(), None);
        let short = Anomalies::of(Anomaly::MapLength);
        assert_eq!(
            (SmRpDa::Lmsi(&[1, 2, 3]).deviations(), SmRpDa::Lmsi(&[1, 2, 3, 4]).deviations()),
            (short, Anomalies::NONE)
        );
        assert_eq!((SmRpDa::ServiceCentre(&[]).deviations(), SmRpOa::Msisdn(&[]).deviations()), (short, short));
    }

    #[test]
    fn two_parties_of_one_kind_do_not_go_together() {
        let (imsi, centre) = (SmRpDa::Imsi(&[]), SmRpDa::ServiceCentre(&[]));
        assert!(go_together(imsi, SmRpOa::ServiceCentre(&[])) && go_together(centre, SmRpOa::Msisdn(&[])));
        assert!(go_together(SmRpDa::None, SmRpOa::None) && go_together(centre, SmRpOa::None));
        assert!(!go_together(imsi, SmRpOa::Msisdn(&[])) && !go_together(centre, SmRpOa::ServiceCentre(&[])));
    }
}
