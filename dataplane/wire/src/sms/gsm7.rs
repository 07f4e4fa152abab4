//! Septets: unpacking, and the text they stand for. TS 23.038 §6.1.2.1, §6.2.1.
//!
//! ```text
//!   octet 1   s2.1 | s1.7 … s1.1        eight septets in seven octets, low bits first
//!   octet 2   s3.2 s3.1 | s2.7 … s2.2   after a header, 0-6 fill bits come before the first septet
//! ```
//! Most septets are the ASCII character of the same number: sixteen are unpacked and checked at a time, and only a
//! group that holds another one is looked up character by character; so is every group of a message that chooses the
//! locking shift table of a national language.

use super::septets::Unpacker;
use super::tables::{ESCAPE, Tables};
use super::text::TextBuf;
use crate::Reason;

/// Septets that a one-octet length can claim, rounded up to groups of sixteen.
pub(super) const SEPTETS_MAX: usize = 256;

/// Writes the text of `count` septets, at most 255, over what `out` held; octets that are missing are zero.
#[inline(never)]
pub(super) fn decode(packed: &[u8], fill_bits: u32, count: usize, tables: &Tables, out: &mut TextBuf) {
    let count = count.min(SEPTETS_MAX - 1);
    out.set_len(count);
    let Some(room) = out.unpacking_room() else { return };
    let mut unpacker = Unpacker::new(fill_bits);
    let (sixteens, _) = room.as_chunks_mut::<16>();
    let (whole, others) = sixteens.split_at_mut(count / 16);
    // Sixteen octets are read where fourteen count: so many groups have them all.
    let (plenty, few) = whole.split_at_mut(whole.len().min(packed.len().saturating_sub(2) / 14));
    let mut rest = packed;
    for sixteen in plenty {
        let Some(octets) = rest.first_chunk::<16>() else { break };
        *sixteen = unpacker.unpack(octets);
        unpacker.look(sixteen);
        rest = rest.get(14..).unwrap_or(&[]);
    }
    // What is left is too few octets for a group, or they are for the last one: zeros follow.
    let mut filled_up = [0; 48];
    let left = rest.get(..rest.len().min(32)).unwrap_or_default();
    if let Some(room) = filled_up.get_mut(..left.len()) {
        room.copy_from_slice(left);
    }
    let mut rest = filled_up.as_slice();
    for sixteen in few {
        *sixteen = unpacker.unpack(next_sixteen(rest));
        unpacker.look(sixteen);
        rest = rest.get(14..).unwrap_or(&[]);
    }
    if let Some(last) = others.first_mut().filter(|_| !count.is_multiple_of(16)) {
        *last = unpacker.unpack(next_sixteen(rest));
        unpacker.look_at_first(count % 16, last);
    }
    if !unpacker.all_ascii() || !tables.is_default {
        let septets = *room;
        out.set_len(0);
        translate(septets.get(..count).unwrap_or(&[]), tables, out);
    }
}

#[inline(always)]
fn next_sixteen(rest: &[u8]) -> &[u8; 16] {
    rest.first_chunk().unwrap_or(&[0; 16])
}

/// The slow way: some of these septets are not ASCII.
fn translate(septets: &[u8], tables: &Tables, out: &mut TextBuf) {
    let mut escaped = false;
    for group in septets.chunks(16) {
        match group.first_chunk::<16>() {
            Some(sixteen) if !escaped && tables.is_default && are_ascii(sixteen) => out.push_octets(sixteen),
            _ => group.iter().for_each(|septet| escaped = push_septet(*septet, escaped, tables, |c| out.push(c))),
        }
    }
    if escaped {
        out.push(tables.character(ESCAPE));
    }
}

fn are_ascii(sixteen: &[u8; 16]) -> bool {
    let mut unpacker = Unpacker::new(0);
    unpacker.look(sixteen);
    unpacker.all_ascii()
}

/// Gives the characters of septets that are not packed, one to an octet.
pub(crate) fn each_character(septets: &[u8], tables: &Tables, mut push: impl FnMut(char)) {
    let escaped = septets.iter().fold(false, |escaped, septet| push_septet(*septet, escaped, tables, &mut push));
    if escaped {
        push(tables.character(ESCAPE));
    }
}

/// Gives the character of a septet, if it stands for one; returns whether the next one is escaped.
#[inline]
fn push_septet(septet: u8, escaped: bool, tables: &Tables, mut push: impl FnMut(char)) -> bool {
    match (septet, escaped) {
        (ESCAPE, false) => return true,
        (_, false) => push(tables.character(septet)),
        (_, true) => push(tables.escaped(septet)),
    }
    false
}

/// The characters of the first `count` septets in the default alphabet, one by one: for short texts.
pub(super) fn characters(packed: &[u8], count: usize) -> impl Iterator<Item = char> {
    let mut escaped = false;
    (0..count).filter_map(move |index| {
        let (at, shift) = (index * 7 / 8, index * 7 % 8);
        let low = u16::from(*packed.get(at)?);
        let high = packed.get(at + 1).copied().map_or(0, u16::from);
        let mut character = None;
        let septet = ((high << 8 | low) >> shift) as u8 & 0x7F;
        escaped = push_septet(septet, escaped, &Tables::DEFAULT, |c| character = Some(c));
        character
    })
}

/// Packs `text` after `fill_bits` zeros into `out` and returns how many septets it has, at most 255.
///
/// # Errors
/// `BadValue` for a character the tables do not have, `Truncated` where there is no room.
pub(super) fn encode(text: &str, fill_bits: u32, tables: &Tables, out: &mut [u8]) -> Result<u8, Reason> {
    let (mut count, mut bit) = (0_u8, fill_bits as usize);
    if let Some(first) = out.first_mut() {
        *first = 0;
    }
    for character in text.chars() {
        let (escaped, septet) = tables.septet(character).ok_or(Reason::BadValue)?;
        for septet in escaped.then_some(ESCAPE).into_iter().chain([septet]) {
            put(out, bit, septet)?;
            (count, bit) = (count.checked_add(1).ok_or(Reason::Truncated)?, bit + 7);
        }
    }
    Ok(count)
}

/// Writes a septet from bit `bit` on; the octet it ends in is cleared above it.
fn put(out: &mut [u8], bit: usize, septet: u8) -> Result<(), Reason> {
    let [low, high] = (u16::from(septet) << (bit % 8)).to_le_bytes();
    let place = out.get_mut(bit / 8).ok_or(Reason::Truncated)?;
    *place = if bit.is_multiple_of(8) { low } else { *place | low };
    if bit % 8 > 1 {
        *out.get_mut(bit / 8 + 1).ok_or(Reason::Truncated)? = high;
    }
    Ok(())
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
        let septets = |c| Tables::DEFAULT.septet(c).expect("in the alphabet");
        text.chars().map(septets).flat_map(|(escaped, s)| escaped.then_some(ESCAPE).into_iter().chain([s])).collect()
    }

    fn text_of(septets: &[u8], fill_bits: usize) -> String {
        let mut out = TextBuf::new();
        decode(&pack(septets, fill_bits), fill_bits as u32, septets.len(), &Tables::DEFAULT, &mut out);
        out.as_str().to_owned()
    }

    #[test]
    fn round_trips_the_whole_alphabet_after_any_fill_bits() {
        let all: String = (0..128)
            .filter(|s| *s != ESCAPE)
            .map(|s| Tables::DEFAULT.character(s))
            .chain("^{}\\[~]|€\u{c}".chars())
            .collect();
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
        decode(&[0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37], 0, 10, &Tables::DEFAULT, &mut out);
        assert_eq!(out.as_str(), "hellohello");
    }

    #[test]
    fn packs_septets_as_they_are_read_after_any_fill_bits() {
        let text = "The {quick} brown fox [jumps] over ~ 5 € dogs";
        for (fill_bits, len) in (0..7).flat_map(|fill| (0..=45).map(move |len| (fill, len))) {
            let text: String = text.chars().take(len).collect();
            let septets = septets_of(&text);
            let mut out = [0xFF; 60];
            assert_eq!(encode(&text, fill_bits as u32, &Tables::DEFAULT, &mut out), Ok(septets.len() as u8));
            let packed = pack(&septets, fill_bits);
            assert_eq!(&out[..packed.len()], packed, "{len} after {fill_bits}");
        }
    }

    #[test]
    fn refuses_to_pack_what_has_no_septet_or_no_room() {
        let encode = |text, room: &mut [u8]| encode(text, 0, &Tables::DEFAULT, room);
        assert_eq!(encode("aж", &mut [0; 9]), Err(Reason::BadValue));
        assert_eq!(encode("a\0", &mut [0; 9]), Err(Reason::BadValue));
        assert_eq!([encode("12345678", &mut [0; 7]), encode("12345678", &mut [0; 6])], [Ok(8), Err(Reason::Truncated)]);
        assert_eq!(encode(&"x".repeat(256), &mut [0; 300]), Err(Reason::Truncated));
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
            decode(&packed, fill, count, &Tables::DEFAULT, &mut out);
            prop_assert!(out.as_str().chars().count() <= SEPTETS_MAX);
        }
    }
}
