//! A trace of a live dataplane: frames before and after, as they go by.
//!
//! What crosses is octets as the dataplane tells them (`sluice_dataplane::trace::Entry`), with every number and text in
//! them, so it needs a permission of its own, and every trace begun leaves a row in the audit log. There is one at a
//! time. The conditions are for the audit log: the reader is the one who chooses among the frames.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which frames the reader will show, and how many may come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TraceQuery {
    /// A subscriber's number that is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msisdn: Option<String>,
    /// An IMSI that is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imsi: Option<String>,
    /// A global title or number of a node that is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gt: Option<String>,
    /// A rule that is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// An action that is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Whether only changed frames are looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<bool>,
    /// The trace ends after so many milliseconds; if not given, when its reader goes away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// So many frames a second and poll core at most; 1000 if not given. The rest is left out and counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<u32>,
}

/// Frames a second and poll core where nothing else is asked for.
pub const PER_SECOND_DEFAULT: u32 = 1_000;
