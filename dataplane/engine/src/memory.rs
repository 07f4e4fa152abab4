//! What is known beside the message: whose it is, who asked for its receiver, where its sender was, what its text says,
//! and how often such messages came.
//!
//! ```text
//! message ─▶ origin (plan) ─▶ pairs ─▶ places ─▶ texts ─▶ campaigns ─▶ rules (counters) ─▶ learn
//! ```
//! Facts are set before the rules are asked; what the message teaches is kept after the verdict on it, and only where
//! nothing spoke against it: whoever is refused must not teach where a subscriber is. Facts that no rule of the policy
//! reads are not computed.

mod again;
mod origin;
mod pairs;
mod places;
mod rates;
mod texts;

use sluice_abi::counters::{Count, Counter};
use sluice_abi::{Facts, Field, Value};
use sluice_rules::Image;
use sluice_track::{Campaigns, Identity, Locations, Pairings, RateSizes, Rates};
use sluice_wire::digits::Digits;

pub use again::Again;
pub use rates::PolicyCounters;
pub(crate) use texts::TextScratch;
pub use texts::is_textual;

/// Sizes of the tables of one core.
#[derive(Clone, Copy, Debug)]
pub struct MemorySizes {
    /// Numbers and IMSIs whose place is remembered.
    pub locations: usize,
    /// Answers to the question where a subscriber is.
    pub pairings: usize,
    /// Values of keys that counters of the policy count: of messages, of different values.
    pub counters: RateSizes,
    /// Campaigns of near-duplicate texts.
    pub campaigns: usize,
}

impl MemorySizes {
    /// Next to nothing: where there is no policy to ask for it.
    pub const SMALL: Self =
        Self { locations: 16, pairings: 16, counters: RateSizes { counts: 16, distincts: 16 }, campaigns: 16 };
}

impl Default for MemorySizes {
    fn default() -> Self {
        Self {
            locations: 1 << 20,
            pairings: 1 << 18,
            counters: RateSizes { counts: 1 << 17, distincts: 1 << 15 },
            campaigns: 1 << 15,
        }
    }
}

/// The tables.
pub struct Memory {
    locations: Locations,
    pairings: Pairings,
    rates: Rates,
    campaigns: Campaigns,
    /// Time of the first message.
    since_s: Option<u32>,
    /// What each table had shed when it was counted last.
    counted: [u64; 4],
}

/// One second.
const SECOND_NS: u64 = 1_000_000_000;

impl Memory {
    /// Allocates them.
    pub fn new(sizes: &MemorySizes, key: u64) -> Self {
        Self {
            locations: Locations::new(sizes.locations, key),
            pairings: Pairings::new(sizes.pairings, key),
            rates: Rates::new(sizes.counters, key),
            campaigns: Campaigns::new(sizes.campaigns, key),
            since_s: None,
            counted: [0; 4],
        }
    }

    /// Sets what rules of the policy read of all this.
    #[inline]
    pub fn facts<'p>(&mut self, facts: &mut Facts<'p>, policy: &Image<'p>, text: &'p mut TextScratch) {
        let now_ns = facts.number(Field::TimeNs).unwrap_or(0);
        let now_s = seconds(now_ns);
        let watched_s = now_s.saturating_sub(*self.since_s.get_or_insert(now_s));
        self.fetch(facts);
        let plan = policy.plan();
        if let Some(plan) = &plan {
            origin::facts(facts, plan);
        }
        origin::class(facts);
        if pairs::FIELDS.iter().any(|&field| policy.reads(field)) {
            pairs::facts(facts, &mut self.pairings, plan.as_ref(), now_s, watched_s);
        }
        // Learning asks them too.
        places::facts(facts, &self.locations, plan.as_ref(), now_s);
        texts::facts(facts, policy, &mut self.campaigns, text, now_ns);
    }

    /// Has the processor fetch what is known of the subscribers a message names, while it is found out whose it is.
    #[inline]
    fn fetch(&self, facts: &Facts<'_>) {
        if let Some(imsi) = digits(facts, Field::MapImsi) {
            self.locations.fetch(Identity::Imsi, imsi.as_bytes());
            self.pairings.fetch(imsi.as_bytes());
        }
        if let Some(number) = digits(facts, Field::MapRpOa) {
            self.locations.fetch(Identity::Msisdn, number.as_bytes());
        }
    }

    /// Keeps what a judged message teaches, where nothing spoke against it.
    #[inline]
    pub fn learn(&mut self, facts: &Facts<'_>) {
        // An endpoint drops such a packet.
        if facts.has(Field::AnomalySctpBadCrc) {
            return;
        }
        let now_s = seconds(facts.number(Field::TimeNs).unwrap_or(0));
        pairs::learn(facts, &mut self.pairings, now_s);
        places::learn(facts, &mut self.locations, now_s);
    }

    /// The counters of the policy.
    pub(crate) fn counters(&mut self) -> PolicyCounters<'_> {
        PolicyCounters(&mut self.rates)
    }

    /// Counts what was shed since the last call.
    pub fn flush_counts(&mut self, count: &mut impl Count) {
        let shed = [
            (Counter::LocationsShed, self.locations.shed()),
            (Counter::PairingsShed, self.pairings.shed()),
            (Counter::CountersShed, self.rates.shed()),
            (Counter::CampaignsShed, self.campaigns.shed()),
        ];
        for ((counter, now), before) in shed.into_iter().zip(&mut self.counted) {
            count.count(counter, now - *before);
            *before = now;
        }
    }
}

/// Whole seconds since 1970.
const fn seconds(time_ns: u64) -> u32 {
    let seconds = time_ns / SECOND_NS;
    if seconds < u32::MAX as u64 { seconds as u32 } else { u32::MAX }
}

/// The digits a field has.
#[inline]
fn digits(facts: &Facts<'_>, field: Field) -> Option<Digits> {
    field.parts().iter().find_map(|&part| match facts.value(sluice_abi::Path { field, part }) {
        Some(Value::Digits(digits)) if !digits.is_empty() => Some(digits),
        _ => None,
    })
}

fn is_invoke(facts: &Facts<'_>) -> bool {
    facts.number(Field::MapComponent) == Some(0)
}

/// The operation of a component, here or where it was invoked.
fn operation(facts: &Facts<'_>) -> Option<u64> {
    facts.number(Field::MapOp).or_else(|| facts.number(Field::MapOpOfInvoke))
}
