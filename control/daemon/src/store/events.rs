//! Reading events back: one, a page, and what the store holds.

use sluice_abi::json::{Privacy, to_json};
use sluice_abi::record;
use sluice_api::Timestamp;
use sluice_api::events::{Event, EventPage, EventQuery, Order};
use sluice_events::{Error, Key, Log, Query};

use super::page_size;

/// As an event is shown. A record that does not read (of another release) shows as an empty object.
pub fn show(event: &sluice_events::Event, privacy: Privacy) -> Event {
    let json = record::decode(&event.record).map_or_else(|_| "{}".to_owned(), |facts| to_json(&facts, privacy));
    let record = serde_json::value::RawValue::from_string(json).unwrap_or_default();
    Event { id: event.id, record }
}

/// The events a query wants, at most a page of them.
///
/// # Errors
/// A file of events cannot be read.
pub fn some(log: &Log, query: &EventQuery) -> Result<Vec<sluice_events::Event>, Error> {
    log.some(&of(query))
}

/// A page as it is shown.
///
/// # Errors
/// A file of events cannot be read.
pub fn page(log: &Log, query: &EventQuery, privacy: Privacy) -> Result<EventPage, Error> {
    let found = some(log, query)?;
    let full = found.len() == page_size(query.limit) as usize;
    let next = found.last().filter(|_| full).map(|e| e.id);
    Ok(EventPage { events: found.iter().map(|event| show(event, privacy)).collect(), next })
}

/// As the log is asked: what is rarest comes first.
fn of(query: &EventQuery) -> Query {
    let EventQuery { after, limit, rule, action, number, text, since, until, order, clear: _ } = query;
    let mut keys: Vec<Key> = number.iter().cloned().map(Key::Number).collect();
    keys.extend(text.iter().flat_map(|text| Key::words(text)));
    keys.extend(rule.iter().cloned().map(Key::Rule));
    keys.extend(action.iter().cloned().map(Key::Action));
    Query {
        keys,
        since: since.map(Timestamp::as_ns),
        until: until.map(Timestamp::as_ns),
        after: *after,
        newest: *order == Some(Order::Newest),
        limit: page_size(*limit) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::testing::{items, message};
    use sluice_abi::Field;

    fn filled() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.writer().append(&items(1..=9), 10).unwrap();
        (dir, store)
    }

    fn ids(store: &Store, query: EventQuery) -> Vec<u64> {
        some(store.log(), &query).unwrap().iter().map(|e| e.id).collect()
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_repetition_in_both_orders() {
        let (_dir, store) = filled();
        for (order, expected) in
            [(Order::Oldest, (1..=9).collect::<Vec<_>>()), (Order::Newest, (1..=9).rev().collect())]
        {
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let query = EventQuery { after, limit: Some(4), order: Some(order), ..EventQuery::default() };
                let page = page(store.log(), &query, Privacy::Masked).unwrap();
                seen.extend(page.events.iter().map(|e| e.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected);
        }
    }

    #[test]
    fn every_condition_narrows_and_conditions_add_up() {
        let (_dir, store) = filled();
        let all = EventQuery::default;
        assert_eq!(ids(&store, EventQuery { rule: Some("odd".into()), ..all() }), [1, 3, 5, 7, 9]);
        assert_eq!(ids(&store, EventQuery { action: Some("discard".into()), ..all() }), [1, 3, 5, 7, 9]);
        assert_eq!(ids(&store, EventQuery { number: Some("15550103".into()), ..all() }), [3]);
        assert_eq!(ids(&store, EventQuery { number: Some("1555010".into()), ..all() }), [] as [u64; 0]);
        let (since, until) = (Some(Timestamp::from_ns(4_000_000_000)), Some(Timestamp::from_ns(7_000_000_000)));
        assert_eq!(ids(&store, EventQuery { since, until, ..all() }), [4, 5, 6]);
        assert_eq!(ids(&store, EventQuery { since, until, rule: Some("odd".into()), ..all() }), [5]);
        assert_eq!(ids(&store, EventQuery { text: Some("TEXT of".into()), ..all() }).len(), 9);
        assert_eq!(ids(&store, EventQuery { text: Some("text of another".into()), ..all() }), [] as [u64; 0]);
        let hostile = Some("' OR 1 --".into());
        assert_eq!(ids(&store, EventQuery { rule: hostile, ..all() }), [] as [u64; 0]);
        assert_eq!(ids(&store, EventQuery { after: Some(u64::MAX), ..all() }), [] as [u64; 0]);
    }

    #[test]
    fn a_number_common_to_all_is_paged_as_well() {
        let (_dir, store) = filled();
        let query = |after, order| EventQuery {
            number: Some("15550199".into()),
            after,
            limit: Some(3),
            order: Some(order),
            ..EventQuery::default()
        };
        assert_eq!(ids(&store, query(Some(3), Order::Oldest)), [4, 5, 6]);
        assert_eq!(ids(&store, query(Some(3), Order::Newest)), [2, 1]);
    }

    #[test]
    fn a_record_shows_as_the_journal_has_it() {
        let (_dir, store) = filled();
        let stored = store.log().one(3).unwrap().unwrap();
        let clear = show(&stored, Privacy::Clear);
        assert_eq!(clear.record.to_string(), to_json(&message(3), Privacy::Clear));
        assert!(clear.record.to_string().contains("15550103"));
        assert!(!show(&stored, Privacy::Masked).record.to_string().contains("15550103"));
        assert!(message(3).has(Field::SmsOa));
        assert_eq!(store.log().one(99).unwrap(), None);
    }
}
