//! The side that counts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sluice_abi::counters::{Count, SLOTS, Slot};
use sluice_abi::histogram::{BUCKETS, bucket_of};

use super::{BEATS_AT, BLOCKS_MAX, BUCKETS_AT, CounterReader, Header, LABEL_OCTETS_MAX, SLOTS_AT, block_at};
use crate::map::{Map, reserve};
use crate::{Cause, Error, durable};

/// The file; its blocks are with those who count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterFile {
    generation: u64,
}

impl CounterFile {
    /// Puts a new file at `path`, in the place of an old one if there is one, with a block for every label.
    pub fn create(path: &Path, labels: &[&str]) -> Result<(Self, Vec<Block>), Error> {
        let (file, blocks) = Self::beside(path, labels)?;
        Ok((file.place()?, blocks))
    }

    /// The same, but the new file takes the old one's place only when it is told to. Until then others see the old one,
    /// though the blocks count already.
    pub fn beside(path: &Path, labels: &[&str]) -> Result<(Unplaced, Vec<Block>), Error> {
        if labels.is_empty() || labels.len() > BLOCKS_MAX {
            return Err(Error::new(path, Cause::Configuration));
        }
        let generation = CounterReader::open(path).map_or(1, |old| old.generation().wrapping_add(1));
        let header = Header { blocks: labels.len(), generation };
        let beside = durable::beside(path);
        let map = fill(&beside, header, labels).inspect_err(|_| drop(std::fs::remove_file(&beside)));
        let map = Arc::new(map.map_err(|cause| Error::new(path, cause))?);
        let blocks = (0..labels.len()).map(|index| Block { map: Arc::clone(&map), at: block_at(index) });
        Ok((Unplaced { path: path.to_owned(), beside, generation }, blocks.collect()))
    }

    /// One more than that of the file before it.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

/// A file that is complete and that others do not see yet. Dropped, it goes without a trace.
#[derive(Debug)]
pub struct Unplaced {
    path: PathBuf,
    beside: PathBuf,
    generation: u64,
}

impl Unplaced {
    /// Puts it in the place of the old one.
    pub fn place(self) -> Result<CounterFile, Error> {
        durable::rename(&self.beside, &self.path).map_err(|e| Error::new(&self.path, e))?;
        Ok(CounterFile { generation: self.generation })
    }
}

impl Drop for Unplaced {
    fn drop(&mut self) {
        // Once placed it is not there any more.
        drop(std::fs::remove_file(&self.beside));
    }
}

fn fill(beside: &Path, header: Header, labels: &[&str]) -> Result<Map, Cause> {
    let file = durable::create(beside)?;
    reserve(&file, header.file_octets() as u64)?;
    let mut map = Map::new(&file, header.file_octets())?;
    map.copy_in(0, &header.encode()).ok_or(Cause::Short)?;
    for (index, label) in labels.iter().enumerate() {
        let end = label.floor_char_boundary(LABEL_OCTETS_MAX);
        map.copy_in(block_at(index), label.as_bytes().get(..end).unwrap_or_default()).ok_or(Cause::Short)?;
    }
    Ok(map)
}

/// A block of counters and a histogram. It has one owner, who alone writes it; it can be moved to another thread,
/// not copied.
pub struct Block {
    map: Arc<Map>,
    at: usize,
}

impl Block {
    /// Counts a latency in the histogram of the block.
    #[inline]
    pub fn record_latency(&mut self, nanoseconds: u64) {
        self.raise(BUCKETS_AT, BUCKETS, bucket_of(nanoseconds), 1);
    }

    /// Shows that the thread comes round: a watchdog looks whether this still moves.
    #[inline(always)]
    pub fn beat(&mut self) {
        self.raise(BEATS_AT, 1, 0, 1);
    }

    /// One value has one writer, so that load and store need no lock between them; nobody concludes anything from
    /// the order of two values, so that both are relaxed.
    #[inline(always)]
    fn raise(&mut self, from: usize, count: usize, index: usize, n: u64) {
        let word: Option<&AtomicU64> = self.map.words(self.at + from, count).and_then(|words| words.get(index));
        if let Some(word) = word {
            word.store(word.load(Ordering::Relaxed).wrapping_add(n), Ordering::Relaxed);
        }
    }
}

impl Count for Block {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.raise(SLOTS_AT, SLOTS, slot.index(), n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::counters::Counter;

    #[test]
    fn a_block_moves_to_the_thread_that_counts_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        let (_, blocks) = CounterFile::create(&path, &["core 2", "core 3", "writer"]).unwrap();
        std::thread::scope(|scope| {
            for (index, mut block) in blocks.into_iter().enumerate() {
                scope.spawn(move || {
                    (0..1000).for_each(|_| block.count(Counter::RxFrames, index as u64 + 1));
                    block.record_latency(1500);
                });
            }
        });
        let snapshot = CounterReader::open(&path).unwrap().snapshot().unwrap();
        let rx = Slot::counter(Counter::RxFrames);
        assert_eq!(snapshot.blocks.iter().map(|b| b.at(rx)).collect::<Vec<_>>(), [1000, 2000, 3000]);
        assert_eq!(snapshot.total(rx), 6000);
        assert_eq!(snapshot.total_buckets()[bucket_of(1500)], 3);
    }

    #[test]
    fn a_new_file_is_seen_when_it_is_placed_and_one_that_is_not_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        let (old, _) = CounterFile::create(&path, &["x"]).unwrap();
        drop(CounterFile::beside(&path, &["y"]).unwrap());
        let (new, mut blocks) = CounterFile::beside(&path, &["y"]).unwrap();
        blocks[0].beat();
        assert_eq!(CounterReader::open(&path).unwrap().generation(), old.generation());
        assert_eq!(new.place().unwrap().generation(), old.generation() + 1);
        assert_eq!(CounterReader::open(&path).unwrap().beats().unwrap(), [("y", 1)]);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn too_many_blocks_or_none_are_refused_and_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        for labels in [vec![], vec!["x"; BLOCKS_MAX + 1]] {
            assert_eq!(CounterFile::create(&path, &labels).err().map(|e| e.cause), Some(Cause::Configuration));
        }
        assert!(CounterFile::create(&dir.path().join("missing/counters"), &["x"]).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
