//! The audit log: rows are appended by whoever does something, chained by their hashes, and never changed.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::audit::{AuditChecked, AuditPage, AuditRow, Chain, Hash};
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
    /// A policy was proposed.
    Propose,
    /// A proposal was approved.
    Approve,
    /// A proposal was rejected, or taken back.
    Reject,
    /// An entry was put into a list.
    ListPut,
    /// An entry was removed from a list.
    ListRemove,
    /// Events were removed, or their texts, as the configuration says.
    Retention,
    /// Subscriber data was shown in clear.
    ReadClear,
    /// Events were exported.
    Export,
    /// Frames were shown as they went by, in clear.
    Trace,
    /// Somebody signed in.
    SignIn,
    /// Somebody signed out.
    SignOut,
    /// Somebody changed their own password.
    Password,
    /// Somebody took a second factor, or gave it up.
    SecondFactor,
    /// An account was made or changed.
    AccountPut,
    /// An account was removed.
    AccountRemove,
    /// A role was made or changed.
    RolePut,
    /// A role was removed.
    RoleRemove,
    /// A token was made.
    TokenMake,
    /// A token was revoked.
    TokenRemove,
}

impl Deed {
    /// Its name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "daemon.start",
            Self::Push => "policy.push",
            Self::Rollback => "policy.rollback",
            Self::Propose => "policy.propose",
            Self::Approve => "policy.approve",
            Self::Reject => "policy.reject",
            Self::ListPut => "list.put",
            Self::ListRemove => "list.remove",
            Self::Retention => "events.retention",
            Self::ReadClear => "events.read_clear",
            Self::Export => "events.export",
            Self::Trace => "trace.begin",
            Self::SignIn => "session.begin",
            Self::SignOut => "session.end",
            Self::Password => "account.password",
            Self::SecondFactor => "account.second_factor",
            Self::AccountPut => "account.put",
            Self::AccountRemove => "account.remove",
            Self::RolePut => "role.put",
            Self::RoleRemove => "role.remove",
            Self::TokenMake => "token.make",
            Self::TokenRemove => "token.remove",
        }
    }
}

/// Appends a row.
///
/// # Errors
/// SQLite's; then the deed must not be done.
pub fn append(connection: &Connection, who: &str, deed: Deed, subject: &str, outcome: &str) -> rusqlite::Result<()> {
    loop {
        let last = last(connection)?;
        let mut row = AuditRow {
            id: last.as_ref().map_or(0, |row| row.0) + 1,
            at: Timestamp::now(),
            who: who.to_owned(),
            what: deed.name().to_owned(),
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
            hash: Hash::default(),
        };
        row.hash = row.hash_behind(last.map_or_else(Hash::default, |row| row.1));
        if insert(connection, &row)? {
            return Ok(());
        }
    }
}

fn last(connection: &Connection) -> rusqlite::Result<Option<(u64, Hash)>> {
    let sql = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1";
    let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?.cast_unsigned(), hash(row, 1)?));
    connection.prepare_cached(sql)?.query_row([], row).optional()
}

/// Not where somebody else has appended since the last row was read: the chain would fork.
fn insert(connection: &Connection, row: &AuditRow) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO audit(id, time, who, what, subject, outcome, hash) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
        WHERE coalesce((SELECT max(id) FROM audit), 0) = ?1 - 1";
    let (id, time) = (row.id.cast_signed(), row.at.as_ns().cast_signed());
    let values = params![id, time, row.who, row.what, row.subject, row.outcome, row.hash.octets()];
    Ok(connection.prepare_cached(sql)?.execute(values)? == 1)
}

/// Sets the rows of a store before form 4 aside, for [`chain_old_rows`]: they have no hashes.
///
/// # Errors
/// SQLite's; nothing has changed then.
pub fn set_old_rows_aside(connection: &Connection) -> rusqlite::Result<()> {
    if connection.table_exists(None, OLD)? {
        return Ok(());
    }
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; DROP TRIGGER audit_rows_never_change; DROP TRIGGER audit_rows_never_go;
         ALTER TABLE audit RENAME TO {OLD}; COMMIT"
    ))
}

/// Gives rows that were set aside their hashes; changes of them show from now on.
///
/// # Errors
/// SQLite's; nothing has changed then.
pub fn chain_old_rows(connection: &Connection) -> rusqlite::Result<()> {
    if !connection.table_exists(None, OLD)? {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    let sql = format!("SELECT id, time, who, what, subject, outcome, NULL FROM {OLD} ORDER BY id");
    let rows: Vec<AuditRow> = transaction.prepare(&sql)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    let mut before = Hash::default();
    for mut row in rows {
        row.hash = row.hash_behind(before);
        before = row.hash;
        insert(&transaction, &row)?;
    }
    transaction.execute_batch(&format!("DROP TABLE {OLD}"))?;
    transaction.commit()
}

/// The rows of a store before form 4.
const OLD: &str = "audit_before_form_4";

/// A page of rows, newest first, behind row `after`.
///
/// # Errors
/// SQLite's.
pub fn page(connection: &Connection, after: Option<u64>, limit: u32) -> rusqlite::Result<AuditPage> {
    let sql = "SELECT id, time, who, what, subject, outcome, hash FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    let before = after.unwrap_or(u64::MAX >> 1).cast_signed();
    let mut statement = connection.prepare_cached(sql)?;
    let rows: Vec<AuditRow> = statement.query_map(params![before, limit], read)?.collect::<rusqlite::Result<_>>()?;
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).map(|r| r.id);
    Ok(AuditPage { rows, next })
}

/// Number of the newest row; 0 for none.
///
/// # Errors
/// SQLite's.
pub fn newest(connection: &Connection) -> rusqlite::Result<u64> {
    Ok(last(connection)?.map_or(0, |row| row.0))
}

/// Rows behind this one, oldest first.
///
/// # Errors
/// SQLite's.
pub fn behind(connection: &Connection, id: u64, limit: u32) -> rusqlite::Result<Vec<AuditRow>> {
    let sql = "SELECT id, time, who, what, subject, outcome, hash FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2";
    connection.prepare_cached(sql)?.query_map(params![id.cast_signed(), limit], read)?.collect()
}

/// Whether every row is as it was written.
///
/// # Errors
/// SQLite's.
pub fn check(connection: &Connection) -> rusqlite::Result<AuditChecked> {
    let sql = "SELECT id, time, who, what, subject, outcome, hash FROM audit ORDER BY id";
    let (mut statement, mut chain) = (connection.prepare_cached(sql)?, Chain::default());
    for row in statement.query_map([], read)? {
        if !chain.add(&row?) {
            break;
        }
    }
    Ok(chain.checked())
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        at: Timestamp::from_ns(row.get::<_, i64>(1)?.cast_unsigned()),
        who: row.get(2)?,
        what: row.get(3)?,
        subject: row.get(4)?,
        outcome: row.get(5)?,
        hash: hash(row, 6)?,
    })
}

/// One that is no hash is none that could be right.
fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    Ok(row.get_ref(column)?.as_blob_or_null()?.and_then(Hash::of).unwrap_or_default())
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
    fn rows_appended_by_many_at_a_time_make_one_chain() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        std::thread::scope(|scope| {
            for who in ["a", "b", "c", "d"] {
                let store = &store;
                scope.spawn(move || {
                    for n in 0..25 {
                        append(&store.connection().unwrap(), who, Deed::Push, &n.to_string(), "done").unwrap();
                    }
                });
            }
        });
        let connection = store.connection().unwrap();
        let found = check(&connection).unwrap();
        assert_eq!((found.rows, found.broken), (100, None));
        assert_eq!(found.head, behind(&connection, 99, 10).unwrap()[0].hash);
    }

    #[test]
    fn rows_of_an_older_store_get_their_hashes_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let old = "DROP TABLE audit;
            CREATE TABLE audit(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
                subject TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;
            CREATE TRIGGER audit_rows_never_change BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'no'); END;
            CREATE TRIGGER audit_rows_never_go BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'no'); END;
            INSERT INTO audit VALUES (1, 7, 'uid:0', 'policy.push', 'version 1', 'done'), (2, 8, 'a', 'b', 'c', 'd');
            PRAGMA user_version = 3";
        store.connection().unwrap().execute_batch(old).unwrap();
        drop(store);
        for _ in 0..2 {
            let store = Store::open(dir.path()).unwrap();
            let connection = store.connection().unwrap();
            append(&connection, "uid:0", Deed::Push, "", "done").unwrap();
            assert_eq!(check(&connection).unwrap().broken, None);
            assert_eq!(behind(&connection, 0, 1).unwrap()[0].subject, "version 1");
        }
    }

    #[test]
    fn whoever_gets_round_the_triggers_is_found_by_the_chain() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let connection = store.connection().unwrap();
        for subject in ["1", "2", "3"] {
            append(&connection, "uid:0", Deed::Push, subject, "done").unwrap();
        }
        connection.execute_batch("DROP TRIGGER audit_rows_never_change; DROP TRIGGER audit_rows_never_go").unwrap();
        connection.execute("UPDATE audit SET hash = NULL WHERE id = 3", []).unwrap_err();
        connection.execute("UPDATE audit SET outcome = 'refused' WHERE id = 2", []).unwrap();
        assert_eq!(check(&connection).unwrap().broken.unwrap().id, 2);
        connection.execute("DELETE FROM audit WHERE id = 1", []).unwrap();
        assert_eq!(check(&connection).unwrap().broken.unwrap().id, 1);
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
