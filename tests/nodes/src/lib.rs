//! Two MAP nodes that talk over real SCTP, for tests of what stands between them.
//!
//! ```text
//!  originator ─ Begin, Continue, End, Abort ─▶ wire with a policy ─▶ destination
//!      │                                                                 │
//!      └──────────▶ a.json ─────────▶ nodes check ◀───── b.json ◀────────┘
//! ```
//! The originator opens dialogues in all forms; what the policy is to do with each is in its digits. Each node writes
//! down what it saw; the check says whether each passed message came once and whole, no refused one came, and each
//! originator got the answer that was chosen. Messages are coded by published crates, SCTP is spoken by usrsctp, and
//! what is lost, repeated or late on the way follows from a seed.
//!
//! Not here: other stacks than M3UA, several associations, LUDT and segments of SCCP.

pub mod carry;
pub mod check;
pub mod destination;
pub mod faults;
pub mod link;
pub mod log;
pub mod map;
pub mod originator;
pub mod outcome;
pub mod plan;
pub mod random;
pub mod roles;
pub mod sctp;
pub mod tpdu;
pub mod wanted;
