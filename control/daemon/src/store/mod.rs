//! What the daemon keeps. Events and how far the journal is read lie in a log of their own ([`sluice_events`]), since
//! they are many; all else, policies and who did what, in one SQLite file.
//!
//! Write-ahead log with `synchronous=FULL`: what a transaction committed survives loss of power, what it did not
//! never shows. One process at a time: a lock beside the file is held as long as the [`Store`] lives. Connections
//! are handed out one per task; readers never wait for the journal's writer.
//!
//! ```text
//! policies(version, files, image, summary, who, time, comment, state)
//! proposals(id, state, who, time, comment, base, summary, files, decided_by, version)
//! list_changes(list, entry, until, note, who, time)      what the policy's files do not say yet; until 0: removed
//! watch(one, version, until, messages, blocked, last)    the policy that is watched, and what was judged before it
//! audit(id, time, who, what, subject, outcome, hash)     appended, never changed: triggers hold that, hashes show it
//! roles(name, help, permissions)                         the operator's own
//! told(receiver, of, id)                                 how far each receiver of notifications was told
//! accounts(name, role, password, …), sessions(digest, account, …), tokens(name, digest, role, …)
//! ```

pub mod accounts;
pub mod audit;
pub mod events;
pub mod lists;
pub mod machine;
mod migrate;
pub mod policies;
pub mod proposals;
pub mod recent;
pub mod retention;
pub mod roles;
pub mod sessions;
pub mod told;
pub mod traffic;
pub mod watch;

use crate::http::off_thread;
use rusqlite::{Connection, OpenFlags};
use sluice_api::problem::{Kind, Problem};
use sluice_api::{PAGE_DEFAULT, PAGE_MAX};
use sluice_events::{Log, Writer};
use std::fs::{File, OpenOptions, TryLockError};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The store. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    log: Log,
    writer: Mutex<Writer>,
    _lock: File,
}

/// Why the store cannot be used.
#[derive(Debug)]
pub enum StoreError {
    /// The directory or the lock cannot be made.
    Io(PathBuf, std::io::Error),
    /// Another daemon holds it.
    Locked(PathBuf),
    /// It was written by a later release.
    Version(PathBuf, i64),
    /// SQLite says no.
    Sqlite(PathBuf, rusqlite::Error),
    /// The log of events does.
    Events(sluice_events::Error),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(path, e) => write!(f, "store {}: {e}", path.display()),
            Self::Locked(path) => write!(f, "store {}: another control daemon uses it", path.display()),
            Self::Version(path, v) => write!(
                f,
                "store {}: written by a later release (form {v}, this one reads up to {SCHEMA_VERSION})",
                path.display()
            ),
            Self::Sqlite(path, e) => write!(f, "store {}: {e}", path.display()),
            Self::Events(e) => write!(f, "store: {e}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::new(Kind::StoreUnavailable, error.to_string())
    }
}

impl Store {
    /// Opens or makes the store in a directory.
    ///
    /// # Errors
    /// The directory cannot be written, another daemon uses it, or it is of another release.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|e| StoreError::Io(dir.to_owned(), e))?;
        let lock = lock(&dir.join("lock"))?;
        let file = dir.join("store.sqlite");
        let (log, writer) = Log::open(&dir.join("events")).map_err(StoreError::Events)?;
        let inner = Inner { file, idle: Mutex::default(), log, writer: Mutex::new(writer), _lock: lock };
        let store = Self(Arc::new(inner));
        let connection = store.connection()?;
        store.prepare(&connection)?;
        drop(connection);
        Ok(store)
    }

    fn prepare(&self, connection: &Connection) -> Result<(), StoreError> {
        let failed = |e| self.failed(e);
        let version: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(failed)?;
        if version > SCHEMA_VERSION {
            return Err(StoreError::Version(self.0.file.clone(), version));
        }
        if (1..4).contains(&version) {
            audit::set_old_rows_aside(connection).map_err(failed)?;
        }
        if connection.table_exists(None, "events").map_err(failed)? {
            let next = self.log().position().next.unwrap_or(0);
            migrate::events(connection, &mut self.writer(), next).map_err(|error| match error {
                migrate::Failed::Sqlite(e) => failed(e),
                migrate::Failed::Events(e) => StoreError::Events(e),
            })?;
        }
        // A write even where nothing is new: a store that cannot be written is found now, not at the first event.
        connection.execute_batch(SCHEMA).map_err(failed)?;
        audit::chain_old_rows(connection).map_err(failed)
    }

    /// A connection of the caller's own; it goes back when dropped.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn connection(&self) -> Result<Lease, StoreError> {
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect().map_err(|e| self.failed(e))?,
        };
        Ok(Lease { connection: Some(connection), store: self.clone() })
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.0.file, flags)?;
        connection.busy_timeout(BUSY_TIME_MAX)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;",
        )?;
        Ok(connection)
    }

    /// The events, as their readers see them.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// Who writes them: one at a time.
    pub fn writer(&self) -> MutexGuard<'_, Writer> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads events, off the threads that answer.
    ///
    /// # Errors
    /// What the work says.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Log) -> Result<T, sluice_events::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let log = self.0.log.clone();
        off_thread(move || work(&log).map_err(|e| StoreError::Events(e).into())).await
    }

    /// Names the store in an error of SQLite.
    pub fn failed(&self, error: rusqlite::Error) -> StoreError {
        StoreError::Sqlite(self.0.file.clone(), error)
    }

    /// Its size on disk in bytes, with its write-ahead log and the events.
    pub fn size(&self) -> u64 {
        let size_of = |path: PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
        let mut log = self.0.file.clone().into_os_string();
        log.push("-wal");
        size_of(self.0.file.clone()) + size_of(log.into()) + self.0.log.octets()
    }

    /// Does something with a connection, off the threads that answer.
    ///
    /// # Errors
    /// What the work says, and a store that cannot be opened.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut lease = store.connection()?;
            work(&mut lease).map_err(|e| store.failed(e))
        });
        match done.await {
            Ok(result) => result.map_err(Problem::from),
            Err(e) => Err(Problem::new(Kind::Internal, format!("work on the store ended early: {e}"))),
        }
    }
}

/// A connection for one task.
pub struct Lease {
    connection: Option<Connection>,
    store: Store,
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("present until dropped")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("present until dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let mut idle = self.store.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX && connection.is_autocommit() {
            idle.push(connection);
        }
    }
}

/// How much of each kind of page is read at once.
pub fn page_size(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let failed = |e| StoreError::Io(path.to_owned(), e);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.parent().unwrap_or(path).to_owned())),
        Err(TryLockError::Error(e)) => Err(failed(e)),
    }
}

/// Connections kept for the next task.
const IDLE_MAX: usize = 8;
/// How long a task waits for another one's transaction.
const BUSY_TIME_MAX: Duration = Duration::from_secs(5);
/// Form of the tables.
const SCHEMA_VERSION: i64 = 5;
const SCHEMA: &str = include_str!("schema.sql");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_the_same_store_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = Store::open(dir.path()).unwrap();
        assert!(matches!(Store::open(dir.path()), Err(StoreError::Locked(_))));
        drop(first);
        assert!(Store::open(dir.path()).is_ok());
    }

    #[test]
    fn a_store_of_a_later_release_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.connection().unwrap().pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        let error = Store::open(dir.path()).err().unwrap();
        assert!(error.to_string().contains("later release (form 99"), "{error}");
    }

    #[test]
    fn a_store_where_a_file_stands_in_the_way_says_where() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Store::open(&file.join("control")).err().unwrap();
        assert!(error.to_string().contains(&file.display().to_string()), "{error}");
    }
}
