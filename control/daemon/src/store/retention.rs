//! Letting the oldest events go, and the texts of older ones: one file of them at a time, so that taking in new ones never
//! waits long.

use super::Store;
use super::audit::{self, Deed};
use crate::config::Retention;
use sluice_api::problem::Problem;
use sluice_api::time::Timestamp;
use sluice_events::{Limits, Removed};

/// Removes one file beyond the limits, or takes its texts out, with a row in the audit log; gives whether there was one.
///
/// # Errors
/// The disk's.
pub fn step(store: &Store, retention: Retention, now: Timestamp) -> Result<bool, Problem> {
    let Some(removed) = store.writer().retain(limits(retention, now)).map_err(super::StoreError::Events)? else {
        return Ok(false);
    };
    let (what, count, span) = match removed {
        Removed::Events { count, span } => ("removed", count, span),
        Removed::Texts { count, span } => ("texts removed", count, span),
    };
    let outcome = format!("{count} {what}, the last of {}", Timestamp::from_ns(span.last_time));
    let subject = format!("events {} to {}", span.first, span.last);
    let connection = store.connection()?;
    let appended = audit::append(&connection, "daemon", Deed::Retention, &subject, &outcome);
    appended.map(|()| true).map_err(|e| store.failed(e).into())
}

fn limits(retention: Retention, now: Timestamp) -> Limits {
    let before = |days: u32| now.as_ns().saturating_sub(u64::from(days) * NS_PER_DAY);
    Limits {
        count: retention.events_max,
        before: retention.events_days.map(before),
        texts_before: retention.texts_days.map(before),
    }
}

const NS_PER_DAY: u64 = 86_400 * 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::items;

    #[test]
    fn what_is_beyond_the_limits_goes_and_the_audit_log_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.writer().append(&items(1..=9), 10).unwrap();
        let day_after = Timestamp::from_ns((86_400 + 12) * 1_000_000_000);
        let keep = Retention { events_days: Some(2), texts_days: Some(1), ..Retention::default() };
        assert!(step(&store, keep, day_after).unwrap() && !step(&store, keep, day_after).unwrap());
        assert_eq!(store.log().count(), 9);
        let keep = Retention { events_days: Some(1), ..Retention::default() };
        assert!(step(&store, keep, day_after).unwrap() && !step(&store, keep, day_after).unwrap());
        assert_eq!((store.log().count(), store.log().position().next), (0, Some(10)));
        let connection = store.connection().unwrap();
        let mut said = connection.prepare("SELECT what, subject, outcome FROM audit ORDER BY id").unwrap();
        let said: Vec<[String; 3]> =
            said.query_map([], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?])).unwrap().map(Result::unwrap).collect();
        let row = |what: &str| {
            let outcome = format!("9 {what}, the last of 9.000000000");
            ["events.retention".to_owned(), "events 1 to 9".to_owned(), outcome]
        };
        assert_eq!(said, [row("texts removed"), row("removed")]);
    }
}
