//! A folded text as letters in one row: no blanks, no signs, figures read as the letters they stand for.
//!
//! `1` is `l` or `i`: between letters it is what makes the more usual pair, so that `paypa1`, `v1agra` and `c1ick` read
//! as meant. `!` is `i` only with a letter or digit behind it: elsewhere it ends a sentence.

use crate::sheet::SLACK;

/// Writes the words between `edges` into `out`; how many octets. The text ends at `text_len`; `bytes` go on, so that
/// words can be copied sixteen octets at a time, and `out` is as long as `bytes`. What a text has none of is not looked
/// for.
pub(crate) fn squeeze(bytes: &[u8], text_len: usize, edges: &[u16], out: &mut [u8], figures: Figures) -> usize {
    let text = bytes.get(..text_len).unwrap_or(bytes);
    match figures {
        Figures { digits: false, signs: false } => words::<false, false>(bytes, text, edges, out),
        Figures { signs: false, .. } => words::<true, false>(bytes, text, edges, out),
        _ => words::<true, true>(bytes, text, edges, out),
    }
}

/// What a text has besides letters that is read as letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    pub digits: bool,
    pub signs: bool,
}

impl Figures {
    /// Of a text that nobody has looked at.
    pub const ANY: Figures = Figures { digits: true, signs: true };
}

fn words<const DIGITS: bool, const SIGNS: bool>(bytes: &[u8], text: &[u8], edges: &[u16], out: &mut [u8]) -> usize {
    let (mut len, mut behind) = (0, 0);
    for &[start, end] in edges.as_chunks().0 {
        let (start, end) = (usize::from(start), usize::from(end));
        if SIGNS && (start > behind + 1 || text.get(behind).is_some_and(|&b| b != b' ')) {
            len = signs(text.get(behind..start).unwrap_or(&[]), out, len, true);
        }
        let has_figure = copy::<DIGITS>(bytes, start, end, out, len);
        len = if has_figure { figures(text, start, end, out, len) } else { len + end.wrapping_sub(start) };
        behind = end;
    }
    let rest = if SIGNS { text.get(behind..).unwrap_or(&[]) } else { &[] };
    signs(rest, out, len, false)
}

/// Writes the letters of signs.
fn signs(gap: &[u8], out: &mut [u8], mut len: usize, is_before_word: bool) -> usize {
    for (at, byte) in gap.iter().enumerate() {
        let letter = match byte {
            b'@' => b'a',
            b'$' => b's',
            b'!' if is_before_word && at + 1 == gap.len() && len > 0 => b'i',
            _ => continue,
        };
        len = put(out, len, letter);
    }
    len
}

/// Copies a word sixteen octets at a time; whether there is a digit in it. What is copied too much is written over by
/// the next word.
#[inline]
fn copy<const DIGITS: bool>(bytes: &[u8], start: usize, end: usize, out: &mut [u8], len: usize) -> bool {
    let left = end.wrapping_sub(start);
    if left > CHUNK {
        return copy_long(bytes, start, end, out, len);
    }
    let Some(from) = copy_chunk(bytes, start, out, len) else { return true };
    DIGITS && digits(from, left) != 0
}

fn copy_long(bytes: &[u8], start: usize, end: usize, out: &mut [u8], len: usize) -> bool {
    let mut figures = 0;
    for done in (0..end.saturating_sub(start)).step_by(CHUNK) {
        let Some(from) = copy_chunk(bytes, start + done, out, len + done) else { return true };
        figures |= digits(from, end - start - done);
    }
    figures != 0
}

#[inline]
fn copy_chunk<'b>(bytes: &'b [u8], at: usize, out: &mut [u8], to: usize) -> Option<&'b [u8; CHUNK]> {
    let from = bytes.get(at..)?.first_chunk()?;
    *out.get_mut(to..)?.first_chunk_mut()? = *from;
    Some(from)
}

/// The octets of a word that are digits, as their top bits: in a word only digits have neither of the two top bits.
#[inline]
fn digits(chunk: &[u8; CHUNK], left: usize) -> u64 {
    let [low, high] = WITHIN[left.min(CHUNK)];
    let whole = u128::from_le_bytes(*chunk);
    let (a, b) = (whole as u64, (whole >> 64) as u64);
    (!(a | (a << 1)) & low) | (!(b | (b << 1)) & high)
}

fn figures(text: &[u8], start: usize, end: usize, out: &mut [u8], mut len: usize) -> usize {
    for at in start..end {
        let byte = text.get(at).copied().unwrap_or(0);
        let letter = match byte {
            b'1' => one(before(start, end, at, out.get(..len)), next(text, at + 1)),
            _ => LETTERS.get(usize::from(byte.wrapping_sub(b'0'))).copied().unwrap_or(byte),
        };
        len = put(out, len, letter);
    }
    len
}

fn put(out: &mut [u8], len: usize, byte: u8) -> usize {
    match out.get_mut(len) {
        Some(place) => {
            *place = byte;
            len + 1
        }
        None => len,
    }
}

/// The letter before. A word of some length starts anew; single letters are a word pulled apart.
fn before(start: usize, end: usize, at: usize, written: Option<&[u8]>) -> Option<u8> {
    if at == start && end - start > 1 { None } else { written.and_then(|out| out.last()).copied() }
}

/// The next letter or digit, over one sign.
fn next(text: &[u8], at: usize) -> Option<u8> {
    let near = text.get(at..text.len().min(at + 2)).unwrap_or(&[]);
    near.iter().copied().find(|b| b.is_ascii_alphanumeric())
}

/// A one between two letters. After a vowel, and after a consonant that goes with `l` before a vowel, it is `l`.
fn one(before: Option<u8>, after: Option<u8>) -> u8 {
    let is_vowel_next = after.is_some_and(|b| b"aeiou0346".contains(&b));
    match before {
        Some(b) if b"aeoul".contains(&b) => b'l',
        Some(b) if b"bcfgkps".contains(&b) && is_vowel_next => b'l',
        None if is_vowel_next => b'l',
        Some(b) if b.is_ascii_alphabetic() => b'i',
        None if after.is_some_and(|b| b.is_ascii_alphabetic()) => b'i',
        _ => b'l',
    }
}

/// The letters that 0 to 9 stand for. 1 is decided by its neighbours; 2, 6, 8 and 9 stand for none.
const LETTERS: [u8; 10] = *b"ol2eas6t89";

/// Signs that stand for letters.
pub(crate) const SIGNS: [u8; 3] = *b"@$!";

const CHUNK: usize = 16;

/// Top bits of so many octets, by halves.
const WITHIN: [[u64; 2]; CHUNK + 1] = {
    let mut table = [[0; 2]; CHUNK + 1];
    let mut count = 1;
    while count <= CHUNK {
        table[count] = table[count - 1];
        table[count][(count - 1) / 8] |= 0x80 << (8 * ((count - 1) % 8));
        count += 1;
    }
    table
};

const _: () = assert!(SLACK >= CHUNK, "what is copied too much must fit");
