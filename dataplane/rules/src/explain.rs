//! Evaluation told step by step: which rules were considered, and what each test of their conditions gave.
//!
//! It walks the same code with the same reading of fields as [`crate::evaluate()`], and allocates.

use crate::evaluate::{Purpose, matches, trigger_of};
use crate::image::code::Instruction;
use crate::image::{Image, RuleIndex, RuleRecord};
use crate::model::Level;
use crate::read::DigitCache;
use sluice_abi::{Action, Facts, Mode, Path};

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
    /// It matched, and tagged or copied.
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
        }
    }
}

/// One test of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'i> {
    /// The test as it was written.
    pub test: &'i str,
    /// The field it reads; its value is in the facts.
    pub path: Path,
    /// What it gave.
    pub gave: bool,
}

/// Tells how an image judges a message.
pub fn explain<'i>(image: &Image<'i>, facts: &Facts<'_>, purpose: Purpose) -> Explanation<'i> {
    let trigger = trigger_of(facts);
    let mut cache = DigitCache::new();
    let mut decided = false;
    let mut in_order: Vec<(RuleIndex, RuleRecord<'i>)> = image.rules().collect();
    in_order.sort_by_key(|(index, rule)| (rule.level(), *index));
    let consider = |(index, rule): (RuleIndex, RuleRecord<'i>)| {
        let mut steps = Vec::new();
        let deciding = rule.level() != Level::Monitors;
        let outcome = if !rule.triggers().contains(trigger) {
            Outcome::OtherTrigger
        } else if decided && deciding {
            Outcome::AlreadyDecided
        } else if rule.mode() == Mode::Offline && purpose == Purpose::Live {
            Outcome::OnlyInReplay
        } else if !walk(image, facts, rule, &mut cache, &mut steps) {
            Outcome::NoMatch
        } else if rule.mode() != Mode::Enforce {
            Outcome::Recorded
        } else if deciding && rule.action().is_terminal() {
            decided = true;
            Outcome::Decided
        } else {
            Outcome::Acted
        };
        let (level, mode, action) = (rule.level(), rule.mode(), rule.action());
        Considered { index, id: image.id(index), level, mode, action, outcome, steps }
    };
    Explanation { rules: in_order.into_iter().map(consider).collect() }
}

fn walk<'i>(
    image: &Image<'i>,
    facts: &Facts<'_>,
    rule: RuleRecord<'i>,
    cache: &mut DigitCache,
    steps: &mut Vec<Step<'i>>,
) -> bool {
    let code = image.code_of(rule);
    matches(image, facts, rule, cache, |at, gave| {
        if let Some(instruction) = code.get(at).and_then(Instruction::decode) {
            steps.push(Step { test: image.condition_of(rule, at), path: instruction.path, gave });
        }
    })
}
