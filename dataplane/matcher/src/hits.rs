//! What a scan found: sets, each once, with the entry that was found first in it.

use crate::done::Done;

/// More sets than this are counted as [`Hits::is_full`].
pub const HITS_MAX: usize = 256;
const FILTER_WORDS: usize = 16;

/// Room for the answers about one text. About 7 KiB: made once, used for every text.
#[derive(Clone, Debug)]
pub struct Hits {
    pairs: [(u32, u32); HITS_MAX],
    count: usize,
    is_full: bool,
    /// Bit `set % 1024`: some set of that remainder was hit.
    filter: [u64; FILTER_WORDS],
    done: Done,
}

impl Default for Hits {
    fn default() -> Self {
        Self::new()
    }
}

impl Hits {
    /// No hits.
    pub const fn new() -> Self {
        Self { pairs: [(0, 0); HITS_MAX], count: 0, is_full: false, filter: [0; FILTER_WORDS], done: Done::new() }
    }

    /// The entry that hit this set, if one did.
    #[inline]
    pub fn has(&self, set: u32) -> Option<u32> {
        let (word, bit) = filter_place(set);
        if self.filter.get(word).is_none_or(|w| w & bit == 0) {
            return None;
        }
        self.pairs().find(|(s, _)| *s == set).map(|(_, entry)| entry)
    }

    /// All sets that were hit, each with its entry, in the order in which they were found.
    #[inline]
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        self.pairs.iter().take(self.count).copied()
    }

    /// How many sets were hit, as far as there was room.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing was hit.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether more sets were hit than there is room for: then [`crate::Matcher::holds`] answers for those that
    /// [`Self::has`] does not have.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.is_full = false;
        self.filter = [0; FILTER_WORDS];
        self.done.clear();
    }
}

/// Where a scan puts what it finds.
pub(crate) trait Sink {
    /// Whether finding this set would tell something new.
    fn wants(&self, set: u32) -> bool;
    /// The set was hit by the entry.
    fn add(&mut self, set: u32, entry: u32);
    /// Whether nothing new can be found where there are so many sets.
    fn is_complete(&self, sets: u32) -> bool;
    /// What was tried on this text.
    fn done(&mut self) -> &mut Done;
}

impl Sink for Hits {
    #[inline]
    fn wants(&self, set: u32) -> bool {
        self.has(set).is_none()
    }

    fn add(&mut self, set: u32, entry: u32) {
        if !self.wants(set) {
            return;
        }
        let Some(place) = self.pairs.get_mut(self.count) else {
            self.is_full = true;
            return;
        };
        *place = (set, entry);
        self.count += 1;
        let (word, bit) = filter_place(set);
        if let Some(word) = self.filter.get_mut(word) {
            *word |= bit;
        }
    }

    #[inline]
    fn is_complete(&self, sets: u32) -> bool {
        self.count >= sets as usize
    }

    #[inline]
    fn done(&mut self) -> &mut Done {
        &mut self.done
    }
}

/// Looks for one set only.
pub(crate) struct One {
    pub(crate) set: u32,
    pub(crate) found: Option<u32>,
    pub(crate) done: Done,
}

impl Sink for One {
    fn wants(&self, set: u32) -> bool {
        set == self.set && self.found.is_none()
    }

    fn add(&mut self, set: u32, entry: u32) {
        if self.wants(set) {
            self.found = Some(entry);
        }
    }

    fn is_complete(&self, _: u32) -> bool {
        self.found.is_some()
    }

    fn done(&mut self) -> &mut Done {
        &mut self.done
    }
}

#[inline]
const fn filter_place(set: u32) -> (usize, u64) {
    ((set >> 6) as usize % FILTER_WORDS, 1 << (set & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_keeps_the_entry_that_came_first() {
        let mut hits = Hits::new();
        hits.add(5, 1);
        hits.add(5, 2);
        hits.add(5 + 1024, 3);
        assert_eq!((hits.has(5), hits.has(5 + 1024), hits.has(5 + 2048)), (Some(1), Some(3), None));
        assert_eq!(hits.pairs().collect::<Vec<_>>(), [(5, 1), (1029, 3)]);
    }

    #[test]
    fn one_set_too_many_is_told_and_dropped() {
        let mut hits = Hits::new();
        (0..HITS_MAX as u32).for_each(|set| hits.add(set, set));
        assert!(!hits.is_full());
        hits.add(3, 9);
        assert!(!hits.is_full(), "a set that is there takes no room");
        hits.add(1000, 1);
        assert!(hits.is_full() && hits.len() == HITS_MAX && hits.has(1000).is_none());
    }

    #[test]
    fn cleared_hits_are_empty() {
        let mut hits = Hits::new();
        (0..=HITS_MAX as u32).for_each(|set| hits.add(set, set));
        hits.clear();
        assert!(hits.is_empty() && !hits.is_full() && hits.has(0).is_none());
    }
}
