//! Counters and the latency histogram as the dataplane keeps them, one block per core.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /api/v1/counters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counters {
    /// When they were read.
    pub at: Timestamp,
    /// Counts up at every start of the dataplane; when it changes, all counters have begun again.
    pub generation: u64,
    /// Who counts: one label per block, a block per core or thread.
    #[schema(example = json!(["core 1", "writer"]))]
    pub blocks: Vec<String>,
    /// Every counter, in the order of the list.
    pub counters: Vec<Counter>,
    /// From the arrival of a burst to the end of judging, over all cores.
    pub latency: Latency,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counter {
    /// Its dotted name, the same everywhere.
    pub name: String,
    /// What it counts.
    pub help: String,
    /// Over all blocks.
    pub total: u64,
    /// Per block, in the order of the labels.
    pub per_block: Vec<u64>,
}

/// A distribution of latencies in nanoseconds; quantiles are within 3 % above the true value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Latency {
    /// Messages measured.
    pub count: u64,
    /// Half of them took no longer.
    pub p50_ns: u64,
    /// 90 % took no longer.
    pub p90_ns: u64,
    /// 99 % took no longer.
    pub p99_ns: u64,
    /// 99.9 % took no longer.
    pub p999_ns: u64,
    /// None took longer.
    pub max_ns: u64,
    /// All of them together.
    pub sum_ns: u64,
}

impl Counters {
    /// The sum of a counter over all blocks.
    pub fn total(&self, name: &str) -> Option<u64> {
        self.counters.iter().find(|c| c.name == name).map(|c| c.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_found_by_its_name() {
        let counter = Counter { name: "rx.frames".into(), help: String::new(), total: 3, per_block: vec![1, 2] };
        let all = Counters {
            at: Timestamp::from_ns(1),
            generation: 1,
            blocks: vec!["core 1".into(), "writer".into()],
            counters: vec![counter],
            latency: Latency::default(),
        };
        assert_eq!((all.total("rx.frames"), all.total("rx.nonsense")), (Some(3), None));
    }
}
