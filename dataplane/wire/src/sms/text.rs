//! Text of one message, in UTF-8, in a buffer that is used again for the next. TS 23.038 §6.2.
//!
//! Nothing is allocated. The longest text one TPDU can hold fits: 255 septets are at most 765 octets of UTF-8
//! (characters of the national language tables have up to three), 127 UCS-2 characters 381.

use super::gsm7;

/// Room for the text of one TPDU.
#[derive(Clone)]
pub struct TextBuf {
    text: [u8; Self::CAPACITY_OCTETS],
    len: usize,
}

/// Octets at the front into which septets are unpacked: the most there can be, and one group more.
const UNPACKING_OCTETS: usize = gsm7::SEPTETS_MAX + 16;

impl TextBuf {
    /// Three octets for each of 256 characters.
    pub const CAPACITY_OCTETS: usize = 768;

    /// No text.
    pub const fn new() -> Self {
        Self { text: [0; Self::CAPACITY_OCTETS], len: 0 }
    }

    /// The text as octets of UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or(&[])
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or("")
    }

    /// Whether there is no text.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Octets of UTF-8.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn unpacking_room(&mut self) -> Option<&mut [u8; UNPACKING_OCTETS]> {
        self.text.first_chunk_mut()
    }

    #[inline]
    pub(super) fn set_len(&mut self, len: usize) {
        self.len = len.min(Self::CAPACITY_OCTETS);
    }

    #[inline]
    pub(super) fn push_octets(&mut self, octets: &[u8]) {
        if let Some(room) = self.text.get_mut(self.len..self.len + octets.len()) {
            room.copy_from_slice(octets);
            self.len += octets.len();
        }
    }

    #[inline]
    pub(super) fn push(&mut self, character: char) {
        self.push_octets(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Writes UCS-2 over what was held. Pairs of surrogates are one character, as phones show them;
    /// half a pair and an odd octet at the end are U+FFFD.
    pub(super) fn set_ucs2(&mut self, octets: &[u8]) {
        self.len = 0;
        let (units, odd) = octets.as_chunks::<2>();
        let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
        char::decode_utf16(units).for_each(|unit| self.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        if !odd.is_empty() {
            self.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Whether these are whole 16-bit units, and their surrogates pairs. Without a surrogate, which is nearly always,
/// one look at each unit.
#[inline]
pub(super) fn is_whole_utf16(octets: &[u8]) -> bool {
    let (units, odd) = octets.as_chunks::<2>();
    let surrogates = units.iter().fold(false, |found, [high, _]| found | (high & 0xF8 == 0xD8));
    let pairs = || char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))).all(|unit| unit.is_ok());
    odd.is_empty() && (!surrogates || pairs())
}

impl Default for TextBuf {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::{Language, Shift, Tables};
    use super::*;

    fn text_of(octets: &[u8]) -> String {
        let mut out = TextBuf::new();
        out.set_ucs2(octets);
        out.as_str().to_owned()
    }

    #[test]
    fn round_trips_ucs2_and_pairs_of_surrogates() {
        let text = "Привет 你好 a\u{1F600}b";
        let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text_of(&octets), text);
    }

    #[test]
    fn replaces_lone_surrogates_and_an_odd_octet_and_nothing_else() {
        assert_eq!(text_of(&[0, 0x41, 0xD8, 0x3D, 0, 0x42, 0xDE, 0, 0, 0x43, 0x0D]), "A\u{FFFD}B\u{FFFD}C\u{FFFD}");
    }

    #[test]
    fn holds_the_longest_text_of_one_message() {
        assert_eq!(text_of(&[0x6D, 0x4B].repeat(127)), "测".repeat(127));
        let mut out = TextBuf::new();
        gsm7::decode(&[0xFF; 224], 0, 255, &Tables::DEFAULT, &mut out);
        assert_eq!(out.as_str(), "à".repeat(255));
        let hindi = Shift { locking: Language::Hindi, single: Language::Hindi }.tables();
        gsm7::decode(&[0; 224], 0, 255, &hindi, &mut out);
        assert_eq!(out.as_str(), "\u{901}".repeat(255));
    }
}
