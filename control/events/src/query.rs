//! What is looked for.

use crate::Key;

/// Which events are wanted: all conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of these stand in it. The rarest first is fastest.
    pub keys: Vec<Key>,
    /// Of this time or later, in nanoseconds since 1970.
    pub since: Option<u64>,
    /// Before this time.
    pub until: Option<u64>,
    /// Behind this one, in the order wanted.
    pub after: Option<u64>,
    /// The newest first.
    pub newest: bool,
    /// At most so many.
    pub limit: usize,
}

impl Query {
    /// Whether number and time are wanted.
    pub(crate) fn wants(&self, id: u64, time: u64) -> bool {
        self.wants_times(time, time) && self.wants_ids(id, id)
    }

    /// Whether any of these numbers can be wanted.
    pub(crate) fn wants_ids(&self, first: u64, last: u64) -> bool {
        self.after.is_none_or(|after| if self.newest { first < after } else { last > after })
    }

    /// Whether any of these times can be wanted.
    pub(crate) fn wants_times(&self, first: u64, last: u64) -> bool {
        self.since.is_none_or(|since| last >= since) && self.until.is_none_or(|until| first < until)
    }
}
