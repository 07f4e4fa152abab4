//! Frames of every link type, tagged and labelled.

use super::*;
use crate::samples::{self, octets};
use proptest::prelude::*;

const LINKS: [LinkType; 6] =
    [LinkType::Ethernet, LinkType::LinuxSll, LinkType::LinuxSll2, LinkType::RawIp, LinkType::Mtp3, LinkType::Mtp2];

#[test]
fn reads_an_ethernet_frame_from_a_capture() {
    let frame = octets(samples::SACK_FRAME);
    let parsed = Frame::parse(LinkType::Ethernet, &frame).expect("well-formed");
    assert_eq!(parsed.network, Network::Ip(&frame[14..]));
    assert_eq!((parsed.offset, parsed.vlan, parsed.inner_vlan), (14, None, None));
    assert_eq!(ipv4_over_ethernet(&frame), Some(&frame[14..]));
    assert_eq!(ipv4_over_ethernet(&octets(samples::IPV6_VLAN_FRAME)), None);
}

#[test]
fn reads_linux_cooked_frames_of_both_versions() {
    let frame = octets(samples::M2PA_SLL_FRAME);
    assert_eq!(parse(LinkType::LinuxSll, &frame), Ok(Network::Ip(&frame[16..])));
    let mut second = octets("08000000000000020001000602000000000100004500");
    assert_eq!(parse(LinkType::LinuxSll2, &second), Ok(Network::Ip(&[0x45, 0])));
    second[0..2].copy_from_slice(&[0x08, 0x06]);
    assert_eq!(parse(LinkType::LinuxSll2, &second), Ok(Network::Other(0x0806)));
}

#[test]
fn reads_a_tag_and_a_tag_within_a_tag() {
    let frame = octets(samples::IPV6_VLAN_FRAME);
    let parsed = Frame::parse(LinkType::Ethernet, &frame).expect("well-formed");
    assert_eq!(parsed.network, Network::Ip(&frame[18..]));
    assert_eq!((parsed.offset, parsed.vlan, parsed.inner_vlan), (18, Some(VlanId(77)), None));

    let stacked = octets("02000000000202000000000188a8e00581004fff080045");
    let parsed = Frame::parse(LinkType::Ethernet, &stacked).expect("well-formed");
    assert_eq!(parsed.network, Network::Ip(&[0x45]));
    assert_eq!((parsed.vlan, parsed.inner_vlan), (Some(VlanId(5)), Some(VlanId(0xfff))));
}

#[test]
fn takes_labels_off_an_ip_packet_under_a_tag_too() {
    // Labels 16 and 17 with the bottom bit at the second, time to live 64.
    let stack = "00010040 00011140";
    let plain = octets(&format!("020000000002 020000000001 8847 {stack} 4500"));
    let parsed = Frame::parse(LinkType::Ethernet, &plain).expect("well-formed");
    assert_eq!((parsed.network, parsed.offset, parsed.vlan), (Network::Ip(&[0x45, 0]), 22, None));
    let tagged = octets(&format!("020000000002 020000000001 8100 0005 8848 {stack} 6000"));
    let parsed = Frame::parse(LinkType::Ethernet, &tagged).expect("well-formed");
    assert_eq!((parsed.network, parsed.offset, parsed.vlan), (Network::Ip(&[0x60, 0]), 26, Some(VlanId(5))));
}

#[test]
fn what_is_no_ip_packet_under_labels_is_something_else() {
    let pseudowire = octets("020000000002 020000000001 8847 00011140 00000000");
    assert_eq!(parse(LinkType::Ethernet, &pseudowire), Ok(Network::Other(0x8847)));
    assert_eq!(parse(LinkType::Ethernet, &pseudowire[..18]), Ok(Network::Other(0x8847)));
}

#[test]
fn refuses_every_truncation_of_the_labels_and_more_of_them_than_the_limit() {
    let mut frame = octets("020000000002 020000000001 8847");
    for length in 0..8 {
        let cut = [&frame[..], &[0, 1, 0, 64, 0, 1, 1, 64][..length]].concat();
        let error = Error::new(Layer::Link, 14 + length / 4 * 4, Reason::Truncated);
        assert_eq!(parse(LinkType::Ethernet, &cut), Err(error), "{length}");
    }
    frame.extend([0, 1, 0, 64].repeat(LABELS_MAX));
    frame.extend([0, 1, 1, 64, 0x45]);
    let at = 14 + 4 * LABELS_MAX;
    assert_eq!(parse(LinkType::Ethernet, &frame), Err(Error::new(Layer::Link, at, Reason::TooDeep)));
}

#[test]
fn refuses_more_tags_than_the_limit() {
    let mut frame = vec![0u8; 12];
    for _ in 0..=TAGS_MAX {
        frame.extend([0x81, 0, 0, 1]);
    }
    frame.extend([8, 0, 0x45]);
    let at = 14 + 4 * TAGS_MAX;
    assert_eq!(parse(LinkType::Ethernet, &frame), Err(Error::new(Layer::Link, at, Reason::TooDeep)));
}

#[test]
fn tells_message_signal_units_from_the_others() {
    assert_eq!(parse(LinkType::Mtp2, &[0x80, 0x81, 0]), Ok(Network::LinkStatus));
    assert_eq!(parse(LinkType::Mtp2, &[0x80, 0x81, 3, 1, 2, 3, 4]), Ok(Network::Mtp3(&[1, 2, 3])));
    assert_eq!(parse(LinkType::Mtp2, &[0x80, 0x81, 63, 1]), Ok(Network::Mtp3(&[1])));
    let error = Error::new(Layer::Link, 2, Reason::Truncated);
    assert_eq!(parse(LinkType::Mtp2, &[0x80, 0x81, 4, 1, 2, 3]), Err(error));
}

#[test]
fn refuses_every_truncation_of_its_header() {
    let frame = octets(samples::IPV6_VLAN_FRAME);
    for length in 0..18 {
        let error = parse(LinkType::Ethernet, &frame[..length]).expect_err("cut");
        assert_eq!((error.layer, error.reason), (Layer::Link, Reason::Truncated));
    }
    for (link, header) in [(LinkType::LinuxSll, 16), (LinkType::LinuxSll2, 20), (LinkType::Mtp2, 3)] {
        for length in 0..header {
            assert!(parse(link, &frame[..length]).is_err(), "{link:?} {length}");
        }
    }
}

#[test]
fn knows_the_numbers_of_capture_files() {
    for (number, link) in [(1, LinkType::Ethernet), (113, LinkType::LinuxSll), (276, LinkType::LinuxSll2)] {
        assert_eq!(LinkType::from_pcap(number), Some(link));
    }
    for raw in [12, 14, 101, 228, 229] {
        assert_eq!(LinkType::from_pcap(raw), Some(LinkType::RawIp));
    }
    assert_eq!(LinkType::from_pcap(0), None);
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(mut frame in proptest::collection::vec(any::<u8>(), 0..80), ethertype in prop_oneof![Just([0x81, 0]), Just([0x88, 0x47]), any::<[u8; 2]>()]) {
        if let Some(place) = frame.get_mut(12..14) {
            place.copy_from_slice(&ethertype);
        }
        for link in LINKS {
            if let Ok(parsed) = Frame::parse(link, &frame) {
                prop_assert!(usize::from(parsed.offset) <= frame.len());
            }
        }
    }
}
