//! A trace of the live dataplane, from its socket to whoever asked.
//!
//! ```text
//! caller ◀── body ── feed ◀── socket pair ── dataplane, which was given the other end with the command
//! ```
//! Nothing is kept and nothing looked at. When the caller goes, the socket goes, and with it the trace.

use super::access::Caller;
use super::extract::Params;
use super::failure::Failure;
use crate::app::App;
use crate::link::LinkError;
use crate::store::audit::{self, Deed};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;
use sluice_abi::json::masked;
use sluice_api::problem::Kind;
use sluice_api::trace::{PER_SECOND_DEFAULT, TraceQuery};
use sluice_api::{Permission, Problem};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;

/// Frames before and after, as they go by
#[utoipa::path(
    get,
    path = "/api/v1/trace",
    tag = "trace",
    operation_id = "trace",
    description = "Octets, as the dataplane tells them; begins at once and ends after `for_ms` or with the connection. \
        There is one trace at a time. Subscriber data is in clear; each trace is audited. The conditions stand in the \
        audit log and choose nothing: that is for the reader.",
    params(TraceQuery),
    responses(
        (status = 200, description = "Entries, one behind the other", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("trace.read"))),
)]
pub async fn trace(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<TraceQuery>,
) -> Result<Response, Failure> {
    let (ours, theirs) = pair()?;
    let per_second = query.per_second.unwrap_or(PER_SECOND_DEFAULT);
    let begun = app.with_link(move |link| link.trace(per_second, theirs)).await;
    let (who, subject, outcome) = (caller.who().to_owned(), described(&query), outcome(&begun));
    // Where it cannot be written down, our end is dropped, and with it the trace.
    app.store().run(move |c| audit::append(c, &who, Deed::Trace, &subject, &outcome)).await?;
    begun.map_err(problem)?;
    let (sender, body) = Channel::<Bytes>::new(CHUNKS_AHEAD);
    tokio::spawn(async move {
        tokio::select! {
            () = feed(app.clone(), ours, query.for_ms.map(Duration::from_millis), sender) => {}
            () = caller.may_no_more(&app, Permission::TraceRead) => {}
        }
    });
    let headers = [("content-type", "application/octet-stream"), ("cache-control", "no-store")];
    Ok((headers, Body::new(body)).into_response())
}

fn pair() -> Result<(UnixStream, OwnedFd), Problem> {
    let failed = |e: std::io::Error| Problem::new(Kind::Internal, format!("no sockets for a trace: {e}"));
    let (ours, theirs) = StdStream::pair().map_err(failed)?;
    ours.set_nonblocking(true).map_err(failed)?;
    Ok((UnixStream::from_std(ours).map_err(failed)?, theirs.into()))
}

fn outcome(begun: &Result<(), LinkError>) -> String {
    match begun {
        Ok(()) => "done".to_owned(),
        Err(error) => format!("refused: {}", problem(error.clone())),
    }
}

/// What the dataplane refuses here is no policy.
fn problem(error: LinkError) -> Problem {
    match error {
        LinkError::Refused(why) => Problem::new(Kind::TraceRefused, why),
        other => other.into(),
    }
}

/// A query as the audit log has it: which conditions, and never a subscriber's number.
fn described(query: &TraceQuery) -> String {
    let hidden = |number: &Option<String>| number.as_ref().map(|n| masked(n));
    let shown =
        TraceQuery { msisdn: hidden(&query.msisdn), imsi: hidden(&query.imsi), gt: hidden(&query.gt), ..query.clone() };
    serde_json::to_string(&shown).unwrap_or_default()
}

/// Sends until the time is over, the caller has gone, or dataplane or daemon ends. The dataplane says something several
/// times a second, so that it shows when the caller has gone.
async fn feed(app: App, mut from: UnixStream, time: Option<Duration>, mut sender: Sender<Bytes>) {
    let mut stopping = app.watch_stopping();
    let pump = async {
        let mut octets = vec![0; CHUNK_OCTETS];
        while let Ok(length @ 1..) = from.read(&mut octets).await {
            let chunk = Bytes::copy_from_slice(octets.get(..length).unwrap_or_default());
            if sender.send_data(chunk).await.is_err() {
                return;
            }
        }
    };
    let time_is_over = async {
        match time {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = pump => {},
        () = time_is_over => {},
        // A daemon whose main task is gone has stopped as well.
        _ = stopping.wait_for(|s| *s) => {},
    }
}

const CHUNK_OCTETS: usize = 64 << 10;
/// Chunks that may wait for the caller's connection. What does not fit waits in the dataplane's rings, which leave out
/// what comes when they are full.
const CHUNKS_AHEAD: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_has_the_conditions_and_no_number_in_full() {
        let query = TraceQuery {
            msisdn: Some("15550100123".into()),
            imsi: Some("999990000000001".into()),
            rule: Some("r".into()),
            ..TraceQuery::default()
        };
        let described = described(&query);
        assert!(described.contains(r#""msisdn":"1555***0123""#) && described.contains(r#""rule":"r""#), "{described}");
        assert!(!described.contains("999990000000001"), "{described}");
    }
}
