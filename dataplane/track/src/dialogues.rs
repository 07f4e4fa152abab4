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
//! Bounded: a dialogue costs 148 octets with its places in the index. A full table gives up the dialogue that was
//! opened longest ago.
//!
//! Not handled here: pre-arranged end (the time-out ends it), addresses compared against those at open.

use crate::dialogue::{Dialogue, NodeKey};
use crate::hash::mix;

const WAYS: usize = 4;

/// What opening a dialogue cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing.
    Fresh,
    /// A dialogue with the same id was still open and is replaced.
    Replaced,
    /// The oldest dialogue was given up.
    Shed,
    /// The dialogue in its place had seen nothing for longer than the time-out.
    Expired,
}

/// Where in its table a dialogue stands, until something is opened or closed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    slot: usize,
    by: Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// The id the message is addressed to.
    To,
    /// The id its sender gave.
    From,
}

/// Whether there was a dialogue to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Yes.
    Closed,
    /// No.
    Unknown,
}

#[derive(Clone, Copy, Default)]
struct Place {
    tag: u32,
    /// Slot number plus one; 0 is empty.
    slot: u32,
}

/// Where to look for a key.
#[derive(Clone, Copy)]
struct Hashed {
    set: usize,
    tag: u32,
}

/// The table.
pub struct Dialogues {
    slots: Box<[Dialogue]>,
    /// Slots not in use, as a stack.
    free: Vec<u32>,
    /// Where to look for the oldest when none is free.
    oldest: usize,
    index: Box<[[Place; WAYS]]>,
    sets_mask: usize,
    key: u64,
    timeout_ns: u64,
    next_number: u64,
}

impl Dialogues {
    /// Room for `capacity` open dialogues that end by themselves after `timeout_ns` of silence, hashed under `key`.
    pub fn new(capacity: usize, timeout_ns: u64, key: u64) -> Self {
        let capacity = capacity.clamp(1, u32::MAX as usize - 1);
        let sets = capacity.next_power_of_two();
        Self {
            slots: vec![Dialogue::default(); capacity].into_boxed_slice(),
            free: (0..capacity as u32).rev().collect(),
            oldest: 0,
            index: vec![[Place::default(); WAYS]; sets].into_boxed_slice(),
            sets_mask: sets - 1,
            key,
            timeout_ns,
            next_number: 1,
        }
    }

    /// Opens a dialogue for a Begin.
    #[inline]
    pub fn open(&mut self, opener: NodeKey, now_ns: u64) -> (Found, Opened) {
        let hashed = self.hash(opener);
        let mut outcome = Opened::Fresh;
        if let Some(slot) = self.find_slot(hashed, opener) {
            self.close_slot(slot);
            outcome = Opened::Replaced;
        }
        let slot = match self.free.pop() {
            Some(slot) => slot as usize,
            None => {
                let slot;
                (slot, outcome) = self.give_up_oldest(now_ns);
                slot
            }
        };
        self.place(hashed, slot);
        let number = self.next_number;
        self.next_number += 1;
        if let Some(dialogue) = self.slots.get_mut(slot) {
            dialogue.begin(number, opener, now_ns);
        }
        (Found { slot, by: Key::From }, outcome)
    }

    #[cold]
    fn give_up_oldest(&mut self, now_ns: u64) -> (usize, Opened) {
        let slot = self.oldest;
        self.oldest = (self.oldest + 1) % self.slots.len();
        let silent = self.slots.get(slot).map_or(0, |d| now_ns.saturating_sub(d.last_ns));
        (slot, if silent > self.timeout_ns { Opened::Expired } else { Opened::Shed })
    }

    /// Finds the dialogue of a message by the id it is addressed to, else by the id its sender gave; from then on
    /// the sender's id finds it too.
    #[inline]
    pub fn find(&mut self, to: Option<NodeKey>, from: Option<NodeKey>, now_ns: u64) -> Option<Found> {
        let look = |key| self.find_slot(self.hash(key), key);
        let (slot, by) = match to.and_then(look) {
            Some(slot) => (slot, Key::To),
            None => (from.and_then(look)?, Key::From),
        };
        let known = self.slots.get_mut(slot)?;
        if now_ns.saturating_sub(known.last_ns) > self.timeout_ns {
            self.close_slot(slot);
            return None;
        }
        known.last_ns = now_ns;
        let alias = from.filter(|k| *k != known.opener && known.responder != Some(*k));
        if let Some(alias) = alias {
            known.responder = Some(alias);
            self.place(self.hash(alias), slot);
        }
        Some(Found { slot, by })
    }

    /// The dialogue that was found.
    #[inline]
    pub fn at(&mut self, found: Found) -> Option<&mut Dialogue> {
        self.slots.get_mut(found.slot)
    }

    /// Ends the dialogue that was found by the id its message is addressed to. The sender's id alone ends nothing:
    /// whoever ends a dialogue knows the other side's.
    #[inline]
    pub fn close(&mut self, found: Option<Found>) -> Ended {
        match found {
            Some(Found { slot, by: Key::To }) => {
                self.close_slot(slot);
                Ended::Closed
            }
            _ => Ended::Unknown,
        }
    }

    /// Open dialogues.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn close_slot(&mut self, slot: usize) {
        if let Some(dialogue) = self.slots.get_mut(slot).filter(|d| d.open) {
            dialogue.open = false;
            // Room for every slot was made at the start.
            self.free.push(slot as u32);
        }
    }

    #[inline(always)]
    fn hash(&self, key: NodeKey) -> Hashed {
        let h = mix(self.key, key.transaction, key.node);
        Hashed { set: h as usize & self.sets_mask, tag: (h >> 32) as u32 }
    }

    #[inline(always)]
    fn find_slot(&self, hashed: Hashed, key: NodeKey) -> Option<usize> {
        let ways = self.index.get(hashed.set)?;
        let mut candidates = ways.iter().filter(|p| p.tag == hashed.tag && p.slot != 0).map(|p| p.slot as usize - 1);
        candidates.find(|&slot| self.is_at(slot, key))
    }

    #[inline]
    fn is_at(&self, slot: usize, key: NodeKey) -> bool {
        self.slots.get(slot).is_some_and(|d| d.open && (d.opener == key || d.responder == Some(key)))
    }

    /// Enters a key into the index: a free place of its set, or one that points nowhere any more, else the place of
    /// the dialogue opened longest ago, which is then found only from its other side.
    #[inline]
    fn place(&mut self, hashed: Hashed, slot: usize) {
        let Some(ways) = self.index.get_mut(hashed.set) else { return };
        let age = |place: &Place| match (place.slot as usize).checked_sub(1).and_then(|s| self.slots.get(s)) {
            Some(d) if d.open => d.opened_ns.saturating_add(1),
            _ => 0,
        };
        let way = match ways.iter().position(|place| age(place) == 0) {
            Some(way) => way,
            None => (0..WAYS).min_by_key(|&w| ways.get(w).map_or(0, age)).unwrap_or(0),
        };
        if let Some(place) = ways.get_mut(way) {
            *place = Place { tag: hashed.tag, slot: slot as u32 + 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000_000_000;

    fn key(transaction: u64, node: u64) -> NodeKey {
        NodeKey { transaction, node }
    }

    fn table(capacity: usize) -> Dialogues {
        Dialogues::new(capacity, MINUTE, 42)
    }

    fn opened(t: &mut Dialogues, key: NodeKey, now_ns: u64) -> (&mut Dialogue, Opened) {
        let (found, outcome) = t.open(key, now_ns);
        (t.at(found).unwrap(), outcome)
    }

    fn found(t: &mut Dialogues, to: NodeKey, from: Option<NodeKey>, now_ns: u64) -> Option<&mut Dialogue> {
        let found = t.find(Some(to), from, now_ns)?;
        t.at(found)
    }

    fn close(t: &mut Dialogues, to: NodeKey, now_ns: u64) -> Ended {
        let found = t.find(Some(to), None, now_ns);
        t.close(found)
    }

    #[test]
    fn a_dialogue_is_found_from_either_side_until_it_ends() {
        let mut t = table(8);
        let (a, b) = (key(0xA, 1), key(0xB, 2));
        let number = opened(&mut t, a, 0).0.number;
        assert_eq!(found(&mut t, a, Some(b), 1).unwrap().number, number, "Continue of the responder");
        assert_eq!(found(&mut t, b, Some(a), 2).unwrap().number, number, "Continue of the opener");
        assert_eq!(close(&mut t, b, 3), Ended::Closed);
        assert_eq!(close(&mut t, a, 3), Ended::Unknown);
        assert!(t.find(Some(a), None, 3).is_none());
        assert!(t.is_empty());
    }

    #[test]
    fn an_answer_is_given_the_operation_of_its_invoke() {
        let mut t = table(8);
        let (dialogue, _) = opened(&mut t, key(1, 1), 0);
        dialogue.remember(1, 46);
        dialogue.remember(2, 44);
        dialogue.remember(1, 45);
        assert_eq!((dialogue.operation_of(1), dialogue.operation_of(2)), (Some(45), Some(44)));
        assert_eq!((dialogue.operation_of(3), dialogue.operation_of(i64::MAX)), (None, None));
    }

    #[test]
    fn the_id_of_the_sender_alone_ends_nothing() {
        let mut t = table(8);
        t.open(key(1, 1), 0);
        let found = t.find(None, Some(key(1, 1)), 1);
        assert!(found.is_some());
        assert_eq!(t.close(found), Ended::Unknown);
        assert_eq!(t.len(), 1);
    }

    #[test]
    fn the_same_id_of_another_node_is_another_dialogue() {
        let mut t = table(8);
        let first = opened(&mut t, key(1, 1), 0).0.number;
        let second = opened(&mut t, key(1, 2), 0).0.number;
        assert_ne!(first, second);
        assert_eq!(found(&mut t, key(1, 1), None, 0).unwrap().number, first);
    }

    #[test]
    fn an_id_used_again_replaces_the_dialogue_that_was_never_ended() {
        let mut t = table(8);
        opened(&mut t, key(1, 1), 0).0.is_sms = true;
        let (dialogue, outcome) = opened(&mut t, key(1, 1), 1);
        assert_eq!(outcome, Opened::Replaced);
        assert!(!dialogue.is_sms);
        assert_eq!(t.len(), 1);
    }

    #[test]
    fn a_full_table_gives_up_the_oldest_and_stays_full() {
        let mut t = table(4);
        for n in 0..4 {
            assert_eq!(t.open(key(n, 1), n).1, Opened::Fresh);
        }
        assert_eq!(t.open(key(9, 1), 9).1, Opened::Shed);
        assert!(t.find(Some(key(0, 1)), None, 9).is_none());
        assert!(t.find(Some(key(9, 1)), None, 9).is_some());
        assert_eq!(t.len(), 4);
    }

    #[test]
    fn silence_ends_a_dialogue() {
        let mut t = table(4);
        t.open(key(1, 1), 0);
        assert!(t.find(Some(key(1, 1)), None, MINUTE).is_some());
        assert!(t.find(Some(key(1, 1)), None, 2 * MINUTE + 1).is_none());
        assert!(t.is_empty());
    }

    #[test]
    fn a_dialogue_costs_what_the_book_says() {
        let index = WAYS * size_of::<Place>();
        assert_eq!(size_of::<Dialogue>() + index + size_of::<u32>(), 148);
    }

    #[test]
    fn a_million_dialogues_in_and_out_leave_the_table_as_it_was() {
        let mut t = table(1000);
        for n in 0..1_000_000u64 {
            t.open(key(n, 1), n);
            if n % 2 == 0 {
                assert_eq!(close(&mut t, key(n, 1), n), Ended::Closed);
            }
        }
        assert_eq!(t.len(), 1000);
        assert_eq!(t.free.capacity(), 1000, "nothing was allocated");
    }
}
