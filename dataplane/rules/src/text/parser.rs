//! From words to a tree.
//!
//! ```text
//! or      = and { ("or" | "||") and }
//! and     = not { ("and" | "&&") not }
//! not     = ("not" | "!") not | "(" or ")" | test
//! test    = name [ operator operand ]
//! operand = element | "{" element { [","] element } "}" | "list" name
//! element = literal [ ".." literal ] | variable
//! ```

use super::lexer::{Lexeme, Symbol, Token, lex};
use super::refusal::{Refusal, Span};
use super::syntax::{Element, Expression, Form, Literal, Operand, Operator, Relation, Scalar, Test};

/// Parentheses and `not` nest no deeper than this.
pub const DEPTH_MAX: usize = 64;

const A_TEST: &str = "the name of a field, `not` or `(`";

/// Reads a condition.
pub fn parse(text: &str) -> Result<Expression, Refusal> {
    let words = lex(text)?;
    let mut parser = Parser { words: &words, at: 0, text, depth: 0 };
    let expression = parser.any_of()?;
    match parser.peek() {
        Token::End => Ok(expression),
        _ => Err(parser.unexpected("`and`, `or` or the end of the condition")),
    }
}

struct Parser<'w, 't> {
    words: &'w [Lexeme<'t>],
    at: usize,
    text: &'t str,
    depth: usize,
}

impl<'w, 't> Parser<'w, 't> {
    fn peek(&self) -> &'w Token<'t> {
        self.words.get(self.at).map_or(&Token::End, |w| &w.token)
    }

    fn span(&self) -> Span {
        self.words.get(self.at).map_or(Span::new(self.text.len(), self.text.len()), |w| w.span)
    }

    fn next(&mut self) -> Span {
        let span = self.span();
        self.at += 1;
        span
    }

    fn is_word(&self, word: &str, symbol: Symbol) -> bool {
        matches!(self.peek(), Token::Name(name) if *name == word) || *self.peek() == Token::Symbol(symbol)
    }

    fn unexpected(&self, expected: &str) -> Refusal {
        let message = match self.peek() {
            Token::End => "the condition ends here".to_owned(),
            _ => format!("`{}` cannot stand here", self.span().of(self.text)),
        };
        Refusal::new(self.span(), message, expected)
    }

    fn any_of(&mut self) -> Result<Expression, Refusal> {
        self.chain("or", Symbol::Or, Self::all_of, Form::Or)
    }

    fn all_of(&mut self) -> Result<Expression, Refusal> {
        self.chain("and", Symbol::And, Self::negation, Form::And)
    }

    fn chain(
        &mut self,
        word: &str,
        symbol: Symbol,
        part: impl Fn(&mut Self) -> Result<Expression, Refusal>,
        form: fn(Vec<Expression>) -> Form,
    ) -> Result<Expression, Refusal> {
        let first = part(self)?;
        if !self.is_word(word, symbol) {
            return Ok(first);
        }
        let mut span = first.span;
        let mut parts = vec![first];
        while self.is_word(word, symbol) {
            self.next();
            let next = part(self)?;
            span = span.to(next.span);
            parts.push(next);
        }
        Ok(Expression { form: form(parts), span })
    }

    fn negation(&mut self) -> Result<Expression, Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let expected = format!("at most {DEPTH_MAX} parentheses and negations within each other");
            return Err(Refusal::new(self.span(), "the condition nests too deep", expected));
        }
        let expression = if self.is_word("not", Symbol::Not) {
            let start = self.next();
            let inner = self.negation()?;
            let span = start.to(inner.span);
            Expression { form: Form::Not(Box::new(inner)), span }
        } else if *self.peek() == Token::Symbol(Symbol::Open) {
            self.parenthesis()?
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn parenthesis(&mut self) -> Result<Expression, Refusal> {
        let open = self.next();
        let inner = self.any_of()?;
        if *self.peek() != Token::Symbol(Symbol::Close) {
            let refusal = self.unexpected("`and`, `or` or `)`");
            return Err(refusal.help(format!("the parenthesis opened at column {} is not closed", open.start + 1)));
        }
        let span = open.to(self.next());
        Ok(Expression { form: inner.form, span })
    }

    fn test(&mut self) -> Result<Expression, Refusal> {
        let Token::Name(name) = self.peek() else { return Err(self.unexpected(A_TEST)) };
        if matches!(*name, "and" | "or" | "in" | "list" | "true" | "false") || operator_word(name).is_some() {
            return Err(self.unexpected(A_TEST));
        }
        let name_span = self.next();
        let relation = match self.operator() {
            Some((operator, operator_span)) => Some(self.relation(operator, operator_span)?),
            None => None,
        };
        let last = Span::new(name_span.start, self.end_of_previous());
        Ok(Expression { form: Form::Test(Test { name: (*name).to_owned(), name_span, relation }), span: last })
    }

    fn end_of_previous(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.words.get(i)).map_or(0, |w| w.span.end)
    }

    fn operator(&mut self) -> Option<(Operator, Span)> {
        let operator = match self.peek() {
            Token::Name(word) => operator_word(word),
            Token::Symbol(symbol) => Operator::ALL.into_iter().find(|o| o.text() == symbol.text()),
            _ => None,
        }?;
        Some((operator, self.next()))
    }

    fn relation(&mut self, operator: Operator, operator_span: Span) -> Result<Relation, Refusal> {
        let operand = match (operator, self.peek()) {
            (Operator::In, Token::Name("list")) => self.list()?,
            (_, Token::Symbol(Symbol::OpenSet)) => self.set()?,
            (Operator::In, Token::Variable(_)) => Operand::One(self.element("")?),
            (Operator::In, _) => return Err(self.unexpected("`{`, `list` or a variable with several values")),
            _ => Operand::One(self.element("a value: a number, \"text\", x\"octets\", true, false or a $variable")?),
        };
        Ok(Relation { operator, operator_span, operand })
    }

    fn list(&mut self) -> Result<Operand, Refusal> {
        self.next();
        let Token::Name(name) = self.peek() else { return Err(self.unexpected("the name of a list")) };
        let span = self.next();
        Ok(Operand::List { name: (*name).to_owned(), span })
    }

    fn set(&mut self) -> Result<Operand, Refusal> {
        let open = self.next();
        let mut elements = Vec::new();
        while *self.peek() != Token::Symbol(Symbol::CloseSet) {
            elements.push(self.element("a value or `}`")?);
            if *self.peek() == Token::Symbol(Symbol::Comma) {
                self.next();
            }
        }
        let span = open.to(self.next());
        if elements.is_empty() {
            return Err(Refusal::new(span, "the set is empty", "at least one value"));
        }
        Ok(Operand::Set { elements, span })
    }

    fn element(&mut self, expected: &str) -> Result<Element, Refusal> {
        if let Token::Variable(name) = self.peek() {
            let span = self.next();
            return Ok(Element::Variable { name: (*name).to_owned(), span });
        }
        let first = self.literal(expected)?;
        if *self.peek() != Token::Symbol(Symbol::Range) {
            return Ok(Element::Literal(first));
        }
        self.next();
        Ok(Element::Range(first, self.literal("the last value of the range")?))
    }

    fn literal(&mut self, expected: &str) -> Result<Literal, Refusal> {
        let scalar = match self.peek() {
            Token::Number(n) => Scalar::Number(*n),
            Token::Text(text) => Scalar::Text(text.clone()),
            Token::Octets(octets) => Scalar::Octets(octets.clone()),
            Token::Name("true") => Scalar::Bool(true),
            Token::Name("false") => Scalar::Bool(false),
            Token::Name(word) if !matches!(*word, "and" | "or" | "not" | "in") => {
                return Err(self.unexpected(expected).help(format!("text stands in quotation marks: \"{word}\"")));
            }
            _ => return Err(self.unexpected(expected)),
        };
        Ok(Literal { scalar, span: self.next() })
    }
}

fn operator_word(word: &str) -> Option<Operator> {
    Operator::ALL.into_iter().find(|o| o.text() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (usize, usize, String) {
        let r = parse(text).expect_err(text);
        (r.span.start, r.span.end, r.expected)
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closer_than_both() {
        let Form::Or(parts) = parse("a or not b and c").unwrap().form else { panic!("or is the outermost") };
        let Some(Form::And(both)) = parts.get(1).map(|p| &p.form) else { panic!("and is within") };
        assert!(matches!(both.first().map(|p| &p.form), Some(Form::Not(_))));
    }

    #[test]
    fn words_and_signs_mean_the_same() {
        let plain = |text: &str| format!("{:?}", parse(text).unwrap()).replace(|c: char| c.is_ascii_digit(), "");
        assert_eq!(plain("a && !b || c"), plain("a and not b or c"));
    }

    #[test]
    fn spans_cover_what_was_read() {
        let text = "a == 1 and (b in {1 2..3} or c)";
        let whole = parse(text).unwrap();
        assert_eq!(whole.span.of(text), text);
        let Form::And(parts) = whole.form else { panic!() };
        assert_eq!(parts.iter().map(|p| p.span.of(text)).collect::<Vec<_>>(), ["a == 1", "(b in {1 2..3} or c)"]);
    }

    #[test]
    fn says_what_was_expected_where() {
        assert_eq!(refusal(""), (0, 0, A_TEST.into()));
        assert_eq!(refusal("a and"), (5, 5, A_TEST.into()));
        assert_eq!(refusal("(a or b"), (7, 7, "`and`, `or` or `)`".into()));
        assert_eq!(refusal("a b"), (2, 3, "`and`, `or` or the end of the condition".into()));
        assert_eq!(refusal("a in 3"), (5, 6, "`{`, `list` or a variable with several values".into()));
        assert_eq!(refusal("a in {1"), (7, 7, "a value or `}`".into()));
        assert_eq!(refusal("a in {}"), (5, 7, "at least one value".into()));
        assert_eq!(refusal("a in list 3").2, "the name of a list");
        assert_eq!(parse("a == map").unwrap_err().help.as_deref(), Some("text stands in quotation marks: \"map\""));
    }

    #[test]
    fn nesting_without_end_is_refused_and_does_not_exhaust_the_stack() {
        for text in ["(".repeat(30_000), "!".repeat(60_000), "not ".repeat(10_000)] {
            assert!(parse(&text).unwrap_err().message.contains("nests too deep"));
        }
        assert!(parse(&format!("{}a{}", "(".repeat(DEPTH_MAX - 1), ")".repeat(DEPTH_MAX - 1))).is_ok());
    }
}
