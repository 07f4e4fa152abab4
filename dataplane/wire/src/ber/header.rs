//! Tag and length of an element, in every form, and the end of an indefinite length. X.690 §8.1.2, §8.1.3, §8.1.5.
//!
//! ```text
//!   tag      cc c nnnnn            number under 31
//!            cc c 11111  1nnnnnnn … 0nnnnnnn
//!   length   0nnnnnnn  |  1ccccccc and c octets  |  10000000 until 00 00
//! ```

use super::{DEPTH_MAX, Form, Tag, Tlv};
use crate::Reason;

/// The element these octets begin with and what follows it, where its tag is one octet and its length one, or 81
/// and one, and all of it is there: every element of an ordinary message.
#[inline(always)]
pub(crate) fn ordinary(octets: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    let (&[tag, first], after) = octets.split_first_chunk()?;
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (header_octets, length) = match (first, after) {
        (0..=0x7F, _) => (2, usize::from(first)),
        (0x81, [length @ 0x80..=0xFF, ..]) => (3, usize::from(*length)),
        _ => return None,
    };
    let (raw, rest) = octets.split_at_checked(header_octets + length)?;
    let value = raw.get(header_octets..)?;
    Some((Tlv { tag: Tag(u32::from(tag)), value, raw, form: Form::ORDINARY }, rest))
}

/// [`ordinary`], where the element has this tag.
#[inline(always)]
pub(crate) fn ordinary_of(tag: u8, octets: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    if octets.first() == Some(&tag) { ordinary(octets) } else { None }
}

pub(super) enum Length {
    Definite(usize),
    Indefinite,
}

pub(super) struct Header {
    pub(super) tag: Tag,
    pub(super) length: Length,
    pub(super) octets: usize,
    pub(super) form: u8,
}

impl Header {
    pub(super) fn parse(octets: &[u8]) -> Result<Self, Reason> {
        let (tag, tag_octets, tag_form) = tag_of(octets)?;
        let after = octets.get(tag_octets..).unwrap_or(&[]);
        let (length, length_octets, length_form) = length_of(after)?;
        if matches!(length, Length::Indefinite) && !tag.constructed() {
            return Err(Reason::BadLength);
        }
        Ok(Self { tag, length, octets: tag_octets + length_octets, form: tag_form | length_form })
    }

    /// Whether it is an end-of-contents, which has one form only: X.690 §8.1.5.
    pub(super) fn ends_contents(&self) -> bool {
        self.tag == Tag::END_OF_CONTENTS && self.octets == 2 && matches!(self.length, Length::Definite(0))
    }
}

/// X.690 §8.1.2. Leading octets that add nothing to the number are skipped, however many.
fn tag_of(octets: &[u8]) -> Result<(Tag, usize, u8), Reason> {
    let (&first, rest) = octets.split_first().ok_or(Reason::Truncated)?;
    if first & 0x1F != 0x1F {
        return Ok((Tag(u32::from(first)), 1, 0));
    }
    let padding = rest.iter().take_while(|octet| **octet == 0x80).count();
    let digits = rest.get(padding..).unwrap_or(&[]);
    let (mut tag, mut number) = (u32::from(first), 0_u32);
    for (more, &octet) in digits.iter().take(3).enumerate() {
        tag = tag << 8 | u32::from(octet);
        number = number << 7 | u32::from(octet & 0x7F);
        if octet & 0x80 == 0 {
            let form = if padding > 0 || number < 31 { Form::LONG_TAG } else { 0 };
            let short = Tag(u32::from(first & 0xE0) | number);
            return Ok((if number < 31 { short } else { Tag(tag) }, padding + more + 2, form));
        }
    }
    Err(if digits.len() < 3 { Reason::Truncated } else { Reason::BadValue })
}

/// X.690 §8.1.3.
fn length_of(octets: &[u8]) -> Result<(Length, usize, u8), Reason> {
    let (&first, rest) = octets.split_first().ok_or(Reason::Truncated)?;
    match first {
        0..0x80 => return Ok((Length::Definite(usize::from(first)), 1, 0)),
        0x80 => return Ok((Length::Indefinite, 1, 0)),
        0xFF => return Err(Reason::BadLength),
        _ => {}
    }
    let count = usize::from(first & 0x7F);
    let digits = rest.get(..count).ok_or(Reason::Truncated)?;
    let zeros = digits.iter().take_while(|octet| **octet == 0).count();
    let significant = digits.get(zeros..).unwrap_or(&[]);
    if significant.len() > 4 {
        return Err(Reason::BadLength);
    }
    let length = significant.iter().fold(0_usize, |sum, octet| sum << 8 | usize::from(*octet));
    let form = if zeros > 0 || length < 0x80 { Form::LONG_LENGTH } else { 0 };
    Ok((Length::Definite(length), 1 + count, form))
}

/// Where the end-of-contents of an indefinite length stands; none if the octets end first.
/// Walks, never recurses: X.690 §8.1.5 with at most [`DEPTH_MAX`] open at a time.
pub(super) fn end_of_contents(octets: &[u8]) -> Result<Option<usize>, Reason> {
    let (mut at, mut open) = (0_usize, 1_u32);
    while let Some(rest) = octets.get(at..)
        && !rest.is_empty()
    {
        let header = match Header::parse(rest) {
            Err(Reason::Truncated) => return Ok(None),
            header => header?,
        };
        match header.length {
            _ if header.ends_contents() => {
                open -= 1;
                if open == 0 {
                    return Ok(Some(at));
                }
                at += header.octets;
            }
            Length::Definite(length) => at += header.octets + length,
            Length::Indefinite => {
                open += 1;
                if open > DEPTH_MAX {
                    return Err(Reason::TooDeep);
                }
                at += header.octets;
            }
        }
    }
    Ok(None)
}
