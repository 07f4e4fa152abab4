//! What a reader still needs, written by the reader and looked at by the writer before it frees segments.
//!
//! ```text
//! acknowledged/NAME = magic "SLUICEA1"(8)  lowest sequence still needed(8 LE)  CRC32c of both(4 LE)
//! ```
//! The file is replaced durably and at once. One that cannot be read keeps every segment: too much is kept rather
//! than too little.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use sluice_wire::crc32c::crc32c;

use super::format::SEQUENCE_MAX;
use crate::{Cause, Error, untrusted, write_file_durably};

const DIRECTORY: &str = "acknowledged";
/// The group of the directory may be the reader's.
const DIRECTORY_MODE: u32 = 0o770;
/// More files than this are not looked at, and keep every segment.
const READERS_MAX: usize = 64;
const MISSING: Cause = Cause::Os(rustix::io::Errno::NOENT.raw_os_error());
const NAME_OCTETS_MAX: usize = 64;
const MAGIC: [u8; 8] = *b"SLUICEA1";
const FILE_OCTETS: usize = 20;

/// The acknowledgement of one reader.
#[derive(Clone, Debug)]
pub struct Acknowledge {
    path: PathBuf,
}

impl Acknowledge {
    /// For the reader `name` of the journal in `dir`. Until its first [`Self::store`] nothing is kept for it.
    pub fn open(dir: &Path, name: &str) -> Result<Self, Error> {
        let directory = dir.join(DIRECTORY);
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if name.is_empty() || name.len() > NAME_OCTETS_MAX || !name.bytes().all(plain) {
            return Err(Error::new(&directory.join(name), Cause::Name));
        }
        create_directory(dir)?;
        Ok(Self { path: directory.join(name) })
    }

    /// The lowest sequence still needed; `None` when nothing was ever stored.
    pub fn lowest_needed(&self) -> Result<Option<u64>, Error> {
        match read(&self.path) {
            Ok(sequence) => Ok(Some(sequence)),
            Err(MISSING) => Ok(None),
            Err(cause) => Err(Error::new(&self.path, cause)),
        }
    }

    /// Says, durably, that all records before `sequence` are no longer needed. To be called after they are stored.
    pub fn store(&self, sequence: u64) -> Result<(), Error> {
        write_file_durably(&self.path, &encode(sequence))
    }

    /// Ends it: nothing is kept for this reader any more.
    pub fn forget(self) -> Result<(), Error> {
        match fs::remove_file(&self.path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::new(&self.path, e)),
            _ => Ok(()),
        }
    }
}

pub(super) fn create_directory(dir: &Path) -> Result<(), Error> {
    let path = dir.join(DIRECTORY);
    let created = fs::DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(&path);
    created.map_err(|e| Error::new(&path, e))
}

/// What all readers together have said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Acknowledged {
    /// No reader needs a record before this; `None` when no reader has said anything, or one not readably.
    pub lowest: Option<u64>,
    /// Some reader has all records before this.
    pub highest: u64,
    /// Files that could not be read.
    pub unreadable: u32,
}

pub(super) fn all(dir: &Path) -> io::Result<Acknowledged> {
    let mut said = Acknowledged::default();
    for (index, entry) in fs::read_dir(dir.join(DIRECTORY))?.enumerate() {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if index >= READERS_MAX {
            said.unreadable += 1;
            break;
        }
        match read(&entry.path()) {
            Ok(sequence) => {
                said.lowest = Some(said.lowest.map_or(sequence, |lowest| lowest.min(sequence)));
                said.highest = said.highest.max(sequence);
            }
            Err(MISSING) => {}
            Err(_) => said.unreadable += 1,
        }
    }
    if said.unreadable > 0 {
        said.lowest = None;
    }
    Ok(said)
}

fn read(path: &Path) -> Result<u64, Cause> {
    untrusted::read(path, FILE_OCTETS as u64).and_then(|octets| decode(&octets))
}

fn encode(sequence: u64) -> [u8; FILE_OCTETS] {
    let mut out = [0; FILE_OCTETS];
    let (head, tail) = out.split_at_mut(16);
    head.iter_mut().zip(MAGIC.into_iter().chain(sequence.to_le_bytes())).for_each(|(to, from)| *to = from);
    tail.copy_from_slice(&crc32c(head).to_le_bytes());
    out
}

fn decode(octets: &[u8]) -> Result<u64, Cause> {
    let octets: &[u8; FILE_OCTETS] = octets.try_into().map_err(|_| Cause::Short)?;
    let (head, checksum) = octets.split_at(16);
    let sequence = head.strip_prefix(&MAGIC).and_then(|o| o.try_into().ok()).map(u64::from_le_bytes);
    let sequence = sequence.ok_or(Cause::Magic)?;
    let right = checksum == crc32c(head).to_le_bytes() && sequence <= SEQUENCE_MAX;
    if right { Ok(sequence) } else { Err(Cause::Header) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_reader_decides_and_one_that_cannot_be_read_keeps_everything() {
        let dir = tempfile::tempdir().unwrap();
        let (store, events) = ("store", "events");
        let store = Acknowledge::open(dir.path(), store).unwrap();
        let events = Acknowledge::open(dir.path(), events).unwrap();
        assert_eq!(store.lowest_needed(), Ok(None));
        assert_eq!(all(dir.path()).unwrap(), Acknowledged::default());
        store.store(9).unwrap();
        events.store(4).unwrap();
        assert_eq!(store.lowest_needed(), Ok(Some(9)));
        assert_eq!(all(dir.path()).unwrap(), Acknowledged { lowest: Some(4), highest: 9, unreadable: 0 });
        fs::write(dir.path().join("acknowledged/events"), b"nonsense").unwrap();
        assert!(events.lowest_needed().is_err());
        assert_eq!(all(dir.path()).unwrap(), Acknowledged { lowest: None, highest: 9, unreadable: 1 });
        events.forget().unwrap();
        assert_eq!(all(dir.path()).unwrap().lowest, Some(9));
    }

    #[test]
    fn every_truncation_and_flipped_bit_is_noticed() {
        let octets = encode(77);
        assert_eq!(decode(&octets), Ok(77));
        for cut in 0..octets.len() {
            assert!(decode(&octets[..cut]).is_err());
        }
        for bit in 0..octets.len() * 8 {
            let mut flipped = octets;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped).is_err(), "bit {bit}");
        }
        assert_eq!(decode(&encode(SEQUENCE_MAX + 1)), Err(Cause::Header));
    }

    #[test]
    fn a_name_that_leaves_the_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", "../x", "a/b", ".hidden", "Store", &"x".repeat(65)] {
            assert_eq!(Acknowledge::open(dir.path(), name).unwrap_err().cause, Cause::Name, "{name}");
        }
    }
}
