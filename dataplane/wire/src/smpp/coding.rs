//! How the octets of a message stand for text: `data_coding`. SMPP 3.4 §5.2.19, SMPP 5.0 §4.7.7.
//!
//! ```text
//!  00 the message centre's own     05 JIS X 0208       0a ISO-2022-JP
//!  01 IA5                          06 ISO 8859-5       0d JIS X 0212
//!  02 octets                       07 ISO 8859-8       0e KS C 5601
//!  03 ISO 8859-1                   08 UCS-2            c0-ff as TS 23.038
//!  04 octets                       09 pictograms       others reserved
//! ```
//! The message centre's own is taken for the GSM 7-bit alphabet, one septet an octet. Reserved values are read as
//! TS 23.038 codes them, as message centres that pass them on do, so that their text is seen.

use crate::sms::{Alphabet, Dcs};

/// The characters octets stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Charset {
    /// GSM 7-bit default alphabet, a septet in each octet.
    Gsm,
    /// IA5, which is ASCII.
    Ia5,
    /// ISO 8859-1.
    Latin1,
    /// ISO 8859-5.
    Cyrillic,
    /// ISO 8859-8.
    Hebrew,
    /// UCS-2, read as UTF-16.
    Ucs2,
    /// No characters.
    Octets,
    /// Characters whose tables this module does not have.
    Unread,
}

/// A `data_coding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DataCoding(pub u8);

impl DataCoding {
    /// What it says the octets are.
    pub const fn charset(self) -> Charset {
        match self.0 {
            0x00 => Charset::Gsm,
            0x01 => Charset::Ia5,
            0x03 => Charset::Latin1,
            0x06 => Charset::Cyrillic,
            0x07 => Charset::Hebrew,
            0x05 | 0x09 | 0x0a | 0x0d | 0x0e => Charset::Unread,
            other if Dcs(other).is_compressed() => Charset::Unread,
            other => match Dcs(other).alphabet() {
                _ if other == 0x02 => Charset::Octets,
                Alphabet::Gsm7 => Charset::Gsm,
                Alphabet::Data8 => Charset::Octets,
                Alphabet::Ucs2 => Charset::Ucs2,
            },
        }
    }

    /// Whether the specification leaves it open.
    #[inline]
    pub const fn is_reserved(self) -> bool {
        matches!(self.0, 0x0b | 0x0c | 0x0f..=0xbf)
    }

    /// The name in events.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0x00 => "default",
            0x01 => "ia5",
            0x02 | 0x04 => "octets",
            0x03 => "iso_8859_1",
            0x05 => "jis_x_0208",
            0x06 => "iso_8859_5",
            0x07 => "iso_8859_8",
            0x08 => "ucs2",
            0x09 => "pictogram",
            0x0a => "iso_2022_jp",
            0x0d => "jis_x_0212",
            0x0e => "ks_c_5601",
            0xc0..=0xef => "gsm_waiting",
            0xf0..=0xff => "gsm_class",
            _ => "reserved",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_characters_of_every_named_coding() {
        for (coding, charset, name) in [
            (0x00, Charset::Gsm, "default"),
            (0x01, Charset::Ia5, "ia5"),
            (0x02, Charset::Octets, "octets"),
            (0x03, Charset::Latin1, "iso_8859_1"),
            (0x04, Charset::Octets, "octets"),
            (0x05, Charset::Unread, "jis_x_0208"),
            (0x06, Charset::Cyrillic, "iso_8859_5"),
            (0x07, Charset::Hebrew, "iso_8859_8"),
            (0x08, Charset::Ucs2, "ucs2"),
            (0x0e, Charset::Unread, "ks_c_5601"),
            (0xc8, Charset::Gsm, "gsm_waiting"),
            (0xe0, Charset::Ucs2, "gsm_waiting"),
            (0xf1, Charset::Gsm, "gsm_class"),
            (0xf5, Charset::Octets, "gsm_class"),
        ] {
            assert_eq!((DataCoding(coding).charset(), DataCoding(coding).name()), (charset, name), "{coding:02x}");
            assert!(!DataCoding(coding).is_reserved());
        }
    }

    #[test]
    fn reserved_codings_are_read_as_the_phone_would() {
        for (coding, charset) in [
            (0x10, Charset::Gsm),
            (0x15, Charset::Octets),
            (0x18, Charset::Ucs2),
            (0x38, Charset::Unread),
            (0x80, Charset::Gsm),
        ] {
            assert_eq!(
                (DataCoding(coding).charset(), DataCoding(coding).name()),
                (charset, "reserved"),
                "{coding:02x}"
            );
            assert!(DataCoding(coding).is_reserved());
        }
    }
}
