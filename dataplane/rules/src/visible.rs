//! Which operations a rule can see, read from its condition: `map.op == 46 and …` sees only 46.
//!
//! The condition is evaluated in three values: tests of `map.op` give yes or no, all others give "perhaps".

use crate::model::{Condition, NumberRelation, Question, Rule, Test, Triggers, ordered};
use sluice_abi::{Field, Trigger};

/// Operations of short messages that are requests.
pub const OPERATIONS: [i64; 9] = [44, 45, 46, 47, 48, 49, 63, 64, 66];

#[derive(Clone, Copy, PartialEq)]
enum Answer {
    No,
    Perhaps,
    Yes,
}

/// The operations for which a rule may match.
pub fn operations(rule: &Rule) -> impl Iterator<Item = i64> + '_ {
    OPERATIONS
        .into_iter()
        .filter(|&op| triggers_of(op).any(|t| rule.triggers.contains(t as usize)) || rule.triggers == Triggers::ANY)
        .filter(|&op| rule.condition.as_ref().is_none_or(|c| ask(c, op) != Answer::No))
}

/// Where an operation's request stands. 46 is submission in version 3 and either way before it (TS 29.002 §17.3.2).
fn triggers_of(operation: i64) -> impl Iterator<Item = Trigger> {
    let list: &[Trigger] = match operation {
        44 | 45 => &[Trigger::PreDelivery],
        46 => &[Trigger::Submission, Trigger::PreDelivery],
        _ => &[Trigger::PostDelivery],
    };
    list.iter().copied()
}

fn ask(condition: &Condition, operation: i64) -> Answer {
    match condition {
        Condition::All(parts) => {
            let answers = || parts.iter().map(|p| ask(p, operation));
            if answers().any(|a| a == Answer::No) {
                Answer::No
            } else if answers().all(|a| a == Answer::Yes) {
                Answer::Yes
            } else {
                Answer::Perhaps
            }
        }
        Condition::Any(parts) => {
            let answers = || parts.iter().map(|p| ask(p, operation));
            if answers().any(|a| a == Answer::Yes) {
                Answer::Yes
            } else if answers().all(|a| a == Answer::No) {
                Answer::No
            } else {
                Answer::Perhaps
            }
        }
        Condition::Not(inner) => match ask(inner, operation) {
            Answer::No => Answer::Yes,
            Answer::Perhaps => Answer::Perhaps,
            Answer::Yes => Answer::No,
        },
        Condition::Test(test) => ask_test(test, operation),
    }
}

fn ask_test(test: &Test, operation: i64) -> Answer {
    if test.subject.path().is_none_or(|p| p.field != Field::MapOp) {
        return Answer::Perhaps;
    }
    let number = ordered(operation as u64, true);
    let yes = match &test.question {
        Question::Present => true,
        Question::Number(relation, value) => relation.holds(number, *value),
        Question::Within(ranges) => ranges.iter().any(|&(low, high)| low <= number && number <= high),
        _ => return Answer::Perhaps,
    };
    if yes { Answer::Yes } else { Answer::No }
}

impl NumberRelation {
    /// Whether it holds between a number and the one at its right.
    #[inline]
    pub const fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Scope, check};
    use crate::model::Level;
    use sluice_abi::Action;

    fn seen(triggers: Triggers, when: &str) -> Vec<i64> {
        let expression = crate::text::parse(when).unwrap();
        let condition = Some(check(&expression, &Scope::default()).unwrap());
        let rule = Rule { triggers, condition, ..Rule::new("r", Level::Checks, Action::Discard) };
        operations(&rule).collect()
    }

    #[test]
    fn a_rule_sees_the_operations_its_condition_leaves_open() {
        assert_eq!(seen(Triggers::ANY, "map.op == 45 and map.imsi"), [45]);
        assert_eq!(seen(Triggers::ANY, "map.op in {44..46} and not map.op == 45"), [44, 46]);
        assert_eq!(seen(Triggers::ANY, "map.op == 47 or map.imsi").len(), OPERATIONS.len());
        assert_eq!(seen(Triggers::of([Trigger::Submission]), "map.imsi"), [46]);
        assert_eq!(seen(Triggers::of([Trigger::PreDelivery]), "map.op > 45 or sms.oa"), [44, 45, 46]);
    }
}
