//! Sixteen septets at a time: out of the octets they are packed in, and whether they are ASCII. TS 23.038 §6.1.2.1.
//!
//! ```text
//!   bit of the first octet   fill + 7 i           of septet i, in octet (fill + 7 i) / 8 and the next
//!   16-bit lane i            those two octets, times 2 to the 9 - (fill + 7 i) % 8, shifted right by 9
//! ```
//! Where the processor has SSSE3 a lane is filled by a shuffle and shifted by a multiplication, a vector at a time;
//! elsewhere seven octets become eight septets by three shift-and-mask steps on one 64-bit word.

/// Unpacks and looks at groups of sixteen that come after the same number of fill bits.
#[cfg(all(target_arch = "x86_64", target_feature = "ssse3"))]
pub(super) use vector::Unpacker;
#[cfg(not(all(target_arch = "x86_64", target_feature = "ssse3")))]
pub(super) use word::Unpacker;

/// Fill bits that can come before the first septet.
#[cfg(any(test, all(target_arch = "x86_64", target_feature = "ssse3")))]
const FILLS: usize = 7;

#[cfg(all(target_arch = "x86_64", target_feature = "ssse3"))]
mod vector {
    use super::FILLS;
    use safe_arch::{
        bitand_m128i, bitor_m128i, m128i, mul_i16_keep_low_m128i, pack_i16_to_u8_m128i, shr_imm_u16_m128i,
        shuffle_av_i8z_all_m128i,
    };

    /// By vectors of sixteen octets. `safe_arch` has the `unsafe` it takes, as for the checksum of SCTP.
    pub(in super::super) struct Unpacker {
        halves: [Half; 2],
        other: m128i,
    }

    /// How eight septets are found in sixteen octets.
    #[derive(Clone, Copy)]
    struct Half {
        octets: m128i,
        factors: m128i,
    }

    impl Unpacker {
        #[inline(always)]
        pub fn new(fill_bits: u32) -> Self {
            let [first, second] = PLACES.get(fill_bits as usize).unwrap_or(&PLACES[0]);
            let half = |places: &Places| Half { octets: places.octets.into(), factors: places.factors.into() };
            Self { halves: [half(first), half(second)], other: [0_u8; 16].into() }
        }

        /// Sixteen septets from fourteen octets and as many bits of the next as there are fill bits.
        #[inline(always)]
        pub fn unpack(&self, packed: &[u8; 16]) -> [u8; 16] {
            let packed = m128i::from(*packed);
            let [low, high] = self.halves.map(|half| {
                let pairs = shuffle_av_i8z_all_m128i(packed, half.octets);
                shr_imm_u16_m128i::<9>(mul_i16_keep_low_m128i(pairs, half.factors))
            });
            pack_i16_to_u8_m128i(low, high).into()
        }

        /// Looks for septets that are not the ASCII character of their own number.
        #[inline(always)]
        pub fn look(&mut self, septets: &[u8; 16]) {
            self.other = bitor_m128i(self.other, Self::others_of(septets));
        }

        /// [`Self::look`], at the first of them only.
        #[inline(always)]
        pub fn look_at_first(&mut self, count: usize, septets: &[u8; 16]) {
            let first = FIRST.get(16 - count.min(16)..).and_then(<[u8]>::first_chunk).unwrap_or(&[0; 16]);
            let others = bitand_m128i(Self::others_of(septets), m128i::from(*first));
            self.other = bitor_m128i(self.other, others);
        }

        #[inline(always)]
        fn others_of(septets: &[u8; 16]) -> m128i {
            let septets = m128i::from(*septets);
            let by_column = shuffle_av_i8z_all_m128i(m128i::from(OTHER_BY_COLUMN), septets);
            let rows = bitand_m128i(shr_imm_u16_m128i::<4>(septets), m128i::from([0x0F_u8; 16]));
            let by_row = shuffle_av_i8z_all_m128i(m128i::from(BIT_OF_ROW), rows);
            bitand_m128i(by_column, by_row)
        }

        /// Whether every septet looked at is ASCII.
        #[inline(always)]
        pub fn all_ascii(&self) -> bool {
            u128::from(self.other) == 0
        }
    }

    struct Places {
        /// For each lane its two octets; what lies beyond the sixteen is zero.
        octets: [u8; 16],
        factors: [u16; 8],
    }

    const PLACES: [[Places; 2]; FILLS] = {
        let mut places = [const { [const { Places { octets: [0; 16], factors: [0; 8] } }; 2] }; FILLS];
        let mut at = 0;
        while at < FILLS * 16 {
            let (fill, septet) = (at / 16, at % 16);
            let bit = fill + 7 * septet;
            let (half, lane) = (&mut places[fill][septet / 8], septet % 8);
            half.octets[2 * lane] = (bit / 8) as u8;
            half.octets[2 * lane + 1] = (bit / 8 + 1) as u8;
            half.factors[lane] = 1 << (9 - bit % 8);
            at += 1;
        }
        places
    };

    /// From octet 16 - n on: the first n of sixteen octets.
    const FIRST: [u8; 32] = {
        let mut octets = [0; 32];
        let (first, _) = octets.split_at_mut(16);
        let mut at = 0;
        while at < first.len() {
            first[at] = 0xFF;
            at += 1;
        }
        octets
    };

    /// By the low four bits of a septet: bit n says that the one in row n is not ASCII.
    const OTHER_BY_COLUMN: [u8; 16] = {
        let mut columns = [0; 16];
        let mut septet = 0;
        while septet < 128 {
            if !super::is_ascii(septet) {
                columns[septet as usize % 16] |= 1 << (septet / 16);
            }
            septet += 1;
        }
        columns
    };

    /// By the high four bits.
    const BIT_OF_ROW: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
}

/// Whether the septet is taken for the ASCII character of its own number: letters, and 20 to 3F but 24.
/// A line end is one too, and left to the slow way.
#[cfg(any(test, all(target_arch = "x86_64", target_feature = "ssse3")))]
const fn is_ascii(septet: u8) -> bool {
    matches!(septet, b'A'..=b'Z' | b'a'..=b'z' | 0x20..=0x23 | 0x25..=0x3F)
}

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "ssse3"))))]
mod word {
    /// By words of eight octets.
    pub(in super::super) struct Unpacker {
        fill_bits: u32,
        other: [u8; 16],
    }

    impl Unpacker {
        #[inline(always)]
        pub const fn new(fill_bits: u32) -> Self {
            Self { fill_bits, other: [0; 16] }
        }

        /// Sixteen septets from fourteen octets and as many bits of the next as there are fill bits.
        #[inline(always)]
        pub fn unpack(&self, packed: &[u8; 16]) -> [u8; 16] {
            let word = |octets: Option<&[u8; 8]>| octets.map_or(0, |octets| u64::from_le_bytes(*octets));
            let first = spread(word(packed.first_chunk()) >> self.fill_bits);
            let second = packed.last_chunk::<9>().and_then(|octets| octets.first_chunk());
            let second = spread(word(second) >> self.fill_bits);
            let mut septets = [0; 16];
            let (low, high) = septets.split_at_mut(8);
            low.copy_from_slice(&first.to_le_bytes());
            high.copy_from_slice(&second.to_le_bytes());
            septets
        }

        /// Looks for septets that are not the ASCII character of their own number.
        #[inline(always)]
        #[cfg_attr(all(target_arch = "x86_64", target_feature = "ssse3"), expect(dead_code, reason = "only compared"))]
        pub fn look(&mut self, septets: &[u8; 16]) {
            self.look_at_first(16, septets);
        }

        /// [`Self::look`], at the first of them only.
        #[inline(always)]
        pub fn look_at_first(&mut self, count: usize, septets: &[u8; 16]) {
            let septets = septets.iter().take(count);
            for (other, septet) in self.other.iter_mut().zip(septets) {
                *other |= other_than_ascii(*septet);
            }
        }

        /// Whether every septet looked at is ASCII.
        #[inline(always)]
        pub const fn all_ascii(&self) -> bool {
            u128::from_ne_bytes(self.other) == 0
        }
    }

    /// Eight septets, one to an octet, from the low 56 bits.
    #[inline(always)]
    const fn spread(packed: u64) -> u64 {
        let x = packed;
        let x = (x & 0x0000_0000_0FFF_FFFF) | ((x & 0x00FF_FFFF_F000_0000) << 4);
        let x = (x & 0x0000_3FFF_0000_3FFF) | ((x & 0x0FFF_C000_0FFF_C000) << 2);
        (x & 0x007F_007F_007F_007F) | ((x & 0x3F80_3F80_3F80_3F80) << 1)
    }

    /// Zero where the septet is ASCII. Without a branch, so that the compiler does sixteen at a time.
    #[inline(always)]
    fn other_than_ascii(septet: u8) -> u8 {
        let beyond_letters = (septet | 0x20).wrapping_sub(b'a').saturating_sub(b'z' - b'a');
        let beyond_digits = ((septet & 0x60) ^ 0x20) | u8::from(septet == b'$');
        beyond_letters.min(beyond_digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tells_ascii_from_every_other_septet_in_every_place() {
        for (septet, place) in (0..128).flat_map(|septet| (0..16).map(move |place| (septet, place))) {
            let mut septets = [b'a'; 16];
            septets[place] = septet;
            let (mut unpacker, mut words) = (Unpacker::new(0), word::Unpacker::new(0));
            unpacker.look_at_first(place, &septets);
            words.look_at_first(place, &septets);
            assert!(unpacker.all_ascii() && words.all_ascii(), "{septet:#x} is not one of the first {place}");
            unpacker.look_at_first(place + 1, &septets);
            words.look_at_first(place + 1, &septets);
            assert_eq!((unpacker.all_ascii(), words.all_ascii()), (is_ascii(septet), is_ascii(septet)), "{septet:#x}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_of_unpacking_agree(packed: [u8; 16], fill in 0..FILLS as u32) {
            prop_assert_eq!(Unpacker::new(fill).unpack(&packed), word::Unpacker::new(fill).unpack(&packed));
        }
    }
}
