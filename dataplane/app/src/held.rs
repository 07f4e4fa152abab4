//! Frames of a wire that wait: a piece of a message that is not whole yet is in them.
//!
//! Each goes on when the engine says that it need not wait any more or when its time is up; those that may go at the same
//! time, in the order in which they came.

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

    /// The first that is to go, from a place on; the place is then that of the next.
    pub fn take_next(&mut self, place: &mut usize, is_to_go: impl FnMut(&Held<F>) -> bool) -> Option<Held<F>> {
        *place += self.frames.iter().skip(*place).position(is_to_go)?;
        self.frames.remove(*place)
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
    fn frames_that_may_go_do_so_in_the_order_in_which_they_came_and_the_others_wait() {
        let mut holding = Holding::default();
        for ticket in 1..=4 {
            holding.push(Held { frame: ticket, ticket, since_ns: 0, number: ticket });
        }
        let mut place = 0;
        let mut next = || holding.take_next(&mut place, |one| one.ticket % 2 == 0).map(|held| held.frame);
        assert_eq!([next(), next(), next()], [Some(2), Some(4), None]);
        assert_eq!((holding.len(), holding.abandon(), holding.is_empty()), (2, 2, true));
    }
}
