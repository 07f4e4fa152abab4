//! How far each receiver of notifications has been told.

use rusqlite::{Connection, OptionalExtension as _, params};

/// The last one told; `None` where there was none yet.
///
/// # Errors
/// SQLite's.
pub fn get(connection: &Connection, receiver: &str, of: &str) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT id FROM told WHERE receiver = ?1 AND of = ?2";
    let id: Option<i64> = connection.prepare_cached(sql)?.query_row([receiver, of], |row| row.get(0)).optional()?;
    Ok(id.map(i64::cast_unsigned))
}

/// This one was told.
///
/// # Errors
/// SQLite's.
pub fn set(connection: &Connection, receiver: &str, of: &str, id: u64) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO told(receiver, of, id) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![receiver, of, id.cast_signed()]).map(drop)
}
