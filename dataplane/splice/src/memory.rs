//! What became of chunks: the same TSN gets the same octets when it comes again.
//!
//! Kept in the order in which they came, in a ring of fixed slots. What gives way was acknowledged long ago, or its
//! sender was silent for as long as the ring lasts.

/// The chunk of a direction of an association.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EditKey {
    /// Verification tag and ports.
    pub direction: u64,
    /// The chunk.
    pub tsn: u32,
}

/// Octets that stand for those of a chunk, by chunk.
pub struct Edits {
    slots: Box<[Slot]>,
    octets: Box<[u8]>,
    octets_max: usize,
    /// The latest slot of each home; [`NONE`] where there is none.
    homes: Box<[u32]>,
    /// The slot that is taken next.
    next: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: EditKey,
    /// Of the octets; none: free.
    len: u16,
    /// The slot before it with the same home.
    before: u32,
}

const NONE: u32 = u32::MAX;

impl Edits {
    /// Room for so many chunks of at most so many octets each.
    pub fn new(capacity: usize, octets_max: usize) -> Self {
        let free = Slot { key: EditKey::default(), len: 0, before: NONE };
        Self {
            slots: vec![free; capacity].into_boxed_slice(),
            octets: vec![0; capacity * octets_max].into_boxed_slice(),
            octets_max,
            homes: vec![NONE; capacity.next_power_of_two()].into_boxed_slice(),
            next: 0,
        }
    }

    /// Keeps octets for a chunk. `false` if they are none or too many: then nothing is kept.
    pub fn keep(&mut self, key: EditKey, octets: &[u8]) -> bool {
        if octets.is_empty() || octets.len() > self.octets_max {
            return false;
        }
        let at = self.next;
        self.free(at);
        let (home, octets_at) = (self.home(key), at * self.octets_max);
        let room = self.octets.get_mut(octets_at..).and_then(|rest| rest.get_mut(..octets.len()));
        let (Some(slot), Some(head), Some(room)) = (self.slots.get_mut(at), self.homes.get_mut(home), room) else {
            return false;
        };
        *slot = Slot { key, len: octets.len() as u16, before: *head };
        *head = at as u32;
        room.copy_from_slice(octets);
        self.next = if at + 1 < self.slots.len() { at + 1 } else { 0 };
        true
    }

    /// What stands for a chunk.
    pub fn find(&self, key: EditKey) -> Option<&[u8]> {
        let mut at = *self.homes.get(self.home(key))?;
        for _ in 0..self.slots.len() {
            let slot = self.slots.get(at as usize)?;
            if slot.key == key {
                let start = at as usize * self.octets_max;
                return self.octets.get(start..start + usize::from(slot.len));
            }
            at = slot.before;
        }
        None
    }

    /// Takes the oldest slot out of its home, of which it is the last.
    fn free(&mut self, at: usize) {
        let Some(slot) = self.slots.get(at).filter(|slot| slot.len > 0) else { return };
        let home = self.home(slot.key);
        let Some(head) = self.homes.get_mut(home) else { return };
        if *head as usize == at {
            *head = NONE;
            return;
        }
        let mut later = *head as usize;
        while let Some(slot) = self.slots.get_mut(later) {
            if slot.before as usize == at {
                slot.before = NONE;
                return;
            }
            later = slot.before as usize;
        }
    }

    fn home(&self, key: EditKey) -> usize {
        let mixed = (key.direction ^ u64::from(key.tsn).rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 32) as usize & (self.homes.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    const fn key(n: u32) -> EditKey {
        EditKey { direction: (n % 3) as u64, tsn: n / 3 }
    }

    proptest! {
        #[test]
        fn it_keeps_the_latest_chunks_and_no_others(kept in prop::collection::vec(0..400_u32, 1..300)) {
            let mut edits = Edits::new(16, 8);
            let mut model: VecDeque<(u32, [u8; 4])> = VecDeque::new();
            for (turn, n) in (0_u32..).zip(kept) {
                prop_assert!(edits.keep(key(n), &turn.to_be_bytes()));
                model.push_front((n, turn.to_be_bytes()));
                model.truncate(16);
                for n in 0..400 {
                    let expected = model.iter().find(|(m, _)| *m == n).map(|(_, octets)| octets.as_slice());
                    prop_assert_eq!(edits.find(key(n)), expected);
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_not_kept() {
        let mut edits = Edits::new(4, 8);
        assert!(!edits.keep(key(1), &[0; 9]) && !edits.keep(key(1), &[]) && edits.keep(key(2), &[7; 8]));
        assert_eq!((edits.find(key(1)), edits.find(key(2))), (None, Some(&[7; 8][..])));
    }
}
