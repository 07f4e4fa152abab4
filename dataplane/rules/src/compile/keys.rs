//! Values without which a condition cannot hold: how a rule is found in the index.

use super::operands::Operands;
use crate::counters::hash_octets;
use crate::image::{How, Probe};
use crate::model::{Condition, NumberRelation, Question, Subject, Test, TextRelation};

/// A value of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) probe: Probe,
    /// A number, or the hash of a text.
    pub(super) value: u64,
}

/// Values of which one is there wherever the condition holds.
pub(super) type Keys = Vec<Key>;

/// A rule is found by no more values.
const KEYS_MAX: usize = 64;

/// Every way to find a condition.
pub(super) fn ways<'m>(condition: &'m Condition, operands: &mut Operands<'m>) -> Vec<Keys> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(|p| ways(p, operands)).collect(),
        Condition::Any(parts) => of_any(parts, operands).into_iter().collect(),
        Condition::Not(_) => Vec::new(),
        Condition::Test(test) => of_test(test, operands).into_iter().collect(),
    }
}

/// One value for each part: of several ways the one with the fewest.
fn of_any<'m>(parts: &'m [Condition], operands: &mut Operands<'m>) -> Option<Keys> {
    let mut all = Keys::new();
    for part in parts {
        all.extend(ways(part, operands).into_iter().min_by_key(Vec::len)?);
    }
    kept(all)
}

fn of_test<'m>(test: &'m Test, operands: &mut Operands<'m>) -> Option<Keys> {
    let Subject::Field(_) = test.subject else { return None };
    let subject = operands.subject(test.subject);
    let key = |how, value| Key { probe: Probe { subject, how }, value };
    match &test.question {
        Question::Number(NumberRelation::Equal, n) => Some(vec![key(How::Number, *n)]),
        Question::Within(ranges) => kept(numbers(ranges)?.map(|n| key(How::Number, n)).collect()),
        Question::Text(TextRelation::Is, texts) => {
            kept(texts.iter().map(|t| key(How::Whole, hash_octets(t))).collect())
        }
        Question::Text(TextRelation::StartsWith, texts) => {
            let beginning = |t: &Vec<u8>| Some(key(How::Beginning(u32::try_from(t.len()).ok()?), hash_octets(t)));
            kept(texts.iter().map(beginning).collect::<Option<_>>()?)
        }
        _ => None,
    }
}

/// Each number that ranges have, if they are few.
fn numbers(ranges: &[(u64, u64)]) -> Option<impl Iterator<Item = u64>> {
    let room = KEYS_MAX as u64;
    let count = ranges.iter().try_fold(0_u64, |sum, (low, high)| sum.checked_add(high - low)?.checked_add(1));
    count.filter(|c| *c <= room)?;
    Some(ranges.iter().flat_map(|(low, high)| *low..=*high))
}

fn kept(mut keys: Keys) -> Option<Keys> {
    keys.sort_unstable();
    keys.dedup();
    (keys.len() <= KEYS_MAX).then_some(keys)
}
