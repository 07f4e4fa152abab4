//! SMPP captures through the table of streams: every PDU that was sent comes out once, whole, in the frame that
//! completed it. The generator's truth and the capture of a real session are beside the repository; without them the
//! tests say so and compare nothing.

use sluice_track::{FlowKey, NodeHasher, StreamSizes, Streams, Taken};
use sluice_wire::link::{LinkType, Network, parse};
use sluice_wire::smpp::{PDU_OCTETS_MAX, Pdu, Pdus};
use sluice_wire::{ip, tcp};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A frame with its number, and a PDU with the number of the frame that completed it.
type Numbered = (usize, Vec<u8>);

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: ../shared is not beside the repository; nothing was compared");
    None
}

/// The frames of a capture file of the classic format, little-endian, microseconds or nanoseconds.
fn frames(file: &Path) -> Vec<Numbered> {
    let octets = std::fs::read(file).expect("a capture");
    let word = |at: usize| u32::from_le_bytes(octets[at..at + 4].try_into().expect("four octets")) as usize;
    let (mut at, mut frames) = (24, Vec::new());
    while at < octets.len() {
        let length = word(at + 8);
        frames.push((frames.len() + 1, octets[at + 16..at + 16 + length].to_vec()));
        at += 16 + length;
    }
    frames
}

/// Time between two frames.
const FRAME_NS: u64 = 200_000_000;

struct Tap {
    streams: Streams,
    room: Box<[u8; PDU_OCTETS_MAX]>,
    pdus: Vec<Numbered>,
}

impl Tap {
    fn new() -> Self {
        Self { streams: Streams::new(StreamSizes::default(), 7), room: Box::new([0; PDU_OCTETS_MAX]), pdus: Vec::new() }
    }

    fn frame(&mut self, number: usize, frame: &[u8]) {
        let Ok(Network::Ip(packet)) = parse(LinkType::Ethernet, frame) else { return };
        let packet = ip::Packet::parse(packet).expect("IP");
        let segment = tcp::Segment::parse(packet.payload()).expect("TCP");
        let node = |address| match address {
            ip::Address::V4(octets) => NodeHasher::new(1).octets(&octets).finish(),
            ip::Address::V6(octets) => NodeHasher::new(1).octets(&octets).finish(),
        };
        let key = FlowKey {
            source: node(packet.source()),
            destination: node(packet.destination()),
            source_port: segment.source_port,
            destination_port: segment.destination_port,
        };
        match self.streams.segment(key, &segment, number as u64 * FRAME_NS) {
            Taken::Direct { flow, skip_octets } => {
                let mut pdus = Pdus::new(&segment.payload[skip_octets..]);
                for pdu in pdus.by_ref() {
                    self.streams.learn(flow, &Pdu::parse(pdu).expect("framed"));
                    self.pdus.push((number, pdu.to_vec()));
                }
                self.streams.keep(flow, pdus.rest());
            }
            Taken::Held(flow) => {
                while let Some(whole) = self.streams.next_pdu(flow, &mut self.room) {
                    let pdu = &self.room[..whole.len_octets];
                    self.streams.learn(flow, &Pdu::parse(pdu).expect("framed"));
                    self.pdus.push((number, pdu.to_vec()));
                }
            }
            _ => {}
        }
    }

    /// What the truth says of a PDU, of those fields it has.
    fn lines(&self) -> Vec<String> {
        self.pdus.iter().map(|(frame, pdu)| line(*frame, &Pdu::parse(pdu).expect("framed"))).collect()
    }
}

fn line(frame: usize, pdu: &Pdu<'_>) -> String {
    assert_eq!(pdu.fault, None);
    let hex: String = pdu.short_message.unwrap_or_default().iter().map(|octet| format!("{octet:02x}")).collect();
    let address = |party: Option<sluice_wire::smpp::Party<'_>>| {
        party.map_or_else(String::new, |party| String::from_utf8_lossy(party.address).into_owned())
    };
    let Pdu { sequence, length, source, destination, .. } = *pdu;
    format!("{frame} {} {sequence} {length} {} {} {hex}", pdu.command.number(), address(source), address(destination))
}

/// The same of a line of the truth.
fn truth_line(json: &str) -> String {
    let value = |name: &str| {
        let after = json.split_once(&format!("\"{name}\":")).map_or("", |(_, after)| after);
        after.trim_start_matches('"').split(['"', ',', '}']).next().unwrap_or_default().to_owned()
    };
    // In the truth of an address without a destination the key "src" is the PDU's, never the frame's.
    let names = ["frame", "command_id", "seq", "length", "src", "dst", "message_hex"];
    names.map(value).join(" ")
}

fn generated(name: &str, options: &[&str]) -> Option<(Vec<Numbered>, Vec<String>)> {
    let generator = shared()?.join("tools/gen.py");
    let capture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("smpp_{name}.pcap"));
    let mut command = Command::new("python3");
    command.arg(generator).arg("--out").arg(&capture).args(["--scenario", "smpp", "--count", "1000"]).args(options);
    assert!(command.status().expect("python3").success());
    let truth = std::fs::read_to_string(format!("{}.truth.jsonl", capture.display())).expect("a truth");
    Some((frames(&capture), truth.lines().map(truth_line).collect()))
}

#[test]
fn every_pdu_of_the_generator_comes_out_in_the_frame_that_completes_it() {
    for (name, options) in [
        ("plain", &["--seed", "5"][..]),
        ("tiny", &["--seed", "6", "--smpp-tiny"]),
        ("ipv6", &["--seed", "7", "--smpp-tiny", "--ipv6"]),
        ("vlan", &["--seed", "8", "--smpp-tiny", "--vlan", "77"]),
    ] {
        let Some((frames, mut truth)) = generated(name, options) else { return };
        let mut tap = Tap::new();
        frames.iter().for_each(|(number, frame)| tap.frame(*number, frame));
        // In one frame there may be PDUs of several lines, always in the order they were sent.
        truth.sort_by_key(|line| line.split(' ').next().and_then(|frame| frame.parse::<usize>().ok()));
        assert_eq!(tap.lines(), truth, "{name}");
        let counts = tap.streams.take_counts();
        assert_eq!((counts.opened, counts.closed, counts.gaps, counts.resynchronised), (1, 1, 0, 0), "{name}");
    }
}

#[test]
fn every_pdu_comes_out_once_where_frames_come_late_and_twice() {
    for seed in ["1", "2", "3", "4", "5"] {
        let Some((frames, truth)) = generated(seed, &["--seed", seed, "--smpp-tiny"]) else { return };
        // After the handshake every third frame comes up to five places late, every seventh twice.
        let place = |number: usize| number + if number > 3 && number.is_multiple_of(3) { 1 + number % 5 } else { 0 };
        let again = frames.iter().filter(|(number, _)| number.is_multiple_of(7)).map(|frame| (frame.0 + 4, frame));
        let mut arriving: Vec<_> = frames.iter().map(|frame| (place(frame.0), frame)).chain(again).collect();
        arriving.sort_by_key(|(place, _)| *place);
        let mut tap = Tap::new();
        arriving.into_iter().for_each(|(_, (number, frame))| tap.frame(*number, frame));
        let without_frame = |lines: Vec<String>| {
            let mut lines: Vec<String> =
                lines.iter().filter_map(|l| l.split_once(' ')).map(|l| l.1.to_owned()).collect();
            lines.sort();
            lines
        };
        assert_eq!(without_frame(tap.lines()), without_frame(truth), "{seed}");
        let counts = tap.streams.take_counts();
        assert!(counts.out_of_order > 0 && counts.duplicates > 0);
        assert_eq!((counts.gaps, counts.overlaps), (0, 0), "{seed}");
    }
}

#[test]
fn of_a_capture_with_losses_most_pdus_come_out_and_none_that_was_not_sent() {
    let Some((frames, truth)) = generated("loss", &["--seed", "9", "--smpp-tiny"]) else { return };
    let mut tap = Tap::new();
    frames
        .iter()
        .filter(|(number, _)| !number.is_multiple_of(50))
        .for_each(|(number, frame)| tap.frame(*number, frame));
    let lines = tap.lines();
    let key = |line: &str| line.split_once(' ').map(|(_, rest)| rest.to_owned());
    let sent: Vec<_> = truth.iter().map(|line| key(line)).collect();
    assert!(lines.iter().all(|line| sent.contains(&key(line))));
    let counts = tap.streams.take_counts();
    assert!(counts.gaps > 0 && counts.resynchronised > 0, "{counts:?}");
    assert!(lines.len() * 10 > truth.len() * 9, "{} of {}", lines.len(), truth.len());
}

#[test]
fn a_real_session_is_read_from_its_bind_to_its_unbind() {
    let Some(capture) = shared().map(|shared| shared.join("captures/wiki_smpp.cap")) else { return };
    let mut tap = Tap::new();
    frames(&capture).iter().for_each(|(number, frame)| tap.frame(*number, frame));
    let names: Vec<_> =
        tap.pdus.iter().map(|(frame, pdu)| (*frame, Pdu::parse(pdu).expect("framed").command.name())).collect();
    let expected = [
        (4, "bind_transmitter"),
        (5, "bind_transmitter_resp"),
        (7, "enquire_link"),
        (8, "enquire_link_resp"),
        (9, "submit_sm"),
        (10, "submit_sm_resp"),
        (12, "unbind"),
        (13, "unbind_resp"),
    ];
    assert_eq!(names, expected);
    assert_eq!(tap.streams.take_counts().opened, 1);
}
