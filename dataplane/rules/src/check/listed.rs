//! Questions to lists: `in list` for whole texts and for numbers as decimal text, `contains list` for words within a
//! text.

use super::kind::Kind;
use super::subject::Asked;
use super::{Checked, ListName, names};
use crate::model::{ListKind, Question};
use crate::text::{Operator, Refusal, Span};
use std::collections::BTreeMap;

/// The question whether a text is in a list or contains a word of it.
pub(super) fn question(
    asked: &Asked,
    operator: Operator,
    name: &str,
    span: Span,
    lists: &BTreeMap<String, ListName>,
) -> Checked<Question> {
    let is_number = matches!(asked.kind, Kind::Number { .. }) && asked.subject.path().is_some();
    if !(asked.kind.is_text() || is_number) {
        let message = format!("`{}` is {}: lists hold text and numbers", asked.name, asked.kind.article());
        return Err(Box::new(Refusal::new(span, message, "a set of values in braces")));
    }
    let Some(list) = lists.get(name) else {
        return Err(Box::new(names::unknown_list(name, span, lists.keys().map(String::as_str))));
    };
    if is_number && !matches!(list.kind, ListKind::Exact | ListKind::Prefix) {
        let message = format!("`{}` is a number, `{name}` is a list of kind {}", asked.name, list.kind.name());
        return Err(Box::new(Refusal::new(span, message, "a list of kind exact or prefix, with decimal numbers")));
    }
    let holds_words = matches!(list.kind, ListKind::Words | ListKind::Squeezed);
    match (operator, holds_words) {
        (Operator::Contains, true) => folded(asked, list.kind, span).map(|()| Question::ContainsListed(list.number)),
        (Operator::In, false) => Ok(Question::Listed(list.number)),
        _ => {
            let fitting = if holds_words { "contains list" } else { "in list" };
            let message = format!("`{name}` is a list of kind {}", list.kind.name());
            let expected = "a list of a kind that fits the operator";
            let help = format!("write `{} {fitting} {name}`", asked.name);
            Err(Box::new(Refusal::new(span, message, expected).help(help)))
        }
    }
}

/// Words of lists are folded, so the text must be: in another they would hardly ever be found.
fn folded(asked: &Asked, kind: ListKind, span: Span) -> Checked<()> {
    const SQUEEZED: [&str; 2] = ["sms.squeezed", "sms.sender"];
    const RAW: [&str; 2] = ["sms.text", "sms.joined.text"];
    let name = asked.name.as_str();
    let (fits, instead) = match kind {
        ListKind::Squeezed => (SQUEEZED.contains(&name), "sms.squeezed` or `sms.sender"),
        _ => (!RAW.contains(&name) && !SQUEEZED.contains(&name), "sms.plain"),
    };
    if fits {
        return Ok(());
    }
    let message = format!("`{name}` is not folded as the words of a list of kind {} are", kind.name());
    Err(Box::new(Refusal::new(span, message, "a folded text at the left").help(format!("ask `{instead}`"))))
}
