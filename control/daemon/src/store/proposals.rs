//! Policies that wait for somebody else's approval. Once decided, their files go: those of an approved one are kept with
//! its version.

use super::policies::{from_json, to_json};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::policies::{Files, PolicySummary};
use sluice_api::proposals::{Proposal, ProposalState};
use sluice_api::time::Timestamp;

const COLUMNS: &str = "id, state, who, time, comment, base, summary, decided_by, version";

/// Writes one down; gives its number.
///
/// # Errors
/// SQLite's.
pub fn add(
    connection: &Connection,
    who: &str,
    comment: &str,
    base: u64,
    summary: &PolicySummary,
    files: &Files,
) -> rusqlite::Result<u64> {
    let sql = "INSERT INTO proposals(state, who, time, comment, base, summary, files) VALUES ('open', ?1, ?2, ?3, ?4, ?5, ?6)";
    let time = Timestamp::now().as_ns().cast_signed();
    connection.execute(sql, params![who, time, comment, base.cast_signed(), to_json(summary)?, to_json(files)?])?;
    Ok(connection.last_insert_rowid().cast_unsigned())
}

/// One with its files.
///
/// # Errors
/// SQLite's.
pub fn one(connection: &Connection, id: u64) -> rusqlite::Result<Option<(Proposal, Files)>> {
    let sql = format!("SELECT {COLUMNS}, files FROM proposals WHERE id = ?1");
    let id = i64::try_from(id).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row([id], |row| Ok((read(row)?, from_json(&row.get::<_, String>(9)?)?))).optional()
}

/// A page of them, newest first, behind number `after`.
///
/// # Errors
/// SQLite's.
pub fn page(connection: &Connection, after: Option<u64>, limit: u32) -> rusqlite::Result<Vec<Proposal>> {
    let sql = format!("SELECT {COLUMNS} FROM proposals WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
    let before = i64::try_from(after.unwrap_or(u64::MAX)).unwrap_or(i64::MAX);
    connection.prepare_cached(&sql)?.query_map(params![before, limit], read)?.collect()
}

/// Decides an open one; says whether it was open.
///
/// # Errors
/// SQLite's.
pub fn decide(
    connection: &Connection,
    id: u64,
    state: ProposalState,
    who: &str,
    version: Option<u64>,
) -> rusqlite::Result<bool> {
    let sql =
        "UPDATE proposals SET state = ?2, decided_by = ?3, version = ?4, files = '{}' WHERE id = ?1 AND state = 'open'";
    let values = params![id.cast_signed(), state.name(), who, version.map(u64::cast_signed)];
    Ok(connection.execute(sql, values)? == 1)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Proposal> {
    Ok(Proposal {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        // The table allows no other.
        state: ProposalState::parse(row.get_ref(1)?.as_str()?).unwrap_or(ProposalState::Rejected),
        who: row.get(2)?,
        at: Timestamp::from_ns(row.get::<_, i64>(3)?.cast_unsigned()),
        comment: row.get(4)?,
        base: row.get::<_, i64>(5)?.cast_unsigned(),
        summary: from_json(&row.get::<_, String>(6)?)?,
        decided_by: row.get(7)?,
        version: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
    })
}
