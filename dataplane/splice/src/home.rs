//! Home routing, its pure part: correlation ids, whom they mean, and the edits of both messages. TS 23.040, TR 23.840.
//!
//! ```text
//!   stranger                            here                                      home network
//!   SRI-SM ────────────────────────────────────────────────────────────────────▶ home register
//!   ◀── result: correlation id, our number ── Answer ◀── result: IMSI, node ───── home register
//!   MT-ForwardSM to our number, correlation id ──▶ redeemed ── true IMSI, node ─▶ MSC or SGSN
//! ```
//! The id stands in the IMSI's place (TS 29.002 §12.1: an MT Correlation ID). It means something to who asked only, and
//! for a short time; nobody else learns an IMSI, or where its subscriber is. Not handled: Diameter, IP-SM-GW, and who is
//! excepted, which is a matter of the policy.

mod address;
mod answer;
mod id;
mod nodes;
mod record;
mod table;
mod words;

pub use address::address_with_digits;
pub use answer::{Answer, with_imsi};
pub use id::{CorrelationId, Numbering};
pub use nodes::{NODE_DIGITS_MAX, Nodes, octets_for_nodes};
pub use record::{ENTRY_OCTETS, Node, Route};
pub use table::{HEADER_OCTETS, Refused, Requester, Routes, TakenUp, TooSmall, octets_for};
pub use words::Words;

/// How long an id is good without a configuration: a long message, or a few attempts.
pub const LIFE_NS: u64 = 600 * 1_000_000_000;
