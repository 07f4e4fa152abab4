//! What is kept of a key: a line of sums, or a pair of lines of members.

use super::{MEMBERS_OCTETS, Members, RateKind, Window};
use crate::window::{Sums, Turn};

/// A count, or a run: its sums are then the longest rows.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Line {
    pub(super) key: u64,
    window: Window,
    pub(super) counter: u16,
    pub(super) kind: RateKind,
    sums: Sums,
    row: Row,
}

const _: () = assert!(size_of::<Line>() == 64);

impl Line {
    pub(super) const EMPTY: Self = Self::new(RateKind::Count, 0, 0);

    pub(super) const fn new(kind: RateKind, counter: u16, key: u64) -> Self {
        Self { key, window: Window::EMPTY, counter, kind, sums: Sums::EMPTY, row: Row::EMPTY }
    }

    #[inline(always)]
    pub(super) fn is(&self, kind: RateKind, counter: u16, key: u64) -> bool {
        (self.key, self.counter, self.kind) == (key, counter, kind)
    }

    #[inline]
    pub(super) fn count(&mut self, value: u64, window_s: u32, time_ns: u64) -> u32 {
        let turn = self.window.turn(window_s, time_ns);
        self.sums.turn(turn);
        if self.kind == RateKind::Run {
            if turn == Turn::Anew {
                self.row = Row::EMPTY;
            }
            self.sums.current = self.sums.current.max(self.row.take(value));
        } else {
            self.sums.current = self.sums.current.saturating_add(1);
        }
        self.rate(time_ns)
    }

    #[inline]
    pub(super) fn read(&self, window_s: u32, time_ns: u64) -> u32 {
        let mut now = *self;
        now.sums.turn(now.window.turn(window_s, time_ns));
        now.rate(time_ns)
    }

    #[inline]
    fn rate(&self, time_ns: u64) -> u32 {
        match self.kind {
            RateKind::Run => self.sums.current.max(self.sums.previous),
            RateKind::Count | RateKind::Distinct => self.sums.estimate(self.window, time_ns),
        }
    }
}

/// The row that stands.
#[derive(Clone, Copy)]
struct Row {
    last: u64,
    /// From the value before the last to it.
    step: i64,
    len: u32,
}

impl Row {
    const EMPTY: Self = Self { last: 0, step: 0, len: 0 };

    /// Takes the next value and says how long the row is with it.
    #[inline]
    fn take(&mut self, value: u64) -> u32 {
        if self.len == 0 {
            *self = Self { last: value, step: 0, len: 1 };
            return 1;
        }
        let step = value.wrapping_sub(self.last) as i64;
        if step == 0 {
            return self.len;
        }
        let are_neighbours = step.unsigned_abs() == 1;
        self.len = match (self.len, self.step) {
            (len, -1..=1) if are_neighbours => len.saturating_add(1),
            // The third value shows that the first two had a step.
            (1, before) if before == step => 3,
            (len, before) if before == step => len.saturating_add(1),
            _ if are_neighbours => 2,
            _ => 1,
        };
        (self.last, self.step) = (value, step);
        self.len
    }
}

/// Members.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Pair {
    pub(super) key: u64,
    window: Window,
    pub(super) counter: u16,
    members: Members<MEMBERS_OCTETS>,
}

const _: () = assert!(size_of::<Pair>() == 128);

impl Pair {
    pub(super) const EMPTY: Self = Self::new(0, 0);

    pub(super) const fn new(counter: u16, key: u64) -> Self {
        Self { key, window: Window::EMPTY, counter, members: Members::EMPTY }
    }

    #[inline(always)]
    pub(super) fn is(&self, counter: u16, key: u64) -> bool {
        (self.key, self.counter) == (key, counter)
    }

    #[inline]
    pub(super) fn count(&mut self, member: u64, window_s: u32, time_ns: u64) -> u32 {
        self.members.turn(self.window.turn(window_s, time_ns));
        self.members.add(member);
        self.rate(time_ns)
    }

    #[inline]
    pub(super) fn read(&self, window_s: u32, time_ns: u64) -> u32 {
        let mut now = *self;
        now.members.turn(now.window.turn(window_s, time_ns));
        now.rate(time_ns)
    }

    /// The members of the current window, and of those that only the previous one had the share not yet past.
    #[inline]
    fn rate(&self, time_ns: u64) -> u32 {
        let current = self.members.current();
        current.saturating_add(self.window.share(self.members.both().saturating_sub(current), time_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(values: &[u64]) -> Vec<u32> {
        let mut row = Row::EMPTY;
        values.iter().map(|value| row.take(*value)).collect()
    }

    #[test]
    fn neighbours_make_a_row_on_either_side() {
        assert_eq!(lengths(&[3, 4, 5, 4, 4, 3]), [1, 2, 3, 4, 4, 5]);
        assert_eq!(lengths(&[0, u64::MAX, u64::MAX - 1]), [1, 2, 3], "nothing overflows");
    }

    #[test]
    fn a_step_shows_with_the_third_value() {
        assert_eq!(lengths(&[10, 20, 30, 40]), [1, 1, 3, 4]);
        assert_eq!(lengths(&[40, 30, 20, 25]), [1, 1, 3, 1]);
    }

    #[test]
    fn a_value_elsewhere_ends_the_row_and_may_begin_another() {
        assert_eq!(lengths(&[1, 2, 3, 50, 51, 52]), [1, 2, 3, 1, 2, 3]);
        assert_eq!(lengths(&[10, 20, 30, 31, 32]), [1, 1, 3, 2, 3]);
        assert_eq!(lengths(&[5, 90, 17, 44]), [1; 4]);
    }
}
