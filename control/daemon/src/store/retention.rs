//! Letting the oldest events go, a few at a time, so that taking in new ones never waits long.

use super::events::numbers;
use super::query::bounds;
use crate::config::Retention;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sluice_abi::record;
use sluice_api::time::Timestamp;

/// Events removed in one transaction.
pub const STEP_EVENTS: u32 = 2_000;

/// Removes up to [`STEP_EVENTS`] events beyond the limits; gives how many.
///
/// # Errors
/// SQLite's; nothing has changed then.
pub fn step(connection: &mut Connection, limits: Retention, now: Timestamp) -> rusqlite::Result<usize> {
    let (Some(_), Some(last)) = bounds(connection)? else { return Ok(0) };
    // Numbers of events run without gaps but for losses: at most `count_max` are above this one.
    let below_id = (last + 1).saturating_sub(limits.count_max).cast_signed();
    let age_ns = limits.days_max.map(|days| u64::from(days) * NS_PER_DAY);
    let below_time = age_ns.map_or(i64::MIN, |age| now.as_ns().saturating_sub(age).cast_signed());
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut gone = remove(&transaction, "SELECT id, record FROM events WHERE id < ?1 ORDER BY id LIMIT ?2", below_id)?;
    if gone == 0 && age_ns.is_some() {
        let sql = "SELECT id, record FROM events WHERE time < ?1 ORDER BY time LIMIT ?2";
        gone = remove(&transaction, sql, below_time)?;
    }
    transaction.commit()?;
    Ok(gone)
}

fn remove(transaction: &Transaction<'_>, sql: &str, below: i64) -> rusqlite::Result<usize> {
    let mut victims = transaction.prepare_cached(sql)?;
    let victims: Vec<(i64, Vec<u8>)> =
        victims.query_map(params![below, STEP_EVENTS], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut numbers_of = transaction.prepare_cached("DELETE FROM numbers WHERE number = ?1 AND event = ?2")?;
    let mut event = transaction.prepare_cached("DELETE FROM events WHERE id = ?1")?;
    for (id, octets) in &victims {
        if let Ok(facts) = record::decode(octets) {
            numbers(&facts, |n| numbers_of.execute(params![n, id]).map(drop))?;
        }
        event.execute([id])?;
    }
    Ok(victims.len())
}

const NS_PER_DAY: u64 = 86_400 * 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::events::{Item, take_in};
    use crate::testing::record_of;

    fn kept(limits: Retention, now_s: u64) -> (Option<u64>, Option<u64>, i64) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut connection = store.connection().unwrap();
        let items: Vec<Item> =
            (1..=9).map(|sequence| Item::Record { sequence, payload: record_of(sequence) }).collect();
        take_in(&mut connection, &items, 10).unwrap();
        while step(&mut connection, limits, Timestamp::from_ns(now_s * 1_000_000_000)).unwrap() > 0 {}
        let (first, last) = bounds(&connection).unwrap();
        let numbers = connection.query_row("SELECT count(*) FROM numbers", [], |r| r.get(0)).unwrap();
        (first, last, numbers)
    }

    #[test]
    fn the_newest_events_up_to_the_limit_stay_and_their_numbers_with_them() {
        assert_eq!(kept(Retention { count_max: 3, days_max: None }, 0), (Some(7), Some(9), 6));
        assert_eq!(kept(Retention { count_max: 9, days_max: None }, 0), (Some(1), Some(9), 18));
        assert_eq!(kept(Retention { count_max: 0, days_max: None }, 0).2, 0);
    }

    #[test]
    fn events_older_than_the_limit_go() {
        let limits = Retention { count_max: 1_000, days_max: Some(1) };
        assert_eq!(kept(limits, 86_400 + 5), (Some(5), Some(9), 10));
    }
}
