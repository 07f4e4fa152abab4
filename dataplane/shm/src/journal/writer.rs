//! The one writer of a journal.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::acknowledge;
use super::append::AppendError;
use super::config::{Config, WhenFull};
use super::directory::remove_unfinished;
use super::format::{Identity, PAYLOAD_OCTETS_MAX, SEQUENCE_MAX};
use super::inventory::{Dropped, Entry, Freed, Inventory};
use super::recover::recover;
use super::segment::{Prepared, Segment};
use crate::{Cause, Error};

const LOCK: &str = "lock";

/// Appends records. There is one at a time per journal, in one process.
pub struct Writer {
    dir: PathBuf,
    config: Config,
    inventory: Inventory,
    current: Option<Segment>,
    next: u64,
    /// Closed segments that a cut of power could still take.
    unsynced: Vec<Segment>,
    /// Whether names in the directory have changed since the last sync.
    names_changed: bool,
    dropped: Dropped,
    /// Held as long as the writer lives; the kernel lets go of it when the process dies.
    _lock: File,
}

impl Writer {
    /// Opens the journal in `dir`, which is made if it is missing, and recovers what a predecessor has left.
    pub fn open(dir: &Path, config: Config) -> Result<Self, Error> {
        let at = |cause: Cause| Error::new(dir, cause);
        let config = config.checked().map_err(at)?;
        fs::create_dir_all(dir).map_err(|e| at(e.into()))?;
        acknowledge::create_directory(dir)?;
        let lock = lock(&dir.join(LOCK))?;
        remove_unfinished(dir).map_err(|e| at(e.into()))?;
        let left = recover(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            config,
            inventory: left.inventory,
            current: left.current,
            next: left.next,
            unsynced: Vec::new(),
            names_changed: true,
            dropped: Dropped::default(),
            _lock: lock,
        })
    }

    /// The sequence that the next record gets.
    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    /// Size of all segments together.
    pub fn occupied_octets(&self) -> u64 {
        self.inventory.octets()
    }

    /// What has been dropped since [`Self::open`] to stay within the configured size.
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Appends a record and gives its sequence. No reader sees it before [`Self::publish`], except that a segment that
    /// becomes full is published. On an error nothing has changed.
    #[inline]
    pub fn append(&mut self, payload: &[u8]) -> Result<u64, AppendError> {
        match &mut self.current {
            Some(segment) if segment.is_mapped() && segment.has_room(payload.len()) => {
                if payload.len() > PAYLOAD_OCTETS_MAX || self.next >= SEQUENCE_MAX {
                    return Err(self.refusal(payload));
                }
                let sequence = segment.put(payload)?;
                self.next = segment.next();
                Ok(sequence)
            }
            _ => self.append_elsewhere(payload),
        }
    }

    /// Shows readers all records appended so far.
    #[inline]
    pub fn publish(&mut self) {
        if let Some(segment) = &mut self.current {
            // A segment with something to publish is mapped, and storing into a mapping cannot fail.
            let _ = segment.publish();
        }
    }

    /// Publishes, and makes all records appended so far survive a cut of power. Waits for the disk. After an error it
    /// can be called again; what is not synced stays so in the eyes of readers.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.publish();
        self.sync_segments().map_err(|e| Error::new(&self.dir, e))
    }

    /// Removes the segments that no reader needs any more. Nothing is removed before a reader has acknowledged
    /// something, nor while an acknowledgement cannot be read.
    pub fn free_acknowledged(&mut self) -> Result<Freed, Error> {
        self.free().map_err(|e| Error::new(&self.dir, e))
    }

    fn refusal(&self, payload: &[u8]) -> AppendError {
        if payload.len() > PAYLOAD_OCTETS_MAX { AppendError::TooLong } else { AppendError::Exhausted }
    }

    /// The way of a record for which there is no room: the rest of a resumed segment is reserved, or a new one is begun.
    #[cold]
    fn append_elsewhere(&mut self, payload: &[u8]) -> Result<u64, AppendError> {
        if payload.len() > PAYLOAD_OCTETS_MAX || !Segment::can_hold(self.config.segment_octets, payload.len()) {
            return Err(AppendError::TooLong);
        }
        match &mut self.current {
            Some(segment) if !segment.is_mapped() && segment.has_room(payload.len()) => segment.map_reserved()?,
            _ => self.begin_segment()?,
        }
        self.append(payload)
    }

    /// First the space, then the end of the old segment, then the name of the new one: whatever fails, readers find
    /// either the old segment open or a closed one with all its records.
    fn begin_segment(&mut self) -> Result<(), AppendError> {
        self.make_room()?;
        // An empty segment, too small for a record, keeps its name: one sequence is passed over.
        let first = self.next + u64::from(self.current.as_ref().is_some_and(|empty| empty.first() == self.next));
        let identity = Identity { octets: self.config.segment_octets, first };
        let prepared = Prepared::new(&self.dir, identity)?;
        if let Some(old) = &mut self.current {
            old.close()?;
        }
        self.unsynced.extend(self.current.take());
        self.next = first;
        self.current = Some(prepared.place()?);
        self.inventory.push(Entry { first, octets: u64::from(identity.octets) });
        self.names_changed = true;
        Ok(())
    }

    /// Keeps the journal, with another segment, within its configured size.
    fn make_room(&mut self) -> Result<(), AppendError> {
        let limit = self.config.octets_max - u64::from(self.config.segment_octets);
        if self.inventory.octets() <= limit {
            return Ok(());
        }
        if self.config.when_full == WhenFull::StopWriting {
            return Err(AppendError::LimitReached);
        }
        self.free()?;
        while self.inventory.octets() > limit {
            let Some(gone) = self.inventory.drop_oldest()? else { return Err(AppendError::LimitReached) };
            self.dropped.segments += gone.segments;
            self.dropped.records += gone.records;
        }
        self.forget_removed();
        Ok(())
    }

    fn free(&mut self) -> io::Result<Freed> {
        let Some(lowest) = acknowledge::all(&self.dir)?.lowest else { return Ok(Freed::default()) };
        let freed = self.inventory.free_below(lowest.min(self.next))?;
        self.forget_removed();
        self.names_changed |= freed.segments > 0;
        Ok(freed)
    }

    /// What is removed need not be synced.
    fn forget_removed(&mut self) {
        let oldest = self.inventory.oldest().unwrap_or(0);
        self.unsynced.retain(|segment| segment.first() >= oldest);
    }

    /// In the order of the records, so that what is durable has no gap.
    fn sync_segments(&mut self) -> io::Result<()> {
        if self.names_changed {
            File::open(&self.dir)?.sync_all()?;
            self.names_changed = false;
        }
        while let Some(oldest) = self.unsynced.first_mut() {
            oldest.sync()?;
            self.unsynced.remove(0);
        }
        self.current.as_mut().map_or(Ok(()), Segment::sync)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.publish();
    }
}

fn lock(path: &Path) -> Result<File, Error> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o640).open(path);
    let file = file.map_err(|e| Error::new(path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(path, Cause::Locked)),
        Err(TryLockError::Error(e)) => Err(Error::new(path, e)),
    }
}

#[cfg(test)]
mod tests;
