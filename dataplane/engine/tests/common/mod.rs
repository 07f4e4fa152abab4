//! The captures and the engine that hostile input is offered to.
#![allow(dead_code, reason = "each test program uses its part")]

pub mod ber;
pub mod lengths;

use sluice_abi::counters::{Count, Exit, Slot, Tally};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Facts, LogLevel, record};
use sluice_engine::{
    Answering, Conditions, Engine, Fallback, Input, LineSizes, MemorySizes, Mode, PartSizes, PieceSizes, PointCodes,
    Scope, Settings, Side, Sink, StreamSizes, TableSizes, Wire, Written,
};
use sluice_io::capture::Reader;
use sluice_wire::link::{LinkType, Network};
use sluice_wire::sctp;
use std::path::{Path, PathBuf};

/// A capture's frames with their link types.
pub struct Capture {
    pub name: String,
    pub frames: Vec<(u16, Vec<u8>)>,
}

impl Capture {
    /// A capture that ends within a frame gives what comes before.
    fn read(path: &Path) -> Option<Self> {
        let mut reader = Reader::open(path).ok()?;
        let mut frames = Vec::new();
        while let Ok(Some(record)) = reader.next() {
            frames.push((record.link_type.0, record.octets.to_vec()));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Some(Self { name, frames })
    }

    /// Octets of all its frames.
    pub fn octets(&self) -> usize {
        self.frames.iter().map(|(_, frame)| frame.len()).sum()
    }
}

/// Our own captures; the demonstration repeats what the others have.
pub fn captures() -> Vec<Capture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    let captures: Vec<_> = in_folder(&folder).into_iter().filter(|c| c.name != "demo.pcap").collect();
    assert!(captures.iter().map(|c| c.frames.len()).sum::<usize>() > 2000, "our own captures");
    captures
}

/// Captures that the project's repositories share, where they are at hand.
pub fn shared_captures() -> Option<Vec<Capture>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let captures = in_folder(&folder);
    if captures.is_empty() {
        eprintln!("SKIPPED: no captures in {}", folder.display());
        return None;
    }
    Some(captures)
}

fn in_folder(folder: &Path) -> Vec<Capture> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_capture = |path: &PathBuf| path.extension().is_some_and(|e| e == "pcap" || e == "cap" || e == "pcapng");
    let mut paths: Vec<_> = entries.filter(is_capture).collect();
    paths.sort();
    paths.iter().filter_map(|path| Capture::read(path)).collect()
}

/// Writes every message down in both forms and forgets it.
struct Writing {
    tally: Tally,
    buffer: Vec<u8>,
    messages: u64,
}

impl Count for Writing {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Writing {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        self.messages += 1;
        let len = record::encode(facts, LogLevel::Full, &mut self.buffer).expect("a frame's facts fit a record");
        let back = record::decode(&self.buffer[..len]).expect("what was written can be read");
        assert_eq!(back.present(), facts.present());
        // The text form is slow: a sample of it is enough to meet every kind of value.
        if self.messages.is_multiple_of(64) {
            assert!(to_json(&back, Privacy::Clear).ends_with('}'));
        }
    }
}

/// An engine that judges every component, and what it says is written down.
pub struct Rig {
    engine: Engine,
    writing: Writing,
    pub offered: u64,
    pub changed: u64,
}

const WIRE: Option<Wire> = Some(Wire {
    mode: Mode::InPlace,
    inlet: 0,
    answering: Answering::Bounce,
    mtu: 9000,
    patience_ns: 0,
    screen: None,
    crowded: Fallback::Pass,
    impatient: Fallback::Pass,
    unchangeable: Fallback::Pass,
});

/// TSN and flags of every DATA chunk of a frame whose checksum holds.
fn chunks(link: u16, octets: &[u8]) -> Vec<(u32, u8)> {
    let link = LinkType::from_pcap(link.into()).unwrap();
    let Ok(Network::Ip(octets)) = sluice_wire::link::parse(link, octets) else { panic!("no IP in a changed frame") };
    let ip = sluice_wire::ip::Packet::parse(octets).unwrap();
    let packet = sctp::Packet::parse(ip.payload()).unwrap();
    packet.verify_crc().unwrap();
    let data = packet.chunks().map_while(Result::ok).filter_map(|chunk| sctp::Data::parse(&chunk).ok());
    data.map(|data| (data.tsn.0, data.flags.0)).collect()
}

impl Rig {
    pub fn new() -> Self {
        Self::with(TableSizes::default())
    }

    /// With tables for one dialogue, which are made quickly.
    pub fn new_small() -> Self {
        Self::with(tables())
    }

    fn with(tables: TableSizes) -> Self {
        // Everything is discarded, on a wire: what can be changed is, and in all forms.
        let conditions = Conditions { no_policy: Fallback::Discard, ..Conditions::default() };
        let line = Some(LineSizes { verdicts: 8, octets: 1024, replies: 4 });
        let settings = Settings { scope: Scope::AllMap, tables, line, conditions, ..Settings::default() };
        let writing = Writing { tally: Tally::default(), buffer: vec![0; record::RECORD_OCTETS_MAX], messages: 0 };
        Self { engine: Engine::new(settings), writing, offered: 0, changed: 0 }
    }

    pub fn offer(&mut self, link: u16, octets: &[u8]) -> Exit {
        self.offer_as(link, octets, PointCodes::Itu)
    }

    pub fn offer_as(&mut self, link: u16, octets: &[u8], point_codes: PointCodes) -> Exit {
        self.offered += 1;
        let (number, time_ns) = (self.offered, self.offered);
        let input = Input { octets, link, number, time_ns, port: b"", side: Side::Outside, wire: WIRE, point_codes };
        let exit = self.engine.process(&input, None, &mut self.writing);
        if let Written::Changed(frames) = self.engine.written(&input) {
            self.changed += 1;
            let made: Vec<_> = frames.flat_map(|octets| chunks(link, octets)).collect();
            assert_eq!(made, chunks(link, input.octets), "a changed frame has the chunks it had");
        }
        exit
    }

    pub fn messages(&self) -> u64 {
        self.writing.messages
    }

    pub fn check(&self) {
        let exits: u64 = Exit::ALL.iter().map(|&exit| self.writing.tally.at(Slot::frame(exit))).sum();
        assert_eq!(exits, self.offered, "every frame left by one exit");
    }
}

/// Tables that two frames may fill.
pub fn tables() -> TableSizes {
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
