//! Field by field against captures whose truth was written by the program that made them.
//!
//! Every scenario over every stack and every form of SCCP, each with other options below and another seed. What was
//! compared stands in `tests/README.md`, and a test fails when that table is not what was found (`SLUICE_BLESS=1`
//! writes it).

mod common;

use common::table::{Row, Table};
use common::{flatten, key, lines, parse, python, scratch, shared};
use serde_json::Value;
use std::collections::HashMap;

/// Fields of the truth that are not facts of a message: how it was made.
const NOT_FACTS: [&str; 4] = ["dir", "label", "ber_style", "sccp.segments"];

/// Stacks and forms of SCCP; SUA carries what SCCP would, and has no form of its own.
const STACKS: [(&str, &[&str]); 3] = [
    ("m3ua", &["auto", "udt", "xudt", "seg", "ludt"]),
    ("m2pa", &["auto", "udt", "xudt", "seg", "ludt"]),
    ("sua", &["auto"]),
];

/// What can lie below; each variant takes the next one.
const BELOW: [&[&str]; 14] = [
    &[],
    &["--bundle", "4"],
    &["--frag", "60"],
    &["--dup", "0.2"],
    &["--reorder", "0.2"],
    &["--ipv6"],
    &["--vlan", "7"],
    &["--sll"],
    &["--ip-frag", "64"],
    &["--assocs", "8", "--rc", "3", "--na", "9"],
    &["--frag", "17", "--reorder", "0.2", "--dup", "0.1"],
    &["--bundle", "3", "--ip-frag", "200"],
    &["--no-handshake", "--vlan", "7", "--ipv6"],
    &["--frag", "100", "--bundle", "5", "--dup", "0.1"],
];

fn without_frame(line: &Value) -> (u64, u64, i64, u64, u64) {
    let (_, tsn, component, sequence, command) = key(line);
    (0, tsn, component, sequence, command)
}

fn transaction(line: &Value) -> Vec<String> {
    let of = ["/tcap/type", "/tcap/otid", "/tcap/dtid", "/sccp/cgpa/gt", "/component_index", "/map/invoke_id"];
    of.iter().filter_map(|path| line.pointer(path)).map(Value::to_string).collect()
}

/// Makes a capture and compares every message of it.
fn compare(scenario: &str, count: u32, seed: u32, more: &[&str]) -> Option<Row> {
    let shared = shared()?;
    let dir = scratch(&format!("gen-{scenario}-{seed}{}", more.concat()));
    let (pcap, truth) = (dir.join("c.pcap"), dir.join("truth.jsonl"));
    let (count_text, seed_text) = (count.to_string(), seed.to_string());
    let tool = shared.join("tools/gen.py");
    let (pcap, truth) = (pcap.to_str().unwrap(), truth.to_str().unwrap());
    let mut call = vec![tool.to_str().unwrap(), "--scenario", scenario, "--count", &count_text, "--seed", &seed_text];
    call.extend(["--out", pcap, "--truth", truth]);
    call.extend(more);
    python(&call);

    let ours = lines(&["decode", pcap, "--jsonl", "--all-map"]);
    let by_key: HashMap<_, &Value> = ours.iter().map(|line| (key(line), line)).collect();
    assert_eq!(by_key.len(), ours.len(), "{scenario} {more:?} seed {seed}: every line is about something of its own");
    // Out of order, a message is complete with another frame than that of its last fragment: its TSN tells. Its last
    // segment, too, may not be the one that completes it: then what it says tells.
    let by_tsn: HashMap<_, &Value> = ours.iter().map(|line| (without_frame(line), line)).collect();
    let by_transaction: HashMap<_, &Value> = ours.iter().map(|line| (transaction(line), line)).collect();
    let mut row = Row { captures: 1, ..Row::default() };
    for line in parse(&std::fs::read_to_string(truth).unwrap()) {
        let of = || format!("{scenario} {more:?} seed {seed}");
        let here = by_key.get(&key(&line));
        let by_tsn = || by_tsn.get(&without_frame(&line));
        let by_transaction = || by_transaction.get(&transaction(&line));
        let said = here.or_else(by_tsn).or_else(by_transaction);
        let said = flatten(said.unwrap_or_else(|| panic!("{}: not seen: {line}", of())));
        row.messages += 1;
        for (name, value) in flatten(&line) {
            // The truth counts none where there is no component portion; a field that is not carried is absent.
            let no_portion = name == "tcap.components" && value == 0;
            let elsewhere = matches!(name.as_str(), "frame" | "sctp.tsn") && here.is_none();
            if !no_portion && !elsewhere && !NOT_FACTS.contains(&name.as_str()) {
                assert_eq!(said.get(&name), Some(&value), "{}: {name} of {line}", of());
                row.fields += 1;
            }
        }
    }
    assert_eq!(ours.len(), row.messages, "{scenario} {more:?} seed {seed}: no line the truth does not know");
    // Empty Begins and messages of other services are counted by the generator, too: about `count` is at least half.
    assert!(row.messages > count as usize / 2, "{scenario} {more:?} seed {seed}: {} messages", row.messages);
    Some(row)
}

/// One scenario over every stack and form.
fn agree(scenario: &str, count: u32, rounds: u32) {
    let mut table = Table::new("options");
    let (mut seed, mut below) = (100, BELOW.iter().cycle());
    for (stack, forms) in STACKS {
        for form in forms {
            let mut row = Row::default();
            let rounds = if stack == "sua" { rounds * 2 } else { rounds };
            for options in below.by_ref().take(rounds as usize) {
                let mut more = vec!["--stack", stack, "--sccp", form];
                more.extend_from_slice(if *form == "seg" { &["--segsize", "50"] } else { &[] });
                more.extend_from_slice(options);
                let Some(compared) = compare(scenario, count, seed, &more) else { return };
                row.add(&compared);
                seed += 1;
            }
            table.put(&format!("`--stack {stack} --sccp {form}`"), row);
        }
    }
    table.check(scenario);
}

#[test]
fn agrees_with_the_truth_of_mixed_traffic_in_every_field() {
    agree("mix", 250, 7);
}

#[test]
fn agrees_with_the_truth_of_one_of_everything_in_every_field() {
    agree("features", 1, 5);
}

#[test]
fn agrees_with_the_truth_of_evasions_in_every_field() {
    agree("evasion", 1, 7);
}

#[test]
fn agrees_with_the_truth_of_attacks_in_every_field() {
    agree("attacks", 250, 7);
}

#[test]
fn agrees_with_the_truth_of_smpp_in_every_field() {
    let mut table = Table::new("options");
    let below: [&[&str]; 6] =
        [&[], &["--dup", "0.2"], &["--reorder", "0.2"], &["--mtu", "200"], &["--smpp-tiny"], &["--assocs", "4"]];
    for (first, options) in (500..).step_by(10).zip(below) {
        let mut row = Row::default();
        for seed in first..first + 5 {
            let Some(compared) = compare("smpp", 400, seed, options) else { return };
            row.add(&compared);
        }
        table.put(&format!("`{}`", options.join(" ")), row);
    }
    table.check("smpp");
}

#[test]
fn agrees_with_the_truth_of_100_000_messages_in_every_field() {
    if let Some(row) = compare("load", 100_000, 25, &[]) {
        assert!(row.messages > 95_000);
    }
}
