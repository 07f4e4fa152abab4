//! The last [`WINDOW`] TSNs of one direction, and which of them have passed (RFC 9260 §6.2).
//!
//! A TSN further back than the window, or a jump ahead of all of it, begins it anew: judging twice is harmless and
//! not judging is a hole. For the same reason nothing is ever taken to have passed that was not seen to.

use super::Seen;
use sluice_wire::sctp::Tsn;

/// TSNs remembered per direction.
pub const WINDOW: u32 = 512;
const WORDS: usize = WINDOW as usize / 64;

/// The window of one direction.
#[derive(Clone, Copy)]
pub(super) struct Window {
    highest: Tsn,
    /// Bit `tsn % WINDOW`: that TSN has passed. A ring, so that a step ahead moves no bits.
    passed: [u64; WORDS],
    /// How many have come from behind the window since it moved last, and where it was then.
    strays: (u32, Tsn),
}

/// So many from behind the window, and none that moves it, show that it is not where the sender is: somebody has sent a
/// TSN far ahead.
pub const STRAYS_MAX: u32 = 256;

impl Window {
    /// Nothing has passed; `first` is what is expected.
    pub(super) const fn before(first: Tsn) -> Self {
        Self { highest: Tsn(first.0.wrapping_sub(1)), passed: [0; WORDS], strays: (0, first) }
    }

    /// This one has passed and no other.
    pub(super) fn at(tsn: Tsn) -> Self {
        let mut window = Self { highest: tsn, passed: [0; WORDS], strays: (0, tsn) };
        window.mark(tsn);
        window
    }

    /// The highest that has passed, or the one before the first.
    pub(super) const fn highest(&self) -> Tsn {
        self.highest
    }

    /// The one that is expected; none where any has passed.
    pub(super) fn first(&self) -> Option<Tsn> {
        (self.passed == [0; WORDS]).then(|| self.highest.next())
    }

    /// Notes that one passes, and says whether it has before.
    #[inline(always)]
    pub(super) fn pass(&mut self, tsn: Tsn) -> Seen {
        // The place of the next TSN is that of one now out of the window: nothing to forget.
        if tsn.0.wrapping_sub(self.highest.0) == 1 {
            self.highest = tsn;
            self.mark(tsn);
            return Seen::New;
        }
        self.pass_out_of_order(tsn)
    }

    #[inline(never)]
    fn pass_out_of_order(&mut self, tsn: Tsn) -> Seen {
        let ahead = tsn.0.wrapping_sub(self.highest.0);
        let back = self.highest.0.wrapping_sub(tsn.0);
        if back < WINDOW {
            return self.mark(tsn);
        }
        if tsn.is_before(self.highest) && self.strays() < STRAYS_MAX {
            return Seen::Behind;
        }
        if ahead < WINDOW {
            self.forget(self.highest.next(), ahead - 1);
        } else {
            self.passed = [0; WORDS];
        }
        self.highest = tsn;
        self.mark(tsn);
        Seen::New
    }

    /// One more has come from behind the window; says how many there were before it.
    fn strays(&mut self) -> u32 {
        let (before, at) = self.strays;
        let before = if at == self.highest { before } else { 0 };
        self.strays = (before + 1, self.highest);
        before
    }

    /// Nothing up to here will be sent any more (RFC 3758 §3.6): the window moves on. What comes nevertheless is new,
    /// as the receiver may not have heard of it.
    pub(super) fn forward(&mut self, cumulative: Tsn) {
        if !self.highest.is_before(cumulative) {
            return;
        }
        let ahead = cumulative.0.wrapping_sub(self.highest.0);
        self.forget(self.highest.next(), ahead.min(WINDOW));
        self.highest = cumulative;
    }

    /// Sets the bit of a TSN in the window and says whether it was set.
    #[inline(always)]
    fn mark(&mut self, tsn: Tsn) -> Seen {
        let (word, bit) = place(tsn);
        let Some(word) = self.passed.get_mut(word) else { return Seen::New };
        let seen = if *word & bit == 0 { Seen::New } else { Seen::Before };
        *word |= bit;
        seen
    }

    /// Clears the places of so many TSNs from `first` on, a word at a time: a sender decides how large its gaps are.
    fn forget(&mut self, first: Tsn, count: u32) {
        let (mut at, mut left) = (first.0, count);
        while left > 0 {
            let bit = at % 64;
            let here = left.min(64 - bit);
            let (word, _) = place(Tsn(at));
            if let Some(word) = self.passed.get_mut(word) {
                *word &= !(u64::MAX >> (64 - here) << bit);
            }
            at = at.wrapping_add(here);
            left -= here;
        }
    }
}

/// The word and the bit of a TSN in the ring.
#[inline(always)]
const fn place(tsn: Tsn) -> (usize, u64) {
    ((tsn.0 / 64) as usize % WORDS, 1 << (tsn.0 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_passed_before_the_first() {
        let mut window = Window::before(Tsn(0));
        for tsn in [1, 0, u32::MAX] {
            assert_eq!(window.pass(Tsn(tsn)), Seen::New, "{tsn}");
            assert_eq!(window.pass(Tsn(tsn)), Seen::Before, "{tsn}");
        }
    }

    #[test]
    fn what_was_given_up_is_new_if_it_comes_and_what_passed_is_not() {
        for ahead in [1, 2, 63, 64, 65, WINDOW - 1, WINDOW, WINDOW + 1, 1 << 30] {
            let mut window = Window::before(Tsn(1));
            for tsn in 1..=WINDOW {
                window.pass(Tsn(tsn));
            }
            window.forward(Tsn(WINDOW + ahead));
            for tsn in (WINDOW + 1..=WINDOW + ahead).rev().take(WINDOW as usize) {
                assert_eq!(window.pass(Tsn(tsn)), Seen::New, "{tsn} after {ahead}");
            }
            if let Some(kept) = (ahead + 1..=WINDOW).next() {
                assert_eq!(window.pass(Tsn(kept)), Seen::Before, "{kept} after {ahead}");
            }
            assert_eq!(window.pass(Tsn(WINDOW + ahead + 1)), Seen::New);
        }
    }

    #[test]
    fn what_comes_from_behind_the_window_moves_it_only_where_nothing_else_comes() {
        let mut window = Window::at(Tsn(10_000));
        assert_eq!(window.pass(Tsn(10_000 - WINDOW)), Seen::Behind);
        assert_eq!((window.pass(Tsn(10_000)), window.pass(Tsn(10_001))), (Seen::Before, Seen::New));
        for _ in 0..STRAYS_MAX {
            assert_eq!(window.pass(Tsn(5)), Seen::Behind);
        }
        assert_eq!(
            (window.pass(Tsn(6)), window.pass(Tsn(6)), window.pass(Tsn(7))),
            (Seen::New, Seen::Before, Seen::New)
        );
    }

    #[test]
    fn giving_up_what_is_behind_changes_nothing() {
        let mut window = Window::at(Tsn(1000));
        for tsn in [1000, 999, 1, 1000 + (1 << 31)] {
            window.forward(Tsn(tsn));
            assert_eq!(window.pass(Tsn(1000)), Seen::Before, "{tsn}");
        }
    }
}
