//! Who did what.

use super::extract::Params;
use super::failure::Failure;
use crate::app::App;
use crate::store::{audit, page_size};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;
use sluice_api::audit::{AuditChecked, AuditPage, AuditQuery, AuditRow};
use sluice_api::{Kind, PAGE_MAX, Problem};

/// Who did what, newest first
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    operation_id = "audit",
    params(AuditQuery),
    responses(
        (status = 200, description = "A page of the audit log", body = AuditPage),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("audit.read"))),
)]
pub async fn page(State(app): State<App>, Params(query): Params<AuditQuery>) -> Result<Json<AuditPage>, Failure> {
    let page = app.store().run(move |c| audit::page(c, query.after, page_size(query.limit))).await?;
    Ok(Json(page))
}

/// Whether every row of the log is as it was written
#[utoipa::path(
    get,
    path = "/api/v1/audit/check",
    tag = "audit",
    operation_id = "auditCheck",
    responses(
        (status = 200, description = "What was found", body = AuditChecked),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("audit.read"))),
)]
pub async fn check(State(app): State<App>) -> Result<Json<AuditChecked>, Failure> {
    Ok(Json(app.store().run(|c| audit::check(c)).await?))
}

/// The whole log, oldest first
#[utoipa::path(
    get,
    path = "/api/v1/audit/export",
    tag = "audit",
    operation_id = "auditExport",
    description = "One AuditRow a line, up to the last row there is when it begins.",
    responses(
        (status = 200, description = "JSON lines", body = String, content_type = "application/jsonl"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("audit.read"))),
)]
pub async fn export(State(app): State<App>) -> Result<Response, Failure> {
    let newest = app.store().run(|c| audit::newest(c)).await?;
    let (sender, body) = Channel::<Bytes, Problem>::new(CHUNKS_AHEAD);
    tokio::spawn(feed(app, newest, sender));
    let headers = [
        ("content-type", "application/jsonl"),
        ("cache-control", "no-store"),
        ("content-disposition", "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((headers, Body::new(body)).into_response())
}

/// A reader that is slow is waited for, a page in memory.
async fn feed(app: App, newest: u64, mut sender: Sender<Bytes, Problem>) {
    let mut last = 0;
    while last < newest {
        let Ok(rows) = app.store().run(move |c| audit::behind(c, last, PAGE_MAX)).await else {
            // Not an end that looks like one.
            return sender.abort(Problem::new(Kind::StoreUnavailable, "the store cannot be read any more"));
        };
        let rows: Vec<AuditRow> = rows.into_iter().take_while(|row| row.id <= newest).collect();
        let Some(row) = rows.last() else { return };
        last = row.id;
        let line = |row: &AuditRow| serde_json::to_string(row).map(|line| line + "\n").unwrap_or_default();
        if sender.send_data(rows.iter().map(line).collect::<String>().into()).await.is_err() {
            return;
        }
    }
}

/// Pages that may wait for the reader's connection.
const CHUNKS_AHEAD: usize = 2;
