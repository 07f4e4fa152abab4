//! TCAP dialogues: what an answer that names neither context nor operation belongs to (Q.774 §3.3).
//!
//! A dialogue is known by the transaction id and the address of the side that gave it. It is opened by a Begin, also
//! an empty one, and found again from either side:
//!
//! ```text
//! Begin     otid=A                 opens it under A
//! Continue  otid=B dtid=A          found under A, from now on also under B
//! Continue  otid=A dtid=B          found under B
//! End       dtid=A or dtid=B       found and closed
//! ```
//! An id is kept as a keyed hash of 64 bits: that two open ones have the same is less likely than one in 2^64 for each
//! pair, and no peer can bring it about. Addresses are kept as 32 bits each: one in 2^32 of those that differ passes
//! for the one it should be.
//!
//! Nothing is seen of a pre-arranged end (Q.771 §3.1.2.2): such a dialogue ends by the time-out, which is counted when
//! its id is seen again, its place is needed, or it has become the oldest; each Begin looks at the oldest at most once.
//!
//! Bounded: a dialogue costs [`DIALOGUE_COST_OCTETS`] with its places in the index, in a table whose capacity is a power
//! of two. A full table gives up the dialogue that was opened longest ago. At any time
//! `opened == closed + replaced + shed + expired + open`.
//!
//! Not handled here: which operations an end leaves unanswered.

mod outcome;
mod places;
#[cfg(test)]
mod tests;

use crate::dialogue::{Dialogue, NodeKey, Side};
use crate::hash::mix;
use crate::lists::{Ends, Lists, NONE};
use outcome::Key;
pub use outcome::{Addresses, DialogueCounts, Ended, Found, Opened};
use places::Places;

/// What an open dialogue costs: its slot, its links in the order of age, its places in the index.
pub const DIALOGUE_COST_OCTETS: usize = size_of::<Dialogue>() + 8 + 16;

const _: () = assert!(DIALOGUE_COST_OCTETS == 96);

/// The table.
pub struct Dialogues {
    slots: Box<[Dialogue]>,
    links: Lists,
    /// The open ones, the one opened longest ago first.
    open: Ends,
    free: Ends,
    len: usize,
    places: Places,
    key: u64,
    timeout: u32,
    /// The tick at which the oldest may have been silent for too long.
    look_at: Option<u32>,
    next_number: u64,
    counts: DialogueCounts,
}

impl Dialogues {
    /// Room for `capacity` open dialogues that end by themselves after `timeout_ns` of silence (and up to 34 ms more),
    /// hashed under `key`.
    pub fn new(capacity: usize, timeout_ns: u64, key: u64) -> Self {
        let capacity = capacity.clamp(1, CAPACITY_MAX);
        let (mut links, mut free) = (Lists::new(capacity), Ends::EMPTY);
        for slot in 0..capacity as u32 {
            links.push_back(&mut free, slot);
        }
        Self {
            slots: vec![Dialogue::default(); capacity].into_boxed_slice(),
            links,
            open: Ends::EMPTY,
            free,
            len: 0,
            places: Places::new(capacity),
            key,
            timeout: ((timeout_ns >> TICK_BITS) + 1).min(i32::MAX as u64) as u32,
            look_at: None,
            next_number: 1,
            counts: DialogueCounts::default(),
        }
    }

    /// Opens a dialogue for a Begin between two addresses, called and calling, each folded into a word.
    #[inline]
    pub fn open(&mut self, opener: NodeKey, [called, calling]: [u64; 2], now_ns: u64) -> (Found, Opened) {
        let now = tick(now_ns);
        self.look_at_oldest(now);
        let id = self.hash(opener);
        let mut outcome = Opened::Fresh;
        if let Some(slot) = self.slot_of(id) {
            outcome = self.give_up(slot, now, Opened::Replaced);
        }
        if self.free.front == NONE {
            outcome = self.give_up(self.open.front, now, Opened::Shed);
        }
        let slot = self.free.front;
        self.links.remove(&mut self.free, slot);
        self.links.push_back(&mut self.open, slot);
        self.len += 1;
        let number = self.next_number;
        self.next_number += 1;
        self.counts.opened += 1;
        if let Some(dialogue) = self.slots.get_mut(slot as usize) {
            dialogue.begin(number, id, [fold(calling), fold(called)], now);
        }
        self.enter(id, slot);
        (Found { slot, by: Key::From, addresses: Addresses::Known }, outcome)
    }

    /// Frees the place of a dialogue that nobody ended. It is counted as expired if it was silent for too long, else as
    /// what it is otherwise.
    #[inline]
    fn give_up(&mut self, slot: u32, now: u32, otherwise: Opened) -> Opened {
        let expired = self.slots.get(slot as usize).is_some_and(|d| silent(now, d.last) > self.timeout);
        let outcome = if expired { Opened::Expired } else { otherwise };
        match outcome {
            Opened::Fresh => {}
            Opened::Replaced => self.counts.replaced += 1,
            Opened::Shed => self.counts.shed += 1,
            Opened::Expired => self.counts.expired += 1,
        }
        self.close_slot(slot);
        outcome
    }

    /// Gives up the oldest if it was silent for too long; else there is no need to look again before it may be.
    #[inline]
    fn look_at_oldest(&mut self, now: u32) {
        if self.look_at.is_some_and(|at| (now.wrapping_sub(at) as i32) < 0) {
            return;
        }
        let last = self.slots.get(self.open.front as usize).map_or(now, |d| d.last);
        if silent(now, last) > self.timeout {
            self.counts.expired += 1;
            self.close_slot(self.open.front);
        } else {
            self.look_at = Some(last.wrapping_add(self.timeout).wrapping_add(1));
        }
    }

    /// Finds the dialogue of a message between two addresses, called and calling, by the id it is addressed to, else by
    /// the id its sender gave; from then on the responder's id finds it too.
    #[inline]
    pub fn find(&mut self, to: Option<NodeKey>, from: Option<NodeKey>, peers: [u64; 2], now_ns: u64) -> Option<Found> {
        let now = tick(now_ns);
        let (to, from) = (to.map(|key| self.hash(key)), from.map(|key| self.hash(key)));
        let (slot, by) = match to.and_then(|id| self.slot_of(id)) {
            // The sender has another dialogue: its id says which, the receiver's was given before and is over (Q.774 §3.3).
            Some(slot) if let Some(newer) = self.newer(slot, to, from) => (newer, Key::From),
            Some(slot) => (slot, Key::To),
            None => (self.slot_of(from?)?, Key::From),
        };
        let known = self.slots.get_mut(slot as usize)?;
        if silent(now, known.last) > self.timeout {
            self.counts.expired += 1;
            self.close_slot(slot);
            return None;
        }
        known.last = now;
        let [opener, responder] = known.ids;
        known.sender = match by {
            Key::To if to == Some(opener) => Side::Responder,
            Key::From if from != Some(opener) => Side::Responder,
            _ => Side::Opener,
        };
        let addresses = compare(known, peers);
        let alias = from.filter(|id| known.sender == Side::Responder && *id != responder && *id != opener);
        if let Some(alias) = alias {
            self.answered_by(slot, alias, now);
        }
        Some(Found { slot, by, addresses })
    }

    /// The dialogue that the sender opened, if it is another than the one that is known by the receiver's id.
    #[inline]
    fn newer(&self, slot: u32, to: Option<u64>, from: Option<u64>) -> Option<u32> {
        let (to, from) = (to?, from?);
        let [opener, responder] = self.slots.get(slot as usize)?.ids;
        if to != responder || from == opener || from == responder {
            return None;
        }
        let other = self.slot_of(from)?;
        self.slots.get(other as usize).filter(|dialogue| dialogue.ids[0] == from).map(|_| other)
    }

    /// From now on a dialogue is found by the responder's id too. Whichever had the same id before is over, or its
    /// responder is: a node gives an id to one dialogue at a time (Q.774 §3.3).
    #[inline]
    fn answered_by(&mut self, slot: u32, id: u64, now: u32) {
        if let Some(other) = self.slot_of(id) {
            match self.slots.get_mut(other as usize) {
                Some(dialogue) if dialogue.ids[1] == id => {
                    dialogue.ids[1] = 0;
                    self.places.remove(id, other);
                }
                _ => {
                    self.give_up(other, now, Opened::Replaced);
                }
            }
        }
        let Some(dialogue) = self.slots.get_mut(slot as usize) else { return };
        let before = std::mem::replace(&mut dialogue.ids[1], id);
        if before != 0 {
            self.places.remove(before, slot);
        }
        self.enter(id, slot);
    }

    /// The dialogue that was found.
    #[inline]
    pub fn at(&mut self, found: Found) -> Option<&mut Dialogue> {
        self.slots.get_mut(found.slot as usize)
    }

    /// Ends the dialogue that was found by the id its message is addressed to. The sender's id alone ends nothing:
    /// whoever ends a dialogue knows the other side's.
    #[inline]
    pub fn close(&mut self, found: Option<Found>) -> Ended {
        match found {
            Some(Found { slot, by: Key::To, .. }) => {
                self.counts.closed += u64::from(self.close_slot(slot));
                Ended::Closed
            }
            _ => Ended::Unknown,
        }
    }

    /// Open dialogues.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What happened since the last call.
    pub fn take_counts(&mut self) -> DialogueCounts {
        std::mem::take(&mut self.counts)
    }

    /// Frees a slot and says whether it was in use.
    #[inline]
    fn close_slot(&mut self, slot: u32) -> bool {
        let Some(dialogue) = self.slots.get_mut(slot as usize).filter(|d| d.is_open) else { return false };
        dialogue.is_open = false;
        for id in dialogue.ids.into_iter().filter(|id| *id != 0) {
            self.places.remove(id, slot);
        }
        self.links.remove(&mut self.open, slot);
        // In front: the slot used last is the next.
        self.links.insert_after(&mut self.free, NONE, slot);
        self.len -= 1;
        true
    }

    #[inline(always)]
    fn hash(&self, key: NodeKey) -> u64 {
        mix(self.key, key.transaction, key.node)
    }

    #[inline(always)]
    fn slot_of(&self, id: u64) -> Option<u32> {
        self.places
            .find(id)
            .find(|&slot| self.slots.get(slot as usize).is_some_and(|d| d.is_open && d.ids.contains(&id)))
    }

    /// Enters an id into the index: where a set is full of open dialogues, the one opened longest ago gives way, and is
    /// then found only from its other side.
    #[inline]
    fn enter(&mut self, id: u64, slot: u32) {
        let Self { places, slots, .. } = self;
        places.enter(id, slot, |slot| slots.get(slot as usize).map_or(0, |d| d.number));
    }
}

/// Compares the addresses of a message with those of its dialogue; the first answer brings the responder's.
#[inline]
fn compare(dialogue: &mut Dialogue, [called, calling]: [u64; 2]) -> Addresses {
    let (called, calling) = (fold(called), fold(calling));
    let [opener, responder] = dialogue.addresses;
    if dialogue.sender == Side::Opener {
        return if [calling, called] == [opener, responder] { Addresses::Known } else { Addresses::Other };
    }
    let is_first = !std::mem::replace(&mut dialogue.is_answered, true);
    match (called == opener, calling == responder) {
        (true, true) => Addresses::Known,
        (true, false) if is_first => {
            dialogue.addresses = [opener, calling];
            Addresses::Answering
        }
        _ => Addresses::Other,
    }
}

/// Ticks of 2^24 ns, 17 ms: differences of up to 416 days are told apart.
const TICK_BITS: u32 = 24;
/// So that a place has some bits for its tag.
const CAPACITY_MAX: usize = 1 << 27;

#[inline(always)]
const fn tick(now_ns: u64) -> u32 {
    (now_ns >> TICK_BITS) as u32
}

/// Ticks between two; none if time went back.
#[inline(always)]
const fn silent(now: u32, last: u32) -> u32 {
    let ticks = now.wrapping_sub(last);
    if ticks > i32::MAX as u32 { 0 } else { ticks }
}

#[inline(always)]
const fn fold(word: u64) -> u32 {
    (word ^ word >> 32) as u32
}
