//! CRC32c, the checksum of SCTP (RFC 9260 §6.8, Appendix A).
//!
//! Where the processor has SSE4.2 the instruction is used, eight octets at a time; elsewhere a table.

/// The CRC32c of `octets`.
#[inline]
pub fn crc32c(octets: &[u8]) -> u32 {
    Crc32c::new().update(octets).finish()
}

/// A checksum under way, for octets that do not lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crc32c(u32);

impl Crc32c {
    /// Of no octets yet.
    #[inline]
    pub const fn new() -> Self {
        Self(u32::MAX)
    }

    /// Takes `octets` in.
    #[inline]
    #[must_use]
    pub fn update(self, octets: &[u8]) -> Self {
        #[cfg(all(target_arch = "x86_64", target_feature = "sse4.2"))]
        return Self(instruction(self.0, octets));
        #[cfg(not(all(target_arch = "x86_64", target_feature = "sse4.2")))]
        return Self(table(self.0, octets));
    }

    /// The checksum.
    #[inline]
    pub const fn finish(self) -> u32 {
        !self.0
    }
}

impl Default for Crc32c {
    fn default() -> Self {
        Self::new()
    }
}

/// By the SSE4.2 instruction. `safe_arch` has the one `unsafe` it takes: the standard library's intrinsic is
/// safe only inside functions that carry the feature as an attribute, and those are not callable from others.
#[cfg(all(target_arch = "x86_64", target_feature = "sse4.2"))]
#[inline]
fn instruction(state: u32, octets: &[u8]) -> u32 {
    let (words, rest) = octets.as_chunks::<8>();
    let mut wide = u64::from(state);
    for word in words {
        wide = safe_arch::crc32_u64(wide, u64::from_le_bytes(*word));
    }
    let mut state = wide as u32;
    let (halves, rest) = rest.as_chunks::<4>();
    for half in halves {
        state = safe_arch::crc32_u32(state, u32::from_le_bytes(*half));
    }
    for octet in rest {
        state = safe_arch::crc32_u8(state, *octet);
    }
    state
}

/// By a table, an octet at a time.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse4.2"))))]
fn table(state: u32, octets: &[u8]) -> u32 {
    octets.iter().fold(state, |state, octet| {
        let index = (state as u8 ^ octet) as usize;
        // The index is an octet and the table has 256 entries.
        state >> 8 ^ TABLE[index]
    })
}

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse4.2"))))]
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut state = index as u32;
        let mut bit = 0;
        while bit < 8 {
            state = if state & 1 == 1 { state >> 1 ^ POLYNOMIAL } else { state >> 1 };
            bit += 1;
        }
        table[index] = state;
        index += 1;
    }
    table
};

/// Castagnoli's polynomial, bits reversed.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse4.2"))))]
const POLYNOMIAL: u32 = 0x82f6_3b78;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn gives_the_check_value() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(!table(u32::MAX, b"123456789"), 0xe306_9283);
    }

    #[test]
    fn gives_the_values_of_rfc_3720() {
        // RFC 3720 §B.4.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        let ascending: [u8; 32] = core::array::from_fn(|index| index as u8);
        assert_eq!(crc32c(&ascending), 0x46dd_794e);
    }

    #[test]
    fn of_nothing_is_zero() {
        assert_eq!(crc32c(&[]), 0);
        assert_eq!(Crc32c::default().finish(), 0);
    }

    proptest! {
        #[test]
        fn instruction_and_table_agree(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(crc32c(&octets), !table(u32::MAX, &octets));
        }

        #[test]
        fn pieces_give_what_the_whole_gives(octets in proptest::collection::vec(any::<u8>(), 0..100), cut in 0usize..100) {
            let (first, second) = octets.split_at(cut.min(octets.len()));
            prop_assert_eq!(Crc32c::new().update(first).update(second).finish(), crc32c(&octets));
        }
    }
}
