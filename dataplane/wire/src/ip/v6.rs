//! IPv6: the fixed header and the extension headers after it.
//!
//! RFC 8200 §3, §4. Handles hop-by-hop, routing, fragment, destination, authentication, mobility, host identity
//! and shim6 headers. Does not handle options inside them.

use super::{Fragment, Header, Packet, Protocol};
use crate::{Error, Layer, Reason};

impl<'a> Packet<'a> {
    /// RFC 8200 §3.
    #[inline]
    pub(super) fn parse_v6(octets: &'a [u8]) -> Result<Self, Error> {
        let truncated = Error::new(Layer::Ip, 0, Reason::Truncated);
        let Some((fixed, rest)) = octets.split_first_chunk::<8>() else { return Err(truncated) };
        let Some((source, rest)) = rest.split_first_chunk() else { return Err(truncated) };
        let Some((destination, rest)) = rest.split_first_chunk() else { return Err(truncated) };
        let Some(payload) = rest.get(..usize::from(u16::from_be_bytes([fixed[4], fixed[5]]))) else {
            return Err(Error::new(Layer::Ip, 4, Reason::Truncated));
        };
        let octets = octets.get(..FIXED_OCTETS + payload.len()).unwrap_or_default();
        Self::past_extensions(Header::V6 { source, destination }, octets, payload, Protocol(fixed[6]))
    }

    /// RFC 8200 §4: walks the extension headers, from the first of type `next` to the payload.
    #[inline]
    fn past_extensions(
        header: Header<'a>,
        octets: &'a [u8],
        mut payload: &'a [u8],
        mut next: Protocol,
    ) -> Result<Self, Error> {
        for _ in 0..=EXTENSION_HEADERS_MAX {
            let at = octets.len() - payload.len();
            let Some(extension) = Extension::parse(next, payload, at)? else {
                return Ok(Self { header, octets, payload, protocol: next, fragment: None });
            };
            next = extension.next;
            payload = extension.rest;
            if let Some(fragment) = extension.fragment {
                // What follows belongs to the whole, whatever its type says: only there can it be read.
                if !fragment.fits(at - FIXED_OCTETS, payload.len()) {
                    return Err(Error::new(Layer::Ip, at, Reason::BadLength));
                }
                return Ok(Self { header, octets, payload, protocol: next, fragment: Some(fragment) });
            }
        }
        Err(Error::new(Layer::Ip, octets.len() - payload.len(), Reason::TooDeep))
    }
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

/// What a packet put together carries: its octets begin with a header of type `protocol`, and IPv6 extension headers
/// among them are walked as in a packet that came whole. Protocol and payload of what is after them.
///
/// # Errors
/// `Truncated` where an extension header ends after the octets do; `TooDeep` beyond [`EXTENSION_HEADERS_MAX`];
/// `Unsupported` for a fragment in a packet put together, which no sender has a reason to make.
pub fn upper_layer(mut protocol: Protocol, octets: &[u8]) -> Result<(Protocol, &[u8]), Error> {
    let mut payload = octets;
    for _ in 0..=EXTENSION_HEADERS_MAX {
        let at = octets.len() - payload.len();
        match Extension::parse(protocol, payload, at)? {
            None => return Ok((protocol, payload)),
            Some(Extension { fragment: Some(_), .. }) => return Err(Error::new(Layer::Ip, at, Reason::Unsupported)),
            Some(extension) => (protocol, payload) = (extension.next, extension.rest),
        }
    }
    Err(Error::new(Layer::Ip, octets.len() - payload.len(), Reason::TooDeep))
}

/// How many IPv6 extension headers a packet may carry: each kind once, destination options twice.
pub const EXTENSION_HEADERS_MAX: usize = 8;
/// The header before any extension.
const FIXED_OCTETS: usize = 40;
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
    fn walks_ipv6_extension_headers_to_the_payload() {
        let packet = ipv6_with(
            HOP_BY_HOP,
            &[60, 0, 1, 4, 0, 0, 0, 0, 51, 0, 1, 4, 0, 0, 0, 0, 132, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1],
        );
        let parsed = Packet::parse(&packet).expect("well-formed");
        assert_eq!((parsed.protocol(), parsed.payload_offset()), (Protocol::SCTP, 68));
        assert_eq!(parsed.payload(), &ipv6()[40..]);
    }

    /// A fragment of so many octets, its fragment header behind others.
    fn fragment(before: &[u8], place: u16, payload_octets: u16) -> Vec<u8> {
        let mut packet = ipv6()[..40].to_vec();
        packet[6] = if before.is_empty() { FRAGMENT } else { HOP_BY_HOP };
        packet.extend(before);
        packet.extend([DESTINATION, 0, 0, 0, 0, 0, 0, 9]);
        let at = packet.len() - 6;
        packet[at..at + 2].copy_from_slice(&place.to_be_bytes());
        packet.resize(packet.len() + usize::from(payload_octets), 0);
        let length = u16::try_from(packet.len() - 40).expect("short");
        packet[4..6].copy_from_slice(&length.to_be_bytes());
        packet
    }

    #[test]
    fn tells_where_an_ipv6_fragment_belongs_and_stops_there() {
        let chain = [DESTINATION, 0, 1, 4, 0, 0, 0, 0, FRAGMENT, 0, 1, 4, 0, 0, 0, 0];
        for (before, offset_octets) in [(&[][..], 0), (&[], 80), (&chain, 0), (&chain, 80)] {
            let packet = fragment(before, offset_octets | 1, 16);
            let parsed = Packet::parse(&packet).expect("well-formed");
            let expected = Fragment { identification: 9, offset_octets, more: true };
            assert_eq!(parsed.fragment(), Some(expected));
            assert_eq!((parsed.protocol(), parsed.payload().len()), (Protocol(DESTINATION), 16), "not looked into");
        }
    }

    #[test]
    fn a_whole_packet_in_a_fragment_header_is_no_fragment() {
        let whole = ipv6_with(FRAGMENT, &[132, 0, 0, 0, 0, 0, 0, 9]);
        let parsed = Packet::parse(&whole).expect("well-formed");
        assert!(!parsed.is_fragment());
        assert_eq!((parsed.protocol(), parsed.payload()), (Protocol::SCTP, &ipv6()[40..]));
    }

    #[test]
    fn refuses_an_ipv6_fragment_that_cannot_be_a_piece() {
        let read = |packet: &[u8]| Packet::parse(packet).map(|packet| packet.payload().len());
        let error = Err(Error::new(Layer::Ip, 40, Reason::BadLength));
        for payload_octets in 0..=24u16 {
            let is_piece = payload_octets > 0 && payload_octets % 8 == 0;
            let expected = if is_piece { Ok(usize::from(payload_octets)) } else { error };
            assert_eq!(read(&fragment(&[], 8 | 1, payload_octets)), expected, "{payload_octets}");
        }
        assert_eq!(read(&fragment(&[], 0xfff8, 7)), Ok(7));
        assert_eq!(read(&fragment(&[], 0xfff8, 8)), error);
        let before = [FRAGMENT, 0, 1, 4, 0, 0, 0, 0];
        assert_eq!(read(&fragment(&before, 0xfff0, 7)), Ok(7));
        let error = Err(Error::new(Layer::Ip, 48, Reason::BadLength));
        assert_eq!(read(&fragment(&before, 0xfff0, 8)), error, "the headers before it stay in the whole");
    }

    #[test]
    fn goes_on_where_a_packet_put_together_begins() {
        let whole = [&[SHIM6, 0, 1, 4, 0, 0, 0, 0, 132, 0, 1, 4, 0, 0, 0, 0][..], &[1, 2, 3]].concat();
        assert_eq!(upper_layer(Protocol(DESTINATION), &whole), Ok((Protocol::SCTP, &[1, 2, 3][..])));
        assert_eq!(upper_layer(Protocol::SCTP, &whole), Ok((Protocol::SCTP, &whole[..])));
        for length in 0..16 {
            let error = upper_layer(Protocol(DESTINATION), &whole[..length]).expect_err("cut");
            assert_eq!((error.reason, error.at), (Reason::Truncated, length as u16 / 8 * 8));
        }
        let again = [FRAGMENT, 0, 1, 4, 0, 0, 0, 0, 132, 0, 0, 1, 0, 0, 0, 9];
        let error = Error::new(Layer::Ip, 8, Reason::Unsupported);
        assert_eq!(upper_layer(Protocol(DESTINATION), &again), Err(error));
        let chain = [HOP_BY_HOP, 0, 1, 4, 0, 0, 0, 0].repeat(EXTENSION_HEADERS_MAX + 1);
        assert_eq!(upper_layer(Protocol(HOP_BY_HOP), &chain).map_err(|error| error.reason), Err(Reason::TooDeep));
    }

    #[test]
    fn refuses_more_extension_headers_than_the_limit() {
        let chain = [HOP_BY_HOP, 0, 1, 4, 0, 0, 0, 0].repeat(EXTENSION_HEADERS_MAX + 1);
        let error = Packet::parse(&ipv6_with(HOP_BY_HOP, &chain)).expect_err("too many");
        assert_eq!(error.reason, Reason::TooDeep);
    }

    #[test]
    fn refuses_every_truncation_of_an_extension_header() {
        let whole = ipv6_with(HOP_BY_HOP, &[132, 1, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for length in 0..16u8 {
            let mut cut = whole[..40 + usize::from(length)].to_vec();
            cut[5] = length;
            assert_eq!(Packet::parse(&cut), Err(Error::new(Layer::Ip, 40, Reason::Truncated)));
        }
    }
}
