//! The parts of a message that pointers name: mandatory variable parameters and the optional part.
//!
//! Q.713 §2.3, §2.4, §3.17. A pointer counts octets from itself (its last octet, where it has two) to the length
//! of its parameter. Pointers are followed wherever inside the message they lead, overlaps included, since that
//! is what a receiver does, and where they lead oddly is noted; only a pointer to itself is refused.

use super::{Dialect, error};
use crate::{Anomalies, Anomaly, Error, Reason};

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

/// Where a part begins and where it ends, its length included.
pub(super) type Span = (usize, usize);

/// What is odd about where the parts of a message are, given in the order of their pointers: another order, an octet
/// in two of them or in none. The first should begin at `begin`, the last end at `end`.
#[cold]
#[inline(never)]
pub(super) fn layout(parts: &mut [Span], begin: usize, end: usize) -> Anomalies {
    let mut anomalies = Anomalies::NONE;
    let is_in_order = parts.is_sorted_by(|(before, _), (after, _)| before < after);
    anomalies.note_if(!is_in_order, Anomaly::SccpPointer);
    parts.sort_unstable();
    let mut at = begin;
    for (from, to) in parts {
        anomalies.note_if(*from < at, Anomaly::SccpPointer);
        anomalies.note_if(*from != at, Anomaly::SccpLength);
        at = at.max(*to);
    }
    anomalies.note_if(at != end, Anomaly::SccpLength);
    anomalies
}

/// The optional part of a connectionless message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Optional<'a> {
    /// The part with its end octet.
    pub(super) part: &'a [u8],
    pub(super) segmentation: Option<Segmentation>,
    pub(super) anomalies: Anomalies,
}

/// The optional part from `at` to its end octet, every parameter checked, and the segmentation in it.
#[inline(never)]
pub(super) fn optional(octets: &[u8], at: usize, dialect: Dialect) -> Result<Optional<'_>, Error> {
    let part = octets.get(at..).ok_or(error(at, Reason::Truncated))?;
    let mut rest = part;
    let (mut segmentation, mut anomalies) = (None, Anomalies::NONE);
    for _ in 0..=OPTIONAL_PARAMETERS_MAX {
        let offset = at + part.len() - rest.len();
        let Step::Parameter(name, value, after) = step(rest).ok_or(error(offset, Reason::Truncated))? else {
            let length = part.len() - rest.len() + 1;
            return Ok(Optional { part: part.get(..length).unwrap_or_default(), segmentation, anomalies });
        };
        if name == SEGMENTATION {
            if segmentation.is_some() {
                return Err(error(offset, Reason::UnexpectedTag));
            }
            let octets = <[u8; 4]>::try_from(value).map_err(|_| error(offset, Reason::BadLength))?;
            segmentation = Some(Segmentation::from_octets(octets));
        }
        anomalies.note_if(!is_expected(name, value, dialect), Anomaly::SccpOptional);
        rest = after;
    }
    Err(error(at + part.len() - rest.len(), Reason::TooDeep))
}

/// A step through an optional part.
pub(super) enum Step<'a> {
    /// The end octet.
    End,
    /// A parameter: name, value, what follows it.
    Parameter(u8, &'a [u8], &'a [u8]),
}

/// The next step; none where the octets end first.
pub(super) fn step(octets: &[u8]) -> Option<Step<'_>> {
    let (name, after) = octets.split_first()?;
    if *name == END_OF_OPTIONAL {
        return Some(Step::End);
    }
    let (length, after) = after.split_first()?;
    let (value, after) = after.split_at_checked(usize::from(*length))?;
    Some(Step::Parameter(*name, value, after))
}

/// The value of the optional parameter of this name in a part that was checked, the first if there are several.
pub(super) fn optional_named(part: &[u8], name: u8) -> Option<&[u8]> {
    let mut rest = part;
    for _ in 0..OPTIONAL_PARAMETERS_MAX {
        match step(rest)? {
            Step::Parameter(found, value, _) if found == name => return Some(value),
            Step::Parameter(_, _, after) => rest = after,
            Step::End => return None,
        }
    }
    None
}

/// Whether connectionless messages have such a parameter (Q.713 §4.18 to §4.21).
fn is_expected(name: u8, value: &[u8], dialect: Dialect) -> bool {
    match (name, value) {
        (SEGMENTATION, [flags, ..]) => flags & SEGMENTATION_SPARE == 0,
        (IMPORTANCE, [_]) => true,
        (INTERMEDIATE_NETWORKS, _) => dialect == Dialect::Ansi,
        _ => false,
    }
}

/// How many optional parameters a message may have; Q.713 defines three for connectionless ones.
pub const OPTIONAL_PARAMETERS_MAX: usize = 16;
/// Q.713 §3.19.
pub(super) const IMPORTANCE: u8 = 0x12;
const END_OF_OPTIONAL: u8 = 0;
const SEGMENTATION: u8 = 0x10;
/// Q.713 §3.17: bits without a meaning in the first octet.
const SEGMENTATION_SPARE: u8 = 0x30;
/// ANSI's intermediate signalling network identification (T1.112.3).
const INTERMEDIATE_NETWORKS: u8 = 0xfa;

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
        let found = optional(&part, 0, Dialect::Itu).expect("well-formed");
        assert_eq!((found.part, found.segmentation), (&part[..10], Some(expected)));
        assert_eq!(found.anomalies, Anomalies::NONE);
        assert_eq!(optional_named(found.part, IMPORTANCE), Some(&[3][..]));
        assert_eq!((optional_named(found.part, 7), optional_named(&[], 7)), (None, None));
        let found = optional(&part, 9, Dialect::Itu).expect("empty");
        assert_eq!((found.part, found.segmentation), (&part[9..10], None));
    }

    #[test]
    fn notes_parameters_that_connectionless_messages_do_not_have() {
        for (part, dialect, noted) in [
            (&[0x0f, 1, 3, 0][..], Dialect::Itu, true),
            (&[0x12, 2, 3, 3, 0], Dialect::Itu, true),
            (&[0x12, 1, 3, 0], Dialect::Itu, false),
            (&[0x10, 4, 0x20, 0, 0, 0, 0], Dialect::Itu, true),
            (&[0x10, 4, 0x80, 0, 0, 0, 0], Dialect::China, false),
            (&[0xfa, 1, 3, 0], Dialect::Itu, true),
            (&[0xfa, 1, 3, 0], Dialect::Ansi, false),
        ] {
            let found = optional(part, 0, dialect).expect("tolerated");
            assert_eq!(found.anomalies.has(Anomaly::SccpOptional), noted, "{part:x?}");
        }
    }

    #[test]
    fn notes_parts_in_another_order_octets_in_two_and_octets_in_none() {
        let noted = |mut parts: [Span; 3]| layout(&mut parts, 5, 20);
        let pointer = Anomalies::of(Anomaly::SccpPointer);
        let length = Anomalies::of(Anomaly::SccpLength);
        let mut both = pointer;
        both.add(length);
        for (parts, expected) in [
            ([(5, 9), (9, 12), (12, 20)], Anomalies::NONE),
            ([(9, 12), (5, 9), (12, 20)], pointer),
            ([(5, 9), (9, 12), (13, 20)], length),
            ([(6, 9), (9, 12), (12, 20)], length),
            ([(5, 9), (9, 12), (12, 19)], length),
            ([(5, 9), (8, 12), (12, 20)], both),
            ([(4, 9), (9, 12), (12, 20)], both),
            ([(5, 20), (5, 20), (5, 20)], both),
        ] {
            assert_eq!(noted(parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn refuses_every_truncation() {
        let part = [0x12, 1, 3, 0x10, 4, 0xc3, 0x56, 0x34, 0x12, 0];
        for length in 0..part.len() {
            assert_eq!(
                optional(&part[..length], 0, Dialect::Itu).map_err(|error| error.reason),
                Err(Reason::Truncated)
            );
        }
    }

    #[test]
    fn refuses_a_second_segmentation_one_of_another_length_and_too_many_parameters() {
        let twice = [0x10, 4, 0, 1, 0, 0, 0x10, 4, 0x80, 1, 0, 0, 0];
        assert_eq!(optional(&twice, 0, Dialect::Itu), Err(error(6, Reason::UnexpectedTag)));
        assert_eq!(optional(&[0x10, 3, 0, 1, 0, 0], 0, Dialect::Itu), Err(error(0, Reason::BadLength)));
        let many = [0x12, 0].repeat(OPTIONAL_PARAMETERS_MAX + 1);
        assert_eq!(optional(&many, 0, Dialect::Itu), Err(error(many.len(), Reason::TooDeep)));
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(prop_oneof![0u8..20, any::<u8>()], 0..60), at in 0usize..70) {
            if let Ok(found) = optional(&octets, at, Dialect::Itu) {
                prop_assert!(octets.get(at..).expect("inside").starts_with(found.part));
                let _ = optional_named(found.part, IMPORTANCE);
            }
        }
    }
}
