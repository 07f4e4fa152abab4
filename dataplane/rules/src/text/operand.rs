//! What stands behind a subject: operator, values, sets, lists, another subject.

use super::lexer::{Symbol, Token};
use super::parser::{Parser, is_reserved};
use super::pattern;
use super::place::place_in;
use super::refusal::{Refusal, Span};
use super::syntax::{Element, Literal, Operand, Operator, Relation, Scalar};

pub(super) const A_VALUE: &str = "a value: a number, \"text\", x\"octets\", true, false, a $variable or another field";

impl Parser<'_, '_> {
    pub(super) fn operator(&mut self) -> Option<(Operator, Span)> {
        let operator = match self.peek() {
            Token::Name(word) => Operator::parse(word),
            Token::Symbol(symbol) => Operator::parse(symbol.text()),
            _ => None,
        }?;
        Some((operator, self.next()))
    }

    pub(super) fn relation(&mut self, operator: Operator, operator_span: Span) -> Result<Relation, Refusal> {
        let operand = match (operator, self.peek()) {
            (_, Token::Name("list")) => self.list(operator)?,
            (_, Token::Symbol(Symbol::OpenSet)) => self.set()?,
            (Operator::In, Token::Variable(_)) => Operand::One(self.element("")?),
            (Operator::In, _) => return Err(self.unexpected("`{`, `list` or a variable with several values")),
            (_, Token::Name(word)) if !is_reserved(word) => Operand::Subject(self.subject(A_VALUE)?),
            _ => Operand::One(self.element(A_VALUE)?),
        };
        if operator == Operator::Matches {
            self.expressions(&operand)?;
        }
        Ok(Relation { operator, operator_span, operand })
    }

    /// Regular expressions are read here, where the place of each of their letters is known.
    fn expressions(&self, operand: &Operand) -> Result<(), Refusal> {
        let elements = match operand {
            Operand::One(element) => std::slice::from_ref(element),
            Operand::Set { elements, .. } => elements,
            Operand::List { .. } | Operand::Subject(_) => &[],
        };
        for element in elements {
            let Element::Literal(Literal { scalar: Scalar::Text(expression), span }) = element else { continue };
            if let Some(fault) = pattern::fault(expression) {
                return Err(Refusal { span: place_in(self.text, *span, fault.span), ..fault });
            }
        }
        Ok(())
    }

    fn list(&mut self, operator: Operator) -> Result<Operand, Refusal> {
        if !matches!(operator, Operator::In | Operator::Contains) {
            let message = format!("`{}` does not ask a list", operator.text());
            return Err(Refusal::new(self.span(), message, "`in list` or `contains list`"));
        }
        self.next();
        let (name, span) = self.name().ok_or_else(|| self.unexpected("the name of a list"))?;
        Ok(Operand::List { name, span })
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
            Token::Name(word) if !is_reserved(word) => {
                return Err(self.unexpected(expected).help(format!("text stands in quotation marks: \"{word}\"")));
            }
            _ => return Err(self.unexpected(expected)),
        };
        Ok(Literal { scalar, span: self.next() })
    }
}
