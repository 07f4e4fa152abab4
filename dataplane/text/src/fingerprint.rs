//! Fingerprints of a folded text: one that is the same for all texts of a template, and a sketch for near duplicates.
//!
//! Words with digits, and all that lies behind the host of a link, are masked. Signs do not count. The sketch is
//! min-hash over words: a long word weighs more than a short one, since texts that have nothing to do with each other
//! share the short ones. Where words stand without blanks (Chinese, Japanese, Thai), pairs of characters are words.

use crate::token::{Token, mix};

/// Both fingerprints.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Fingerprint {
    pub template: u64,
    pub sketch: [u32; BANDS],
}

/// Reads the words, but those within `paths`.
pub(crate) fn read(bytes: &[u8], tokens: &[Token], paths: &[(u16, u16)]) -> Fingerprint {
    let mut state = State { template: 0, bands: [u32::MAX; BANDS], letters: 0, end_of_number: usize::MAX };
    let mut paths = paths.iter().copied();
    let mut path = paths.next().unwrap_or(NO_PATH);
    for token in tokens {
        while token.start >= path.1 {
            path = paths.next().unwrap_or(NO_PATH);
        }
        if token.start < path.0 {
            state.add(bytes, token);
        }
    }
    state.finish()
}

struct State {
    template: u64,
    bands: [u32; BANDS],
    letters: usize,
    /// Where the last masked word ended: parts of one number are one.
    end_of_number: usize,
}

impl State {
    #[inline]
    fn add(&mut self, bytes: &[u8], token: &Token) {
        if token.digits > 0 {
            return self.add_number(token);
        }
        self.template = mix(self.template, token.hash);
        self.letters = self.letters.wrapping_add(token.len());
        if token.len() > CLOSED_UP && is_closed_up(bytes, token) {
            return self.add_pairs(token.of(bytes));
        }
        self.lower(token.hash, weight(token.len()));
    }

    /// Amounts and times are one number with signs in it.
    fn add_number(&mut self, token: &Token) {
        let start = usize::from(token.start);
        if self.end_of_number.wrapping_add(1) != start {
            self.template = mix(self.template, MASK);
        }
        self.end_of_number = usize::from(token.end);
    }

    fn add_pairs(&mut self, word: &[u8]) {
        for pair in pairs(word) {
            self.lower(crate::token::hash(pair), 2);
        }
    }

    /// Lowers each band to this word's hash if that is lower, shifted by its weight.
    #[inline]
    fn lower(&mut self, hash: u64, weight: u32) {
        for (band, factor) in self.bands.iter_mut().zip(FACTORS) {
            let value = (hash.wrapping_mul(factor) >> 32) as u32 >> weight;
            *band = (*band).min(value);
        }
    }

    fn finish(self) -> Fingerprint {
        let is_short = self.letters < SKETCH_LETTERS_MIN;
        let sketch = if is_short { [0; BANDS] } else { self.bands.map(|band| band.max(1)) };
        Fingerprint { template: self.template, sketch }
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

/// How many bits a word's hash is shifted: twice as likely to be lowest for each.
#[inline]
fn weight(len: usize) -> u32 {
    const BY_LEN: [u8; 7] = [0, 0, 0, 0, 2, 2, 3];
    u32::from(BY_LEN[len.min(6)])
}

/// Values of a sketch.
pub(crate) const BANDS: usize = 4;

/// One odd factor for each band.
const FACTORS: [u64; BANDS] =
    [0xA24B_AED4_963E_E407, 0x9FB2_1C65_1E98_DF25, 0xD134_2543_DE82_EF95, 0xC2B2_AE3D_27D4_EB4F];

/// Stands for a word with digits.
const MASK: u64 = 0x0D16_1700_0000_0000;

/// Texts with fewer octets of words have no sketch: too many are alike.
const SKETCH_LETTERS_MIN: usize = 12;

/// Words beginning with this octet or above (from U+0E00 on) may stand without blanks.
const FIRST_CLOSED_UP: u8 = 0xE0;

/// Octets of the longest such word that is taken as one: two characters.
pub(crate) const CLOSED_UP: usize = 6;

const NO_PATH: (u16, u16) = (u16::MAX, u16::MAX);
