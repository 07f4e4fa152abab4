//! One policy, with its counters.

use crate::verdict::{Verdict, undecodable};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Facts, Field};
use sluice_rules::{CountKind, Image, Judgement, Purpose, State, evaluate};
use sluice_track::{RateKind, RateSizes, Rates, Sample};

/// Judges one message after the other.
pub struct Judge<'i> {
    image: Image<'i>,
    counters: Counters,
    judgement: Judgement,
}

impl<'i> Judge<'i> {
    /// With counters that have counted nothing.
    pub fn new(image: Image<'i>) -> Self {
        Self { image, counters: Counters(Rates::new(SIZES, KEY)), judgement: Judgement::new() }
    }

    /// The policy.
    pub fn image(&self) -> &Image<'i> {
        &self.image
    }

    /// Judges a message. What a verdict says in the facts is that of the past and is not asked.
    pub fn judge(&mut self, facts: &Facts<'_>) -> Verdict<'i> {
        evaluate(&self.image, facts, Purpose::Replay, &mut self.counters, &mut self.judgement);
        Verdict::of(&self.judgement, &self.image, facts, undecodable(facts))
    }

    /// The message as an event, with the verdict given last. `facts` are those it was given on.
    pub fn show(&mut self, facts: &Facts<'_>, privacy: Privacy) -> String {
        let mut facts = facts.clone();
        for &field in Field::ALL.iter().filter(|field| field.name().starts_with("verdict.")) {
            facts.forget(field);
        }
        self.judgement.record(&self.image, &mut facts);
        to_json(&facts, privacy)
    }
}

/// The counters of a policy, as the engine keeps them.
struct Counters(Rates);

impl State for Counters {
    fn count(&mut self, counter: u16, counts: CountKind, key: u64, value: u64, window_s: u32, time_ns: u64) -> u32 {
        let sample = match counts {
            CountKind::Messages => Sample::Count,
            CountKind::Distinct => Sample::Distinct(value),
            CountKind::Run => Sample::Run(value),
        };
        self.0.count(counter, key, sample, window_s, time_ns)
    }

    fn read(&mut self, counter: u16, counts: CountKind, key: u64, window_s: u32, time_ns: u64) -> u32 {
        let kind = match counts {
            CountKind::Messages => RateKind::Count,
            CountKind::Distinct => RateKind::Distinct,
            CountKind::Run => RateKind::Run,
        };
        self.0.read(kind, counter, key, window_s, time_ns)
    }
}

/// As in a replay.
const SIZES: RateSizes = RateSizes { counts: 1 << 17, distincts: 1 << 15 };
/// As in a replay: fixed, so that the same past gives the same report.
pub const KEY: u64 = 0x5EED;
