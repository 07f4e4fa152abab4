//! Events of the machine: what began and ceased to be wrong, newest kept longest.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::machine::{MachineChange, MachineCondition, MachineEvent, MachinePage};
use sluice_api::time::Timestamp;

/// A link that flaps for a year leaves no more.
const KEPT: i64 = 100_000;

/// Appends an event.
///
/// # Errors
/// SQLite's.
pub fn append(connection: &Connection, change: MachineChange, condition: &MachineCondition) -> rusqlite::Result<()> {
    let MachineCondition { kind, subject, what } = condition;
    let sql = "INSERT INTO machine(time, raised, kind, subject, what) VALUES (?1, ?2, ?3, ?4, ?5)";
    let (time, raised) = (Timestamp::now().as_ns().cast_signed(), change == MachineChange::Raised);
    connection.prepare_cached(sql)?.execute(params![time, raised, kind, subject, what])?;
    let old = connection.last_insert_rowid() - KEPT;
    connection.prepare_cached("DELETE FROM machine WHERE id <= ?1")?.execute([old])?;
    Ok(())
}

/// Number of the newest event; 0 for none.
///
/// # Errors
/// SQLite's.
pub fn newest(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT coalesce(max(id), 0) FROM machine", [], |row| row.get(0)).map(i64::cast_unsigned)
}

/// The first event behind this one.
///
/// # Errors
/// SQLite's.
pub fn behind(connection: &Connection, id: u64) -> rusqlite::Result<Option<MachineEvent>> {
    let sql = "SELECT id, time, raised, kind, subject, what FROM machine WHERE id > ?1 ORDER BY id LIMIT 1";
    connection.prepare_cached(sql)?.query_row([id.cast_signed()], read).optional()
}

/// A page of events, newest first, behind event `after`.
///
/// # Errors
/// SQLite's.
pub fn page(connection: &Connection, after: Option<u64>, limit: u32) -> rusqlite::Result<MachinePage> {
    let sql = "SELECT id, time, raised, kind, subject, what FROM machine WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    let before = after.unwrap_or(u64::MAX >> 1).cast_signed();
    let mut statement = connection.prepare_cached(sql)?;
    let events = statement.query_map(params![before, limit], read)?;
    let events: Vec<MachineEvent> = events.collect::<rusqlite::Result<_>>()?;
    let next = events.last().filter(|_| events.len() == limit as usize).map(|event| event.id);
    Ok(MachinePage { events, next })
}

fn read(row: &Row<'_>) -> rusqlite::Result<MachineEvent> {
    Ok(MachineEvent {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        at: Timestamp::from_ns(row.get::<_, i64>(1)?.cast_unsigned()),
        change: if row.get(2)? { MachineChange::Raised } else { MachineChange::Cleared },
        condition: MachineCondition { kind: row.get(3)?, subject: row.get(4)?, what: row.get(5)? },
    })
}
