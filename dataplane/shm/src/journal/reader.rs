//! A reader of a journal, in any process. It trusts nothing it reads.

use std::path::{Path, PathBuf};

use super::directory::segments;
use super::format::FrameFault;
use super::source::{Horizon, Source};
use super::window::{Found, Window};
use crate::{Cause, Error};

/// Follows a journal from a sequence on, across segments and restarts of the writer.
pub struct Reader {
    dir: PathBuf,
    horizon: Horizon,
    /// The lowest sequence not given yet.
    next: u64,
    place: Place,
    /// The frame at the place has a sequence from `expected.0` to `expected.1`: the same, unless damage hides how many
    /// frames were skipped.
    expected: (u64, u64),
    window: Window,
}

/// Where a reader stands.
#[derive(Debug)]
enum Place {
    /// No segment has been found yet.
    Nowhere,
    /// In a segment.
    In(Source),
    /// In a segment whose head cannot be read.
    Unreadable(u64),
}

/// A record of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'r> {
    /// Its number: every record has one more than the one before it.
    pub sequence: u64,
    /// What was appended.
    pub payload: &'r [u8],
}

/// What a reader has to be told besides records. After each of them it can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Octets of a segment are not the record they should be. The reader skips them, with the rest of the segment when
    /// not even their length can be believed: what lies behind could be a payload made to look like records.
    Damaged {
        /// The segment, by its first sequence.
        segment: u64,
        /// Where in it.
        offset: u32,
        /// What is wrong.
        fault: FrameFault,
    },
    /// Records are gone: damaged, dropped because the journal was full, or taken by a cut of power.
    Lost {
        /// The first of them.
        first: u64,
        /// How many.
        count: u64,
    },
    /// The head of a segment cannot be read. The reader goes on when there is a later one.
    Unreadable {
        /// The segment, by the sequence in its name.
        segment: u64,
        /// What is wrong with it.
        cause: Cause,
    },
    /// The reader asks for a sequence that the journal has not reached. After a cut of power this passes as soon as
    /// the writer has recovered; otherwise the journal is not the one the reader has read before.
    Ahead {
        /// The sequence that comes next in the journal.
        journal: u64,
    },
    /// The operating system refused. Tried again at the next call.
    System(Cause),
}

impl Reader {
    /// Follows the journal in `dir` from `next_sequence` on, which a new reader takes as
    /// [`super::FIRST_SEQUENCE`]. The journal need not exist yet.
    pub fn open(dir: &Path, next_sequence: u64) -> Result<Self, Error> {
        if dir.exists() && !dir.is_dir() {
            return Err(Error::new(dir, Cause::Os(rustix::io::Errno::NOTDIR.raw_os_error())));
        }
        Ok(Self {
            dir: dir.to_owned(),
            horizon: Horizon::Published,
            next: next_sequence,
            place: Place::Nowhere,
            expected: (next_sequence, next_sequence),
            window: Window::new(),
        })
    }

    /// Gives only records that survive a cut of power, each up to one commit interval later. A reader that keeps what
    /// it reads and must never see a sequence twice needs this.
    #[must_use]
    pub fn synced_only(mut self) -> Self {
        self.horizon = Horizon::Synced;
        self
    }

    /// The lowest sequence not given yet: where to open again, and what to acknowledge once the rest is stored.
    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    /// The next record, or `None` when there is none yet. Never waits.
    #[allow(clippy::should_implement_trait, reason = "a record borrows from the reader")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        loop {
            let found = match &mut self.place {
                Place::In(source) if source.at < source.limit => self.take_frame()?,
                Place::In(_) => match self.wait_or_move()? {
                    Motion::Moved => continue,
                    Motion::Nothing => return Ok(None),
                },
                Place::Nowhere | Place::Unreadable(_) => match self.move_on()? {
                    Motion::Moved => continue,
                    Motion::Nothing => return Ok(None),
                },
            };
            if let Some(found) = found {
                return Ok(Some(Record { sequence: found.sequence, payload: self.window.payload(found) }));
            }
        }
    }

    /// Takes the frame at the place; `None` when the reader has had it already.
    fn take_frame(&mut self) -> Result<Option<Found>, ReadError> {
        let Place::In(source) = &mut self.place else { return Ok(None) };
        let frame = self.window.frame(&source.file, source.at, source.limit).map_err(system)?;
        let found = match frame {
            Ok(found) if (self.expected.0..=self.expected.1).contains(&found.sequence) => found,
            Ok(_) => return Err(self.skip(FrameFault::Sequence)),
            Err(fault) => return Err(self.skip(fault)),
        };
        self.expected = (found.sequence, found.sequence);
        if found.sequence > self.next {
            return Err(self.lose_up_to(found.sequence));
        }
        source.at = source.at.saturating_add(found.octets);
        self.expected = (found.sequence + 1, found.sequence + 1);
        if found.sequence < self.next {
            return Ok(None);
        }
        self.next = found.sequence + 1;
        Ok(Some(found))
    }

    /// Passes over octets that are not the frame they should be: one frame when its length can be believed, else all up
    /// to what is published now, where a frame begins for certain.
    fn skip(&mut self, fault: FrameFault) -> ReadError {
        let Place::In(source) = &mut self.place else { return ReadError::System(Cause::Short) };
        let damaged = ReadError::Damaged { segment: source.first, offset: source.at, fault };
        let (low, high) = self.expected;
        let length = if fault == FrameFault::Checksum { self.window.length_at(source.at) } else { None };
        match length {
            Some(octets) => {
                source.at = source.at.saturating_add(octets);
                self.expected = (low + 1, high + 1);
            }
            None => {
                self.expected = (low, high.saturating_add(source.frames_max()));
                source.at = source.limit;
            }
        }
        damaged
    }

    fn lose_up_to(&mut self, sequence: u64) -> ReadError {
        let lost = ReadError::Lost { first: self.next, count: sequence - self.next };
        self.next = sequence;
        lost
    }

    /// At the end of what could be read: looks for more, and goes to the next segment when no more will come here.
    fn wait_or_move(&mut self) -> Result<Motion, ReadError> {
        let Place::In(source) = &mut self.place else { return Ok(Motion::Nothing) };
        if let Err(cause) = source.refresh(self.horizon) {
            let segment = source.first;
            self.place = Place::Unreadable(segment);
            return Err(ReadError::Unreadable { segment, cause });
        }
        if source.at < source.limit {
            return Ok(Motion::Moved);
        }
        if source.is_finished {
            return self.move_on();
        }
        match self.expected {
            (journal, high) if high < self.next => Err(ReadError::Ahead { journal }),
            _ => Ok(Motion::Nothing),
        }
    }

    /// Goes to the segment behind the present one; from nowhere, to the one that holds the next sequence.
    fn move_on(&mut self) -> Result<Motion, ReadError> {
        let firsts = match segments(&self.dir) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Motion::Nothing),
            other => other.map_err(system)?,
        };
        let behind = |present: u64| firsts.iter().copied().find(|first| *first > present);
        let first = match &self.place {
            Place::In(source) => behind(source.first),
            Place::Unreadable(present) => behind(*present),
            Place::Nowhere => {
                firsts.iter().copied().rfind(|first| *first <= self.next).or_else(|| firsts.first().copied())
            }
        };
        first.map_or(Ok(Motion::Nothing), |first| self.enter(first))
    }

    fn enter(&mut self, first: u64) -> Result<Motion, ReadError> {
        self.place = match Source::open(&self.dir, first) {
            Ok(source) => Place::In(source),
            // Removed since the directory was read: looked for again at the next call.
            Err(Cause::Os(errno)) if errno == rustix::io::Errno::NOENT.raw_os_error() => return Ok(Motion::Nothing),
            Err(cause @ Cause::Os(_)) => return Err(ReadError::System(cause)),
            Err(cause) => {
                self.place = Place::Unreadable(first);
                return Err(ReadError::Unreadable { segment: first, cause });
            }
        };
        self.window.clear();
        self.expected = (first, first);
        if first > self.next { Err(self.lose_up_to(first)) } else { Ok(Motion::Moved) }
    }
}

enum Motion {
    Moved,
    Nothing,
}

fn system(error: std::io::Error) -> ReadError {
    ReadError::System(error.into())
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Damaged { segment, offset, fault } => {
                write!(f, "segment {segment:020} is damaged at octet {offset} ({fault:?})")
            }
            Self::Lost { first, count } => write!(f, "{count} records from {first} on are lost"),
            Self::Unreadable { segment, cause } => write!(f, "segment {segment:020} cannot be read: {cause}"),
            Self::Ahead { journal } => write!(f, "the journal is at sequence {journal}, before the one asked for"),
            Self::System(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}

#[cfg(test)]
mod tests;
