//! Who is calling, and may they.
//!
//! Over the Unix socket the kernel says who calls (`SO_PEERCRED`), and the socket's mode says who may; they are at the
//! machine itself and may do everything. Over TLS it is a bearer token, the cookie of a session, or a certificate that was
//! made a token. What an operation demands is read from its description (`x-permission`), so that the document and what is enforced cannot differ; an
//! operation that states nothing is refused.
//!
//! A browser shows cookie and certificate whoever made it ask. So the cookie is `SameSite=Strict`, and what changes
//! something must also have a header ([`CSRF_HEADER`]) that a page of another site cannot set.

use super::failure::Failure;
use crate::app::App;
use crate::config::Sessions;
use crate::store::roles;
use crate::store::sessions::{self, Digest};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;
use sluice_api::Permission;
use sluice_api::accounts::Session;
use sluice_api::permission::Demand;
use sluice_api::problem::{Kind, Problem};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::OpenApi;

/// By which way a connection came in; every request has one among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The Unix socket, and the user at its other end.
    Unix {
        /// The user's number.
        uid: u32,
    },
    /// TLS.
    Tls {
        /// The certificate at its other end, if there was one; it was checked.
        certificate: Option<Digest>,
    },
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    who: String,
    role: Option<String>,
    permissions: BTreeSet<Permission>,
    shown: Shown,
}

/// What lets them in.
#[derive(Clone, Debug)]
enum Shown {
    /// They are at the machine.
    Local,
    /// A token, or a certificate that is one.
    Token {
        digest: Digest,
        /// A browser shows it with whatever it sends.
        is_certificate: bool,
    },
    /// A session of a person.
    Session { digest: Digest, found: sessions::Found },
}

impl Caller {
    /// A user of the machine.
    fn local(uid: u32) -> Self {
        let permissions = Permission::ALL.iter().copied().collect();
        Self(Arc::new(Inner { who: format!("uid:{uid}"), role: None, permissions, shown: Shown::Local }))
    }

    fn of_role(connection: &Connection, who: String, role: String, shown: Shown) -> rusqlite::Result<Self> {
        let permissions = permissions(connection, &role)?.into_iter().collect();
        Ok(Self(Arc::new(Inner { who, role: Some(role), permissions, shown })))
    }

    /// As the audit log names them.
    pub fn who(&self) -> &str {
        &self.0.who
    }

    /// Whether they may.
    pub fn may(&self, permission: Permission) -> bool {
        self.0.permissions.contains(&permission)
    }

    /// Whether it is a program: somebody who has a token, and is no person.
    pub fn is_program(&self) -> bool {
        matches!(self.0.shown, Shown::Token { .. })
    }

    /// The account and the session of a person.
    pub fn session(&self) -> Result<(&str, Digest), Failure> {
        match &self.0.shown {
            Shown::Session { digest, found } => Ok((&found.account, *digest)),
            _ => Err((Kind::RequestInvalid, "this is for people who have signed in".to_owned()).into()),
        }
    }

    /// Whether a browser sends what lets them in by itself.
    fn is_ambient(&self) -> bool {
        matches!(self.0.shown, Shown::Session { .. } | Shown::Token { is_certificate: true, .. })
    }

    /// Waits until they may no more: what goes on for long ends then. It is no use of a session.
    pub async fn may_no_more(&self, app: &App, permission: Permission) {
        loop {
            tokio::time::sleep(ASK_AGAIN).await;
            if !self.still_may(app, permission).await {
                return;
            }
        }
    }

    async fn still_may(&self, app: &App, permission: Permission) -> bool {
        let (shown, lasts) = (self.0.shown.clone(), app.session_lasts());
        let found = app
            .store()
            .run(move |c| {
                let role = match shown {
                    Shown::Local => return Ok(Permission::ALL.to_vec()),
                    Shown::Token { digest, .. } => sessions::token_of(c, digest)?.map(|token| token.1),
                    Shown::Session { digest, .. } => sessions::session_of(c, digest, lasts)?.map(|found| found.role),
                };
                role.map_or(Ok(Vec::new()), |role| permissions(c, &role))
            })
            .await;
        found.is_ok_and(|found| found.contains(&permission))
    }

    /// What is told of them.
    pub fn describe(&self) -> Session {
        let found = match &self.0.shown {
            Shown::Session { found, .. } => Some(found),
            _ => None,
        };
        Session {
            who: self.0.who.clone(),
            role: self.0.role.clone(),
            permissions: self.0.permissions.iter().copied().collect(),
            until: found.map(|found| found.until),
            second_factor: found.is_some_and(|found| found.second_factor),
        }
    }

    /// Refuses those who may not.
    pub fn require(&self, permission: Permission) -> Result<(), Failure> {
        if self.may(permission) {
            return Ok(());
        }
        Err((Kind::PermissionMissing, format!("{} lacks the permission {permission}", self.who())).into())
    }

    /// Nobody gives, or takes away from somebody, more rights than they have themselves.
    pub fn require_all(&self, permissions: &[Permission]) -> Result<(), Problem> {
        let Some(missing) = permissions.iter().find(|permission| !self.may(**permission)) else { return Ok(()) };
        let detail = format!("{} lacks the permission {missing}, which that role has", self.who());
        Err(Problem::new(Kind::PermissionMissing, detail))
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

/// Finds out who calls, before anything else is done for them. Nobody known may only do what is open to everybody.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let found = match request.extensions().get::<Origin>() {
        Some(Origin::Unix { uid }) => Some(Caller::local(*uid)),
        Some(Origin::Tls { certificate }) => match over_tls(&app, request.headers(), *certificate).await {
            Ok(found) => found,
            Err(problem) => return Failure(problem).into_response(),
        },
        None => None,
    };
    if let Some(caller) = found {
        if caller.is_ambient() && is_cross_site(request.method(), request.headers()) {
            let detail = format!("send the header {CSRF_HEADER}: 1 with what changes something");
            return Failure(Problem::new(Kind::CrossSite, detail)).into_response();
        }
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// What was sent on purpose counts before what a browser sends by itself.
async fn over_tls(app: &App, headers: &HeaderMap, certificate: Option<Digest>) -> Result<Option<Caller>, Problem> {
    let lasts = app.session_lasts();
    let (bearer, cookie) = (bearer(headers).map(Digest::of), cookie(headers).map(Digest::of));
    app.store()
        .run(move |c| match (bearer, cookie, certificate) {
            (Some(token), ..) => of_token(c, token, false),
            (None, Some(session), _) => of_session(c, session, lasts),
            (None, None, Some(certificate)) => of_token(c, certificate, true),
            (None, None, None) => Ok(None),
        })
        .await
}

/// A role that is gone allows nothing.
fn permissions(connection: &Connection, role: &str) -> rusqlite::Result<Vec<Permission>> {
    Ok(roles::one(connection, role)?.map(|role| role.permissions).unwrap_or_default())
}

fn of_token(connection: &Connection, digest: Digest, is_certificate: bool) -> rusqlite::Result<Option<Caller>> {
    let Some((name, role)) = sessions::find_token(connection, digest)? else { return Ok(None) };
    Caller::of_role(connection, format!("token:{name}"), role, Shown::Token { digest, is_certificate }).map(Some)
}

fn of_session(connection: &Connection, digest: Digest, lasts: Sessions) -> rusqlite::Result<Option<Caller>> {
    let Some(found) = sessions::find(connection, digest, lasts)? else { return Ok(None) };
    Caller::of_role(connection, found.account.clone(), found.role.clone(), Shown::Session { digest, found }).map(Some)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|one| one.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Something that changes something, and that a page of another site could have sent.
fn is_cross_site(method: &Method, headers: &HeaderMap) -> bool {
    !matches!(*method, Method::GET | Method::HEAD) && headers.get(CSRF_HEADER).is_none()
}

/// How often somebody who follows events is asked for what lets them in.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// Only this host, only by TLS, for all its paths (draft-ietf-httpbis-rfc6265bis §4.1.3.2).
pub const COOKIE: &str = "__Host-sluice";
/// What a browser's session sends with each change.
pub const CSRF_HEADER: &str = "x-sluice-csrf";

/// Nobody known.
pub fn unauthenticated() -> Failure {
    Failure(Problem::new(Kind::Unauthenticated, "sign in, or give a token as `Authorization: Bearer TOKEN`"))
}

/// What each operation demands.
#[derive(Clone, Debug)]
pub struct Demands(Arc<HashMap<(Method, String), Demand>>);

impl Demands {
    /// As the description states it.
    pub fn of(description: &OpenApi) -> Self {
        let mut all = HashMap::new();
        for (path, item) in &description.paths.paths {
            let methods = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in methods {
                let stated = operation.as_ref().and_then(|o| o.extensions.as_ref()?.get("x-permission")?.as_str());
                if let Some(demand) = stated.and_then(Demand::parse) {
                    all.insert((method, path.clone()), demand);
                }
            }
        }
        Self(Arc::new(all))
    }

    fn demanded(&self, method: &Method, path: &str) -> Option<Demand> {
        // HEAD is answered by the handler of GET.
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned())).copied()
    }
}

/// Refuses callers without what an operation demands.
pub async fn authorise(
    State(demands): State<Demands>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let demanded = demands.demanded(request.method(), path.as_str());
    let unstated = || Failure(Problem::new(Kind::PermissionMissing, "the operation states no permission"));
    let caller = request.extensions().get::<Caller>().ok_or_else(unauthenticated);
    match demanded {
        Some(Demand::Open) => {}
        Some(Demand::SignedIn) => _ = caller?,
        Some(Demand::Permission(permission)) => caller?.require(permission)?,
        // Who is not known learns nothing of the paths there are.
        None => return Err(caller.err().unwrap_or_else(unstated)),
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_method() {
        let demands = Demands::of(&crate::http::describe());
        let demanded = |method, path| demands.demanded(&method, path);
        assert_eq!(demanded(Method::POST, "/api/v1/policies"), Some(Demand::Permission(Permission::PoliciesPush)));
        assert_eq!(demanded(Method::GET, "/api/v1/policies"), Some(Demand::Permission(Permission::PoliciesRead)));
        assert_eq!(demanded(Method::HEAD, "/metrics"), Some(Demand::Permission(Permission::CountersRead)));
        let entry = "/api/v1/lists/{list}/entries/{entry}";
        assert_eq!(demanded(Method::PUT, entry), Some(Demand::Permission(Permission::ListsChange)));
        assert_eq!(demanded(Method::DELETE, entry), Some(Demand::Permission(Permission::ListsChange)));
        assert_eq!(demanded(Method::DELETE, "/api/v1/policies"), None);
        assert_eq!(demanded(Method::POST, "/api/v1/session"), Some(Demand::Open));
        assert_eq!(demanded(Method::DELETE, "/api/v1/session"), Some(Demand::SignedIn));
    }

    #[test]
    fn only_a_bearer_token_is_taken_from_the_header() {
        let token = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(token("Bearer abc"), Some("abc".into()));
        assert_eq!(token("bearer  abc"), Some("abc".into()));
        assert_eq!(token("Basic abc"), None);
        assert_eq!(token("abc"), None);
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let cookie = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, value.parse().unwrap());
            cookie(&headers).map(str::to_owned)
        };
        assert_eq!(cookie("__Host-sluice=abc"), Some("abc".into()));
        assert_eq!(cookie("a=b; __Host-sluice=abc;c=d"), Some("abc".into()));
        assert_eq!(cookie("sluice=abc; x__Host-sluice=abc; __Host-sluice2=abc"), None);
    }
}
