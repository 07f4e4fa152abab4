//! The characters of the GSM 7-bit alphabets. TS 23.038 §6.2.1, annex A.
//!
//! ```text
//!   a septet                 locking shift table, or the default alphabet
//!   1B and a septet          single shift table, or the default extension; where that has none, as without 1B
//! ```
//! Which tables, says the user data header: element 24 the single shift one, 25 the locking shift one. The annex
//! itself is in `national`; what a locking shift table leaves open is a space.

use super::national;
use crate::numbered::numbered;

numbered! {
    /// A national language identifier. TS 23.038 §6.2.1.2.4; all others, 0 in a message among them, are reserved.
    Language: u8 {
        /// The tables without an identifier.
        Default = 0 "default",
        /// Tables A.2.1, A.3.1.
        Turkish = 1 "turkish",
        /// Table A.2.2; there is no locking shift table.
        Spanish = 2 "spanish",
        /// Tables A.2.3, A.3.3.
        Portuguese = 3 "portuguese",
        /// Tables A.2.4, A.3.4; Assamese as well.
        Bengali = 4 "bengali",
        /// Tables A.2.5, A.3.5.
        Gujarati = 5 "gujarati",
        /// Tables A.2.6, A.3.6.
        Hindi = 6 "hindi",
        /// Tables A.2.7, A.3.7.
        Kannada = 7 "kannada",
        /// Tables A.2.8, A.3.8.
        Malayalam = 8 "malayalam",
        /// Tables A.2.9, A.3.9.
        Oriya = 9 "oriya",
        /// Tables A.2.10, A.3.10.
        Punjabi = 10 "punjabi",
        /// Tables A.2.11, A.3.11.
        Tamil = 11 "tamil",
        /// Tables A.2.12, A.3.12.
        Telugu = 12 "telugu",
        /// Tables A.2.13, A.3.13.
        Urdu = 13 "urdu",
    }
}

impl Language {
    /// Whether a header may name it for a locking shift.
    #[inline]
    pub const fn has_locking(self) -> bool {
        self.has_single() && self.number() != Self::Spanish.number()
    }

    /// Whether a header may name it for a single shift.
    #[inline]
    pub const fn has_single(self) -> bool {
        matches!(self.number(), 1..=13)
    }
}

/// The languages a user data header chooses; a reserved one counts as the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shift {
    /// For septets by themselves.
    pub locking: Language,
    /// For septets after an escape.
    pub single: Language,
}

impl Shift {
    /// The alphabet of a message without a choice.
    pub const DEFAULT: Self = Self { locking: Language::Default, single: Language::Default };

    /// The tables of both languages.
    pub(crate) fn tables(self) -> Tables {
        let (locking, single) = (locking_table(self.locking), single_table(self.single));
        Tables { locking, single, is_default: !self.locking.has_locking() }
    }
}

/// The escape to the extension table.
pub(super) const ESCAPE: u8 = 0x1B;

type Table = &'static [char; 128];

/// One table for septets by themselves, one for those after an escape.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    locking: Table,
    single: Table,
    /// Whether septets by themselves are those of the default alphabet.
    pub is_default: bool,
}

impl Tables {
    pub const DEFAULT: Self = Self { locking: &DEFAULT, single: &EXTENSION, is_default: true };

    /// The character of a septet; the escape by itself is a space (§6.2.1, note 1), as is a code without a character.
    #[inline]
    pub fn character(&self, septet: u8) -> char {
        match self.locking.get(usize::from(septet)) {
            Some('\0') | None => ' ',
            Some(character) => *character,
        }
    }

    /// The character after an escape. Where the table has none the other one's stands, as on the phone
    /// (§6.2.1.1, note 1); after two escapes a space.
    #[inline]
    pub fn escaped(&self, septet: u8) -> char {
        match self.single.get(usize::from(septet)) {
            Some('\0') | None => self.character(septet),
            Some(character) => *character,
        }
    }

    /// The septet of a character, and whether an escape comes before it.
    pub fn septet(&self, character: char) -> Option<(bool, u8)> {
        let place = |table: Table| table.iter().position(|known| *known == character).map(|at| at as u8);
        if character == '\0' {
            return None;
        }
        let escaped = || place(self.single).map(|septet| (true, septet));
        place(self.locking).map(|septet| (false, septet)).or_else(escaped)
    }
}

fn locking_table(language: Language) -> Table {
    match language {
        Language::Turkish => &national::TURKISH_LOCKING,
        Language::Portuguese => &national::PORTUGUESE_LOCKING,
        Language::Bengali => &national::BENGALI_LOCKING,
        Language::Gujarati => &national::GUJARATI_LOCKING,
        Language::Hindi => &national::HINDI_LOCKING,
        Language::Kannada => &national::KANNADA_LOCKING,
        Language::Malayalam => &national::MALAYALAM_LOCKING,
        Language::Oriya => &national::ORIYA_LOCKING,
        Language::Punjabi => &national::PUNJABI_LOCKING,
        Language::Tamil => &national::TAMIL_LOCKING,
        Language::Telugu => &national::TELUGU_LOCKING,
        Language::Urdu => &national::URDU_LOCKING,
        _ => &DEFAULT,
    }
}

fn single_table(language: Language) -> Table {
    match language {
        Language::Turkish => &national::TURKISH_SINGLE,
        Language::Spanish => &national::SPANISH_SINGLE,
        Language::Portuguese => &national::PORTUGUESE_SINGLE,
        Language::Bengali => &national::BENGALI_SINGLE,
        Language::Gujarati => &national::GUJARATI_SINGLE,
        Language::Hindi => &national::HINDI_SINGLE,
        Language::Kannada => &national::KANNADA_SINGLE,
        Language::Malayalam => &national::MALAYALAM_SINGLE,
        Language::Oriya => &national::ORIYA_SINGLE,
        Language::Punjabi => &national::PUNJABI_SINGLE,
        Language::Tamil => &national::TAMIL_SINGLE,
        Language::Telugu => &national::TELUGU_SINGLE,
        Language::Urdu => &national::URDU_SINGLE,
        _ => &EXTENSION,
    }
}

/// The GSM 7-bit default alphabet. §6.2.1.
static DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\0', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// Its extension. §6.2.1.1.
static EXTENSION: [char; 128] = {
    let mut table = ['\0'; 128];
    table[0x0A] = '\u{c}';
    table[0x14] = '^';
    table[0x28] = '{';
    table[0x29] = '}';
    table[0x2F] = '\\';
    table[0x3C] = '[';
    table[0x3D] = '~';
    table[0x3E] = ']';
    table[0x40] = '|';
    table[0x65] = '€';
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_control_characters_and_the_space_in_their_places() {
        for language in Language::ALL {
            let tables = Shift { locking: *language, single: *language }.tables();
            assert_eq!([0x0A, 0x0D, 0x20].map(|septet| tables.character(septet)), ['\n', '\r', ' '], "{language:?}");
            assert_eq!((tables.escaped(0x0A), tables.escaped(ESCAPE)), ('\u{c}', ' '), "{language:?}");
        }
    }

    #[test]
    fn a_character_is_found_where_it_is_read() {
        for (locking, single) in Language::ALL.iter().flat_map(|l| Language::ALL.iter().map(move |s| (*l, *s))) {
            let tables = Shift { locking, single }.tables();
            for character in (0..128).flat_map(|septet| [tables.character(septet), tables.escaped(septet)]) {
                let read = match tables.septet(character) {
                    Some((true, septet)) => tables.escaped(septet),
                    Some((false, septet)) => tables.character(septet),
                    None => panic!("{character:?} of {locking:?} and {single:?} is not found"),
                };
                assert_eq!(read, character, "{locking:?} {single:?}");
            }
        }
    }

    #[test]
    fn where_sources_differ_the_clause_is_followed() {
        let tables = |language| Shift { locking: language, single: language }.tables();
        assert_eq!(
            (tables(Language::Bengali).character(0x2C), tables(Language::Malayalam).character(0x2E)),
            (',', '.')
        );
        assert_eq!((tables(Language::Kannada).escaped(0x3C), tables(Language::Telugu).escaped(0x65)), ('[', '€'));
    }

    #[test]
    fn a_reserved_language_is_the_default_one() {
        let reserved = Language::from_number(14);
        assert!(!reserved.has_locking() && !reserved.has_single() && !Language::Spanish.has_locking());
        let tables = Shift { locking: Language::Spanish, single: reserved }.tables();
        assert_eq!((tables.character(0x60), tables.escaped(0x65), tables.is_default), ('¿', '€', true));
    }
}
