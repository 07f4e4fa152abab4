//! `sluice replay`: laps, pace, and nothing half-written.

mod common;

use common::{parse, scratch, sluice};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn replay(name: &str, more: &[&str]) -> (PathBuf, std::process::Output) {
    let out = scratch(name);
    // Four seconds of traffic, under a policy that records addresses.
    let policy = root().join("tests/cases/a_wire_changes_what_the_policy_refuses_and_nothing_else/policy");
    let capture = root().join("tests/captures/xudt.pcap");
    let mut call = vec!["replay", capture.to_str().unwrap(), "--policy", policy.to_str().unwrap(), "--out"];
    call.push(out.to_str().unwrap());
    call.extend(more);
    let output = sluice(&call);
    (out, output)
}

fn events(out: &Path) -> Vec<serde_json::Value> {
    parse(&std::fs::read_to_string(out.join("events.jsonl")).unwrap())
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_lap_is_judged_anew() {
    let (once, _) = replay("lap-1", &[]);
    let (thrice, output) = replay("lap-3", &["--loop", "3"]);
    assert!(output.status.success());
    let (once, thrice) = (events(&once), events(&thrice));
    assert!(once.len() > 50);
    assert_eq!(thrice.len(), 3 * once.len());
    for lap in thrice.chunks(once.len()) {
        assert_eq!(lap, once);
    }
}

#[test]
fn the_pace_of_the_capture_changes_nothing_but_the_time_it_takes() {
    let (fast, _) = replay("fast", &[]);
    let (paced, output) = replay("paced", &["--realtime"]);
    assert!(output.status.success());
    assert_eq!(events(&fast), events(&paced));
}

#[test]
fn what_is_there_afterwards_is_what_was_asked_for_and_nothing_else() {
    let (tap, _) = replay("tap-files", &[]);
    assert_eq!(names(&tap), BTreeSet::from(["counters.json".into(), "events.jsonl".into()]));
    let (wire, _) = replay("wire-files", &["--wire"]);
    assert_eq!(names(&wire), BTreeSet::from(["counters.json".into(), "events.jsonl".into(), "out.pcap".into()]));
}

#[test]
fn masked_events_show_no_number_and_no_text() {
    let (clear, _) = replay("clear", &[]);
    let (masked, _) = replay("masked", &["--masked"]);
    let text = |out: &Path| std::fs::read_to_string(out.join("events.jsonl")).unwrap();
    let number = "999700300001";
    assert!(text(&clear).contains(number), "the home service centre is in the capture");
    assert!(!text(&masked).contains(number));
    assert_eq!(events(&clear).len(), events(&masked).len());
}

#[test]
fn laps_of_a_wire_and_a_policy_that_is_not_there_are_refused() {
    let (out, output) = replay("refused", &["--wire", "--loop", "2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(names(&out).is_empty());
    let capture = root().join("tests/captures/evasion.pcap");
    let call = ["replay", capture.to_str().unwrap(), "--policy", "nowhere", "--out", out.to_str().unwrap()];
    let output = sluice(&call);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere"));
    assert!(names(&out).is_empty());
}

#[test]
fn completions_and_manual_pages_are_written_for_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = sluice(&["completion", shell]);
        assert!(script.status.success() && String::from_utf8_lossy(&script.stdout).contains("rollback"), "{shell}");
    }
    let pages = scratch("man");
    assert!(sluice(&["man", pages.to_str().unwrap()]).status.success());
    let pages = names(&pages);
    for page in ["sluice.1", "sluice-decode.1", "sluice-replay.1", "sluice-policy-push.1", "sluice-events.1"] {
        assert!(pages.contains(page), "{page} of {pages:?}");
    }
}
