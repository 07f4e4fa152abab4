//! Time for what lives outside the dataplane's libraries: read once per burst and passed in as an argument.

use std::cell::Cell;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where the poll loop takes its time from.
pub trait Clock {
    /// Nanoseconds since 1970-01-01 UTC. Never less than the value before, from the same clock.
    fn now_ns(&self) -> u64;
}

/// The machine's clock: the time of day when it was made, plus the monotonic time since.
///
/// The kernel answers from the TSC through its vDSO, without a system call: some tens of nanoseconds, once
/// per burst. Steps of the time of day do not show until [`resynchronise`](Self::resynchronise).
#[derive(Debug)]
pub struct WallClock {
    started: Instant,
    offset_ns: u64,
}

impl WallClock {
    /// A clock that agrees with the time of day now.
    pub fn new() -> Self {
        Self { started: Instant::now(), offset_ns: wall_ns() }
    }

    /// Follows a step of the time of day, forwards only, and says by how many nanoseconds it moved. After a
    /// step backwards the clock stays ahead: time that runs backwards would break every age.
    pub fn resynchronise(&mut self) -> u64 {
        let step = wall_ns().saturating_sub(self.now_ns());
        self.offset_ns = self.offset_ns.saturating_add(step);
        step
    }
}

impl Default for WallClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for WallClock {
    #[inline]
    fn now_ns(&self) -> u64 {
        self.offset_ns.saturating_add(nanoseconds(self.started.elapsed()))
    }
}

/// A clock that stands until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock {
    now_ns: Cell<u64>,
}

impl ManualClock {
    /// A clock that says `now_ns`.
    pub const fn new(now_ns: u64) -> Self {
        Self { now_ns: Cell::new(now_ns) }
    }

    /// Lets `ns` pass.
    pub fn advance(&self, ns: u64) {
        self.set(self.now_ns.get().saturating_add(ns));
    }

    /// Moves to `now_ns`, unless that is in the past.
    pub fn set(&self, now_ns: u64) {
        self.now_ns.set(self.now_ns.get().max(now_ns));
    }
}

impl Clock for ManualClock {
    fn now_ns(&self) -> u64 {
        self.now_ns.get()
    }
}

fn wall_ns() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanoseconds)
}

fn nanoseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_agrees_with_the_time_of_day_and_never_goes_back() {
        let mut clock = WallClock::new();
        let before = clock.now_ns();
        clock.resynchronise();
        let after = clock.now_ns();
        assert!(after >= before);
        assert!(wall_ns().abs_diff(after) < 1_000_000_000);
    }

    #[test]
    fn the_manual_clock_moves_only_when_told_and_only_forwards() {
        let clock = ManualClock::new(5);
        clock.advance(2);
        clock.set(3);
        assert_eq!(clock.now_ns(), 7);
    }
}
