//! What the starter policy catches of generated attacks, and what it stops of the ordinary traffic around them.
//!
//! One message of attacks to a hundred of ordinary traffic, mixed by time: another association between the same nodes,
//! half of whose dialogues are attacks. The policy is the starter policy with its scenarios in force; what it keeps in
//! shadow even then stays so. What was found stands in `tests/README.md`, and the test fails when that table is not what
//! was found (`SLUICE_BLESS=1` writes it). `SLUICE_SEEDS="5 6 7"` tries others, and holds only the promises against them.

mod common;

use common::merge::{Merged, merge};
use common::{key, parse, python, scratch, shared, sluice, table};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const SEEDS: [u64; 3] = [1, 2, 3];
/// TCAP messages of ordinary traffic; of the other capture one in so many.
const MESSAGES: u64 = 20_000;
const ORDINARY_TO_ATTACKS: u64 = 100;
/// TCAP messages a second: so the traffic takes longer than the ten minutes in which nothing is yet said of deliveries
/// that nobody asked for.
const RATE: u64 = 20;
/// What attacks never have for a label.
const ORDINARY: [&str; 2] = ["normal", "other"];
const RECALL_MIN: f64 = 0.99;
const FALSE_MAX: f64 = 0.001;

#[test]
fn the_starter_policy_catches_attacks_among_a_hundred_times_as_much_traffic_and_lets_that_pass() {
    let Some(shared) = shared() else { return };
    let policy = enforcing(&scratch("recall-policy"));
    let given = std::env::var("SLUICE_SEEDS").ok();
    let seeds: Vec<u64> = given.as_deref().map_or(SEEDS.to_vec(), |text| {
        text.split_whitespace().map(|seed| seed.parse().expect("SLUICE_SEEDS are numbers")).collect()
    });
    let mut found = Found::default();
    for seed in seeds {
        found.add(&messages(&shared, &policy, seed));
    }
    let (attacks, ordinary) = (found.attacks(), found.ordinary());
    println!("{attacks}\n{ordinary}");
    found.assert_promises();
    if given.is_none() {
        table::check("recall", &attacks);
        table::check("false-verdicts", &ordinary);
    }
}

#[test]
fn two_dataplanes_write_identical_events_of_attacks_among_ordinary_traffic() {
    let dir = scratch("identical");
    let capture = dir.join("merged.pcap");
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    merge(&captures.join("mix-11.pcap"), &captures.join("demo.pcap"), &capture);
    let policy = enforcing(&dir.join("policy"));
    // All scenarios act, also those that count and that compare texts.
    edit(&policy.join("policy.toml"), |text| text.replace("mode = \"shadow\"", "mode = \"enforce\""));
    let of = |name: &str| {
        let out = replay(&capture, &policy, &dir.join(name));
        ["events.jsonl", "counters.json"].map(|file| std::fs::read_to_string(out.join(file)).unwrap())
    };
    let ([events, counters], [events_again, counters_again]) = (of("once"), of("again"));
    assert!(parse(&events).iter().any(|event| event["verdict"]["scenario"].is_string()), "scenarios decide");
    assert!(events == events_again, "the events differ");
    let of_traffic = |text: &str| text.lines().filter(|l| !l.contains("\"journal.")).map(str::to_owned).collect();
    let [counters, counters_again]: [Vec<String>; 2] = [of_traffic(&counters), of_traffic(&counters_again)];
    assert_eq!(counters, counters_again);
}

/// A copy of the starter policy whose second step is done: its scenarios act, and its rules for strangers.
fn enforcing(folder: &Path) -> PathBuf {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/starter");
    for inner in ["", "lists", "rules"] {
        std::fs::create_dir_all(folder.join(inner)).unwrap();
        for entry in std::fs::read_dir(starter.join(inner)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, folder.join(inner).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    edit(&folder.join("policy.toml"), |t| t.replace("scenario_mode = \"shadow\"\n", "scenario_mode = \"enforce\"\n"));
    edit(&folder.join("rules/2-checks.toml"), |text| text.replace("mode = \"shadow\"\n", ""));
    folder.to_owned()
}

fn edit(path: &Path, change: impl Fn(&str) -> String) {
    let before = std::fs::read_to_string(path).unwrap();
    let after = change(&before);
    assert_ne!(before, after, "{} says what is changed", path.display());
    std::fs::write(path, after).unwrap();
}

fn replay(capture: &Path, policy: &Path, out: &Path) -> PathBuf {
    let [capture, policy, to] = [capture, policy, out].map(|path| path.to_str().unwrap());
    let output = sluice(&["replay", capture, "--policy", policy, "--out", to]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out.to_owned()
}

/// A message the generator meant, and what was made of it.
struct Message {
    label: String,
    is_request: bool,
    /// From a network with an agreement.
    is_partners: bool,
    /// Rule that stopped it.
    stopped_by: Option<String>,
    /// Rules in shadow that would have.
    shadow: Vec<String>,
}

/// Makes the traffic of a seed and judges it.
fn messages(shared: &Path, policy: &Path, seed: u64) -> Vec<Message> {
    let dir = scratch(&format!("recall-{seed}"));
    let ordinary = generated(shared, &dir, "mix", seed, MESSAGES, RATE as f64);
    let few = RATE as f64 / ORDINARY_TO_ATTACKS as f64;
    let attacks = generated(shared, &dir, "attacks", seed + 1_000_000, MESSAGES / ORDINARY_TO_ATTACKS, few);
    let capture = dir.join("merged.pcap");
    let merged = merge(&ordinary, &attacks, &capture);
    let events = replay(&capture, policy, &dir.join("out")).join("events.jsonl");
    let events = parse(&std::fs::read_to_string(events).unwrap());
    // Operations that are not of short messages leave no event where no rule speaks against them.
    let verdicts: HashMap<_, &Value> = events.iter().map(|event| (key(event), &event["verdict"])).collect();
    let partners = partners(policy);
    let truth = moved_truth(&merged, &ordinary, &attacks);
    let judged = truth.iter().map(|line| message(line, verdicts.get(&key(line)).copied(), &partners));
    let messages: Vec<Message> = judged.collect();
    std::fs::remove_dir_all(&dir).expect("it can be made again");
    messages
}

fn generated(shared: &Path, dir: &Path, scenario: &str, seed: u64, count: u64, rate: f64) -> PathBuf {
    let pcap = dir.join(format!("{scenario}.pcap"));
    let (tool, out) = (shared.join("tools/gen.py"), pcap.to_str().unwrap());
    let (seed, count, rate) = (seed.to_string(), count.to_string(), rate.to_string());
    let truth = truth_path(&pcap);
    let mut call = vec![tool.to_str().unwrap(), "--scenario", scenario, "--seed", &seed, "--count", &count];
    call.extend(["--rate", &rate, "--out", out, "--truth", truth.to_str().unwrap()]);
    python(&call);
    pcap
}

fn truth_path(capture: &Path) -> PathBuf {
    capture.with_extension("truth")
}

fn moved_truth(merged: &Merged, first: &Path, second: &Path) -> Vec<Value> {
    let of = |path: &Path| parse(&std::fs::read_to_string(truth_path(path)).unwrap());
    let first = of(first).into_iter().map(|line| merged.moved(line, false));
    first.chain(of(second).into_iter().map(|line| merged.moved(line, true))).collect()
}

/// What global titles of partners begin with, by the policy's network file.
fn partners(policy: &Path) -> Vec<String> {
    let network: toml::Table = std::fs::read_to_string(policy.join("network.toml")).unwrap().parse().unwrap();
    let partners = network["partner"].as_array().expect("there are partners");
    let titles = partners.iter().filter_map(|partner| partner.get("gts")?.as_array());
    titles.flatten().filter_map(|title| Some(title.as_str()?.to_owned())).collect()
}

fn message(line: &Value, verdict: Option<&Value>, partners: &[String]) -> Message {
    let texts = |value: &Value| {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let calling = line["sccp"]["cgpa"]["gt"].as_str().unwrap_or_default();
    let stops = |verdict: &&Value| verdict["action"] != "pass";
    Message {
        label: line["label"].as_str().unwrap_or("other").to_owned(),
        is_request: line["map"]["component"] == "invoke",
        is_partners: partners.iter().any(|title| calling.starts_with(title)),
        stopped_by: verdict.filter(stops).map(|v| v["rule"].as_str().unwrap_or("nothing").to_owned()),
        shadow: verdict.map(|v| texts(&v["shadow"])).unwrap_or_default(),
    }
}

/// How many of a kind there were, and which rules stopped how many.
#[derive(Default)]
struct Row {
    messages: usize,
    stopped: usize,
    rules: BTreeMap<String, usize>,
    shadow: BTreeMap<String, usize>,
}

impl Row {
    fn add(&mut self, message: &Message) {
        self.messages += 1;
        self.stopped += usize::from(message.stopped_by.is_some());
        if let Some(rule) = &message.stopped_by {
            *self.rules.entry(rule.clone()).or_default() += 1;
        }
        for rule in &message.shadow {
            *self.shadow.entry(rule.clone()).or_default() += 1;
        }
    }

    fn share(&self) -> f64 {
        self.stopped as f64 / self.messages as f64
    }

    fn cells(&self) -> String {
        format!("{} | {} | {:.2} %", self.messages, self.stopped, self.share() * 100.0)
    }
}

/// What was found, by label.
#[derive(Default)]
struct Found {
    attacks: BTreeMap<String, Row>,
    /// Labelled an attack, but a partner's: what a visited network asks of us for our subscribers abroad.
    roaming: BTreeMap<String, Row>,
    ordinary: BTreeMap<String, Row>,
}

impl Found {
    fn add(&mut self, messages: &[Message]) {
        for message in messages {
            // Who attacks asks; answers are the attacked network's.
            let rows = match (ORDINARY.contains(&message.label.as_str()), message.is_partners) {
                (true, _) => &mut self.ordinary,
                (false, _) if !message.is_request => continue,
                (false, false) => &mut self.attacks,
                (false, true) => &mut self.roaming,
            };
            rows.entry(message.label.clone()).or_default().add(message);
        }
    }

    fn attacks(&self) -> String {
        let mut text = "| label | requests | caught | recall | by |\n|---|---|---|---|---|\n".to_owned();
        let of_partners = self.roaming.iter().map(|(label, row)| (format!("`{label}`, a partner's"), row));
        for (what, row) in self.attacks.iter().map(|(label, row)| (format!("`{label}`"), row)).chain(of_partners) {
            writeln!(text, "| {what} | {} | {} |", row.cells(), counted(&row.rules)).unwrap();
        }
        text
    }

    fn ordinary(&self) -> String {
        let mut text =
            "| label | messages | stopped | share | by | in shadow |\n|---|---|---|---|---|---|\n".to_owned();
        for (label, row) in &self.ordinary {
            let (rules, shadow) = (counted(&row.rules), counted(&row.shadow));
            writeln!(text, "| `{label}` | {} | {rules} | {shadow} |", row.cells()).unwrap();
        }
        text
    }

    fn assert_promises(&self) {
        assert!(self.attacks.len() >= 9, "labels of attacks: {:?}", self.attacks.keys());
        for (label, row) in &self.attacks {
            assert!(row.share() >= RECALL_MIN, "{label}: {}", row.cells());
        }
        let normal = &self.ordinary["normal"];
        assert!(normal.messages > 10_000 && normal.share() <= FALSE_MAX, "normal: {}", normal.cells());
    }
}

/// Rules with their counts, the most frequent first.
fn counted(rules: &BTreeMap<String, usize>) -> String {
    let mut rules: Vec<_> = rules.iter().collect();
    rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(**count), *rule));
    rules.iter().map(|(rule, count)| format!("`{rule}` {count}")).collect::<Vec<_>>().join(", ")
}
