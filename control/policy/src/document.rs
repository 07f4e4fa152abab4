//! A policy as it is written: all files read, every key known and of its type. Conditions are checked after it.

use crate::diagnostic::{Diagnostics, File};
use crate::include;
use crate::list::{self, Declared};
use crate::read::{At, Keys, integer, kind_of};
use crate::rule::{self, Written};
use crate::source::{POLICY_FILE, Source};
use sluice_abi::verdict::LOG_LEVELS;
use sluice_abi::{Action, LogLevel};
use sluice_rules::check::{Scope, Variable};
use sluice_rules::text::Scalar;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Everything that is written in the files of a policy.
#[derive(Debug)]
pub(crate) struct Document<'s> {
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) default_action: Action,
    pub(crate) default_log: LogLevel,
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) lists: Vec<Declared<'s>>,
    pub(crate) rules: Vec<Written<'s>>,
    places: Places<'s>,
}

#[derive(Debug, Default)]
struct Places<'s> {
    variables: BTreeMap<String, (File<'s>, Range<usize>)>,
}

const SETTINGS: [&str; 8] =
    ["name", "comment", "default_action", "default_log", "include", "variables", "list", "rule"];
const INCLUDED: [&str; 3] = ["variables", "list", "rule"];

/// Reads all files of a policy.
pub(crate) fn read<'s>(source: &'s Source, report: &mut Diagnostics) -> Document<'s> {
    let mut document = Document {
        name: String::new(),
        comment: String::new(),
        default_action: Action::Pass,
        default_log: LogLevel::Summary,
        variables: BTreeMap::new(),
        lists: Vec::new(),
        rules: Vec::new(),
        places: Places::default(),
    };
    let text = source.file(POLICY_FILE).unwrap_or("");
    let first = File { path: POLICY_FILE, text };
    let Some(table) = parse(first, report) else { return document };
    let keys = Keys::new(first, table.get_ref(), 0..0, &SETTINGS, report);
    document.settings(&keys, report);
    document.contents(&keys, source, report);
    for file in included(&keys, source, report) {
        if let Some(table) = parse(file, report) {
            let keys = Keys::new(file, table.get_ref(), 0..0, &INCLUDED, report);
            document.contents(&keys, source, report);
        }
    }
    document.refuse_repeated_ids(report);
    document
}

fn parse<'s>(file: File<'s>, report: &mut Diagnostics) -> Option<Spanned<DeTable<'s>>> {
    let (table, errors) = DeTable::parse_recoverable(file.text);
    for error in &errors {
        let range = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', ", ");
        let (message, expected) = message.split_once(", expected ").unwrap_or((&message, "TOML"));
        report.push(file.error(range, message, expected));
    }
    errors.is_empty().then_some(table)
}

fn included<'s>(keys: &Keys<'_, 's>, source: &'s Source, report: &mut Diagnostics) -> Vec<File<'s>> {
    const EXPECTED: &str = "an array of paths, such as [\"rules/*.toml\"]";
    let Some(value) = keys.find("include") else { return Vec::new() };
    let Some(patterns) = value.get_ref().as_array() else {
        keys.wrong_type(value, EXPECTED, report);
        return Vec::new();
    };
    let mut files: Vec<File<'s>> = Vec::new();
    for element in patterns.iter() {
        let Some(pattern) = element.get_ref().as_str() else {
            keys.wrong_type(element, EXPECTED, report);
            continue;
        };
        let found = include::matching(pattern, source);
        if found.is_empty() {
            let message = format!("no file is named by `{pattern}`");
            report.push(keys.file.error(element.span(), message, "a path from the policy's directory"));
        }
        for path in found.into_iter().filter(|p| *p != POLICY_FILE) {
            if files.iter().all(|f| f.path != path) {
                files.push(File { path, text: source.file(path).unwrap_or("") });
            }
        }
    }
    files
}

impl<'s> Document<'s> {
    fn settings(&mut self, keys: &Keys<'_, 's>, report: &mut Diagnostics) {
        if keys.find("name").is_none() {
            keys.missing("name", "what this policy is called, at the top of policy.toml", report);
        }
        let text =
            |key, report: &mut Diagnostics| keys.text(key, report).map(|t: At<String>| t.value).unwrap_or_default();
        self.name = text("name", report);
        self.comment = text("comment", report);
        if let Some(action) = keys.one_of("default_action", &["pass", "discard"], Action::parse, report) {
            self.default_action = action.value;
        }
        if let Some(log) = keys.one_of("default_log", LOG_LEVELS, LogLevel::parse, report) {
            self.default_log = log.value;
        }
    }

    fn contents(&mut self, keys: &Keys<'_, 's>, source: &'s Source, report: &mut Diagnostics) {
        if let Some(table) = self.table(keys, "variables", report) {
            for (name, value) in table.iter() {
                self.variable(keys.file, name, value, report);
            }
        }
        if let Some(table) = self.table(keys, "list", report) {
            for (name, value) in table.iter() {
                self.list(keys, name, value, source, report);
            }
        }
        let Some(value) = keys.find("rule") else { return };
        let Some(array) = value.get_ref().as_array() else {
            keys.wrong_type(value, "tables headed [[rule]]", report);
            return;
        };
        for element in array.iter() {
            match element.get_ref().as_table() {
                Some(table) => self.rules.push(rule::read(keys.file, table, element.span(), report)),
                None => keys.wrong_type(element, "a table headed [[rule]]", report),
            }
        }
    }

    fn table<'t>(&self, keys: &Keys<'t, 's>, key: &str, report: &mut Diagnostics) -> Option<&'t DeTable<'s>> {
        let value = keys.find(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            keys.wrong_type(value, "a table", report);
        }
        table
    }

    fn variable(
        &mut self,
        file: File<'s>,
        name: &Spanned<std::borrow::Cow<'s, str>>,
        value: &Spanned<DeValue<'s>>,
        report: &mut Diagnostics,
    ) {
        let variable = match value.get_ref().as_array() {
            Some(array) => array.iter().map(|e| scalar(file, e, report)).collect::<Option<_>>().map(Variable::Many),
            None => scalar(file, value, report).map(Variable::One),
        };
        let key = name.get_ref().as_ref().to_owned();
        if !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let expected = "letters, digits and _";
            report.push(file.error(name.span(), format!("`{key}` cannot be the name of a variable"), expected));
        }
        if let Some((other, range)) = self.places.variables.insert(key.clone(), (file, name.span())) {
            let error = file.error(name.span(), format!("the variable `{key}` is here a second time"), "another name");
            report.push(error.related(other.place(range), "first here"));
        }
        if let Some(variable) = variable {
            self.variables.insert(key, variable);
        }
    }

    fn list(
        &mut self,
        keys: &Keys<'_, 's>,
        name: &Spanned<std::borrow::Cow<'s, str>>,
        value: &Spanned<DeValue<'s>>,
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

    fn refuse_repeated_ids(&self, report: &mut Diagnostics) {
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

    /// What conditions can name.
    pub(crate) fn scope(&self) -> Scope {
        Scope { variables: self.variables.clone(), lists: self.lists.iter().map(|l| l.list.name.clone()).collect() }
    }
}

fn scalar(file: File<'_>, value: &Spanned<DeValue<'_>>, report: &mut Diagnostics) -> Option<Scalar> {
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
