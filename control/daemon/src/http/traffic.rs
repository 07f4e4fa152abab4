//! What has passed, by what people ask about.

use super::extract::Params;
use super::failure::Failure;
use crate::app::App;
use crate::store::traffic::{self, Span};
use axum::Json;
use axum::extract::State;
use sluice_api::Timestamp;
use sluice_api::problem::{Kind, Problem};
use sluice_api::traffic::{STEPS_MAX, Traffic, TrafficQuery};

/// Messages by rule, operation, class or network, over time
#[utoipa::path(
    get,
    path = "/api/v1/traffic",
    tag = "counters",
    operation_id = "traffic",
    params(TrafficQuery),
    responses(
        (status = 200, description = "The values with the most messages", body = Traffic),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("counters.read"))),
)]
pub async fn traffic(State(app): State<App>, Params(query): Params<TrafficQuery>) -> Result<Json<Traffic>, Failure> {
    let now = Timestamp::now();
    if query.step.is_some() && Span::of(&query, now).steps() > STEPS_MAX {
        let detail = format!("an answer has at most {STEPS_MAX} steps: ask for less time, or for hours");
        return Err(Problem::new(Kind::RequestInvalid, detail).into());
    }
    Ok(Json(app.store().run(move |c| traffic::get(c, &query, now)).await?))
}
