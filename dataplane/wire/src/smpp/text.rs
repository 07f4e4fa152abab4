//! The text of a message, in UTF-8, in memory of the caller's. TS 23.038 §6.2.1, ISO 8859-1, -5, -8, ISO 10646.
//!
//! A message in a parameter of its own may have 64 Ki octets: text that finds no room is cut, and that is told.
//! Octets that stand for nothing are U+FFFD. An alphabet of septets has no octet above 7F: where one comes, the
//! message centre's own alphabet is another one, and the message is read as ISO 8859-1.

use super::coding::Charset;
use crate::{Anomalies, Anomaly};

/// The text of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'b> {
    /// What was written.
    pub text: &'b str,
    /// Whether there was more than room.
    pub cut: bool,
    /// Half characters and half pairs.
    pub anomalies: Anomalies,
}

/// Writes the text of `octets` over `out`; none where there is none.
pub(super) fn write<'b>(charset: Charset, octets: &[u8], out: &'b mut [u8]) -> Option<Text<'b>> {
    let mut sink = Sink { out, len: 0, cut: false };
    let mut anomalies = Anomalies::NONE;
    match charset {
        Charset::Gsm if octets.is_ascii() => gsm(octets, &mut sink),
        Charset::Gsm | Charset::Ia5 | Charset::Latin1 => one_each(octets, &mut sink, char::from),
        Charset::Cyrillic => one_each(octets, &mut sink, cyrillic),
        Charset::Hebrew => one_each(octets, &mut sink, hebrew),
        Charset::Ucs2 => anomalies.note_if(!ucs2(octets, &mut sink), Anomaly::SmsText),
        Charset::Octets | Charset::Unread => return None,
    }
    let Sink { out, len, cut } = sink;
    let text = core::str::from_utf8(out.get(..len)?).ok()?;
    if text.is_empty() { None } else { Some(Text { text, cut, anomalies }) }
}

struct Sink<'b> {
    out: &'b mut [u8],
    len: usize,
    cut: bool,
}

impl Sink<'_> {
    #[inline]
    fn push(&mut self, character: char) {
        let mut buffer = [0; 4];
        let octets = character.encode_utf8(&mut buffer).as_bytes();
        match self.out.get_mut(self.len..).and_then(|room| room.get_mut(..octets.len())) {
            // After a character that found no room no shorter one may follow.
            Some(room) if !self.cut => {
                room.copy_from_slice(octets);
                self.len += octets.len();
            }
            _ => self.cut = true,
        }
    }
}

fn one_each(octets: &[u8], sink: &mut Sink<'_>, character: impl Fn(u8) -> char) {
    octets.iter().for_each(|octet| sink.push(character(*octet)));
}

/// An escape at the end, or before another, is a space: TS 23.038 §6.2.1, note 1.
fn gsm(septets: &[u8], sink: &mut Sink<'_>) {
    let mut escaped = false;
    for septet in septets {
        if *septet == ESCAPE && !escaped {
            escaped = true;
            continue;
        }
        sink.push(if escaped { extension(*septet) } else { default(*septet) });
        escaped = false;
    }
    if escaped {
        sink.push(default(ESCAPE));
    }
}

/// Returns whether all of it was characters.
fn ucs2(octets: &[u8], sink: &mut Sink<'_>) -> bool {
    let (units, odd) = octets.as_chunks::<2>();
    let mut whole = odd.is_empty();
    for character in char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))) {
        whole &= character.is_ok();
        sink.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !odd.is_empty() {
        sink.push(char::REPLACEMENT_CHARACTER);
    }
    whole
}

/// ISO 8859-5: the characters of U+0400 in their order, but for four.
fn cyrillic(octet: u8) -> char {
    match octet {
        ..=0xa0 | 0xad => char::from(octet),
        0xf0 => '№',
        0xfd => '§',
        _ => char::from_u32(0x0360 + u32::from(octet)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// ISO 8859-8 of 1999: the letters in their order from E0 on.
fn hebrew(octet: u8) -> char {
    match octet {
        0xaa => '×',
        0xba => '÷',
        0xdf => '‗',
        0xe0..=0xfa => char::from_u32(0x05d0 - 0xe0 + u32::from(octet)).unwrap_or(char::REPLACEMENT_CHARACTER),
        0xfd => '\u{200e}',
        0xfe => '\u{200f}',
        0xa1 | 0xbf..=0xde | 0xfb | 0xfc | 0xff => char::REPLACEMENT_CHARACTER,
        _ => char::from(octet),
    }
}

fn default(septet: u8) -> char {
    DEFAULT.get(usize::from(septet)).copied().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Where the extension has no character the default table's stands: TS 23.038 §6.2.1.1, note 1.
fn extension(septet: u8) -> char {
    match septet {
        0x0a => '\u{c}',
        0x14 => '^',
        0x28 => '{',
        0x29 => '}',
        0x2f => '\\',
        0x3c => '[',
        0x3d => '~',
        0x3e => ']',
        0x40 => '|',
        0x65 => '€',
        _ => default(septet),
    }
}

const ESCAPE: u8 = 0x1b;
const DEFAULT: &[char; 128] = &[
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::{Direction, TextBuf, Tpdu};
    use proptest::prelude::*;

    fn text_of(charset: Charset, octets: &[u8]) -> Option<String> {
        write(charset, octets, &mut [0; 1024]).map(|text| text.text.to_owned())
    }

    /// The text of the same septets, packed, in a TPDU.
    fn text_on_the_phone(septets: &[u8]) -> Option<String> {
        let mut packed = vec![0_u8; septets.len()];
        for (index, septet) in septets.iter().enumerate() {
            for bit in 0..7 {
                packed[(index * 7 + bit) / 8] |= (septet >> bit & 1) << ((index * 7 + bit) % 8);
            }
        }
        packed.truncate((septets.len() * 7).div_ceil(8));
        let submit = [&[1, 0, 0, 0x91, 0, 0, septets.len() as u8][..], &packed].concat();
        let tpdu = Tpdu::parse(&submit, Direction::ToSc, crate::sms::Context::Request).expect("a submission");
        let mut out = TextBuf::new();
        tpdu.text(&mut out).map(|text| text.as_str().to_owned())
    }

    #[test]
    fn the_alphabet_is_the_one_of_the_short_message() {
        let septets: Vec<u8> = (0..0x7f).filter(|s| *s != ESCAPE).flat_map(|s| [s, ESCAPE, s]).collect();
        for part in septets.chunks(150) {
            assert_eq!(text_of(Charset::Gsm, part), text_on_the_phone(part));
        }
    }

    #[test]
    fn shows_a_space_for_two_escapes_and_for_one_at_the_end() {
        assert_eq!(text_of(Charset::Gsm, &[0x41, ESCAPE, ESCAPE, 0x42, ESCAPE]).as_deref(), Some("A B "));
    }

    #[test]
    fn octets_beyond_septets_are_latin_1() {
        assert_eq!(text_of(Charset::Gsm, b"a@\xe9").as_deref(), Some("a@é"));
        assert_eq!(text_of(Charset::Ia5, b"a@\xe9").as_deref(), Some("a@é"));
    }

    #[test]
    fn notes_half_a_pair_and_half_a_character() {
        for (octets, text, odd) in [
            (&[0xd8, 0x3d, 0xde, 0x00][..], "😀", false),
            (&[0xd8, 0x3d, 0, 0x42], "\u{fffd}B", true),
            (&[0, 0x41, 0], "A\u{fffd}", true),
        ] {
            let mut out = [0; 64];
            let written = write(Charset::Ucs2, octets, &mut out).expect("text");
            assert_eq!((written.text, written.anomalies.has(Anomaly::SmsText), written.cut), (text, odd, false));
        }
    }

    #[test]
    fn cuts_between_characters_where_there_is_no_room() {
        let mut out = [0; 4];
        let written = write(Charset::Cyrillic, &[b'a', 0xd0, 0xd1, b'b'], &mut out).expect("text");
        assert_eq!((written.text, written.cut), ("a\u{430}", true));
    }

    #[test]
    fn there_is_no_text_in_octets_nor_where_the_tables_are_missing() {
        for charset in [Charset::Octets, Charset::Unread] {
            assert_eq!(text_of(charset, b"text"), None);
        }
        assert_eq!(text_of(Charset::Gsm, b""), None);
    }

    proptest! {
        #[test]
        fn any_septets_read_as_on_the_phone(septets in prop::collection::vec(0_u8..128, 1..160)) {
            prop_assert_eq!(text_of(Charset::Gsm, &septets), text_on_the_phone(&septets));
        }

        #[test]
        fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..300), room in 0_usize..100) {
            for charset in [Charset::Gsm, Charset::Latin1, Charset::Cyrillic, Charset::Hebrew, Charset::Ucs2] {
                let mut out = vec![0; room];
                let written = write(charset, &octets, &mut out);
                prop_assert!(written.is_none_or(|text| text.text.len() <= room));
            }
        }
    }
}
