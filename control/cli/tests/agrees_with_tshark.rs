//! Field by field against tshark on captures made by others. Every difference is listed with its reason in
//! `tshark_differences.tsv`; one that is not listed fails, and so does one that is listed and no longer there.

mod common;

use common::table::{Row, Table};
use common::{flatten, key, lines, parse, python, shared};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

fn captures(shared: &Path) -> Vec<PathBuf> {
    let in_folder = |folder: &str| {
        let entries = std::fs::read_dir(shared.join(folder)).expect("the folder of captures");
        entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "pcap" || e == "cap"))
    };
    let mut all: Vec<_> = in_folder("captures").chain(in_folder("captures/vectors")).collect();
    all.sort();
    all
}

/// What tshark said of the capture; asked now where it was not kept.
fn oracle(shared: &Path, capture: &Path) -> Vec<Value> {
    let beside = PathBuf::from(format!("{}.oracle.jsonl", capture.display()));
    let instead = capture.with_extension("oracle.jsonl");
    for kept in [beside, instead] {
        if let Ok(text) = std::fs::read_to_string(kept) {
            return parse(&text);
        }
    }
    let tool = shared.join("tools/oracle.py");
    parse(&python(&[tool.to_str().unwrap(), "--all-map", "--any-ssn", "--smpp", capture.to_str().unwrap()]))
}

/// TCAP or SMPP; what else tshark was asked for is no message.
fn is_message(line: &Value) -> bool {
    line["tcap"]["type"].is_string() || line["kind"] == "smpp"
}

#[test]
fn every_capture_ends_cleanly_and_counts_every_frame_under_one_exit() {
    let Some(shared) = shared() else { return };
    for capture in captures(&shared) {
        let totals = &lines(&["decode", capture.to_str().unwrap(), "--count", "--json"])[0];
        let by_exit: u64 = totals["frame"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(by_exit, totals["frames"].as_u64().unwrap(), "{}: {totals}", capture.display());
        assert!(by_exit > 0, "{}", capture.display());
    }
}

#[test]
fn agrees_with_tshark_in_every_field_but_those_listed_with_their_reason() {
    let Some(shared) = shared() else { return };
    let mut table = Table::new("capture");
    let mut found = BTreeSet::new();
    let mut vectors = Row::default();
    for capture in captures(&shared) {
        let name = capture.file_name().unwrap().to_str().unwrap().to_owned();
        let ours = lines(&["decode", capture.to_str().unwrap(), "--jsonl", "--all-map"]);
        let by_key: HashMap<_, &Value> = ours.iter().map(|line| (key(line), line)).collect();
        let mut row = Row { captures: 1, ..Row::default() };
        for line in oracle(&shared, &capture).iter().filter(|line| is_message(line)) {
            row.messages += 1;
            let Some(said) = by_key.get(&key(line)) else {
                found.insert(format!("{name}\t{}\t(not seen)", line["frame"]));
                row.differing += 1;
                continue;
            };
            let said = flatten(said);
            for (field, value) in flatten(line) {
                // The helper gives the context of a message without components twice.
                if field == "dialogue_ac" && line["tcap"]["ac"] == value {
                    continue;
                }
                row.fields += 1;
                // The helper shows the routing context of SUA among the fields of SCCP.
                let ours = if field == "sccp.rc" { "mtp.rc" } else { &field };
                if said.get(ours) != Some(&value) {
                    found.insert(format!("{name}\t{}\t{field}", line["frame"]));
                    row.differing += 1;
                }
            }
        }
        match capture.parent().is_some_and(|folder| folder.ends_with("vectors")) {
            true => vectors.add(&row),
            false => table.put(&format!("`{name}`"), row),
        }
    }
    table.put("vectors", vectors);
    let text = include_str!("tshark_differences.tsv");
    let mut reasons = BTreeMap::<&str, usize>::new();
    let mut listed = BTreeSet::new();
    for row in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [capture, frame, field, reason] = columns[..] else {
            panic!("a row needs capture, frame, field and reason: {row}")
        };
        assert!(!reason.is_empty(), "a row needs its reason: {row}");
        listed.insert([capture, frame, field].join("\t"));
        *reasons.entry(reason).or_default() += 1;
    }
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "not listed: {new:#?}\nlisted, and no longer there: {gone:#?}");
    table.check("tshark");
    list(&reasons);
}

/// The table of reasons.
fn list(reasons: &BTreeMap<&str, usize>) {
    let mut by_count: Vec<_> = reasons.iter().collect();
    by_count.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), **reason));
    let rows = by_count.iter().map(|(reason, count)| format!("| {reason} | {count} |\n"));
    let text = format!("| reason | fields |\n|---|---|\n{}", rows.collect::<String>());
    common::table::check("reasons", &text);
}
