//! Counts of one page of events, before they are added to those in the store.

use super::values::value;
use crate::store::recent::is_blocked;
use sluice_abi::{Facts, Field};
use sluice_api::traffic::{By, Step};
use std::collections::HashMap;

/// So many messages, by what they are and when they came.
#[derive(Default)]
pub struct Counts {
    minutes: HashMap<(By, u64), HashMap<String, Count>>,
    /// Of the value at hand.
    text: String,
}

/// So many messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub messages: u64,
    /// Those that were blocked.
    pub blocked: u64,
}

impl Counts {
    /// Counts a message everywhere it belongs.
    pub fn add(&mut self, facts: &Facts<'_>) {
        let minute = facts.number(Field::TimeNs).unwrap_or(0) / NS_PER_MINUTE * Step::Minute.seconds();
        let blocked = u64::from(is_blocked(facts));
        for by in By::ALL.iter().copied().filter(|by| *by != By::Shadow) {
            self.text.clear();
            value(by, facts, &mut self.text);
            self.count(by, minute, blocked);
        }
        // A message can match many rules in shadow.
        let shadow = facts.octets(Field::VerdictShadow).unwrap_or_default();
        for rule in shadow.split(|&octet| octet == b'\n').filter(|rule| !rule.is_empty()) {
            self.text.clear();
            self.text.push_str(&String::from_utf8_lossy(rule));
            self.count(By::Shadow, minute, blocked);
        }
    }

    fn count(&mut self, by: By, minute: u64, blocked: u64) {
        let values = self.minutes.entry((by, minute)).or_default();
        // Most are there already: only a new one is copied.
        let count = match values.get_mut(self.text.as_str()) {
            Some(count) => count,
            None => values.entry(self.text.clone()).or_default(),
        };
        count.messages += 1;
        count.blocked += blocked;
    }

    /// Each of them: by what, begin of its minute in seconds since 1970, value.
    pub fn iter(&self) -> impl Iterator<Item = (By, u64, &str, Count)> {
        let all = self.minutes.iter();
        all.flat_map(|((by, minute), values)| {
            values.iter().map(|(value, count)| (*by, *minute, value.as_str(), *count))
        })
    }
}

const NS_PER_MINUTE: u64 = 60_000_000_000;
