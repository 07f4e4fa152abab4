//! Field by field against captures whose truth was written by the program that made them.

mod common;

use common::{flatten, key, lines, parse, python, scratch, shared};
use serde_json::Value;
use std::collections::HashMap;

/// Fields of the truth that are not facts of a message: how it was made.
const NOT_FACTS: [&str; 4] = ["dir", "label", "ber_style", "sccp.segments"];

struct Agreement {
    messages: usize,
    fields: usize,
    segmented: usize,
}

/// Makes a capture and compares every message that came in one piece; SCCP segments are counted and left out.
fn agree(scenario: &str, count: u32, seed: u32, more: &[&str]) -> Agreement {
    let Some(shared) = shared() else { return Agreement { messages: 0, fields: 0, segmented: 0 } };
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
    let mut by_key: HashMap<_, &Value> = ours.iter().map(|line| (key(line), line)).collect();
    assert_eq!(by_key.len(), ours.len(), "every line is about something of its own");
    let mut agreement = Agreement { messages: 0, fields: 0, segmented: 0 };
    for line in parse(&std::fs::read_to_string(truth).unwrap()) {
        if line["sccp"].get("segments").is_some() {
            agreement.segmented += 1;
            continue;
        }
        let said = by_key.remove(&key(&line)).unwrap_or_else(|| panic!("seed {seed}: not seen: {line}"));
        let said = flatten(said);
        for (name, value) in flatten(&line) {
            // The truth counts none where there is no component portion; a field that is not carried is absent.
            let no_portion = name == "tcap.components" && value == 0;
            if !no_portion && !NOT_FACTS.contains(&name.as_str()) {
                assert_eq!(said.get(&name), Some(&value), "seed {seed}: {name} of {line}");
                agreement.fields += 1;
            }
        }
        agreement.messages += 1;
    }
    assert!(
        by_key.is_empty(),
        "seed {seed}: {} lines the truth does not know, e.g. {:?}",
        by_key.len(),
        by_key.values().next()
    );
    eprintln!(
        "{scenario} seed {seed}: {} messages, {} fields agree; {} messages in SCCP segments left out",
        agreement.messages, agreement.fields, agreement.segmented
    );
    // Empty Begins and messages of other services are counted by the generator, too: about `count` is at least half.
    assert!(agreement.messages > count as usize / 2);
    agreement
}

#[test]
fn agrees_with_the_truth_of_mixed_traffic_in_every_field() {
    for seed in [11, 12, 13, 14, 15] {
        agree("mix", 2000, seed, &[]);
    }
}

#[test]
fn agrees_with_the_truth_of_load_in_every_field() {
    for seed in [21, 22, 23, 24] {
        agree("load", 2000, seed, &[]);
    }
}

#[test]
fn agrees_with_the_truth_of_100_000_messages_in_every_field() {
    if shared().is_some() {
        assert!(agree("load", 100_000, 25, &[]).messages > 95_000);
    }
}

#[test]
fn agrees_whatever_lies_below_the_message() {
    let below: [&[&str]; 8] = [
        &["--bundle", "4"],
        &["--vlan", "7"],
        &["--sll"],
        &["--ipv6"],
        &["--stack", "m2pa"],
        &["--sccp", "xudt"],
        &["--assocs", "8", "--rc", "3", "--na", "9"],
        &["--dup", "0.2"],
    ];
    for (seed, more) in (31..).zip(below) {
        agree("mix", 1000, seed, more);
    }
}
