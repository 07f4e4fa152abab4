//! A window of time that slides: two that follow each other, and the share of the former that is not yet past.
//!
//! ```text
//!            │◄── previous ──►│◄── current ──►│
//!      sliding window ──► │◄──────── W ───────►│ now
//!                         └─ share ─┘
//! ```
//! The first begins with the first message, each other where the one before ended; after a window without a message the
//! next message begins anew. What is estimated of a sum is `current + share × previous`: exact until the first window
//! has ended, and as if what came in the previous one had come evenly. At worst, where all of it came at one of its
//! ends, it is wrong by `previous × max(share, 1 − share)`; never less than `current`, never more than both.
//!
//! Time that goes back by up to a window counts as the beginning of the current one; by more, all begins anew.

/// Longest window, 48 days; longer ones are this long.
pub const WINDOW_S_MAX: u32 = 1 << 22;

/// Where the current window begins, and how long it is.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    start_ns: u64,
    length_s: u32,
}

/// What a new time makes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It goes on.
    Same,
    /// It is the previous one now.
    Next,
    /// Both are past.
    Anew,
}

impl Window {
    /// Never begun.
    pub(crate) const EMPTY: Self = Self { start_ns: 0, length_s: 0 };

    /// Moves on to a time, and to a length: with another one all begins anew.
    #[inline]
    pub(crate) fn turn(&mut self, length_s: u32, now_ns: u64) -> Turn {
        let length_s = length_s.clamp(1, WINDOW_S_MAX);
        let length_ns = u64::from(length_s) * NS_PER_S;
        let gone_ns = now_ns.saturating_sub(self.start_ns);
        let back_ns = self.start_ns.saturating_sub(now_ns);
        if self.length_s != length_s || gone_ns >= 2 * length_ns || back_ns > length_ns {
            *self = Self { start_ns: now_ns, length_s };
            return Turn::Anew;
        }
        if gone_ns < length_ns {
            return Turn::Same;
        }
        self.start_ns = self.start_ns.saturating_add(length_ns);
        Turn::Next
    }

    /// The share of a previous sum that is not yet past, rounded down.
    #[inline]
    pub(crate) fn share(&self, previous: u32, now_ns: u64) -> u32 {
        let length_ms = u64::from(self.length_s) * 1000;
        let gone_ms = now_ns.saturating_sub(self.start_ns) / 1_000_000;
        // At most 2^32 × 2^32: the longest window has fewer milliseconds than that.
        let share = u64::from(previous) * length_ms.saturating_sub(gone_ms);
        share.checked_div(length_ms).unwrap_or(0) as u32
    }
}

const NS_PER_S: u64 = 1_000_000_000;
const _: () = assert!(WINDOW_S_MAX as u64 * 1000 <= 1 << 32);

/// Messages in the current window and in the previous one.
#[derive(Clone, Copy)]
pub(crate) struct Sums {
    pub(crate) current: u32,
    pub(crate) previous: u32,
}

impl Sums {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self { current: 0, previous: 0 };

    /// Follows a window.
    #[inline]
    pub(crate) fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Same => {}
            Turn::Next => *self = Self { current: 0, previous: self.current },
            Turn::Anew => *self = Self::EMPTY,
        }
    }

    /// The sum over the sliding window.
    #[inline]
    pub(crate) fn estimate(self, window: Window, now_ns: u64) -> u32 {
        self.current.saturating_add(window.share(self.previous, now_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = NS_PER_S;

    #[test]
    fn a_window_begins_with_its_first_message_and_the_next_where_it_ended() {
        let mut window = Window::EMPTY;
        assert_eq!(window.turn(10, 3 * S), Turn::Anew);
        assert_eq!(window.turn(10, 13 * S - 1), Turn::Same);
        assert_eq!(window.turn(10, 13 * S), Turn::Next);
        assert_eq!((window.share(100, 13 * S), window.share(100, 18 * S), window.share(100, 23 * S)), (100, 50, 0));
        assert_eq!(window.turn(10, 33 * S), Turn::Anew);
    }

    #[test]
    fn time_that_goes_back_a_little_counts_and_by_more_begins_anew() {
        let mut window = Window::EMPTY;
        window.turn(10, 100 * S);
        assert_eq!(window.turn(10, 90 * S), Turn::Same);
        assert_eq!(window.share(7, 90 * S), 7);
        assert_eq!(window.turn(10, 90 * S - 1), Turn::Anew);
    }

    #[test]
    fn no_length_and_no_time_overflow() {
        for length_s in [0, 1, u32::MAX] {
            for now_ns in [0, 1, u64::MAX - 1, u64::MAX] {
                let mut window = Window::EMPTY;
                window.turn(length_s, now_ns);
                window.turn(length_s, u64::MAX);
                assert!(window.share(u32::MAX, now_ns) > 0);
            }
        }
    }
}
