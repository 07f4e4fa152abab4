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
//! It ends in this order: poll cores, then the writer, which first empties every ring. Where another dataplane still has
//! journal and ports, it begins in two steps: [`Runtime::prepare`] makes everything that takes long, and
//! [`Prepared::begin`] does the rest; poll cores serve as soon as they are given lanes.

use crate::config::Idle;
use crate::lane::Lane;
use crate::policy::{LoadedPolicy, Policies, PolicySlot};
use crate::poll::{Engines, EventRing, PollCore, RingFull, Stop, Until};
use crate::spliced::{Names, Splicing};
use crate::trace::{Collector, Tracer};
use crate::watchdog::POLL;
use crate::writer::{JournalWriter, Troubles};
use anyhow::{Context, anyhow};
use sluice_engine::Settings;
use sluice_io::{Clock, Port};
use sluice_shm::counters::{Block, CounterFile, Unplaced};
use sluice_shm::journal::{self, Writer};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
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
    /// What poll cores tell who traces.
    pub traces: Collector,
    /// Where the thread that owns this counts what it does.
    pub block: Block,
    /// Of every poll core, the associations for which fail-open cannot hold.
    pub spliced: Vec<Names>,
    poll: Vec<Thread>,
    writer: Thread,
    served: Receiver<(usize, Vec<Lane<P>>)>,
    stop_poll: Stop,
    stop_writer: Stop,
}

/// What a poll core will serve.
pub struct Served<P: Port> {
    /// The lanes, when they are there.
    pub lanes: Lanes<P>,
    /// What they will be, if that is known before: the tables are then made before the lanes are asked for.
    pub kinds: Option<Kinds>,
    /// Where the associations are kept that its wires splice.
    pub splicing: Splicing,
}

/// Which kinds of lanes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Wires.
    pub wires: bool,
    /// Taps.
    pub taps: bool,
}

/// A dataplane that still has no journal, and whose counters others do not see yet.
pub struct Prepared<P: Port> {
    runtime: NoWriter<P>,
    counters: Unplaced,
    start_writer: Box<dyn FnOnce(Writer, Stop) -> anyhow::Result<Thread>>,
    ready: Receiver<()>,
}

struct NoWriter<P: Port> {
    policies: Policies,
    traces: Collector,
    block: Block,
    spliced: Vec<Names>,
    poll: Vec<Thread>,
    served: Receiver<(usize, Vec<Lane<P>>)>,
    stop_poll: Stop,
}

type Thread = JoinHandle<anyhow::Result<()>>;

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
        let served =
            lanes.into_iter().map(|lanes| Served { lanes, kinds: None, splicing: Splicing::default() }).collect();
        Self::prepare(options, served, first, clocks, prepare)?.begin(journal)
    }

    /// Makes everything but the journal. Poll cores serve their lanes as soon as they get them; what they record waits in
    /// their rings.
    ///
    /// # Errors
    /// There is no place for the counters, or no thread.
    pub fn prepare<C, W, G>(
        options: &Options,
        served: Vec<Served<P>>,
        first: Option<Arc<LoadedPolicy>>,
        clocks: (impl Fn() -> C, W),
        prepare: impl Fn(Role) -> anyhow::Result<G> + Clone + Send + 'static,
    ) -> anyhow::Result<Prepared<P>>
    where
        C: Clock + Send + 'static,
        W: Clock + Send + 'static,
    {
        let names: Vec<String> = (0..served.len()).map(|n| format!("{POLL}{n}")).collect();
        let labels: Vec<&str> = names.iter().map(String::as_str).chain(["writer", "housekeeping"]).collect();
        let (counters, mut blocks) = CounterFile::beside(&options.counters, &labels).context("the counters")?;
        let (Some(block), Some(writer_block)) = (blocks.pop(), blocks.pop()) else {
            return Err(anyhow!("no block of counters for every thread"));
        };
        let (mut policies, mut traces) = (Policies::starting_with(first), Collector::default());
        let stop_poll: Stop = Arc::new(AtomicBool::new(false));
        let (tell, ready) = mpsc::channel();
        let (give_back, given_back) = mpsc::channel();
        let (mut poll, mut rings) = (Vec::new(), Vec::new());
        let spliced = served.iter().map(|served| served.splicing.names.clone()).collect();
        for (number, (served, block)) in served.into_iter().zip(blocks).enumerate() {
            let (producer, consumer) = rtrb::RingBuffer::new(EVENT_RING_OCTETS);
            rings.push(consumer);
            let core = PollThread {
                options: of_core(options, number),
                served,
                policy: policies.add_core(),
                events: EventRing::new(producer, options.ring_full),
                tracer: traces.add_core(),
                block,
                clock: clocks.0(),
                stop: Arc::clone(&stop_poll),
                ready: tell.clone(),
                give_back: give_back.clone(),
                number,
            };
            let prepare = prepare.clone();
            let thread = Builder::new().name(names.get(number).cloned().unwrap_or_default());
            poll.push(
                thread.spawn(move || prepare(Role::Poll(number)).map(|_kept| core.run())).context("a poll thread")?,
            );
        }
        let writing = Writing { rings, block: writer_block, clock: clocks.1, commit_ns: options.commit_interval_ns };
        let start_writer = Box::new(move |journal, stop| writing.start(journal, stop, prepare));
        let runtime = NoWriter { policies, traces, block, spliced, poll, served: given_back, stop_poll };
        Ok(Prepared { runtime, counters, start_writer, ready })
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
    pub fn join(mut self) -> anyhow::Result<Vec<Lane<P>>> {
        let lanes = self.join_poll()?;
        self.stop_writer.store(true, Ordering::Release);
        self.writer.join().map_err(|_| anyhow!("the writer thread panicked"))??;
        lanes
    }

    /// A thread that panicked is the outer error, one that failed the inner.
    fn join_poll(&mut self) -> anyhow::Result<anyhow::Result<Vec<Lane<P>>>> {
        let mut failed = Ok(());
        for thread in self.poll.drain(..) {
            let ended = thread.join().map_err(|_| anyhow!("a poll thread panicked"))?;
            failed = ended.and(failed);
        }
        let mut served: Vec<_> = self.served.try_iter().collect();
        served.sort_by_key(|(number, _)| *number);
        Ok(failed.map(|()| served.into_iter().flat_map(|(_, lanes)| lanes).collect()))
    }

    /// Ends the poll cores, each after the burst at hand, and gives their lanes back at once: their threads free their
    /// tables after that, and the writer goes on. [`Runtime::stop`] is then still to come.
    pub fn stop_polling(&mut self) -> Vec<Lane<P>> {
        self.stop_poll.store(true, Ordering::Release);
        // A thread that has failed gives nothing back, and `stop` says with what.
        let served = self.poll.iter().map_while(|_| self.served.recv().ok());
        served.flat_map(|(_, lanes)| lanes).collect()
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

impl<P: Port> Prepared<P> {
    /// Waits until every poll core has made its tables and asks for its lanes.
    ///
    /// # Errors
    /// One of them has ended instead; [`Prepared::begin`] and then [`Runtime::stop`] say with what.
    pub fn wait_until_ready(&self) -> anyhow::Result<()> {
        self.runtime.poll.iter().try_for_each(|_| self.ready.recv()).map_err(|_| anyhow!("a poll thread has ended"))
    }

    /// Puts the counters in their place and starts the writer.
    ///
    /// # Errors
    /// The counters cannot be placed, or there is no thread.
    pub fn begin(self, journal: Writer) -> anyhow::Result<Runtime<P>> {
        self.counters.place().context("the counters")?;
        let stop_writer = Stop::default();
        let writer = (self.start_writer)(journal, Arc::clone(&stop_writer))?;
        let NoWriter { policies, traces, block, spliced, poll, served, stop_poll } = self.runtime;
        Ok(Runtime { policies, traces, block, spliced, poll, writer, served, stop_poll, stop_writer })
    }
}

/// What the writer thread will have.
struct Writing<W> {
    rings: Vec<rtrb::Consumer<u8>>,
    block: Block,
    clock: W,
    commit_ns: u64,
}

impl<W: Clock + Send + 'static> Writing<W> {
    fn start<G>(
        self,
        journal: Writer,
        stop: Stop,
        prepare: impl Fn(Role) -> anyhow::Result<G> + Send + 'static,
    ) -> anyhow::Result<Thread> {
        let mut writer = JournalWriter {
            rings: self.rings,
            journal,
            block: self.block,
            clock: self.clock,
            commit_interval_ns: self.commit_ns,
            record: Vec::new(),
            dropped: 0,
            troubles: Troubles::default(),
            hold_until_ns: 0,
        };
        let thread = Builder::new().name("writer".into());
        thread
            .spawn(move || prepare(Role::Writer).and_then(|_kept| writer.run(&stop).context("the journal")))
            .context("the writer thread")
    }
}

/// Each gives correlation ids of its own.
fn of_core(options: &Options, number: usize) -> Options {
    let mut options = options.clone();
    if let Some(home) = &mut options.engine.home {
        home.core = u8::try_from(number).unwrap_or(u8::MAX);
    }
    options
}

/// What moves into a poll thread.
struct PollThread<P: Port, C> {
    options: Options,
    served: Served<P>,
    policy: PolicySlot,
    events: EventRing,
    tracer: Tracer,
    block: Block,
    clock: C,
    stop: Stop,
    ready: Sender<()>,
    give_back: Sender<(usize, Vec<Lane<P>>)>,
    number: usize,
}

impl<P: Port, C: Clock> PollThread<P, C> {
    fn run(mut self) {
        let Kinds { wires, taps } = self.served.kinds.unwrap_or_default();
        let mut core = PollCore {
            lanes: Vec::new(),
            engines: Engines::of_kinds(wires, taps, &self.options.engine),
            policy: self.policy,
            events: self.events,
            tracer: self.tracer,
            block: self.block,
            clock: self.clock,
            idle: self.options.idle,
        };
        // Nobody waits for it where the lanes were there from the start.
        let _heard = self.ready.send(());
        drop(self.ready);
        while let Some(lanes) = (self.served.lanes)() {
            core.lanes = lanes;
            // Another set of lanes repeats what the tables know: with the old ones it would all be a retransmission.
            if self.served.kinds.take().is_none() {
                core.engines = Engines::for_lanes(&core.lanes, &self.options.engine);
            }
            if core.lanes.iter().any(Lane::is_spliced) {
                self.served.splicing.begin(&mut core.engines, core.clock.now_ns());
            }
            core.run(&self.stop, self.options.until);
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        // Whoever has the ports next takes up what is in it.
        core.engines.end_splicing();
        // Before the tables are freed, which takes long: somebody may wait for the ports.
        let _taken = self.give_back.send((self.number, std::mem::take(&mut core.lanes)));
    }
}
