//! A port whose frames have a time at which they should come, and one that knows how late each goes on.
//!
//! At a rate the time of a frame is that of a plan, whether anybody was there to take it or not: so a pause shows in the
//! latency of all that came during it. What waits is no more than a card's ring holds; the rest is lost and counted.
//! At full speed a frame comes when it is asked for, as many as fit.

use crate::clock::cpu_time;
use hdrhistogram::Histogram;
use sluice_io::memory::{Pool, PoolFrame};
use sluice_io::{Burst, Clock, Frame, FrameMeta, Port, PortStats};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Frames that wait before any is lost: a card's ring of descriptors.
pub const RING_FRAMES: u64 = 4096;
/// The longest latency that is told from longer ones, in nanoseconds.
const LONGEST_NS: u64 = 10_000_000_000;
/// Digits of a latency that count.
const DIGITS: u8 = 3;

/// The same time for everybody.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    start: Instant,
    start_ns: u64,
}

impl Time {
    /// From now on.
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), start_ns: since.as_nanos() as u64 }
    }
}

impl Default for Time {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for Time {
    #[inline]
    fn now_ns(&self) -> u64 {
        self.start_ns + self.start.elapsed().as_nanos() as u64
    }
}

/// What the ports are told while they run.
#[derive(Debug, Default)]
pub struct Control {
    phase: AtomicUsize,
    interval_ns: AtomicU64,
    is_over: AtomicBool,
}

impl Control {
    /// From now on counts for this phase, at a frame each so many nanoseconds; 0 for as fast as can be.
    pub fn begin(&self, phase: usize, interval_ns: u64) {
        self.interval_ns.store(interval_ns, Ordering::Release);
        self.phase.store(phase, Ordering::Release);
    }

    /// No more frames.
    pub fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }
}

/// What came to pass in a phase.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Frames that came.
    pub frames: u64,
    /// Frames lost because the ring was full.
    pub lost: u64,
    /// Time that passed, and CPU time of the thread that polls.
    pub wall: Duration,
    /// Ditto.
    pub cpu: Duration,
    /// Nanoseconds from when a frame should have come until it went on.
    pub latency_ns: Histogram<u64>,
}

impl Phase {
    fn new() -> Option<Self> {
        let latency_ns = Histogram::new_with_max(LONGEST_NS, DIGITS).ok()?;
        Some(Self { frames: 0, lost: 0, wall: Duration::ZERO, cpu: Duration::ZERO, latency_ns })
    }
}

/// Either end of the wire.
pub struct Metered {
    role: Role,
    pool: Pool,
    time: Time,
    control: Arc<Control>,
    phase: usize,
    phases: Vec<Phase>,
    stats: PortStats,
}

enum Role {
    Source { frames: Arc<Vec<Box<[u8]>>>, next: usize, due_ns: u64, since: (Instant, Duration) },
    Sink,
}

impl Metered {
    /// Gives these frames again and again.
    pub fn source(frames: Arc<Vec<Box<[u8]>>>, pool: &Pool, time: Time, control: &Arc<Control>, phases: usize) -> Self {
        let since = (Instant::now(), Duration::ZERO);
        Self::new(Role::Source { frames, next: 0, due_ns: 0, since }, pool, time, control, phases)
    }

    /// Takes them.
    pub fn sink(pool: &Pool, time: Time, control: &Arc<Control>, phases: usize) -> Self {
        Self::new(Role::Sink, pool, time, control, phases)
    }

    fn new(role: Role, pool: &Pool, time: Time, control: &Arc<Control>, phases: usize) -> Self {
        let phases = (0..phases).filter_map(|_| Phase::new()).collect();
        let (pool, control) = (pool.clone(), Arc::clone(control));
        // None yet: the first call begins one.
        Self { role, pool, time, control, phase: usize::MAX, phases, stats: PortStats::default() }
    }

    /// What came to pass: frames and time at a source, latencies at a sink.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// Takes up a new phase, or ends the last.
    fn turn(&mut self, now_ns: u64) {
        let wanted = if self.is_exhausted() { usize::MAX } else { self.control.phase.load(Ordering::Acquire) };
        if wanted == self.phase {
            return;
        }
        let Role::Source { due_ns, since, .. } = &mut self.role else { return };
        let now = (Instant::now(), cpu_time());
        if let Some(phase) = self.phases.get_mut(self.phase) {
            phase.wall += now.0 - since.0;
            phase.cpu += now.1 - since.1;
        }
        (self.phase, *since, *due_ns) = (wanted, now, now_ns);
    }
}

impl Port for Metered {
    type Frame = PoolFrame;

    fn name(&self) -> &str {
        if matches!(self.role, Role::Sink) { "inside" } else { "outside" }
    }

    #[inline]
    fn receive(&mut self, into: &mut Burst<PoolFrame>) -> usize {
        if matches!(self.role, Role::Sink) {
            return 0;
        }
        let now_ns = self.time.now_ns();
        self.turn(now_ns);
        let interval_ns = self.control.interval_ns.load(Ordering::Acquire);
        let Role::Source { frames, next, due_ns, .. } = &mut self.role else { return 0 };
        let Some(phase) = self.phases.get_mut(self.phase) else { return 0 };
        if interval_ns == 0 {
            *due_ns = now_ns;
        }
        let waiting = now_ns.saturating_sub(*due_ns).checked_div(interval_ns).unwrap_or(0);
        let lost = waiting.saturating_sub(RING_FRAMES);
        (phase.lost, *due_ns) = (phase.lost + lost, *due_ns + lost * interval_ns);
        let mut count = 0;
        while *due_ns <= now_ns && !into.is_full() {
            let meta = FrameMeta { timestamp_ns: Some(*due_ns), ..FrameMeta::default() };
            let frame = frames.get(*next).and_then(|octets| self.pool.frame(octets, meta));
            let Some(frame) = frame.filter(|_| !into.is_full()) else { break };
            count += usize::from(into.push(frame).is_ok());
            *next = if *next + 1 < frames.len() { *next + 1 } else { 0 };
            *due_ns += interval_ns;
        }
        phase.frames += count as u64;
        self.stats.rx_frames += count as u64;
        count
    }

    #[inline]
    fn send(&mut self, burst: &mut Burst<PoolFrame>) -> usize {
        let (now_ns, count) = (self.time.now_ns(), burst.len());
        if let Some(phase) = self.phases.get_mut(self.control.phase.load(Ordering::Acquire)) {
            for frame in burst.iter() {
                let late_ns = frame.meta().timestamp_ns.map_or(0, |due_ns| now_ns.saturating_sub(due_ns));
                phase.latency_ns.saturating_record(late_ns);
            }
        }
        burst.clear();
        self.stats.tx_frames += count as u64;
        count
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<PoolFrame> {
        self.pool.frame(octets, meta)
    }

    fn is_exhausted(&self) -> bool {
        self.control.is_over.load(Ordering::Acquire)
    }

    fn stats(&self) -> PortStats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(control: &Arc<Control>) -> [Metered; 2] {
        let (pool, time) = (Pool::new(128, 64), Time::new());
        let frames = Arc::new(vec![vec![0; 60].into()]);
        [Metered::source(frames, &pool, time, control, 2), Metered::sink(&pool, time, control, 2)]
    }

    #[test]
    fn at_full_speed_a_burst_is_full_and_nothing_is_late_by_what_it_waited_before_it_came() {
        let control = Arc::new(Control::default());
        let [mut source, mut sink] = ports(&control);
        let mut burst = Burst::new();
        assert_eq!(source.receive(&mut burst), 64);
        assert_eq!((sink.send(&mut burst), sink.receive(&mut burst)), (64, 0));
        assert_eq!((source.phases()[0].frames, sink.phases()[0].latency_ns.len()), (64, 64));
    }

    #[test]
    fn at_a_rate_what_should_have_come_long_ago_is_late_and_beyond_the_ring_it_is_lost() {
        let control = Arc::new(Control::default());
        control.begin(1, 1);
        let [mut source, mut sink] = ports(&control);
        let mut burst = Burst::new();
        // A frame each nanosecond: between two calls go by more than any ring holds, if not at once, then soon.
        while source.phases()[1].lost == 0 {
            source.receive(&mut burst);
            sink.send(&mut burst);
        }
        assert!(source.phases()[0].frames == 0 && source.phases()[1].frames > 0);
        assert!(sink.phases()[1].latency_ns.max() > 0);
        control.end();
        assert!(source.is_exhausted() && source.receive(&mut burst) == 0);
        assert!(source.phases()[1].wall > Duration::ZERO, "the last phase has ended");
    }
}
