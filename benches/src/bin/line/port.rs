//! The ends of the wire: frames come when a plan says so, whether anybody is there to take them, and it is noted how late
//! each goes on.
//!
//! Open loop: a frame carries the time at which it should have come, so a pause shows in the latency of all that came
//! during it. What waits is no more than a card's ring holds; the rest is lost and counted. The two lowest bits of that
//! time tell what the frame is, so that the other end knows.

use crate::load::{Class, Offered};
use crate::time::OwnTime;
use hdrhistogram::Histogram;
use sluice_bench::reload::port::RING_FRAMES;
use sluice_io::memory::{Pool, PoolFrame};
use sluice_io::{Burst, Clock, Frame, FrameMeta, Port, PortStats};
use std::sync::Arc;
use std::time::Duration;

/// The longest latency that is told from longer ones, in nanoseconds.
const LONGEST_NS: u64 = 10_000_000_000;
/// Digits of a latency that count.
const DIGITS: u8 = 3;
/// Bits of a time that tell the class.
const CLASS_BITS: u64 = 3;

/// How fast frames come, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Nanoseconds from one frame to the next; 0 for as fast as they are asked for.
    pub interval_ns: u64,
    /// How long.
    pub lasts: Duration,
}

/// A load, and how far it was played.
#[derive(Clone)]
pub struct Stream {
    /// The frames.
    pub offered: Arc<Offered>,
    next: usize,
}

impl Stream {
    /// From its beginning.
    pub fn new(offered: &Arc<Offered>) -> Self {
        Self { offered: Arc::clone(offered), next: 0 }
    }
}

/// Either end.
pub struct Paced {
    end: End,
    pool: Pool,
    time: OwnTime,
    stats: PortStats,
}

enum End {
    Source { stream: Stream, pace: Pace, due_ns: u64, until_ns: Option<u64>, is_over: bool, edited: u64 },
    Sink(Box<Seen>),
}

/// What went on.
pub struct Seen {
    /// Nanoseconds from when a frame should have come until it went on, for each class.
    pub latency_ns: [Histogram<u64>; 4],
    /// Requests that had to be edited and went on as long as they came.
    pub as_they_came: u64,
    request_octets: Option<usize>,
}

impl Seen {
    fn new(request_octets: Option<usize>) -> anyhow::Result<Self> {
        let one = || Histogram::new_with_max(LONGEST_NS, DIGITS);
        Ok(Self { latency_ns: [one()?, one()?, one()?, one()?], as_they_came: 0, request_octets })
    }

    #[inline]
    fn note(&mut self, frame: &PoolFrame, now_ns: u64) {
        let due_ns = frame.meta().timestamp_ns.unwrap_or(now_ns);
        let number = (due_ns & CLASS_BITS) as usize;
        let is_to_be_edited = Class::ALL.get(number) == Some(&Class::EditedRequest);
        self.as_they_came += u64::from(is_to_be_edited && Some(frame.len_octets()) == self.request_octets);
        if let Some(histogram) = self.latency_ns.get_mut(number) {
            histogram.saturating_record(now_ns.saturating_sub(due_ns));
        }
    }
}

impl Paced {
    /// Gives the frames of a stream.
    pub fn source(stream: Stream, pace: Pace, pool: &Pool, time: &OwnTime) -> Self {
        let end = End::Source { stream, pace, due_ns: 0, until_ns: None, is_over: false, edited: 0 };
        Self { end, pool: pool.clone(), time: time.clone(), stats: PortStats::default() }
    }

    /// Takes them.
    ///
    /// # Errors
    /// That there is no such histogram.
    pub fn sink(stream: &Stream, pool: &Pool, time: &OwnTime) -> anyhow::Result<Self> {
        let end = End::Sink(Box::new(Seen::new(stream.offered.request_octets)?));
        Ok(Self { end, pool: pool.clone(), time: time.clone(), stats: PortStats::default() })
    }

    /// Of a source: the stream as far as it was played, and how many frames it gave that are to be edited.
    pub fn played(self) -> Option<(Stream, u64)> {
        match self.end {
            End::Source { stream, edited, .. } => Some((stream, edited)),
            End::Sink(_) => None,
        }
    }

    /// Of a sink: what went on.
    pub fn seen(self) -> Option<Seen> {
        match self.end {
            End::Source { .. } => None,
            End::Sink(seen) => Some(*seen),
        }
    }
}

impl Port for Paced {
    type Frame = PoolFrame;

    fn name(&self) -> &str {
        if matches!(self.end, End::Sink(_)) { "inside" } else { "outside" }
    }

    #[inline]
    fn receive(&mut self, into: &mut Burst<PoolFrame>) -> usize {
        let End::Source { stream, pace, due_ns, until_ns, is_over, edited } = &mut self.end else { return 0 };
        let (now_ns, interval_ns) = (self.time.now_ns(), pace.interval_ns);
        let ends_ns = *until_ns.get_or_insert_with(|| {
            *due_ns = now_ns;
            now_ns + pace.lasts.as_nanos() as u64
        });
        if now_ns >= ends_ns {
            *is_over = true;
            return 0;
        }
        if interval_ns == 0 {
            *due_ns = now_ns;
        }
        let waiting = now_ns.saturating_sub(*due_ns).checked_div(interval_ns).unwrap_or(0);
        let lost = waiting.saturating_sub(RING_FRAMES);
        *due_ns += lost * interval_ns;
        self.stats.rx_missed += lost;
        let mut count = 0;
        while *due_ns <= now_ns && !into.is_full() {
            let Some((class, octets)) = stream.offered.frames.get(stream.next) else { break };
            let timestamp_ns = Some(*due_ns & !CLASS_BITS | *class as u64);
            let Some(frame) = self.pool.frame(octets, FrameMeta { timestamp_ns, ..FrameMeta::default() }) else {
                break;
            };
            count += usize::from(into.push(frame).is_ok());
            *edited += u64::from(class.is_edited());
            stream.next = if stream.next + 1 < stream.offered.frames.len() { stream.next + 1 } else { 0 };
            *due_ns += interval_ns;
        }
        self.stats.rx_frames += count as u64;
        count
    }

    #[inline]
    fn send(&mut self, burst: &mut Burst<PoolFrame>) -> usize {
        let (now_ns, count) = (self.time.now_ns(), burst.len());
        if let End::Sink(seen) = &mut self.end {
            burst.iter().for_each(|frame| seen.note(frame, now_ns));
        }
        burst.clear();
        self.stats.tx_frames += count as u64;
        count
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<PoolFrame> {
        self.pool.frame(octets, meta)
    }

    fn is_exhausted(&self) -> bool {
        matches!(self.end, End::Sink(_) | End::Source { is_over: true, .. })
    }

    fn stats(&self) -> PortStats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(interval_ns: u64) -> (Paced, Paced) {
        let frames = vec![(Class::Request, vec![0; 60].into()), (Class::EditedRequest, vec![0; 60].into())];
        let stream = Stream::new(&Arc::new(Offered { frames, request_octets: Some(60) }));
        let (pool, time) = (Pool::new(128, 64), OwnTime::new());
        let sink = Paced::sink(&stream, &pool, &time).unwrap();
        (Paced::source(stream, Pace { interval_ns, lasts: Duration::from_secs(60) }, &pool, &time), sink)
    }

    #[test]
    fn the_other_end_knows_what_a_frame_is_and_that_it_was_not_edited() {
        let (mut source, mut sink) = ports(0);
        let mut burst = Burst::new();
        assert_eq!((source.receive(&mut burst), sink.send(&mut burst)), (64, 64));
        let seen = sink.seen().unwrap();
        assert_eq!(seen.latency_ns.each_ref().map(Histogram::len), [32, 0, 32, 0]);
        assert_eq!((seen.as_they_came, source.played().map(|(_, edited)| edited)), (32, Some(32)));
    }

    #[test]
    fn what_should_have_come_while_nobody_took_it_is_lost_beyond_the_ring_and_late_within() {
        let (mut source, mut sink) = ports(1);
        let mut burst = Burst::new();
        while source.stats().rx_missed == 0 {
            source.receive(&mut burst);
            sink.send(&mut burst);
        }
        assert!(sink.seen().unwrap().latency_ns[0].max() > 0);
    }
}
