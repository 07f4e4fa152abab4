//! The poll loop over memory ports and over ports that misbehave on purpose: what comes in goes out untouched and in
//! order, everything is counted, and no buffer is lost.

use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_abi::{Field, record};
use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::Policies;
use sluice_dataplane::poll::{Engines, EventRing, PollCore, RingFull, Until};
use sluice_engine::Settings;
use sluice_io::capture::Reader;
use sluice_io::chaos::{Chaos, Faults};
use sluice_io::memory::{MemoryPort, Pool, Preload, pair};
use sluice_io::{Burst, Frame, FrameMeta, ManualClock, Port};
use sluice_shm::counters::{CounterFile, CounterReader};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

const POOL_FRAMES: usize = 1024;
const QUEUE_FRAMES: usize = 256;

/// Frames of a capture made by the project itself.
fn frames() -> Vec<(Vec<u8>, FrameMeta)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/mix-11.pcap");
    let mut reader = Reader::open(path).unwrap();
    let mut frames = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        frames.push((record.octets.to_vec(), record.meta()));
    }
    assert!(frames.len() > 100);
    frames
}

/// A poll core over lanes, with what it counts and records.
struct Rig<P: Port> {
    core: PollCore<P, ManualClock>,
    records: rtrb::Consumer<u8>,
    counters: CounterReader,
    directory: tempfile::TempDir,
}

impl<P: Port> Rig<P> {
    fn new(lanes: Vec<Lane<P>>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counters");
        let (_, mut blocks) = CounterFile::create(&path, &["poll0"]).unwrap();
        let (producer, records) = rtrb::RingBuffer::new(4 << 20);
        let engines = Engines::for_lanes(&lanes, &Settings::default());
        let core = PollCore {
            lanes,
            engines,
            policy: Policies::default().add_core(),
            events: EventRing::new(producer, RingFull::Lose),
            block: blocks.pop().unwrap(),
            clock: ManualClock::new(1),
            idle: Idle::Yield,
        };
        Self { core, records, counters: CounterReader::open(&path).unwrap(), directory }
    }

    fn counters_path(&self) -> PathBuf {
        self.directory.path().join("counters")
    }

    fn at(&self, slot: Slot) -> u64 {
        self.counters.snapshot().unwrap().total(slot)
    }

    fn frames_by_exit(&self) -> u64 {
        Exit::ALL.iter().map(|&exit| self.at(Slot::frame(exit))).sum()
    }

    /// The frame numbers of the records so far.
    fn recorded(&mut self) -> Vec<u64> {
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
fn offer(port: &mut MemoryPort, pool: &Pool, frames: &[(Vec<u8>, FrameMeta)]) -> usize {
    let mut burst = Burst::new();
    for (octets, meta) in frames.iter().take(burst.room()) {
        let Some(frame) = pool.frame(octets, *meta) else { break };
        burst.push(frame).unwrap();
    }
    port.send(&mut burst)
}

fn collect(port: &mut MemoryPort, into: &mut Vec<Vec<u8>>) {
    let mut burst = Burst::new();
    while port.receive(&mut burst) > 0 {
        into.extend(burst.drain().map(|frame| frame.octets().to_vec()));
    }
}

/// Sends all frames from outside through a wire with these faults on its ports; gives what arrives inside.
fn through_a_wire(faults: Faults, seed: u64) -> (Vec<Vec<u8>>, Rig<Chaos<MemoryPort>>, Pool) {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let (mut far_outside, outside) = pair(["far", "outside"], &pool, QUEUE_FRAMES);
    let (mut far_inside, inside) = pair(["far", "inside"], &pool, QUEUE_FRAMES);
    let (outside, inside) = (Chaos::new(outside, faults, seed), Chaos::new(inside, faults, seed + 1));
    let mut rig = Rig::new(vec![Lane::wire("w".into(), outside, inside)]);
    let (frames, mut arrived, mut sent) = (frames(), Vec::new(), 0);
    let mut idle = 0;
    // Faults hold frames back for some turns at most: when nothing has moved for long, all has moved that will.
    while idle < 1000 {
        sent += offer(&mut far_outside, &pool, &frames[sent..]);
        idle = if rig.core.turn() == 0 && sent == frames.len() { idle + 1 } else { 0 };
        collect(&mut far_inside, &mut arrived);
    }
    (arrived, rig, pool)
}

#[test]
fn a_wire_forwards_every_frame_untouched_and_in_order() {
    let (arrived, mut rig, pool) = through_a_wire(Faults::default(), 1);
    let frames = frames();
    assert!(arrived.iter().eq(frames.iter().map(|(octets, _)| octets)));
    assert_eq!(rig.at(Slot::counter(Counter::RxFrames)), frames.len() as u64);
    assert_eq!(rig.at(Slot::counter(Counter::TxFrames)), frames.len() as u64);
    assert_eq!(rig.frames_by_exit(), frames.len() as u64, "every frame left by one exit");
    assert_eq!(rig.recorded().len() as u64, rig.at(Slot::counter(Counter::EventsWritten)));
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn a_full_ring_on_the_way_out_delays_frames_and_loses_none() {
    let (arrived, rig, pool) = through_a_wire(Faults { tx_full: 700, ..Faults::default() }, 2);
    assert!(arrived.iter().eq(frames().iter().map(|(octets, _)| octets)));
    assert_eq!(rig.at(Slot::counter(Counter::TxDropped)), 0);
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn ports_that_lose_repeat_reorder_cut_and_chain_frames_cost_no_buffer_and_no_count() {
    for seed in 0..20 {
        let (arrived, rig, pool) = through_a_wire(Faults::some(), seed);
        let received = rig.at(Slot::counter(Counter::RxFrames));
        assert!(received > 0);
        assert_eq!(arrived.len() as u64, rig.at(Slot::counter(Counter::TxFrames)), "seed {seed}");
        assert_eq!(received, rig.at(Slot::counter(Counter::TxFrames)), "seed {seed}: what came in went out");
        let undecoded = rig.at(Slot::counter(Counter::RxNotContiguous));
        assert_eq!(rig.frames_by_exit() + undecoded, received, "seed {seed}: every frame left by one exit");
        drop(rig);
        assert_eq!(pool.in_use(), 0, "seed {seed}");
    }
}

#[test]
fn a_tap_judges_each_message_once_whatever_is_repeated_and_sends_nothing() {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let (mut far, near) = pair(["far", "near"], &pool, QUEUE_FRAMES);
    let mut rig = Rig::new(vec![Lane::tap("t".into(), near, Vec::new())]);
    let frames = frames();
    let twice: Vec<_> = frames.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    let mut sent = 0;
    while sent < twice.len() {
        sent += offer(&mut far, &pool, &twice[sent..]);
        while rig.core.turn() > 0 {}
    }
    let judged = rig.at(Slot::chunk(Exit::Judged));
    assert!(judged > 100);
    assert!(rig.at(Slot::counter(Counter::DuplicateTsn)) >= judged, "each came twice");
    assert!(rig.recorded().iter().all(|number| number % 2 == 1), "the first copy of each was judged");
    let mut nothing = Vec::new();
    collect(&mut far, &mut nothing);
    assert!(nothing.is_empty());
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn a_tap_that_is_shown_what_crosses_a_wire_judges_it_as_well() {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let (mut far_outside, outside) = pair(["far", "outside"], &pool, QUEUE_FRAMES);
    let (mut far_inside, inside) = pair(["far", "inside"], &pool, QUEUE_FRAMES);
    let (mut far_tap, tap) = pair(["far", "tap"], &pool, QUEUE_FRAMES);
    let lanes = vec![Lane::wire("w".into(), outside, inside), Lane::tap("t".into(), tap, Vec::new())];
    let mut rig = Rig::new(lanes);
    let (frames, mut sent) = (frames(), 0);
    while sent < frames.len() {
        let took = offer(&mut far_outside, &pool, &frames[sent..]);
        assert_eq!(offer(&mut far_tap, &pool, &frames[sent..sent + took]), took);
        sent += took;
        while rig.core.turn() > 0 {}
        collect(&mut far_inside, &mut Vec::new());
    }
    let recorded = rig.recorded();
    assert!(recorded.len() > 200);
    assert_eq!(rig.at(Slot::counter(Counter::DuplicateTsn)), 0);
    let twice = recorded.iter().filter(|n| recorded.iter().filter(|m| m == n).count() % 2 == 0).count();
    assert_eq!(twice, recorded.len(), "each was judged once on the wire and once on the tap");
}

#[test]
fn a_core_told_to_stop_does_so_though_frames_come_without_end() {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let frames = frames().into_iter().map(|(octets, meta)| (octets.into_boxed_slice(), meta)).collect();
    let endless = MemoryPort::preloaded("endless", &pool, Preload::new(frames, u64::MAX, 0));
    let mut rig = Rig::new(vec![Lane::tap("t".into(), endless, Vec::new())]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let counters = CounterReader::open(&rig.counters_path()).unwrap();
        let core = scope.spawn(|| rig.core.run(&stop, Until::Stopped));
        while counters.snapshot().unwrap().total(Slot::counter(Counter::RxFrames)) < 1000 {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Release);
        core.join().unwrap();
    });
    assert_eq!(rig.frames_by_exit(), rig.at(Slot::counter(Counter::RxFrames)));
    assert_eq!(pool.in_use(), 0);
}
