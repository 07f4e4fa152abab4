//! `sluice top`: who talks most, by any field.

use crate::args;
use crate::learn::message::{is_blocked, is_request, receiver};
use crate::learn::traffic::{self, Compiled};
use crate::output::{self, Paint};
use anyhow::{anyhow, ensure};
use serde_json::{Value, json};
use sluice_abi::fields::Path;
use sluice_abi::json::{Privacy, value_to_json};
use sluice_abi::{Facts, Field};
use sluice_api::Timestamp;
use sluice_policy::Source;
use sluice_rules::text::nearest;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Runs it.
pub fn run(args: &args::Top) -> anyhow::Result<()> {
    let fields: Vec<Path> = args.by.iter().map(|name| field(name.trim())).collect::<anyhow::Result<_>>()?;
    let policy = match &args.policy {
        Some(directory) => Compiled::new(&Source::from_dir(directory)?)?,
        None => Compiled::new(&reading(&fields)?)?,
    };
    let recent = traffic::is_journal(&args.from).then_some(RECENT);
    let since_ns = traffic::since(&args.from, args.window.or(recent))?;
    let privacy = if args.clear { Privacy::Clear } else { Privacy::Masked };
    let mut talkers = Talkers::default();
    traffic::each(&args.from, &policy.image(), |facts| {
        let is_recent = facts.number(Field::TimeNs).is_none_or(|time_ns| time_ns >= since_ns);
        if is_recent && (args.answers || is_request(facts)) {
            talkers.add(facts, &fields, privacy);
        }
    })?;
    if args.json { talkers.print_json(args) } else { talkers.print(args) }
}

/// Of a journal, without another word.
const RECENT: Duration = Duration::from_mins(10);
/// Different values that are told apart; what comes after is counted as one.
const VALUES_MAX: usize = 1 << 20;
/// Receivers of one value that are told apart.
const RECEIVERS_MAX: usize = 1 << 20;

fn field(name: &str) -> anyhow::Result<Path> {
    Path::parse(name).ok_or_else(|| {
        let names: Vec<String> = Path::all().map(|path| path.to_string()).collect();
        let near = nearest(name, names.iter().map(String::as_str));
        let hint =
            near.first().map_or_else(|| "`sluice fields` lists them".to_owned(), |n| format!("did you mean `{n}`?"));
        anyhow!("there is no field `{name}`: {hint}")
    })
}

/// A policy that lets everything pass and asks for these fields: those that take work are there only if a rule asks.
fn reading(fields: &[Path]) -> anyhow::Result<Source> {
    let asked: Vec<String> = fields.iter().map(Path::to_string).collect();
    let policy = format!(
        "name = \"top\"\nscenarios = []\n\n[[rule]]\nid = \"reads\"\nlevel = 4\nmode = \"offline\"\naction = \"tag\"\n\
         when = \"{}\"\n",
        asked.join(" or ")
    );
    Ok(Source::from_files([(sluice_policy::POLICY_FILE.to_owned(), policy)])?)
}

/// Who talks.
#[derive(Default)]
struct Talkers {
    /// By the values as they stand, so that two that are masked alike stay two.
    by_value: BTreeMap<Vec<String>, Talker>,
    others: Talker,
    without: u64,
    requests: u64,
    first_ns: Option<u64>,
    last_ns: Option<u64>,
}

#[derive(Default)]
struct Talker {
    shown: Vec<String>,
    count: u64,
    blocked: u64,
    receivers: BTreeSet<u64>,
    last_ns: u64,
}

impl Talkers {
    fn add(&mut self, facts: &Facts<'_>, fields: &[Path], privacy: Privacy) {
        let time_ns = facts.number(Field::TimeNs).unwrap_or(0);
        self.requests += 1;
        self.first_ns = Some(self.first_ns.map_or(time_ns, |first| first.min(time_ns)));
        self.last_ns = self.last_ns.max(Some(time_ns));
        if fields.iter().any(|path| facts.value(*path).is_none()) {
            self.without += 1;
            return;
        }
        let values = shown(facts, fields, Privacy::Clear);
        let is_full = self.by_value.len() >= VALUES_MAX && !self.by_value.contains_key(&values);
        let talker = if is_full { &mut self.others } else { self.by_value.entry(values).or_default() };
        if talker.count == 0 {
            talker.shown = shown(facts, fields, privacy);
        }
        talker.add(facts, time_ns);
    }

    /// The most talkative first; of equals in the order of their values.
    fn ranked(&self) -> Vec<&Talker> {
        let mut talkers: Vec<&Talker> = self.by_value.values().collect();
        talkers.sort_by_key(|talker| std::cmp::Reverse(talker.count));
        talkers
    }

    fn print(&self, args: &args::Top) -> anyhow::Result<()> {
        let moment = |ns: Option<u64>| output::moment(Timestamp::from_ns(ns.unwrap_or(0)));
        ensure!(self.requests > 0, "no message in {}", traffic::name(&args.from));
        let sentence = format!(
            "{} {} of {} values from {} to {}",
            self.requests,
            if args.answers { "messages" } else { "requests" },
            self.by_value.len(),
            moment(self.first_ns),
            moment(self.last_ns)
        );
        output::line(Paint::stdout().bold(&sentence))?;
        let counts = ["count", "share", "blocked", "share", "receivers", "last"];
        let columns = args.by.iter().map(String::as_str).chain(counts).collect::<Vec<_>>();
        let rows = self.ranked().into_iter().take(args.rows).map(|talker| talker.row(self.requests));
        output::line(output::table(&columns, rows))?;
        self.print_rest(args)
    }

    /// What the table does not show.
    fn print_rest(&self, args: &args::Top) -> anyhow::Result<()> {
        let more = self.by_value.len().saturating_sub(args.rows);
        let notes = [
            (more as u64, "more values: -n shows them"),
            (self.others.count, "of values after the first million, which are not told apart"),
            (self.without, "without the field"),
        ];
        notes.iter().filter(|(n, _)| *n > 0).try_for_each(|(n, what)| output::line(format_args!("{n} {what}")))
    }

    fn print_json(&self, args: &args::Top) -> anyhow::Result<()> {
        let moment = |ns: Option<u64>| ns.map(|ns| output::moment(Timestamp::from_ns(ns)));
        let rows: Vec<Value> = self.ranked().into_iter().take(args.rows).map(|t| t.json(args, self.requests)).collect();
        let report = json!({
            "by": args.by, "messages": self.requests, "values": self.by_value.len(), "without": self.without,
            "not_told_apart": self.others.count, "first": moment(self.first_ns), "last": moment(self.last_ns),
            "talkers": rows,
        });
        output::line(serde_json::to_string_pretty(&report)?)
    }
}

impl Talker {
    fn add(&mut self, facts: &Facts<'_>, time_ns: u64) {
        self.count += 1;
        self.blocked += u64::from(is_blocked(facts));
        self.last_ns = self.last_ns.max(time_ns);
        if let Some(receiver) = receiver(facts).filter(|_| self.receivers.len() < RECEIVERS_MAX) {
            self.receivers.insert(receiver);
        }
    }

    fn row(&self, all: u64) -> Vec<String> {
        let last = output::moment(Timestamp::from_ns(self.last_ns));
        let counts = [
            self.count.to_string(),
            percent(self.count, all),
            self.blocked.to_string(),
            percent(self.blocked, self.count),
            self.receivers.len().to_string(),
            last,
        ];
        self.shown.iter().cloned().chain(counts).collect()
    }

    fn json(&self, args: &args::Top, all: u64) -> Value {
        let values: serde_json::Map<String, Value> =
            args.by.iter().cloned().zip(self.shown.iter().cloned().map(Value::from)).collect();
        json!({
            "values": values, "count": self.count, "share": share(self.count, all), "blocked": self.blocked,
            "blocked_share": share(self.blocked, self.count), "receivers": self.receivers.len(),
            "last": output::moment(Timestamp::from_ns(self.last_ns)),
        })
    }
}

fn shown(facts: &Facts<'_>, fields: &[Path], privacy: Privacy) -> Vec<String> {
    let plain = |json: String| match serde_json::from_str(&json) {
        Ok(Value::String(text)) => text,
        _ => json,
    };
    fields.iter().map(|path| plain(value_to_json(facts, *path, privacy))).collect()
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * share(part, whole))
}
