//! Golden cases: a folder under `tests/cases` is a sentence; capture and policy in, events and counters out.
//!
//! ```text
//! tests/cases/<sentence>/case.toml      capture = "../../captures/….pcap", policy = "policy", inside = ["10.2.0.1"], …
//! tests/cases/<sentence>/policy/        unless the case names another
//! tests/cases/<sentence>/events.jsonl   what must be judged, and how
//! tests/cases/<sentence>/counters.json  what must be counted
//! ```
//! `SLUICE_BLESS=1` writes down what comes out instead of comparing.

mod common;

use common::{lines, scratch, sluice};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    capture: PathBuf,
    #[serde(default = "own_policy")]
    policy: PathBuf,
    #[serde(default)]
    inside: Vec<String>,
    #[serde(default)]
    wire: bool,
    /// Only events decided by a rule are kept, to keep the folder readable.
    #[serde(default)]
    only_decided: bool,
    /// Of an event only the frame and the verdict are kept.
    #[serde(default)]
    only_verdicts: bool,
}

fn own_policy() -> PathBuf {
    "policy".into()
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let mut all: Vec<_> = std::fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}

/// Events and counters of a case as text.
fn replay(folder: &Path, name: &str) -> (String, String) {
    let case: Case = toml::from_str(&std::fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
    let out = scratch(name);
    let (capture, policy) = (folder.join(&case.capture), folder.join(&case.policy));
    let text = |p: &Path| p.to_str().unwrap().to_owned();
    let mut call =
        vec!["replay".to_owned(), text(&capture), "--policy".into(), text(&policy), "--out".into(), text(&out)];
    for address in &case.inside {
        call.extend(["--inside".to_owned(), address.clone()]);
    }
    if case.wire {
        call.push("--wire".into());
    }
    let output = sluice(&call.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    if case.wire {
        assert_same_frames(&capture, &out.join("out.pcap"), name);
    }
    let read = |file: &str| std::fs::read_to_string(out.join(file)).unwrap();
    let mut events = read("events.jsonl");
    if case.only_decided {
        let decided = events.lines().filter(|l| l.contains(r#""reason":"rule""#) || l.contains(r#""shadow":["#));
        events = decided.map(|l| format!("{l}\n")).collect();
    }
    if case.only_verdicts {
        let verdict = |event: serde_json::Value| {
            format!("{} {} {}\n", event["frame"], event["component_index"], event["verdict"])
        };
        events = common::parse(&events).into_iter().map(verdict).collect();
    }
    (events, non_zero(&read("counters.json")))
}

/// What a wire forwards is what came in: the decoder says the same of both files.
fn assert_same_frames(capture: &Path, forwarded: &Path, name: &str) {
    let decoded = |file: &Path| lines(&["decode", file.to_str().unwrap(), "--jsonl", "--all-map"]);
    assert_eq!(decoded(capture), decoded(forwarded), "{name}: out.pcap");
}

fn non_zero(counters: &str) -> String {
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(counters).unwrap();
    // How often the journal was committed and what it occupies is not a matter of the traffic.
    let of_traffic = all.into_iter().filter(|(name, n)| *n != 0 && !name.starts_with("journal."));
    format!("{:#}\n", serde_json::Value::Object(of_traffic.collect()))
}

#[test]
fn every_case_gives_the_events_and_counters_it_names() {
    let bless = std::env::var_os("SLUICE_BLESS").is_some();
    let folders = folders();
    assert!(folders.len() >= 5, "the cases are missing");
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let (events, counters) = replay(&folder, &name);
        for (file, found) in [("events.jsonl", events), ("counters.json", counters)] {
            let path = folder.join(file);
            if bless {
                std::fs::write(&path, &found).unwrap();
                continue;
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            let differs = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
            assert!(
                differs.is_none() && expected.lines().count() == found.lines().count(),
                "{name}/{file}: {differs:#?}"
            );
        }
    }
}

#[test]
fn the_same_capture_and_policy_give_the_same_events_octet_for_octet() {
    let folder = folders().remove(0);
    assert_eq!(replay(&folder, "once"), replay(&folder, "again"));
}
