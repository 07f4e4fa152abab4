//! A frame again, with other octets in some of its DATA chunks.

use sluice_wire::ip::{self, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::sctp::{self, COMMON_HEADER_OCTETS, Chunk, Data};
use std::fmt;

/// Other octets for one DATA chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit<'e> {
    /// Where the chunk begins, in octets from the start of the SCTP packet.
    pub chunk_at: u16,
    /// Its new payload.
    pub payload: &'e [u8],
}

/// Why a frame stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not one whole IP packet of SCTP over a link that can be written.
    Form,
    /// A chunk to be edited is not there, or is no DATA.
    Chunk,
    /// It would be longer than the link or the room allows.
    Room,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "the frame is not one whole IP packet of SCTP",
            Self::Chunk => "a chunk to be edited is not there",
            Self::Room => "the edited frame would be too long",
        })
    }
}

impl std::error::Error for Refused {}

/// An Ethernet frame is not shorter, its checksum left out (IEEE 802.3 §3.2.8).
const ETHERNET_OCTETS_MIN: usize = 60;

/// Writes the frame with its edits to the start of `out` and says how long it is. The IP packet is not longer than
/// `mtu`. What stood behind the IP packet is left out.
///
/// # Errors
/// Nothing is to be sent of `out` then.
pub fn rebuild(link: LinkType, frame: &[u8], edits: &[Edit<'_>], mtu: usize, out: &mut [u8]) -> Result<usize, Refused> {
    let Ok(Network::Ip(octets)) = link::parse(link, frame) else { return Err(Refused::Form) };
    let ip = ip::Packet::parse(octets).map_err(|_| Refused::Form)?;
    if ip.is_fragment() || ip.protocol() != Protocol::SCTP {
        return Err(Refused::Form);
    }
    let ip_at = frame.len() - octets.len();
    let sctp_at = ip_at + usize::from(ip.payload_offset());
    let head = frame.get(..sctp_at).ok_or(Refused::Form)?;
    let (place, rest) = out.split_at_mut_checked(sctp_at).ok_or(Refused::Room)?;
    place.copy_from_slice(head);
    let sctp_octets = packet(ip.payload(), edits, rest)?;
    let end = sctp_at + sctp_octets;
    if end - ip_at > mtu {
        return Err(Refused::Room);
    }
    put_length(out.get_mut(ip_at..end).ok_or(Refused::Room)?, usize::from(ip.payload_offset()))?;
    padded(link, end, out)
}

/// The SCTP packet with its edits and its checksum; says how long it is.
fn packet(octets: &[u8], edits: &[Edit<'_>], out: &mut [u8]) -> Result<usize, Refused> {
    let packet = sctp::Packet::parse(octets).map_err(|_| Refused::Form)?;
    let mut at = usize::from(COMMON_HEADER_OCTETS);
    let (mut read, mut edited) = (at, 0);
    put(out, 0, octets.get(..at).ok_or(Refused::Form)?)?;
    for chunk in packet.chunks().map_while(Result::ok) {
        let start = usize::from(chunk.offset);
        let end = (start + chunk.len_octets()).next_multiple_of(4).min(octets.len());
        match edits.iter().find(|edit| edit.chunk_at == chunk.offset) {
            Some(edit) => {
                at += put_data(&chunk, edit.payload, out.get_mut(at..).ok_or(Refused::Room)?)?;
                edited += 1;
            }
            None => at += put(out, at, octets.get(start..end).ok_or(Refused::Form)?)?,
        }
        read = end;
    }
    // Whatever stands behind the last chunk that could be read stays.
    at += put(out, at, octets.get(read..).unwrap_or_default())?;
    if edited != edits.len() {
        return Err(Refused::Chunk);
    }
    let written = out.get_mut(..at).ok_or(Refused::Room)?;
    let crc = sctp::checksum(written).map_err(|_| Refused::Form)?;
    put(written, CHECKSUM_AT, &crc.to_le_bytes())?;
    Ok(at)
}

/// The chunk with its padding, its place in the association kept.
fn put_data(chunk: &Chunk<'_>, payload: &[u8], out: &mut [u8]) -> Result<usize, Refused> {
    let data = Data::parse(chunk).map_err(|_| Refused::Chunk)?;
    Data { payload, ..data }.emit(out).map_err(|_| Refused::Room)
}

fn put(out: &mut [u8], at: usize, octets: &[u8]) -> Result<usize, Refused> {
    let place = out.get_mut(at..).and_then(|rest| rest.get_mut(..octets.len())).ok_or(Refused::Room)?;
    place.copy_from_slice(octets);
    Ok(octets.len())
}

/// The length of the IP packet, and the checksum of an IPv4 header.
fn put_length(packet: &mut [u8], header_octets: usize) -> Result<(), Refused> {
    let whole = u16::try_from(packet.len()).map_err(|_| Refused::Room)?;
    if packet.first().is_some_and(|octet| octet >> 4 == 4) {
        put(packet, 2, &whole.to_be_bytes())?;
        let header = packet.get_mut(..header_octets).ok_or(Refused::Form)?;
        let checksum = ip::header_checksum(header);
        put(header, 10, &checksum.to_be_bytes())?;
    } else {
        put(packet, 4, &whole.checked_sub(IPV6_HEADER_OCTETS).ok_or(Refused::Form)?.to_be_bytes())?;
    }
    Ok(())
}

fn padded(link: LinkType, end: usize, out: &mut [u8]) -> Result<usize, Refused> {
    if link != LinkType::Ethernet || end >= ETHERNET_OCTETS_MIN {
        return Ok(end);
    }
    out.get_mut(end..ETHERNET_OCTETS_MIN).ok_or(Refused::Room)?.fill(0);
    Ok(ETHERNET_OCTETS_MIN)
}

const CHECKSUM_AT: usize = 8;
const IPV6_HEADER_OCTETS: u16 = 40;
