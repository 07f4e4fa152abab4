//! Events of stores before form 5, which were rows of SQLite: they go into the log, and the tables go.

use rusqlite::{Connection, params};
use sluice_events::{Error, Item, Loss, Writer};

/// What can go wrong on the way.
pub enum Failed {
    /// SQLite says no.
    Sqlite(rusqlite::Error),
    /// The log does.
    Events(Error),
}

/// Moves what the log does not have yet: cut off at any moment, it goes on there.
pub fn events(connection: &Connection, writer: &mut Writer, mut next: u64) -> Result<(), Failed> {
    let losses = losses(connection).map_err(Failed::Sqlite)?;
    loop {
        let mut batch = records(connection, next).map_err(Failed::Sqlite)?;
        let Some(last) = batch.last().map(|(id, _)| *id) else { break };
        batch.extend(losses.iter().filter(|l| l.0 >= next && l.0 < last).cloned());
        batch.sort_by_key(|(first, _)| *first);
        let items: Vec<Item> = batch.into_iter().map(|(_, item)| item).collect();
        writer.append(&items, last + 1).map_err(Failed::Events)?;
        next = last + 1;
    }
    let sql = "SELECT coalesce(max(next), 0) FROM position";
    let position: i64 = connection.query_row(sql, [], |r| r.get(0)).map_err(Failed::Sqlite)?;
    let rest: Vec<Item> = losses.into_iter().filter(|l| l.0 >= next).map(|l| l.1).collect();
    if position.cast_unsigned() > next || !rest.is_empty() {
        writer.append(&rest, position.cast_unsigned()).map_err(Failed::Events)?;
    }
    let sql = "DROP TABLE events; DROP TABLE numbers; DROP TABLE losses; DROP TABLE position;";
    connection.execute_batch(sql).map_err(Failed::Sqlite)
}

fn records(connection: &Connection, from: u64) -> rusqlite::Result<Vec<(u64, Item)>> {
    let mut rows = connection.prepare_cached("SELECT id, record FROM events WHERE id >= ?1 ORDER BY id LIMIT 1000")?;
    let item = |r: &rusqlite::Row<'_>| {
        let sequence = r.get::<_, i64>(0)?.cast_unsigned();
        Ok((sequence, Item::Record { sequence, payload: r.get(1)? }))
    };
    rows.query_map(params![from.cast_signed()], item)?.collect()
}

fn losses(connection: &Connection) -> rusqlite::Result<Vec<(u64, Item)>> {
    let mut rows = connection.prepare("SELECT first, last, time, cause FROM losses ORDER BY first")?;
    let item = |r: &rusqlite::Row<'_>| {
        let number = |at| r.get::<_, i64>(at).map(i64::cast_unsigned);
        let loss = Loss { first: number(0)?, last: number(1)?, time: number(2)?, cause: r.get(3)? };
        Ok((loss.first, Item::Lost(loss)))
    };
    rows.query_map([], item)?.collect()
}

#[cfg(test)]
mod tests {
    use crate::store::Store;
    use crate::testing::record_of;
    use rusqlite::params;
    use sluice_events::{Position, Query};

    #[test]
    fn a_store_of_before_keeps_its_events_its_losses_and_its_place_in_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let old = rusqlite::Connection::open(dir.path().join("store.sqlite")).unwrap();
        let tables = "CREATE TABLE events(id INTEGER PRIMARY KEY, record BLOB NOT NULL);
            CREATE TABLE numbers(number TEXT);
            CREATE TABLE losses(first INTEGER PRIMARY KEY, last INTEGER, cause TEXT, time INTEGER);
            CREATE TABLE position(one INTEGER PRIMARY KEY, next INTEGER);
            INSERT INTO losses VALUES (1, 4, 'gap', 7), (1500, 1509, 'gap', 8), (3001, 3002, 'gap', 9);
            INSERT INTO position VALUES (1, 3003);
            PRAGMA user_version = 4;";
        old.execute_batch(tables).unwrap();
        let kept = || (5..1_500).chain(1_510..3_001_u64);
        for id in kept() {
            old.execute("INSERT INTO events VALUES (?1, ?2)", params![id.cast_signed(), record_of(id)]).unwrap();
        }
        drop(old);
        for _ in 0..2 {
            let store = Store::open(dir.path()).unwrap();
            assert_eq!(store.log().position(), Position { next: Some(3_003), lost: 16 });
            let found = store.log().some(&Query { limit: 5_000, ..Query::default() }).unwrap();
            assert!(found.iter().map(|event| event.id).eq(kept()));
            assert!(found.iter().all(|event| event.record == record_of(event.id)));
        }
    }
}
