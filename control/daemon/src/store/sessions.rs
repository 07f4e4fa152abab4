//! Sessions of people and tokens of programs. Of both only the SHA-256 is kept: whoever reads the store cannot use them.

use crate::config::Sessions;
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sluice_api::accounts::Token;
use sluice_api::time::Timestamp;
use std::time::Duration;

/// What of a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of what a caller shows: a secret, or a certificate that was checked.
    pub fn of(shown: impl AsRef<[u8]>) -> Self {
        let mut octets = [0; 32];
        octets.copy_from_slice(digest(&SHA256, shown.as_ref()).as_ref());
        Self(octets)
    }
}

/// A session that is good now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose it is.
    pub account: String,
    /// Name of the account's role.
    pub role: String,
    /// Whether the account has a second factor.
    pub second_factor: bool,
    /// When it ends at the latest.
    pub until: Timestamp,
    /// When it was last used, to half a minute.
    pub seen: Timestamp,
}

/// Begins one, and forgets those that have ended.
///
/// # Errors
/// SQLite's.
pub fn begin(connection: &Connection, digest: Digest, account: &str, lasts: Sessions) -> rusqlite::Result<()> {
    let now = Timestamp::now();
    let ended = "DELETE FROM sessions WHERE begun < ?1 OR seen < ?2";
    connection.execute(ended, params![before(now, lasts.lasts), before(now, lasts.idle)])?;
    let now = now.as_ns().cast_signed();
    let sql = "INSERT INTO sessions(digest, account, begun, seen) VALUES (?1, ?2, ?3, ?3)";
    connection.execute(sql, params![digest.0, account, now]).map(drop)
}

/// The session, if it is good; it has been used then.
///
/// # Errors
/// SQLite's.
pub fn find(connection: &Connection, digest: Digest, lasts: Sessions) -> rusqlite::Result<Option<Found>> {
    let found = session_of(connection, digest, lasts)?;
    if let Some(found) = &found {
        used(connection, "UPDATE sessions SET seen = ?2 WHERE digest = ?1", digest, found.seen);
    }
    Ok(found)
}

/// The session, if it is good.
///
/// # Errors
/// SQLite's.
pub fn session_of(connection: &Connection, digest: Digest, lasts: Sessions) -> rusqlite::Result<Option<Found>> {
    let now = Timestamp::now();
    let sql = "SELECT account, role, secret IS NOT NULL, begun, sessions.seen
        FROM sessions JOIN accounts ON name = account
        WHERE digest = ?1 AND begun > ?2 AND sessions.seen > ?3 AND disabled = 0";
    let values = params![digest.0, before(now, lasts.lasts), before(now, lasts.idle)];
    let whole = u64::try_from(lasts.lasts.as_nanos()).unwrap_or(u64::MAX);
    let read = |row: &Row<'_>| {
        let until = row.get::<_, i64>(3)?.cast_unsigned().saturating_add(whole);
        Ok(Found {
            account: row.get(0)?,
            role: row.get(1)?,
            second_factor: row.get(2)?,
            until: Timestamp::from_ns(until),
            seen: Timestamp::from_ns(row.get::<_, i64>(4)?.cast_unsigned()),
        })
    };
    connection.prepare_cached(sql)?.query_row(values, read).optional()
}

/// Ends one.
///
/// # Errors
/// SQLite's.
pub fn end(connection: &Connection, digest: Digest) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM sessions WHERE digest = ?1", [digest.0]).map(drop)
}

/// Ends all of an account but one.
///
/// # Errors
/// SQLite's.
pub fn end_all(connection: &Connection, account: &str, but: Option<Digest>) -> rusqlite::Result<()> {
    let sql = "DELETE FROM sessions WHERE account = ?1 AND digest IS NOT ?2";
    connection.execute(sql, params![account, but.map(|digest| digest.0)]).map(drop)
}

/// All tokens, by name.
///
/// # Errors
/// SQLite's.
pub fn tokens(connection: &Connection) -> rusqlite::Result<Vec<Token>> {
    let sql = "SELECT name, role, who, created, until, seen FROM tokens ORDER BY name";
    connection.prepare_cached(sql)?.query_map([], token)?.collect()
}

/// One token.
///
/// # Errors
/// SQLite's.
pub fn one_token(connection: &Connection, name: &str) -> rusqlite::Result<Option<Token>> {
    let sql = "SELECT name, role, who, created, until, seen FROM tokens WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name], token).optional()
}

/// Whether a token is this one.
///
/// # Errors
/// SQLite's.
pub fn has_token(connection: &Connection, digest: Digest) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS(SELECT 1 FROM tokens WHERE digest = ?1)", [digest.0], |row| row.get(0))
}

/// Keeps a token.
///
/// # Errors
/// SQLite's; there is one of this name or digest, among others.
pub fn add_token(connection: &Connection, token: &Token, digest: Digest) -> rusqlite::Result<()> {
    let sql = "INSERT INTO tokens(name, digest, role, who, created, until, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
    let until = token.until.map_or(0, |until| until.as_ns().cast_signed());
    let values = params![token.name, digest.0, token.role, token.who, token.created.as_ns().cast_signed(), until];
    connection.execute(sql, values).map(drop)
}

/// Name and role of a token, if it is good; it has been used then.
///
/// # Errors
/// SQLite's.
pub fn find_token(connection: &Connection, digest: Digest) -> rusqlite::Result<Option<(String, String)>> {
    let found = token_of(connection, digest)?;
    if let Some((.., seen)) = &found {
        used(connection, "UPDATE tokens SET seen = ?2 WHERE digest = ?1", digest, *seen);
    }
    Ok(found.map(|(name, role, _)| (name, role)))
}

/// Name and role of a token, if it is good, and when it was last used.
///
/// # Errors
/// SQLite's.
pub fn token_of(connection: &Connection, digest: Digest) -> rusqlite::Result<Option<(String, String, Timestamp)>> {
    let sql = "SELECT name, role, seen FROM tokens WHERE digest = ?1 AND (until = 0 OR until > ?2)";
    let read = |row: &Row<'_>| {
        let seen: i64 = row.get(2)?;
        Ok((row.get(0)?, row.get(1)?, Timestamp::from_ns(seen.cast_unsigned())))
    };
    let values = params![digest.0, Timestamp::now().as_ns().cast_signed()];
    connection.prepare_cached(sql)?.query_row(values, read).optional()
}

/// Removes a token; says whether there was one.
///
/// # Errors
/// SQLite's.
pub fn remove_token(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM tokens WHERE name = ?1", [name])? > 0)
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let moment = |column| {
        let ns: i64 = row.get(column)?;
        Ok::<_, rusqlite::Error>(Some(Timestamp::from_ns(ns.cast_unsigned())).filter(|_| ns > 0))
    };
    Ok(Token {
        name: row.get(0)?,
        role: row.get(1)?,
        who: row.get(2)?,
        created: Timestamp::from_ns(row.get::<_, i64>(3)?.cast_unsigned()),
        until: moment(4)?,
        seen: moment(5)?,
    })
}

/// Not with every request, which would each wait for the disk. Where it cannot be written, the request goes on: on a full
/// disk somebody must be able to look.
fn used(connection: &Connection, sql: &str, digest: Digest, seen: Timestamp) {
    let now = Timestamp::now().as_ns();
    if now.saturating_sub(seen.as_ns()) > SEEN_EVERY_NS {
        let _may_fail = connection.execute(sql, params![digest.0, now.cast_signed()]);
    }
}

fn before(now: Timestamp, time: Duration) -> i64 {
    now.as_ns().saturating_sub(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)).cast_signed()
}

/// How exact "last used" is.
const SEEN_EVERY_NS: u64 = 30_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, accounts};

    const DAY: Duration = Duration::from_secs(86_400);

    fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        accounts::add(&store.connection().unwrap(), "a", "viewer", "x").unwrap();
        (dir, store)
    }

    #[test]
    fn a_session_ends_when_idle_when_old_and_with_its_account() {
        let (_dir, store) = store();
        let connection = store.connection().unwrap();
        let one = Digest::of("one");
        let good = |lasts| find(&connection, one, lasts).unwrap().is_some();
        let lasts = Sessions { idle: DAY, lasts: DAY };
        begin(&connection, one, "a", lasts).unwrap();
        assert!(good(lasts));
        assert!(!good(Sessions { idle: Duration::ZERO, ..lasts }));
        assert!(!good(Sessions { lasts: Duration::ZERO, ..lasts }));
        accounts::set_disabled(&connection, "a", true).unwrap();
        assert!(!good(lasts));
        accounts::set_disabled(&connection, "a", false).unwrap();
        assert!(good(lasts));
        accounts::remove(&connection, "a").unwrap();
        assert!(!good(lasts));
        let left: i64 = connection.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "it goes with its account");
    }

    #[test]
    fn all_sessions_but_ones_own_end_at_once() {
        let (_dir, store) = store();
        let connection = store.connection().unwrap();
        let lasts = Sessions { idle: DAY, lasts: DAY };
        let [one, two] = ["one", "two"].map(Digest::of);
        for digest in [one, two] {
            begin(&connection, digest, "a", lasts).unwrap();
        }
        end_all(&connection, "a", Some(one)).unwrap();
        let good = |digest| find(&connection, digest, lasts).unwrap().is_some();
        assert_eq!((good(one), good(two)), (true, false));
        end_all(&connection, "a", None).unwrap();
        assert!(!good(one));
    }

    #[test]
    fn a_token_is_good_until_its_end_and_only_its_digest_is_kept() {
        let (dir, store) = store();
        let connection = store.connection().unwrap();
        let until = |ns| Some(Timestamp::from_ns(ns));
        let token = |name: &str, until| Token {
            name: name.into(),
            role: "viewer".into(),
            who: "uid:0".into(),
            created: Timestamp::now(),
            until,
            seen: None,
        };
        add_token(&connection, &token("old", until(7)), Digest::of("secret-old")).unwrap();
        add_token(&connection, &token("new", None), Digest::of("secret-new")).unwrap();
        assert_eq!(find_token(&connection, Digest::of("secret-old")).unwrap(), None);
        let found = find_token(&connection, Digest::of("secret-new")).unwrap();
        assert_eq!(found, Some(("new".to_owned(), "viewer".to_owned())));
        assert!(one_token(&connection, "new").unwrap().unwrap().seen.is_some());
        assert!(add_token(&connection, &token("new", None), Digest::of("x")).is_err());
        let entries = std::fs::read_dir(dir.path()).unwrap().map(Result::unwrap);
        for file in entries.filter(|entry| entry.path().is_file()) {
            let octets = std::fs::read(file.path()).unwrap();
            assert!(!octets.windows(10).any(|w| w == b"secret-new"), "{}", file.path().display());
        }
    }
}
