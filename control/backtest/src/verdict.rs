//! A verdict as far as two of them are compared.

use sluice_abi::verdict::Reason;
use sluice_abi::{Action, Facts, Field};
use sluice_rules::{Image, Judgement, RuleIndex};

/// What is done with a message, and the rules that matched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict<'r> {
    /// What is done.
    pub action: Action,
    /// What a reject answers with.
    pub error: Option<u64>,
    /// The rule that decided.
    pub rule: Option<&'r str>,
    /// Every rule that matched, that one included.
    pub matched: Vec<&'r str>,
}

impl<'r> Verdict<'r> {
    /// What a judgement says; `undecodable` is done with a message that does not parse and that no rule decided.
    pub fn of(judgement: &Judgement, image: &Image<'r>, facts: &Facts<'_>, undecodable: Action) -> Self {
        let rule = judgement.rule().map(|index| image.id(index));
        let others = [judgement.acted(), judgement.scored(), judgement.shadow()];
        let ids = others.into_iter().flatten().map(|&index: &RuleIndex| image.id(index));
        let is_undecodable = judgement.reason() == Reason::Default && facts.has(Field::Malformed);
        Self {
            action: if is_undecodable { undecodable } else { judgement.action() },
            error: judgement.error().map(|error| error.number().into()),
            matched: rule.into_iter().chain(ids).collect(),
            rule,
        }
    }

    /// The verdict in a record. Of rules that tag or score it does not name the id.
    pub fn recorded(facts: &Facts<'r>) -> Self {
        let rule = facts.octets(Field::VerdictRule).and_then(|id| std::str::from_utf8(id).ok());
        Self {
            action: action(facts).unwrap_or(Action::Pass),
            error: facts.number(Field::VerdictError),
            matched: rule.into_iter().chain(shadow(facts)).collect(),
            rule,
        }
    }

    /// Whether the message does not reach whom it is for.
    pub fn blocks(&self) -> bool {
        blocks(self.action)
    }

    /// Whether something else is done with the message than by another verdict.
    pub fn differs(&self, other: &Self) -> bool {
        (self.action, self.error) != (other.action, other.error)
    }
}

/// The ids of rules in shadow that a record names.
pub fn shadow<'r>(facts: &Facts<'r>) -> impl Iterator<Item = &'r str> + use<'r> {
    let names = facts.octets(Field::VerdictShadow).and_then(|ids| std::str::from_utf8(ids).ok());
    names.unwrap_or_default().split('\n').filter(|id| !id.is_empty())
}

/// Whether an action keeps a message from whom it is for.
pub const fn blocks(action: Action) -> bool {
    matches!(action, Action::Discard | Action::Reject | Action::Acknowledge | Action::Abort)
}

/// What a record says was done.
fn action(facts: &Facts<'_>) -> Option<Action> {
    Action::from_number(u8::try_from(facts.number(Field::VerdictAction)?).ok()?)
}

/// What was done with messages that do not parse and that no rule decided, if this was one.
pub fn undecodable(facts: &Facts<'_>) -> Action {
    let is_one = facts.number(Field::VerdictReason) == Some(Reason::Undecodable as u64);
    action(facts).filter(|_| is_one).unwrap_or(Action::Pass)
}
