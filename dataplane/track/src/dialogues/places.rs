//! Where dialogues are found: sixteen places for every four of them, in sets of one cache line, 16 octets a dialogue.
//!
//! ```text
//! place   tag: the highest bits of the id's hash │ slot + 1: as many bits as the table needs; 0 is empty
//! ```
//! Of a full table whose dialogues are all known by both sides' ids one id in a thousand finds its set full; it takes the
//! place of the oldest there, which is then found from its other side only.

const WAYS: usize = 16;
/// Dialogues for which a set is meant.
const OF_SET: usize = 4;

/// The index.
pub(super) struct Places {
    sets: Box<[Set]>,
    sets_mask: usize,
    slot_bits: u32,
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Set([u32; WAYS]);

impl Places {
    pub(super) fn new(capacity: usize) -> Self {
        let sets = (capacity.next_power_of_two() / OF_SET).max(1);
        let slot_bits = usize::BITS - capacity.leading_zeros();
        Self { sets: vec![Set([0; WAYS]); sets].into_boxed_slice(), sets_mask: sets - 1, slot_bits }
    }

    /// The slots that may have an id of this hash.
    #[inline(always)]
    pub(super) fn find(&self, id: u64) -> impl Iterator<Item = u32> + use<> {
        let Set(ways) = self.sets.get(id as usize & self.sets_mask).copied().unwrap_or(Set([0; WAYS]));
        let (tag, slots_mask) = (self.tag(id), self.slots_mask());
        let mut hits = matching(&ways, |place| place & !slots_mask == tag);
        std::iter::from_fn(move || {
            while hits != 0 {
                let way = hits.trailing_zeros() as usize;
                hits &= hits - 1;
                if let Some(slot) = ways.get(way).and_then(|place| slot_of(*place, slots_mask)) {
                    return Some(slot);
                }
            }
            None
        })
    }

    /// Enters a slot: into a free place of the set, else in place of the slot of the lowest age.
    #[inline]
    pub(super) fn enter(&mut self, id: u64, slot: u32, age: impl Fn(u32) -> u64) {
        let (tag, slots_mask) = (self.tag(id), self.slots_mask());
        let Some(Set(ways)) = self.sets.get_mut(id as usize & self.sets_mask) else { return };
        let way = match matching(ways, |place| place == 0) {
            0 => ways.iter_mut().min_by_key(|place| slot_of(**place, slots_mask).map_or(0, &age)),
            free => ways.get_mut(free.trailing_zeros() as usize),
        };
        if let Some(place) = way {
            *place = tag | (slot + 1);
        }
    }

    /// Frees the place of a slot, unless another was entered there.
    #[inline]
    pub(super) fn remove(&mut self, id: u64, slot: u32) {
        let held = self.tag(id) | (slot + 1);
        let Some(Set(ways)) = self.sets.get_mut(id as usize & self.sets_mask) else { return };
        let at = matching(ways, |place| place == held).trailing_zeros() as usize;
        if let Some(place) = ways.get_mut(at) {
            *place = 0;
        }
    }

    #[inline(always)]
    fn tag(&self, id: u64) -> u32 {
        (id >> 32) as u32 & !self.slots_mask()
    }

    #[inline(always)]
    fn slots_mask(&self) -> u32 {
        !(u32::MAX << self.slot_bits)
    }
}

/// Bit n: place n is one of them.
#[inline(always)]
fn matching(ways: &[u32; WAYS], is_one: impl Fn(u32) -> bool) -> u32 {
    ways.iter().enumerate().fold(0, |hits, (way, place)| hits | u32::from(is_one(*place)) << way)
}

/// The slot a place points at.
#[inline(always)]
fn slot_of(place: u32, slots_mask: u32) -> Option<u32> {
    (place & slots_mask).checked_sub(1)
}

/// Octets of the index for each dialogue of a table whose capacity is a power of two.
#[cfg(test)]
pub(super) const PLACES_OCTETS: usize = size_of::<Set>() / OF_SET;
