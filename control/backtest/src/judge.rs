//! One policy, with its counters.

use crate::verdict::{Verdict, undecodable};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Facts, Field};
use sluice_engine::{Again, PolicyCounters};
use sluice_rules::{Image, Judgement, Purpose, evaluate};
use sluice_track::{RateSizes, Rates};

/// Judges one message after the other.
pub struct Judge<'i> {
    image: Image<'i>,
    counters: Rates,
    judgement: Judgement,
}

impl<'i> Judge<'i> {
    /// With counters that have counted nothing.
    pub fn new(image: Image<'i>) -> Self {
        Self { image, counters: Rates::new(SIZES, KEY), judgement: Judgement::new() }
    }

    /// The policy.
    pub fn image(&self) -> &Image<'i> {
        &self.image
    }

    /// Judges a message. What a verdict says in the facts is that of the past and is not asked.
    pub fn judge(&mut self, facts: &Facts<'_>) -> Verdict<'i> {
        evaluate(&self.image, facts, Purpose::Replay, &mut PolicyCounters(&mut self.counters), &mut self.judgement);
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

/// As in a replay.
const SIZES: RateSizes = RateSizes { counts: 1 << 17, distincts: 1 << 15 };
/// As in a replay: fixed, so that the same past gives the same report.
pub const KEY: u64 = 0x5EED;

/// The facts of records under a policy, with room for as many campaigns as in a replay.
pub fn again() -> Again {
    Again::new(CAMPAIGNS, KEY)
}

const CAMPAIGNS: usize = 1 << 15;
