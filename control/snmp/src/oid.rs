//! Object identifiers.

/// A name of an object: numbers from the root of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid(Vec<u32>);

impl Oid {
    /// A name has no more numbers (RFC 2578 §3.5).
    pub const NUMBERS_MAX: usize = 128;

    /// Of its numbers.
    pub fn new(numbers: impl Into<Vec<u32>>) -> Self {
        Self(numbers.into())
    }

    /// Its numbers.
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// The name below it with these numbers more.
    #[must_use]
    pub fn below(&self, more: &[u32]) -> Self {
        Self([self.0.as_slice(), more].concat())
    }
}

impl std::fmt::Display for Oid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&text.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_the_tree() {
        let oid = |numbers: &[u32]| Oid::new(numbers);
        assert!(
            oid(&[1, 3]) < oid(&[1, 3, 0]) && oid(&[1, 3, 9]) < oid(&[1, 3, 10]) && oid(&[1, 3, 9, 9]) < oid(&[1, 4])
        );
        assert_eq!(oid(&[1, 3]).below(&[6, 1]).to_string(), "1.3.6.1");
    }
}
