//! What has passed lately: records as they came, and how many were blocked.

use rusqlite::{Connection, OptionalExtension as _, params};

/// A record with its sequence number.
pub type Record = (u64, Vec<u8>);

/// The last `count` records, oldest first, of the time up to `age_ns` before the last of them: an hour in which nothing
/// passed says nothing.
///
/// # Errors
/// SQLite's.
pub fn records(connection: &Connection, count: u64, age_ns: u64) -> rusqlite::Result<Vec<Record>> {
    let newest = "SELECT max(time) FROM (SELECT time FROM events ORDER BY id DESC LIMIT 1)";
    let newest: Option<i64> = connection.query_row(newest, [], |r| r.get(0))?;
    let since = newest.unwrap_or(0).saturating_sub(i64::try_from(age_ns).unwrap_or(i64::MAX));
    newest_since(connection, count, since)
}

/// The last `count` records of a time or later, oldest first.
///
/// # Errors
/// SQLite's.
pub fn newest_since(connection: &Connection, count: u64, since: i64) -> rusqlite::Result<Vec<Record>> {
    let sql = "SELECT id, record FROM (SELECT id, time, record FROM events ORDER BY id DESC LIMIT ?1)
               WHERE time >= ?2 ORDER BY id";
    let record = |r: &rusqlite::Row<'_>| Ok((r.get::<_, i64>(0)?.cast_unsigned(), r.get(1)?));
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.query_map(params![count, since], record)?.collect()
}

/// How many events a policy has judged, and how many of them it blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// All of them.
    pub messages: u64,
    /// Those discarded, rejected, acknowledged falsely or aborted.
    pub blocked: u64,
    /// The last of them; 0 for none.
    pub last: u64,
}

/// What a policy has judged behind an event.
///
/// # Errors
/// SQLite's.
pub fn judged(connection: &Connection, policy: u64, after: u64) -> rusqlite::Result<Judged> {
    let sql = "SELECT count(*), coalesce(sum(action IN ('discard', 'reject', 'acknowledge', 'abort')), 0),
                      coalesce(max(id), 0)
               FROM events WHERE id > ?2 AND policy = ?1";
    connection.prepare_cached(sql)?.query_row(params![policy.cast_signed(), after.cast_signed()], sums)
}

/// Of the last `count` events, whatever policy judged them.
///
/// # Errors
/// SQLite's.
pub fn judged_lately(connection: &Connection, count: u64) -> rusqlite::Result<Judged> {
    let sql = "SELECT count(*), coalesce(sum(action IN ('discard', 'reject', 'acknowledge', 'abort')), 0),
                      coalesce(max(id), 0)
               FROM (SELECT id, action FROM events ORDER BY id DESC LIMIT ?1)";
    connection.prepare_cached(sql)?.query_row([count.cast_signed()], sums)
}

fn sums(row: &rusqlite::Row<'_>) -> rusqlite::Result<Judged> {
    let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    Ok(Judged { messages: number(0)?, blocked: number(1)?, last: number(2)? })
}

/// The compiled form of a version that is kept.
///
/// # Errors
/// SQLite's.
pub fn image(connection: &Connection, version: u64) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT image FROM policies WHERE version = ?1";
    connection.prepare_cached(sql)?.query_row([version.cast_signed()], |r| r.get(0)).optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::events::{Item, take_in};
    use crate::testing::record_of;

    #[test]
    fn the_last_records_come_oldest_first_and_no_older_than_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut connection = store.connection().unwrap();
        assert_eq!(records(&connection, 9, 0).unwrap(), []);
        let batch: Vec<Item> = (1..=10).map(|n| Item::Record { sequence: n, payload: record_of(n) }).collect();
        take_in(&mut connection, &batch, 11).unwrap();
        let numbers = |count, age_s: u64| -> Vec<u64> {
            records(&connection, count, age_s * 1_000_000_000).unwrap().iter().map(|r| r.0).collect()
        };
        assert_eq!((numbers(3, 100), numbers(100, 2)), (vec![8, 9, 10], vec![8, 9, 10]));
        assert_eq!(records(&connection, 1, 0).unwrap(), [(10, record_of(10))]);
        // Odd ones are discarded; all are of policy 1.
        assert_eq!(judged(&connection, 1, 4).unwrap(), Judged { messages: 6, blocked: 3, last: 10 });
        assert_eq!(judged(&connection, 2, 0).unwrap(), Judged::default());
        assert_eq!(judged_lately(&connection, 5).unwrap(), Judged { messages: 5, blocked: 2, last: 10 });
    }
}
