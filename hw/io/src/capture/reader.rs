//! One frame after the other out of a capture file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{CaptureError, Fault, feed::Feed, pcap::Pcap, pcapng::PcapNg};
use crate::{FrameMeta, LinkType};

/// A frame of a capture file, valid until the next is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Nanoseconds since 1970-01-01 UTC.
    pub timestamp_ns: u64,
    /// The first header of its octets.
    pub link_type: LinkType,
    /// The interface it was seen on; 0 where the format has none.
    pub interface: u32,
    /// The octets that were captured.
    pub octets: &'a [u8],
    /// How long it was on the line; more than there are octets if the capture cut it.
    pub original_octets: u32,
}

impl Record<'_> {
    /// Time and link type, as a [`Frame`](crate::Frame) has them.
    pub fn meta(&self) -> FrameMeta {
        FrameMeta { timestamp_ns: Some(self.timestamp_ns), link_type: self.link_type }
    }
}

/// Reads a capture file in bounded memory.
///
/// ```no_run
/// # fn main() -> Result<(), sluice_io::capture::CaptureError> {
/// let mut reader = sluice_io::capture::Reader::open("in.pcap")?;
/// while let Some(record) = reader.next()? {
///     println!("{} {}", record.number, record.octets.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Reader {
    path: PathBuf,
    feed: Feed,
    format: Format,
    frames: u64,
    failed: Option<Fault>,
}

enum Format {
    Pcap(Pcap),
    PcapNg(PcapNg),
}

/// Where a frame lies in the feed, and what its header says.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) block_octets: usize,
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) original_octets: u32,
    pub(super) timestamp_ns: u64,
    pub(super) link_type: LinkType,
    pub(super) interface: u32,
}

impl Reader {
    /// Opens a file and reads as far as its header.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CaptureError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| CaptureError::new(path, error.into()))?;
        Self::from_stream(path, file)
    }

    /// The same over any stream; `path` is how errors name it.
    pub fn from_stream(path: impl AsRef<Path>, stream: impl Read + Send + 'static) -> Result<Self, CaptureError> {
        let path = path.as_ref();
        let fail = |fault| CaptureError::new(path, fault);
        let mut feed = Feed::new(stream).map_err(|error| fail(error.into()))?;
        let format = recognise(&mut feed).map_err(fail)?;
        Ok(Self { path: path.to_owned(), feed, format, frames: 0, failed: None })
    }

    /// The next frame; `None` at the end. After an error, the same error again.
    #[expect(clippy::should_implement_trait, reason = "the frame borrows from the reader, which Iterator cannot say")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, CaptureError> {
        let number = self.frames + 1;
        let span = match self.failed {
            Some(fault) => Err(fault),
            None => self.next_span(number),
        };
        match span {
            Err(fault) => {
                self.failed = Some(fault);
                Err(CaptureError::new(&self.path, fault))
            }
            Ok(None) => Ok(None),
            Ok(Some(span)) => {
                self.frames = number;
                Ok(Some(record(number, &span, self.feed.take(span.block_octets))))
            }
        }
    }

    fn next_span(&mut self, number: u64) -> Result<Option<Span>, Fault> {
        match &mut self.format {
            Format::Pcap(pcap) => pcap.next(&mut self.feed, number),
            Format::PcapNg(pcapng) => pcapng.next(&mut self.feed, number),
        }
    }

    /// Frames read so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a file to its end and counts its frames; those before the damage, if it is damaged.
    pub fn count_frames(path: impl AsRef<Path>) -> Result<u64, CaptureError> {
        let mut reader = Self::open(path)?;
        while let Ok(Some(_)) = reader.next() {}
        Ok(reader.frames)
    }
}

fn recognise(feed: &mut Feed) -> Result<Format, Fault> {
    if let Some(pcapng) = PcapNg::open(feed)? {
        return Ok(Format::PcapNg(pcapng));
    }
    if let Some(pcap) = Pcap::open(feed)? {
        return Ok(Format::Pcap(pcap));
    }
    let mut octets = [0; 4];
    let found = feed.data().get(..feed.data().len().min(4)).unwrap_or_default();
    for (to, from) in octets.iter_mut().zip(found) {
        *to = *from;
    }
    Err(if found.is_empty() { Fault::Empty } else { Fault::NotACapture { octets, count: found.len() as u8 } })
}

fn record<'a>(number: u64, span: &Span, block: &'a [u8]) -> Record<'a> {
    Record {
        number,
        timestamp_ns: span.timestamp_ns,
        link_type: span.link_type,
        interface: span.interface,
        octets: block.get(span.start..).and_then(|rest| rest.get(..span.len)).unwrap_or_default(),
        original_octets: span.original_octets,
    }
}
