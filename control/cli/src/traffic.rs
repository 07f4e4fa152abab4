//! `sluice traffic`: what has passed, by what people ask about.

use crate::args::Daemon;
use crate::daemon::connect;
use crate::output;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use sluice_api::Timestamp;
use sluice_api::traffic::{By, Step, Traffic, TrafficQuery, TrafficRow};
use std::time::Duration;

/// `sluice traffic`
#[derive(Args)]
pub struct Options {
    /// By what messages are counted
    #[arg(long, default_value = "action", value_parser = PossibleValuesParser::new(names()).map(|name| by(&name)))]
    pub by: By,
    /// Of this time until now, e.g. 15m, 6h, 7d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration)]
    pub window: Duration,
    /// A count for each minute or hour of it, as JSON
    #[arg(long, value_enum, requires = "json")]
    pub step: Option<Each>,
    /// So many rows
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rows: u32,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// How long each count is.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Each {
    /// Kept for two days
    Minute,
    /// Kept for longer
    Hour,
}

/// Runs it.
///
/// # Errors
/// The daemon's.
pub fn run(daemon: &Daemon, options: &Options) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let window_ns = u64::try_from(options.window.as_nanos()).unwrap_or(u64::MAX);
    let step = options.step.map(|step| match step {
        Each::Minute => Step::Minute,
        Each::Hour => Step::Hour,
    });
    let since = Some(Timestamp::from_ns(now.as_ns().saturating_sub(window_ns)));
    let query = TrafficQuery { by: options.by, since, until: Some(now), step, limit: Some(options.rows) };
    let traffic = connect(daemon)?.traffic(&query)?;
    if options.json { output::line(serde_json::to_string_pretty(&traffic)?) } else { print(&traffic) }
}

fn print(traffic: &Traffic) -> anyhow::Result<()> {
    let (since, until) = (output::moment(traffic.since), output::moment(traffic.until));
    let of_rows: u64 = traffic.rows.iter().map(|row| row.messages).sum();
    let all = of_rows + traffic.others;
    if all == 0 {
        return output::line(format_args!("no message with {} from {since} to {until}", traffic.fields.join(" and ")));
    }
    output::line(format_args!("{all} messages from {since} to {until}"))?;
    let columns = traffic.fields.iter().map(String::as_str).chain(["messages", "share", "blocked", "share"]);
    let columns: Vec<&str> = columns.collect();
    output::line(output::table(&columns, traffic.rows.iter().map(|row| cells(row, all))))?;
    if traffic.others > 0 {
        output::line(format_args!("{} messages of values that are not shown: -n shows more", traffic.others))?;
    }
    Ok(())
}

fn cells(row: &TrafficRow, all: u64) -> Vec<String> {
    let shown = |value: &String| if value.is_empty() { "–".to_owned() } else { value.clone() };
    let counts = [
        row.messages.to_string(),
        percent(row.messages, all),
        row.blocked.to_string(),
        percent(row.blocked, row.messages),
    ];
    row.values.iter().map(shown).chain(counts).collect()
}

fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

fn names() -> Vec<&'static str> {
    By::ALL.iter().map(|by| by.name()).collect()
}

fn by(name: &str) -> By {
    // Of no other does the parser say yes.
    By::ALL.iter().copied().find(|by| by.name() == name).unwrap_or(By::Action)
}
