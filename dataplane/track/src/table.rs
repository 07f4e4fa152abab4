//! Entries by hash, in sets of eight: an entry stands in one of two sets, and the first line of a set says which and how
//! old. Nothing else is needed to find it, or to say which to shed.
//!
//! ```text
//! set   tag │ stamp   × 8     one cache line; a tag is odd, 0 is free
//!       value         × 8     behind it, so that both are mostly of one page
//! ```
//! A key takes the set with more room. There are five places for every four entries of the capacity, so that fewer than
//! one in 5,000 is shed before the table holds as many as were asked for, and none up to nine tenths of them. When both
//! its sets are full, a new key takes the place of the oldest of sixteen: an entry of the younger half of the table is
//! that once in 2^15 or less. So a flood sheds what is old, and cannot aim, for the hash is keyed.
//!
//! Finding costs two lines and that of the value, which are asked for at once; entering costs the same. Nothing is
//! allocated after [`Table::new`], nothing is moved, nothing waits.

use safe_arch::prefetch_t0;

/// Places in a set.
const WAYS: usize = 8;
/// Places for every four entries that may be counted on.
const PLACES_OF_FOUR: usize = 5;
/// Places are numbered with 32 bits.
const CAPACITY_MAX: usize = 3 << 30;

#[derive(Clone, Copy)]
struct Mark {
    tag: u32,
    stamp: u32,
}

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Set<V> {
    marks: [Mark; WAYS],
    values: [V; WAYS],
}

const _: () = assert!(size_of::<[Mark; WAYS]>() == 64);

/// What an entry of the capacity costs, its share of places kept free with it.
pub(crate) const fn cost_octets<V>() -> usize {
    (size_of::<Set<V>>() * PLACES_OF_FOUR).div_ceil(4 * WAYS)
}

/// Where a key may stand.
#[derive(Clone, Copy)]
pub(crate) struct Home {
    sets: [u32; 2],
    tag: u32,
}

/// The table.
pub(crate) struct Table<V> {
    sets: Box<[Set<V>]>,
    capacity: usize,
    len: usize,
    shed: u64,
}

impl<V: Copy> Table<V> {
    /// Room for `capacity` entries, at least one.
    pub(crate) fn new(capacity: usize, empty: V) -> Self {
        let capacity = capacity.clamp(1, CAPACITY_MAX);
        let sets = (capacity * PLACES_OF_FOUR).div_ceil(4 * WAYS);
        Self {
            sets: vec![Set { marks: FREE, values: [empty; WAYS] }; sets].into_boxed_slice(),
            capacity,
            len: 0,
            shed: 0,
        }
    }

    /// The home of a key of this hash.
    #[inline(always)]
    pub(crate) fn home(&self, hash: u64) -> Home {
        // Another function of the hash than those that choose the sets.
        self.home_tagged(hash, (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as u32)
    }

    /// The home of a key of this hash, told apart in its sets by the lower 31 bits of `tag`.
    #[inline(always)]
    pub(crate) fn home_tagged(&self, hash: u64, tag: u32) -> Home {
        let count = self.sets.len() as u64;
        let set = |half: u64| ((half * count) >> 32) as u32;
        Home { sets: [set(hash & 0xFFFF_FFFF), set(hash >> 32)], tag: tag << 1 | 1 }
    }

    /// Has the processor fetch what [`Self::matching`] will look at.
    #[inline(always)]
    pub(crate) fn fetch(&self, home: Home) {
        for set in home.sets {
            if let Some(set) = self.sets.get(set as usize) {
                prefetch_t0(set);
            }
        }
    }

    /// The slots in which the key may be.
    #[inline(always)]
    pub(crate) fn matching(&self, home: Home) -> impl Iterator<Item = u32> + use<V> {
        let [first, second] = home.sets;
        // Both are read before either is looked at: two lines come in the time of one.
        let [mut hits, more] = [self.hits(first, home.tag), self.hits(second, home.tag)];
        if first != second {
            hits |= more << WAYS;
        }
        std::iter::from_fn(move || {
            let bit = (hits != 0).then(|| hits.trailing_zeros())?;
            hits &= hits - 1;
            let set = if bit < WAYS as u32 { first } else { second };
            Some(set * WAYS as u32 + bit % WAYS as u32)
        })
    }

    #[inline(always)]
    fn hits(&self, set: u32, tag: u32) -> u32 {
        let Some(set) = self.sets.get(set as usize) else { return 0 };
        set.marks.iter().enumerate().fold(0, |hits, (way, mark)| hits | u32::from(mark.tag == tag) << way)
    }

    /// The slot of an entry.
    #[inline(always)]
    pub(crate) fn find(&self, home: Home, is_it: impl Fn(&V) -> bool) -> Option<u32> {
        self.matching(home).find(|slot| self.at(*slot).is_some_and(&is_it))
    }

    /// The value in a slot.
    #[inline(always)]
    pub(crate) fn at(&self, slot: u32) -> Option<&V> {
        self.sets.get(slot as usize / WAYS)?.values.get(slot as usize % WAYS)
    }

    /// The value in a slot.
    #[inline(always)]
    pub(crate) fn at_mut(&mut self, slot: u32) -> Option<&mut V> {
        self.sets.get_mut(slot as usize / WAYS)?.values.get_mut(slot as usize % WAYS)
    }

    /// When the entry in a slot was last touched.
    #[inline(always)]
    pub(crate) fn stamp(&self, slot: u32) -> u32 {
        self.mark(slot).map_or(0, |mark| mark.stamp)
    }

    /// Makes an entry as young as can be.
    #[inline(always)]
    pub(crate) fn touch(&mut self, slot: u32, now: u32) {
        if let Some(mark) = self.mark_mut(slot) {
            mark.stamp = now;
        }
    }

    /// Enters a key that is not in the table: into the emptier of its sets, else in place of the oldest of both. Says
    /// where, and what stood there.
    #[inline]
    pub(crate) fn enter(&mut self, home: Home, value: V, now: u32) -> (u32, Option<V>) {
        let slot = match self.free_slot(home) {
            Some(slot) => slot,
            None => self.oldest(slots_of(home), now).unwrap_or_default(),
        };
        (slot, self.replace(slot, home, value, now))
    }

    /// Enters a key in a slot of one of its sets and says what stood there, which is shed.
    #[inline]
    pub(crate) fn replace(&mut self, slot: u32, home: Home, value: V, now: u32) -> Option<V> {
        let mark = self.mark_mut(slot)?;
        let before = std::mem::replace(mark, Mark { tag: home.tag, stamp: now });
        let held = std::mem::replace(self.at_mut(slot)?, value);
        if before.tag == 0 {
            self.len += 1;
            return None;
        }
        self.shed += 1;
        Some(held)
    }

    #[inline]
    fn free_slot(&self, home: Home) -> Option<u32> {
        let [first, second] = home.sets.map(|set| (set, self.hits(set, 0)));
        let (set, free) = if second.1.count_ones() > first.1.count_ones() { second } else { first };
        (free != 0).then(|| set * WAYS as u32 + free.trailing_zeros())
    }

    /// The slot touched longest ago, the first of those that are as old.
    #[inline]
    pub(crate) fn oldest(&self, slots: impl Iterator<Item = u32>, now: u32) -> Option<u32> {
        let mut oldest: Option<(u32, u32)> = None;
        for slot in slots {
            let age = age(now, self.stamp(slot));
            if oldest.is_none_or(|(_, most)| age > most) {
                oldest = Some((slot, age));
            }
        }
        oldest.map(|(slot, _)| slot)
    }

    /// Frees a slot.
    pub(crate) fn remove(&mut self, slot: u32) {
        if let Some(mark) = self.mark_mut(slot).filter(|mark| mark.tag != 0) {
            mark.tag = 0;
            self.len -= 1;
        }
    }

    /// All entries, in the order of their slots: a scan, not for the path of a packet.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &V> {
        let places = self.sets.iter().flat_map(|set| set.marks.iter().zip(&set.values));
        places.filter(|(mark, _)| mark.tag != 0).map(|(_, value)| value)
    }

    /// Forgets every entry. What was shed stays counted.
    pub(crate) fn clear(&mut self) {
        self.sets.iter_mut().for_each(|set| set.marks = FREE);
        self.len = 0;
    }

    /// Entries held, also those that are too old to be of use.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Entries that gave way to others.
    pub(crate) const fn shed(&self) -> u64 {
        self.shed
    }

    /// Entries that may be counted on.
    pub(crate) const fn capacity(&self) -> usize {
        self.capacity
    }

    /// What was allocated.
    pub(crate) fn octets(&self) -> usize {
        size_of_val(&*self.sets)
    }

    /// What was allocated for each entry of the capacity, rounded up.
    pub(crate) fn octets_per_entry(&self) -> usize {
        self.octets().div_ceil(self.capacity)
    }

    #[inline(always)]
    fn mark(&self, slot: u32) -> Option<&Mark> {
        self.sets.get(slot as usize / WAYS)?.marks.get(slot as usize % WAYS)
    }

    #[inline(always)]
    fn mark_mut(&mut self, slot: u32) -> Option<&mut Mark> {
        self.sets.get_mut(slot as usize / WAYS)?.marks.get_mut(slot as usize % WAYS)
    }
}

const FREE: [Mark; WAYS] = [Mark { tag: 0, stamp: 0 }; WAYS];

/// All slots of both sets.
#[inline(always)]
fn slots_of(home: Home) -> impl Iterator<Item = u32> {
    home.sets.into_iter().flat_map(|set| set * WAYS as u32..(set + 1) * WAYS as u32)
}

/// How long ago a stamp is, of a clock that may wrap; nothing if it is to come, as when time goes back a little.
#[inline(always)]
pub(crate) const fn age(now: u32, stamp: u32) -> u32 {
    let age = now.wrapping_sub(stamp);
    if age > i32::MAX as u32 { 0 } else { age }
}

/// Time as a stamp: ticks of 2^24 ns, 17 ms; differences of up to 416 days are told apart.
#[inline(always)]
pub(crate) const fn tick(time_ns: u64) -> u32 {
    (time_ns >> 24) as u32
}

#[cfg(test)]
mod tests;
