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
        let mut h = self.0 ^ octets.len() as u64;
        for word in words {
            h = (h ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        }
        let mut last = 0;
        for &octet in rest {
            last = last << 8 | u64::from(octet);
        }
        Self((h ^ last).wrapping_mul(0xFF51_AFD7_ED55_8CCD))
    }

    /// The word.
    #[inline]
    pub const fn finish(self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
