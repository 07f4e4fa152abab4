//! Link and IP headers: the selector of the link type, then a frame.

use super::source::Source;
use sluice_wire::ip::{self, Packet, Protocol};
use sluice_wire::link::{Frame, LinkType, Network, ipv4_over_ethernet, parse};
use sluice_wire::tcp;

/// The numbers of capture files for what the engine takes.
const LINKS: [u32; 8] = [1, 113, 276, 101, 140, 141, 228, 229];

/// The selector of a link type; the first for one that is not known.
pub fn selector(link: u16) -> u8 {
    LINKS.iter().position(|known| *known == u32::from(link)).unwrap_or_default() as u8
}

/// Takes a frame apart down to what IP carries, the short way and the long way.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let Some(link) = LinkType::from_pcap(LINKS[usize::from(source.octet()) % LINKS.len()]) else { return };
    let octets = source.rest();
    let frame = Frame::parse(link, octets);
    assert_eq!(frame.map(|frame| frame.network), parse(link, octets));
    if link == LinkType::Ethernet
        && let Some(packet) = ipv4_over_ethernet(octets)
    {
        assert_eq!(parse(link, octets), Ok(Network::Ip(packet)), "the short way agrees with the long one");
    }
    let Ok(frame) = frame else { return };
    if let Network::Ip(held) | Network::Mtp3(held) = frame.network {
        assert_eq!(octets.get(frame.offset.into()..).map(<[u8]>::as_ptr), Some(held.as_ptr()), "the offset is its own");
    }
    if let Network::Ip(held) = frame.network {
        packet(held);
    }
}

fn packet(octets: &[u8]) {
    let packet = Packet::parse(octets);
    for protocol in [Protocol::SCTP, Protocol::TCP] {
        if let Some((whole, payload)) = ip::ordinary(octets, protocol) {
            let packet = packet.expect("what the short way takes the long way takes");
            assert!(!packet.is_fragment());
            assert_eq!((packet.octets(), packet.payload(), packet.protocol()), (whole, payload, protocol));
        }
    }
    let Ok(packet) = packet else { return };
    assert!(packet.octets().len() <= octets.len());
    assert_eq!(packet.octets().get(packet.payload_offset().into()..), Some(packet.payload()));
    let _ = (packet.source(), packet.destination(), packet.checksum_holds());
    if let Some(fragment) = packet.fragment() {
        assert!(
            usize::from(fragment.offset_octets) + packet.payload().len() <= 65_535,
            "a fragment ends within a packet"
        );
    }
    if let Ok(segment) = tcp::Segment::parse(packet.payload()) {
        assert!(packet.payload().ends_with(segment.payload));
    }
}
