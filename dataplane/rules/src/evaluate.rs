//! What an image says of a message.
//!
//! The rules of a trigger are asked level by level in the order in which they were written. Of levels 1 to 3 the first
//! enforced rule with a terminal action decides; `tag` and `copy` are done and the search goes on. Monitors (level 4)
//! are always asked and never decide. A rule in shadow is remembered if it would have decided or acted at its place;
//! one behind the rule that decided would not have. An offline rule is asked in replay only, as if in shadow.
//!
//! Nothing is allocated; an instruction leads only to later ones, so that the number of tests is at most the number
//! of instructions.

use crate::image::code::{Instruction, MATCH, MISS};
use crate::image::{Image, RuleIndex, RuleRecord};
use crate::judgement::Judgement;
use crate::model::Triggers;
use crate::read::{self, DigitCache};
use sluice_abi::{Action, Facts, Field, Mode};

/// What a message is judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is passing now.
    Live,
    /// It passed once: replay and backtest.
    Replay,
}

/// Judges a message.
#[inline]
pub fn evaluate(image: &Image<'_>, facts: &Facts<'_>, purpose: Purpose, out: &mut Judgement) {
    out.begin(image);
    let trigger = trigger_of(facts);
    for index in image.order(trigger, false) {
        let Some(rule) = image.rule(index) else { continue };
        if let Asked::Acts(action) = ask(image, facts, purpose, index, rule, out)
            && action.is_terminal()
        {
            out.decide(index, rule);
            break;
        }
    }
    for index in image.order(trigger, true) {
        let Some(rule) = image.rule(index) else { continue };
        ask(image, facts, purpose, index, rule, out);
    }
}

/// Number of the message's trigger, or the place of those without.
#[inline(always)]
pub(crate) fn trigger_of(facts: &Facts<'_>) -> usize {
    facts.number(Field::LabelsTrigger).map_or(Triggers::UNKNOWN, |t| (t as usize).min(Triggers::UNKNOWN))
}

enum Asked {
    Nothing,
    Acts(Action),
}

/// Asks one rule and notes what does not decide.
#[inline(always)]
fn ask(
    image: &Image<'_>,
    facts: &Facts<'_>,
    purpose: Purpose,
    index: RuleIndex,
    rule: RuleRecord<'_>,
    out: &mut Judgement,
) -> Asked {
    if rule.is_offline() && purpose == Purpose::Live {
        return Asked::Nothing;
    }
    if !matches(image, facts, rule, &mut out.cache, |_, _| {}) {
        return Asked::Nothing;
    }
    if rule.mode() != Mode::Enforce {
        out.remember_shadow(index);
        return Asked::Nothing;
    }
    let action = rule.action();
    if !action.is_terminal() {
        out.remember_action(index, rule);
    }
    Asked::Acts(action)
}

/// Whether a rule's condition holds; `seen` is told each test made and what it gave.
#[inline(always)]
pub(crate) fn matches(
    image: &Image<'_>,
    facts: &Facts<'_>,
    rule: RuleRecord<'_>,
    cache: &mut DigitCache,
    mut seen: impl FnMut(usize, bool),
) -> bool {
    let code = image.code_of(rule);
    if code.is_empty() {
        return true;
    }
    let mut at = 0;
    while let Some(instruction) = code.get(at).and_then(Instruction::decode) {
        let gave = read::test(image, facts, &instruction, cache);
        seen(at, gave);
        match if gave { instruction.if_true } else { instruction.if_false } {
            MATCH => return true,
            MISS => return false,
            next if usize::from(next) > at => at = usize::from(next),
            _ => return false,
        }
    }
    false
}
