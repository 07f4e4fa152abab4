//! Mapped files: the one place that turns a file into memory.
//!
//! Nobody gets a plain reference into a mapping, because another process may change what lies there: words are
//! atomics, octets are copied in. A mapping is made only over space that has been reserved, so that a full disk is an
//! error of [`reserve`] and never a signal at a store.
#![allow(unsafe_code, reason = "memory shared with other processes is reached through raw pointers")]

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapMut, MmapOptions, MmapRaw};
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

/// A file mapped shared and writable.
pub(crate) struct Map(MmapRaw);

impl Map {
    /// Maps the first `octets`, which [`reserve`] has reserved.
    pub(crate) fn new(file: &File, octets: usize) -> io::Result<Self> {
        MmapOptions::new().len(octets).map_raw(file).map(Self)
    }

    /// The words from octet `at` on; `None` when they do not all lie inside or `at` is not a multiple of eight.
    #[inline]
    pub(crate) fn words(&self, at: usize, count: usize) -> Option<&[AtomicU64]> {
        words(&self.0, at, count)
    }

    /// Copies `octets` to octet `at`; `None`, and nothing is copied, when they do not all lie inside.
    #[inline]
    pub(crate) fn copy_in(&mut self, at: usize, octets: &[u8]) -> Option<()> {
        if at.checked_add(octets.len())? > self.0.len() {
            return None;
        }
        // SAFETY: the destination lies inside the mapping (checked above), which is writable and lives as long as
        // `self`; no reference into it exists, for `words` borrows `self` and this borrows it exclusively. `octets`
        // is a live slice and cannot overlap memory that nobody has a reference to.
        unsafe { std::ptr::copy_nonoverlapping(octets.as_ptr(), self.0.as_mut_ptr().add(at), octets.len()) };
        Some(())
    }
}

/// A file that no other process maps, mapped shared and writable: plain memory whose contents stay.
pub(crate) struct OwnMap(MmapMut);

impl OwnMap {
    /// Maps the first `octets`, which [`reserve`] has reserved. The file must be locked by its caller for as long.
    pub(crate) fn new(file: &File, octets: usize) -> io::Result<Self> {
        // SAFETY: nobody else writes the file while it is mapped: whoever maps it holds its lock, which the caller has;
        // its directory belongs to the service alone. It is not made shorter: `StateFile` does that only under the lock
        // and before it maps. What was left in it are octets, of which every value is one.
        unsafe { MmapOptions::new().len(octets).map_mut(file) }.map(Self)
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn octets_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// A file mapped shared and read-only.
pub(crate) struct ReadMap(MmapRaw);

impl ReadMap {
    /// Maps the first `octets`.
    pub(crate) fn new(file: &File, octets: usize) -> io::Result<Self> {
        MmapOptions::new().len(octets).map_raw_read_only(file).map(Self)
    }

    /// Loads `into.len()` words from octet `at` on, each for itself and in no order; `None` when they do not all
    /// lie inside.
    pub(crate) fn load(&self, at: usize, into: &mut [u64]) -> Option<()> {
        let words = words(&self.0, at, into.len())?;
        for (value, word) in into.iter_mut().zip(words) {
            *value = word.load(Ordering::Relaxed);
        }
        Some(())
    }
}

#[inline]
fn words(map: &MmapRaw, at: usize, count: usize) -> Option<&[AtomicU64]> {
    let end = at.checked_add(count.checked_mul(8)?)?;
    if end > map.len() || !at.is_multiple_of(8) {
        return None;
    }
    // SAFETY: the words lie inside the mapping (checked above), which begins on a page and lives as long as the
    // borrow of `map`; `at` is a multiple of eight, so they are aligned. Every access to them, here and in every
    // other process, is an atomic one or the kernel's. Through a read-only mapping only plain loads are made
    // (`ReadMap::load`), which is allowed for atomics of eight bytes.
    Some(unsafe { std::slice::from_raw_parts(map.as_mut_ptr().add(at).cast::<AtomicU64>(), count) })
}

/// Makes the file `octets` long with all its space on the disk already its own.
pub(crate) fn reserve(file: &File, octets: u64) -> io::Result<()> {
    loop {
        match fallocate(file, FallocateFlags::empty(), 0, octets) {
            Err(Errno::INTR) => {}
            Err(Errno::OPNOTSUPP) => return fill(file, octets),
            other => return Ok(other?),
        }
    }
}

/// For file systems that cannot reserve: writes zeros behind what is there.
fn fill(file: &File, octets: u64) -> io::Result<()> {
    let mut at = file.metadata()?.len();
    while at < octets {
        let zeros = &[0; 4096];
        let room = usize::try_from(octets - at).unwrap_or(usize::MAX).min(zeros.len());
        at += file.write_at(zeros.get(..room).unwrap_or(zeros), at)? as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_or_between_words_is_refused() {
        let file = tempfile::tempfile().unwrap();
        reserve(&file, 4096).unwrap();
        let mut map = Map::new(&file, 4096).unwrap();
        assert!(map.words(4088, 1).is_some());
        for (at, count) in [(4096, 1), (4088, 2), (4, 1), (usize::MAX, 1), (0, usize::MAX)] {
            assert!(map.words(at, count).is_none(), "{at} {count}");
        }
        assert!(map.copy_in(4095, b"x").is_some());
        assert!(map.copy_in(4095, b"xx").is_none());
        assert!(map.copy_in(usize::MAX, b"x").is_none());
    }

    #[test]
    fn what_one_mapping_writes_another_and_the_file_show() {
        let file = tempfile::tempfile().unwrap();
        reserve(&file, 4096).unwrap();
        let (mut map, read) = (Map::new(&file, 4096).unwrap(), ReadMap::new(&file, 4096).unwrap());
        map.words(8, 1).unwrap()[0].store(7, Ordering::Relaxed);
        map.copy_in(16, &9u64.to_le_bytes()).unwrap();
        let mut seen = [0; 2];
        read.load(8, &mut seen).unwrap();
        assert_eq!(seen, [7, 9]);
        assert_eq!(read.load(4088, &mut seen), None);
        let mut octet = [0];
        file.read_exact_at(&mut octet, 16).unwrap();
        assert_eq!(octet, [9]);
    }

    #[test]
    fn a_file_system_that_cannot_reserve_is_filled() {
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(b"head", 0).unwrap();
        fill(&file, 10_000).unwrap();
        assert_eq!(file.metadata().unwrap().len(), 10_000);
        let mut head = [0; 5];
        file.read_exact_at(&mut head, 0).unwrap();
        assert_eq!(&head, b"head\0");
    }
}
