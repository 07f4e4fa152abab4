//! Keys of a rule that rewrites.
//!
//! ```toml
//! action = "rewrite"
//! sender = "Unverified"             # or "+99970000042", or a national number
//! append = " [Sender not verified]" # if it fits, and only behind the last part of a long message
//! strip = ["links", "ports"]        # left out: links, application ports
//! mask = ["links", "digits"]        # a `*` for each character: links, runs of four to eight digits
//! ```

use crate::diagnostic::{Diagnostics, File};
use crate::read::{At, Keys, unknown_word};
use sluice_abi::Action;
use sluice_rules::model::Rule;
use sluice_rules::rewrite::{APPEND_CHARACTERS_MAX, is_warning};
use sluice_rules::{Mask, Rewriting, Sender, Strip, visible};

/// Keys that only a rule that rewrites has.
pub(crate) const KEYS: [&str; 4] = ["sender", "append", "strip", "mask"];

/// Reads them.
pub(crate) fn read(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Rewriting {
    const SENDER: &str = "`+` and digits, digits, or at most eleven letters of the GSM 7-bit alphabet";
    let append = format!("one to {APPEND_CHARACTERS_MAX} characters");
    Rewriting {
        sender: text(keys, "sender", |text| Sender::parse(text).is_some(), SENDER, report),
        append: text(keys, "append", is_warning, &append, report),
        strip: parts(keys, "strip", Strip::WORDS, Strip::parse, report).into_iter().fold(Strip::NONE, Strip::and),
        mask: parts(keys, "mask", Mask::WORDS, Mask::parse, report).into_iter().fold(Mask::NONE, Mask::and),
    }
}

fn text(
    keys: &Keys<'_, '_>,
    key: &str,
    is_legal: impl Fn(&str) -> bool,
    expected: &str,
    report: &mut Diagnostics,
) -> Option<String> {
    let text = keys.text(key, report)?;
    if !is_legal(&text.value) {
        report.push(keys.file.error(text.range, format!("this cannot be `{key}`"), expected));
        return None;
    }
    Some(text.value)
}

fn parts<T>(
    keys: &Keys<'_, '_>,
    key: &str,
    words: &[&str],
    parse: impl Fn(&str) -> Option<T>,
    report: &mut Diagnostics,
) -> Vec<T> {
    let Some(named) = keys.texts(key, report) else { return Vec::new() };
    if let (true, Some(value)) = (named.is_empty(), keys.find(key)) {
        report.push(keys.file.error(value.span(), format!("`{key}` of nothing changes nothing"), words.join(", ")));
    }
    let mut parts = Vec::new();
    for name in &named {
        match parse(&name.value) {
            Some(part) => parts.push(part),
            None => unknown_word(keys.file, name, words, report),
        }
    }
    parts
}

/// What they and the action demand of each other.
pub(crate) fn check_together(
    action: Option<&At<Action>>,
    rewriting: &Rewriting,
    keys: &Keys<'_, '_>,
    report: &mut Diagnostics,
) {
    let written: Vec<_> = KEYS.into_iter().filter_map(|key| keys.find(key).map(|value| (key, value.span()))).collect();
    match action {
        Some(action) if action.value == Action::Rewrite => {
            if written.is_empty() && !rewriting.is_any() {
                let expected = "`sender`, `append`, `strip` or `mask`";
                report.push(keys.file.error(action.range.clone(), "this rewrites nothing", expected));
            }
        }
        // What it was to be is not known, and was complained of.
        None if keys.find("action").is_some() => {}
        _ => {
            for (key, range) in written {
                let help = format!("`{key}` belongs to `action = \"rewrite\"`");
                let error = keys.file.error(range, "this rule does not rewrite", format!("no `{key}`"));
                report.push(error.with_help(Some(help)));
            }
        }
    }
}

/// Only requests that carry a short message can be rewritten.
pub(crate) fn warn_of_no_message(rule: &Rule, action: Option<&At<Action>>, file: File<'_>, report: &mut Diagnostics) {
    let mut seen = visible::operations(rule).peekable();
    let (Some(action), true, true) = (action, rule.action == Action::Rewrite, seen.peek().is_some()) else { return };
    if seen.all(|operation| !CARRY_A_MESSAGE.contains(&operation)) {
        let help = "a short message is in forwardSM and mt-forwardSM (44, 46)";
        let warning = file.warning(action.range.clone(), "no message that this rule sees can be rewritten");
        report.push(warning.with_help(Some(help)));
    }
}

/// forwardSM either way, and mt-forwardSM.
const CARRY_A_MESSAGE: [i64; 2] = [44, 46];
