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
//! lengths and tags longer than needed are read and flagged, an element that ends after what holds it is
//! clipped and flagged. Does not handle: constructed strings (their parts stay elements), tags over four octets.

mod header;

use crate::Reason;
use header::{Header, Length, end_of_contents};
pub(crate) use header::{ordinary, ordinary_of};

/// Indefinite lengths inside one another before an element is refused.
pub const DEPTH_MAX: u32 = 16;

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
    const NON_MINIMAL: u8 = 1;
    const INDEFINITE: u8 = 2;
    const CLIPPED: u8 = 4;

    /// Its tag or length takes more octets than needed.
    pub const fn non_minimal(self) -> bool {
        self.0 & Self::NON_MINIMAL != 0
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
}

/// The elements of some octets, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the first of these octets.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// What has not been read yet.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next tag, without reading it, where it is one octet.
    #[inline]
    pub fn peek(&self) -> Option<Tag> {
        self.rest.first().map(|octet| Tag(u32::from(*octet)))
    }

    /// The next element, or none at the end. After a refusal the reader has not moved.
    #[inline(always)]
    #[allow(clippy::should_implement_trait, reason = "a fallible step, not an Iterator")]
    pub fn next(&mut self) -> Result<Option<Tlv<'a>>, Reason> {
        if let Some((tlv, rest)) = ordinary(self.rest) {
            self.rest = rest;
            return Ok(Some(tlv));
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.next_of_any_form()
    }

    /// The next element if it has this tag; otherwise the reader does not move.
    #[inline]
    pub fn take(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Reason> {
        let before = *self;
        match self.next()? {
            Some(tlv) if tlv.tag == tag => Ok(Some(tlv)),
            _ => {
                *self = before;
                Ok(None)
            }
        }
    }

    #[cold]
    fn next_of_any_form(&mut self) -> Result<Option<Tlv<'a>>, Reason> {
        let header = Header::parse(self.rest)?;
        let after = self.rest.get(header.octets..).unwrap_or(&[]);
        let mut form = header.form;
        let (value_octets, trailer_octets) = match header.length {
            Length::Definite(claimed) if claimed > after.len() => {
                form |= Form::CLIPPED;
                (after.len(), 0)
            }
            Length::Definite(length) => (length, 0),
            Length::Indefinite => {
                form |= Form::INDEFINITE;
                match end_of_contents(after)? {
                    Some(at) => (at, 2),
                    None => {
                        form |= Form::CLIPPED;
                        (after.len(), 0)
                    }
                }
            }
        };
        let value = after.get(..value_octets).unwrap_or(&[]);
        let (raw, rest) =
            self.rest.split_at_checked(header.octets + value_octets + trailer_octets).ok_or(Reason::Truncated)?;
        self.rest = rest;
        Ok(Some(Tlv { tag: header.tag, value, raw, form: Form(form) }))
    }
}

/// An INTEGER, ENUMERATED or BOOLEAN of up to eight octets. X.690 §8.3.
#[inline]
pub fn integer(value: &[u8]) -> Option<i64> {
    if let [octet] = *value {
        return Some(i64::from(octet as i8));
    }
    if value.is_empty() || value.len() > 8 {
        return None;
    }
    let sign = if value.first().is_some_and(|octet| octet & 0x80 != 0) { -1 } else { 0 };
    Some(value.iter().fold(sign, |sum, octet| sum << 8 | i64::from(*octet)))
}

/// How far into `outer` the octets of `inner` begin, where `inner` was cut from `outer`.
#[cold]
pub(crate) fn offset_in(outer: &[u8], inner: &[u8]) -> usize {
    inner.as_ptr().addr().wrapping_sub(outer.as_ptr().addr()).min(outer.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(octets: &[u8]) -> Tlv<'_> {
        Reader::new(octets).next().expect("reads").expect("has one")
    }

    #[test]
    fn reads_an_element_and_what_follows_it() {
        let mut reader = Reader::new(&[0x02, 0x01, 0x05, 0x05, 0x00]);
        let first = reader.next().unwrap().unwrap();
        assert_eq!((first.tag, first.value, first.raw), (Tag::INTEGER, &[5][..], &[2, 1, 5][..]));
        assert_eq!(reader.next().unwrap().unwrap().tag, Tag::NULL);
        assert_eq!(reader.next(), Ok(None));
    }

    #[test]
    fn accepts_and_flags_a_length_longer_than_needed() {
        for octets in [&[0x04, 0x81, 0x02, 1, 2][..], &[0x04, 0x82, 0, 2, 1, 2], &[0x04, 0x86, 0, 0, 0, 0, 0, 2, 1, 2]]
        {
            let tlv = one(octets);
            assert_eq!(tlv.value, [1, 2]);
            assert!(tlv.form.non_minimal());
        }
        assert!(!one(&[&[0x04, 0x81, 0x80][..], &[7; 128]].concat()).form.non_minimal());
    }

    #[test]
    fn accepts_and_flags_a_tag_longer_than_needed() {
        let tlv = one(&[0x9F, 0x04, 0x01, 0xAA]);
        assert_eq!((tlv.tag, tlv.value), (Tag(0x84), &[0xAA][..]));
        assert!(tlv.form.non_minimal());
        assert_eq!(one(&[0x9F, 0x80, 0x5A, 0x00]).tag, Tag(0x9F5A));
    }

    #[test]
    fn tells_class_and_construction_of_long_tags() {
        assert_eq!((Tag(0x9F5A).class(), Tag(0x9F5A).constructed()), (2, false));
        assert_eq!((Tag(0xBF8101).class(), Tag(0xBF8101).constructed()), (2, true));
        assert_eq!((Tag(0x62).class(), Tag(0x62).constructed()), (1, true));
    }

    #[test]
    fn finds_the_end_of_nested_indefinite_lengths() {
        let octets = [0x30, 0x80, 0xA0, 0x80, 0x04, 0x02, 0, 0, 0, 0, 0, 0, 0x05, 0x00];
        let mut reader = Reader::new(&octets);
        let outer = reader.next().unwrap().unwrap();
        assert!(outer.form.indefinite());
        assert_eq!(outer.value, &octets[2..10]);
        assert_eq!(one(outer.value).value, &[4, 2, 0, 0]);
        assert_eq!(reader.next().unwrap().unwrap().tag, Tag::NULL);
    }

    #[test]
    fn refuses_indefinite_lengths_nested_too_deep() {
        let deep: Vec<u8> = [0x30, 0x80].repeat(40);
        assert_eq!(Reader::new(&deep).next(), Err(Reason::TooDeep));
        let allowed: Vec<u8> = [[0x30, 0x80].repeat(16), vec![0; 32]].concat();
        assert!(!one(&allowed).form.clipped());
    }

    #[test]
    fn clips_and_flags_an_element_longer_than_what_holds_it() {
        let tlv = one(&[0x04, 0x05, 1, 2]);
        assert_eq!(tlv.value, [1, 2]);
        assert!(tlv.form.clipped());
        assert!(one(&[0x30, 0x80, 0x05, 0x00]).form.clipped());
    }

    #[test]
    fn refuses_what_has_no_whole_header() {
        for octets in [&[0x04][..], &[0x9F], &[0x9F, 0x81], &[0x04, 0x82, 0x01]] {
            assert_eq!(Reader::new(octets).next(), Err(Reason::Truncated));
        }
        assert_eq!(Reader::new(&[0x04, 0xFF, 0]).next(), Err(Reason::BadLength));
        assert_eq!(Reader::new(&[0x04, 0x80, 0, 0]).next(), Err(Reason::BadLength));
        assert_eq!(Reader::new(&[0x9F, 0x81, 0x81, 0x81, 0x01]).next(), Err(Reason::BadValue));
        assert_eq!(Reader::new(&[0x04, 0x85, 1, 0, 0, 0, 0]).next(), Err(Reason::BadLength));
    }

    #[test]
    fn reads_integers_with_their_sign() {
        assert_eq!(integer(&[0x80]), Some(-128));
        assert_eq!(integer(&[0xFD, 0x66]), Some(-666));
        assert_eq!(integer(&[0x00, 0xFF]), Some(255));
        assert_eq!(integer(&[]), None);
        assert_eq!(integer(&[0; 9]), None);
    }
}
