//! The audit log: rows are appended by whoever does something, and never changed.

use rusqlite::{Connection, params};
use sluice_api::audit::{AuditPage, AuditRow};
use sluice_api::time::Timestamp;

/// A deed that is audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The daemon started.
    Start,
    /// A policy was pushed.
    Push,
    /// The policy before was taken back into force.
    Rollback,
    /// An entry was put into a list.
    ListPut,
    /// An entry was removed from a list.
    ListRemove,
    /// Subscriber data was shown in clear.
    ReadClear,
    /// Frames were shown as they went by, in clear.
    Trace,
}

impl Deed {
    /// Its name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "daemon.start",
            Self::Push => "policy.push",
            Self::Rollback => "policy.rollback",
            Self::ListPut => "list.put",
            Self::ListRemove => "list.remove",
            Self::ReadClear => "events.read_clear",
            Self::Trace => "trace.begin",
        }
    }
}

/// Appends a row.
///
/// # Errors
/// SQLite's; then the deed must not be done.
pub fn append(connection: &Connection, who: &str, deed: Deed, subject: &str, outcome: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO audit(time, who, what, subject, outcome) VALUES (?1, ?2, ?3, ?4, ?5)";
    let time = Timestamp::now().as_ns().cast_signed();
    connection.prepare_cached(sql)?.execute(params![time, who, deed.name(), subject, outcome])?;
    Ok(())
}

/// A page of rows, newest first, behind row `after`.
///
/// # Errors
/// SQLite's.
pub fn page(connection: &Connection, after: Option<u64>, limit: u32) -> rusqlite::Result<AuditPage> {
    let sql = "SELECT id, time, who, what, subject, outcome FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    let before = after.unwrap_or(u64::MAX >> 1).cast_signed();
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![before, limit], |row| {
        Ok(AuditRow {
            id: row.get::<_, i64>(0)?.cast_unsigned(),
            at: Timestamp::from_ns(row.get::<_, i64>(1)?.cast_unsigned()),
            who: row.get(2)?,
            what: row.get(3)?,
            subject: row.get(4)?,
            outcome: row.get(5)?,
        })
    })?;
    let rows: Vec<AuditRow> = rows.collect::<rusqlite::Result<_>>()?;
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).map(|r| r.id);
    Ok(AuditPage { rows, next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn rows_come_newest_first_in_pages() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let connection = store.connection().unwrap();
        for subject in ["1", "2", "3"] {
            append(&connection, "uid:0", Deed::Push, subject, "done").unwrap();
        }
        let subjects = |page: &AuditPage| page.rows.iter().map(|r| r.subject.clone()).collect::<Vec<_>>();
        let first = page(&connection, None, 2).unwrap();
        assert_eq!((subjects(&first), first.next), (vec!["3".into(), "2".into()], Some(2)));
        let rest = page(&connection, first.next, 2).unwrap();
        assert_eq!((subjects(&rest), rest.next), (vec!["1".into()], None));
    }

    #[test]
    fn a_row_can_neither_be_changed_nor_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let connection = store.connection().unwrap();
        append(&connection, "uid:0", Deed::Rollback, "", "done").unwrap();
        for sql in ["UPDATE audit SET who = 'x'", "DELETE FROM audit"] {
            let error = connection.execute(sql, []).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error}");
        }
    }
}
