//! IPv4 and IPv6 packets: who, to whom, what, and whether it is a piece of something larger.
//!
//! RFC 791, RFC 8200. Handles IPv4 options (skipped), IPv6 extension headers (walked up to a limit), fragments
//! (checked one by one, put together elsewhere), frames longer than the packet. Does not handle jumbograms (RFC 2675) or what
//! lies under encryption (ESP): there `protocol` is 50.

mod v4;
mod v6;

pub use v4::{header_checksum, ordinary};
pub use v6::{EXTENSION_HEADERS_MAX, upper_layer};

use core::fmt;
use core::net::IpAddr;

use crate::{Error, Layer, Reason};

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    /// IPv4.
    V4([u8; 4]),
    /// IPv6.
    V6([u8; 16]),
}

impl From<Address> for IpAddr {
    fn from(address: Address) -> Self {
        match address {
            Address::V4(octets) => octets.into(),
            Address::V6(octets) => octets.into(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        IpAddr::from(*self).fmt(f)
    }
}

/// The protocol of a payload, by its assigned number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol(pub u8);

impl Protocol {
    /// Transmission Control Protocol.
    pub const TCP: Self = Self(6);
    /// User Datagram Protocol.
    pub const UDP: Self = Self(17);
    /// Stream Control Transmission Protocol.
    pub const SCTP: Self = Self(132);
}

/// Where a fragment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The same for all fragments of a packet between two addresses (16 bits in IPv4).
    pub identification: u32,
    /// Where its payload stands in the whole.
    pub offset_octets: u16,
    /// Whether others follow.
    pub more: bool,
}

impl Fragment {
    /// Whether a payload of so many octets may stand there, in a packet whose headers before it have so many
    /// (RFC 791 §3.2, RFC 8200 §4.5): something, a multiple of eight octets if others follow, and not beyond the
    /// longest packet.
    const fn fits(self, header_octets: usize, payload_octets: usize) -> bool {
        let ends_at = header_octets + self.offset_octets as usize + payload_octets;
        payload_octets != 0 && ends_at <= PACKET_OCTETS_MAX && (!self.more || payload_octets.is_multiple_of(8))
    }
}

/// A checked IP packet, without the padding of the frame.
///
/// ```text
///  0    1    2         4         6         8    9    10        12        16        20
/// +----+----+---------+---------+---------+----+----+---------+---------+---------+----------
/// |4 HL|    | length  | ident.  |fl offset|TTL |prot| checksum| from    | to      | options ...   IPv4
/// +----+----+---------+---------+---------+----+----+---------+---------+---------+----------
///
///  0                   4         6    7    8                 24                40
/// +-------------------+---------+----+----+-----------------+-----------------+--------------
/// |6  class flow label| length  |next|hops| from            | to              | extensions .. IPv6
/// +-------------------+---------+----+----+-----------------+-----------------+--------------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    header: Header<'a>,
    octets: &'a [u8],
    payload: &'a [u8],
    protocol: Protocol,
    fragment: Option<Fragment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header<'a> {
    V4(&'a [u8; 20]),
    V6 { source: &'a [u8; 16], destination: &'a [u8; 16] },
}

impl<'a> Packet<'a> {
    /// Checks the packet at the start of `octets`; what follows its length is ignored.
    ///
    /// # Errors
    /// `BadVersion`; `BadLength` where a length is less than its own header, or where a fragment is empty, reaches
    /// beyond the longest packet, or has others after it and is no multiple of eight octets; `Truncated` where the
    /// packet or an extension header ends after the octets do; `TooDeep` beyond [`EXTENSION_HEADERS_MAX`].
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        match octets.first().map(|first| first >> 4) {
            Some(4) => Self::parse_v4(octets),
            Some(6) => Self::parse_v6(octets),
            Some(_) => Err(Error::new(Layer::Ip, 0, Reason::BadVersion)),
            None => Err(Error::new(Layer::Ip, 0, Reason::Truncated)),
        }
    }

    /// Who sent it.
    #[inline]
    pub fn source(&self) -> Address {
        match self.header {
            Header::V4(h) => Address::V4([h[12], h[13], h[14], h[15]]),
            Header::V6 { source, .. } => Address::V6(*source),
        }
    }

    /// To whom.
    #[inline]
    pub fn destination(&self) -> Address {
        match self.header {
            Header::V4(h) => Address::V4([h[16], h[17], h[18], h[19]]),
            Header::V6 { destination, .. } => Address::V6(*destination),
        }
    }

    /// The protocol of the payload, after the extension headers. Of a fragment: what the whole begins with, be it an
    /// extension header; [`upper_layer`] goes on from there. Only that of the first fragment counts (RFC 8200 §4.5).
    #[inline]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// What the packet carries. Of a fragment: all that is to be put in its place in the whole.
    #[inline]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Where the payload begins, in octets from the start of the packet.
    #[inline]
    pub const fn payload_offset(&self) -> u16 {
        // Both lie in one packet of at most 40 + 65,535 octets; the difference is headers within the limit.
        (self.octets.len() - self.payload.len()) as u16
    }

    /// The whole packet, headers included, without the padding of the frame.
    #[inline]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// Where the packet belongs, if it is a fragment. A whole packet in a fragment header (RFC 6946) is none.
    #[inline]
    pub const fn fragment(&self) -> Option<Fragment> {
        self.fragment
    }

    /// Whether the packet is a piece of a larger one.
    #[inline]
    pub const fn is_fragment(&self) -> bool {
        self.fragment.is_some()
    }

    /// Whether the header checksum holds; always in IPv6, which has none.
    #[inline]
    pub fn checksum_holds(&self) -> bool {
        match self.header {
            Header::V4(h) => {
                let header = self.octets.get(..usize::from(h[0] & 0x0f) * 4).unwrap_or_default();
                u16::from_be_bytes([h[10], h[11]]) == header_checksum(header)
            }
            Header::V6 { .. } => true,
        }
    }
}

/// The longest packet, its header included, that its length can say.
const PACKET_OCTETS_MAX: usize = 65_535;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    fn ipv4() -> Vec<u8> {
        octets(samples::SACK_FRAME)[14..].to_vec()
    }

    fn ipv6() -> Vec<u8> {
        octets(samples::IPV6_VLAN_FRAME)[18..].to_vec()
    }

    #[test]
    fn reads_an_ipv4_packet_from_a_capture_and_leaves_the_padding() {
        let mut padded = ipv4();
        let length = padded.len();
        padded.extend([0; 6]);
        let packet = Packet::parse(&padded).expect("well-formed");
        assert_eq!(packet.source(), Address::V4([10, 2, 0, 1]));
        assert_eq!(packet.destination().to_string(), "10.1.0.1");
        assert_eq!((packet.protocol(), packet.payload_offset()), (Protocol::SCTP, 20));
        assert_eq!(packet.payload(), &padded[20..length]);
        assert_eq!(packet.octets().len(), length);
        assert!(packet.checksum_holds() && !packet.is_fragment());
    }

    #[test]
    fn reads_an_ipv6_packet_from_a_capture() {
        let whole = ipv6();
        let packet = Packet::parse(&whole).expect("well-formed");
        assert_eq!(packet.source().to_string(), "2001:db8::1");
        assert_eq!(packet.destination().to_string(), "2001:db8::2");
        assert_eq!((packet.protocol(), packet.payload_offset()), (Protocol::SCTP, 40));
        assert_eq!(packet.payload(), &whole[40..]);
    }

    #[test]
    fn refuses_lengths_less_than_their_header() {
        let mut packet = ipv4();
        packet[3] = 19;
        assert_eq!(Packet::parse(&packet), Err(Error::new(Layer::Ip, 2, Reason::BadLength)));
        let mut packet = ipv4();
        packet[0] = 0x44;
        assert_eq!(Packet::parse(&packet), Err(Error::new(Layer::Ip, 2, Reason::BadLength)));
        packet[0] = 0x55;
        assert_eq!(Packet::parse(&packet), Err(Error::new(Layer::Ip, 0, Reason::BadVersion)));
    }

    #[test]
    fn refuses_every_truncation() {
        for whole in [ipv4(), ipv6()] {
            for length in 0..whole.len() {
                let error = Packet::parse(&whole[..length]).expect_err("cut");
                assert_eq!(error.reason, Reason::Truncated, "{length}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(mut packet in proptest::collection::vec(any::<u8>(), 0..200), first in prop_oneof![Just(0x45u8), Just(0x4f), Just(0x60), any::<u8>()], length in 0u8..200) {
            if let Some(head) = packet.first_chunk_mut::<7>() {
                (head[0], head[2], head[4]) = (first, 0, if first >> 4 == 6 { 0 } else { head[4] });
                (head[3], head[5], head[6]) = (length, length, [0, 43, 44, 51, 60, 132][usize::from(head[6]) % 6]);
            }
            if let Ok(parsed) = Packet::parse(&packet) {
                if let Ok((_, payload)) = upper_layer(parsed.protocol(), parsed.payload()) {
                    prop_assert!(parsed.payload().ends_with(payload));
                }
                let _ = (parsed.source(), parsed.destination(), parsed.checksum_holds());
                prop_assert_eq!(usize::from(parsed.payload_offset()) + parsed.payload().len(), parsed.octets().len());
            }
        }
    }
}
