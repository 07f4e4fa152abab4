//! The latest of what was kept, by key: a ring of fixed slots with an index. What is oldest gives way.

use std::hash::Hash;

/// What can be a key.
pub trait Key: Copy + Eq + Default + Hash {
    /// A word that differs where keys do, as far as a word can.
    fn word(&self) -> u64;
}

/// Values by key, the latest so many.
pub struct Latest<K: Key, V: Copy> {
    slots: Box<[Slot<K, V>]>,
    /// The latest of each home, by its number. It may be gone.
    homes: Box<[u32]>,
    /// The number of the one that is kept next. Slots are taken in turn, so that one as old as there are slots is gone;
    /// where the numbers have wrapped around meanwhile, its key tells.
    number: u32,
    /// The slot that is taken next.
    next: usize,
    kept: usize,
    /// Unknown to peers: they must not be able to aim at one home.
    secret: u64,
}

#[derive(Clone, Copy)]
struct Slot<K, V> {
    key: K,
    value: Option<V>,
    /// The number of the one before it with the same home. It may be gone, and all before it then are.
    before: u32,
}

impl<K: Key, V: Copy> Latest<K, V> {
    /// Room for so many, at least one, hashed under a secret.
    pub fn new(capacity: usize, secret: u64) -> Self {
        let capacity = capacity.max(1);
        let free = Slot { key: K::default(), value: None, before: 0 };
        Self {
            slots: vec![free; capacity].into_boxed_slice(),
            homes: vec![0; 2 * capacity.next_power_of_two()].into_boxed_slice(),
            number: capacity as u32 + 1,
            next: 0,
            kept: 0,
            secret,
        }
    }

    /// Whether nothing is kept.
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// Keeps a value in the place of the oldest, and of an older one with its key.
    pub fn keep(&mut self, key: K, value: V) {
        self.take(key);
        let (at, home) = (self.next, self.home(key));
        if let (Some(slot), Some(head)) = (self.slots.get_mut(at), self.homes.get_mut(home)) {
            self.kept -= usize::from(slot.value.is_some());
            *slot = Slot { key, value: Some(value), before: std::mem::replace(head, self.number) };
            self.kept += 1;
        }
        self.number = self.number.wrapping_add(1);
        self.next = if at + 1 < self.slots.len() { at + 1 } else { 0 };
    }

    /// The value of a key.
    #[inline]
    pub fn find(&self, key: K) -> Option<V> {
        if self.is_empty() {
            return None;
        }
        self.slots.get(self.place(key)?.at)?.value
    }

    /// The value of a key, which is forgotten with it.
    #[inline]
    pub fn take(&mut self, key: K) -> Option<V> {
        if self.is_empty() {
            return None;
        }
        let Place { at, later } = self.place(key)?;
        let slot = self.slots.get_mut(at)?;
        let (value, before) = (slot.value.take(), slot.before);
        self.kept -= usize::from(value.is_some());
        // None has to pass by it any more.
        let home = self.home(key);
        match later {
            Some(later) => self.slots.get_mut(later)?.before = before,
            None => *self.homes.get_mut(home)? = before,
        }
        value
    }

    fn place(&self, key: K) -> Option<Place> {
        let (mut number, mut later, mut younger) = (*self.homes.get(self.home(key))?, None, 0);
        loop {
            let age = self.number.wrapping_sub(number) as usize;
            // One that is younger than the one after it has taken the place of one that is gone.
            if age <= younger || age > self.slots.len() {
                return None;
            }
            let at = if age <= self.next { self.next - age } else { self.next + self.slots.len() - age };
            let slot = self.slots.get(at)?;
            if slot.key == key && slot.value.is_some() {
                return Some(Place { at, later });
            }
            (number, later, younger) = (slot.before, Some(at), age);
        }
    }

    fn home(&self, key: K) -> usize {
        let mixed = (key.word() ^ self.secret).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 32 ^ self.secret.rotate_left(32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> 32) as usize & (self.homes.len() - 1)
    }
}

/// Where a value is.
struct Place {
    at: usize,
    /// The one after it with the same home.
    later: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Key for u32 {
        fn word(&self) -> u64 {
            u64::from(*self / 7)
        }
    }

    proptest! {
        #[test]
        fn it_keeps_the_latest_and_no_others(
            turns in prop::collection::vec((0..60_u32, any::<bool>()), 1..300),
            first in prop::sample::select(vec![17, u32::MAX - 40]),
        ) {
            let mut latest = Latest::new(16, 0x5EED);
            latest.number = first;
            // The slots as they were taken, oldest first; one that was forgotten keeps its place until it is its turn.
            let mut model: Vec<Option<(u32, usize)>> = Vec::new();
            for (turn, (key, forget)) in turns.into_iter().enumerate() {
                let known = model.iter_mut().find(|slot| slot.is_some_and(|(k, _)| k == key));
                let before = known.and_then(Option::take).map(|(_, value)| value);
                if forget {
                    prop_assert_eq!(latest.take(key), before);
                } else {
                    latest.keep(key, turn);
                    model.push(Some((key, turn)));
                    if model.len() > 16 {
                        model.remove(0);
                    }
                }
                for key in 0..60 {
                    let expected = model.iter().flatten().find(|(k, _)| *k == key).map(|(_, value)| *value);
                    prop_assert_eq!(latest.find(key), expected);
                }
                prop_assert_eq!(latest.is_empty(), model.iter().all(Option::is_none));
            }
        }
    }
}
