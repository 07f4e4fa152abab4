//! The table of locations against a plain map.

use proptest::prelude::*;
use sluice_track::{Identity, LOCATION_COST_OCTETS, LastSeen, Learned, Locations, Number};
use std::collections::BTreeMap;

const NODES: [&str; 3] = ["999555010001", "99955501000", "999888020"];

fn number(digits: &str) -> Number {
    Number::new(digits.as_bytes()).unwrap()
}

fn imsi(n: u64) -> String {
    format!("00101{n:010}")
}

fn learn(table: &mut Locations, imsi: &str, node: &str, time_s: u32) -> Learned {
    table.learn(Identity::Imsi, imsi.as_bytes(), node.as_bytes(), None, time_s)
}

fn is_known(table: &Locations, imsi: &str) -> bool {
    table.find(Identity::Imsi, imsi.as_bytes(), 0).is_some()
}

type Known = (String, Option<String>, u32);

fn as_seen((node, other, at): &Known, time_s: u32) -> LastSeen {
    let other = other.as_deref().map_or(Number::NONE, number);
    LastSeen { node: number(node), other, age_s: time_s.saturating_sub(*at) }
}

/// Times go forth, and back a little.
fn steps() -> impl Strategy<Value = Vec<(bool, String, usize, Option<String>, u32)>> {
    let digits = prop_oneof!["0{0,3}[0-3]", "99955501[0-9]", "[0-9]{15}"];
    prop::collection::vec((any::<bool>(), digits, 0..3_usize, prop::option::of("[0-9]{1,15}"), 0..50_u32), 1..100)
}

proptest! {
    #[test]
    fn what_was_learned_last_is_found(steps in steps()) {
        let mut table = Locations::new(1000, 42);
        let mut model: BTreeMap<(Identity, String), Known> = BTreeMap::new();
        for (at, (is_imsi, digits, node, other, later)) in (1_000..).step_by(20).zip(steps) {
            let kind = if is_imsi { Identity::Imsi } else { Identity::Msisdn };
            let (node, time_s) = (NODES[node].to_owned(), at + later);
            let told = other.as_ref().map(|other| other.as_bytes());
            let learned = table.learn(kind, digits.as_bytes(), node.as_bytes(), told, time_s);
            let before = model.get(&(kind, digits.clone())).cloned();
            prop_assert_eq!(learned, match &before {
                None => Learned::New,
                Some((held, ..)) if *held == node => Learned::Same,
                Some(before) => Learned::Moved(as_seen(before, time_s)),
            });
            let other = other.or(before.and_then(|(_, other, _)| other));
            model.insert((kind, digits), (node, other, time_s));
            prop_assert_eq!((table.len(), table.shed()), (model.len(), 0));
            for ((kind, digits), known) in &model {
                prop_assert_eq!(table.find(*kind, digits.as_bytes(), at), Some(as_seen(known, at)));
            }
        }
    }

    /// Six entries are one set of eight places: whichever was seen longest ago gives way.
    #[test]
    fn a_full_set_sheds_who_was_seen_longest_ago(steps in prop::collection::vec(0..30_u64, 1..200)) {
        let mut table = Locations::new(6, 42);
        let mut model: Vec<u64> = Vec::new();
        let mut shed = 0;
        for (time_s, subscriber) in (1..).zip(steps) {
            learn(&mut table, &imsi(subscriber), NODES[0], time_s);
            model.retain(|held| *held != subscriber);
            if model.len() == 8 {
                model.remove(0);
                shed += 1;
            }
            model.push(subscriber);
            prop_assert_eq!((table.len(), table.shed()), (model.len(), shed));
            for subscriber in 0..30 {
                prop_assert_eq!(is_known(&table, &imsi(subscriber)), model.contains(&subscriber));
            }
        }
    }

    #[test]
    fn any_octets_are_refused_or_found_again(digits in prop::collection::vec(any::<u8>(), 0..20), node in prop::collection::vec(any::<u8>(), 0..20)) {
        let mut table = Locations::new(10, 42);
        let is_number = |digits: &[u8]| (1..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        let expected = if is_number(&digits) && is_number(&node) { Learned::New } else { Learned::Refused };
        prop_assert_eq!(table.learn(Identity::Imsi, &digits, &node, None, 5), expected);
        prop_assert_eq!(table.find(Identity::Imsi, &digits, 5).is_some(), expected == Learned::New);
    }
}

#[test]
fn no_digits_and_sixteen_are_refused_as_key_and_as_node() {
    let mut table = Locations::new(10, 42);
    for wrong in ["", "0010199999999990", "00101*9999", "+99955501"] {
        assert_eq!(learn(&mut table, wrong, NODES[0], 1), Learned::Refused, "{wrong}");
        assert_eq!(learn(&mut table, &imsi(1), wrong, 1), Learned::Refused, "{wrong}");
        assert_eq!(table.find(Identity::Imsi, wrong.as_bytes(), 1), None);
    }
    assert!(table.is_empty());
    assert_eq!(learn(&mut table, "999999999999999", "999999999999999", 1), Learned::New);
}

#[test]
fn leading_zeros_and_the_kind_of_identity_tell_subscribers_apart() {
    let mut table = Locations::new(10, 42);
    for (kind, digits, node) in [
        (Identity::Imsi, "1", "9990001"),
        (Identity::Imsi, "01", "9990002"),
        (Identity::Imsi, "001", "9990003"),
        (Identity::Msisdn, "1", "9990004"),
    ] {
        assert_eq!(table.learn(kind, digits.as_bytes(), node.as_bytes(), None, 1), Learned::New);
        assert_eq!(table.find(kind, digits.as_bytes(), 1).map(|seen| seen.node), Some(number(node)));
    }
    assert_eq!(table.find(Identity::Imsi, b"1", 1).map(|seen| seen.node), Some(number("9990001")));
}

#[test]
fn subscribers_seen_during_a_flood_of_a_million_others_stay() {
    let mut table = Locations::new(20_000, 42);
    let octets = table.octets();
    let ours: Vec<String> = (0..1_000).map(imsi).collect();
    for flooded in 0..1_000_000 {
        // Each of ours is seen again after 5,000 others: a quarter of the table.
        let time_s = 1_000 + flooded as u32 / 100;
        if flooded % 5 == 0 {
            learn(&mut table, &ours[(flooded / 5 % 1_000) as usize], NODES[1], time_s);
        }
        learn(&mut table, &imsi(1_000_000 + flooded), NODES[0], time_s);
    }
    let known = ours.iter().filter(|imsi| is_known(&table, imsi)).count();
    assert!(known >= 999, "{known} of 1000");
    let young = (990_000..1_000_000).filter(|n| is_known(&table, &imsi(1_000_000 + n))).count();
    assert!(young > 9_900, "{young} of the last 10000");
    assert_eq!(table.octets(), octets);
    assert!(table.len() <= 25_000 && table.shed() > 970_000, "{} {}", table.len(), table.shed());
}

#[test]
fn ten_million_subscribers_take_at_most_32_octets_each() {
    let table = Locations::new(10_000_000, 42);
    assert_eq!(table.octets(), 12_500_000 * 24);
    assert!(table.octets() <= 10_000_000 * 32);
    assert_eq!((table.octets_per_entry(), LOCATION_COST_OCTETS), (30, 30));
}

#[test]
fn a_clock_that_jumped_ahead_is_corrected_by_the_next_word() {
    let mut table = Locations::new(10, 42);
    learn(&mut table, &imsi(1), NODES[0], 2_000_000_000);
    assert_eq!(table.find(Identity::Imsi, imsi(1).as_bytes(), 1_000).map(|seen| seen.age_s), Some(0));
    learn(&mut table, &imsi(1), NODES[0], 1_000);
    assert_eq!(table.find(Identity::Imsi, imsi(1).as_bytes(), 1_060).map(|seen| seen.age_s), Some(60));
    table.clear();
    assert!(table.is_empty() && !is_known(&table, &imsi(1)));
}
