//! A poll core that hangs in a port, with the real threads and the real clock: the wire is bypassed, and taken back when
//! the core goes on; the wire of the core beside it is not touched. How fast is claimed with a clock of hand in
//! `watchdog::tests`.

use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::poll::{RingFull, Stop, Until};
use sluice_dataplane::runtime::{Lanes, Options, Runtime};
use sluice_dataplane::watchdog::{Bypass, Watchdog, Watched};
use sluice_engine::Settings;
use sluice_io::memory::{MemoryPort, Pool, PoolFrame, pair};
use sluice_io::{Burst, FrameMeta, Port, PortStats, WallClock};
use sluice_shm::counters::CounterReader;
use sluice_shm::journal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Long enough for a busy machine to let every thread run meanwhile.
const STALLED_NS: u64 = 500_000_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// A port that does not come back while it is told to hang.
struct Hanging {
    port: MemoryPort,
    hangs: Arc<AtomicBool>,
}

impl Port for Hanging {
    type Frame = PoolFrame;

    fn name(&self) -> &str {
        self.port.name()
    }

    fn receive(&mut self, into: &mut Burst<PoolFrame>) -> usize {
        while self.hangs.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        self.port.receive(into)
    }

    fn send(&mut self, frames: &mut Burst<PoolFrame>) -> usize {
        self.port.send(frames)
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<PoolFrame> {
        self.port.make(octets, meta)
    }

    fn stats(&self) -> PortStats {
        self.port.stats()
    }
}

/// A relay that passes on what it is told, each time that differs from the time before.
struct Relay {
    wire: &'static str,
    last: Option<bool>,
    told: Sender<(&'static str, bool)>,
}

impl Bypass for Relay {
    fn set(&mut self, _queue: usize, goes_by: bool) -> anyhow::Result<()> {
        if self.last.replace(goes_by) != Some(goes_by) {
            self.told.send((self.wire, goes_by))?;
        }
        Ok(())
    }
}

fn options(folder: &Path) -> Options {
    Options {
        counters: folder.join("counters"),
        journal: folder.join("journal"),
        journal_config: journal::Config {
            segment_octets: 1 << 20,
            octets_max: 16 << 20,
            when_full: journal::WhenFull::DropOldest,
        },
        commit_interval_ns: 100_000_000,
        engine: Settings::default(),
        idle: Idle::Yield,
        ring_full: RingFull::Lose,
        until: Until::Stopped,
    }
}

/// A wire of a core of its own.
fn wire(name: &str, pool: &Pool, hangs: &Arc<AtomicBool>) -> Lanes<Hanging> {
    let hanging = |port| Hanging { port, hangs: Arc::clone(hangs) };
    let (outside, _) = pair(["outside", "far"], pool, 64);
    let (inside, _) = pair(["inside", "far"], pool, 64);
    let mut once = Some(vec![Lane::wire(name.to_owned(), hanging(outside), hanging(inside))]);
    Box::new(move || once.take())
}

fn watched(core: usize, wire: &'static str, told: &Sender<(&'static str, bool)>) -> Watched {
    let relay = Relay { wire, last: None, told: told.clone() };
    Watched { name: wire.to_owned(), cores: vec![core], ways: vec![Box::new(relay)], lines: None }
}

fn next(told: &Receiver<(&'static str, bool)>) -> (&'static str, bool) {
    told.recv_timeout(PATIENCE).expect("the relay is told something")
}

#[test]
fn a_core_that_hangs_has_its_wire_bypassed_until_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, hangs, never) = (Pool::new(256, 2048), Arc::<AtomicBool>::default(), Arc::default());
    let lanes = vec![wire("a", &pool, &hangs), wire("b", &pool, &never)];
    let options = options(folder.path());
    let clocks = (WallClock::new, WallClock::new());
    let runtime = Runtime::start(&options, lanes, None, clocks, |_| Ok(())).unwrap();

    let (tell, told) = channel();
    let wires = vec![watched(0, "a", &tell), watched(1, "b", &tell)];
    let counters = CounterReader::open(&options.counters).unwrap();
    let watchdog = Watchdog::new(STALLED_NS, counters, wires, WallClock::new());
    let (seen, stop) = (watchdog.seen(), Stop::default());
    let thread = watchdog.start(Arc::clone(&stop)).unwrap();
    assert_eq!([next(&told), next(&told)], [("a", false), ("b", false)], "both are served");

    hangs.store(true, Ordering::Relaxed);
    assert_eq!(next(&told), ("a", true));
    assert_eq!(seen.status(), "\"stalled_cores\":1,\"bypassed_wires\":1");
    hangs.store(false, Ordering::Relaxed);
    assert_eq!(next(&told), ("a", false));

    stop.store(true, Ordering::Relaxed);
    thread.join().unwrap();
    assert!(told.try_recv().is_err(), "nothing else was switched");
    runtime.stop().unwrap();
}
