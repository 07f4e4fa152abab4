//! Field by field against tshark on captures made by others. Every difference is listed with its reason in
//! `tshark_differences.tsv`; one that is not listed fails, and so does one that is listed and no longer there.

mod common;

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

/// The forms this decoder is for: TCAP over M3UA, M2PA or a signalling link, in one piece, without a
/// connection.
fn is_for_us(line: &Value) -> bool {
    let connectionless = matches!(line["sccp"]["msg"].as_u64(), Some(9 | 10 | 17..=20));
    let in_one_piece = line["sccp"].get("reassembled_from_frames").is_none()
        && line["sctp"].get("reassembled_from_frames").is_none()
        && line["sccp"]["seg"].as_object().is_none_or(|s| s["first"] == 1 && s["remaining"] == 0);
    let carrier = matches!(line["mtp"]["proto"].as_str(), Some("m3ua" | "m2pa" | "mtp3"));
    let is_tcap = line["tcap"]["type"].is_string();
    carrier && connectionless && in_one_piece && is_tcap && line["kind"] != "smpp"
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
    let (mut messages, mut fields, mut left_out) = (0, 0, BTreeMap::<&str, usize>::new());
    let mut found = BTreeSet::new();
    for capture in captures(&shared) {
        let name = capture.file_name().unwrap().to_str().unwrap().to_owned();
        let ours = lines(&["decode", capture.to_str().unwrap(), "--jsonl", "--all-map"]);
        let by_key: HashMap<_, &Value> = ours.iter().map(|line| (key(line), line)).collect();
        for line in oracle(&shared, &capture) {
            if !is_for_us(&line) {
                *left_out
                    .entry(if line["kind"] == "smpp" { "smpp" } else { "other carriers and forms" })
                    .or_default() += 1;
                continue;
            }
            let Some(said) = by_key.get(&key(&line)) else {
                found.insert(format!("{name}\t{}\t(not seen)", line["frame"]));
                continue;
            };
            messages += 1;
            let said = flatten(said);
            for (field, value) in flatten(&line) {
                fields += 1;
                if said.get(&field) != Some(&value) {
                    found.insert(format!("{name}\t{}\t{field}", line["frame"]));
                }
            }
        }
    }
    eprintln!("{messages} messages, {fields} fields compared, {} differ; left out: {left_out:?}", found.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tshark_differences.tsv");
    let text = std::fs::read_to_string(path).expect("the list of differences");
    let rows = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    let listed: BTreeSet<String> = rows
        .map(|row| {
            let columns: Vec<&str> = row.split('\t').collect();
            assert!(
                columns.len() == 4 && !columns[3].is_empty(),
                "a row needs capture, frame, field and reason: {row}"
            );
            columns[..3].join("\t")
        })
        .collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "not listed: {new:#?}\nlisted, and no longer there: {gone:#?}");
    assert!(fields > 10_000, "too little was compared to mean anything");
}
