//! Reading events back: one, a page, and what the store holds.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, Row};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::record;
use sluice_api::events::{Event, EventPage, EventQuery, Order};
use sluice_api::{PAGE_DEFAULT, PAGE_MAX};

/// An event as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its number.
    pub id: u64,
    /// Its octets.
    pub record: Vec<u8>,
}

impl Stored {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get::<_, i64>(0)?.cast_unsigned(), record: row.get(1)? })
    }

    /// As it is shown. A record that does not read any more (damaged in the store) shows as an empty object.
    pub fn show(&self, privacy: Privacy) -> Event {
        let json = record::decode(&self.record).map_or_else(|_| "{}".to_owned(), |facts| to_json(&facts, privacy));
        let record = serde_json::value::RawValue::from_string(json).unwrap_or_default();
        Event { id: self.id, record }
    }
}

/// How much of each kind of page is read at once.
pub fn page_size(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
}

/// One event.
///
/// # Errors
/// SQLite's.
pub fn one(connection: &Connection, id: u64) -> rusqlite::Result<Option<Stored>> {
    let mut statement = connection.prepare_cached("SELECT id, record FROM events WHERE id = ?1")?;
    statement.query_row([id.cast_signed()], Stored::from_row).optional()
}

/// The events a query wants, at most a page of them.
///
/// # Errors
/// SQLite's.
pub fn some(connection: &Connection, query: &EventQuery) -> rusqlite::Result<Vec<Stored>> {
    let limit = page_size(query.limit);
    let (sql, values) = statement_of(query, limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let parameters: Vec<&dyn ToSql> = values.iter().map(AsRef::as_ref).collect();
    statement.query_map(parameters.as_slice(), Stored::from_row)?.collect()
}

/// A page as it is shown.
///
/// # Errors
/// SQLite's.
pub fn page(connection: &Connection, query: &EventQuery, privacy: Privacy) -> rusqlite::Result<EventPage> {
    let found = some(connection, query)?;
    let full = found.len() == page_size(query.limit) as usize;
    let next = found.last().filter(|_| full).map(|e| e.id);
    Ok(EventPage { events: found.iter().map(|e| e.show(privacy)).collect(), next })
}

/// The statement and its parameters. Only fixed text goes into the statement; values are bound.
fn statement_of(query: &EventQuery, limit: u32) -> (String, Vec<Box<dyn ToSql>>) {
    let (from, id) = match query.number {
        Some(_) => ("numbers AS n JOIN events AS e ON e.id = n.event", "n.event"),
        None => ("events AS e", "e.id"),
    };
    let newest = query.order == Some(Order::Newest);
    let mut sql = format!("SELECT e.id, e.record FROM {from} WHERE 1");
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut demand = |condition: String, value: Box<dyn ToSql>| {
        sql.push_str(" AND ");
        sql.push_str(&condition);
        values.push(value);
    };
    if let Some(number) = &query.number {
        demand("n.number = ?".into(), Box::new(number.clone()));
    }
    if let Some(after) = query.after {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        demand(format!("{id} {} ?", if newest { '<' } else { '>' }), Box::new(after));
    }
    if let Some(rule) = &query.rule {
        demand("e.rule = ?".into(), Box::new(rule.clone()));
    }
    if let Some(action) = &query.action {
        demand("e.action = ?".into(), Box::new(action.clone()));
    }
    if let Some(since) = query.since {
        demand("e.time >= ?".into(), Box::new(i64::try_from(since.as_ns()).unwrap_or(i64::MAX)));
    }
    if let Some(until) = query.until {
        demand("e.time < ?".into(), Box::new(i64::try_from(until.as_ns()).unwrap_or(i64::MAX)));
    }
    sql.push_str(&format!(" ORDER BY {id} {} LIMIT {limit}", if newest { "DESC" } else { "ASC" }));
    (sql, values)
}

/// Lowest and highest event kept.
///
/// # Errors
/// SQLite's.
pub fn bounds(connection: &Connection) -> rusqlite::Result<(Option<u64>, Option<u64>)> {
    let mut statement =
        connection.prepare_cached("SELECT (SELECT min(id) FROM events), (SELECT max(id) FROM events)")?;
    statement.query_row([], |r| {
        let at = |i| r.get::<_, Option<i64>>(i).map(|id| id.map(i64::cast_unsigned));
        Ok((at(0)?, at(1)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::events::{Item, take_in};
    use crate::testing::{message, record_of};
    use sluice_abi::Field;
    use sluice_api::time::Timestamp;

    fn filled() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let items: Vec<Item> =
            (1..=9).map(|sequence| Item::Record { sequence, payload: record_of(sequence) }).collect();
        take_in(&mut store.connection().unwrap(), &items, 10).unwrap();
        (dir, store)
    }

    fn ids(store: &Store, query: EventQuery) -> Vec<u64> {
        some(&store.connection().unwrap(), &query).unwrap().iter().map(|e| e.id).collect()
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
                let page = page(&store.connection().unwrap(), &query, Privacy::Masked).unwrap();
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
        let stored = one(&store.connection().unwrap(), 3).unwrap().unwrap();
        let clear = stored.show(Privacy::Clear);
        assert_eq!(clear.record.to_string(), to_json(&message(3), Privacy::Clear));
        assert!(clear.record.to_string().contains("15550103"));
        assert!(!stored.show(Privacy::Masked).record.to_string().contains("15550103"));
        assert!(message(3).has(Field::SmsOa));
        assert_eq!(one(&store.connection().unwrap(), 99).unwrap(), None);
        assert_eq!(bounds(&store.connection().unwrap()).unwrap(), (Some(1), Some(9)));
    }
}
