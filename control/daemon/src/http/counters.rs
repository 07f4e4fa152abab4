//! Counters, as JSON and for Prometheus.

use super::failure::Failure;
use crate::app::App;
use crate::counters::show;
use crate::metrics::{self, Gauges};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use sluice_api::counters::Counters;
use sluice_api::{Problem, Timestamp};

/// The dataplane's counters and latency
#[utoipa::path(
    get,
    path = "/api/v1/counters",
    tag = "counters",
    operation_id = "counters",
    responses(
        (status = 200, description = "Every counter, per core and in total", body = Counters),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("counters.read"))),
)]
pub async fn counters(State(app): State<App>) -> Result<Json<Counters>, Failure> {
    let snapshot = app.counters().snapshot()?;
    Ok(Json(show(&snapshot, Timestamp::now())))
}

/// Everything that is counted, for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "counters",
    operation_id = "metrics",
    responses(
        (status = 200, description = "Text exposition format 0.0.4", body = String,
            content_type = "text/plain; version=0.0.4; charset=utf-8"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("counters.read"))),
)]
pub async fn metrics(State(app): State<App>) -> Result<Response, Failure> {
    // Without a dataplane that ever ran the daemon's own values are still worth having.
    let snapshot = app.counters().snapshot().ok();
    let report = app.ask_dataplane().await;
    let (progress, written) = (app.progress(), app.journal_written().await);
    let gauges = Gauges {
        dataplane_up: report.is_ok(),
        policy_version: report.map_or(0, |r| r.version),
        journal_lag: written.map_or(0, |w| w.saturating_sub(progress.next)),
        journal_lost: progress.lost,
        journal_stored: progress.next,
        store_bytes: app.store().size(),
    };
    let text = metrics::render(snapshot.as_ref(), gauges);
    Ok(([("content-type", metrics::CONTENT_TYPE)], text).into_response())
}
