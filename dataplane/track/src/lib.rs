//! Bounded state tables. Sized once, aged by time given as an argument, shedding the oldest when full.
//!
//! State moves only after a parse has succeeded. What a table sheds it counts; it never grows and never waits.
#![forbid(unsafe_code)]

mod associations;
mod dialogue;
mod dialogues;
mod hash;
mod index;
mod lists;
mod parts;
mod pieces;
mod store;
mod streams;

pub use associations::{AssociationCounts, Associations, Control, DirectionKey, Event, HANDSHAKES, Seen};
pub use dialogue::{ApplicationContext, Dialogue, NodeKey};
pub use dialogues::{Addresses, DIALOGUE_COST_OCTETS, DialogueCounts, Dialogues, Ended, Found, Opened};
pub use hash::{NodeHasher, mix};
pub use parts::{Join, PART_COST_OCTETS, Part, PartCounts, PartSizes, Parts};
pub use pieces::{Added, Joined, MessageKey, PIECE_COST_OCTETS, Piece, PieceCounts, PieceSizes, Pieces, Run};
pub use streams::{
    BindType, Flow, FlowKey, STREAM_COST_OCTETS, Session, StreamCounts, StreamSizes, Streams, Taken, Whole,
};
