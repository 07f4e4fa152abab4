//! A policy as tables, for whoever prints them.

use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::rule::Written;
use crate::source::Source;
use crate::{condition, counter, schedule};
use serde::Serialize;
use sluice_abi::Action;
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

/// A policy's tables: settings, rules in the order in which they are asked, what they name, scenarios.
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
    let tables = [settings, rules, conditions, counters, lists, variables, scenarios];
    Ok(Show { tables: tables.map(|table| table(&document)).into() })
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
            row("network", document.network_file.as_deref().unwrap_or("")),
            row("scenarios", &document.wanted.show()),
            row("scenario_mode", document.wanted.mode_name),
        ],
    }
}

fn rules(document: &Document<'_>) -> Table {
    let of_level = |level| document.rules().filter(move |r| r.level == Some(level));
    Table {
        title: "rules",
        columns: vec![
            "level",
            "id",
            "trigger",
            "mode",
            "action",
            "when",
            "valid",
            "log",
            "statistics",
            "owner",
            "comment",
        ],
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
        schedule::show(&rule.validity).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", "),
        rule.log.map_or("", |l| l.name()).to_owned(),
        rule.statistics.map_or("", |s| s.name()).to_owned(),
        rule.owner.clone(),
        rule.comment.clone(),
    ]
}

/// The action with what it answers, changes or says.
pub(crate) fn action(rule: &Written<'_>) -> String {
    let action = rule.action().map_or("", |a| a.name());
    match (&rule.error, &rule.tag) {
        _ if rule.action() == Some(Action::Score) => {
            format!("{action} {:+}", rule.score.as_ref().map_or(0, |s| s.value))
        }
        _ if rule.rewriting.is_any() => format!("{action} {}", rule.rewriting),
        (Some(error), _) => format!("{action} {} {}", error.value.number(), error.value.name()),
        (None, Some(tag)) => format!("{action} \"{}\"", tag.value),
        (None, None) => action.to_owned(),
    }
}

fn conditions(document: &Document<'_>) -> Table {
    let row = |(prefix, c): (String, &condition::Written<'_>)| {
        vec![format!("{prefix}{}", c.name.value), one_line(&c.when.value), c.comment.clone()]
    };
    let all = document.modules().flat_map(|(prefix, m)| m.conditions.iter().map(move |c| (prefix.clone(), c)));
    Table { title: "conditions", columns: vec!["name", "when", "comment"], rows: all.map(row).collect() }
}

fn counters(document: &Document<'_>) -> Table {
    let all = document.modules().flat_map(|(prefix, m)| m.counters.iter().map(move |c| (prefix.clone(), c)));
    Table {
        title: "counters",
        columns: vec!["name", "key", "counts", "window", "when", "comment"],
        rows: all.map(|(prefix, counter)| counter_row(&prefix, counter)).collect(),
    }
}

fn counter_row(prefix: &str, counter: &counter::Written<'_>) -> Vec<String> {
    vec![
        format!("{prefix}{}", counter.name.value),
        counter.key.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        counter::show_counts(&counter.counts),
        counter.window.as_ref().map_or(String::new(), |w| w.value.clone()),
        one_line(counter.when.as_ref().map_or("(every message)", |w| &w.value)),
        counter.comment.clone(),
    ]
}

fn lists(document: &Document<'_>) -> Table {
    let row = |(prefix, l): (String, &crate::list::Declared<'_>)| {
        let name = format!("{prefix}{}", l.list.name);
        vec![name, l.list.kind.name().to_owned(), l.list.entries.len().to_string(), l.comment.clone()]
    };
    let all = document.modules().flat_map(|(prefix, m)| m.lists.iter().map(move |l| (prefix.clone(), l)));
    Table { title: "lists", columns: vec!["name", "kind", "entries", "comment"], rows: all.map(row).collect() }
}

fn variables(document: &Document<'_>) -> Table {
    let row = |(name, value): (&String, &Variable)| vec![format!("${name}"), variable(value)];
    let rows = document.own.variables.iter().map(row).collect();
    Table { title: "variables", columns: vec!["name", "value"], rows }
}

/// A row for each scenario and one for each of its settings.
fn scenarios(document: &Document<'_>) -> Table {
    let mut rows = Vec::new();
    for scenario in &document.scenarios {
        let name = scenario.name.to_owned();
        rows.push(vec![name.clone(), scenario.mode.name().to_owned(), String::new(), scenario.title.clone()]);
        rows.extend(scenario.settings.iter().map(|setting| {
            let given = if setting.is_given { "" } else { "default" };
            vec![format!("{name}.{}", setting.name), setting.show(), given.to_owned(), setting.help.clone()]
        }));
    }
    Table { title: "scenarios", columns: vec!["name", "value", "", "meaning"], rows }
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
