//! `sluice top`: the counts are those of the messages, from a capture and from a journal.

mod common;

use common::{lines, parse, scratch, sluice};
use serde_json::Value;
use sluice_abi::{Action, Facts, Field, LogLevel, record};
use sluice_io::capture::Reader;
use sluice_shm::journal::{Config, Writer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn capture(name: &str) -> String {
    root().join("tests/captures").join(name).to_str().unwrap().to_owned()
}

fn top(arguments: &[&str]) -> Value {
    let output = sluice(&[&["top", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Count of each value of a field.
fn counts(report: &Value, field: &str) -> BTreeMap<String, u64> {
    let row = |row: &Value| (row["values"][field].as_str().unwrap().to_owned(), row["count"].as_u64().unwrap());
    report["talkers"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn requests_are_counted_as_often_as_decoding_shows_them_and_ranked() {
    let path = capture("mix-11.pcap");
    let decoded = lines(&["decode", "--jsonl", &path]);
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    let mut receivers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in decoded.iter().filter(|line| line["map"]["component"] == "invoke" && line["map"]["op"] == 45) {
        let title = line["sccp"]["cgpa"]["gt"].as_str().unwrap().to_owned();
        receivers.entry(title.clone()).or_default().insert(line["map"]["msisdn"]["digits"].to_string());
        *expected.entry(title).or_default() += 1;
    }
    let report = top(&["--from", &path, "--by", "sccp.cgpa.gt,map.op", "--clear", "-n", "1000"]);
    let rows: Vec<&Value> =
        report["talkers"].as_array().unwrap().iter().filter(|row| row["values"]["map.op"] == "45").collect();
    assert!(rows.len() > 3 && rows.len() == expected.len());
    for row in &rows {
        let title = row["values"]["sccp.cgpa.gt"].as_str().unwrap();
        assert_eq!(row["count"].as_u64(), expected.get(title).copied(), "{title}");
        assert_eq!(row["receivers"].as_u64(), Some(receivers[title].len() as u64), "{title}");
    }
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row["count"].as_u64())));
    let all = top(&["--from", &path, "--answers"])["messages"].as_u64().unwrap();
    assert_eq!(all, decoded.len() as u64);
    assert!(report["messages"].as_u64().unwrap() < all);
}

#[test]
fn a_window_ends_with_the_last_message() {
    let path = capture("mix-11.pcap");
    let mut reader = Reader::open(Path::new(&path)).unwrap();
    let mut end_ns = 0;
    while let Some(frame) = reader.next().unwrap() {
        end_ns = frame.timestamp_ns.max(end_ns);
    }
    let time_ns = |line: &Value| line["time"].as_str().unwrap().replace('.', "").parse::<u64>().unwrap();
    let requests: Vec<Value> =
        lines(&["decode", "--jsonl", &path]).into_iter().filter(|l| l["map"]["component"] == "invoke").collect();
    let expected = requests.iter().filter(|line| time_ns(line) >= end_ns - 1_000_000_000).count();
    assert!(expected > 5 && expected < requests.len() / 2, "{expected} of {}", requests.len());
    let report = top(&["--from", &path, "--window", "1s"]);
    assert_eq!(report["messages"].as_u64(), Some(expected as u64));
}

#[test]
fn what_a_policy_blocks_is_told() {
    let out = scratch("top-blocked");
    let policy = root().join("control/policy/starter");
    let path = capture("demo.pcap");
    let call = ["replay", &path, "--policy", policy.to_str().unwrap(), "--out", out.to_str().unwrap()];
    assert!(sluice(&call).status.success());
    let events = parse(&std::fs::read_to_string(out.join("events.jsonl")).unwrap());
    let blocks =
        |e: &&Value| matches!(e["verdict"]["action"].as_str(), Some("discard" | "reject" | "acknowledge" | "abort"));
    let blocked = events.iter().filter(blocks).count() as u64;
    let report = top(&["--from", &path, "--policy", policy.to_str().unwrap(), "--by", "kind", "--answers"]);
    let found: u64 = report["talkers"].as_array().unwrap().iter().map(|row| row["blocked"].as_u64().unwrap()).sum();
    assert_eq!(found, blocked);
    assert!(blocked > 0);
}

#[test]
fn numbers_are_masked_unless_asked_for_and_a_misspelt_field_is_refused() {
    let path = capture("mix-11.pcap");
    let masked = counts(&top(&["--from", &path]), "sccp.cgpa.gt");
    assert!(masked.keys().all(|title| title.contains('*')), "{masked:?}");
    let output = sluice(&["top", "--from", &path, "--by", "sccp.cgp.gt"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `sccp.cgpa.gt`?"));
    let output = sluice(&["top", "--from", &path, "-n", "2"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("requests of") && text.contains("more values") && !text.contains('\x1b'), "{text}");
}

#[test]
fn a_journal_is_read_with_the_verdicts_it_has() {
    let journal = scratch("top-journal");
    let mut writer = Writer::open(&journal, Config::default()).unwrap();
    for n in 0..30_u64 {
        let mut facts = Facts::new();
        facts.set(Field::TimeNs, n * 60_000_000_000);
        facts.set(Field::MapComponent, 0);
        facts.set(Field::MtpOpc, 4_001 + n % 3);
        facts.set(Field::VerdictAction, if n % 3 == 0 { Action::Discard } else { Action::Pass } as u64);
        let mut room = [0; 1024];
        let len = record::encode(&facts, LogLevel::Full, &mut room).unwrap();
        writer.append(&room[..len]).unwrap();
    }
    writer.publish();
    let journal = journal.to_str().unwrap();
    let report = top(&["--from", journal, "--by", "mtp.opc", "--window", "1h"]);
    assert_eq!(counts(&report, "mtp.opc"), ["4001", "4002", "4003"].map(|code| (code.to_owned(), 10)).into());
    let blocked: Vec<_> = report["talkers"].as_array().unwrap().iter().map(|row| row["blocked"].as_u64()).collect();
    assert_eq!(blocked, [Some(10), Some(0), Some(0)]);
    // Without a word ten minutes, both ends included.
    assert_eq!(top(&["--from", journal, "--by", "mtp.opc"])["messages"], 11);
}
