//! `[[rule]]`: the keys of one rule, each checked for itself and against the others.

use crate::diagnostic::{Diagnostic, Diagnostics, File};
use crate::quoted::Quoted;
use crate::read::{At, Keys, integer, unknown_word};
use sluice_abi::verdict::{LOG_LEVELS, MODES, TRIGGERS};
use sluice_abi::{Action, LogLevel, Mode, Trigger};
use sluice_rules::check::{Scope, check};
use sluice_rules::maperror::operation_name;
use sluice_rules::model::{Condition, Level, Rule, Triggers};
use sluice_rules::text::{Refusal, nearest, parse};
use sluice_rules::{MapError, visible};
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
    pub(crate) tag: Option<At<String>>,
    pub(crate) log: Option<LogLevel>,
    pub(crate) owner: String,
    pub(crate) comment: String,
}

const KEYS: [&str; 11] =
    ["id", "level", "trigger", "mode", "when", "action", "error", "tag", "log", "owner", "comment"];
const DECIDING: [&str; 7] = ["pass", "discard", "reject", "acknowledge", "abort", "tag", "copy"];
const LEVELS: &str = "1 for lists, 2 for checks, 3 for filters or 4 for monitors";
const ID_OCTETS_MAX: usize = 64;

/// Reads one rule.
pub(crate) fn read<'s>(
    file: File<'s>,
    table: &DeTable<'s>,
    range: Range<usize>,
    report: &mut Diagnostics,
) -> Written<'s> {
    let keys = Keys::new(file, table, range.clone(), &KEYS, report);
    let level = level(&keys, report);
    let action = keys.one_of("action", &DECIDING, Action::parse, report);
    if let (Some(action), Some(Level::Monitors)) = (&action, level)
        && action.value.is_terminal()
    {
        let message = format!("a monitor never blocks, so it cannot {}", action.value.name());
        report.push(file.error(action.range.clone(), message, "\"tag\" or \"copy\""));
    }
    if action.is_none() && keys.find("action").is_none() && level != Some(Level::Monitors) {
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
        tag: tag(&keys, report),
        log: keys.one_of("log", LOG_LEVELS, LogLevel::parse, report).map(|l| l.value),
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

fn error(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<At<MapError>> {
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

impl Written<'_> {
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
        let acts = self.action().is_none_or(|a| !a.is_terminal());
        if let (Some(tag), false) = (&self.tag, acts) {
            let help = "`tag` belongs to `action = \"tag\"` and `action = \"copy\"`";
            report.push(self.file.error(tag.range.clone(), "this rule does not tag", "no `tag`").with_help(Some(help)));
        }
    }

    pub(crate) fn action(&self) -> Option<Action> {
        match (&self.action, self.level) {
            (Some(action), _) => Some(action.value),
            (None, Some(Level::Monitors)) => Some(Action::Tag),
            _ => None,
        }
    }

    /// The rule for the model; `None` where something about it was refused.
    pub(crate) fn checked(&self, scope: &Scope, report: &mut Diagnostics) -> Option<Rule> {
        let condition = match &self.when {
            Some(when) => Some(self.condition(when, scope, report)?),
            None => None,
        };
        let rule = Rule {
            id: self.id.value.clone(),
            level: self.level?,
            triggers: self.triggers,
            mode: self.mode,
            when: self.when.as_ref().map(|w| w.value.clone()).unwrap_or_default(),
            condition,
            action: self.action()?,
            error: self.error.as_ref().map(|e| e.value),
            tag: self.tag.as_ref().map(|t| t.value.clone()),
            log: self.log,
            ..Rule::new("", self.level?, self.action()?)
        };
        self.warn_of_illegal_error(&rule, report);
        Some(rule)
    }

    fn condition(&self, when: &Quoted, scope: &Scope, report: &mut Diagnostics) -> Option<Condition> {
        let checked = parse(&when.value).map_err(|refusal| vec![refusal]).and_then(|e| check(&e, scope));
        match checked {
            Ok(condition) => Some(condition),
            Err(refusals) => {
                refusals.into_iter().for_each(|r| report.push(self.refused(when, r)));
                None
            }
        }
    }

    fn refused(&self, when: &Quoted, refusal: Refusal) -> Diagnostic {
        let range = when.place_of(refusal.span.start, refusal.span.end);
        self.file.error(range, refusal.message, refusal.expected).with_help(refusal.help)
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
        report.push(self.file.warning(written.range.clone(), message).with_help(Some(help)));
    }
}
