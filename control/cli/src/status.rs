//! `sluice status`: whether dataplane, policy, journal and store are well.

use crate::args;
use crate::daemon::connect;
use crate::output;
use sluice_api::status::{Agreement, PolicyWatch, Status, WatchState};

/// Runs it.
pub fn run(daemon: &args::Daemon, args: &args::Status) -> anyhow::Result<()> {
    let status = connect(daemon)?.status()?;
    if args.json {
        return output::line(serde_json::to_string_pretty(&status)?);
    }
    output::line(output::table(["part", "state"], rows(&status)))
}

fn rows(status: &Status) -> Vec<[String; 2]> {
    let row = |part: &str, state: String| [part.to_owned(), state];
    let dataplane = match (&status.dataplane.report, &status.dataplane.error) {
        (Some(report), _) => about(report.get()),
        (None, error) => format!("does not answer: {}", error.as_deref().unwrap_or("unknown")),
    };
    let policy = match (status.policy.in_force, status.policy.agreement) {
        (None, Agreement::Unknown) => "unknown: the dataplane does not answer".to_owned(),
        (None, _) => {
            "none: everything passes by the configured conditions; push one with `sluice policy push`".to_owned()
        }
        (Some(version), Agreement::Foreign) => format!("{version} is in force, which this daemon does not know"),
        (Some(version), Agreement::Earlier) => format!("{version} is in force, after a rollback"),
        (Some(version), _) => format!("{version} is in force"),
    };
    let policy = match &status.policy.watch {
        Some(watch) => format!("{policy}; {}", watched(watch)),
        None => policy,
    };
    let (journal, store) = (&status.journal, &status.store);
    let since = output::moment(status.daemon.started);
    let mut read = format!("{} records behind, {} lost", journal.lag, journal.lost);
    if let Some(error) = &journal.error {
        read.push_str(&format!("; reading stands still: {error}"));
    }
    let mut kept = match (store.first, store.last) {
        (Some(first), Some(last)) => format!("{} events, {first} to {last}, {} bytes", store.events, store.bytes),
        _ => "no events yet".to_owned(),
    };
    if let Some(error) = &store.error {
        kept.push_str(&format!("; some cannot be read: {error}"));
    }
    vec![
        row("daemon", format!("{}, process {}, since {since}", status.daemon.version, status.daemon.pid)),
        row("dataplane", dataplane),
        row("policy", policy),
        row("journal", read),
        row("store", kept),
    ]
}

/// How the policy pushed last has done.
fn watched(watch: &PolicyWatch) -> String {
    let PolicyWatch { version, blocked, messages, .. } = watch;
    let counts = format!("{blocked} of {messages} messages blocked");
    match (watch.state, &watch.why) {
        (WatchState::Watching, _) => format!("{version} is watched until {}: {counts}", output::moment(watch.until)),
        (WatchState::Held, _) => format!("{version} was watched: {counts}"),
        (WatchState::RolledBack, why) => format!("{version} was rolled back: {}", why.as_deref().unwrap_or_default()),
        (WatchState::Failed, why) => {
            format!("{version} should have been rolled back, and could not be: {}", why.as_deref().unwrap_or_default())
        }
    }
}

/// What the dataplane says of itself, in words.
fn about(report: &str) -> String {
    let Ok(report) = serde_json::from_str::<serde_json::Value>(report) else { return report.to_owned() };
    let names = |key: &str| {
        let list = report[key].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
    };
    let huge = if report["huge_pages"] == true { "on huge pages" } else { "without huge pages" };
    let version = report["version"].as_str().unwrap_or_default();
    let mut about = format!("{version}, process {}, cores {}, {huge}", report["pid"], names("poll_cores"));
    for (what, key) in [("wires", "wires"), ("taps", "taps")] {
        if !names(key).is_empty() {
            about.push_str(&format!(", {what}: {}", names(key)));
        }
    }
    let number = |key: &str| report[key].as_u64().unwrap_or(0);
    let cores = report["spliced"].as_array().map(Vec::as_slice).unwrap_or_default();
    let cards = report["cards"].as_array().map(Vec::as_slice).unwrap_or_default();
    let differs = |card: &&serde_json::Value| card["differs"].as_array().is_some_and(|found| !found.is_empty());
    let odd_cards = cards.iter().filter(differs).count() as u64;
    let spliced = cores.iter().filter_map(|core| core.as_array()).map(|named| named.len() as u64).sum();
    for (count, what) in [
        (number("stalled_cores"), "poll cores STAND STILL"),
        (number("bypassed_wires"), "wires BYPASSED"),
        (odd_cards, "cards OTHER THAN KNOWN (the log of the dataplane says how)"),
        (spliced, "associations spliced, which end if their frames pass by"),
    ] {
        if count > 0 {
            about.push_str(&format!(", {count} {what}"));
        }
    }
    about
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_still_is_bypassed_or_spliced_is_said_and_nothing_else() {
        let well = r#"{"version":"1","pid":7,"poll_cores":[1],"huge_pages":false,"wires":["w"],"stalled_cores":0,"spliced":[[]]}"#;
        assert_eq!(about(well), "1, process 7, cores 1, without huge pages, wires: w");
        let odd = r#"{"version":"1","pid":7,"poll_cores":[1],"cards":[{"differs":[]},{"differs":["time stamps"]}]}"#;
        assert!(about(odd).ends_with("huge pages, 1 cards OTHER THAN KNOWN (the log of the dataplane says how)"));
        let ill = r#"{"version":"1","pid":7,"poll_cores":[1],"huge_pages":true,"stalled_cores":1,"bypassed_wires":2,"spliced":[[{}],[{},{}]]}"#;
        let said = about(ill);
        assert!(
            said.ends_with(
                "1 poll cores STAND STILL, 2 wires BYPASSED, 3 associations spliced, which end if their frames pass by"
            ),
            "{said}"
        );
    }
}
