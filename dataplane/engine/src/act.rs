//! What is done with a frame after the verdict on its messages.
//!
//! A wire forwards every frame untouched, whatever the verdict: in-line changes are not built yet. What the policy
//! would have done is recorded beside what was done, and counted.

use sluice_abi::counters::{Count, Counter};
use sluice_abi::{Action, Facts, Field};

/// Carries out an action; says what was done instead, where the port cannot do it.
#[inline]
pub fn act(action: Action, facts: &mut Facts<'_>, count: &mut impl Count) {
    count.count(counter_of(action), 1);
    if !matches!(action, Action::Pass | Action::Tag | Action::Copy | Action::Score) {
        facts.set(Field::VerdictApplied, Action::Pass as u64);
        count.count(Counter::VerdictNotApplied, 1);
    }
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
