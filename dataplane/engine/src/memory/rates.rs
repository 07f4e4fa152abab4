//! The counters of the policy over the table that keeps them.

use sluice_rules::{CountKind, State};
use sluice_track::{RateKind, Rates, Sample};

/// What rules ask of counters.
pub struct PolicyCounters<'m>(pub &'m mut Rates);

impl State for PolicyCounters<'_> {
    #[inline]
    fn count(&mut self, counter: u16, counts: CountKind, key: u64, value: u64, window_s: u32, time_ns: u64) -> u32 {
        let sample = match counts {
            CountKind::Messages => Sample::Count,
            CountKind::Distinct => Sample::Distinct(value),
            CountKind::Run => Sample::Run(value),
        };
        self.0.count(counter, key, sample, window_s, time_ns)
    }

    #[inline]
    fn fetch(&self, counter: u16, counts: CountKind, key: u64) {
        self.0.fetch(kind_of(counts), counter, key);
    }

    #[inline]
    fn read(&mut self, counter: u16, counts: CountKind, key: u64, window_s: u32, time_ns: u64) -> u32 {
        self.0.read(kind_of(counts), counter, key, window_s, time_ns)
    }
}

const fn kind_of(counts: CountKind) -> RateKind {
    match counts {
        CountKind::Messages => RateKind::Count,
        CountKind::Distinct => RateKind::Distinct,
        CountKind::Run => RateKind::Run,
    }
}
