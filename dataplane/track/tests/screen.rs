//! Every capture through a screen that refuses all it can, as it is by default; and any octets.

use proptest::prelude::*;
use sluice_track::screen::{
    DataVerdict, MessageClass, Mode, Modes, Network, Partner, Rate, Reason, Role, Screen, Seen, Settings, Side, Sizes,
    Verdict,
};
use sluice_wire::link::{self, LinkType, Network as Layer3};
use sluice_wire::mtp3::PointCode;
use sluice_wire::sctp::{ChunkKind, Data, Packet, Ppid};
use sluice_wire::{ip, m3ua};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// When a frame came, in nanoseconds, and its octets.
type Frame = (u64, Vec<u8>);

fn captures() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(folder) = here.ancestors().map(|folder| folder.join("shared/captures")).find(|folder| folder.is_dir())
    else {
        eprintln!("SKIPPED: no shared/captures beside the repository; nothing was screened");
        return Vec::new();
    };
    let files = std::fs::read_dir(folder).expect("readable").map(|file| file.expect("readable").path());
    let is_capture =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension == "pcap" || extension == "cap");
    let mut files: Vec<_> = files.filter(is_capture).collect();
    files.sort();
    files
}

/// The link type and the frames of a classic capture in the order of octets of this machine, with their times.
fn frames(file: &Path) -> Option<(LinkType, Vec<Frame>)> {
    let octets = std::fs::read(file).expect("readable");
    let word = |at: usize| Some(u32::from_le_bytes(*octets.get(at..)?.first_chunk()?));
    if word(0) != Some(0xa1b2_c3d4) {
        eprintln!("SKIPPED: {} is no classic capture", file.display());
        return None;
    }
    let (link, mut at, mut frames) = (LinkType::from_pcap(word(20)?)?, 24, Vec::new());
    while let (Some(seconds), Some(micros), Some(length)) = (word(at), word(at + 4), word(at + 8)) {
        let time_ns = u64::from(seconds) * 1_000_000_000 + u64::from(micros) * 1000;
        let Some(frame) = octets.get(at + 16..at + 16 + length as usize) else { break };
        frames.push((time_ns, frame.to_vec()));
        at += 16 + length as usize;
    }
    Some((link, frames))
}

/// Packets, messages, and how often each reason refused something.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    packets: u32,
    messages: u32,
    refused: BTreeMap<&'static str, u32>,
}

impl Outcome {
    fn refuse(&mut self, reason: Reason) {
        *self.refused.entry(reason.name()).or_default() += 1;
    }

    fn neutralise(&mut self, verdict: DataVerdict) {
        if let DataVerdict::Neutralise(reason) = verdict {
            self.refuse(reason);
        }
    }

    fn packet(&mut self, screen: &mut Screen, seen: &Seen<'_>, now_ns: u64) {
        self.packets += 1;
        if let Verdict::Drop(reason) = screen.packet(seen, now_ns) {
            self.refuse(reason);
        }
        for chunk in seen.packet.chunks().flatten().filter(|chunk| chunk.kind() == ChunkKind::Data) {
            let Ok(data) = Data::parse(&chunk) else { continue };
            self.messages += 1;
            self.neutralise(screen.user_message(seen, data.ppid, data.payload));
            if let Some(msu) = m3ua::ProtocolData::ordinary(data.payload) {
                self.neutralise(screen.label(seen, msu.label.opc, msu.rc.map(|rc| rc.0)));
            }
            self.neutralise(screen.charge(seen, MessageClass::ShortMessage, now_ns));
        }
    }
}

/// A capture through a screen; the node with the lower address is outside.
fn screened(settings: &Settings, file: &Path) -> Option<Outcome> {
    let (link, frames) = frames(file)?;
    let (mut screen, mut outcome) = (Screen::new(settings, &Sizes::default(), 7), Outcome::default());
    for (time_ns, frame) in frames {
        let Ok(Layer3::Ip(octets)) = link::parse(link, &frame) else { continue };
        let Ok(ip) = ip::Packet::parse(octets) else { continue };
        let Ok(packet) = &Packet::parse(ip.payload()) else { continue };
        if ip.protocol() != ip::Protocol::SCTP || ip.is_fragment() {
            continue;
        }
        let (source, destination) = (ip.source().into(), ip.destination().into());
        let side = if source < destination { Side::Outside } else { Side::Inside };
        let crc_holds = packet.verify_crc().is_ok();
        outcome.packet(&mut screen, &Seen { source, destination, packet, crc_holds, side }, time_ns);
    }
    Some(outcome)
}

fn enforced() -> Settings {
    Settings { modes: Modes::all(Mode::Enforce), ..Settings::default() }
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Captures whose headers were put together by a program, and how many of their packets have no verification tag: no
/// endpoint takes such.
const WITHOUT_TAGS: [(&str, u32); 6] = [
    ("arkime_diameter_synthetic.pcap", 2),
    ("arkime_m3ua_synthetic.pcap", 61),
    ("pwnss7_indefinite_length.pcap", 1),
    ("pwnss7_negative_opcode.pcap", 1),
    ("wiki_camel.pcap", 5),
    ("wiki_ussd_m2ua.pcap", 1),
];

#[test]
fn no_packet_and_no_message_of_a_real_capture_is_refused() {
    let mut packets = 0;
    for file in captures() {
        let Some(outcome) = screened(&enforced(), &file) else { continue };
        let name = name_of(&file);
        let without_tag = WITHOUT_TAGS.iter().find(|(made, _)| *made == name).map(|(_, count)| ("zero_tag", *count));
        assert_eq!(outcome.refused, BTreeMap::from_iter(without_tag), "{name}");
        packets += outcome.packets;
    }
    assert!(packets == 0 || packets > 10_000, "{packets}");
}

#[test]
fn associations_seen_from_their_first_packet_on_pass_a_screen_that_trusts_nothing_it_did_not_see() {
    let settings = Settings { settle_ns: 0, ..enforced() };
    for name in
        ["sigtrannet_e2e.pcap", "vely_m3ua_srism_res_10000.pcap", "wiki_sctp_frag_www.cap", "wiki_m3ua_isup.cap"]
    {
        let Some(file) = captures().into_iter().find(|file| name_of(file) == name) else { continue };
        let outcome = screened(&settings, &file).expect("a classic capture");
        assert!(outcome.refused.is_empty() && outcome.messages > 0, "{name}: {outcome:?}");
    }
}

fn everything() -> Settings {
    let rate = Some(Rate { per_s: 3, burst: 5 });
    let partner = Partner {
        networks: vec![Network { address: [192, 0, 2, 0].into(), bits: 24 }],
        role: Role::Asp,
        asp_identifiers: vec![1],
        routing_contexts: vec![1],
        traffic_modes: vec![1],
        point_codes: vec![1],
        may_register: false,
        messages: rate,
    };
    Settings {
        modes: Modes::all(Mode::Enforce).with(Reason::BadCrc, Mode::Observe),
        settle_ns: 3,
        ports: vec![2905],
        partners_only: true,
        forbidden_chunks: vec![0xc1],
        inits_of_source: rate,
        inits_to_destination: rate,
        ppids: vec![3],
        messages_of_association: rate,
        shed_first: MessageClass::ShortMessage,
        partners: vec![partner],
    }
}

/// Chunks as often right as wrong.
fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let value = prop::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..28);
    (prop_oneof![0_u8..16, Just(0xc1_u8), any::<u8>()], 0_u8..4, value).prop_map(|(kind, flags, mut value)| {
        let length = 4 + value.len() as u8;
        value.resize(value.len().next_multiple_of(4), 0);
        [vec![kind, flags, 0, length], value].concat()
    })
}

proptest! {
    #[test]
    fn any_packets_in_any_order_do_not_panic_cost_no_memory_and_are_counted(
        packets in prop::collection::vec(
            (0_u32..4, 0_u8..4, prop::collection::vec(chunk(), 0..4), any::<bool>(), any::<u64>()), 0..60),
        user in prop::collection::vec(prop_oneof![0_u8..20, any::<u8>()], 0..60),
    ) {
        let sizes = Sizes { directions: 8, handshakes: 4, sources: 4, destinations: 4 };
        let mut screen = Screen::new(&everything(), &sizes, 7);
        let octets_before = screen.octets();
        let mut dropped = 0;
        for (tag, host, chunks, is_outside, now_ns) in packets {
            let header = [vec![0x0b, 0x59, 0x0b, 0x59], tag.to_be_bytes().to_vec(), vec![0; 4]].concat();
            let octets = [header, chunks.concat()].concat();
            let (packet, side) = (&Packet::parse(&octets).expect("a header"), if is_outside { Side::Outside } else { Side::Inside });
            let [source, destination] = [[192, 0, 2, host], [198, 51, 100, host]].map(IpAddr::from);
            let seen = Seen { source, destination, packet, crc_holds: host != 3, side };
            dropped += u64::from(screen.packet(&seen, now_ns) != Verdict::Pass);
            let _ = (screen.user_message(&seen, Ppid(3), &user), screen.label(&seen, PointCode(tag), Some(tag)));
            let _ = screen.charge(&seen, MessageClass::ShortMessage, now_ns);
        }
        let counts = screen.take_counts();
        prop_assert_eq!((counts.dropped, screen.octets()), (dropped, octets_before));
        let refusing = counts.all().filter(|(reason, _)| *reason != Reason::BadCrc).map(|(_, n)| n).sum::<u64>();
        prop_assert_eq!(refusing, counts.dropped + counts.neutralised, "one reason for each refusal");
    }
}
