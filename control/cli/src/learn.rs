//! `sluice learn`: proposes partners and settings of scenarios from observed traffic. Nothing is put in force.
//!
//! ```text
//!  traffic ─▶ observed ─┬─▶ home       who we seem to be, without a network file
//!  (capture, journal)   └─▶ partners   whom we seem to have agreements with ─▶ learned-network.toml
//!          └─▶ settings   how near innocent traffic comes to each limit ─────▶ learned-settings.toml
//! ```
//! What is proposed is as narrow as what was seen: titles by the digits they share, the agreement that permits least.
//! An attacker who was there all the time is proposed like anybody else: that is why each proposal shows what it rests
//! on, and why a person approves it.

mod home;
pub mod message;
mod observed;
mod partners;
mod settings;
pub mod traffic;
mod write;

use crate::args;
use crate::output;
use anyhow::{Context, ensure};
use observed::Observed;
use sluice_abi::{Facts, Field};
use sluice_policy::{POLICY_FILE, Source};
use std::path::Path;
use std::time::Duration;
use traffic::Compiled;

/// Runs it.
pub fn run(args: &args::Learn) -> anyhow::Result<()> {
    let network = args.network.as_deref().map(read).transpose()?;
    let policy = Compiled::new(&source(network.as_deref(), READING)?)?;
    let image = policy.image();
    let mut limits = settings::Learning::new(network.as_deref())?;
    let since_ns = traffic::since(&args.from, args.days.map(|days| DAY * days))?;
    let mut observed = Observed::default();
    traffic::each(&args.from, &image, |facts: &Facts<'_>| {
        if facts.number(Field::TimeNs).is_some_and(|time_ns| time_ns >= since_ns) {
            observed.add(facts);
            limits.add(facts);
        }
    })?;
    enough(&observed, args)?;
    let plan = image.plan().context("a policy without the numbering plan")?;
    let home = if network.is_none() { home::find(&observed) } else { None };
    let partners = partners::propose(&observed, &plan, home.as_ref(), args.least_of_partner);
    let learned = write::Learned {
        observed: &observed,
        home,
        partners,
        limits: limits.finish(observed.length_ns() / 1_000_000_000),
        from: &args.from,
    };
    if let Some(directory) = &args.out {
        learned.write(directory)?;
    }
    if args.json { output::line(serde_json::to_string_pretty(&learned.json())?) } else { learned.print(args) }
}

/// What every reading policy asks for besides what the scenarios do, so that it is there.
const READING: &str = "\n[[rule]]\nid = \"learn\"\nlevel = 4\nmode = \"offline\"\naction = \"tag\"\n\
                       when = \"labels.use_case or labels.class or origin.country\"\n";
const DAY: Duration = Duration::from_hours(24);
const NETWORK_FILE: &str = "network.toml";

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))
}

/// A policy with all scenarios in shadow, over a network file if there is one.
fn source(network: Option<&str>, more: &str) -> anyhow::Result<Source> {
    let key = if network.is_some() { format!("network = \"{NETWORK_FILE}\"\n") } else { String::new() };
    let policy = (POLICY_FILE.to_owned(), format!("name = \"learn\"\n{key}{more}"));
    let network = network.map(|text| (NETWORK_FILE.to_owned(), text.to_owned()));
    Ok(Source::from_files(std::iter::once(policy).chain(network))?)
}

/// Refuses to say anything of too little.
fn enough(observed: &Observed, args: &args::Learn) -> anyhow::Result<()> {
    let seconds = Duration::from_secs(observed.length_ns() / 1_000_000_000);
    ensure!(
        observed.requests >= args.least && seconds >= args.least_time,
        "too little traffic to learn from: {} requests in {}; needed are {} in {} \
         (--least and --least-time ask for less)",
        observed.requests,
        humantime::format_duration(seconds),
        args.least,
        humantime::format_duration(args.least_time),
    );
    Ok(())
}
