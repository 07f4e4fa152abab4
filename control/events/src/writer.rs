//! The one that writes.

use crate::log::{Log, Span, State};
use crate::open::{self, Open};
use crate::seal::{End, Sealer};
use crate::segment::Segment;
use crate::{Error, Item, Loss, Position, frame, key};
use sluice_abi::record::{self, RECORD_OCTETS_MAX};
use sluice_abi::{Field, LogLevel};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Writes the log.
pub struct Writer {
    log: Log,
    buffer: Vec<u8>,
    /// What is on the disk behind the last batch is not known: it is cut off before the next.
    is_torn: bool,
}

/// How long and how much is kept; whichever limit is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events that are kept at least, if there are so many; a file more at most.
    pub count: u64,
    /// Events of before this time go, with the file they are in; they are not shown from now on. In nanoseconds since 1970.
    pub before: Option<u64>,
    /// Texts of before this time go.
    pub texts_before: Option<u64>,
}

/// What went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Whole events.
    Events {
        /// How many.
        count: u64,
        /// Which.
        span: Span,
    },
    /// Their texts.
    Texts {
        /// How many events had them taken out.
        count: u64,
        /// Which.
        span: Span,
    },
}

impl Writer {
    pub(crate) fn new(log: Log) -> Self {
        Self { log, buffer: Vec::new(), is_torn: true }
    }

    /// Takes a batch in and moves the position to `next`, all or nothing: when this returns it is on the disk. Gives how
    /// many records turned out unreadable; they are losses.
    ///
    /// # Errors
    /// It does not follow what is there, or the disk says no: nothing has changed then, and it can be tried again.
    pub fn append(&mut self, batch: &[Item], next: u64) -> Result<u64, Error> {
        self.seal_if_full()?;
        let (batch, unreadable) = readable(batch);
        let (path, file, octets) = self.open_file(&batch, next)?;
        if self.is_torn {
            file.set_len(octets).map_err(Error::io(&path))?;
        }
        self.buffer.clear();
        frame::write(&batch, next, &mut self.buffer);
        self.is_torn = true;
        file.write_all_at(&self.buffer, octets).map_err(Error::io(&path))?;
        file.sync_data().map_err(Error::io(&path))?;
        let frame = frame::read(&self.buffer).ok_or_else(|| Error::damaged(&path, "a frame just written"))?;
        if let Some(open) = &mut self.log.state_mut().open {
            open.take_in(frame)?;
        }
        self.is_torn = false;
        Ok(unreadable)
    }

    /// The file that is written, made if there is none, if the batch follows what is in it.
    fn open_file(&self, batch: &[Item], next: u64) -> Result<(PathBuf, Arc<File>, u64), Error> {
        let mut state = self.log.state_mut();
        let Position { next: before, lost } = state.position();
        let first = batch.iter().map(|item| bounds(item).0).min().unwrap_or(next);
        let place = state.open.as_ref().map_or(&state.folder, |open| &open.path).clone();
        check_order(batch, before.unwrap_or(first), next).map_err(|wrong| Error::Order(place, wrong))?;
        let open = match state.open.take() {
            Some(open) => open,
            None => create(&state.folder, before.unwrap_or(first), lost)?,
        };
        let parts = (open.path.clone(), open.file.clone(), open.octets);
        state.open = Some(open);
        Ok(parts)
    }

    fn seal_if_full(&mut self) -> Result<(), Error> {
        let is_full = self.log.state().open.as_ref().is_some_and(|open| {
            open.records.len() >= RECORDS_MAX || open.octets >= OCTETS_MAX || open.begun.elapsed() > AGE_MAX
        });
        if is_full { self.seal() } else { Ok(()) }
    }

    /// Seals what is being written, if there is anything.
    ///
    /// # Errors
    /// The disk says no: everything stays as it is.
    pub fn seal(&mut self) -> Result<(), Error> {
        let state = self.log.state();
        let Some(open) = state.open.as_ref().filter(|open| open.octets > open::HEAD.len() as u64) else {
            return Ok(());
        };
        let (from, to) = (open.path.clone(), open.path.with_extension(SEALED));
        let temporary = open.path.with_extension(TEMPORARY);
        // Only this thread changes what is open: the lock for reading keeps nobody waiting.
        write_sealed(open, &temporary)?;
        drop(state);
        let segment = Segment::open(&temporary)?;
        fs::rename(&temporary, &to).map_err(Error::io(&to))?;
        // It counts from here on, whatever happens: nothing more may come into the file it was made of.
        let mut state = self.log.state_mut();
        state.sealed.push(Arc::new(segment.named(to)));
        state.open = None;
        sync_folder(&state.folder)?;
        drop(state);
        // If it does not go now it goes when the log is opened.
        let _left_until_then = fs::remove_file(&from);
        Ok(())
    }

    /// Lets one file go that is beyond the limits, or takes the texts out of one; `None` when nothing is left to do.
    ///
    /// # Errors
    /// The disk says no.
    pub fn retain(&mut self, limits: Limits) -> Result<Option<Removed>, Error> {
        self.log.state_mut().floor = limits.before.unwrap_or(0);
        let oldest = limits.before.max(limits.texts_before);
        let is_old = |span: Span| oldest.is_some_and(|before| span.last_time < before);
        let open = self.log.state().open.as_ref().and_then(|open| open.span);
        if open.is_some_and(is_old) {
            self.seal()?;
        }
        if let Some(removed) = self.remove_oldest(limits)? {
            return Ok(Some(removed));
        }
        self.strip_one(limits)
    }

    fn remove_oldest(&self, limits: Limits) -> Result<Option<Removed>, Error> {
        let mut state = self.log.state_mut();
        let is_old = |segment: &Arc<Segment>| {
            segment.span().is_none_or(|span| limits.before.is_some_and(|before| span.last_time < before))
        };
        let above_oldest = state.count() - state.sealed.first().map_or(0, |oldest| oldest.footer.count);
        let place = if above_oldest >= limits.count { Some(0) } else { state.sealed.iter().position(is_old) };
        let Some(place) = place.filter(|place| *place < state.sealed.len()) else { return Ok(None) };
        // The newest sealed file says how far the journal is stored while nothing newer does.
        let is_needed = |place: usize, state: &State| {
            place + 1 == state.sealed.len() && state.open.as_ref().is_none_or(|open| open.records.is_empty())
        };
        if is_needed(place, &state) {
            return hollow_out(&mut state, place);
        }
        let segment = state.sealed.remove(place);
        fs::remove_file(&segment.path).map_err(Error::io(&segment.path))?;
        sync_folder(&state.folder)?;
        let span = segment.span();
        Ok(span.map(|span| Removed::Events { count: segment.footer.count, span }))
    }

    fn strip_one(&self, limits: Limits) -> Result<Option<Removed>, Error> {
        let Some(before) = limits.texts_before else { return Ok(None) };
        let is_due = |segment: &Arc<Segment>| {
            segment.footer.is_stripped == 0 && segment.span().is_some_and(|span| span.last_time < before)
        };
        let state = self.log.state();
        let Some(place) = state.sealed.iter().position(is_due) else { return Ok(None) };
        let (Some(segment), folder) = (state.sealed.get(place).cloned(), state.folder.clone()) else { return Ok(None) };
        drop(state);
        let temporary = segment.path.with_extension(TEMPORARY);
        write_stripped(&segment, &temporary)?;
        replace(&temporary, &segment.path, &folder)?;
        let stripped = Arc::new(Segment::open(&segment.path)?);
        if let Some(own) = self.log.state_mut().sealed.get_mut(place) {
            *own = stripped;
        }
        Ok(segment.span().map(|span| Removed::Texts { count: segment.footer.count, span }))
    }
}

/// The batch with losses where records cannot be read, and how many those are.
fn readable(batch: &[Item]) -> (Vec<Item>, u64) {
    let mut unreadable = 0;
    let items = batch.iter().map(|item| match item {
        Item::Record { sequence, payload } if payload.len() > RECORD_OCTETS_MAX || record::decode(payload).is_err() => {
            unreadable += 1;
            let time = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
            Item::Lost(Loss { first: *sequence, last: *sequence, time, cause: UNREADABLE.to_owned() })
        }
        item => item.clone(),
    });
    (items.collect(), unreadable)
}

fn bounds(item: &Item) -> (u64, u64) {
    match item {
        Item::Record { sequence, .. } => (*sequence, *sequence),
        Item::Lost(loss) => (loss.first, loss.last),
    }
}

/// Each behind the one before, from `at` on, and `next` behind all.
fn check_order(batch: &[Item], mut at: u64, next: u64) -> Result<(), u64> {
    for (first, last) in batch.iter().map(bounds) {
        if first < at || last < first {
            return Err(first);
        }
        at = last.saturating_add(1);
    }
    if next < at { Err(next) } else { Ok(()) }
}

fn create(folder: &Path, first: u64, lost: u64) -> Result<Open, Error> {
    let path = folder.join(format!("{first:020}.{OPEN}"));
    let file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&path);
    let file = file.map_err(Error::io(&path))?;
    file.write_all_at(&open::HEAD, 0).map_err(Error::io(&path))?;
    file.sync_all().map_err(Error::io(&path))?;
    sync_folder(folder)?;
    Ok(Open::new(path, file, first, lost))
}

fn write_sealed(open: &Open, to: &Path) -> Result<(), Error> {
    let mut sealer = Sealer::new(to)?;
    for (ordinal, record) in open.records.iter().enumerate() {
        let payload = open::read(&open.file, &open.path, record.place)?;
        sealer.push(record.place.id, record.place.time, &payload, open.hashes_of(ordinal).iter().copied())?;
    }
    let end = End { next: open.next, lost: open.lost, losses: &open.losses, is_stripped: false };
    sealer.finish(&end, open.span.map_or(open.next, |span| span.last))
}

/// The same without texts. A record that does not read any more is not in it.
fn write_stripped(segment: &Segment, to: &Path) -> Result<(), Error> {
    let mut sealer = Sealer::new(to)?;
    let (mut scratch, mut buffer) = (String::new(), [0; RECORD_OCTETS_MAX]);
    let mut hashes = Vec::new();
    for entry in segment.table()? {
        for (id, payload) in segment.block(&entry)?.records() {
            let Ok(facts) = record::decode(payload) else { continue };
            let Some(octets) = record::encode(&facts, LogLevel::Addresses, &mut buffer) else { continue };
            let Some(payload) = buffer.get(..octets) else { continue };
            let Ok(facts) = record::decode(payload) else { continue };
            hashes.clear();
            key::hashes(&facts, &mut scratch, |hash| hashes.push(hash));
            let time = facts.number(Field::TimeNs).unwrap_or_default();
            sealer.push(id, time, payload, hashes.iter().copied())?;
        }
    }
    let footer = segment.footer;
    let end = End { next: footer.next, lost: footer.lost, losses: &segment.losses()?, is_stripped: true };
    sealer.finish(&end, footer.last)
}

/// Takes all events out of the newest file, which alone says how far the journal is stored.
fn hollow_out(state: &mut State, place: usize) -> Result<Option<Removed>, Error> {
    let Some(segment) = state.sealed.get(place).cloned() else { return Ok(None) };
    let Some(span) = segment.span() else { return Ok(None) };
    let footer = segment.footer;
    let temporary = segment.path.with_extension(TEMPORARY);
    let end = End { next: footer.next, lost: footer.lost, losses: &segment.losses()?, is_stripped: true };
    Sealer::new(&temporary)?.finish(&end, footer.last)?;
    replace(&temporary, &segment.path, &state.folder)?;
    let hollow = Arc::new(Segment::open(&segment.path)?);
    if let Some(own) = state.sealed.get_mut(place) {
        *own = hollow;
    }
    Ok(Some(Removed::Events { count: footer.count, span }))
}

fn replace(from: &Path, to: &Path, folder: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(Error::io(to))?;
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
}

pub(crate) const OPEN: &str = "open";
pub(crate) const SEALED: &str = "events";
pub(crate) const TEMPORARY: &str = "sealing";
/// A file with so many is sealed.
const RECORDS_MAX: usize = 1 << 17;
/// One of so many octets too,
const OCTETS_MAX: u64 = 64 << 20;
/// and one of this age, so that what is to go does not wait long for the rest.
const AGE_MAX: Duration = Duration::from_secs(3_600);
/// Cause of a loss: the journal's checksum holds, and yet it is no record.
const UNREADABLE: &str = "unreadable record";
