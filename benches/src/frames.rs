//! Messages from a capture, repeated to any number.
//!
//! Frames that are chosen from a capture, or repeated, get transmission sequence numbers one after the other and a new
//! CRC32c, as if each direction of an association had sent just these: else a decoder that judges each TSN once would
//! have nothing to do, and one that remembers TSNs would see gaps that no network makes.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +---------------+---------------+-------------------------------+
//! |   type = 0    |     flags     |            length             |  DATA, RFC 9260 §3.3.1
//! +---------------+---------------+-------------------------------+
//! |                              TSN                              |
//! +-------------------------------+-------------------------------+
//! |           stream              |     stream sequence           |
//! +-------------------------------+-------------------------------+
//! |                 payload protocol identifier                   |
//! +---------------------------------------------------------------+
//! ```
//!
//! Handles Ethernet and IPv4 without options or fragments, which is what the benches' captures hold. Other frames
//! have no chunks here.

use crate::clock::crc32c;
use anyhow::{Context, ensure};
use sluice_io::LinkType;
use sluice_io::capture::{Reader, Writer};
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

/// Octets before the SCTP common header: Ethernet 14, IPv4 20.
const SCTP_AT: usize = 34;
/// Octets of the SCTP common header.
const COMMON_HEADER: usize = 12;
/// Octets of a DATA chunk's header.
const DATA_HEADER: usize = 16;
/// The next TSN of each direction, which is known by its ports and its verification tag: the first octets of the SCTP
/// common header (RFC 9260 §3.1).
type NextTsn = HashMap<[u8; 8], u32>;

/// A frame as it came from the network.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Number in the load, from 0.
    pub number: usize,
    /// Ethernet frame.
    pub octets: &'a [u8],
}

/// A DATA chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Transmission sequence number.
    pub tsn: u32,
    /// User data.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The unfragmented DATA chunks of the frame.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk<'a>> + use<'a> {
        let octets = self.octets;
        chunk_places(octets).filter_map(move |place| {
            let chunk = octets.get(place)?;
            let tsn = u32::from_be_bytes(*chunk.get(4..)?.first_chunk()?);
            Some(Chunk { tsn, payload: chunk.get(DATA_HEADER..)? })
        })
    }
}

/// Where the unfragmented DATA chunks of a frame lie, without padding.
fn chunk_places(octets: &[u8]) -> impl Iterator<Item = Range<usize>> + use<'_> {
    let mut at = if is_sctp(octets) { SCTP_AT + COMMON_HEADER } else { octets.len() };
    let end = sctp_end(octets);
    std::iter::from_fn(move || {
        while at + 4 <= end {
            let header: &[u8; 4] = octets.get(at..)?.first_chunk()?;
            let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
            let place = at..at + len;
            at += len.max(4).next_multiple_of(4);
            if header[0] == 0 && header[1] & 3 == 3 && len >= DATA_HEADER && place.end <= end {
                return Some(place);
            }
        }
        None
    })
}

fn is_sctp(octets: &[u8]) -> bool {
    octets.get(12..15) == Some(&[0x08, 0x00, 0x45]) && octets.get(23) == Some(&132)
}

fn sctp_end(octets: &[u8]) -> usize {
    let total = octets.get(16..18).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])));
    octets.len().min(14 + total)
}

/// Frames laid one after the other in memory.
pub struct Load {
    octets: Vec<u8>,
    places: Vec<Range<usize>>,
    /// Frames of the capture before repetition.
    period: usize,
}

impl Load {
    /// The frames of a capture for which `keep` says yes, repeated from the start until `count` are there and numbered
    /// anew; all of them once and as they were captured where `count` is `None`.
    ///
    /// # Errors
    /// What is wrong with the capture, or that nothing of it is kept.
    pub fn read(capture: &Path, count: Option<usize>, keep: impl Fn(Frame<'_>) -> bool) -> anyhow::Result<Self> {
        let mut load = Self { octets: Vec::new(), places: Vec::new(), period: 0 };
        let mut reader = Reader::open(capture)?;
        let mut number = 0;
        while let Some(record) = reader.next()? {
            ensure!(record.link_type == LinkType::ETHERNET, "{}: not an Ethernet capture", capture.display());
            if keep(Frame { number, octets: record.octets }) {
                load.push(record.octets);
            }
            number += 1;
        }
        load.period = load.places.len();
        ensure!(load.period > 0, "{}: no frame to measure with", capture.display());
        if let Some(count) = count {
            load.repeat(count);
            load.renumber();
        }
        Ok(load)
    }

    /// Frames that were made, as they are.
    pub fn of(frames: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut load = Self { octets: Vec::new(), places: Vec::new(), period: 0 };
        frames.into_iter().for_each(|frame| load.push(&frame));
        load.period = load.places.len();
        load
    }

    /// The frames.
    pub fn frames(&self) -> Vec<Frame<'_>> {
        let frame = |(number, place): (usize, &Range<usize>)| Frame { number, octets: &self.octets[place.clone()] };
        self.places.iter().enumerate().map(frame).collect()
    }

    /// Their octets.
    pub fn octets(&self) -> impl Iterator<Item = &[u8]> {
        self.places.iter().map(|place| &self.octets[place.clone()])
    }

    /// Frames of the capture before repetition.
    pub fn period(&self) -> usize {
        self.period
    }

    /// Writes the load as a capture, a millisecond between frames.
    ///
    /// # Errors
    /// That the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut writer = Writer::create(path, LinkType::ETHERNET).with_context(|| path.display().to_string())?;
        for frame in self.frames() {
            let timestamp_ns = 1_767_225_600_000_000_000 + frame.number as u64 * 1_000_000;
            writer.write(timestamp_ns, frame.octets, u32::try_from(frame.octets.len())?)?;
        }
        writer.finish().with_context(|| path.display().to_string())
    }

    fn push(&mut self, octets: &[u8]) {
        let start = self.octets.len();
        self.octets.extend_from_slice(octets);
        self.places.push(start..self.octets.len());
    }

    fn repeat(&mut self, count: usize) {
        self.places.truncate(count);
        for number in self.places.len()..count {
            let octets = self.octets[self.places[number % self.period].clone()].to_vec();
            self.push(&octets);
        }
    }

    fn renumber(&mut self) {
        let mut next = NextTsn::new();
        for place in &self.places {
            renumber(&mut self.octets[place.clone()], &mut next);
        }
    }
}

/// Gives the chunks of a frame the next TSNs of its direction and sets the checksum anew (RFC 9260 §6.8, appendix A:
/// least octet first).
fn renumber(octets: &mut [u8], next: &mut NextTsn) {
    let end = sctp_end(octets);
    if !is_sctp(octets) || end < SCTP_AT + COMMON_HEADER {
        return;
    }
    let direction = octets[SCTP_AT..][..8].try_into().unwrap_or_default();
    for place in chunk_places(octets).collect::<Vec<_>>() {
        let tsn = &mut octets[place.start + 4..][..4];
        let captured = u32::from_be_bytes([tsn[0], tsn[1], tsn[2], tsn[3]]);
        let next = next.entry(direction).or_insert(captured);
        tsn.copy_from_slice(&next.to_be_bytes());
        *next = next.wrapping_add(1);
    }
    octets[SCTP_AT + 8..][..4].fill(0);
    let checksum = crc32c(&octets[SCTP_AT..end]);
    octets[SCTP_AT + 8..][..4].copy_from_slice(&checksum.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap")
    }

    #[test]
    fn a_load_repeats_its_capture_with_consecutive_transmission_numbers_and_true_checksums() {
        let one_in_three = |f: Frame<'_>| f.number.is_multiple_of(3) && f.chunks().next().is_some();
        let load = Load::read(&demo(), Some(2000), one_in_three).unwrap();
        assert!(load.period() < 1000);
        let (frames, mut last) = (load.frames(), NextTsn::new());
        for frame in &frames {
            let same = frames[frame.number % load.period()].chunks();
            let direction = frame.octets[SCTP_AT..][..8].try_into().unwrap();
            for (chunk, first) in frame.chunks().zip(same) {
                assert_eq!(chunk.payload, first.payload);
                let before = last.insert(direction, chunk.tsn);
                assert!(before.is_none_or(|before| chunk.tsn == before.wrapping_add(1)), "frame {}", frame.number);
            }
            let mut sctp = frame.octets[SCTP_AT..sctp_end(frame.octets)].to_vec();
            let sent = u32::from_le_bytes(sctp[8..12].try_into().unwrap());
            sctp[8..12].fill(0);
            assert_eq!(crc32c(&sctp), sent);
        }
        assert!(last.len() >= 2);
    }

    #[test]
    fn a_load_that_is_not_repeated_is_as_it_was_captured() {
        let load = Load::read(&demo(), None, |_| true).unwrap();
        let mut reader = Reader::open(demo()).unwrap();
        for frame in load.frames() {
            assert_eq!(reader.next().unwrap().unwrap().octets, frame.octets);
        }
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn any_octets_and_every_truncation_have_chunks_or_none_without_panic() {
        let load = Load::read(&demo(), Some(400), |_| true).unwrap();
        for frame in load.frames() {
            for len in 0..frame.octets.len() {
                let cut = Frame { number: 0, octets: &frame.octets[..len] };
                assert!(cut.chunks().all(|c| c.payload.len() < len));
            }
        }
    }
}
