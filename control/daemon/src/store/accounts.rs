//! Accounts of people: who may come in with a password, and what is known of their attempts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::accounts::Account;
use sluice_api::time::Timestamp;

/// An account with what must not leave the daemon.
#[derive(Clone)]
pub struct Kept {
    /// What others may see.
    pub account: Account,
    /// Its password: Argon2id, as a PHC string.
    pub password: String,
    /// Secret of its second factor, in base 32.
    pub secret: Option<String>,
    /// The step of the code that was used last: none of them is used twice (RFC 6238 §5.2).
    pub step: u64,
    /// A second factor of which no code has come yet.
    pub new_secret: Option<String>,
}

const COLUMNS: &str =
    "name, role, password, secret, step, new_secret, disabled, locked_until, created, seen FROM accounts";

/// All accounts, by name.
///
/// # Errors
/// SQLite's.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} ORDER BY name");
    connection.prepare_cached(&sql)?.query_map([], |row| Ok(read(row)?.account))?.collect()
}

/// One account.
///
/// # Errors
/// SQLite's.
pub fn one(connection: &Connection, name: &str) -> rusqlite::Result<Option<Kept>> {
    connection.prepare_cached(&format!("SELECT {COLUMNS} WHERE name = ?1"))?.query_row([name], read).optional()
}

/// Whether an account has this role.
///
/// # Errors
/// SQLite's.
pub fn have_role(connection: &Connection, role: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS(SELECT 1 FROM accounts WHERE role = ?1 UNION ALL SELECT 1 FROM tokens WHERE role = ?1)";
    connection.query_row(sql, [role], |row| row.get(0))
}

/// Makes an account.
///
/// # Errors
/// SQLite's.
pub fn add(connection: &Connection, name: &str, role: &str, password: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO accounts(name, role, password, created) VALUES (?1, ?2, ?3, ?4)";
    connection.execute(sql, params![name, role, password, Timestamp::now().as_ns().cast_signed()]).map(drop)
}

/// Gives an account another role.
///
/// # Errors
/// SQLite's.
pub fn set_role(connection: &Connection, name: &str, role: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE accounts SET role = ?2 WHERE name = ?1", [name, role]).map(drop)
}

/// Gives an account another password.
///
/// # Errors
/// SQLite's.
pub fn set_password(connection: &Connection, name: &str, password: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE accounts SET password = ?2 WHERE name = ?1", [name, password]).map(drop)
}

/// Lets nobody in with it, or somebody again.
///
/// # Errors
/// SQLite's.
pub fn set_disabled(connection: &Connection, name: &str, disabled: bool) -> rusqlite::Result<()> {
    connection.execute("UPDATE accounts SET disabled = ?2 WHERE name = ?1", params![name, disabled]).map(drop)
}

/// Forgets wrong attempts.
///
/// # Errors
/// SQLite's.
pub fn unlock(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE accounts SET failed = 0, locked_until = 0 WHERE name = ?1", [name]).map(drop)
}

/// Proposes a second factor.
///
/// # Errors
/// SQLite's.
pub fn set_new_secret(connection: &Connection, name: &str, secret: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE accounts SET new_secret = ?2 WHERE name = ?1", [name, secret]).map(drop)
}

/// Takes a second factor away, and what was proposed.
///
/// # Errors
/// SQLite's.
pub fn remove_secret(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE accounts SET secret = NULL, new_secret = NULL, step = 0 WHERE name = ?1";
    connection.execute(sql, [name]).map(drop)
}

/// Makes the proposed second factor the one that counts; a code of this step was its first.
///
/// # Errors
/// SQLite's.
pub fn take_new_secret(connection: &Connection, name: &str, step: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE accounts SET secret = new_secret, new_secret = NULL, step = ?2 WHERE name = ?1";
    connection.execute(sql, params![name, step.cast_signed()]).map(drop)
}

/// Somebody came in, by the code of this step where there is a second factor.
///
/// # Errors
/// SQLite's.
pub fn came_in(connection: &Connection, name: &str, step: Option<u64>) -> rusqlite::Result<()> {
    let sql = "UPDATE accounts SET failed = 0, locked_until = 0, seen = ?2, step = coalesce(?3, step) WHERE name = ?1";
    let now = Timestamp::now().as_ns().cast_signed();
    connection.execute(sql, params![name, now, step.map(u64::cast_signed)]).map(drop)
}

/// An attempt failed; with the last one of `allowed` the account is locked until then. Says whether it is.
///
/// # Errors
/// SQLite's.
pub fn failed(connection: &Connection, name: &str, allowed: u32, until: Timestamp) -> rusqlite::Result<bool> {
    let sql = "UPDATE accounts SET
            locked_until = CASE WHEN failed + 1 >= ?2 THEN ?3 ELSE locked_until END,
            failed = CASE WHEN failed + 1 >= ?2 THEN 0 ELSE failed + 1 END
        WHERE name = ?1 RETURNING failed = 0";
    connection.query_row(sql, params![name, allowed, until.as_ns().cast_signed()], |row| row.get(0))
}

/// Removes an account; says whether there was one.
///
/// # Errors
/// SQLite's.
pub fn remove(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM accounts WHERE name = ?1", [name])? > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let moment = |column| {
        let ns: i64 = row.get(column)?;
        Ok::<_, rusqlite::Error>(Some(Timestamp::from_ns(ns.cast_unsigned())).filter(|_| ns > 0))
    };
    let secret: Option<String> = row.get(3)?;
    Ok(Kept {
        account: Account {
            name: row.get(0)?,
            role: row.get(1)?,
            second_factor: secret.is_some(),
            disabled: row.get(6)?,
            locked_until: moment(7)?.filter(|until| *until > Timestamp::now()),
            created: Timestamp::from_ns(row.get::<_, i64>(8)?.cast_unsigned()),
            seen: moment(9)?,
        },
        password: row.get(2)?,
        secret,
        step: row.get::<_, i64>(4)?.cast_unsigned(),
        new_secret: row.get(5)?,
    })
}
