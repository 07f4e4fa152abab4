//! Text in a TOML file, with the place in the file of each of its bytes, so that an error in a condition points at
//! the very word, whatever quotation marks and escapes are around it.

use std::ops::Range;

/// A string of a TOML file.
#[derive(Clone, Debug)]
pub(crate) struct Quoted {
    /// What it says.
    pub(crate) value: String,
    /// Where it stands, quotation marks included.
    pub(crate) range: Range<usize>,
    /// Where each byte of the value stands in the file, and then the closing mark.
    places: Vec<usize>,
}

impl Quoted {
    /// From the value TOML gives and the range at which it stands in the text.
    pub(crate) fn new(value: &str, text: &str, range: Range<usize>) -> Self {
        let raw = text.get(range.clone()).unwrap_or("");
        let places = places(raw, range.start);
        // Should the two readings ever differ, errors point at the whole string.
        let places = if places.len() == value.len() + 1 { places } else { Vec::new() };
        Self { value: value.to_owned(), range, places }
    }

    /// Where bytes of the value stand in the file.
    pub(crate) fn place_of(&self, start: usize, end: usize) -> Range<usize> {
        let first = self.places.get(start);
        let after = if end > start { self.places.get(end).copied() } else { first.copied() };
        match (first, after) {
            (Some(&first), Some(after)) => first..after.max(first),
            _ => self.range.clone(),
        }
    }
}

/// The place of every byte a string stands for (TOML 1.0, "String").
fn places(raw: &str, start: usize) -> Vec<usize> {
    let (mark, len) = match raw.as_bytes() {
        [b'"', b'"', b'"', ..] => (b'"', 3),
        [b'\'', b'\'', b'\'', ..] => (b'\'', 3),
        [b'"', ..] => (b'"', 1),
        _ => (b'\'', 1),
    };
    let end = raw.len().saturating_sub(len);
    let body = raw.get(..end).unwrap_or("");
    let mut at = len.min(end);
    // A line feed right after the opening marks of several lines is not part of the text.
    if len == 3 {
        let rest = body.get(at..).unwrap_or("");
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    let mut places = Vec::new();
    while let Some(rest) = body.get(at..).filter(|r| !r.is_empty()) {
        let (taken, given) = if mark == b'"' && rest.starts_with('\\') { escape(rest) } else { plain(rest) };
        // Bytes of a character written as itself have places of their own.
        places.extend((0..given).map(|n| start + at + if taken == given { n } else { 0 }));
        at += taken;
    }
    places.push(start + end);
    places
}

/// Bytes taken from the file and bytes given to the value by a character that stands for itself.
fn plain(rest: &str) -> (usize, usize) {
    let len = rest.chars().next().map_or(1, char::len_utf8);
    (len, len)
}

/// The same for an escape.
fn escape(rest: &str) -> (usize, usize) {
    let digits = |n: usize| {
        let code = rest.get(2..2 + n).and_then(|d| u32::from_str_radix(d, 16).ok());
        (2 + n, code.and_then(char::from_u32).map_or(1, char::len_utf8))
    };
    match rest.as_bytes().get(1) {
        Some(b'x') => digits(2),
        Some(b'u') => digits(4),
        Some(b'U') => digits(8),
        // A backslash at the end of a line takes all blanks up to the next word.
        Some(b' ' | b'\t' | b'\n' | b'\r') => {
            let after = rest.get(1..).unwrap_or("");
            (1 + after.len() - after.trim_start_matches([' ', '\t', '\n', '\r']).len(), 0)
        }
        _ => (2, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where `word` of the value of `key` is found in the file.
    fn found(text: &str, word: &str) -> String {
        let table = toml::de::DeTable::parse(text).unwrap();
        let value = table.get_ref().get("key").unwrap();
        let quoted = Quoted::new(value.get_ref().as_str().unwrap(), text, value.span());
        let at = quoted.value.find(word).unwrap();
        text[quoted.place_of(at, at + word.len())].to_owned()
    }

    #[test]
    fn a_word_is_found_in_every_kind_of_string() {
        for text in [
            "key = 'one two three'",
            "key = \"one two three\"",
            "key = '''\none\ntwo three'''",
            "key = \"\"\"one \\\n      two three\"\"\"",
            "key = \"\"\"\none\r\ntwo three\"\"\"",
            "a = 1\nkey = \"\\u00e9\\t\\\"one\\\" \u{e9} two three\"",
        ] {
            assert_eq!(found(text, "two"), "two", "{text}");
            assert_eq!(found(text, "three"), "three", "{text}");
        }
    }

    #[test]
    fn a_word_with_an_escape_in_it_is_found_whole() {
        assert_eq!(found(r#"key = "sms.oa == \"Bank\" and""#, "\"Bank\""), r#"\"Bank\""#);
        assert_eq!(found(r#"key = "x caf\u00e9 y""#, "caf\u{e9}"), r"caf\u00e9");
    }

    #[test]
    fn the_end_of_the_text_is_its_closing_mark() {
        let text = "key = \"one\"";
        let quoted = Quoted::new("one", text, 6..11);
        assert_eq!((quoted.place_of(3, 3), quoted.place_of(0, 3)), (10..10, 7..10));
        assert_eq!(quoted.place_of(40, 50), 6..11, "what is not in the text points at all of it");
    }
}
