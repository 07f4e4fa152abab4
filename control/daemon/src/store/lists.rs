//! Entries of lists that were put or removed since the policy's files said otherwise.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::time::Timestamp;

/// One entry that was put or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Name of the list.
    pub list: String,
    /// The entry.
    pub entry: String,
    /// The second since 1970 from which on it is not in the list; 0 where it was removed, `u64::MAX` where it stays.
    pub until_s: u64,
    /// Why.
    pub note: String,
    /// Who did it.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// Every change that is pending, by list and entry.
///
/// # Errors
/// SQLite's.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Changed>> {
    let sql = "SELECT list, entry, until, note, who, time FROM list_changes ORDER BY list, entry";
    connection.prepare_cached(sql)?.query_map([], changed)?.collect()
}

/// What is pending for one entry.
///
/// # Errors
/// SQLite's.
pub fn one(connection: &Connection, list: &str, entry: &str) -> rusqlite::Result<Option<Changed>> {
    let sql = "SELECT list, entry, until, note, who, time FROM list_changes WHERE list = ?1 AND entry = ?2";
    connection.prepare_cached(sql)?.query_row([list, entry], changed).optional()
}

/// Writes a change down, in place of an earlier one of the same entry.
///
/// # Errors
/// SQLite's.
pub fn set(connection: &Connection, change: &Changed) -> rusqlite::Result<()> {
    let sql =
        "INSERT OR REPLACE INTO list_changes(list, entry, until, note, who, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        change.list,
        change.entry,
        change.until_s.cast_signed(),
        change.note,
        change.who,
        change.at.as_ns().cast_signed(),
    ])?;
    Ok(())
}

/// Forgets a change.
///
/// # Errors
/// SQLite's.
pub fn forget(connection: &Connection, list: &str, entry: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM list_changes WHERE list = ?1 AND entry = ?2";
    connection.prepare_cached(sql)?.execute([list, entry]).map(drop)
}

fn changed(row: &Row<'_>) -> rusqlite::Result<Changed> {
    Ok(Changed {
        list: row.get(0)?,
        entry: row.get(1)?,
        until_s: row.get::<_, i64>(2)?.cast_unsigned(),
        note: row.get(3)?,
        who: row.get(4)?,
        at: Timestamp::from_ns(row.get::<_, i64>(5)?.cast_unsigned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn of_two_changes_of_an_entry_the_later_stays_and_a_forgotten_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let connection = store.connection().unwrap();
        let change = |entry: &str, until_s| Changed {
            list: "own".into(),
            entry: entry.into(),
            until_s,
            note: "why".into(),
            who: "uid:0".into(),
            at: Timestamp::from_ns(5),
        };
        for (entry, until_s) in [("2", 7), ("1", 0), ("2", u64::MAX)] {
            set(&connection, &change(entry, until_s)).unwrap();
        }
        assert_eq!(all(&connection).unwrap(), [change("1", 0), change("2", u64::MAX)]);
        assert_eq!(one(&connection, "own", "2").unwrap(), Some(change("2", u64::MAX)));
        forget(&connection, "own", "2").unwrap();
        assert_eq!(one(&connection, "own", "2").unwrap(), None);
    }
}
