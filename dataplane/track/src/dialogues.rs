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
//! Bounded: a dialogue costs 176 octets with its places in the index. A full table gives up the dialogue that was
//! opened longest ago.
//!
//! Not handled here: pre-arranged end (the time-out ends it), addresses compared against those at open.

use crate::hash::mix;
use sluice_wire::sms::Direction;

/// Longest application context kept. MAP's have seven octets; a longer one is cut and matches nothing.
pub const CONTEXT_OCTETS_MAX: usize = 15;
/// Invokes remembered per dialogue; an answer to a later one is not given its operation.
pub const INVOKES_MAX: usize = 6;
const WAYS: usize = 4;

/// A transaction id as one side of a dialogue gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NodeKey {
    /// The id, with its length folded in.
    pub transaction: u64,
    /// The address of the node that gave it, folded into a word.
    pub node: u64,
}

/// An application context in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ApplicationContext {
    octets: [u8; CONTEXT_OCTETS_MAX],
    len: u8,
}

impl ApplicationContext {
    /// Keeps the contents octets of an OBJECT IDENTIFIER.
    pub fn new(content: &[u8]) -> Self {
        let mut kept = Self::default();
        let len = content.len().min(CONTEXT_OCTETS_MAX);
        for (slot, &octet) in kept.octets.iter_mut().zip(content) {
            *slot = octet;
        }
        kept.len = len as u8;
        kept
    }

    /// The contents octets; empty when none is known.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// What is known of an open dialogue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialogue {
    /// Its number: unique in this table.
    pub number: u64,
    /// The application context, once a message carried one.
    pub context: ApplicationContext,
    /// Whether a context or an operation of the short message service was seen in it.
    pub is_sms: bool,
    /// Which way its short message goes, once a message showed it.
    pub way: Option<Direction>,
    invokes: [(i16, i16); INVOKES_MAX],
    invokes_len: u8,
    opener: NodeKey,
    responder: Option<NodeKey>,
    opened_ns: u64,
    last_ns: u64,
    open: bool,
}

impl Dialogue {
    /// Remembers the operation of an invoke. Ids and codes that do not fit 16 bits are not remembered.
    pub fn remember(&mut self, invoke_id: i64, operation: i64) {
        let (Ok(id), Ok(operation)) = (i16::try_from(invoke_id), i16::try_from(operation)) else { return };
        let known = usize::from(self.invokes_len);
        if let Some(slot) = self.invokes.iter_mut().take(known).find(|(known_id, _)| *known_id == id) {
            slot.1 = operation;
        } else if let Some(slot) = self.invokes.get_mut(known) {
            *slot = (id, operation);
            self.invokes_len += 1;
        }
    }

    /// The operation of an invoke.
    pub fn operation_of(&self, invoke_id: i64) -> Option<i64> {
        let id = i16::try_from(invoke_id).ok()?;
        let known = self.invokes.iter().take(usize::from(self.invokes_len));
        known.rev().find(|(known_id, _)| *known_id == id).map(|&(_, operation)| i64::from(operation))
    }
}

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

/// The table.
pub struct Dialogues {
    slots: Box<[Dialogue]>,
    /// Slots not in use, as a stack.
    free: Vec<u32>,
    /// Where to look for the oldest when none is free.
    oldest: usize,
    index: Box<[Place]>,
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
            index: vec![Place::default(); sets * WAYS].into_boxed_slice(),
            sets_mask: sets - 1,
            key,
            timeout_ns,
            next_number: 1,
        }
    }

    /// Opens a dialogue for a Begin.
    pub fn open(&mut self, opener: NodeKey, now_ns: u64) -> (&mut Dialogue, Opened) {
        let mut outcome = Opened::Fresh;
        if let Some(slot) = self.find_slot(opener) {
            self.close_slot(slot);
            outcome = Opened::Replaced;
        }
        let slot = match self.free.pop() {
            Some(slot) => slot as usize,
            None => {
                let slot = self.oldest;
                self.oldest = (self.oldest + 1) % self.slots.len();
                let silent = self.slots.get(slot).map_or(0, |d| now_ns.saturating_sub(d.last_ns));
                outcome = if silent > self.timeout_ns { Opened::Expired } else { Opened::Shed };
                slot
            }
        };
        let number = self.next_number;
        self.next_number += 1;
        self.place(opener, slot);
        let fresh = Dialogue { number, opener, opened_ns: now_ns, last_ns: now_ns, open: true, ..Dialogue::default() };
        // A slot number comes from the stack of free ones or from `oldest`: both stay below the table's length.
        let dialogue = &mut self.slots[slot];
        *dialogue = fresh;
        (dialogue, outcome)
    }

    /// Finds the dialogue of a message by the id it is addressed to, else by the id its sender gave; from then on
    /// the sender's id finds it too.
    pub fn find(&mut self, to: Option<NodeKey>, from: Option<NodeKey>, now_ns: u64) -> Option<&mut Dialogue> {
        let slot = to.and_then(|k| self.find_slot(k)).or_else(|| from.and_then(|k| self.find_slot(k)))?;
        let known = self.slots.get_mut(slot)?;
        if now_ns.saturating_sub(known.last_ns) > self.timeout_ns {
            self.close_slot(slot);
            return None;
        }
        known.last_ns = now_ns;
        let alias = from.filter(|k| *k != known.opener && known.responder != Some(*k));
        if let Some(alias) = alias {
            known.responder = Some(alias);
            self.place(alias, slot);
        }
        self.slots.get_mut(slot)
    }

    /// Ends the dialogue with this number, if it is still the one that `to` finds.
    pub fn close(&mut self, to: NodeKey) -> Ended {
        match self.find_slot(to) {
            Some(slot) => {
                self.close_slot(slot);
                Ended::Closed
            }
            None => Ended::Unknown,
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

    fn close_slot(&mut self, slot: usize) {
        if let Some(dialogue) = self.slots.get_mut(slot).filter(|d| d.open) {
            dialogue.open = false;
            self.free.push(slot as u32);
        }
    }

    fn hash(&self, key: NodeKey) -> (usize, u32) {
        let h = mix(self.key, key.transaction, key.node);
        ((h as usize & self.sets_mask) * WAYS, (h >> 32) as u32)
    }

    fn find_slot(&self, key: NodeKey) -> Option<usize> {
        let (at, tag) = self.hash(key);
        let ways = self.index.get(at..at + WAYS)?;
        let mut candidates = ways.iter().filter(|p| p.slot != 0 && p.tag == tag).map(|p| p.slot as usize - 1);
        candidates.find(|&slot| self.is_at(slot, key))
    }

    fn is_at(&self, slot: usize, key: NodeKey) -> bool {
        self.slots.get(slot).is_some_and(|d| d.open && (d.opener == key || d.responder == Some(key)))
    }

    /// Enters a key into the index: a free place of its set, or one that points nowhere any more, else the place of
    /// the dialogue opened longest ago, which is then found only from its other side.
    fn place(&mut self, key: NodeKey, slot: usize) {
        let (at, tag) = self.hash(key);
        let age = |place: &Place| match (place.slot as usize).checked_sub(1).and_then(|s| self.slots.get(s)) {
            Some(d) if d.open => d.opened_ns.saturating_add(1),
            _ => 0,
        };
        let Some(ways) = self.index.get(at..at + WAYS) else { return };
        let Some(way) = (0..WAYS).min_by_key(|&w| ways.get(w).map_or(0, age)) else { return };
        if let Some(place) = self.index.get_mut(at + way) {
            *place = Place { tag, slot: slot as u32 + 1 };
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

    #[test]
    fn a_dialogue_is_found_from_either_side_until_it_ends() {
        let mut t = table(8);
        let (a, b) = (key(0xA, 1), key(0xB, 2));
        let number = t.open(a, 0).0.number;
        assert_eq!(t.find(Some(a), Some(b), 1).unwrap().number, number, "Continue of the responder");
        assert_eq!(t.find(Some(b), Some(a), 2).unwrap().number, number, "Continue of the opener");
        assert_eq!(t.close(b), Ended::Closed);
        assert_eq!(t.close(a), Ended::Unknown);
        assert!(t.find(Some(a), None, 3).is_none());
        assert!(t.is_empty());
    }

    #[test]
    fn an_answer_is_given_the_operation_of_its_invoke() {
        let mut t = table(8);
        let (dialogue, _) = t.open(key(1, 1), 0);
        dialogue.remember(1, 46);
        dialogue.remember(2, 44);
        dialogue.remember(1, 45);
        assert_eq!((dialogue.operation_of(1), dialogue.operation_of(2)), (Some(45), Some(44)));
        assert_eq!((dialogue.operation_of(3), dialogue.operation_of(i64::MAX)), (None, None));
    }

    #[test]
    fn the_same_id_of_another_node_is_another_dialogue() {
        let mut t = table(8);
        let first = t.open(key(1, 1), 0).0.number;
        let second = t.open(key(1, 2), 0).0.number;
        assert_ne!(first, second);
        assert_eq!(t.find(Some(key(1, 1)), None, 0).unwrap().number, first);
    }

    #[test]
    fn an_id_used_again_replaces_the_dialogue_that_was_never_ended() {
        let mut t = table(8);
        t.open(key(1, 1), 0).0.is_sms = true;
        let (dialogue, outcome) = t.open(key(1, 1), 1);
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
    fn a_million_dialogues_in_and_out_leave_the_table_as_it_was() {
        let mut t = table(1000);
        for n in 0..1_000_000u64 {
            t.open(key(n, 1), n);
            if n % 2 == 0 {
                assert_eq!(t.close(key(n, 1)), Ended::Closed);
            }
        }
        assert_eq!(t.len(), 1000);
        assert_eq!(t.free.capacity(), 1000, "nothing was allocated");
    }
}
