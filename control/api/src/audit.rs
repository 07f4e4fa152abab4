//! Who did what, when, and how it ended. Rows are appended and never changed.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which rows are wanted, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Number of the last row already known: the page begins behind it, with older rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of rows in a page, at most 1000; 100 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Answer of `GET /api/v1/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The rows, newest first.
    pub rows: Vec<AuditRow>,
    /// What to give as `after` for the next page; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditRow {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who: `uid:1000` over the Unix socket, `token:name` over TLS, `daemon` for its own doing.
    #[schema(example = "uid:1000")]
    pub who: String,
    /// What: `policy.push`, `policy.rollback`, `list.put`, `list.remove`, `events.read_clear`, `trace.begin`,
    /// `daemon.start`.
    #[schema(example = "policy.push")]
    pub what: String,
    /// To what: a policy version, a query. Never a subscriber's data.
    pub subject: String,
    /// How it ended: `done`, or `refused:` and why.
    pub outcome: String,
}
