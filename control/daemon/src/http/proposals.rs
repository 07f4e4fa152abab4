//! Policies proposed by one and taken into force by another.

use super::access::Caller;
use super::change::{Signed, finish, push_in_turn};
use super::extract::{Body, InPath, Params};
use super::failure::Failure;
use super::off_thread;
use crate::app::App;
use crate::policy;
use crate::store::audit::{self, Deed};
use crate::store::page_size;
use crate::store::proposals;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sluice_api::Permission;
use sluice_api::policies::{Files, PolicyPush, PolicyPushed, PushQuery};
use sluice_api::problem::{Kind, Problem};
use sluice_api::proposals::{Proposal, ProposalQuery, ProposalState, ProposalWhole, Proposals, Propose};

/// The proposals, newest first
#[utoipa::path(
    get,
    path = "/api/v1/proposals",
    tag = "proposals",
    operation_id = "proposals",
    params(ProposalQuery),
    responses(
        (status = 200, description = "A page of them", body = Proposals),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn list(State(app): State<App>, Params(query): Params<ProposalQuery>) -> Result<Json<Proposals>, Failure> {
    let limit = page_size(query.limit);
    let proposals = app.store().run(move |c| proposals::page(c, query.after, limit)).await?;
    let next = proposals.last().filter(|_| proposals.len() == limit as usize).map(|proposal| proposal.id);
    Ok(Json(Proposals { proposals, next }))
}

/// One proposal with its files
#[utoipa::path(
    get,
    path = "/api/v1/proposals/{id}",
    tag = "proposals",
    operation_id = "proposal",
    params(("id" = u64, Path, description = "Its number")),
    responses(
        (status = 200, description = "The proposal", body = ProposalWhole),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn one(State(app): State<App>, InPath(id): InPath<u64>) -> Result<Json<ProposalWhole>, Failure> {
    let (proposal, files) = kept(&app, id).await?;
    Ok(Json(ProposalWhole { proposal, files }))
}

async fn kept(app: &App, id: u64) -> Result<(Proposal, Files), Problem> {
    let found = app.store().run(move |c| proposals::one(c, id)).await?;
    found.ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no proposal {id}")))
}

/// Propose a policy
#[utoipa::path(
    post,
    path = "/api/v1/proposals",
    tag = "proposals",
    operation_id = "propose",
    description = "It is checked, and waits for somebody else's approval; the policy in force stays.",
    request_body = Propose,
    responses(
        (status = 200, description = "It waits", body = Proposal),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.push"))),
)]
pub async fn propose(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Propose>,
) -> Result<Json<Proposal>, Failure> {
    const UNUSED: u64 = 1;
    let files = body.files.clone();
    let compiled = off_thread(move || policy::compile(files, UNUSED)).await?;
    let base = app.ask_dataplane().await?.version;
    let who = caller.who().to_owned();
    let id = app
        .store()
        .run(move |c| {
            let transaction = c.transaction()?;
            let id = proposals::add(&transaction, &who, &body.comment, base, &compiled.summary, &body.files)?;
            audit::append(&transaction, &who, Deed::Propose, &subject(id), "done")?;
            transaction.commit()?;
            Ok(id)
        })
        .await?;
    Ok(Json(kept(&app, id).await?.0))
}

/// Approve a proposal: it is taken into force
#[utoipa::path(
    post,
    path = "/api/v1/proposals/{id}/approve",
    tag = "proposals",
    operation_id = "proposalApprove",
    description = "By a person who is not its author, and while the version it was made for is in force.",
    params(("id" = u64, Path, description = "Its number"), PushQuery),
    responses(
        (status = 200, description = "It is in force", body = PolicyPushed),
        (status = "default", description = "A problem; the policy in force stays", body = Problem,
            content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.approve"))),
)]
pub async fn approve(
    State(app): State<App>,
    caller: Caller,
    InPath(id): InPath<u64>,
    Params(query): Params<PushQuery>,
) -> Result<Json<PolicyPushed>, Failure> {
    let (at, by) = (app.clone(), caller.clone());
    let result = finish(async move {
        let _turn = at.policy_turn().await;
        approve_in_turn(&at, &by, id, query.confirm == Some(true)).await
    })
    .await;
    if let Err(problem) = &result {
        let (who, outcome) = (caller.who().to_owned(), format!("refused: {}", problem.title));
        app.store().run(move |c| audit::append(c, &who, Deed::Approve, &subject(id), &outcome)).await?;
    }
    Ok(Json(result?))
}

async fn approve_in_turn(app: &App, caller: &Caller, id: u64, confirmed: bool) -> Result<PolicyPushed, Problem> {
    let (proposal, files) = kept(app, id).await?;
    must_be_open(&proposal)?;
    if proposal.who == caller.who() {
        return Err(Problem::new(Kind::OwnProposal, "somebody else has to look at it and approve it"));
    }
    if caller.is_program() {
        return Err(Problem::new(Kind::OwnProposal, "a person has to look at it and approve it, not a token"));
    }
    let signed =
        Signed { who: caller.who().to_owned(), history: format!("{}, approved by {}", proposal.who, caller.who()) };
    let push = PolicyPush { files, comment: proposal.comment, expected: Some(proposal.base) };
    let pushed = push_in_turn(app, &signed, push, confirmed).await?;
    let (who, version) = (signed.who, pushed.version);
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            proposals::decide(&transaction, id, ProposalState::Approved, &who, Some(version))?;
            let outcome = format!("done: version {version}");
            audit::append(&transaction, &who, Deed::Approve, &subject(id), &outcome)?;
            transaction.commit()
        })
        .await?;
    Ok(pushed)
}

/// Reject a proposal, or take one's own back
#[utoipa::path(
    delete,
    path = "/api/v1/proposals/{id}",
    tag = "proposals",
    operation_id = "proposalReject",
    description = "By its author, or by somebody who may approve.",
    params(("id" = u64, Path, description = "Its number")),
    responses(
        (status = 204, description = "It does not wait any more"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn reject(State(app): State<App>, caller: Caller, InPath(id): InPath<u64>) -> Result<StatusCode, Failure> {
    let (proposal, _) = kept(&app, id).await?;
    if proposal.who != caller.who() {
        caller.require(Permission::PoliciesApprove)?;
    }
    must_be_open(&proposal)?;
    let who = caller.who().to_owned();
    let decided = app
        .store()
        .run(move |c| {
            let transaction = c.transaction()?;
            let decided = proposals::decide(&transaction, id, ProposalState::Rejected, &who, None)?;
            if decided {
                audit::append(&transaction, &who, Deed::Reject, &subject(id), "done")?;
            }
            transaction.commit()?;
            Ok(decided)
        })
        .await?;
    if decided { Ok(StatusCode::NO_CONTENT) } else { Err(decided_already(id).into()) }
}

fn must_be_open(proposal: &Proposal) -> Result<(), Problem> {
    if proposal.state == ProposalState::Open { Ok(()) } else { Err(decided_already(proposal.id)) }
}

fn decided_already(id: u64) -> Problem {
    Problem::new(Kind::ProposalDecided, format!("proposal {id} does not wait any more"))
}

fn subject(id: u64) -> String {
    format!("proposal {id}")
}
