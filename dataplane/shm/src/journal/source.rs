//! A segment in the hands of a reader: a file that its writer may change, cut or remove at any moment.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{Ordering, fence};

use super::directory::segment_path;
use super::format::{HEAD_OCTETS, HEADER_OCTETS, Identity};
use crate::{Cause, untrusted};

/// Up to where a reader goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Horizon {
    /// What is published: at once, and a cut of power may take it back.
    Published,
    /// What survives a cut of power: up to one commit interval later.
    Synced,
}

/// A segment that is being read.
#[derive(Debug)]
pub(super) struct Source {
    pub file: File,
    pub first: u64,
    /// Offset of the next frame.
    pub at: u32,
    /// Readers may read up to here.
    pub limit: u32,
    /// Nothing comes behind `limit` any more.
    pub is_finished: bool,
    octets: u32,
}

impl Source {
    /// Opens the segment named `first`. An error that is not the system's is damage, or another version.
    pub(super) fn open(dir: &Path, first: u64) -> Result<Self, Cause> {
        let file = untrusted::open(&segment_path(dir, first))?;
        let (identity, _) = Identity::parse(&read_head(&file)?, first)?;
        let (at, limit) = (HEADER_OCTETS, HEADER_OCTETS);
        Ok(Self { file, first, at, limit, is_finished: false, octets: identity.octets })
    }

    /// Looks how far the writer has come. A word that is damaged or goes back is no news, unless the segment is closed:
    /// then nothing better will come.
    pub(super) fn refresh(&mut self, horizon: Horizon) -> Result<(), Cause> {
        let (_, state) = Identity::parse(&read_head(&self.file)?, self.first)?;
        // Pairs with the release store of the writer: octets read after this are at least as new as the word.
        fence(Ordering::Acquire);
        let limit = match horizon {
            Horizon::Published => state.published,
            Horizon::Synced => state.synced,
        };
        self.limit = self.limit.max(limit.unwrap_or(self.limit));
        self.is_finished = state.closed && state.published.is_none_or(|published| published <= self.limit);
        Ok(())
    }

    /// How many frames at most lie between here and the end of what can be read.
    pub(super) fn frames_max(&self) -> u64 {
        u64::from(self.limit.min(self.octets).saturating_sub(self.at)) / super::format::FRAME_HEAD_OCTETS as u64
    }
}

fn read_head(file: &File) -> io::Result<[u8; HEAD_OCTETS]> {
    let mut head = [0; HEAD_OCTETS];
    file.read_exact_at(&mut head, 0)?;
    Ok(head)
}
