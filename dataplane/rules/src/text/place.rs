//! Where a part of a text's value stands in the condition, whatever escapes are before it.

use super::lexer::{RAW_OPENING, unicode_escape};
use super::refusal::Span;

/// Where bytes of a text's value stand in the condition, given where the text stands with its quotation marks.
pub(super) fn place_in(condition: &str, text: Span, value: Span) -> Span {
    let literal = text.of(condition);
    if literal.starts_with('r') {
        let start = text.start + RAW_OPENING;
        return Span::new(start + value.start, start + value.end);
    }
    let places = places(literal);
    let place = |at: usize| places.get(at).map(|p| text.start + p);
    match (place(value.start), place(value.end)) {
        (Some(start), Some(end)) => Span::new(start, end),
        _ => text,
    }
}

/// Where each byte of the value begins in a text with its quotation marks, and then the closing one.
fn places(literal: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut chars = literal.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let given = match c {
            '"' => 0,
            '\\' => match chars.next() {
                Some((_, 'u')) => unicode_escape(&mut chars).map_or(1, char::len_utf8),
                _ => 1,
            },
            c => c.len_utf8(),
        };
        places.extend((0..given).map(|_| at));
        if c == '"' {
            places.push(at);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lexeme, Token, lex};

    #[test]
    fn a_part_of_a_text_is_found_behind_escapes() {
        let found = |condition: &str, part: &str| {
            let words = lex(condition).unwrap();
            let Some(Lexeme { token: Token::Text(value), span }) = words.first() else { panic!() };
            let at = value.find(part).unwrap();
            place_in(condition, *span, Span::new(at, at + part.len())).of(condition).to_owned()
        };
        assert_eq!(found(r#""one\u{e9}\\ two é""#, "two"), "two");
        assert_eq!(found(r#""one\u{e9}\\ two é""#, "\u{e9}\\"), r"\u{e9}\\");
        assert_eq!(found(r#"r"\d(two""#, "(two"), "(two");
    }
}
