//! The description of the API: its head, and the document itself.

use super::failure::Failure;
use axum::response::{IntoResponse as _, Response};
use sluice_api::Problem;
use std::sync::LazyLock;
use utoipa::openapi::{ContactBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder};

/// Title, version and licence; no paths yet.
pub fn head() -> OpenApi {
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".into());
    let info = InfoBuilder::new()
        .title("Sluice control API")
        // Of the API, not of the release: paths under /api/v1 stay as they are within it.
        .version("1")
        .description(Some(
            "Status, counters, events, policies and audit of one appliance. Over the daemon's Unix socket, or over \
             TLS 1.3 with a session or a bearer token. Every failure is a problem (RFC 9457) of a stable type.",
        ))
        .license(Some(license))
        .contact(Some(ContactBuilder::new().name(Some("Sluice")).build()))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// This document
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "description",
    operation_id = "description",
    responses(
        (status = 200, description = "OpenAPI 3.1", body = Object),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("description.read"))),
)]
pub async fn description() -> Result<Response, Failure> {
    static TEXT: LazyLock<Option<String>> = LazyLock::new(|| super::describe().to_json().ok());
    let text = TEXT.as_deref().ok_or_else(|| Problem::new(sluice_api::Kind::Internal, "no description"))?;
    Ok(([("content-type", "application/json")], text).into_response())
}
