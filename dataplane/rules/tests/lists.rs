//! Lists against the plainest model of them, with ends of entries and with changes since the policy was compiled; and
//! images of changes from anywhere.

use proptest::prelude::*;
use sluice_abi::{Action, Facts, Field, Path};
use sluice_rules::changes::{self, Change, ChangesError};
use sluice_rules::compile::compile_condition;
use sluice_rules::compile::lists::Built;
use sluice_rules::entries::{Range, host_of};
use sluice_rules::model::{Condition, Question, Subject, Test};
use sluice_rules::table::{ENTRY_OCTETS_MAX, FOREVER, PREFIX_OCTETS_MAX, Table, decimal};
use sluice_rules::text::Span;
use sluice_rules::{
    ChangesLayout, Entries, Judgement, Layout, List, ListKind, Model, NoState, Purpose, compile, evaluate,
};
use std::collections::{BTreeMap, BTreeSet};

const LOOKED_UP: [ListKind; 3] = [ListKind::Exact, ListKind::Prefix, ListKind::Domain];

fn policy(kind: ListKind, entries: Entries) -> Vec<u8> {
    let lists = vec![
        List { name: "other".into(), kind, entries: ["1"].into_iter().collect() },
        List { name: "it".into(), kind, entries },
    ];
    compile(&Model { version: 7, lists, ..Model::default() }).expect("within limits")
}

fn with_table<T>(kind: ListKind, entries: Entries, ask: impl Fn(Table<'_>) -> T) -> T {
    let octets = policy(kind, entries);
    let layout = Layout::verify(&octets).unwrap();
    ask(layout.image(&octets).list(1).unwrap())
}

fn has(kind: ListKind, entries: &[&str], text: &str) -> bool {
    with_table(kind, entries.iter().collect(), |t| t.contains(text.as_bytes(), 0))
}

/// What a list is: an entry with the second from which on it is not there.
type Plain = BTreeMap<String, u64>;

fn plain_has(kind: ListKind, list: &Plain, text: &str, now_s: u64) -> bool {
    list.iter().filter(|(_, until_s)| now_s < **until_s).any(|(entry, _)| match kind {
        ListKind::Prefix => text.starts_with(entry),
        ListKind::Domain => {
            let text = text.to_ascii_lowercase();
            text == *entry || text.strip_suffix(entry.as_str()).is_some_and(|before| before.ends_with('.'))
        }
        _ => text == entry,
    })
}

/// Few letters, so that entries meet, begin one another and are asked for; some too long for a slot.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[12]{1,4}", "[ab]\\.[ab](\\.[ab])?", "[12]{14,17}"]
}

fn until() -> impl Strategy<Value = u64> {
    prop_oneof![Just(FOREVER), 1..5_u64]
}

fn pushed(list: &[(String, u64)]) -> (Entries, Plain) {
    let (mut entries, mut plain) = (Entries::default(), Plain::new());
    for (entry, until_s) in list {
        assert!(entries.push_until(entry, *until_s));
        let kept = plain.entry(entry.clone()).or_insert(0);
        *kept = (*kept).max(*until_s);
    }
    (entries, plain)
}

proptest! {
    #[test]
    fn a_list_with_ends_and_changes_is_its_plain_model(
        kind in prop::sample::select(&LOOKED_UP[..]),
        list in prop::collection::vec((text(), until()), 0..30),
        changed in prop::collection::vec((text(), prop_oneof![until(), Just(0)]), 0..20),
        asked in prop::collection::vec((text(), 0..6_u64), 40),
    ) {
        let (entries, mut plain) = pushed(&list);
        let octets = policy(kind, entries);
        let layout = Layout::verify(&octets).unwrap();
        let image = layout.image(&octets);
        for (text, now_s) in &asked {
            prop_assert_eq!(image.list(1).unwrap().contains(text.as_bytes(), *now_s), plain_has(kind, &plain, text, *now_s));
        }
        let change = |(entry, until_s): &(String, u64)| Change { list: "it".into(), kind, entry: entry.clone(), until_s: *until_s };
        let changes: Vec<Change> = changed.iter().map(change).collect();
        plain.extend(changed.iter().cloned());
        let changes = changes::build(7, &changes).unwrap();
        let verified = ChangesLayout::verify(&changes, &image).unwrap();
        let image = image.with_changes(verified.changes(&changes));
        for (text, now_s) in &asked {
            prop_assert_eq!(image.list(1).unwrap().contains(text.as_bytes(), *now_s), plain_has(kind, &plain, text, *now_s));
            prop_assert_eq!(image.list(0).unwrap().contains(text.as_bytes(), 0), plain_has(kind, &[("1".to_owned(), 1)].into(), text, 0));
        }
    }

    #[test]
    fn the_prefixes_of_a_range_are_its_numbers_and_no_others(low in 0..2000_u32, len in 0..2000_u32) {
        let high = (low + len).min(9999);
        let entry = format!("{low:04}-{high:04}");
        let prefixes = Range::parse(&entry).unwrap().prefixes().unwrap();
        for n in 0..10_000 {
            let number = format!("{n:04}");
            let covering = prefixes.iter().filter(|p| number.starts_with(p.as_str())).count();
            prop_assert_eq!(covering, usize::from((low..=high).contains(&n)), "{} in {:?}", number, prefixes);
        }
        prop_assert!(prefixes.len() <= 2 * 9 * 4, "{:?}", prefixes);
    }

    #[test]
    fn repeated_entries_are_found_with_the_first_of_them(list in prop::collection::vec("[ab]{1,3}", 0..40)) {
        let entries: Entries = list.iter().collect();
        let mut first = BTreeMap::new();
        let mut expected = Vec::new();
        for (place, entry) in list.iter().enumerate() {
            match first.get(entry) {
                Some(&earlier) => expected.push((place, earlier)),
                None => _ = first.insert(entry, place),
            }
        }
        prop_assert_eq!(entries.repeated(), expected);
        prop_assert!(entries.iter().eq(list.iter().map(String::as_str)));
    }

    #[test]
    fn a_number_reads_as_its_decimal_digits(n in any::<u64>()) {
        let (mut room, text) = ([0; 20], n.to_string());
        prop_assert_eq!(decimal(n, &mut room), text.as_bytes());
    }

    #[test]
    fn any_octets_as_changes_are_refused_or_answer(mut octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let (_, good) = some_changes();
        for (to, from) in octets.iter_mut().zip(&good[..24]) {
            *to = *from;
        }
        try_changes(&sealed(octets));
    }
}

#[test]
fn an_exact_list_has_its_entries_and_nothing_else() {
    let entries = ["15550100", "Bank", "a name of more than fifteen letters", "4711"];
    for text in entries {
        assert!(has(ListKind::Exact, &entries, text), "{text}");
    }
    for other in ["1555010", "155501000", "bank", "", "a name of more than fifteen letterz"] {
        assert!(!has(ListKind::Exact, &entries, other), "{other}");
    }
}

#[test]
fn a_range_in_a_prefix_list_has_the_numbers_between_with_what_follows_them() {
    let entries = ["9997000000-9997099999", "00101"];
    for text in ["9997000000", "9997099999", "99970500001", "00101", "001010123456789"] {
        assert!(has(ListKind::Prefix, &entries, text), "{text}");
    }
    for text in ["9997100000", "9996999999", "9997", "0010"] {
        assert!(!has(ListKind::Prefix, &entries, text), "{text}");
    }
}

#[test]
fn a_domain_list_has_every_host_below_its_entries_in_any_case() {
    let entries = ["Bad.Example", "https://user@other.example:8080/win?x=1", "xn--80ak6aa92e.example"];
    for text in ["bad.example", "a.b.bad.example", "A.BAD.example", "other.example", "m.xn--80ak6aa92e.example"] {
        assert!(has(ListKind::Domain, &entries, text), "{text}");
    }
    for text in ["notbad.example", "example", "bad.example.org", "win", "", ".", "bad.example.."] {
        assert!(!has(ListKind::Domain, &entries, text), "{text}");
    }
    let long = format!("{}.bad.example", "x".repeat(400));
    assert!(has(ListKind::Domain, &entries, &long));
    assert!(!has(ListKind::Domain, &["x.example"], &format!("{}x.example", "x".repeat(300))));
    assert_eq!(host_of("http://[::1]/"), Some("[::1]"));
}

#[test]
fn entries_of_one_list_meet_neither_their_own_prefixes_nor_the_string_table_of_another() {
    let (entries, _) = pushed(&[("9".into(), 3), ("99970".into(), FOREVER)]);
    with_table(ListKind::Prefix, entries, |t| {
        assert!(t.contains(b"91", 2) && !t.contains(b"91", 3), "the shorter one ends");
        assert!(t.contains(b"999701", 3), "and the longer one below it stays");
    });
}

#[test]
fn a_hundred_thousand_numbers_are_all_found_and_no_others() {
    let number = |n: u32| format!("1555{n:07}");
    let entries: Entries = (0..100_000).map(number).collect();
    let mut strings = Vec::new();
    let built = Built::of(ListKind::Exact, &entries, &mut strings).unwrap();
    assert!(built.probes < 100 && strings.is_empty(), "{} probes", built.probes);
    assert!(built.slots.len() < 150_000 && built.lines > 0, "{} slots", built.slots.len());
    let table = Table { kind: ListKind::Exact, slots: built.slots(&strings), changes: None };
    assert!((0..100_000).all(|n| table.contains(number(n).as_bytes(), 0)));
    assert!(!(100_000..200_000).any(|n| table.contains(number(n).as_bytes(), 0)));
}

#[test]
fn entries_that_are_empty_or_too_long_are_refused() {
    let built = |kind, entry: String| Built::of(kind, &[entry].into_iter().collect(), &mut Vec::new()).is_some();
    for kind in LOOKED_UP {
        assert!(!built(kind, String::new()));
        assert!(!built(kind, "1".repeat(ENTRY_OCTETS_MAX + 1)));
    }
    assert!(built(ListKind::Exact, "1".repeat(ENTRY_OCTETS_MAX)));
    assert!(built(ListKind::Prefix, "1".repeat(PREFIX_OCTETS_MAX)));
    assert!(!built(ListKind::Prefix, "1".repeat(PREFIX_OCTETS_MAX + 1)));
}

#[test]
fn lists_of_the_matcher_are_counted_and_never_looked_up() {
    for kind in [ListKind::Wildcard, ListKind::Words, ListKind::Squeezed] {
        with_table(kind, ["prize", "win*"].into_iter().collect(), |t| assert!(!t.contains(b"prize", 0)));
        let octets = policy(kind, ["prize", "win*"].into_iter().collect());
        let layout = Layout::verify(&octets).unwrap();
        let (name, record) = layout.image(&octets).lists().nth(1).map(|(n, r)| (n.to_owned(), r)).unwrap();
        assert_eq!((name.as_str(), record.entries(), record.kind()), ("it", 2, kind));
    }
}

/// A policy's image, and changes to it.
fn some_changes() -> (Vec<u8>, Vec<u8>) {
    let octets = policy(ListKind::Prefix, ["99970", "99971"].into_iter().collect());
    let change =
        |entry: &str, until_s| Change { list: "it".into(), kind: ListKind::Prefix, entry: entry.into(), until_s };
    let changes = [change("99970", Change::REMOVED), change("99985-99988", Change::STAYS), change("99999", 5)];
    let changes = changes::build(7, &changes).unwrap();
    (octets, changes)
}

/// Puts the checksum right again, as an attacker would.
fn sealed(mut octets: Vec<u8>) -> Vec<u8> {
    if octets.len() >= 16 {
        octets[12..16].fill(0);
        let crc = sluice_wire::crc32c::Crc32c::new().update(&octets).finish();
        octets[12..16].copy_from_slice(&crc.to_le_bytes());
    }
    octets
}

/// Takes changes in and uses them; whether they were taken.
fn try_changes(octets: &[u8]) -> bool {
    let (policy, _) = some_changes();
    let layout = Layout::verify(&policy).unwrap();
    let Ok(changes) = ChangesLayout::verify(octets, &layout.image(&policy)) else { return false };
    let image = layout.image(&policy).with_changes(changes.changes(octets));
    let found = ["99970", "99985", "1", ""].iter().filter(|t| image.list(1).unwrap().contains(t.as_bytes(), 0)).count();
    assert!(found <= 4);
    true
}

#[test]
fn every_truncation_and_every_flip_of_changes_is_refused() {
    let (_, changes) = some_changes();
    assert!(try_changes(&changes));
    for at in 0..changes.len() {
        assert!(!try_changes(&changes[..at]), "cut at {at}");
        let mut flipped = changes.clone();
        flipped[at] ^= 0x10;
        assert!(!try_changes(&flipped), "octet {at}");
    }
}

#[test]
fn changes_that_were_forged_with_a_right_checksum_do_no_harm() {
    let (_, changes) = some_changes();
    let mut taken = BTreeSet::new();
    for at in 16..changes.len() {
        for bits in [0x01, 0x10, 0x80, 0xFF] {
            let mut forged = changes.clone();
            forged[at] ^= bits;
            if try_changes(&sealed(forged)) {
                taken.insert(at);
            }
        }
        assert!(!try_changes(&sealed(changes[..at].to_vec())), "cut at {at}");
    }
    // What is left free to an attacker is what entries say, where they are sought and when they end.
    assert!(taken.iter().all(|at| *at >= 48), "{taken:?}");
}

#[test]
fn changes_of_another_policy_or_another_list_are_refused() {
    let (octets, _) = some_changes();
    let layout = Layout::verify(&octets).unwrap();
    let refusal = |version, list: &str, kind| {
        let change = Change { list: list.into(), kind, entry: "1".into(), until_s: Change::STAYS };
        let changes = changes::build(version, &[change]).unwrap();
        ChangesLayout::verify(&changes, &layout.image(&octets)).unwrap_err()
    };
    assert_eq!(refusal(8, "it", ListKind::Prefix), ChangesError::Version(8));
    assert_eq!(refusal(7, "its", ListKind::Prefix), ChangesError::NoList("its".into()));
    assert_eq!(refusal(7, "it", ListKind::Exact), ChangesError::NoList("it".into()));
}

#[test]
fn what_cannot_change_without_compiling_says_so() {
    let change = |kind, entry: &str| Change { list: "it".into(), kind, entry: entry.into(), until_s: Change::STAYS };
    let words = changes::build(7, &[change(ListKind::Words, "prize")]).unwrap_err();
    assert_eq!(words, ChangesError::NeedsCompile("it".into()));
    assert!(words.to_string().contains("push the policy"), "{words}");
    assert!(matches!(changes::build(7, &[change(ListKind::Exact, "")]), Err(ChangesError::Entry(..))));
    let many: Vec<Change> = (0..=changes::CHANGES_MAX).map(|n| change(ListKind::Exact, &n.to_string())).collect();
    let octets = policy(ListKind::Exact, Entries::default());
    let layout = Layout::verify(&octets).unwrap();
    let most = changes::build(7, &many[1..]).unwrap();
    let verified = ChangesLayout::verify(&most, &layout.image(&octets)).unwrap();
    assert_eq!(verified.entries() as usize, changes::CHANGES_MAX);
    let list = layout.image(&octets).with_changes(verified.changes(&most)).list(1).unwrap();
    assert!(many[1..].iter().all(|c| list.contains(c.entry.as_bytes(), 0)) && !list.contains(b"0", 0));
    assert_eq!(changes::build(7, &many), Err(ChangesError::TooMany));
}

#[test]
fn a_number_is_in_a_list_that_has_its_decimal_digits_until_the_entry_ends() {
    let mut entries = Entries::from_iter(["4711", "512"]);
    assert!(entries.push_until("99", 10));
    let path = Path::parse("mtp.opc").unwrap();
    let test = Test { subject: Subject::Field(path), span: Span { start: 0, end: 0 }, question: Question::Listed(0) };
    let lists = [List { name: "ours".into(), kind: ListKind::Exact, entries }];
    let octets = compile_condition("mtp.opc in list ours", Condition::Test(test), &lists).unwrap();
    let layout = Layout::verify(&octets).unwrap();
    let action = |point_code, now_s: u64| {
        let mut facts = Facts::new();
        facts.set(Field::MtpOpc, point_code);
        facts.set(Field::TimeNs, now_s * 1_000_000_000);
        let mut judgement = Judgement::new();
        evaluate(&layout.image(&octets), &facts, Purpose::Live, &mut NoState, &mut judgement);
        judgement.action()
    };
    for (point_code, now_s, expected) in [
        (4711, 0, Action::Discard),
        (512, 0, Action::Discard),
        (471, 0, Action::Pass),
        (99, 9, Action::Discard),
        (99, 10, Action::Pass),
    ] {
        assert_eq!(action(point_code, now_s), expected, "{point_code} at {now_s}");
    }
}
