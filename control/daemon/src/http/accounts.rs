//! Accounts, roles and tokens, for those who look after them.

use super::access::Caller;
use super::extract::{Body, InPath};
use super::failure::Failure;
use super::off_thread;
use crate::app::App;
use crate::credentials;
use crate::store::audit::{self, Deed};
use crate::store::sessions::{self, Digest};
use crate::store::{accounts, roles};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::Connection;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sluice_api::accounts::{
    Account, AccountPut, Accounts, BUILT_IN, Role, RolePut, Roles, Token, TokenMade, TokenPut, Tokens, is_name,
};
use sluice_api::problem::{Kind, Problem};
use sluice_api::time::Timestamp;

/// The accounts
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    tag = "accounts",
    operation_id = "accounts",
    responses(
        (status = 200, description = "All of them", body = Accounts),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.read"))),
)]
pub async fn list(State(app): State<App>) -> Result<Json<Accounts>, Failure> {
    Ok(Json(Accounts { accounts: app.store().run(|c| accounts::all(c)).await? }))
}

/// Make an account, or change it
#[utoipa::path(
    put,
    path = "/api/v1/accounts/{name}",
    tag = "accounts",
    operation_id = "accountPut",
    params(("name" = String, Path, description = "Its name")),
    request_body = AccountPut,
    responses(
        (status = 200, description = "The account as it is now", body = Account),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.change"))),
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    InPath(name): InPath<String>,
    Body(put): Body<AccountPut>,
) -> Result<Json<Account>, Failure> {
    refuse_name(&name)?;
    let password = hashed(&name, put.password.clone()).await?;
    let who = caller.who().to_owned();
    let change = move |c: &Connection| {
        let before = accounts::one(c, &name)?;
        if let Err(problem) = may_put(c, &caller, before.as_ref().map(|kept| kept.account.role.as_str()), &put)? {
            return Ok(Err(problem));
        }
        match (&before, &put.role, &password) {
            (None, Some(role), Some(password)) => accounts::add(c, &name, role, password)?,
            (None, ..) => {
                return Ok(Err(Problem::new(Kind::RequestInvalid, "a new account needs a role and a password")));
            }
            (Some(_), role, password) => {
                role.as_ref().map_or(Ok(()), |role| accounts::set_role(c, &name, role))?;
                password.as_ref().map_or(Ok(()), |password| accounts::set_password(c, &name, password))?;
            }
        }
        put.disabled.map_or(Ok(()), |disabled| accounts::set_disabled(c, &name, disabled))?;
        if put.unlock {
            accounts::unlock(c, &name)?;
        }
        if put.remove_second_factor {
            accounts::remove_secret(c, &name)?;
        }
        if password.is_some() || put.disabled == Some(true) {
            sessions::end_all(c, &name, None)?;
        }
        audit::append(c, &who, Deed::AccountPut, &format!("{name}: {}", described(before.is_none(), &put)), "done")?;
        Ok(accounts::one(c, &name)?.map(|kept| kept.account).ok_or_else(|| gone(&name)))
    };
    Ok(Json(in_turn(&app, change).await?))
}

async fn hashed(name: &str, password: Option<String>) -> Result<Option<String>, Problem> {
    let Some(password) = password else { return Ok(None) };
    let name = name.to_owned();
    off_thread(move || {
        credentials::refuse_weak(&password, &name)?;
        credentials::hash(&password).map(Some)
    })
    .await
}

/// What was changed, as the audit log has it.
fn described(is_new: bool, put: &AccountPut) -> String {
    let mut parts = Vec::new();
    parts.extend(is_new.then(|| "new".to_owned()));
    parts.extend(put.role.as_ref().map(|role| format!("role {role}")));
    parts.extend(put.password.as_ref().filter(|_| !is_new).map(|_| "password".to_owned()));
    parts.extend(put.disabled.map(|disabled| if disabled { "disabled" } else { "allowed again" }.to_owned()));
    parts.extend(put.unlock.then(|| "unlocked".to_owned()));
    parts.extend(put.remove_second_factor.then(|| "second factor removed".to_owned()));
    parts.join(", ")
}

/// Neither the role it had nor the one it gets may allow more than the caller may.
fn may_put(
    connection: &Connection,
    caller: &Caller,
    before: Option<&str>,
    put: &AccountPut,
) -> rusqlite::Result<Result<(), Problem>> {
    if let Some(problem) =
        before.map(|role| of_no_more_rights(connection, caller, role)).transpose()?.and_then(Result::err)
    {
        return Ok(Err(problem));
    }
    put.role.as_deref().map_or(Ok(Ok(())), |role| may_give(connection, caller, role))
}

/// A role that is gone allows nothing.
fn of_no_more_rights(connection: &Connection, caller: &Caller, role: &str) -> rusqlite::Result<Result<(), Problem>> {
    let permissions = roles::one(connection, role)?.map(|role| role.permissions).unwrap_or_default();
    Ok(caller.require_all(&permissions))
}

fn may_give(connection: &Connection, caller: &Caller, role: &str) -> rusqlite::Result<Result<(), Problem>> {
    let Some(found) = roles::one(connection, role)? else {
        let names: Vec<String> = roles::all(connection)?.into_iter().map(|role| role.name).collect();
        let detail = format!("there is no role {role}; there are {}", names.join(", "));
        return Ok(Err(Problem::new(Kind::RequestInvalid, detail)));
    };
    Ok(caller.require_all(&found.permissions))
}

/// Remove an account
#[utoipa::path(
    delete,
    path = "/api/v1/accounts/{name}",
    tag = "accounts",
    operation_id = "accountRemove",
    params(("name" = String, Path, description = "Its name")),
    responses(
        (status = 204, description = "It is gone, and its sessions have ended"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.change"))),
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    InPath(name): InPath<String>,
) -> Result<StatusCode, Failure> {
    let change = move |c: &Connection| {
        let Some(kept) = accounts::one(c, &name)? else { return Ok(Err(gone(&name))) };
        if let Err(problem) = of_no_more_rights(c, &caller, &kept.account.role)? {
            return Ok(Err(problem));
        }
        accounts::remove(c, &name)?;
        audit::append(c, caller.who(), Deed::AccountRemove, &name, "done").map(Ok)
    };
    in_turn(&app, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The roles
#[utoipa::path(
    get,
    path = "/api/v1/roles",
    tag = "accounts",
    operation_id = "roles",
    responses(
        (status = 200, description = "All of them", body = Roles),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.read"))),
)]
pub async fn roles(State(app): State<App>) -> Result<Json<Roles>, Failure> {
    Ok(Json(Roles { roles: app.store().run(|c| roles::all(c)).await? }))
}

/// Make a role, or change it
#[utoipa::path(
    put,
    path = "/api/v1/roles/{name}",
    tag = "accounts",
    operation_id = "rolePut",
    params(("name" = String, Path, description = "Its name")),
    request_body = RolePut,
    responses(
        (status = 200, description = "The role as it is now", body = Role),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.change"))),
)]
pub async fn put_role(
    State(app): State<App>,
    caller: Caller,
    InPath(name): InPath<String>,
    Body(put): Body<RolePut>,
) -> Result<Json<Role>, Failure> {
    refuse_name(&name)?;
    refuse_built_in(&name)?;
    if put.help.chars().count() > HELP_CHARACTERS_MAX {
        return Err((Kind::RequestInvalid, format!("help has at most {HELP_CHARACTERS_MAX} characters")).into());
    }
    caller.require_all(&put.permissions)?;
    let change = move |c: &Connection| {
        if let Err(problem) = of_no_more_rights(c, &caller, &name)? {
            return Ok(Err(problem));
        }
        roles::put(c, &name, &put.help, &put.permissions)?;
        let names: Vec<&str> = put.permissions.iter().map(|permission| permission.name()).collect();
        audit::append(c, caller.who(), Deed::RolePut, &format!("{name}: {}", names.join(" ")), "done")?;
        Ok(roles::one(c, &name)?.ok_or_else(|| gone(&name)))
    };
    Ok(Json(in_turn(&app, change).await?))
}

/// Remove a role
#[utoipa::path(
    delete,
    path = "/api/v1/roles/{name}",
    tag = "accounts",
    operation_id = "roleRemove",
    params(("name" = String, Path, description = "Its name")),
    responses(
        (status = 204, description = "It is gone"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.change"))),
)]
pub async fn remove_role(
    State(app): State<App>,
    caller: Caller,
    InPath(name): InPath<String>,
) -> Result<StatusCode, Failure> {
    refuse_built_in(&name)?;
    let change = move |c: &Connection| {
        if let Err(problem) = of_no_more_rights(c, &caller, &name)? {
            return Ok(Err(problem));
        }
        if accounts::have_role(c, &name)? {
            return Ok(Err(Problem::new(
                Kind::InUse,
                "accounts or tokens have this role: give them another one first",
            )));
        }
        if !roles::remove(c, &name)? {
            return Ok(Err(gone(&name)));
        }
        audit::append(c, caller.who(), Deed::RoleRemove, &name, "done").map(Ok)
    };
    in_turn(&app, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refuse_built_in(name: &str) -> Result<(), Failure> {
    if BUILT_IN.iter().any(|role| role.name == name) {
        return Err((Kind::RequestInvalid, format!("{name} comes with Sluice and stays as it is")).into());
    }
    Ok(())
}

/// The tokens
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "accounts",
    operation_id = "tokens",
    responses(
        (status = 200, description = "All of them, without what they are", body = Tokens),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.read"))),
)]
pub async fn tokens(State(app): State<App>) -> Result<Json<Tokens>, Failure> {
    Ok(Json(Tokens { tokens: app.store().run(|c| sessions::tokens(c)).await? }))
}

/// Make a token
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{name}",
    tag = "accounts",
    operation_id = "tokenMake",
    params(("name" = String, Path, description = "Its name; there must be none of this name yet")),
    request_body = TokenPut,
    responses(
        (status = 200, description = "The token; it is not shown again", body = TokenMade),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.change"))),
)]
pub async fn make_token(
    State(app): State<App>,
    caller: Caller,
    InPath(name): InPath<String>,
    Body(put): Body<TokenPut>,
) -> Result<Json<TokenMade>, Failure> {
    refuse_name(&name)?;
    if put.until.is_some_and(|until| until <= Timestamp::now()) {
        return Err((Kind::RequestInvalid, "until is in the past".to_owned()).into());
    }
    let (digest, token) = match &put.certificate {
        Some(pem) => (of_certificate(pem)?, None),
        None => {
            let token = credentials::random("sluice")?;
            (Digest::of(&token), Some(token))
        }
    };
    let made = TokenMade { name: name.clone(), token };
    let change = move |c: &Connection| {
        if let Err(problem) = may_give(c, &caller, &put.role)? {
            return Ok(Err(problem));
        }
        if sessions::one_token(c, &name)?.is_some() {
            let detail = format!("there is a token {name} already: revoke it first, or choose another name");
            return Ok(Err(Problem::new(Kind::InUse, detail)));
        }
        if sessions::has_token(c, digest)? {
            return Ok(Err(Problem::new(Kind::InUse, "that certificate is a token already, under another name")));
        }
        let (who, created) = (caller.who().to_owned(), Timestamp::now());
        let token = Token { name, role: put.role, who, created, until: put.until, seen: None };
        sessions::add_token(c, &token, digest)?;
        let subject = format!("{}: role {}", token.name, token.role);
        audit::append(c, caller.who(), Deed::TokenMake, &subject, "done").map(Ok)
    };
    in_turn(&app, change).await?;
    Ok(Json(made))
}

fn of_certificate(pem: &str) -> Result<Digest, Problem> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
    let certificate = certificate.map_err(|e| Problem::new(Kind::RequestInvalid, format!("certificate: {e}")))?;
    Ok(Digest::of(&certificate))
}

/// Revoke a token
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{name}",
    tag = "accounts",
    operation_id = "tokenRevoke",
    params(("name" = String, Path, description = "Its name")),
    responses(
        (status = 204, description = "It is worth nothing any more"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("accounts.change"))),
)]
pub async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    InPath(name): InPath<String>,
) -> Result<StatusCode, Failure> {
    let change = move |c: &Connection| {
        let Some(token) = sessions::one_token(c, &name)? else { return Ok(Err(gone(&name))) };
        if let Err(problem) = of_no_more_rights(c, &caller, &token.role)? {
            return Ok(Err(problem));
        }
        sessions::remove_token(c, &name)?;
        audit::append(c, caller.who(), Deed::TokenRemove, &name, "done").map(Ok)
    };
    in_turn(&app, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn gone(name: &str) -> Problem {
    Problem::new(Kind::NotFound, format!("there is no {name}"))
}

fn refuse_name(name: &str) -> Result<(), Failure> {
    if is_name(name) {
        return Ok(());
    }
    let expected = "a name has up to 64 lower-case letters, digits, `.`, `_` and `-`, a letter first";
    Err((Kind::RequestInvalid, expected.to_owned()).into())
}

/// All of it or nothing, and nobody in between: what was looked at still holds when it is changed.
async fn in_turn<T: Send + 'static>(
    app: &App,
    change: impl FnOnce(&Connection) -> rusqlite::Result<Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    app.store()
        .run(move |c| {
            let transaction = c.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let changed = change(&transaction)?;
            if changed.is_ok() {
                transaction.commit()?;
            }
            Ok(changed)
        })
        .await?
}

const HELP_CHARACTERS_MAX: usize = 200;
