//! A port that plays another at the speed of its time stamps.

use sluice_io::{Burst, Clock, Frame, FrameMeta, Port, PortStats, WallClock};

/// Holds frames back until they are due: the first one at once, every later one as long after it as in the capture.
pub struct Paced<P: Port> {
    port: P,
    clock: Option<WallClock>,
    held: Burst<P::Frame>,
    /// Time of the capture minus time of the clock.
    offset_ns: Option<i128>,
}

impl<P: Port> Paced<P> {
    /// At the capture's own speed if `realtime`, else as the port itself.
    pub fn new(port: P, realtime: bool) -> Self {
        Self { port, clock: realtime.then(WallClock::new), held: Burst::new(), offset_ns: None }
    }

    /// The port.
    pub fn into_inner(self) -> P {
        self.port
    }
}

impl<P: Port> Port for Paced<P> {
    type Frame = P::Frame;

    fn name(&self) -> &str {
        self.port.name()
    }

    fn receive(&mut self, into: &mut Burst<Self::Frame>) -> usize {
        let Some(clock) = &self.clock else { return self.port.receive(into) };
        if self.held.is_empty() {
            self.port.receive(&mut self.held);
        }
        let now = i128::from(clock.now_ns());
        let offset = &mut self.offset_ns;
        let is_due = |frame: &P::Frame| match frame.meta().timestamp_ns {
            Some(at) => i128::from(at) <= now + *offset.get_or_insert(i128::from(at) - now),
            None => true,
        };
        let due = self.held.iter().take(into.room()).map(is_due).take_while(|due| *due).count();
        for frame in self.held.take_first(due) {
            // There is room: no more were taken than fit.
            let _taken = into.push(frame);
        }
        due
    }

    fn send(&mut self, frames: &mut Burst<Self::Frame>) -> usize {
        self.port.send(frames)
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<Self::Frame> {
        self.port.make(octets, meta)
    }

    fn is_exhausted(&self) -> bool {
        self.held.is_empty() && self.port.is_exhausted()
    }

    fn stats(&self) -> PortStats {
        self.port.stats()
    }
}
