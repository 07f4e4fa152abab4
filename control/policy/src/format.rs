//! The one way a policy's files are laid out: `sluice policy fmt`.
//!
//! | of | what is made alike |
//! |---|---|
//! | TOML | one blank around `=`, no indentation, one empty line before a heading, never two in a row |
//! | arrays | `[1, 2, 3]`, broken where a line would be longer than [`WIDTH`]; those written over several lines stay so |
//! | `when` | one blank between words, `and or not` and signs for comparisons, sets without commas, one part a line where long |
//! | lists | no blanks around entries, ` ; ` before attributes |
//!
//! Comments, the order of everything, and the blanks before a comment behind a value stay as they were. A condition
//! written over several lines stays so too, for whoever did it wanted to see its parts.
//!
//! The meaning never changes: what is written is read again and compared with what was there. A file that cannot be
//! read is left alone and reported.

mod condition;
mod document;
mod entries;

use crate::diagnostic::{Diagnostics, File};
use crate::quoted::Quoted;
use sluice_rules::text::{Expression, parse};
use toml::Value;
use toml::de::{DeTable, DeValue};

/// No line is made longer than this where it can be broken.
pub const WIDTH: usize = 120;

pub use entries::list;

/// A TOML file of a policy laid out; refused if it, or a condition in it, cannot be read.
pub fn toml(path: &str, text: &str) -> Result<String, Diagnostics> {
    let file = File { path, text };
    let mut report = Diagnostics::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let message = error.message().trim().replace('\n', ", ");
        let (message, expected) = message.split_once(", expected ").unwrap_or((&message, "TOML"));
        report.push(file.error(error.span().unwrap_or(0..0), message, expected));
    }
    if errors.is_empty() {
        each_condition(table.get_ref(), &mut |value| refuse_unreadable(file, value, &mut report));
    }
    if report.has_errors() {
        report.sort();
        return Err(report);
    }
    let formatted = document::format(text).filter(|formatted| is_same(text, formatted));
    formatted.ok_or_else(|| {
        report.push(file.error(0..0, "this file cannot be laid out without a change of its meaning", "a simpler form"));
        report
    })
}

/// Whether a key of this table, under this name in the file, is a condition.
const CONDITION: &str = "when";

fn each_condition(table: &DeTable<'_>, visit: &mut impl FnMut(&toml::Spanned<DeValue<'_>>)) {
    for (key, value) in table.iter() {
        match value.get_ref() {
            DeValue::Table(inner) => each_condition(inner, visit),
            DeValue::Array(array) => {
                array.iter().filter_map(|v| v.get_ref().as_table()).for_each(|inner| each_condition(inner, visit));
            }
            _ if key.get_ref() == CONDITION => visit(value),
            _ => {}
        }
    }
}

fn refuse_unreadable(file: File<'_>, value: &toml::Spanned<DeValue<'_>>, report: &mut Diagnostics) {
    let Some(text) = value.get_ref().as_str() else { return };
    if let Err(refusal) = parse(text) {
        let range = Quoted::new(text, file.text, value.span()).place_of(refusal.span.start, refusal.span.end);
        report.push(file.error(range, refusal.message, refusal.expected).with_help(refusal.help));
    }
}

/// Whether two files say the same.
fn is_same(one: &str, other: &str) -> bool {
    let read = |text: &str| text.parse::<toml::Table>().map(Value::Table);
    matches!((read(one), read(other)), (Ok(one), Ok(other)) if is_same_value("", &one, &other))
}

fn is_same_value(key: &str, one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) if key == CONDITION => is_same_condition(one, other),
        (Value::Table(one), Value::Table(other)) => {
            let same = |(key, value): (&String, &Value)| other.get(key).is_some_and(|o| is_same_value(key, value, o));
            one.len() == other.len() && one.iter().all(same)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same_value("", a, b))
        }
        _ => one == other,
    }
}

/// Whether two conditions are one tree.
fn is_same_condition(one: &str, other: &str) -> bool {
    matches!((parse(one), parse(other)), (Ok(one), Ok(other)) if without_places(&one) == without_places(&other))
}

/// A tree in words, but for where its parts stand.
fn without_places(tree: &Expression) -> String {
    const PLACE: &str = "Span { start: ";
    let all = format!("{tree:?}");
    let mut parts = all.split(PLACE);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shown, part| shown + part.split_once('}').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests;
