//! Grams: windows of one to six octets of a text, read as a number, and where their hash leads.
//!
//! ```text
//!  window   8 octets of the text, little-endian; the gram is the first n of them
//!  hash     window × (odd number × 2^(64 - 8n)): the octets behind the gram fall out at the top
//!           its highest bits are the number of a bit of the filter, or of a bucket
//! ```
//! The hash is part of the image's format.

/// Octets of the longest gram.
pub(crate) const GRAM_OCTETS: usize = 6;
/// Octets of a window, the longest gram at its beginning.
pub(crate) const WINDOW_OCTETS: usize = 8;
/// Fewest and most bits of the number of a bucket.
pub(crate) const BUCKET_BITS_MIN: u32 = 1;
pub(crate) const BUCKET_BITS_MAX: u32 = 24;

/// What a window is multiplied with to be the hash of its first octets.
#[inline(always)]
pub(crate) const fn multiplier(octets: usize) -> u64 {
    0x9E37_79B9_7F4A_7C15 << (64 - 8 * octets)
}

/// Which of the first four octets of a window belong to a gram.
#[inline(always)]
pub(crate) const fn low_mask(octets: usize) -> u32 {
    if octets < 4 { (1 << (8 * octets)) - 1 } else { u32::MAX }
}

/// All a gram is looked up with.
#[inline(always)]
pub(crate) const fn hash(window: u64, octets: usize) -> u64 {
    window.wrapping_mul(multiplier(octets))
}

/// The gram as the beginning of a window.
pub(crate) fn window_of(gram: &[u8]) -> u64 {
    gram.iter().take(GRAM_OCTETS).rev().fold(0, |all, &octet| all << 8 | u64::from(octet))
}

/// By how much a hash is shifted to be a number of so many bits, 1 to 63.
#[inline(always)]
pub(crate) const fn shift(bits: u32) -> u32 {
    64u32.wrapping_sub(bits) & 63
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_a_gram_does_not_change_its_hash() {
        for octets in 1..=GRAM_OCTETS {
            let a = *b"abcdefgh";
            let mut other = [0xFF; 8];
            other[..octets].copy_from_slice(&a[..octets]);
            assert_eq!(hash(u64::from_le_bytes(a), octets), hash(u64::from_le_bytes(other), octets));
            assert_eq!(hash(window_of(&a[..octets]), octets), hash(u64::from_le_bytes(a), octets));
        }
    }
}
