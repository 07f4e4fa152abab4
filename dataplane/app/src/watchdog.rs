//! Notices that a poll core stands still, and has the wires it serves go round it.
//!
//! Every poll core counts its turns in its block of the counters. A thread of its own looks at them ten times within the
//! time a core may stand still, so that a core is found out before that time is over. It also passes on lost links.
//! What is to be done about a wire says [`Bypass`]; the wire has one for each way it is served.
//!
//! ```text
//!             no turn for stalled_ms                  turns again
//!  goes on ──────────────────────────▶ stands still ─────────────▶ goes on
//!             alarm, count, bypass on                 count, bypass off
//! ```
//! A watchdog that was itself not let run saw nothing and concludes nothing: it begins anew, and puts every wire back
//! into the state it should have, for the guardian of the process may have bypassed it meanwhile.
//!
//! Not handled here: the whole process standing still or gone; see `guardian`.

pub mod links;

use crate::poll::Stop;
use links::{Propagation, Step};
use sluice_abi::counters::{Count, Counter};
use sluice_io::Clock;
use sluice_shm::counters::{Block, CounterReader};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// What can be done about a wire that is not served: a relay beside a card, the kernel's bridge, its links.
pub trait Bypass: Send {
    /// Lets the frames of a queue go by, or takes them back. May be asked for what is so already.
    ///
    /// # Errors
    /// It could not be switched.
    fn set(&mut self, queue: usize, goes_by: bool) -> anyhow::Result<()>;
}

/// The line of a port.
pub trait Line: Send {
    /// Whether it is there.
    fn is_up(&self) -> bool;

    /// Takes it up or down.
    ///
    /// # Errors
    /// It could not be.
    fn set_up(&self, up: bool) -> anyhow::Result<()>;
}

/// A wire that is watched over.
pub struct Watched {
    /// The name the configuration gave it.
    pub name: String,
    /// The poll core that serves each queue.
    pub cores: Vec<usize>,
    /// What is done about a queue whose core stands still.
    pub ways: Vec<Box<dyn Bypass>>,
    /// The lines outside and inside, where the loss of one is passed on to the other.
    pub lines: Option<([Box<dyn Line>; 2], Propagation)>,
}

/// What became of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stands still.
    Stalled,
    /// It goes on.
    Recovered,
}

/// Which cores come round.
#[derive(Debug)]
pub struct Watch {
    stalled_ns: u64,
    looked_ns: Option<u64>,
    cores: Vec<Core>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Core {
    beats: u64,
    moved_ns: u64,
    is_stalled: bool,
}

impl Watch {
    /// Cores that stand still for `stalled_ns` are stalled.
    pub const fn new(stalled_ns: u64) -> Self {
        Self { stalled_ns, looked_ns: None, cores: Vec::new() }
    }

    /// How often to look.
    pub const fn period(&self) -> Duration {
        Duration::from_nanos(self.stalled_ns / LOOKS)
    }

    /// Whether a core stands still, as far as is known.
    pub fn is_stalled(&self, core: usize) -> bool {
        self.cores.get(core).is_some_and(|core| core.is_stalled)
    }

    /// Looks at how often each core has come round, and tells what has changed. Gives `false` where it had not looked
    /// for so long that it knows nothing. A core that has not begun yet does not stand still.
    pub fn look(
        &mut self,
        now_ns: u64,
        beats: impl IntoIterator<Item = u64>,
        mut tell: impl FnMut(usize, Change),
    ) -> bool {
        let was_away = self.looked_ns.is_none_or(|at| now_ns.saturating_sub(at) > self.stalled_ns / 2);
        self.looked_ns = Some(now_ns);
        // It may have stopped just after the look before the last one.
        let patience_ns = self.stalled_ns - 2 * self.stalled_ns / LOOKS;
        for (number, beats) in beats.into_iter().enumerate() {
            if number == self.cores.len() {
                self.cores.push(Core::default());
            }
            let Some(core) = self.cores.get_mut(number) else { continue };
            let has_moved = core.beats != beats;
            if has_moved || beats == 0 || (was_away && !core.is_stalled) {
                (core.beats, core.moved_ns) = (beats, now_ns);
            }
            let is_stalled =
                if core.is_stalled { !has_moved } else { now_ns.saturating_sub(core.moved_ns) >= patience_ns };
            if is_stalled != core.is_stalled {
                core.is_stalled = is_stalled;
                tell(number, if is_stalled { Change::Stalled } else { Change::Recovered });
            }
        }
        !was_away
    }
}

/// Looks within the time a core may stand still.
const LOOKS: u64 = 10;
/// How often every wire is put into the state it should have, whatever has happened to it.
const REPAIR_NS: u64 = 1_000_000_000;

/// What the thread has seen and done; read by the housekeeping loop.
#[derive(Debug, Default)]
pub struct Seen {
    counts: [AtomicU64; COUNTERS.len()],
    stalled_cores: AtomicU64,
    bypassed_wires: AtomicU64,
}

const COUNTERS: [Counter; 5] = [
    Counter::CoreStalls,
    Counter::CoreRecoveries,
    Counter::BypassesBegun,
    Counter::FailoverRefused,
    Counter::LinksTakenDown,
];

impl Seen {
    /// Counts what has been seen since it was last asked.
    pub fn count(&self, block: &mut Block) {
        for (count, counter) in self.counts.iter().zip(COUNTERS) {
            block.count(counter, count.swap(0, Ordering::Relaxed));
        }
    }

    /// What `status` says of it: JSON members.
    pub fn status(&self) -> String {
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        format!("\"stalled_cores\":{},\"bypassed_wires\":{}", of(&self.stalled_cores), of(&self.bypassed_wires))
    }

    /// Poll cores that stand still now.
    pub fn stalled_cores(&self) -> u64 {
        self.stalled_cores.load(Ordering::Relaxed)
    }

    fn add(&self, counter: Counter) {
        if let Some(count) = COUNTERS.iter().position(|&c| c == counter).and_then(|at| self.counts.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Looks, and acts on what it sees.
pub struct Watchdog<C: Clock> {
    watch: Watch,
    counters: CounterReader,
    wires: Vec<Watched>,
    clock: C,
    repaired_ns: u64,
    seen: Arc<Seen>,
}

impl<C: Clock + Send + 'static> Watchdog<C> {
    /// Watches over the poll cores whose counters these are.
    pub fn new(stalled_ns: u64, counters: CounterReader, wires: Vec<Watched>, clock: C) -> Self {
        Self { watch: Watch::new(stalled_ns), counters, wires, clock, repaired_ns: 0, seen: Arc::default() }
    }

    /// What it will have seen.
    pub fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    /// Looks until told to stop, in a thread of its own. Whatever it has switched stays as it is.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub fn start(mut self, stop: Stop) -> std::io::Result<JoinHandle<()>> {
        Builder::new().name("watchdog".into()).spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                self.turn();
                std::thread::park_timeout(self.watch.period());
            }
        })
    }

    /// One look.
    pub fn turn(&mut self) {
        let now_ns = self.clock.now_ns();
        // A file that has been cut says nothing about the cores.
        let Ok(beats) = self.counters.beats() else { return };
        let cores = beats.iter().filter(|(label, _)| label.starts_with(POLL)).map(|&(_, beats)| beats);
        let mut changes = Vec::new();
        let knows = self.watch.look(now_ns, cores, |core, change| changes.push((core, change)));
        if !changes.is_empty() {
            self.show();
        }
        for &(core, change) in &changes {
            self.act(core, change);
        }
        if !knows {
            self.wires
                .iter_mut()
                .filter_map(|wire| wire.lines.as_mut())
                .for_each(|(_, links)| *links = Propagation::default());
        }
        if !knows || now_ns.saturating_sub(self.repaired_ns) >= REPAIR_NS {
            self.repaired_ns = now_ns;
            self.repair();
        }
        self.pass_on_links(now_ns);
    }

    fn act(&mut self, core: usize, change: Change) {
        let is_stalled = change == Change::Stalled;
        let Self { wires, seen, .. } = self;
        let mut touched = Vec::new();
        for wire in wires.iter_mut().filter(|wire| !wire.ways.is_empty() && wire.cores.contains(&core)) {
            if is_stalled {
                seen.add(Counter::BypassesBegun);
            }
            wire.set_queues(seen, |of| (of == core).then_some(is_stalled));
            touched.push(wire.name.as_str());
        }
        seen.add(if is_stalled { Counter::CoreStalls } else { Counter::CoreRecoveries });
        // Said after it is done: to say something may take long.
        match change {
            Change::Stalled => {
                eprintln!("sluice-dataplane: ALARM: poll core {core} stands still; {}", bypassed(&touched))
            }
            Change::Recovered => eprintln!("sluice-dataplane: poll core {core} goes on"),
        }
    }

    fn show(&self) {
        let stalled = |core: &usize| self.watch.is_stalled(*core);
        let (cores, wires) = (self.watch.cores.len(), self.wires.iter().filter(|w| !w.ways.is_empty()));
        self.seen.stalled_cores.store((0..cores).filter(stalled).count() as u64, Ordering::Relaxed);
        self.seen.bypassed_wires.store(wires.filter(|w| w.cores.iter().any(stalled)).count() as u64, Ordering::Relaxed);
    }

    /// Every queue into the state it should have. A link that was taken down because of the other stays so.
    fn repair(&mut self) {
        let Self { wires, seen, watch, .. } = self;
        let is_ours = |wire: &&mut Watched| !wire.lines.as_ref().is_some_and(|(_, links)| links.has_taken_down());
        for wire in wires.iter_mut().filter(is_ours) {
            wire.set_queues(seen, |core| Some(watch.is_stalled(core)));
        }
    }

    fn pass_on_links(&mut self, now_ns: u64) {
        let Self { wires, seen, watch, .. } = self;
        for wire in wires.iter_mut().filter(|wire| !wire.cores.iter().any(|&core| watch.is_stalled(core))) {
            let Some(([outside, inside], propagation)) = &mut wire.lines else { continue };
            let Some(Step { line, up }) = propagation.look(now_ns, outside.is_up(), inside.is_up()) else { continue };
            let done = if line == 0 { outside.set_up(up) } else { inside.set_up(up) };
            match &done {
                Ok(()) if !up => seen.add(Counter::LinksTakenDown),
                Ok(()) => {}
                Err(_) => seen.add(Counter::FailoverRefused),
            }
            eprintln!("sluice-dataplane: wire `{}`: {}", wire.name, links::said(line, up, done.err()));
        }
    }
}

impl Watched {
    /// Switches the queues about whose core something is said.
    fn set_queues(&mut self, seen: &Seen, goes_by: impl Fn(usize) -> Option<bool>) {
        for (queue, &core) in self.cores.iter().enumerate() {
            let Some(goes_by) = goes_by(core) else { continue };
            for way in &mut self.ways {
                if let Err(error) = way.set(queue, goes_by) {
                    seen.add(Counter::FailoverRefused);
                    eprintln!("sluice-dataplane: ALARM: wire `{}`, queue {queue}: {error:#}", self.name);
                }
            }
        }
    }
}

/// What the blocks of poll cores are called, before their number.
pub const POLL: &str = "poll";

fn bypassed(wires: &[&str]) -> String {
    if wires.is_empty() { "its frames are lost".to_owned() } else { format!("going round it: {}", wires.join(", ")) }
}

#[cfg(test)]
mod tests;
