//! A piece of a segment in this process's own memory, from which frames are read.
//!
//! It is filled by `pread` and holds nothing behind what was published when it was filled, and what is published never
//! changes; so it never grows stale.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::format::{FRAME_OCTETS_MAX, FrameFault, measure, parse_frame};

/// Much longer than the longest frame, so that most frames cost no system call.
const WINDOW_OCTETS: usize = 4 * FRAME_OCTETS_MAX;

pub(super) struct Window {
    buffer: Vec<u8>,
    /// Offset in the file of the first octet held, and how many are.
    from: u32,
    filled: usize,
}

/// Where a frame lies in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub sequence: u64,
    pub octets: u32,
    start: usize,
    length: usize,
}

impl Window {
    pub(super) fn new() -> Self {
        Self { buffer: vec![0; WINDOW_OCTETS], from: 0, filled: 0 }
    }

    /// Forgets what it holds: another file comes.
    pub(super) fn clear(&mut self) {
        self.filled = 0;
    }

    /// The frame at offset `at` of the file, of which readers may look at the first `limit` octets.
    pub(super) fn frame(&mut self, file: &File, at: u32, limit: u32) -> io::Result<Result<Found, FrameFault>> {
        if !self.holds_frame(at) {
            self.fill(file, at, limit)?;
        }
        let start = self.position(at);
        Ok(parse_frame(self.rest(start)).map(|frame| Found {
            sequence: frame.sequence,
            octets: frame.octets as u32,
            start: start + super::format::FRAME_HEAD_OCTETS,
            length: frame.payload.len(),
        }))
    }

    /// Octets of the frame at `at`, if its length can be believed; it must have been looked at last.
    pub(super) fn length_at(&self, at: u32) -> Option<u32> {
        measure(self.rest(self.position(at))).ok().map(|octets| octets as u32)
    }

    /// The payload of a frame found last.
    pub(super) fn payload(&self, found: Found) -> &[u8] {
        self.buffer.get(found.start..found.start + found.length).unwrap_or_default()
    }

    fn holds_frame(&self, at: u32) -> bool {
        let rest = self.rest(self.position(at));
        match measure(rest) {
            Ok(octets) => octets <= rest.len(),
            Err(fault) => fault == FrameFault::Length,
        }
    }

    fn position(&self, at: u32) -> usize {
        at.checked_sub(self.from).map_or(usize::MAX, |position| position as usize)
    }

    fn rest(&self, start: usize) -> &[u8] {
        self.buffer.get(..self.filled).and_then(|held| held.get(start..)).unwrap_or_default()
    }

    fn fill(&mut self, file: &File, at: u32, limit: u32) -> io::Result<()> {
        (self.from, self.filled) = (at, 0);
        let wanted = self.buffer.len().min(limit.saturating_sub(at) as usize);
        while self.filled < wanted {
            let room = self.buffer.get_mut(self.filled..wanted).unwrap_or_default();
            match file.read_at(room, u64::from(at) + self.filled as u64) {
                Ok(0) => break,
                Ok(n) => self.filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}
