//! Where dialogues are found: four places for each, in sets of four, 16 octets a dialogue.
//!
//! ```text
//! place   tag: the highest bits of the id's hash │ slot + 1: as many bits as the table needs; 0 is empty
//! ```

const WAYS: usize = 4;

/// The index.
pub(super) struct Places {
    sets: Box<[[u32; WAYS]]>,
    sets_mask: usize,
    slot_bits: u32,
}

impl Places {
    pub(super) fn new(capacity: usize) -> Self {
        let sets = capacity.next_power_of_two();
        let slot_bits = usize::BITS - capacity.leading_zeros();
        Self { sets: vec![[0; WAYS]; sets].into_boxed_slice(), sets_mask: sets - 1, slot_bits }
    }

    /// The slots that may have an id of this hash.
    #[inline(always)]
    pub(super) fn find(&self, id: u64) -> impl Iterator<Item = u32> {
        let ways = self.sets.get(id as usize & self.sets_mask).copied().unwrap_or_default();
        let tag = self.tag(id);
        let slots_mask = self.slots_mask();
        ways.into_iter()
            .filter(move |place| place & !slots_mask == tag)
            .filter_map(move |place| slot_of(place, slots_mask))
    }

    /// Enters a slot: into a free place of the set, else in place of the slot of the lowest age.
    #[inline]
    pub(super) fn enter(&mut self, id: u64, slot: u32, age: impl Fn(u32) -> u64) {
        let (tag, slots_mask) = (self.tag(id), self.slots_mask());
        let Some(ways) = self.sets.get_mut(id as usize & self.sets_mask) else { return };
        let way = match ways.iter().position(|place| *place == 0) {
            Some(way) => ways.get_mut(way),
            None => ways.iter_mut().min_by_key(|place| slot_of(**place, slots_mask).map_or(0, &age)),
        };
        if let Some(place) = way {
            *place = tag | (slot + 1);
        }
    }

    /// Frees the place of a slot, unless another was entered there.
    #[inline]
    pub(super) fn remove(&mut self, id: u64, slot: u32) {
        let held = self.tag(id) | (slot + 1);
        let Some(ways) = self.sets.get_mut(id as usize & self.sets_mask) else { return };
        if let Some(place) = ways.iter_mut().find(|place| **place == held) {
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

/// The slot a place points at.
#[inline(always)]
fn slot_of(place: u32, slots_mask: u32) -> Option<u32> {
    (place & slots_mask).checked_sub(1)
}

/// Octets of the index for each dialogue of a table whose capacity is a power of two.
#[cfg(test)]
pub(super) const PLACES_OCTETS: usize = WAYS * size_of::<u32>();
