//! A segment in the hands of the writer.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::directory::segment_path;
use super::format::{
    CLOSED, CLOSED_AT, FRAME_HEAD_OCTETS, HEADER_OCTETS, Identity, NEXT_AT, STATE_AT, SYNCED_AT, checked, frame_head,
    frame_octets,
};
use crate::durable;
use crate::map::{Map, reserve};

/// A segment that can be written. Offsets are octets in the file.
pub(super) struct Segment {
    file: File,
    identity: Identity,
    end: u32,
    next: u64,
    published: u32,
    /// Missing while there is no room on the disk for the rest of the segment.
    map: Option<Map>,
}

/// A new segment whose space is reserved, under a name that no reader looks at.
pub(super) struct Prepared {
    segment: Segment,
    beside: PathBuf,
    path: PathBuf,
}

impl Prepared {
    /// Reserves a segment. When that fails nothing is left behind.
    pub(super) fn new(dir: &Path, identity: Identity) -> io::Result<Self> {
        let path = segment_path(dir, identity.first);
        let beside = durable::beside(&path);
        let made = Segment::create(&beside, identity).inspect_err(|_| drop(std::fs::remove_file(&beside)));
        Ok(Self { segment: made?, beside, path })
    }

    /// Gives it its name, by which readers find it.
    pub(super) fn place(self) -> io::Result<Segment> {
        durable::rename(&self.beside, &self.path).inspect_err(|_| drop(std::fs::remove_file(&self.beside)))?;
        Ok(self.segment)
    }
}

impl Segment {
    fn create(path: &Path, identity: Identity) -> io::Result<Self> {
        let file = durable::create(path)?;
        let mut new =
            Self { file, identity, end: HEADER_OCTETS, next: identity.first, published: HEADER_OCTETS, map: None };
        new.map_reserved()?;
        new.copy_in(0, &identity.encode())?;
        Ok(new)
    }

    /// Takes up a segment that a predecessor has left, with its last frame ending at `end`. What lies behind that is cut
    /// off and reserved anew, so that only zeros come after the records and no old octets are ever taken for one.
    pub(super) fn resume(file: File, identity: Identity, end: u32, next: u64) -> io::Result<Self> {
        file.set_len(u64::from(end))?;
        let mut old = Self { file, identity, end, next, published: end, map: None };
        // No room now is no reason not to start: `make_room` tries again.
        drop(old.map_reserved());
        Ok(old)
    }

    /// Whether a payload of so many octets fits into a segment of this size at all.
    pub(super) fn can_hold(segment_octets: u32, payload: usize) -> bool {
        HEADER_OCTETS as usize + frame_octets(payload) <= segment_octets as usize
    }

    /// Whether it fits behind what is there.
    #[inline]
    pub(super) fn has_room(&self, payload: usize) -> bool {
        self.end as usize + frame_octets(payload) <= self.identity.octets as usize
    }

    /// Whether space is reserved and mapped.
    #[inline]
    pub(super) fn is_mapped(&self) -> bool {
        self.map.is_some()
    }

    /// Reserves the rest of the segment if it is not.
    pub(super) fn map_reserved(&mut self) -> io::Result<()> {
        if self.map.is_none() {
            let octets = self.identity.octets;
            reserve(&self.file, u64::from(octets))?;
            self.map = Some(Map::new(&self.file, octets as usize)?);
        }
        Ok(())
    }

    /// Appends a record; it is not visible to readers yet. The padding behind the payload is zeros already.
    #[inline]
    pub(super) fn put(&mut self, payload: &[u8]) -> io::Result<u64> {
        let (at, sequence) = (self.end, self.next);
        self.copy_in(at as usize + FRAME_HEAD_OCTETS, payload)?;
        self.copy_in(at as usize, &frame_head(sequence, payload))?;
        self.end = at + frame_octets(payload.len()) as u32;
        self.next = sequence + 1;
        Ok(sequence)
    }

    /// Shows readers everything appended so far. The release store orders all frames before the word that tells of
    /// them; the sequence is for recovery alone, which checks it against the frames.
    #[inline]
    pub(super) fn publish(&mut self) -> io::Result<()> {
        if self.end != self.published {
            self.store(NEXT_AT, self.next, Ordering::Relaxed)?;
            self.store(STATE_AT, checked(self.end), Ordering::Release)?;
            self.published = self.end;
        }
        Ok(())
    }

    /// Publishes, and tells readers that nothing comes any more.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.publish()?;
        self.store(CLOSED_AT, CLOSED, Ordering::Release)
    }

    /// Makes everything published so far survive a cut of power, and says so to readers.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let end = self.published;
        self.file.sync_data()?;
        self.store(SYNCED_AT, checked(end), Ordering::Release)
    }

    pub(super) fn first(&self) -> u64 {
        self.identity.first
    }

    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Stores a word of the head: through the mapping, or while there is none into the file.
    #[inline]
    fn store(&self, at: usize, value: u64, order: Ordering) -> io::Result<()> {
        match self.map.as_ref().and_then(|map| map.words(at, 1)).and_then(<[_]>::first) {
            Some(word) => word.store(value.to_le(), order),
            None => self.file.write_all_at(&value.to_le_bytes(), at as u64)?,
        }
        Ok(())
    }

    #[inline]
    fn copy_in(&mut self, at: usize, octets: &[u8]) -> io::Result<()> {
        self.map.as_mut().and_then(|map| map.copy_in(at, octets)).ok_or(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Identity = Identity { octets: 16 << 10, first: 5 };

    #[test]
    fn a_segment_has_no_name_before_it_is_placed_and_its_space_before_it_has_one() {
        let dir = tempfile::tempdir().unwrap();
        let prepared = Prepared::new(dir.path(), IDENTITY).unwrap();
        assert_eq!(super::super::directory::segments(dir.path()).unwrap(), []);
        let segment = prepared.place().unwrap();
        assert_eq!(super::super::directory::segments(dir.path()).unwrap(), [5]);
        let metadata = segment.file.metadata().unwrap();
        assert_eq!(metadata.len(), 16 << 10);
        assert!(std::os::unix::fs::MetadataExt::blocks(&metadata) * 512 >= 16 << 10);
    }

    #[test]
    fn nothing_is_published_before_it_is_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let mut segment = Prepared::new(dir.path(), IDENTITY).unwrap().place().unwrap();
        let state = |segment: &Segment| {
            let mut head = [0; super::super::format::HEAD_OCTETS];
            segment.file.read_exact_at(&mut head, 0).unwrap();
            Identity::parse(&head, 5).unwrap().1
        };
        assert_eq!(segment.put(b"record").unwrap(), 5);
        assert_eq!((state(&segment).published, state(&segment).next), (Some(4096), 5));
        segment.publish().unwrap();
        assert_eq!((state(&segment).published, state(&segment).next), (Some(4096 + 24), 6));
        assert_eq!(state(&segment).synced, Some(4096));
        segment.sync().unwrap();
        assert_eq!((state(&segment).synced, state(&segment).closed), (Some(4096 + 24), false));
        segment.close().unwrap();
        assert!(state(&segment).closed);
    }

    #[test]
    fn a_resumed_segment_has_zeros_behind_its_last_record() {
        let dir = tempfile::tempdir().unwrap();
        let mut segment = Prepared::new(dir.path(), IDENTITY).unwrap().place().unwrap();
        segment.put(b"kept").unwrap();
        let (end, file) = (segment.end, segment.file.try_clone().unwrap());
        segment.put(b"torn").unwrap();
        let segment = Segment::resume(file, IDENTITY, end, 6).unwrap();
        let mut rest = vec![1; (IDENTITY.octets - end) as usize];
        segment.file.read_exact_at(&mut rest, u64::from(end)).unwrap();
        assert!(segment.is_mapped() && rest.iter().all(|&octet| octet == 0));
    }
}
