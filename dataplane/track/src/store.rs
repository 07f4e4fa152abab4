//! Octets held for later: one allocation of cells at the start, chains of them, a list of those that are free.
//!
//! ```text
//! chain   first ──► cell  octets 124 │ next ──► cell  octets 124 │ next ──► none
//! ```
//! A cell is 128 octets, two cache lines: a piece of one octet costs as much as one of 124. Putting and releasing cost
//! time in proportion to the cells touched; nothing is allocated after [`Store::new`].

use crate::lists::NONE;

/// Octets that one cell holds.
pub(crate) const CELL_OCTETS: usize = 124;

/// 128 octets.
#[derive(Clone, Copy)]
struct Cell {
    octets: [u8; CELL_OCTETS],
    /// The cell that follows in the chain, or in the list of free ones.
    next: u32,
}

const _: () = assert!(size_of::<Cell>() == 128);

/// Octets put into a store. It belongs to that store and goes back with [`Store::release`].
#[derive(Debug)]
pub(crate) struct Chain {
    first: u32,
    octets: u32,
}

impl Chain {
    /// No octets.
    pub(crate) const EMPTY: Self = Self { first: NONE, octets: 0 };

    /// How many octets.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.octets as usize
    }
}

/// The cells.
pub(crate) struct Store {
    cells: Box<[Cell]>,
    free: u32,
    free_cells: usize,
}

impl Store {
    /// Cells for so many octets.
    pub(crate) fn new(octets: usize) -> Self {
        let count = cells_for(octets).clamp(1, NONE as usize - 1);
        let mut cells = vec![Cell { octets: [0; CELL_OCTETS], next: NONE }; count].into_boxed_slice();
        for (cell, after) in cells.iter_mut().zip(1..count as u32) {
            cell.next = after;
        }
        Self { cells, free: 0, free_cells: count }
    }

    /// Whether so many octets fit now.
    #[inline]
    pub(crate) const fn has_room(&self, octets: usize) -> bool {
        cells_for(octets) <= self.free_cells
    }

    /// Whether so many octets fit when nothing else is held.
    #[inline]
    pub(crate) const fn could_hold(&self, octets: usize) -> bool {
        cells_for(octets) <= self.cells.len()
    }

    /// Keeps octets; none if there is no room for all of them.
    pub(crate) fn put(&mut self, octets: &[u8]) -> Option<Chain> {
        if !self.has_room(octets.len()) {
            return None;
        }
        let mut chain = Chain { first: NONE, octets: u32::try_from(octets.len()).ok()? };
        // From the end to the beginning, so that each cell is linked to one that is filled already.
        let (chunks, rest) = octets.as_chunks::<CELL_OCTETS>();
        if !rest.is_empty() {
            chain.first = self.fill(rest, chain.first);
        }
        for chunk in chunks.iter().rev() {
            chain.first = self.fill(chunk, chain.first);
        }
        Some(chain)
    }

    /// Fills the first free cell and puts it before another. There is one: the caller has asked.
    #[inline]
    fn fill(&mut self, octets: &[u8], next: u32) -> u32 {
        let slot = self.free;
        let Some(cell) = self.cells.get_mut(slot as usize) else { return next };
        self.free = cell.next;
        self.free_cells -= 1;
        if let Some(room) = cell.octets.get_mut(..octets.len()) {
            room.copy_from_slice(octets);
        }
        cell.next = next;
        slot
    }

    /// The octets, cell by cell.
    fn chunks(&self, chain: &Chain) -> impl Iterator<Item = &[u8]> {
        let (mut at, mut left) = (chain.first, chain.len());
        std::iter::from_fn(move || {
            let cell = self.cells.get(at as usize)?;
            let here = cell.octets.get(..left.min(CELL_OCTETS))?;
            left -= here.len();
            at = cell.next;
            Some(here)
        })
    }

    /// Copies the octets as far as there is room for them and says how many those were.
    pub(crate) fn copy(&self, chain: &Chain, out: &mut [u8]) -> usize {
        let mut copied = 0;
        for chunk in self.chunks(chain) {
            let room = out.get_mut(copied..).unwrap_or_default();
            let len = chunk.len().min(room.len());
            if let (Some(to), Some(from)) = (room.get_mut(..len), chunk.get(..len)) {
                to.copy_from_slice(from);
            }
            copied += len;
        }
        copied
    }

    /// Whether the chain holds just these octets.
    pub(crate) fn holds(&self, chain: &Chain, octets: &[u8]) -> bool {
        chain.len() == octets.len() && self.chunks(chain).zip(octets.chunks(CELL_OCTETS)).all(|(held, new)| held == new)
    }

    /// Gives the cells of a chain back.
    pub(crate) fn release(&mut self, chain: Chain) {
        let mut at = chain.first;
        while let Some(cell) = self.cells.get_mut(at as usize) {
            let next = std::mem::replace(&mut cell.next, self.free);
            self.free = at;
            self.free_cells += 1;
            at = next;
        }
    }
}

const fn cells_for(octets: usize) -> usize {
    octets.div_ceil(CELL_OCTETS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_does_not_fit_is_not_taken_and_costs_nothing() {
        let mut store = Store::new(3 * CELL_OCTETS);
        assert!(store.put(&[7; 3 * CELL_OCTETS + 1]).is_none());
        let chain = store.put(&[7; 2 * CELL_OCTETS + 1]).unwrap();
        assert!(store.put(&[8]).is_none(), "every cell is in use");
        store.release(chain);
        assert_eq!(store.free_cells, 3);
        assert!(store.has_room(3 * CELL_OCTETS) && !store.could_hold(3 * CELL_OCTETS + 1));
    }

    #[test]
    fn no_octets_are_a_chain_of_no_cells() {
        let mut store = Store::new(1);
        let chain = store.put(&[]).unwrap();
        assert_eq!((store.free_cells, store.copy(&chain, &mut [0; 4])), (1, 0));
        assert!(store.holds(&chain, &[]) && !store.holds(&chain, &[0]));
        store.release(chain);
        assert_eq!(store.free_cells, 1);
    }

    #[test]
    fn a_copy_stops_where_its_room_ends() {
        let octets: Vec<u8> = (0..=255).chain(0..=255).collect();
        let mut store = Store::new(1024);
        let chain = store.put(&octets).unwrap();
        for room in 0..octets.len() + 3 {
            let mut out = vec![0; room];
            let copied = store.copy(&chain, &mut out);
            assert_eq!(out.get(..copied), octets.get(..room.min(octets.len())));
        }
    }

    proptest! {
        #[test]
        fn what_was_put_comes_back_whatever_was_put_and_released_between(
            steps in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..400)), 1..60),
        ) {
            let mut store = Store::new(20 * CELL_OCTETS);
            let mut held: Vec<(Chain, Vec<u8>)> = Vec::new();
            for (release_first, octets) in steps {
                if release_first && !held.is_empty() {
                    let (chain, _) = held.remove(octets.len() % held.len());
                    store.release(chain);
                }
                let fits = store.has_room(octets.len());
                match store.put(&octets) {
                    Some(chain) => held.push((chain, octets)),
                    None => prop_assert!(!fits),
                }
                let used: usize = held.iter().map(|(_, octets)| cells_for(octets.len())).sum();
                prop_assert_eq!(store.free_cells, 20 - used);
                for (chain, octets) in &held {
                    prop_assert!(store.holds(chain, octets));
                    let mut out = vec![0; octets.len()];
                    prop_assert_eq!(store.copy(chain, &mut out), octets.len());
                    prop_assert_eq!(&out, octets);
                }
            }
        }
    }
}
