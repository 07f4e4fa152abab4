//! TCAP of ITU-T: transactions, dialogues and components. Q.773.
//!
//! ```text
//!   message 61 62 64 65 67
//!     48 originating transaction   49 destination transaction   4A P-abort cause
//!     6B dialogue portion   28 { 06 OID, A0 { AARQ 60 | AARE 61 | ABRT 64 } }
//!     6C component portion  A1 invoke  A2 result  A3 error  A4 reject  A7 result, not last
//! ```
//! Handles every ITU message, dialogue PDU and component, in any BER form. What parses is given even where
//! the rest does not: the first defect stands in `fault`. Does not handle: ANSI T1.114 (refused as unsupported).

mod component;
mod dialogue;
mod message;
mod oid;

pub use component::{Code, Component, ComponentKind, Components, Problem, ProblemKind};
pub use dialogue::{Dialogue, DialogueKind};
pub use message::{Message, MessageKind, TransactionId};
pub use oid::OidText;

use crate::ber::offset_in;
use crate::{Error, Layer, Reason};

/// A defect found at `inner`, a part of the message `outer`.
#[cold]
fn fault(outer: &[u8], inner: &[u8], reason: Reason) -> Error {
    Error::new(Layer::Tcap, offset_in(outer, inner), reason)
}

#[cfg(test)]
mod tests;
