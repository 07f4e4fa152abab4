//! Digits in a text that may be a code for one use.

use std::ops::Range;

/// Digits of a code.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=8;

/// Where in a text four to eight decimal digits stand together and no more, in octets of UTF-8. Digits of any script,
/// and those of one only in a run.
pub fn codes(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = rest.find(|(_, character)| zero_of(*character).is_some())?;
            let (mut count, mut end) = (1, start + first.len_utf8());
            while let Some((at, next)) = rest.next_if(|(_, next)| zero_of(*next) == zero_of(first)) {
                (count, end) = (count + 1, at + next.len_utf8());
            }
            if LENGTHS.contains(&count) {
                return Some(start..end);
            }
        }
    })
}

/// The zero of the script whose digit this is.
fn zero_of(character: char) -> Option<u32> {
    let code = u32::from(character);
    ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))
}

/// ASCII, Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam, Thai, Lao,
/// Burmese, Khmer, of full width.
const ZEROS: [u32; 17] = [
    0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0,
    0xFF10,
];
