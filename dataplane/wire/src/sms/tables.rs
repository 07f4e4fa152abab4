//! The characters of the GSM 7-bit alphabet. TS 23.038 §6.2.1.
//!
//! Two tables: the default alphabet and its extension after an escape (1B). The national language tables of
//! annex A, which a user data header may choose (elements 24 and 25), belong beside them.

/// The escape to the extension table.
pub(super) const ESCAPE: u8 = 0x1B;

/// A character of the default alphabet; the escape by itself is a space (§6.2.1, note 1).
#[inline]
pub(super) fn default_character(septet: u8) -> char {
    DEFAULT.get(usize::from(septet)).copied().unwrap_or(' ')
}

/// The character after an escape. Where the extension has none the default table's stands,
/// as on the phone (§6.2.1.1, note 1); after two escapes a space.
#[inline]
pub(super) fn extension_character(septet: u8) -> char {
    match septet {
        0x0A => '\u{c}',
        0x14 => '^',
        0x28 => '{',
        0x29 => '}',
        0x2F => '\\',
        0x3C => '[',
        0x3D => '~',
        0x3E => ']',
        0x40 => '|',
        0x65 => '€',
        _ => default_character(septet),
    }
}

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
