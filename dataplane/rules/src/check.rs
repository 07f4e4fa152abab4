//! From tree to model: every name known, every operator and value fit for the field's shape.
//!
//! All that is wrong is reported, not only the first. The meaning of an absent field is fixed here once: a test of
//! it is false, so `x != 1` wants `x` to be there and `not x == 1` does not.

mod kind;
mod names;
mod values;

use crate::model::{Condition, NumberRelation, Question, Subject, Test, TextRelation, is_signed, ordered};
use crate::text::{self, Element, Expression, Form, Literal, Operand, Operator, Refusal, Relation, Scalar, Span};
use kind::Kind;
use sluice_abi::Path;
use std::collections::BTreeMap;

/// What conditions may name beside fields.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Values of variables, by name.
    pub variables: BTreeMap<String, Variable>,
    /// Names of lists; a list's number is its place.
    pub lists: Vec<String>,
}

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Variable {
    /// One value.
    One(Scalar),
    /// Several, for sets.
    Many(Vec<Scalar>),
}

/// Checks a condition.
pub fn check(expression: &Expression, scope: &Scope) -> Result<Condition, Vec<Refusal>> {
    let mut checker = Checker { scope, refusals: Vec::new() };
    let condition = checker.condition(expression);
    if checker.refusals.is_empty() {
        return condition.ok_or_else(Vec::new);
    }
    Err(checker.refusals)
}

struct Checker<'s> {
    scope: &'s Scope,
    refusals: Vec<Refusal>,
}

impl Checker<'_> {
    /// The condition; `None` where a part of it was refused.
    fn condition(&mut self, expression: &Expression) -> Option<Condition> {
        match &expression.form {
            Form::Or(parts) => self.each(parts).map(Condition::Any),
            Form::And(parts) => self.each(parts).map(Condition::All),
            Form::Not(inner) => self.condition(inner).map(|c| Condition::Not(Box::new(c))),
            Form::Test(test) => match self.test(test) {
                Ok(question) => {
                    let (path, question) = question;
                    let subject = Subject::Field(path);
                    Some(Condition::Test(Test { subject, span: expression.span, question }))
                }
                Err(refusal) => {
                    self.refusals.push(*refusal);
                    None
                }
            },
        }
    }

    fn each(&mut self, parts: &[Expression]) -> Option<Vec<Condition>> {
        let checked: Vec<Option<Condition>> = parts.iter().map(|p| self.condition(p)).collect();
        checked.into_iter().collect()
    }

    fn test(&self, test: &text::Test) -> Result<(Path, Question), Box<Refusal>> {
        let path = names::field(&test.name, test.name_span)?;
        let kind = Kind::of(path);
        let question = match &test.relation {
            None if kind == Kind::Truth => Question::True,
            None => Question::Present,
            Some(relation) => {
                kind.allows(relation.operator, path)
                    .map_err(|(message, expected)| Box::new(Refusal::new(relation.operator_span, message, expected)))?;
                self.question(path, kind, relation)?
            }
        };
        Ok((path, question))
    }

    fn question(&self, path: Path, kind: Kind, relation: &Relation) -> Result<Question, Box<Refusal>> {
        if let Operand::List { name, span } = &relation.operand {
            return self.listed(path, kind, name, *span);
        }
        let values = self.values(relation)?;
        match kind {
            Kind::Octets | Kind::Oid | Kind::Digits { .. } | Kind::Text => {
                texts(path, kind, relation.operator, &values)
            }
            Kind::Ip => addresses(path, relation.operator, &values),
            Kind::OctetList => ranges(path, kind, &values).map(Question::Holds),
            Kind::Truth => truth(path, relation.operator, &values),
            Kind::Number { .. } | Kind::Name(_) | Kind::Time | Kind::Problem if relation.operator == Operator::In => {
                ranges(path, kind, &values).map(Question::Within)
            }
            Kind::Number { .. } | Kind::Name(_) | Kind::Time | Kind::Problem => {
                let value = values::number(path, kind, &one(&values, relation)?)?;
                let value = ordered(value, is_signed(path));
                Ok(Question::Number(number_relation(relation.operator), value))
            }
            Kind::Opaque(_) => Ok(Question::Present),
        }
    }

    fn listed(&self, path: Path, kind: Kind, name: &str, span: Span) -> Result<Question, Box<Refusal>> {
        if !matches!(kind, Kind::Digits { .. } | Kind::Text) {
            let message = format!("`{path}` is {}: lists hold text", kind.article());
            return Err(Box::new(Refusal::new(span, message, "a set of values in braces")));
        }
        let index = self.scope.lists.iter().position(|l| l == name);
        index.map(Question::Listed).ok_or_else(|| Box::new(names::unknown_list(name, span, &self.scope.lists)))
    }

    /// Everything at the right of the operator, variables replaced by their values.
    fn values(&self, relation: &Relation) -> Result<Vec<Element>, Box<Refusal>> {
        let elements = match &relation.operand {
            Operand::One(element) => std::slice::from_ref(element),
            Operand::Set { elements, .. } => elements,
            Operand::List { .. } => &[],
        };
        let mut values = Vec::new();
        for element in elements {
            match element {
                Element::Variable { name, span } => self.expand(name, *span, &mut values)?,
                other => values.push(other.clone()),
            }
        }
        Ok(values)
    }

    fn expand(&self, name: &str, span: Span, values: &mut Vec<Element>) -> Result<(), Box<Refusal>> {
        let scalars = match self.scope.variables.get(name) {
            Some(Variable::One(scalar)) => std::slice::from_ref(scalar),
            Some(Variable::Many(scalars)) => scalars,
            None => {
                let known = self.scope.variables.keys().map(String::as_str);
                return Err(Box::new(names::unknown_variable(name, span, known)));
            }
        };
        values.extend(scalars.iter().map(|s| Element::Literal(Literal { scalar: s.clone(), span })));
        Ok(())
    }
}

/// The only value an operator may have.
fn one(values: &[Element], relation: &Relation) -> Result<Literal, Box<Refusal>> {
    match (values, &relation.operand) {
        ([Element::Literal(literal)], Operand::One(_)) => Ok(literal.clone()),
        ([Element::Range(first, last)], Operand::One(_)) => {
            let refusal = Refusal::new(first.span.to(last.span), "a range cannot stand here", "one value");
            Err(Box::new(refusal.help("ranges stand in sets: `in {1..5}`")))
        }
        (_, operand) => {
            let span = match operand {
                Operand::One(element) => element.span(),
                Operand::Set { span, .. } | Operand::List { span, .. } => *span,
            };
            let message = format!("`{}` compares with one value", relation.operator.text());
            Err(Box::new(Refusal::new(span, message, "one value").help("for one of several write `in {...}`")))
        }
    }
}

const fn number_relation(operator: Operator) -> NumberRelation {
    match operator {
        Operator::NotEqual => NumberRelation::NotEqual,
        Operator::Less => NumberRelation::Less,
        Operator::LessOrEqual => NumberRelation::LessOrEqual,
        Operator::Greater => NumberRelation::Greater,
        Operator::GreaterOrEqual => NumberRelation::GreaterOrEqual,
        _ => NumberRelation::Equal,
    }
}

fn truth(path: Path, operator: Operator, values: &[Element]) -> Result<Question, Box<Refusal>> {
    let mut wanted = Vec::new();
    for value in values {
        wanted.push(values::truth(path, value)?);
    }
    let wants = |b: bool| wanted.contains(&b) != (operator == Operator::NotEqual);
    Ok(match (wants(true), wants(false)) {
        (true, true) => Question::Present,
        (true, false) => Question::True,
        _ => Question::Number(NumberRelation::Equal, 0),
    })
}

fn texts(path: Path, kind: Kind, operator: Operator, values: &[Element]) -> Result<Question, Box<Refusal>> {
    let mut texts = Vec::new();
    for value in values {
        texts.push(values::text(path, kind, operator, value)?);
    }
    let relation = match operator {
        Operator::NotEqual => TextRelation::IsNot,
        Operator::StartsWith => TextRelation::StartsWith,
        Operator::Contains => TextRelation::Contains,
        Operator::ContainsAnyCase => TextRelation::ContainsAnyCase,
        _ => TextRelation::Is,
    };
    Ok(Question::Text(relation, texts))
}

fn addresses(path: Path, operator: Operator, values: &[Element]) -> Result<Question, Box<Refusal>> {
    let mut subnets = Vec::new();
    for value in values {
        subnets.push(values::subnet(path, value)?);
    }
    if operator != Operator::NotEqual {
        return Ok(Question::Subnets(subnets));
    }
    let whole = subnets.iter().all(|s| usize::from(s.bits) == s.address.len() * 8);
    match (whole, values) {
        (true, _) => Ok(Question::Text(TextRelation::IsNot, subnets.into_iter().map(|s| s.address).collect())),
        (false, values) => {
            let span = values.first().map_or(Span::default(), Element::span);
            let refusal = Refusal::new(span, "`!=` compares with one address", "an address without a length");
            Err(Box::new(
                refusal.help("write `not src == \"192.0.2.0/24\"`, which is true also where there is no address"),
            ))
        }
    }
}

/// Ranges sorted and merged.
fn ranges(path: Path, kind: Kind, values: &[Element]) -> Result<Vec<(u64, u64)>, Box<Refusal>> {
    let number =
        |literal: &Literal| Ok::<_, Box<Refusal>>(ordered(values::number(path, kind, literal)?, is_signed(path)));
    let mut ranges = Vec::new();
    for value in values {
        let (low, high) = match value {
            Element::Literal(literal) => (number(literal)?, number(literal)?),
            Element::Range(first, last) => (number(first)?, number(last)?),
            Element::Variable { .. } => continue,
        };
        if low > high {
            let refusal = Refusal::new(value.span(), "the range ends before it begins", "the smaller value first");
            return Err(Box::new(refusal));
        }
        ranges.push((low, high));
    }
    ranges.sort_unstable();
    ranges.dedup_by(|next, kept| {
        let joined = next.0 <= kept.1.saturating_add(1);
        if joined {
            kept.1 = kept.1.max(next.1);
        }
        joined
    });
    Ok(ranges)
}
