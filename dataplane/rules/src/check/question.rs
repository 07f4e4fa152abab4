//! What is asked of a subject, from an operator and values.

use super::kind::Kind;
use super::subject::Asked;
use super::{Checked, values};
use crate::model::{NumberRelation, Question, TextRelation, ordered};
use crate::text::{Element, Literal, Operand, Operator, Refusal, Relation, Scalar, Span, fault};

/// The question; the operator fits the subject.
pub(super) fn of(asked: &Asked, relation: &Relation, values: &[Element]) -> Checked<Question> {
    match asked.kind {
        Kind::Digits { .. } | Kind::Text if relation.operator == Operator::Matches => {
            let expressions = expressions(asked, values)?;
            // A variable may hold none: then no text matches.
            Ok(match expressions.is_empty() {
                true => Question::Text(TextRelation::Is, Vec::new()),
                false => Question::Matches(expressions),
            })
        }
        Kind::Octets | Kind::Oid | Kind::Digits { .. } | Kind::Text | Kind::Country => {
            texts(asked, relation.operator, values)
        }
        Kind::Ip => addresses(asked, relation.operator, values),
        Kind::OctetList => ranges(asked, values).map(Question::Holds),
        Kind::Truth => truth(asked, relation.operator, values),
        Kind::Number { .. } | Kind::Name(_) | Kind::Time | Kind::Problem if relation.operator == Operator::In => {
            ranges(asked, values).map(Question::Within)
        }
        Kind::Number { .. } | Kind::Name(_) | Kind::Time | Kind::Problem => {
            let value = number(asked, &one(values, relation)?)?;
            Ok(Question::Number(number_relation(relation.operator), value))
        }
        Kind::Opaque(_) => Ok(Question::Present),
    }
}

fn number(asked: &Asked, literal: &Literal) -> Checked<u64> {
    Ok(ordered(values::number(asked, literal)?, asked.kind.is_signed()))
}

/// The only value an operator may have.
fn one(values: &[Element], relation: &Relation) -> Checked<Literal> {
    match (values, &relation.operand) {
        ([Element::Literal(literal)], Operand::One(_)) => Ok(literal.clone()),
        ([Element::Range(first, last)], Operand::One(_)) => {
            let refusal = Refusal::new(first.span.to(last.span), "a range cannot stand here", "one value");
            Err(Box::new(refusal.help("ranges stand in sets: `in {1..5}`")))
        }
        (_, operand) => {
            let message = format!("`{}` compares with one value", relation.operator.text());
            Err(Box::new(
                Refusal::new(operand.span(), message, "one value").help("for one of several write `in {...}`"),
            ))
        }
    }
}

pub(super) const fn number_relation(operator: Operator) -> NumberRelation {
    match operator {
        Operator::NotEqual => NumberRelation::NotEqual,
        Operator::Less => NumberRelation::Less,
        Operator::LessOrEqual => NumberRelation::LessOrEqual,
        Operator::Greater => NumberRelation::Greater,
        Operator::GreaterOrEqual => NumberRelation::GreaterOrEqual,
        _ => NumberRelation::Equal,
    }
}

fn truth(asked: &Asked, operator: Operator, values: &[Element]) -> Checked<Question> {
    let mut wanted = Vec::new();
    for value in values {
        wanted.push(values::truth(asked, value)?);
    }
    let wants = |b: bool| wanted.contains(&b) != (operator == Operator::NotEqual);
    Ok(match (wants(true), wants(false)) {
        (true, true) => Question::Present,
        (true, false) => Question::True,
        _ => Question::Number(NumberRelation::Equal, 0),
    })
}

fn texts(asked: &Asked, operator: Operator, values: &[Element]) -> Checked<Question> {
    let mut texts = Vec::new();
    for value in values {
        texts.push(values::text(asked, operator, value)?);
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

fn expressions(asked: &Asked, values: &[Element]) -> Checked<Vec<String>> {
    let mut expressions = Vec::new();
    for value in values {
        let Element::Literal(Literal { scalar: Scalar::Text(expression), span }) = value else {
            let message = format!("`{}` matches regular expressions", asked.name);
            return Err(Box::new(Refusal::new(value.span(), message, "text, such as r\"\\d{4,6}\"")));
        };
        // Those written here were read by the parser; this one is of a variable.
        if let Some(fault) = fault(expression) {
            let message = format!("\"{expression}\": {}", fault.message);
            return Err(Box::new(Refusal { span: *span, message, ..fault }));
        }
        expressions.push(expression.clone());
    }
    Ok(expressions)
}

fn addresses(asked: &Asked, operator: Operator, values: &[Element]) -> Checked<Question> {
    let mut subnets = Vec::new();
    for value in values {
        subnets.push(values::subnet(asked, value)?);
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
fn ranges(asked: &Asked, values: &[Element]) -> Checked<Vec<(u64, u64)>> {
    let mut ranges = Vec::new();
    for value in values {
        let (low, high) = match value {
            Element::Literal(literal) => (number(asked, literal)?, number(asked, literal)?),
            Element::Range(first, last) => (number(asked, first)?, number(asked, last)?),
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
