//! Policies that wait for a second pair of eyes.
//!
//! Where the configuration demands it (`[control] four_eyes = true`), nobody takes a policy into force alone: one
//! proposes it, another one approves it. Without that, proposing is still a way to have somebody look.

use crate::policies::{Files, PolicySummary};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A policy that somebody proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// Its number.
    pub id: u64,
    /// What became of it.
    pub state: ProposalState,
    /// Who proposes it.
    pub who: String,
    /// When it was proposed.
    pub at: Timestamp,
    /// Why.
    pub comment: String,
    /// The version in force when it was proposed (0 for none); it can only take the place of that one.
    pub base: u64,
    /// What is in it.
    pub summary: PolicySummary,
    /// Who approved or rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The version it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits.
    Open,
    /// It was approved, and is a version now.
    Approved,
    /// It was rejected, or its author took it back.
    Rejected,
}

impl ProposalState {
    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Approved, Self::Rejected].into_iter().find(|state| state.name() == name)
    }
}

/// Answer of `GET /api/v1/proposals`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposals {
    /// The proposals.
    pub proposals: Vec<Proposal>,
    /// What to give as `after` for the next page; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Which proposals are wanted, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProposalQuery {
    /// The last one already known: the page begins behind it, with older ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of proposals in a page, at most 1000; 100 if not given.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// Answer of `GET /api/v1/proposals/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalWhole {
    /// What it is.
    pub proposal: Proposal,
    /// Its files: relative path → text. None where it was rejected; those of an approved one are kept as its version's.
    #[schema(inline)]
    pub files: Files,
}

/// Body of `POST /api/v1/proposals`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// The files: relative path → text.
    #[schema(inline)]
    pub files: Files,
    /// Why.
    #[serde(default)]
    pub comment: String,
}
