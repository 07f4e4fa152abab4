//! The parts of a message that pointers name: mandatory variable parameters and the optional part.
//!
//! Q.713 §2.3, §2.4, §3.17. A pointer counts octets from itself (its last octet, where it has two) to the length
//! of its parameter. Pointers are followed wherever inside the message they lead, overlaps included, since that
//! is what a receiver does; only a pointer to itself is refused.

use super::error;
use crate::{Error, Reason};

/// The number that holds the segments of one message together: 24 bits, unique for the calling party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalReference(pub u32);

/// Which part of a larger message this is (Q.713 §3.17).
///
/// ```text
///  0    1              4
/// +----+--------------+
/// |FC n| reference    |     F first segment, C the class the sender asked for, n segments to come
/// +----+--------------+     (4 bits), reference least significant octet first
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segmentation {
    /// Whether this is the first segment.
    pub first: bool,
    /// Whether the sender asked for delivery in sequence (class 1).
    pub in_sequence: bool,
    /// How many segments are to come, 0 to 15.
    pub remaining: u8,
    /// The same in all segments of a message.
    pub reference: LocalReference,
}

impl Segmentation {
    const fn from_octets([flags, r0, r1, r2]: [u8; 4]) -> Self {
        Self {
            first: flags & 0x80 != 0,
            in_sequence: flags & 0x40 != 0,
            remaining: flags & 0x0f,
            reference: LocalReference(u32::from_le_bytes([r0, r1, r2, 0])),
        }
    }
}

/// A parameter found, and where its value begins in the message.
pub(super) type Found<'a> = (&'a [u8], usize);

/// The mandatory variable parameter that the pointer of this value, its last octet at `pointer_at`, names.
#[inline(always)]
pub(super) fn variable(octets: &[u8], pointer_at: usize, pointer: usize) -> Result<Found<'_>, Error> {
    if pointer == 0 {
        return Err(error(pointer_at, Reason::BadValue));
    }
    let at = pointer_at + pointer;
    let Some(&length) = octets.get(at) else { return Err(error(pointer_at, Reason::Truncated)) };
    match octets.get(at + 1..at + 1 + usize::from(length)) {
        Some(value) => Ok((value, at + 1)),
        None => Err(error(at, Reason::Truncated)),
    }
}

/// As `variable`, for long data: its length has two octets, least significant first (Q.713 §3.20).
#[inline]
pub(super) fn long_variable(octets: &[u8], pointer_at: usize, pointer: usize) -> Result<Found<'_>, Error> {
    if pointer == 0 {
        return Err(error(pointer_at, Reason::BadValue));
    }
    let at = pointer_at + pointer;
    let Some((length, rest)) = octets.get(at..).and_then(<[u8]>::split_first_chunk) else {
        return Err(error(pointer_at, Reason::Truncated));
    };
    match rest.get(..usize::from(u16::from_le_bytes(*length))) {
        Some(value) => Ok((value, at + 2)),
        None => Err(error(at, Reason::Truncated)),
    }
}

/// The optional part from `at` to its end octet, every parameter checked, and the segmentation in it.
#[inline(never)]
pub(super) fn optional(octets: &[u8], at: usize) -> Result<(&[u8], Option<Segmentation>), Error> {
    let part = octets.get(at..).ok_or(error(at, Reason::Truncated))?;
    let mut rest = part;
    let mut segmentation = None;
    for _ in 0..=OPTIONAL_PARAMETERS_MAX {
        let offset = at + part.len() - rest.len();
        let (name, after) = rest.split_first().ok_or(error(offset, Reason::Truncated))?;
        if *name == END_OF_OPTIONAL {
            let length = part.len() - after.len();
            return Ok((part.get(..length).unwrap_or_default(), segmentation));
        }
        let (length, after) = after.split_first().ok_or(error(offset, Reason::Truncated))?;
        let (value, after) = after.split_at_checked(usize::from(*length)).ok_or(error(offset, Reason::Truncated))?;
        if *name == SEGMENTATION {
            if segmentation.is_some() {
                return Err(error(offset, Reason::UnexpectedTag));
            }
            let octets = <[u8; 4]>::try_from(value).map_err(|_| error(offset, Reason::BadLength))?;
            segmentation = Some(Segmentation::from_octets(octets));
        }
        rest = after;
    }
    Err(error(at + part.len() - rest.len(), Reason::TooDeep))
}

/// How many optional parameters a message may have; Q.713 defines three for connectionless ones.
pub const OPTIONAL_PARAMETERS_MAX: usize = 16;
const END_OF_OPTIONAL: u8 = 0;
const SEGMENTATION: u8 = 0x10;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn follows_pointers_from_themselves() {
        assert_eq!(variable(&[9, 2, 0xff, 2, 7, 8, 9], 1, 2), Ok((&[7, 8][..], 4)));
        assert_eq!(long_variable(&[9, 1, 2, 0, 7, 8, 9], 1, 1), Ok((&[7, 8][..], 4)));
    }

    #[test]
    fn refuses_pointers_to_themselves_and_out_of_the_message() {
        assert_eq!(variable(&[1, 0], 0, 0), Err(error(0, Reason::BadValue)));
        assert_eq!(long_variable(&[1, 0], 0, 0), Err(error(0, Reason::BadValue)));
        assert_eq!(variable(&[1, 0], 0, 2), Err(error(0, Reason::Truncated)));
        assert_eq!(variable(&[1, 0], 0, 0xffff), Err(error(0, Reason::Truncated)));
        assert_eq!(long_variable(&[1, 0], 0, 1), Err(error(0, Reason::Truncated)));
        assert_eq!(variable(&[1, 3, 0, 0], 0, 1), Err(error(1, Reason::Truncated)));
        assert_eq!(long_variable(&[1, 3, 0, 0], 0, 1), Err(error(1, Reason::Truncated)));
    }

    #[test]
    fn reads_segmentation_among_other_parameters() {
        let part = [0x12, 1, 3, 0x10, 4, 0xc3, 0x56, 0x34, 0x12, 0, 0xee];
        let expected =
            Segmentation { first: true, in_sequence: true, remaining: 3, reference: LocalReference(0x12_3456) };
        assert_eq!(optional(&part, 0), Ok((&part[..10], Some(expected))));
        assert_eq!(optional(&part, 9), Ok((&part[9..10], None)));
    }

    #[test]
    fn refuses_every_truncation() {
        let part = [0x12, 1, 3, 0x10, 4, 0xc3, 0x56, 0x34, 0x12, 0];
        for length in 0..part.len() {
            assert_eq!(optional(&part[..length], 0).map_err(|error| error.reason), Err(Reason::Truncated));
        }
    }

    #[test]
    fn refuses_a_second_segmentation_one_of_another_length_and_too_many_parameters() {
        let twice = [0x10, 4, 0, 1, 0, 0, 0x10, 4, 0x80, 1, 0, 0, 0];
        assert_eq!(optional(&twice, 0), Err(error(6, Reason::UnexpectedTag)));
        assert_eq!(optional(&[0x10, 3, 0, 1, 0, 0], 0), Err(error(0, Reason::BadLength)));
        let many = [0x12, 0].repeat(OPTIONAL_PARAMETERS_MAX + 1);
        assert_eq!(optional(&many, 0), Err(error(many.len(), Reason::TooDeep)));
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(prop_oneof![0u8..20, any::<u8>()], 0..60), at in 0usize..70) {
            if let Ok((part, _)) = optional(&octets, at) {
                prop_assert!(octets.get(at..).expect("inside").starts_with(part));
            }
        }
    }
}
