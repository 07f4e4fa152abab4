//! Policies: their files, what is wrong in them, versions, differences.
//!
//! A policy travels as its files: relative path → text. It is checked and compiled by the daemon; a broken one comes
//! back as a problem with [`Diagnostic`]s and changes nothing.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The files of a policy as JSON, in a request or an answer, are never longer: room for a list of ten million numbers
/// several times over.
pub const POLICY_OCTETS_MAX: usize = 512 << 20;

/// Files of a policy: relative path with `/` between its words → text.
pub type Files = BTreeMap<String, String>;

/// Body of `POST /api/v1/policies/check` and of the comparison with files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFiles {
    /// The files: relative path → text.
    #[schema(inline)]
    pub files: Files,
}

/// Body of `POST /api/v1/policies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyPush {
    /// The files: relative path → text.
    #[schema(inline)]
    pub files: Files,
    /// Why, for those who read the history.
    #[serde(default)]
    pub comment: String,
    /// The version the caller believes in force (0 for none): if it is another, nothing happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
}

/// How a push is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PushQuery {
    /// Also if more of the recent traffic gets another verdict than the daemon allows without this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<bool>,
}

/// Answer of a push that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyPushed {
    /// The version now in force.
    pub version: u64,
    /// The one in force before, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<u64>,
    /// What is in it.
    pub summary: PolicySummary,
    /// What is allowed and probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// Answer of a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyRestored {
    /// The version now in force.
    pub version: u64,
    /// The one in force before.
    pub previous: u64,
}

/// Answer of a check that found no error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyChecked {
    /// What is in it.
    pub summary: PolicySummary,
    /// What is allowed and probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// What a policy consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicySummary {
    /// Its name.
    pub name: String,
    /// Number of rules on each level, from level 1 on.
    pub rules_per_level: Vec<u32>,
    /// Number of rules that act.
    pub enforced: u32,
    /// Number of rules that are evaluated and recorded, and do not act.
    pub shadow: u32,
    /// Number of rules that are evaluated in replay only.
    pub offline: u32,
    /// Number of entries of each list.
    #[schema(inline)]
    pub lists: BTreeMap<String, u32>,
    /// Size of the compiled image in bytes.
    pub image_bytes: u64,
}

/// What is wrong, where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnostic {
    /// Whether it stops the policy.
    pub severity: Severity,
    /// The file, as named in the request.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What would help, where that can be guessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = if self.severity == Severity::Error { "error" } else { "warning" };
        write!(f, "{}:{}:{}: {severity}: {}", self.file, self.line, self.column, self.message)?;
        self.expected.iter().try_for_each(|expected| write!(f, ", expected {expected}"))
    }
}

/// Whether a diagnostic stops the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// Answer of `GET /api/v1/policies`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyList {
    /// The version in force; absent when the dataplane does not answer or has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<u64>,
    /// The versions.
    pub policies: Vec<PolicyEntry>,
    /// What to give as `after` for the next page; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// One version in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyEntry {
    /// The version.
    pub version: u64,
    /// What became of it.
    pub state: PolicyState,
    /// Who pushed it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub comment: String,
    /// What is in it.
    pub summary: PolicySummary,
}

/// What became of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyState {
    /// It was sent and the answer is not known: the daemon or the dataplane ended in between.
    Pending,
    /// The dataplane took it.
    Taken,
    /// The dataplane refused it.
    Refused,
}

impl PolicyState {
    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Taken => "taken",
            Self::Refused => "refused",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Taken, Self::Refused].into_iter().find(|s| s.name() == name)
    }
}

/// Answer of `GET /api/v1/policies/{version}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    /// Its place in the history.
    pub entry: PolicyEntry,
    /// Whether it is in force; absent when the dataplane does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<bool>,
    /// Its files: relative path → text.
    #[schema(inline)]
    pub files: Files,
}

/// Which versions of the history are wanted, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PolicyQuery {
    /// The last version already known: the page begins behind it, with older ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of versions in a page, at most 1000; 100 if not given.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// How one policy differs from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyDiff {
    /// Whether they mean the same.
    pub same: bool,
    /// For people.
    pub text: String,
    /// For programs: one entry per rule, list or setting that differs.
    pub changes: Vec<PolicyChange>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyChange {
    /// `rule`, `list` or `setting`.
    pub object: String,
    /// Its id or name.
    pub name: String,
    /// What happened to it.
    pub change: Change,
    /// The parts of it that changed; an entry of a list that came or went is a part `entry`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartChange>,
}

/// What happened to something between two policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, and it is not the same.
    Changed,
}

/// A part that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartChange {
    /// Its name.
    pub part: String,
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_one_name_in_store_and_json() {
        for state in [PolicyState::Pending, PolicyState::Taken, PolicyState::Refused] {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.name()));
            assert_eq!(PolicyState::parse(state.name()), Some(state));
        }
    }

    #[test]
    fn a_push_with_a_misspelt_member_is_refused() {
        assert!(serde_json::from_str::<PolicyPush>(r#"{"files":{},"expect":3}"#).is_err());
        assert!(serde_json::from_str::<PolicyPush>(r#"{"files":{}}"#).is_ok());
    }
}
