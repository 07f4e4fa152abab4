//! The report as tables.

use crate::output::{self, Paint};
use serde_json::Value;
use sluice_api::backtest::{Backtest, Effect, Example, GroupEffect, RuleEffect, Unjudged};

/// Rules and groups shown; the rest are counted. JSON has all.
const ROWS_MAX: usize = 40;

/// What a new policy changes.
pub fn change(report: &Backtest) -> anyhow::Result<()> {
    output::line(Paint::stdout().bold(&report.sentence()))?;
    period(report)?;
    let columns = ["rule", "mode", "matched before", "now", "newly blocked", "not any more", "not judged"];
    let row = |rule: &RuleEffect| {
        let counts = [rule.matched_before, rule.matched_now, rule.newly_blocked, rule.no_longer_blocked, rule.unjudged];
        let mode = rule.mode.as_deref().unwrap_or(if rule.rule.starts_with('(') { "" } else { "gone" });
        [rule.rule.clone(), mode.to_owned()].into_iter().chain(counts.map(|n| n.to_string())).collect::<Vec<_>>()
    };
    rows(&columns, &report.rules, row)?;
    groups(report)?;
    examples(report)?;
    unjudged(&report.unjudged)
}

/// What rules in shadow and offline would have done.
pub fn shadow(report: &Backtest) -> anyhow::Result<()> {
    let Effect { newly_blocked, no_longer_blocked, .. } = report.effect;
    let sentence = format!(
        "of {} messages, rules in shadow and offline would have blocked {newly_blocked} and let {no_longer_blocked} pass",
        report.messages
    );
    output::line(Paint::stdout().bold(&sentence))?;
    period(report)?;
    let row = |rule: &RuleEffect| {
        let counts = [rule.matched_now, rule.newly_blocked, rule.unjudged];
        let mode = rule.mode.as_deref().unwrap_or("gone").to_owned();
        [rule.rule.clone(), mode].into_iter().chain(counts.map(|n| n.to_string())).collect::<Vec<_>>()
    };
    rows(&["rule", "mode", "matched", "would block", "not judged"], &report.rules, row)?;
    groups(report)?;
    examples(report)?;
    unjudged(&report.unjudged)
}

fn period(report: &Backtest) -> anyhow::Result<()> {
    match (report.first, report.last) {
        (Some(first), Some(last)) => {
            output::line(format_args!("from {} to {}", output::moment(first), output::moment(last)))
        }
        _ => Ok(()),
    }
}

/// A table, if there is anything to put into it.
fn rows<T>(columns: &[&str], all: &[T], row: impl Fn(&T) -> Vec<String>) -> anyhow::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    output::line(format_args!("\n{}", output::table(columns, all.iter().take(ROWS_MAX).map(row))))?;
    match all.len().saturating_sub(ROWS_MAX) {
        0 => Ok(()),
        more => output::line(format_args!("and {more} more: --json has all")),
    }
}

fn groups(report: &Backtest) -> anyhow::Result<()> {
    let headings = [
        ("partner", &report.partners),
        ("class", &report.classes),
        ("use case", &report.use_cases),
        ("trigger", &report.triggers),
    ];
    for (heading, groups) in headings {
        let row = |group: &GroupEffect| {
            let Effect { blocked_before, blocked_now, changed, newly_blocked, no_longer_blocked } = group.effect;
            let counts = [group.messages, changed, newly_blocked, no_longer_blocked, blocked_before, blocked_now];
            std::iter::once(group.name.clone()).chain(counts.map(|n| n.to_string())).collect()
        };
        let columns =
            [heading, "messages", "changed", "newly blocked", "not any more", "blocked before", "blocked now"];
        rows(&columns, groups, row)?;
    }
    Ok(())
}

fn examples(report: &Backtest) -> anyhow::Result<()> {
    for rule in report.rules.iter().filter(|rule| !rule.examples.is_empty()).take(ROWS_MAX) {
        output::line(format_args!("\n{}", Paint::stdout().bold(&rule.rule)))?;
        for example in &rule.examples {
            output::line(line(example))?;
        }
    }
    Ok(())
}

/// What happens to it, the message, and the evidence.
fn line(example: &Example) -> String {
    let verdict = |action: &str, rule: &Option<String>| match rule {
        Some(rule) => format!("{action} by {rule}"),
        None => action.to_owned(),
    };
    let Example { id, before, rule_before, now, rule_now, record } = example;
    let moves = format!("{} → {}", verdict(before, rule_before), verdict(now, rule_now));
    let message: Value = serde_json::from_str(record.get()).unwrap_or_default();
    let evidence = message.pointer("/verdict/evidence").map_or(String::new(), |found| format!("\n      {found}"));
    format!("  {id}: {moves}\n      {}{evidence}", output::summary(&message))
}

fn unjudged(unjudged: &Unjudged) -> anyhow::Result<()> {
    let Unjudged { without_addresses, without_content, cut, unreadable, lost, unrecorded_rules } = *unjudged;
    let sentences = [
        (
            without_addresses,
            "messages were recorded without numbers and text (log level summary): rules that read those could not be asked about them",
        ),
        (
            without_content,
            "messages were recorded without their text (log level addresses): rules that read it could not be asked about them",
        ),
        (cut, "messages were recorded with the beginning of a long text alone"),
        (unreadable, "records cannot be read: of another release, or damaged"),
        (lost, "records are gone"),
        (
            unrecorded_rules,
            "rules of the former policy record nothing (log level none): what they decided is not in the journal",
        ),
    ];
    for (count, what) in sentences.into_iter().filter(|(count, _)| *count > 0) {
        output::line(format_args!("\n{} {count} {what}", Paint::stdout().yellow("note:")))?;
    }
    Ok(())
}
