//! `sluice backtest`: what it says changes is what two replays say changes.

mod common;

use common::{parse, scratch, sluice};
use serde_json::Value;
use sluice_abi::counters::{Count, Slot};
use sluice_abi::record::{self, RECORD_OCTETS_MAX};
use sluice_abi::{Facts, LogLevel};
use sluice_engine::{Engine, Input, PointCodes, Settings, Side, Sink};
use sluice_io::capture::Reader;
use sluice_policy::{Source, compile};
use sluice_rules::{Layout, Purpose};
use sluice_shm::journal::{Config, Writer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FORMER: &str = r#"
name = "former"
scenarios = []
default_log = "full"

[[rule]]
id = "card"
level = 2
when = 'sms.pid == 0x7F'
action = "discard"

[[rule]]
id = "asked"
level = 2
trigger = "submission"
when = 'sms.text contains "a"'
action = "reject"
error = "systemFailure"
"#;

const NEW: &str = r#"
name = "new"
scenarios = []
default_log = "full"

[counter.sent]
key = ["sms.oa"]
window = "60s"

[[rule]]
id = "delivered"
level = 2
trigger = "pre-delivery"
when = 'sms.plain contains "e"'
action = "discard"

[[rule]]
id = "often"
level = 3
when = 'counter.sent > 2'
action = "reject"
error = "systemFailure"

[[rule]]
id = "later"
level = 3
mode = "offline"
when = 'sms.text contains "i"'
action = "discard"

[[rule]]
id = "marked"
level = 4
when = 'sms.pid == 0'
action = "tag"
"#;

fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(name)
}

fn policy(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("policy.toml"), text).unwrap();
    path
}

fn report(arguments: &[&str]) -> Value {
    let output = sluice(&[&["backtest", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Verdict and the rules that are named, of every message of a replay.
fn replayed(capture: &Path, policy: &Path, out: &Path) -> Vec<(String, Value, Value)> {
    let path = |p: &Path| p.to_str().unwrap().to_owned();
    let done = sluice(&["replay", &path(capture), "--policy", &path(policy), "--out", &path(out)]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let events = parse(&std::fs::read_to_string(out.join("events.jsonl")).unwrap());
    let verdict = |event: &Value| {
        let verdict = &event["verdict"];
        (verdict["action"].as_str().unwrap().to_owned(), verdict["error"].clone(), verdict["rule"].clone())
    };
    events.iter().map(verdict).collect()
}

const BLOCKING: [&str; 4] = ["discard", "reject", "acknowledge", "abort"];

#[test]
fn what_it_says_changes_is_what_replays_of_both_policies_say() {
    let folder = scratch("backtest-replays");
    let (former, new) = (policy(&folder, "former", FORMER), policy(&folder, "new", NEW));
    for name in ["mix-11.pcap", "mix-12.pcap", "xudt.pcap", "evasion.pcap", "smpp.pcap"] {
        let capture = capture(name);
        let before = replayed(&capture, &former, &folder.join("out-former"));
        let now = replayed(&capture, &new, &folder.join("out-new"));
        assert_eq!(before.len(), now.len());
        let (mut changed, mut newly, mut gone, mut by_rule) = (0, 0, 0, BTreeMap::new());
        for ((action, error, rule), (action_now, error_now, rule_now)) in before.iter().zip(&now) {
            changed += u64::from((action, error) != (action_now, error_now));
            let blocks = |action: &String| BLOCKING.contains(&action.as_str());
            newly += u64::from(!blocks(action) && blocks(action_now));
            gone += u64::from(blocks(action) && !blocks(action_now));
            for (rule, column) in [(rule, 0), (rule_now, 1)] {
                if let Some(rule) = rule.as_str() {
                    by_rule.entry(rule.to_owned()).or_insert([0, 0])[column] += 1;
                }
            }
        }
        let paths = [&new, &capture, &former].map(|p| p.to_str().unwrap());
        let report = report(&["--policy", paths[0], "--against", paths[1], "--baseline", paths[2]]);
        assert_eq!(report["messages"], now.len() as u64, "{name}");
        let effect = ["changed", "newly_blocked", "no_longer_blocked"].map(|what| report["effect"][what].as_u64());
        assert_eq!(effect, [changed, newly, gone].map(Some), "{name}");
        for group in ["partners", "classes", "use_cases", "triggers"] {
            let sum: u64 = report[group].as_array().unwrap().iter().map(|g| g["messages"].as_u64().unwrap()).sum();
            assert_eq!(sum, now.len() as u64, "{name} by {group}");
        }
        for (rule, [was, is]) in by_rule {
            let found = report["rules"].as_array().unwrap().iter().find(|r| r["rule"] == *rule).unwrap();
            assert_eq!(
                (found["matched_before"].as_u64(), found["matched_now"].as_u64()),
                (Some(was), Some(is)),
                "{rule}"
            );
        }
    }
}

/// Writes what a policy judges of a capture into a journal, as the dataplane does.
struct ToJournal(Writer, LogLevel);

impl Count for ToJournal {
    fn add(&mut self, _: Slot, _: u64) {}
}

impl Sink for ToJournal {
    fn message(&mut self, facts: &mut Facts<'_>, _: LogLevel) {
        let mut octets = [0; RECORD_OCTETS_MAX];
        let len = record::encode(facts, self.1, &mut octets).unwrap();
        self.0.append(&octets[..len]).unwrap();
    }
}

fn journal(folder: &Path, capture: &Path, policy: &Path, level: LogLevel) -> PathBuf {
    let path = folder.join(format!("journal-{}", level.name()));
    let compiled = compile(&Source::from_dir(policy).unwrap(), 1).unwrap();
    let image = Layout::verify(&compiled.image).unwrap().image(&compiled.image);
    let mut engine = Engine::new(Settings { purpose: Purpose::Live, ..Settings::default() });
    let mut sink = ToJournal(Writer::open(&path, Config::default()).unwrap(), level);
    let mut reader = Reader::open(capture).unwrap();
    while let Some(record) = reader.next().unwrap() {
        let input = Input {
            octets: record.octets,
            link: record.link_type.0,
            number: record.number,
            time_ns: record.timestamp_ns,
            port: b"",
            side: Side::ByAddress { inside: &[] },
            wire: None,
            point_codes: PointCodes::Itu,
        };
        engine.process(&input, Some(&image), &mut sink);
    }
    sink.0.sync().unwrap();
    path
}

#[test]
fn a_journal_gives_the_same_report_as_the_capture_it_was_made_of() {
    let folder = scratch("backtest-journal");
    let (former, new) = (policy(&folder, "former", FORMER), policy(&folder, "new", NEW));
    let capture = capture("mix-11.pcap");
    let journal = journal(&folder, &capture, &former, LogLevel::Full);
    let paths = [&new, &capture, &former, &journal].map(|p| p.to_str().unwrap());
    let of_capture = report(&["--policy", paths[0], "--against", paths[1], "--baseline", paths[2]]);
    let of_journal = report(&["--policy", paths[0], "--against", paths[3], "--baseline", paths[2]]);
    let of_verdicts = report(&["--policy", paths[0], "--against", paths[3]]);
    assert!(of_capture["effect"]["changed"].as_u64() > Some(20), "{of_capture}");
    for group in ["messages", "effect", "partners", "classes", "use_cases", "triggers"] {
        assert_eq!(of_journal[group], of_capture[group], "{group}");
        assert_eq!(of_verdicts[group], of_capture[group], "{group} by the verdicts recorded");
    }
    let counts = |report: &Value| {
        let rules = report["rules"].as_array().unwrap().iter();
        rules
            .map(|r| (r["rule"].to_string(), r["matched_before"].clone(), r["matched_now"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(&of_journal), counts(&of_capture));
}

#[test]
fn what_was_not_recorded_is_counted_and_no_rule_is_held_to_have_missed_it() {
    let folder = scratch("backtest-levels");
    let (former, new) = (policy(&folder, "former", FORMER), policy(&folder, "new", NEW));
    let summary = journal(&folder, &capture("mix-11.pcap"), &former, LogLevel::Summary);
    let addresses = journal(&folder, &capture("mix-11.pcap"), &former, LogLevel::Addresses);
    let [new, summary, addresses] = [&new, &summary, &addresses].map(|p| p.to_str().unwrap());
    let unjudged = |report: &Value, rule: &str| {
        let found = report["rules"].as_array().unwrap().iter().find(|r| r["rule"] == *rule);
        found.map_or(0, |r| r["unjudged"].as_u64().unwrap())
    };
    let report_of = |journal| report(&["--policy", new, "--against", journal]);
    let (short, long) = (report_of(summary), report_of(addresses));
    assert_eq!(short["unjudged"]["without_addresses"], short["messages"]);
    assert_eq!(unjudged(&short, "later"), short["messages"].as_u64().unwrap());
    assert_eq!((unjudged(&short, "marked"), unjudged(&long, "marked")), (0, 0), "a PID is always recorded");
    assert_eq!(long["unjudged"]["without_addresses"], 0);
    let lacking = long["unjudged"]["without_content"].as_u64().unwrap();
    assert!((1..long["messages"].as_u64().unwrap()).contains(&lacking), "answers carry no text");
    assert_eq!(unjudged(&long, "later"), lacking);
}

#[test]
fn examples_are_masked_unless_asked_for_and_times_limit_what_is_counted() {
    let folder = scratch("backtest-examples");
    let new = policy(&folder, "new", NEW);
    let capture = capture("mix-11.pcap");
    let [new, capture] = [&new, &capture].map(|p| p.to_str().unwrap());
    let masked = report(&["--policy", new, "--against", capture, "--examples", "2"]);
    let clear = report(&["--policy", new, "--against", capture, "--examples", "2", "--clear"]);
    let example = |report: &Value| {
        let rules = report["rules"].as_array().unwrap();
        rules.iter().find(|r| r["rule"] == "delivered").unwrap()["examples"].as_array().unwrap().clone()
    };
    let (masked_of, clear_of) = (example(&masked), example(&clear));
    assert_eq!((masked_of.len(), clear_of.len()), (2, 2));
    let text = clear_of[0]["record"]["sms"]["text"].as_str().unwrap();
    assert!(text.to_lowercase().contains('e') && !masked.to_string().contains(text));
    assert_eq!(clear_of[0]["record"]["verdict"]["rule"], "delivered");
    assert!(clear_of[0]["record"]["verdict"]["evidence"].is_object(), "{}", clear_of[0]);
    let limited = report(&[
        "--policy",
        new,
        "--against",
        capture,
        "--from",
        "2026-01-01T00:00:03Z",
        "--to",
        "2026-01-01T00:00:04Z",
    ]);
    let (some, all) = (limited["messages"].as_u64().unwrap(), masked["messages"].as_u64().unwrap());
    assert!(some > 0 && some < all, "{some} of {all}");
}

#[test]
fn more_change_than_allowed_is_a_failure_and_so_is_a_call_that_cannot_be() {
    let folder = scratch("backtest-fails");
    let new = policy(&folder, "new", NEW);
    let capture = capture("mix-11.pcap");
    let [new, capture, empty] = [&new, &capture, &folder].map(|p| p.to_str().unwrap());
    let code = |more: &[&str]| sluice(&[&["backtest", "--policy", new, "--against"], more].concat()).status.code();
    assert_eq!(code(&[capture, "--fail-above", "0.001"]), Some(1));
    assert_eq!(code(&[capture, "--fail-above", "1"]), Some(0));
    assert_eq!(code(&[capture, "--fail-above", "2"]), Some(2));
    assert_eq!(code(&[empty]), Some(1), "no journal in it");
    assert_eq!(code(&[capture, empty]), Some(1));
    assert_eq!(code(&["nowhere.pcap"]), Some(1));
}
