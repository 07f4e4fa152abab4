//! How the machine is.

use super::extract::Params;
use super::failure::Failure;
use crate::app::App;
use crate::store::{machine, page_size};
use axum::Json;
use axum::extract::State;
use sluice_api::Problem;
use sluice_api::machine::{MachineConditions, MachinePage, MachineQuery};

/// What began and ceased to be wrong with the machine, newest first
#[utoipa::path(
    get,
    path = "/api/v1/machine/events",
    tag = "machine",
    operation_id = "machine_events",
    params(MachineQuery),
    responses(
        (status = 200, description = "A page of events", body = MachinePage),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("status.read"))),
)]
pub async fn events(State(app): State<App>, Params(query): Params<MachineQuery>) -> Result<Json<MachinePage>, Failure> {
    let page = app.store().run(move |c| machine::page(c, query.after, page_size(query.limit))).await?;
    Ok(Json(page))
}

/// What is wrong with the machine now
#[utoipa::path(
    get,
    path = "/api/v1/machine/conditions",
    tag = "machine",
    operation_id = "machine_conditions",
    responses(
        (status = 200, description = "What is wrong", body = MachineConditions),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("status.read"))),
)]
pub async fn conditions(State(app): State<App>) -> Json<MachineConditions> {
    Json(MachineConditions { raised: app.conditions() })
}
