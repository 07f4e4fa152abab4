//! An image as slices: what evaluation reads.

use super::code::INSTRUCTION_OCTETS;
use super::record::{Extent, ListRecord, RECORD_OCTETS, RuleRecord};
use crate::table::{SLOT_OCTETS, Table};
use sluice_abi::{Action, LogLevel, Path};

/// A rule's place in its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RuleIndex(pub u32);

/// A verified image, ready to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Image<'i> {
    pub(super) version: u64,
    pub(super) default_action: Action,
    pub(super) default_log: LogLevel,
    pub(super) orders_ends: [u32; super::ORDERS],
    pub(super) rules: &'i [[u8; RECORD_OCTETS]],
    pub(super) orders: &'i [[u8; 4]],
    pub(super) code: &'i [[u8; INSTRUCTION_OCTETS]],
    pub(super) spans: &'i [[u8; 8]],
    pub(super) ranges: &'i [[u8; 16]],
    pub(super) texts: &'i [[u8; 8]],
    pub(super) paths: &'i [[u8; 2]],
    pub(super) lists: &'i [[u8; RECORD_OCTETS]],
    pub(super) slots: &'i [[u8; SLOT_OCTETS]],
    pub(super) strings: &'i [u8],
}

impl<'i> Image<'i> {
    /// Version of the policy.
    #[inline]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// What is done where no rule decides.
    #[inline]
    pub const fn default_action(&self) -> Action {
        self.default_action
    }

    /// What is recorded where no rule says it.
    #[inline]
    pub const fn default_log(&self) -> LogLevel {
        self.default_log
    }

    /// Every rule, in the order in which they were written.
    pub fn rules(&self) -> impl Iterator<Item = (RuleIndex, RuleRecord<'i>)> + use<'i> {
        (0..).map(RuleIndex).zip(self.rules.iter().map(RuleRecord))
    }

    /// One rule.
    #[inline(always)]
    pub fn rule(&self, index: RuleIndex) -> Option<RuleRecord<'i>> {
        self.rules.get(index.0 as usize).map(RuleRecord)
    }

    /// The rule with this id.
    pub fn rule_named(&self, id: &str) -> Option<RuleIndex> {
        self.rules().map(|(index, _)| index).find(|&index| self.id(index) == id)
    }

    /// A rule's id.
    pub fn id(&self, index: RuleIndex) -> &'i str {
        self.rule(index).map_or("", |r| self.text(r.id()))
    }

    /// What a rule's tag says.
    pub fn tag(&self, index: RuleIndex) -> &'i str {
        self.rule(index).map_or("", |r| self.text(r.tag()))
    }

    /// A rule's condition as it was written.
    pub fn when(&self, index: RuleIndex) -> &'i str {
        self.rule(index).map_or("", |r| self.text(r.when()))
    }

    /// The fields a rule's condition reads, each once.
    pub fn paths(&self, index: RuleIndex) -> impl Iterator<Item = Path> + use<'i> {
        let extent = self.rule(index).map_or((0, 0), RuleRecord::paths);
        let pairs = part(self.paths, extent).unwrap_or(&[]);
        pairs.iter().filter_map(|&octets| Path::from_octets(octets))
    }

    /// Names of the lists with how many entries each has.
    pub fn lists(&self) -> impl Iterator<Item = (&'i str, ListRecord<'i>)> + '_ {
        self.lists.iter().map(ListRecord).map(|l| (self.text(l.name()), l))
    }

    /// A list to ask.
    #[inline(always)]
    pub fn list(&self, number: u32) -> Option<Table<'i>> {
        let record = self.lists.get(number as usize).map(ListRecord)?;
        Some(Table {
            kind: record.kind(),
            slots: part(self.slots, record.slots())?,
            strings: self.strings,
            lengths: record.lengths(),
            probes: record.probes(),
        })
    }

    /// The rules a message with this trigger is put before, deciding levels or monitors.
    #[inline(always)]
    pub(crate) fn order(&self, trigger: usize, monitors: bool) -> impl Iterator<Item = RuleIndex> + use<'i> {
        let number = trigger * 2 + usize::from(monitors);
        let end = |n: usize| self.orders_ends.get(n).map_or(0, |&end| end as usize);
        let start = number.checked_sub(1).map_or(0, end);
        let order = self.orders.get(start..end(number)).unwrap_or(&[]);
        order.iter().map(|&o| RuleIndex(u32::from_le_bytes(o)))
    }

    #[inline(always)]
    pub(crate) fn code_of(&self, rule: RuleRecord<'_>) -> &'i [[u8; INSTRUCTION_OCTETS]] {
        part(self.code, rule.code()).unwrap_or(&[])
    }

    /// Where the test of a rule's instruction stands in the condition.
    pub(crate) fn condition_of(&self, rule: RuleRecord<'_>, instruction: usize) -> &'i str {
        let span = part(self.spans, rule.code()).and_then(|s| s.get(instruction)).map_or((0, 0), |s| extent(*s));
        self.text(rule.when()).get(span.0 as usize..span.1 as usize).unwrap_or("")
    }

    #[inline(always)]
    pub(crate) fn ranges_of(&self, first: u32, count: u32) -> &'i [[u8; 16]] {
        part(self.ranges, (first, count)).unwrap_or(&[])
    }

    /// Texts an instruction compares with.
    #[inline(always)]
    pub(crate) fn texts_of(&self, first: u32, count: u32) -> impl Iterator<Item = &'i [u8]> + use<'i> {
        let strings = self.strings;
        let texts = part(self.texts, (first, count)).unwrap_or(&[]);
        texts.iter().map(move |&t| part(strings, extent(t)).unwrap_or(&[]))
    }

    fn text(&self, extent: Extent) -> &'i str {
        part(self.strings, extent).and_then(|o| std::str::from_utf8(o).ok()).unwrap_or("")
    }
}

#[inline(always)]
pub(super) fn extent(octets: [u8; 8]) -> Extent {
    let [a, b, c, d, e, f, g, h] = octets;
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}

/// `count` entries from `first` on.
#[inline(always)]
pub(super) fn part<T>(entries: &[T], (first, count): Extent) -> Option<&[T]> {
    let first = first as usize;
    entries.get(first..first.checked_add(count as usize)?)
}
