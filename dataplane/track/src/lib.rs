//! Bounded state tables. Sized once, aged by time given as an argument, shedding the oldest when full.
//!
//! State moves only after a parse has succeeded. What a table sheds it counts; it never grows and never waits.
#![forbid(unsafe_code)]

mod associations;
mod dialogue;
mod dialogues;
mod hash;

pub use associations::{Associations, DirectionKey, Seen};
pub use dialogue::{ApplicationContext, Dialogue, NodeKey};
pub use dialogues::{Dialogues, Ended, Found, Opened};
pub use hash::{NodeHasher, mix};
