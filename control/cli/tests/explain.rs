//! `sluice explain` tells of every event of a replay what the dataplane decided.

mod common;

use common::{lines, parse, scratch, sluice};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Replays a capture under a policy that records everything, or under another with this in the place of `full`.
fn replayed(name: &str, log: &str, more: &[&str]) -> (PathBuf, PathBuf) {
    let folder = scratch(&format!("explain-{name}"));
    let policy = folder.join("policy");
    copy(&root().join("control/policy/starter"), &policy, log);
    let out = folder.join("out");
    let capture = root().join("tests/captures/demo.pcap");
    let call = ["replay", text(&capture), "--policy", text(&policy), "--out", text(&out)];
    assert!(sluice(&[&call, more].concat()).status.success());
    (out.join("events.jsonl"), policy)
}

/// A policy whose rules all record as much as is wanted.
fn copy(from: &Path, to: &Path, log: &str) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().map(|e| e.unwrap().path()) {
        let to = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &to, log);
            continue;
        }
        let text = std::fs::read_to_string(&entry).unwrap();
        let without = text.lines().filter(|l| !l.starts_with("log = ")).collect::<Vec<_>>().join("\n") + "\n";
        std::fs::write(to, without.replace("default_log = \"summary\"", &format!("default_log = \"{log}\""))).unwrap();
    }
}

fn explained(events: &Path, line: usize, policy: &Path, more: &[&str]) -> String {
    let line = line.to_string();
    let call = ["explain", text(events), "--line", &line, "--policy", text(policy)];
    let output = sluice(&[&call, more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_explained_is_what_was_decided() {
    let (events, policy) = replayed("same", "full", &[]);
    let recorded = lines_of(&events);
    // One of every verdict and rule there is, and some that no rule decided.
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (i, event) in recorded.iter().enumerate() {
        let verdict = &event["verdict"];
        let kind = format!("{} {}", verdict["rule"], verdict["shadow"]);
        let count = seen.entry(kind).or_default();
        *count += 1;
        if *count > 2 {
            continue;
        }
        let told: Value = serde_json::from_str(&explained(&events, i + 1, &policy, &["--json"])).unwrap();
        assert_eq!(told["now"]["action"], verdict["action"], "line {}: {told:#}", i + 1);
        assert_eq!(told["now"]["rule"], verdict["rule"], "line {}", i + 1);
        assert_eq!(told["warnings"], Value::Array(vec![]), "line {}", i + 1);
        // Points that nobody enforces are no verdict in shadow: the rule that asks for them is.
        let recorded = |r: &&Value| r["outcome"] == "matched and was recorded only" && r["action"] != "score";
        let shadow: Vec<&Value> = told["rules"].as_array().unwrap().iter().filter(recorded).map(|r| &r["id"]).collect();
        let expected: Vec<&Value> = verdict["shadow"].as_array().into_iter().flatten().collect();
        assert_eq!(shadow, expected, "line {}", i + 1);
    }
    assert!(seen.len() >= 6, "{seen:?}");
}

fn lines_of(path: &Path) -> Vec<Value> {
    parse(&std::fs::read_to_string(path).unwrap())
}

fn line_with(events: &Path, wanted: impl Fn(&Value) -> bool) -> usize {
    lines_of(events).iter().position(wanted).expect("the capture has one") + 1
}

#[test]
fn people_see_the_verdict_its_grounds_and_the_tests_that_failed() {
    let (events, policy) = replayed("people", "full", &[]);
    let line = line_with(&events, |e| e["verdict"]["rule"] == "home-identity.centre");
    let told = explained(&events, line, &policy, &[]);
    for expected in [
        "verdict   discard by rule home-identity.centre of level 2 (checks), scenario home-identity, policy 1",
        "evidence  map.component = \"invoke\"\n          map.op = ",
        "home-identity.centre             discard         gave the verdict (scenario home-identity)\n",
        "condition.ours: no (sccp.cgpa.gt = \"",
        "rules that nearly matched\n",
        "stand behind the rule that gave the verdict; --all shows each",
    ] {
        assert!(told.contains(expected), "{expected}:\n{told}");
    }
    assert!(!told.contains("warning") && !told.contains('\x1b'), "{told}");
    let all = explained(&events, line, &policy, &["--all"]);
    assert!(all.contains("two-readings") && !told.contains("two-readings"), "{all}");
}

#[test]
fn what_was_not_recorded_or_is_masked_is_named() {
    let (events, policy) = replayed("summary", "summary", &[]);
    let line = line_with(&events, |e| e["verdict"]["reason"] == "default" && e["map"]["op"] == 45);
    let told = explained(&events, line, &policy, &["--all"]);
    assert!(told.contains("warning: the event's log level left out numbers and texts"), "{told}");
    assert!(told.contains("sccp.cgpa.gt in list blocked_gts: not known (sccp.cgpa.gt was not recorded)"), "{told}");
    let (events, policy) = replayed("masked", "full", &["--masked"]);
    let line = line_with(&events, |e| e["map"]["op"] == 44 && e["sms"]["text"].is_string());
    let told = explained(&events, line, &policy, &["--all"]);
    assert!(
        told.contains("warning: numbers and texts are masked") && told.contains("is masked in this event"),
        "{told}"
    );
}

#[test]
fn another_policy_makes_a_difference_that_is_told() {
    let (events, policy) = replayed("other", "full", &[]);
    let line = line_with(&events, |e| e["verdict"]["rule"] == "home-identity.centre");
    std::fs::write(policy.join("policy.toml"), "name = \"none\"\n").unwrap();
    let told = explained(&events, line, &policy, &[]);
    let expected = "recorded was discard by home-identity.centre, and with what is known here it is pass by default";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn an_event_that_is_not_there_is_said_so() {
    let (events, policy) = replayed("missing", "summary", &[]);
    for (event, line, expected) in [
        (text(&events), "999999", "there is no line 999999, only "),
        ("no-such-file", "1", "neither the number of an event nor a file"),
        (text(&policy.join("policy.toml")), "1", "is no event"),
    ] {
        let output = sluice(&["explain", event, "--line", line, "--policy", text(&policy)]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains(expected), "{said}");
    }
    let decoded = lines(&["decode", text(&root().join("tests/captures/demo.pcap")), "--jsonl"]);
    let file = events.with_file_name("decoded.jsonl");
    std::fs::write(&file, format!("{}\n", decoded[0])).unwrap();
    let output = sluice(&["explain", text(&file), "--policy", text(&policy)]);
    assert!(output.status.success() && String::from_utf8_lossy(&output.stderr).contains("never judged"));
}

#[test]
fn what_a_text_says_is_made_again_from_its_record() {
    let folder = scratch("explain-texts");
    let policy = folder.join("policy");
    std::fs::create_dir_all(&policy).unwrap();
    let rules = "name = \"x\"\nscenarios = []\ndefault_log = \"full\"\n[[rule]]\nid = \"prize\"\nlevel = 3\n\
                 when = 'sms.plain contains \"win a prize\" and sms.url'\naction = \"discard\"\n";
    std::fs::write(policy.join("policy.toml"), rules).unwrap();
    let (capture, out) = (root().join("tests/captures/demo.pcap"), folder.join("out"));
    let call = ["replay", text(&capture), "--policy", text(&policy), "--out", text(&out)];
    assert!(sluice(&call).status.success());
    let events = out.join("events.jsonl");
    let line = line_with(&events, |e| e["verdict"]["rule"] == "prize");
    let told: Value = serde_json::from_str(&explained(&events, line, &policy, &["--json"])).unwrap();
    assert_eq!((&told["now"]["rule"], &told["warnings"]), (&"prize".into(), &Value::Array(vec![])), "{told:#}");
}
