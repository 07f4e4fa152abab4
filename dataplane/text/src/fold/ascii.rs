//! Texts of ASCII alone, most of them: 64 octets at once, and one by one where blanks are to be joined.

use std::num::NonZeroU64;

use super::CHARS_MAX;
use crate::sheet::Sheet;
use crate::squeeze::Figures;

/// Folds a text of ASCII onto a clean sheet.
pub(super) fn fold(text: &[u8], sheet: &mut Sheet<'_>) {
    let fitting = text.get(..CHARS_MAX).unwrap_or(text);
    let fitting = fitting.get(..sheet.buffers().0.len()).unwrap_or(fitting);
    if !write_tidy(fitting, sheet) {
        write(fitting, sheet);
    }
    sheet.notes.is_cut = fitting.len() < text.len();
}

/// Writes a text with single blanks between its words and nothing invisible. False, and nothing is written, if it has
/// others.
fn write_tidy(text: &[u8], sheet: &mut Sheet<'_>) -> bool {
    let (out, edges) = sheet.buffers();
    let (mut was_word, mut was_blank) = (0, 1);
    let (mut count, mut digits, mut signs) = (0, 0, 0);
    for (at, (group, place)) in text.chunks(GROUP).zip(out.chunks_mut(GROUP)).enumerate() {
        let masks = masks(group, place);
        let doubled = masks.blanks & ((masks.blanks << 1) | was_blank);
        if (doubled & masks.valid) | masks.hidden != 0 {
            return false;
        }
        count = note_edges(masks.words ^ ((masks.words << 1) | was_word), at * GROUP, edges, count);
        digits |= masks.digits;
        signs |= masks.signs;
        (was_word, was_blank) = (masks.words >> (GROUP - 1), masks.blanks >> (GROUP - 1));
    }
    if let (1, Some(edge)) = (was_word, edges.get_mut(count)) {
        *edge = text.len() as u16;
        count += 1;
    }
    let trailing = usize::from(text.last().is_some_and(|last| is_blank(*last)));
    sheet.filled(text.len() - trailing, count);
    sheet.notes.figures = Figures { digits: digits != 0, signs: signs != 0 };
    true
}

/// What a group of octets is, a bit for each. Bits past the text are blanks, and not valid.
struct Masks {
    words: u64,
    blanks: u64,
    hidden: u64,
    valid: u64,
    digits: u64,
    /// Signs that are read as letters.
    signs: u64,
}

/// Writes a group in small letters with blanks for white space.
#[inline]
fn masks(group: &[u8], place: &mut [u8]) -> Masks {
    let mut whole = [b' '; GROUP];
    let octets = match group.as_array() {
        Some(octets) => octets,
        None => {
            whole.iter_mut().zip(group).for_each(|(to, from)| *to = *from);
            &whole
        }
    };
    let valid = u64::MAX >> (GROUP - group.len().clamp(1, GROUP));
    let mut masks = Masks { words: 0, blanks: 0, hidden: 0, valid, digits: 0, signs: 0 };
    for (at, lane) in octets.as_chunks::<LANES>().0.iter().enumerate() {
        let (folded, [words, blanks, hidden, digits, signs]) = lanes::fold(lane);
        if let Some(to) = place.get_mut(at * LANES..(at + 1) * LANES) {
            to.copy_from_slice(&folded);
        }
        masks.words |= u64::from(words) << (at * LANES);
        masks.blanks |= u64::from(blanks) << (at * LANES);
        masks.hidden |= u64::from(hidden) << (at * LANES);
        masks.digits |= u64::from(digits) << (at * LANES);
        masks.signs |= u64::from(signs) << (at * LANES);
    }
    masks
}

/// Writes the place of each change.
#[inline]
fn note_edges(mut changes: u64, start: usize, edges: &mut [u16], count: usize) -> usize {
    let places = edges.get_mut(count..).unwrap_or(&mut []).iter_mut().take(changes.count_ones() as usize);
    let noted = places.len();
    for edge in places {
        let Some(left) = NonZeroU64::new(changes) else { break };
        *edge = (start as u16).wrapping_add(left.trailing_zeros() as u16);
        changes &= changes.wrapping_sub(1);
    }
    count + noted
}

/// Sixteen octets of ASCII at a time: folded, and which are of words, blank, invisible.
#[cfg(target_feature = "sse2")]
mod lanes {
    use super::LANES;
    use crate::squeeze::SIGNS;
    use safe_arch::{cmp_eq_mask_i8_m128i, cmp_gt_mask_i8_m128i, m128i, move_mask_i8_m128i, set_splat_i8_m128i};

    #[inline(always)]
    pub(super) fn fold(lane: &[u8; LANES]) -> ([u8; LANES], [u16; 5]) {
        let octets = m128i::from(*lane);
        let folded = octets | (within(octets, b'A', b'Z') & splat(0x20));
        let digits = within(octets, b'0', b'9');
        let words = within(folded, b'a', b'z') | digits;
        let signs = SIGNS.map(|sign| cmp_eq_mask_i8_m128i(octets, splat(sign)));
        let signs = signs[0] | signs[1] | signs[2];
        let spaces = within(octets, b'\t', b'\r');
        let blanks = spaces | cmp_eq_mask_i8_m128i(octets, splat(b' '));
        let hidden = cmp_gt_mask_i8_m128i(splat(b' '), octets) | cmp_eq_mask_i8_m128i(octets, splat(0x7F));
        // White space becomes a blank: its one bit set, all others cleared.
        let folded = (folded | (spaces & splat(0x20))) & (splat(0x20) | !spaces);
        (folded.into(), [mask(words), mask(blanks), mask(hidden) & !mask(spaces), mask(digits), mask(signs)])
    }

    fn within(octets: m128i, first: u8, last: u8) -> m128i {
        cmp_gt_mask_i8_m128i(octets, splat(first - 1)) & cmp_gt_mask_i8_m128i(splat(last + 1), octets)
    }

    fn splat(octet: u8) -> m128i {
        set_splat_i8_m128i(octet as i8)
    }

    fn mask(lanes: m128i) -> u16 {
        move_mask_i8_m128i(lanes) as u16
    }
}

/// The same where there are no such instructions.
#[cfg(not(target_feature = "sse2"))]
mod lanes {
    use super::{HIDDEN, LANES, class, is_blank};
    use crate::squeeze::SIGNS;

    pub(super) fn fold(lane: &[u8; LANES]) -> ([u8; LANES], [u16; 5]) {
        let folded = lane.map(|octet| if is_blank(octet) { b' ' } else { octet.to_ascii_lowercase() });
        let mask =
            |is: &dyn Fn(u8) -> bool| lane.iter().rev().fold(0, |bits, octet| (bits << 1) | u16::from(is(*octet)));
        let [words, blanks] = [mask(&|o| o.is_ascii_alphanumeric()), mask(&is_blank)];
        let [digits, signs] = [mask(&|o| o.is_ascii_digit()), mask(&|o| SIGNS.contains(&o))];
        (folded, [words, blanks, mask(&|o| class(o) == HIDDEN), digits, signs])
    }
}

/// Octet by octet. Each is stored, and stays if the next does not overwrite it: a blank after a blank, a control
/// character.
fn write(text: &[u8], sheet: &mut Sheet<'_>) {
    let (out, edges) = sheet.buffers();
    let (mut len, mut edge_count, mut hidden) = (0, 0, 0u16);
    let (mut was_word, mut was_blank) = (0, BLANK);
    for &byte in text {
        let class = class(byte);
        let (Some(place), Some(edge)) = (out.get_mut(len), edges.get_mut(edge_count)) else { break };
        *place = if class == BLANK { b' ' } else { byte.to_ascii_lowercase() };
        *edge = len as u16;
        let is_seen = class != HIDDEN;
        let is_word = if is_seen { class & WORD } else { was_word };
        edge_count += usize::from(is_word != was_word);
        was_word = is_word;
        len += usize::from(is_seen && class & was_blank & BLANK == 0);
        was_blank = if is_seen { class } else { was_blank };
        hidden += u16::from(!is_seen && was_blank & BLANK == 0);
    }
    let is_open = was_word != 0;
    if let (true, Some(edge)) = (is_open, edges.get_mut(edge_count)) {
        *edge = len as u16;
    }
    let trailing = usize::from(was_blank & BLANK != 0 && len > 0);
    sheet.filled(len - trailing, edge_count + usize::from(is_open));
    sheet.notes.hidden = hidden;
}

const WORD: u8 = 1;
const BLANK: u8 = 2;
const HIDDEN: u8 = 4;

const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'A'..=b'Z' => WORD,
        b'\t'..=b'\r' | b' ' => BLANK,
        0..0x20 | 0x7F => HIDDEN,
        _ => 0,
    }
}

const fn is_blank(byte: u8) -> bool {
    class(byte) == BLANK
}

/// Octets looked at in one turn, and in one instruction.
const GROUP: usize = 64;
const LANES: usize = 16;
