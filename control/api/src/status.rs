//! How the appliance is: the daemon, the dataplane, the policy in force, and how far the store is behind the journal.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Answer of `GET /api/v1/status`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The daemon that answers.
    pub daemon: Daemon,
    /// The dataplane, as far as it answers.
    pub dataplane: Dataplane,
    /// The policy in force, and the newest one the daemon keeps.
    pub policy: PolicyInForce,
    /// What the dataplane has written and the daemon has read.
    pub journal: Journal,
    /// What the daemon keeps.
    pub store: Store,
}

/// The control daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Daemon {
    /// Its release.
    pub version: String,
    /// Its process number.
    pub pid: u32,
    /// Since when it runs.
    pub started: Timestamp,
}

/// The dataplane.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Dataplane {
    /// Whether it answers on its command socket.
    pub reachable: bool,
    /// Why it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it says of itself: ports, cores, modes. Its members grow from release to release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub report: Option<Box<RawValue>>,
}

/// Which policy judges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyInForce {
    /// Version the dataplane judges by; absent when it does not answer or has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<u64>,
    /// Newest version the daemon keeps that the dataplane once took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<u64>,
    /// Whether the two are the same; `unknown` while the dataplane does not answer.
    pub agreement: Agreement,
    /// The policy pushed last since the daemon started, while it is watched and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<PolicyWatch>,
}

/// The watch after a push: a policy that blocks more than it may is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyWatch {
    /// The version watched.
    pub version: u64,
    /// How the watch stands.
    pub state: WatchState,
    /// When it ends.
    pub until: Timestamp,
    /// Messages the version has judged.
    pub messages: u64,
    /// Of these, those it blocked.
    pub blocked: u64,
    /// Messages before the push that it is compared with.
    pub messages_before: u64,
    /// Of these, those that were blocked.
    pub blocked_before: u64,
    /// Why it was taken back, or should have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How the watch after a push stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WatchState {
    /// It goes on.
    Watching,
    /// The time is over, and the policy stayed.
    Held,
    /// The policy before it is in force again.
    RolledBack,
    /// It should have been taken back, and could not be.
    Failed,
}

/// How the dataplane's policy and the daemon's store relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// The newest policy is in force, or there is none on either side.
    Same,
    /// An earlier policy of the store is in force, as after a rollback.
    Earlier,
    /// A policy is in force that the store does not have.
    Foreign,
    /// The store has a policy, the dataplane judges without one.
    Missing,
    /// The dataplane does not answer.
    Unknown,
}

/// The journal between dataplane and daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Journal {
    /// Sequence number the dataplane will write next; absent while there is no journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<u64>,
    /// Sequence number the daemon will read next.
    pub stored: u64,
    /// Records written and not yet in the store.
    pub lag: u64,
    /// Records that were written and cannot be had any more: damaged, or removed before they were read.
    pub lost: u64,
    /// Why reading stands still, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The daemon's store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Store {
    /// Lowest event kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Highest event kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
    /// How many events are kept.
    pub events: u64,
    /// Its size on disk in bytes, with its write-ahead log and the events.
    pub bytes: u64,
    /// What was found damaged last, if anything was: events that are shown are whole, others may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dataplane_says_of_itself_passes_through_untouched() {
        let json = r#"{"reachable":true,"report":{"z":1,"a":[2.50]}}"#;
        let dataplane: Dataplane = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&dataplane).unwrap(), json);
    }
}
