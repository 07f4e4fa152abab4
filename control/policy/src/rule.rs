//! `[[rule]]`: the keys of one rule, each checked for itself and against the others.

use crate::condition::Context;
use crate::diagnostic::{Diagnostics, File};
use crate::quoted::Quoted;
use crate::read::{At, Keys, integer, unknown_word};
use crate::{rewriting, schedule};
use sluice_abi::verdict::{LOG_LEVELS, MODES, STATISTICS, TRIGGERS};
use sluice_abi::{Action, LogLevel, Mode, Statistics, Trigger};
use sluice_rules::maperror::operation_name;
use sluice_rules::model::{Level, Rule, Triggers, Validity};
use sluice_rules::text::nearest;
use sluice_rules::{MapError, Rewriting, visible};
use std::ops::Range;
use toml::de::DeTable;

/// A rule as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written<'s> {
    pub(crate) file: File<'s>,
    pub(crate) id: At<String>,
    pub(crate) level: Option<Level>,
    pub(crate) triggers: Triggers,
    pub(crate) mode: Mode,
    pub(crate) when: Option<Quoted>,
    pub(crate) action: Option<At<Action>>,
    pub(crate) error: Option<At<MapError>>,
    /// Where the error is written: of a scenario's rule it may be the policy.
    pub(crate) error_file: File<'s>,
    pub(crate) rewriting: Rewriting,
    pub(crate) tag: Option<At<String>>,
    pub(crate) score: Option<At<i32>>,
    pub(crate) log: Option<LogLevel>,
    pub(crate) statistics: Option<Statistics>,
    pub(crate) validity: Validity,
    /// The scenario it belongs to.
    pub(crate) scenario: Option<&'static str>,
    pub(crate) owner: String,
    pub(crate) comment: String,
}

/// Keys of a rule, beside those of its schedule.
pub(crate) const KEYS: [&str; 17] = [
    "id",
    "level",
    "trigger",
    "mode",
    "when",
    "action",
    "error",
    "sender",
    "append",
    "strip",
    "mask",
    "tag",
    "score",
    "log",
    "statistics",
    "owner",
    "comment",
];
/// Actions of levels 1 to 3.
pub(crate) const DECIDING: [&str; 9] =
    ["pass", "discard", "reject", "acknowledge", "abort", "rewrite", "tag", "copy", "score"];
const LEVELS: &str = "1 for lists, 2 for checks, 3 for filters or 4 for monitors";
const ID_OCTETS_MAX: usize = 64;
const SCORE_MAX: i32 = 1000;

/// Reads one rule.
pub(crate) fn read<'s>(
    file: File<'s>,
    table: &DeTable<'s>,
    range: Range<usize>,
    report: &mut Diagnostics,
) -> Written<'s> {
    let known: Vec<&str> = KEYS.into_iter().chain(schedule::KEYS).collect();
    let keys = Keys::new(file, table, range.clone(), &known, report);
    let level = level(&keys, report);
    let action = keys.one_of("action", &DECIDING, Action::parse, report);
    if let (Some(action), Some(Level::Monitors)) = (&action, level)
        && action.value.is_terminal()
    {
        let message = format!("a monitor never blocks, so it cannot {}", action.value.name());
        report.push(file.error(action.range.clone(), message, "\"tag\", \"copy\" or \"score\""));
    }
    let score = score(&keys, report);
    let speaks_for_itself = level == Some(Level::Monitors) || keys.find("score").is_some();
    if keys.find("action").is_none() && !speaks_for_itself {
        keys.missing("action", &format!("one of {}", DECIDING.join(", ")), report);
    }
    let text = |key, report: &mut Diagnostics| keys.text(key, report).map(|t: At<String>| t.value).unwrap_or_default();
    let written = Written {
        file,
        id: id(&keys, range, report),
        level,
        triggers: triggers(&keys, report),
        mode: keys.one_of("mode", MODES, Mode::parse, report).map_or(Mode::Enforce, |m| m.value),
        when: keys.quoted("when", report),
        error: error(&keys, report),
        error_file: file,
        rewriting: rewriting::read(&keys, report),
        tag: tag(&keys, report),
        score,
        log: keys.one_of("log", LOG_LEVELS, LogLevel::parse, report).map(|l| l.value),
        statistics: keys.one_of("statistics", STATISTICS, Statistics::parse, report).map(|s| s.value),
        validity: schedule::read(&keys, report),
        scenario: None,
        owner: text("owner", report),
        comment: text("comment", report),
        action,
    };
    written.check_together(&keys, report);
    written
}

fn level(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<Level> {
    if keys.find("level").is_none() {
        keys.missing("level", LEVELS, report);
    }
    let number = keys.number("level", LEVELS, report)?;
    let level = u8::try_from(number.value).ok().and_then(Level::from_number);
    if level.is_none() {
        report.push(keys.file.error(number.range, format!("there is no level {}", number.value), LEVELS));
    }
    level
}

fn id(keys: &Keys<'_, '_>, range: Range<usize>, report: &mut Diagnostics) -> At<String> {
    const EXPECTED: &str = "letters, digits, _ and -, at most 64";
    if keys.find("id").is_none() {
        keys.missing("id", EXPECTED, report);
    }
    let Some(id) = keys.text("id", report) else { return At { value: String::new(), range } };
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.value.is_empty() || id.value.len() > ID_OCTETS_MAX || !id.value.chars().all(legal) {
        report.push(keys.file.error(id.range.clone(), "this cannot be an id", EXPECTED));
    }
    id
}

fn triggers(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Triggers {
    const ANY: &str = "any";
    let Some(value) = keys.find("trigger") else { return Triggers::ANY };
    let single = std::slice::from_ref(value);
    let elements: Vec<_> = match value.get_ref().as_array() {
        Some(array) => array.iter().collect(),
        None => single.iter().collect(),
    };
    if elements.is_empty() {
        report.push(keys.file.error(value.span(), "a rule without a trigger is never asked", "at least one trigger"));
    }
    let mut triggers = Vec::new();
    for element in elements {
        match element.get_ref().as_str() {
            Some(ANY) => return Triggers::ANY,
            Some(name) => match Trigger::parse(name) {
                Some(trigger) => triggers.push(trigger),
                None => {
                    let name = At { value: name.to_owned(), range: element.span() };
                    let words: Vec<&str> = TRIGGERS.iter().copied().chain([ANY]).collect();
                    unknown_word(keys.file, &name, &words, report);
                }
            },
            None => keys.wrong_type(element, "the name of a trigger, or an array of them", report),
        }
    }
    Triggers::of(triggers)
}

fn score(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<At<i32>> {
    const EXPECTED: &str = "points from -1000 to 1000, not 0";
    let number = keys.number("score", EXPECTED, report)?;
    let points = i32::try_from(number.value).ok().filter(|p| *p != 0 && p.abs() <= SCORE_MAX);
    if points.is_none() {
        let message = format!("a rule cannot add {} points", number.value);
        report.push(keys.file.error(number.range.clone(), message, EXPECTED));
    }
    Some(At { value: points?, range: number.range })
}

/// Reads `error`, of a rule or of what a policy says of a scenario.
pub(crate) fn error(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<At<MapError>> {
    let value = keys.find("error")?;
    let names: Vec<&str> = MapError::all().map(MapError::name).collect();
    let error = match (value.get_ref().as_str(), integer(value.get_ref())) {
        (Some(name), _) => MapError::parse(name),
        (None, Some(number)) => u8::try_from(number).ok().and_then(MapError::from_number),
        (None, None) => {
            keys.wrong_type(value, "the name or the number of a MAP error", report);
            return None;
        }
    };
    if error.is_none() {
        let near = value.get_ref().as_str().map(|n| nearest(n, names.iter().copied())).unwrap_or_default();
        let help = near.first().map(|n| format!("did you mean \"{n}\"?"));
        let expected = "the name or the number of a MAP error that short messages have";
        report.push(keys.file.error(value.span(), "there is no such MAP error", expected).with_help(help));
    }
    Some(At { value: error?, range: value.span() })
}

fn tag(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<At<String>> {
    let tag = keys.text("tag", report)?;
    if tag.value.is_empty() || tag.value.len() > ID_OCTETS_MAX || tag.value.chars().any(char::is_control) {
        let expected = "one line of text, at most 64 octets";
        report.push(keys.file.error(tag.range.clone(), "this cannot be a tag", expected));
    }
    Some(tag)
}

impl<'s> Written<'s> {
    /// What each key demands of the others.
    fn check_together(&self, keys: &Keys<'_, '_>, report: &mut Diagnostics) {
        let rejects = self.action.as_ref().is_some_and(|a| a.value == Action::Reject);
        if rejects && keys.find("error").is_none() {
            keys.missing("error", "the MAP error to answer with, such as \"unexpectedDataValue\"", report);
        }
        if let (Some(error), Some(_), false) = (&self.error, &self.action, rejects) {
            let help = "`error` is what `action = \"reject\"` answers with";
            report.push(
                self.file.error(error.range.clone(), "nothing is answered with it", "no `error`").with_help(Some(help)),
            );
        }
        let acts = self.action().is_none_or(|a| matches!(a, Action::Tag | Action::Copy));
        if let (Some(tag), false) = (&self.tag, acts) {
            let help = "`tag` belongs to `action = \"tag\"` and `action = \"copy\"`";
            report.push(self.file.error(tag.range.clone(), "this rule does not tag", "no `tag`").with_help(Some(help)));
        }
        self.check_score(keys, report);
        rewriting::check_together(self.action.as_ref(), &self.rewriting, keys, report);
    }

    fn check_score(&self, keys: &Keys<'_, '_>, report: &mut Diagnostics) {
        let scores = self.action.as_ref().is_some_and(|a| a.value == Action::Score);
        if scores && keys.find("score").is_none() {
            keys.missing("score", "the points this rule adds, from -1000 to 1000", report);
        }
        if let (Some(score), Some(_), false) = (&self.score, &self.action, scores) {
            let help = "a rule that adds points does nothing else: `action = \"score\"`";
            let error = self.file.error(score.range.clone(), "this rule does not add points", "no `score`");
            report.push(error.with_help(Some(help)));
        }
    }

    pub(crate) fn action(&self) -> Option<Action> {
        match (&self.action, self.level) {
            (Some(action), _) => Some(action.value),
            (None, Some(_)) if self.score.is_some() => Some(Action::Score),
            (None, Some(Level::Monitors)) => Some(Action::Tag),
            _ => None,
        }
    }

    /// The rule for the model; `None` where something about it was refused.
    pub(crate) fn checked(&self, context: &mut Context<'s>, report: &mut Diagnostics) -> Option<Rule> {
        let condition = match &self.when {
            Some(when) => Some(context.condition(self.file, when, report)?),
            None => None,
        };
        let basis = Rule::new(&self.id.value, self.level?, self.action()?);
        let rule = Rule {
            triggers: self.triggers,
            mode: self.mode,
            when: self.when.as_ref().map(|w| w.value.clone()).unwrap_or_default(),
            condition,
            error: self.error.as_ref().map(|e| e.value),
            rewriting: self.rewriting.clone(),
            tag: self.tag.as_ref().map(|t| t.value.clone()),
            log: self.log,
            points: self.score.as_ref().map_or(0, |s| s.value),
            statistics: self.statistics.unwrap_or(basis.statistics),
            scenario: self.scenario.map(str::to_owned),
            validity: self.validity,
            ..basis
        };
        self.warn_of_illegal_error(&rule, report);
        rewriting::warn_of_no_message(&rule, self.action.as_ref(), self.file, report);
        Some(rule)
    }

    /// A peer may take an error that its operation does not know for a protocol error (TS 29.002 §17.6).
    fn warn_of_illegal_error(&self, rule: &Rule, report: &mut Diagnostics) {
        let (Some(error), Some(written)) = (rule.error, &self.error) else { return };
        let seen: Vec<i64> = visible::operations(rule).collect();
        if seen.is_empty() || seen.iter().any(|&op| error.is_legal_for(op)) {
            return;
        }
        let names: Vec<String> = seen.iter().map(|&op| format!("{} ({op})", operation_name(op))).collect();
        let message = format!("{} is not an answer to any operation this rule sees", error.name());
        let mut legal: Vec<&str> = seen.iter().flat_map(|&op| MapError::legal_for(op)).map(MapError::name).collect();
        legal.sort_unstable();
        legal.dedup();
        let help = match legal.is_empty() {
            true => format!("it sees {}, which cannot be answered with an error", names.join(", ")),
            false => format!("it sees {}; legal are {}", names.join(", "), legal.join(", ")),
        };
        report.push(self.error_file.warning(written.range.clone(), message).with_help(Some(help)));
    }
}
