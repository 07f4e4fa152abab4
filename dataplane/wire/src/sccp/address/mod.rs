//! Called and calling party addresses.
//!
//! Q.713 §3.4, §3.5; ANSI T1.112.3 §3.4; RFC 3868 §3.10.2. Handles point code, subsystem number and the formats of global
//! title in the octets of ITU, China, ANSI and SUA. The digits are left as octets (two a piece, the first in the low
//! half); reading them is the business of whoever compares.

mod deviations;
mod dialect;
mod sua;
#[cfg(test)]
mod tests;

pub use dialect::Dialect;

use self::dialect::{FIXED_OCTETS, HAS_POINT_CODE, HAS_SSN, NATIONAL};
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
/// That is ITU's; see [`Dialect`] for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    octets: &'a [u8],
    /// As ITU would have sent it.
    indicator: u8,
    /// Octets before the digits, or before where they would be; nothing in SUA.
    fixed_octets: u8,
    dialect: Dialect,
}

impl<'a> Address<'a> {
    /// An address without any part, as some networks send for the calling party.
    pub const EMPTY: Self = Self { octets: &[], indicator: 0, fixed_octets: 0, dialect: Dialect::Itu };

    /// Reads an address of an ITU network. No octets at all are an address without parts; a global title of a spare
    /// format (5 to 15) has no digits.
    ///
    /// # Errors
    /// `Truncated` where a part the indicator announces is not there, its offset counted from the address.
    #[inline(always)]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        Self::parse_as(octets, Dialect::Itu)
    }

    /// Reads an address of a network of this kind.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[inline(always)]
    pub fn parse_as(octets: &'a [u8], dialect: Dialect) -> Result<Self, Error> {
        let Some(&first) = octets.first() else { return Ok(Self::EMPTY) };
        let (indicator, more_point_code_octets) = match dialect {
            Dialect::Itu => (first, 0),
            Dialect::China => (first, first & HAS_POINT_CODE),
            Dialect::Ansi => {
                let indicator = dialect::itu_from_ansi(first);
                (indicator, indicator & HAS_POINT_CODE)
            }
            Dialect::Sua => return Self::sua(octets),
        };
        let fixed_octets = FIXED_OCTETS[indicator as usize] + more_point_code_octets;
        if octets.len() < usize::from(fixed_octets) {
            return Err(error(octets.len(), Reason::Truncated));
        }
        Ok(Self { octets, indicator, fixed_octets, dialect })
    }

    /// Reads the value of SUA's source or destination address parameter. What is broken in it is left out.
    ///
    /// # Errors
    /// `Truncated` within the two indicators.
    #[inline(never)]
    pub fn sua(octets: &'a [u8]) -> Result<Self, Error> {
        if octets.len() < sua::HEADER_OCTETS {
            return Err(error(octets.len(), Reason::Truncated));
        }
        Ok(Self { octets, indicator: sua::indicator(octets), fixed_octets: 0, dialect: Dialect::Sua })
    }

    /// Whose octets these are.
    #[inline]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The octet `back` octets before the digits.
    #[inline]
    fn before_digits(&self, back: u8) -> u8 {
        self.octets.get(usize::from(self.fixed_octets.wrapping_sub(back))).copied().unwrap_or(0)
    }

    /// The global title where it is SUA's.
    #[inline]
    fn sua_title(&self) -> Option<sua::Title<'a>> {
        if self.dialect == Dialect::Sua { sua::title(self.octets) } else { None }
    }

    /// Routing indicator: 0 route on the global title, 1 on the subsystem number.
    #[inline]
    pub fn ri(&self) -> u8 {
        self.indicator >> 6 & 1
    }

    /// Format of the global title as the network numbers it; 0 for none.
    #[inline]
    pub fn gti(&self) -> u8 {
        match (self.dialect, self.octets) {
            (Dialect::Ansi, [indicator, ..]) => indicator >> 2 & 0x0f,
            _ => self.format(),
        }
    }

    /// Format of the global title as ITU numbers it.
    #[inline]
    fn format(&self) -> u8 {
        self.indicator >> 2 & 0x0f
    }

    /// Whether the indicator is marked for national use (Q.713 §3.4.1).
    #[inline]
    pub fn is_national(&self) -> bool {
        self.indicator & NATIONAL != 0
    }

    /// Point code.
    #[inline]
    pub fn pc(&self) -> Option<PointCode> {
        if self.indicator & HAS_POINT_CODE == 0 {
            return None;
        }
        match (self.dialect, self.octets) {
            // Two spare bits above 14 of point code, least significant octet first (Q.713 §3.4.2.1).
            (Dialect::Itu, [_, low, high, ..]) => Some(u32::from(u16::from_le_bytes([*low, *high]) & 0x3fff)),
            (Dialect::China, [_, p0, p1, p2, ..]) => Some(u32::from_le_bytes([*p0, *p1, *p2, 0])),
            (Dialect::Ansi, [_, rest @ ..]) => {
                let at = usize::from(self.indicator & HAS_SSN != 0);
                let point_code = rest.get(at..).and_then(<[u8]>::first_chunk);
                point_code.map(|&[p0, p1, p2]| u32::from_le_bytes([p0, p1, p2, 0]))
            }
            (Dialect::Sua, octets) => sua::point_code(octets),
            _ => None,
        }
        .map(PointCode)
    }

    /// Subsystem number.
    #[inline(always)]
    pub fn ssn(&self) -> Option<Ssn> {
        // With nothing before it in any network's octets.
        if self.indicator & (HAS_SSN | HAS_POINT_CODE) == HAS_SSN && self.dialect != Dialect::Sua {
            return self.octets.get(1).copied().map(Ssn);
        }
        self.any_ssn()
    }

    #[inline(never)]
    fn any_ssn(&self) -> Option<Ssn> {
        if self.indicator & HAS_SSN == 0 {
            return None;
        }
        let point_codes = usize::from(self.indicator & HAS_POINT_CODE);
        let at = match self.dialect {
            Dialect::Itu => 1 + 2 * point_codes,
            Dialect::China => 1 + 3 * point_codes,
            Dialect::Ansi => 1,
            Dialect::Sua => return sua::subsystem(self.octets).map(Ssn),
        };
        self.octets.get(at).copied().map(Ssn)
    }

    /// Translation type; formats 2, 3, 4.
    #[inline]
    pub fn tt(&self) -> Option<u8> {
        let back = match self.format() {
            2 => 1,
            3 => 2,
            4 => 3,
            _ => return None,
        };
        Some(self.sua_title().map_or(self.before_digits(back), |title| title.tt))
    }

    /// Numbering plan: 1 E.164, 6 E.212, 7 E.214; formats 3, 4.
    #[inline]
    pub fn np(&self) -> Option<u8> {
        self.np_es().map(|octet| self.sua_title().map_or(octet >> 4, |title| title.np))
    }

    /// Encoding scheme: 1 an odd number of digits, 2 an even one; formats 3, 4.
    #[inline]
    pub fn es(&self) -> Option<u8> {
        let of_sua = |title: sua::Title<'_>| if title.is_odd() { BCD_ODD } else { BCD_EVEN };
        self.np_es().map(|octet| self.sua_title().map_or(octet & 0x0f, of_sua))
    }

    /// Numbering plan in the high half, encoding scheme in the low; anything in SUA, which has them apart.
    #[inline]
    fn np_es(&self) -> Option<u8> {
        match self.format() {
            3 => Some(self.before_digits(1)),
            4 => Some(self.before_digits(2)),
            _ => None,
        }
    }

    /// Nature of address: 1 subscriber, 3 national, 4 international; formats 1, 4.
    #[inline]
    pub fn nai(&self) -> Option<u8> {
        let of_octets = || self.before_digits(1) & 0x7f;
        matches!(self.format(), 1 | 4).then(|| self.sua_title().map_or_else(of_octets, |title| title.nai))
    }

    /// The digits of the global title, two an octet, the first in the low half; empty for none.
    #[inline]
    pub fn digits(&self) -> &'a [u8] {
        match (self.format(), self.dialect) {
            (1..=4, Dialect::Sua) => sua::title(self.octets).map_or(&[], |title| title.digits()),
            (1..=4, _) => self.octets.get(usize::from(self.fixed_octets)..).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Whether the high half of the last octet is filler: format 1 has a bit for it, formats 3 and 4 the encoding
    /// scheme, SUA the number of digits. Format 2 does not tell, so never.
    #[inline]
    pub fn is_odd(&self) -> bool {
        match (self.format(), self.sua_title()) {
            (1..=4, Some(title)) => title.is_odd(),
            (1, None) => self.before_digits(1) & 0x80 != 0,
            _ => self.es() == Some(BCD_ODD),
        }
    }

    /// Subsystem and global title, where the address has these two and the title is of format 4: what practically
    /// every address between networks is. Only of ITU networks.
    #[inline(always)]
    pub fn international(&self) -> Option<International<'a>> {
        match *self.octets {
            [indicator, ssn, tt, np_es, nai, ref digits @ ..]
                if self.dialect == Dialect::Itu && indicator & 0x3f == SSN_AND_FORMAT_4 =>
            {
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

const SSN_AND_FORMAT_4: u8 = HAS_SSN | 4 << 2;
/// Q.713 §3.4.2.3.3.
const BCD_ODD: u8 = 1;
const BCD_EVEN: u8 = 2;
