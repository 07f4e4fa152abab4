//! Slots in order: any number of doubly linked lists through one array of links, each slot in one list at most.

/// No slot.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Link {
    before: u32,
    after: u32,
}

/// Where a list begins and ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    /// Its first slot.
    pub(crate) front: u32,
    /// Its last slot.
    pub(crate) back: u32,
}

impl Ends {
    /// A list of nothing.
    pub(crate) const EMPTY: Self = Self { front: NONE, back: NONE };
}

/// The links: 8 octets a slot.
pub(crate) struct Lists(Box<[Link]>);

impl Lists {
    /// Links for so many slots.
    pub(crate) fn new(slots: usize) -> Self {
        Self(vec![Link { before: NONE, after: NONE }; slots].into_boxed_slice())
    }

    /// The slot after another.
    #[inline]
    pub(crate) fn after(&self, slot: u32) -> u32 {
        self.0.get(slot as usize).map_or(NONE, |link| link.after)
    }

    /// The slot before another.
    #[inline]
    pub(crate) fn before(&self, slot: u32) -> u32 {
        self.0.get(slot as usize).map_or(NONE, |link| link.before)
    }

    /// The slots of a list from its front on.
    pub(crate) fn iter(&self, ends: Ends) -> impl Iterator<Item = u32> {
        let mut at = ends.front;
        std::iter::from_fn(move || {
            let slot = at;
            at = self.0.get(slot as usize)?.after;
            Some(slot)
        })
    }

    /// Puts a slot at the end of a list.
    #[inline]
    pub(crate) fn push_back(&mut self, ends: &mut Ends, slot: u32) {
        self.insert_after(ends, ends.back, slot);
    }

    /// Puts a slot behind another of the list, in front of all if that is [`NONE`].
    #[inline]
    pub(crate) fn insert_after(&mut self, ends: &mut Ends, before: u32, slot: u32) {
        let after = if before == NONE { ends.front } else { self.after(before) };
        if let Some(link) = self.0.get_mut(slot as usize) {
            *link = Link { before, after };
        }
        self.meet(ends, before, slot);
        self.meet(ends, slot, after);
    }

    /// Takes a slot out of its list.
    #[inline]
    pub(crate) fn remove(&mut self, ends: &mut Ends, slot: u32) {
        let Some(&Link { before, after }) = self.0.get(slot as usize) else { return };
        self.meet(ends, before, after);
    }

    /// Makes two slots neighbours; where one is none the other is an end.
    #[inline]
    fn meet(&mut self, ends: &mut Ends, before: u32, after: u32) {
        match self.0.get_mut(before as usize) {
            Some(link) => link.after = after,
            None => ends.front = after,
        }
        match self.0.get_mut(after as usize) {
            Some(link) => link.before = before,
            None => ends.back = before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_holds_what_a_plain_one_would(steps in prop::collection::vec((0..12_u32, 0..13_usize), 1..80)) {
            let mut lists = Lists::new(12);
            let (mut ends, mut model) = (Ends::EMPTY, Vec::new());
            for (slot, at) in steps {
                if let Some(position) = model.iter().position(|held| *held == slot) {
                    model.remove(position);
                    lists.remove(&mut ends, slot);
                } else {
                    let at = at.min(model.len());
                    let before = at.checked_sub(1).map_or(NONE, |before| model[before]);
                    model.insert(at, slot);
                    lists.insert_after(&mut ends, before, slot);
                }
                prop_assert_eq!(&lists.iter(ends).collect::<Vec<_>>(), &model);
                prop_assert_eq!(ends.back, model.last().copied().unwrap_or(NONE));
                for pair in model.windows(2) {
                    prop_assert_eq!((lists.after(pair[0]), lists.before(pair[1])), (pair[1], pair[0]));
                }
            }
        }
    }
}
