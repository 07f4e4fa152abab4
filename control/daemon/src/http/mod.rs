//! The API's routes: one registration gives the route, its description and the permission it demands.
//!
//! What a request passes through, from outside in: who is calling ([`access`]), may they ([`access::Demands`]), limits
//! of time and body, handler. Every failure on the way is a problem with a stable type.

pub mod access;
mod accounts;
mod audit;
mod change;
pub mod console;
mod counters;
mod description;
mod events;
mod export;
mod extract;
mod failure;
mod lists;
mod machine;
mod policies;
mod proposals;
pub mod rules;
mod session;
mod shadow;
mod status;
mod stream;
mod trace;
mod traffic;

use crate::app::App;
pub(crate) use change::pending_lists;

use access::{Caller, Demands};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Router, middleware};
use failure::Failure;
use hyper::body::Body as _;
pub use policies::off_thread;
use sluice_api::policies::POLICY_OCTETS_MAX;
use sluice_api::problem::{Kind, Problem};
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What a request may take.
#[derive(Clone, Copy)]
struct Limits {
    body_octets_max: usize,
    /// The answer must have begun within this time.
    time_max: Duration,
}

/// Of most requests.
const USUAL: Limits = Limits { body_octets_max: 1 << 20, time_max: Duration::from_secs(30) };
/// Of requests that bring a policy: its lists must arrive and be compiled.
const POLICIES: Limits = Limits { body_octets_max: POLICY_OCTETS_MAX, time_max: Duration::from_secs(300) };

/// Routes and description.
fn routes() -> OpenApiRouter<App> {
    let usual = OpenApiRouter::with_openapi(description::head())
        .routes(routes!(status::status))
        .routes(routes!(counters::counters))
        .routes(routes!(counters::metrics))
        .routes(routes!(traffic::traffic))
        .routes(routes!(events::page))
        .routes(routes!(events::one))
        .routes(routes!(stream::stream))
        .routes(routes!(export::export))
        .routes(routes!(change::rollback))
        .routes(routes!(shadow::shadow))
        .routes(routes!(policies::current))
        .routes(routes!(proposals::list))
        .routes(routes!(proposals::one, proposals::reject))
        .routes(routes!(policies::one))
        .routes(routes!(policies::diff))
        .routes(routes!(rules::rules))
        .routes(routes!(rules::scenarios))
        .routes(routes!(rules::networks))
        .routes(routes!(lists::lists))
        .routes(routes!(lists::entries))
        .routes(routes!(lists::put, lists::remove))
        .routes(routes!(trace::trace))
        .routes(routes!(machine::events))
        .routes(routes!(machine::conditions))
        .routes(routes!(audit::page))
        .routes(routes!(audit::check))
        .routes(routes!(audit::export))
        .routes(routes!(session::begin, session::current, session::end))
        .routes(routes!(session::password))
        .routes(routes!(session::second_factor, session::confirm))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::put, accounts::remove))
        .routes(routes!(accounts::roles))
        .routes(routes!(accounts::put_role, accounts::remove_role))
        .routes(routes!(accounts::tokens))
        .routes(routes!(accounts::make_token, accounts::revoke_token))
        .routes(routes!(description::description));
    let with_policies = OpenApiRouter::new()
        .routes(routes!(policies::list, change::push))
        .routes(routes!(policies::check))
        .routes(routes!(policies::diff_files))
        .routes(routes!(proposals::propose))
        .routes(routes!(proposals::approve))
        .routes(routes!(shadow::backtest));
    limited(usual, USUAL).merge(limited(with_policies, POLICIES))
}

fn limited(router: OpenApiRouter<App>, limits: Limits) -> OpenApiRouter<App> {
    let body = DefaultBodyLimit::max(limits.body_octets_max);
    router.layer(body).layer(middleware::from_fn_with_state(limits, limit))
}

/// The description of the API, as `openapi.json` has it.
pub fn describe() -> OpenApi {
    routes().into_openapi()
}

/// Everything that answers.
pub fn router(app: App) -> Router {
    let (router, description) = routes().split_for_parts();
    let demands = Demands::of(&description);
    router
        .route_layer(middleware::from_fn_with_state(demands, access::authorise))
        // Who is not known learns nothing of the paths there are.
        .method_not_allowed_fallback(async |_: Caller| {
            problem(Kind::MethodNotAllowed, "see openapi.json for the methods")
        })
        .fallback(beyond)
        .layer(middleware::from_fn_with_state(app.clone(), access::authenticate))
        .layer(middleware::map_response(harden))
        .with_state(app)
}

/// Paths that no route has: the console's, or none.
async fn beyond(State(app): State<App>, caller: Result<Caller, Failure>, request: Request) -> Response {
    if let Some(answer) = app.console().answer(request.method(), request.uri().path(), request.headers()) {
        return answer;
    }
    match caller {
        Ok(_) => problem(Kind::NotFound, "no such path: see openapi.json for those there are"),
        Err(unknown) => unknown.into_response(),
    }
}

/// What browsers are to make of answers (OWASP ASVS 5.0 §3.4): nothing but what they say they are, in no frame, in no
/// cache.
async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HARDENING {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

const HARDENING: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
];

/// Ends what takes too long. A body that says beforehand that it is too long is not waited for, and of those that may be
/// long there is one at a time: two policies of ten million entries are more than a small machine has room for.
async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    static LONG: Semaphore = Semaphore::const_new(1);
    let size = request.body().size_hint();
    if size.lower() > limits.body_octets_max as u64 {
        return problem(Kind::TooLarge, &format!("a body has at most {} MiB here", limits.body_octets_max >> 20));
    }
    let is_long = size.upper().is_none_or(|octets| octets > LONG_OCTETS_MIN);
    let answer = async {
        // Never closed, so that there is always a turn to wait for.
        let _turn = if is_long { LONG.acquire().await.ok() } else { None };
        next.run(request).await
    };
    match tokio::time::timeout(limits.time_max, answer).await {
        Ok(response) => response,
        Err(_) => problem(Kind::RequestTimeout, "the request did not come, or was not answered, in time"),
    }
}

/// Bodies from this length on come one at a time, and those that do not say theirs.
const LONG_OCTETS_MIN: u64 = 16 << 20;

fn problem(kind: Kind, detail: &str) -> Response {
    Failure(Problem::new(kind, detail)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_api::permission::Demand;

    #[test]
    fn every_operation_demands_a_permission_and_names_its_problems() {
        let description = serde_json::to_value(describe()).unwrap();
        let mut operations = 0;
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let demand = operation["x-permission"].as_str().and_then(Demand::parse);
                assert!(demand.is_some(), "{method} {path} does not say what it demands");
                assert!(operation["responses"]["default"].is_object(), "{method} {path} names no problem");
                assert!(path == "/metrics" || path.starts_with(sluice_api::PREFIX), "{path}");
                operations += 1;
            }
        }
        assert_eq!(operations, 52);
    }

    #[test]
    fn the_description_is_the_one_checked_in() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/openapi.json");
        let now = describe().to_pretty_json().unwrap() + "\n";
        if std::env::var_os("SLUICE_BLESS").is_some() {
            std::fs::write(&file, &now).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == now, "the routes have changed: look at the difference after running with SLUICE_BLESS=1");
    }
}
