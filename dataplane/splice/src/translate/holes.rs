//! What a sender has sent but has not come by here: lost on the way to us, or not known.
//!
//! An ordered message can only be inserted where nothing of its stream may still come with a lower number. Where there
//! are more holes than room, the last grows over what lies between: it then closes only when all of it is acknowledged.

use super::fixed::Fixed;
use sluice_wire::sctp::Tsn;

pub(super) const HOLES_MAX: usize = 16;

/// A range of TSNs, both ends in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hole {
    pub first: u32,
    pub last: u32,
}

/// The holes of a flow, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Holes(pub Fixed<Hole, HOLES_MAX>);

impl Holes {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing of this range, behind all others, came by.
    pub(super) fn open(&mut self, first: Tsn, last: Tsn) {
        if !self.0.push(Hole { first: first.0, last: last.0 })
            && let Some(hole) = self.0.as_mut_slice().last_mut()
        {
            hole.last = last.0;
        }
    }

    /// A chunk came by.
    pub(super) fn fill(&mut self, tsn: Tsn) {
        let holds = |hole: &&mut Hole| tsn.since(Tsn(hole.first)) >= 0 && Tsn(hole.last).since(tsn) >= 0;
        let Some(hole) = self.0.iter_mut().find(holds) else { return };
        match (hole.first == tsn.0, hole.last == tsn.0) {
            (true, true) => self.0.retain(|hole| hole.first != tsn.0),
            (true, false) => hole.first = tsn.next().0,
            (false, true) => hole.last = tsn.0.wrapping_sub(1),
            (false, false) => self.split(tsn),
        }
    }

    /// Everything up to here is there, or given up.
    pub(super) fn close(&mut self, cumulative: Tsn) {
        self.0.retain(|hole| cumulative.is_before(Tsn(hole.last)));
    }

    /// A hole in two. Without room it stays one, and waits for its acknowledgement.
    fn split(&mut self, tsn: Tsn) {
        let all = self.0.clone();
        if all.is_full() {
            return;
        }
        self.0.clear();
        for hole in all.iter() {
            if tsn.since(Tsn(hole.first)) > 0 && Tsn(hole.last).since(tsn) > 0 {
                self.0.push(Hole { first: hole.first, last: tsn.0.wrapping_sub(1) });
                self.0.push(Hole { first: tsn.next().0, last: hole.last });
            } else {
                self.0.push(*hole);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(holes: &Holes) -> Vec<(u32, u32)> {
        holes.0.iter().map(|hole| (hole.first, hole.last)).collect()
    }

    #[test]
    fn a_hole_closes_from_any_side() {
        let mut holes = Holes::default();
        holes.open(Tsn(u32::MAX), Tsn(3));
        holes.fill(Tsn(1));
        assert_eq!(ranges(&holes), [(u32::MAX, 0), (2, 3)]);
        holes.fill(Tsn(u32::MAX));
        holes.fill(Tsn(3));
        assert_eq!(ranges(&holes), [(0, 0), (2, 2)]);
        holes.fill(Tsn(0));
        holes.fill(Tsn(7));
        assert_eq!(ranges(&holes), [(2, 2)]);
        holes.close(Tsn(2));
        assert!(holes.is_empty());
    }

    #[test]
    fn too_many_holes_become_one_that_waits_for_its_acknowledgement() {
        let mut holes = Holes::default();
        for number in 0..20 {
            holes.open(Tsn(number * 10), Tsn(number * 10 + 4));
        }
        assert_eq!(ranges(&holes).last(), Some(&(150, 194)));
        holes.fill(Tsn(160));
        holes.close(Tsn(193));
        assert_eq!(ranges(&holes), [(150, 194)]);
        holes.close(Tsn(194));
        assert!(holes.is_empty());
    }
}
