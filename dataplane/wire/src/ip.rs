//! IPv4 and IPv6 packets: who, to whom, what, and whether it is a piece of something larger.
//!
//! RFC 791, RFC 8200. Handles IPv4 options (skipped), IPv6 extension headers (walked up to a limit), fragments
//! (told, not put together), frames longer than the packet. Does not handle jumbograms (RFC 2675) or what
//! lies under encryption (ESP): there `protocol` is 50.

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
    V6(&'a [u8; 40]),
}

impl<'a> Packet<'a> {
    /// Checks the packet at the start of `octets`; what follows its length is ignored.
    ///
    /// # Errors
    /// `BadVersion`; `BadLength` where a length is less than its own header; `Truncated` where the packet or an
    /// extension header ends after the octets do; `TooDeep` beyond [`EXTENSION_HEADERS_MAX`].
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        match octets.first().map(|first| first >> 4) {
            Some(4) => Self::parse_v4(octets),
            Some(6) => Self::parse_v6(octets),
            Some(_) => Err(Error::new(Layer::Ip, 0, Reason::BadVersion)),
            None => Err(Error::new(Layer::Ip, 0, Reason::Truncated)),
        }
    }

    /// RFC 791 §3.1.
    #[inline]
    fn parse_v4(octets: &'a [u8]) -> Result<Self, Error> {
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
        Ok(Self { header: Header::V4(header), octets, payload, protocol: Protocol(header[9]), fragment })
    }

    /// RFC 8200 §3.
    #[inline]
    fn parse_v6(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(header) = octets.first_chunk::<40>() else {
            return Err(Error::new(Layer::Ip, 0, Reason::Truncated));
        };
        let total_octets = 40 + usize::from(u16::from_be_bytes([header[4], header[5]]));
        let Some(octets) = octets.get(..total_octets) else {
            return Err(Error::new(Layer::Ip, 4, Reason::Truncated));
        };
        let mut next = Protocol(header[6]);
        let mut payload = octets.get(40..).unwrap_or_default();
        let mut fragment = None;
        for _ in 0..=EXTENSION_HEADERS_MAX {
            let at = total_octets - payload.len();
            let Some(extension) = Extension::parse(next, payload, at)? else {
                return Ok(Self { header: Header::V6(header), octets, payload, protocol: next, fragment });
            };
            next = extension.next;
            payload = extension.rest;
            fragment = extension.fragment.or(fragment);
            if extension.fragment.is_some_and(|fragment| fragment.offset_octets != 0) {
                // The middle of a packet: what follows is payload whatever its type says.
                return Ok(Self { header: Header::V6(header), octets, payload, protocol: next, fragment });
            }
        }
        Err(Error::new(Layer::Ip, total_octets - payload.len(), Reason::TooDeep))
    }

    /// Who sent it.
    #[inline]
    pub fn source(&self) -> Address {
        match self.header {
            Header::V4(h) => Address::V4([h[12], h[13], h[14], h[15]]),
            Header::V6(h) => Address::V6(*h.split_first_chunk().map_or(&[0; 16], |(_, rest): (&[u8; 8], _)| {
                rest.first_chunk().unwrap_or(&[0; 16])
            })),
        }
    }

    /// To whom.
    #[inline]
    pub fn destination(&self) -> Address {
        match self.header {
            Header::V4(h) => Address::V4([h[16], h[17], h[18], h[19]]),
            Header::V6(h) => Address::V6(*h.last_chunk().unwrap_or(&[0; 16])),
        }
    }

    /// The protocol of the payload, after the extension headers.
    #[inline]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// What the packet carries.
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
            Header::V6(_) => true,
        }
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

/// An IPv6 extension header, read.
struct Extension<'a> {
    next: Protocol,
    rest: &'a [u8],
    fragment: Option<Fragment>,
}

impl<'a> Extension<'a> {
    /// RFC 8200 §4: the header of type `kind` at the start of `octets`; `None` where `kind` is not an extension.
    #[inline]
    fn parse(kind: Protocol, octets: &'a [u8], at: usize) -> Result<Option<Self>, Error> {
        let unit_octets = match kind.0 {
            HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY | HOST_IDENTITY | SHIM6 | FRAGMENT => 8,
            AUTHENTICATION => 4,
            _ => return Ok(None),
        };
        let truncated = Error::new(Layer::Ip, at, Reason::Truncated);
        let Some(head) = octets.first_chunk::<8>() else { return Err(truncated) };
        let (units, fragment) = match kind.0 {
            FRAGMENT => (1, fragment_of(head)),
            // RFC 4302 §2.2: in words of four octets, less two.
            AUTHENTICATION => (usize::from(head[1]) + 2, None),
            _ => (usize::from(head[1]) + 1, None),
        };
        let Some(rest) = octets.get(units * unit_octets..) else { return Err(truncated) };
        Ok(Some(Self { next: Protocol(head[0]), rest, fragment }))
    }
}

/// RFC 8200 §4.5; `None` for a whole packet.
#[inline]
fn fragment_of(head: &[u8; 8]) -> Option<Fragment> {
    let place = u16::from_be_bytes([head[2], head[3]]);
    (place & 0xfff9 != 0).then(|| Fragment {
        identification: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
        offset_octets: place & 0xfff8,
        more: place & 1 != 0,
    })
}

/// How many IPv6 extension headers a packet may carry: each kind once, destination options twice.
pub const EXTENSION_HEADERS_MAX: usize = 8;
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;
const HOST_IDENTITY: u8 = 139;
const SHIM6: u8 = 140;

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

    /// The sample with `extension` put before its payload.
    fn ipv6_with(kind: u8, extension: &[u8]) -> Vec<u8> {
        let mut packet = ipv6();
        packet[6] = kind;
        let length = packet.len() - 40 + extension.len();
        packet[4..6].copy_from_slice(&u16::try_from(length).expect("short").to_be_bytes());
        packet.splice(40..40, extension.iter().copied());
        packet
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

    #[test]
    fn tells_where_an_ipv4_fragment_belongs() {
        let mut packet = ipv4();
        packet[4..8].copy_from_slice(&[0x12, 0x34, 0x20, 0x19]);
        let fragment = Packet::parse(&packet).expect("well-formed").fragment();
        assert_eq!(fragment, Some(Fragment { identification: 0x1234, offset_octets: 200, more: true }));
    }

    #[test]
    fn walks_ipv6_extension_headers_to_the_payload() {
        let packet = ipv6_with(HOP_BY_HOP, &[60, 0, 1, 4, 0, 0, 0, 0, 51, 0, 1, 4, 0, 0, 0, 0, 132, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
        let parsed = Packet::parse(&packet).expect("well-formed");
        assert_eq!((parsed.protocol(), parsed.payload_offset()), (Protocol::SCTP, 68));
        assert_eq!(parsed.payload(), &ipv6()[40..]);
    }

    #[test]
    fn tells_where_an_ipv6_fragment_belongs_and_stops_there() {
        let packet = ipv6_with(FRAGMENT, &[HOP_BY_HOP, 0, 0, 0x51, 0, 0, 0, 9]);
        let parsed = Packet::parse(&packet).expect("well-formed");
        let fragment = Fragment { identification: 9, offset_octets: 80, more: true };
        assert_eq!((parsed.fragment(), parsed.payload_offset()), (Some(fragment), 48));
        let whole = ipv6_with(FRAGMENT, &[132, 0, 0, 0, 0, 0, 0, 9]);
        assert!(!Packet::parse(&whole).expect("well-formed").is_fragment());
    }

    #[test]
    fn refuses_more_extension_headers_than_the_limit() {
        let chain = [HOP_BY_HOP, 0, 1, 4, 0, 0, 0, 0].repeat(EXTENSION_HEADERS_MAX + 1);
        let error = Packet::parse(&ipv6_with(HOP_BY_HOP, &chain)).expect_err("too many");
        assert_eq!(error.reason, Reason::TooDeep);
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
        for whole in [ipv4(), ipv6(), ipv6_with(HOP_BY_HOP, &[132, 0, 1, 4, 0, 0, 0, 0])] {
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
                let _ = (parsed.source(), parsed.destination(), parsed.checksum_holds());
                prop_assert_eq!(usize::from(parsed.payload_offset()) + parsed.payload().len(), parsed.octets().len());
            }
        }
    }
}
