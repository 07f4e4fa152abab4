//! Golden cases: a folder under `tests/cases` is a sentence; capture and policy in, events and counters out.
//!
//! ```text
//! tests/cases/<sentence>/case.toml      capture = "../../captures/….pcap", policy = "policy", inside = ["10.2.0.1"], …
//! tests/cases/<sentence>/policy/        unless the case names another
//! tests/cases/<sentence>/events.jsonl   what must be judged, and how
//! tests/cases/<sentence>/counters.json  what must be counted
//! ```
//! `SLUICE_BLESS=1` writes down what comes out instead of comparing. What a case means is said by labels of the
//! capture's truth, and holds whatever is blessed:
//!
//! ```text
//! passes = ["roamer"]                       every message with the label passes, and no rule says otherwise of it
//! caught = { stranger = "faking.centre" }   the rule matches a message with the label, also in shadow or as a tag
//! ```

mod common;

use common::{lines, scratch, sluice};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
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
    /// Labels of which a message must be caught, each with the rule.
    #[serde(default)]
    caught: BTreeMap<String, String>,
    /// Labels of which every message must pass.
    #[serde(default)]
    passes: BTreeSet<String>,
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
    let case: Case = toml::from_str(&std::fs::read_to_string(folder.join("case.toml")).unwrap())
        .unwrap_or_else(|e| panic!("{name}/case.toml: {e}"));
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
    let read = |file: &str| std::fs::read_to_string(out.join(file)).unwrap();
    let mut events = read("events.jsonl");
    if case.wire {
        assert_only_the_refused_changed(&capture, &out.join("out.pcap"), &common::parse(&events), name);
    }
    assert_meaning(&case, &capture, &common::parse(&events), name);
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

/// What a wire forwards is what came in, but for what it refused: of that the decoder finds nothing any more. Frames that
/// waited for others come later.
fn assert_only_the_refused_changed(capture: &Path, forwarded: &Path, events: &[Value], name: &str) {
    let place = |event: &Value| format!("{} {} {}", event["sctp"]["tsn"], event["src"], event["component_index"]);
    let decoded = |file: &Path| -> BTreeMap<String, Value> {
        let mut lines = lines(&["decode", file.to_str().unwrap(), "--jsonl", "--all-map"]);
        // What a message says, without its place in the file and without what earlier messages tell about it.
        for line in lines.iter_mut().map(|line| line.as_object_mut().unwrap()) {
            let said = ["sctp", "src", "dst", "mtp", "sccp", "tcap", "map", "sms", "component_index"];
            line.retain(|key, _| said.contains(&key.as_str()));
            for part in line.values_mut().filter_map(Value::as_object_mut) {
                let told = ["op_of_invoke", "category", "reassembled_from_frames", "joined"];
                part.retain(|key, _| !told.contains(&key.as_str()));
            }
        }
        lines.into_iter().map(|line| (place(&line), line)).collect()
    };
    let (came, went) = (decoded(capture), decoded(forwarded));
    let is_refused = |event: &&Value| event["verdict"]["applied"].as_str().is_some_and(|applied| applied != "pass");
    let refused: BTreeSet<String> = events.iter().filter(is_refused).map(place).collect();
    assert!(!refused.is_empty(), "{name}: the wire had nothing to refuse");
    for (place, message) in &came {
        if refused.contains(place) {
            assert_ne!(went.get(place).map(|m| &m["map"]), Some(&message["map"]), "{name}: {place} was refused");
        } else if went.get(place) != Some(message) {
            assert!(is_answered(went.get(place)), "{name}: {place}: {message} became {:?}", went.get(place));
        }
    }
}

/// The answer to a refused request, which is in the capture too, is what the policy chose.
fn is_answered(event: Option<&Value>) -> bool {
    event.is_some_and(|event| event["map"]["component"] == "returnError" || event["tcap"]["type"] == "abort")
}

/// Events are what the labels of the truth say they are.
fn assert_meaning(case: &Case, capture: &Path, events: &[Value], name: &str) {
    if case.caught.is_empty() && case.passes.is_empty() {
        return;
    }
    let labels: BTreeMap<_, String> = truth(capture)
        .iter()
        .filter_map(|line| Some((common::key(line), line["label"].as_str()?.to_owned())))
        .collect();
    let known: BTreeSet<&String> = labels.values().collect();
    for label in case.passes.iter().chain(case.caught.keys()) {
        assert!(known.contains(label), "{name}: the capture has no message labelled `{label}`, but {known:?}");
    }
    let labelled: Vec<_> = events.iter().filter_map(|e| Some((labels.get(&common::key(e))?, &e["verdict"]))).collect();
    for (label, verdict) in labelled.iter().filter(|(label, _)| case.passes.contains(*label)) {
        let is_spoken_against = verdict["action"] != "pass" || !matched(verdict, &["shadow", "tags"]).is_empty();
        assert!(!is_spoken_against, "{name}: `{label}` must pass: {verdict}");
    }
    for (label, rule) in &case.caught {
        let verdicts: Vec<_> = labelled.iter().filter(|(l, _)| *l == label).map(|(_, verdict)| verdict).collect();
        let is_caught = verdicts.iter().any(|v| matched(v, &["rule", "shadow", "tags"]).contains(&rule.as_str()));
        assert!(is_caught, "{name}: no message of `{label}` is caught by `{rule}`: {verdicts:?}");
    }
}

/// What the generator says of a capture.
fn truth(capture: &Path) -> Vec<Value> {
    let path = PathBuf::from(format!("{}.truth.jsonl.gz", capture.display()));
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    common::parse(&text)
}

/// The rules that a verdict names under these keys.
fn matched<'v>(verdict: &'v Value, keys: &[&str]) -> Vec<&'v str> {
    let under = |key: &&str| match &verdict[*key] {
        Value::Array(rules) => rules.iter().collect(),
        one => vec![one],
    };
    keys.iter().flat_map(under).filter_map(Value::as_str).collect()
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
