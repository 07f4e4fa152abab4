//! `sluice explain`: an event judged again, rule by rule, with what each test of a condition gave.
//!
//! The event's JSON is read back into facts; what a text says is made again, for it is never recorded; and the same image
//! the dataplane has tells what it does with them. Values an event does not have (masked, not recorded) are named, for rules about them may have gone the other way. Entries put
//! into lists one at a time are asked of the daemon.

mod counters;
mod facts;
mod pending;
mod show;

use crate::args::{Daemon, Explain};
use crate::daemon::connect;
use crate::policy;
use anyhow::{Context, anyhow, bail};
use counters::Counters;
use facts::Recorded;
use pending::Pending;
use serde_json::Value;
use sluice_abi::{Facts, Field};
use sluice_api::client::ClientError;
use sluice_api::events::ClearQuery;
use sluice_engine::Again;
use sluice_policy::{Source, compile};
use sluice_rules::{Image, Layout, Purpose, explain};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Runs it.
pub fn run(daemon: &Daemon, args: &Explain) -> anyhow::Result<()> {
    let (event, purpose) = event(daemon, args)?;
    let version = event.pointer("/verdict/policy").and_then(Value::as_u64);
    let source = source(daemon, args, version)?;
    let compiled = compile(&source, version.unwrap_or(0)).map_err(|errors| {
        policy::print_diagnostics(&errors, &source);
        anyhow!("the policy is refused, so there is nothing to explain the event with")
    })?;
    let layout = Layout::verify(&compiled.image).map_err(|error| anyhow!("the compiled policy: {error}"))?;
    let recorded = Recorded::read(&event);
    let facts = recorded.facts();
    let image = layout.image(&compiled.image);
    let pending = if args.policy.is_none() { pending(daemon, &image, &facts)? } else { None };
    let image = pending.as_ref().map_or(image, |pending| pending.over(image));
    let (as_recorded, mut again) = (facts, Again::new(1, 0));
    let mut facts = again.facts(&as_recorded, &image);
    recorded.put(&mut facts);
    let mut counters = Counters::read(&event, &image);
    let explanation = explain(&image, &facts, purpose, &mut counters);
    let shown = show::Shown {
        event: &event,
        recorded: &recorded,
        counters: &counters,
        facts: &facts,
        image: &image,
        explanation: &explanation,
    };
    if args.json { shown.json() } else { shown.text(args.all) }
}

/// What was changed in the lists of the policy, if we may know.
fn pending(daemon: &Daemon, image: &Image<'_>, facts: &Facts<'_>) -> anyhow::Result<Option<Pending>> {
    let time_ns = facts.number(Field::TimeNs).unwrap_or(u64::MAX);
    match Pending::read(&connect(daemon)?, image, time_ns) {
        Err(ClientError::Problem(problem)) => {
            eprintln!("warning: entries put or removed one at a time are not known here: {problem}");
            Ok(None)
        }
        known => Ok(known?),
    }
}

/// The event, and what it was judged for: those in files come from a replay.
fn event(daemon: &Daemon, args: &Explain) -> anyhow::Result<(Value, Purpose)> {
    let name = args.event.as_path();
    if name == Path::new("-") {
        let line = line(std::io::stdin().lock(), args.line).context("standard input")?;
        return Ok((line, Purpose::Replay));
    }
    if let Some(id) = name.to_str().and_then(|n| n.parse().ok()).filter(|_| !name.exists()) {
        let event = connect(daemon)?.event(id, ClearQuery { clear: args.clear.then_some(true) })?;
        return Ok((serde_json::from_str(event.record.get())?, Purpose::Live));
    }
    let file = std::fs::File::open(name)
        .with_context(|| format!("{} is neither the number of an event nor a file that can be read", name.display()))?;
    let line = line(BufReader::new(file), args.line).with_context(|| format!("{}", name.display()))?;
    Ok((line, Purpose::Replay))
}

/// An event is never longer, in JSON; a file without line ends is none of events.
const LINE_OCTETS_MAX: u64 = 1 << 20;

/// The wanted line, or the only one.
fn line(mut input: impl BufRead, wanted: Option<u64>) -> anyhow::Result<Value> {
    let mut found = None;
    let mut number = 0;
    loop {
        let mut text = String::new();
        let octets = input.by_ref().take(LINE_OCTETS_MAX).read_line(&mut text)?;
        if octets == 0 || found.is_some() && wanted.is_some() {
            break;
        }
        number += 1;
        match wanted {
            Some(wanted) if wanted != number => {}
            None if found.is_some() => bail!("there is more than one event; say which with --line N"),
            _ => found = Some((number, text)),
        }
    }
    let (number, text) = found.ok_or_else(|| match wanted {
        Some(wanted) => anyhow!("there is no line {wanted}, only {number}"),
        None => anyhow!("there is no event in it"),
    })?;
    let event: Value = serde_json::from_str(&text).with_context(|| format!("line {number} is no event"))?;
    if event.get("verdict").is_none() {
        eprintln!("warning: line {number} has no verdict: it was decoded and never judged");
    }
    Ok(event)
}

/// The policy that was named, or the version that judged.
fn source(daemon: &Daemon, args: &Explain, version: Option<u64>) -> anyhow::Result<Source> {
    match (&args.policy, version) {
        (Some(name), _) => policy::source(daemon, name),
        (None, Some(version)) => {
            let hint =
                || format!("policy {version} judged the event; another, or its directory, is named with --policy");
            policy::source(daemon, &version.to_string()).with_context(hint)
        }
        (None, None) => bail!("the event does not say which policy judged it; name one with --policy"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, wanted: Option<u64>) -> Result<i64, String> {
        line(text.as_bytes(), wanted).map(|v| v["verdict"].as_i64().unwrap()).map_err(|e| format!("{e:#}"))
    }

    #[test]
    fn the_wanted_line_is_taken_or_the_only_one() {
        let three = "{\"verdict\":1}\n{\"verdict\":2}\n{\"verdict\":3}";
        assert_eq!(number(three, Some(2)), Ok(2));
        assert_eq!(number(three, Some(3)), Ok(3));
        assert_eq!(number("{\"verdict\":1}\n", None), Ok(1));
        assert!(number(three, None).unwrap_err().contains("--line N"));
        assert!(number(three, Some(4)).unwrap_err().contains("only 3"));
        assert!(number("", None).unwrap_err().contains("no event"));
        assert!(number("nonsense", None).unwrap_err().contains("line 1 is no event"));
    }
}
