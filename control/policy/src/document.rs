//! A policy as it is written: all files read, every key known and of its type. Conditions are checked after it.

use crate::diagnostic::{Diagnostics, File};
use crate::include;
use crate::module::Module;
use crate::network::{self, Network};
use crate::read::{At, Keys};
use crate::rule::Written;
use crate::scenario::{BUILT_IN, Library, Override, Scenario, Wanted};
use crate::source::{POLICY_FILE, Source};
use sluice_abi::verdict::LOG_LEVELS;
use sluice_abi::{Action, LogLevel};
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// Everything that is written in the files of a policy.
#[derive(Debug)]
pub(crate) struct Document<'s> {
    /// `policy.toml`.
    pub(crate) file: File<'s>,
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) default_action: Action,
    pub(crate) default_log: LogLevel,
    /// Whose numbers are whose.
    pub(crate) network: Network,
    /// The file that says who we and our partners are, where one is named.
    pub(crate) network_file: Option<String>,
    /// What the policy itself says.
    pub(crate) own: Module<'s>,
    /// Which scenarios are asked for.
    pub(crate) wanted: Wanted<'s>,
    /// The scenarios that are in use, settled as the policy wants them.
    pub(crate) scenarios: Vec<Scenario<'s>>,
}

/// Keys at the top of `policy.toml`, beside those of every file.
pub(crate) const SETTINGS: [&str; 9] = [
    "name",
    "comment",
    "default_action",
    "default_log",
    "include",
    "network",
    "operators",
    "scenarios",
    "scenario_mode",
];
/// Keys of every file: those of a module, and what scenarios are given.
pub(crate) const EVERYWHERE: [&str; 6] = ["variables", "list", "counter", "condition", "rule", "scenario"];

/// Reads all files of a policy.
pub(crate) fn read<'s>(source: &'s Source, report: &mut Diagnostics) -> Document<'s> {
    read_with(source, BUILT_IN, report)
}

/// The same with other scenarios.
pub(crate) fn read_with<'s>(source: &'s Source, library: Library, report: &mut Diagnostics) -> Document<'s> {
    let text = source.file(POLICY_FILE).unwrap_or("");
    let first = File { path: POLICY_FILE, text };
    let mut document = Document {
        file: first,
        name: String::new(),
        comment: String::new(),
        default_action: Action::Pass,
        default_log: LogLevel::Summary,
        network: Network::default(),
        network_file: None,
        own: Module::default(),
        wanted: Wanted::new(first, library),
        scenarios: Vec::new(),
    };
    let Some(table) = parse(first, report) else { return document };
    let known: Vec<&str> = SETTINGS.into_iter().chain(EVERYWHERE).collect();
    let keys = Keys::new(first, table.get_ref(), 0..0, &known, report);
    document.settings(&keys, report);
    document.network = network::read(&keys, source, report);
    document.network_file = keys.find("network").and_then(|n| n.get_ref().as_str()).map(str::to_owned);
    let mut overrides = document.contents(&keys, source, report);
    for file in included(&keys, source, report) {
        if let Some(table) = parse(file, report) {
            let keys = Keys::new(file, table.get_ref(), 0..0, &EVERYWHERE, report);
            overrides.extend(document.contents(&keys, source, report));
        }
    }
    document.own.refuse_repeated_ids(report);
    document.own.fill_lists(report);
    document.scenarios = document.wanted.scenarios(&overrides, report);
    document
}

/// Reads a file as TOML.
pub(crate) fn parse<'s>(file: File<'s>, report: &mut Diagnostics) -> Option<Spanned<DeTable<'s>>> {
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
        self.wanted.read(keys, report);
    }

    /// Adds what a file has, and gives what it says of scenarios.
    fn contents(&mut self, keys: &Keys<'_, 's>, source: &'s Source, report: &mut Diagnostics) -> Vec<Override<'s>> {
        self.own.contents(keys, source, report);
        let mut overrides = Vec::new();
        for (name, value) in keys.table("scenario", report) {
            match value.get_ref().as_table() {
                Some(table) => overrides.push(Override::new(keys.file, name, table)),
                None => keys.wrong_type(value, "a table headed [scenario.NAME]", report),
            }
        }
        overrides
    }

    /// All rules in the order in which they were written, those of scenarios behind those of the policy.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Written<'s>> {
        self.own.rules.iter().chain(self.scenarios.iter().flat_map(|s| &s.module.rules))
    }

    /// The policy's own names and those of each scenario, with what stands before them.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (String, &Module<'s>)> {
        let scenarios = self.scenarios.iter().map(|s| (format!("{}.", s.name), &s.module));
        std::iter::once((String::new(), &self.own)).chain(scenarios)
    }

    /// Where a list, counter or rule stands, by the name it has in the model.
    pub(crate) fn place_of(&self, kind: &str, name: &str) -> Option<(File<'s>, Range<usize>)> {
        if kind == "rule" {
            return self.rules().find(|r| r.id.value == name).map(|r| (r.file, r.id.range.clone()));
        }
        self.modules().find_map(|(prefix, module)| {
            let name = name.strip_prefix(&prefix)?;
            let list = module.lists.iter().find(|l| kind == "list" && l.list.name == name);
            let counter = module.counters.iter().find(|c| kind == "counter" && c.name.value == name);
            list.map(|l| (l.file, l.name_range.clone())).or(counter.map(|c| (c.file, c.name.range.clone())))
        })
    }
}
