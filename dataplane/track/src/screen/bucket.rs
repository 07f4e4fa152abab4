//! Token buckets, kept as the time at which they are empty again: eight octets each.
//!
//! ```text
//!  0 ───────────── fill ─────────── burst − reserve ──── burst      what shed-first classes may fill ends before the rest
//!        ▲ one message: one interval up     │ time: down again
//! ```

/// How much may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In a second, in the long run.
    pub per_s: u32,
    /// At once.
    pub burst: u32,
}

/// A rate in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    interval_ns: u64,
    burst_ns: u64,
    reserve_ns: u64,
}

impl Limit {
    /// At least one a second and one at once; a quarter of the burst is kept in reserve.
    pub(super) fn new(rate: Rate) -> Self {
        // Rounded up: never more than was asked for.
        let interval_ns = SECOND_NS.div_ceil(rate.per_s.max(1).into());
        let burst = u64::from(rate.burst.max(1));
        Self { interval_ns, burst_ns: interval_ns * burst, reserve_ns: interval_ns * (burst / RESERVE_SHARE) }
    }
}

/// How full a bucket is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    empty_at_ns: u64,
}

impl Bucket {
    pub(super) const EMPTY: Self = Self { empty_at_ns: 0 };

    /// Whether one more fits; into what is not kept in reserve, if `spares`.
    #[inline]
    pub(super) const fn has_room(self, limit: Limit, spares: bool, now_ns: u64) -> bool {
        let kept_ns = if spares { limit.reserve_ns } else { 0 };
        self.fill_ns(limit, now_ns) + limit.interval_ns <= limit.burst_ns - kept_ns
    }

    /// Puts one in. A full bucket stays full.
    #[inline]
    pub(super) fn put(&mut self, limit: Limit, now_ns: u64) {
        let fill_ns = self.fill_ns(limit, now_ns) + limit.interval_ns;
        self.empty_at_ns = now_ns.saturating_add(fill_ns.min(limit.burst_ns));
    }

    /// Puts one in if it fits.
    pub(super) fn take(&mut self, limit: Limit, now_ns: u64) -> bool {
        let fits = self.has_room(limit, false, now_ns);
        if fits {
            self.put(limit, now_ns);
        }
        fits
    }

    /// Never more than full, even where the clock was put back.
    #[inline]
    const fn fill_ns(self, limit: Limit, now_ns: u64) -> u64 {
        let fill_ns = self.empty_at_ns.saturating_sub(now_ns);
        if fill_ns < limit.burst_ns { fill_ns } else { limit.burst_ns }
    }
}

const SECOND_NS: u64 = 1_000_000_000;
/// One in so many of the burst is kept in reserve.
const RESERVE_SHARE: u64 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken(bucket: &mut Bucket, limit: Limit, tries: u32, now_ns: u64) -> u32 {
        (0..tries).map(|_| u32::from(bucket.take(limit, now_ns))).sum()
    }

    #[test]
    fn the_burst_comes_at_once_and_the_rate_after_it() {
        let (limit, mut bucket) = (Limit::new(Rate { per_s: 10, burst: 5 }), Bucket::EMPTY);
        assert_eq!(taken(&mut bucket, limit, 100, 0), 5);
        assert!(!bucket.take(limit, 99_999_999));
        assert_eq!(taken(&mut bucket, limit, 100, 100_000_000), 1);
        assert_eq!(taken(&mut bucket, limit, 100, 400_000_000), 3);
        assert_eq!(taken(&mut bucket, limit, 100, 100 * SECOND_NS), 5, "no more than the burst, however long it rests");
    }

    #[test]
    fn a_quarter_of_the_burst_is_kept_from_what_spares_it() {
        let (limit, mut bucket) = (Limit::new(Rate { per_s: 1, burst: 8 }), Bucket::EMPTY);
        for _ in 0..6 {
            assert!(bucket.has_room(limit, true, 0));
            bucket.put(limit, 0);
        }
        assert_eq!((bucket.has_room(limit, true, 0), taken(&mut bucket, limit, 9, 0)), (false, 2));
        let (one, empty) = (Limit::new(Rate { per_s: 1, burst: 1 }), Bucket::EMPTY);
        assert!(empty.has_room(one, true, 0), "of a burst of one nothing is kept");
    }

    #[test]
    fn a_clock_put_back_costs_no_more_than_a_full_bucket() {
        let (limit, mut bucket) = (Limit::new(Rate { per_s: 10, burst: 5 }), Bucket::EMPTY);
        bucket.put(limit, 1000 * SECOND_NS);
        assert!(!bucket.take(limit, SECOND_NS));
        bucket.put(limit, SECOND_NS);
        assert!(bucket.take(limit, SECOND_NS + 100_000_000));
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_the_rate_pass(
            per_s in 1_u32..100_000, burst in 1_u32..1000, steps in prop::collection::vec(0..1_000_000_u64, 1..500),
        ) {
            let (limit, mut bucket) = (Limit::new(Rate { per_s, burst }), Bucket::EMPTY);
            let (mut now_ns, mut passed) = (0, 0_u64);
            for step in steps {
                now_ns += step;
                passed += u64::from(bucket.take(limit, now_ns));
            }
            prop_assert!(passed <= u64::from(burst) + now_ns * u64::from(per_s) / SECOND_NS);
        }

        #[test]
        fn any_times_do_not_panic(per_s: u32, burst: u32, times in prop::collection::vec(any::<u64>(), 0..20)) {
            let (limit, mut bucket) = (Limit::new(Rate { per_s, burst }), Bucket::EMPTY);
            for now_ns in times {
                bucket.put(limit, now_ns);
                prop_assert!(bucket.fill_ns(limit, now_ns) <= limit.burst_ns);
            }
        }
    }
}
