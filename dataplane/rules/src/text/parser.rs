//! From words to a tree.
//!
//! ```text
//! or      = and { ("or" | "||") and }
//! and     = not { ("and" | "&&") not }
//! not     = ("not" | "!") not | "(" or ")" | test
//! test    = subject [ operator operand ]
//! subject = name | name "(" subject ")"
//! operand = element | "{" element { [","] element } "}" | "list" name | subject
//! element = literal [ ".." literal ] | variable
//! ```

use super::lexer::{Lexeme, Symbol, Token, lex};
use super::refusal::{Refusal, Span};
use super::syntax::{Call, Expression, Form, Operator, Subject, Test};

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

pub(super) struct Parser<'w, 't> {
    words: &'w [Lexeme<'t>],
    at: usize,
    pub(super) text: &'t str,
    depth: usize,
}

impl<'w, 't> Parser<'w, 't> {
    pub(super) fn peek(&self) -> &'w Token<'t> {
        self.words.get(self.at).map_or(&Token::End, |w| &w.token)
    }

    pub(super) fn span(&self) -> Span {
        self.words.get(self.at).map_or(Span::new(self.text.len(), self.text.len()), |w| w.span)
    }

    pub(super) fn next(&mut self) -> Span {
        let span = self.span();
        self.at += 1;
        span
    }

    fn is_word(&self, word: &str, symbol: Symbol) -> bool {
        matches!(self.peek(), Token::Name(name) if *name == word) || *self.peek() == Token::Symbol(symbol)
    }

    pub(super) fn unexpected(&self, expected: &str) -> Refusal {
        let message = match self.peek() {
            Token::End => "the condition ends here".to_owned(),
            _ => format!("`{}` cannot stand here", self.span().of(self.text)),
        };
        let refusal = Refusal::new(self.span(), message, expected);
        match self.peek() {
            Token::Name(word) if is_word_in_capitals(word) => {
                refusal.help(format!("words of the language are written small: {}", word.to_ascii_lowercase()))
            }
            _ => refusal,
        }
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
        let subject = self.subject(A_TEST)?;
        let relation = match self.operator() {
            Some((operator, operator_span)) => Some(self.relation(operator, operator_span)?),
            None => None,
        };
        let span = Span::new(subject.span.start, self.end_of_previous());
        Ok(Expression { form: Form::Test(Test { subject, relation }), span })
    }

    pub(super) fn subject(&mut self, expected: &str) -> Result<Subject, Refusal> {
        let start = self.span().start;
        let mut calls = Vec::new();
        let (name, name_span) = loop {
            let expected = if calls.is_empty() { expected } else { "the name of a field" };
            let (name, span) = self.name().ok_or_else(|| self.unexpected(expected))?;
            if *self.peek() != Token::Symbol(Symbol::Open) {
                break (name, span);
            }
            self.next();
            calls.push(Call { name, span });
        };
        for _ in &calls {
            if *self.peek() != Token::Symbol(Symbol::Close) {
                return Err(self.unexpected("`)` behind the name of one field"));
            }
            self.next();
        }
        Ok(Subject { calls, name, name_span, span: Span::new(start, self.end_of_previous()) })
    }

    /// A word that is none of the language's own.
    pub(super) fn name(&mut self) -> Option<(String, Span)> {
        match self.peek() {
            Token::Name(word) if !is_reserved(word) => Some(((*word).to_owned(), self.next())),
            _ => None,
        }
    }

    fn end_of_previous(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.words.get(i)).map_or(0, |w| w.span.end)
    }
}

/// Words that cannot be names.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(word, "and" | "or" | "not" | "in" | "list" | "true" | "false") || Operator::parse(word).is_some()
}

fn is_word_in_capitals(word: &str) -> bool {
    let small = word.to_ascii_lowercase();
    small != word && is_reserved(&small)
}

#[cfg(test)]
mod tests;
