//! The scenarios that come with Sluice. A new one is a file under `scenarios/` and a line here.

use super::{Scenario, Setting};
use crate::diagnostic::{Diagnostics, File};
use crate::document;
use crate::module::{self, Module};
use crate::read::{At, Keys};
use crate::source::Source;
use serde::Serialize;
use sluice_abi::Mode;
use std::sync::LazyLock;

/// Scenarios by name, each with its file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Library(pub(super) &'static [(&'static str, File<'static>)]);

macro_rules! built_in {
    ($($name:literal),+ $(,)?) => {
        /// All of them, in the order in which their rules are asked.
        pub(crate) const BUILT_IN: Library = Library(&[$((
            $name,
            File {
                path: concat!("built-in/", $name, ".toml"),
                text: include_str!(concat!("../../scenarios/", $name, ".toml")),
            },
        )),+]);
    };
}

built_in![
    "flash",
    "home-identity",
    "faking",
    "spoofing",
    "mt-without-sri",
    "open-smsc",
    "turned-numbers",
    "flooding",
    "gt-scanning",
    "probing",
    "category-screening",
    "double-component",
    "context-mismatch",
    "report-abuse",
    "alert-abuse",
    "lists",
    "binary",
    "brands",
    "links",
    "hidden-text",
    "grey-a2p",
    "campaigns",
    "sim-box",
    "leased-gt",
    "content",
    // What other scenarios say of a stranger says more: it comes last.
    "strangers",
];

/// Keys of a built-in file, beside those of a module.
const FILE_KEYS: [&str; 2] = ["scenario", "settings"];
const KEYS: [&str; 3] = ["title", "summary", "evidence"];

/// Built-in files have no files beside them.
static NO_SOURCE: LazyLock<Source> = LazyLock::new(Source::default);

impl Library {
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.names().any(|n| n == name)
    }

    /// Reads a scenario with its defaults.
    pub(super) fn read<'s>(self, name: &str, report: &mut Diagnostics) -> Option<Scenario<'s>> {
        let (name, file) = self.0.iter().find(|(n, _)| *n == name)?;
        read(name, *file, report)
    }
}

/// The text of a built-in file, by the path it has in diagnostics.
pub(crate) fn text(path: &str) -> Option<&'static str> {
    BUILT_IN.0.iter().find(|(_, file)| file.path == path).map(|(_, file)| file.text)
}

fn read<'s>(name: &'static str, file: File<'s>, report: &mut Diagnostics) -> Option<Scenario<'s>> {
    let table = document::parse(file, report)?;
    let known: Vec<&str> = FILE_KEYS.into_iter().chain(module::KEYS).collect();
    let keys = Keys::new(file, table.get_ref(), 0..0, &known, report);
    let mut module = Module::default();
    module.contents(&keys, &NO_SOURCE, report);
    module.refuse_repeated_ids(report);
    let settings = settings(&keys, report);
    for setting in &settings {
        module.variables.insert(setting.name.clone(), setting.value.clone());
        module.places.insert(setting.name.clone(), (file, setting.place.clone()));
    }
    let [title, summary, evidence] = texts(&keys, report);
    Some(Scenario { name, title, summary, evidence, mode: Mode::Shadow, settings, module, named: None })
}

/// `[scenario]`, all of whose keys must be there.
fn texts(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> [String; 3] {
    let Some(value) = keys.find("scenario") else {
        keys.missing("scenario", "title, summary and evidence under [scenario]", report);
        return Default::default();
    };
    let Some(table) = value.get_ref().as_table() else {
        keys.wrong_type(value, "a table headed [scenario]", report);
        return Default::default();
    };
    let keys = Keys::new(keys.file, table, value.span(), &KEYS, report);
    KEYS.map(|key| match keys.text(key, report) {
        Some(text) if !text.value.trim().is_empty() => text.value.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => {
            keys.missing(key, "a sentence", report);
            String::new()
        }
    })
}

fn settings(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Vec<Setting> {
    let mut settings = Vec::new();
    for (name, value) in keys.table("settings", report) {
        let name = At { value: name.get_ref().as_ref().to_owned(), range: name.span() };
        match value.get_ref().as_table() {
            Some(table) => settings.extend(Setting::read(keys.file, &name, table, report)),
            None => keys.wrong_type(value, "a table headed [settings.NAME]", report),
        }
    }
    settings
}

/// What a built-in scenario is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScenarioInfo {
    /// Its name in policies and records.
    pub name: &'static str,
    /// In a few words.
    pub title: String,
    /// What the attack is and how it is found.
    pub summary: String,
    /// What a verdict of it rests on.
    pub evidence: String,
    /// Name, default and meaning of each setting.
    pub settings: Vec<[String; 3]>,
    /// Id and comment of each rule.
    pub rules: Vec<[String; 2]>,
}

/// All built-in scenarios.
pub fn scenarios() -> Vec<ScenarioInfo> {
    let mut report = Diagnostics::default();
    BUILT_IN.names().filter_map(|name| BUILT_IN.read(name, &mut report)).map(|s| info(&s)).collect()
}

fn info(scenario: &Scenario<'_>) -> ScenarioInfo {
    let setting = |s: &Setting| [s.name.clone(), s.show(), s.help.clone()];
    let rules = scenario.module.rules.iter();
    ScenarioInfo {
        name: scenario.name,
        title: scenario.title.clone(),
        summary: scenario.summary.clone(),
        evidence: scenario.evidence.clone(),
        settings: scenario.settings.iter().map(setting).collect(),
        rules: rules.map(|r| [format!("{}.{}", scenario.name, r.id.value), r.comment.clone()]).collect(),
    }
}
