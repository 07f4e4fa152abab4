//! Policies over the past: what would have become of messages that have passed.
//!
//! ```text
//!  record ──decode──▶ facts ─┬─ again ─▶ former policy ─▶ verdict ─┐
//!  (journal, store)          │          (or the verdict recorded)  ├─▶ tally ─▶ report
//!                            └─ again ─▶ new policy ────▶ verdict ─┘
//!  capture ─frames─▶ an engine per policy ─▶ facts ──────▶ as above        feature `captures`
//! ```
//! The same evaluation as in the dataplane. Counters and campaigns begin empty on both sides, so that the first window
//! of each counts less than it did when the messages passed. What the dataplane remembered of a message (who asked for
//! the receiver, where the sender was) is as recorded; what follows from the message and the policy (its network, what
//! its text says) is computed again. What was not recorded cannot be judged; the report says of how many messages.
//!
//! [`past`] judges records, [`shadow`] tells what rules in shadow and offline would have done.
#![forbid(unsafe_code)]

#[cfg(feature = "captures")]
pub mod captures;
mod groups;
pub mod journal;
mod judge;
pub mod past;
mod recorded;
pub mod shadow;
mod tally;
mod verdict;

pub use past::Past;
pub use shadow::Shadow;
pub use tally::{EXAMPLES_DEFAULT, EXAMPLES_MAX, Settings};
