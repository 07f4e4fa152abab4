//! The facts of a recorded message under another policy: whose the calling party is, what the text says and which
//! campaign it belongs to are made again. The rest is as recorded.

use super::origin;
use super::texts::{self, TextScratch};
use sluice_abi::{Class, Facts, Field};
use sluice_rules::Image;
use sluice_track::Campaigns;

/// What the numbering plan says of the calling party.
const ORIGIN: [Field; 4] = [Field::OriginRelation, Field::OriginCountry, Field::OriginOperator, Field::LabelsOrigin];

/// Memory for one policy.
pub struct Again {
    campaigns: Campaigns,
    text: TextScratch,
}

impl Again {
    /// That has seen nothing, with room for so many campaigns.
    pub fn new(campaigns: usize, key: u64) -> Self {
        Self { campaigns: Campaigns::new(campaigns, key), text: TextScratch::new() }
    }

    /// The facts of a record under a policy.
    pub fn facts<'p>(&'p mut self, recorded: &Facts<'p>, policy: &Image<'p>) -> Facts<'p> {
        let mut facts = recorded.clone();
        // Without the numbers it cannot be told whose they are.
        if facts.present().iter().any(|field| field.class() >= Class::Address) {
            for field in ORIGIN {
                facts.forget(field);
            }
            if let Some(plan) = policy.plan() {
                origin::facts(&mut facts, &plan);
            }
        }
        let now_ns = facts.number(Field::TimeNs).unwrap_or(0);
        texts::facts(&mut facts, policy, &mut self.campaigns, &mut self.text, now_ns);
        facts
    }
}
