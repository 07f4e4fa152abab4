//! The records of rules, validities, counters, lists and matchers.
//!
//! ```text
//! rule      0 id · 8 tag · 16 condition's text (each offset u32, length u32 in strings)
//!          24 code · 32 paths (each first u32, count u32)
//!          40 level · mode · action · log · error (0: none) · triggers · statistics · zero
//!          48 points i32, or of a rule that rewrites the number of its rewrite, u32 · 52 validity u32 (0: always, else its number and 1) · 56 scenario (as id; empty: none)
//! validity  0 from u64 · 8 until u64 · 16 minutes, from and to, u16 each · 20 days · 3 octets of zero
//! counter   0 name · 8 condition's text · 16 code (as in rules) · 24 key: four subjects, u32 each
//!          40 what is counted: a subject, u32 · 44 window u32 · 48 fields of the key · counts · 14 octets of zero
//! list      0 name (offset u32, length u32) · 8 slots (first u32, count u32) · 16 lengths u64
//!          24 probes u32 · 28 entries u32 · 32 kind · 3 octets of zero · 36 lines of the filter u32 · 8 octets of zero
//! matcher   0 automaton (first u32, count u32) · 8 subject u32 · 12 zero
//! ```

use super::{SubjectCode, u16_at, u32_at, u64_at};
use crate::counters::CountKind;
use crate::maperror::MapError;
use crate::model::{COUNTER_KEYS_MAX, COUNTER_WINDOW_S_MAX, Level, ListKind, Triggers, Validity};
use crate::table::LINE_SLOTS;
use sluice_abi::{Action, LogLevel, Mode, Statistics};

/// Octets of a rule's record.
pub(crate) const RULE_OCTETS: usize = 64;
/// Octets of a validity.
pub(crate) const VALIDITY_OCTETS: usize = 24;
/// Octets of a counter's record.
pub(crate) const COUNTER_OCTETS: usize = 64;
/// Octets of a list's record.
pub(crate) const LIST_OCTETS: usize = 48;
/// Octets of a matcher's record.
pub(crate) const MATCHER_OCTETS: usize = 16;
/// Log octet of a rule that says nothing about it.
pub const NO_LOG: u8 = 0xFF;

/// First and count of something in a section.
pub(crate) type Extent = (u32, u32);

#[inline(always)]
fn extent(octets: &[u8], at: usize) -> Extent {
    (u32_at(octets, at).unwrap_or(0), u32_at(octets, at + 4).unwrap_or(0))
}

/// A rule's record. Accessors read an octet that means nothing as the harmless value beside it.
#[derive(Clone, Copy, Debug)]
pub struct RuleRecord<'i>(pub(crate) &'i [u8; RULE_OCTETS]);

impl RuleRecord<'_> {
    /// When it is asked.
    #[inline(always)]
    pub fn level(self) -> Level {
        Level::from_number(self.0[40]).unwrap_or(Level::Monitors)
    }

    /// Whether it acts.
    #[inline(always)]
    pub fn mode(self) -> Mode {
        Mode::from_number(self.0[41]).unwrap_or(Mode::Offline)
    }

    /// Whether it is asked in replay only.
    #[inline(always)]
    pub(crate) fn is_offline(self) -> bool {
        self.0[41] == Mode::Offline as u8
    }

    /// What it does.
    #[inline(always)]
    pub fn action(self) -> Action {
        Action::from_number(self.0[42]).unwrap_or(Action::Tag)
    }

    /// How much is recorded, if it says so.
    #[inline(always)]
    pub fn log(self) -> Option<LogLevel> {
        LogLevel::from_number(self.0[43])
    }

    /// What a reject answers with.
    #[inline(always)]
    pub fn error(self) -> Option<MapError> {
        MapError::from_number(self.0[44])
    }

    /// Which messages it looks at.
    pub fn triggers(self) -> Triggers {
        Triggers::from_bits(self.0[45]).unwrap_or(Triggers::ANY)
    }

    /// Whether it looks at messages with this trigger.
    #[inline(always)]
    pub(crate) fn looks_at(self, trigger: usize) -> bool {
        self.0[45] >> (trigger & 7) & 1 == 1
    }

    /// Which meters it moves.
    #[inline(always)]
    pub fn statistics(self) -> Statistics {
        Statistics::from_number(self.0[46]).unwrap_or(Statistics::None)
    }

    /// Points it gives, if its action is [`Action::Score`].
    #[inline(always)]
    pub fn points(self) -> i32 {
        u32_at(self.0, 48).unwrap_or(0).cast_signed()
    }

    /// The number of what it changes, if its action is [`Action::Rewrite`].
    #[inline]
    pub(crate) fn rewrite(self) -> Option<u32> {
        if self.action() == Action::Rewrite { u32_at(self.0, 48) } else { None }
    }

    /// The number of its validity, if it is not always valid.
    #[inline(always)]
    pub(crate) fn validity(self) -> Option<u32> {
        u32_at(self.0, 52).unwrap_or(0).checked_sub(1)
    }

    pub(crate) fn id(self) -> Extent {
        extent(self.0, 0)
    }

    pub(crate) fn tag(self) -> Extent {
        extent(self.0, 8)
    }

    pub(crate) fn when(self) -> Extent {
        extent(self.0, 16)
    }

    #[inline(always)]
    pub(crate) fn code(self) -> Extent {
        extent(self.0, 24)
    }

    pub(crate) fn paths(self) -> Extent {
        extent(self.0, 32)
    }

    pub(crate) fn scenario(self) -> Extent {
        extent(self.0, 56)
    }

    /// Whether every octet means something.
    pub(crate) fn is_well_formed(self) -> bool {
        let o = self.0;
        Level::from_number(o[40]).is_some()
            && Mode::from_number(o[41]).is_some()
            && Action::from_number(o[42]).is_some()
            && (o[43] == NO_LOG || LogLevel::from_number(o[43]).is_some())
            && (o[44] == 0 || MapError::from_number(o[44]).is_some())
            && (self.action() == Action::Reject) == (o[44] != 0)
            && Triggers::from_bits(o[45]).is_some()
            && Statistics::from_number(o[46]).is_some()
            && (self.level() != Level::Monitors || !self.action().is_terminal())
            && o[47] == 0
    }
}

/// A validity's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValidityRecord<'i>(pub(crate) &'i [u8; VALIDITY_OCTETS]);

impl ValidityRecord<'_> {
    pub(crate) fn validity(self) -> Validity {
        let minutes = |at| u16_at(self.0, at).unwrap_or(0);
        Validity {
            from_s: u64_at(self.0, 0).unwrap_or(0),
            until_s: u64_at(self.0, 8).unwrap_or(0),
            days: self.0[20],
            minutes: (minutes(16), minutes(18)),
        }
    }

    pub(crate) fn encode(validity: &Validity) -> [u8; VALIDITY_OCTETS] {
        let mut octets = [0; VALIDITY_OCTETS];
        let minutes = [validity.minutes.0, validity.minutes.1].map(u16::to_le_bytes);
        let times = [validity.from_s, validity.until_s].map(u64::to_le_bytes);
        let all = times.as_flattened().iter().chain(minutes.as_flattened()).chain([&validity.days]);
        octets.iter_mut().zip(all).for_each(|(to, from)| *to = *from);
        octets
    }

    pub(crate) fn is_well_formed(self) -> bool {
        Self::encode(&self.validity()) == *self.0
    }
}

/// A counter's record.
#[derive(Clone, Copy, Debug)]
pub struct CounterRecord<'i>(pub(crate) &'i [u8; COUNTER_OCTETS]);

impl CounterRecord<'_> {
    /// Length of the sliding window in seconds.
    #[inline(always)]
    pub fn window_s(self) -> u32 {
        u32_at(self.0, 44).unwrap_or(0)
    }

    /// What is counted.
    #[inline(always)]
    pub fn kind(self) -> CountKind {
        CountKind::from_number(self.0[49]).unwrap_or(CountKind::Messages)
    }

    /// The subjects whose values together are the key.
    #[inline(always)]
    pub(crate) fn key(self) -> impl Iterator<Item = SubjectCode> {
        let count = usize::from(self.0[48]).min(COUNTER_KEYS_MAX);
        (0..count).map(move |n| self.subject(24 + 4 * n))
    }

    /// Whose values are counted, but where messages are.
    #[inline(always)]
    pub(crate) fn counted(self) -> SubjectCode {
        self.subject(40)
    }

    #[inline(always)]
    fn subject(self, at: usize) -> SubjectCode {
        SubjectCode::from_word(u32_at(self.0, at).unwrap_or(0))
    }

    pub(crate) fn name(self) -> Extent {
        extent(self.0, 0)
    }

    pub(crate) fn when(self) -> Extent {
        extent(self.0, 8)
    }

    #[inline(always)]
    pub(crate) fn code(self) -> Extent {
        extent(self.0, 16)
    }

    /// Whether every octet means something.
    pub(crate) fn is_well_formed(self) -> bool {
        let fields_only = |s: SubjectCode| s.is_of_field() && s.is_legal(0);
        (1..=COUNTER_KEYS_MAX).contains(&usize::from(self.0[48]))
            && (1..=COUNTER_WINDOW_S_MAX).contains(&self.window_s())
            && self.key().all(fields_only)
            && CountKind::from_number(self.0[49]).is_some()
            && (self.kind() == CountKind::Messages || fields_only(self.counted()))
            && self.0[50..].iter().all(|&o| o == 0)
    }
}

/// A list's record.
#[derive(Clone, Copy, Debug)]
pub struct ListRecord<'i>(pub(crate) &'i [u8; LIST_OCTETS]);

impl ListRecord<'_> {
    /// How entries are matched.
    #[inline(always)]
    pub fn kind(self) -> ListKind {
        ListKind::from_number(self.0[32]).unwrap_or(ListKind::Exact)
    }

    /// How many entries it has.
    pub fn entries(self) -> u32 {
        u32_at(self.0, 28).unwrap_or(0)
    }

    pub(crate) fn name(self) -> Extent {
        extent(self.0, 0)
    }

    #[inline(always)]
    pub(crate) fn slots(self) -> Extent {
        extent(self.0, 8)
    }

    #[inline(always)]
    pub(crate) fn lengths(self) -> u64 {
        u64_at(self.0, 16).unwrap_or(0)
    }

    #[inline(always)]
    pub(crate) fn probes(self) -> u32 {
        u32_at(self.0, 24).unwrap_or(0)
    }

    /// Lines of the filter, in front of the table.
    #[inline(always)]
    pub(crate) fn lines(self) -> u32 {
        u32_at(self.0, 36).unwrap_or(0)
    }

    pub(crate) fn is_well_formed(self) -> bool {
        let (_, slots) = self.slots();
        usize::from(self.0[32]) < ListKind::ALL.len()
            && (slots == 0 || self.entries() <= slots)
            && u64::from(self.lines()) * LINE_SLOTS as u64 <= u64::from(slots)
            && self.0[33..36] == [0; 3]
            && self.0[40..].iter().all(|&o| o == 0)
    }
}

/// A matcher's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatcherRecord<'i>(pub(crate) &'i [u8; MATCHER_OCTETS]);

impl MatcherRecord<'_> {
    pub(crate) fn automaton(self) -> Extent {
        extent(self.0, 0)
    }

    /// What is searched.
    pub(crate) fn subject(self) -> SubjectCode {
        SubjectCode::from_word(u32_at(self.0, 8).unwrap_or(0))
    }

    pub(crate) fn is_well_formed(self) -> bool {
        self.0[11..] == [0; 5]
    }
}
