//! How the machine is, and what went wrong with it.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which events are wanted, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MachineQuery {
    /// Number of the last event already known: the page begins behind it, with older ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of events in a page, at most 1000; 100 if not given.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// Answer of `GET /api/v1/machine/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MachinePage {
    /// The events, newest first.
    pub events: Vec<MachineEvent>,
    /// What to give as `after` for the next page; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Something that began or ceased to be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MachineEvent {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Whether it began or ceased.
    pub change: MachineChange,
    /// What it is about.
    #[serde(flatten)]
    pub condition: MachineCondition,
}

/// Whether something began or ceased to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MachineChange {
    /// It is wrong from then on.
    Raised,
    /// It is well again.
    Cleared,
}

impl MachineChange {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Cleared => "cleared",
        }
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MachineCondition {
    /// What was looked at: `temperature`, `fan`, `power`, `voltage`, `memory`, `pci`, `disk`, `raid`, `link`, `watchdog`,
    /// `dataplane`, `counter`, `sensors`.
    #[schema(example = "temperature")]
    pub kind: String,
    /// Which of them.
    #[schema(example = "coretemp: Package id 0")]
    pub subject: String,
    /// What is wrong.
    #[schema(example = "81.0 °C where 80.0 °C is the limit")]
    pub what: String,
}

/// Answer of `GET /api/v1/machine/conditions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MachineConditions {
    /// What is wrong now.
    pub raised: Vec<MachineCondition>,
}
