//! A port that ends after so many frames, and knows how long they took.

use sluice_bench::clock::cpu_time;
use sluice_io::{Burst, FrameMeta, Port, PortStats};
use std::time::{Duration, Instant};

/// A port that never ends by itself, made to end: the poll loop then runs from the first frame to the last as in a
/// replay. The clocks are read twice, by the thread that polls.
pub struct Limited<P> {
    port: P,
    role: Role,
    began: Option<Moment>,
    ended: Option<Moment>,
}

enum Role {
    /// Frames still to come.
    Source(u64),
    /// Only sends; what it receives does not keep the loop going.
    Sink,
}

#[derive(Clone, Copy)]
struct Moment {
    wall: Instant,
    cpu: Duration,
}

/// How long the frames took.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Time that passed.
    pub wall: Duration,
    /// Time the polling thread had the core.
    pub cpu: Duration,
}

impl Moment {
    fn now() -> Self {
        Self { wall: Instant::now(), cpu: cpu_time() }
    }
}

impl<P: Port> Limited<P> {
    /// Gives `frames` frames, or up to a burst more.
    pub fn source(port: P, frames: u64) -> Self {
        Self { port, role: Role::Source(frames), began: None, ended: None }
    }

    /// Takes frames.
    pub fn sink(port: P) -> Self {
        Self { port, role: Role::Sink, began: None, ended: None }
    }

    /// From the first call for a frame to the call after the last was sent.
    pub fn span(&self) -> Option<Span> {
        let (began, ended) = self.began.zip(self.ended)?;
        Some(Span { wall: ended.wall - began.wall, cpu: ended.cpu - began.cpu })
    }

    /// The port inside.
    #[cfg(feature = "dpdk")]
    pub fn into_inner(self) -> P {
        self.port
    }
}

impl<P: Port> Port for Limited<P> {
    type Frame = P::Frame;

    fn name(&self) -> &str {
        self.port.name()
    }

    #[inline]
    fn receive(&mut self, into: &mut Burst<P::Frame>) -> usize {
        let Role::Source(left) = &mut self.role else { return self.port.receive(into) };
        if *left == 0 {
            self.ended.get_or_insert_with(Moment::now);
            return 0;
        }
        self.began.get_or_insert_with(Moment::now);
        let count = self.port.receive(into);
        *left = left.saturating_sub(count as u64);
        count
    }

    #[inline]
    fn send(&mut self, frames: &mut Burst<P::Frame>) -> usize {
        self.port.send(frames)
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<P::Frame> {
        self.port.make(octets, meta)
    }

    #[inline]
    fn release(&mut self, frames: &mut Burst<P::Frame>) {
        self.port.release(frames);
    }

    fn is_exhausted(&self) -> bool {
        matches!(self.role, Role::Sink | Role::Source(0))
    }

    fn stats(&self) -> PortStats {
        self.port.stats()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_io::memory::{MemoryPort, Pool, Preload};

    #[test]
    fn a_port_without_end_ends_and_knows_its_span_only_then() {
        let pool = Pool::new(64, 64);
        let preload = Preload::new(vec![(vec![0; 60].into(), FrameMeta::default())], u64::MAX, 0);
        let mut port = Limited::source(MemoryPort::preloaded("in", &pool, preload), 100);
        let (mut burst, mut received) = (Burst::new(), 0);
        while !port.is_exhausted() {
            assert!(port.span().is_none());
            received += port.receive(&mut burst);
            port.release(&mut burst);
        }
        assert!((100..164).contains(&received), "{received}");
        assert_eq!(port.receive(&mut burst), 0);
        let span = port.span().unwrap();
        assert!(span.wall > Duration::ZERO && span.cpu > Duration::ZERO);
    }
}
