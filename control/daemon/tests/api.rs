//! The API over the Unix socket, against the real program.

mod common;

use common::fake::{FakeDataplane, REPORT};
use common::{Appliance, member};
use sluice_abi::counters::{Count as _, Counter};
use sluice_api::audit::AuditQuery;
use sluice_api::client::{Client, ClientError};
use sluice_api::events::{ClearQuery, Event, EventQuery, ExportFormat, Order};
use sluice_api::problem::{Kind, Problem};
use sluice_api::status::Agreement;
use sluice_shm::counters::CounterFile;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

fn kind_of<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Kind {
    match result.unwrap_err() {
        ClientError::Problem(problem) => problem.known_kind().unwrap(),
        other => panic!("{other}"),
    }
}

/// One request as it stands, and the answer's status and body.
fn raw(appliance: &Appliance, request: &str) -> (u16, String) {
    let mut stream = UnixStream::connect(appliance.path("run/sluiced.sock")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[test]
fn status_says_how_everything_is_with_and_without_a_dataplane() {
    let appliance = Appliance::new();
    let daemon = appliance.start();
    let client = appliance.client();
    let status = client.status().unwrap();
    assert_eq!(status.daemon.pid, daemon.pid());
    assert!(!status.dataplane.reachable && status.dataplane.error.unwrap().contains("dataplane.sock"));
    assert_eq!(status.policy.agreement, Agreement::Unknown);
    assert_eq!((status.journal.written, status.journal.stored, status.journal.lag), (None, 1, 0));
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    fake.load(7);
    let last = appliance.journal().write(3);
    appliance.follow(0, 3);
    let status = client.status().unwrap();
    assert_eq!((status.policy.in_force, status.policy.agreement), (Some(7), Agreement::Foreign));
    assert_eq!(status.dataplane.report.unwrap().get(), REPORT);
    assert_eq!((status.journal.written, status.journal.stored, status.journal.lost), (Some(last + 1), last + 1, 0));
    assert_eq!((status.store.first, status.store.last), (Some(1), Some(3)));
}

#[test]
fn events_are_masked_unless_asked_for_in_clear_and_that_is_audited() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    appliance.journal().write(9);
    appliance.follow(0, 9);
    let client = appliance.client();
    let query = EventQuery { number: Some("15550103".into()), ..EventQuery::default() };
    let masked = client.events(&query).unwrap().events;
    assert_eq!(masked.len(), 1);
    assert!(!masked[0].record.get().contains("15550103"), "{}", masked[0].record);
    assert_eq!(member(&masked[0], "/sms/text"), "[14 characters]");
    assert!(client.audit(AuditQuery::default()).unwrap().rows.iter().all(|r| r.what != "events.read_clear"));

    let clear = client.events(&EventQuery { clear: Some(true), ..query }).unwrap().events;
    assert_eq!(member(&clear[0], "/sms/oa"), "15550103");
    let one = client.event(4, ClearQuery { clear: Some(true) }).unwrap();
    assert_eq!(member(&one, "/sms/text"), "a text of test");
    let rows = client.audit(AuditQuery::default()).unwrap().rows;
    let row = |i: usize| (rows[i].what.as_str(), rows[i].subject.as_str(), rows[i].outcome.as_str());
    assert_eq!(row(0), ("events.read_clear", "event 4", "done"));
    assert_eq!(row(1), ("events.read_clear", r#"{"number":"15******"}"#, "done"));
    assert!(rows[0].who.starts_with("uid:"), "{}", rows[0].who);
}

#[test]
fn events_are_paged_filtered_and_ordered() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    appliance.journal().write(25);
    appliance.follow(0, 25);
    let client = appliance.client();
    let first = EventQuery { limit: Some(10), order: Some(Order::Newest), ..EventQuery::default() };
    let page = client.events(&first).unwrap();
    assert_eq!((page.events[0].id, page.events.len(), page.next), (25, 10, Some(16)));
    let page = client.events(&EventQuery { after: Some(5), limit: Some(1_000), ..first }).unwrap();
    assert_eq!((page.events[0].id, page.events.len(), page.next), (4, 4, None));
    let odd = client.events(&EventQuery { rule: Some("odd".into()), ..EventQuery::default() }).unwrap();
    assert_eq!(odd.events.len(), 13);
    assert_eq!(kind_of(client.event(99, ClearQuery::default())), Kind::NotFound);
    assert_eq!(kind_of(client.events(&EventQuery { limit: Some(0), ..EventQuery::default() })), Kind::RequestInvalid);
}

#[test]
fn a_stream_gives_what_is_there_then_what_comes_and_ends_with_the_daemon() {
    let appliance = Appliance::new();
    let daemon = appliance.start();
    let mut journal = appliance.journal();
    journal.write(600);
    let client = appliance.client();
    let query = EventQuery { after: Some(0), action: Some("discard".into()), ..EventQuery::default() };
    let mut follow = client.follow(&query).unwrap();
    let mut next = || follow.next().unwrap().unwrap().id;
    assert!((1..=599).step_by(2).all(|id| next() == id));
    journal.write(3);
    assert_eq!((next(), next()), (601, 603));
    let (status, _) = daemon.terminate();
    assert!(status.success());
    assert!(follow.next().is_none());
    assert_eq!(follow.last_id(), Some(603));
}

#[test]
fn counters_and_metrics_come_from_shared_memory() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let client = appliance.client();
    assert_eq!(kind_of(client.counters()), Kind::CountersUnavailable);
    assert!(client.metrics().unwrap().contains("sluice_dataplane_up 0\n"));
    let (_, mut blocks) = CounterFile::create(&appliance.path("run/counters"), &["core 1", "writer"]).unwrap();
    blocks[0].count(Counter::RxFrames, 5);
    blocks[0].record_latency(1_000);
    let counters = client.counters().unwrap();
    assert_eq!((counters.blocks.len(), counters.total("rx.frames"), counters.latency.count), (2, Some(5), 1));
    let metrics = client.metrics().unwrap();
    assert!(metrics.contains("sluice_rx_frames_total{core=\"core 1\"} 5\n"), "{metrics}");
    assert!(metrics.contains("sluice_latency_seconds_count{core=\"core 1\"} 1\n"), "{metrics}");
}

#[test]
fn records_that_cannot_be_read_are_counted_and_the_rest_goes_on() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let mut journal = appliance.journal();
    journal.write(2);
    journal.write_nonsense();
    journal.write(2);
    let ids: Vec<u64> = appliance.follow(0, 4).iter().map(|e| e.id).collect();
    assert_eq!(ids, [1, 2, 4, 5]);
    assert_eq!(appliance.client().status().unwrap().journal.lost, 1);
    assert!(appliance.client().metrics().unwrap().contains("sluice_journal_lost_records_total 1\n"));
}

#[test]
fn what_is_no_request_of_this_api_is_a_problem_of_a_stable_type() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let close = "Host: x\r\nConnection: close\r\n";
    let json = "Content-Type: application/json\r\n";
    let cases = [
        (format!("GET /nothing HTTP/1.1\r\n{close}\r\n"), Kind::NotFound),
        (format!("DELETE /api/v1/status HTTP/1.1\r\n{close}\r\n"), Kind::MethodNotAllowed),
        (format!("GET /api/v1/events?ruel=x HTTP/1.1\r\n{close}\r\n"), Kind::RequestInvalid),
        (format!("GET /api/v1/events?since=yesterday HTTP/1.1\r\n{close}\r\n"), Kind::RequestInvalid),
        (format!("GET /api/v1/events/one HTTP/1.1\r\n{close}\r\n"), Kind::RequestInvalid),
        (format!("POST /api/v1/policies HTTP/1.1\r\n{close}{json}Content-Length: 1\r\n\r\n{{"), Kind::RequestInvalid),
        (format!("POST /api/v1/policies HTTP/1.1\r\n{close}Content-Length: 2\r\n\r\n{{}}"), Kind::MediaTypeUnsupported),
        (format!("POST /api/v1/policies HTTP/1.1\r\n{close}{json}Content-Length: 999999999\r\n\r\n"), Kind::TooLarge),
        (
            format!("PUT /api/v1/lists/a/entries/1 HTTP/1.1\r\n{close}{json}Content-Length: 9999999\r\n\r\n"),
            Kind::TooLarge,
        ),
        (format!("GET /api/v1/policies/1 HTTP/1.1\r\n{close}\r\n"), Kind::NotFound),
        (format!("GET /api/v1/policies/current HTTP/1.1\r\n{close}\r\n"), Kind::NotFound),
    ];
    for (request, kind) in cases {
        let (status, body) = raw(&appliance, &request);
        let problem: Problem = serde_json::from_str(&body).unwrap_or_else(|e| panic!("{request}: {e}: {body}"));
        assert_eq!((status, problem.known_kind()), (kind.status(), Some(kind)), "{request}: {problem}");
    }
}

#[test]
fn the_document_served_is_the_one_checked_in() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let served: serde_json::Value =
        serde_json::from_str(&appliance.client().fetch_text("/openapi.json").unwrap()).unwrap();
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/openapi.json");
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(served == kept, "the daemon serves another document than the one checked in");
}

#[test]
fn a_client_without_a_daemon_says_what_to_start() {
    let appliance = Appliance::new();
    let error = Client::unix(appliance.path("run/sluiced.sock")).unwrap().status().unwrap_err();
    assert!(error.to_string().contains("start it with `sluiced --config"), "{error}");
}

#[test]
fn an_export_has_every_event_there_is_when_it_begins_and_who_made_it_is_in_the_audit_log() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    // More than two pages.
    appliance.journal().write(2_500);
    appliance.follow(0, 2_500);
    let client = appliance.client();
    let export = |query: &EventQuery, format| {
        let (mut octets, mut text) = (client.export_events(query, format).unwrap(), Vec::new());
        while let Some(some) = octets.receive().unwrap() {
            text.extend_from_slice(&some);
        }
        String::from_utf8(text).unwrap()
    };
    let odd = EventQuery { rule: Some("odd".into()), ..EventQuery::default() };
    let lines = export(&odd, ExportFormat::Jsonl);
    let ids = lines.lines().map(|line| serde_json::from_str::<Event>(line).unwrap().id);
    assert!(ids.eq((1..=2_500).filter(|id| id % 2 == 1)));
    let rows = export(&EventQuery { clear: Some(true), ..odd.clone() }, ExportFormat::Csv);
    let rows: Vec<&str> = rows.split("\r\n").collect();
    assert_eq!((rows.len(), rows[0].split(',').count()), (1_252, 17));
    assert!(rows[0].starts_with("id,time,map.op,") && rows[2].starts_with("3,3.000000000,44,"), "{}", rows[2]);
    assert!(rows[2].contains("15550103") && rows[2].contains(",discard,odd,"), "{}", rows[2]);
    let masked = export(&odd, ExportFormat::Csv);
    assert!(!masked.contains("15550103"));
    let said = client.audit(AuditQuery::default()).unwrap().rows;
    assert_eq!(said.iter().filter(|row| row.what == "events.export").count(), 3);
}
