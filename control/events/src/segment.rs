//! A sealed file.
//!
//! ```text
//! head       magic, version
//! blocks     64 records each, compressed: for each its number's distance from the first, its length, its octets
//! table      for each block where it lies, its checksum, its first number, its times
//! keys       in order of the hash: 32 bits of it, and the sole record it stands in or where its postings are
//! postings   for each key that stands in several records which ones
//! directory  for each value of the uppermost ten bits of a hash where its keys begin
//! losses     as in the file that is written
//! footer     where all that is, with checksums, and the position of the journal behind it
//! ```
//! Looking for a key that is not there reads one piece of `keys`, a few thousand octets; only the directory and the
//! footer are kept in memory.

use crate::frame::{Cursor, Lying};
use crate::log::{Event, Span};
use crate::query::Query;
use crate::{Error, Loss, head};
use rustix::fs::{Advice, fadvise};
use sluice_abi::{Field, record};
use sluice_wire::crc32c::crc32c;
use std::fs::File;
use std::num::NonZeroU64;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// A sealed file, opened.
pub(crate) struct Segment {
    pub path: PathBuf,
    file: File,
    pub octets: u64,
    pub footer: Footer,
    directory: Vec<u32>,
}

impl Segment {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io(path))?;
        let octets = file.metadata().map_err(Error::io(path))?.len();
        let mut own = Self { path: path.to_owned(), file, octets, footer: Footer::default(), directory: Vec::new() };
        let damaged = |what| Error::damaged(path, what);
        let at = octets.checked_sub(FOOTER_OCTETS as u64).ok_or_else(|| damaged("it is too short"))?;
        head::check(path, &own.read(0, HEAD.len() as u64)?, HEAD)?;
        let footer = Footer::read(&own.read(at, FOOTER_OCTETS as u64)?).ok_or_else(|| damaged("its footer"))?;
        footer.check(at).map_err(damaged)?;
        let directory = own.part(footer.directory, "its directory")?;
        own.directory = directory.as_chunks().0.iter().map(|octets| u32::from_le_bytes(*octets)).collect();
        let keys = footer.keys.octets / KEY_OCTETS;
        if !own.directory.is_sorted() || own.directory.last().map(|last| u64::from(*last)) != Some(keys) {
            return Err(damaged("its directory"));
        }
        own.footer = footer;
        Ok(own)
    }

    /// The same, where its file has another name now.
    pub fn named(self, path: PathBuf) -> Self {
        Self { path, ..self }
    }

    pub fn span(&self) -> Option<Span> {
        let Footer { first, last, first_time, last_time, count, .. } = self.footer;
        (count > 0).then_some(Span { first, last, first_time, last_time })
    }

    fn damaged(&self, what: &'static str) -> Error {
        Error::damaged(&self.path, what)
    }

    fn read(&self, at: u64, octets: u64) -> Result<Vec<u8>, Error> {
        let mut read = vec![0; octets as usize];
        self.file.read_exact_at(&mut read, at).map_err(Error::io(&self.path))?;
        Ok(read)
    }

    fn part(&self, part: Part, what: &'static str) -> Result<Vec<u8>, Error> {
        let octets = self.read(part.at, part.octets)?;
        if crc32c(&octets) == part.crc { Ok(octets) } else { Err(self.damaged(what)) }
    }

    /// What was lost before its end.
    pub fn losses(&self) -> Result<Vec<Loss>, Error> {
        let octets = self.part(self.footer.losses, "its losses")?;
        let (mut items, mut losses) = (Cursor::new(&octets), Vec::new());
        while !items.is_at_end() {
            match items.next() {
                Some(Lying::Lost(loss)) => losses.push(loss),
                _ => return Err(self.damaged("its losses")),
            }
        }
        Ok(losses)
    }

    /// Where its blocks lie.
    pub fn table(&self) -> Result<Vec<BlockEntry>, Error> {
        let octets = self.part(self.footer.table, "its table")?;
        let entries = octets.as_chunks().0.iter().map(|entry| BlockEntry::read(entry, self.footer.table.at));
        entries.collect::<Option<_>>().ok_or_else(|| self.damaged("its table"))
    }

    /// The records of a block.
    pub fn block(&self, entry: &BlockEntry) -> Result<Block, Error> {
        let compressed = self.read(entry.at, entry.octets.into())?;
        if crc32c(&compressed) != entry.crc {
            return Err(self.damaged("a block"));
        }
        let octets = zstd::bulk::decompress(&compressed, entry.raw as usize).ok();
        octets.and_then(|octets| Block::new(octets, entry.first)).ok_or_else(|| self.damaged("a block"))
    }

    /// Has the disk bring what a search reads first, and waits for nothing.
    pub fn prefetch(&self, hashes: &[u64]) {
        for hash in hashes {
            let Ok((at, octets)) = self.keys_of(*hash) else { continue };
            let Some(octets) = NonZeroU64::new(octets) else { continue };
            // Without it the search takes longer.
            let _it_is_advice = fadvise(&self.file, at, Some(octets), Advice::WillNeed);
        }
    }

    /// Adds what a query wants of it, until that has all it wants; says what is damaged, and goes on behind it.
    pub fn search(
        &self,
        query: &Query,
        hashes: &[u64],
        found: &mut Vec<Event>,
        note: &dyn Fn(Error),
    ) -> Result<(), Error> {
        let Some(span) = self.span() else { return Ok(()) };
        if !query.wants_ids(span.first, span.last) || !query.wants_times(span.first_time, span.last_time) {
            return Ok(());
        }
        match self.search_blocks(query, hashes, found, note) {
            Err(damage @ Error::Damaged(..)) => {
                note(damage);
                Ok(())
            }
            other => other,
        }
    }

    fn search_blocks(
        &self,
        query: &Query,
        hashes: &[u64],
        found: &mut Vec<Event>,
        note: &dyn Fn(Error),
    ) -> Result<(), Error> {
        let ordinals = self.ordinals(hashes)?;
        if ordinals.as_ref().is_some_and(Vec::is_empty) {
            return Ok(());
        }
        let table = self.table()?;
        let block_of = |ordinal: &u32| *ordinal as usize / BLOCK_RECORDS;
        let mut blocks: Vec<(usize, Vec<usize>)> = match &ordinals {
            None => (0..table.len()).map(|place| (place, (0..BLOCK_RECORDS).collect())).collect(),
            Some(ordinals) => ordinals
                .chunk_by(|a, b| block_of(a) == block_of(b))
                .map(|own| {
                    let within = own.iter().map(|ordinal| *ordinal as usize % BLOCK_RECORDS).collect();
                    (own.first().map_or(0, block_of), within)
                })
                .collect(),
        };
        if query.newest {
            blocks.reverse();
        }
        for (place, within) in blocks {
            let entry = table.get(place).ok_or_else(|| self.damaged("its postings"))?;
            let last = table.get(place + 1).map_or(self.footer.last, |next| next.first - 1);
            if !query.wants_ids(entry.first, last) || !query.wants_times(entry.first_time, entry.last_time) {
                continue;
            }
            match self.block(entry) {
                Ok(block) => take_of(&block, within, query, found),
                Err(damage @ Error::Damaged(..)) => note(damage),
                Err(other) => return Err(other),
            }
            if found.len() >= query.limit {
                break;
            }
        }
        Ok(())
    }

    /// The records all of these stand in; `None` for no condition.
    fn ordinals(&self, hashes: &[u64]) -> Result<Option<Vec<u32>>, Error> {
        let Some((first, others)) = hashes.split_first() else { return Ok(None) };
        let mut common = self.postings(*first)?;
        for other in others {
            if common.is_empty() {
                break;
            }
            let other = self.postings(*other)?;
            common.retain(|ordinal| other.binary_search(ordinal).is_ok());
        }
        Ok(Some(common))
    }

    fn postings(&self, hash: u64) -> Result<Vec<u32>, Error> {
        let (at, octets) = self.keys_of(hash)?;
        let octets = self.read(at, octets)?;
        let lower = (hash >> (64 - KEY_BITS)) as u32;
        let keys: Vec<(u32, u32)> = octets.as_chunks::<8>().0.iter().map(|own| halves(*own)).collect();
        let Ok(place) = keys.binary_search_by_key(&lower, |key| key.0) else { return Ok(Vec::new()) };
        match keys.get(place).map_or(0, |key| key.1) {
            sole if sole & SOLE != 0 => Ok(vec![sole & !SOLE]),
            at => self.many(at.into()),
        }
    }

    /// Where the keys lie among which a hash would be.
    fn keys_of(&self, hash: u64) -> Result<(u64, u64), Error> {
        let upper = (hash >> (64 - DIRECTORY_BITS)) as usize;
        let (Some(&start), Some(&end)) = (self.directory.get(upper), self.directory.get(upper + 1)) else {
            return Err(self.damaged("its directory"));
        };
        Ok((self.footer.keys.at + u64::from(start) * KEY_OCTETS, u64::from(end - start) * KEY_OCTETS))
    }

    fn many(&self, at: u64) -> Result<Vec<u32>, Error> {
        let damaged = || self.damaged("its postings");
        let left = self.footer.postings.octets.checked_sub(at).ok_or_else(damaged)?;
        let head = self.read(self.footer.postings.at + at, left.min(VARINT_OCTETS_MAX))?;
        let mut rest = head.as_slice();
        let octets = varint(&mut rest).ok_or_else(damaged)?;
        let start = (head.len() - rest.len()) as u64;
        if octets > left - start.min(left) {
            return Err(damaged());
        }
        let octets = self.read(self.footer.postings.at + at + start, octets)?;
        let (mut rest, mut ordinals, mut ordinal) = (octets.as_slice(), Vec::new(), 0_u64);
        while !rest.is_empty() {
            ordinal = varint(&mut rest).and_then(|more| ordinal.checked_add(more)).ok_or_else(damaged)?;
            ordinals.push(u32::try_from(ordinal).map_err(|_| damaged())?);
        }
        Ok(ordinals)
    }
}

/// Adds the records at these places that are wanted, in the query's order.
fn take_of(block: &Block, mut places: Vec<usize>, query: &Query, found: &mut Vec<Event>) {
    if query.newest {
        places.reverse();
    }
    for (id, payload) in places.into_iter().filter_map(|place| block.record(place)) {
        if found.len() < query.limit && query.wants_ids(id, id) && is_wanted(query, id, payload) {
            found.push(Event { id, record: payload.to_vec() });
        }
    }
}

/// Whether a record has what its hashes say. One that does not read any more has nothing.
pub(crate) fn is_wanted(query: &Query, id: u64, payload: &[u8]) -> bool {
    record::decode(payload).is_ok_and(|facts| {
        let time = facts.number(Field::TimeNs).unwrap_or_default();
        query.wants(id, time) && query.keys.iter().all(|key| key.stands_in(&facts))
    })
}

/// Records of a block, where they lie.
pub(crate) struct Block {
    octets: Vec<u8>,
    records: Vec<(u64, usize, usize)>,
}

impl Block {
    fn new(octets: Vec<u8>, first: u64) -> Option<Self> {
        let mut rest = octets.as_slice();
        let mut records = Vec::with_capacity(BLOCK_RECORDS);
        while !rest.is_empty() {
            let id = first.checked_add(varint(&mut rest)?)?;
            let length = usize::try_from(varint(&mut rest)?).ok()?;
            let at = octets.len() - rest.len();
            rest = rest.get(length..)?;
            records.push((id, at, length));
        }
        Some(Self { octets, records })
    }

    fn record(&self, place: usize) -> Option<(u64, &[u8])> {
        let &(id, at, length) = self.records.get(place)?;
        Some((id, self.octets.get(at..at + length)?))
    }

    /// Its records, in order.
    pub fn records(&self) -> impl Iterator<Item = (u64, &[u8])> {
        (0..self.records.len()).filter_map(|place| self.record(place))
    }
}

/// Where a block lies and what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockEntry {
    at: u64,
    octets: u32,
    crc: u32,
    raw: u32,
    pub first: u64,
    pub first_time: u64,
    pub last_time: u64,
}

impl BlockEntry {
    pub fn begin(first: u64, time: u64) -> Self {
        Self { at: 0, octets: 0, crc: 0, raw: 0, first, first_time: time, last_time: time }
    }

    pub fn describe(&mut self, at: u64, raw: &[u8], compressed: &[u8]) {
        (self.at, self.raw) = (at, raw.len() as u32);
        (self.octets, self.crc) = (compressed.len() as u32, crc32c(compressed));
    }

    pub fn octets(&self) -> [u8; ENTRY_OCTETS] {
        let mut octets = [0; ENTRY_OCTETS];
        let (long, short) = octets.split_at_mut(32);
        for (place, number) in long.chunks_exact_mut(8).zip([self.at, self.first, self.first_time, self.last_time]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        for (place, number) in short.chunks_exact_mut(4).zip([self.octets, self.crc, self.raw]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        octets
    }

    /// Of these octets, if it can lie before `end`.
    fn read(octets: &[u8; ENTRY_OCTETS], end: u64) -> Option<Self> {
        let (long, short) = octets.split_at(32);
        let long = |place: usize| long.as_chunks().0.get(place).map(|octets| u64::from_le_bytes(*octets));
        let short = |place: usize| short.as_chunks().0.get(place).map(|octets| u32::from_le_bytes(*octets));
        let own = Self {
            at: long(0)?,
            first: long(1)?,
            first_time: long(2)?,
            last_time: long(3)?,
            octets: short(0)?,
            crc: short(1)?,
            raw: short(2)?,
        };
        let is_within = own.at.checked_add(own.octets.into()).is_some_and(|last| last <= end);
        (is_within && own.raw as usize <= RAW_OCTETS_MAX && own.first > 0).then_some(own)
    }
}

/// A piece of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    at: u64,
    octets: u64,
    crc: u32,
}

impl Part {
    pub fn at(at: u64, octets: &[u8]) -> Self {
        Self { at, octets: octets.len() as u64, crc: crc32c(octets) }
    }
}

/// The end of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Footer {
    pub count: u64,
    pub first: u64,
    pub last: u64,
    pub first_time: u64,
    pub last_time: u64,
    pub next: u64,
    pub lost: u64,
    pub is_stripped: u64,
    pub table: Part,
    pub keys: Part,
    pub postings: Part,
    pub directory: Part,
    pub losses: Part,
}

impl Footer {
    pub fn octets(&self) -> Vec<u8> {
        let numbers = [
            self.count,
            self.first,
            self.last,
            self.first_time,
            self.last_time,
            self.next,
            self.lost,
            self.is_stripped,
        ];
        let parts = [self.table, self.keys, self.postings, self.directory, self.losses];
        let parts = parts.iter().flat_map(|part| [part.at, part.octets, part.crc.into()]);
        let mut octets: Vec<u8> = numbers.into_iter().chain(parts).flat_map(u64::to_le_bytes).collect();
        octets.extend(crc32c(&octets).to_le_bytes());
        octets
    }

    fn read(octets: &[u8]) -> Option<Self> {
        let (body, crc) = octets.split_last_chunk::<4>()?;
        if crc32c(body) != u32::from_le_bytes(*crc) {
            return None;
        }
        let mut numbers = body.as_chunks().0.iter().map(|octets| u64::from_le_bytes(*octets));
        let mut own = Self::default();
        let Self { count, first, last, first_time, last_time, next, lost, is_stripped, .. } = &mut own;
        for number in [count, first, last, first_time, last_time, next, lost, is_stripped] {
            *number = numbers.next()?;
        }
        for part in [&mut own.table, &mut own.keys, &mut own.postings, &mut own.directory, &mut own.losses] {
            *part = Part { at: numbers.next()?, octets: numbers.next()?, crc: u32::try_from(numbers.next()?).ok()? };
        }
        Some(own)
    }

    /// Whether its parts follow each other up to `end`, and are as long as what they hold.
    fn check(&self, end: u64) -> Result<(), &'static str> {
        let mut at = self.table.at;
        for part in [self.table, self.keys, self.postings, self.directory, self.losses] {
            if part.at != at {
                return Err("its parts do not follow each other");
            }
            at = at.checked_add(part.octets).ok_or("a part is too long")?;
        }
        let blocks = self.count.div_ceil(BLOCK_RECORDS as u64);
        let is_right = at == end
            && self.count <= COUNT_MAX
            && self.table.octets == blocks * ENTRY_OCTETS as u64
            && self.keys.octets.is_multiple_of(KEY_OCTETS)
            && self.directory.octets == DIRECTORY_OCTETS
            && (self.count == 0 || self.first <= self.last && self.last < self.next);
        if is_right { Ok(()) } else { Err("its parts have other lengths than it says") }
    }
}

pub(crate) fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..VARINT_OCTETS_MAX {
        let (&octet, more) = rest.split_first()?;
        *rest = more;
        number |= u64::from(octet & 0x7F).checked_shl(7 * place as u32)?;
        if octet & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn halves(octets: [u8; 8]) -> (u32, u32) {
    let both = u64::from_le_bytes(octets);
    (both as u32, (both >> 32) as u32)
}

/// What the file begins with: magic and version.
pub(crate) const HEAD: [u8; 12] = *b"SLUICEEV\x01\0\0\0";
/// Records of a block: fewer are found faster, more are smaller.
pub(crate) const BLOCK_RECORDS: usize = 64;
/// Bits of a hash that the directory stands for.
pub(crate) const DIRECTORY_BITS: u32 = 10;
/// Bits of a hash that are kept: those of the directory and 32 more.
pub(crate) const KEY_BITS: u32 = DIRECTORY_BITS + 32;
/// Says that a key stands in one record only, whose place is in the other bits.
pub(crate) const SOLE: u32 = 1 << 31;
const KEY_OCTETS: u64 = 8;
const DIRECTORY_OCTETS: u64 = 4 * ((1 << DIRECTORY_BITS) + 1);
const ENTRY_OCTETS: usize = 44;
const FOOTER_OCTETS: usize = 8 * (8 + 5 * 3) + 4;
const VARINT_OCTETS_MAX: u64 = 10;
/// More records than a file can have, and still few enough for the bits of a place.
const COUNT_MAX: u64 = 1 << 24;
/// A block's records with their lengths.
const RAW_OCTETS_MAX: usize = BLOCK_RECORDS * (record::RECORD_OCTETS_MAX + 2 * VARINT_OCTETS_MAX as usize);
