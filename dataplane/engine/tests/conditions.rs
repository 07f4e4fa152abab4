//! Fail open or fail closed, one condition at a time: what the configuration says where no rule can decide.

use sluice_abi::counters::{Count, Counter, Slot, Tally};
use sluice_abi::verdict::Reason;
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_engine::{Conditions, Engine, Fallback, Input, PointCodes, Settings, Side, Sink};
use sluice_io::capture::Reader;
use sluice_policy::{Source, compile};
use sluice_rules::{Image, Layout};
use std::collections::BTreeMap;

/// How often each reason led to each action, for messages that parse and for those that do not.
#[derive(Default)]
struct Verdicts {
    tally: Tally,
    seen: BTreeMap<(bool, u64, u64), u64>,
    is_full: bool,
}

impl Count for Verdicts {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Verdicts {
    fn has_room(&self) -> bool {
        !self.is_full
    }

    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        let number = |field| facts.number(field).expect("every message has a verdict");
        let key = (facts.has(Field::Malformed), number(Field::VerdictReason), number(Field::VerdictAction));
        *self.seen.entry(key).or_default() += 1;
    }
}

/// Judges every frame of a capture of our own, and each again with an octet of its short message changed.
fn judged(conditions: Conditions, policy: Option<&Image<'_>>) -> Verdicts {
    judged_into(Verdicts::default(), conditions, policy)
}

fn judged_into(mut verdicts: Verdicts, conditions: Conditions, policy: Option<&Image<'_>>) -> Verdicts {
    let mut engine = Engine::new(Settings { conditions, ..Settings::default() });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/mix-11.pcap");
    let mut reader = Reader::open(path).expect("a capture");
    while let Some(record) = reader.next().expect("an intact capture") {
        let mut octets = record.octets.to_vec();
        for change in [0, 0xFF] {
            // A changed octet spoils the CRC32c too, so the copy is not taken for a retransmission.
            let at = octets.len() * 9 / 10;
            octets[at] ^= change;
            let input = Input {
                octets: &octets,
                link: record.link_type.0,
                number: record.number,
                time_ns: record.timestamp_ns,
                port: b"",
                side: Side::Outside,
                wire: None,
                point_codes: PointCodes::Itu,
            };
            engine.process(&input, policy, &mut verdicts);
        }
    }
    verdicts
}

const OPEN: Conditions = Conditions {
    undecodable: Fallback::Pass,
    no_policy: Fallback::Pass,
    no_policy_log: LogLevel::Summary,
    mid_stream: Fallback::Pass,
    ring_full: Fallback::Pass,
};
const CLOSED: Conditions = Conditions { undecodable: Fallback::Discard, no_policy: Fallback::Discard, ..OPEN };

/// Under a policy without rules; the sink has room or not.
fn judged_by_nothing(conditions: Conditions, is_full: bool) -> Verdicts {
    let files = [("policy.toml".to_owned(), "name = \"no rules\"".to_owned())];
    let compiled = compile(&Source::from_files(files).expect("a policy"), 1).expect("a good policy");
    let layout = Layout::verify(&compiled.image).expect("a good image");
    let image = layout.image(&compiled.image);
    judged_into(Verdicts { is_full, ..Verdicts::default() }, conditions, Some(&image))
}

fn discarded_for(verdicts: &Verdicts, reason: Reason) -> u64 {
    let key = |is_malformed| (is_malformed, reason as u64, Action::Discard as u64);
    [true, false].into_iter().filter_map(|is_malformed| verdicts.seen.get(&key(is_malformed))).sum()
}

#[test]
fn a_message_in_the_middle_of_a_dialogue_that_nobody_saw_open_is_discarded_where_that_is_configured() {
    let closed = Conditions { mid_stream: Fallback::Discard, ..OPEN };
    let (open, closed) = (judged_by_nothing(OPEN, false), judged_by_nothing(closed, false));
    assert_eq!(discarded_for(&open, Reason::MidStream), 0);
    let discarded = discarded_for(&closed, Reason::MidStream);
    assert!(discarded > 0 && discarded < closed.seen.values().sum::<u64>() / 2, "{:?}", closed.seen);
}

#[test]
fn what_would_leave_no_record_is_discarded_where_that_is_configured() {
    let closed = Conditions { ring_full: Fallback::Discard, ..OPEN };
    for (conditions, is_full, discards) in [(OPEN, true, false), (closed, false, false), (closed, true, true)] {
        let verdicts = judged_by_nothing(conditions, is_full);
        let expected = if discards { verdicts.seen.values().sum() } else { 0 };
        assert_eq!(discarded_for(&verdicts, Reason::RingFull), expected, "{:?}", verdicts.seen);
    }
}

#[test]
fn a_message_that_does_not_parse_is_passed_or_discarded_as_configured_and_only_that_one() {
    let files = [("policy.toml".to_owned(), "name = \"no rules\"".to_owned())];
    let compiled = compile(&Source::from_files(files).expect("a policy"), 1).expect("a good policy");
    let layout = Layout::verify(&compiled.image).expect("a good image");
    let image = layout.image(&compiled.image);
    for (conditions, action) in [(Conditions::default(), Action::Pass), (CLOSED, Action::Discard)] {
        let verdicts = judged(conditions, Some(&image));
        let spoilt = (true, Reason::Undecodable as u64, action as u64);
        let whole = (false, Reason::Default as u64, Action::Pass as u64);
        assert_eq!(verdicts.seen.keys().collect::<Vec<_>>(), [&whole, &spoilt], "{:?}", verdicts.seen);
        let discarded = verdicts.tally.at(Slot::counter(Counter::VerdictDiscard));
        assert_eq!(discarded, if action == Action::Discard { verdicts.seen[&spoilt] } else { 0 });
    }
}

#[test]
fn without_a_policy_everything_is_passed_or_discarded_as_configured() {
    for (conditions, action) in [(Conditions::default(), Action::Pass), (CLOSED, Action::Discard)] {
        let verdicts = judged(conditions, None);
        let all_alike =
            |(_, reason, taken): &(bool, u64, u64)| (*reason, *taken) == (Reason::NoPolicy as u64, action as u64);
        assert!(verdicts.seen.len() == 2 && verdicts.seen.keys().all(all_alike), "{:?}", verdicts.seen);
    }
}
