//! A core that stands still is found out in time, what is done about it is undone, and nothing else is touched.

use super::*;
use sluice_shm::counters::CounterFile;
use std::sync::Mutex;

const MS: u64 = 1_000_000;
const STALLED_NS: u64 = 50 * MS;
const PERIOD_NS: u64 = STALLED_NS / LOOKS;

/// A clock in two hands.
#[derive(Clone)]
struct Shared(Arc<AtomicU64>);

impl Clock for Shared {
    fn now_ns(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn advance(&self, ns: u64) {
        self.0.fetch_add(ns, Ordering::Relaxed);
    }
}

/// A relay that notes what it is told, and may refuse.
#[derive(Clone, Default)]
struct Relay(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    told: Vec<(usize, bool)>,
    refuses: bool,
}

impl Bypass for Relay {
    fn set(&mut self, queue: usize, goes_by: bool) -> anyhow::Result<()> {
        let mut noted = self.0.lock().unwrap();
        anyhow::ensure!(!noted.refuses, "the relay does not answer");
        noted.told.push((queue, goes_by));
        Ok(())
    }
}

impl Relay {
    fn told(&self) -> Vec<(usize, bool)> {
        std::mem::take(&mut self.0.lock().unwrap().told)
    }
}

/// Two poll cores, one wire of two queues, and a hand on the clock.
struct Rig {
    watchdog: Watchdog<Shared>,
    clock: Shared,
    cores: Vec<Block>,
    relay: Relay,
    _directory: tempfile::TempDir,
}

impl Rig {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counters");
        let (_, cores) = CounterFile::create(&path, &["poll0", "poll1", "writer"]).unwrap();
        let (relay, clock) = (Relay::default(), Shared(Arc::new(AtomicU64::new(1))));
        let ways: Vec<Box<dyn Bypass>> = vec![Box::new(relay.clone())];
        let wire = Watched { name: "w".into(), cores: vec![0, 1], ways, lines: None };
        let counters = CounterReader::open(&path).unwrap();
        let watchdog = Watchdog::new(STALLED_NS, counters, vec![wire], clock.clone());
        Self { watchdog, clock, cores, relay, _directory: directory }
    }

    /// Time passes, the cores named come round, the watchdog looks.
    fn pass(&mut self, ns: u64, moving: &[usize]) {
        for _ in 0..ns.div_ceil(PERIOD_NS) {
            self.clock.advance(PERIOD_NS);
            moving.iter().for_each(|&core| self.cores[core].beat());
            self.watchdog.turn();
        }
    }

    fn counted(&mut self, counter: Counter) -> u64 {
        let at = COUNTERS.iter().position(|&c| c == counter).unwrap();
        self.watchdog.seen.counts[at].load(Ordering::Relaxed)
    }
}

#[test]
fn a_core_that_stands_still_is_bypassed_within_its_time_and_taken_back_when_it_goes_on() {
    let mut rig = Rig::new();
    rig.pass(100 * MS, &[0, 1]);
    assert!(rig.relay.told().iter().all(|&(_, goes_by)| !goes_by), "nothing goes by at the start");

    let stopped_ns = rig.clock.now_ns();
    while rig.relay.told().is_empty() {
        rig.pass(PERIOD_NS, &[0]);
        assert!(rig.clock.now_ns() - stopped_ns <= STALLED_NS, "not within its time");
    }
    assert!(rig.clock.now_ns() - stopped_ns > STALLED_NS / 2, "not before its time either");
    assert_eq!(rig.watchdog.seen().status(), "\"stalled_cores\":1,\"bypassed_wires\":1");

    rig.pass(100 * MS, &[0]);
    assert_eq!(rig.relay.told(), [], "told once");
    rig.pass(PERIOD_NS, &[0, 1]);
    assert_eq!(rig.relay.told(), [(1, false)]);
    assert_eq!(rig.watchdog.seen().status(), "\"stalled_cores\":0,\"bypassed_wires\":0");
    assert_eq!((rig.counted(Counter::CoreStalls), rig.counted(Counter::CoreRecoveries)), (1, 1));
}

#[test]
fn only_the_queue_of_the_core_that_stands_still_goes_by() {
    let mut rig = Rig::new();
    rig.pass(PERIOD_NS, &[0, 1]);
    rig.relay.told();
    rig.pass(STALLED_NS, &[1]);
    assert_eq!(rig.relay.told(), [(0, true)]);
}

#[test]
fn a_core_that_has_not_begun_does_not_stand_still() {
    let mut rig = Rig::new();
    rig.pass(3 * STALLED_NS, &[1]);
    assert_eq!(rig.counted(Counter::CoreStalls), 0);
}

#[test]
fn a_watchdog_that_was_not_let_run_concludes_nothing_and_puts_everything_back() {
    let mut rig = Rig::new();
    rig.pass(100 * MS, &[0, 1]);
    rig.relay.told();
    rig.clock.advance(10 * STALLED_NS);
    rig.watchdog.turn();
    assert_eq!(rig.relay.told(), [(0, false), (1, false)]);
    assert_eq!(rig.counted(Counter::CoreStalls), 0);
    rig.pass(STALLED_NS, &[]);
    assert_eq!(rig.counted(Counter::CoreStalls), 2, "from then on it looks again");
}

#[test]
fn a_relay_that_refuses_is_counted_and_asked_again() {
    let mut rig = Rig::new();
    rig.pass(PERIOD_NS, &[0, 1]);
    rig.relay.0.lock().unwrap().refuses = true;
    rig.pass(STALLED_NS, &[0]);
    assert_eq!(rig.counted(Counter::FailoverRefused), 1);
    rig.relay.0.lock().unwrap().refuses = false;
    rig.relay.told();
    rig.pass(REPAIR_NS, &[0]);
    assert!(rig.relay.told().contains(&(1, true)));
}

#[test]
fn what_was_seen_is_counted_once() {
    let mut rig = Rig::new();
    rig.pass(PERIOD_NS, &[0, 1]);
    rig.pass(STALLED_NS, &[0]);
    let seen = rig.watchdog.seen();
    let mut writer = rig.cores.pop().unwrap();
    seen.count(&mut writer);
    seen.count(&mut writer);
    let snapshot = rig.watchdog.counters.snapshot().unwrap();
    let total = |counter| snapshot.total(sluice_abi::counters::Slot::counter(counter));
    assert_eq!((total(Counter::CoreStalls), total(Counter::BypassesBegun)), (1, 1));
}
