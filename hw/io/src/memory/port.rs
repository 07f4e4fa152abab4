//! Ports over queues in memory: [`pair`] is a cable, [`MemoryPort::preloaded`] a traffic generator.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use super::{Pool, PoolFrame};
use crate::{Burst, Frame, FrameMeta, Port, PortStats};

/// A port in memory.
pub struct MemoryPort {
    name: String,
    pool: Pool,
    input: Input,
    output: Option<Arc<ArrayQueue<PoolFrame>>>,
    stats: PortStats,
}

enum Input {
    Queue(Arc<ArrayQueue<PoolFrame>>),
    Preload(Preload),
}

/// Frames to be received one after the other, as often as asked.
#[derive(Clone, Debug, Default)]
pub struct Preload {
    frames: Vec<(Box<[u8]>, FrameMeta)>,
    loops_left: u64,
    shift_ns: u64,
    next: usize,
    shifted_ns: u64,
}

impl Preload {
    /// Frames to be received `loops` times over; with each loop their timestamps move on by `shift_ns`.
    pub fn new(frames: Vec<(Box<[u8]>, FrameMeta)>, loops: u64, shift_ns: u64) -> Self {
        let loops_left = if frames.is_empty() { 0 } else { loops };
        Self { frames, loops_left, shift_ns, next: 0, shifted_ns: 0 }
    }

    fn peek(&self) -> Option<(&[u8], FrameMeta)> {
        let &(ref octets, mut meta) = self.frames.get(self.next).filter(|_| self.loops_left > 0)?;
        meta.timestamp_ns = meta.timestamp_ns.map(|ns| ns.saturating_add(self.shifted_ns));
        Some((octets, meta))
    }

    fn advance(&mut self) {
        self.next += 1;
        if self.next == self.frames.len() {
            self.next = 0;
            self.loops_left -= 1;
            self.shifted_ns = self.shifted_ns.saturating_add(self.shift_ns);
        }
    }
}

/// Two ports joined by a cable that holds `queue_frames` each way: what one sends the other receives.
pub fn pair(names: [&str; 2], pool: &Pool, queue_frames: usize) -> (MemoryPort, MemoryPort) {
    let there = Arc::new(ArrayQueue::new(queue_frames.max(1)));
    let back = Arc::new(ArrayQueue::new(queue_frames.max(1)));
    let first = MemoryPort::new(names[0], pool, Input::Queue(Arc::clone(&back)), Some(Arc::clone(&there)));
    let second = MemoryPort::new(names[1], pool, Input::Queue(there), Some(back));
    (first, second)
}

impl MemoryPort {
    fn new(name: &str, pool: &Pool, input: Input, output: Option<Arc<ArrayQueue<PoolFrame>>>) -> Self {
        Self { name: name.to_owned(), pool: pool.clone(), input, output, stats: PortStats::default() }
    }

    /// A port that receives `preload` and, when that has been through, is exhausted. What it is given to
    /// send it frees.
    pub fn preloaded(name: &str, pool: &Pool, preload: Preload) -> Self {
        Self::new(name, pool, Input::Preload(preload), None)
    }

    /// A port that never receives and frees what it is given to send.
    pub fn sink(name: &str, pool: &Pool) -> Self {
        Self::preloaded(name, pool, Preload::default())
    }

    fn next_frame(&mut self) -> Option<PoolFrame> {
        match &mut self.input {
            Input::Queue(queue) => queue.pop(),
            Input::Preload(preload) => loop {
                let (octets, meta) = preload.peek()?;
                let too_long = octets.len() > self.pool.frame_octets();
                let frame = if too_long { None } else { Some(self.pool.frame(octets, meta)) };
                match frame {
                    Some(None) => return None, // no buffer: the same frame comes with the next burst
                    Some(frame) => {
                        preload.advance();
                        return frame;
                    }
                    None => {
                        preload.advance();
                        self.stats.rx_errors += 1;
                    }
                }
            },
        }
    }
}

impl Port for MemoryPort {
    type Frame = PoolFrame;

    fn name(&self) -> &str {
        &self.name
    }

    #[inline]
    fn receive(&mut self, into: &mut Burst<PoolFrame>) -> usize {
        let mut count = 0;
        while !into.is_full() {
            let Some(frame) = self.next_frame() else { break };
            self.stats.rx_octets += frame.len_octets() as u64;
            count += usize::from(into.push(frame).is_ok());
        }
        self.stats.rx_frames += count as u64;
        count
    }

    #[inline]
    fn send(&mut self, frames: &mut Burst<PoolFrame>) -> usize {
        let room = self.output.as_ref().map_or(frames.len(), |queue| queue.capacity() - queue.len());
        let offered = frames.len();
        let mut count = 0;
        for frame in frames.take_first(room) {
            let len = frame.len_octets() as u64;
            // This port is the only one that fills the queue, so the room seen above is still there.
            if self.output.as_ref().is_none_or(|queue| queue.push(frame).is_ok()) {
                count += 1;
                self.stats.tx_octets += len;
            }
        }
        self.stats.tx_frames += count as u64;
        self.stats.tx_refused += (offered - count) as u64;
        count
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<PoolFrame> {
        self.pool.frame(octets, meta)
    }

    /// A preloaded port is exhausted after its last loop, a cable never.
    fn is_exhausted(&self) -> bool {
        matches!(&self.input, Input::Preload(preload) if preload.loops_left == 0)
    }

    fn stats(&self) -> PortStats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst_of(pool: &Pool, frames: &[&[u8]]) -> Burst<PoolFrame> {
        let mut burst = Burst::new();
        for octets in frames {
            burst.push(pool.frame(octets, FrameMeta::default()).unwrap()).unwrap();
        }
        burst
    }

    #[test]
    fn what_one_end_sends_the_other_receives_in_order() {
        let pool = Pool::new(8, 16);
        let (mut left, mut right) = pair(["left", "right"], &pool, 4);
        assert_eq!(left.send(&mut burst_of(&pool, &[b"a", b"bc"])), 2);
        let mut got = Burst::new();
        assert_eq!(right.receive(&mut got), 2);
        assert_eq!((got[0].octets(), got[1].octets()), (&b"a"[..], &b"bc"[..]));
        assert_eq!((left.stats().tx_octets, right.stats().rx_octets), (3, 3));
    }

    #[test]
    fn frames_a_full_cable_refuses_stay_in_the_burst_in_order() {
        let pool = Pool::new(8, 16);
        let (mut left, _right) = pair(["left", "right"], &pool, 2);
        let mut burst = burst_of(&pool, &[b"a", b"b", b"c", b"d"]);
        assert_eq!(left.send(&mut burst), 2);
        assert_eq!((burst.len(), burst[0].octets(), burst[1].octets()), (2, &b"c"[..], &b"d"[..]));
        assert_eq!(left.stats().tx_refused, 2);
    }

    #[test]
    fn preloaded_frames_come_as_often_as_asked_with_moving_timestamps_and_then_never_again() {
        let pool = Pool::new(8, 16);
        let meta = FrameMeta { timestamp_ns: Some(100), ..FrameMeta::default() };
        let preload = Preload::new(vec![(b"x".to_vec().into(), meta), (vec![0; 99].into(), meta)], 3, 1_000);
        let mut port = MemoryPort::preloaded("gen", &pool, preload);
        let mut got = Burst::new();
        assert_eq!(port.receive(&mut got), 3);
        let times: Vec<_> = got.iter().map(|frame| frame.meta().timestamp_ns).collect();
        assert_eq!(times, [Some(100), Some(1_100), Some(2_100)]);
        assert!(port.is_exhausted());
        assert_eq!(port.stats().rx_errors, 3, "the frame longer than a buffer");
    }

    #[test]
    fn a_preloaded_port_without_free_buffers_loses_nothing() {
        let pool = Pool::new(2, 16);
        let frames = (0..5).map(|n| (vec![n].into(), FrameMeta::default())).collect();
        let mut port = MemoryPort::preloaded("gen", &pool, Preload::new(frames, 1, 0));
        let mut seen = Vec::new();
        while !port.is_exhausted() {
            let mut got = Burst::new();
            port.receive(&mut got);
            seen.extend(got.iter().map(|frame| frame.octets()[0]));
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_sink_frees_what_it_is_given() {
        let pool = Pool::new(2, 16);
        let mut port = MemoryPort::sink("sink", &pool);
        assert_eq!(port.send(&mut burst_of(&pool, &[b"a", b"b"])), 2);
        assert_eq!(pool.in_use(), 0);
    }
}
