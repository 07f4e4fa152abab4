//! Scenarios: attacks and abuses with the rules against them, built in and adjusted by a policy.
//!
//! ```toml
//! # policy.toml
//! scenarios = "all"                # or names: ["flash"]; without the key: all
//! scenario_mode = "shadow"         # off, shadow, enforce or offline, where no mode is given below
//! [scenario.flash]
//! mode = "enforce"
//! action = "reject"                # instead of what its deciding rules do; those that pass or add points stay
//! error = "unexpectedDataValue"
//! log = "full"
//! per_sender = 5                   # a setting of this scenario
//! ```
//!
//! A built-in file has `[scenario]` with `title`, `summary` and `evidence`; `[settings.NAME]` with `default` and
//! `help`; and lists, counters, conditions and rules as a policy has them. A setting is a number, text, an array, or a
//! length of time (`"10m"`), and stands as `$NAME` in conditions and windows. All names are the scenario's own; beside
//! them it knows those that `network.toml` gives. A rule's own mode is kept where it does less than the scenario's.

mod built_in;
mod settings;

use crate::diagnostic::{Diagnostics, File};
use crate::module::Module;
use crate::read::{At, Keys};
use crate::rule;
use sluice_abi::verdict::LOG_LEVELS;
use sluice_abi::{Action, LogLevel, Mode};
use sluice_rules::text::nearest;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

pub(crate) use built_in::{BUILT_IN, Library, text};
pub use built_in::{ScenarioInfo, scenarios};
pub(crate) use settings::Setting;

/// Modes of a scenario by name; `off` leaves it out.
pub(crate) const MODES: [&str; 4] = ["off", "shadow", "enforce", "offline"];
/// Keys of `[scenario.NAME]` beside its settings.
pub(crate) const KEYS: [&str; 4] = ["mode", "action", "error", "log"];
/// What the deciding rules of a scenario can do instead.
pub(crate) const ACTIONS: [&str; 7] = ["pass", "discard", "reject", "acknowledge", "abort", "tag", "copy"];

/// A scenario as a policy uses it.
#[derive(Debug)]
pub(crate) struct Scenario<'s> {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) evidence: String,
    pub(crate) mode: Mode,
    pub(crate) settings: Vec<Setting>,
    pub(crate) module: Module<'s>,
    /// Where a policy speaks of it, if it names it.
    pub(crate) named: Option<(File<'s>, Range<usize>)>,
}

/// `[scenario.NAME]` of a policy.
#[derive(Debug)]
pub(crate) struct Override<'s> {
    file: File<'s>,
    name: At<String>,
    table: DeTable<'s>,
}

impl<'s> Override<'s> {
    pub(crate) fn new(file: File<'s>, name: &Spanned<Cow<'s, str>>, table: &DeTable<'s>) -> Self {
        let name = At { value: name.get_ref().as_ref().to_owned(), range: name.span() };
        Self { file, name, table: table.clone() }
    }
}

/// Which scenarios a policy asks for.
#[derive(Debug)]
pub(crate) struct Wanted<'s> {
    file: File<'s>,
    library: Library,
    /// Their names, if not all are wanted.
    names: Option<Vec<At<String>>>,
    /// The mode of those for which none is given; none leaves them out.
    mode: Option<Mode>,
    pub(crate) mode_name: &'static str,
}

fn mode(name: &str) -> Option<Option<Mode>> {
    if name == "off" { Some(None) } else { Mode::parse(name).map(Some) }
}

impl<'s> Wanted<'s> {
    /// All in shadow.
    pub(crate) fn new(file: File<'s>, library: Library) -> Self {
        Self { file, library, names: None, mode: Some(Mode::Shadow), mode_name: "shadow" }
    }

    /// Reads `scenarios` and `scenario_mode`.
    pub(crate) fn read(&mut self, keys: &Keys<'_, 's>, report: &mut Diagnostics) {
        const EXPECTED: &str = "\"all\" or an array of names";
        if let Some(given) = keys.one_of("scenario_mode", &MODES, mode, report) {
            self.mode = given.value;
            self.mode_name = self.mode.map_or("off", Mode::name);
        }
        let Some(value) = keys.find("scenarios") else { return };
        match (value.get_ref().as_str(), value.get_ref().as_array()) {
            (Some("all"), _) => {}
            (_, Some(_)) => self.names = keys.texts("scenarios", report),
            _ => keys.wrong_type(value, EXPECTED, report),
        }
        for name in self.names.iter().flatten().filter(|n| !self.library.has(&n.value)) {
            self.refuse_unknown(keys.file, name, report);
        }
    }

    /// What the policy asked for, in words.
    pub(crate) fn show(&self) -> String {
        match &self.names {
            None => "all".to_owned(),
            Some(names) => names.iter().map(|n| n.value.as_str()).collect::<Vec<_>>().join(" "),
        }
    }

    /// The scenarios in use, in the order in which they are built in.
    pub(crate) fn scenarios(&self, overrides: &[Override<'s>], report: &mut Diagnostics) -> Vec<Scenario<'s>> {
        for (place, given) in overrides.iter().enumerate() {
            if !self.library.has(&given.name.value) {
                self.refuse_unknown(given.file, &given.name, report);
            }
            let earlier = overrides.iter().take(place).find(|o| o.name.value == given.name.value);
            if let Some(earlier) = earlier {
                let message = format!("the scenario `{}` is here a second time", given.name.value);
                let error = given.file.error(given.name.range.clone(), message, "its keys at one place");
                report.push(error.related(earlier.file.place(earlier.name.range.clone()), "first here"));
            }
        }
        self.library.names().filter_map(|name| self.scenario(name, overrides, report)).collect()
    }

    /// One scenario, if it is wanted. What a policy says of it is checked even if it is not.
    fn scenario(
        &self,
        name: &'static str,
        overrides: &[Override<'s>],
        report: &mut Diagnostics,
    ) -> Option<Scenario<'s>> {
        let given = overrides.iter().find(|o| o.name.value == name);
        let listed = self.names.iter().flatten().find(|n| n.value == name);
        let is_wanted = self.names.is_none() || listed.is_some();
        if given.is_none() && (!is_wanted || self.mode.is_none()) {
            return None;
        }
        let mut scenario = self.library.read(name, report)?;
        scenario.named = listed.map(|at| (self.file, at.range.clone()));
        let mut mode = self.mode;
        if let Some(given) = given {
            scenario.named = Some((given.file, given.name.range.clone()));
            mode = scenario.adjust(given, mode, report);
            if !is_wanted && mode.is_some() {
                let message = format!("the scenario `{name}` is not among those that `scenarios` names");
                report.push(given.file.warning(given.name.range.clone(), message));
            }
        }
        scenario.module.fill_lists(report);
        scenario.finish(mode.filter(|_| is_wanted)?);
        Some(scenario)
    }

    fn refuse_unknown(&self, file: File<'_>, name: &At<String>, report: &mut Diagnostics) {
        let near = nearest(&name.value, self.library.names());
        let all = || format!("there are {}", self.library.names().collect::<Vec<_>>().join(", "));
        let help = near.first().map_or_else(all, |n| format!("did you mean `{n}`?"));
        let message = format!("there is no scenario `{}`", name.value);
        report.push(file.error(name.range.clone(), message, "the name of a scenario").with_help(Some(help)));
    }
}

impl<'s> Scenario<'s> {
    /// Takes over what a policy says; the mode that follows.
    fn adjust(&mut self, given: &Override<'s>, mode: Option<Mode>, report: &mut Diagnostics) -> Option<Mode> {
        let names: Vec<String> = self.settings.iter().map(|s| s.name.clone()).collect();
        let known: Vec<&str> = KEYS.into_iter().chain(names.iter().map(String::as_str)).collect();
        let keys = Keys::new(given.file, &given.table, given.name.range.clone(), &known, report);
        for setting in &mut self.settings {
            if let Some(place) = setting.adjust(&keys, report) {
                self.module.variables.insert(setting.name.clone(), setting.value.clone());
                self.module.places.insert(setting.name.clone(), (given.file, place));
            }
        }
        if let Some(log) = keys.one_of("log", LOG_LEVELS, LogLevel::parse, report) {
            self.module.rules.iter_mut().for_each(|rule| rule.log = Some(log.value));
        }
        self.act(&keys, report);
        keys.one_of("mode", &MODES, self::mode, report).map_or(mode, |m| m.value)
    }

    /// Gives the deciding rules another action or error.
    fn act(&mut self, keys: &Keys<'_, 's>, report: &mut Diagnostics) {
        let action = keys.one_of("action", &ACTIONS, Action::parse, report);
        let error = rule::error(keys, report);
        let decides = |rule: &rule::Written<'_>| rule.action().is_some_and(|a| a.is_terminal() && a != Action::Pass);
        let mut answers = false;
        for rule in self.module.rules.iter_mut().filter(|r| decides(r)) {
            if let Some(action) = &action {
                rule.action = Some(action.clone());
                rule.tag = None;
            }
            if let Some(error) = &error {
                (rule.error, rule.error_file) = (Some(error.clone()), keys.file);
            }
            let rejects = rule.action() == Some(Action::Reject);
            answers |= rejects;
            if !rejects {
                rule.error = None;
            } else if let (None, Some(action), None) = (&rule.error, &action, keys.find("error")) {
                let expected = "the MAP error to answer with, such as \"unexpectedDataValue\"";
                report.push(keys.file.error(action.range.clone(), "`error` is missing", expected));
                return;
            }
        }
        if let (Some(error), false) = (&error, answers) {
            let message = format!("no rule of `{}` answers with it", self.name);
            let help = "`error` is what `action = \"reject\"` answers with";
            report.push(keys.file.error(error.range.clone(), message, "no `error`").with_help(Some(help)));
        }
    }

    /// Names its rules and gives them their mode.
    fn finish(&mut self, mode: Mode) {
        self.mode = mode;
        for rule in &mut self.module.rules {
            rule.id.value = format!("{}.{}", self.name, rule.id.value);
            rule.mode = rule.mode.max(mode);
            rule.scenario = Some(self.name);
        }
    }
}

#[cfg(test)]
mod tests;
