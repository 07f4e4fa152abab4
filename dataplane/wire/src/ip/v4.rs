//! IPv4: the header and its checksum.
//!
//! RFC 791 §3.1. Handles fragments (told, not put together); skips options.

use super::{Fragment, Header, Packet, Protocol};
use crate::{Error, Layer, Reason};

impl<'a> Packet<'a> {
    /// RFC 791 §3.1.
    #[inline]
    pub(super) fn parse_v4(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(header) = octets.first_chunk::<20>() else {
            return Err(Error::new(Layer::Ip, 0, Reason::Truncated));
        };
        let header_octets = usize::from(header[0] & 0x0f) * 4;
        let total_octets = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if header_octets < 20 || total_octets < header_octets {
            return Err(Error::new(Layer::Ip, 2, Reason::BadLength));
        }
        let Some(octets) = octets.get(..total_octets) else {
            return Err(Error::new(Layer::Ip, 2, Reason::Truncated));
        };
        let payload = octets.get(header_octets..).unwrap_or_default();
        let place = u16::from_be_bytes([header[6], header[7]]);
        // More fragments, or an offset: a piece.
        let fragment = (place & 0x3fff != 0).then(|| Fragment {
            identification: u32::from(u16::from_be_bytes([header[4], header[5]])),
            offset_octets: (place & 0x1fff) << 3,
            more: place & 0x2000 != 0,
        });
        if fragment.is_some_and(|fragment| !fragment.fits(header_octets, payload.len())) {
            return Err(Error::new(Layer::Ip, 6, Reason::BadLength));
        }
        Ok(Self { header: Header::V4(header), octets, payload, protocol: Protocol(header[9]), fragment })
    }
}

/// A whole IPv4 packet of this protocol without options, and its payload; none for any other.
#[inline(always)]
pub fn ordinary(octets: &[u8], protocol: Protocol) -> Option<(&[u8], &[u8])> {
    let header = octets.first_chunk::<20>()?;
    let [0x45, _, t0, t1, _, _, f0, f1, _, number, ..] = *header else { return None };
    let packet = octets.get(..usize::from(u16::from_be_bytes([t0, t1])))?;
    let is_whole = u16::from_be_bytes([f0, f1]) & 0x3fff == 0;
    match packet.split_first_chunk::<20>() {
        Some((_, payload)) if is_whole && number == protocol.0 => Some((packet, payload)),
        _ => None,
    }
}

/// The checksum of an IPv4 header, options included; the checksum field itself counts as zero (RFC 791 §3.1).
#[inline]
pub fn header_checksum(header: &[u8]) -> u16 {
    let (words, _) = header.as_chunks::<2>();
    let others = words.iter().enumerate().filter(|(index, _)| *index != 5);
    let mut sum: u32 = others.map(|(_, word)| u32::from(u16::from_be_bytes(*word))).sum();
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};

    fn ipv4() -> Vec<u8> {
        octets(samples::SACK_FRAME)[14..].to_vec()
    }

    #[test]
    fn sees_a_damaged_ipv4_header() {
        let mut packet = ipv4();
        packet[8] ^= 1;
        assert!(!Packet::parse(&packet).expect("still well-formed").checksum_holds());
    }

    #[test]
    fn skips_ipv4_options() {
        let mut packet = ipv4();
        packet[0] = 0x46;
        let length = u16::try_from(packet.len() + 4).expect("short").to_be_bytes();
        packet[2..4].copy_from_slice(&length);
        packet.splice(20..20, [1, 1, 1, 0]);
        let sum = header_checksum(&packet[..24]).to_be_bytes();
        packet[10..12].copy_from_slice(&sum);
        let parsed = Packet::parse(&packet).expect("well-formed");
        assert_eq!((parsed.payload_offset(), parsed.checksum_holds()), (24, true));
        assert_eq!(parsed.payload(), &ipv4()[20..]);
    }

    /// The sample as a fragment at this offset in units of eight octets, with so many octets of payload.
    fn fragment(units: u16, more: bool, payload_octets: u16) -> Vec<u8> {
        let mut packet = ipv4()[..20].to_vec();
        packet.resize(20 + usize::from(payload_octets), 0);
        packet[2..4].copy_from_slice(&(20 + payload_octets).to_be_bytes());
        packet[6..8].copy_from_slice(&(units | u16::from(more) << 13).to_be_bytes());
        packet
    }

    #[test]
    fn tells_where_an_ipv4_fragment_belongs() {
        let mut packet = fragment(25, true, 16);
        packet[4..6].copy_from_slice(&[0x12, 0x34]);
        let parsed = Packet::parse(&packet).expect("well-formed");
        let expected = Fragment { identification: 0x1234, offset_octets: 200, more: true };
        assert_eq!((parsed.fragment(), parsed.payload().len()), (Some(expected), 16));
        let last = Packet::parse(&fragment(25, false, 1)).map(|packet| packet.fragment().map(|last| last.more));
        assert_eq!(last, Ok(Some(false)));
    }

    #[test]
    fn refuses_a_fragment_that_reaches_beyond_the_longest_packet() {
        // 20 octets of header, 65,512 before, 3 of payload: 65,535.
        assert!(Packet::parse(&fragment(8189, false, 3)).is_ok_and(|packet| packet.payload().len() == 3));
        let error = Error::new(Layer::Ip, 6, Reason::BadLength);
        assert_eq!(Packet::parse(&fragment(8189, false, 4)), Err(error));
        assert_eq!(Packet::parse(&fragment(8191, true, 8)), Err(error));
    }

    #[test]
    fn refuses_a_fragment_with_others_after_it_whose_payload_is_no_multiple_of_eight_octets() {
        for payload_octets in 0..=24 {
            let read = Packet::parse(&fragment(1, true, payload_octets)).map(|packet| packet.is_fragment());
            let whole = payload_octets > 0 && payload_octets % 8 == 0;
            let error = Error::new(Layer::Ip, 6, Reason::BadLength);
            assert_eq!(read, if whole { Ok(true) } else { Err(error) }, "{payload_octets}");
            assert!(Packet::parse(&fragment(1, false, payload_octets)).is_ok() || payload_octets == 0);
        }
    }
}
