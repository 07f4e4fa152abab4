//! What has passed lately: records as they came, and how many were blocked.

use rusqlite::{Connection, OptionalExtension as _};
use sluice_abi::{Facts, Field, Part, Path, Value, record};
use sluice_events::{Error, Event, Log, Query};

/// The last `count` records, oldest first, of the time up to `age_ns` before the last of them: an hour in which nothing
/// passed says nothing.
///
/// # Errors
/// A file of events cannot be read.
pub fn records(log: &Log, count: u64, age_ns: u64) -> Result<Vec<Event>, Error> {
    let newest = log.some(&Query { newest: true, limit: 1, ..Query::default() })?;
    let newest = newest.first().and_then(|event| record::decode(&event.record).ok()?.number(Field::TimeNs));
    newest_since(log, count, newest.unwrap_or(0).saturating_sub(age_ns))
}

/// The last `count` records of a time or later, oldest first.
///
/// # Errors
/// A file of events cannot be read.
pub fn newest_since(log: &Log, count: u64, since: u64) -> Result<Vec<Event>, Error> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    let mut found = log.some(&Query { since: Some(since), newest: true, limit, ..Query::default() })?;
    found.reverse();
    Ok(found)
}

/// How many events a policy has judged, and how many of them it blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// All of them.
    pub messages: u64,
    /// Those discarded, rejected, acknowledged falsely or aborted.
    pub blocked: u64,
    /// The last of them; 0 for none.
    pub last: u64,
}

impl Judged {
    fn count(&mut self, id: u64, facts: &Facts<'_>) {
        self.messages += 1;
        self.blocked += u64::from(is_blocked(facts));
        self.last = self.last.max(id);
    }
}

/// Whether a message did not arrive.
pub fn is_blocked(facts: &Facts<'_>) -> bool {
    let action = facts.value(Path { field: Field::VerdictAction, part: Part::Whole });
    matches!(action, Some(Value::Text(name)) if BLOCKED.contains(&name))
}

/// What a policy has judged behind an event.
///
/// # Errors
/// A file of events cannot be read.
pub fn judged(log: &Log, policy: u64, after: u64) -> Result<Judged, Error> {
    let (mut judged, mut after) = (Judged::default(), after);
    loop {
        let page = log.some(&Query { after: Some(after), limit: PAGE, ..Query::default() })?;
        for event in &page {
            let Ok(facts) = record::decode(&event.record) else { continue };
            if facts.number(Field::VerdictPolicy) == Some(policy) {
                judged.count(event.id, &facts);
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.id,
            _ => return Ok(judged),
        }
    }
}

/// Of the last `count` events, whatever policy judged them.
///
/// # Errors
/// A file of events cannot be read.
pub fn judged_lately(log: &Log, count: usize) -> Result<Judged, Error> {
    let (mut judged, mut after, mut left) = (Judged::default(), None, count);
    while left > 0 {
        let limit = left.min(PAGE);
        let page = log.some(&Query { after, newest: true, limit, ..Query::default() })?;
        for event in &page {
            if let Ok(facts) = record::decode(&event.record) {
                judged.count(event.id, &facts);
            }
        }
        left = if page.len() == limit { left - limit } else { 0 };
        after = page.last().map(|last| last.id);
    }
    Ok(judged)
}

/// Events looked at at once.
const PAGE: usize = 10_000;
/// Actions after which a message does not arrive.
const BLOCKED: [&str; 4] = ["discard", "reject", "acknowledge", "abort"];

/// The compiled form of a version that is kept.
///
/// # Errors
/// SQLite's.
pub fn image(connection: &Connection, version: u64) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT image FROM policies WHERE version = ?1";
    connection.prepare_cached(sql)?.query_row([version.cast_signed()], |r| r.get(0)).optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::testing::{items, record_of};

    #[test]
    fn the_last_records_come_oldest_first_and_no_older_than_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let log = store.log();
        assert_eq!(records(log, 9, 0).unwrap(), []);
        store.writer().append(&items(1..=10), 11).unwrap();
        let numbers = |count, age_s: u64| -> Vec<u64> {
            records(log, count, age_s * 1_000_000_000).unwrap().iter().map(|r| r.id).collect()
        };
        assert_eq!((numbers(3, 100), numbers(100, 2)), (vec![8, 9, 10], vec![8, 9, 10]));
        assert_eq!(records(log, 1, 0).unwrap(), [Event { id: 10, record: record_of(10) }]);
        // Odd ones are discarded; all are of policy 1.
        assert_eq!(judged(log, 1, 4).unwrap(), Judged { messages: 6, blocked: 3, last: 10 });
        assert_eq!(judged(log, 2, 0).unwrap(), Judged::default());
        assert_eq!(judged_lately(log, 5).unwrap(), Judged { messages: 5, blocked: 2, last: 10 });
    }
}
