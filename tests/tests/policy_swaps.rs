//! A policy pushed again and again while frames come as fast as they can: as often as SLUICE_PUSHES says, which
//! `scripts/soak pushes` sets.

mod common;

use common::policy::{image, push, rule_of};
use common::{Appliance, capture, records, wait_for};
use sluice_abi::command::{Code, Request};
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_shm::counters::Snapshot;
use sluice_shm::write_file_durably;
use std::collections::BTreeMap;

/// How often, where nothing else is said.
const PUSHES: u64 = 200;
/// After each so many pushes comes one with a bit turned over.
const REFUSED_EVERY: u64 = 20;
/// What the rule named after the version decides on: seldom enough for the journal to hold all of a long run.
const WHEN: &str = "map.op == 66";

/// A wire per core: a capture played again and again outside, and nothing but a drain inside.
fn wires(cores: usize) -> String {
    let capture = capture("demo.pcap");
    let wire = |n: usize| {
        format!(
            "[[port]]\nname = \"outside{n}\"\ndevice = \"net_pcap:rx_pcap={},infinite_rx=1\"\n\
             [[port]]\nname = \"inside{n}\"\ndevice = \"net_null:no-rx=1\"\n\
             [[wire]]\nname = \"wire{n}\"\noutside = \"outside{n}\"\ninside = \"inside{n}\"\n",
            capture.display()
        )
    };
    (0..cores).map(wire).collect()
}

fn at(snapshot: &Snapshot, counter: Counter) -> u64 {
    snapshot.total(Slot::counter(counter))
}

#[test]
fn a_policy_pushed_again_and_again_at_full_speed_loses_no_frame_and_every_verdict_is_by_one_version() {
    let pushes = std::env::var("SLUICE_PUSHES").map_or(PUSHES, |count| count.parse().expect("a number of pushes"));
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get().min(2));
    let poll: Vec<usize> = (0..cores).collect();
    let appliance = Appliance::new(&poll, &wires(cores));
    // In force from the first frame on: no verdict is without a version.
    write_file_durably(&appliance.path("state/policy.image"), &image(1, WHEN)).unwrap();
    let dataplane = appliance.start_dataplane();
    wait_for("frames", || appliance.count(Counter::RxFrames) > 0);
    let frames_before = appliance.count(Counter::RxFrames);

    let mut client = appliance.commands();
    for version in 1..=pushes {
        let mut image = image(version, WHEN);
        let reply = push(&mut client, version, &image);
        assert_eq!((reply.code, reply.version), (Code::Done, version), "{}", reply.text);
        if version.is_multiple_of(REFUSED_EVERY) {
            let middle = image.len() / 2;
            image[middle] ^= 1;
            let reply = push(&mut client, version, &image);
            assert_eq!((reply.code, reply.version), (Code::Refused, version), "the old one stays");
            assert!(reply.text.contains("the policy image is refused"), "{}", reply.text);
        }
    }
    let frames_meanwhile = appliance.count(Counter::RxFrames) - frames_before;
    let status: serde_json::Value = serde_json::from_str(&appliance.ask(&Request::Status).text).unwrap();
    assert_eq!(status["policy_by_core"], serde_json::json!(vec![pushes; cores]));
    assert!(dataplane.terminate().success());

    let end = appliance.snapshot();
    nothing_was_lost(&end);
    assert_eq!(at(&end, Counter::PolicySwaps), (pushes + 1) * cores as u64, "the first, and every one pushed");
    assert_eq!(at(&end, Counter::PolicyRefused), pushes / REFUSED_EVERY);
    let versions = every_record_is_by_one_version(&appliance, &end, pushes);
    assert!(versions > pushes as usize / 2, "{versions} versions decided on something");
    eprintln!(
        "{cores} cores, {frames_meanwhile} frames during {pushes} pushes, {} records by {versions} versions",
        at(&end, Counter::JournalRecords)
    );
}

/// Every frame that came in left by one exit and went out, and every message judged is accounted for.
fn nothing_was_lost(end: &Snapshot) {
    let received = at(end, Counter::RxFrames);
    assert_eq!((at(end, Counter::TxFrames), at(end, Counter::TxDropped)), (received, 0), "what came in went out");
    let by_exit: u64 = Exit::ALL.iter().map(|&exit| end.total(Slot::frame(exit))).sum();
    assert_eq!((by_exit, at(end, Counter::RxNotContiguous)), (received, 0), "every frame left by one exit");
    let verdicts = [
        Counter::VerdictPass,
        Counter::VerdictDiscard,
        Counter::VerdictReject,
        Counter::VerdictAcknowledge,
        Counter::VerdictAbort,
        Counter::VerdictRewrite,
    ];
    let judged: u64 = verdicts.into_iter().map(|verdict| at(end, verdict)).sum();
    assert!(judged > 0);
    assert_eq!((at(end, Counter::EventsLostRing), at(end, Counter::EventsLostSize)), (0, 0));
    assert_eq!(at(end, Counter::EventsWritten) + at(end, Counter::EventsNotKept), judged);
    assert_eq!(at(end, Counter::JournalRecords), at(end, Counter::EventsWritten));
}

/// The versions that decided, never going back on a core; the rule that decided is of the same version. Gives how many.
fn every_record_is_by_one_version(appliance: &Appliance, end: &Snapshot, pushes: u64) -> usize {
    let records = records::all(&appliance.journal());
    assert_eq!(records.len() as u64, at(end, Counter::JournalRecords));
    let mut newest = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for record in &records {
        let version = record.policy.expect("a version in every record");
        assert!((1..=pushes).contains(&version));
        let before = newest.insert(&record.port, version).unwrap_or(version);
        assert!(before <= version, "{record:?} after one by {before}");
        if let Some(rule) = record.rule.as_ref().filter(|rule| rule.starts_with("decided-by-")) {
            assert_eq!(*rule, rule_of(version), "{record:?}");
            seen.insert(version);
        }
    }
    seen.len()
}
