//! The filter: a bit for each hash that a trigger has.
//!
//! It comes in three sizes only, each with its own loop: an index is then known to be within, and a place of the
//! text costs a load, a multiplication and another load.
//!
//! A matcher with grams of six octets has them and those of four in one pass ([`Mode::Wide`]): the first four octets
//! lead to an octet of the filter, all six to a bit of it. A gram of four has all bits of its octet.

use crate::gram::{self, WINDOW_OCTETS};

/// Places that are looked at in one go.
pub(crate) const PLACES: usize = 16;
/// Bits of the number of a bit, for each of the sizes.
pub(crate) const SIZES: [u32; 3] = [16, 19, 22];

const SMALL: usize = octets_of(SIZES[0]);
const MEDIUM: usize = octets_of(SIZES[1]);
const LARGE: usize = octets_of(SIZES[2]);

/// Octets of a filter of this size.
pub(crate) const fn octets_of(bits: u32) -> usize {
    1 << (bits - 3)
}

/// Octets of the longer and of the shorter gram that have a pass together.
pub(crate) const LONG: usize = 6;
pub(crate) const SHORT: usize = 4;

/// How grams are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each length by itself.
    Narrow,
    /// Those of [`LONG`] and [`SHORT`] at once.
    Wide,
}

impl Mode {
    /// That of a matcher with grams of these lengths.
    pub(crate) const fn of(grams: u32) -> Self {
        if grams >> LONG & 1 == 1 { Self::Wide } else { Self::Narrow }
    }

    /// Whether grams of this length are found in the pass for longer ones.
    pub(crate) fn is_found_by_longer(self, octets: usize) -> bool {
        self == Self::Wide && octets == SHORT
    }

    /// The octet of a gram at the beginning of a window, and its bits there.
    pub(crate) fn bits(self, window: u64, octets: usize, bits: u32) -> (usize, u8) {
        match (self, octets) {
            (Self::Wide, LONG) => {
                let (octet, bit) = wide_place(window, bits);
                (octet, 1 << bit)
            }
            (Self::Wide, SHORT) => (wide_place(window, bits).0, u8::MAX),
            _ => {
                let (octet, bit) = place(gram::hash(window, octets), bits);
                (octet, 1 << bit)
            }
        }
    }
}

/// Where a hash has its bit: the octet, and the bit in it.
#[inline(always)]
const fn place(hash: u64, bits: u32) -> (usize, u32) {
    let bit = hash >> gram::shift(bits);
    ((bit >> 3) as usize, bit as u32 & 7)
}

/// The same of a gram of six octets, found by its first four.
#[inline(always)]
const fn wide_place(window: u64, bits: u32) -> (usize, u32) {
    let octet = gram::hash(window, SHORT) >> gram::shift(bits - 3);
    (octet as usize, (gram::hash(window, LONG) >> 61) as u32)
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Filter<'i> {
    Small(&'i [u8; SMALL]),
    Medium(&'i [u8; MEDIUM]),
    Large(&'i [u8; LARGE]),
}

impl<'i> Filter<'i> {
    /// `None` if it has none of the sizes.
    pub(crate) fn new(octets: &'i [u8]) -> Option<Self> {
        match octets.len() {
            SMALL => octets.first_chunk().map(Self::Small),
            MEDIUM => octets.first_chunk().map(Self::Medium),
            LARGE => octets.first_chunk().map(Self::Large),
            _ => None,
        }
    }

    /// Whether there is a trigger with the gram of so many octets that this window begins with, perhaps.
    #[inline]
    pub(crate) fn has(self, window: u64, octets: usize, mode: Mode) -> bool {
        let (filter, bits): (&[u8], u32) = match self {
            Self::Small(filter) => (filter, SIZES[0]),
            Self::Medium(filter) => (filter, SIZES[1]),
            Self::Large(filter) => (filter, SIZES[2]),
        };
        let (octet, wanted) = mode.bits(window, octets, bits);
        filter.get(octet).is_some_and(|octet| octet & wanted == wanted)
    }

    /// A bit for each of the first places whose gram may be a trigger; no octets, no bits.
    #[inline(always)]
    pub(crate) fn passing(self, text: &[u8], octets: usize, mode: Mode) -> u32 {
        let Some(text) = text.first_chunk() else { return 0 };
        if mode == Mode::Wide && octets == LONG {
            return self.passing_at(text, wide_place);
        }
        let multiplier = gram::multiplier(octets);
        self.passing_at(text, |window, bits| place(window.wrapping_mul(multiplier), bits))
    }

    #[inline(always)]
    fn passing_at(self, text: &Places, at: impl Fn(u64, u32) -> (usize, u32)) -> u32 {
        match self {
            Self::Small(filter) => passing::<SMALL>(filter, text, |window| at(window, SIZES[0])),
            Self::Medium(filter) => passing::<MEDIUM>(filter, text, |window| at(window, SIZES[1])),
            Self::Large(filter) => passing::<LARGE>(filter, text, |window| at(window, SIZES[2])),
        }
    }
}

/// As much of a text as the windows of all places take.
type Places = [u8; PLACES + WINDOW_OCTETS - 1];

/// No branches, hence none that is guessed wrong.
#[inline(always)]
fn passing<const N: usize>(filter: &[u8; N], text: &Places, at: impl Fn(u64) -> (usize, u32)) -> u32 {
    let mut passed = 0;
    // From the last place to the first: one step leads to the next, so the compiler leaves them as they are.
    for window in text.array_windows::<WINDOW_OCTETS>().rev() {
        let (octet, bit) = at(u64::from_le_bytes(*window));
        passed = passed << 1 | u32::from(filter.get(octet).copied().unwrap_or_default()) >> bit & 1;
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter_of(grams: &[&[u8]], mode: Mode, bits: u32) -> Vec<u8> {
        let mut filter = vec![0; octets_of(bits)];
        for gram in grams {
            let (octet, wanted) = mode.bits(gram::window_of(gram), gram.len(), bits);
            filter[octet] |= wanted;
        }
        filter
    }

    #[test]
    fn every_size_passes_what_was_put_into_it_and_little_else() {
        for bits in SIZES {
            let octets = filter_of(&[b"free", b"prix"], Mode::Narrow, bits);
            let filter = Filter::new(&octets).unwrap();
            assert!(filter.has(gram::window_of(b"freely"), 4, Mode::Narrow));
            let passed = filter.passing(b"a free prix for\0\0\0\0\0\0\0\0\0", 4, Mode::Narrow);
            assert_eq!(passed, 1 << 2 | 1 << 7);
        }
        assert!(Filter::new(&[0; 16]).is_none());
    }

    #[test]
    fn grams_of_six_and_of_four_octets_pass_together() {
        for bits in SIZES {
            let octets = filter_of(&[b"freely", b"prix"], Mode::Wide, bits);
            let filter = Filter::new(&octets).unwrap();
            let passed = filter.passing(b"freely prix freedom\0\0\0\0\0\0", 6, Mode::Wide);
            assert_eq!(passed, 1 | 1 << 7, "not that of freedom");
            let [freely, freedom] = [b"freely", b"freedo"].map(|gram| gram::window_of(gram));
            assert!(filter.has(freely, 6, Mode::Wide) && !filter.has(freedom, 6, Mode::Wide));
            assert!(!filter.has(freely, 4, Mode::Wide) && filter.has(gram::window_of(b"prix on"), 4, Mode::Wide));
        }
    }
}
