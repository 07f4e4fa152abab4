//! AgentX (RFC 2741): the appliance's objects under an SNMP agent that speaks all versions of SNMP, such as net-snmp's.
//!
//! ```text
//!  managers ── SNMP v2c, v3 ── snmpd ── AgentX, a Unix socket ── [Session] ── [Tree]: names and values, in order
//! ```
//! [`Session`] is the sub-agent's half of the conversation without any I/O: octets in, octets out. It opens, registers its
//! subtree, answers Get, GetNext and GetBulk from a [`Tree`], refuses every Set, and sends notifications. What the other
//! side sends is hostile: lengths are checked, and what is not understood ends the session.
//!
//! Not here: contexts other than the default one, index allocation, agent capabilities.
#![forbid(unsafe_code)]

mod oid;
mod pdu;
mod session;
mod tree;

pub use oid::Oid;
pub use pdu::{Fault, Value, VarBind};
pub use session::{Session, Step};
pub use tree::Tree;
