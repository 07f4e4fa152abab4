//! Slots by hash: chains through one link per slot. Whoever asks compares the slots that come up.
//!
//! The hash is keyed ([`mix`](crate::mix)): a chain is one slot long on average, whatever keys a peer chooses.

use crate::lists::NONE;

/// The index: 4 octets a slot, and 4 for each of as many chains, rounded up to a power of two.
pub(crate) struct Index {
    heads: Box<[u32]>,
    links: Box<[u32]>,
    mask: usize,
}

impl Index {
    /// An index over so many slots.
    pub(crate) fn new(slots: usize) -> Self {
        let chains = slots.next_power_of_two();
        Self {
            heads: vec![NONE; chains].into_boxed_slice(),
            links: vec![NONE; slots].into_boxed_slice(),
            mask: chains - 1,
        }
    }

    /// The slots that may have this hash.
    #[inline]
    pub(crate) fn find(&self, hash: u64) -> impl Iterator<Item = u32> {
        let mut at = self.heads.get(hash as usize & self.mask).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let slot = at;
            at = *self.links.get(slot as usize)?;
            Some(slot)
        })
    }

    /// Enters a slot that is not in the index.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64, slot: u32) {
        if let (Some(head), Some(link)) =
            (self.heads.get_mut(hash as usize & self.mask), self.links.get_mut(slot as usize))
        {
            *link = std::mem::replace(head, slot);
        }
    }

    /// Removes a slot that was entered with this hash.
    #[inline]
    pub(crate) fn remove(&mut self, hash: u64, slot: u32) {
        let Some(&after) = self.links.get(slot as usize) else { return };
        let Some(head) = self.heads.get_mut(hash as usize & self.mask) else { return };
        if *head == slot {
            *head = after;
            return;
        }
        let mut at = *head;
        while let Some(link) = self.links.get_mut(at as usize) {
            if *link == slot {
                *link = after;
                return;
            }
            at = *link;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_slot_is_found_under_its_hash_until_it_is_removed(
            steps in prop::collection::vec((0..10_u32, 0..6_u64), 1..80),
        ) {
            let (mut index, mut model) = (Index::new(10), BTreeMap::new());
            for (slot, hash) in steps {
                match model.remove(&slot) {
                    Some(old) => index.remove(old, slot),
                    None => {
                        index.insert(hash, slot);
                        model.insert(slot, hash);
                    }
                }
                for hash in 0..6 {
                    let mut found: Vec<u32> = index.find(hash).collect();
                    found.sort_unstable();
                    let expected: Vec<u32> = model.iter().filter(|(_, h)| **h == hash).map(|(s, _)| *s).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
