//! TCAP of ITU-T: transactions, dialogues and components. Q.773.
//!
//! ```text
//!   message 61 62 64 65 67
//!     48 originating transaction   49 destination transaction   4A P-abort cause
//!     6B dialogue portion   28 { 06 OID, A0 { AARQ 60 | AARE 61 | ABRT 64 } }
//!     6C component portion  A1 invoke  A2 result  A3 error  A4 reject  A7 result, not last
//! ```
//! Handles every ITU message, dialogue PDU and component, in any BER form. What parses is given even where
//! the rest does not: the first defect stands in `fault`, what was tolerated in `anomalies`; what the parameters of
//! components hold is not looked at here, but by [`ber::deviations`](crate::ber::deviations). ANSI T1.114 is refused
//! as unsupported, and recognised by [`ansi`]. Does not handle: dialogues over several messages.

pub mod ansi;
mod component;
mod components;
mod dialogue;
mod map_dialogue;
mod message;
mod message_kind;
mod oid;
mod problem;
mod transaction_id;
mod user;

pub use component::{Code, Component, ComponentKind};
pub use components::Components;
pub use dialogue::{Dialogue, DialogueKind};
pub use map_dialogue::{MapDialogue, MapDialogueKind};
pub use message::Message;
pub use message_kind::MessageKind;
pub use oid::OidText;
pub use problem::{Problem, ProblemKind};
pub use transaction_id::TransactionId;
pub use user::{User, user_of_context};

use crate::ber::offset_in;
use crate::{Error, Layer, Reason};

/// A defect found at `inner`, a part of the message `outer`.
#[cold]
fn fault(outer: &[u8], inner: &[u8], reason: Reason) -> Error {
    Error::new(Layer::Tcap, offset_in(outer, inner), reason)
}

/// Whether elements come in their order, each at most once.
#[derive(Default)]
struct Order(u8);

impl Order {
    /// The next element; places count from 1.
    fn follows(&mut self, place: u8) -> bool {
        let follows = place > self.0;
        self.0 = self.0.max(place);
        follows
    }
}

#[cfg(test)]
mod tests;
