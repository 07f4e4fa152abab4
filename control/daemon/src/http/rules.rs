//! What the policy in force consists of, with what it has lately done.

use super::failure::Failure;
use super::policies::{current_version, kept, off_thread};
use crate::app::App;
use crate::policy::overview;
use crate::store::traffic;
use axum::Json;
use axum::extract::State;
use sluice_api::Timestamp;
use sluice_api::problem::Problem;
use sluice_api::rules::{Came, Matches, Network, Networks, Rule, Rules, Scenario, ScenarioSetting, Scenarios};
use sluice_api::traffic::{By, TrafficQuery};
use sluice_policy::{NetworkInfo, Overview, RuleInfo, ScenarioInUse};
use std::collections::HashMap;
use std::sync::Arc;

/// The rules of the policy in force
#[utoipa::path(
    get,
    path = "/api/v1/rules",
    tag = "policies",
    operation_id = "rules",
    responses(
        (status = 200, description = "The rules, with what they have lately found", body = Rules),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn rules(State(app): State<App>) -> Result<Json<Rules>, Failure> {
    Ok(Json(rules_of(&app).await?))
}

/// The same for whoever asks within.
///
/// # Errors
/// There is no policy; the store cannot be read.
pub async fn rules_of(app: &App) -> Result<Rules, Problem> {
    let (version, known) = known(app).await?;
    let [hour, day] = lately(app, By::Rule, By::Shadow).await?;
    let rule = |rule: &RuleInfo| Rule {
        id: rule.id.clone(),
        scenario: rule.scenario.map(str::to_owned),
        level: rule.level,
        trigger: rule.trigger.clone(),
        mode: rule.mode.to_owned(),
        action: rule.action.clone(),
        when: rule.when.clone(),
        owner: rule.owner.clone(),
        comment: rule.comment.clone(),
        hour: hour.of(&rule.id),
        day: day.of(&rule.id),
    };
    Ok(Rules { version, rules: known.rules.iter().map(rule).collect() })
}

/// The scenarios, as the policy in force uses them
#[utoipa::path(
    get,
    path = "/api/v1/scenarios",
    tag = "policies",
    operation_id = "scenarios",
    responses(
        (status = 200, description = "All scenarios, with their settings and what they have lately found", body = Scenarios),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn scenarios(State(app): State<App>) -> Result<Json<Scenarios>, Failure> {
    Ok(Json(scenarios_of(&app).await?))
}

/// The same for whoever asks within.
///
/// # Errors
/// There is no policy; the store cannot be read.
pub async fn scenarios_of(app: &App) -> Result<Scenarios, Problem> {
    let (version, known) = known(app).await?;
    let [hour, day] = lately(app, By::Rule, By::Shadow).await?;
    let scenario = |used: &ScenarioInUse| {
        let rules: Vec<String> = used.info.rules.iter().map(|rule| rule[0].clone()).collect();
        let sum = |lately: &Lately| rules.iter().map(|id| lately.of(id)).fold(Matches::default(), add);
        Scenario {
            name: used.info.name.to_owned(),
            title: used.info.title.clone(),
            summary: used.info.summary.clone(),
            evidence: used.info.evidence.clone(),
            mode: used.mode.to_owned(),
            settings: settings(used),
            hour: sum(&hour),
            day: sum(&day),
            rules,
        }
    };
    Ok(Scenarios { version, scenarios: known.scenarios.iter().map(scenario).collect() })
}

/// The networks that the policy in force names
#[utoipa::path(
    get,
    path = "/api/v1/networks",
    tag = "policies",
    operation_id = "networks",
    responses(
        (status = 200, description = "Home, partners and others, with what has lately come from them", body = Networks),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("policies.read"))),
)]
pub async fn networks(State(app): State<App>) -> Result<Json<Networks>, Failure> {
    Ok(Json(networks_of(&app).await?))
}

/// The same for whoever asks within.
///
/// # Errors
/// There is no policy; the store cannot be read.
pub async fn networks_of(app: &App) -> Result<Networks, Problem> {
    let (version, known) = known(app).await?;
    let [hour, day] = [counts(app, By::Operator, HOUR_S).await?, counts(app, By::Operator, DAY_S).await?];
    let network = |network: &NetworkInfo| Network {
        name: network.name.clone(),
        country: network.country.clone(),
        relation: network.relation.to_owned(),
        permits: network.permits.iter().map(|permit| (*permit).to_owned()).collect(),
        prefixes: network.prefixes as u64,
        hour: hour.get(&network.name).copied().unwrap_or_default(),
        day: day.get(&network.name).copied().unwrap_or_default(),
    };
    Ok(Networks { version, networks: known.networks.iter().map(network).collect() })
}

fn settings(used: &ScenarioInUse) -> Vec<ScenarioSetting> {
    let setting = |([name, default, help], value): (&[String; 3], &String)| ScenarioSetting {
        name: name.clone(),
        value: value.clone(),
        default: default.clone(),
        help: help.clone(),
    };
    used.info.settings.iter().zip(&used.values).map(setting).collect()
}

/// The policy in force, or the newest taken, laid open.
pub async fn known(app: &App) -> Result<(u64, Arc<Overview>), Problem> {
    let version = current_version(app).await?;
    if let Some(known) = app.overviews().of(version) {
        return Ok((version, known));
    }
    let (_, files) = kept(app, version).await?;
    let known = off_thread(move || overview(files)).await?;
    app.overviews().keep(version, Arc::clone(&known));
    Ok((version, known))
}

/// What rules found in some time.
struct Lately {
    decided: HashMap<String, Came>,
    shadow: HashMap<String, Came>,
}

impl Lately {
    fn of(&self, rule: &str) -> Matches {
        let messages = |of: &HashMap<String, Came>| of.get(rule).map_or(0, |came| came.messages);
        Matches { decided: messages(&self.decided), shadow: messages(&self.shadow) }
    }
}

fn add(a: Matches, b: Matches) -> Matches {
    Matches { decided: a.decided + b.decided, shadow: a.shadow + b.shadow }
}

/// In the last hour, and in the last day.
async fn lately(app: &App, decided: By, shadow: By) -> Result<[Lately; 2], Problem> {
    let of = async |seconds| {
        let (decided, shadow) = (counts(app, decided, seconds).await?, counts(app, shadow, seconds).await?);
        Ok::<_, Problem>(Lately { decided, shadow })
    };
    Ok([of(HOUR_S).await?, of(DAY_S).await?])
}

/// Messages by value, of so many seconds.
pub async fn counts(app: &App, by: By, seconds: u64) -> Result<HashMap<String, Came>, Problem> {
    let now = Timestamp::now();
    let since = Timestamp::from_ns(now.as_ns().saturating_sub(seconds.saturating_mul(NS)));
    let query = TrafficQuery { by, since: Some(since), until: Some(now), step: None, limit: Some(u32::MAX) };
    let rows = app.store().run(move |c| traffic::get(c, &query, now)).await?.rows;
    let one = |mut values: Vec<String>| values.pop().unwrap_or_default();
    Ok(rows.into_iter().map(|r| (one(r.values), Came { messages: r.messages, blocked: r.blocked })).collect())
}

const NS: u64 = 1_000_000_000;
const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;
