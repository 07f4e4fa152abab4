//! The orders in which rules are asked, and the index that leaves out those a message cannot match.
//!
//! A rule is found in the way whose values it shares with the fewest others. Looked up is only what finds several
//! rules: a look-up costs every message about as much as asking a few. The orders of all triggers share one table: what
//! a value leads to may look at another trigger.

use super::keys::{Key, Keys};
use super::write::push;
use crate::image::{How, PROBES_MAX, Posting, Probe, WALK_MAX};
use crate::index::hash;
use crate::model::Triggers;
use std::collections::BTreeMap;

/// What finds fewer rules is not looked up.
const RULES_MIN: usize = 6;

/// The sections that orders fill.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) records: Vec<u8>,
    pub(super) keys: Vec<[u8; 4]>,
    pub(super) probes: Vec<[u8; Probe::OCTETS]>,
    pub(super) postings: Vec<[u8; Posting::OCTETS]>,
    pub(super) tags: Vec<[u8; 1]>,
    frequency: Frequency,
}

/// A rule, or a counter.
pub(super) struct Asked<'w> {
    /// In the image.
    pub(super) key: u32,
    pub(super) triggers: Triggers,
    /// The ways to find it.
    pub(super) ways: &'w [Keys],
}

/// In how many ways of how many rules a value stands.
type Frequency = BTreeMap<Key, u32>;

impl Orders {
    /// For rules that can be found in these ways.
    pub(super) fn new<'w>(ways: impl Iterator<Item = &'w Keys>) -> Self {
        let mut frequency = Frequency::new();
        for key in ways.flatten() {
            *frequency.entry(*key).or_default() += 1;
        }
        Self { frequency, ..Self::default() }
    }

    /// Adds an order for each of these triggers; `asked` is sorted. `None` if there is no room.
    pub(super) fn add(&mut self, asked: &[Asked<'_>], triggers: std::ops::RangeInclusive<usize>) -> Option<()> {
        let probes = self.probes_for(asked);
        let (mut rest, mut found) = (Vec::new(), BTreeMap::<u64, Vec<u32>>::new());
        for rule in asked {
            // A way of no values, such as an empty set's, would find the rule nowhere.
            let ways = rule.ways.iter().filter(|keys| !keys.is_empty() && numbered(keys, &probes).is_some());
            let Some(keys) = self.best(ways) else {
                rest.push(rule);
                continue;
            };
            for (number, key) in numbered(keys, &probes)? {
                found.entry(hash(number, key.value)).or_default().push(rule.key);
            }
        }
        let shared = self.write(&probes, found)?;
        for trigger in triggers {
            let rest = rest.iter().filter(|r| r.triggers.contains(trigger)).map(|r| r.key.to_le_bytes());
            let (first, count) = extend(&mut self.keys, rest)?;
            push(&mut self.records, [first, count]);
            push(&mut self.records, shared);
        }
        Some(())
    }

    /// What is looked up: what finds the most rules, each found in its best way.
    fn probes_for(&self, asked: &[Asked<'_>]) -> Vec<Probe> {
        let mut finds = BTreeMap::<Probe, usize>::new();
        for keys in asked.iter().filter_map(|rule| self.best(rule.ways.iter().filter(|keys| !keys.is_empty()))) {
            let mut probes: Vec<Probe> = keys.iter().map(|k| k.probe).collect();
            probes.dedup();
            probes.into_iter().for_each(|probe| *finds.entry(probe).or_default() += 1);
        }
        let mut probes: Vec<(Probe, usize)> = finds.into_iter().filter(|(_, rules)| *rules >= RULES_MIN).collect();
        probes.sort_by_key(|(probe, rules)| (std::cmp::Reverse(*rules), *probe));
        probes.into_iter().map(|(probe, _)| probe).take(PROBES_MAX).collect()
    }

    /// The way whose values lead to the fewest rules; texts before numbers, which messages share more often.
    fn best<'w>(&self, ways: impl Iterator<Item = &'w Keys>) -> Option<&'w Keys> {
        let shared =
            |keys: &Keys| keys.iter().map(|k| u64::from(self.frequency.get(k).copied().unwrap_or(0))).sum::<u64>();
        let numbers = |keys: &Keys| keys.iter().filter(|k| k.probe.how == How::Number).count();
        ways.min_by_key(|keys| (shared(keys), numbers(keys), keys.len()))
    }

    /// Probes and postings; what a record says of them.
    fn write(&mut self, probes: &[Probe], found: BTreeMap<u64, Vec<u32>>) -> Option<[u32; 6]> {
        let mut postings = Vec::with_capacity(found.len());
        for (hash, mut rules) in found {
            // Two values of one rule may have one hash.
            rules.dedup();
            postings.push(Posting { hash, keys: extend(&mut self.keys, rules.iter().map(|r| r.to_le_bytes()))? });
        }
        let (table, walk) = table(&postings);
        self.tags.extend(table.iter().map(|p| [p.tag()]));
        let probes = extend(&mut self.probes, probes.iter().map(|p| p.encode()))?;
        let postings = extend(&mut self.postings, table.iter().map(|p| p.encode()))?;
        Some([probes.0, probes.1, postings.0, postings.1, walk, 0])
    }
}

/// Keys with the numbers of their probes; `None` if one of these is not looked up.
fn numbered<'w>(keys: &'w Keys, probes: &[Probe]) -> Option<Vec<(u32, &'w Key)>> {
    let number = |key: &Key| probes.iter().position(|p| *p == key.probe).map(|n| n as u32);
    keys.iter().map(|key| Some((number(key)?, key))).collect()
}

/// Adds entries to a section; first and count.
fn extend<const N: usize>(section: &mut Vec<[u8; N]>, entries: impl Iterator<Item = [u8; N]>) -> Option<(u32, u32)> {
    let first = section.len();
    section.extend(entries);
    Some((u32::try_from(first).ok()?, u32::try_from(section.len() - first).ok()?))
}

/// A table of open addresses, and how far a look-up walks.
fn table(postings: &[Posting]) -> (Vec<Posting>, u32) {
    let mut slots = if postings.is_empty() { 0 } else { (postings.len() * 2).next_power_of_two() };
    loop {
        match filled(postings, slots) {
            Some(filled) => return filled,
            None => slots *= 2,
        }
    }
}

fn filled(postings: &[Posting], slots: usize) -> Option<(Vec<Posting>, u32)> {
    let (mut table, mut walk) = (vec![Posting::EMPTY; slots], 0);
    for posting in postings {
        let mut places = (0..WALK_MAX).map(|n| (n, (posting.hash as usize).wrapping_add(n as usize) & (slots - 1)));
        let (walked, place) = places.find(|(_, at)| table.get(*at).is_some_and(|p| p.is_empty()))?;
        *table.get_mut(place)? = *posting;
        walk = walk.max(walked + 1);
    }
    Some((table, walk))
}
