//! Events as they come: server-sent events (WHATWG HTML §9.2), resumable by `Last-Event-ID`.
//!
//! A stream reads the store like everybody else, a page at a time, and sleeps until the tail says that more has been
//! stored. A reader that is slow is simply further behind: nothing is kept for it in memory but one page.

use super::access::Caller;
use super::events::allowed;
use super::extract::Params;
use super::failure::Failure;
use crate::app::App;
use crate::store::events::{show, some};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;
use sluice_abi::json::Privacy;
use sluice_api::events::{EventQuery, Order, STREAM_EVENT};
use sluice_api::{Permission, Problem};
use std::time::Duration;
use tokio::sync::watch;

/// Events as they come
#[utoipa::path(
    get,
    path = "/api/v1/events/stream",
    tag = "events",
    operation_id = "eventsStream",
    description = "Server-sent events. Begins behind `after` or the header `Last-Event-ID`, else with the next event. \
        `limit` and `order` have no effect.",
    params(
        EventQuery,
        ("Last-Event-ID" = Option<u64>, Header, description = "As `after`, for browsers that connect again"),
    ),
    responses(
        (status = 200, description = "Messages of type `message`, their data an Event", body = String,
            content_type = "text/event-stream"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("events.read"))),
)]
pub async fn stream(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(mut query): Params<EventQuery>,
) -> Result<Response, Failure> {
    let privacy = allowed(&app, &caller, &query).await?;
    let again = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    query.after = again.or(query.after).or_else(|| app.progress().next.checked_sub(1));
    query.limit = Some(PAGE);
    query.order = Some(Order::Oldest);
    let (sender, body) = Channel::<Bytes>::new(CHUNKS_AHEAD);
    let needed = if privacy == Privacy::Clear || query.text.is_some() {
        Permission::EventsReadClear
    } else {
        Permission::EventsRead
    };
    tokio::spawn(async move {
        tokio::select! {
            () = feed(app.clone(), query, privacy, sender) => {}
            () = caller.may_no_more(&app, needed) => {}
        }
    });
    let headers = [("content-type", "text/event-stream"), ("cache-control", "no-store")];
    Ok((headers, Body::new(body)).into_response())
}

/// Sends until the reader has gone or the daemon ends.
async fn feed(app: App, mut query: EventQuery, privacy: Privacy, mut sender: Sender<Bytes>) {
    let (mut progress, mut stopping) = (app.watch_progress(), app.watch_stopping());
    // The first octets tell the reader that the stream stands.
    if sender.send_data(Bytes::from_static(b": sluice\n\n")).await.is_err() {
        return;
    }
    loop {
        // Seen before reading: what is stored while reading wakes the wait below.
        let stored = progress.borrow_and_update().next;
        let page = query.clone();
        let Ok(found) = app.store().read(move |log| some(log, &page)).await else { return };
        let more = found.len() == PAGE as usize;
        // Behind what was looked through even where nothing matched: the next look is then short.
        let seen = if more { None } else { stored.checked_sub(1) };
        query.after = query.after.max(seen).max(found.last().map(|e| e.id));
        if !found.is_empty() && sender.send_data(chunk(&found, privacy)).await.is_err() {
            return;
        }
        if more {
            continue;
        }
        let is_quiet = tokio::select! {
            changed = progress.changed() => if changed.is_ok() { false } else { return },
            () = stopped(&mut stopping) => return,
            () = tokio::time::sleep(KEEP_ALIVE) => true,
        };
        if is_quiet && sender.send_data(Bytes::from_static(b": still here\n\n")).await.is_err() {
            return;
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A daemon whose main task is gone has stopped as well.
    stopping.wait_for(|s| *s).await.ok();
}

fn chunk(events: &[sluice_events::Event], privacy: Privacy) -> Bytes {
    let mut text = String::new();
    for stored in events {
        let event = show(stored, privacy);
        let data = serde_json::to_string(&event).unwrap_or_default();
        text.push_str(&format!("id: {}\nevent: {STREAM_EVENT}\ndata: {data}\n\n", event.id));
    }
    Bytes::from(text)
}

/// Events read at once.
const PAGE: u32 = 256;
/// Chunks that may wait for the reader's connection.
const CHUNKS_AHEAD: usize = 2;
/// A comment is sent after this much silence, so that a dead reader is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
