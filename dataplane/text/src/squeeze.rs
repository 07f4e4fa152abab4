//! A folded text as letters in one row: no blanks, no signs, figures read as the letters they stand for.
//!
//! `1` is `l` or `i`: between letters it is what makes the more usual pair, so that `paypa1`, `v1agra` and `c1ick` read
//! as meant. `!` is `i` only with a letter or digit behind it: elsewhere it ends a sentence.

use crate::sheet::SLACK;

/// Writes the words between `edges` into `out`; how many octets. The text ends at `text_len`; `bytes` go on, so that
/// words can be copied eight octets at a time, and `out` is as long as `bytes`.
pub(crate) fn squeeze(bytes: &[u8], text_len: usize, edges: &[u16], out: &mut [u8]) -> usize {
    let text = bytes.get(..text_len).unwrap_or(bytes);
    let (mut len, mut behind) = (0, 0);
    for pair in edges.chunks_exact(2) {
        let &[start, end] = pair else { break };
        let (start, end) = (usize::from(start), usize::from(end));
        if start > behind + 1 || text.get(behind).is_some_and(|&b| b != b' ') {
            len = signs(text.get(behind..start).unwrap_or(&[]), out, len, true);
        }
        let has_figure = copy(bytes, start, end, out, len);
        len = if has_figure { figures(text, start, end, out, len) } else { len + end.saturating_sub(start) };
        behind = end;
    }
    let rest = text.get(behind..).unwrap_or(&[]);
    signs(rest, out, len, false)
}

/// Signs that stand for letters.
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
fn copy(bytes: &[u8], start: usize, end: usize, out: &mut [u8], len: usize) -> bool {
    let (mut at, mut to, mut figures) = (start, len, 0);
    while at < end {
        let from = bytes.get(at..).and_then(|rest| rest.first_chunk::<CHUNK>());
        let place = out.get_mut(to..).and_then(|rest| rest.first_chunk_mut::<CHUNK>());
        let (Some(from), Some(place)) = (from, place) else { return true };
        *place = *from;
        figures |= digits(from, end - at);
        at += CHUNK;
        to += CHUNK;
    }
    figures != 0
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
