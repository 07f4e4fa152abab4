//! What the policy in force consists of, with what it has lately done: rules, scenarios, networks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /api/v1/rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rules {
    /// The version in force; while the dataplane does not answer, the newest it took.
    pub version: u64,
    /// In the order in which they are asked.
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// Its id, with the scenario's name before it where it is of one.
    #[schema(example = "flooding.gt")]
    pub id: String,
    /// The scenario it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// From 1 (lists) to 4 (monitors).
    pub level: u8,
    /// When messages are shown to it.
    #[schema(example = "pre-delivery")]
    pub trigger: String,
    /// `enforce`, `shadow` or `offline`.
    #[schema(example = "enforce")]
    pub mode: String,
    /// What it does, with what it answers, changes or says.
    #[schema(example = "reject 36 unexpectedDataValue")]
    pub action: String,
    /// Its condition; empty for every message.
    pub when: String,
    /// Whose it is.
    pub owner: String,
    /// Why it is there.
    pub comment: String,
    /// What it has done in the last hour.
    pub hour: Matches,
    /// In the last day.
    pub day: Matches,
}

/// Messages that a rule, or the rules of a scenario, have found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Matches {
    /// Those it decided.
    pub decided: u64,
    /// Those it would have decided, or marked, in shadow mode. Of a scenario, each of its rules counts.
    pub shadow: u64,
}

/// Answer of `GET /api/v1/scenarios`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scenarios {
    /// The version in force; while the dataplane does not answer, the newest it took.
    pub version: u64,
    /// All there are, also those that are off.
    pub scenarios: Vec<Scenario>,
}

/// An attack or abuse, with the rules against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scenario {
    /// Its name in policies and records.
    #[schema(example = "flooding")]
    pub name: String,
    /// In a few words.
    pub title: String,
    /// What the attack is and how it is found.
    pub summary: String,
    /// What a verdict of it rests on.
    pub evidence: String,
    /// `off`, `shadow`, `enforce` or `offline`.
    #[schema(example = "shadow")]
    pub mode: String,
    /// Its thresholds and other settings.
    pub settings: Vec<ScenarioSetting>,
    /// Ids of its rules.
    pub rules: Vec<String>,
    /// What it has done in the last hour.
    pub hour: Matches,
    /// In the last day.
    pub day: Matches,
}

/// A setting of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScenarioSetting {
    /// Its name.
    pub name: String,
    /// As it is, written as in the policy.
    #[schema(example = "10m")]
    pub value: String,
    /// What it is where the policy says nothing.
    pub default: String,
    /// What it means.
    pub help: String,
}

/// Answer of `GET /api/v1/networks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Networks {
    /// The version in force; while the dataplane does not answer, the newest it took.
    pub version: u64,
    /// The home network first, then partners as they are written, then those that only have ranges.
    pub networks: Vec<Network>,
}

/// A network that the policy names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// ISO 3166 alpha-2, where it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `home`, the agreement with it (`p2p`, `a2p`, `hub`, `blocked`), or `unknown`.
    #[schema(example = "p2p")]
    pub relation: String,
    /// What its agreement lets it send.
    pub permits: Vec<String>,
    /// Number of its prefixes and whole numbers.
    pub prefixes: u64,
    /// What came from it in the last hour.
    pub hour: Came,
    /// In the last day.
    pub day: Came,
}

/// Messages of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Came {
    /// All of them.
    pub messages: u64,
    /// Of these, those that were blocked.
    pub blocked: u64,
}
