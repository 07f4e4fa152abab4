//! The packet path touches the heap not once: receive, decode, track, judge, encode the record, write it into the ring,
//! send. Counted by the allocator itself, over the poll loop the dataplane runs.

use sluice_abi::LogLevel;
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_bench::Load;
use sluice_bench::allocations::{Counting, during, is_counting};
use sluice_bench::judging::shipped::InForce;
use sluice_bench::ours::Starter;
use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::{LoadedPolicy, Policies};
use sluice_dataplane::poll::{Engines, EventRing, PollCore, RingFull};
use sluice_engine::Settings;
use sluice_io::memory::{MemoryPort, Pool, Preload};
use sluice_io::{FrameMeta, WallClock};
use sluice_shm::counters::{CounterFile, CounterReader};
use sluice_shm::image::MappedImage;
use std::path::{Path, PathBuf};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FRAMES: usize = 12_000;
const RING_OCTETS: usize = 8 << 20;

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures")
}

fn wire(capture: &Path) -> Lane<MemoryPort> {
    let load = Load::read(capture, Some(FRAMES), |frame| frame.chunks().next().is_some()).unwrap();
    let frames = load.frames().iter().map(|frame| (frame.octets.into(), FrameMeta::default())).collect();
    let pool = Pool::new(256, 2048);
    let outside = MemoryPort::preloaded("outside", &pool, Preload::new(frames, 1, 0));
    Lane::wire_told_by_address("w".into(), outside, MemoryPort::sink("inside", &pool), Vec::new())
}

/// Allocations of the poll loop over all frames of a capture; messages judged, records written and lost, messages stopped.
fn run(policy: &[u8], capture: &Path) -> (u64, [u64; 5]) {
    let folder = tempfile::tempdir().unwrap();
    let (image, counters) = (folder.path().join("image"), folder.path().join("counters"));
    std::fs::write(&image, policy).unwrap();
    let policy = LoadedPolicy::verify(MappedImage::from_file(&image, false).unwrap()).unwrap();
    let (_, mut blocks) = CounterFile::create(&counters, &["poll0"]).unwrap();
    let (producer, mut records) = rtrb::RingBuffer::new(RING_OCTETS);
    let lanes = vec![wire(capture)];
    let mut core = PollCore {
        engines: Engines::for_lanes(&lanes, &Settings::default()),
        lanes,
        policy: Policies::starting_with(Some(policy)).add_core(),
        events: EventRing::new(producer, RingFull::Lose),
        block: blocks.pop().unwrap(),
        clock: WallClock::new(),
        idle: Idle::Yield,
    };
    let mut allocations = 0;
    loop {
        let (count, moved) = during(|| core.turn());
        allocations += count;
        if moved == 0 {
            break;
        }
        records.read_chunk(records.slots()).unwrap().commit_all();
    }
    let seen = CounterReader::open(&counters).unwrap().snapshot().unwrap();
    let counters = [Counter::EventsWritten, Counter::EventsLostRing, Counter::VerdictDiscard, Counter::VerdictReject];
    let [written, lost, discarded, rejected] = counters.map(|counter| seen.total(Slot::counter(counter)));
    (allocations, [seen.total(Slot::chunk(Exit::Judged)), written, lost, discarded, rejected])
}

#[test]
fn ten_thousand_messages_are_judged_and_recorded_without_one_allocation() {
    assert!(is_counting());
    for log in [LogLevel::Summary, LogLevel::Full] {
        let policy = Starter::compile(log).unwrap();
        let (allocations, [judged, written, lost, ..]) = run(policy.octets(), &captures().join("demo.pcap"));
        assert!(judged >= 10_000 && written >= judged && lost == 0, "{judged} judged, {written} written, {lost} lost");
        assert_eq!(allocations, 0, "{log:?}");
    }
}

#[test]
fn attacks_are_judged_with_every_scenario_in_force_without_one_allocation() {
    assert!(is_counting());
    let policy = InForce::AllEnforced.policy().unwrap().unwrap();
    let (mut captures_seen, mut stopped) = (0, 0);
    for entry in captures().join("attacks").read_dir().unwrap() {
        let capture = entry.unwrap().path();
        if capture.extension().is_none_or(|extension| extension != "pcap") {
            continue;
        }
        let (allocations, [judged, _, _, discarded, rejected]) = run(policy.octets(), &capture);
        assert_eq!(allocations, 0, "{}: {judged} judged", capture.display());
        captures_seen += 1;
        stopped += discarded + rejected;
    }
    assert!(captures_seen > 30 && stopped > 1000, "{captures_seen} captures, {stopped} messages stopped");
}
