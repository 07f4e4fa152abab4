//! A pool of equal buffers and the frames made from it.
//!
//! All buffers are allocated with the pool. A frame takes one and gives it back when it is dropped, from
//! whatever thread that happens; taking and giving back are lock-free and allocate nothing.

use std::fmt;
use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use crate::{Frame, FrameMeta, NoRoom};

/// A handle to a pool; clones share the buffers.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    free: ArrayQueue<Box<[u8]>>,
    frame_octets: usize,
}

impl Pool {
    /// A pool of `frames` buffers of `frame_octets` each. Neither may be 0; 0 is taken as 1.
    pub fn new(frames: usize, frame_octets: usize) -> Self {
        let free = ArrayQueue::new(frames.max(1));
        while free.push(vec![0; frame_octets.max(1)].into_boxed_slice()).is_ok() {}
        Self { shared: Arc::new(Shared { free, frame_octets: frame_octets.max(1) }) }
    }

    /// A frame with these octets; `None` if no buffer is free or a buffer is too small.
    #[inline]
    pub fn frame(&self, octets: &[u8], meta: FrameMeta) -> Option<PoolFrame> {
        if octets.len() > self.shared.frame_octets {
            return None;
        }
        let mut buffer = self.shared.free.pop()?;
        buffer.get_mut(..octets.len())?.copy_from_slice(octets);
        let len = octets.len();
        Some(PoolFrame { buffer, len, first: len, meta, pool: Arc::clone(&self.shared) })
    }

    /// The longest frame.
    pub fn frame_octets(&self) -> usize {
        self.shared.frame_octets
    }

    /// Buffers in all.
    pub fn capacity(&self) -> usize {
        self.shared.free.capacity()
    }

    /// Buffers some frame holds now. 0 once every frame is dropped.
    pub fn in_use(&self) -> usize {
        self.capacity() - self.shared.free.len()
    }

    /// Whether a further frame can be made now.
    pub fn has_free(&self) -> bool {
        !self.shared.free.is_empty()
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({} of {} in use)", self.in_use(), self.capacity())
    }
}

/// A frame in a buffer of a [`Pool`].
pub struct PoolFrame {
    buffer: Box<[u8]>,
    len: usize,
    /// Octets of the first segment: `len`, unless the frame plays a chained one.
    first: usize,
    meta: FrameMeta,
    pool: Arc<Shared>,
}

impl Frame for PoolFrame {
    #[inline]
    fn octets(&self) -> &[u8] {
        self.buffer.get(..self.first).unwrap_or_default()
    }

    #[inline]
    fn octets_mut(&mut self) -> &mut [u8] {
        self.buffer.get_mut(..self.first).unwrap_or_default()
    }

    #[inline]
    fn len_octets(&self) -> usize {
        self.len
    }

    #[inline]
    fn meta(&self) -> FrameMeta {
        self.meta
    }

    fn capacity_octets(&self) -> usize {
        self.buffer.len()
    }

    fn resize(&mut self, len_octets: usize) -> Result<(), NoRoom> {
        if !self.is_contiguous() || len_octets > self.buffer.len() {
            return Err(NoRoom);
        }
        if let Some(new) = self.buffer.get_mut(self.len..len_octets) {
            new.fill(0);
        }
        self.len = len_octets;
        self.first = len_octets;
        Ok(())
    }

    fn linearize(&mut self) -> Result<(), NoRoom> {
        self.first = self.len;
        Ok(())
    }

    fn chain(&mut self, first_octets: usize) -> bool {
        let splits = first_octets < self.len;
        if splits {
            self.first = first_octets;
        }
        splits
    }
}

impl Drop for PoolFrame {
    fn drop(&mut self) {
        // Cannot be full: the queue has a place for each buffer of the pool, and no other buffer gets here.
        let _ = self.pool.free.push(std::mem::take(&mut self.buffer));
    }
}

impl fmt::Debug for PoolFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PoolFrame({} octets)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_frame_gives_its_buffer_back_once() {
        let pool = Pool::new(2, 8);
        let first = pool.frame(&[1, 2, 3], FrameMeta::default()).unwrap();
        let second = pool.frame(&[4], FrameMeta::default()).unwrap();
        assert!(pool.frame(&[5], FrameMeta::default()).is_none());
        assert_eq!(pool.in_use(), 2);
        drop(first);
        drop(second);
        assert_eq!(pool.in_use(), 0);
    }

    #[test]
    fn a_frame_longer_than_a_buffer_is_refused_without_taking_one() {
        let pool = Pool::new(1, 4);
        assert!(pool.frame(&[0; 5], FrameMeta::default()).is_none());
        assert_eq!(pool.in_use(), 0);
    }

    #[test]
    fn a_frame_that_grows_shows_zeros_and_not_what_was_there_before() {
        let pool = Pool::new(1, 8);
        drop(pool.frame(&[9; 8], FrameMeta::default()));
        let mut frame = pool.frame(&[1, 2], FrameMeta::default()).unwrap();
        frame.resize(4).unwrap();
        assert_eq!(frame.octets(), [1, 2, 0, 0]);
        frame.resize(1).unwrap();
        assert_eq!(frame.octets(), [1]);
        assert_eq!(frame.resize(9), Err(NoRoom));
    }

    #[test]
    fn a_chained_frame_shows_its_first_segment_until_it_is_gathered() {
        let pool = Pool::new(1, 8);
        let mut frame = pool.frame(&[1, 2, 3, 4], FrameMeta::default()).unwrap();
        assert!(frame.chain(1));
        assert_eq!((frame.octets(), frame.len_octets()), (&[1][..], 4));
        assert_eq!(frame.resize(2), Err(NoRoom));
        assert_eq!(frame.contiguous().unwrap(), [1, 2, 3, 4]);
    }
}
