//! Counters that rules define: how many messages of a key came in a sliding window, how many different members they had,
//! how many values stood in a row.
//!
//! | kind | says | entry |
//! |---|---|---|
//! | [`RateKind::Count`] | messages in the window; see below how exact | one cache line |
//! | [`RateKind::Run`] | the longest row of values of the current window or the previous: see [`Sample::Run`] | one cache line |
//! | [`RateKind::Distinct`] | different members in the window, 9.1 % off in one standard deviation | two cache lines |
//!
//! A window slides as two that follow each other: the current sum and the share of the previous one that is not yet past.
//! It is exact until the first window of a key has ended, and from then on as exact as the previous window was even; at
//! worst off by the previous sum. Of members, those of the previous window that came again are not counted twice.
//!
//! Counts and rows share one table, members have their own: a flood of one does not shed the other. A full table sheds
//! the entries that were idle longest of those that stand where the new one may ([`crate::table`]). A key is a hash of
//! 64 bits that the caller makes; two that have the same are one. Another window for the same counter begins anew.

mod entry;

use crate::hash::mix;
use crate::members::Members;
use crate::table::{Home, Table, cost_octets, tick};
use crate::window::Window;
use entry::{Line, Pair};

/// What a counter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum RateKind {
    /// Messages.
    Count = 1,
    /// Different members.
    Distinct = 2,
    /// Values in a row.
    Run = 3,
}

/// What a message brings to a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// Itself.
    Count,
    /// A member, as any 64 bits that tell it from others.
    Distinct(u64),
    /// A value. It continues a row when it stands next to the one before, on either side, or as far from it and on the
    /// same side as that from its own: 3 4 5 4 is a row of four, 10 20 30 one of three. The same value again changes
    /// nothing. A pause of two windows ends a row, one shorter than a window does not.
    Run(u64),
}

/// A key and its rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Talker {
    /// The hash that was counted.
    pub key: u64,
    /// What [`Rates::read`] says of it.
    pub rate: u32,
}

/// How many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSizes {
    /// Of counts and runs.
    pub counts: usize,
    /// Of members.
    pub distincts: usize,
}

/// What a count or a run costs: five places with their marks for every four.
pub const COUNT_COST_OCTETS: usize = cost_octets::<Line>();
/// What the members of a key cost.
pub const DISTINCT_COST_OCTETS: usize = cost_octets::<Pair>();

const _: () = assert!(COUNT_COST_OCTETS == 90 && DISTINCT_COST_OCTETS == 170);

/// The counters.
pub struct Rates {
    lines: Table<Line>,
    pairs: Table<Pair>,
    key: u64,
}

impl Rates {
    /// Room for so many entries, hashed under `key`.
    pub fn new(sizes: RateSizes, key: u64) -> Self {
        Self { lines: Table::new(sizes.counts, Line::EMPTY), pairs: Table::new(sizes.distincts, Pair::EMPTY), key }
    }

    /// Counts a message under a key and says the rate, this message with it.
    #[inline]
    pub fn count(&mut self, counter: u16, key: u64, sample: Sample, window_s: u32, time_ns: u64) -> u32 {
        match sample {
            Sample::Distinct(member) => self.count_member(counter, key, member, window_s, time_ns),
            Sample::Count => self.count_line(RateKind::Count, counter, key, 0, window_s, time_ns),
            Sample::Run(value) => self.count_line(RateKind::Run, counter, key, value, window_s, time_ns),
        }
    }

    /// Has the processor fetch what counting under a key will look at.
    #[inline]
    pub fn fetch(&self, kind: RateKind, counter: u16, key: u64) {
        match kind {
            RateKind::Distinct => self.pairs.fetch(self.home_of_pair(counter, key)),
            _ => self.lines.fetch(self.lines.home(self.hash(kind, counter, key))),
        }
    }

    #[inline]
    fn count_line(&mut self, kind: RateKind, counter: u16, key: u64, value: u64, window_s: u32, time_ns: u64) -> u32 {
        let home = self.lines.home(self.hash(kind, counter, key));
        let slot = match self.lines.find(home, |line| line.is(kind, counter, key)) {
            Some(slot) => slot,
            None => self.lines.enter(home, Line::new(kind, counter, key), tick(time_ns)).0,
        };
        self.lines.touch(slot, tick(time_ns));
        self.lines.at_mut(slot).map_or(0, |line| line.count(value, window_s, time_ns))
    }

    #[inline]
    fn count_member(&mut self, counter: u16, key: u64, member: u64, window_s: u32, time_ns: u64) -> u32 {
        // Nobody can choose members that fall to one register.
        let member = mix(self.key, member, key);
        let home = self.home_of_pair(counter, key);
        let slot = match self.pairs.find(home, |pair| pair.is(counter, key)) {
            Some(slot) => slot,
            None => self.pairs.enter(home, Pair::new(counter, key), tick(time_ns)).0,
        };
        self.pairs.touch(slot, tick(time_ns));
        self.pairs.at_mut(slot).map_or(0, |pair| pair.count(member, window_s, time_ns))
    }

    /// The rate of a key at a time; 0 if it is not held, or was counted over another window.
    #[inline]
    pub fn read(&self, kind: RateKind, counter: u16, key: u64, window_s: u32, time_ns: u64) -> u32 {
        if kind == RateKind::Distinct {
            let slot = self.pairs.find(self.home_of_pair(counter, key), |pair| pair.is(counter, key));
            return slot.and_then(|slot| self.pairs.at(slot)).map_or(0, |pair| pair.read(window_s, time_ns));
        }
        let home = self.lines.home(self.hash(kind, counter, key));
        let slot = self.lines.find(home, |line| line.is(kind, counter, key));
        slot.and_then(|slot| self.lines.at(slot)).map_or(0, |line| line.read(window_s, time_ns))
    }

    /// Fills `out` with the keys of the highest rates of a counter, the highest first and equal ones by key, and says how
    /// many there are. It reads every entry: for those who look on, not for the path of a packet.
    pub fn top(&self, kind: RateKind, counter: u16, window_s: u32, time_ns: u64, out: &mut [Talker]) -> usize {
        if kind == RateKind::Distinct {
            let pairs = self.pairs.iter().filter(|pair| pair.counter == counter);
            return highest(pairs.map(|pair| Talker { key: pair.key, rate: pair.read(window_s, time_ns) }), out);
        }
        let lines = self.lines.iter().filter(|line| line.kind == kind && line.counter == counter);
        highest(lines.map(|line| Talker { key: line.key, rate: line.read(window_s, time_ns) }), out)
    }

    #[inline(always)]
    fn hash(&self, kind: RateKind, counter: u16, key: u64) -> u64 {
        mix(self.key, key, u64::from(counter) << 8 | kind as u64)
    }

    #[inline(always)]
    fn home_of_pair(&self, counter: u16, key: u64) -> Home {
        self.pairs.home(self.hash(RateKind::Distinct, counter, key))
    }

    /// Entries held, also idle ones.
    pub fn len(&self) -> usize {
        self.lines.len() + self.pairs.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Entries that gave way to others.
    pub fn shed(&self) -> u64 {
        self.lines.shed() + self.pairs.shed()
    }

    /// What was allocated.
    pub fn octets(&self) -> usize {
        self.lines.octets() + self.pairs.octets()
    }

    /// What was allocated for each entry of the capacity of a kind, rounded up.
    pub fn octets_per_entry(&self, kind: RateKind) -> usize {
        match kind {
            RateKind::Distinct => self.pairs.octets_per_entry(),
            RateKind::Count | RateKind::Run => self.lines.octets_per_entry(),
        }
    }

    /// Forgets every rate.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.pairs.clear();
    }
}

/// Keeps the highest in order.
fn highest(talkers: impl Iterator<Item = Talker>, out: &mut [Talker]) -> usize {
    let mut len = 0;
    for talker in talkers.filter(|talker| talker.rate != 0) {
        let held = out.get(..len).unwrap_or_default();
        let at = held.partition_point(|held| (held.rate, talker.key) > (talker.rate, held.key));
        if at < out.len() {
            len = (len + 1).min(out.len());
            if let Some(after) = out.get_mut(at..len) {
                after.rotate_right(1);
                after.iter_mut().take(1).for_each(|place| *place = talker);
            }
        }
    }
    len
}

/// Registers of a window of members, two each.
const MEMBERS_OCTETS: usize = 42;
