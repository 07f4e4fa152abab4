//! One keyed mixing function for every table: a peer must not be able to aim at one bucket.

/// Mixes two words into one (the finaliser of MurmurHash3 over a keyed sum).
#[inline]
pub const fn mix(key: u64, a: u64, b: u64) -> u64 {
    let mut h = a ^ key;
    h = h.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.rotate_left(32);
    h ^= h >> 33;
    h = h.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    h ^= h >> 33;
    h = h.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    h ^ h >> 33
}

/// Folds octets of any length into one word: the address of a node.
#[derive(Clone, Copy, Debug)]
pub struct NodeHasher(u64);

impl NodeHasher {
    /// Starts with a key.
    #[inline]
    pub const fn new(key: u64) -> Self {
        Self(key)
    }

    /// Folds in octets, eight at a time.
    #[inline]
    pub fn octets(self, octets: &[u8]) -> Self {
        let (words, rest) = octets.as_chunks::<8>();
        let mut h = (self.0 ^ octets.len() as u64).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        for word in words {
            h = (h ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        }
        Self((h ^ up_to_eight(rest)).wrapping_mul(0xFF51_AFD7_ED55_8CCD))
    }

    /// The word.
    #[inline]
    pub const fn finish(self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// Up to eight octets in one word. The halves overlap where there are fewer: which is no matter, the length is
/// folded in as well.
#[inline(always)]
fn up_to_eight(octets: &[u8]) -> u64 {
    match (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        _ => octets.iter().fold(0, |word, octet| word << 8 | u64::from(*octet)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_differ_anywhere_or_in_number_have_other_words() {
        let whole: Vec<u8> = (1..=20).collect();
        let word = |octets: &[u8]| NodeHasher::new(7).octets(octets).finish();
        for len in 0..whole.len() {
            let octets = &whole[..len];
            assert_ne!(word(octets), word(&whole[..len + 1]));
            for at in 0..len {
                let mut other = octets.to_vec();
                other[at] ^= 0x10;
                assert_ne!(word(octets), word(&other), "{at} of {len}");
            }
        }
    }
}
