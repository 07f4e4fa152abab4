//! What was decided about one message. Of fixed size and used again for the next.

use crate::image::{Image, RuleIndex, RuleRecord};
use crate::maperror::MapError;
use crate::memory::{Memory, Sight};
use crate::model::Level;
use crate::names::{Names, Number};
use sluice_abi::verdict::Reason;
use sluice_abi::{Action, Class, Facts, Field, LogLevel};

/// So many rules that tag or copy are remembered per message; more are counted.
pub const ACTED_MAX: usize = 16;
/// So many rules in shadow are remembered per message; more are counted.
pub const SHADOW_MAX: usize = 16;
/// So many fields are given as evidence.
pub const EVIDENCE_MAX: usize = 16;
/// So many rules that gave points are remembered per message; more are counted.
pub const SCORED_MAX: usize = 16;
/// So many octets of a pattern are told.
const PATTERN_OCTETS: usize = 64;

/// Rules in the order in which they matched.
#[derive(Clone, Copy, Debug)]
struct Remembered<const N: usize> {
    rules: [RuleIndex; N],
    count: u32,
}

impl<const N: usize> Remembered<N> {
    const NONE: Self = Self { rules: [RuleIndex(0); N], count: 0 };

    fn push(&mut self, rule: RuleIndex) {
        if let Some(room) = self.rules.get_mut(self.count as usize) {
            *room = rule;
        }
        self.count = self.count.saturating_add(1);
    }

    fn as_slice(&self) -> &[RuleIndex] {
        self.rules.get(..self.count as usize).unwrap_or(&self.rules)
    }
}

/// The verdict on a message and what led to it.
#[derive(Clone, Debug)]
pub struct Judgement {
    action: Action,
    reason: Reason,
    rule: Option<RuleIndex>,
    level: Option<Level>,
    error: Option<MapError>,
    log: LogLevel,
    /// What rules that tag or copy ask for, whoever decides.
    raised: LogLevel,
    policy: u64,
    copies: bool,
    acted: Remembered<ACTED_MAX>,
    shadow: Remembered<SHADOW_MAX>,
    scored: Remembered<SCORED_MAX>,
    pub(crate) memory: Memory,
    tags_text: Names,
    shadow_text: Names,
    counters_text: Names,
    evidence: [u8; 2 * EVIDENCE_MAX],
    evidence_octets: usize,
}

impl Default for Judgement {
    fn default() -> Self {
        Self::new()
    }
}

impl Judgement {
    /// Nothing was decided yet: passes, for want of a policy. All memory that judging needs is allocated here.
    pub fn new() -> Self {
        Self {
            action: Action::Pass,
            reason: Reason::NoPolicy,
            rule: None,
            level: None,
            error: None,
            log: LogLevel::None,
            raised: LogLevel::None,
            policy: 0,
            copies: false,
            acted: Remembered::NONE,
            shadow: Remembered::NONE,
            scored: Remembered::NONE,
            memory: Memory::new(),
            tags_text: Names::EMPTY,
            shadow_text: Names::EMPTY,
            counters_text: Names::EMPTY,
            evidence: [0; 2 * EVIDENCE_MAX],
            evidence_octets: 0,
        }
    }

    fn clear(&mut self) {
        self.rule = None;
        self.level = None;
        self.error = None;
        self.raised = LogLevel::None;
        self.copies = false;
        self.acted.count = 0;
        self.shadow.count = 0;
        self.scored.count = 0;
        self.memory.clear();
    }

    #[inline(always)]
    pub(crate) fn begin(&mut self, image: &Image<'_>) {
        self.clear();
        self.action = image.default_action();
        self.reason = Reason::Default;
        self.log = image.default_log();
        self.policy = image.version();
    }

    pub(crate) fn decide(&mut self, index: RuleIndex, rule: RuleRecord<'_>) {
        self.action = rule.action();
        self.reason = Reason::Rule;
        self.rule = Some(index);
        self.level = Some(rule.level());
        self.error = rule.error();
        self.log = rule.log().unwrap_or(self.log);
    }

    pub(crate) fn remember_action(&mut self, index: RuleIndex, rule: RuleRecord<'_>) {
        if rule.action() == Action::Score {
            self.memory.score.add(rule.points());
            self.scored.push(index);
        } else {
            self.acted.push(index);
        }
        self.copies |= rule.action() == Action::Copy;
        self.raised = rule.log().map_or(self.raised, |log| log.max(self.raised));
    }

    /// Points do nothing by themselves: the rule that asks for them is told of.
    pub(crate) fn remember_shadow(&mut self, index: RuleIndex, rule: RuleRecord<'_>) {
        match rule.action() {
            Action::Score => self.memory.score.add(rule.points()),
            _ => self.shadow.push(index),
        }
    }

    /// What is done with the message.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Whether a rule decided or something else.
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The rule that decided.
    pub const fn rule(&self) -> Option<RuleIndex> {
        self.rule
    }

    /// The level of that rule.
    pub const fn level(&self) -> Option<Level> {
        self.level
    }

    /// What a reject answers with.
    pub const fn error(&self) -> Option<MapError> {
        self.error
    }

    /// How much is recorded: what the deciding rule says, or else the policy, raised by rules that tag, copy or score.
    pub fn log(&self) -> LogLevel {
        self.log.max(self.raised)
    }

    /// Version of the policy that judged.
    pub const fn policy(&self) -> u64 {
        self.policy
    }

    /// Whether the message is copied to the control side.
    pub const fn copies(&self) -> bool {
        self.copies
    }

    /// Enforced rules that tagged or copied, at most [`ACTED_MAX`].
    pub fn acted(&self) -> &[RuleIndex] {
        self.acted.as_slice()
    }

    /// Rules in shadow (in replay also offline) that matched and do more than give points, at most [`SHADOW_MAX`].
    pub fn shadow(&self) -> &[RuleIndex] {
        self.shadow.as_slice()
    }

    /// Enforced rules that gave points, at most [`SCORED_MAX`].
    pub fn scored(&self) -> &[RuleIndex] {
        self.scored.as_slice()
    }

    /// The points that rules gave, if one did.
    pub fn score(&self) -> Option<i32> {
        self.memory.score.given.then_some(self.memory.score.points)
    }

    /// Rules that matched and were not remembered for want of room.
    pub const fn forgotten(&self) -> u32 {
        self.acted.count.saturating_sub(ACTED_MAX as u32)
            + self.shadow.count.saturating_sub(SHADOW_MAX as u32)
            + self.scored.count.saturating_sub(SCORED_MAX as u32)
    }

    /// Writes the verdict into the message's `verdict.*` fields.
    pub fn record<'p>(&'p mut self, image: &Image<'p>, facts: &mut Facts<'p>) {
        self.tags_text.fill(self.acted.as_slice().iter().map(|&r| image.tag(r)));
        self.shadow_text.fill(self.shadow.as_slice().iter().map(|&r| image.id(r)));
        self.fill_counters(image);
        self.fill_evidence(image, facts);
        let this: &'p Self = self;
        facts.set(Field::VerdictAction, this.action as u64);
        facts.set(Field::VerdictReason, this.reason as u64);
        facts.set(Field::VerdictPolicy, this.policy);
        if let Some(rule) = this.rule {
            facts.set_octets(Field::VerdictRule, image.id(rule).as_bytes());
            facts.set_octets_some(Field::VerdictScenario, image.scenario(rule).map(str::as_bytes));
            facts.set_some(Field::VerdictLevel, this.level.map(Level::number));
            facts.set_octets(Field::VerdictEvidence, this.evidence.get(..this.evidence_octets).unwrap_or(&[]));
        }
        facts.set_some(Field::VerdictError, this.error.map(MapError::number));
        facts.set_octets_some(Field::VerdictTags, this.tags_text.text());
        facts.set_octets_some(Field::VerdictShadow, this.shadow_text.text());
        facts.set_octets_some(Field::VerdictCounters, this.counters_text.text());
        if let Some(score) = this.score() {
            facts.set_signed(Field::VerdictScore, i64::from(score));
        }
    }

    /// The fields of the deciding rule's condition that the message has.
    fn fill_evidence(&mut self, image: &Image<'_>, facts: &Facts<'_>) {
        self.evidence_octets = 0;
        let Some(rule) = self.rule else { return };
        let present = image.paths(rule).filter(|p| facts.value(*p).is_some());
        for (room, path) in self.evidence.as_chunks_mut::<2>().0.iter_mut().zip(present) {
            *room = path.octets();
            self.evidence_octets += 2;
        }
    }

    /// The counters that rules which matched have read, each `name=value`, and the patterns they found, each
    /// `field~pattern`. Patterns found in numbers are left out: they may be whole numbers.
    fn fill_counters(&mut self, image: &Image<'_>) {
        self.counters_text.clear();
        for sight in self.memory.seen.kept() {
            match *sight {
                Sight::Counter(number, value) => {
                    self.counters_text.push(&[image.counter_name(number), "=", Number::of(value).as_str()]);
                }
                Sight::Pattern(matcher, entry) => {
                    let Some((field, pattern)) = found(image, matcher, entry) else { continue };
                    self.counters_text.push(&[field.name(), "~", pattern]);
                }
            }
        }
    }
}

/// Field and beginning of a pattern that was found, if it may be told.
fn found<'i>(image: &Image<'i>, matcher: u32, entry: u32) -> Option<(Field, &'i str)> {
    let field = image.searched_by(matcher)?.path()?.field;
    let pattern = image.matcher(matcher)?.pattern(entry);
    let end = (0..=PATTERN_OCTETS).rev().find(|&end| pattern.is_char_boundary(end.min(pattern.len())))?;
    let pattern = pattern.get(..end.min(pattern.len()))?;
    (field.class() != Class::Address && !pattern.contains('\n')).then_some((field, pattern))
}
