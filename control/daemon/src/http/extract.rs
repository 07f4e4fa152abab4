//! Bodies, queries and paths whose refusal is a problem of this API.

use super::failure::Failure;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query};
use sluice_api::problem::{Kind, Problem};

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Failure))]
pub struct Body<T>(pub T);

/// The query after `?`.
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Failure))]
pub struct Params<T>(pub T);

/// What stands in the path's braces.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Failure))]
pub struct InPath<T>(pub T);

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        let kind = match rejection.status().as_u16() {
            413 => Kind::TooLarge,
            415 => Kind::MediaTypeUnsupported,
            _ => Kind::RequestInvalid,
        };
        Self(Problem::new(kind, rejection.body_text()))
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Self {
        Self(Problem::new(Kind::RequestInvalid, rejection.body_text()))
    }
}

impl From<PathRejection> for Failure {
    fn from(rejection: PathRejection) -> Self {
        Self(Problem::new(Kind::RequestInvalid, rejection.body_text()))
    }
}
