//! How networks differ in the octets of a party address.
//!
//! Q.713 §3.4.1; ANSI T1.112.3 §3.4.1; GF 001-9001 of China. The indicator of ANSI is turned into that of ITU, so that
//! everything behind asks one kind of indicator only.
//!
//! ```text
//!   bit       8         7                 6 5 4 3                    2            1
//! ITU      national   route on SSN   global title: formats 1-4   SSN there   PC there (2 octets)
//! China    national   route on SSN   global title: formats 1-4   SSN there   PC there (3 octets)
//! ANSI     national   route on SSN   global title: 1 is ITU's 3  PC there    SSN there, and before the PC
//!                                    2 is ITU's 2                (3 octets)
//! ```

use crate::mtp3::Variant;

/// Whose octets an address has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Dialect {
    /// Q.713 §3.4, point codes of 14 bits.
    Itu,
    /// As ITU with point codes of 24 bits.
    China,
    /// T1.112.3 §3.4: other bits, other order, two global titles, point codes of 24 bits.
    Ansi,
    /// The address parameter of SUA (RFC 3868 §3.10.2).
    Sua,
}

impl From<Variant> for Dialect {
    #[inline(always)]
    fn from(variant: Variant) -> Self {
        match variant {
            Variant::Itu => Self::Itu,
            Variant::China => Self::China,
            Variant::Ansi => Self::Ansi,
        }
    }
}

/// The indicator ITU would have sent for this of ANSI. Global titles ANSI does not have become a spare one.
#[inline]
pub(super) const fn itu_from_ansi(indicator: u8) -> u8 {
    let format = match indicator >> 2 & 0x0f {
        0 => 0,
        1 => 3,
        2 => 2,
        _ => SPARE_FORMAT,
    };
    indicator & 0xc0 | format << 2 | (indicator & 1) << 1 | (indicator & 2) >> 1
}

/// By indicator, the octets of an ITU address up to its digits. What is there costs one look here, whatever the mix.
pub(super) const FIXED_OCTETS: [u8; 256] = {
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
/// Bit of the ITU indicator: a point code is there.
pub(super) const HAS_POINT_CODE: u8 = 1;
/// Bit of the ITU indicator: a subsystem number is there.
pub(super) const HAS_SSN: u8 = 2;
/// Bit of the indicator: route on the subsystem number.
pub(super) const ROUTE_ON_SSN: u8 = 0x40;
/// Bit of the indicator: for national use.
pub(super) const NATIONAL: u8 = 0x80;
/// A format of the global title that nobody has.
pub(super) const SPARE_FORMAT: u8 = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indicator_of_ansi_says_the_same_in_itu_terms() {
        for (ansi, itu) in [
            (0b0100_0001, 0b0100_0010),
            (0b0100_0010, 0b0100_0001),
            (0b1000_0111, 0b1000_1111),
            (0b0000_1001, 0b0000_1010),
            (0b0001_0000, 0b0011_1100),
            (0, 0),
        ] {
            assert_eq!(itu_from_ansi(ansi), itu, "{ansi:08b}");
        }
    }

    #[test]
    fn a_network_has_the_addresses_of_its_point_codes() {
        assert_eq!(Dialect::from(Variant::default()), Dialect::Itu);
        assert_eq!([Variant::China, Variant::Ansi].map(Dialect::from), [Dialect::China, Dialect::Ansi]);
    }
}
