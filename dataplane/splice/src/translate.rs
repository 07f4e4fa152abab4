//! Splice: chunks are removed from an association and inserted into it, and neither endpoint notices.
//!
//! The numbers of DATA behind a change are translated on their way to the receiver, those of SACK, FORWARD TSN,
//! SHUTDOWN, ECNE and CWR with them (RFC 9260 §3.3, §6; RFC 3758). What is removed is acknowledged here, once all
//! before it is acknowledged by its receiver; what is inserted is sent again until it is acknowledged. State is by
//! verification tags and ports: paths do not matter, and an association that restarts has new tags and begins anew.
//!
//! ```text
//!  sender ── DATA 10 11 12 13 ──▶ [ 12 removed, one inserted ] ── DATA 10 11 (12) 13 ──▶ receiver
//!         ◀─ SACK 13 ──────────── [ numbers back, 12 counted ] ◀─ SACK 13 ─────────────
//! ```
//! No I/O, no clock, no heap after the start. Touched associations are kept in memory that the caller gives, so that
//! a restarted process takes them up. Packets of others are never changed. For a touched one fail-open cannot hold:
//! [`Splices::named`] lists them.
//!
//! Not handled: RE-CONFIG in a touched association is denied in the name of the other side; an association that was
//! seen to use it, AUTH, I-DATA or NR-SACK is not touched; where AUTH comes later, the receiver drops a packet in which
//! something behind it was translated. Fragments are not removed, nothing is inserted between them.
//! Error causes that quote a TSN quote the receiver's. A sender that gives up its very last chunk (RFC 3758) while one of
//! ours is missing, and to which the SACK after that is lost, learns of its acknowledgement only when it sends again.

mod answer;
mod fixed;
mod flow;
mod holes;
mod index;
mod inserts;
mod marks;
mod memory;
mod out;
mod payloads;
mod record;
mod sack;
mod save;
mod splices;
mod streams;
mod timer;

pub use flow::Start;
pub use memory::{Foreign, memory_octets};
pub use payloads::PAYLOAD_OCTETS_MAX;
pub use splices::{Limits, Splices};

use sluice_wire::sctp::{Packet, Ppid, StreamId};

/// What becomes of a DATA chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'d> {
    /// It passes.
    Keep,
    /// It does not exist for its receiver. Only where it may be removed; its retransmissions follow without a question.
    Remove,
    /// It passes with another payload: the same one each time it comes.
    Replace(&'d [u8]),
}

/// What is to be sent in the place of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The packet as it came.
    Untouched,
    /// So many octets of `out`.
    Rewritten(usize),
    /// Nothing: all of it was removed.
    Nothing,
}

/// A message of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'m> {
    /// The stream, one that the sender may use.
    pub sid: StreamId,
    /// Outside the order of the stream: it goes at once, where an ordered one waits for what was lost before us.
    pub is_unordered: bool,
    /// What the payload is.
    pub ppid: Ppid,
    /// At most [`PAYLOAD_OCTETS_MAX`].
    pub payload: &'m [u8],
}

/// Why a message is not inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotInserted {
    /// The association is not watched, or where its flow stands is not known.
    Unknown,
    /// The association is ending, or uses what cannot be translated.
    Barred,
    /// No room for it, in the flow or at all.
    Full,
}

/// A packet of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emission<'e> {
    /// The direction that it goes.
    pub direction: u64,
    /// What the caller gave with the latest packet of that direction.
    pub head: &'e [u8],
    /// The SCTP packet.
    pub packet: &'e [u8],
}

/// What says where a packet goes: verification tag and ports.
#[inline]
pub const fn direction(packet: &Packet<'_>) -> u64 {
    let (source, destination) = (packet.source_port() as u64, packet.destination_port() as u64);
    (packet.verification_tag().0 as u64) << 32 | source << 16 | destination
}

/// The most that a caller may want before packets of a direction: a port of its own, link and IP headers.
pub const HEAD_OCTETS_MAX: usize = 96;
