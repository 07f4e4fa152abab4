//! Who did what.

use super::extract::Params;
use super::failure::Failure;
use crate::app::App;
use crate::store::{audit, query::page_size};
use axum::Json;
use axum::extract::State;
use sluice_api::Problem;
use sluice_api::audit::{AuditPage, AuditQuery};

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
