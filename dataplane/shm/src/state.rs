//! Memory of one poll core that outlives its process, and that the next one takes up: a file under a lock.
//!
//! What is in it is its owner's matter, as is telling what is whole: a process may end in the midst of a write.

use crate::error::Cause;
use crate::map::{OwnMap, reserve};
use crate::{Error, durable};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The memory. It is unmapped, and the lock goes, when this does.
pub struct StateFile {
    map: OwnMap,
    _lock: File,
}

impl StateFile {
    /// Opens the file, or makes it; a file of another length begins anew, with zeros.
    ///
    /// # Errors
    /// `Locked` while another process has it; or the operating system refuses, for want of room too.
    pub fn open(path: &Path, octets: usize) -> Result<Self, Error> {
        let of_path = |error: std::io::Error| Error::new(path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(durable::FILE_MODE);
        let file = options.open(path).map_err(of_path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::new(path, Cause::Locked),
            TryLockError::Error(error) => of_path(error),
        })?;
        if file.metadata().map_err(of_path)?.len() != octets as u64 {
            file.set_len(0).map_err(of_path)?;
        }
        reserve(&file, octets as u64).map_err(of_path)?;
        let map = OwnMap::new(&file, octets).map_err(of_path)?;
        Ok(Self { map, _lock: file })
    }
}

impl AsRef<[u8]> for StateFile {
    fn as_ref(&self) -> &[u8] {
        self.map.octets()
    }
}

impl AsMut<[u8]> for StateFile {
    fn as_mut(&mut self) -> &mut [u8] {
        self.map.octets_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_leaves_the_next_finds_and_two_cannot_have_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("core0");
        let mut first = StateFile::open(&path, 5000).unwrap();
        first.as_mut()[4999] = 7;
        assert_eq!(StateFile::open(&path, 5000).err().map(|error| error.cause), Some(Cause::Locked));
        drop(first);
        let second = StateFile::open(&path, 5000).unwrap();
        assert_eq!((second.as_ref().len(), second.as_ref()[4999], second.as_ref()[0]), (5000, 7, 0));
    }

    #[test]
    fn of_another_length_it_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("core0");
        StateFile::open(&path, 5000).unwrap().as_mut()[0] = 7;
        assert_eq!(StateFile::open(&path, 6000).unwrap().as_ref(), [0; 6000]);
    }
}
