//! The text of a message, in UTF-8, in memory of the caller's. TS 23.038 §6.2.1, ISO 8859-1, -5, -8, ISO 10646.
//!
//! A message in a parameter of its own may have 64 Ki octets: text that finds no room is cut, and that is told.
//! Octets that stand for nothing are U+FFFD. Septets stand one to an octet, and are read by the tables of the short
//! message, the national ones among them. There is no octet above 7F among septets: where one comes, the message
//! centre's own alphabet is another one, and the message is read as ISO 8859-1.

use super::coding::Charset;
use crate::sms::{Shift, each_character};
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

/// Writes the text of `octets` over `out`; none where there is none. The languages are those of septets only.
pub(super) fn write<'b>(charset: Charset, languages: Shift, octets: &[u8], out: &'b mut [u8]) -> Option<Text<'b>> {
    let mut sink = Sink { out, len: 0, cut: false };
    let mut anomalies = Anomalies::NONE;
    match charset {
        Charset::Gsm if octets.is_ascii() => each_character(octets, &languages.tables(), |c| sink.push(c)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smpp::Pdu;
    use crate::sms::{Context, Direction, Language, TextBuf, Tpdu};
    use proptest::prelude::*;

    const ESCAPE: u8 = 0x1b;

    fn text_of(charset: Charset, octets: &[u8]) -> Option<String> {
        write(charset, Shift::DEFAULT, octets, &mut [0; 1024]).map(|text| text.text.to_owned())
    }

    /// The text of the same septets, packed, in a TPDU; the header before them has a multiple of seven octets.
    fn text_on_the_phone(header: &[u8], septets: &[u8]) -> Option<String> {
        let mut packed = vec![0_u8; septets.len()];
        for (index, septet) in septets.iter().enumerate() {
            for bit in 0..7 {
                packed[(index * 7 + bit) / 8] |= (septet >> bit & 1) << ((index * 7 + bit) % 8);
            }
        }
        packed.truncate((septets.len() * 7).div_ceil(8));
        let (udhi, udl) = (if header.is_empty() { 0 } else { 0x40 }, header.len() / 7 * 8 + septets.len());
        let submit = [&[udhi | 1, 0, 0, 0x91, 0, 0, udl as u8][..], header, &packed].concat();
        let tpdu = Tpdu::parse(&submit, Direction::ToSc, Context::Request).expect("a submission");
        assert!(tpdu.fault.is_none() && udl <= 160, "{submit:x?}");
        let mut out = TextBuf::new();
        tpdu.text(&mut out).map(|text| text.as_str().to_owned())
    }

    /// The text of the same septets, one to an octet, in a `data_sm`, and what was noted.
    fn text_in_a_pdu(header: &[u8], septets: &[u8]) -> (Option<String>, Anomalies) {
        let esm_class = if header.is_empty() { 0 } else { 0x40 };
        let message = [header, septets].concat();
        let body = [0, 1, 1, 0, 1, 1, 0, esm_class, 0, 0, 0x04, 0x24, 0, message.len() as u8];
        let length = (16 + body.len() + message.len()) as u32;
        let head = [length, 0x103, 0, 1].map(u32::to_be_bytes);
        let octets = [head.as_flattened(), &body, &message].concat();
        let pdu = Pdu::parse(&octets).expect("well-formed");
        (pdu.text(&mut [0; 1024]).map(|text| text.text.to_owned()), pdu.anomalies)
    }

    /// Every septet by itself and after an escape, in parts that a short message with seven octets of header can hold.
    fn every_septet() -> Vec<Vec<u8>> {
        let septets: Vec<u8> = (0..0x80).filter(|s| *s != ESCAPE).flat_map(|s| [s, ESCAPE, s]).collect();
        septets.chunks(150).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn every_national_table_is_the_one_of_the_short_message() {
        let parts = every_septet();
        for (locking, single) in Language::ALL.iter().flat_map(|l| Language::ALL.iter().map(move |s| (l, s))) {
            let header = [6, 0x24, 1, single.number(), 0x25, 1, locking.number()];
            for part in &parts {
                let (text, anomalies) = text_in_a_pdu(&header, part);
                assert_eq!(text, text_on_the_phone(&header, part), "{locking:?} {single:?}");
                let reserved = !locking.has_locking() || !single.has_single();
                assert_eq!(anomalies.has(Anomaly::SmsLanguage), reserved, "{locking:?} {single:?}");
            }
        }
    }

    #[test]
    fn a_language_counts_for_septets_and_for_nothing_else() {
        // In Turkish both, "ğ" is 0C and "ş" is 73 after an escape.
        let turkish = Shift { locking: Language::Turkish, single: Language::Turkish };
        for (charset, octets, text) in [
            (Charset::Gsm, &[0x0c, ESCAPE, b's'][..], "ğş"),
            (Charset::Latin1, b"\x0cs", "\x0cs"),
            (Charset::Ucs2, &[0, 0x0c, 0, b's'], "\x0cs"),
        ] {
            let mut out = [0; 16];
            assert_eq!(write(charset, turkish, octets, &mut out).map(|text| text.text), Some(text), "{charset:?}");
        }
    }

    #[test]
    fn the_alphabet_is_the_one_of_the_short_message() {
        for part in every_septet() {
            assert_eq!(text_of(Charset::Gsm, &part), text_on_the_phone(&[], &part));
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
            let written = write(Charset::Ucs2, Shift::DEFAULT, octets, &mut out).expect("text");
            assert_eq!((written.text, written.anomalies.has(Anomaly::SmsText), written.cut), (text, odd, false));
        }
    }

    #[test]
    fn cuts_between_characters_where_there_is_no_room() {
        let mut out = [0; 4];
        let written = write(Charset::Cyrillic, Shift::DEFAULT, &[b'a', 0xd0, 0xd1, b'b'], &mut out).expect("text");
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
        fn any_septets_read_as_on_the_phone(
            septets in prop::collection::vec(0_u8..128, 1..150),
            single: u8,
            locking: u8,
        ) {
            let header = [6, 0x24, 1, single % 16, 0x25, 1, locking % 16];
            for header in [&[][..], &header] {
                prop_assert_eq!(text_in_a_pdu(header, &septets).0, text_on_the_phone(header, &septets));
            }
        }

        #[test]
        fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..300), room in 0_usize..100) {
            for charset in [Charset::Gsm, Charset::Latin1, Charset::Cyrillic, Charset::Hebrew, Charset::Ucs2] {
                let mut out = vec![0; room];
                let written = write(charset, Shift::DEFAULT, &octets, &mut out);
                prop_assert!(written.is_none_or(|text| text.text.len() <= room));
            }
        }
    }
}
