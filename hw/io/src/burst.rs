//! A burst: up to [`BURST_FRAMES`] frames in an array, passed between ports and the poll loop.

use core::ops::{Deref, DerefMut};

use arrayvec::ArrayVec;

/// Frames a burst can hold. Receive and send work in steps of this.
pub const BURST_FRAMES: usize = 64;

/// A fixed-capacity vector of frames. Never touches the heap; frames left in it are freed when it is dropped.
#[derive(Debug)]
pub struct Burst<F> {
    frames: ArrayVec<F, BURST_FRAMES>,
}

impl<F> Burst<F> {
    /// An empty burst.
    #[inline]
    pub const fn new() -> Self {
        Self { frames: ArrayVec::new_const() }
    }

    /// How many more frames fit.
    #[inline]
    pub fn room(&self) -> usize {
        self.frames.remaining_capacity()
    }

    /// Whether no further frame fits.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.frames.is_full()
    }

    /// Adds a frame at the end, or gives it back if the burst is full.
    #[inline]
    pub fn push(&mut self, frame: F) -> Result<(), F> {
        self.frames.try_push(frame).map_err(|full| full.element())
    }

    /// Takes the last frame out.
    #[inline]
    pub fn pop(&mut self) -> Option<F> {
        self.frames.pop()
    }

    /// Takes the first `count` frames out, in order; all of them if there are fewer. Frames the caller does
    /// not take from the iterator are freed.
    #[inline]
    pub fn take_first(&mut self, count: usize) -> impl ExactSizeIterator<Item = F> + '_ {
        let count = count.min(self.frames.len());
        self.frames.drain(..count)
    }

    /// Takes all frames out, in order.
    #[inline]
    pub fn drain(&mut self) -> impl ExactSizeIterator<Item = F> + '_ {
        self.frames.drain(..)
    }

    /// Frees the frames after the first `count`.
    #[inline]
    pub fn truncate(&mut self, count: usize) {
        self.frames.truncate(count);
    }

    /// Frees every frame.
    #[inline]
    pub fn clear(&mut self) {
        self.frames.clear();
    }
}

impl<F> Default for Burst<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> Deref for Burst<F> {
    type Target = [F];

    #[inline]
    fn deref(&self) -> &[F] {
        &self.frames
    }
}

impl<F> DerefMut for Burst<F> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [F] {
        &mut self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_burst_gives_the_frame_back() {
        let mut burst = Burst::new();
        for n in 0..BURST_FRAMES {
            assert_eq!(burst.push(n), Ok(()));
        }
        assert!(burst.is_full());
        assert_eq!(burst.push(99), Err(99));
    }

    #[test]
    fn taking_the_first_frames_keeps_the_order_of_the_rest() {
        let mut burst = Burst::new();
        for n in 0..5 {
            burst.push(n).unwrap();
        }
        assert!(burst.take_first(2).eq([0, 1]));
        assert_eq!(&burst[..], [2, 3, 4]);
        assert_eq!(burst.take_first(9).len(), 3);
        assert!(burst.is_empty());
    }
}
