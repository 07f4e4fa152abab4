//! What happens where nothing can be decided, and when the dataplane itself fails.

use serde::Deserialize;

/// `[conditions]`: fail-open or fail-closed, one by one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// A short message that does not parse and that no rule decided.
    pub undecodable: PassOrDiscard,
    /// No policy is in force.
    pub no_policy: PassOrDiscard,
    /// There is no room to hold a piece of a message until the others come.
    pub table_full: PassOrDiscard,
    /// The other fragments of a message did not come in time.
    pub fragment_timeout: PassOrDiscard,
    /// A message belongs to a dialogue that was not seen to open: after a start, or after the network has moved it here.
    pub mid_stream: PassOrDiscard,
    /// The ring of records to the writer is full: what is let through now leaves no record.
    pub ring_full: PassOrDiscard,
    /// A poll core stands still: whether frames go round it where the wire has a way, or wait and are lost.
    pub core_stalled: PassOrDiscard,
    /// A message should be changed and its frame cannot be: authenticated, encrypted, interleaved, too long.
    pub uneditable: PassOrDiscard,
}

/// The two ways out of a condition.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum PassOrDiscard {
    /// Fail open.
    #[default]
    Pass,
    /// Fail closed.
    Discard,
}

/// `[watchdog]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Watchdog {
    /// A poll core that has not come round for so long is stalled.
    pub stalled_ms: u64,
    /// Whether a small process watches over this one, for the case that all of it stands still or dies.
    pub guardian: bool,
}

impl Default for Watchdog {
    fn default() -> Self {
        Self { stalled_ms: 50, guardian: true }
    }
}

/// What happens to a wire that cannot be served.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Frames are lost until it is served again.
    #[default]
    Nothing,
    /// Frames go by the kernel's bridge, unseen.
    Bypass,
    /// Both links are taken down, so that both ends take another way.
    LinkDown,
}
