//! The threads of a dataplane and how they begin and end. The same for live ports, for replay and for tests.
//!
//! ```text
//!            ┌──────── poll core 0 ────────┐  ring   ┌─ writer ─┐
//!  lanes ───▶│ policy? receive judge send  ├────────▶│ journal  │
//!            └─────────────────────────────┘         └──────────┘
//!            ┌──────── poll core 1 ────────┐  ring        ▲
//!  lanes ───▶│             …               ├──────────────┘
//!            └─────────────────────────────┘
//! ```
//! It ends in this order: poll cores, then the writer, which first empties every ring.

use crate::config::Idle;
use crate::lane::Lane;
use crate::policy::{LoadedPolicy, Policies, PolicySlot};
use crate::poll::{Engines, EventRing, PollCore, RingFull, Stop, Until};
use crate::writer::{JournalWriter, Troubles};
use anyhow::{Context, anyhow};
use sluice_engine::Settings;
use sluice_io::{Clock, Port};
use sluice_shm::counters::{Block, CounterFile};
use sluice_shm::journal::{self, Writer};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};

/// Size of a poll core's ring of records towards the writer.
pub const EVENT_RING_OCTETS: usize = 8 << 20;

/// How a dataplane runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The counters of every core.
    pub counters: PathBuf,
    /// The directory of the journal.
    pub journal: PathBuf,
    /// Sizes of the journal.
    pub journal_config: journal::Config,
    /// Longest time between two commits of the journal to disk.
    pub commit_interval_ns: u64,
    /// Decoder, tables, conditions.
    pub engine: Settings,
    /// What a poll thread does while nothing comes.
    pub idle: Idle,
    /// What happens when the ring to the writer is full.
    pub ring_full: RingFull,
    /// How long poll cores go on.
    pub until: Until,
}

/// What a thread is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Serves lanes; the number is the position among the poll cores.
    Poll(usize),
    /// Writes the journal.
    Writer,
}

/// Lanes for a poll core to serve, one set after another; `None` when there are no more. Live there is one set.
pub type Lanes<P> = Box<dyn FnMut() -> Option<Vec<Lane<P>>> + Send>;

/// A running dataplane.
pub struct Runtime<P: Port> {
    /// Brings policies into force.
    pub policies: Policies,
    /// Where the thread that owns this counts what it does.
    pub block: Block,
    poll: Vec<JoinHandle<anyhow::Result<Vec<Lane<P>>>>>,
    writer: JoinHandle<anyhow::Result<()>>,
    stop_poll: Stop,
    stop_writer: Stop,
}

impl<P: Port + 'static> Runtime<P> {
    /// Starts the threads. `prepare` runs first in each of them (to pin it, to register it with DPDK); what it gives is
    /// kept until the thread ends. `clocks` are those of the poll cores and of the writer. `first` is in force from the first frame on.
    ///
    /// # Errors
    /// Counters or journal cannot be opened, or a thread could not be prepared.
    pub fn start<C, W, G>(
        options: &Options,
        lanes: Vec<Lanes<P>>,
        first: Option<Arc<LoadedPolicy>>,
        clocks: (impl Fn() -> C, W),
        prepare: impl Fn(Role) -> anyhow::Result<G> + Clone + Send + 'static,
    ) -> anyhow::Result<Self>
    where
        C: Clock + Send + 'static,
        W: Clock + Send + 'static,
    {
        // The counters last: they replace those of the run before, which stay as they are when this one cannot start.
        let journal = Writer::open(&options.journal, options.journal_config).context("the journal")?;
        let names: Vec<String> = (0..lanes.len()).map(|n| format!("poll{n}")).collect();
        let labels: Vec<&str> = names.iter().map(String::as_str).chain(["writer", "housekeeping"]).collect();
        let (_, mut blocks) = CounterFile::create(&options.counters, &labels).context("the counters")?;
        let (Some(block), Some(writer_block)) = (blocks.pop(), blocks.pop()) else {
            return Err(anyhow!("no block of counters for every thread"));
        };
        let mut policies = Policies::starting_with(first);
        let (stop_poll, stop_writer): (Stop, Stop) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let (mut poll, mut rings) = (Vec::new(), Vec::new());
        for (number, (lanes, block)) in lanes.into_iter().zip(blocks).enumerate() {
            let (producer, consumer) = rtrb::RingBuffer::new(EVENT_RING_OCTETS);
            rings.push(consumer);
            let core = PollThread {
                options: options.clone(),
                lanes,
                policy: policies.add_core(),
                events: EventRing::new(producer, options.ring_full),
                block,
                clock: clocks.0(),
                stop: Arc::clone(&stop_poll),
            };
            let prepare = prepare.clone();
            let thread = Builder::new().name(format!("poll{number}"));
            poll.push(
                thread.spawn(move || prepare(Role::Poll(number)).map(|_kept| core.run())).context("a poll thread")?,
            );
        }
        let mut writer = JournalWriter {
            rings,
            journal,
            block: writer_block,
            clock: clocks.1,
            commit_interval_ns: options.commit_interval_ns,
            record: Vec::new(),
            dropped: 0,
            troubles: Troubles::default(),
            hold_until_ns: 0,
        };
        let stop = Arc::clone(&stop_writer);
        let thread = Builder::new().name("writer".into());
        let writer = thread
            .spawn(move || prepare(Role::Writer).and_then(|_kept| writer.run(&stop).context("the journal")))
            .context("the writer thread")?;
        Ok(Self { policies, block, poll, writer, stop_poll, stop_writer })
    }

    /// Whether every poll core has come to the end of its lanes, or a thread has failed.
    pub fn is_finished(&self) -> bool {
        self.poll.iter().all(JoinHandle::is_finished) || self.writer.is_finished()
    }

    /// Whether a thread has ended, which live none does before it is told to: it has failed, and [`Runtime::stop`] says
    /// with what.
    pub fn has_lost_a_thread(&self) -> bool {
        self.poll.iter().any(JoinHandle::is_finished) || self.writer.is_finished()
    }

    /// Waits for the poll cores to come to their end, then for the writer to write everything. Gives the lanes back.
    ///
    /// # Errors
    /// What a thread failed with.
    pub fn join(self) -> anyhow::Result<Vec<Lane<P>>> {
        let mut lanes = Vec::new();
        let mut failed = Ok(());
        for thread in self.poll {
            match thread.join().map_err(|_| anyhow!("a poll thread panicked"))? {
                Ok(served) => lanes.extend(served),
                Err(error) => failed = Err(error),
            }
        }
        self.stop_writer.store(true, Ordering::Release);
        self.writer.join().map_err(|_| anyhow!("the writer thread panicked"))??;
        failed.map(|()| lanes)
    }

    /// Tells the poll cores to end, then waits as [`Runtime::join`] does.
    ///
    /// # Errors
    /// What a thread failed with.
    pub fn stop(self) -> anyhow::Result<Vec<Lane<P>>> {
        self.stop_poll.store(true, Ordering::Release);
        self.join()
    }
}

/// What moves into a poll thread.
struct PollThread<P: Port, C> {
    options: Options,
    lanes: Lanes<P>,
    policy: PolicySlot,
    events: EventRing,
    block: Block,
    clock: C,
    stop: Stop,
}

impl<P: Port, C: Clock> PollThread<P, C> {
    fn run(mut self) -> Vec<Lane<P>> {
        let mut core = PollCore {
            lanes: Vec::new(),
            engines: Engines::for_lanes::<P>(&[], &self.options.engine),
            policy: self.policy,
            events: self.events,
            block: self.block,
            clock: self.clock,
            idle: self.options.idle,
        };
        while let Some(lanes) = (self.lanes)() {
            core.lanes = lanes;
            // Another set of lanes repeats what the tables know: with the old ones it would all be a retransmission.
            core.engines = Engines::for_lanes(&core.lanes, &self.options.engine);
            core.run(&self.stop, self.options.until);
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        core.lanes
    }
}
