//! The numbering plan from outside: answers, agreement with the obvious way, and images that are none.

mod answers;
mod hostile;
mod longest_prefix;

use sluice_numbers::{NO_COUNTRY, Range, Relation, Space};

/// A range of which nothing is said but what the test changes.
const fn bare(space: Space, prefix: &str) -> Range<'_> {
    Range { space, prefix, operator: "", country: NO_COUNTRY, relation: Relation::Unknown, as_of_days: 0 }
}
