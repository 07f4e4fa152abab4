//! Bounded state tables. Sized once, aged by time given as an argument, shedding the oldest when full.
//!
//! State moves only after a parse has succeeded. What a table sheds it counts; it never grows and never waits.
#![forbid(unsafe_code)]

mod associations;
mod dialogues;
mod hash;

pub use associations::{Associations, DirectionKey, Seen};
pub use dialogues::{ApplicationContext, Dialogue, Dialogues, Ended, Found, NodeKey, Opened};
pub use hash::{NodeHasher, mix};
