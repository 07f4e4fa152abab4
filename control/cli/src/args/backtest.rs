//! What `sluice backtest` and `sluice policy shadow` take.

use super::PointCodes;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// `sluice backtest`
#[derive(Args)]
pub struct Backtest {
    /// The new policy: a directory, a version the daemon keeps, or `current`
    #[arg(long, value_name = "POLICY")]
    pub policy: String,
    /// Capture files, in the order of their time, or the directory of a journal
    #[arg(long, value_name = "CAPTURE|JOURNAL", num_args = 1.., required = true)]
    pub against: Vec<PathBuf>,
    /// What to compare with: a directory, a version, or `current`; without, the verdicts the journal has, and of a capture
    /// that everything passes
    #[arg(long, value_name = "POLICY")]
    pub baseline: Option<String>,
    /// So many examples of each rule, at most 20
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub examples: u32,
    /// Only messages from this time on (2026-01-31T06:00:00Z); those before fill the counters
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_rfc3339_weak)]
    pub from: Option<SystemTime>,
    /// Only messages before this time
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_rfc3339_weak)]
    pub to: Option<SystemTime>,
    /// Show numbers and texts of examples
    #[arg(long)]
    pub clear: bool,
    /// Fail (exit 1) if more than this share of the messages gets another verdict, from 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub fail_above: Option<f64>,
    /// Form of the point codes in captures
    #[arg(long, value_enum, default_value_t)]
    pub point_codes: PointCodes,
    /// Address on the home network's side, for captures; may be given several times
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub inside: Vec<IpAddr>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice policy shadow`
#[derive(Args)]
pub struct Shadow {
    /// How far back
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration)]
    pub since: Duration,
    /// So many examples of each rule, at most 20
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub examples: u32,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("not from 0 to 1".to_owned()) }
}
