//! From the journal into the store, on a thread of its own: each record once, whenever the daemon or the dataplane
//! dies and comes back.
//!
//! ```text
//! journal ─▶ up to 4,000 items ─▶ one batch: records, losses, position ─▶ progress ─▶ acknowledge
//! ```
//! Only records that survive a cut of power are read, so that no sequence number is ever given out twice. A store that
//! cannot be written (a full disk) stops the reading, not the daemon: the batch is tried again, the journal keeps
//! what is not acknowledged, and the status says why.

use crate::config::Retention;
use crate::store::{Store, StoreError, retention};
use sluice_api::Timestamp;
use sluice_events::{Item, Loss, Position};
use sluice_shm::journal::{Acknowledge, FIRST_SEQUENCE, ReadError, Reader};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How far the journal is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Sequence number read next.
    pub next: u64,
    /// Records that cannot be had any more.
    pub lost: u64,
    /// Why reading stands still, if it does.
    pub error: Option<String>,
}

/// The thread.
pub struct Tail {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Tail {
    /// Begins where the store ends.
    ///
    /// # Errors
    /// The store cannot be read, or there can be no thread.
    pub fn start(
        store: &Store,
        journal: PathBuf,
        limits: Retention,
    ) -> Result<(Self, watch::Receiver<Progress>), StoreError> {
        let Position { next, lost } = store.log().position();
        let next = next.unwrap_or(FIRST_SEQUENCE);
        let (progress, watched) = watch::channel(Progress { next, lost, error: None });
        let (stop, stopped) = sync_channel(1);
        let tailer = Tailer { journal, store: store.clone(), limits, next, lost, progress, damage: None };
        let thread = std::thread::Builder::new().name("tail".into()).spawn(move || tailer.run(&stopped));
        let thread = thread.map_err(|e| StoreError::Io("tail".into(), e))?;
        Ok((Self { stop, thread }, watched))
    }

    /// Ends it between two batches.
    pub fn stop(self) {
        // A thread that has ended by itself has nothing left to be told.
        let _ended = self.stop.try_send(());
        let _ended = self.thread.join();
    }
}

struct Tailer {
    journal: PathBuf,
    store: Store,
    limits: Retention,
    next: u64,
    lost: u64,
    progress: watch::Sender<Progress>,
    /// The last damage met: the cause of the loss that is reported after it.
    damage: Option<&'static str>,
}

impl Tailer {
    fn run(mut self, stopped: &Receiver<()>) {
        let mut reader = None;
        let mut acknowledged = Acknowledged::new(&self.journal);
        let mut rest = Duration::ZERO;
        while matches!(stopped.recv_timeout(rest), Err(RecvTimeoutError::Timeout)) {
            rest = match self.step(&mut reader) {
                Ok(0) => self.idle(&mut acknowledged),
                Ok(_) => {
                    // Where there is always something new, the old goes nevertheless.
                    let state = acknowledged.at_times(self.next);
                    self.report(state.and(self.let_go().map(drop)));
                    Duration::ZERO
                }
                Err(why) => {
                    // Begins again where the store ends.
                    reader = None;
                    self.report(Err(why));
                    REST_AFTER_ERROR
                }
            };
        }
        // What is stored is not needed any more; if this fails, it is said again at the next start.
        let _kept_longer = acknowledged.now(self.next);
    }

    /// Moves one batch; gives how many items it had.
    fn step(&mut self, reader: &mut Option<Reader>) -> Result<usize, String> {
        let reader = match reader {
            Some(reader) => reader,
            None => {
                let opened = Reader::open(&self.journal, self.next).map_err(|e| e.to_string())?;
                reader.insert(opened.synced_only())
            }
        };
        let (batch, trouble) = gather(reader, &mut self.damage);
        if !batch.is_empty() {
            let next = reader.next_sequence();
            self.store.writer().append(&batch, next).map_err(|e| format!("store: {e}"))?;
            (self.next, self.lost) = (next, self.store.log().position().lost);
        }
        match trouble {
            Some(why) if batch.is_empty() => Err(why),
            _ => Ok(batch.len()),
        }
    }

    /// Nothing new: time for what can wait.
    fn idle(&mut self, acknowledged: &mut Acknowledged) -> Duration {
        let said = acknowledged.now(self.next);
        let removed = self.let_go();
        let more = *removed.as_ref().unwrap_or(&false);
        self.report(said.and(removed.map(drop)));
        if more { Duration::ZERO } else { REST }
    }

    /// Removes a file of events beyond the limits; gives whether there was one.
    fn let_go(&self) -> Result<bool, String> {
        retention::step(&self.store, self.limits, Timestamp::now()).map_err(|e| e.to_string())
    }

    /// Tells whoever watches, if anything is new.
    fn report(&self, state: Result<(), String>) {
        let now = Progress { next: self.next, lost: self.lost, error: state.err() };
        self.progress.send_if_modified(|shown| {
            let changed = *shown != now;
            *shown = now;
            changed
        });
    }
}

/// Reads until there is nothing more, a batch is full, or trouble comes.
fn gather(reader: &mut Reader, damage: &mut Option<&'static str>) -> (Vec<Item>, Option<String>) {
    let mut batch = Vec::new();
    while batch.len() < BATCH_ITEMS {
        match reader.next() {
            Ok(Some(record)) => {
                batch.push(Item::Record { sequence: record.sequence, payload: record.payload.to_vec() });
            }
            Ok(None) => break,
            Err(ReadError::Lost { first, count }) => {
                let cause = damage.take().unwrap_or("removed before it was read");
                let (last, time) = (first + count.saturating_sub(1), Timestamp::now().as_ns());
                batch.push(Item::Lost(Loss { first, last, time, cause: cause.to_owned() }));
            }
            Err(ReadError::Damaged { .. }) => *damage = Some("damaged in the journal"),
            Err(trouble @ ReadError::Ahead { .. }) => {
                let hint = "is this another journal than the one stored so far?";
                return (batch, Some(format!("journal: {trouble}: {hint}")));
            }
            Err(trouble @ (ReadError::Unreadable { .. } | ReadError::System(_))) => {
                *damage = Some("unreadable in the journal");
                return (batch, Some(format!("journal: {trouble}")));
            }
        }
    }
    (batch, None)
}

/// What the journal's writer was told.
struct Acknowledged {
    file: Result<Acknowledge, String>,
    said: Option<u64>,
    at: Instant,
}

impl Acknowledged {
    fn new(journal: &Path) -> Self {
        let file = Acknowledge::open(journal, READER_NAME).map_err(|e| e.to_string());
        Self { file, said: None, at: Instant::now() }
    }

    /// Says it if it is new.
    fn now(&mut self, next: u64) -> Result<(), String> {
        if self.said == Some(next) {
            return Ok(());
        }
        let file = self.file.as_ref().map_err(Clone::clone)?;
        file.store(next).map_err(|e| e.to_string())?;
        (self.said, self.at) = (Some(next), Instant::now());
        Ok(())
    }

    /// Says it if it was not said for a while: a commit to disk for every batch would be wasted.
    fn at_times(&mut self, next: u64) -> Result<(), String> {
        if self.said.is_some() && self.at.elapsed() < ACKNOWLEDGE_EVERY { Ok(()) } else { self.now(next) }
    }
}

/// The daemon's name among the journal's readers.
const READER_NAME: &str = "sluiced";
/// Items of one batch.
const BATCH_ITEMS: usize = 4_000;
/// How long the thread rests when the journal has nothing new.
const REST: Duration = Duration::from_millis(20);
/// How long it rests after an error.
const REST_AFTER_ERROR: Duration = Duration::from_millis(250);
const ACKNOWLEDGE_EVERY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
