//! Signing in and out, and what people change of their own account.

use super::access::{COOKIE, Caller};
use super::extract::Body;
use super::failure::Failure;
use super::off_thread;
use crate::app::App;
use crate::credentials;
use crate::sign_in::{prove, sign_in};
use crate::store::audit::{self, Deed};
use crate::store::{accounts, sessions};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sluice_api::accounts::{Code, Password, PasswordChange, SecondFactor, Session, SignIn};
use sluice_api::problem::{Kind, Problem};
use sluice_api::time::Timestamp;

/// Sign in
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "sessionBegin",
    description = "The session is a cookie, `__Host-sluice`. What changes something is sent with the header \
        `X-Sluice-CSRF: 1` as well.",
    request_body = SignIn,
    responses(
        (status = 204, description = "They are in"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("open"))),
)]
pub async fn begin(State(app): State<App>, Body(request): Body<SignIn>) -> Result<Response, Failure> {
    let secret = sign_in(&app, request).await?;
    Ok(with_cookie(&format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict")))
}

/// Who calls, and what they may do
#[utoipa::path(
    get,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "session",
    responses(
        (status = 200, description = "Who calls", body = Session),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub async fn current(caller: Caller) -> Json<Session> {
    Json(caller.describe())
}

/// Sign out
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "sessionEnd",
    responses(
        (status = 204, description = "The session has ended"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub async fn end(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let (name, digest) = caller.session()?;
    let name = name.to_owned();
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            sessions::end(&transaction, digest)?;
            audit::append(&transaction, &name, Deed::SignOut, "", "done")?;
            transaction.commit()
        })
        .await?;
    Ok(with_cookie(&format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")))
}

fn with_cookie(cookie: &str) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// Change one's own password
#[utoipa::path(
    put,
    path = "/api/v1/session/password",
    tag = "session",
    operation_id = "sessionPassword",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "It is changed; other sessions of the account have ended"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub async fn password(
    State(app): State<App>,
    caller: Caller,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, Failure> {
    let (name, digest) = caller.session()?;
    let name = name.to_owned();
    let hashed = {
        let (of, PasswordChange { current, new }) = (name.clone(), change);
        prove(&app, &name, current).await?;
        off_thread(move || {
            credentials::refuse_weak(&new, &of)?;
            credentials::hash(&new)
        })
        .await?
    };
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            accounts::set_password(&transaction, &name, &hashed)?;
            sessions::end_all(&transaction, &name, Some(digest))?;
            audit::append(&transaction, &name, Deed::Password, "", "done")?;
            transaction.commit()
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Propose a second factor for one's own account
#[utoipa::path(
    post,
    path = "/api/v1/session/second-factor",
    tag = "session",
    operation_id = "secondFactorPropose",
    description = "It counts from when a code of it has come.",
    request_body = Password,
    responses(
        (status = 200, description = "For an authenticator; it is not shown again", body = SecondFactor),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub async fn second_factor(
    State(app): State<App>,
    caller: Caller,
    Body(given): Body<Password>,
) -> Result<Json<SecondFactor>, Failure> {
    let (name, _) = caller.session()?;
    prove(&app, name, given.password).await?;
    let (name, factor) = (name.to_owned(), credentials::second_factor(name)?);
    let secret = factor.secret.clone();
    app.store().run(move |c| accounts::set_new_secret(c, &name, &secret)).await?;
    Ok(Json(factor))
}

/// Take the proposed second factor, with its first code
#[utoipa::path(
    put,
    path = "/api/v1/session/second-factor",
    tag = "session",
    operation_id = "secondFactorTake",
    request_body = Code,
    responses(
        (status = 204, description = "From now on a code is asked for"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub async fn confirm(State(app): State<App>, caller: Caller, Body(given): Body<Code>) -> Result<StatusCode, Failure> {
    let (name, _) = caller.session()?;
    let wanted = name.to_owned();
    let proposed = app.store().run(move |c| accounts::one(c, &wanted)).await?.and_then(|kept| kept.new_secret);
    let none = || Problem::new(Kind::RequestInvalid, "no second factor is proposed: POST asks for one");
    let step = credentials::step_of(&proposed.ok_or_else(none)?, &given.code, 0, Timestamp::now());
    let wrong = "the code is not that of the proposed second factor: is the clock of the authenticator right?";
    let step = step.ok_or_else(|| Problem::new(Kind::RequestInvalid, wrong))?;
    let name = name.to_owned();
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            accounts::take_new_secret(&transaction, &name, step)?;
            audit::append(&transaction, &name, Deed::SecondFactor, "taken", "done")?;
            transaction.commit()
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
