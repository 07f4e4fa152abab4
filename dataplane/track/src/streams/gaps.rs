//! Taking octets out of a direction: PDUs that are whole, and what is lost with a gap.

use super::direction::{Direction, State, distance};
use super::reassembly::Reassembly;
use crate::lists::NONE;
use sluice_wire::smpp::{Framing, frame, may_begin};

impl Reassembly {
    /// What the octets in order say about their first PDU.
    pub(super) fn length(&self, d: &Direction) -> Framing {
        let mut head = [0; 4];
        if (d.in_order as usize) < head.len() {
            return Framing::Need(head.len());
        }
        self.cells.copy(&d.run, &mut head);
        match frame(&head) {
            Framing::Need(length) if length <= d.in_order as usize => Framing::Whole(length),
            other => other,
        }
    }

    /// Drops octets in order from the front.
    pub(super) fn take(&mut self, d: &mut Direction, octets: u32) {
        let mut left = octets.min(d.in_order);
        d.in_order -= left;
        while left > 0 {
            let slot = d.run.front;
            let here = self.cells.octets(slot).len() as u32;
            if here > left {
                self.cells.trim(slot, left as usize);
                return;
            }
            if slot == d.edge {
                d.edge = NONE;
            }
            self.cells.release(&mut d.run, slot);
            left -= here;
        }
    }

    /// Gives up the PDU in progress and the gap behind it.
    pub(super) fn skip_gap(&mut self, d: &mut Direction) {
        let end = match self.length(d) {
            Framing::Need(length) if d.in_order >= 4 => Some(d.base().wrapping_add(length as u32)),
            _ => None,
        };
        self.take(d, d.in_order);
        let Some(end) = end else { return self.find_start(d) };
        while d.run.front != NONE {
            let slot = d.run.front;
            let into = distance(self.cells.sequence(slot), end);
            if into < 0 {
                return self.find_start(d);
            }
            if (into as usize) < self.cells.octets(slot).len() {
                self.cells.trim(slot, into as usize);
                break;
            }
            self.release_ahead(d);
        }
        // The end of the lost PDU is where the next begins, even if that has not come yet.
        self.counts.resynchronised += 1;
        d.sync(end);
        self.join(d);
    }

    /// Goes on at the first segment ahead that begins like a PDU.
    fn find_start(&mut self, d: &mut Direction) {
        d.state = State::Lost;
        while d.run.front != NONE {
            let slot = d.run.front;
            if self.cells.is_start(slot) && may_begin(self.cells.octets(slot)) {
                self.counts.resynchronised += 1;
                d.sync(self.cells.sequence(slot));
                return self.join(d);
            }
            self.release_ahead(d);
        }
    }

    /// Drops what is in order, where it can be no PDU or there is no room for it, and goes on behind it.
    pub(super) fn lose(&mut self, d: &mut Direction) {
        self.take(d, d.in_order);
        self.find_start(d);
    }

    fn release_ahead(&mut self, d: &mut Direction) {
        let front = d.run.front;
        self.cells.release(&mut d.run, front);
        d.ahead_cells = d.ahead_cells.saturating_sub(1);
    }

    pub(super) fn release_all(&mut self, d: &mut Direction) {
        while d.run.front != NONE {
            let front = d.run.front;
            self.cells.release(&mut d.run, front);
        }
        (d.edge, d.in_order, d.ahead_cells, d.state) = (NONE, 0, 0, State::Lost);
    }

    /// Takes the octets of the direction that holds some for longest, unless it is the one that asks.
    pub(super) fn make_room(&mut self, asking: usize) -> bool {
        let victim = self.holding.front as usize;
        self.counts.shed += 1;
        let Some(mut direction) = self.directions.get(victim).copied().filter(|_| victim != asking) else {
            return false;
        };
        self.release_all(&mut direction);
        self.store(victim, direction);
        true
    }
}
