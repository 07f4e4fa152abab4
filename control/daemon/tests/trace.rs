//! A trace goes from the dataplane through the daemon as it is, is written down, and ends when either end does.

mod common;

use common::Appliance;
use common::fake::FakeDataplane;
use sluice_api::audit::{AuditQuery, AuditRow};
use sluice_api::client::{Client, ClientError};
use sluice_api::problem::Kind;
use sluice_api::trace::TraceQuery;

const MSISDN: &str = "999700300001";

fn traces(client: &Client) -> Vec<AuditRow> {
    let rows = client.audit(AuditQuery::default()).unwrap().rows;
    rows.into_iter().filter(|row| row.what == "trace.begin").collect()
}

fn query() -> TraceQuery {
    TraceQuery { msisdn: Some(MSISDN.into()), rule: Some("spam".into()), per_second: Some(7), ..TraceQuery::default() }
}

#[test]
fn what_the_dataplane_tells_comes_as_it_is_and_the_audit_log_has_who_and_which() {
    let appliance = Appliance::new();
    let dataplane = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    let mut trace = client.trace(&query()).unwrap();
    assert_eq!(dataplane.trace_rate(), Some(7));
    let row = &traces(&client)[0];
    assert!(row.who.starts_with("uid:") && row.outcome == "done", "{row:?}");
    assert!(row.subject.contains(r#""rule":"spam""#) && row.subject.contains("9997***0001"), "{row:?}");
    assert!(!row.subject.contains(MSISDN), "{row:?}");

    let long: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| assert!(dataplane.trace(&long)));
        let mut came = Vec::new();
        while came.len() < long.len() {
            came.extend_from_slice(&trace.receive().unwrap().unwrap());
        }
        assert!(came == long);
    });
    drop(dataplane);
    assert_eq!(
        (trace.receive().unwrap(), trace.is_ended()),
        (None, true),
        "the dataplane has gone, and with it the trace"
    );
}

#[test]
fn a_reader_that_goes_ends_the_trace() {
    let appliance = Appliance::new();
    let dataplane = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    let trace = client.trace(&query()).unwrap();
    assert!(dataplane.trace(b"something"));
    drop(trace);
    // Only with it the connection closes: nothing of a client works between two calls.
    drop(client);
    // As a dataplane does, which says something several times a second.
    while dataplane.trace(b"more") {
        std::thread::yield_now();
    }
    assert_eq!(dataplane.trace_rate(), None);
}

#[test]
fn a_trace_ends_after_its_time() {
    let appliance = Appliance::new();
    let dataplane = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    let mut trace = client.trace(&TraceQuery { for_ms: Some(50), ..query() }).unwrap();
    assert_eq!((trace.receive().unwrap(), trace.is_ended()), (None, true));
    while dataplane.trace(b"more") {
        std::thread::yield_now();
    }
}

#[test]
fn a_trace_that_is_refused_says_why_and_is_written_down_too() {
    let appliance = Appliance::new();
    let dataplane = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    dataplane.refuse(true);
    let _daemon = appliance.start();
    let client = appliance.client();
    let ClientError::Problem(problem) = client.trace(&query()).unwrap_err() else { panic!("a problem") };
    assert_eq!((problem.known_kind(), problem.status), (Some(Kind::TraceRefused), 409));
    assert!(problem.detail.contains("one trace at a time"), "{problem}");
    assert!(traces(&client)[0].outcome.starts_with("refused:"));
    drop(dataplane);
    let ClientError::Problem(problem) = client.trace(&query()).unwrap_err() else { panic!("a problem") };
    assert_eq!(problem.known_kind(), Some(Kind::DataplaneUnavailable));
}
