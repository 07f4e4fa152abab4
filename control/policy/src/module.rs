//! What the files of a policy and those of scenarios have in common: variables, lists, counters, conditions, rules.

use crate::diagnostic::{Diagnostics, File};
use crate::list::{self, Declared};
use crate::read::{At, Keys, integer, kind_of};
use crate::rule::{self, Written};
use crate::source::Source;
use crate::{condition, counter};
use sluice_rules::check::Variable;
use sluice_rules::text::Scalar;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Things that name each other and are named by nobody else.
#[derive(Debug, Default)]
pub(crate) struct Module<'s> {
    pub(crate) variables: BTreeMap<String, Variable>,
    /// Where the value of each variable stands.
    pub(crate) places: BTreeMap<String, (File<'s>, Range<usize>)>,
    pub(crate) lists: Vec<Declared<'s>>,
    pub(crate) counters: Vec<counter::Written<'s>>,
    pub(crate) conditions: Vec<condition::Written<'s>>,
    pub(crate) rules: Vec<Written<'s>>,
}

type Name<'s> = Spanned<Cow<'s, str>>;
type Value<'s> = Spanned<DeValue<'s>>;

/// The keys under which things of a module stand.
pub(crate) const KEYS: [&str; 5] = ["variables", "list", "counter", "condition", "rule"];

impl<'s> Module<'s> {
    /// Adds what a file has.
    pub(crate) fn contents(&mut self, keys: &Keys<'_, 's>, source: &'s Source, report: &mut Diagnostics) {
        for (name, value) in keys.table("variables", report) {
            self.variable(keys.file, name, value, report);
        }
        for (name, value) in keys.table("list", report) {
            self.list(keys, name, value, source, report);
        }
        for (name, table) in self.named(keys, "counter", |m| m.counters.iter().map(|c| (c.file, &c.name)), report) {
            self.counters.push(counter::read(keys.file, name, table, report));
        }
        for (name, table) in self.named(keys, "condition", |m| m.conditions.iter().map(|c| (c.file, &c.name)), report) {
            self.conditions.extend(condition::read(keys.file, name, table, report));
        }
        for element in keys.tables("rule", report) {
            if let Some(table) = element.get_ref().as_table() {
                self.rules.push(rule::read(keys.file, table, element.span(), report));
            }
        }
    }

    /// The tables under `[KIND.NAME]` whose names can be names and are not here yet.
    fn named<'t, 'm, I>(
        &'m self,
        keys: &Keys<'t, 's>,
        kind: &str,
        known: impl Fn(&'m Self) -> I,
        report: &mut Diagnostics,
    ) -> Vec<(At<String>, &'t DeTable<'s>)>
    where
        I: Iterator<Item = (File<'s>, &'m At<String>)>,
        's: 'm,
    {
        let mut tables = Vec::new();
        for (name, value) in keys.table(kind, report) {
            let name = At { value: name.get_ref().as_ref().to_owned(), range: name.span() };
            let Some(table) = value.get_ref().as_table() else {
                keys.wrong_type(value, &format!("a table headed [{kind}.NAME]"), report);
                continue;
            };
            refuse_name(keys.file, &name, &format!("the name of a {kind}"), report);
            if let Some((file, first)) = known(self).find(|(_, other)| other.value == name.value) {
                let message = format!("the {kind} `{}` is here a second time", name.value);
                let error = keys.file.error(name.range, message, "another name");
                report.push(error.related(file.place(first.range.clone()), "first here"));
                continue;
            }
            tables.push((name, table));
        }
        tables
    }

    fn variable(&mut self, file: File<'s>, name: &Name<'s>, value: &Value<'s>, report: &mut Diagnostics) {
        let key = At { value: name.get_ref().as_ref().to_owned(), range: name.span() };
        refuse_name(file, &key, "the name of a variable", report);
        if let Some((other, range)) = self.places.insert(key.value.clone(), (file, name.span())) {
            let message = format!("the variable `{}` is here a second time", key.value);
            let error = file.error(name.span(), message, "another name");
            report.push(error.related(other.place(range), "first here"));
        }
        if let Some(variable) = variable(file, value, report) {
            self.variables.insert(key.value, variable);
        }
    }

    fn list(
        &mut self,
        keys: &Keys<'_, 's>,
        name: &Name<'s>,
        value: &Value<'s>,
        source: &'s Source,
        report: &mut Diagnostics,
    ) {
        let Some(table) = value.get_ref().as_table() else {
            keys.wrong_type(value, "a table headed [list.NAME]", report);
            return;
        };
        let name = At { value: name.get_ref().as_ref().to_owned(), range: name.span() };
        if let Some(other) = self.lists.iter().find(|l| l.list.name == name.value) {
            let message = format!("the list `{}` is here a second time", name.value);
            let error = keys.file.error(name.range.clone(), message, "another name");
            report.push(error.related(other.file.place(other.name_range.clone()), "first here"));
            return;
        }
        self.lists.push(list::read(keys.file, name, table, source, report));
    }

    /// Gives lists that name a variable its values.
    pub(crate) fn fill_lists(&mut self, report: &mut Diagnostics) {
        self.lists.iter_mut().for_each(|list| list.fill(&self.variables, &self.places, report));
    }

    /// Reports every id that is there already.
    pub(crate) fn refuse_repeated_ids(&self, report: &mut Diagnostics) {
        let mut first: BTreeMap<&str, &Written<'_>> = BTreeMap::new();
        for rule in self.rules.iter().filter(|r| !r.id.value.is_empty()) {
            match first.get(rule.id.value.as_str()) {
                Some(other) => {
                    let message = format!("the id `{}` is here a second time", rule.id.value);
                    let error = rule.file.error(rule.id.range.clone(), message, "another id");
                    report.push(error.related(other.file.place(other.id.range.clone()), "first here"));
                }
                None => _ = first.insert(&rule.id.value, rule),
            }
        }
    }
}

fn refuse_name(file: File<'_>, name: &At<String>, what: &str, report: &mut Diagnostics) {
    if name.value.is_empty() || !name.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let message = format!("`{}` cannot be {what}", name.value);
        report.push(file.error(name.range.clone(), message, "letters, digits and _"));
    }
}

/// One value or an array of them.
pub(crate) fn variable(file: File<'_>, value: &Value<'_>, report: &mut Diagnostics) -> Option<Variable> {
    match value.get_ref().as_array() {
        Some(array) => array.iter().map(|e| scalar(file, e, report)).collect::<Option<_>>().map(Variable::Many),
        None => scalar(file, value, report).map(Variable::One),
    }
}

fn scalar(file: File<'_>, value: &Value<'_>, report: &mut Diagnostics) -> Option<Scalar> {
    let scalar = match value.get_ref() {
        DeValue::String(text) => Some(Scalar::Text(text.as_ref().to_owned())),
        DeValue::Boolean(b) => Some(Scalar::Bool(*b)),
        DeValue::Integer(_) => integer(value.get_ref()).map(Scalar::Number),
        _ => None,
    };
    if scalar.is_none() {
        let message = format!("a variable cannot be {}", kind_of(value.get_ref()));
        report.push(file.error(value.span(), message, "text, a number, true, false, or an array of these"));
    }
    scalar
}
