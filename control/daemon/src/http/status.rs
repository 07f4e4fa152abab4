//! How the appliance is.

use super::failure::Failure;
use crate::app::App;
use crate::store::policies;
use axum::Json;
use axum::extract::State;
use sluice_api::Problem;
use sluice_api::status::{Agreement, Daemon, Dataplane, Journal, PolicyInForce, Status, Store};

/// How daemon, dataplane, policy, journal and store are
#[utoipa::path(
    get,
    path = "/api/v1/status",
    tag = "status",
    operation_id = "status",
    responses(
        (status = 200, description = "How everything is, also while the dataplane does not answer", body = Status),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("status.read"))),
)]
pub async fn status(State(app): State<App>) -> Result<Json<Status>, Failure> {
    let answer = app.ask_dataplane().await;
    let in_force = answer.as_ref().ok().map(|r| r.version);
    let (newest, known) = app
        .store()
        .run(move |c| {
            let known = in_force.map(|v| policies::one(c, v)).transpose()?.flatten().is_some();
            Ok((policies::newest_taken(c)?, known))
        })
        .await?;
    let kept = app.store().log().span();
    let (progress, written) = (app.progress(), app.journal_written().await);
    Ok(Json(Status {
        daemon: Daemon {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            started: app.started(),
        },
        policy: PolicyInForce {
            in_force: in_force.filter(|v| *v > 0),
            newest,
            agreement: agreement(in_force, newest, known),
            watch: app.watch(),
        },
        dataplane: match answer {
            Ok(report) => Dataplane { reachable: true, error: None, report: report.details },
            Err(problem) => Dataplane { reachable: false, error: Some(problem.detail), report: None },
        },
        journal: Journal {
            written,
            stored: progress.next,
            lag: written.map_or(0, |w| w.saturating_sub(progress.next)),
            lost: progress.lost,
            error: progress.error.clone(),
        },
        store: Store {
            first: kept.map(|span| span.first),
            last: kept.map(|span| span.last),
            events: app.store().log().count(),
            bytes: app.store().size(),
            error: app.store().log().trouble(),
        },
    }))
}

fn agreement(in_force: Option<u64>, newest: Option<u64>, known: bool) -> Agreement {
    match (in_force, newest) {
        (None, _) => Agreement::Unknown,
        (Some(0), None) => Agreement::Same,
        (Some(0), Some(_)) => Agreement::Missing,
        (Some(v), Some(newest)) if v == newest => Agreement::Same,
        (Some(_), _) if known => Agreement::Earlier,
        (Some(_), _) => Agreement::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policies_of_dataplane_and_store_are_compared() {
        assert_eq!(agreement(None, Some(3), false), Agreement::Unknown);
        assert_eq!(agreement(Some(0), None, false), Agreement::Same);
        assert_eq!(agreement(Some(0), Some(3), false), Agreement::Missing);
        assert_eq!(agreement(Some(3), Some(3), true), Agreement::Same);
        assert_eq!(agreement(Some(2), Some(3), true), Agreement::Earlier);
        assert_eq!(agreement(Some(9), Some(3), false), Agreement::Foreign);
        assert_eq!(agreement(Some(9), None, false), Agreement::Foreign);
    }
}
