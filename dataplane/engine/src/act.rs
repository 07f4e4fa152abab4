//! What is done with a message after the verdict on it.
//!
//! On a wire a message can be refused, answered or changed (`line.rs`). What the policy asked for and what was done are
//! both recorded: a tap changes nothing, and neither does a wire where a message came in a form that cannot be changed.

use crate::line::Plan;
use sluice_abi::counters::{Count, Counter};
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_rules::Rewrite;

/// What is to be done with a message, and what of it is to be recorded.
#[derive(Clone, Copy)]
pub struct Verdict<'i> {
    /// What is to be done.
    pub action: Action,
    /// What the message becomes, where it is rewritten.
    pub rewrite: Option<Rewrite<'i>>,
    /// How much is recorded.
    pub log: LogLevel,
}

/// Carries out an action; records what was done.
#[inline]
pub fn act(verdict: Verdict<'_>, facts: &mut Facts<'_>, plan: &mut Plan<'_>, count: &mut impl Count) {
    let Verdict { action, rewrite, .. } = verdict;
    count.count(counter_of(action), 1);
    if matches!(action, Action::Pass | Action::Tag | Action::Copy | Action::Score) {
        return;
    }
    let done = plan.act(action, facts, rewrite);
    facts.set(Field::VerdictApplied, done as u64);
    count.count(Counter::VerdictNotApplied, u64::from(done == Action::Pass));
}

const fn counter_of(action: Action) -> Counter {
    match action {
        Action::Pass | Action::Tag | Action::Copy | Action::Score => Counter::VerdictPass,
        Action::Discard => Counter::VerdictDiscard,
        Action::Reject => Counter::VerdictReject,
        Action::Acknowledge => Counter::VerdictAcknowledge,
        Action::Abort => Counter::VerdictAbort,
        Action::Rewrite => Counter::VerdictRewrite,
    }
}
