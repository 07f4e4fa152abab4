//! The log as its readers see it.

use crate::open::{self, Open};
use crate::segment::{Segment, is_wanted};
use crate::{Error, Loss, Query, Writer};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The events on disk. Clones share it.
#[derive(Clone)]
pub struct Log(Arc<Shared>);

struct Shared {
    state: RwLock<State>,
    trouble: Mutex<Option<String>>,
}

/// What is there.
pub(crate) struct State {
    pub folder: PathBuf,
    /// The oldest first.
    pub sealed: Vec<Arc<Segment>>,
    pub open: Option<Open>,
    /// Events of before this time are shown no more: they go with the file they are in.
    pub floor: u64,
}

/// An event as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its journal sequence number.
    pub id: u64,
    /// Its octets.
    pub record: Vec<u8>,
}

/// Where a record lies in the file that is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub id: u64,
    pub time: u64,
    pub at: u64,
    pub octets: u32,
}

/// Numbers and times of some events, from the first to the last of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The lowest number.
    pub first: u64,
    /// The highest number.
    pub last: u64,
    /// The earliest time, in nanoseconds since 1970.
    pub first_time: u64,
    /// The latest time.
    pub last_time: u64,
}

impl Span {
    pub(crate) fn around(own: Option<Self>, id: u64, time: u64) -> Self {
        let own = own.unwrap_or(Self { first: id, last: id, first_time: time, last_time: time });
        Self {
            first: own.first.min(id),
            last: own.last.max(id),
            first_time: own.first_time.min(time),
            last_time: own.last_time.max(time),
        }
    }
}

/// How far the journal is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Sequence number to read next; `None` before the journal was ever read.
    pub next: Option<u64>,
    /// Records that cannot be had any more.
    pub lost: u64,
}

impl Log {
    /// Opens or makes the log in a folder, and cuts off what a process before did not end. A file that is damaged is set
    /// aside, and [`Log::trouble`] says so.
    ///
    /// # Errors
    /// It cannot be read or written, or is of a later release.
    pub fn open(folder: &Path) -> Result<(Self, Writer), Error> {
        let (state, trouble) = crate::recover::recover(folder)?;
        let log = Self(Arc::new(Shared { state: RwLock::new(state), trouble: Mutex::new(trouble) }));
        let writer = Writer::new(log.clone());
        Ok((log, writer))
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found damaged last; events that are shown are whole, others may be missing.
    pub fn trouble(&self) -> Option<String> {
        self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, trouble: &Error) {
        *self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble.to_string());
    }

    /// How far the journal is stored.
    pub fn position(&self) -> Position {
        self.state().position()
    }

    /// Numbers and times of the events kept; `None` if there are none.
    pub fn span(&self) -> Option<Span> {
        let state = self.state();
        let spans = state.sealed.iter().filter_map(|segment| segment.span());
        spans.chain(state.open.as_ref().and_then(|open| open.span)).reduce(|a, b| Span {
            first: a.first.min(b.first),
            last: a.last.max(b.last),
            first_time: a.first_time.min(b.first_time),
            last_time: a.last_time.max(b.last_time),
        })
    }

    /// How many events are kept.
    pub fn count(&self) -> u64 {
        self.state().count()
    }

    /// Octets of its files.
    pub fn octets(&self) -> u64 {
        let state = self.state();
        state.sealed.iter().map(|s| s.octets).sum::<u64>() + state.open.as_ref().map_or(0, |open| open.octets)
    }

    /// What was lost, as far as events of that time are kept.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn losses(&self) -> Result<Vec<Loss>, Error> {
        let (sealed, mut open) = {
            let state = self.state();
            (state.sealed.clone(), state.open.as_ref().map_or_else(Vec::new, |open| open.losses.clone()))
        };
        let mut losses = Vec::new();
        for segment in sealed {
            losses.append(&mut segment.losses()?);
        }
        losses.append(&mut open);
        Ok(losses)
    }

    /// One event.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn one(&self, id: u64) -> Result<Option<Event>, Error> {
        let query = Query { after: id.checked_sub(1), limit: 1, ..Query::default() };
        Ok(self.some(&query)?.pop().filter(|event| event.id == id))
    }

    /// The events a query wants, in its order. What is damaged is left out, and [`Log::trouble`] says so.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn some(&self, query: &Query) -> Result<Vec<Event>, Error> {
        let hashes: Vec<u64> = query.keys.iter().map(crate::Key::hash).collect();
        let mut query = query.clone();
        let (mut sealed, open) = {
            let state = self.state();
            query.since = query.since.max((state.floor > 0).then_some(state.floor));
            let open = state.open.as_ref().map(|open| Written {
                places: open.find(&query, &hashes, query.limit.saturating_add(SPARE)),
                path: open.path.clone(),
                file: open.file.clone(),
            });
            (state.sealed.clone(), open)
        };
        let mut found = Vec::new();
        if query.newest {
            sealed.reverse();
            open.iter().try_for_each(|open| open.search(&query, &mut found))?;
        }
        for (place, segment) in sealed.iter().enumerate() {
            if found.len() >= query.limit {
                break;
            }
            if place.is_multiple_of(AHEAD) {
                sealed.iter().skip(place).take(AHEAD).for_each(|next| next.prefetch(&hashes));
            }
            segment.search(&query, &hashes, &mut found, &|damage| self.note(&damage))?;
        }
        if !query.newest {
            open.iter().try_for_each(|open| open.search(&query, &mut found))?;
        }
        Ok(found)
    }
}

/// What may be wanted of the file that is being written.
struct Written {
    places: Vec<Place>,
    path: PathBuf,
    file: Arc<File>,
}

impl Written {
    fn search(&self, query: &Query, found: &mut Vec<Event>) -> Result<(), Error> {
        for place in &self.places {
            if found.len() >= query.limit {
                break;
            }
            let record = open::read(&self.file, &self.path, *place)?;
            if is_wanted(query, place.id, &record) {
                found.push(Event { id: place.id, record });
            }
        }
        Ok(())
    }
}

impl State {
    pub fn position(&self) -> Position {
        match (&self.open, self.sealed.last()) {
            (Some(open), _) if open.octets > open::HEAD.len() as u64 => {
                Position { next: Some(open.next), lost: open.lost }
            }
            (_, Some(last)) => Position { next: Some(last.footer.next), lost: last.footer.lost },
            _ => Position::default(),
        }
    }

    pub fn count(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| open.records.len() as u64);
        self.sealed.iter().map(|segment| segment.footer.count).sum::<u64>() + open
    }
}

/// Files of which the first octets are read at the same time.
const AHEAD: usize = 64;
/// Places taken beyond what is wanted, for values whose hashes meet.
const SPARE: usize = 16;
