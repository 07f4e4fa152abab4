//! Counters: when a message is counted, under which key, and when rules read.

use crate::support::{COUNTERS, lists, message, rule, scope};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Action, Facts, Field, Mode, Path};
use sluice_rules::check::{Scope, check};
use sluice_rules::text::parse;
use sluice_rules::{
    CountKind, Counter, Counts, Judgement, Layout, Level, Model, Purpose, Rule, State, compile, evaluate, explain,
};
use std::collections::BTreeMap;

/// Counts without windows, and remembers what it was asked.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<(u16, u64), u32>,
    asked: Vec<Call>,
}

#[derive(Debug, PartialEq)]
enum Call {
    Count(u16, CountKind, u64),
    Read(u16),
}

impl State for Tally {
    fn count(&mut self, counter: u16, counts: CountKind, key: u64, value: u64, window_s: u32, time_ns: u64) -> u32 {
        assert_eq!((window_s, time_ns), (60, 1_767_225_600_500_000_000));
        self.asked.push(Call::Count(counter, counts, value));
        let count = self.counts.entry((counter, key)).or_default();
        *count += 1;
        *count
    }

    fn read(&mut self, counter: u16, _: CountKind, key: u64, window_s: u32, _: u64) -> u32 {
        assert_eq!(window_s, 60);
        self.asked.push(Call::Read(counter));
        self.counts.get(&(counter, key)).copied().unwrap_or(0)
    }
}

fn path(name: &str) -> Path {
    Path::parse(name).unwrap()
}

fn counter(name: &str, key: &[&str], when: &str, counts: Counts) -> Counter {
    let scope = Scope { counting: true, ..scope() };
    let condition = (!when.is_empty()).then(|| check(&parse(when).unwrap(), &scope).unwrap());
    let key = key.iter().map(|k| path(k)).collect();
    Counter { name: name.into(), key, when: when.into(), condition, counts, window_s: 60 }
}

fn image(rules: Vec<Rule>) -> Vec<u8> {
    let counters = vec![
        counter(COUNTERS[0], &["sccp.cgpa.gt"], "map.op == 44", Counts::Messages),
        counter(COUNTERS[1], &["sccp.cgpa.gt", "mtp.opc"], "", Counts::Distinct(path("map.msisdn.digits"))),
        counter(COUNTERS[2], &["src"], "sms.pid == 0x40", Counts::Run(path("map.msisdn.digits"))),
    ];
    compile(&Model { lists: lists(), counters, rules, ..Model::default() }).unwrap()
}

fn tag(id: &str, when: &str) -> Rule {
    rule(id, Level::Lists, Mode::Enforce, Action::Tag, when)
}

/// Judges, and tells the ids of the rules that matched.
fn matched(octets: &[u8], facts: &Facts<'_>, state: &mut Tally) -> Vec<String> {
    let image = Layout::verify(octets).unwrap().image(octets);
    let mut judgement = Judgement::new();
    evaluate(&image, facts, Purpose::Live, state, &mut judgement);
    judgement.acted().iter().map(|&r| image.id(r).to_owned()).collect()
}

#[test]
fn a_message_is_counted_before_rules_read() {
    let octets = image(vec![
        tag("once", "counter.by_gt == 1"),
        tag("more", "counter.by_gt > 1"),
        tag("both", "counter.by_gt >= counter.numbers_by_gt"),
        tag("never", "counter.by_gt in {5..9}"),
    ]);
    let mut state = Tally::default();
    assert_eq!(matched(&octets, &message(), &mut state), ["once", "both"]);
    assert_eq!(matched(&octets, &message(), &mut state), ["more", "both"]);
    let numbers: Vec<&Call> = state.asked.iter().filter(|c| matches!(c, Call::Count(..))).collect();
    assert_eq!(numbers.len(), 6, "each of three counted twice");
    assert!(!state.asked.iter().any(|c| matches!(c, Call::Read(_))), "what was counted is known");
    assert!(state.asked.contains(&Call::Count(2, CountKind::Run, 15_550_100)));
    assert!(state.asked.contains(&Call::Count(0, CountKind::Messages, 0)));
}

#[test]
fn what_is_not_counted_is_read_once_and_only_when_asked() {
    let octets = image(vec![
        tag("read", "counter.by_gt < 3 and counter.by_gt == 0"),
        tag("again", "counter.by_gt == 0"),
        tag("not_reached", "malformed and counter.sweep == 0"),
    ]);
    let (mut state, mut facts) = (Tally::default(), message());
    facts.set_signed(Field::MapOp, 45);
    facts.set(Field::SmsPid, 0);
    assert_eq!(matched(&octets, &facts, &mut state), ["read", "again"]);
    let reads: Vec<&Call> = state.asked.iter().filter(|c| matches!(c, Call::Read(_))).collect();
    assert_eq!(reads, [&Call::Read(0)]);
}

#[test]
fn a_message_without_the_key_is_neither_counted_nor_compared() {
    let octets = image(vec![tag("gt", "counter.by_gt or counter.by_gt != 7"), tag("sweep", "counter.sweep")]);
    let (mut state, mut facts) = (Tally::default(), message());
    for field in [Field::CgpaGt, Field::Src] {
        facts.forget(field);
    }
    assert!(matched(&octets, &facts, &mut state).is_empty() && state.asked.is_empty());
    facts = message();
    facts.forget(Field::MapMsisdn);
    assert_eq!(matched(&octets, &facts, &mut state), ["gt", "sweep"]);
    assert_eq!(state.asked, [Call::Count(0, CountKind::Messages, 0), Call::Read(2)], "nothing to be distinct or next");
}

#[test]
fn keys_are_of_values_and_not_of_how_they_are_packed() {
    let octets = image(vec![]);
    let (mut state, mut facts) = (Tally::default(), message());
    matched(&octets, &facts, &mut state);
    facts.set_octets(Field::CgpaGt, &[0x99, 0x79, 0x00, 0xF3]);
    matched(&octets, &facts, &mut state);
    assert_eq!(state.counts.keys().filter(|(counter, _)| *counter == 0).count(), 1, "the same seven digits");
    facts.set(Field::CgpaGtOdd, 0);
    matched(&octets, &facts, &mut state);
    assert_eq!(state.counts.keys().filter(|(counter, _)| *counter == 0).count(), 2);
    facts.set(Field::MtpOpc, 4002);
    matched(&octets, &facts, &mut state);
    assert_eq!(state.counts.keys().filter(|(counter, _)| *counter == 1).count(), 3);
}

#[test]
fn counters_of_rules_that_matched_are_recorded_and_explained() {
    let octets = image(vec![
        tag("no", "counter.sweep > 1"),
        tag("yes", "counter.by_gt == 1 and kind"),
        tag("again", "counter.by_gt < 9"),
    ]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let (mut state, mut judgement, mut facts) = (Tally::default(), Judgement::new(), message());
    evaluate(&image, &facts, Purpose::Live, &mut state, &mut judgement);
    let told = explain(&image, &facts, Purpose::Live, &mut state);
    let found: Vec<_> =
        told.rules.iter().flat_map(|r| &r.steps).map(|s| (s.test, s.found.as_deref(), s.gave)).collect();
    assert_eq!(
        found,
        [
            ("counter.sweep > 1", Some("1"), false),
            ("counter.by_gt == 1", Some("1"), true),
            ("kind", None, true),
            ("counter.by_gt < 9", Some("1"), true),
        ]
    );
    assert_eq!(state.counts.values().max(), Some(&1), "an explanation counts nothing");
    judgement.record(&image, &mut facts);
    assert!(to_json(&facts, Privacy::Clear).contains(r#""counters":["by_gt=1"]"#));
}

#[test]
fn many_counters_are_found_by_what_they_count() {
    let counters: Vec<Counter> = (0..200)
        .map(|n| counter(&format!("c{n}"), &["sccp.cgpa.gt"], &format!("map.op == {n} and kind"), Counts::Messages))
        .collect();
    let octets = compile(&Model { counters, ..Model::default() }).unwrap();
    let mut state = Tally::default();
    matched(&octets, &message(), &mut state);
    assert_eq!(state.asked, [Call::Count(44, CountKind::Messages, 0)]);
}
