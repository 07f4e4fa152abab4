//! A bounded window over a stream of octets, filled as far as the next block needs it.

use std::io::{self, BufReader, ErrorKind, Read};

use flate2::read::MultiGzDecoder;

/// Octets the window holds before a longer block makes it grow.
const WINDOW_OCTETS: usize = 256 << 10;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

pub(super) struct Feed {
    source: Box<dyn Read + Send>,
    window: Vec<u8>,
    start: usize,
    end: usize,
    /// Octets of the stream that lie before `start`.
    consumed: u64,
    ended: bool,
}

impl Feed {
    /// A window over `source`, decompressed if it starts like gzip.
    pub(super) fn new(source: impl Read + Send + 'static) -> io::Result<Self> {
        let mut raw = Self::plain(Box::new(source));
        raw.fill(GZIP_MAGIC.len())?;
        if !raw.data().starts_with(&GZIP_MAGIC) {
            return Ok(raw);
        }
        let head = io::Cursor::new(raw.data().to_vec());
        Ok(Self::plain(Box::new(MultiGzDecoder::new(BufReader::new(head.chain(raw.source))))))
    }

    fn plain(source: Box<dyn Read + Send>) -> Self {
        Self { source, window: vec![0; WINDOW_OCTETS], start: 0, end: 0, consumed: 0, ended: false }
    }

    /// Reads until the window holds `octets`; `false` if the stream ends before.
    pub(super) fn fill(&mut self, octets: usize) -> io::Result<bool> {
        if self.end - self.start >= octets {
            return Ok(true);
        }
        self.make_room(octets);
        while self.end - self.start < octets && !self.ended {
            let space = self.window.get_mut(self.end..).unwrap_or_default();
            match self.source.read(space) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // A compressed file cut short: what there is can still be read, then it is truncated.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => self.ended = true,
                Err(error) => return Err(error),
            }
        }
        Ok(self.end - self.start >= octets)
    }

    fn make_room(&mut self, octets: usize) {
        self.window.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.window.len() < octets {
            self.window.resize(octets, 0);
        }
    }

    /// What the window holds.
    pub(super) fn data(&self) -> &[u8] {
        self.window.get(self.start..self.end).unwrap_or_default()
    }

    /// Passes over `octets` of the window and gives them.
    pub(super) fn take(&mut self, octets: usize) -> &[u8] {
        let from = self.start;
        self.start = self.end.min(from.saturating_add(octets));
        self.consumed += (self.start - from) as u64;
        self.window.get(from..self.start).unwrap_or_default()
    }

    /// Offset of the window's start in the stream.
    pub(super) fn offset(&self) -> u64 {
        self.consumed
    }

    /// Offset of the last octet seen so far, plus one.
    pub(super) fn end_offset(&self) -> u64 {
        self.consumed + (self.end - self.start) as u64
    }
}
