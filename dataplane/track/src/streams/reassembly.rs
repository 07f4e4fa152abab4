//! Putting the octets of a direction in order, and PDUs together. RFC 9293 §3.10.7.4, SMPP 3.4 §3.2.
//!
//! What comes first counts; the same octets with other content are noted. A gap is given up after so many segments
//! behind it, after a time, or when too much waits: the PDU it is in is lost. Where that PDU's length is known the next
//! one begins at its end; otherwise at the start of the first segment that looks like one.
//!
//! Work is bounded: a segment is compared with at most [`AHEAD_CELLS_MAX`] cells and the PDU in progress, and each
//! octet is copied twice at most. When the pool is empty the direction that holds octets for longest loses them.

use super::StreamCounts;
use super::cells::Cells;
use super::direction::{Direction, PLAUSIBLE_OCTETS, State, distance};
use crate::lists::{Ends, Lists, NONE};
use sluice_wire::smpp::{Framing, HEADER_OCTETS, PDU_OCTETS_MAX, frame, may_begin};

/// All directions and what they hold.
pub(super) struct Reassembly {
    pub(super) directions: Box<[Direction]>,
    pub(super) cells: Cells,
    /// Directions that hold something, the one that began first in front.
    holders: Lists,
    pub(super) holding: Ends,
    timeout_ns: u64,
    pub(super) counts: StreamCounts,
}

/// Where a segment's octets went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// They are next, nothing waits, and they are not held; so many had come before.
    Next(usize),
    /// Some of what is held may be whole now.
    Held,
    /// They wait for others.
    Waiting,
    /// All of them had come before.
    Before,
    /// It is not known where a PDU begins, nor do they begin one.
    Lost,
}

impl Reassembly {
    pub(super) fn new(directions: usize, octets: usize, timeout_ns: u64) -> Self {
        Self {
            directions: vec![Direction::NEW; directions].into_boxed_slice(),
            cells: Cells::new(octets),
            holders: Lists::new(directions),
            holding: Ends::EMPTY,
            timeout_ns,
            counts: StreamCounts::default(),
        }
    }

    /// Whether nothing waits anywhere and every cell is free.
    #[cfg(test)]
    pub(super) fn is_unused(&self) -> bool {
        self.holding.front == NONE && self.cells.are_free() && self.directions.iter().all(Direction::is_empty)
    }

    /// A direction.
    #[inline(always)]
    pub(super) fn direction(&mut self, at: usize) -> Option<&mut Direction> {
        self.directions.get_mut(at)
    }

    /// The common case: a segment that is the next, with nothing waiting. Says whether it was that.
    #[inline(always)]
    pub(super) fn advance(&mut self, at: usize, sequence: u32, octets: usize) -> bool {
        let Some(direction) = self.directions.get_mut(at) else { return false };
        let is_next = direction.state == State::Synced && direction.is_empty() && direction.next == sequence;
        if is_next {
            direction.next = sequence.wrapping_add(octets as u32);
            direction.strays = 0;
        }
        is_next
    }

    /// Any segment with octets.
    pub(super) fn place(&mut self, at: usize, sequence: u32, octets: &[u8], now_ns: u64) -> Placed {
        let Some(mut direction) = self.directions.get(at).copied() else { return Placed::Lost };
        if direction.state != State::Synced {
            if !may_begin(octets) {
                return Placed::Lost;
            }
            self.counts.resynchronised += u64::from(direction.state == State::Lost);
            direction.sync(sequence);
        }
        let placed = self.place_synced(at, &mut direction, sequence, octets, now_ns);
        self.store(at, direction);
        placed
    }

    fn place_synced(&mut self, at: usize, d: &mut Direction, sequence: u32, octets: &[u8], now_ns: u64) -> Placed {
        let ahead = distance(d.next, sequence);
        let before = (ahead.min(0).unsigned_abs() as usize).min(octets.len());
        let (old, new) = octets.split_at_checked(before).unwrap_or((octets, &[]));
        self.compare_in_order(d, sequence, old);
        if new.is_empty() {
            self.counts.duplicates += 1;
            return self.stray(at, d, ahead < -PLAUSIBLE_OCTETS, sequence, octets, now_ns).unwrap_or(Placed::Before);
        }
        if ahead <= 0 && d.is_empty() {
            d.sync(d.next.wrapping_add(new.len() as u32));
            return Placed::Next(before);
        }
        if ahead <= 0 {
            (d.strays, d.gap_since_ns) = (0, now_ns);
            if !self.hold(at, d, d.next, new) {
                self.lose(d);
            }
            return Placed::Held;
        }
        self.counts.out_of_order += 1;
        if d.ahead_cells == 0 {
            d.gap_since_ns = now_ns;
        }
        if ahead <= PLAUSIBLE_OCTETS && !self.hold(at, d, sequence, new) {
            self.lose(d);
            return Placed::Held;
        }
        self.stray(at, d, true, sequence, octets, now_ns).unwrap_or(Placed::Waiting)
    }

    /// Counts a segment that filled no gap, and gives the gap up when it is time.
    fn stray(
        &mut self,
        at: usize,
        d: &mut Direction,
        counts: bool,
        sequence: u32,
        octets: &[u8],
        now_ns: u64,
    ) -> Option<Placed> {
        d.strays += u16::from(counts);
        let waited = d.ahead_cells > 0 && now_ns.saturating_sub(d.gap_since_ns) > self.timeout_ns;
        if d.strays < STRAYS_MAX && d.ahead_cells <= AHEAD_CELLS_MAX && !waited {
            return None;
        }
        d.strays = 0;
        self.counts.gaps += 1;
        if d.ahead_cells > 0 {
            self.skip_gap(d);
            d.gap_since_ns = now_ns;
            return Some(Placed::Held);
        }
        // Nothing was worth holding: another connection with the same ports, or numbers from elsewhere.
        self.lose(d);
        if !may_begin(octets) {
            return Some(Placed::Lost);
        }
        self.counts.resynchronised += 1;
        d.sync(sequence);
        Some(if self.hold(at, d, sequence, octets) { Placed::Held } else { Placed::Lost })
    }

    /// Takes back the octets at the end of a segment that was [`Placed::Next`]: the beginning of a PDU.
    pub(super) fn keep(&mut self, at: usize, rest: &[u8]) {
        let Some(mut direction) = self.directions.get(at).copied() else { return };
        if rest.is_empty() || !direction.is_empty() || direction.state != State::Synced {
            return;
        }
        let base = direction.next.wrapping_sub(rest.len() as u32);
        direction.next = base;
        if frame(rest) == Framing::NotSmpp || !self.hold(at, &mut direction, base, rest) {
            self.lose(&mut direction);
        }
        self.store(at, direction);
    }

    /// Copies out the PDU that is whole, if one is, and says how long it is and whether it came with other content too.
    pub(super) fn next_pdu(&mut self, at: usize, out: &mut [u8; PDU_OCTETS_MAX]) -> Option<(usize, bool)> {
        let mut direction = self.directions.get(at).copied()?;
        let mut taken = None;
        // Every turn but the last takes cells out of the run.
        while direction.in_order > 0 {
            match self.length(&direction) {
                Framing::Whole(length) => {
                    let room = out.get_mut(..length)?;
                    self.cells.copy(&direction.run, room);
                    taken = Some((length, std::mem::take(&mut direction.overlapped)));
                    self.take(&mut direction, length as u32);
                    break;
                }
                Framing::Need(_) => break,
                Framing::NotSmpp => self.lose(&mut direction),
            }
        }
        self.store(at, direction);
        taken
    }

    /// Gives up what a direction holds and forgets all of it.
    pub(super) fn reset(&mut self, at: usize) {
        let Some(mut direction) = self.directions.get(at).copied() else { return };
        self.release_all(&mut direction);
        self.store(at, Direction::NEW);
    }

    /// Writes a direction back, and it into or out of the list of those that hold something.
    pub(super) fn store(&mut self, at: usize, direction: Direction) {
        let Some(place) = self.directions.get_mut(at) else { return };
        let (held, holds) = (!place.is_empty(), !direction.is_empty());
        *place = direction;
        match (held, holds) {
            (false, true) => self.holders.push_back(&mut self.holding, at as u32),
            (true, false) => self.holders.remove(&mut self.holding, at as u32),
            _ => {}
        }
    }

    /// Holds octets from a number on that is not before the next. What is held already stays. False where there is no
    /// room for all.
    fn hold(&mut self, at: usize, d: &mut Direction, mut sequence: u32, mut octets: &[u8]) -> bool {
        let mut before = d.edge;
        let mut starts = true;
        if sequence == d.next && d.edge != NONE {
            let room = self.room_before(d, d.edge, sequence, octets.len());
            let filled = self.cells.fill(d.edge, octets.get(..room).unwrap_or(&[]));
            (sequence, octets) = (sequence.wrapping_add(filled as u32), octets.get(filled..).unwrap_or(&[]));
            d.next = sequence;
            d.in_order += filled as u32;
            starts = filled == 0;
        }
        while !octets.is_empty() {
            let room = self.room_before(d, before, sequence, octets.len());
            if room == 0 {
                before = self.cells.after(&d.run, before);
                let covered = self.compare(d, before, sequence, octets);
                (sequence, octets) = (sequence.wrapping_add(covered as u32), octets.get(covered..).unwrap_or(&[]));
            } else {
                if self.cells.is_exhausted() && !self.make_room(at) {
                    return false;
                }
                let part = octets.get(..room).unwrap_or(&[]);
                let Some((cell, len)) = self.cells.insert(&mut d.run, before, sequence, part) else { return false };
                if std::mem::take(&mut starts) {
                    self.cells.mark_start(cell);
                }
                d.ahead_cells += 1;
                (sequence, octets) = (sequence.wrapping_add(len as u32), octets.get(len..).unwrap_or(&[]));
                before = cell;
            }
        }
        self.join(d);
        true
    }

    /// Of so many octets from a number on, how many come before the cell behind `before`; none where it begins there.
    fn room_before(&self, d: &Direction, before: u32, sequence: u32, octets: usize) -> usize {
        let after = self.cells.after(&d.run, before);
        if after == NONE {
            return octets;
        }
        usize::try_from(distance(sequence, self.cells.sequence(after))).map_or(0, |room| room.min(octets))
    }

    /// Octets of a segment that a cell has already; notes where they differ.
    fn compare(&mut self, d: &mut Direction, slot: u32, sequence: u32, octets: &[u8]) -> usize {
        let back = distance(self.cells.sequence(slot), sequence);
        let held = usize::try_from(back).ok().and_then(|back| self.cells.octets(slot).get(back..)).unwrap_or(&[]);
        let covered = held.len().min(octets.len());
        if held.get(..covered) != octets.get(..covered) {
            self.counts.overlaps += 1;
            d.overlapped = true;
        }
        covered
    }

    /// Compares octets before the next with those held in order; what was given out already cannot be compared.
    fn compare_in_order(&mut self, d: &mut Direction, sequence: u32, octets: &[u8]) {
        let given = usize::try_from(distance(sequence, d.base())).unwrap_or(0).min(octets.len());
        let (mut sequence, mut octets) = (sequence.wrapping_add(given as u32), octets.get(given..).unwrap_or(&[]));
        let mut slot = d.run.front;
        while !octets.is_empty() && slot != NONE {
            let covered = self.compare(d, slot, sequence, octets);
            (sequence, octets) = (sequence.wrapping_add(covered as u32), octets.get(covered..).unwrap_or(&[]));
            if slot == d.edge {
                break;
            }
            slot = self.cells.after(&d.run, slot);
        }
    }

    /// Counts the cells that are in order now.
    pub(super) fn join(&mut self, d: &mut Direction) {
        loop {
            let after = self.cells.after(&d.run, d.edge);
            if after == NONE || self.cells.sequence(after) != d.next {
                return;
            }
            let octets = self.cells.octets(after).len() as u32;
            d.edge = after;
            d.next = d.next.wrapping_add(octets);
            d.in_order += octets;
            d.ahead_cells = d.ahead_cells.saturating_sub(1);
        }
    }
}

/// Segments behind a gap after which it is given up.
pub(super) const STRAYS_MAX: u16 = 64;
/// Cells behind a gap after which it is given up.
pub(super) const AHEAD_CELLS_MAX: u16 = 256;
const _: () = assert!(HEADER_OCTETS <= super::cells::CELL_OCTETS);
