//! Parts of concatenated short messages, in any order and over any number of dialogues: TS 23.040 §9.2.3.24.1 and
//! §9.2.3.24.8, the `sar_…` parameters of SMPP 3.4 §5.3.2.22 to §5.3.2.24.
//!
//! No part waits for the others: each is judged with the text of all that came so far, so a whole text stays held for
//! parts that come again. The same text under the same number is a repetition; another one takes its place and is
//! said to be a change, for a word may be hidden so, or a reference used again (it has 8 bits, or 16).
//!
//! ```text
//! held     1 "pay 500 "   3 "example.org"   of 4
//! text     pay 500 …example.org
//! ```
//! An ellipsis stands for the parts missing before one that is there.
//!
//! **Bounds.** A part costs [`PART_COST_OCTETS`] and 128 octets for each 124 of its own; nothing is allocated after the start. A text is given up when it had no new part for longer than the time-out;
//! when room is needed, the one quiet longest goes first. A part costs at most 255 steps to its place; a text is
//! copied as far as there is room.
//!
//! Not handled here: what makes up a key; holding parts back until all are there.

mod part;
#[cfg(test)]
mod tests;

use crate::hash::mix;
use crate::index::Index;
use crate::lists::{Ends, Lists, NONE};
use crate::pieces::MessageKey;
use crate::store::{Chain, Store};
pub use part::{Join, Part, PartCounts, PartSizes};

/// Most octets a part may have.
const PART_OCTETS_MAX: usize = 65_535;
const ELLIPSIS: &[u8] = "…".as_bytes();

struct Held {
    text: Chain,
    sequence: u8,
}

#[derive(Clone, Copy)]
struct Text {
    key: MessageKey,
    last_ns: u64,
    /// Its parts, by number.
    parts: Ends,
    total: u8,
    present: u8,
}

/// What a part costs besides its octets, and with it a text of one part: two slots, their links, the text's place in
/// the index, and their places among the free ones.
pub const PART_COST_OCTETS: usize = 84;

const _: () = {
    const LINKS: usize = 8 + 8;
    const INDEX: usize = 8;
    const FREE: usize = 2 * 4;
    assert!(size_of::<Held>() + size_of::<Text>() + LINKS + INDEX + FREE == PART_COST_OCTETS);
};

/// The table.
pub struct Parts {
    texts: Box<[Text]>,
    parts: Box<[Held]>,
    free_texts: Vec<u32>,
    free_parts: Vec<u32>,
    of_text: Lists,
    ages: Lists,
    /// The texts, the one quiet longest first.
    oldest: Ends,
    by_key: Index,
    store: Store,
    key: u64,
    timeout_ns: u64,
    counts: PartCounts,
}

impl Parts {
    /// An empty table, hashed under `key`.
    pub fn new(sizes: PartSizes, key: u64) -> Self {
        let parts = sizes.parts.clamp(1, NONE as usize - 1);
        Self {
            texts: vec![NO_TEXT; parts].into_boxed_slice(),
            parts: (0..parts).map(|_| Held { text: Chain::EMPTY, sequence: 0 }).collect(),
            free_texts: (0..parts as u32).rev().collect(),
            free_parts: (0..parts as u32).rev().collect(),
            of_text: Lists::new(parts),
            ages: Lists::new(parts),
            oldest: Ends::EMPTY,
            by_key: Index::new(parts),
            store: Store::new(sizes.octets),
            key,
            timeout_ns: sizes.timeout_ns,
            counts: PartCounts::default(),
        }
    }

    /// Takes part `sequence` of `total` of a text, in UTF-8. The total belongs to the key: a text of another total is
    /// another text.
    pub fn add(&mut self, key: MessageKey, total: u8, sequence: u8, text: &[u8], now_ns: u64) -> Part {
        self.expire(now_ns);
        let known = self.find(key);
        let outcome = self.take(known, key, total, sequence, text, now_ns);
        let held = self.find(key).and_then(|slot| self.texts.get(slot as usize));
        let (present, complete) = held.map_or((0, false), |held| (held.present, held.present == held.total));
        match outcome {
            Join::New => self.counts.new += 1,
            Join::Repeated => self.counts.repeated += 1,
            Join::Changed => self.counts.changed += 1,
            Join::Refused => self.counts.refused += 1,
        }
        self.counts.completed += u64::from(complete && outcome == Join::New);
        Part { present, complete, outcome }
    }

    fn take(&mut self, known: Option<u32>, key: MessageKey, total: u8, sequence: u8, text: &[u8], now_ns: u64) -> Join {
        let total = known.and_then(|slot| self.texts.get(slot as usize)).map_or(total, |known| known.total);
        if sequence == 0 || sequence > total || text.len() > PART_OCTETS_MAX || !self.store.could_hold(text.len()) {
            return Join::Refused;
        }
        let (before, held) = self.place_of(known, sequence);
        if held.is_some_and(|slot| self.is_same(slot, text)) {
            self.touch(known, now_ns);
            return Join::Repeated;
        }
        if !self.make_room(known, held, text.len(), now_ns) {
            return Join::Refused;
        }
        let taken = match held {
            Some(slot) => self.replace(slot, text).map(|()| Join::Changed),
            None => self.insert(known, key, total, before, sequence, text).map(|()| Join::New),
        };
        self.touch(self.find(key), now_ns);
        taken.unwrap_or(Join::Refused)
    }

    /// The part before a number, and the part with that number. Parts mostly come in order: it looks from the end.
    fn place_of(&self, text: Option<u32>, sequence: u8) -> (u32, Option<u32>) {
        let mut at = text.and_then(|slot| self.texts.get(slot as usize)).map_or(NONE, |text| text.parts.back);
        while let Some(held) = self.parts.get(at as usize) {
            if held.sequence <= sequence {
                return (at, (held.sequence == sequence).then_some(at));
            }
            at = self.of_text.before(at);
        }
        (NONE, None)
    }

    fn is_same(&self, part: u32, text: &[u8]) -> bool {
        self.parts.get(part as usize).is_some_and(|held| self.store.holds(&held.text, text))
    }

    /// Gives up texts until there is room, the one quiet longest first, but never the one the part belongs to.
    fn make_room(&mut self, own: Option<u32>, held: Option<u32>, octets: usize, now_ns: u64) -> bool {
        while !self.has_room(held, octets) {
            let Some(slot) = self.ages.iter(self.oldest).find(|slot| Some(*slot) != own) else { return false };
            let lost = self.give_up(slot);
            *(if lost.silent_ns(now_ns) > self.timeout_ns {
                &mut self.counts.expired
            } else {
                &mut self.counts.shed
            }) += u64::from(lost.present);
        }
        true
    }

    /// Whether a part fits. There are as many slots for texts as for parts.
    fn has_room(&self, held: Option<u32>, octets: usize) -> bool {
        self.store.has_room(octets) && (held.is_some() || !self.free_parts.is_empty())
    }

    fn replace(&mut self, part: u32, text: &[u8]) -> Option<()> {
        let chain = self.store.put(text)?;
        let held = self.parts.get_mut(part as usize)?;
        self.store.release(std::mem::replace(&mut held.text, chain));
        Some(())
    }

    fn insert(
        &mut self,
        known: Option<u32>,
        key: MessageKey,
        total: u8,
        before: u32,
        sequence: u8,
        text: &[u8],
    ) -> Option<()> {
        let chain = self.store.put(text)?;
        let slot = match known {
            Some(slot) => slot,
            None => self.begin(key, total)?,
        };
        let part = self.free_parts.pop()?;
        *self.parts.get_mut(part as usize)? = Held { text: chain, sequence };
        let text = self.texts.get_mut(slot as usize)?;
        self.of_text.insert_after(&mut text.parts, before, part);
        text.present = text.present.saturating_add(1);
        Some(())
    }

    fn begin(&mut self, key: MessageKey, total: u8) -> Option<u32> {
        let slot = self.free_texts.pop()?;
        *self.texts.get_mut(slot as usize)? = Text { key, total, ..NO_TEXT };
        self.by_key.insert(self.hash(key), slot);
        self.ages.push_back(&mut self.oldest, slot);
        Some(slot)
    }

    /// A text is as young as its newest part.
    fn touch(&mut self, text: Option<u32>, now_ns: u64) {
        let Some((slot, text)) = text.and_then(|slot| Some((slot, self.texts.get_mut(slot as usize)?))) else { return };
        text.last_ns = now_ns;
        self.ages.remove(&mut self.oldest, slot);
        self.ages.push_back(&mut self.oldest, slot);
    }

    /// Gives up texts that were silent for too long.
    fn expire(&mut self, now_ns: u64) {
        while let Some(text) = self.texts.get(self.oldest.front as usize) {
            if text.silent_ns(now_ns) <= self.timeout_ns {
                return;
            }
            self.counts.expired += u64::from(self.give_up(self.oldest.front).present);
        }
    }

    /// Frees a text and its parts and says what it was.
    fn give_up(&mut self, slot: u32) -> Text {
        let Some(text) = self.texts.get(slot as usize).copied() else { return NO_TEXT };
        let mut part = text.parts.front;
        while let Some(held) = self.parts.get_mut(part as usize) {
            self.store.release(std::mem::replace(&mut held.text, Chain::EMPTY));
            // Room for every slot was made at the start.
            self.free_parts.push(part);
            part = self.of_text.after(part);
        }
        self.by_key.remove(self.hash(text.key), slot);
        self.ages.remove(&mut self.oldest, slot);
        self.free_texts.push(slot);
        text
    }

    /// Writes the text of the parts that are there, in their order, with an ellipsis for those missing before or
    /// between them; says how many octets. Where `out` ends first, the text ends with the last whole character.
    pub fn text(&self, key: MessageKey, out: &mut [u8]) -> usize {
        let Some(text) = self.find(key).and_then(|slot| self.texts.get(slot as usize)) else { return 0 };
        let (mut len, mut expected) = (0, 1);
        for held in self.of_text.iter(text.parts).filter_map(|slot| self.parts.get(slot as usize)) {
            if held.sequence != expected {
                match out.get_mut(len..).and_then(|out| out.get_mut(..ELLIPSIS.len())) {
                    Some(room) => room.copy_from_slice(ELLIPSIS),
                    None => return len,
                }
                len += ELLIPSIS.len();
            }
            expected = held.sequence.saturating_add(1);
            let room = out.get_mut(len..).unwrap_or_default();
            let copied = self.store.copy(&held.text, room);
            if copied < held.text.len() {
                return len + whole_characters(room);
            }
            len += copied;
        }
        len
    }

    /// What it is hashed under: whoever makes up keys may fold addresses under the same.
    pub const fn key(&self) -> u64 {
        self.key
    }

    /// Parts held.
    pub fn held(&self) -> usize {
        self.parts.len() - self.free_parts.len()
    }

    /// What happened since the last call.
    pub fn take_counts(&mut self) -> PartCounts {
        std::mem::take(&mut self.counts)
    }

    fn find(&self, key: MessageKey) -> Option<u32> {
        let is_it = |slot: &u32| self.texts.get(*slot as usize).is_some_and(|text| text.key == key);
        self.by_key.find(self.hash(key)).find(is_it)
    }

    fn hash(&self, MessageKey([a, b]): MessageKey) -> u64 {
        mix(self.key, mix(self.key, a, 0), b)
    }
}

impl Text {
    const fn silent_ns(&self, now_ns: u64) -> u64 {
        now_ns.saturating_sub(self.last_ns)
    }
}

/// How many of these octets are whole characters, where only the last may be cut (RFC 3629 §3).
fn whole_characters(octets: &[u8]) -> usize {
    let Some(begins) = octets.iter().rposition(|octet| octet & 0xC0 != 0x80) else { return 0 };
    let len = match octets.get(begins) {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..) => 4,
        _ => 1,
    };
    if octets.len() - begins >= len { octets.len() } else { begins }
}

const NO_TEXT: Text = Text { key: MessageKey([0; 2]), last_ns: 0, parts: Ends::EMPTY, total: 0, present: 0 };
