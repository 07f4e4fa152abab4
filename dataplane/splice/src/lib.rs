//! What changes in the line do to frames: pure functions and tables, no state of ports or clocks.
//!
//! A message is refused without hurting its association: the DATA chunk keeps its place (TSN, stream, flags) and carries
//! other octets. Nothing is removed and nothing inserted, so any frame may be forwarded untouched at any time.
//!
//! ```text
//!  frame ─▶ link │ IP ──────────── │ SCTP │ chunk │ DATA: M3UA ( SCCP ( TCAP …)) │ chunk
//!                   length, checksum  CRC32c          │ all enclosing lengths, padding
//!                                                     └─▶ M3UA ( SCCP ( Abort of a transaction nobody has ))
//! ```
#![forbid(unsafe_code)]

mod envelope;
mod frame;
pub mod home;
mod latest;
mod memory;
pub mod refusal;
pub mod rewrite;
pub mod tlv;
pub mod translate;

pub use envelope::{Carrier, Envelope, Way};
pub use frame::{Edit, FRAMES_MAX, Lengths, Refused, head, rebuild, wrap};
pub use latest::{Key, Latest};
pub use memory::{EditKey, Edits, Kept};
pub use refusal::{Answer, Asked};
