//! The elements of some octets, one after the other. X.690 §8.1.

use super::header::{Header, Length, end_of_contents, ordinary};
use super::{Form, Tag, Tlv};
use crate::{Anomalies, Reason};

/// The elements of some octets, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    anomalies: Anomalies,
}

impl<'a> Reader<'a> {
    /// Reads from the first of these octets.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, anomalies: Anomalies::NONE }
    }

    /// What has not been read yet.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How the elements read so far were written, as far as it is a deviation; what is inside them is not looked at.
    #[inline]
    pub const fn anomalies(&self) -> Anomalies {
        self.anomalies
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
        self.anomalies.add(Form(form).anomalies());
        Ok(Some(Tlv { tag: header.tag, value, raw, form: Form(form) }))
    }
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
}
