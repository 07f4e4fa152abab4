//! Octets of streams that must wait: a fixed pool of cells, each with the sequence number of its first octet.
//!
//! ```text
//! run   cell  seq 1000, 500 octets ── cell  seq 1500, 20 octets ──┆── cell  seq 1600, 500 octets, starts a segment
//! ```
//! A run is a list of cells in the order of their numbers; cells of a run never overlap.

use crate::lists::{Ends, Lists, NONE};

/// Octets that one cell holds.
pub(super) const CELL_OCTETS: usize = 500;

/// 512 octets.
#[derive(Clone, Copy)]
struct Cell {
    octets: [u8; CELL_OCTETS],
    /// Of the octet at `from`.
    sequence: u32,
    from: u16,
    to: u16,
    /// Whether a segment begins with its first octet.
    starts: bool,
}

/// The pool.
pub(super) struct Cells {
    cells: Box<[Cell]>,
    lists: Lists,
    free: Ends,
}

impl Cells {
    /// Cells for so many octets.
    pub(super) fn new(octets: usize) -> Self {
        let count = octets.div_ceil(CELL_OCTETS).clamp(1, NONE as usize - 1);
        let empty = Cell { octets: [0; CELL_OCTETS], sequence: 0, from: 0, to: 0, starts: false };
        let mut pool =
            Self { cells: vec![empty; count].into_boxed_slice(), lists: Lists::new(count), free: Ends::EMPTY };
        (0..count as u32).for_each(|cell| pool.lists.push_back(&mut pool.free, cell));
        pool
    }

    /// Whether none is left.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.free.front == NONE
    }

    /// Whether all of them are left.
    #[cfg(test)]
    pub(super) fn are_free(&self) -> bool {
        self.lists.iter(self.free).count() == self.cells.len()
    }

    /// Puts octets into a new cell of a run, behind `before`; as many as fit, which is returned with the cell.
    pub(super) fn insert(&mut self, run: &mut Ends, before: u32, sequence: u32, octets: &[u8]) -> Option<(u32, usize)> {
        let slot = self.free.front;
        let cell = self.cells.get_mut(slot as usize)?;
        let len = octets.len().min(CELL_OCTETS);
        cell.octets.get_mut(..len)?.copy_from_slice(octets.get(..len)?);
        (cell.sequence, cell.from, cell.to, cell.starts) = (sequence, 0, len as u16, false);
        self.lists.remove(&mut self.free, slot);
        self.lists.insert_after(run, before, slot);
        Some((slot, len))
    }

    /// Puts octets into what is left of a cell; as many as fit, which is returned.
    pub(super) fn fill(&mut self, slot: u32, octets: &[u8]) -> usize {
        let Some(cell) = self.cells.get_mut(slot as usize) else { return 0 };
        let room = cell.octets.get_mut(usize::from(cell.to)..).unwrap_or_default();
        let len = octets.len().min(room.len());
        if let (Some(room), Some(octets)) = (room.get_mut(..len), octets.get(..len)) {
            room.copy_from_slice(octets);
            cell.to += len as u16;
        }
        len
    }

    /// Marks that a segment begins with this cell.
    pub(super) fn mark_start(&mut self, slot: u32) {
        if let Some(cell) = self.cells.get_mut(slot as usize) {
            cell.starts = true;
        }
    }

    /// Whether a segment begins with this cell.
    pub(super) fn is_start(&self, slot: u32) -> bool {
        self.cells.get(slot as usize).is_some_and(|cell| cell.starts)
    }

    /// The number of a cell's first octet.
    pub(super) fn sequence(&self, slot: u32) -> u32 {
        self.cells.get(slot as usize).map_or(0, |cell| cell.sequence)
    }

    /// The octets of a cell.
    pub(super) fn octets(&self, slot: u32) -> &[u8] {
        let octets = self.cells.get(slot as usize).and_then(|c| c.octets.get(usize::from(c.from)..usize::from(c.to)));
        octets.unwrap_or(&[])
    }

    /// The cell behind another, the first one behind none.
    pub(super) fn after(&self, run: &Ends, slot: u32) -> u32 {
        if slot == NONE { run.front } else { self.lists.after(slot) }
    }

    /// Takes octets off the front of a cell.
    pub(super) fn trim(&mut self, slot: u32, octets: usize) {
        if let Some(cell) = self.cells.get_mut(slot as usize) {
            let octets = octets.min(usize::from(cell.to - cell.from)) as u16;
            cell.from += octets;
            cell.sequence = cell.sequence.wrapping_add(u32::from(octets));
            cell.starts = false;
        }
    }

    /// Gives a cell of a run back.
    pub(super) fn release(&mut self, run: &mut Ends, slot: u32) {
        self.lists.remove(run, slot);
        self.lists.push_back(&mut self.free, slot);
    }

    /// Copies the first octets of a run and says how many there were.
    pub(super) fn copy(&self, run: &Ends, out: &mut [u8]) -> usize {
        let mut copied = 0;
        for slot in self.lists.iter(*run) {
            let octets = self.octets(slot);
            let room = out.get_mut(copied..).unwrap_or_default();
            let len = octets.len().min(room.len());
            if len == 0 {
                break;
            }
            if let (Some(room), Some(octets)) = (room.get_mut(..len), octets.get(..len)) {
                room.copy_from_slice(octets);
            }
            copied += len;
        }
        copied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_comes_back_in_its_order() {
        let mut pool = Cells::new(3 * CELL_OCTETS);
        let mut run = Ends::EMPTY;
        let (late, _) = pool.insert(&mut run, NONE, 104, b"ef").expect("room");
        let (early, _) = pool.insert(&mut run, NONE, 100, b"ab").expect("room");
        assert_eq!(pool.fill(early, b"cd"), 2);
        let mut out = [0; 6];
        assert_eq!((pool.copy(&run, &mut out), &out), (6, b"abcdef"));
        pool.trim(early, 3);
        assert_eq!((pool.sequence(early), pool.octets(early)), (103, &b"d"[..]));
        pool.release(&mut run, early);
        assert_eq!((run.front, pool.copy(&run, &mut out)), (late, 2));
    }

    #[test]
    fn a_cell_takes_what_fits_and_the_pool_ends() {
        let mut pool = Cells::new(1);
        let mut run = Ends::EMPTY;
        let (cell, len) = pool.insert(&mut run, NONE, 0, &[7; CELL_OCTETS + 1]).expect("room");
        assert_eq!((len, pool.fill(cell, &[8])), (CELL_OCTETS, 0));
        assert!(pool.is_exhausted() && pool.insert(&mut run, cell, 0, &[9]).is_none());
    }

    #[test]
    fn a_cell_costs_what_the_book_says() {
        assert_eq!(size_of::<Cell>() + 2 * size_of::<u32>(), 520, "with its links");
    }
}
