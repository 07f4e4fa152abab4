//! Frames around chunks and segments: Ethernet, IPv4 and IPv6, SCTP and TCP, as one end sends them.
//!
//! RFC 791 §3.1, RFC 8200 §3, IEEE 802.1Q §9.3, RFC 9260 §3.1, §3.3.1, RFC 8260 §2.1, RFC 9293 §3.1. Addresses are of the
//! documentation ranges (RFC 5737, RFC 3849).

use crate::clock::crc32c;
use sluice_wire::ip::header_checksum;

/// What is between Ethernet and the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// IPv4.
    V4,
    /// IPv4 under a VLAN tag.
    Vlan,
    /// IPv6.
    V6,
    /// IPv4 in fragments of so many octets, a multiple of eight.
    Fragments(usize),
}

/// One end of an association or connection.
#[derive(Clone, Debug)]
pub struct Sender {
    /// What is below SCTP or TCP.
    pub network: Network,
    /// Its port and the other's.
    pub ports: [u16; 2],
    /// Verification tag of SCTP.
    pub tag: u32,
    /// The next TSN.
    pub tsn: u32,
    /// The next octet's number of TCP.
    pub sequence: u32,
    /// Number of the next packet.
    pub identification: u32,
    /// Last octets of its address and the other's.
    pub hosts: [u32; 2],
}

/// Protocol numbers (RFC 5237).
const TCP: u8 = 6;
const SCTP: u8 = 132;

impl Sender {
    /// The end that begins, with this port of both.
    pub fn new(network: Network, port: u16) -> Self {
        Self { network, ports: [port; 2], tag: 0x51_1c_e0_01, tsn: 1, sequence: 1, identification: 1, hosts: [1, 2] }
    }

    /// The other end.
    pub fn peer(&self) -> Self {
        let ([a, b], [from, to]) = (self.ports, self.hosts);
        Self { ports: [b, a], hosts: [to, from], tag: self.tag ^ 0xff, ..self.clone() }
    }

    /// A DATA chunk with the next TSN. Flags: 1 end, 2 beginning (RFC 9260 §3.3.1).
    pub fn data(&mut self, ppid: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut chunk = self.chunk_head(0, flags, 16 + payload.len());
        chunk.extend_from_slice(&[0, 1, 0, 0]);
        chunk.extend_from_slice(&ppid.to_be_bytes());
        padded(chunk, payload)
    }

    /// An I-DATA chunk with the next TSN: message number, and fragment number, where it is not the first
    /// (RFC 8260 §2.1).
    pub fn i_data(&mut self, ppid: u32, flags: u8, [message, fragment]: [u32; 2], payload: &[u8]) -> Vec<u8> {
        let mut chunk = self.chunk_head(64, flags, 20 + payload.len());
        chunk.extend_from_slice(&[0, 1, 0, 0]);
        chunk.extend_from_slice(&message.to_be_bytes());
        chunk.extend_from_slice(&if flags & 2 == 0 { fragment } else { ppid }.to_be_bytes());
        padded(chunk, payload)
    }

    fn chunk_head(&mut self, kind: u8, flags: u8, len: usize) -> Vec<u8> {
        let mut head = vec![kind, flags];
        head.extend_from_slice(&(len as u16).to_be_bytes());
        head.extend_from_slice(&self.tsn.to_be_bytes());
        self.tsn = self.tsn.wrapping_add(1);
        head
    }

    /// Frames of a packet of chunks: one, but for fragments.
    pub fn sctp(&mut self, chunks: &[u8]) -> Vec<Vec<u8>> {
        let mut sctp: Vec<u8> = self.ports.iter().flat_map(|port| port.to_be_bytes()).collect();
        sctp.extend_from_slice(&self.tag.to_be_bytes());
        sctp.extend_from_slice(&[0; 4]);
        sctp.extend_from_slice(chunks);
        let checksum = crc32c(&sctp);
        sctp[8..12].copy_from_slice(&checksum.to_le_bytes());
        self.ip(SCTP, &sctp)
    }

    /// Frames of a segment, at any place of the stream. Flags: 0x10 acknowledges, 2 SYN, 4 RST. The checksum is left out.
    pub fn tcp(&mut self, flags: u8, sequence: u32, payload: &[u8]) -> Vec<Vec<u8>> {
        let mut tcp: Vec<u8> = self.ports.iter().flat_map(|port| port.to_be_bytes()).collect();
        tcp.extend_from_slice(&sequence.to_be_bytes());
        tcp.extend_from_slice(&[0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend_from_slice(payload);
        self.ip(TCP, &tcp)
    }

    fn ip(&mut self, protocol: u8, payload: &[u8]) -> Vec<Vec<u8>> {
        self.identification = self.identification.wrapping_add(1);
        match self.network {
            Network::V4 => vec![ethernet(&[8, 0], &self.v4(protocol, 0, payload))],
            Network::Vlan => vec![ethernet(&[0x81, 0, 0, 100, 8, 0], &self.v4(protocol, 0, payload))],
            Network::V6 => vec![ethernet(&[0x86, 0xdd], &self.v6(protocol, payload))],
            Network::Fragments(each) => self.fragments(protocol, each, payload),
        }
    }

    fn fragments(&self, protocol: u8, each: usize, payload: &[u8]) -> Vec<Vec<u8>> {
        let count = payload.len().div_ceil(each);
        let place = |number: usize| (number * each / 8) as u16 | u16::from(number + 1 < count) << 13;
        let packet = |(number, part): (usize, &[u8])| ethernet(&[8, 0], &self.v4(protocol, place(number), part));
        payload.chunks(each).enumerate().map(packet).collect()
    }

    /// `place`: more fragments, and where this one goes in units of eight octets (RFC 791 §3.1).
    pub fn v4(&self, protocol: u8, place: u16, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45, 0];
        packet.extend_from_slice(&(20 + payload.len() as u16).to_be_bytes());
        packet.extend_from_slice(&(self.identification as u16).to_be_bytes());
        packet.extend_from_slice(&place.to_be_bytes());
        packet.extend_from_slice(&[64, protocol, 0, 0]);
        for host in self.hosts {
            packet.extend_from_slice(&(u32::from_be_bytes([192, 0, 2, 0]) + host).to_be_bytes());
        }
        let checksum = header_checksum(&packet);
        packet[10..12].copy_from_slice(&checksum.to_be_bytes());
        packet.extend_from_slice(payload);
        packet
    }

    fn v6(&self, protocol: u8, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x60, 0, 0, 0];
        packet.extend_from_slice(&(payload.len() as u16).to_be_bytes());
        packet.extend_from_slice(&[protocol, 64]);
        for host in self.hosts {
            packet.extend_from_slice(&[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0]);
            packet.extend_from_slice(&host.to_be_bytes());
        }
        packet.extend_from_slice(payload);
        packet
    }
}

/// An Ethernet frame; `kind` with the VLAN tags before it.
pub fn ethernet(kind: &[u8], packet: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    frame.extend_from_slice(kind);
    frame.extend_from_slice(packet);
    frame
}

/// A chunk or parameter with its value, filled to four octets.
pub fn padded(mut head: Vec<u8>, value: &[u8]) -> Vec<u8> {
    head.extend_from_slice(value);
    head.resize(head.len().next_multiple_of(4), 0);
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_wire::ip::Packet;
    use sluice_wire::sctp;

    #[test]
    fn packets_of_every_network_are_read_as_they_were_written() {
        for (network, at) in [(Network::V4, 14), (Network::Vlan, 18), (Network::V6, 14)] {
            let mut sender = Sender::new(network, 2905);
            let chunk = sender.data(3, 3, b"hello");
            let frames = sender.sctp(&chunk);
            let packet = Packet::parse(&frames[0][at..]).unwrap();
            assert!(packet.checksum_holds() && !packet.is_fragment(), "{network:?}");
            let sctp = sctp::Packet::parse(packet.payload()).unwrap();
            assert!(sctp.verify_crc().is_ok(), "{network:?}");
            let chunk = sctp.chunks().next().unwrap().unwrap();
            assert_eq!(sctp::Data::parse(&chunk).unwrap().payload, b"hello");
        }
    }

    #[test]
    fn fragments_cover_the_packet_and_the_last_says_that_it_is_the_last() {
        let mut sender = Sender::new(Network::Fragments(16), 2905);
        let chunk = sender.data(3, 3, b"hello");
        let frames = sender.sctp(&chunk);
        let found: Vec<_> =
            frames.iter().map(|frame| Packet::parse(&frame[14..]).unwrap().fragment().unwrap()).collect();
        assert_eq!(
            found.iter().map(|f| (f.offset_octets, f.more)).collect::<Vec<_>>(),
            [(0, true), (16, true), (32, false)]
        );
        assert!(found.iter().all(|fragment| fragment.identification == found[0].identification));
    }

    #[test]
    fn the_other_end_sends_back_under_a_tag_of_its_own() {
        let sender = Sender { ports: [2905, 2906], ..Sender::new(Network::V4, 2905) };
        let peer = sender.peer();
        assert_eq!((peer.ports, peer.hosts, peer.tag == sender.tag), ([2906, 2905], [2, 1], false));
    }
}
