//! Septets: unpacking, and the text they stand for. TS 23.038 §6.1.2.1, §6.2.1.
//!
//! ```text
//!   octet 1   s2.1 | s1.7 … s1.1        eight septets in seven octets, low bits first
//!   octet 2   s3.2 s3.1 | s2.7 … s2.2   after a header, 0-6 fill bits come before the first septet
//! ```
//! Seven octets become eight septets by three shift-and-mask steps on one 64-bit word. Most septets are the ASCII
//! character of the same number: sixteen are checked at a time, and only a group that holds another one is looked
//! up character by character.

use super::tables::{ESCAPE, default_character, extension_character};
use super::text::TextBuf;

/// Septets that a one-octet length can claim, rounded up to groups of sixteen.
pub(super) const SEPTETS_MAX: usize = 256;

/// Octets in which [`SEPTETS_MAX`] septets are packed, and what a whole read of the last ones goes beyond.
const PADDED_OCTETS: usize = SEPTETS_MAX / 8 * 7 + 16;

/// Eight septets, one to an octet, from the low 56 bits.
#[inline(always)]
const fn spread(packed: u64) -> u64 {
    let x = packed;
    let x = (x & 0x0000_0000_0FFF_FFFF) | ((x & 0x00FF_FFFF_F000_0000) << 4);
    let x = (x & 0x0000_3FFF_0000_3FFF) | ((x & 0x0FFF_C000_0FFF_C000) << 2);
    (x & 0x007F_007F_007F_007F) | ((x & 0x3F80_3F80_3F80_3F80) << 1)
}

/// Sixteen septets from fourteen octets and as many bits of the next as `fill_bits` says.
/// Two like halves, side by side: the compiler makes one vector of them.
#[inline(always)]
fn unpack(packed: &[u8; 16], fill_bits: u32) -> [u8; 16] {
    let word = |octets: Option<&[u8; 8]>| octets.map_or(0, |octets| u64::from_le_bytes(*octets) >> fill_bits);
    let first = spread(word(packed.first_chunk()));
    let second = spread(word(packed.last_chunk::<9>().and_then(|octets| octets.first_chunk())));
    let mut septets = [0; 16];
    let (low, high) = septets.split_at_mut(8);
    low.copy_from_slice(&first.to_le_bytes());
    high.copy_from_slice(&second.to_le_bytes());
    septets
}

/// Zero where the septet is the ASCII character of its own number: letters, and 20 to 3F but 24.
/// Line ends count as another. Without a branch, so that the compiler does sixteen at a time.
#[inline(always)]
fn other_than_ascii(septet: u8) -> u8 {
    let beyond_letters = (septet | 0x20).wrapping_sub(b'a').saturating_sub(b'z' - b'a');
    let beyond_digits = ((septet & 0x60) ^ 0x20) | u8::from(septet == b'$');
    beyond_letters.min(beyond_digits)
}

#[inline(always)]
fn are_ascii(sixteens: &[[u8; 16]]) -> bool {
    let mut other = [0; 16];
    for sixteen in sixteens {
        for (other, septet) in other.iter_mut().zip(sixteen) {
            *other |= other_than_ascii(*septet);
        }
    }
    u128::from_ne_bytes(other) == 0
}

/// Writes the text of `count` septets, at most 255, over what `out` held; octets that are missing are zero.
#[inline]
pub(super) fn decode(packed: &[u8], fill_bits: u32, count: usize, out: &mut TextBuf) {
    let count = count.min(SEPTETS_MAX - 1);
    out.set_len(count);
    let Some(room) = out.unpacking_room() else { return };
    let mut padded = [0; PADDED_OCTETS];
    let there = packed.len().min(PADDED_OCTETS - 1);
    if let (Some(to), Some(from)) = (padded.get_mut(..there), packed.get(..there)) {
        to.copy_from_slice(from);
    }
    let mut rest = padded.as_slice();
    let (sixteens, _) = room.as_chunks_mut::<16>();
    for sixteen in sixteens.get_mut(..count.div_ceil(16)).unwrap_or_default() {
        let Some(octets) = rest.first_chunk::<16>() else { break };
        *sixteen = unpack(octets, fill_bits);
        rest = rest.get(14..).unwrap_or(&[]);
    }
    // What the last sixteen hold beyond the text must not be looked at.
    if let Some(after) = room.get_mut(count..count + 16) {
        after.copy_from_slice(&[b' '; 16]);
    }
    let (sixteens, _) = room.as_chunks::<16>();
    if !are_ascii(sixteens.get(..count.div_ceil(16)).unwrap_or(&[])) {
        let septets = *room;
        out.set_len(0);
        translate(septets.get(..count).unwrap_or(&[]), out);
    }
}

/// The slow way: some of these septets are not ASCII.
fn translate(septets: &[u8], out: &mut TextBuf) {
    let mut escaped = false;
    for group in septets.chunks(16) {
        match group.first_chunk::<16>() {
            Some(sixteen) if !escaped && are_ascii(&[*sixteen]) => out.push_octets(sixteen),
            _ => group.iter().for_each(|septet| escaped = push_septet(*septet, escaped, |c| out.push(c))),
        }
    }
    if escaped {
        out.push(default_character(ESCAPE));
    }
}

/// Gives the character of a septet, if it stands for one; returns whether the next one is escaped.
#[inline]
fn push_septet(septet: u8, escaped: bool, mut push: impl FnMut(char)) -> bool {
    match (septet, escaped) {
        (ESCAPE, false) => return true,
        (_, false) => push(default_character(septet)),
        (_, true) => push(extension_character(septet)),
    }
    false
}

/// The characters of the first `count` septets, one by one: for short texts.
pub(super) fn characters(packed: &[u8], count: usize) -> impl Iterator<Item = char> {
    let mut escaped = false;
    (0..count).filter_map(move |index| {
        let (at, shift) = (index * 7 / 8, index * 7 % 8);
        let low = u16::from(*packed.get(at)?);
        let high = packed.get(at + 1).copied().map_or(0, u16::from);
        let mut character = None;
        escaped = push_septet(((high << 8 | low) >> shift) as u8 & 0x7F, escaped, |c| character = Some(c));
        character
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pack(septets: &[u8], fill_bits: usize) -> Vec<u8> {
        let mut packed = vec![0; (septets.len() * 7 + fill_bits).div_ceil(8)];
        for (index, septet) in septets.iter().enumerate() {
            for bit in 0..7 {
                let at = fill_bits + index * 7 + bit;
                packed[at / 8] |= (septet >> bit & 1) << (at % 8);
            }
        }
        packed
    }

    fn septets_of(text: &str) -> Vec<u8> {
        let escaped = |c| (0..128).find(|s| extension_character(*s) == c).map(|s| vec![ESCAPE, s]);
        let plain = |c| (0..128).find(|s| *s != ESCAPE && default_character(*s) == c).map(|s| vec![s]);
        text.chars().flat_map(|c| plain(c).or_else(|| escaped(c)).expect("in the alphabet")).collect()
    }

    fn text_of(septets: &[u8], fill_bits: usize) -> String {
        let mut out = TextBuf::new();
        decode(&pack(septets, fill_bits), fill_bits as u32, septets.len(), &mut out);
        out.as_str().to_owned()
    }

    #[test]
    fn round_trips_the_whole_alphabet_after_any_fill_bits() {
        let all: String =
            (0..128).filter(|s| *s != ESCAPE).map(default_character).chain("^{}\\[~]|€\u{c}".chars()).collect();
        for fill_bits in 0..7 {
            assert_eq!(text_of(&septets_of(&all), fill_bits), all);
        }
    }

    #[test]
    fn round_trips_every_length_of_plain_text() {
        let text = "The quick brown fox jumps over the lazy dog 0123456789 ".repeat(5);
        for len in 0..=255 {
            assert_eq!(text_of(&septets_of(&text[..len]), len % 7), text[..len]);
        }
    }

    #[test]
    fn finds_the_one_odd_character_wherever_it_stands() {
        for at in 0..100 {
            let text: String = (0..100).map(|i| if i == at { '€' } else { 'x' }).collect();
            assert_eq!(text_of(&septets_of(&text), 0), text);
        }
    }

    #[test]
    fn shows_the_default_character_where_the_extension_has_none() {
        assert_eq!(text_of(&[0x41, ESCAPE, 0x41, 0x42], 0), "AAB");
    }

    #[test]
    fn shows_a_space_for_two_escapes_and_for_one_at_the_end() {
        assert_eq!(text_of(&[0x41, ESCAPE, ESCAPE, 0x42], 0), "A B");
        assert_eq!(text_of(&[0x41, ESCAPE], 0), "A ");
    }

    #[test]
    fn an_escape_at_the_end_of_a_group_reaches_into_the_next() {
        let mut septets = vec![0x61; 40];
        (septets[15], septets[16]) = (ESCAPE, 0x65);
        assert_eq!(text_of(&septets, 0), format!("{}€{}", "a".repeat(15), "a".repeat(23)));
    }

    #[test]
    fn unpacks_what_the_standard_shows() {
        let mut out = TextBuf::new();
        decode(&[0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37], 0, 10, &mut out);
        assert_eq!(out.as_str(), "hellohello");
    }

    proptest! {
        #[test]
        fn agrees_with_the_character_by_character_reading(septets in prop::collection::vec(0_u8..128, 0..255)) {
            let packed = pack(&septets, 0);
            let mut slow: String = characters(&packed, septets.len()).collect();
            let open_escape = septets.iter().rev().take_while(|s| **s == ESCAPE).count() % 2 == 1;
            slow.extend(open_escape.then_some(' '));
            prop_assert_eq!(text_of(&septets, 0), slow);
        }

        #[test]
        fn any_octets_do_not_panic(packed in prop::collection::vec(any::<u8>(), 0..300), fill in 0_u32..7, count in 0_usize..600) {
            let mut out = TextBuf::new();
            decode(&packed, fill, count, &mut out);
            prop_assert!(out.as_str().chars().count() <= SEPTETS_MAX);
        }
    }
}
