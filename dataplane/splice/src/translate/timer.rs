//! The retransmission timer of what was inserted (RFC 9260 §6.3).

/// RTO.Initial and RTO.Min (RFC 9260 §16).
const INITIAL_NS: u64 = 1_000_000_000;
/// RTO.Max.
const MAX_NS: u64 = 60_000_000_000;
/// Association.Max.Retrans: after so many in a row there is a rest until the receiver is heard again.
pub(super) const EXPIRIES_MAX: u8 = 10;
/// Never.
pub(super) const NEVER: u64 = u64::MAX;

/// A timer and the round trip it is reckoned from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timer {
    /// When it expires; [`NEVER`] while it does not run.
    pub due_ns: u64,
    rto_ns: u64,
    /// Smoothed round trip and its variation, once measured.
    round_trip: Option<(u64, u64)>,
    /// How often in a row it expired.
    expiries: u8,
}

impl Default for Timer {
    fn default() -> Self {
        Self { due_ns: NEVER, rto_ns: INITIAL_NS, round_trip: None, expiries: 0 }
    }
}

impl Timer {
    /// Something was sent: the timer runs if it did not (§6.3.2 R1).
    pub(super) const fn sent(&mut self, now_ns: u64) {
        if self.due_ns == NEVER && self.expiries < EXPIRIES_MAX {
            self.due_ns = now_ns.saturating_add(self.rto_ns);
        }
    }

    /// Whether it has expired. It waits twice as long then (§6.3.3 E2).
    pub(super) fn expire(&mut self, now_ns: u64) -> bool {
        if now_ns < self.due_ns {
            return false;
        }
        self.due_ns = NEVER;
        self.rto_ns = self.rto_ns.saturating_mul(2).min(MAX_NS);
        self.expiries = self.expiries.saturating_add(1);
        self.expiries < EXPIRIES_MAX
    }

    /// The earliest that was sent is acknowledged (§6.3.2 R2, R3).
    pub(super) const fn progressed(&mut self, now_ns: u64, is_more_outstanding: bool) {
        self.expiries = 0;
        self.due_ns = if is_more_outstanding { now_ns.saturating_add(self.rto_ns) } else { NEVER };
    }

    /// The receiver is there. `true` if a rest ends by it.
    pub(super) const fn heard(&mut self) -> bool {
        let rested = self.expiries >= EXPIRIES_MAX;
        if rested {
            self.expiries = 0;
        }
        rested
    }

    /// A round trip of something that was sent once (§6.3.1 C2, C3, C5: Karn's rule).
    pub(super) fn measured(&mut self, round_trip_ns: u64) {
        let (smoothed, variation) = match self.round_trip {
            None => (round_trip_ns, round_trip_ns / 2),
            Some((smoothed, variation)) => {
                let off = smoothed.abs_diff(round_trip_ns);
                (smoothed - smoothed / 8 + round_trip_ns / 8, variation - variation / 4 + off / 4)
            }
        };
        self.round_trip = Some((smoothed, variation));
        self.rto_ns = smoothed.saturating_add(variation.saturating_mul(4)).clamp(INITIAL_NS, MAX_NS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_twice_as_long_each_time_up_to_a_minute_and_rests_after_ten() {
        let (mut timer, mut now, mut waits) = (Timer::default(), 0, Vec::new());
        loop {
            timer.sent(now);
            if timer.due_ns == NEVER {
                break;
            }
            waits.push((timer.due_ns - now) / INITIAL_NS);
            now = timer.due_ns;
            timer.expire(now);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
        assert!(timer.heard() && !timer.heard());
        timer.sent(now);
        assert_eq!(timer.due_ns, now + MAX_NS);
    }

    #[test]
    fn follows_the_round_trip_but_never_below_a_second() {
        let mut timer = Timer::default();
        timer.measured(3_000_000_000);
        assert_eq!(timer.rto_ns, 9_000_000_000);
        (0..100).for_each(|_| timer.measured(1_000_000));
        assert_eq!(timer.rto_ns, INITIAL_NS);
        timer.sent(5);
        timer.progressed(7, true);
        assert_eq!(timer.due_ns, 7 + INITIAL_NS);
        timer.progressed(8, false);
        assert_eq!(timer.due_ns, NEVER);
    }
}
