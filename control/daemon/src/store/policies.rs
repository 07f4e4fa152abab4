//! The history of policies. A row is written before the dataplane is asked and settled by its answer, so that a
//! daemon killed in between finds out at its next start.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::policies::{Files, PolicyEntry, PolicyState, PolicySummary};
use sluice_api::time::Timestamp;

/// A policy about to be pushed.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// Its version.
    pub version: u64,
    /// Its files.
    pub files: Files,
    /// Its compiled form.
    pub image: Vec<u8>,
    /// What is in it.
    pub summary: PolicySummary,
    /// Who pushes it.
    pub who: String,
    /// Why.
    pub comment: String,
}

/// Writes a policy down as pending.
///
/// # Errors
/// SQLite's, also when the version is there already.
pub fn add(connection: &Connection, policy: &NewPolicy) -> rusqlite::Result<()> {
    let sql = "INSERT INTO policies(version, files, image, summary, who, time, comment, state)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'pending')";
    connection.prepare_cached(sql)?.execute(params![
        policy.version.cast_signed(),
        to_json(&policy.files)?,
        policy.image,
        to_json(&policy.summary)?,
        policy.who,
        Timestamp::now().as_ns().cast_signed(),
        policy.comment,
    ])?;
    Ok(())
}

/// Writes down what became of a version.
///
/// # Errors
/// SQLite's.
pub fn settle(connection: &Connection, version: u64, state: PolicyState) -> rusqlite::Result<()> {
    let sql = "UPDATE policies SET state = ?2 WHERE version = ?1";
    connection.prepare_cached(sql)?.execute(params![version.cast_signed(), state.name()])?;
    Ok(())
}

/// Settles every pending version by the one that turned out to be in force: that one was taken, others before it were
/// replaced or never arrived and count as refused, later ones never arrived.
///
/// # Errors
/// SQLite's.
pub fn settle_pending(connection: &Connection, in_force: u64) -> rusqlite::Result<usize> {
    let sql =
        "UPDATE policies SET state = CASE version WHEN ?1 THEN 'taken' ELSE 'refused' END WHERE state = 'pending'";
    connection.execute(sql, [in_force.cast_signed()])
}

/// The highest version there ever was; 0 for none.
///
/// # Errors
/// SQLite's.
pub fn highest(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .query_row("SELECT coalesce(max(version), 0) FROM policies", [], |r| r.get::<_, i64>(0))
        .map(i64::cast_unsigned)
}

/// The highest version the dataplane took.
///
/// # Errors
/// SQLite's.
pub fn newest_taken(connection: &Connection) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT max(version) FROM policies WHERE state = 'taken'";
    connection.query_row(sql, [], |r| r.get::<_, Option<i64>>(0)).map(|v| v.map(i64::cast_unsigned))
}

/// One version with its files.
///
/// # Errors
/// SQLite's.
pub fn one(connection: &Connection, version: u64) -> rusqlite::Result<Option<(PolicyEntry, Files)>> {
    let sql = "SELECT version, state, who, time, comment, summary, files FROM policies WHERE version = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    statement.query_row([version], |r| Ok((entry(r)?, from_json(&r.get::<_, String>(6)?)?))).optional()
}

/// A page of the history, newest first, behind version `after`.
///
/// # Errors
/// SQLite's.
pub fn page(connection: &Connection, after: Option<u64>, limit: u32) -> rusqlite::Result<Vec<PolicyEntry>> {
    let sql = "SELECT version, state, who, time, comment, summary FROM policies
               WHERE version < ?1 ORDER BY version DESC LIMIT ?2";
    let before = after.and_then(|v| i64::try_from(v).ok()).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.query_map(params![before, limit], entry)?.collect()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<PolicyEntry> {
    Ok(PolicyEntry {
        version: row.get::<_, i64>(0)?.cast_unsigned(),
        state: PolicyState::parse(&row.get::<_, String>(1)?).unwrap_or(PolicyState::Pending),
        who: row.get(2)?,
        at: Timestamp::from_ns(row.get::<_, i64>(3)?.cast_unsigned()),
        comment: row.get(4)?,
        summary: from_json(&row.get::<_, String>(5)?)?,
    })
}

pub(super) fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    let failed = |e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e));
    serde_json::from_str(text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn policy(version: u64) -> NewPolicy {
        NewPolicy {
            version,
            files: Files::from([("policy.toml".to_owned(), format!("name = \"{version}\""))]),
            image: vec![1, 2, 3],
            summary: PolicySummary { name: version.to_string(), ..PolicySummary::default() },
            who: "uid:0".into(),
            comment: "why".into(),
        }
    }

    fn with_three() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let connection = store.connection().unwrap();
        for version in 1..=3 {
            add(&connection, &policy(version)).unwrap();
        }
        (dir, store)
    }

    #[test]
    fn a_version_comes_back_with_its_files_and_is_never_overwritten() {
        let (_dir, store) = with_three();
        let connection = store.connection().unwrap();
        let (entry, files) = one(&connection, 2).unwrap().unwrap();
        assert_eq!((entry.state, entry.summary.name.as_str(), &files), (PolicyState::Pending, "2", &policy(2).files));
        assert!(add(&connection, &policy(2)).is_err());
        assert_eq!(one(&connection, u64::MAX).unwrap(), None);
    }

    #[test]
    fn pending_versions_are_settled_by_the_one_in_force() {
        let (_dir, store) = with_three();
        let connection = store.connection().unwrap();
        assert_eq!(settle_pending(&connection, 2).unwrap(), 3);
        let states: Vec<_> = page(&connection, None, 9).unwrap().iter().map(|e| (e.version, e.state)).collect();
        assert_eq!(states, [(3, PolicyState::Refused), (2, PolicyState::Taken), (1, PolicyState::Refused)]);
        assert_eq!((highest(&connection).unwrap(), newest_taken(&connection).unwrap()), (3, Some(2)));
        settle(&connection, 3, PolicyState::Taken).unwrap();
        assert_eq!(newest_taken(&connection).unwrap(), Some(3));
    }
}
