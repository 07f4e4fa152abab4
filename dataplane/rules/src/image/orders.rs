//! Which rules a message is put before, and in which order.
//!
//! For each trigger there is an order of the rules, and there is one of the counters that count. A rule whose condition
//! can only hold where a field has one of a few values stands in the postings of these values, with the rules of other
//! triggers; all others stand in the order's rest. A message asks the rest and the postings of the values it has, merged
//! by key, which is as if it asked all of them in order: see [`crate::index`].
//!
//! ```text
//! order    0 rest · 8 probes · 16 postings and their tags (each first u32, count u32 in its section)
//!         24 walk u32 · 28 zero
//! key      (level - 1) << 20 | number of the rule; of a counter its number
//! probe    0 subject, three octets · 3 zero · 4 how u32: 0 number, 1 whole text, n + 2 the first n octets of the text
//! posting  0 hash u64 · 8 keys (first u32, count u32); no keys: empty. A table of open addresses, a power of two long
//! tag      of a posting, from its hash; 0: empty. Looked at first: most values lead nowhere, and tags are small
//! ```

use super::code::INSTRUCTIONS_MAX;
use super::record::Extent;
use super::view::RuleIndex;
use super::{RULES_MAX, SubjectCode, u32_at};
use crate::model::{COUNTERS_MAX, Level, Triggers};

/// Octets of an order's record.
pub(crate) const ORDER_OCTETS: usize = 32;
/// Octets of a probe.
pub(crate) const PROBE_OCTETS: usize = 8;
/// Octets of a posting.
pub(crate) const POSTING_OCTETS: usize = 16;
/// An order looks up no more values of a message.
pub(crate) const PROBES_MAX: usize = 16;
/// A table of postings is built so that no look-up walks further.
pub(crate) const WALK_MAX: u32 = 64;
/// Triggers, and messages without, then the counters.
pub(crate) const ORDERS: usize = COUNTING + 1;
/// The order of the counters.
pub(crate) const COUNTING: usize = Triggers::UNKNOWN + 1;
/// Keys of monitors, from this on.
pub(crate) const MONITORS: u32 = key_of(Level::Monitors, 0);

const LEVEL_SHIFT: u32 = RULES_MAX.trailing_zeros();
const _: () = assert!(RULES_MAX.is_power_of_two() && COUNTERS_MAX < RULES_MAX && INSTRUCTIONS_MAX < RULES_MAX);

/// A rule's key: ascending keys are the order in which rules are asked.
pub(crate) const fn key_of(level: Level, rule: u32) -> u32 {
    ((level.number() - 1) as u32) << LEVEL_SHIFT | rule
}

/// The rule that a key means.
#[inline(always)]
pub(crate) const fn rule_of(key: u32) -> RuleIndex {
    RuleIndex(key & (RULES_MAX as u32 - 1))
}

/// An order's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'i>(pub(crate) &'i [u8; ORDER_OCTETS]);

impl Order<'_> {
    #[inline(always)]
    pub(crate) fn rest(self) -> Extent {
        self.extent(0)
    }

    #[inline(always)]
    pub(crate) fn probes(self) -> Extent {
        self.extent(8)
    }

    #[inline(always)]
    pub(crate) fn postings(self) -> Extent {
        self.extent(16)
    }

    /// How many postings a look-up may have to see.
    #[inline(always)]
    pub(crate) fn walk(self) -> u32 {
        u32_at(self.0, 24).unwrap_or(0)
    }

    pub(crate) fn is_well_formed(self) -> bool {
        let ((_, probes), (_, postings)) = (self.probes(), self.postings());
        probes as usize <= PROBES_MAX
            && (postings == 0 || postings.is_power_of_two())
            && self.walk() <= WALK_MAX
            && self.0[28..] == [0; 4]
    }

    #[inline(always)]
    fn extent(self, at: usize) -> Extent {
        (u32_at(self.0, at).unwrap_or(0), u32_at(self.0, at + 4).unwrap_or(0))
    }
}

/// What of a subject is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    Number,
    Whole,
    /// So many octets from the beginning.
    Beginning(u32),
}

/// A value of a message that is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Probe {
    pub(crate) subject: SubjectCode,
    pub(crate) how: How,
}

impl Probe {
    pub(crate) const OCTETS: usize = PROBE_OCTETS;

    #[inline(always)]
    pub(crate) const fn decode(octets: &[u8; PROBE_OCTETS]) -> Self {
        let all = u64::from_le_bytes(*octets);
        let how = match (all >> 32) as u32 {
            0 => How::Number,
            1 => How::Whole,
            n => How::Beginning(n - 2),
        };
        Self { subject: SubjectCode::from_word(all as u32), how }
    }

    pub(crate) fn encode(self) -> [u8; PROBE_OCTETS] {
        let how = match self.how {
            How::Number => 0,
            How::Whole => 1,
            How::Beginning(n) => n + 2,
        };
        (u64::from(self.subject.word()) | u64::from(how) << 32).to_le_bytes()
    }
}

/// Where a value leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) hash: u64,
    pub(crate) keys: Extent,
}

impl Posting {
    pub(crate) const OCTETS: usize = POSTING_OCTETS;
    pub(crate) const EMPTY: Self = Self { hash: 0, keys: (0, 0) };

    #[inline(always)]
    pub(crate) const fn decode(octets: &[u8; POSTING_OCTETS]) -> Self {
        let all = u128::from_le_bytes(*octets);
        Self { hash: all as u64, keys: ((all >> 64) as u32, (all >> 96) as u32) }
    }

    pub(crate) fn encode(self) -> [u8; POSTING_OCTETS] {
        let keys = u64::from(self.keys.0) | u64::from(self.keys.1) << 32;
        (u128::from(self.hash) | u128::from(keys) << 64).to_le_bytes()
    }

    #[inline(always)]
    pub(crate) const fn is_empty(self) -> bool {
        self.keys.1 == 0
    }

    pub(crate) const fn tag(self) -> u8 {
        if self.is_empty() { 0 } else { tag_of(self.hash) }
    }
}

/// The tag of a posting with this hash.
#[inline(always)]
pub(crate) const fn tag_of(hash: u64) -> u8 {
    (hash >> 56) as u8 | 1
}
