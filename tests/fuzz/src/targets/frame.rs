//! Frames through the engine, in both scopes, under a policy and without, with tables so small that they shed.
//!
//! ```text
//!  0      1      2      3         5                6 ...
//! +------+------+------+---------+----------------+-----------+-----
//! | how  | link | later| length  | a frame of so many octets  | later ...
//! +------+------+------+---------+----------------+-----------+-----
//! ```
//! `how`: bit 0 all of MAP, bit 1 under the policy, bits 2–3 the point codes, bits 4–5 the side, bit 6 the CRC32c of
//! each SCTP packet is made right first, so that it moves the tables. `later`: how much later than the frame before,
//! as a power of two nanoseconds.

use super::link_ip;
use super::source::Source;
use sluice_abi::counters::{Count, Exit, Slot, Tally};
use sluice_abi::{Facts, LogLevel, record};
use sluice_engine::{
    Answering, Conditions, Engine, Fallback, Input, LineSizes, MemorySizes, PartSizes, PieceSizes, PointCodes, Scope,
    Settings, Side, Sink, StreamSizes, TableSizes, Wire, Written,
};
use sluice_rules::{Image, Layout};
use sluice_wire::ip::{Packet, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::sctp;

/// `how`: every component of MAP.
pub const ALL_MAP: u8 = 1;
/// `how`: under the policy.
pub const POLICY: u8 = 2;
/// `how`: with checksums made right.
pub const MENDED: u8 = 64;

const LINKS: [u16; 8] = [1, 113, 276, 101, 140, 141, 228, 229];
/// Frames of one input.
const FRAMES_MAX: usize = 64;

/// Tables that two frames may fill.
fn tables() -> TableSizes {
    let pieces = PieceSizes { pieces: 3, octets: 1024, timeout_ns: 1 << 30 };
    TableSizes {
        associations: 2,
        inits: 2,
        ip_fragments: pieces,
        sctp_fragments: pieces,
        sccp_segments: pieces,
        parts: PartSizes { parts: 3, octets: 1024, timeout_ns: 1 << 30 },
        streams: StreamSizes { connections: 2, octets: 2048, timeout_ns: 1 << 30 },
        dialogues: 2,
        dialogue_timeout_ns: 1 << 30,
        memory: MemorySizes::SMALL,
        hash_key: 0x5EED,
    }
}

/// Writes down every message in a buffer of its own.
struct Writing {
    tally: Tally,
    buffer: Box<[u8]>,
}

impl Count for Writing {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Writing {
    fn message(&mut self, facts: &mut Facts<'_>, log: LogLevel) {
        let len = record::encode(facts, log, &mut self.buffer).expect("a frame's facts fit a record");
        assert!(record::decode(&self.buffer[..len]).is_ok(), "what was written can be read");
    }
}

/// Runs the frames of an input through an engine of its own. `policy` is a policy's image; `allocations_during` runs
/// what it is given and says how often memory was asked for meanwhile.
pub fn run(input: &[u8], policy: &[u8], allocations_during: impl Fn(&mut dyn FnMut()) -> u64) {
    let mut source = Source::new(input);
    let (how, link) = (source.octet(), LINKS[usize::from(source.octet()) % LINKS.len()]);
    let layout = (how & POLICY != 0).then(|| Layout::verify(policy).expect("a good image"));
    let image: Option<Image<'_>> = layout.as_ref().map(|layout| layout.image(policy));
    let scope = if how & ALL_MAP != 0 { Scope::AllMap } else { Scope::Sms };
    let conditions = Conditions { no_policy: Fallback::Discard, ..Conditions::default() };
    let line = Some(LineSizes { verdicts: 8, octets: 1024, replies: 4 });
    let mut engine = Engine::new(Settings { scope, tables: tables(), line, conditions, ..Settings::default() });
    let mut writing = Writing { tally: Tally::default(), buffer: vec![0; record::RECORD_OCTETS_MAX].into() };
    let (mut number, mut time_ns) = (0, 1 << 40);
    while !source.is_empty() && number < FRAMES_MAX as u64 {
        number += 1;
        time_ns += 1 << (source.octet() % 40);
        let length = source.pair().into();
        let mut octets = source.take(length).to_vec();
        if how & MENDED != 0 {
            mend(link, &mut octets);
        }
        let (side, point_codes) = (side(how), point_codes(how));
        let input =
            Input { octets: &octets, link, number, time_ns, port: b"", side, wire: Some(wire(how)), point_codes };
        let allocations = allocations_during(&mut || {
            engine.process(&input, image.as_ref(), &mut writing);
            if let Written::Later(ticket) = engine.written(&input) {
                let _what_comes_of_it = engine.written_late(ticket, how & MENDED != 0, &input);
            }
        });
        assert_eq!(allocations, 0, "the packet path allocates nothing");
    }
    engine.flush_counts(&mut writing);
    let exits: u64 = Exit::ALL.iter().map(|&exit| writing.tally.at(Slot::frame(exit))).sum();
    assert_eq!(exits, number, "every frame left by one exit");
}

fn wire(how: u8) -> Wire {
    let answering = if how & ALL_MAP != 0 { Answering::Bounce } else { Answering::Reflect };
    Wire { answering, impatient: Fallback::Discard, ..Wire::default() }
}

const fn side(how: u8) -> Side<'static> {
    match how >> 4 & 3 {
        0 => Side::ByAddress { inside: &[] },
        1 => Side::Inside,
        _ => Side::Outside,
    }
}

const fn point_codes(how: u8) -> PointCodes {
    match how >> 2 & 3 {
        1 => PointCodes::Ansi,
        2 => PointCodes::China,
        _ => PointCodes::Itu,
    }
}

/// Makes the CRC32c of a frame's SCTP packet right (RFC 9260 §6.8).
fn mend(link: u16, octets: &mut [u8]) {
    let Some((at, len, checksum)) = checksum(link, octets) else { return };
    let Some(field) = octets.get_mut(at..at + len).and_then(|packet| packet.get_mut(8..12)) else { return };
    field.copy_from_slice(&checksum.to_le_bytes());
}

fn checksum(link: u16, octets: &[u8]) -> Option<(usize, usize, u32)> {
    let link = LinkType::from_pcap(link.into())?;
    let Ok(Network::Ip(held)) = link::parse(link, octets) else { return None };
    let packet = Packet::parse(held).ok().filter(|packet| packet.protocol() == Protocol::SCTP)?;
    let at = packet.payload().as_ptr().addr() - octets.as_ptr().addr();
    Some((at, packet.payload().len(), sctp::checksum(packet.payload()).ok()?))
}

/// The first two octets of an input of frames of one link type.
pub fn header(how: u8, link: u16) -> [u8; 2] {
    [how, link_ip::selector(link)]
}

/// Adds a frame to an input.
pub fn append(input: &mut Vec<u8>, later: u8, frame: &[u8]) {
    if let Ok(length) = u16::try_from(frame.len()) {
        input.push(later);
        input.extend(length.to_be_bytes());
        input.extend(frame);
    }
}
