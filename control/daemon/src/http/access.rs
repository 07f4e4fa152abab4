//! Who is calling, and may they.
//!
//! Over the Unix socket the kernel says who calls (`SO_PEERCRED`), and the socket's mode says who may. Over TLS a
//! bearer token says both. What an operation demands is read from its description (`x-permission`), so that the
//! document and what is enforced cannot differ; an operation that states nothing is refused.

use super::failure::Failure;
use crate::app::App;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sluice_api::Permission;
use sluice_api::problem::{Kind, Problem};
use std::collections::HashMap;
use std::sync::Arc;
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
    Tls,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    who: Arc<str>,
}

impl Caller {
    /// As the audit log names them.
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Whether they may. At present whoever is let in may do everything: roles will narrow it here.
    pub fn may(&self, _permission: Permission) -> bool {
        true
    }

    /// Refuses those who may not.
    pub fn require(&self, permission: Permission) -> Result<(), Failure> {
        if self.may(permission) {
            return Ok(());
        }
        Err((Kind::PermissionMissing, format!("{} lacks the permission {permission}", self.who)).into())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

/// Finds out who calls, before anything else is done for them.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let who = match request.extensions().get::<Origin>() {
        Some(Origin::Unix { uid }) => Some(format!("uid:{uid}")),
        Some(Origin::Tls) => {
            bearer(request.headers()).and_then(|token| app.tokens().find(token)).map(|name| format!("token:{name}"))
        }
        None => None,
    };
    let Some(who) = who else { return unauthenticated().into_response() };
    request.extensions_mut().insert(Caller { who: who.into() });
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn unauthenticated() -> Failure {
    Failure(Problem::new(Kind::Unauthenticated, "give a token of tokens_file as `Authorization: Bearer TOKEN`"))
}

/// What each operation demands.
#[derive(Clone, Debug)]
pub struct Permissions(Arc<HashMap<(Method, String), Permission>>);

impl Permissions {
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
                if let Some(permission) = stated.and_then(Permission::parse) {
                    all.insert((method, path.clone()), permission);
                }
            }
        }
        Self(Arc::new(all))
    }

    fn demanded(&self, method: &Method, path: &str) -> Option<Permission> {
        // HEAD is answered by the handler of GET.
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned())).copied()
    }
}

/// Refuses callers without the permission an operation demands.
pub async fn authorise(
    State(permissions): State<Permissions>,
    caller: Caller,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let demanded = permissions.demanded(request.method(), path.as_str());
    let unstated = || Failure(Problem::new(Kind::PermissionMissing, "the operation states no permission"));
    caller.require(demanded.ok_or_else(unstated)?)?;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_method() {
        let permissions = Permissions::of(&crate::http::describe());
        let demanded = |method, path| permissions.demanded(&method, path);
        assert_eq!(demanded(Method::POST, "/api/v1/policies"), Some(Permission::PoliciesPush));
        assert_eq!(demanded(Method::GET, "/api/v1/policies"), Some(Permission::PoliciesRead));
        assert_eq!(demanded(Method::HEAD, "/metrics"), Some(Permission::CountersRead));
        let entry = "/api/v1/lists/{list}/entries/{entry}";
        assert_eq!(demanded(Method::PUT, entry), Some(Permission::ListsChange));
        assert_eq!(demanded(Method::DELETE, entry), Some(Permission::ListsChange));
        assert_eq!(demanded(Method::DELETE, "/api/v1/policies"), None);
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
}
