//! The numbering plan: which network, country and agreement a number belongs to.
//!
//! Ranges of numbers are built into one flat image on the control side ([`build`]). The dataplane checks the image
//! once ([`Layout::verify`]) and then asks it by walking digits ([`Plan::find`]): no allocation, no failure.
//!
//! A number may be in several ranges. Each property comes from the longest range that says it: the world's plan
//! gives the country, an operator's range the operator and the agreement. [`build`] brings them together, so that a
//! look-up ends at one record which has everything.
//!
//! Not handled: number portability. A range says to whom a number was given, not who serves it today.
#![forbid(unsafe_code)]

mod build;
mod image;
mod plan;
mod verify;

pub use build::{BuildError, Country, Range, build};
pub use image::{FORMAT, HEADER_OCTETS, IMAGE_OCTETS_MAX, MAGIC};
pub use plan::{Found, Plan};
pub use sluice_abi::Relation;
pub use verify::{ImageError, Layout, Section};

/// What digits are digits of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Space {
    /// Subscribers and global titles, from the country code on (E.164, and E.214 which begins the same).
    E164 = 0,
    /// Mobile subscriber identities, from the country code on (E.212).
    Imsi = 1,
    /// Signalling point codes as decimal numbers, matched whole.
    PointCode = 2,
}

impl Space {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::E164, Self::Imsi, Self::PointCode];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::E164 => "e164",
            Self::Imsi => "imsi",
            Self::PointCode => "point-code",
        }
    }

    /// The space with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// The country of what belongs to none, or to one that is not known.
pub const NO_COUNTRY: [u8; 2] = *b"--";
/// A range never has more digits.
pub const PREFIX_DIGITS_MAX: usize = 24;
/// Point codes have at most 24 bits (ANSI T1.111.4; 14 by Q.704).
pub const POINT_CODE_MAX: u32 = (1 << 24) - 1;
/// A name of an operator is never longer.
pub const NAME_OCTETS_MAX: usize = 255;

/// Whether it is written as ISO 3166 alpha-2, or is [`NO_COUNTRY`].
pub const fn is_country(code: [u8; 2]) -> bool {
    let [a, b] = code;
    (a.is_ascii_uppercase() && b.is_ascii_uppercase()) || (a == b'-' && b == b'-')
}

/// Digits of a point code padded to one length, so that only the whole code is found; `None` if it is none.
fn whole(digits: &[u8]) -> Option<[u8; 8]> {
    let mut code = 0_u32;
    for digit in digits.iter().map(|d| d.wrapping_sub(b'0')) {
        code = Some(code * 10 + u32::from(digit)).filter(|&c| digit < 10 && c <= POINT_CODE_MAX)?;
    }
    let mut padded = [b'0'; 8];
    for place in padded.iter_mut().rev() {
        *place += (code % 10) as u8;
        code /= 10;
    }
    (!digits.is_empty()).then_some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_code_is_padded_and_anything_else_refused() {
        assert_eq!(whole(b"6001"), Some(*b"00006001"));
        assert_eq!(whole(b"06001"), whole(b"6001"));
        assert_eq!(whole(b"16777215"), Some(*b"16777215"));
        for wrong in [&b""[..], b"16777216", b"99999999999999999999", b"2-1", b"0x10"] {
            assert_eq!(whole(wrong), None);
        }
    }

    #[test]
    fn spaces_have_names() {
        assert!(Space::ALL.into_iter().all(|s| Space::parse(s.name()) == Some(s)));
        assert_eq!(Space::parse("gt"), None);
    }
}
