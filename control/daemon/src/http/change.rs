//! Changing the policy in force: push and rollback.
//!
//! ```text
//! compile ─▶ ask the dataplane ─▶ write down as pending, audit "sent" ─▶ push ─▶ settle, audit the outcome
//!    │422            │503, 409              (one transaction)                        (one transaction)
//! ```
//! Until the push nothing is stored as in force; whatever fails before it leaves everything as it was. What happens
//! between the two transactions is found out at the daemon's next start. Before the first, recent traffic is judged by the
//! new policy: one that moves much of it is refused unless that is confirmed. After the second it is watched.

use super::access::Caller;
use super::extract::{Body, Params};
use super::failure::Failure;
use super::lists;
use super::policies::off_thread;
use crate::app::App;
use crate::link::LinkError;
use crate::store::audit::{self, Deed};
use crate::store::policies::{self, NewPolicy};
use crate::{backtest, policy, rollback as watch};
use axum::Json;
use axum::extract::State;
use sluice_api::policies::{PolicyPush, PolicyPushed, PolicyRestored, PolicyState, PushQuery};
use sluice_api::problem::{Kind, Problem};
use std::sync::Arc;

/// Takes a policy into force
#[utoipa::path(
    post,
    path = "/api/v1/policies",
    tag = "policies",
    operation_id = "policyPush",
    params(PushQuery),
    request_body = PolicyPush,
    responses(
        (status = 200, description = "It is in force", body = PolicyPushed),
        (status = "default", description = "A problem; the policy in force stays", body = Problem,
            content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.push"))),
)]
pub async fn push(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<PushQuery>,
    Body(body): Body<PolicyPush>,
) -> Result<Json<PolicyPushed>, Failure> {
    if app.four_eyes() {
        let problem =
            Problem::new(Kind::FourEyes, "propose it (`sluice policy propose`), and have somebody else approve it");
        audit_refusal(&app, &caller, Deed::Push, &problem).await?;
        return Err(problem.into());
    }
    let at = app.clone();
    let signed = Signed { who: caller.who().to_owned(), history: caller.who().to_owned() };
    let result = finish(async move {
        let _turn = at.policy_turn().await;
        push_in_turn(&at, &signed, body, query.confirm == Some(true)).await
    })
    .await;
    if let Err(problem) = &result {
        audit_refusal(&app, &caller, Deed::Push, problem).await?;
    }
    Ok(Json(result?))
}

/// Takes the policy before the present one back into force
#[utoipa::path(
    post,
    path = "/api/v1/policies/rollback",
    tag = "policies",
    operation_id = "policyRollback",
    responses(
        (status = 200, description = "It is in force", body = PolicyRestored),
        (status = "default", description = "A problem; the policy in force stays", body = Problem,
            content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.push"))),
)]
pub async fn rollback(State(app): State<App>, caller: Caller) -> Result<Json<PolicyRestored>, Failure> {
    let (at, who) = (app.clone(), caller.who().to_owned());
    let result = finish(async move {
        let _turn = at.policy_turn().await;
        restore_in_turn(&at, &who).await
    })
    .await;
    if let Err(problem) = &result {
        audit_refusal(&app, &caller, Deed::Rollback, problem).await?;
    }
    Ok(Json(result?))
}

/// Does it in a task of its own: a caller who hangs up in the middle does not leave it half done.
pub async fn finish<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::spawn(work).await;
    done.unwrap_or_else(|e| Err(Problem::new(Kind::Internal, format!("the work ended early: {e}"))))
}

/// Who takes a policy into force.
pub struct Signed {
    /// For the audit log.
    pub who: String,
    /// For the history of policies: with whoever had proposed it.
    pub history: String,
}

/// Takes a policy into force; whoever calls has the turn.
///
/// # Errors
/// The policy, recent traffic, the dataplane or the store speak against it; the policy in force stays.
pub async fn push_in_turn(
    app: &App,
    signed: &Signed,
    body: PolicyPush,
    confirmed: bool,
) -> Result<PolicyPushed, Problem> {
    let highest = app.store().run(|c| policies::highest(c)).await?;
    // A broken policy is told about even while the dataplane does not answer.
    let answer = app.ask_dataplane().await;
    let version = highest.max(answer.as_ref().map_or(0, |r| r.version)) + 1;
    let files = body.files.clone();
    let compiled = off_thread(move || policy::compile(files, version)).await?;
    let previous = answer?.version;
    if let Some(expected) = body.expected.filter(|e| *e != previous) {
        return Err(Problem::new(
            Kind::PolicyChanged,
            format!("version {previous} is in force, not {expected}: compare with it and push again"),
        ));
    }
    if !confirmed && let Some(report) = backtest::against_recent(app, previous, compiled.image.clone()).await? {
        backtest::allow(&report, app.guard())?;
    }
    let new = NewPolicy {
        version,
        files: body.files,
        image: compiled.image.clone(),
        summary: compiled.summary.clone(),
        who: signed.history.clone(),
        comment: body.comment,
    };
    let author = signed.who.clone();
    let subject = format!("version {version}");
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            policies::add(&transaction, &new)?;
            let sent = if confirmed { "sent, confirmed" } else { "sent" };
            audit::append(&transaction, &author, Deed::Push, &subject, sent)?;
            transaction.commit()
        })
        .await?;
    let sent = app.with_link(move |link| link.push(version, &compiled.image)).await;
    settle(app, &signed.who, version, &sent).await?;
    sent.map_err(Problem::from)?;
    app.lists().keep(version, Arc::new(compiled.lists));
    pending_lists(app, version, true).await?;
    watch::begin(app, version).await;
    let previous = Some(previous).filter(|v| *v > 0);
    Ok(PolicyPushed { version, previous, summary: compiled.summary, warnings: compiled.warnings })
}

async fn settle(app: &App, who: &str, version: u64, sent: &Result<u64, LinkError>) -> Result<(), Problem> {
    let (state, outcome) = match sent {
        Ok(_) => (PolicyState::Taken, "done".to_owned()),
        Err(LinkError::Refused(why)) => (PolicyState::Refused, format!("refused: {why}")),
        Err(LinkError::NotSent(why)) => (PolicyState::Refused, format!("refused: not sent: {why}")),
        Err(LinkError::NoAnswer(why)) => (PolicyState::Pending, format!("unknown: {why}")),
        Err(LinkError::Daemon(problem)) => (PolicyState::Pending, format!("unknown: {problem}")),
    };
    let (who, subject) = (who.to_owned(), format!("version {version}"));
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            policies::settle(&transaction, version, state)?;
            audit::append(&transaction, &who, Deed::Push, &subject, &outcome)?;
            transaction.commit()
        })
        .await
}

async fn restore_in_turn(app: &App, who: &str) -> Result<PolicyRestored, Problem> {
    let previous = app.ask_dataplane().await?.version;
    let version = app
        .with_link(|link| {
            link.rollback().map_err(|e| match e {
                LinkError::Refused(why) => Problem::new(Kind::NothingToRestore, why),
                other => other.into(),
            })
        })
        .await?;
    pending_lists(app, version, false).await?;
    let (who, subject) = (who.to_owned(), format!("version {previous} to {version}"));
    app.store().run(move |c| audit::append(c, &who, Deed::Rollback, &subject, "done")).await?;
    Ok(PolicyRestored { version, previous })
}

/// Has the entries put and removed one at a time in force under the new policy as well. The policy stays in force where
/// that fails: the log says so, and the next change tells them again.
pub async fn pending_lists(app: &App, version: u64, pushed: bool) -> Result<(), Problem> {
    let Err(problem) = lists::tell_again(app, version, pushed).await else { return Ok(()) };
    let (subject, outcome) = (format!("pending entries, version {version}"), format!("refused: {problem}"));
    app.store().run(move |c| audit::append(c, "daemon", Deed::ListPut, &subject, &outcome)).await
}

/// What the transactions of a push have not written down: refusals before anything was sent.
async fn audit_refusal(app: &App, caller: &Caller, deed: Deed, problem: &Problem) -> Result<(), Problem> {
    if problem.known_kind() == Some(Kind::PolicyRefused) {
        return Ok(());
    }
    let (who, outcome) = (caller.who().to_owned(), format!("refused: {}", problem.title));
    app.store().run(move |c| audit::append(c, &who, deed, "", &outcome)).await
}
