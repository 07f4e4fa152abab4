//! Words of a folded text: where each lies, its hash, its digits, what the lexicon knows of it.

use crate::lexicon::{self, Tags};

/// One word.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Token {
    /// The top 48 bits of [`hash`]; the rest is 0.
    pub hash: u64,
    pub start: u16,
    pub end: u16,
    pub tags: Tags,
    /// Digits of ASCII in it, at most 255.
    pub digits: u8,
}

impl Token {
    pub fn len(&self) -> usize {
        usize::from(self.end.wrapping_sub(self.start))
    }

    /// Digits and nothing else.
    #[inline]
    pub fn is_number(&self) -> bool {
        self.digits > 0 && usize::from(self.digits) == self.len()
    }

    #[inline]
    pub fn has(&self, tag: Tags) -> bool {
        self.tags & tag != 0
    }

    /// Its octets in the text it was read from.
    pub fn of<'t>(&self, bytes: &'t [u8]) -> &'t [u8] {
        bytes.get(usize::from(self.start)..usize::from(self.end)).unwrap_or(&[])
    }
}

/// Reads all words between `edges`. `bytes` has room behind the text for one load.
pub(crate) fn read_all(bytes: &[u8], edges: &[u16], tokens: &mut [Token], has_digits: bool) -> usize {
    let edges = edges.as_chunks().0;
    let pairs = edges.iter().zip(tokens);
    if has_digits {
        pairs.for_each(|(&[start, end], token)| *token = read::<true>(bytes, start, end));
    } else {
        pairs.for_each(|(&[start, end], token)| *token = read::<false>(bytes, start, end));
    }
    edges.len()
}

/// Two chunks are read of every word, since nearly all fit into them and a branch on the length is foretold by nobody.
#[inline]
fn read<const DIGITS: bool>(bytes: &[u8], start: u16, end: u16) -> Token {
    let left = usize::from(end.wrapping_sub(start));
    let Some(chunk) = bytes.get(usize::from(start)..).and_then(|rest| rest.first_chunk()) else {
        return Token::default();
    };
    let [low, high] = halves(chunk, left);
    let mut state = mix(mix(SEED, low), high);
    let mut digits = if DIGITS { digit_count([low, high], left) } else { 0 };
    if left > CHUNK {
        (state, digits) = read_rest(bytes, start, end, state, digits);
    }
    let hash = finish(state);
    Token { hash, start, end, tags: lexicon::tags(hash), digits: digits as u8 }
}

/// What lies behind the first chunk.
fn read_rest(bytes: &[u8], start: u16, end: u16, mut state: u64, mut digits: u32) -> (u64, u32) {
    let rest = bytes.get(usize::from(start)..usize::from(end)).and_then(|word| word.get(CHUNK..)).unwrap_or(&[]);
    for part in rest.chunks(CHUNK) {
        let mut chunk = [0; CHUNK];
        chunk.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
        let [low, high] = halves(&chunk, part.len());
        state = mix(mix(state, low), high);
        digits += digit_count([low, high], part.len());
    }
    (state, digits.min(255))
}

/// Sixteen octets as two numbers, those behind the word as zeros.
#[inline]
fn halves(chunk: &[u8; CHUNK], left: usize) -> [u64; 2] {
    let whole = u128::from_le_bytes(*chunk);
    let [low, high] = WITHIN[left.min(CHUNK)];
    [whole as u64 & low, (whole >> 64) as u64 & high]
}

/// Octets that are digits: in a word only they have neither of the two top bits.
#[inline]
fn digit_count([low, high]: [u64; 2], left: usize) -> u32 {
    let others = |half: u64| !(half | (half << 1)) & 0x8080_8080_8080_8080;
    // Zeros behind the word have none either.
    (others(low) | (others(high) >> 1)).count_ones().wrapping_sub(CHUNK as u32 - left.min(CHUNK) as u32)
}

/// The hash of a word, as tables made at compile time have it.
pub(crate) const fn hash(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let (mut at, mut state) = (0, SEED);
    while at < bytes.len() || at % CHUNK != 0 || at == 0 {
        let (mut chunk, mut step) = (0u64, 0);
        while step < 8 && at + step < bytes.len() {
            chunk |= (bytes[at + step] as u64) << (8 * step);
            step += 1;
        }
        state = mix(state, chunk);
        at += 8;
    }
    finish(state)
}

#[inline]
pub(crate) const fn mix(state: u64, chunk: u64) -> u64 {
    let product = (state ^ chunk).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 32)
}

#[inline]
const fn finish(state: u64) -> u64 {
    state.wrapping_mul(0xD6E8_FEB8_6659_FD93) & !0xFFFF
}

/// Octets read at once.
const CHUNK: usize = 16;

/// All bits of so many octets, by halves.
const WITHIN: [[u64; 2]; CHUNK + 1] = {
    let mut table = [[0; 2]; CHUNK + 1];
    let mut count = 1;
    while count <= CHUNK {
        table[count] = table[count - 1];
        table[count][(count - 1) / 8] |= 0xFF << (8 * ((count - 1) % 8));
        count += 1;
    }
    table
};

const SEED: u64 = 0x5C3A_91F0_7E24_B68D;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_a_loaded_word_is_that_of_the_tables() {
        for word in [
            "a",
            "verify",
            "12345678",
            "verification",
            "проверочный",
            "abcdefghijklmnopqrstuvw1",
            "sixteen_letters_",
            "",
        ] {
            let mut bytes = word.as_bytes().to_vec();
            bytes.extend_from_slice(b" more words behind");
            assert_eq!(read::<true>(&bytes, 0, word.len() as u16).hash, hash(word), "{word}");
        }
    }

    #[test]
    fn counts_digits_and_nothing_else() {
        for (word, digits) in [("1a2b3c4d5e6", 6), ("код1", 1), ("0123456789", 10), ("ｐ中文", 0), ("pqrs", 0)] {
            let bytes = [word.as_bytes(), &[b'9'; 16]].concat();
            assert_eq!(read::<true>(&bytes, 0, word.len() as u16).digits, digits, "{word}");
        }
    }
}
