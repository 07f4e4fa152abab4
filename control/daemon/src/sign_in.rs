//! Signing in with a password, and with a code where the account has a second factor.
//!
//! One attempt at a time: it costs 19 MiB and some 50 ms, and several at once would get past the limit of attempts.
//! Whoever is refused does not learn whether the account exists, is locked or disabled: all that is the same answer,
//! after the same work. What is refused before anything was compared is written to the audit log once a minute with its
//! number, and names that no account has never: people type passwords there.

use crate::app::App;
use crate::credentials;
use crate::http::off_thread;
use crate::store::accounts::{self, Kept};
use crate::store::audit::{self, Deed};
use crate::store::sessions::{self, Digest};
use sluice_api::accounts::SignIn;
use sluice_api::problem::{Kind, Problem};
use sluice_api::time::Timestamp;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What attempts have in common.
#[derive(Default)]
pub struct Attempts {
    turn: Mutex<()>,
    closed: std::sync::Mutex<Closed>,
}

/// Attempts with names that no account has, or one with which nobody comes in now.
#[derive(Default)]
struct Closed {
    count: u64,
    told: Option<Instant>,
}

impl Attempts {
    /// How many there were since they were last told of, if it is time to tell.
    fn closed_to_tell(&self) -> Option<u64> {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.count += 1;
        if closed.told.is_some_and(|told| told.elapsed() < CLOSED_EVERY) {
            return None;
        }
        closed.told = Some(Instant::now());
        Some(std::mem::take(&mut closed.count))
    }
}

/// Lets somebody in, and gives the secret of their session.
///
/// # Errors
/// They are refused, or the store does not work.
pub async fn sign_in(app: &App, request: SignIn) -> Result<String, Problem> {
    let _turn = app.attempts().turn.lock().await;
    let name = request.name.clone();
    let kept = app.store().run(move |c| accounts::one(c, &name)).await?;
    let kept_password = kept.as_ref().map(|kept| kept.password.clone());
    let password = request.password.clone();
    let is_right = off_thread(move || Ok(credentials::verify(&password, kept_password.as_deref()))).await?;
    let Some(kept) = kept.filter(|kept| !kept.account.disabled && kept.account.locked_until.is_none()) else {
        return Err(closed(app).await);
    };
    match judge(&kept, is_right, request.code.as_deref()) {
        Ok(step) => begin(app, kept.account.name, step).await,
        Err(Refusal::CodeNeeded) => Err(Problem::new(Kind::CodeNeeded, "give what the authenticator shows as `code`")),
        Err(Refusal::Wrong(what)) => Err(wrong(app, kept.account.name, what).await?),
    }
}

/// Whoever has a session of this account knows its password as well.
///
/// # Errors
/// They do not, or the store does not work. After too many attempts the account is locked, and its sessions end.
pub async fn prove(app: &App, name: &str, password: String) -> Result<(), Problem> {
    let _turn = app.attempts().turn.lock().await;
    let wanted = name.to_owned();
    let kept = app.store().run(move |c| accounts::one(c, &wanted)).await?.map(|kept| kept.password);
    if off_thread(move || Ok(credentials::verify(&password, kept.as_deref()))).await? {
        return Ok(());
    }
    wrong(app, name.to_owned(), "wrong password").await?;
    Err(Problem::new(Kind::RequestInvalid, "the present password is another one"))
}

enum Refusal {
    /// The password is right, and a code is needed too.
    CodeNeeded,
    /// This was wrong.
    Wrong(&'static str),
}

/// The step of the code, if there is a second factor.
fn judge(kept: &Kept, password_is_right: bool, code: Option<&str>) -> Result<Option<u64>, Refusal> {
    if !password_is_right {
        return Err(Refusal::Wrong("wrong password"));
    }
    let Some(secret) = &kept.secret else { return Ok(None) };
    let code = code.ok_or(Refusal::CodeNeeded)?;
    let step = credentials::step_of(secret, code, kept.step, Timestamp::now());
    step.map(Some).ok_or(Refusal::Wrong("wrong code"))
}

async fn begin(app: &App, name: String, step: Option<u64>) -> Result<String, Problem> {
    let secret = credentials::random("session")?;
    let (digest, lasts) = (Digest::of(&secret), app.session_lasts());
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            accounts::came_in(&transaction, &name, step)?;
            sessions::begin(&transaction, digest, &name, lasts)?;
            audit::append(&transaction, &name, Deed::SignIn, "", "done")?;
            transaction.commit()
        })
        .await?;
    Ok(secret)
}

async fn wrong(app: &App, name: String, what: &'static str) -> Result<Problem, Problem> {
    let until = Timestamp::from_ns(Timestamp::now().as_ns() + LOCKED_NS);
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            let is_locked = accounts::failed(&transaction, &name, ATTEMPTS_MAX, until)?;
            if is_locked {
                sessions::end_all(&transaction, &name, None)?;
            }
            let locked = if is_locked { ", locked for 15 minutes" } else { "" };
            audit::append(&transaction, &name, Deed::SignIn, "", &format!("refused: {what}{locked}"))?;
            transaction.commit()
        })
        .await?;
    Ok(refused())
}

async fn closed(app: &App) -> Problem {
    let Some(count) = app.attempts().closed_to_tell() else { return refused() };
    let outcome = format!("refused: no such account, or locked or disabled, {count} times");
    let written = app.store().run(move |c| audit::append(c, "daemon", Deed::SignIn, "", &outcome)).await;
    written.err().unwrap_or_else(refused)
}

fn refused() -> Problem {
    Problem::new(
        Kind::SignInRefused,
        "after five wrong attempts an account is locked for 15 minutes; an administrator can unlock it",
    )
}

/// Wrong attempts in a row, after which an account is locked.
const ATTEMPTS_MAX: u32 = 5;
const LOCKED_NS: u64 = 15 * 60 * 1_000_000_000;
/// How often attempts that nothing was compared with are told of.
const CLOSED_EVERY: Duration = Duration::from_secs(60);
