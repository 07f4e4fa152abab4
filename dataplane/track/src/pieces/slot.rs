//! What is known of a piece and of its message while they are in the table.

use super::MessageKey;
use crate::lists::{Ends, NONE};
use crate::store::Chain;

/// A piece that waits.
pub(super) struct Held {
    pub(super) frame: u64,
    pub(super) since_ns: u64,
    pub(super) at: u32,
    pub(super) next: u32,
    pub(super) octets: Chain,
    /// The slot of its message; none in a slot that is free.
    pub(super) message: u32,
    /// The slot of the piece before it in its run.
    pub(super) preceding: u32,
    /// The slot of the piece behind it in its run.
    pub(super) following: u32,
    /// At either end of a run: the slot of the other end.
    pub(super) other_end: u32,
    /// At the head of a run: how many octets the run has.
    pub(super) run_octets: u32,
    pub(super) first: bool,
    pub(super) last: bool,
}

/// A message of which pieces are held.
#[derive(Clone, Copy)]
pub(super) struct Begun {
    pub(super) key: MessageKey,
    /// Its pieces, in the order they came.
    pub(super) pieces: Ends,
    pub(super) count: u32,
    /// Octets in all its pieces.
    pub(super) octets: u32,
    /// The furthest position any of them reaches.
    pub(super) reach: u32,
    /// Where its last piece ends.
    pub(super) end: Option<u32>,
}

/// What a piece costs besides its octets, and with it a message of one piece: two slots, their links, their places in
/// the indices and among the free ones.
pub const PIECE_COST_OCTETS: usize = 152;

const _: () = {
    const LINKS: usize = 8 + 8;
    const INDICES: usize = 3 * 8;
    const FREE: usize = 2 * 4;
    assert!(size_of::<Held>() + size_of::<Begun>() + LINKS + INDICES + FREE == PIECE_COST_OCTETS);
};

/// A slot of no message.
pub(super) const NO_MESSAGE: Begun =
    Begun { key: MessageKey([0; 2]), pieces: Ends::EMPTY, count: 0, octets: 0, reach: 0, end: None };

/// A slot of no piece.
pub(super) const FREE_PIECE: Held = Held {
    frame: 0,
    since_ns: 0,
    at: 0,
    next: 0,
    octets: Chain::EMPTY,
    message: NONE,
    preceding: NONE,
    following: NONE,
    other_end: NONE,
    run_octets: 0,
    first: false,
    last: false,
};
