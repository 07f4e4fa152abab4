//! What counters said when the message was judged, as far as the event tells.
//!
//! What the dataplane remembers of earlier messages is gone by now. An event has the counters that the rules that
//! matched have read; those that others read are not known.

use serde_json::Value;
use sluice_rules::{CountKind, Image, State};
use std::collections::BTreeMap;

/// Counters by their place in the policy.
#[derive(Debug, Default)]
pub struct Counters(BTreeMap<usize, u32>);

impl Counters {
    /// From an event's `verdict.counters`, each `name=value`.
    pub fn read(event: &Value, image: &Image<'_>) -> Self {
        let recorded = event.pointer("/verdict/counters").and_then(Value::as_array).into_iter().flatten();
        let pairs = recorded.filter_map(|text| text.as_str()?.rsplit_once('='));
        let place = |name: &str| image.counters().position(|(other, _)| other == name);
        Self(pairs.filter_map(|(name, value)| Some((place(name)?, value.parse().ok()?))).collect())
    }

    /// Whether it is known what a counter said.
    pub fn is_known(&self, counter: usize) -> bool {
        self.0.contains_key(&counter)
    }
}

impl State for Counters {
    fn count(&mut self, counter: u16, kind: CountKind, key: u64, _: u64, window_s: u32, time_ns: u64) -> u32 {
        self.read(counter, kind, key, window_s, time_ns)
    }

    fn read(&mut self, counter: u16, _: CountKind, _: u64, _: u32, _: u64) -> u32 {
        self.0.get(&usize::from(counter)).copied().unwrap_or(0)
    }
}
