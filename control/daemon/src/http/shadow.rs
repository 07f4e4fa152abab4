//! Policies over what has passed lately: what shadow would have done, and what files would change.

use super::extract::{Body, Params};
use super::failure::Failure;
use super::off_thread;
use crate::app::App;
use crate::{backtest, policy};
use axum::Json;
use axum::extract::State;
use sluice_api::backtest::{Backtest, ShadowQuery};
use sluice_api::policies::PolicyFiles;
use sluice_api::problem::{Kind, Problem};

/// What rules in shadow and offline would have done
#[utoipa::path(
    get,
    path = "/api/v1/policies/shadow",
    tag = "policies",
    operation_id = "policyShadow",
    params(ShadowQuery),
    responses(
        (status = 200, description = "By rule, partner, class and trigger, with masked examples", body = Backtest),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("events.read"))),
)]
pub async fn shadow(State(app): State<App>, Params(query): Params<ShadowQuery>) -> Result<Json<Backtest>, Failure> {
    let in_force = app.ask_dataplane().await?.version;
    Ok(Json(backtest::shadow(&app, in_force, query).await?))
}

/// What files would change of recent traffic, against the version in force
#[utoipa::path(
    post,
    path = "/api/v1/policies/backtest",
    tag = "policies",
    operation_id = "policyBacktest",
    request_body = PolicyFiles,
    responses(
        (status = 200, description = "By rule, partner, class and trigger, with masked examples", body = Backtest),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("events.read"))),
)]
pub async fn backtest(State(app): State<App>, Body(body): Body<PolicyFiles>) -> Result<Json<Backtest>, Failure> {
    const UNUSED: u64 = 1;
    let in_force = app.ask_dataplane().await?.version;
    let compiled = off_thread(move || policy::compile(body.files, UNUSED)).await?;
    let report = backtest::against_recent(&app, in_force, compiled.image).await?;
    let missing =
        || Problem::new(Kind::NotFound, "no policy is in force that is kept here: there is nothing to compare");
    Ok(Json(report.ok_or_else(missing)?))
}
