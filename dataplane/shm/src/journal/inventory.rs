//! Which segments there are, how large they are together, and which may go.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::directory::segment_path;

/// Segments removed because every reader has said that it needs them no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freed {
    /// How many.
    pub segments: u64,
    /// Their size together.
    pub octets: u64,
}

/// Segments removed although a reader may still need them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// How many.
    pub segments: u64,
    /// Sequences in them.
    pub records: u64,
}

/// A segment on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub first: u64,
    pub octets: u64,
}

/// The segments of a journal, oldest first. The newest is never removed: it carries the sequence on.
#[derive(Debug)]
pub(super) struct Inventory {
    dir: PathBuf,
    entries: VecDeque<Entry>,
    octets: u64,
}

impl Inventory {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), entries: VecDeque::new(), octets: 0 }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.octets += entry.octets;
        self.entries.push_back(entry);
    }

    /// Size of all segments together.
    pub(super) fn octets(&self) -> u64 {
        self.octets
    }

    /// The first sequence of the oldest segment.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.entries.front().map(|entry| entry.first)
    }

    /// Removes the segments that lie wholly below `lowest`.
    pub(super) fn free_below(&mut self, lowest: u64) -> io::Result<Freed> {
        let mut freed = Freed::default();
        while self.end_of_oldest().is_some_and(|end| end <= lowest) {
            freed.octets += self.remove_oldest()?.octets;
            freed.segments += 1;
        }
        Ok(freed)
    }

    /// Removes the oldest segment, whoever needs it; `None` when there is only the newest.
    pub(super) fn drop_oldest(&mut self) -> io::Result<Option<Dropped>> {
        let Some(end) = self.end_of_oldest() else { return Ok(None) };
        let entry = self.remove_oldest()?;
        Ok(Some(Dropped { segments: 1, records: end.saturating_sub(entry.first) }))
    }

    /// The sequence after the oldest segment: the first one of the segment behind it.
    fn end_of_oldest(&self) -> Option<u64> {
        self.entries.get(1).map(|entry| entry.first)
    }

    fn remove_oldest(&mut self) -> io::Result<Entry> {
        let entry = *self.entries.front().ok_or(io::ErrorKind::NotFound)?;
        match fs::remove_file(segment_path(&self.dir, entry.first)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        self.entries.pop_front();
        self.octets = self.octets.saturating_sub(entry.octets);
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_segments_go_and_never_the_newest() {
        let dir = tempfile::tempdir().unwrap();
        let mut inventory = Inventory::new(dir.path());
        for first in [1, 10, 20] {
            fs::write(segment_path(dir.path(), first), b"").unwrap();
            inventory.push(Entry { first, octets: 100 });
        }
        assert_eq!(inventory.free_below(9).unwrap(), Freed::default());
        assert_eq!(inventory.free_below(10).unwrap(), Freed { segments: 1, octets: 100 });
        assert_eq!(inventory.drop_oldest().unwrap(), Some(Dropped { segments: 1, records: 10 }));
        assert_eq!(inventory.drop_oldest().unwrap(), None);
        assert_eq!(inventory.free_below(u64::MAX).unwrap(), Freed::default());
        assert_eq!((inventory.octets(), inventory.oldest()), (100, Some(20)));
        assert!(segment_path(dir.path(), 20).exists() && !segment_path(dir.path(), 10).exists());
    }
}
