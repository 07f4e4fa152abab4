//! Evaluation told step by step: which rules were considered, and what each test of their conditions gave.
//!
//! It walks the same code with the same reading of fields as [`crate::evaluate()`], asks every rule whatever the index
//! says, and allocates. It counts nothing: counters read what `state` says they hold now.

use crate::counters::State;
use crate::evaluate::{Purpose, matches, trigger_of};
use crate::image::code::Instruction;
use crate::image::{Image, RuleIndex, RuleRecord};
use crate::memory::{Memory, Sight};
use crate::model::{Level, Subject};
use crate::rewrite::Rewrite;
use crate::test::Asking;
use sluice_abi::{Action, Facts, Field, Mode};

/// Every rule of a policy and what became of it for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation<'i> {
    /// In the order of levels, and as written within one.
    pub rules: Vec<Considered<'i>>,
}

/// One rule and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered<'i> {
    /// Its place in the image.
    pub index: RuleIndex,
    /// Its id.
    pub id: &'i str,
    /// When it is asked.
    pub level: Level,
    /// Whether it acts.
    pub mode: Mode,
    /// What it does.
    pub action: Action,
    /// What it changes, if it rewrites.
    pub rewrite: Option<Rewrite<'i>>,
    /// What became of it.
    pub outcome: Outcome,
    /// The tests made, in the order in which they were made.
    pub steps: Vec<Step<'i>>,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It gave the verdict.
    Decided,
    /// It matched, and tagged, copied or gave points.
    Acted,
    /// It matched and is only recorded, for it is in shadow or offline.
    Recorded,
    /// Its condition does not hold.
    NoMatch,
    /// It looks at messages with another trigger.
    OtherTrigger,
    /// A rule before it gave the verdict.
    AlreadyDecided,
    /// It is asked in replay only.
    OnlyInReplay,
    /// It is not valid at the message's time.
    NotValid,
}

impl Outcome {
    /// The outcome as a sentence about the rule.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Decided => "gave the verdict",
            Self::Acted => "matched and acted",
            Self::Recorded => "matched and was recorded only",
            Self::NoMatch => "does not match",
            Self::OtherTrigger => "looks at another trigger",
            Self::AlreadyDecided => "stands behind the rule that gave the verdict",
            Self::OnlyInReplay => "is asked in replay only",
            Self::NotValid => "is not valid at that time",
        }
    }
}

/// One test of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'i> {
    /// The test as it was written.
    pub test: &'i str,
    /// What it asks about; the value of a field is in the facts.
    pub subject: Subject,
    /// What it gave.
    pub gave: bool,
    /// What the counter said, how many points there were, or which pattern was found.
    pub found: Option<String>,
}

/// Tells how an image judges a message.
pub fn explain<'i>(image: &Image<'i>, facts: &Facts<'i>, purpose: Purpose, state: &mut impl State) -> Explanation<'i> {
    let mut memory = Memory::new();
    let mut telling = Telling { asking: Asking { image, facts, state, memory: &mut memory }, purpose, decided: false };
    let mut in_order: Vec<(RuleIndex, RuleRecord<'i>)> = image.rules().collect();
    in_order.sort_by_key(|(index, rule)| (rule.level(), *index));
    Explanation { rules: in_order.into_iter().map(|(index, rule)| telling.consider(index, rule)).collect() }
}

struct Telling<'m, 'i, S> {
    asking: Asking<'m, 'i, S>,
    purpose: Purpose,
    decided: bool,
}

impl<'i, S: State> Telling<'_, 'i, S> {
    fn consider(&mut self, index: RuleIndex, rule: RuleRecord<'i>) -> Considered<'i> {
        let mut steps = Vec::new();
        let outcome = self.outcome(rule, &mut steps);
        self.decided |= outcome == Outcome::Decided;
        if matches!(outcome, Outcome::Acted | Outcome::Recorded) && rule.action() == Action::Score {
            self.asking.memory.score.add(rule.points());
        }
        let (level, mode, action) = (rule.level(), rule.mode(), rule.action());
        let (id, rewrite) = (self.asking.image.id(index), self.asking.image.rewrite(index));
        Considered { index, id, level, mode, action, rewrite, outcome, steps }
    }

    fn outcome(&mut self, rule: RuleRecord<'i>, steps: &mut Vec<Step<'i>>) -> Outcome {
        let (image, facts) = (self.asking.image, self.asking.facts);
        let deciding = rule.level() != Level::Monitors;
        if !rule.triggers().contains(trigger_of(facts)) {
            Outcome::OtherTrigger
        } else if self.decided && deciding {
            Outcome::AlreadyDecided
        } else if rule.mode() == Mode::Offline && self.purpose == Purpose::Live {
            Outcome::OnlyInReplay
        } else if !image.is_valid(rule, facts.number(Field::TimeNs)) {
            Outcome::NotValid
        } else if !self.walk(rule, steps) {
            Outcome::NoMatch
        } else if rule.mode() != Mode::Enforce {
            Outcome::Recorded
        } else if deciding && rule.action().is_terminal() {
            Outcome::Decided
        } else {
            Outcome::Acted
        }
    }

    fn walk(&mut self, rule: RuleRecord<'i>, steps: &mut Vec<Step<'i>>) -> bool {
        let image = self.asking.image;
        let code = image.code_of(rule.code());
        let mut told = 0;
        self.asking.memory.seen.begin();
        self.asking.memory.score.asked_by(rule.mode());
        matches(&mut self.asking, code, |memory, at, gave| {
            let sights = memory.seen.now().get(told..).unwrap_or(&[]);
            told += sights.len();
            if let Some(subject) = code.get(at).and_then(Instruction::decode).and_then(|i| i.subject.subject()) {
                let found = match subject {
                    Subject::Score => Some(memory.score.seen().to_string()),
                    _ => sights.first().map(|s| tell(image, *s)),
                };
                steps.push(Step { test: image.condition_of(rule, at), subject, gave, found });
            }
        })
    }
}

fn tell(image: &Image<'_>, sight: Sight) -> String {
    match sight {
        Sight::Counter(_, value) => value.to_string(),
        Sight::Pattern(matcher, entry) => image.matcher(matcher).map_or("", |m| m.pattern(entry)).to_owned(),
    }
}
