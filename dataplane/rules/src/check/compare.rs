//! One subject compared with another.

use super::Checked;
use super::kind::Kind;
use super::question::number_relation;
use super::subject::Asked;
use crate::model::Question;
use crate::text::{Operator, Refusal, Relation};

/// The question whether the left one equals, differs from or is less than the right one.
pub(super) fn question(left: &Asked, relation: &Relation, right: &Asked) -> Checked<Question> {
    let refuse = |span, message: String, expected: &str| Err(Box::new(Refusal::new(span, message, expected)));
    let place = relation.operand.span();
    if left.subject == right.subject {
        return refuse(place, format!("`{}` stands on both sides", left.name), "another field, or a value");
    }
    if !compare(left.kind, right.kind) {
        let (l, r) = (left.kind.article(), right.kind.article());
        let message = format!("`{}` is {l}, `{}` is {r}", left.name, right.name);
        return refuse(place, message, "two of one kind");
    }
    let operator = relation.operator;
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if !is_equality && !is_order(operator) {
        let message = format!("`{}` compares with values, not with another field", operator.text());
        let expected = if left.kind.is_stored_number() { "one of == != < <= > >=" } else { "== or !=" };
        return refuse(relation.operator_span, message, expected);
    }
    Ok(match left.kind.is_stored_number() {
        true => Question::Compared(number_relation(operator), right.subject),
        false => Question::Same(operator == Operator::Equal, right.subject),
    })
}

/// Whether values of two kinds can be equal. Digits are text.
fn compare(left: Kind, right: Kind) -> bool {
    let opaque = matches!(left, Kind::Opaque(_) | Kind::OctetList);
    let numbers = matches!((left, right), (Kind::Number { .. }, Kind::Number { .. }));
    !opaque && (left == right || numbers || (left.is_text() && right.is_text()))
}

const fn is_order(operator: Operator) -> bool {
    matches!(operator, Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual)
}
