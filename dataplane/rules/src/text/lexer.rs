//! The words of a condition.
//!
//! ```text
//! name      map.op  list  and        letters, digits and _ ; words joined by single dots
//! variable  $home_cc
//! number    12  -3  0x40
//! text      "a \"b\" \\ \n \t \u{1F4B0}"
//! raw text  r"\d{4,6}"              every character stands for itself; ends at the next quotation mark
//! octets    x"91 44 77"              pairs of hexadecimal digits, blanks between them as you like
//! symbols   == != < <= > >= ~ && || ! ( ) { } .. ,
//! ```
//!
//! Lexer and parser are written by hand rather than with a combinator crate: what is expected next depends on the
//! field at the left, each message names it, and both together are shorter than the adapters for that would be.

use super::refusal::{Refusal, Span};

/// A word with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Lexeme<'t> {
    /// The word.
    pub token: Token<'t>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of words.
#[derive(Clone, Debug, PartialEq)]
pub enum Token<'t> {
    /// A name or a word of the language.
    Name(&'t str),
    /// `$name`, without the dollar sign.
    Variable(&'t str),
    /// A number.
    Number(i128),
    /// Text, its escapes resolved.
    Text(String),
    /// Octets.
    Octets(Vec<u8>),
    /// Anything that is not letters.
    Symbol(Symbol),
    /// After the last word.
    End,
}

macro_rules! symbols {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// What is not letters. Of two that start alike the longer stands first in the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Symbol { $($name),+ }

        impl Symbol {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As it is written.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

symbols! {
    Equal = "==", NotEqual = "!=", LessOrEqual = "<=", GreaterOrEqual = ">=", And = "&&", Or = "||", Range = "..",
    Less = "<", Greater = ">", Like = "~", Not = "!", Open = "(", Close = ")", OpenSet = "{", CloseSet = "}", Comma = ",",
}

/// Splits a condition into words; the last one is [`Token::End`].
pub fn lex(text: &str) -> Result<Vec<Lexeme<'_>>, Refusal> {
    if text.len() > super::CONDITION_OCTETS_MAX {
        let all = Span::new(0, text.len());
        let limit = format!("at most {} octets", super::CONDITION_OCTETS_MAX);
        return Err(Refusal::new(all, "the condition is too long", limit).help("put values into a list"));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut words = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.at;
        let token = lexer.word()?;
        let ended = token == Token::End;
        words.push(Lexeme { token, span: Span::new(start, lexer.at) });
        if ended {
            return Ok(words);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or("")
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn word(&mut self) -> Result<Token<'t>, Refusal> {
        let rest = self.rest();
        let mut chars = rest.chars();
        let Some(first) = chars.next() else { return Ok(Token::End) };
        let second = chars.next();
        match first {
            '"' => self.quoted().map(Token::Text),
            'x' if second == Some('"') => self.octets(),
            'r' if second == Some('"') => self.raw().map(Token::Text),
            '$' => self.variable(),
            '0'..='9' => self.number(),
            '-' if second.is_some_and(|c| c.is_ascii_digit()) => self.number(),
            c if is_name_start(c) => Ok(Token::Name(self.name())),
            _ => self.symbol(),
        }
    }

    fn name(&mut self) -> &'t str {
        let start = self.at;
        self.take_while(is_name_part);
        while let Some(after) = self.rest().strip_prefix('.').filter(|after| after.starts_with(is_name_part)) {
            self.at = self.text.len() - after.len();
            self.take_while(is_name_part);
        }
        self.text.get(start..self.at).unwrap_or("")
    }

    fn variable(&mut self) -> Result<Token<'t>, Refusal> {
        let start = self.at;
        self.at += 1;
        let name = self.take_while(is_name_part);
        if name.is_empty() {
            return Err(self.refusal(
                start,
                "a dollar sign without a name",
                "the name of a variable, such as $home_cc",
            ));
        }
        Ok(Token::Variable(name))
    }

    fn number(&mut self) -> Result<Token<'t>, Refusal> {
        let start = self.at;
        let negative = self.rest().starts_with('-');
        self.at += usize::from(negative);
        let digits = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let magnitude = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        let Ok(magnitude) = magnitude else {
            let message = format!("`{}` is not a number", Span::new(start, self.at).of(self.text));
            let expected = "a number up to 18446744073709551615, decimal or with 0x in front";
            let refusal = self.refusal(start, message, expected);
            return Err(refusal.help("digits of an address are text: put them in quotes"));
        };
        let value = i128::from(magnitude);
        Ok(Token::Number(if negative { -value } else { value }))
    }

    fn quoted(&mut self) -> Result<String, Refusal> {
        let start = self.at;
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + offset + 1;
                    return Ok(value);
                }
                '\\' => {
                    let escaped = chars.next();
                    let unicode = if let Some((_, 'u')) = escaped { unicode_escape(&mut chars) } else { None };
                    value.push(self.escape(start + offset, escaped.map(|(_, c)| c), unicode)?);
                }
                c => value.push(c),
            }
        }
        self.at = self.text.len();
        Err(self.refusal(start, "the text has no end", "a closing quotation mark"))
    }

    fn escape(&self, at: usize, escaped: Option<char>, unicode: Option<char>) -> Result<char, Refusal> {
        match escaped {
            Some(c @ ('"' | '\\')) => Ok(c),
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some('r') => Ok('\r'),
            Some('u') if unicode.is_some() => Ok(unicode.unwrap_or_default()),
            other => {
                let end = at + 1 + other.map_or(0, char::len_utf8);
                let expected = r#"one of \" \\ \n \r \t \u{...}"#;
                let refusal = Refusal::new(Span::new(at, end), "an escape that does not exist", expected);
                Err(refusal.help("in r\"...\" every backslash stands for itself"))
            }
        }
    }

    fn raw(&mut self) -> Result<String, Refusal> {
        let start = self.at;
        self.at += RAW_OPENING;
        let value = self.take_while(|c| c != '"').to_owned();
        if !self.rest().starts_with('"') {
            return Err(self.refusal(start, "the text has no end", "a closing quotation mark"));
        }
        self.at += 1;
        Ok(value)
    }

    fn octets(&mut self) -> Result<Token<'t>, Refusal> {
        let start = self.at;
        self.at += 1;
        let quoted = self.quoted()?;
        let digits: Vec<u32> = quoted.chars().filter(|c| !c.is_whitespace()).filter_map(|c| c.to_digit(16)).collect();
        let only_digits = quoted.chars().all(|c| c.is_whitespace() || c.is_ascii_hexdigit());
        if !only_digits || digits.is_empty() || !digits.len().is_multiple_of(2) {
            let expected = "pairs of hexadecimal digits, such as x\"91 44\"";
            return Err(self.refusal(start, "these are not octets", expected));
        }
        let (pairs, _) = digits.as_chunks::<2>();
        Ok(Token::Octets(pairs.iter().map(|[high, low]| (high << 4 | low) as u8).collect()))
    }

    fn symbol(&mut self) -> Result<Token<'t>, Refusal> {
        let start = self.at;
        let rest = self.rest();
        if let Some(&symbol) = Symbol::ALL.iter().find(|s| rest.starts_with(s.text())) {
            self.at += symbol.text().len();
            return Ok(Token::Symbol(symbol));
        }
        let wrong = rest.chars().next().unwrap_or_default();
        self.at += wrong.len_utf8();
        let help = match wrong {
            '=' => Some("equality is written =="),
            '&' => Some("conjunction is written && or `and`"),
            '|' => Some("disjunction is written || or `or`"),
            '\'' => Some("text stands in double quotation marks"),
            '^' => Some("a beginning is tested with starts_with, a part with contains"),
            _ => None,
        };
        let mut refusal =
            self.refusal(start, format!("`{wrong}` means nothing here"), "a name, a value or an operator");
        refusal.help = help.map(str::to_owned);
        Err(refusal)
    }

    fn refusal(&self, start: usize, message: impl Into<String>, expected: &str) -> Refusal {
        Refusal::new(Span::new(start, self.at), message, expected)
    }
}

/// Bytes before the value of a raw text.
pub(super) const RAW_OPENING: usize = 2;

/// `{1F4B0}` after `\u`.
pub(super) fn unicode_escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    const DIGITS_MAX: usize = 6;
    chars.next().filter(|(_, c)| *c == '{')?;
    let mut code = 0;
    for _ in 0..=DIGITS_MAX {
        match chars.next()?.1 {
            '}' => return char::from_u32(code),
            c => code = code << 4 | c.to_digit(16)?,
        }
    }
    None
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        lex(text).unwrap().into_iter().map(|l| l.token).collect()
    }

    #[test]
    fn splits_names_numbers_texts_and_octets() {
        assert_eq!(
            tokens(r#"map.op==0x2E&&$cc "a\"\u{e9}" x"91 f4" 1..-2"#),
            [
                Token::Name("map.op"),
                Token::Symbol(Symbol::Equal),
                Token::Number(46),
                Token::Symbol(Symbol::And),
                Token::Variable("cc"),
                Token::Text("a\"é".into()),
                Token::Octets(vec![0x91, 0xF4]),
                Token::Number(1),
                Token::Symbol(Symbol::Range),
                Token::Number(-2),
                Token::End,
            ]
        );
    }

    #[test]
    fn raw_text_needs_no_second_backslash() {
        assert_eq!(tokens(r#"r"\d\" ~ "\\d""#)[0..2], [Token::Text(r"\d\".into()), Token::Symbol(Symbol::Like)]);
        assert_eq!(tokens("r"), [Token::Name("r"), Token::End]);
        assert_eq!(lex("a ~ r\"b").unwrap_err().span, Span::new(4, 7));
    }

    #[test]
    fn says_where_a_text_without_end_begins() {
        let refusal = lex("sms.oa == \"abc").unwrap_err();
        assert_eq!(refusal.span, Span::new(10, 14));
        assert_eq!(refusal.expected, "a closing quotation mark");
    }

    #[test]
    fn refuses_escapes_numbers_octets_and_signs_that_do_not_exist() {
        for (text, start, end) in [
            (r#""a\q""#, 2, 4),
            ("99x", 0, 3),
            ("x\"123\"", 0, 6),
            ("a = 1", 2, 3),
            ("$ a", 0, 1),
            (r#""\u{11}"x"#, 8, 9),
        ] {
            match lex(text) {
                Err(refusal) => assert_eq!(refusal.span, Span::new(start, end), "{text}"),
                Ok(words) => assert_eq!(words.get(1).map(|w| w.span), Some(Span::new(start, end)), "{text}"),
            }
        }
    }

    #[test]
    fn every_word_has_the_place_it_was_read_from() {
        let text = "not (é";
        assert!(lex(text).is_err());
        let text = "map.op  in {1 2}";
        for word in lex(text).unwrap() {
            assert!(word.span.end <= text.len() && word.span.of(text).trim() == word.span.of(text));
        }
    }
}
