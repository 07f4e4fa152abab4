//! Objects in order.

use crate::oid::Oid;
use crate::pdu::Value;
use std::collections::BTreeMap;
use std::ops::Bound;

/// All objects there are at one moment.
#[derive(Clone, Debug, Default)]
pub struct Tree(BTreeMap<Oid, Value>);

impl Tree {
    /// Puts an object in.
    pub fn set(&mut self, name: Oid, value: Value) {
        self.0.insert(name, value);
    }

    /// A scalar: the object's only instance has the number 0.
    pub fn scalar(&mut self, object: &Oid, value: Value) {
        self.set(object.below(&[0]), value);
    }

    /// A row of a table: its entry, its index, and the values of its columns from this one on.
    pub fn row(&mut self, entry: &Oid, index: u32, first: u32, columns: impl IntoIterator<Item = Value>) {
        for (column, value) in (first..).zip(columns) {
            self.set(entry.below(&[column, index]), value);
        }
    }

    /// The object with this name, or why there is none: no such object, or an object without this instance.
    pub fn one(&self, name: &Oid) -> Value {
        if let Some(value) = self.0.get(name) {
            return value.clone();
        }
        // Whoever asks for a column or a scalar without instance, or with another one, has the object right.
        let numbers = name.numbers();
        let is_object = |length: usize| {
            let object = numbers.get(..length).unwrap_or_default();
            self.0.range(Oid::new(object)..).next().is_some_and(|(found, _)| found.numbers().starts_with(object))
        };
        let has_parent = numbers.len().checked_sub(1).is_some_and(is_object);
        if has_parent { Value::NoSuchInstance } else { Value::NoSuchObject }
    }

    /// The first object behind a name, or at it, before another name.
    pub fn next(&self, from: &Oid, is_included: bool, before: &Oid) -> Option<(&Oid, &Value)> {
        let start = if is_included { Bound::Included(from) } else { Bound::Excluded(from) };
        let (name, value) = self.0.range((start, Bound::Unbounded)).next()?;
        // No end is given as an empty name.
        (before.numbers().is_empty() || name < before).then_some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::default();
        tree.scalar(&Oid::new([1, 1]), Value::Integer(7));
        tree.row(&Oid::new([1, 2, 1]), 3, 2, [Value::Integer(1), Value::Integer(2)]);
        tree
    }

    #[test]
    fn an_object_is_found_and_what_is_not_there_says_why() {
        let one = |numbers: &[u32]| tree().one(&Oid::new(numbers));
        assert_eq!(one(&[1, 1, 0]), Value::Integer(7));
        assert_eq!(one(&[1, 2, 1, 3, 3]), Value::Integer(2));
        assert_eq!(one(&[1, 1, 1]), Value::NoSuchInstance);
        assert_eq!(one(&[1, 2, 1, 3, 4]), Value::NoSuchInstance);
        assert_eq!(one(&[1, 7, 0]), Value::NoSuchObject);
    }

    #[test]
    fn the_next_one_is_the_next_in_order_up_to_an_end() {
        let (tree, end) = (tree(), Oid::new([2]));
        let next = |from: &[u32], is_included, before: &Oid| {
            tree.next(&Oid::new(from), is_included, before).map(|(name, _)| name.to_string())
        };
        assert_eq!(next(&[1], false, &end).as_deref(), Some("1.1.0"));
        assert_eq!(next(&[1, 1, 0], true, &end).as_deref(), Some("1.1.0"));
        assert_eq!(next(&[1, 1, 0], false, &end).as_deref(), Some("1.2.1.2.3"));
        assert_eq!(next(&[1, 1, 0], false, &Oid::new([1, 2])), None);
        assert_eq!(next(&[1, 2, 1, 3, 3], false, &Oid::default()), None);
    }
}
