//! The engine over this traffic: its tables empty, with little in them, and full.
//!
//! | case | tables | traffic |
//! |---|---|---|
//! | no policy | nothing but dialogues | few subscribers |
//! | few | as large as when full; a thousand subscribers and dialogues in them | of the thousand |
//! | empty | as large, made anew before each round; a thousand dialogues | of all subscribers: nobody is known |
//! | full | every subscriber known by number and by IMSI, all dialogues open, all counters and pairings in use | of all |
//!
//! Frames are made in batches outside the time that is measured, as for floods.

use super::craft::Kind;
use super::policy::Stateful;
use super::run::{Known, Run};
use super::traffic::{Batch, Extent, Traffic};
use crate::clock::cpu_time;
use sluice_abi::counters::{Count, Slot, Tally};
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_engine::{Engine, Input, MemorySizes, PointCodes, RateSizes, Settings, Side, Sink, TableSizes};
use std::time::Duration;

/// How much the tables hold.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Subscribers; each has two entries among the locations, by number and by IMSI.
    pub subscribers: u32,
    /// Open dialogues.
    pub dialogues: usize,
    /// Answers to the question where a subscriber is.
    pub pairings: usize,
    /// Keys that are counted.
    pub counts: usize,
    /// Keys of which different values are counted.
    pub distincts: usize,
    /// Senders of deliveries, a tenth of them on the list.
    pub parties: u32,
    /// Nanoseconds between two frames: the tables tell ages apart by the second.
    pub step_ns: u64,
}

/// What the tables hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Dialogues, and no policy.
    NoPolicy,
    /// A thousand of each.
    Few,
    /// Nothing.
    Empty,
    /// All there is room for.
    Full,
}

/// Subscribers and dialogues where there are few.
const FEW: usize = 1000;
/// Messages made at once.
const BATCH: u64 = 1000;
/// Time of the first frame, in nanoseconds since the epoch.
const START_NS: u64 = 1_767_225_600_000_000_000;
/// LINKTYPE_ETHERNET.
const ETHERNET: u16 = 1;

impl Sizes {
    /// Ten million subscribers, a million dialogues, a million on the list.
    pub const GOAL: Self = Self {
        subscribers: 10_000_000,
        dialogues: 1_000_000,
        pairings: 1_000_000,
        counts: 1_000_000,
        distincts: 131_072,
        parties: 10_000_000,
        step_ns: 1_000,
    };

    /// Next to nothing.
    const NONE: Self =
        Self { subscribers: 1, dialogues: 1, pairings: 1, counts: 1, distincts: 1, parties: 1, step_ns: 1 };

    /// So many times less of everything, in as much time.
    pub const fn divided(self, by: u32) -> Self {
        let times = by as usize;
        Self {
            subscribers: self.subscribers / by,
            dialogues: self.dialogues / times,
            pairings: self.pairings / times,
            counts: self.counts / times,
            distincts: self.distincts / times,
            parties: self.parties / by,
            step_ns: self.step_ns * by as u64,
        }
    }

    fn settings(&self) -> Settings {
        let memory = MemorySizes {
            locations: 2 * self.subscribers as usize,
            pairings: self.pairings,
            counters: RateSizes { counts: self.counts, distincts: self.distincts },
            ..MemorySizes::default()
        };
        let dialogue_timeout_ns = 3_600_000_000_000;
        let tables = TableSizes { dialogues: self.dialogues, dialogue_timeout_ns, memory, ..TableSizes::default() };
        Settings { tables, ..Settings::default() }
    }
}

impl Case {
    /// All, in the order of the table.
    pub const ALL: [Self; 4] = [Self::Few, Self::Empty, Self::Full, Self::NoPolicy];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoPolicy => "no policy, few",
            Self::Few => "stateful, few",
            Self::Empty => "stateful, empty",
            Self::Full => "stateful, full",
        }
    }

    /// The case of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|case| case.name() == name)
    }

    /// How much traffic is about.
    pub fn extent(self, sizes: &Sizes) -> Extent {
        let Sizes { subscribers, dialogues, pairings, parties, .. } = *sizes;
        let few = FEW.min(dialogues);
        match self {
            Self::NoPolicy | Self::Few => Extent { subscribers: few as u32, dialogues: few, asked: 0, parties },
            // Those who opened them are known: they must not be many of all.
            Self::Empty => Extent { subscribers, dialogues: few.min(subscribers as usize / 100), asked: 0, parties },
            // A quarter: those asked for longest ago have been shed.
            Self::Full => Extent { subscribers, dialogues, asked: pairings / 4, parties },
        }
    }
}

/// Looks at what was known, and counts.
#[derive(Default)]
struct Looks {
    known: Known,
    tally: Tally,
}

impl Count for Looks {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Looks {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        let known = &mut self.known;
        known.messages += 1;
        known.dialogues += u64::from(facts.has(Field::Dialogue));
        known.places += u64::from(facts.has(Field::SubscriberNode));
        known.pairs += u64::from(facts.number(Field::PairAsked) == Some(1));
        known.stopped += u64::from(facts.number(Field::VerdictAction) == Some(Action::Discard as u64));
    }
}

/// An engine and its traffic.
pub struct Rig {
    case: Case,
    sizes: Sizes,
    engine: Engine,
    traffic: Traffic,
    batch: Batch,
    frames: u64,
    looks: Looks,
    took: Duration,
}

impl Rig {
    /// Tables allocated and filled as the case says.
    ///
    /// # Errors
    /// That no traffic can be made.
    pub fn new(case: Case, sizes: &Sizes, policy: &Stateful) -> anyhow::Result<Self> {
        let mut rig = Self {
            case,
            sizes: *sizes,
            engine: Engine::new(sizes.settings()),
            traffic: Traffic::new(case.extent(sizes))?,
            batch: Batch::default(),
            frames: 0,
            looks: Looks::default(),
            took: Duration::ZERO,
        };
        rig.fill(policy);
        Ok(rig)
    }

    fn fill(&mut self, policy: &Stateful) {
        let Extent { subscribers, dialogues, .. } = self.case.extent(&self.sizes);
        let first = if self.case == Case::Empty { dialogues as u32 } else { subscribers };
        self.send(u64::from(first), policy, |traffic, batch, n| traffic.submission(n as u32, batch));
        if self.case == Case::Empty {
            return;
        }
        // Questions are answered in any order: until most of the table's are, twice as many are asked and more.
        let asked = if self.case == Case::Full { 2 * self.sizes.pairings + dialogues } else { 8 * FEW };
        self.send(asked as u64, policy, |traffic, batch, _| traffic.step(Some(Kind::Question), batch));
        self.send(2 * dialogues as u64, policy, |traffic, batch, _| traffic.step(None, batch));
    }

    fn send(&mut self, steps: u64, policy: &Stateful, mut step: impl FnMut(&mut Traffic, &mut Batch, u64)) {
        for first in (0..steps).step_by(BATCH as usize) {
            self.batch.clear();
            (first..steps.min(first + BATCH)).for_each(|n| step(&mut self.traffic, &mut self.batch, n));
            self.pass(policy);
        }
    }

    /// The batch through the engine.
    fn pass(&mut self, policy: &Stateful) {
        let image = (self.case != Case::NoPolicy).then(|| policy.image());
        let start = cpu_time();
        for frame in self.batch.frames() {
            self.frames += 1;
            let input = Input {
                octets: frame.octets,
                link: ETHERNET,
                number: self.frames,
                time_ns: START_NS + self.frames * self.sizes.step_ns,
                port: b"bench",
                side: Side::ByAddress { inside: &[] },
                wire: None,
                point_codes: PointCodes::Itu,
            };
            self.engine.process(&input, image.as_ref(), &mut self.looks);
        }
        self.engine.flush_counts(&mut self.looks);
        self.took += cpu_time() - start;
    }

    /// So many messages of traffic: CPU time of the engine, what was sent, what was known.
    ///
    /// # Errors
    /// That the tables could not be made anew.
    pub fn run(&mut self, messages: u64, policy: &Stateful) -> anyhow::Result<Run> {
        if self.case == Case::Empty {
            // The old one first: both need not be there at once.
            self.engine = Engine::new(Sizes::NONE.settings());
            *self = Self::new(Case::Empty, &self.sizes, policy)?;
        }
        (self.looks, self.took) = (Looks::default(), Duration::ZERO);
        let before = self.traffic.sent();
        self.send(messages / 2, policy, |traffic, batch, _| traffic.step(None, batch));
        let sent = self.traffic.sent().since(before);
        Ok(Run { took: self.took, sent, known: self.looks.known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_tables_know_everybody_empty_ones_nobody_and_the_list_stops_its_own() {
        let sizes = Sizes::GOAL.divided(2000);
        let policy = Stateful::compile(sizes.parties).unwrap();
        for case in Case::ALL {
            let mut rig = Rig::new(case, &sizes, &policy).unwrap();
            let run = rig.run(if case == Case::Empty { 300 } else { 20_000 }, &policy).unwrap();
            run.check(case).unwrap();
            assert!(run.sent.submissions > 20 && run.sent.deliveries > 20, "{run:?}");
        }
    }
}
