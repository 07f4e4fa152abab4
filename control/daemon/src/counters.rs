//! The dataplane's counters, read from shared memory whenever somebody asks.

use hdrhistogram::Histogram;
use sluice_abi::counters::Slot;
use sluice_abi::histogram::{BUCKETS, highest_in};
use sluice_api::counters::{Counter, Counters, Latency};
use sluice_api::problem::{Kind, Problem};
use sluice_api::time::Timestamp;
use sluice_shm::counters::{CounterReader, Snapshot};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Where the counters lie, and the mapping while there is one.
pub struct CounterSource {
    path: PathBuf,
    reader: Mutex<Option<CounterReader>>,
}

impl CounterSource {
    /// Nothing is opened yet: the dataplane may start later.
    pub fn new(path: PathBuf) -> Self {
        Self { path, reader: Mutex::default() }
    }

    /// All values now. A dataplane that has ended left its last ones.
    ///
    /// # Errors
    /// There is no file, or it is not one of this release.
    pub fn snapshot(&self) -> Result<Snapshot, Problem> {
        let mut slot = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = match slot.take() {
            Some(mut reader) => {
                // While a new file is not there yet, the last values of the old one are the best there is.
                let _old_values_stay = reader.reopen_if_replaced();
                reader
            }
            None => CounterReader::open(&self.path).map_err(unavailable)?,
        };
        let snapshot = reader.snapshot().map_err(unavailable)?;
        *slot = Some(reader);
        Ok(snapshot)
    }
}

fn unavailable(error: sluice_shm::Error) -> Problem {
    Problem::new(Kind::CountersUnavailable, format!("{error}: is the dataplane running?"))
}

/// As the API shows them.
pub fn show(snapshot: &Snapshot, at: Timestamp) -> Counters {
    let counter = |slot: Slot| Counter {
        name: slot.name(),
        help: slot.help().to_owned(),
        total: snapshot.total(slot),
        per_block: snapshot.blocks.iter().map(|b| b.at(slot)).collect(),
    };
    Counters {
        at,
        generation: snapshot.generation,
        blocks: snapshot.blocks.iter().map(|b| b.label.clone()).collect(),
        counters: Slot::all().map(counter).collect(),
        latency: latency(&snapshot.total_buckets()),
    }
}

/// The distribution in a histogram's buckets. Every value counts as the highest of its bucket.
pub fn latency(buckets: &[u64; BUCKETS]) -> Latency {
    let mut sum = 0u64;
    // Three digits keep every bucket (3 % wide) apart; the range is that of the buckets.
    let Ok(mut histogram) = Histogram::<u64>::new_with_bounds(1, highest_in(BUCKETS - 1), 3) else {
        return Latency::default();
    };
    for (bucket, &count) in buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
        let value = highest_in(bucket);
        histogram.saturating_record_n(value, count);
        sum = sum.saturating_add(value.saturating_mul(count));
    }
    let at = |quantile: f64| histogram.value_at_quantile(quantile);
    Latency {
        count: histogram.len(),
        p50_ns: at(0.5),
        p90_ns: at(0.9),
        p99_ns: at(0.99),
        p999_ns: at(0.999),
        max_ns: histogram.max(),
        sum_ns: sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::counters::{Count as _, Counter as Name};
    use sluice_shm::counters::CounterFile;

    #[test]
    fn counters_are_read_while_the_dataplane_counts_and_after_it_was_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        let source = CounterSource::new(path.clone());
        let problem = source.snapshot().unwrap_err();
        assert_eq!(problem.known_kind(), Some(Kind::CountersUnavailable));
        let total = || show(&source.snapshot().unwrap(), Timestamp::from_ns(0)).total("rx.frames");
        let (_, mut blocks) = CounterFile::create(&path, &["core 1", "core 2"]).unwrap();
        for block in &mut blocks {
            block.count(Name::RxFrames, 2);
        }
        assert_eq!(total(), Some(4));
        let (_, mut blocks) = CounterFile::create(&path, &["core 1"]).unwrap();
        blocks[0].count(Name::RxFrames, 1);
        assert_eq!(total(), Some(1));
    }

    #[test]
    fn quantiles_are_within_three_percent_above_the_true_value() {
        let mut buckets = [0; BUCKETS];
        for ns in 1..=10_000u64 {
            buckets[sluice_abi::histogram::bucket_of(ns)] += 1;
        }
        let l = latency(&buckets);
        assert_eq!(l.count, 10_000);
        for (value, truth) in [(l.p50_ns, 5_000), (l.p90_ns, 9_000), (l.p99_ns, 9_900), (l.max_ns, 10_000)] {
            assert!((truth..=truth + truth / 30).contains(&value), "{value} for {truth}");
        }
        assert_eq!(latency(&[0; BUCKETS]), Latency::default());
    }
}
