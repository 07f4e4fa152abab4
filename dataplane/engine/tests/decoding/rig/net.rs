//! Ethernet, IP, SCTP and TCP.

use sluice_wire::ip::header_checksum;
use sluice_wire::sctp::{self, Data, DataFlags, Ppid, StreamId, StreamSeq, Tsn};

/// An Ethernet frame around an IP packet.
pub fn ethernet(ip: &[u8]) -> Vec<u8> {
    let kind: [u8; 2] = if ip[0] >> 4 == 4 { [0x08, 0x00] } else { [0x86, 0xDD] };
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &kind, ip].concat()
}

/// Source and destination, by the last octet of each address.
pub type Route = (u8, u8);

/// What an IP packet says of fragments.
#[derive(Clone, Copy, Default)]
pub struct Fragment {
    pub identification: u16,
    pub offset_octets: u16,
    pub more: bool,
}

/// IPv4 (RFC 791 §3.1), whole or a fragment.
pub fn ip4(route: Route, protocol: u8, fragment: Fragment, payload: &[u8]) -> Vec<u8> {
    let mut header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, route.0, 10, 0, 0, route.1];
    header[2..4].copy_from_slice(&(20 + payload.len() as u16).to_be_bytes());
    header[4..6].copy_from_slice(&fragment.identification.to_be_bytes());
    let place = (u16::from(fragment.more) << 13) | (fragment.offset_octets / 8);
    header[6..8].copy_from_slice(&place.to_be_bytes());
    let checksum = header_checksum(&header).to_be_bytes();
    header[10..12].copy_from_slice(&checksum);
    [&header, payload].concat()
}

/// IPv6 (RFC 8200 §3).
pub fn ip6(route: Route, next: u8, payload: &[u8]) -> Vec<u8> {
    let address = |last| [&[0x20, 0x01, 0x0D, 0xB8][..], &[0; 11], &[last]].concat();
    let length = (payload.len() as u16).to_be_bytes();
    [&[0x60, 0, 0, 0, length[0], length[1], next, 64][..], &address(route.0), &address(route.1), payload].concat()
}

/// IPv6 with a fragment header (RFC 8200 §4.5).
pub fn ip6_fragment(route: Route, next: u8, fragment: Fragment, payload: &[u8]) -> Vec<u8> {
    let place = (fragment.offset_octets | u16::from(fragment.more)).to_be_bytes();
    let identification = u32::from(fragment.identification).to_be_bytes();
    let header = [&[next, 0][..], &place, &identification].concat();
    ip6(route, IPV6_FRAGMENT, &[&header, payload].concat())
}

/// An SCTP packet (RFC 9260 §3), its checksum right.
pub fn sctp(ports: (u16, u16), tag: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let head = [&ports.0.to_be_bytes()[..], &ports.1.to_be_bytes(), &tag.to_be_bytes(), &[0; 4]].concat();
    let mut packet = [head, chunks.concat()].concat();
    let checksum = sctp::checksum(&packet).expect("a header");
    packet[sctp::CHECKSUM_OFFSET..][..4].copy_from_slice(&checksum.to_le_bytes());
    packet
}

/// Any chunk, padded.
pub fn chunk(kind: u8, flags: u8, value: &[u8]) -> Vec<u8> {
    let length = (4 + value.len() as u16).to_be_bytes();
    let mut chunk = [&[kind, flags, length[0], length[1]][..], value].concat();
    chunk.resize(chunk.len().next_multiple_of(4), 0);
    chunk
}

/// Whole, or which fragment.
pub const WHOLE: u8 = DataFlags::BEGIN | DataFlags::END;
pub const FIRST: u8 = DataFlags::BEGIN;
pub const MIDDLE: u8 = 0;
pub const LAST: u8 = DataFlags::END;

/// A DATA chunk of stream 1.
pub fn data(tsn: u32, flags: u8, ppid: u32, payload: &[u8]) -> Vec<u8> {
    let (sid, ssn) = (StreamId(1), StreamSeq(tsn as u16));
    let data = Data { tsn: Tsn(tsn), sid, ssn, ppid: Ppid(ppid), flags: DataFlags(flags), payload_offset: 0, payload };
    let mut out = vec![0; payload.len() + 20];
    let length = data.emit(&mut out).expect("fits");
    out.truncate(length);
    out
}

/// An I-DATA chunk of stream 1 (RFC 8260 §2.1); `number` is the identifier of the payload in the first fragment, the
/// place of the others.
pub fn i_data(tsn: u32, message: u32, flags: u8, number: u32, payload: &[u8]) -> Vec<u8> {
    let numbers = [&tsn.to_be_bytes()[..], &[0, 1, 0, 0], &message.to_be_bytes(), &number.to_be_bytes()].concat();
    chunk(0x40, flags, &[&numbers, payload].concat())
}

/// One side of an association that sends.
#[derive(Clone, Copy)]
pub struct Sender {
    pub route: Route,
    pub ports: (u16, u16),
    pub tag: u32,
    pub ppid: u32,
    /// The TSN of the next chunk.
    pub tsn: u32,
}

impl Sender {
    /// One that sends M3UA.
    pub const fn new(tag: u32) -> Self {
        Self { route: (1, 2), ports: (2905, 2905), tag, ppid: 3, tsn: 1000 }
    }

    /// One that sends something else, from and to a port.
    pub const fn of(tag: u32, ppid: u32, port: u16) -> Self {
        Self { ppid, ports: (port, port), ..Self::new(tag) }
    }

    /// The IPv4 packet with these chunks.
    pub fn ip(&self, chunks: &[Vec<u8>]) -> Vec<u8> {
        ip4(self.route, SCTP, Fragment::default(), &sctp(self.ports, self.tag, chunks))
    }

    /// The frame with these chunks.
    pub fn frame(&self, chunks: &[Vec<u8>]) -> Vec<u8> {
        ethernet(&self.ip(chunks))
    }

    /// A DATA chunk with the next TSN.
    pub fn data(&mut self, flags: u8, payload: &[u8]) -> Vec<u8> {
        self.tsn = self.tsn.wrapping_add(1);
        data(self.tsn.wrapping_sub(1), flags, self.ppid, payload)
    }

    /// A frame with one message.
    pub fn whole(&mut self, payload: &[u8]) -> Vec<u8> {
        let chunk = self.data(WHOLE, payload);
        self.frame(&[chunk])
    }

    /// The chunks of a message in fragments of so many octets.
    pub fn fragments(&mut self, payload: &[u8], octets: usize) -> Vec<Vec<u8>> {
        let pieces: Vec<_> = payload.chunks(octets).collect();
        let last = pieces.len() - 1;
        let flags = |place| if place == 0 { FIRST } else { MIDDLE } | if place == last { LAST } else { MIDDLE };
        pieces.iter().enumerate().map(|(place, piece)| self.data(flags(place), piece)).collect()
    }

    /// A frame for each fragment.
    pub fn fragment_frames(&mut self, payload: &[u8], octets: usize) -> Vec<Vec<u8>> {
        self.fragments(payload, octets).into_iter().map(|chunk| self.frame(&[chunk])).collect()
    }
}

/// A TCP segment (RFC 9293 §3.1).
pub fn tcp(ports: (u16, u16), sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let numbers = [&ports.0.to_be_bytes()[..], &ports.1.to_be_bytes(), &sequence.to_be_bytes(), &[0; 4]].concat();
    [&numbers[..], &[0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0], payload].concat()
}

/// Numbers of protocols above IP.
pub const SCTP: u8 = 132;
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;
const IPV6_FRAGMENT: u8 = 44;
