//! `[counter.NAME]`: a number kept for every value of a key, and asked for as `counter.NAME`.
//!
//! | key | values | without it |
//! |---|---|---|
//! | `key` | 1 to 4 names of fields | refused |
//! | `when` | a condition, without counters and score | every message that has the key |
//! | `distinct` | a field: its different values are counted | messages are counted |
//! | `run` | a field: messages whose number follows the one before | messages are counted |
//! | `window` | `"60s"`, `"10m"`, `"1h"`, up to `"7d"`, or `"$variable"` | refused |
//! | `comment` | text | nothing |

use crate::condition::Context;
use crate::diagnostic::{Diagnostics, File};
use crate::duration;
use crate::quoted::Quoted;
use crate::read::{At, Keys};
use sluice_abi::Path;
use sluice_rules::check::{Variable, key, run_key};
use sluice_rules::model::{COUNTER_KEYS_MAX, COUNTER_WINDOW_S_MAX, Counter, Counts};
use sluice_rules::text::{Refusal, Scalar};
use toml::de::DeTable;

/// A counter as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written<'s> {
    pub(crate) file: File<'s>,
    pub(crate) name: At<String>,
    pub(crate) key: Vec<Path>,
    pub(crate) when: Option<Quoted>,
    pub(crate) counts: Counts,
    pub(crate) window: Option<At<String>>,
    pub(crate) comment: String,
}

pub(crate) const KEYS: [&str; 6] = ["key", "when", "distinct", "run", "window", "comment"];

/// Reads one counter.
pub(crate) fn read<'s>(file: File<'s>, name: At<String>, table: &DeTable<'s>, report: &mut Diagnostics) -> Written<'s> {
    let keys = Keys::new(file, table, name.range.clone(), &KEYS, report);
    if keys.find("window").is_none() {
        keys.missing("window", duration::EXPECTED, report);
    }
    Written {
        key: key_fields(&keys, report),
        when: keys.quoted("when", report),
        counts: counts(&keys, report),
        window: keys.text("window", report),
        comment: keys.text("comment", report).map(|c| c.value).unwrap_or_default(),
        file,
        name,
    }
}

fn key_fields(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Vec<Path> {
    const EXPECTED: &str = "1 to 4 names of fields, such as [\"sccp.cgpa.gt\"]";
    if keys.find("key").is_none() {
        keys.missing("key", EXPECTED, report);
    }
    let Some(names) = keys.texts("key", report) else { return Vec::new() };
    if let (true, Some(value)) = (names.is_empty() || names.len() > COUNTER_KEYS_MAX, keys.find("key")) {
        report.push(keys.file.error(value.span(), format!("a key of {} fields", names.len()), EXPECTED));
    }
    names.iter().filter_map(|name| field(keys.file, name, key, report)).collect()
}

fn field(
    file: File<'_>,
    name: &At<String>,
    find: impl Fn(&str) -> Result<Path, Refusal>,
    report: &mut Diagnostics,
) -> Option<Path> {
    match find(&name.value) {
        Ok(path) => Some(path),
        Err(refusal) => {
            report.push(file.error(name.range.clone(), refusal.message, refusal.expected).with_help(refusal.help));
            None
        }
    }
}

fn counts(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Counts {
    let (distinct, run) = (keys.text("distinct", report), keys.text("run", report));
    if let (Some(_), Some(run)) = (&distinct, &run) {
        let message = "a counter counts different values or numbers in a row, not both";
        report.push(keys.file.error(run.range.clone(), message, "`distinct` or `run`"));
    }
    let distinct = distinct.and_then(|name| field(keys.file, &name, key, report)).map(Counts::Distinct);
    let run = run.and_then(|name| field(keys.file, &name, run_key, report)).map(Counts::Run);
    distinct.or(run).unwrap_or(Counts::Messages)
}

impl<'s> Written<'s> {
    /// The counter for the model, under the name it has there; `None` where something about it was refused.
    pub(crate) fn checked(&self, name: String, context: &mut Context<'s>, report: &mut Diagnostics) -> Option<Counter> {
        let window_s = self.window_s(context, report);
        let condition = match &self.when {
            Some(when) => Some(context.condition(self.file, when, report)?),
            None => None,
        };
        let when = self.when.as_ref().map(|w| w.value.clone()).unwrap_or_default();
        Some(Counter { name, key: self.key.clone(), when, condition, counts: self.counts, window_s: window_s? })
    }

    fn window_s(&self, context: &Context<'s>, report: &mut Diagnostics) -> Option<u32> {
        let window = self.window.as_ref()?;
        let seconds = match window.value.strip_prefix('$') {
            None => duration::parse(&window.value),
            Some(variable) => match context.scope.variables.get(variable) {
                Some(Variable::One(Scalar::Text(text))) => duration::parse(text),
                Some(Variable::One(Scalar::Number(seconds))) => u64::try_from(*seconds).ok(),
                _ => None,
            },
        };
        let seconds = seconds.and_then(|s| u32::try_from(s).ok()).filter(|s| (1..=COUNTER_WINDOW_S_MAX).contains(s));
        if seconds.is_none() {
            let (file, range) = context.place_of(self.file, window);
            let expected = format!("{}, at most {}", duration::EXPECTED, duration::show(COUNTER_WINDOW_S_MAX.into()));
            report.push(file.error(range, "this cannot be a window", expected));
        }
        seconds
    }
}

/// What a counter counts, in words.
pub(crate) fn show_counts(counts: &Counts) -> String {
    match counts {
        Counts::Messages => "messages".to_owned(),
        Counts::Distinct(path) => format!("different {path}"),
        Counts::Run(path) => format!("{path} in a row"),
    }
}
