//! Types, lengths and values: what the variable part of a chunk is made of.
//!
//! RFC 9260 §3.2.1 (parameters), §3.3.10 (error causes, of the same shape). Lengths are checked against the chunk,
//! padding is skipped and may be missing after the last element, as the chunk's length does not count it.
//!
//! ```text
//!  0         2         4            length   + 0..3
//! +---------+---------+------------+---------+
//! | type    | length  | value      | padding |        the length counts itself, type and value
//! +---------+---------+------------+---------+
//! ```

use crate::{Error, Layer, Reason};

/// One element whose length was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tlv<'a> {
    /// Its type.
    pub(super) number: u16,
    /// Where it begins, in octets from the start of the packet.
    pub(super) offset: u16,
    /// What follows the length, without padding.
    pub(super) value: &'a [u8],
}

/// The walk over elements. Ends after the first error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tlvs<'a> {
    rest: &'a [u8],
    at: u16,
    left: u16,
}

impl<'a> Tlvs<'a> {
    /// Over `octets`, which begin at `at` in their packet.
    #[inline]
    pub(super) const fn new(octets: &'a [u8], at: u16) -> Self {
        Self { rest: octets, at, left: PARAMETERS_MAX }
    }

    fn step(&mut self) -> Result<Tlv<'a>, Error> {
        let at = usize::from(self.at);
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Error::new(Layer::Sctp, at, Reason::TooDeep));
        };
        let Some(&[n0, n1, high, low]) = self.rest.first_chunk() else {
            return Err(Error::new(Layer::Sctp, at, Reason::Truncated));
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(value) = self.rest.get(HEADER_OCTETS..length) else {
            let reason = if length < HEADER_OCTETS { Reason::BadLength } else { Reason::Truncated };
            return Err(Error::new(Layer::Sctp, at + 2, reason));
        };
        let tlv = Tlv { number: u16::from_be_bytes([n0, n1]), offset: self.at, value };
        let padded = length.next_multiple_of(4);
        self.rest = self.rest.get(padded..).unwrap_or_default();
        // Only a packet longer than IP allows wraps here, and of such an offset means nothing.
        self.at = self.at.wrapping_add(padded as u16);
        self.left = left;
        Ok(tlv)
    }
}

impl<'a> Iterator for Tlvs<'a> {
    type Item = Result<Tlv<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let tlv = self.step();
        if tlv.is_err() {
            self.rest = &[];
        }
        Some(tlv)
    }
}

/// How many parameters or causes a chunk may hold: an Ethernet packet of empty ones has 370.
pub const PARAMETERS_MAX: u16 = 512;
/// Type and length.
pub(super) const HEADER_OCTETS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walk(octets: &[u8]) -> Vec<Result<Tlv<'_>, Error>> {
        Tlvs::new(octets, 20).collect()
    }

    #[test]
    fn walks_elements_and_skips_the_padding_which_may_be_missing_at_the_end() {
        let octets = [0, 7, 0, 5, 0xaa, 0, 0, 0, 0xc0, 0, 0, 4, 0, 1, 0, 6, 1, 2];
        let expected = [
            Ok(Tlv { number: 7, offset: 20, value: &[0xaa] }),
            Ok(Tlv { number: 0xc000, offset: 28, value: &[] }),
            Ok(Tlv { number: 1, offset: 32, value: &[1, 2] }),
        ];
        assert_eq!(walk(&octets), expected);
    }

    #[test]
    fn gives_the_elements_before_a_truncated_one() {
        let octets = [0xc0, 0, 0, 4, 0, 7, 0, 8, 1, 2, 3, 4];
        for length in 5..octets.len() {
            let elements = walk(&octets[..length]);
            assert_eq!(elements.len(), 2, "{length}");
            assert_eq!(elements[1].expect_err("cut").reason, Reason::Truncated);
        }
    }

    #[test]
    fn ends_at_a_length_less_than_the_header() {
        for length in 0..4 {
            let octets = [0, 7, 0, length, 0, 7, 0, 4];
            assert_eq!(walk(&octets), [Err(Error::new(Layer::Sctp, 22, Reason::BadLength))]);
        }
    }

    #[test]
    fn refuses_more_elements_than_the_limit() {
        let octets = [0, 7, 0, 4].repeat(usize::from(PARAMETERS_MAX) + 2);
        let elements = walk(&octets);
        assert_eq!(elements.len(), usize::from(PARAMETERS_MAX) + 1);
        assert_eq!(elements.last().map(|last| last.map_err(|error| error.reason)), Some(Err(Reason::TooDeep)));
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(prop_oneof![Just(0u8), 1u8..12, any::<u8>()], 0..120)) {
            let elements = walk(&octets);
            prop_assert!(elements.iter().rev().skip(1).all(Result::is_ok));
            prop_assert_eq!(elements.is_empty(), octets.is_empty());
        }

        #[test]
        fn what_was_written_is_walked(elements in proptest::collection::vec((any::<u16>(), proptest::collection::vec(any::<u8>(), 0..9)), 0..20)) {
            let mut octets = Vec::new();
            for (number, value) in &elements {
                octets.extend(number.to_be_bytes());
                octets.extend(u16::try_from(4 + value.len()).expect("short").to_be_bytes());
                octets.extend(value);
                octets.resize(octets.len().next_multiple_of(4), 0);
            }
            let read: Vec<_> = walk(&octets).into_iter().map(|tlv| tlv.map(|tlv| (tlv.number, tlv.value.to_vec()))).collect();
            prop_assert_eq!(read, elements.into_iter().map(Ok).collect::<Vec<_>>());
        }
    }
}
