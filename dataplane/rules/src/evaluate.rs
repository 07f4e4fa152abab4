//! What an image says of a message.
//!
//! First the message is counted by every counter whose condition holds. Then the rules of its trigger are asked, level
//! by level in the order in which they were written; of those that cannot match for want of a value none is asked
//! (`index.rs`). Of levels 1 to 3 the first enforced rule with a terminal action decides; `tag` and `copy` are
//! done, `score` adds its points for the rules behind it, and the search goes on. Monitors (level 4) are always asked
//! and never decide. A rule in shadow is remembered if it would have decided or acted at its place; one behind the
//! rule that decided would not have. Points it gives are seen by rules in shadow only. An offline rule is asked in replay only, as if in shadow. A rule that is not valid
//! at the message's time is not asked.
//!
//! Nothing is allocated; an instruction leads only to later ones, so that the number of tests is at most the number
//! of instructions. What takes work (digits, the numbering plan, lists, counters, texts searched for words) is done
//! once a message, when the first rule asks.

use crate::counters::{self, Due, State};
use crate::image::code::{INSTRUCTION_OCTETS, MATCH, MISS, Packed};
use crate::image::{COUNTING, Image, MONITORS, RuleIndex, RuleRecord, rule_of};
use crate::index::Candidates;
use crate::judgement::Judgement;
use crate::memory::Memory;
use crate::model::Triggers;
use crate::test::Asking;
use sluice_abi::{Action, Facts, Field, Mode};

/// What a message is judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is passing now.
    Live,
    /// It passed once: replay and backtest.
    Replay,
}

/// Judges a message. `state` keeps the policy's counters.
#[inline]
pub fn evaluate<'i>(
    image: &Image<'i>,
    facts: &Facts<'i>,
    purpose: Purpose,
    state: &mut impl State,
    out: &mut Judgement,
) {
    out.begin(image);
    image.fetch_ahead(facts, &mut out.memory.texts);
    if image.has_counters() {
        count(&mut Asking { image, facts, state, memory: &mut out.memory });
    }
    let trigger = trigger_of(facts);
    let mut candidates = Candidates::new(image, facts, trigger, &mut out.memory.texts);
    while let Some(key) = candidates.next() {
        let index = rule_of(key);
        let Some(rule) = image.rule(index).filter(|r| r.looks_at(trigger)) else { continue };
        if let Asked::Acts(action) = ask(image, facts, purpose, (index, rule), state, out)
            && action.is_terminal()
            && key < MONITORS
        {
            out.decide(index, rule);
            candidates.skip_to(MONITORS);
        }
    }
}

/// Number of the message's trigger, or the place of those without.
#[inline(always)]
pub(crate) fn trigger_of(facts: &Facts<'_>) -> usize {
    facts.number(Field::LabelsTrigger).map_or(Triggers::UNKNOWN, |t| (t as usize).min(Triggers::UNKNOWN))
}

/// Counts the message wherever it is to be counted.
fn count<S: State>(asking: &mut Asking<'_, '_, S>) {
    let time_ns = asking.facts.number(Field::TimeNs).unwrap_or(0);
    let mut due = Due::new();
    for number in Candidates::new(asking.image, asking.facts, COUNTING, &mut asking.memory.texts) {
        let number = number as u16;
        let Some(counter) = asking.image.counter(number) else { continue };
        if !matches(asking, asking.image.code_of(counter.code()), |_, _, _| {}) {
            continue;
        }
        let (image, facts, texts) = (asking.image, asking.facts, &mut asking.memory.texts);
        let Some(value) = counters::value_of(image, facts, counter, texts) else { continue };
        let Some(key) = counters::key_of(image, facts, counter, texts) else {
            asking.memory.counted.note(number, None);
            continue;
        };
        asking.state.fetch(number, counter.kind(), key);
        if !due.push(number, counter, key, value) {
            due.count(asking.state, &mut asking.memory.counted, time_ns);
            due.push(number, counter, key, value);
        }
    }
    due.count(asking.state, &mut asking.memory.counted, time_ns);
}

enum Asked {
    Nothing,
    Acts(Action),
}

/// Asks one rule and notes what does not decide.
#[inline(always)]
fn ask<'i>(
    image: &Image<'i>,
    facts: &Facts<'i>,
    purpose: Purpose,
    (index, rule): (RuleIndex, RuleRecord<'_>),
    state: &mut impl State,
    out: &mut Judgement,
) -> Asked {
    if rule.is_offline() && purpose == Purpose::Live || !image.is_valid(rule, facts.number(Field::TimeNs)) {
        return Asked::Nothing;
    }
    out.memory.seen.begin();
    out.memory.score.asked_by(rule.mode());
    let code = image.code_of(rule.code());
    if !matches(&mut Asking { image, facts, state, memory: &mut out.memory }, code, |_, _, _| {}) {
        return Asked::Nothing;
    }
    out.memory.seen.keep();
    if rule.mode() != Mode::Enforce {
        out.remember_shadow(index, rule);
        return Asked::Nothing;
    }
    let action = rule.action();
    if !action.is_terminal() {
        out.remember_action(index, rule);
    }
    Asked::Acts(action)
}

/// Whether a condition holds; `seen` is told each test made and what it gave.
#[inline(always)]
pub(crate) fn matches<S: State>(
    asking: &mut Asking<'_, '_, S>,
    code: &[[u8; INSTRUCTION_OCTETS]],
    mut seen: impl FnMut(&Memory, usize, bool),
) -> bool {
    if code.is_empty() {
        return true;
    }
    let mut at = 0;
    while let Some(instruction) = code.get(at).map(Packed::read) {
        let gave = asking.test(instruction);
        seen(asking.memory, at, gave);
        match instruction.target(gave) {
            MATCH => return true,
            MISS => return false,
            next if usize::from(next) > at => at = usize::from(next),
            _ => return false,
        }
    }
    false
}
