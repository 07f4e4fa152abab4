//! What the table of streams says: of a segment, of a PDU, of itself.

use super::flow::Flow;
use sluice_wire::Anomalies;

/// What a segment brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// PDUs begin so many octets into its payload: to be read there, and the rest to be kept.
    Direct {
        /// Whose.
        flow: Flow,
        /// Octets of the payload that came before.
        skip_octets: usize,
    },
    /// Its octets were copied; PDUs may be whole now.
    Held(Flow),
    /// It waits for those before it.
    Waiting,
    /// All of it came before.
    Duplicate,
    /// It opens or closes a connection, acknowledges, or probes.
    Control,
    /// No SMPP, or it cannot be told where a PDU begins.
    Unread,
}

/// A PDU that was copied out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its length.
    pub len_octets: usize,
    /// `Overlap` where octets around it came again with other content.
    pub anomalies: Anomalies,
}

/// What happened since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounts {
    /// Connections first seen.
    pub opened: u64,
    /// Connections that ended.
    pub closed: u64,
    /// Connections, or the octets of one, given up for others.
    pub shed: u64,
    /// Gaps given up, each with the PDU it was in.
    pub gaps: u64,
    /// Times that the beginning of a PDU was found again.
    pub resynchronised: u64,
    /// Segments ahead of what was expected.
    pub out_of_order: u64,
    /// Segments of octets that had come before.
    pub duplicates: u64,
    /// Octets that came again with other content.
    pub overlaps: u64,
}
