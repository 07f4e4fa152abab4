//! Writing a sealed file: records in, one file out, in one step.

use crate::frame::write_loss;
use crate::segment::{BLOCK_RECORDS, BlockEntry, DIRECTORY_BITS, Footer, HEAD, KEY_BITS, Part, SOLE, put_varint};
use crate::{Error, Loss};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Builds a sealed file under another name.
pub(crate) struct Sealer {
    path: PathBuf,
    out: BufWriter<File>,
    at: u64,
    compressor: zstd::bulk::Compressor<'static>,
    block: Vec<u8>,
    entry: Option<BlockEntry>,
    table: Vec<BlockEntry>,
    /// What stands where: the part of the hash that is kept, and the record's place among all.
    pairs: Vec<(u64, u32)>,
    count: u32,
}

/// What a sealed file says of the log at its end.
pub(crate) struct End<'a> {
    pub next: u64,
    pub lost: u64,
    pub losses: &'a [Loss],
    /// Whether texts were taken out.
    pub is_stripped: bool,
}

impl Sealer {
    pub fn new(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::io(path))?;
        let compressor = zstd::bulk::Compressor::new(COMPRESSION).map_err(Error::io(path))?;
        let mut sealer = Self {
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 20, file),
            at: 0,
            compressor,
            block: Vec::new(),
            entry: None,
            table: Vec::new(),
            pairs: Vec::new(),
            count: 0,
        };
        sealer.put(&HEAD)?;
        Ok(sealer)
    }

    fn put(&mut self, octets: &[u8]) -> Result<(), Error> {
        self.out.write_all(octets).map_err(Error::io(&self.path))?;
        self.at += octets.len() as u64;
        Ok(())
    }

    /// The next record, with what it is found by.
    pub fn push(&mut self, id: u64, time: u64, payload: &[u8], hashes: impl Iterator<Item = u64>) -> Result<(), Error> {
        let entry = self.entry.get_or_insert(BlockEntry::begin(id, time));
        entry.first_time = entry.first_time.min(time);
        entry.last_time = entry.last_time.max(time);
        put_varint(id - entry.first, &mut self.block);
        put_varint(payload.len() as u64, &mut self.block);
        self.block.extend(payload);
        self.pairs.extend(hashes.map(|hash| (hash >> (64 - KEY_BITS), self.count)));
        self.count += 1;
        if (self.count as usize).is_multiple_of(BLOCK_RECORDS) { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), Error> {
        let Some(mut entry) = self.entry.take() else { return Ok(()) };
        let compressed = self.compressor.compress(&self.block).map_err(Error::io(&self.path))?;
        entry.describe(self.at, &self.block, &compressed);
        self.put(&compressed)?;
        self.table.push(entry);
        self.block.clear();
        Ok(())
    }

    /// Writes the rest, and syncs. The file has its name when the caller has renamed it.
    pub fn finish(mut self, end: &End<'_>, last: u64) -> Result<(), Error> {
        self.end_block()?;
        let mut footer = Footer { next: end.next, lost: end.lost, last, count: self.count.into(), ..Footer::default() };
        footer.is_stripped = end.is_stripped.into();
        footer.first = self.table.first().map_or(end.next, |entry| entry.first);
        footer.first_time = self.table.iter().map(|entry| entry.first_time).min().unwrap_or_default();
        footer.last_time = self.table.iter().map(|entry| entry.last_time).max().unwrap_or_default();
        let table: Vec<u8> = self.table.iter().flat_map(BlockEntry::octets).collect();
        footer.table = self.part(&table)?;
        let index = Index::of(std::mem::take(&mut self.pairs));
        footer.keys = self.part(&index.keys)?;
        footer.postings = self.part(&index.postings)?;
        footer.directory = self.part(&index.directory)?;
        let mut losses = Vec::new();
        end.losses.iter().for_each(|loss| write_loss(loss, &mut losses));
        footer.losses = self.part(&losses)?;
        self.put(&footer.octets())?;
        let path = self.path;
        let file = self.out.into_inner().map_err(|e| Error::Io(path.clone(), e.into_error()))?;
        file.sync_all().map_err(Error::io(&path))
    }

    fn part(&mut self, octets: &[u8]) -> Result<Part, Error> {
        let part = Part::at(self.at, octets);
        self.put(octets)?;
        Ok(part)
    }
}

/// Which records a key stands in.
struct Index {
    keys: Vec<u8>,
    postings: Vec<u8>,
    directory: Vec<u8>,
}

impl Index {
    fn of(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let (mut keys, mut postings) = (Vec::new(), Vec::new());
        let mut counts = vec![0_u32; 1 << DIRECTORY_BITS];
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(key, first)) = group.first() else { continue };
            let value = if group.len() == 1 {
                SOLE | first
            } else {
                let at = postings.len() as u32;
                write_postings(group, &mut postings);
                at
            };
            // The directory has its upper bits.
            keys.extend((key as u32).to_le_bytes());
            keys.extend(value.to_le_bytes());
            if let Some(count) = counts.get_mut((key >> 32) as usize) {
                *count += 1;
            }
        }
        let mut directory = 0_u32.to_le_bytes().to_vec();
        let mut sum = 0;
        for count in counts {
            sum += count;
            directory.extend(u32::to_le_bytes(sum));
        }
        Self { keys, postings, directory }
    }
}

/// How many octets, then each record's distance from the one before.
fn write_postings(group: &[(u64, u32)], out: &mut Vec<u8>) {
    let mut own = Vec::new();
    let mut before = 0;
    for &(_, ordinal) in group {
        put_varint((ordinal - before).into(), &mut own);
        before = ordinal;
    }
    put_varint(own.len() as u64, out);
    out.extend(own);
}

/// Fast: a second thread would not pay for more.
const COMPRESSION: i32 = 1;
