//! Fingerprints of a folded text: one that is the same for all texts of a template, and a sketch for near duplicates.
//!
//! Words with digits, and all that lies behind the host of a link, are masked. Signs do not count. Where words stand
//! without blanks (Chinese, Japanese, Thai), pairs of characters are words.
//!
//! ```text
//! each of four words   31 ─────────── 14 │ 13 ────────── 0
//!                      band, 18 bits     │ a quarter of the map, 14 bits
//! ```
//! A band is the min-hash of all pairs of neighbours among the words, under an order of its own: texts that share a
//! passage share bands, texts that share a word do not. The map has a bit for each word, 56 in all: it tells how many
//! words two texts share. Bands find what is near, the map decides (`campaigns` of `sluice-track`).

use crate::token::{Token, mix};

/// Both fingerprints.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Fingerprint {
    pub template: u64,
    pub sketch: [u32; BANDS],
}

/// Reads the words, but those within `paths`.
pub(crate) fn read(bytes: &[u8], tokens: &[Token], paths: &[(u16, u16)]) -> Fingerprint {
    let mut state =
        State { template: 0, bands: [u32::MAX; BANDS], map: 0, before: 0, letters: 0, end_of_number: usize::MAX };
    let mut paths = paths.iter().copied();
    let mut path = paths.next().unwrap_or(NO_PATH);
    for token in tokens {
        while token.start >= path.1 {
            path = paths.next().unwrap_or(NO_PATH);
        }
        if token.start < path.0 {
            state = state.with(bytes, token);
        }
    }
    state.finish()
}

struct State {
    template: u64,
    bands: [u32; BANDS],
    map: u64,
    /// Made of the word before.
    before: u64,
    letters: usize,
    /// Where the last masked word ended: parts of one number are one.
    end_of_number: usize,
}

impl State {
    /// Taken and given, so that it stays in registers.
    #[inline(always)]
    fn with(mut self, bytes: &[u8], token: &Token) -> State {
        if token.digits > 0 {
            return self.with_number(token);
        }
        self.template = mix(self.template, token.hash);
        self.letters = self.letters.wrapping_add(token.len());
        if token.len() > CLOSED_UP && is_closed_up(bytes, token) {
            return self.with_pairs(token.of(bytes));
        }
        self.with_word(token.hash)
    }

    /// Amounts and times are one number with signs in it.
    #[inline(always)]
    fn with_number(mut self, token: &Token) -> State {
        let start = usize::from(token.start);
        if self.end_of_number.wrapping_add(1) != start {
            self.template = mix(self.template, MASK);
        }
        self.end_of_number = usize::from(token.end);
        self
    }

    fn with_pairs(self, word: &[u8]) -> State {
        pairs(word).fold(self, |state, pair| state.with_word(crate::token::hash(pair)))
    }

    /// Sets the word's bit in the map, and lowers each band to the hash of both words if that is lower.
    #[inline(always)]
    fn with_word(mut self, hash: u64) -> State {
        self.map |= 1 << (((hash >> 48) * MAP_BITS) >> 16);
        let both = mix(self.before, hash) as u32;
        self.before = hash.rotate_left(17);
        self.bands = order::lower(self.bands, both);
        self
    }

    fn finish(self) -> Fingerprint {
        let is_short = self.letters < SKETCH_LETTERS_MIN;
        let sketch = if is_short { [0; BANDS] } else { self.packed() };
        Fingerprint { template: self.template, sketch }
    }

    /// Bands and map together. The upper bits of what is least are mostly zeros: the lower ones tell bands apart.
    fn packed(&self) -> [u32; BANDS] {
        let mut map = self.map;
        self.bands.map(|band| {
            let quarter = map as u32 & QUARTER;
            map >>= QUARTER_BITS;
            (band << QUARTER_BITS).max(1 << QUARTER_BITS) | quarter
        })
    }
}

/// All bands in one go.
#[cfg(target_feature = "sse4.1")]
mod order {
    use super::{BANDS, FACTORS, FLIPS};
    use safe_arch::{m128i, min_u32_m128i, mul_32_m128i, set_splat_i32_m128i};

    #[inline(always)]
    pub(super) fn lower(bands: [u32; BANDS], hash: u32) -> [u32; BANDS] {
        let flipped = set_splat_i32_m128i(hash as i32) ^ m128i::from(FLIPS);
        let values = mul_32_m128i(flipped, m128i::from(FACTORS));
        min_u32_m128i(m128i::from(bands), values).into()
    }
}

/// The same where there are no such instructions.
#[cfg(not(target_feature = "sse4.1"))]
mod order {
    use super::{BANDS, FACTORS, FLIPS};

    pub(super) fn lower(bands: [u32; BANDS], hash: u32) -> [u32; BANDS] {
        let mut orders = FLIPS.into_iter().zip(FACTORS);
        bands.map(|band| orders.next().map_or(band, |(flips, factor)| band.min((hash ^ flips).wrapping_mul(factor))))
    }
}

/// Of a script that may stand without blanks.
#[inline]
pub(crate) fn is_closed_up(bytes: &[u8], token: &Token) -> bool {
    bytes.get(usize::from(token.start)).is_some_and(|first| *first >= FIRST_CLOSED_UP)
}

/// Overlapping pairs of characters.
pub(crate) fn pairs(word: &[u8]) -> impl Iterator<Item = &str> {
    let text = std::str::from_utf8(word).unwrap_or("");
    let seconds = text.char_indices().skip(1);
    text.char_indices().zip(seconds).filter_map(|((from, _), (at, c))| text.get(from..at + c.len_utf8()))
}

/// Values of a sketch.
pub(crate) const BANDS: usize = 4;

/// Bits of a value that are of the map, and bits of the map.
const QUARTER_BITS: u32 = 14;
const QUARTER: u32 = (1 << QUARTER_BITS) - 1;
const MAP_BITS: u64 = QUARTER_BITS as u64 * BANDS as u64;

/// What makes four orders of one hash: bits to flip, and an odd factor.
const FLIPS: [u32; BANDS] = [0xA24B_AED4, 0x9FB2_1C65, 0xD134_2543, 0x27D4_EB2F];
const FACTORS: [u32; BANDS] = [0x9E37_79B1, 0x85EB_CA6B, 0xC2B2_AE35, 0x165B_667B];

/// Stands for a word with digits.
const MASK: u64 = 0x0D16_1700_0000_0000;

/// Texts with fewer octets of words have no sketch: too many are alike.
const SKETCH_LETTERS_MIN: usize = 12;

/// Words beginning with this octet or above (from U+0E00 on) may stand without blanks.
const FIRST_CLOSED_UP: u8 = 0xE0;

/// Octets of the longest such word that is taken as one: two characters.
pub(crate) const CLOSED_UP: usize = 6;

const NO_PATH: (u16, u16) = (u16::MAX, u16::MAX);
