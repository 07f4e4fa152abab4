//! Pieces of messages that wait to be judged: which frames they are in, and which chunks.
//!
//! A frame with a piece of a message that is not whole yet stays where it is until the message is judged or patience
//! ends: the receiver must not put together what is to be refused. The frames themselves are held by whoever sends them
//! on; here is only what they wait for.

use arrayvec::ArrayVec;
use sluice_splice::EditKey;
use sluice_track::MessageKey;
use sluice_wire::sctp::Tsn;

/// Pieces that wait at a time.
const PIECES_MAX: usize = 1024;
/// Pieces of one message that can be changed.
pub const CHANGED_PIECES_MAX: usize = 32;

/// The chunks in which a message came, in the order in which they came.
pub type Chunks = ArrayVec<EditKey, CHANGED_PIECES_MAX>;

#[derive(Clone, Copy)]
struct Waiting {
    ticket: u64,
    message: MessageKey,
    chunk: EditKey,
    /// Whether its sender must not be kept waiting for it any longer.
    is_overdue: bool,
}

/// Copies of a chunk that wait at a time. Its sender sends it again whenever it hears that later ones have arrived, and
/// gives up the association after so many times: usrsctp after 30.
const COPIES_MAX: usize = 8;

/// The pieces.
pub struct Holding {
    waiting: Vec<Waiting>,
    /// Number of the frame at hand.
    ticket: u64,
    /// Whether the frame at hand has to wait.
    holds: bool,
    /// Whether a message that waited has been judged with the frame at hand.
    frees: bool,
    /// The message that became whole last, and its chunks.
    whole: Option<(MessageKey, Chunks)>,
}

impl Holding {
    /// Allocates its memory.
    pub fn new() -> Self {
        let waiting = Vec::with_capacity(PIECES_MAX);
        Self { waiting, ticket: 0, holds: false, frees: false, whole: None }
    }

    /// Another frame is at hand.
    #[inline(always)]
    pub fn next_frame(&mut self) {
        self.holds = false;
        self.frees = false;
    }

    /// A piece waits for others, and so does its frame. One for which there is no room goes on, and its message with it.
    pub fn wait(&mut self, message: MessageKey, chunk: EditKey) {
        if self.waiting.len() == PIECES_MAX {
            return;
        }
        if !self.holds {
            self.ticket += 1;
            self.holds = true;
        }
        self.waiting.push(Waiting { ticket: self.ticket, message, chunk, is_overdue: false });
    }

    /// A piece that waits came again; after so many times it waits no longer.
    pub fn again(&mut self, chunk: EditKey) {
        let copies = self.waiting.iter().filter(|piece| piece.chunk == chunk);
        let Some(message) = copies.clone().map(|piece| piece.message).next() else { return };
        let is_overdue = copies.count() >= COPIES_MAX;
        self.wait(message, chunk);
        if is_overdue {
            self.waiting.iter_mut().filter(|piece| piece.chunk == chunk).for_each(|piece| piece.is_overdue = true);
        }
    }

    /// A message is whole with a chunk: its pieces wait no longer. They are remembered until the next message is whole.
    /// All fragments of an association have one key: `tsns` tells those of this message, first and last.
    pub fn complete(&mut self, message: MessageKey, tsns: Option<(Tsn, Tsn)>, last: EditKey) {
        let is_of_it = |piece: &Waiting| {
            let is_between =
                |(first, last): (Tsn, Tsn)| piece.chunk.tsn.wrapping_sub(first.0) <= last.0.wrapping_sub(first.0);
            piece.message == message && tsns.is_none_or(is_between)
        };
        let mut chunks = Chunks::new();
        let mut fits = true;
        let earlier = self.waiting.iter().filter(|&piece| is_of_it(piece)).map(|piece| piece.chunk);
        for chunk in earlier.chain([last]) {
            // A copy waits with the first.
            if !chunks.contains(&chunk) {
                fits &= chunks.try_push(chunk).is_ok();
            }
        }
        self.frees |= chunks.len() > 1;
        self.waiting.retain(|piece| !is_of_it(piece));
        self.whole = fits.then_some((message, chunks));
    }

    /// The chunks of a message, where all of them were held; that which came last is the last.
    pub fn chunks(&self, message: MessageKey, pieces: usize) -> Option<&[EditKey]> {
        let (whole, chunks) = self.whole.as_ref()?;
        (*whole == message && chunks.len() == pieces).then_some(chunks)
    }

    /// The number by which the frame at hand is known while it is held; none if it is not to be. One that ends the wait
    /// of others goes after them.
    pub fn ticket(&mut self) -> Option<u64> {
        if self.frees && !self.holds {
            self.ticket += 1;
            return Some(self.ticket);
        }
        self.holds.then_some(self.ticket)
    }

    /// Whether a frame that is held has to wait still.
    pub fn is_waiting(&self, ticket: u64) -> bool {
        // They came in the order of their tickets.
        self.waiting.binary_search_by_key(&ticket, |piece| piece.ticket).is_ok()
    }

    /// Whether a frame that is held must not wait any longer.
    pub fn is_overdue(&self, ticket: u64) -> bool {
        let first = self.waiting.partition_point(|piece| piece.ticket < ticket);
        let of_it = self.waiting.iter().skip(first).take_while(|piece| piece.ticket == ticket);
        of_it.into_iter().any(|piece| piece.is_overdue)
    }

    /// A frame has waited long enough: its pieces go on, and every copy of them. Gives one after another, then none.
    pub fn give_up(&mut self, ticket: u64) -> Option<EditKey> {
        let chunk = self.waiting.iter().find(|piece| piece.ticket == ticket)?.chunk;
        // A copy that waited on would be changed once its message is whole, though the other went on as it came.
        self.waiting.retain(|piece| piece.chunk != chunk);
        Some(chunk)
    }
}
