//! Where pieces are held: a slot for each, a slot for each message that has any, and where to find them.

use super::slot::{Begun, FREE_PIECE, Held, NO_MESSAGE};
use super::{MessageKey, Piece};
use crate::hash::mix;
use crate::index::Index;
use crate::lists::{Ends, Lists, NONE};
use crate::store::Store;

/// What a piece will stand between.
#[derive(Default)]
pub(super) struct Neighbours {
    pub(super) before: Option<u32>,
    after: Option<u32>,
    /// Octets of the runs before and after.
    pub(super) octets: usize,
    /// Whether the run before is the one after: a ring has no beginning.
    pub(super) are_one_run: bool,
}

pub(super) struct Table {
    pieces: Box<[Held]>,
    messages: Box<[Begun]>,
    free_pieces: Vec<u32>,
    free_messages: Vec<u32>,
    of_message: Lists,
    ages: Lists,
    /// All pieces, in the order they came.
    all: Ends,
    by_key: Index,
    by_beginning: Index,
    by_end: Index,
    store: Store,
    key: u64,
}

impl Table {
    pub(super) fn new(pieces: usize, octets: usize, key: u64) -> Self {
        let slots = pieces.clamp(1, NONE as usize - 1);
        Self {
            pieces: (0..slots).map(|_| FREE_PIECE).collect(),
            messages: vec![NO_MESSAGE; slots].into_boxed_slice(),
            free_pieces: (0..slots as u32).rev().collect(),
            free_messages: (0..slots as u32).rev().collect(),
            of_message: Lists::new(slots),
            ages: Lists::new(slots),
            all: Ends::EMPTY,
            by_key: Index::new(slots),
            by_beginning: Index::new(slots),
            by_end: Index::new(slots),
            store: Store::new(octets),
            key,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len() - self.free_pieces.len()
    }

    /// The message of a key.
    pub(super) fn message(&self, key: MessageKey) -> Option<u32> {
        let is_it = |slot: &u32| self.messages.get(*slot as usize).is_some_and(|m| m.key == key);
        self.by_key.find(self.hash_of(key)).find(is_it)
    }

    /// The piece that came first of all.
    pub(super) fn oldest(&self) -> Option<u32> {
        Some(self.all.front).filter(|slot| *slot != NONE)
    }

    /// A piece of a message.
    pub(super) fn any_of(&self, message: u32) -> Option<u32> {
        self.messages.get(message as usize).map(|begun| begun.pieces.front)
    }

    /// Whether octets fit when nothing else is held.
    pub(super) fn could_hold(&self, octets: &[u8]) -> bool {
        self.store.could_hold(octets.len())
    }

    /// Whether a piece of these octets fits now. There are as many slots for messages as for pieces.
    pub(super) fn has_room(&self, octets: &[u8]) -> bool {
        !self.free_pieces.is_empty() && self.store.has_room(octets.len())
    }

    pub(super) fn held(&self, slot: u32) -> Option<&Held> {
        self.pieces.get(slot as usize).filter(|held| held.message != NONE)
    }

    /// The piece of a message that begins at a position.
    pub(super) fn beginning(&self, message: u32, at: u32) -> Option<u32> {
        let mut found = self.by_beginning.find(self.hash(message, at));
        found.find(|&slot| self.held(slot).is_some_and(|held| held.message == message && held.at == at))
    }

    /// The piece of a message that ends before a position.
    pub(super) fn ending(&self, message: u32, next: u32) -> Option<u32> {
        let mut found = self.by_end.find(self.hash(message, next));
        found.find(|&slot| self.held(slot).is_some_and(|held| held.message == message && held.next == next))
    }

    /// Whether a piece is the one held at its position.
    pub(super) fn is_same(&self, slot: u32, piece: &Piece<'_>) -> bool {
        self.held(slot).is_some_and(|held| {
            (held.next, held.first, held.last) == (piece.next, piece.first, piece.last)
                && self.store.holds(&held.octets, piece.octets)
        })
    }

    /// Whether a message with this piece would have more octets than it is long, where positions are offsets.
    pub(super) fn overlaps(&self, message: u32, piece: &Piece<'_>) -> bool {
        let Some(begun) = self.messages.get(message as usize) else { return false };
        let end = match (begun.end, piece.last) {
            (Some(end), true) if end != piece.next => return true,
            (None, true) => Some(piece.next),
            (end, _) => end,
        };
        let octets = begun.octets.saturating_add(piece.octets.len() as u32);
        end.is_some_and(|end| octets > end || begun.reach.max(piece.next) > end)
    }

    /// The runs a piece will join.
    pub(super) fn neighbours(&self, message: u32, piece: &Piece<'_>) -> Neighbours {
        let before =
            self.ending(message, piece.at).filter(|slot| !piece.first && self.held(*slot).is_some_and(|h| !h.last));
        let after = self
            .beginning(message, piece.next)
            .filter(|slot| !piece.last && self.held(*slot).is_some_and(|h| !h.first));
        let head = before.and_then(|tail| self.held(tail)).map(|tail| tail.other_end);
        let octets_of = |head: Option<u32>| head.and_then(|h| self.held(h)).map_or(0, |h| h.run_octets as usize);
        let are_one_run = after.is_some() && head == after;
        Neighbours { before, after, octets: octets_of(head) + octets_of(after), are_one_run }
    }

    /// Holds a piece in its run and says where the run begins. There is room: the caller has made it.
    pub(super) fn place(&mut self, piece: &Piece<'_>, neighbours: &Neighbours, now_ns: u64) -> Option<u32> {
        let octets = self.store.put(piece.octets)?;
        let slot = self.free_pieces.pop()?;
        let message = match self.message(piece.message) {
            Some(message) => message,
            None => self.begin(piece.message)?,
        };
        let Neighbours { before, after, .. } = *neighbours;
        let head = before.and_then(|tail| self.held(tail)).map_or(slot, |tail| tail.other_end);
        let tail = after.and_then(|head| self.held(head)).map_or(slot, |head| head.other_end);
        let run_octets = (neighbours.octets + piece.octets.len()) as u32;
        *self.pieces.get_mut(slot as usize)? = Held {
            frame: piece.frame,
            since_ns: now_ns,
            at: piece.at,
            next: piece.next,
            octets,
            message,
            preceding: before.unwrap_or(NONE),
            following: after.unwrap_or(NONE),
            other_end: NONE,
            run_octets: 0,
            first: piece.first,
            last: piece.last,
        };
        if let Some(before) = before.and_then(|slot| self.pieces.get_mut(slot as usize)) {
            before.following = slot;
        }
        if let Some(after) = after.and_then(|slot| self.pieces.get_mut(slot as usize)) {
            after.preceding = slot;
        }
        self.pieces.get_mut(tail as usize)?.other_end = head;
        let first = self.pieces.get_mut(head as usize)?;
        (first.other_end, first.run_octets) = (tail, run_octets);
        self.enter(message, slot, piece);
        Some(head)
    }

    fn begin(&mut self, key: MessageKey) -> Option<u32> {
        let message = self.free_messages.pop()?;
        *self.messages.get_mut(message as usize)? = Begun { key, ..NO_MESSAGE };
        self.by_key.insert(self.hash_of(key), message);
        Some(message)
    }

    fn enter(&mut self, message: u32, slot: u32, piece: &Piece<'_>) {
        let (begins, ends) = (self.hash(message, piece.at), self.hash(message, piece.next));
        self.by_beginning.insert(begins, slot);
        self.by_end.insert(ends, slot);
        self.ages.push_back(&mut self.all, slot);
        let Some(begun) = self.messages.get_mut(message as usize) else { return };
        self.of_message.push_back(&mut begun.pieces, slot);
        begun.count += 1;
        begun.octets = begun.octets.saturating_add(piece.octets.len() as u32);
        begun.reach = begun.reach.max(piece.next);
        begun.end = if piece.last { Some(piece.next) } else { begun.end };
    }

    /// Whether a run that begins in a slot is a whole message.
    pub(super) fn is_whole(&self, head: u32) -> bool {
        let Some(held) = self.held(head) else { return false };
        held.first && held.preceding == NONE && self.held(held.other_end).is_some_and(|tail| tail.last)
    }

    /// Copies the octets of a piece.
    pub(super) fn copy(&self, slot: u32, out: &mut [u8]) -> usize {
        self.held(slot).map_or(0, |held| self.store.copy(&held.octets, out))
    }

    /// The heads of runs among the first pieces of a message.
    pub(super) fn heads(&self, message: u32, pieces_max: usize) -> impl Iterator<Item = u32> {
        let ends = self.messages.get(message as usize).map_or(Ends::EMPTY, |m| m.pieces);
        let first = self.of_message.iter(ends).take(pieces_max);
        first.filter(|slot| self.held(*slot).is_some_and(|held| held.preceding == NONE))
    }

    /// Where the run of a piece begins.
    pub(super) fn head(&self, slot: u32) -> u32 {
        let mut head = slot;
        while let Some(held) = self.held(head).filter(|held| held.preceding != NONE) {
            head = held.preceding;
        }
        head
    }

    /// Frees a run from its head on and says how many pieces it had.
    pub(super) fn free_run(&mut self, head: u32) -> u64 {
        let (mut at, mut pieces) = (head, 0);
        while let Some(&Held { following, .. }) = self.held(at) {
            self.free(at);
            at = following;
            pieces += 1;
        }
        pieces
    }

    /// Frees all pieces of a message and says how many it had.
    pub(super) fn free_message(&mut self, message: u32) -> u64 {
        let mut pieces = 0;
        while let Some(begun) = self.messages.get(message as usize).filter(|begun| begun.count > 0) {
            self.free(begun.pieces.front);
            pieces += 1;
        }
        pieces
    }

    /// Frees a piece whose whole run is being freed, and its message when it has no other.
    pub(super) fn free(&mut self, slot: u32) {
        let Some(place) = self.pieces.get_mut(slot as usize).filter(|held| held.message != NONE) else { return };
        let held = std::mem::replace(place, FREE_PIECE);
        let (begins, ends) = (self.hash(held.message, held.at), self.hash(held.message, held.next));
        self.by_beginning.remove(begins, slot);
        self.by_end.remove(ends, slot);
        self.ages.remove(&mut self.all, slot);
        let octets = held.octets.len() as u32;
        self.store.release(held.octets);
        // Room for every slot was made at the start.
        self.free_pieces.push(slot);
        let Some(begun) = self.messages.get_mut(held.message as usize) else { return };
        self.of_message.remove(&mut begun.pieces, slot);
        begun.count = begun.count.saturating_sub(1);
        begun.octets = begun.octets.saturating_sub(octets);
        if begun.count == 0 {
            let key = begun.key;
            self.by_key.remove(self.hash_of(key), held.message);
            self.free_messages.push(held.message);
        }
    }

    fn hash_of(&self, MessageKey([a, b]): MessageKey) -> u64 {
        mix(self.key, mix(self.key, a, 0), b)
    }

    fn hash(&self, message: u32, position: u32) -> u64 {
        mix(self.key, u64::from(message), u64::from(position))
    }
}
