//! Our tables, as the engine asks them.

use super::entries::{Key, Table};
use sluice_track::{
    ApplicationContext, Campaigns, DIALOGUE_COST_OCTETS, Dialogues, Identity, Locations, NodeKey, Pairings, RateKind,
    RateSizes, Rates, Sample, mix,
};

/// Key of the hashes.
const HASHED_UNDER: u64 = 42;
/// The node that serves everybody, and asks for everybody.
pub const NODE: &[u8] = b"999555010001";
/// When everything happens, in seconds since 1970.
const NOW_S: u32 = 1_767_225_600;
const NOW_NS: u64 = NOW_S as u64 * 1_000_000_000;
/// Silence that no dialogue keeps.
const LONG_NS: u64 = 86_400_000_000_000;
/// Seconds of a window.
const WINDOW_S: u32 = 3600;

/// Where a subscriber is.
pub struct OwnLocations(Locations);

impl OwnLocations {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(Locations::new(entries, HASHED_UNDER))
    }
}

impl Table for OwnLocations {
    fn enter(&mut self, key: &Key) -> u64 {
        self.0.learn(Identity::Imsi, &key.digits, NODE, None, NOW_S - key.age_s());
        1
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        Some(self.0.find(Identity::Imsi, &key.digits, NOW_S).map_or(0, |seen| u64::from(seen.age_s) + 1))
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.octets())
    }
}

/// Open dialogues.
pub struct OwnDialogues(Dialogues, usize);

impl OwnDialogues {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(Dialogues::new(entries, LONG_NS, HASHED_UNDER), entries)
    }
}

/// The node that opens dialogues.
const OPENER: u64 = 0x0123_4567_89ab_cdef;

const fn opener(key: &Key) -> NodeKey {
    NodeKey { transaction: 4 << 32 | key.number as u64, node: OPENER }
}

impl Table for OwnDialogues {
    fn enter(&mut self, key: &Key) -> u64 {
        let (found, _) = self.0.open(opener(key), [1, 2], NOW_NS);
        if let Some(dialogue) = self.0.at(found) {
            dialogue.context = ApplicationContext::new(&key.age_s().to_be_bytes());
        }
        1
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        let found = self.0.find(Some(opener(key)), None, [2, 1], NOW_NS);
        let dialogue = found.and_then(|found| self.0.at(found));
        Some(dialogue.map_or(0, |dialogue| context_age(dialogue.context.octets()) + 1))
    }

    fn octets(&self) -> Option<usize> {
        Some(self.1 * DIALOGUE_COST_OCTETS)
    }
}

/// The age that was written into a context.
pub fn context_age(octets: &[u8]) -> u64 {
    octets.first_chunk().map_or(0, |octets| u32::from_be_bytes(*octets).into())
}

/// Who asked for whom.
pub struct OwnPairings(Pairings);

impl OwnPairings {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(Pairings::new(entries, HASHED_UNDER))
    }
}

impl Table for OwnPairings {
    fn enter(&mut self, key: &Key) -> u64 {
        self.0.asked(&key.digits, NODE, NODE, NODE, NOW_S - key.age_s());
        1
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        Some(self.0.find(&key.digits, NOW_S, WINDOW_S).map(|pairing| u64::from(pairing.age_s) + 1).sum())
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.octets())
    }
}

/// Counters: of messages, or of different values.
pub struct OwnRates(Rates, RateKind);

impl OwnRates {
    /// Room for so many that count messages.
    pub fn counts(entries: usize) -> Self {
        Self(Rates::new(RateSizes { counts: entries, distincts: 1 }, HASHED_UNDER), RateKind::Count)
    }

    /// Room for so many that count different values.
    pub fn distincts(entries: usize) -> Self {
        Self(Rates::new(RateSizes { counts: 1, distincts: entries }, HASHED_UNDER), RateKind::Distinct)
    }
}

/// A key as rules make one of fields.
pub const fn key_of(key: &Key) -> u64 {
    mix(9, key.number as u64, 0)
}

impl Table for OwnRates {
    fn enter(&mut self, key: &Key) -> u64 {
        let sample = if self.1 == RateKind::Distinct { Sample::Distinct(7) } else { Sample::Count };
        self.0.count(1, key_of(key), sample, WINDOW_S, NOW_NS).into()
    }

    #[inline]
    fn find(&mut self, key: &Key) -> Option<u64> {
        Some(self.0.read(self.1, 1, key_of(key), WINDOW_S, NOW_NS).into())
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.octets())
    }
}

/// Campaigns of texts alike.
pub struct OwnCampaigns(Campaigns);

impl OwnCampaigns {
    /// Room for so many.
    pub fn new(entries: usize) -> Self {
        Self(Campaigns::new(entries, HASHED_UNDER))
    }
}

impl Table for OwnCampaigns {
    fn enter(&mut self, key: &Key) -> u64 {
        self.0.seen(key.sketch, 1, WINDOW_S, NOW_NS).map_or(0, |campaign| campaign.count.into())
    }

    fn find(&mut self, _key: &Key) -> Option<u64> {
        None
    }

    fn octets(&self) -> Option<usize> {
        Some(self.0.octets())
    }
}
