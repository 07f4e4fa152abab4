//! Frames of a pcap file.
//!
//! ```text
//! header  magic 4 | major 2 | minor 2 | zone 4 | sigfigs 4 | snaplen 4 | link type 4
//! frame   seconds 4 | micro- or nanoseconds 4 | captured 4 | original 4 | (modified: 8 more) | octets
//! ```
//! All numbers in the byte order of the magic. The upper half of the link type says whether a frame check
//! sequence follows the octets; it is left where it is.

use pcap_parser::pcap::{
    PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_frame_modified, parse_pcap_header,
};

use super::{BLOCK_OCTETS_MAX, Fault, feed::Feed, reader::Span};
use crate::LinkType;

const FILE_HEADER_OCTETS: usize = 24;

/// What the header of the file says.
#[derive(Clone, Copy)]
pub(super) struct Pcap {
    big_endian: bool,
    modified: bool,
    fraction_ns: u32,
    link_type: LinkType,
}

impl Pcap {
    /// Reads the header, if these are the first octets of a pcap file.
    pub(super) fn open(feed: &mut Feed) -> Result<Option<Self>, Fault> {
        let whole = feed.fill(FILE_HEADER_OCTETS)?;
        match parse_pcap_header(feed.data()) {
            Ok((_, header)) => {
                feed.take(FILE_HEADER_OCTETS);
                Ok(Some(Self::from_header(&header)))
            }
            Err(pcap_parser::nom::Err::Incomplete(_)) if !whole && feed.data().len() >= 4 => {
                Err(Fault::Truncated { frame: 1, octet: feed.end_offset() })
            }
            Err(_) => Ok(None),
        }
    }

    fn from_header(header: &PcapHeader) -> Self {
        Self {
            big_endian: header.is_bigendian(),
            modified: header.is_modified_format(),
            fraction_ns: if header.is_nanosecond_precision() { 1 } else { 1_000 },
            link_type: LinkType((header.network.0 & 0xffff) as u16),
        }
    }

    /// The next frame's place in the feed; `None` at the end of the file.
    pub(super) fn next(&self, feed: &mut Feed, number: u64) -> Result<Option<Span>, Fault> {
        let header_octets = if self.modified { 24 } else { 16 };
        if !feed.fill(header_octets)? {
            let ended = feed.data().is_empty();
            let cut = Fault::Truncated { frame: number, octet: feed.end_offset() };
            return if ended { Ok(None) } else { Err(cut) };
        }
        let claimed_octets = self.captured_octets(feed.data());
        if claimed_octets as usize > BLOCK_OCTETS_MAX {
            return Err(Fault::TooLong { frame: number, octet: feed.offset(), claimed_octets });
        }
        let total = header_octets + claimed_octets as usize;
        if !feed.fill(total)? {
            return Err(Fault::Truncated { frame: number, octet: feed.end_offset() });
        }
        let parse = match (self.modified, self.big_endian) {
            (true, _) => parse_pcap_frame_modified,
            (false, true) => parse_pcap_frame_be,
            (false, false) => parse_pcap_frame,
        };
        let octet = feed.offset();
        let damaged = Fault::Damaged { frame: number, octet, what: "no frame header" };
        let (_, frame) = parse(feed.data()).map_err(|_| damaged)?;
        let fraction_ns = u64::from(frame.ts_usec) * u64::from(self.fraction_ns);
        Ok(Some(Span {
            block_octets: total,
            start: header_octets,
            len: frame.data.len(),
            original_octets: frame.origlen,
            timestamp_ns: u64::from(frame.ts_sec) * 1_000_000_000 + fraction_ns,
            link_type: self.link_type,
            interface: 0,
        }))
    }

    fn captured_octets(&self, header: &[u8]) -> u32 {
        let octets = header.get(8..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
        if self.big_endian { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) }
    }
}
