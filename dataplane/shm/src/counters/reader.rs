//! The side that looks on.

use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use sluice_abi::counters::{SLOTS, Slot};
use sluice_abi::histogram::BUCKETS;

use super::{BEATS_AT, BUCKETS_AT, HEADER_OCTETS, Header, LABEL_OCTETS_MAX, SLOTS_AT, block_at};
use crate::map::ReadMap;
use crate::{Cause, Error, untrusted};

/// Reads the counters of a dataplane, running or not.
pub struct CounterReader {
    path: PathBuf,
    file: File,
    identity: (u64, u64),
    header: Header,
    labels: Vec<String>,
    map: ReadMap,
}

impl CounterReader {
    /// Maps the file after its header and its size have been checked.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::map(path).map_err(|cause| Error::new(path, cause))
    }

    fn map(path: &Path) -> Result<Self, Cause> {
        let file = untrusted::open(path)?;
        let metadata = file.metadata()?;
        let mut octets = [0; HEADER_OCTETS];
        file.read_exact_at(&mut octets, 0)?;
        let header = Header::parse(&octets)?;
        let stated = header.file_octets() as u64;
        if metadata.len() != stated {
            return Err(Cause::Size { stated, actual: metadata.len() });
        }
        let labels = (0..header.blocks).map(|index| label(&file, index)).collect::<Result<_, _>>()?;
        let map = ReadMap::new(&file, header.file_octets())?;
        let identity = (metadata.dev(), metadata.ino());
        Ok(Self { path: path.to_owned(), file, identity, header, labels, map })
    }

    /// Goes over to the new file if a new dataplane has put one there, and says whether it has. While there is none,
    /// or none that can be read, the old one stays.
    pub fn reopen_if_replaced(&mut self) -> Result<bool, Error> {
        let metadata = std::fs::metadata(&self.path).map_err(|e| Error::new(&self.path, e))?;
        if (metadata.dev(), metadata.ino()) == self.identity {
            return Ok(false);
        }
        *self = Self::open(&self.path)?;
        Ok(true)
    }

    /// The generation of the file: when it changes, all values have begun again.
    pub fn generation(&self) -> u64 {
        self.header.generation
    }

    /// All values now. A file that somebody has cut is refused: the pages behind its end would be a signal to touch.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        self.check_size()?;
        let blocks = self.labels.iter().enumerate().map(|(index, label)| {
            let mut block = BlockSnapshot { label: label.clone(), slots: [0; SLOTS], buckets: Box::new([0; BUCKETS]) };
            // The mapping holds every block of the header, so that nothing can be missing here.
            let _ = self.map.load(block_at(index) + SLOTS_AT, &mut block.slots);
            let _ = self.map.load(block_at(index) + BUCKETS_AT, &mut block.buckets[..]);
            block
        });
        Ok(Snapshot { generation: self.generation(), blocks: blocks.collect() })
    }

    /// How often each thread has come round, with its label. Threads that do not say so stay at nought.
    pub fn beats(&self) -> Result<Vec<(&str, u64)>, Error> {
        self.check_size()?;
        let beats = self.labels.iter().enumerate().map(|(index, label)| {
            let mut beats = [0];
            // As above.
            let _ = self.map.load(block_at(index) + BEATS_AT, &mut beats);
            let [beats] = beats;
            (label.as_str(), beats)
        });
        Ok(beats.collect())
    }

    fn check_size(&self) -> Result<(), Error> {
        let actual = self.file.metadata().map_err(|e| Error::new(&self.path, e))?.len();
        let stated = self.header.file_octets() as u64;
        if actual != stated {
            return Err(Error::new(&self.path, Cause::Size { stated, actual }));
        }
        Ok(())
    }
}

fn label(file: &File, index: usize) -> Result<String, Cause> {
    let mut octets = [0; LABEL_OCTETS_MAX];
    file.read_exact_at(&mut octets, block_at(index) as u64)?;
    let text = octets.split(|&octet| octet == 0).next().unwrap_or_default();
    Ok(text.iter().map(|&octet| if octet.is_ascii_graphic() || octet == b' ' { octet as char } else { '?' }).collect())
}

/// What one thread has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockSnapshot {
    /// Who counts here: `core 3`, `writer`. Printable ASCII.
    pub label: String,
    /// The values, by number of the [`Slot`].
    pub slots: [u64; SLOTS],
    /// The latencies, by bucket of [`sluice_abi::histogram`].
    pub buckets: Box<[u64; BUCKETS]>,
}

impl BlockSnapshot {
    /// The value at a place.
    pub fn at(&self, slot: Slot) -> u64 {
        self.slots.get(slot.index()).copied().unwrap_or(0)
    }
}

/// All values at about one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The generation of the file.
    pub generation: u64,
    /// Block by block.
    pub blocks: Vec<BlockSnapshot>,
}

impl Snapshot {
    /// The sum over all blocks at a place.
    pub fn total(&self, slot: Slot) -> u64 {
        self.blocks.iter().fold(0, |sum, block| sum.wrapping_add(block.at(slot)))
    }

    /// The sums over all blocks, by number of the [`Slot`].
    pub fn totals(&self) -> [u64; SLOTS] {
        let mut totals = [0; SLOTS];
        self.blocks.iter().for_each(|block| accumulate(&mut totals, &block.slots));
        totals
    }

    /// The histogram of all blocks together.
    pub fn total_buckets(&self) -> Box<[u64; BUCKETS]> {
        let mut totals = Box::new([0; BUCKETS]);
        self.blocks.iter().for_each(|block| accumulate(&mut totals[..], &block.buckets[..]));
        totals
    }
}

fn accumulate(totals: &mut [u64], values: &[u64]) {
    totals.iter_mut().zip(values).for_each(|(total, value)| *total = total.wrapping_add(*value));
}

#[cfg(test)]
mod tests {
    use super::super::CounterFile;
    use super::*;
    use sluice_abi::counters::{Count, Counter};

    const RX: Slot = Slot::counter(Counter::RxFrames);

    #[test]
    fn a_reader_sees_what_is_counted_after_it_has_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        let (_, mut blocks) = CounterFile::create(&path, &["core 2", "naïve"]).unwrap();
        let reader = CounterReader::open(&path).unwrap();
        assert_eq!(reader.snapshot().unwrap().total(RX), 0);
        blocks[1].count(Counter::RxFrames, 5);
        let snapshot = reader.snapshot().unwrap();
        assert_eq!((snapshot.blocks[0].at(RX), snapshot.blocks[1].at(RX)), (0, 5));
        assert_eq!(snapshot.totals()[RX.index()], 5);
        assert_eq!(snapshot.blocks[1].label, "na??ve");
    }

    #[test]
    fn a_reader_goes_over_to_the_file_of_a_new_dataplane() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        let (_, mut old) = CounterFile::create(&path, &["core 2"]).unwrap();
        let mut reader = CounterReader::open(&path).unwrap();
        assert_eq!(reader.reopen_if_replaced(), Ok(false));
        let (file, mut new) = CounterFile::create(&path, &["core 2", "core 3"]).unwrap();
        old[0].count(Counter::RxFrames, 1);
        new[1].count(Counter::RxFrames, 2);
        assert_eq!(reader.snapshot().unwrap().total(RX), 1);
        assert_eq!(reader.reopen_if_replaced(), Ok(true));
        assert_eq!((reader.generation(), file.generation()), (2, 2));
        assert_eq!(reader.snapshot().unwrap().total(RX), 2);
        std::fs::remove_file(&path).unwrap();
        assert!(reader.reopen_if_replaced().is_err());
        assert_eq!(reader.snapshot().unwrap().total(RX), 2);
    }

    #[test]
    fn every_truncation_and_foreign_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        CounterFile::create(&path, &["core 2"]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in (0..64).chain((64..whole.len()).step_by(997)) {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(CounterReader::open(&path).is_err(), "{length} of {}", whole.len());
        }
        std::fs::write(&path, vec![b'x'; whole.len()]).unwrap();
        assert_eq!(CounterReader::open(&path).err().map(|e| e.cause), Some(Cause::Magic));
        std::fs::write(&path, &whole).unwrap();
        let reader = CounterReader::open(&path).unwrap();
        std::fs::write(&path, b"").unwrap();
        assert!(reader.snapshot().is_err(), "cut after it was opened");
        let longer = [&whole[..], b"x"].concat();
        std::fs::write(&path, longer).unwrap();
        assert!(matches!(CounterReader::open(&path).err().map(|e| e.cause), Some(Cause::Size { .. })));
    }
}
