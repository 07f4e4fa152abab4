//! The policy that is watched, so that a daemon started again goes on watching it.

use super::recent::Judged;
use rusqlite::{Connection, OptionalExtension as _, params};
use sluice_api::time::Timestamp;

/// A watch that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The version.
    pub version: u64,
    /// When its time is over.
    pub until: Timestamp,
    /// What was judged before it came.
    pub before: Judged,
}

/// Writes down that a version is watched, in place of another.
///
/// # Errors
/// SQLite's.
pub fn set(connection: &Connection, watched: &Watched) -> rusqlite::Result<()> {
    let sql =
        "INSERT OR REPLACE INTO watch(one, version, until, messages, blocked, last) VALUES (1, ?1, ?2, ?3, ?4, ?5)";
    let Watched { version, until, before } = watched;
    let numbers = [*version, until.as_ns(), before.messages, before.blocked, before.last].map(u64::cast_signed);
    connection.prepare_cached(sql)?.execute(numbers).map(drop)
}

/// The watch that has not ended.
///
/// # Errors
/// SQLite's.
pub fn current(connection: &Connection) -> rusqlite::Result<Option<Watched>> {
    let sql = "SELECT version, until, messages, blocked, last FROM watch";
    let watched = |row: &rusqlite::Row<'_>| {
        let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
        let before = Judged { messages: number(2)?, blocked: number(3)?, last: number(4)? };
        Ok(Watched { version: number(0)?, until: Timestamp::from_ns(number(1)?), before })
    };
    connection.prepare_cached(sql)?.query_row([], watched).optional()
}

/// The watch over this version has ended; one over another goes on.
///
/// # Errors
/// SQLite's.
pub fn end(connection: &Connection, version: u64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM watch WHERE version = ?1")?.execute(params![version.cast_signed()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn one_version_is_watched_at_a_time_until_its_own_watch_ends() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let connection = store.connection().unwrap();
        let watched = |version| {
            let before = Judged { messages: 9, blocked: 2, last: 77 };
            Watched { version, until: Timestamp::from_ns(5), before }
        };
        assert_eq!(current(&connection).unwrap(), None);
        set(&connection, &watched(1)).unwrap();
        set(&connection, &watched(2)).unwrap();
        end(&connection, 1).unwrap();
        assert_eq!(current(&connection).unwrap(), Some(watched(2)));
        end(&connection, 2).unwrap();
        assert_eq!(current(&connection).unwrap(), None);
    }
}
