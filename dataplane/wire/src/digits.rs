//! Digits as signalling packs them: two to an octet, low nibble first.
//!
//! ```text
//!   bit 8 7 6 5   4 3 2 1
//!      digit 2    digit 1     octet 1
//!      digit 4    digit 3     octet 2
//!      filler F   digit 5     octet 3
//! ```
//! TS 29.002 TBCD-STRING (IMSI, numbers in MAP and in TPDUs) and Q.713 §3.4.2.3 (global titles).
//! Does not handle: digits sent one to an octet (IA5), which no layer here carries.

use core::fmt;

/// Text of at most [`Digits::CAPACITY_OCTETS`] octets held in place: digits, or the letters of an alphanumeric address.
#[derive(Clone, Copy)]
pub struct Digits {
    text: [u8; Self::CAPACITY_OCTETS],
    len: u8,
}

impl Digits {
    /// Twenty packed octets, twice what any address of TS 23.040 may hold; what comes after is dropped.
    pub const CAPACITY_OCTETS: usize = 40;

    /// No digits.
    pub const EMPTY: Self = Self { text: [0; Self::CAPACITY_OCTETS], len: 0 };

    /// TBCD: nibbles 0–14 are `0123456789*#abc`; 15 is filler and skipped wherever it stands.
    #[inline]
    pub fn tbcd(octets: &[u8]) -> Self {
        let mut out = Self::EMPTY;
        let filler = octets.last().is_some_and(|last| *last >= 0xF0);
        out.set_tbcd(octets, octets.len() * 2 - usize::from(filler));
        out
    }

    /// The first `count` digits of TBCD octets, over what was held; fewer if the octets end first.
    #[inline(always)]
    pub fn set_tbcd(&mut self, octets: &[u8], count: usize) {
        self.len = 0;
        if !self.set_sixteen(octets, count) {
            self.push_packed(octets, count, |nibble| TBCD.get(usize::from(nibble)).copied());
        }
    }

    /// Four to eight octets and nothing but decimal digits, which is what numbers are, in one go. Says whether
    /// that was so; if not, nothing is held.
    #[inline(always)]
    fn set_sixteen(&mut self, octets: &[u8], count: usize) -> bool {
        let (Some(first), Some(last), 4..=8) = (octets.first_chunk::<4>(), octets.last_chunk::<4>(), octets.len())
        else {
            return false;
        };
        let after = u64::from(u32::from_le_bytes(*last)) << 32 >> (8 * (8 - octets.len()));
        let first = spread(u32::from_le_bytes(*first));
        let second = spread((after >> 32) as u32);
        let take = count.min(octets.len() * 2);
        // What stands after the last digit, a filler perhaps, is not looked at.
        let Some(beyond_eight) = take.checked_sub(8) else { return false };
        let looked_at = 1_u64.checked_shl(8 * beyond_eight as u32).map_or(u64::MAX, |end| end - 1);
        if has_more_than_nine(first) || has_more_than_nine(second & looked_at) {
            return false;
        }
        if let Some([low, high]) = self.text.as_chunks_mut::<8>().0.first_chunk_mut() {
            *low = (first | ASCII_ZEROS).to_le_bytes();
            *high = (second | ASCII_ZEROS).to_le_bytes();
        }
        self.len = take as u8;
        true
    }

    /// Global title digits, Q.713 §3.4.2.3.1: no filler, `odd` says that the last nibble is not a digit.
    /// Codes 10–15 have no character in the clause and are shown as `a`–`f`.
    #[inline]
    pub fn bcd(octets: &[u8], odd: bool) -> Self {
        let mut out = Self::EMPTY;
        let count = (octets.len() * 2).saturating_sub(usize::from(odd));
        if !out.set_sixteen(octets, count) {
            out.push_packed(octets, count, |nibble| HEXADECIMAL.get(usize::from(nibble)).copied());
        }
        out
    }

    #[inline]
    fn push_packed(&mut self, octets: &[u8], count: usize, letter: impl Fn(u8) -> Option<u8> + Copy) {
        let mut left = count;
        for group in octets.chunks(4) {
            if left == 0 {
                return;
            }
            let mut packed = [0; 4];
            for (to, from) in packed.iter_mut().zip(group) {
                *to = *from;
            }
            let mut nibbles = spread(u32::from_le_bytes(packed));
            let mut take = (group.len() * 2).min(left);
            left -= take;
            // A single filler at the very end of the group is the common odd number: not worth the slow way.
            if take > 0 && (nibbles >> (8 * (take - 1))) & 0xFF == 0x0F && letter(15).is_none() {
                take -= 1;
                nibbles &= !(0x0F << (8 * take));
            }
            // Lanes past `take` can only send a group the slow way, never into the text.
            if has_more_than_nine(nibbles) {
                nibbles.to_le_bytes().iter().take(take).filter_map(|n| letter(*n)).for_each(|c| self.push(c));
            } else {
                self.push_eight(nibbles | ASCII_ZEROS, take);
            }
        }
    }

    #[inline]
    fn push_eight(&mut self, letters: u64, take: usize) {
        let at = usize::from(self.len);
        if let Some(room) = self.text.get_mut(at..at + 8) {
            room.copy_from_slice(&letters.to_le_bytes());
            self.len += take as u8;
        } else {
            letters.to_le_bytes().iter().take(take).for_each(|c| self.push(*c));
        }
    }

    fn push(&mut self, letter: u8) {
        if let Some(room) = self.text.get_mut(usize::from(self.len)) {
            *room = letter;
            self.len += 1;
        }
    }

    /// Appends a whole character or, when there is no room for it, nothing.
    pub(crate) fn push_char(&mut self, character: char) {
        let mut utf8 = [0; 4];
        let encoded = character.encode_utf8(&mut utf8).as_bytes();
        if usize::from(self.len) + encoded.len() <= Self::CAPACITY_OCTETS {
            encoded.iter().for_each(|octet| self.push(*octet));
        }
    }

    /// The text as octets, ASCII for digits.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or("")
    }

    /// How many octets of text there are.
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether there is no text.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for Digits {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl PartialEq for Digits {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Digits {}

impl fmt::Debug for Digits {
    /// Masked: a log is no place for a subscriber's number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({} octets)", self.len)
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether TBCD octets are decimal digits and nothing else, but for a filler that ends an odd number.
#[inline(always)]
pub(crate) fn is_decimal(octets: &[u8]) -> bool {
    match (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        // Digits in both halves are looked at twice, which does no harm.
        (Some(first), Some(last)) if (5..=8).contains(&octets.len()) => {
            let packed = u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
            over_nine(if packed >> 60 == 15 { packed << 4 >> 4 } else { packed }) == 0
        }
        _ => is_decimal_one_by_one(octets),
    }
}

#[inline(never)]
fn is_decimal_one_by_one(octets: &[u8]) -> bool {
    let Some((last, before)) = octets.split_last() else { return true };
    let ends = last & 15 <= 9 && (*last >= 0xF0 || last >> 4 <= 9);
    ends && before.iter().all(|octet| octet & 15 <= 9 && octet >> 4 <= 9)
}

/// The highest bit of each nibble that is over nine: it has its eight, and its four or its two.
#[inline(always)]
const fn over_nine(nibbles: u64) -> u64 {
    nibbles & (nibbles << 1 | nibbles << 2) & 0x8888_8888_8888_8888
}

/// Eight nibbles, each in an octet of its own, first digit in the lowest.
#[inline]
const fn spread(packed: u32) -> u64 {
    let x = packed as u64;
    let x = (x | (x << 16)) & 0x0000_FFFF_0000_FFFF;
    let x = (x | (x << 8)) & 0x00FF_00FF_00FF_00FF;
    (x | (x << 4)) & 0x0F0F_0F0F_0F0F_0F0F
}

#[inline]
const fn has_more_than_nine(nibbles: u64) -> bool {
    (nibbles + 0x7676_7676_7676_7676) & 0x8080_8080_8080_8080 != 0
}

const ASCII_ZEROS: u64 = 0x3030_3030_3030_3030;
/// TS 29.002, TBCD-STRING: the code 15 is filler.
const TBCD: &[u8; 15] = b"0123456789*#abc";
const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_even_number() {
        assert_eq!(Digits::tbcd(&[0x21, 0x43, 0x65]).as_str(), "123456");
    }

    #[test]
    fn skips_the_filler_of_an_odd_number() {
        assert_eq!(Digits::tbcd(&[0x00, 0x01, 0x01, 0x00, 0x21, 0x63, 0x64, 0xF4]).as_str(), "001010001236464");
    }

    #[test]
    fn skips_filler_wherever_it_stands() {
        assert_eq!(Digits::tbcd(&[0x2F, 0xF1, 0x43, 0xFF, 0x65]).as_str(), "213456");
    }

    #[test]
    fn shows_star_hash_and_letters() {
        assert_eq!(Digits::tbcd(&[0xBA, 0xDC, 0xFE]).as_str(), "*#abc");
    }

    #[test]
    fn stops_at_the_count_even_where_no_filler_says_so() {
        let mut digits = Digits::EMPTY;
        digits.set_tbcd(&[0x05, 0x06], 3);
        assert_eq!(digits.as_str(), "506");
        digits.set_tbcd(&[0x21, 0x43, 0x65, 0x87, 0x09, 0x21], 9);
        assert_eq!(digits.as_str(), "123456789");
        digits.set_tbcd(&[], 9);
        assert_eq!(digits.as_str(), "");
    }

    #[test]
    fn drops_the_last_nibble_of_an_odd_global_title() {
        assert_eq!(Digits::bcd(&[0x21, 0x03], true).as_str(), "123");
        assert_eq!(Digits::bcd(&[0x21, 0x43, 0xF5], false).as_str(), "12345f");
        assert_eq!(Digits::bcd(&[], true).as_str(), "");
    }

    #[test]
    fn drops_what_exceeds_the_capacity() {
        assert_eq!(Digits::tbcd(&[0x11; 60]).len(), Digits::CAPACITY_OCTETS);
        assert_eq!(Digits::tbcd(&[0x1A; 60]).as_str(), "*1".repeat(20));
    }

    #[test]
    fn agrees_with_the_nibble_by_nibble_reading_on_any_octets() {
        for a in 0..=255_u8 {
            for b in [0x00, 0x9F, 0xF9, 0xAA, 0xFF] {
                let octets = [a, b, a];
                let slow: String = octets
                    .iter()
                    .flat_map(|o| [o & 15, o >> 4])
                    .filter_map(|n| TBCD.get(usize::from(n)).map(|c| char::from(*c)))
                    .collect();
                assert_eq!(Digits::tbcd(&octets).as_str(), slow);
            }
        }
    }

    #[test]
    fn tells_decimal_digits_from_anything_else_in_every_nibble() {
        let octets = [0x21, 0x43, 0x65, 0x87, 0x09, 0x21, 0x43, 0x65, 0x87, 0x09];
        for len in 0..=octets.len() {
            for (nibble, value) in (0..2 * len).flat_map(|nibble| (0..16).map(move |value| (nibble, value))) {
                let mut changed = octets;
                let shift = nibble % 2 * 4;
                changed[nibble / 2] = changed[nibble / 2] & !(0xF << shift) | value << shift;
                let filler_at_the_end = value == 15 && nibble + 1 == 2 * len;
                assert_eq!(is_decimal(&changed[..len]), value <= 9 || filler_at_the_end, "{nibble} of {len}: {value}");
            }
            assert!(is_decimal(&octets[..len]));
        }
    }

    #[test]
    fn reads_numbers_of_every_length_in_one_go_and_one_by_one_alike() {
        let octets = [0x21, 0x43, 0x65, 0x87, 0x09, 0x21, 0x43, 0x65, 0x87];
        for (len, nibble, value) in (0..=9)
            .flat_map(|len| (0..18).map(move |n| (len, n)))
            .flat_map(|(len, n)| [3, 10, 14, 15].map(|value| (len, n, value)))
        {
            let mut changed = octets;
            let shift = nibble % 2 * 4;
            changed[nibble / 2] = changed[nibble / 2] & !(0xF << shift) | value << shift;
            let octets = &changed[..len];
            for count in 0..=2 * len {
                let (mut fast, mut slow) = (Digits::EMPTY, Digits::EMPTY);
                fast.set_tbcd(octets, count);
                slow.push_packed(octets, count, |nibble| TBCD.get(usize::from(nibble)).copied());
                assert_eq!(fast.as_str(), slow.as_str(), "{octets:x?} {count}");
            }
        }
    }
}
