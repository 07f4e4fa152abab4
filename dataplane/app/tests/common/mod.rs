//! A poll core over lanes of memory ports, with what it counts and records.
#![allow(dead_code, reason = "each test takes what it needs")]

use sluice_abi::counters::{Exit, Slot};
use sluice_abi::{Field, record};
use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::{LoadedPolicy, Policies};
use sluice_dataplane::poll::{Engines, EventRing, PollCore, RingFull};
use sluice_dataplane::trace::Collector;
use sluice_engine::{HomeRouting, Settings, screen};
use sluice_io::capture::{Reader, Writer};
use sluice_io::memory::{MemoryPort, Pool};
use sluice_io::{Burst, Frame, FrameMeta, LinkType, ManualClock, Port};
use sluice_policy::{Source, compile};
use sluice_shm::counters::{CounterFile, CounterReader};
use sluice_shm::image::{MappedImage, SealedImage};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

pub const POOL_FRAMES: usize = 1024;
pub const QUEUE_FRAMES: usize = 256;
/// Time that passes while the poll core serves its lanes once.
pub const TURN_NS: u64 = 1_000_000;

/// Frames of a capture made by the project itself: of all kinds, some of which wait for others.
pub fn frames() -> Vec<(Vec<u8>, FrameMeta)> {
    frames_of("mix-11.pcap")
}

pub fn frames_of(capture: &str) -> Vec<(Vec<u8>, FrameMeta)> {
    let mut reader =
        Reader::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(capture)).unwrap();
    let mut frames = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        frames.push((record.octets.to_vec(), record.meta()));
    }
    assert!(frames.len() > 100);
    frames
}

/// A poll core over lanes, with what it counts and records.
pub struct Rig<P: Port> {
    pub core: PollCore<P, ManualClock>,
    pub traces: Collector,
    records: rtrb::Consumer<u8>,
    counters: CounterReader,
    directory: tempfile::TempDir,
}

impl<P: Port> Rig<P> {
    /// Without a policy.
    pub fn new(lanes: Vec<Lane<P>>) -> Self {
        Self::under(Policies::default(), lanes, &Settings::default())
    }

    /// Under a policy, given as text.
    pub fn judging(lanes: Vec<Lane<P>>, policy: &str) -> Self {
        Self::under(Policies::starting_with(Some(compiled(policy))), lanes, &Settings::default())
    }

    /// With one screen, and without a policy.
    pub fn screening(lanes: Vec<Lane<P>>, screen: screen::Settings) -> Self {
        let settings = Settings { screens: vec![screen], ..Settings::default() };
        Self::under(Policies::default(), lanes, &settings)
    }

    /// With home routing, under a policy if there is one.
    pub fn routing_home(lanes: Vec<Lane<P>>, home: HomeRouting, policy: Option<&str>) -> Self {
        let settings = Settings { home: Some(home), ..Settings::default() };
        Self::under(Policies::starting_with(policy.map(compiled)), lanes, &settings)
    }

    fn under(mut policies: Policies, lanes: Vec<Lane<P>>, settings: &Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counters");
        let (_, mut blocks) = CounterFile::create(&path, &["poll0"]).unwrap();
        let (producer, records) = rtrb::RingBuffer::new(4 << 20);
        let engines = Engines::for_lanes(&lanes, settings);
        let mut traces = Collector::default();
        let core = PollCore {
            lanes,
            engines,
            policy: policies.add_core(),
            events: EventRing::new(producer, RingFull::Lose),
            tracer: traces.add_core(),
            block: blocks.pop().unwrap(),
            clock: ManualClock::new(1),
            idle: Idle::Yield,
        };
        Self { core, traces, records, counters: CounterReader::open(&path).unwrap(), directory }
    }

    pub fn counters_path(&self) -> PathBuf {
        self.directory.path().join("counters")
    }

    pub fn at(&self, slot: Slot) -> u64 {
        self.counters.snapshot().unwrap().total(slot)
    }

    pub fn frames_by_exit(&self) -> u64 {
        Exit::ALL.iter().map(|&exit| self.at(Slot::frame(exit))).sum()
    }

    /// The frame numbers of the records so far.
    pub fn recorded(&mut self) -> Vec<u64> {
        let mut octets = Vec::new();
        let chunk = self.records.read_chunk(self.records.slots()).unwrap();
        octets.extend(chunk);
        let mut numbers = Vec::new();
        let mut rest = octets.as_slice();
        while let Some((head, after)) = rest.split_first_chunk::<4>() {
            let (one, after) = after.split_at(u32::from_le_bytes(*head) as usize);
            numbers.push(record::decode(one).unwrap().number(Field::Frame).unwrap());
            rest = after;
        }
        numbers
    }
}

/// Puts as many frames on a port as it takes; says how many.
pub fn offer(port: &mut MemoryPort, pool: &Pool, frames: &[(Vec<u8>, FrameMeta)]) -> usize {
    let mut burst = Burst::new();
    for (octets, meta) in frames.iter().take(burst.room()) {
        let Some(frame) = pool.frame(octets, *meta) else { break };
        burst.push(frame).unwrap();
    }
    port.send(&mut burst)
}

pub fn collect(port: &mut MemoryPort, into: &mut Vec<Vec<u8>>) {
    let mut burst = Burst::new();
    while port.receive(&mut burst) > 0 {
        into.extend(burst.drain().map(|frame| frame.octets().to_vec()));
    }
}

/// A policy, from its text.
pub fn compiled(text: &str) -> Arc<LoadedPolicy> {
    let source = Source::from_files([("policy.toml".to_owned(), text.to_owned())]).unwrap();
    let image = SealedImage::new(&compile(&source, 1).unwrap().image, false).unwrap();
    let descriptor = image.as_fd().try_clone_to_owned().unwrap();
    LoadedPolicy::verify(MappedImage::from_fd(descriptor, image.length()).unwrap()).unwrap()
}

/// The second opinion on frames that were written: tshark finds nothing wrong with any of them. Says so where it is not
/// installed.
pub fn is_dissected_cleanly(frames: &[Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.pcap");
    let mut writer = Writer::create(&path, LinkType::ETHERNET).unwrap();
    for (at, frame) in (1..).zip(frames) {
        writer.write(at * 1_000_000, frame, frame.len() as u32).unwrap();
    }
    writer.finish().unwrap();
    let options = ["-o", "sctp.checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    let filter = ["-Y", FAULTS, "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message"];
    let Ok(output) = Command::new("tshark").arg("-r").arg(&path).args(options).args(filter).output() else {
        eprintln!("SKIPPED: tshark is not installed, nobody gave a second opinion");
        return;
    };
    let (text, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaints}");
    assert_eq!(text, "", "frames that tshark finds fault with");
}

/// Malformed or in error, or with a wrong checksum.
const FAULTS: &str =
    "_ws.malformed || _ws.expert.severity == error || sctp.checksum.status == Bad || ip.checksum.status == Bad";
