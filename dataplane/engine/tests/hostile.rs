//! Every truncation and a change of every octet of every frame of our own captures: no panic, and still one exit each.
//! Overflow checks are on in every profile, so arithmetic that runs over is a panic too.

use sluice_abi::counters::{Count, Exit, Slot, Tally};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Facts, LogLevel, record};
use sluice_engine::{Engine, Input, PointCodes, Scope, Settings, Side, Sink};
use sluice_io::capture::Reader;

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

fn frames() -> Vec<(u16, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures");
    let mut frames = Vec::new();
    for entry in std::fs::read_dir(folder).expect("our own captures") {
        let path = entry.expect("an entry").path();
        // The demonstration repeats what the others have.
        if path.extension().is_none_or(|e| e != "pcap") || path.ends_with("demo.pcap") {
            continue;
        }
        let mut reader = Reader::open(&path).expect("a capture");
        while let Some(record) = reader.next().expect("an intact capture") {
            frames.push((record.link_type.0, record.octets.to_vec()));
        }
    }
    assert!(frames.len() > 2000);
    frames
}

struct Rig {
    engine: Engine,
    writing: Writing,
    offered: u64,
}

impl Rig {
    fn new() -> Self {
        let settings = Settings { scope: Scope::AllMap, ..Settings::default() };
        let writing = Writing { tally: Tally::default(), buffer: vec![0; record::RECORD_OCTETS_MAX], messages: 0 };
        Self { engine: Engine::new(settings), writing, offered: 0 }
    }

    fn offer(&mut self, link: u16, octets: &[u8]) {
        self.offered += 1;
        let input = Input { octets, link, number: self.offered, time_ns: self.offered, port: b"", side: Side::Outside, point_codes: PointCodes::Itu };
        self.engine.process(&input, None, &mut self.writing);
    }

    fn check(&self) {
        let exits: u64 = Exit::ALL.iter().map(|&exit| self.writing.tally.at(Slot::frame(exit))).sum();
        assert_eq!(exits, self.offered, "every frame left by one exit");
    }
}

#[test]
fn every_truncation_of_every_frame_leaves_by_one_exit_without_panic() {
    let mut rig = Rig::new();
    for (link, octets) in frames() {
        for cut in 0..octets.len() {
            rig.offer(link, &octets[..cut]);
        }
    }
    rig.check();
}

#[test]
fn a_change_of_any_octet_of_any_frame_leaves_by_one_exit_without_panic() {
    let mut rig = Rig::new();
    for (number, (link, mut octets)) in frames().into_iter().enumerate() {
        for at in 0..octets.len() {
            let kept = octets[at];
            // Extremes and near misses in turn, so that lengths, tags and counts all meet each.
            octets[at] = match (number + at) % 4 {
                0 => kept ^ 0xFF,
                1 => kept.wrapping_add(1),
                2 => 0x80,
                _ => 0,
            };
            rig.offer(link, &octets);
            octets[at] = kept;
        }
    }
    rig.check();
    assert!(rig.writing.messages > rig.offered / 4, "most changes leave a message to be judged");
}

#[test]
fn frames_of_every_link_type_leave_by_one_exit_whatever_they_are() {
    let mut rig = Rig::new();
    for (_, octets) in frames() {
        for link in [0, 1, 12, 101, 113, 140, 141, 228, 229, 276, 9999] {
            rig.offer(link, &octets);
        }
    }
    rig.check();
}
