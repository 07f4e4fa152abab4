//! `sluice rules`, `sluice scenarios`, `sluice networks`: what the policy in force consists of, with what it has lately
//! done.

use crate::args::Daemon;
use crate::daemon::connect;
use crate::output;
use clap::Args;
use sluice_api::rules::{Matches, Network, Rule, Scenario};

/// Options of each of them.
#[derive(Args)]
pub struct Options {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice scenarios`
#[derive(Args)]
pub struct ScenarioOptions {
    /// One of them, with its settings and what it is about; all in short if left out
    pub name: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs `sluice rules`.
///
/// # Errors
/// The daemon's.
pub fn rules(daemon: &Daemon, options: &Options) -> anyhow::Result<()> {
    let rules = connect(daemon)?.rules()?;
    if options.json {
        return output::line(serde_json::to_string_pretty(&rules)?);
    }
    let columns = ["level", "rule", "mode", "action", "in the last hour", "in the last day"];
    let cells = |rule: &Rule| {
        let [hour, day] = [rule.hour, rule.day].map(matches);
        [rule.level.to_string(), rule.id.clone(), rule.mode.clone(), rule.action.clone(), hour, day]
    };
    output::line(output::table(columns, rules.rules.iter().map(cells)))
}

/// Runs `sluice scenarios`.
///
/// # Errors
/// The daemon's; there is no such scenario.
pub fn scenarios(daemon: &Daemon, options: &ScenarioOptions) -> anyhow::Result<()> {
    let mut scenarios = connect(daemon)?.scenarios()?;
    if let Some(name) = &options.name {
        scenarios.scenarios.retain(|scenario| scenario.name == *name);
        anyhow::ensure!(
            !scenarios.scenarios.is_empty(),
            "there is no scenario `{name}`: `sluice scenarios` lists them"
        );
    }
    match (options.json, &options.name) {
        (true, _) => output::line(serde_json::to_string_pretty(&scenarios)?),
        (false, Some(_)) => scenarios.scenarios.iter().try_for_each(one),
        (false, None) => {
            let columns = ["scenario", "mode", "in the last hour", "in the last day", "what it is"];
            let cells =
                |s: &Scenario| [s.name.clone(), s.mode.clone(), matches(s.hour), matches(s.day), s.title.clone()];
            output::line(output::table(columns, scenarios.scenarios.iter().map(cells)))
        }
    }
}

fn one(scenario: &Scenario) -> anyhow::Result<()> {
    let Scenario { name, title, summary, evidence, mode, settings, rules, hour, day } = scenario;
    output::line(format_args!("{name}: {title}\n\n{summary}\n\nEvidence: {evidence}.\nMode: {mode}."))?;
    output::line(format_args!("In the last hour: {}. In the last day: {}.\n", matches(*hour), matches(*day)))?;
    let rows = settings.iter().map(|s| [s.name.clone(), s.value.clone(), s.default.clone(), s.help.clone()]);
    output::line(output::table(["setting", "value", "default", "meaning"], rows))?;
    output::line(format_args!("rules: {}", rules.join(", ")))
}

/// Runs `sluice networks`.
///
/// # Errors
/// The daemon's.
pub fn networks(daemon: &Daemon, options: &Options) -> anyhow::Result<()> {
    let networks = connect(daemon)?.networks()?;
    if options.json {
        return output::line(serde_json::to_string_pretty(&networks)?);
    }
    let columns = [
        "network",
        "country",
        "relation",
        "may send",
        "prefixes",
        "in the last hour",
        "blocked",
        "in the last day",
        "blocked",
    ];
    let cells = |n: &Network| {
        let counts = [n.hour.messages, n.hour.blocked, n.day.messages, n.day.blocked].map(|count| count.to_string());
        let country = n.country.clone().unwrap_or_default();
        let names = [n.name.clone(), country, n.relation.clone(), n.permits.join(" "), n.prefixes.to_string()];
        names.into_iter().chain(counts).collect::<Vec<_>>()
    };
    output::line(output::table(columns, networks.networks.iter().map(cells)))
}

fn matches(matches: Matches) -> String {
    match matches {
        Matches { decided: 0, shadow: 0 } => "–".to_owned(),
        Matches { decided, shadow: 0 } => decided.to_string(),
        Matches { decided, shadow } => format!("{decided}, {shadow} in shadow"),
    }
}
