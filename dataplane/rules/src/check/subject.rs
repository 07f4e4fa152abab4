//! What a question is about: a field, its digits turned round, what the numbering plan knows of them, a counter, the
//! score.

use super::kind::Kind;
use super::{Checked, Scope, names};
use crate::known::is_point_code;
use crate::model::{Knowledge, Subject, Turn};
use crate::text::{self, Call, Refusal, Span};
use sluice_abi::Path;
use sluice_abi::verdict::RELATIONS;

/// A subject with what it compares as and how it is called in messages.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) subject: Subject,
    pub(super) kind: Kind,
    pub(super) name: String,
}

/// What is expected where a counter cannot stand.
pub(super) const COUNTING: &str = "fields of the message: what is counted cannot hang on what was counted";

/// Stands before the names of counters.
const COUNTER: &str = "counter.";
const SCORE: &str = "score";

/// Finds what is meant.
pub(super) fn resolve(written: &text::Subject, scope: &Scope) -> Checked<Asked> {
    let counter = written.name.strip_prefix(COUNTER);
    let is_field = counter.is_none() && written.name != SCORE;
    if let (false, Some(call)) = (is_field, written.calls.first()) {
        return refuse(call, format!("`{}` is applied to digits, `{}` is a number", call.name, written.name));
    }
    match counter {
        Some(name) => self::counter(name, written.span, scope),
        None if is_field => field(written),
        None if scope.counting => Err(Box::new(Refusal::new(written.span, "the score is not known yet", COUNTING))),
        None => Ok(Asked { subject: Subject::Score, kind: Kind::Number { signed: true }, name: SCORE.to_owned() }),
    }
}

fn counter(name: &str, span: Span, scope: &Scope) -> Checked<Asked> {
    if scope.counting {
        let message = format!("`{COUNTER}{name}` is not known yet");
        return Err(Box::new(Refusal::new(span, message, COUNTING)));
    }
    let Some(&number) = scope.counters.get(name) else {
        return Err(Box::new(names::unknown_counter(name, span, scope.counters.keys().map(String::as_str))));
    };
    Ok(Asked {
        subject: Subject::Counter(number),
        kind: Kind::Number { signed: false },
        name: format!("{COUNTER}{name}"),
    })
}

/// The functions of a subject by what they do; the one that turns stands within the one that knows.
#[derive(Default)]
struct Applied {
    knowledge: Option<Knowledge>,
    turn: Option<Turn>,
}

fn field(written: &text::Subject) -> Checked<Asked> {
    let applied = applied(&written.calls)?;
    let path = names::field(&written.name, written.name_span)?;
    let kind = Kind::of(path);
    let is_known =
        matches!(kind, Kind::Digits { .. } | Kind::Text) || is_point_code(path.field) && applied.turn.is_none();
    if let (Some(call), false) = (written.calls.last(), is_known) {
        return refuse(call, format!("`{}` is applied to digits, `{path}` is {}", call.name, kind.article()));
    }
    let subject = match (applied.knowledge, applied.turn) {
        (Some(knowledge), turn) => Subject::Known(knowledge, turn, path),
        (None, Some(turn)) => Subject::Turned(turn, path),
        (None, None) => Subject::Field(path),
    };
    let kind = applied.knowledge.map_or(kind, known_kind);
    Ok(Asked { subject, kind, name: name(&written.calls, path) })
}

fn applied(calls: &[Call]) -> Checked<Applied> {
    let mut applied = Applied::default();
    for call in calls {
        if applied.turn.is_some() {
            return refuse(call, format!("`{}` cannot stand within `swapped` or `reversed`", call.name));
        }
        match call.name.as_str() {
            "swapped" => applied.turn = Some(Turn::Swapped),
            "reversed" => applied.turn = Some(Turn::Reversed),
            name => {
                let knowledge = knowledge(name);
                let known = knowledge.ok_or_else(|| Box::new(names::unknown_function(name, call.span)))?;
                if applied.knowledge.replace(known).is_some() {
                    return refuse(
                        call,
                        format!("what is known of a number is not a number: `{name}` cannot stand here"),
                    );
                }
            }
        }
    }
    Ok(applied)
}

fn knowledge(name: &str) -> Option<Knowledge> {
    match name {
        "operator" => Some(Knowledge::Operator),
        "country" => Some(Knowledge::Country),
        "relation" => Some(Knowledge::Relation),
        _ => None,
    }
}

const fn known_kind(knowledge: Knowledge) -> Kind {
    match knowledge {
        Knowledge::Operator => Kind::Text,
        Knowledge::Country => Kind::Country,
        Knowledge::Relation => Kind::Name(RELATIONS),
    }
}

fn refuse<T>(call: &Call, message: String) -> Checked<T> {
    let expected = "a field of digits or text, or `swapped(...)` or `reversed(...)` of one";
    Err(Box::new(Refusal::new(call.span, message, expected)))
}

/// As it would be written.
fn name(calls: &[Call], path: Path) -> String {
    let opened: String = calls.iter().map(|c| format!("{}(", c.name)).collect();
    format!("{opened}{path}{}", ")".repeat(calls.len()))
}
