//! The packet path touches the heap not once: receive, decode, track, judge, encode the record, write it into the ring,
//! send. Counted by the allocator itself, over the poll loop the dataplane runs.

use sluice_abi::LogLevel;
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_bench::Load;
use sluice_bench::allocations::{Counting, during, is_counting};
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
use std::path::Path;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FRAMES: usize = 12_000;
const RING_OCTETS: usize = 8 << 20;

fn wire() -> Lane<MemoryPort> {
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
    let load = Load::read(&capture, Some(FRAMES), |frame| frame.chunks().next().is_some()).unwrap();
    let frames = load.frames().iter().map(|frame| (frame.octets.into(), FrameMeta::default())).collect();
    let pool = Pool::new(256, 2048);
    let outside = MemoryPort::preloaded("outside", &pool, Preload::new(frames, 1, 0));
    Lane::wire_told_by_address("w".into(), outside, MemoryPort::sink("inside", &pool), Vec::new())
}

/// Allocations of the poll loop over all frames; messages judged, records written and lost.
fn run(log: LogLevel) -> (u64, [u64; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let (image, counters) = (folder.path().join("image"), folder.path().join("counters"));
    std::fs::write(&image, Starter::compile(log).unwrap().octets()).unwrap();
    let policy = LoadedPolicy::verify(MappedImage::from_file(&image, false).unwrap()).unwrap();
    let (_, mut blocks) = CounterFile::create(&counters, &["poll0"]).unwrap();
    let (producer, mut records) = rtrb::RingBuffer::new(RING_OCTETS);
    let lanes = vec![wire()];
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
    let slots =
        [Slot::chunk(Exit::Judged), Slot::counter(Counter::EventsWritten), Slot::counter(Counter::EventsLostRing)];
    (allocations, slots.map(|slot| seen.total(slot)))
}

#[test]
fn ten_thousand_messages_are_judged_and_recorded_without_one_allocation() {
    assert!(is_counting());
    for log in [LogLevel::Summary, LogLevel::Full] {
        let (allocations, [judged, written, lost]) = run(log);
        assert!(judged >= 10_000 && written >= judged && lost == 0, "{judged} judged, {written} written, {lost} lost");
        assert_eq!(allocations, 0, "{log:?}");
    }
}
