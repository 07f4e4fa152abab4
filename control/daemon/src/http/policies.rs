//! Policies: history, check, comparison. What changes the one in force is in `change`.

use super::extract::{Body, InPath, Params};
use super::failure::Failure;
use crate::app::App;
use crate::policy;
use crate::store::page_size;
use crate::store::policies;
use axum::Json;
use axum::extract::State;
use sluice_api::policies::{
    Files, Policy, PolicyChecked, PolicyDiff, PolicyEntry, PolicyFiles, PolicyList, PolicyQuery,
};
use sluice_api::problem::{Kind, Problem};

/// The versions kept, newest first
#[utoipa::path(
    get,
    path = "/api/v1/policies",
    tag = "policies",
    operation_id = "policies",
    params(PolicyQuery),
    responses(
        (status = 200, description = "A page of the history", body = PolicyList),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn list(State(app): State<App>, Params(query): Params<PolicyQuery>) -> Result<Json<PolicyList>, Failure> {
    let limit = page_size(query.limit);
    let policies = app.store().run(move |c| policies::page(c, query.after, limit)).await?;
    let next = policies.last().filter(|_| policies.len() == limit as usize).map(|p| p.version);
    let in_force = in_force(&app).await.filter(|v| *v > 0);
    Ok(Json(PolicyList { in_force, policies, next }))
}

/// One version with its files
#[utoipa::path(
    get,
    path = "/api/v1/policies/{version}",
    tag = "policies",
    operation_id = "policy",
    params(("version" = u64, Path, description = "Its version")),
    responses(
        (status = 200, description = "The version", body = Policy),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn one(State(app): State<App>, InPath(version): InPath<u64>) -> Result<Json<Policy>, Failure> {
    let (entry, files) = kept(&app, version).await?;
    let in_force = in_force(&app).await.map(|v| v == version);
    Ok(Json(Policy { entry, in_force, files }))
}

/// The version in force
#[utoipa::path(
    get,
    path = "/api/v1/policies/current",
    tag = "policies",
    operation_id = "policyCurrent",
    description = "While the dataplane does not answer: the newest version it took, without `in_force`.",
    responses(
        (status = 200, description = "The version", body = Policy),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn current(State(app): State<App>) -> Result<Json<Policy>, Failure> {
    let in_force = in_force(&app).await;
    let (entry, files) = kept(&app, in_force_or_newest(&app, in_force).await?).await?;
    Ok(Json(Policy { entry, in_force: in_force.map(|_| true), files }))
}

/// The version in force; while the dataplane does not answer, the newest it took.
pub async fn current_version(app: &App) -> Result<u64, Problem> {
    in_force_or_newest(app, in_force(app).await).await
}

async fn in_force_or_newest(app: &App, in_force: Option<u64>) -> Result<u64, Problem> {
    let version = match in_force {
        Some(version) => Some(version).filter(|v| *v > 0),
        None => app.store().run(|c| policies::newest_taken(c)).await?,
    };
    version.ok_or_else(|| Problem::new(Kind::NotFound, "no policy is in force: push one"))
}

/// Checks files without any effect
#[utoipa::path(
    post,
    path = "/api/v1/policies/check",
    tag = "policies",
    operation_id = "policyCheck",
    request_body = PolicyFiles,
    responses(
        (status = 200, description = "No error", body = PolicyChecked),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.check"))),
)]
pub async fn check(Body(body): Body<PolicyFiles>) -> Result<Json<PolicyChecked>, Failure> {
    const UNUSED: u64 = 1;
    let compiled = off_thread(move || policy::compile(body.files, UNUSED)).await?;
    Ok(Json(PolicyChecked { summary: compiled.summary, warnings: compiled.warnings }))
}

/// How version b differs from version a
#[utoipa::path(
    get,
    path = "/api/v1/policies/{a}/diff/{b}",
    tag = "policies",
    operation_id = "policyDiff",
    params(("a" = u64, Path, description = "The one before"), ("b" = u64, Path, description = "The one after")),
    responses(
        (status = 200, description = "What differs", body = PolicyDiff),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn diff(State(app): State<App>, InPath((a, b)): InPath<(u64, u64)>) -> Result<Json<PolicyDiff>, Failure> {
    let ((_, before), (_, after)) = (kept(&app, a).await?, kept(&app, b).await?);
    Ok(Json(off_thread(move || policy::diff(&before, &after)).await?))
}

/// How files differ from a version
#[utoipa::path(
    post,
    path = "/api/v1/policies/{version}/diff",
    tag = "policies",
    operation_id = "policyDiffFiles",
    params(("version" = u64, Path, description = "The one before")),
    request_body = PolicyFiles,
    responses(
        (status = 200, description = "What differs", body = PolicyDiff),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn diff_files(
    State(app): State<App>,
    InPath(version): InPath<u64>,
    Body(body): Body<PolicyFiles>,
) -> Result<Json<PolicyDiff>, Failure> {
    let (_, before) = kept(&app, version).await?;
    Ok(Json(off_thread(move || policy::diff(&before, &body.files)).await?))
}

pub async fn kept(app: &App, version: u64) -> Result<(PolicyEntry, Files), Problem> {
    let found = app.store().run(move |c| policies::one(c, version)).await?;
    found.ok_or_else(|| Problem::new(Kind::NotFound, format!("policy version {version} is not kept here")))
}

/// The version in force, 0 for none; `None` while the dataplane does not answer.
async fn in_force(app: &App) -> Option<u64> {
    app.ask_dataplane().await.ok().map(|report| report.version)
}

/// Compiling takes its time: not on the threads that answer.
pub async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Problem::new(Kind::Internal, format!("the work ended early: {e}"))))
}
