//! What has passed, by what people ask about ([`By`]): counted behind the log of events, in its own time.
//!
//! ```text
//! events ─▶ a page of them ─▶ counts ─▶ one transaction: rows of minutes and of hours, and the last event counted
//! ```
//! So every event that is kept is counted once, whenever the daemon dies, and taking in new ones never waits for it.

mod counts;
mod values;

use crate::app::App;
use crate::http::off_thread;
use crate::store::audit::{self, Deed};
use crate::store::{Store, StoreError, traffic};
pub use counts::{Count, Counts};
use sluice_abi::record;
use sluice_api::Timestamp;
use sluice_api::problem::Problem;
use sluice_events::{Event, Query};
use std::convert::Infallible;
use std::time::Duration;
pub use values::BETWEEN;

/// Counts what is there, and whatever comes.
pub async fn serve(app: App) -> Infallible {
    let (mut progress, mut said) = (app.watch_progress(), String::new());
    loop {
        let state = count_all(&app).await;
        let why = state.err().map(|problem| problem.to_string()).unwrap_or_default();
        if !why.is_empty() && why != said {
            eprintln!("sluiced: traffic is not counted: {why}; trying again");
        }
        said = why;
        tokio::time::sleep(REST).await;
        if said.is_empty() && progress.changed().await.is_err() {
            // No event will come any more: the daemon ends.
            return std::future::pending().await;
        }
    }
}

async fn count_all(app: &App) -> Result<(), Problem> {
    let days = app.traffic_days();
    loop {
        let store = app.store().clone();
        let counted = off_thread(move || step(&store).map_err(Problem::from)).await?;
        if counted < PAGE {
            let store = app.store().clone();
            return off_thread(move || let_go(&store, days, Timestamp::now()).map_err(Problem::from)).await;
        }
    }
}

/// Counts a page of events; gives how many they were.
fn step(store: &Store) -> Result<usize, StoreError> {
    let mut connection = store.connection()?;
    let last = traffic::last(&connection).map_err(|e| store.failed(e))?;
    let query = Query { after: Some(last), limit: PAGE, ..Query::default() };
    let page = store.log().some(&query).map_err(StoreError::Events)?;
    if let Some(newest) = page.last() {
        traffic::add(&mut connection, &count(&page), newest.id).map_err(|e| store.failed(e))?;
    }
    Ok(page.len())
}

/// A record that does not read (of another release) counts nowhere.
fn count(page: &[Event]) -> Counts {
    let mut counts = Counts::default();
    for facts in page.iter().filter_map(|event| record::decode(&event.record).ok()) {
        counts.add(&facts);
    }
    counts
}

/// Removes counts beyond their time; that of hours is what the audit log tells of.
fn let_go(store: &Store, days: u32, now: Timestamp) -> Result<(), StoreError> {
    let connection = store.connection()?;
    let removed = traffic::let_go(&connection, days, now.as_ns() / NS).map_err(|e| store.failed(e))?;
    if removed == 0 {
        return Ok(());
    }
    let outcome = format!("{removed} counts removed, older than {days} days");
    audit::append(&connection, "daemon", Deed::Retention, "traffic", &outcome).map_err(|e| store.failed(e))
}

const NS: u64 = 1_000_000_000;
/// Events counted at once.
const PAGE: usize = 20_000;
/// Between two looks: what comes meanwhile is one transaction.
const REST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::items;
    use sluice_api::traffic::{By, Step, TrafficQuery};

    fn asked(by: By, step: Option<Step>) -> TrafficQuery {
        let at = |seconds| Some(Timestamp::from_ns(seconds * NS));
        TrafficQuery { by, since: at(0), until: at(600), step, limit: None }
    }

    fn rows(store: &Store, query: TrafficQuery) -> Vec<(Vec<String>, u64, u64)> {
        let answer = traffic::get(&store.connection().unwrap(), &query, Timestamp::now()).unwrap();
        answer.rows.into_iter().map(|row| (row.values, row.messages, row.blocked)).collect()
    }

    fn row(value: &str, messages: u64, blocked: u64) -> (Vec<String>, u64, u64) {
        (vec![value.to_owned()], messages, blocked)
    }

    #[test]
    fn every_event_is_counted_once_by_each_of_its_values() {
        let dir = tempfile::tempdir().unwrap();
        {
            let store = Store::open(dir.path()).unwrap();
            store.writer().append(&items(1..=59), 60).unwrap();
            assert_eq!((step(&store).unwrap(), step(&store).unwrap()), (59, 0));
        }
        // Over an end of the daemon too.
        let store = Store::open(dir.path()).unwrap();
        store.writer().append(&items(60..=100), 101).unwrap();
        assert_eq!((step(&store).unwrap(), step(&store).unwrap()), (41, 0));
        assert_eq!(rows(&store, asked(By::Rule, None)), [row("even", 50, 0), row("odd", 50, 50)]);
        assert_eq!(rows(&store, asked(By::Action, None)), [row("discard", 50, 50), row("pass", 50, 0)]);
        assert_eq!(rows(&store, asked(By::Operation, None)), [row("mt-ForwardSM", 100, 50)]);
        assert_eq!(rows(&store, asked(By::Operator, None)), [row("", 100, 50)]);
        let query = asked(By::Rule, Some(Step::Minute));
        let answer = traffic::get(&store.connection().unwrap(), &query, Timestamp::now()).unwrap();
        let odd = &answer.rows[1];
        assert_eq!((&odd.messages_per_step[..3], &odd.blocked_per_step[..3]), (&[30, 20, 0][..], &[30, 20, 0][..]));
        assert_eq!((odd.messages_per_step.len(), answer.counted, answer.others), (10, 100, 0));
        let few =
            traffic::get(&store.connection().unwrap(), &TrafficQuery { limit: Some(1), ..query }, Timestamp::now());
        let few = few.unwrap();
        assert_eq!((few.rows.len(), few.others), (1, 50));
    }

    #[test]
    fn counts_go_after_their_time_and_the_audit_log_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.writer().append(&items(1..=9), 10).unwrap();
        step(&store).unwrap();
        let after_days = |days: u64| Timestamp::from_ns((days * 86_400 + 3_600) * NS);
        let audited = || -> u64 {
            let sql = "SELECT count(*) FROM audit WHERE subject = 'traffic'";
            store.connection().unwrap().query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap().cast_unsigned()
        };
        let_go(&store, 30, after_days(3)).unwrap();
        assert_eq!(rows(&store, asked(By::Rule, Some(Step::Minute))), []);
        assert_eq!((rows(&store, asked(By::Rule, Some(Step::Hour))).len(), audited()), (2, 0));
        for _ in 0..2 {
            let_go(&store, 30, after_days(31)).unwrap();
            assert_eq!((rows(&store, asked(By::Rule, Some(Step::Hour))), audited()), (vec![], 1));
        }
    }
}
