//! Events: a page, or one.

use super::access::Caller;
use super::extract::{InPath, Params};
use super::failure::Failure;
use crate::app::App;
use crate::store::audit::{self, Deed};
use crate::store::events::{self, show};
use axum::Json;
use axum::extract::State;
use sluice_abi::json::Privacy;
use sluice_api::Permission;
use sluice_api::events::{ClearQuery, Event, EventPage, EventQuery};
use sluice_api::problem::{Kind, Problem};
use sluice_events::Key;

/// A page of events
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "events",
    params(EventQuery),
    responses(
        (status = 200, description = "A page of judged messages", body = EventPage),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("events.read"))),
)]
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<EventQuery>,
) -> Result<Json<EventPage>, Failure> {
    let privacy = allowed(&app, &caller, &query).await?;
    Ok(Json(app.store().read(move |log| events::page(log, &query, privacy)).await?))
}

/// One event
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}",
    tag = "events",
    operation_id = "event",
    params(("id" = u64, Path, description = "Its journal sequence number"), ClearQuery),
    responses(
        (status = 200, description = "The judged message", body = Event),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("events.read"))),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    InPath(id): InPath<u64>,
    Params(query): Params<ClearQuery>,
) -> Result<Json<Event>, Failure> {
    let found = app.store().read(move |log| log.one(id)).await?;
    let not_kept = || Problem::new(Kind::NotFound, format!("event {id} is not kept, or not there yet"));
    let event = found.ok_or_else(not_kept)?;
    let privacy = privacy(&app, &caller, query.clear, &format!("event {id}")).await?;
    Ok(Json(show(&event, privacy)))
}

/// How much the caller sees. Clear text needs its permission, and the row in the audit log comes before the answer:
/// where it cannot be written, nothing is shown.
pub async fn privacy(app: &App, caller: &Caller, clear: Option<bool>, subject: &str) -> Result<Privacy, Failure> {
    if clear != Some(true) {
        return Ok(Privacy::Masked);
    }
    caller.require(Permission::EventsReadClear)?;
    let (who, subject) = (caller.who().to_owned(), subject.to_owned());
    app.store().run(move |c| audit::append(c, &who, Deed::ReadClear, &subject, "done")).await?;
    Ok(Privacy::Clear)
}

/// The same for a query. Who searches texts learns what stands in them, shown or not.
pub async fn allowed(app: &App, caller: &Caller, query: &EventQuery) -> Result<Privacy, Failure> {
    let shown = privacy(app, caller, query.clear.or(query.text.as_ref().map(|_| true)), &described(query)).await?;
    Ok(if query.clear == Some(true) { shown } else { Privacy::Masked })
}

/// A query as the audit log has it: which conditions, and never a subscriber's number or what may be one.
pub fn described(query: &EventQuery) -> String {
    let number = query.number.as_ref().map(|n| sluice_abi::json::masked(n));
    let text = query.text.as_ref().map(|text| format!("{} words", Key::words(text).len()));
    let shown = EventQuery { number, text, clear: None, ..query.clone() };
    serde_json::to_string(&shown).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_has_the_conditions_and_no_subscribers_number() {
        let query = EventQuery {
            number: Some("15550100123".into()),
            rule: Some("r".into()),
            text: Some("code 15550100123".into()),
            clear: Some(true),
            ..EventQuery::default()
        };
        assert_eq!(described(&query), r#"{"rule":"r","number":"1555***0123","text":"2 words"}"#);
    }
}
