//! The filter: a bit for each hash that a trigger has.
//!
//! It comes in three sizes only, each with its own loop: an index is then known to be within, and a place of the
//! text costs a load, a multiplication and another load.

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

/// Where a hash has its bit: the octet, and the bit in it.
#[inline(always)]
pub(crate) const fn place(hash: u64, bits: u32) -> (usize, u32) {
    let bit = hash >> gram::shift(bits);
    ((bit >> 3) as usize, bit as u32 & 7)
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

    /// Whether there is a trigger with this hash, perhaps.
    pub(crate) fn has(self, hash: u64) -> bool {
        let (octets, bits): (&[u8], u32) = match self {
            Self::Small(octets) => (octets, SIZES[0]),
            Self::Medium(octets) => (octets, SIZES[1]),
            Self::Large(octets) => (octets, SIZES[2]),
        };
        let (octet, bit) = place(hash, bits);
        octets.get(octet).is_some_and(|o| o >> bit & 1 == 1)
    }

    /// A bit for each of the first places whose gram may be a trigger; no octets, no bits.
    #[inline(always)]
    pub(crate) fn passing(self, octets: &[u8], multiplier: u64) -> u32 {
        let Some(octets) = octets.first_chunk() else { return 0 };
        match self {
            Self::Small(filter) => passing::<SMALL>(filter, octets, multiplier, SIZES[0]),
            Self::Medium(filter) => passing::<MEDIUM>(filter, octets, multiplier, SIZES[1]),
            Self::Large(filter) => passing::<LARGE>(filter, octets, multiplier, SIZES[2]),
        }
    }
}

/// No branches, hence none that is guessed wrong.
#[inline(always)]
fn passing<const N: usize>(
    filter: &[u8; N],
    octets: &[u8; PLACES + WINDOW_OCTETS - 1],
    multiplier: u64,
    bits: u32,
) -> u32 {
    let mut passed = 0;
    for (at, window) in octets.array_windows::<WINDOW_OCTETS>().enumerate() {
        let (octet, bit) = place(u64::from_le_bytes(*window).wrapping_mul(multiplier), bits);
        passed |= (u32::from(filter.get(octet).copied().unwrap_or_default()) >> bit & 1) << at;
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_passes_what_was_put_into_it_and_little_else() {
        let grams = [*b"free", *b"prix"].map(|g| gram::hash(gram::window_of(&g), 4));
        for bits in SIZES {
            let mut octets = vec![0; octets_of(bits)];
            grams.map(|hash| place(hash, bits)).iter().for_each(|(octet, bit)| octets[*octet] |= 1 << bit);
            let filter = Filter::new(&octets).unwrap();
            assert!(grams.iter().all(|hash| filter.has(*hash)));
            let passed = filter.passing(b"a free prix for\0\0\0\0\0\0\0\0\0", gram::multiplier(4));
            assert_eq!(passed, 1 << 2 | 1 << 7);
        }
        assert!(Filter::new(&[0; 16]).is_none());
    }
}
