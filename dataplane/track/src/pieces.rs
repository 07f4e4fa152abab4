//! Pieces of larger messages, in any order: fragments of DATA (RFC 9260 §6.9) and I-DATA (RFC 8260 §2.3), segments
//! of SCCP (Q.714 §4.1.1.2) and SUA (RFC 3868 §3.10, tag 0x0117), fragments of IP (RFC 791 §3.2, RFC 8200 §4.5).
//!
//! A piece stands at a position, and says which position follows it. Pieces that follow each other are a run; a run
//! whose first piece is the message's first and whose last is its last is the whole message.
//!
//! ```text
//! position   10      11      12      13      14      15
//!          ┌──────┬───────┬──────┐ ┌──────┬───────┬ ─ ─ ─
//!          │first │       │ last │ │first │       │ missing
//!          └──────┴───────┴──────┘ └──────┴───────┴ ─ ─ ─
//!            a whole message         a run that waits
//! ```
//! Both ends of a run know each other and every piece is found by where it begins and by where it ends, so that an
//! arrival costs a fixed number of look-ups: a flood of pieces of one octet takes time in proportion to their number.
//!
//! **Overlaps.** A piece at the position of another is a repetition if it is equal in everything, else a conflict; so
//! is one that ends where another with another beginning ends. What is held of the message is given up with it: its
//! run, and where positions are offsets ([`Pieces::of_offsets`], for IP) all that has its key (RFC 8200 §4.5; RFC 9260
//! §6.9 leaves it open). Ranges of offsets may also overlap without a common end. These are noticed by counting: as
//! soon as the last fragment has come, more octets than the datagram has, or any beyond its end, can only be an
//! overlap (RFC 1858 §4, RFC 3128 §2, RFC 5722 §4). A datagram is thus never whole while a fragment that overlaps is
//! held; until all of it has come an overlap may wait unnoticed. A fragment that comes after its datagram was made
//! whole begins another one. A first fragment too tiny to hold the header of what it carries (RFC 1858 §3) is nothing
//! special: only the whole is read.
//!
//! **Bounds.** Each piece costs [`PIECE_COST_OCTETS`] and 128 octets for each 124 of its own; nothing is allocated
//! after the start. A piece older than the time-out is given up, and when room is needed the piece that came first:
//! each with its run, or all that has its key where positions are offsets, even if the piece that needs room is of
//! them. Giving up costs time for each piece that goes, each of which came once.
//!
//! Not handled here: what makes up a key; whether a message that was whole before comes again.

mod counts;
mod slot;
mod table;
#[cfg(test)]
mod tests;

use crate::lists::NONE;
pub use counts::PieceCounts;
use slot::Held;
pub use slot::PIECE_COST_OCTETS;
use table::{Neighbours, Table};

/// Most octets a message may have in all.
const MESSAGE_OCTETS_MAX: usize = 65_535;
/// Pieces looked at when a peer says that it gives up what it sent so far.
const FORGET_PIECES_MAX: usize = 256;

/// What a message is known by, folded into words: the association and stream, the addresses and reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey(pub [u64; 2]);

/// A piece that arrives.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Of which message.
    pub message: MessageKey,
    /// Its position.
    pub at: u32,
    /// The position of the piece that follows it; it may wrap, and is another than its own.
    pub next: u32,
    /// Whether the message begins with it.
    pub first: bool,
    /// Whether the message ends with it.
    pub last: bool,
    /// Its octets.
    pub octets: &'a [u8],
    /// The number of the frame it came in.
    pub frame: u64,
}

/// Sizes of a table.
#[derive(Clone, Copy, Debug)]
pub struct PieceSizes {
    /// Pieces held at most.
    pub pieces: usize,
    /// Octets held at most; a piece takes up a multiple of 124.
    pub octets: usize,
    /// Age at which a piece is given up.
    pub timeout_ns: u64,
}

/// What became of a piece.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It is held; the message is not whole.
    Waiting,
    /// The message is whole and waits for [`Pieces::join`].
    Whole(Run),
    /// It is held already.
    Repeated,
    /// It contradicts what is held of its message, which is given up, this piece with it.
    Conflict,
    /// It is larger than the table, it has no extent, or its message has more than 65,535 octets.
    Refused,
}

/// A whole message in the table: good until another piece is added.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    head: u32,
}

/// What a whole message came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Octets written.
    pub octets: usize,
    /// Numbers of frames written.
    pub frames: usize,
    /// Position of the last piece.
    pub last_at: u32,
    /// Pieces it came in.
    pub pieces: usize,
}

/// The table.
pub struct Pieces {
    table: Table,
    counts: PieceCounts,
    timeout_ns: u64,
    of_offsets: bool,
}

impl Pieces {
    /// A table of pieces that are numbered: each position stands for one piece. Several messages may share a key.
    pub fn new(sizes: PieceSizes, key: u64) -> Self {
        let table = Table::new(sizes.pieces, sizes.octets, key);
        let counts = PieceCounts::default();
        Self { table, counts, timeout_ns: sizes.timeout_ns, of_offsets: false }
    }

    /// A table of pieces whose positions are offsets in octets, from 0 on. A key stands for one message.
    pub fn of_offsets(sizes: PieceSizes, key: u64) -> Self {
        Self { of_offsets: true, ..Self::new(sizes, key) }
    }

    /// Takes a piece.
    pub fn add(&mut self, piece: &Piece<'_>, now_ns: u64) -> Added {
        if let Some(oldest) = self.table.oldest().filter(|oldest| self.is_expired(*oldest, now_ns)) {
            self.counts.expired += self.give_up(oldest);
        }
        let added = self.take(piece, now_ns);
        match added {
            Added::Refused => self.counts.refused += 1,
            _ => self.counts.added += 1,
        }
        added
    }

    fn take(&mut self, piece: &Piece<'_>, now_ns: u64) -> Added {
        if piece.at == piece.next || piece.octets.len() > MESSAGE_OCTETS_MAX || !self.table.could_hold(piece.octets) {
            return Added::Refused;
        }
        let known = self.table.message(piece.message);
        if let Some(held) = known.and_then(|message| self.table.beginning(message, piece.at)) {
            if self.table.is_same(held, piece) {
                self.counts.repeated += 1;
                return Added::Repeated;
            }
            return self.conflict(held);
        }
        if let Some(held) = known.and_then(|message| self.contradicted(message, piece)) {
            return self.conflict(held);
        }
        let neighbours = self.neighbours(piece);
        if neighbours.octets + piece.octets.len() > MESSAGE_OCTETS_MAX {
            return Added::Refused;
        }
        if neighbours.are_one_run {
            return self.conflict(neighbours.before.unwrap_or(NONE));
        }
        self.place(piece, neighbours, now_ns)
    }

    /// Another piece that a piece contradicts, at whatever position.
    fn contradicted(&self, message: u32, piece: &Piece<'_>) -> Option<u32> {
        if self.of_offsets && self.table.overlaps(message, piece) {
            return self.table.any_of(message);
        }
        self.table.ending(message, piece.next)
    }

    fn neighbours(&self, piece: &Piece<'_>) -> Neighbours {
        self.table.message(piece.message).map_or(Neighbours::default(), |message| self.table.neighbours(message, piece))
    }

    fn place(&mut self, piece: &Piece<'_>, mut neighbours: Neighbours, now_ns: u64) -> Added {
        if !self.table.has_room(piece.octets) {
            self.make_room(piece.octets, now_ns);
            // What stood beside the piece may be gone.
            neighbours = self.neighbours(piece);
        }
        match self.table.place(piece, &neighbours, now_ns) {
            Some(head) if self.table.is_whole(head) => Added::Whole(Run { head }),
            Some(_) => Added::Waiting,
            None => Added::Refused,
        }
    }

    /// Gives up what came first until a piece fits.
    #[cold]
    fn make_room(&mut self, octets: &[u8], now_ns: u64) {
        while let Some(oldest) = self.table.oldest().filter(|_| !self.table.has_room(octets)) {
            let expired = self.is_expired(oldest, now_ns);
            let pieces = self.give_up(oldest);
            *(if expired { &mut self.counts.expired } else { &mut self.counts.shed }) += pieces;
        }
    }

    #[cold]
    fn conflict(&mut self, held: u32) -> Added {
        self.counts.conflicts += 1;
        self.counts.conflicting += self.give_up(held) + 1;
        Added::Conflict
    }

    /// Gives up a piece with all that is known to be of its message: its run; where positions are offsets, all that
    /// has its key. Says how many pieces those were.
    fn give_up(&mut self, slot: u32) -> u64 {
        match self.table.held(slot) {
            Some(held) if self.of_offsets => self.table.free_message(held.message),
            _ => self.table.free_run(self.table.head(slot)),
        }
    }

    fn is_expired(&self, slot: u32, now_ns: u64) -> bool {
        self.table.held(slot).is_some_and(|held| now_ns.saturating_sub(held.since_ns) > self.timeout_ns)
    }

    /// Copies a whole message to `out`, as far as there is room (65,535 octets always are enough), and frees it. The
    /// numbers of the frames it came in go to `frames`: as many as there is room for, each once, in the order of the
    /// pieces' positions.
    pub fn join(&mut self, run: Run, out: &mut [u8], frames: &mut [u64]) -> Joined {
        let mut joined = Joined { octets: 0, frames: 0, last_at: 0, pieces: 0 };
        if !self.table.is_whole(run.head) {
            return joined;
        }
        self.counts.wholes += 1;
        let mut at = run.head;
        while let Some(&Held { at: position, frame, following, .. }) = self.table.held(at) {
            joined.last_at = position;
            joined.pieces += 1;
            joined.octets += self.table.copy(at, out.get_mut(joined.octets..).unwrap_or_default());
            joined.frames += note(frames, joined.frames, frame);
            self.counts.joined += 1;
            self.table.free(at);
            at = following;
        }
        joined
    }

    /// Forgets what came of a message up to a position, as its sender does (RFC 3758 §3.6, RFC 8260 §2.3.1): every run
    /// that begins there or before (in the arithmetic of RFC 1982). It looks at the 256 pieces that came first; what
    /// is left grows old.
    pub fn forget_upto(&mut self, message: MessageKey, position: u32) {
        let Some(message) = self.table.message(message) else { return };
        let mut heads = [0; FORGET_PIECES_MAX];
        let mut found = 0;
        for (slot, head) in self.table.heads(message, FORGET_PIECES_MAX).zip(&mut heads) {
            *head = slot;
            found += 1;
        }
        for &head in heads.iter().take(found) {
            let is_before = |held: &Held| position.wrapping_sub(held.at) <= i32::MAX as u32;
            if self.table.held(head).is_some_and(is_before) {
                self.counts.forgotten += self.table.free_run(head);
            }
        }
    }

    /// Pieces held.
    pub fn held(&self) -> usize {
        self.table.len()
    }

    /// What happened since the last call.
    pub fn take_counts(&mut self) -> PieceCounts {
        std::mem::take(&mut self.counts)
    }
}

/// Writes a number behind those known if it is none of them; says how many were written.
#[inline]
fn note(frames: &mut [u64], known: usize, frame: u64) -> usize {
    let Some((known, [slot, ..])) = frames.split_at_mut_checked(known) else { return 0 };
    if known.last() == Some(&frame) || known.contains(&frame) {
        return 0;
    }
    *slot = frame;
    1
}
