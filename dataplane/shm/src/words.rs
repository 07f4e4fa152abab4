//! Words that every poll core of a dataplane sees, and the next process too: a mapped file without a lock.
//!
//! While one process takes over from another both have it. What is in it is their matter, and must bear that: a word is
//! read and written for itself.

use crate::map::{Map, reserve};
use crate::{Error, durable};
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::AtomicU64;

/// The words. They are unmapped when this goes.
pub struct WordsFile {
    map: Map,
    words: usize,
}

impl WordsFile {
    /// Opens the file, or makes it. One of another length is replaced by a new one, of zeros: who has the old one mapped
    /// keeps it.
    ///
    /// # Errors
    /// The operating system refuses, for want of room too.
    pub fn open(path: &Path, words: usize) -> Result<Self, Error> {
        let of_path = |error: io::Error| Error::new(path, error);
        let octets = words * size_of::<AtomicU64>();
        if fs::metadata(path).is_ok_and(|found| found.len() != octets as u64) {
            fs::remove_file(path).map_err(of_path)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(durable::FILE_MODE);
        let file = options.open(path).map_err(of_path)?;
        reserve(&file, octets as u64).map_err(of_path)?;
        let map = Map::new(&file, octets).map_err(of_path)?;
        Ok(Self { map, words })
    }
}

impl AsRef<[AtomicU64]> for WordsFile {
    fn as_ref(&self) -> &[AtomicU64] {
        self.map.words(0, self.words).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn what_one_writes_another_sees_at_once_and_after_it_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words");
        let (first, second) = (WordsFile::open(&path, 100).unwrap(), WordsFile::open(&path, 100).unwrap());
        first.as_ref()[99].store(7, Relaxed);
        assert_eq!((second.as_ref().len(), second.as_ref()[99].load(Relaxed)), (100, 7));
        drop((first, second));
        assert_eq!(WordsFile::open(&path, 100).unwrap().as_ref()[99].load(Relaxed), 7);
    }

    #[test]
    fn of_another_length_it_begins_anew_and_who_has_the_old_one_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words");
        let old = WordsFile::open(&path, 10_000).unwrap();
        old.as_ref()[9_999].store(7, Relaxed);
        let new = WordsFile::open(&path, 100).unwrap();
        assert!(new.as_ref().iter().all(|word| word.load(Relaxed) == 0));
        assert_eq!(old.as_ref()[9_999].load(Relaxed), 7);
    }
}
