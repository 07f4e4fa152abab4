//! The log against a list in memory: whatever is appended, sealed, removed and opened again, both say the same.

mod common;

use common::{Opened, facts_of, item, items, record_of};
use proptest::prelude::*;
use sluice_events::{Error, Item, Key, Limits, Log, Loss, Position, Query, Removed};
use std::collections::BTreeMap;

fn ids(log: &Log, query: Query) -> Vec<u64> {
    log.some(&Query { limit: if query.limit == 0 { 1_000 } else { query.limit }, ..query })
        .unwrap()
        .iter()
        .map(|event| event.id)
        .collect()
}

#[test]
fn a_batch_and_its_position_come_together_or_not_at_all() {
    let mut own = Opened::new();
    assert_eq!(own.log.position(), Position::default());
    own.writer.append(&items(1..=2), 3).unwrap();
    // The second of these is there already: neither it nor the third may show.
    assert!(matches!(own.writer.append(&[item(3), item(2)], 4), Err(Error::Order(_, 2))));
    assert!(matches!(own.writer.append(&[item(3)], 3), Err(Error::Order(_, 3))));
    for _ in 0..2 {
        assert_eq!(own.log.position(), Position { next: Some(3), lost: 0 });
        assert_eq!(ids(&own.log, Query::default()), [1, 2]);
        own.reopen();
    }
    own.writer.append(&items(3..=3), 4).unwrap();
    assert_eq!(ids(&own.log, Query::default()), [1, 2, 3]);
}

#[test]
fn what_cannot_be_read_is_a_counted_loss() {
    let mut own = Opened::new();
    let gap = Loss { first: 1, last: 5, time: 7, cause: "gap".into() };
    let broken = Item::Record { sequence: 6, payload: vec![9, 9, 9] };
    assert_eq!(own.writer.append(&[Item::Lost(gap.clone()), broken, item(7)], 8).unwrap(), 1);
    for _ in 0..3 {
        assert_eq!(own.log.position(), Position { next: Some(8), lost: 6 });
        let losses = own.log.losses().unwrap();
        assert_eq!((losses.len(), &losses[0], losses[1].cause.as_str()), (2, &gap, "unreadable record"));
        own.reopen();
        own.writer.seal().unwrap();
    }
    own.writer.append(&[], 9).unwrap();
    assert_eq!(own.log.position(), Position { next: Some(9), lost: 6 });
}

#[test]
fn a_text_is_found_by_all_of_its_words_and_by_nothing_when_it_has_gone() {
    let mut own = Opened::new();
    own.writer.append(&items(1..=300), 301).unwrap();
    let of = |text: &str| Query { keys: Key::words(text), limit: 400, ..Query::default() };
    for sealed in [false, true] {
        if sealed {
            own.writer.seal().unwrap();
        }
        assert_eq!(ids(&own.log, of("TEXT, test!")).len(), 300);
        assert_eq!(ids(&own.log, of("text nowhere")), [] as [u64; 0]);
    }
    let limits = Limits { count: 1_000, before: None, texts_before: Some(u64::MAX) };
    let removed = own.writer.retain(limits).unwrap();
    assert!(matches!(removed, Some(Removed::Texts { count: 300, .. })), "{removed:?}");
    assert_eq!(own.writer.retain(limits).unwrap(), None, "once");
    for _ in 0..2 {
        assert_eq!(ids(&own.log, of("text")), [] as [u64; 0]);
        let odd = Query { keys: vec![Key::Rule("odd".into())], ..Query::default() };
        assert_eq!(ids(&own.log, odd).len(), 150, "all but the text is still there");
        for event in own.log.some(&Query { limit: 400, ..Query::default() }).unwrap() {
            assert!(!event.record.windows(4).any(|octets| octets == b"text"));
        }
        own.reopen();
    }
    // Nor is the file there that it was written to first.
    assert!(!own.any_file_has(b"a text of test"));
}

#[test]
fn events_beyond_the_limits_are_hidden_at_once_and_deleted_with_their_file() {
    let mut own = Opened::new();
    for first in [1, 101, 201] {
        own.writer.append(&items(first..=first + 99), first + 100).unwrap();
        own.writer.seal().unwrap();
    }
    own.writer.append(&items(301..=310), 311).unwrap();
    let second = |n: u64| n * 1_000_000_000;
    let old = Limits { count: 1_000, before: Some(second(151)), texts_before: None };
    assert!(matches!(own.writer.retain(old).unwrap(), Some(Removed::Events { count: 100, .. })));
    assert_eq!(own.writer.retain(old).unwrap(), None);
    assert_eq!(own.files("events"), 2, "the file with some that are old and some that are not stays");
    assert_eq!(ids(&own.log, Query { limit: 2, ..Query::default() }), [151, 152]);
    assert_eq!(own.log.one(150).unwrap(), None);
    let few = Limits { count: 60, before: None, texts_before: None };
    while own.writer.retain(few).unwrap().is_some() {}
    assert_eq!(own.log.count(), 110, "a file is kept whole");
    let none = Limits { count: 0, before: Some(u64::MAX), texts_before: None };
    while own.writer.retain(none).unwrap().is_some() {}
    for _ in 0..2 {
        assert_eq!((own.log.count(), own.log.span()), (0, None));
        assert_eq!(own.log.position(), Position { next: Some(311), lost: 0 }, "how far the journal is read stays");
        own.reopen();
    }
    own.writer.append(&items(311..=311), 312).unwrap();
    while own.writer.retain(Limits { count: 10, ..none }).unwrap().is_some() {}
    assert_eq!(own.log.position().next, Some(312));
}

/// What is done to a log.
#[derive(Clone, Debug)]
enum Step {
    Append { skip: u64, count: u64 },
    Seal,
    Open,
    Keep(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_u64..3, 1_u64..200).prop_map(|(skip, count)| Step::Append { skip, count }),
        2 => Just(Step::Seal),
        1 => Just(Step::Open),
        1 => (0_u64..400).prop_map(Step::Keep),
    ];
    proptest::collection::vec(step, 1..20)
}

fn queries() -> impl Strategy<Value = Query> {
    let key = prop_oneof![
        Just(vec![]),
        Just(vec![Key::Rule("odd".into())]),
        (0_u64..10).prop_map(|n| vec![Key::Number(format!("1555010{n}"))]),
        (0_u64..10).prop_map(|n| vec![Key::Number(format!("1555010{n}")), Key::Action("discard".into())]),
        Just(Key::words("text of")),
    ];
    let time = proptest::option::of((0_u64..2_000).prop_map(|n| n * 1_000_000_000));
    (key, time.clone(), time, proptest::option::of(0_u64..2_000), any::<bool>(), 1_usize..300)
        .prop_map(|(keys, since, until, after, newest, limit)| Query { keys, since, until, after, newest, limit })
}

/// The same question to a list.
fn expected(all: &BTreeMap<u64, Vec<u8>>, query: &Query) -> Vec<u64> {
    let is_wanted = |id: &u64| {
        let time = id * 1_000_000_000;
        let is_behind = |after: u64| if query.newest { *id < after } else { *id > after };
        query.after.is_none_or(is_behind)
            && query.since.is_none_or(|since| time >= since)
            && query.until.is_none_or(|until| time < until)
            && query.keys.iter().all(|key| facts_of(*id, key))
    };
    let mut ids: Vec<u64> = all.keys().copied().filter(is_wanted).collect();
    if query.newest {
        ids.reverse();
    }
    ids.truncate(query.limit);
    ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_log_says_what_a_list_says(steps in steps(), queries in proptest::collection::vec(queries(), 8)) {
        let mut own = Opened::new();
        let (mut all, mut next) = (BTreeMap::new(), 1);
        for step in steps {
            match step {
                Step::Append { skip, count } => {
                    let first = next + skip;
                    own.writer.append(&items(first..=first + count - 1), first + count).unwrap();
                    all.extend((first..first + count).map(|n| (n, record_of(n))));
                    next = first + count;
                }
                Step::Seal => own.writer.seal().unwrap(),
                Step::Open => own.reopen(),
                Step::Keep(count) => {
                    while own.writer.retain(Limits { count, before: None, texts_before: None }).unwrap().is_some() {}
                    let kept = own.log.count() as usize;
                    prop_assert!(kept >= all.len().min(count as usize));
                    let first = all.keys().nth(all.len() - kept).copied();
                    all = first.map_or_else(BTreeMap::new, |first| all.split_off(&first));
                }
            }
            prop_assert_eq!(own.log.count(), all.len() as u64);
            prop_assert_eq!(own.log.position().next, (next > 1).then_some(next));
        }
        for query in queries {
            let found = own.log.some(&query).unwrap();
            prop_assert_eq!(found.iter().map(|e| e.id).collect::<Vec<_>>(), expected(&all, &query), "{:?}", query);
            prop_assert!(found.iter().all(|event| all.get(&event.id) == Some(&event.record)));
        }
        for id in [0, 1, next / 2, next - 1, next] {
            prop_assert_eq!(own.log.one(id).unwrap().map(|event| event.record), all.get(&id).cloned());
        }
    }
}
