//! An image as slices: what evaluation reads.

use super::code::INSTRUCTION_OCTETS;
use super::orders::{ORDER_OCTETS, Order, POSTING_OCTETS, PROBE_OCTETS};
use super::record::{
    COUNTER_OCTETS, CounterRecord, Extent, LIST_OCTETS, ListRecord, MATCHER_OCTETS, MatcherRecord, RULE_OCTETS,
    RuleRecord, VALIDITY_OCTETS, ValidityRecord,
};
use super::{MATCHERS_MAX, REWRITE_OCTETS, RewriteRecord, SubjectCode};
use crate::ahead::Ahead;
use crate::changes::Changes;
use crate::memory::Texts;
use crate::rewrite::{Rewrite, Sender};
use crate::table::{SLOT_OCTETS, Slots, Table};
use sluice_abi::facts::FieldSet;
use sluice_abi::{Action, Facts, Field, LogLevel, Path};
use sluice_matcher::Matcher;
use sluice_numbers::Plan;

/// A rule's place in its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RuleIndex(pub u32);

/// A verified image, ready to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Image<'i> {
    pub(super) version: u64,
    pub(super) default_action: Action,
    pub(super) default_log: LogLevel,
    pub(super) reads: FieldSet,
    pub(super) rules: &'i [[u8; RULE_OCTETS]],
    pub(super) validities: &'i [[u8; VALIDITY_OCTETS]],
    pub(super) rewrites: &'i [[u8; REWRITE_OCTETS]],
    pub(super) orders: &'i [[u8; ORDER_OCTETS]],
    pub(super) keys: &'i [[u8; 4]],
    pub(super) probes: &'i [[u8; PROBE_OCTETS]],
    pub(super) postings: &'i [[u8; POSTING_OCTETS]],
    pub(super) tags: &'i [[u8; 1]],
    pub(super) code: &'i [[u8; INSTRUCTION_OCTETS]],
    pub(super) spans: &'i [[u8; 8]],
    pub(super) ranges: &'i [[u8; 16]],
    pub(super) texts: &'i [[u8; 8]],
    pub(super) paths: &'i [[u8; 2]],
    pub(super) counters: &'i [[u8; COUNTER_OCTETS]],
    pub(super) lists: &'i [[u8; LIST_OCTETS]],
    pub(super) slots: &'i [[u8; SLOT_OCTETS]],
    pub(super) matcher_records: &'i [[u8; MATCHER_OCTETS]],
    pub(super) matchers: [Option<Matcher<'i>>; MATCHERS_MAX],
    pub(super) plan: Option<Plan<'i>>,
    pub(super) strings: &'i [u8],
    pub(super) changes: Changes<'i>,
    pub(crate) ahead: Ahead,
}

impl<'i> Image<'i> {
    /// Version of the policy.
    #[inline]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The same with what came into its lists and went out of them since.
    #[inline]
    #[must_use]
    pub const fn with_changes(self, changes: Changes<'i>) -> Self {
        Self { changes, ..self }
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

    /// Whether any condition or counter reads this field: what is costly to compute and not read can be left out.
    #[inline]
    pub const fn reads(&self, field: Field) -> bool {
        self.reads.contains(field)
    }

    /// The numbering plan, if the policy has one.
    #[inline]
    pub const fn plan(&self) -> Option<Plan<'i>> {
        self.plan
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

    /// The scenario a rule belongs to.
    pub fn scenario(&self, index: RuleIndex) -> Option<&'i str> {
        self.rule(index).map(|r| self.text(r.scenario())).filter(|name| !name.is_empty())
    }

    /// What a rule changes in a message; none if its action is no [`Action::Rewrite`].
    pub fn rewrite(&self, index: RuleIndex) -> Option<Rewrite<'i>> {
        let number = self.rule(index)?.rewrite()?;
        let record = self.rewrites.get(number as usize).map(RewriteRecord)?;
        Some(Rewrite {
            sender: Sender::parse(self.text(record.sender())),
            append: Some(self.text(record.append())).filter(|text| !text.is_empty()),
            strip: record.strip(),
            mask: record.mask(),
        })
    }

    /// The fields a rule's condition reads, each once.
    pub fn paths(&self, index: RuleIndex) -> impl Iterator<Item = Path> + use<'i> {
        let extent = self.rule(index).map_or((0, 0), RuleRecord::paths);
        let pairs = part(self.paths, extent).unwrap_or(&[]);
        pairs.iter().filter_map(|&octets| Path::from_octets(octets))
    }

    /// Whether a rule is valid at a time in nanoseconds since 1970; without a time only those are that always are.
    #[inline(always)]
    pub(crate) fn is_valid(&self, rule: RuleRecord<'_>, time_ns: Option<u64>) -> bool {
        match rule.validity() {
            None => true,
            Some(number) => self.holds_at(number, time_ns),
        }
    }

    fn holds_at(&self, validity: u32, time_ns: Option<u64>) -> bool {
        let validity = self.validities.get(validity as usize).map(|v| ValidityRecord(v).validity());
        validity.zip(time_ns).is_some_and(|(v, time_ns)| v.holds(time_ns / 1_000_000_000))
    }

    /// Names of the counters.
    pub fn counters(&self) -> impl Iterator<Item = (&'i str, CounterRecord<'i>)> + '_ {
        self.counters.iter().map(CounterRecord).map(|c| (self.text(c.name()), c))
    }

    #[inline(always)]
    pub(crate) fn has_counters(&self) -> bool {
        !self.counters.is_empty()
    }

    #[inline(always)]
    pub(crate) fn counter(&self, number: u16) -> Option<CounterRecord<'i>> {
        self.counters.get(usize::from(number)).map(CounterRecord)
    }

    pub(crate) fn counter_name(&self, number: u16) -> &'i str {
        self.counter(number).map_or("", |c| self.text(c.name()))
    }

    /// Names of the lists with how many entries each has.
    pub fn lists(&self) -> impl Iterator<Item = (&'i str, ListRecord<'i>)> + '_ {
        self.lists.iter().map(ListRecord).map(|l| (self.text(l.name()), l))
    }

    pub(crate) fn list_record(&self, number: u32) -> Option<ListRecord<'i>> {
        self.lists.get(number as usize).map(ListRecord)
    }

    /// Has the processor fetch what large lists will look at for this message.
    #[inline(always)]
    pub(crate) fn fetch_ahead(&self, facts: &Facts<'i>, texts: &mut Texts) {
        self.ahead.fetch(self, facts, texts);
    }

    /// A list to ask.
    #[inline(always)]
    pub fn list(&self, number: u32) -> Option<Table<'i>> {
        let record = self.list_record(number)?;
        let part = part(self.slots, record.slots())?;
        let slots = Slots::new(part, record.lines(), self.strings, record.lengths(), record.probes());
        Some(Table { kind: record.kind(), slots, changes: self.changes.of(number) })
    }

    #[inline(always)]
    pub(crate) fn matcher(&self, number: u32) -> Option<&Matcher<'i>> {
        self.matchers.get(number as usize)?.as_ref()
    }

    /// What a matcher searches.
    pub(crate) fn searched_by(&self, number: u32) -> Option<SubjectCode> {
        self.matcher_records.get(number as usize).map(|m| MatcherRecord(m).subject())
    }

    #[inline(always)]
    pub(crate) fn order(&self, number: usize) -> Option<Order<'i>> {
        self.orders.get(number).map(Order)
    }

    #[inline(always)]
    pub(crate) fn keys(&self, extent: Extent) -> &'i [[u8; 4]] {
        part(self.keys, extent).unwrap_or(&[])
    }

    #[inline(always)]
    pub(crate) const fn all_keys(&self) -> &'i [[u8; 4]] {
        self.keys
    }

    #[inline(always)]
    pub(crate) fn probes_of(&self, order: Order<'_>) -> &'i [[u8; PROBE_OCTETS]] {
        part(self.probes, order.probes()).unwrap_or(&[])
    }

    #[inline(always)]
    pub(crate) fn postings_of(&self, order: Order<'_>) -> &'i [[u8; POSTING_OCTETS]] {
        part(self.postings, order.postings()).unwrap_or(&[])
    }

    #[inline(always)]
    pub(crate) fn tags_of(&self, order: Order<'_>) -> &'i [[u8; 1]] {
        part(self.tags, order.postings()).unwrap_or(&[])
    }

    #[inline(always)]
    pub(crate) fn code_of(&self, code: Extent) -> &'i [[u8; INSTRUCTION_OCTETS]] {
        part(self.code, code).unwrap_or(&[])
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
