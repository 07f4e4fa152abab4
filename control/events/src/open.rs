//! The file that is being written, as far as it is on the disk: where each record lies and what it is found by.

use crate::frame::{self, Cursor, Lying};
use crate::key;
use crate::log::{Place, Span};
use crate::query::Query;
use crate::{Error, Loss, head};
use sluice_abi::{Field, record};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// The file that is being written.
pub(crate) struct Open {
    pub path: PathBuf,
    pub file: Arc<File>,
    pub begun: Instant,
    /// How far it is written and synced.
    pub octets: u64,
    /// The sequence number that is read next.
    pub next: u64,
    /// Records lost since the log began.
    pub lost: u64,
    pub losses: Vec<Loss>,
    pub span: Option<Span>,
    pub records: Vec<Record>,
    /// Of all records, one after the other.
    pub hashes: Vec<u64>,
}

/// A record in it.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    pub place: Place,
    /// Behind the last of its hashes.
    pub hashes_end: u32,
}

impl Open {
    /// A new one; `lost` before it.
    pub fn new(path: PathBuf, file: File, next: u64, lost: u64) -> Self {
        Self {
            path,
            file: Arc::new(file),
            begun: Instant::now(),
            octets: HEAD.len() as u64,
            next,
            lost,
            losses: Vec::new(),
            span: None,
            records: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// Reads what another process left, up to the first frame that does not hold.
    pub fn recover(path: PathBuf, file: File, first: u64, lost: u64) -> Result<Self, Error> {
        let mut octets = vec![0; file.metadata().map_err(Error::io(&path))?.len() as usize];
        file.read_exact_at(&mut octets, 0).map_err(Error::io(&path))?;
        // A process that ended while it made the file left less.
        if octets.len() >= HEAD.len() || !HEAD.starts_with(&octets) {
            head::check(&path, &octets, HEAD)?;
        }
        let mut open = Self::new(path, file, first, lost);
        while let Some(frame) = frame::read(octets.get(open.octets as usize..).unwrap_or_default()) {
            open.take_in(frame)?;
        }
        Ok(open)
    }

    /// Takes in a frame that is on the disk.
    pub fn take_in(&mut self, frame: frame::Frame<'_>) -> Result<(), Error> {
        let frame::Frame { next, mut items, octets } = frame;
        let body = self.octets + (frame::HEAD_OCTETS + frame::NEXT_OCTETS) as u64;
        self.take_in_items(&mut items, body)?;
        if next < self.next {
            return Err(Error::Order(self.path.clone(), next));
        }
        self.next = next;
        self.octets += octets as u64;
        Ok(())
    }

    fn take_in_items(&mut self, items: &mut Cursor<'_>, body: u64) -> Result<(), Error> {
        let mut scratch = String::new();
        while !items.is_at_end() {
            match items.next().ok_or_else(|| Error::damaged(&self.path, "no item can be this one"))? {
                Lying::Record { sequence, at, payload } => {
                    let facts = record::decode(payload).map_err(|_| Error::damaged(&self.path, "a record"))?;
                    let time = facts.number(Field::TimeNs).unwrap_or_default();
                    let place = Place { id: sequence, time, at: body + at as u64, octets: payload.len() as u32 };
                    key::hashes(&facts, &mut scratch, |hash| self.hashes.push(hash));
                    self.records.push(Record { place, hashes_end: self.hashes.len() as u32 });
                    self.span = Some(Span::around(self.span, sequence, time));
                }
                Lying::Lost(loss) => {
                    self.lost += loss.count();
                    self.losses.push(loss);
                }
            }
        }
        Ok(())
    }

    /// Where the records lie that a query may want, in its order, at most so many.
    pub fn find(&self, query: &Query, hashes: &[u64], count_max: usize) -> Vec<Place> {
        let wanted = |place: &Place| query.wants(place.id, place.time);
        let place = |ordinal: &usize| self.records.get(*ordinal).map(|record| record.place);
        let mut found: Vec<usize> = match hashes.split_first() {
            None => {
                let all = 0..self.records.len();
                let is_wanted = |ordinal: &usize| place(ordinal).is_some_and(|p| wanted(&p));
                return match query.newest {
                    true => all.rev().filter(is_wanted).take(count_max).filter_map(|o| place(&o)).collect(),
                    false => all.filter(is_wanted).take(count_max).filter_map(|o| place(&o)).collect(),
                };
            }
            Some((first, others)) => {
                let hits = self.hashes.iter().enumerate().filter(|(_, hash)| *hash == first);
                let mut ordinals: Vec<usize> =
                    hits.map(|(at, _)| self.records.partition_point(|r| r.hashes_end as usize <= at)).collect();
                ordinals.dedup();
                ordinals.retain(|ordinal| others.iter().all(|other| self.hashes_of(*ordinal).contains(other)));
                ordinals
            }
        };
        if query.newest {
            found.reverse();
        }
        found.iter().filter_map(place).filter(wanted).take(count_max).collect()
    }

    /// What a record is found by.
    pub fn hashes_of(&self, ordinal: usize) -> &[u64] {
        let end_of = |ordinal: usize| self.records.get(ordinal).map_or(0, |record| record.hashes_end as usize);
        let start = ordinal.checked_sub(1).map_or(0, end_of);
        self.hashes.get(start..end_of(ordinal)).unwrap_or_default()
    }
}

/// The octets of a record.
pub(crate) fn read(file: &File, path: &Path, place: Place) -> Result<Vec<u8>, Error> {
    let mut octets = vec![0; place.octets as usize];
    file.read_exact_at(&mut octets, place.at).map_err(Error::io(path))?;
    Ok(octets)
}

/// What the file begins with: magic and version.
pub(crate) const HEAD: [u8; 12] = *b"SLUICEOP\x01\0\0\0";
