//! Frames of a wire that wait: a piece of a message that is not whole yet is in them.
//!
//! They go on in the order in which they came, when the engine says that they need not wait any more or when their time
//! is up.

use sluice_io::{BURST_FRAMES, Burst};
use std::collections::VecDeque;

/// Frames held at a time, for each direction of a wire. More go on unheld.
pub const HELD_FRAMES_MAX: usize = 256;

/// Ticket of a frame that waits for nothing but its turn.
pub const NO_TICKET: u64 = 0;

/// A frame that waits.
pub struct Held<F> {
    /// The frame.
    pub frame: F,
    /// Its number for the engine.
    pub ticket: u64,
    /// When it came.
    pub since_ns: u64,
    /// Its number on its port.
    pub number: u64,
}

/// The frames of one direction of a wire that wait.
pub struct Holding<F> {
    frames: VecDeque<Held<F>>,
}

/// Room for [`HELD_FRAMES_MAX`], and for what one burst may add beyond.
impl<F> Default for Holding<F> {
    fn default() -> Self {
        Self { frames: VecDeque::with_capacity(HELD_FRAMES_MAX + BURST_FRAMES) }
    }
}

impl<F> Holding<F> {
    /// Whether none waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether no more can wait.
    pub fn is_full(&self) -> bool {
        self.frames.len() == HELD_FRAMES_MAX
    }

    /// One more waits.
    pub fn push(&mut self, held: Held<F>) {
        self.frames.push_back(held);
    }

    /// The one that came first, if that is to go.
    pub fn pop_if(&mut self, is_to_go: impl FnOnce(&Held<F>) -> bool) -> Option<Held<F>> {
        if !self.frames.front().is_some_and(is_to_go) {
            return None;
        }
        self.frames.pop_front()
    }

    /// Frees them and says how many there were.
    pub fn abandon(&mut self) -> usize {
        let lost = self.frames.len();
        self.frames.clear();
        lost
    }
}

/// Takes frames out of a burst, those whose bit is set, and gives each to `take`.
pub fn take_out<F>(frames: &mut Burst<F>, mut bits: u64, mut take: impl FnMut(F)) {
    let mut left = Burst::new();
    for frame in frames.drain() {
        if bits & 1 == 1 {
            take(frame);
        } else if left.push(frame).is_err() {
            debug_assert!(false, "a burst has room for its own frames");
        }
        bits >>= 1;
    }
    *frames = left;
}

const _: () = assert!(sluice_io::BURST_FRAMES <= u64::BITS as usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_out_of_a_burst_in_order_and_the_others_stay_in_order() {
        let mut burst = Burst::new();
        for n in 0..6 {
            burst.push(n).unwrap();
        }
        let mut taken = Vec::new();
        take_out(&mut burst, 0b10_0110, |n| taken.push(n));
        assert_eq!((taken, &burst[..]), (vec![1, 2, 5], &[0, 3, 4][..]));
    }

    #[test]
    fn frames_go_on_in_the_order_in_which_they_came() {
        let mut holding = Holding::default();
        for ticket in 1..=3 {
            holding.push(Held { frame: ticket, ticket, since_ns: 0, number: ticket });
        }
        assert!(holding.pop_if(|first| first.ticket == 2).is_none(), "the first is not to go yet");
        assert_eq!(holding.pop_if(|first| first.ticket == 1).map(|held| held.frame), Some(1));
        assert_eq!((holding.abandon(), holding.is_empty()), (2, true));
    }
}
