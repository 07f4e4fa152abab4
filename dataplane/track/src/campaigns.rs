//! Campaigns: messages whose texts are nearly the same, how many there are of them and from how many senders.
//!
//! A text comes as a sketch ([`sketch`]): four bands, each of two words that follow each other, and a map of all words. A
//! message belongs to a campaign when it shares a band with the message that founded it, the same band of each, and
//! about seven words of ten; to the one it is most like, among those to the oldest. With none it founds one. The sketch
//! of the founder stays, so a campaign does not drift, and its id is made of that sketch: it is the same on every core
//! and after a restart if the same text comes first.
//!
//! ```text
//! band 0 of a sketch ──► places ──► campaign   sketch, sums of two windows, senders of two windows
//! band 1             ──► places ──►    〃
//! ```
//! A word 0 of a sketch says that the text was too short for a band: it is shared with nothing, and a sketch without any
//! is no campaign.
//!
//! **Bounds.** A campaign costs [`CAMPAIGN_COST_OCTETS`] with its four places. One band of one value leads to
//! [`CAMPAIGNS_PER_BAND`] campaigns at most, the ones seen last: a message looks at 16 campaigns, or at one or two more
//! by chance. A full table sheds the campaigns that were quiet longest of those that stand where the new one may
//! ([`crate::table`]). Nothing else ends a campaign: a text that comes back is the campaign it was, with new sums.

mod entry;
mod sketch;

use crate::hash::mix;
use crate::table::{Home, Table, cost_octets, tick};
use entry::Entry;
use sketch::Sketch;

pub use sketch::{BANDS, BANDS_SHARED};

/// Most campaigns that are found by one band of one value.
pub const CAMPAIGNS_PER_BAND: usize = 4;
/// The window unless told otherwise.
pub const CAMPAIGN_WINDOW_S: u32 = 3600;

/// A campaign as it is with the message just seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Made of the founder's sketch.
    pub id: u64,
    /// Messages in the current window.
    pub count: u32,
    /// Messages in the window before it.
    pub previous: u32,
    /// Different senders in these two windows, 10.4 % off in one standard deviation.
    pub senders: u32,
    /// How long ago it was founded; 0 if that is still to come.
    pub first_age_s: u32,
}

/// What a campaign costs: its entry and four places, five with their marks for every four.
pub const CAMPAIGN_COST_OCTETS: usize = cost_octets::<Entry>() + BANDS * cost_octets::<u32>();

const _: () = assert!(CAMPAIGN_COST_OCTETS == 250);

/// The table.
pub struct Campaigns {
    entries: Table<Entry>,
    /// The slots of campaigns by their bands.
    places: Table<u32>,
    key: u64,
}

impl Campaigns {
    /// Room for `capacity` campaigns, hashed under `key`.
    pub fn new(capacity: usize, key: u64) -> Self {
        let entries = Table::new(capacity, Entry::EMPTY);
        let places = Table::new(entries.capacity().saturating_mul(BANDS), 0);
        Self { entries, places, key }
    }

    /// Takes a message: the sketch of its text, its sender as any 64 bits that tell it from others. `None` if the sketch
    /// has no band.
    pub fn seen(&mut self, sketch: [u32; BANDS], sender: u64, window_s: u32, time_ns: u64) -> Option<Campaign> {
        if sketch == [0; BANDS] {
            return None;
        }
        // All bands at once: otherwise each would wait for the one before it.
        self.homes(sketch).for_each(|home| self.places.fetch(home));
        let now = tick(time_ns);
        let slot = match self.nearest(sketch) {
            Some(slot) => self.renew(slot, sketch, now),
            None => self.found(sketch, now, time_ns),
        };
        let sender = mix(self.key, sender, 0);
        Some(self.entries.at_mut(slot)?.count(sender, window_s, time_ns))
    }

    /// The campaign that a sketch belongs to.
    fn nearest(&self, sketch: Sketch) -> Option<u32> {
        let mut nearest: Option<(u32, u64, u32)> = None;
        for (slot, entry) in self.homes(sketch).flat_map(|home| self.candidates(home)) {
            let Some(likeness) = sketch::likeness(entry.sketch, sketch) else { continue };
            // Of two that are as like, the older one.
            let is_nearer = nearest.is_none_or(|(most, first_ns, _)| (most, entry.first_ns) < (likeness, first_ns));
            if is_nearer {
                nearest = Some((likeness, entry.first_ns, slot));
            }
        }
        nearest.map(|(_, _, slot)| slot)
    }

    fn candidates(&self, home: Home) -> impl Iterator<Item = (u32, &Entry)> {
        let slots = self.places.matching(home).filter_map(|place| self.places.at(place));
        slots.filter_map(|slot| Some((*slot, self.entries.at(*slot)?)))
    }

    /// Makes a campaign and the places that led to it as young as can be.
    fn renew(&mut self, slot: u32, sketch: Sketch, now: u32) -> u32 {
        self.entries.touch(slot, now);
        for home in self.homes(sketch) {
            if let Some(place) = self.places.find(home, |held| *held == slot) {
                self.places.touch(place, now);
            }
        }
        slot
    }

    fn found(&mut self, sketch: Sketch, now: u32, time_ns: u64) -> u32 {
        let entry = Entry::new(sketch, time_ns);
        let home = self.entries.home(mix(self.key, entry.id(), BANDS as u64));
        let (slot, shed) = self.entries.enter(home, entry, now);
        if let Some(shed) = shed {
            self.leave(shed.sketch, slot);
        }
        for home in self.homes(sketch) {
            self.lead(home, slot, now);
        }
        slot
    }

    /// Frees the places of a campaign that is shed.
    fn leave(&mut self, sketch: Sketch, slot: u32) {
        for home in self.homes(sketch) {
            if let Some(place) = self.places.find(home, |held| *held == slot) {
                self.places.remove(place);
            }
        }
    }

    /// Lets a band lead to a campaign, if need be instead of the one it led to longest ago.
    fn lead(&mut self, home: Home, slot: u32, now: u32) {
        if self.places.matching(home).count() < CAMPAIGNS_PER_BAND {
            self.places.enter(home, slot, now);
            return;
        }
        if let Some(oldest) = self.places.oldest(self.places.matching(home), now) {
            self.places.replace(oldest, home, slot, now);
        }
    }

    fn homes(&self, sketch: Sketch) -> impl Iterator<Item = Home> + use<> {
        let homes = sketch::bands(sketch).map(|band| Some(self.places.home(mix(self.key, band?, 0))));
        homes.into_iter().flatten()
    }

    /// Campaigns held, also quiet ones.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Campaigns that gave way to others.
    pub fn shed(&self) -> u64 {
        self.entries.shed()
    }

    /// What was allocated.
    pub fn octets(&self) -> usize {
        self.entries.octets() + self.places.octets()
    }

    /// What was allocated for each campaign of the capacity, rounded up.
    pub fn octets_per_entry(&self) -> usize {
        self.octets().div_ceil(self.entries.capacity())
    }

    /// Forgets every campaign.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.places.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every fourth text has the band 7 in common with the others of its kind.
    #[test]
    fn places_lead_to_campaigns_that_are_held_and_few_by_one_band() {
        let mut table = Campaigns::new(100, 42);
        let with_band = |band: u32, n: u32| band << 14 | n & 0x3FFF;
        for n in 1..5_000_u32 {
            let common = if n % 4 == 0 { 7 } else { n << 2 };
            let others = [1, 2, 3].map(|number| with_band(n << 2 | number, n.wrapping_mul(0x9E37_79B1) >> number));
            let [b, c, d] = others;
            table.seen([with_band(common, n), b, c, d], 1, CAMPAIGN_WINDOW_S, u64::from(n) << 24);
            let [seven, ..] = sketch::bands([7 << 14; BANDS]);
            let seven = table.places.home(mix(42, seven.unwrap(), 0));
            assert!(table.places.matching(seven).count() <= CAMPAIGNS_PER_BAND);
        }
        let mut led = 0;
        for slot in 0..200 {
            let sketch = table.entries.at(slot).map_or([0; BANDS], |entry| entry.sketch);
            led += table.homes(sketch).filter(|home| table.places.find(*home, |held| *held == slot).is_some()).count();
        }
        assert_eq!(table.places.len(), led, "a place of a campaign that is shed would be one more");
    }
}
