//! hashbrown with the same keys and values, made for as many entries, hashed as it is when nothing else is said.
//!
//! It does less: it never sheds, has no order of age and no time-out, and grows where ours do not. A dialogue is found
//! from one side only, an answer for a subscriber is one where ours keep up to eight, and a text only by just its sketch.

use super::entries::{Key, Table};
use super::own::{NODE, context_age, key_of};
use hashbrown::HashMap;
use sluice_track::{ApplicationContext, Dialogue, Number};

/// What time is over in all of them.
const NOW_S: u32 = 1_767_225_600;

fn number(digits: &[u8]) -> Number {
    Number::leading(digits)
}

/// By IMSI: node, the other number, when.
pub struct PeerLocations(HashMap<Number, (Number, Number, u32)>);

impl PeerLocations {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(HashMap::with_capacity(entries))
    }
}

impl Table for PeerLocations {
    fn enter(&mut self, key: &Key) -> u64 {
        self.0.insert(number(&key.digits), (number(NODE), Number::NONE, NOW_S - key.age_s()));
        1
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        Some(self.0.get(&number(&key.digits)).map_or(0, |(_, _, seen_s)| u64::from(NOW_S - seen_s) + 1))
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.allocation_size())
    }
}

/// By transaction and node: a dialogue.
pub struct PeerDialogues(HashMap<(u64, u64), Dialogue>);

impl PeerDialogues {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(HashMap::with_capacity(entries))
    }
}

impl Table for PeerDialogues {
    fn enter(&mut self, key: &Key) -> u64 {
        let dialogue = self.0.entry((u64::from(key.number), 1)).or_default();
        dialogue.context = ApplicationContext::new(&key.age_s().to_be_bytes());
        1
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        let found = self.0.get_mut(&(u64::from(key.number), 1));
        Some(found.map_or(0, |dialogue| {
            dialogue.number += 1;
            context_age(dialogue.context.octets()) + 1
        }))
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.allocation_size())
    }
}

/// By IMSI: who asked, from where, the node told, when.
pub struct PeerPairings(HashMap<Number, (Number, Number, Number, u32)>);

impl PeerPairings {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(HashMap::with_capacity(entries))
    }
}

impl Table for PeerPairings {
    fn enter(&mut self, key: &Key) -> u64 {
        let node = number(NODE);
        self.0.insert(number(&key.digits), (node, node, node, NOW_S - key.age_s()));
        1
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        Some(self.0.get(&number(&key.digits)).map_or(0, |(_, _, _, asked_s)| u64::from(NOW_S - asked_s) + 1))
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.allocation_size())
    }
}

/// By counter and key: as many words as ours have beside them, the first of which counts.
pub struct PeerRates<const WORDS: usize>(HashMap<(u64, u16), [u64; WORDS]>, bool);

impl<const WORDS: usize> PeerRates<WORDS> {
    /// Room for so many; those that only remember that there was one never count beyond it.
    pub fn new(entries: usize, counts: bool) -> Self {
        Self(HashMap::with_capacity(entries), counts)
    }
}

impl<const WORDS: usize> Table for PeerRates<WORDS> {
    fn enter(&mut self, key: &Key) -> u64 {
        let words = self.0.entry((key_of(key), 1)).or_insert([0; WORDS]);
        words[0] = if self.1 { words[0] + 1 } else { 1 };
        words[0]
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        Some(self.0.get(&(key_of(key), 1)).map_or(0, |words| words[0]))
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.allocation_size())
    }
}

/// By sketch: as many words as ours have beside it, the first of which counts.
pub struct PeerCampaigns(HashMap<[u32; 4], [u64; 13]>);

impl PeerCampaigns {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(HashMap::with_capacity(entries))
    }
}

impl Table for PeerCampaigns {
    fn enter(&mut self, key: &Key) -> u64 {
        let words = self.0.entry(key.sketch).or_insert([0; 13]);
        words[0] += 1;
        words[0]
    }

    fn find(&mut self, _key: &Key) -> Option<u64> {
        None
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.allocation_size())
    }
}
