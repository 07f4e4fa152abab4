//! The packet path touches the heap not once: receive, decode, track, judge, edit or hold, encode the record, write it
//! into the ring, send. Counted by the allocator itself, over the poll loop the dataplane runs.

use sluice_abi::LogLevel;
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_bench::Load;
use sluice_bench::allocations::{Counting, during, is_counting};
use sluice_bench::judging::policy::{HEAD, Policy, single};
use sluice_bench::judging::shipped::InForce;
use sluice_bench::ours::Starter;
use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::{LoadedPolicy, Policies};
use sluice_dataplane::poll::{Engines, EventRing, PollCore, RingFull};
use sluice_dataplane::trace::Collector;
use sluice_engine::{Answering, Fallback, Settings, Wire};
use sluice_io::memory::{MemoryPort, Pool, Preload};
use sluice_io::{FrameMeta, WallClock};
use sluice_shm::counters::{CounterFile, CounterReader, Snapshot};
use sluice_shm::image::MappedImage;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FRAMES: usize = 12_000;
const RING_OCTETS: usize = 8 << 20;

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures")
}

/// So many frames with DATA of a capture, repeated as often as that takes.
fn repeated(capture: &Path) -> Load {
    Load::read(capture, Some(FRAMES), |frame| frame.chunks().next().is_some()).unwrap()
}

fn wire(load: &Load) -> Lane<MemoryPort> {
    let frames = load.frames().iter().map(|frame| (frame.octets.into(), FrameMeta::default())).collect();
    let pool = Pool::new(1024, 2048);
    let outside = MemoryPort::preloaded("outside", &pool, Preload::new(frames, 1, 0));
    Lane::wire_told_by_address("w".into(), outside, MemoryPort::sink("inside", &pool), Vec::new())
}

/// What the poll loop came to over all frames of a load.
struct Ran {
    allocations: u64,
    seen: Snapshot,
}

impl Ran {
    fn at(&self, counter: Counter) -> u64 {
        self.seen.total(Slot::counter(counter))
    }

    fn judged(&self) -> u64 {
        self.seen.total(Slot::chunk(Exit::Judged))
    }
}

fn run(policy: &[u8], load: &Load, changes: Wire) -> Ran {
    run_watched(policy, load, changes, None)
}

/// With somebody who watches, or nobody.
fn run_watched(policy: &[u8], load: &Load, changes: Wire, watched: Option<UnixStream>) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let (image, counters) = (folder.path().join("image"), folder.path().join("counters"));
    std::fs::write(&image, policy).unwrap();
    let policy = LoadedPolicy::verify(MappedImage::from_file(&image, false).unwrap()).unwrap();
    let (_, mut blocks) = CounterFile::create(&counters, &["poll0"]).unwrap();
    let (producer, mut records) = rtrb::RingBuffer::new(RING_OCTETS);
    let lanes = vec![wire(load).with_changes(changes)];
    let mut traces = Collector::default();
    let tracer = traces.add_core();
    if let Some(to) = watched {
        traces.begin(to.into(), u32::MAX).unwrap();
    }
    let mut core = PollCore {
        engines: Engines::for_lanes(&lanes, &Settings::default()),
        lanes,
        policy: Policies::starting_with(Some(policy)).add_core(),
        events: EventRing::new(producer, RingFull::Lose),
        tracer,
        block: blocks.pop().unwrap(),
        clock: WallClock::new(),
        idle: Idle::Yield,
    };
    let mut allocations = 0;
    while !core.lanes.iter().all(Lane::is_exhausted) {
        allocations += during(|| core.turn()).0;
        traces.serve(0);
        records.read_chunk(records.slots()).unwrap().commit_all();
    }
    Ran { allocations, seen: CounterReader::open(&counters).unwrap().snapshot().unwrap() }
}

#[test]
fn ten_thousand_messages_are_judged_and_recorded_without_one_allocation() {
    assert!(is_counting());
    for log in [LogLevel::Summary, LogLevel::Full] {
        let policy = Starter::compile(log).unwrap();
        let ran = run(policy.octets(), &repeated(&captures().join("demo.pcap")), Wire::default());
        let [written, lost] = [Counter::EventsWritten, Counter::EventsLostRing].map(|counter| ran.at(counter));
        let judged = ran.judged();
        assert!(judged >= 10_000 && written >= judged && lost == 0, "{judged} judged, {written} written, {lost} lost");
        assert_eq!(ran.allocations, 0, "{log:?}");
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
        let ran = run(policy.octets(), &repeated(&capture), Wire::default());
        assert_eq!(ran.allocations, 0, "{}: {} judged", capture.display(), ran.judged());
        captures_seen += 1;
        stopped += ran.at(Counter::VerdictDiscard) + ran.at(Counter::VerdictReject);
    }
    assert!(captures_seen > 30 && stopped > 1000, "{captures_seen} captures, {stopped} messages stopped");
}

/// Every request is stopped in this way.
fn stopping(action: &str) -> Policy {
    let when = "map.component == \"invoke\" and (map.op == 44 or map.op == 46)";
    let rule = format!("[[rule]]\nid = \"all\"\nlevel = 3\nwhen = '{when}'\n{action}\n");
    Policy::compile(single(format!("{HEAD}default_log = \"full\"\n{rule}"))).unwrap()
}

const DISCARD: &str = "action = \"discard\"";
const REJECT: &str = "action = \"reject\"\nerror = \"unexpectedDataValue\"";
const ACKNOWLEDGE: &str = "action = \"acknowledge\"";
const ABORT: &str = "action = \"abort\"";

#[test]
fn frames_are_edited_in_every_way_without_one_allocation() {
    assert!(is_counting());
    let load = repeated(&captures().join("mix-11.pcap"));
    for action in [DISCARD, REJECT, ACKNOWLEDGE, ABORT] {
        for answering in [Answering::Bounce, Answering::Reflect] {
            let ran = run(stopping(action).octets(), &load, Wire { answering, ..Wire::default() });
            let [changed, answers] = [Counter::FramesChanged, Counter::AnswersGiven].map(|counter| ran.at(counter));
            assert!(changed > 2500, "{action}, {answering:?}: {changed} frames changed");
            // The true answers, which the capture has too, are taken for the destinations' refusals.
            let is_answered = answering == Answering::Bounce && action != DISCARD;
            assert!(answers > 1000 || !is_answered, "{action}: {answers} answers came back");
            assert_eq!(ran.allocations, 0, "{action}, {answering:?}");
        }
    }
}

#[test]
fn frames_are_told_to_who_traces_and_left_out_where_he_does_not_read_without_one_allocation() {
    assert!(is_counting());
    let load = repeated(&captures().join("mix-11.pcap"));
    let (ours, _reads_nothing) = UnixStream::pair().unwrap();
    let ran = run_watched(stopping(DISCARD).octets(), &load, Wire::default(), Some(ours));
    let [told, left_out] = [Counter::TracesTold, Counter::TracesLeftOut].map(|counter| ran.at(counter));
    assert!(told > 1000 && left_out > 100, "{told} told, {left_out} left out");
    assert_eq!(ran.allocations, 0);
}

#[test]
fn frames_are_held_for_the_rest_of_their_message_or_given_up_without_one_allocation() {
    assert!(is_counting());
    for (capture, in_pieces) in [("fragments.pcap", true), ("segments.pcap", true), ("mix-11.pcap", false)] {
        let load = Load::read(&captures().join(capture), None, |_| true).unwrap();
        for action in [DISCARD, REJECT] {
            // With no patience at all each is given up when the next burst comes.
            for patience_ns in [u64::MAX, 0] {
                let wire = Wire { patience_ns, impatient: Fallback::Discard, ..Wire::default() };
                let ran = run(stopping(action).octets(), &load, wire);
                let [changed, late] = [Counter::FramesChanged, Counter::FramesHeldTooLong].map(|c| ran.at(c));
                assert!(changed > 10, "{capture}, {action}: {changed} frames changed");
                assert!(!in_pieces || patience_ns > 0 || late > 0, "{capture}: none was given up");
                assert_eq!(ran.allocations, 0, "{capture}, {action}, {patience_ns}");
            }
        }
    }
}
