//! A policy as tables, for whoever prints them.

use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::rule::Written;
use crate::source::Source;
use serde::Serialize;
use sluice_rules::check::Variable;
use sluice_rules::model::Level;
use sluice_rules::text::Scalar;

/// Cells under headings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What it is a table of.
    pub title: &'static str,
    /// Headings.
    pub columns: Vec<&'static str>,
    /// Rows of as many cells as there are headings.
    pub rows: Vec<Vec<String>>,
}

/// A policy's tables: settings, rules in the order in which they are asked, lists, variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Show {
    /// The tables.
    pub tables: Vec<Table>,
}

/// Lays a policy out; refused if its files cannot be read.
pub fn show(source: &Source) -> Result<Show, Diagnostics> {
    let mut report = Diagnostics::default();
    let document = document::read(source, &mut report);
    report.sort();
    if report.has_errors() {
        return Err(report);
    }
    Ok(Show { tables: vec![settings(&document), rules(&document), lists(&document), variables(&document)] })
}

fn settings(document: &Document<'_>) -> Table {
    let row = |key: &str, value: &str| vec![key.to_owned(), value.to_owned()];
    Table {
        title: "policy",
        columns: vec!["setting", "value"],
        rows: vec![
            row("name", &document.name),
            row("comment", &document.comment),
            row("default_action", document.default_action.name()),
            row("default_log", document.default_log.name()),
        ],
    }
}

fn rules(document: &Document<'_>) -> Table {
    let of_level = |level| document.rules.iter().filter(move |r| r.level == Some(level));
    Table {
        title: "rules",
        columns: vec!["level", "id", "trigger", "mode", "action", "when", "log", "owner", "comment"],
        rows: Level::ALL.into_iter().flat_map(|level| of_level(level).map(move |r| rule_row(level, r))).collect(),
    }
}

fn rule_row(level: Level, rule: &Written<'_>) -> Vec<String> {
    vec![
        format!("{} {}", level.number(), level.name()),
        rule.id.value.clone(),
        rule.triggers.to_string(),
        rule.mode.name().to_owned(),
        action(rule),
        one_line(rule.when.as_ref().map_or("(every message)", |w| &w.value)),
        rule.log.map_or("", |l| l.name()).to_owned(),
        rule.owner.clone(),
        rule.comment.clone(),
    ]
}

/// The action with what it answers or says.
fn action(rule: &Written<'_>) -> String {
    let action = rule.action().map_or("", |a| a.name());
    match (&rule.error, &rule.tag) {
        (Some(error), _) => format!("{action} {} {}", error.value.number(), error.value.name()),
        (None, Some(tag)) => format!("{action} \"{}\"", tag.value),
        (None, None) => action.to_owned(),
    }
}

fn lists(document: &Document<'_>) -> Table {
    let row = |l: &crate::list::Declared<'_>| {
        vec![l.list.name.clone(), l.list.kind.name().to_owned(), l.list.entries.len().to_string(), l.comment.clone()]
    };
    Table {
        title: "lists",
        columns: vec!["name", "kind", "entries", "comment"],
        rows: document.lists.iter().map(row).collect(),
    }
}

fn variables(document: &Document<'_>) -> Table {
    let row = |(name, value): (&String, &Variable)| vec![format!("${name}"), variable(value)];
    Table { title: "variables", columns: vec!["name", "value"], rows: document.variables.iter().map(row).collect() }
}

/// A variable's value as a condition would have it.
pub(crate) fn variable(variable: &Variable) -> String {
    match variable {
        Variable::One(value) => scalar(value),
        Variable::Many(values) => format!("{{{}}}", values.iter().map(scalar).collect::<Vec<_>>().join(" ")),
    }
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Number(n) => n.to_string(),
        Scalar::Text(text) => format!("{text:?}"),
        Scalar::Bool(b) => b.to_string(),
        Scalar::Octets(octets) => format!("{octets:02x?}"),
    }
}

/// A condition written over several lines, on one.
pub(crate) fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}
