//! One poll core over a wire, or nothing in its place.

use crate::port::{Pace, Paced, Seen, Stream};
use crate::time::OwnTime;
use anyhow::{Context, ensure};
use rtrb::Consumer;
use sluice_abi::counters::{Counter, Slot};
use sluice_bench::allocations::during;
use sluice_bench::clock::cpu_time;
use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::{LoadedPolicy, Policies};
use sluice_dataplane::poll::{Engines, EventRing, PollCore, RingFull};
use sluice_dataplane::trace::Collector;
use sluice_engine::{Settings, Wire};
use sluice_io::memory::Pool;
use sluice_io::{Burst, Port};
use sluice_shm::counters::{CounterFile, CounterReader, Snapshot};
use sluice_shm::image::MappedImage;
use std::time::{Duration, Instant};

/// Buffers of the wire: some bursts, as a card's queue has.
const POOL_FRAMES: usize = 1024;
const FRAME_OCTETS: usize = 2048;
/// The ring of records, which is emptied after every turn.
const RECORDS_OCTETS: usize = 1 << 20;

/// What a run came to.
pub struct Ran {
    /// Frames that came.
    pub frames: u64,
    /// Frames that were lost because the ring was full.
    pub lost: u64,
    /// Frames among those that came that were to be edited.
    pub edited: u64,
    /// What went on.
    pub seen: Seen,
    /// Time that passed, and time this thread had the core.
    pub wall: Duration,
    /// Ditto.
    pub cpu: Duration,
    /// Allocations meanwhile.
    pub allocations: u64,
}

impl Ran {
    /// Frames a second of the processor's time.
    pub fn rate(&self) -> f64 {
        self.frames as f64 / self.cpu.as_secs_f64()
    }
}

/// A poll core under a policy, with what it counts.
pub struct Rig {
    core: PollCore<Paced, OwnTime>,
    wire: Wire,
    pool: Pool,
    records: Consumer<u8>,
    counters: CounterReader,
    _folder: tempfile::TempDir,
}

impl Rig {
    /// Under this policy, with this way of changing what crosses.
    ///
    /// # Errors
    /// What could not be set up.
    pub fn new(policy: &[u8], wire: Wire, settings: &Settings) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (image, counters) = (folder.path().join("image"), folder.path().join("counters"));
        std::fs::write(&image, policy)?;
        let policy = LoadedPolicy::verify(MappedImage::from_file(&image, false)?)?;
        let (_, mut blocks) = CounterFile::create(&counters, &["poll0"])?;
        let (producer, records) = rtrb::RingBuffer::new(RECORDS_OCTETS);
        let (time, pool) = (OwnTime::new(), Pool::new(POOL_FRAMES, FRAME_OCTETS));
        let nothing = Stream::new(&Default::default());
        let ends = || Paced::sink(&nothing, &pool, &time);
        // Engines are made for lanes as those that follow.
        let engines = Engines::for_lanes(&[Lane::wire("wire".into(), ends()?, ends()?)], settings);
        let core = PollCore {
            lanes: Vec::with_capacity(1),
            engines,
            policy: Policies::starting_with(Some(policy)).add_core(),
            events: EventRing::new(producer, RingFull::Lose),
            tracer: Collector::default().add_core(),
            block: blocks.pop().context("no block of counters")?,
            clock: time,
            idle: Idle::Spin,
        };
        Ok(Self { core, wire, pool, records, counters: CounterReader::open(&counters)?, _folder: folder })
    }

    /// A stream through it. All that came went on, and what was to be edited was.
    ///
    /// # Errors
    /// What was not so.
    pub fn run(&mut self, stream: &mut Stream, pace: Pace) -> anyhow::Result<Ran> {
        let (before, time) = (self.counters()?, self.core.clock.clone());
        let sink = Paced::sink(stream, &self.pool, &time)?;
        let source = Paced::source(stream.clone(), pace, &self.pool, &time);
        let lane = Lane::wire_told_by_address("wire".into(), source, sink, Vec::new()).with_changes(self.wire);
        self.core.lanes.push(lane);
        let Self { core, records, .. } = self;
        let spent = Spent::by(|| {
            while !core.lanes.iter().all(Lane::is_exhausted) {
                core.turn();
                let written = records.slots();
                if let Ok(written) = records.read_chunk(written) {
                    written.commit_all();
                }
            }
        });
        let lane = core.lanes.pop().context("the lane")?;
        let ran = spent.ran(lane.into_ports(), stream)?;
        self.check(&ran, &before, stream)?;
        Ok(ran)
    }

    /// What it counted so far.
    ///
    /// # Errors
    /// That the counters cannot be read.
    pub fn counters(&self) -> anyhow::Result<Snapshot> {
        Ok(self.counters.snapshot()?)
    }

    fn check(&self, ran: &Ran, before: &Snapshot, stream: &Stream) -> anyhow::Result<()> {
        let now = self.counters()?;
        let during = |counter| now.total(Slot::counter(counter)) - before.total(Slot::counter(counter));
        let (received, sent) = (during(Counter::RxFrames), during(Counter::TxFrames));
        ensure!(ran.frames == received && sent == received, "{} came, {received} seen, {sent} sent", ran.frames);
        let noted: u64 = ran.seen.latency_ns.iter().map(|all| all.len()).sum();
        ensure!(noted == received, "{noted} of {received} arrived");
        ensure!(during(Counter::EventsLostRing) == 0, "records were lost");
        // What the policy shipped makes of a capture is not known beforehand.
        if stream.offered.request_octets.is_some() {
            let changed = during(Counter::FramesChanged);
            ensure!(changed == ran.edited, "{} to be edited, {changed} were", ran.edited);
            ensure!(ran.seen.as_they_came == 0, "{} left as they came", ran.seen.as_they_came);
        }
        ensure!(ran.allocations == 0, "{} allocations", ran.allocations);
        Ok(())
    }
}

/// The same through nothing: what comes goes on.
///
/// # Errors
/// What could not be set up.
pub fn forwarded(stream: &mut Stream, pace: Pace) -> anyhow::Result<Ran> {
    let (time, pool) = (OwnTime::new(), Pool::new(POOL_FRAMES, FRAME_OCTETS));
    let mut sink = Paced::sink(stream, &pool, &time)?;
    let mut source = Paced::source(stream.clone(), pace, &pool, &time);
    let mut burst = Burst::new();
    let spent = Spent::by(|| {
        while !source.is_exhausted() {
            if source.receive(&mut burst) > 0 {
                sink.send(&mut burst);
            }
        }
    });
    spent.ran(vec![source, sink], stream)
}

/// What a run took.
struct Spent {
    wall: Duration,
    cpu: Duration,
    allocations: u64,
}

impl Spent {
    fn by(work: impl FnOnce()) -> Self {
        let (wall, cpu) = (Instant::now(), cpu_time());
        let (allocations, ()) = during(work);
        Self { wall: wall.elapsed(), cpu: cpu_time() - cpu, allocations }
    }

    /// With what the ports say: the source first.
    fn ran(self, ports: Vec<Paced>, stream: &mut Stream) -> anyhow::Result<Ran> {
        let Self { wall, cpu, allocations } = self;
        let mut ports = ports.into_iter();
        let (source, sink) = ports.next().zip(ports.next()).context("two ports")?;
        let stats = source.stats();
        let (played, edited) = source.played().context("a source")?;
        *stream = played;
        let seen = sink.seen().context("a sink")?;
        Ok(Ran { frames: stats.rx_frames, lost: stats.rx_missed, edited, seen, wall, cpu, allocations })
    }
}
