//! The messages of our own captures in every other wrapping: each says word for word what it says as it was captured.

use crate::rig::net::{FIRST, Fragment, LAST, MIDDLE, SCTP, WHOLE, data, ethernet, i_data, ip4, sctp};
use crate::rig::{Line, Rig};
use sluice_io::capture::Reader;
use sluice_wire::ip;
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::sctp::{self as wire, Data, Ppid};
use std::collections::BTreeSet;

/// A message of M3UA as it was captured.
struct Message {
    route: (u8, u8),
    ports: (u16, u16),
    tag: u32,
    payload: Vec<u8>,
}

/// Every message of a capture that came whole, each once; the last octet of its addresses stands for them.
fn messages(name: &str) -> Vec<Message> {
    let path = format!("{}/../../tests/captures/{name}.pcap", env!("CARGO_MANIFEST_DIR"));
    let (mut reader, mut messages, mut seen) = (Reader::open(path).expect("a capture"), Vec::new(), BTreeSet::new());
    while let Some(record) = reader.next().expect("an intact capture") {
        let kind = LinkType::from_pcap(record.link_type.0.into()).expect("a link type that is known");
        let Ok(Network::Ip(octets)) = link::parse(kind, record.octets) else { continue };
        let Ok(packet) = ip::Packet::parse(octets) else { continue };
        let Ok(sctp) = wire::Packet::parse(packet.payload()) else { continue };
        let (ports, tag) = ((sctp.source_port(), sctp.destination_port()), sctp.verification_tag().0);
        for chunk in sctp.chunks().flatten() {
            let Ok(data) = Data::parse(&chunk) else { continue };
            let is_ours = data.ppid == Ppid::M3UA && data.flags.is_whole();
            if is_ours && seen.insert((tag, ports, data.tsn.0)) {
                messages.push(Message { route: (octets[15], octets[19]), ports, tag, payload: data.payload.to_vec() });
            }
        }
    }
    messages
}

/// How a message is sent: the frames with its octets; `tsn` is the first that is free.
type Wrapping = fn(&Message, u32) -> Vec<Vec<u8>>;

/// TSNs a message may take up.
const TSNS: u32 = 16;

fn frames(message: &Message, packets: Vec<Vec<Vec<u8>>>) -> Vec<Vec<u8>> {
    let packet = |chunks: &Vec<Vec<u8>>| sctp(message.ports, message.tag, chunks);
    packets.iter().map(|chunks| ethernet(&ip4(message.route, SCTP, Fragment::default(), &packet(chunks)))).collect()
}

fn plain(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    frames(message, vec![vec![data(tsn, WHOLE, 3, &message.payload)]])
}

/// Five pieces, and the flags of each.
fn pieces(message: &Message) -> Vec<(u8, &[u8])> {
    let pieces: Vec<_> = message.payload.chunks(message.payload.len().div_ceil(5)).collect();
    let flags = |nth: usize| match nth {
        0 => FIRST,
        _ if nth + 1 == pieces.len() => LAST,
        _ => MIDDLE,
    };
    pieces.iter().enumerate().map(|(nth, piece)| (flags(nth), *piece)).collect()
}

fn in_fragments(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    let chunk = |(nth, (flags, piece)): (usize, (u8, &[u8]))| vec![data(tsn + nth as u32, flags, 3, piece)];
    frames(message, pieces(message).into_iter().enumerate().map(chunk).collect())
}

fn in_fragments_backwards(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    in_fragments(message, tsn).into_iter().rev().collect()
}

fn in_fragments_of_one_packet(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    let chunk = |(nth, (flags, piece)): (usize, (u8, &[u8]))| data(tsn + nth as u32, flags, 3, piece);
    frames(message, vec![pieces(message).into_iter().enumerate().map(chunk).collect()])
}

fn in_i_data(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    let chunk = |(nth, (flags, piece)): (usize, (u8, &[u8]))| {
        let number = if nth == 0 { 3 } else { nth as u32 };
        vec![i_data(tsn + nth as u32, tsn, flags, number, piece)]
    };
    frames(message, pieces(message).into_iter().enumerate().map(chunk).collect())
}

fn in_fragments_of_ip(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    let packet = sctp(message.ports, message.tag, &[data(tsn, WHOLE, 3, &message.payload)]);
    let count = packet.len().div_ceil(48);
    let frame = |(nth, piece): (usize, &[u8])| {
        let fragment = Fragment { identification: tsn as u16, offset_octets: nth as u16 * 48, more: nth + 1 < count };
        ethernet(&ip4(message.route, SCTP, fragment, piece))
    };
    packet.chunks(48).enumerate().map(frame).collect()
}

fn without_identifier(message: &Message, tsn: u32) -> Vec<Vec<u8>> {
    frames(message, vec![vec![data(tsn, WHOLE, 0, &message.payload)]])
}

fn said(messages: &[Message], wrapping: Wrapping) -> Vec<Line> {
    let mut rig = Rig::new();
    for (nth, message) in messages.iter().enumerate() {
        rig.frames(wrapping(message, nth as u32 * TSNS));
    }
    rig.lines()
}

#[test]
fn every_message_of_our_captures_says_the_same_in_every_wrapping() {
    let wrappings: [(Wrapping, &str); 6] = [
        (in_fragments, "sctp_fragmented"),
        (in_fragments_backwards, "sctp_fragmented"),
        (in_fragments_of_one_packet, "sctp_fragmented"),
        (in_i_data, "sctp_fragmented"),
        (in_fragments_of_ip, "ip_fragmented"),
        (without_identifier, "sctp_ppid"),
    ];
    for name in ["mix-11", "features", "evasion", "xudt"] {
        let messages = messages(name);
        let as_captured = said(&messages, plain);
        assert!(as_captured.len() > 20, "{name}: {} messages", as_captured.len());
        for (nth, (wrapping, added)) in wrappings.into_iter().enumerate() {
            let wrapped = said(&messages, wrapping);
            assert_eq!(wrapped.len(), as_captured.len(), "{name} in wrapping {nth}");
            for (wrapped, captured) in wrapped.iter().zip(&as_captured) {
                assert_eq!(wrapped.content(), captured.content(), "{name} in wrapping {nth}");
                let mut expected = captured.anomalies();
                expected.push(added);
                expected.sort_unstable();
                expected.dedup();
                assert_eq!(wrapped.anomalies(), expected, "{name} in wrapping {nth}");
            }
        }
    }
}
