//! A frame again, with other octets in some of its DATA chunks.

use arrayvec::ArrayVec;
use sluice_wire::ip::{self, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::sctp::{self, COMMON_HEADER_OCTETS, Data};
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

/// Frames that one may become.
pub const FRAMES_MAX: usize = 4;

/// Lengths of frames that stand one behind the other.
pub type Lengths = ArrayVec<usize, FRAMES_MAX>;

/// Writes the frame with its edits to the start of `out`, and says how long it is. No IP packet is longer than `mtu`: where
/// the chunks do not fit into one they stand in several, in their order, each a frame of its own. What stood behind the
/// IP packet is left out.
///
/// # Errors
/// Nothing is to be sent of `out` then.
pub fn rebuild(
    link: LinkType,
    frame: &[u8],
    edits: &[Edit<'_>],
    mtu: usize,
    out: &mut [u8],
) -> Result<Lengths, Refused> {
    let Ok(Network::Ip(octets)) = link::parse(link, frame) else { return Err(Refused::Form) };
    let ip = ip::Packet::parse(octets).map_err(|_| Refused::Form)?;
    if ip.is_fragment() || ip.protocol() != Protocol::SCTP {
        return Err(Refused::Form);
    }
    let ip_at = frame.len() - octets.len();
    let ip_header = usize::from(ip.payload_offset());
    let head_octets = ip_at + ip_header + usize::from(COMMON_HEADER_OCTETS);
    let head = frame.get(..head_octets).ok_or(Refused::Form)?;
    let mut parts = Parts { link, head, ip_at, ip_header, mtu, out, begin: 0, at: 0, lengths: Lengths::new() };
    parts.chunks(ip.payload(), edits)?;
    Ok(parts.lengths)
}

/// Writes a frame with an SCTP packet in it to the start of `out`, and says how long it is. `head` is what stands before
/// the packet, link and IP header, of a frame that went the same way. The packet's own checksum is right.
///
/// # Errors
/// As [`rebuild`].
pub fn wrap(link: LinkType, head: &[u8], packet: &[u8], out: &mut [u8]) -> Result<usize, Refused> {
    let Ok(Network::Ip(header)) = link::parse(link, head) else { return Err(Refused::Form) };
    let ip_at = head.len() - header.len();
    let end = put(out, 0, head)? + put(out, head.len(), packet)?;
    put_length(out.get_mut(ip_at..end).ok_or(Refused::Room)?, header.len())?;
    padded(link, end, out)
}

/// Link and IP header of a frame with a whole SCTP packet in it.
pub fn head(link: LinkType, frame: &[u8]) -> Option<&[u8]> {
    let Ok(Network::Ip(octets)) = link::parse(link, frame) else { return None };
    let ip = ip::Packet::parse(octets).ok().filter(|ip| !ip.is_fragment() && ip.protocol() == Protocol::SCTP)?;
    frame.get(..frame.len() - octets.len() + usize::from(ip.payload_offset()))
}

/// Frames on their way to `out`.
struct Parts<'f> {
    link: LinkType,
    /// From the first octet of the frame to the end of SCTP's common header.
    head: &'f [u8],
    ip_at: usize,
    ip_header: usize,
    mtu: usize,
    out: &'f mut [u8],
    /// Where the frame at hand begins, and where its next chunk goes.
    begin: usize,
    at: usize,
    lengths: Lengths,
}

impl Parts<'_> {
    fn chunks(&mut self, octets: &[u8], edits: &[Edit<'_>]) -> Result<(), Refused> {
        let packet = sctp::Packet::parse(octets).map_err(|_| Refused::Form)?;
        let (mut read, mut edited) = (usize::from(COMMON_HEADER_OCTETS), 0);
        self.begin()?;
        for chunk in packet.chunks().map_while(Result::ok) {
            let start = usize::from(chunk.offset);
            let end = (start + chunk.len_octets()).next_multiple_of(4).min(octets.len());
            match edits.iter().find(|edit| edit.chunk_at == chunk.offset) {
                Some(edit) => {
                    let data = Data::parse(&chunk).map_err(|_| Refused::Chunk)?;
                    self.make_room(edit.payload.len().next_multiple_of(4) + DATA_HEADER_OCTETS)?;
                    let room = self.out.get_mut(self.at..).ok_or(Refused::Room)?;
                    self.at += Data { payload: edit.payload, ..data }.emit(room).map_err(|_| Refused::Room)?;
                    edited += 1;
                }
                None => self.copy(octets.get(start..end).ok_or(Refused::Form)?)?,
            }
            read = end;
        }
        // Whatever stands behind the last chunk that could be read stays.
        self.copy(octets.get(read..).unwrap_or_default())?;
        self.finish()?;
        if edited == edits.len() { Ok(()) } else { Err(Refused::Chunk) }
    }

    fn begin(&mut self) -> Result<(), Refused> {
        self.at = self.begin + put(self.out, self.begin, self.head)?;
        Ok(())
    }

    fn copy(&mut self, octets: &[u8]) -> Result<(), Refused> {
        self.make_room(octets.len())?;
        self.at += put(self.out, self.at, octets)?;
        Ok(())
    }

    /// Another frame where this one would become too long.
    fn make_room(&mut self, octets: usize) -> Result<(), Refused> {
        if self.packet_octets() + octets <= self.mtu {
            return Ok(());
        }
        if self.at > self.begin + self.head.len() {
            self.finish()?;
            self.begin()?;
        }
        if self.packet_octets() + octets <= self.mtu { Ok(()) } else { Err(Refused::Room) }
    }

    const fn packet_octets(&self) -> usize {
        self.at - self.begin - self.ip_at
    }

    /// Lengths and checksums of the frame at hand.
    fn finish(&mut self) -> Result<(), Refused> {
        let whole = self.out.get_mut(self.begin..).ok_or(Refused::Room)?;
        let end = self.at - self.begin;
        let sctp = whole.get_mut(self.ip_at + self.ip_header..end).ok_or(Refused::Room)?;
        put(sctp, CHECKSUM_AT, &[0; 4])?;
        let crc = sctp::checksum(sctp).map_err(|_| Refused::Form)?;
        put(sctp, CHECKSUM_AT, &crc.to_le_bytes())?;
        put_length(whole.get_mut(self.ip_at..end).ok_or(Refused::Room)?, self.ip_header)?;
        let length = padded(self.link, end, whole)?;
        self.lengths.try_push(length).map_err(|_| Refused::Room)?;
        self.begin += length;
        Ok(())
    }
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

/// Header of the chunk and of DATA.
const DATA_HEADER_OCTETS: usize = 16;
const CHECKSUM_AT: usize = 8;
const IPV6_HEADER_OCTETS: u16 = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_wire::sctp::{DataFlags, Ppid, StreamId, StreamSeq, Tsn};

    const PAYLOADS: [&[u8]; 9] = [&[0x11; 150]; 9];

    /// Ethernet, IPv4 and SCTP with a DATA chunk for each payload.
    fn frame(payloads: &[&[u8]]) -> Vec<u8> {
        let mut sctp = vec![0x0B, 0x59, 0x0B, 0x59, 0, 0, 0, 7, 0, 0, 0, 0];
        for (tsn, payload) in (100..).zip(payloads) {
            let (sid, ssn, ppid, flags) = (StreamId(1), StreamSeq(tsn as u16), Ppid::M3UA, DataFlags(3));
            let data = Data { tsn: Tsn(tsn), sid, ssn, ppid, flags, payload_offset: 0, payload };
            let mut chunk = [0; 1500];
            let len = data.emit(&mut chunk).unwrap();
            sctp.extend(&chunk[..len]);
        }
        let crc = sctp::checksum(&sctp).unwrap();
        sctp[8..12].copy_from_slice(&crc.to_le_bytes());
        let mut ip = vec![0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 132, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
        ip.extend(sctp);
        put_length(&mut ip, 20).unwrap();
        [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &ip].concat()
    }

    /// TSN and payload of each chunk of a frame in which every length and checksum is right.
    fn chunks(frame: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let Ok(Network::Ip(octets)) = link::parse(LinkType::Ethernet, frame) else { panic!("no IP") };
        let ip = ip::Packet::parse(octets).unwrap();
        assert_eq!(ip.octets().len(), usize::from(u16::from_be_bytes([octets[2], octets[3]])));
        assert_eq!(octets[10..12], ip::header_checksum(&octets[..20]).to_be_bytes());
        let packet = sctp::Packet::parse(ip.payload()).unwrap();
        packet.verify_crc().unwrap();
        let data = packet.chunks().map(|chunk| {
            let chunk = chunk.unwrap();
            let data = Data::parse(&chunk).unwrap();
            (data.tsn.0, data.payload.to_vec())
        });
        data.collect()
    }

    fn rebuilt(frame: &[u8], edits: &[Edit<'_>], mtu: usize) -> Result<Vec<Vec<u8>>, Refused> {
        let mut out = vec![0; 8192];
        let lengths = rebuild(LinkType::Ethernet, frame, edits, mtu, &mut out)?;
        let mut rest = out.as_slice();
        Ok(lengths
            .into_iter()
            .map(|length| {
                let (frame, after) = rest.split_at(length);
                rest = after;
                frame.to_vec()
            })
            .collect())
    }

    #[test]
    fn a_frame_without_edits_is_itself() {
        let whole = frame(&PAYLOADS);
        assert_eq!(rebuilt(&whole, &[], 1552), Ok(vec![whole]));
    }

    #[test]
    fn chunks_that_have_become_too_long_for_their_frame_go_on_in_several_and_in_order() {
        let edited = [0x22; 300];
        let whole = frame(&PAYLOADS);
        let edits: Vec<_> = (0..9).map(|n| Edit { chunk_at: 12 + 168 * n, payload: &edited }).collect();
        let frames = rebuilt(&whole, &edits, 1552).unwrap();
        assert_eq!(frames.len(), 3);
        assert!(frames.iter().all(|frame| frame.len() <= 14 + 1552));
        let read: Vec<_> = frames.iter().flat_map(|frame| chunks(frame)).collect();
        let expected: Vec<_> = (100..109).map(|tsn| (tsn, edited.to_vec())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn what_fits_into_no_frame_and_edits_of_no_chunk_are_refused() {
        let whole = frame(&PAYLOADS);
        let long = [0x22; 1600];
        assert_eq!(rebuilt(&whole, &[Edit { chunk_at: 12, payload: &long }], 1552), Err(Refused::Room));
        assert_eq!(rebuilt(&whole, &[Edit { chunk_at: 13, payload: &[1] }], 1552), Err(Refused::Chunk));
    }
}
