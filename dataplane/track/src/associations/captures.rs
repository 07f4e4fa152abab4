//! The associations of captures: what was opened, established and closed in them, as a reader of the capture counts.

use super::*;
use sluice_wire::ip;
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::sctp::{ChunkKind, Data, Packet};
use std::path::Path;

/// The frames of a classic capture of Ethernet in the order of octets of this machine; none where the file is not.
fn frames(name: &str) -> Option<Vec<Vec<u8>>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = here.ancestors().map(|folder| folder.join("shared/captures").join(name));
    let Some(path) = paths.into_iter().find(|path| path.is_file()) else {
        eprintln!("SKIPPED: no shared/captures/{name}");
        return None;
    };
    let file = std::fs::read(path).expect("readable");
    let (header, mut rest) = file.split_first_chunk::<24>().expect("a header");
    assert_eq!((&header[..4], header[20]), (&[0xd4, 0xc3, 0xb2, 0xa1][..], 1), "a classic capture of Ethernet");
    let mut frames = Vec::new();
    while let Some((record, after)) = rest.split_first_chunk::<16>() {
        let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]);
        let (frame, next) = after.split_at(length as usize);
        frames.push(frame.to_vec());
        rest = next;
    }
    Some(frames)
}

/// Feeds every chunk of a packet; says how many DATA chunks were new, and how many had passed before.
fn feed(table: &mut Associations, packet: &Packet<'_>, now_ns: u64) -> (u32, u32) {
    let key = DirectionKey {
        verification_tag: packet.verification_tag().0,
        source_port: packet.source_port(),
        destination_port: packet.destination_port(),
    };
    let (mut new, mut before) = (0, 0);
    for chunk in packet.chunks().flatten() {
        if chunk.kind() == ChunkKind::Data {
            let Ok(data) = Data::parse(&chunk) else { continue };
            match table.pass(key, data.tsn, now_ns) {
                Seen::New | Seen::Behind => new += 1,
                Seen::Before => before += 1,
            }
        } else if let Some(chunk) = Control::of(&chunk) {
            table.control(key, chunk, now_ns);
        }
    }
    (new, before)
}

/// What the table counts in a capture, and the DATA chunks that were new and that were not.
fn run(name: &str) -> Option<(AssociationCounts, (u32, u32))> {
    let mut table = Associations::new(4096, 7);
    let mut data = (0, 0);
    for (now_ns, frame) in (0..).zip(frames(name)?) {
        let Ok(Network::Ip(octets)) = link::parse(LinkType::Ethernet, &frame) else { continue };
        let Ok(ip) = ip::Packet::parse(octets) else { continue };
        let Some(packet) = Packet::parse(ip.payload()).ok().filter(|_| ip.protocol() == ip::Protocol::SCTP) else {
            continue;
        };
        let (new, before) = feed(&mut table, &packet, now_ns);
        data = (data.0 + new, data.1 + before);
    }
    Some((table.take_counts(), data))
}

#[test]
fn an_association_that_was_seen_from_its_first_packet_to_its_last_is_not_picked_up() {
    for name in ["sigtrannet_e2e.pcap", "vely_m3ua_srism_res_10000.pcap"] {
        let Some((counts, _)) = run(name) else { continue };
        let expected = AssociationCounts { opened: 1, established: 1, closed: 1, ..AssociationCounts::default() };
        assert_eq!(counts, expected, "{name}");
    }
}

#[test]
fn handshakes_are_established_once_for_each_that_passed_a_cookie() {
    // From tshark: INIT ACKs to an INIT, COOKIE ECHOs, SHUTDOWN COMPLETEs.
    let cases =
        [("suricata_m3ua_bundles.pcap", 1, 1, 0), ("wiki_m3ua_isup.cap", 2, 2, 0), ("wiki_sctp_frag_www.cap", 2, 2, 2)];
    for (name, opened, established, closed) in cases {
        let Some((counts, _)) = run(name) else { continue };
        assert_eq!((counts.opened, counts.established, counts.closed), (opened, established, closed), "{name}");
        assert_eq!((counts.restarted, counts.shed, counts.inits_shed), (0, 0, 0), "{name}");
    }
}

#[test]
fn retransmissions_are_those_whose_tag_ports_and_tsn_a_reader_finds_twice() {
    // From tshark: distinct verification tag, ports and TSN; the others.
    let cases = [
        ("pcapr_m3ua_ul_isd_sri_retrans.pcap", (17, 8)),
        ("wiki_camel.pcap", (1, 4)),
        ("wiki_m3ua_isup.cap", (481, 0)),
        ("wiki_sctp_frag_www.cap", (35, 0)),
        ("sigtrannet_e2e.pcap", (14, 0)),
        ("vely_m3ua_srism_res_10000.pcap", (10_000, 0)),
    ];
    for (name, expected) in cases {
        let Some((_, data)) = run(name) else { continue };
        assert_eq!(data, expected, "{name}");
    }
}
