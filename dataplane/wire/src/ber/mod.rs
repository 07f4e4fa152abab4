//! BER, the encoding of TCAP and MAP: a reader of elements over borrowed octets. X.690 §8.1.
//!
//! ```text
//!   +-----------+------------------+-----------------+ - - - - - +
//!   | tag       | length           | value           | 00 00     |
//!   | 1-4       | 1-127 octets     | length octets   | only if   |
//!   |           | 80 = indefinite  |                 | indefinite|
//!   +-----------+------------------+-----------------+ - - - - - +
//! ```
//! Handles short, long and indefinite lengths, and what a peer may accept although it should not be sent:
//! lengths and tags longer than needed are read and noted, an element that ends after what holds it is
//! clipped and flagged, a string in pieces is put together by [`join`], and [`deviations`] finds all of it at
//! any depth. Does not handle: tags over four octets, lengths over 32 bits.

mod deviations;
mod header;
mod integer;
mod join;
mod reader;
#[cfg(test)]
mod tests;
mod walk;

use crate::{Anomalies, Anomaly};
pub use deviations::{Scan, deviations, scan};
pub(crate) use header::{ordinary, ordinary_of};
pub use integer::integer;
pub(crate) use integer::is_minimal;
pub use join::join;
pub use reader::Reader;

/// Indefinite lengths inside one another before an element is refused.
pub const DEPTH_MAX: u32 = 16;

/// Elements inside one another, of any length, before [`scan`] and [`join`] refuse.
pub const NESTING_MAX: usize = 32;

/// A tag: its identifier octets as one number, `0x30`, `0xA1`, `0x9F5A`.
/// A number under 31 written in the long form is given in the short one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// INTEGER.
    pub const INTEGER: Self = Self(0x02);
    /// BIT STRING.
    pub const BIT_STRING: Self = Self(0x03);
    /// OCTET STRING.
    pub const OCTET_STRING: Self = Self(0x04);
    /// NULL.
    pub const NULL: Self = Self(0x05);
    /// OBJECT IDENTIFIER.
    pub const OID: Self = Self(0x06);
    /// ENUMERATED.
    pub const ENUMERATED: Self = Self(0x0A);
    /// SEQUENCE.
    pub const SEQUENCE: Self = Self(0x30);
    const END_OF_CONTENTS: Self = Self(0x00);
    const BIT_STRING_IN_PIECES: Self = Self(0x23);
    const OCTET_STRING_IN_PIECES: Self = Self(0x24);

    const fn first_octet(self) -> u8 {
        let significant = (u32::BITS - self.0.leading_zeros()).div_ceil(8);
        if significant < 2 { self.0 as u8 } else { (self.0 >> (8 * (significant - 1))) as u8 }
    }

    /// Whether elements are inside.
    #[inline]
    pub const fn constructed(self) -> bool {
        self.first_octet() & 0x20 != 0
    }

    /// 0 universal, 1 application, 2 context-specific, 3 private.
    #[inline]
    pub const fn class(self) -> u8 {
        self.first_octet() >> 6
    }
}

impl Tag {
    /// Whether it is a string in pieces, as far as a universal tag tells: X.690 §8.6.4, §8.7.3, §8.23.
    #[inline]
    pub(crate) const fn is_string_in_pieces(self) -> bool {
        matches!(self.0, 0x23 | 0x24 | 0x27 | 0x2C | 0x32..=0x3C | 0x3E)
    }
}

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Which element.
    pub tag: Tag,
    /// Its value, without an end-of-contents.
    pub value: &'a [u8],
    /// Tag, length, value and end-of-contents.
    pub raw: &'a [u8],
    /// How it was written.
    pub form: Form,
}

/// How an element was written, as far as it is out of the ordinary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form(u8);

impl Form {
    /// Nothing out of the ordinary.
    pub const ORDINARY: Self = Self(0);
    const LONG_LENGTH: u8 = 1;
    const INDEFINITE: u8 = 2;
    const CLIPPED: u8 = 4;
    const LONG_TAG: u8 = 8;

    /// Its tag or length takes more octets than needed.
    pub const fn non_minimal(self) -> bool {
        self.0 & (Self::LONG_LENGTH | Self::LONG_TAG) != 0
    }

    /// Its length is indefinite.
    pub const fn indefinite(self) -> bool {
        self.0 & Self::INDEFINITE != 0
    }

    /// It claims more octets than there are; the value is what there is.
    #[inline]
    pub const fn clipped(self) -> bool {
        self.0 & Self::CLIPPED != 0
    }

    /// What of it is to be noted: X.690 §8.1.2 forbids the tag; §8.1.3.5 and §8.1.3.6 leave the length to the sender,
    /// but no stack of SS7 has reason to write it longer than needed.
    pub const fn anomalies(self) -> Anomalies {
        let mut found = Anomalies::NONE;
        found.note_if(self.0 & Self::LONG_LENGTH != 0, Anomaly::BerNonminimal);
        found.note_if(self.0 & Self::INDEFINITE != 0, Anomaly::BerIndefinite);
        found.note_if(self.0 & Self::LONG_TAG != 0, Anomaly::BerLongTag);
        found
    }
}

/// How far into `outer` the octets of `inner` begin, where `inner` was cut from `outer`.
#[cold]
pub(crate) fn offset_in(outer: &[u8], inner: &[u8]) -> usize {
    inner.as_ptr().addr().wrapping_sub(outer.as_ptr().addr()).min(outer.len())
}
