//! Frames of a wire that wait: a piece of a message that is not whole yet is in them.
//!
//! Each goes on when the engine says that it need not wait any more or when its time is up; those that may go at the same
//! time, in the order in which they came.

use arrayvec::ArrayVec;
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

impl<F> Held<F> {
    /// One made in the place of another, behind it.
    pub const fn made(frame: F, since_ns: u64) -> Self {
        Self { frame, ticket: NO_TICKET, since_ns, number: 0 }
    }
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

    /// One more waits, in front of the one at that place.
    pub fn push_at(&mut self, place: usize, held: Held<F>) {
        self.frames.insert(place, held);
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

/// Frames of a burst that do not go on with it: those that wait, those that are dropped, those that were made in the place
/// of others, and all behind such a one, so that none overtakes it.
pub struct Aside<F> {
    /// Those taken out of the burst, by their bits.
    out: u64,
    /// Ticket and number of each of them that waits; none for one that is dropped.
    waits: ArrayVec<Option<(u64, u64)>, BURST_FRAMES>,
    /// Those made, and behind which place of the burst.
    made: ArrayVec<(u32, F), BURST_FRAMES>,
    /// How many wait already.
    held: usize,
}

impl<F> Aside<F> {
    /// None, where so many wait already.
    #[inline]
    pub fn new(held: usize) -> Self {
        Self { out: 0, waits: ArrayVec::new(), made: ArrayVec::new(), held }
    }

    /// How many more may wait.
    #[inline]
    pub fn room(&self) -> usize {
        let taken = self.held + self.waits.len() + self.made.len();
        HELD_FRAMES_MAX.saturating_sub(taken).min(self.made.remaining_capacity())
    }

    /// Whether one more may wait.
    pub fn has_room(&self) -> bool {
        self.held + self.waits.len() + self.made.len() < HELD_FRAMES_MAX
    }

    /// The frame at this place of the burst waits.
    pub fn waits(&mut self, index: usize, ticket: u64, number: u64) {
        self.takes(index, Some((ticket, number)));
    }

    /// The frame at this place of the burst is dropped.
    pub fn is_dropped(&mut self, index: usize) {
        self.takes(index, None);
    }

    fn takes(&mut self, index: usize, wait: Option<(u64, u64)>) {
        if self.waits.try_push(wait).is_ok() {
            self.out |= 1 << index;
        }
    }

    /// Whether a frame was made that those behind it must not overtake.
    #[inline]
    pub fn is_behind_others(&self) -> bool {
        !self.made.is_empty()
    }

    /// Frames were made in the place of the one at this place, behind it.
    #[inline]
    pub fn are_behind<const N: usize>(&mut self, index: usize, made: ArrayVec<F, N>) {
        for frame in made {
            // There is room: it was asked for.
            let _full = self.made.try_push((index as u32, frame));
        }
    }

    /// Takes them out of the burst; those that wait are held.
    #[inline]
    pub fn into(self, held: &mut Holding<F>, frames: &mut Burst<F>, now_ns: u64) {
        if self.out != 0 || !self.made.is_empty() {
            self.move_into(held, frames, now_ns);
        }
    }

    #[inline(never)]
    fn move_into(self, held: &mut Holding<F>, frames: &mut Burst<F>, now_ns: u64) {
        let (mut bits, mut waits, mut made) = (self.out, self.waits.into_iter(), self.made.into_iter().peekable());
        take_out(frames, self.out, |frame| {
            let index = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            while let Some((_, made)) = made.next_if(|(behind, _)| *behind < index) {
                held.push(Held::made(made, now_ns));
            }
            if let Some(Some((ticket, number))) = waits.next() {
                held.push(Held { frame, ticket, since_ns: now_ns, number });
            }
        });
        made.for_each(|(_, made)| held.push(Held::made(made, now_ns)));
    }
}

/// Takes frames out of a burst, those whose bit is set, and gives each to `take`.
fn take_out<F>(frames: &mut Burst<F>, mut bits: u64, mut take: impl FnMut(F)) {
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
