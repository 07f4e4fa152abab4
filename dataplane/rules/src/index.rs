//! Which rules a message is put before: all of an order, or only those that its values lead to.
//!
//! ```text
//!  order ─► rest ───────────────────────────────────────────────┐
//!       └─► probes: value of the message ─► hash ─► posting ────┤ merged by key, each once ─► rules to be asked
//!                   value of the message ─► hash ─► posting ────┘
//! ```
//! A rule stands in postings only if its condition cannot hold without one of their values, so that what is left out
//! would not have matched: verdicts are those of asking every rule in order. Two values with one hash cost a question
//! and change nothing.

use crate::counters::{hash_octets, mix};
use crate::image::{How, Image, Order, PROBES_MAX, Posting, Probe, tag_of};
use crate::memory::Texts;
use crate::read;
use safe_arch::prefetch_t0;
use sluice_abi::{Facts, Path};

/// Keys of rules to be asked, ascending. What values lead to may look at another trigger.
pub(crate) struct Candidates<'i> {
    rest: &'i [[u8; 4]],
    keys: &'i [[u8; 4]],
    /// Of each posting that was found the key it is at, where the next one stands, and where they end.
    heads: [u32; PROBES_MAX],
    next: [u32; PROBES_MAX],
    end: [u32; PROBES_MAX],
    /// So many postings have keys left.
    count: usize,
}

impl<'i> Candidates<'i> {
    /// The rules of an order, or its counters, that this message can make match.
    #[inline(always)]
    pub(crate) fn new(image: &Image<'i>, facts: &Facts<'i>, order: usize, texts: &mut Texts) -> Self {
        let none = [0; PROBES_MAX];
        let mut candidates = Self { rest: &[], keys: image.all_keys(), heads: none, next: none, end: none, count: 0 };
        if let Some(order) = image.order(order) {
            candidates.rest = image.keys(order.rest());
            if order.probes().1 > 0 {
                candidates.look_up(image, facts, order, texts);
            }
        }
        candidates
    }

    #[inline(never)]
    fn look_up(&mut self, image: &Image<'i>, facts: &Facts<'i>, order: Order<'i>, texts: &mut Texts) {
        let index = Index { tags: image.tags_of(order), postings: image.postings_of(order), walk: order.walk() };
        // All values first: of a large index memory is then waited for once.
        let (mut hashes, mut count) = ([0; PROBES_MAX], 0);
        for (number, probe) in (0..).zip(image.probes_of(order)) {
            let probe = Probe::decode(probe);
            // Most fields are absent from most messages.
            let Some(path) = probe.subject.path().filter(|p| facts.has(p.field)) else { continue };
            if let (Some(value), Some(room)) = (value(image, facts, probe, path, texts), hashes.get_mut(count)) {
                *room = hash(number, value);
                index.fetch(*room);
                count += 1;
            }
        }
        for posting in hashes.iter().take(count).filter_map(|&hash| index.find(hash)) {
            self.push(posting.keys);
        }
    }

    fn push(&mut self, (first, count): (u32, u32)) {
        if let (Some(next), Some(end)) = (self.next.get_mut(self.count), self.end.get_mut(self.count)) {
            (*next, *end) = (first, first.saturating_add(count));
            self.count += 1;
            self.advance(self.count - 1);
        }
    }

    /// Goes on to the next key of a posting; one that has none left is taken out.
    #[inline]
    fn advance(&mut self, place: usize) {
        let Candidates { heads, next, end, .. } = self;
        if let (Some(head), Some(next), Some(end)) = (heads.get_mut(place), next.get_mut(place), end.get(place))
            && *next < *end
            && let Some(key) = self.keys.get(*next as usize)
        {
            *head = u32::from_le_bytes(*key);
            *next += 1;
            return;
        }
        self.count = self.count.saturating_sub(1);
        let last = self.count.min(PROBES_MAX - 1);
        heads.swap(place, last);
        next.swap(place, last);
        end.swap(place, last);
    }

    /// Leaves out all keys below this one.
    pub(crate) fn skip_to(&mut self, key: u32) {
        let below = self.rest.partition_point(|k| u32::from_le_bytes(*k) < key);
        self.rest = self.rest.get(below..).unwrap_or(&[]);
        for place in (0..self.count).rev() {
            while place < self.count && self.heads.get(place).is_some_and(|head| *head < key) {
                self.advance(place);
            }
        }
    }

    /// The least key of rest and postings, each once.
    #[inline(never)]
    fn next_of_all(&mut self) -> Option<u32> {
        let least = self.heads.iter().take(self.count).copied().min()?;
        let rest = self.rest.first().map(|key| u32::from_le_bytes(*key));
        if let Some(key) = rest.filter(|key| *key <= least) {
            self.rest = self.rest.get(1..).unwrap_or(&[]);
            if key < least {
                return rest;
            }
        }
        for place in (0..self.count).rev() {
            if self.heads.get(place) == Some(&least) {
                self.advance(place);
            }
        }
        Some(least)
    }
}

impl Iterator for Candidates<'_> {
    type Item = u32;

    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        if self.count > 0 {
            return self.next_of_all();
        }
        let (key, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*key))
    }
}

/// What is looked up.
#[inline]
fn value<'i>(image: &Image<'i>, facts: &Facts<'i>, probe: Probe, path: Path, texts: &mut Texts) -> Option<u64> {
    if probe.how == How::Number {
        return read::number_at(facts, probe.subject, path);
    }
    let mut rare = None;
    let text = read::octets((image, facts), (probe.subject, path), texts, &mut rare)?;
    match probe.how {
        How::Beginning(octets) => text.get(..octets as usize).map(hash_octets),
        _ => Some(hash_octets(text)),
    }
}

/// Where values lead.
struct Index<'i> {
    tags: &'i [[u8; 1]],
    postings: &'i [[u8; Posting::OCTETS]],
    walk: u32,
}

impl Index<'_> {
    /// Has the processor fetch what [`Self::find`] will look at.
    #[inline(always)]
    fn fetch(&self, hash: u64) {
        let at = hash as usize & self.tags.len().wrapping_sub(1);
        if let (Some(tag), Some(posting)) = (self.tags.get(at), self.postings.get(at)) {
            prefetch_t0(tag);
            prefetch_t0(posting);
        }
    }

    #[inline]
    fn find(&self, hash: u64) -> Option<Posting> {
        let (tag, mask) = (tag_of(hash), self.tags.len().wrapping_sub(1));
        let mut at = hash as usize & mask;
        for _ in 0..self.walk {
            match self.tags.get(at) {
                Some([0]) | None => return None,
                Some([t]) if *t == tag => {
                    let posting = self.postings.get(at).map(Posting::decode);
                    if let Some(posting) = posting.filter(|p| p.hash == hash) {
                        return Some(posting);
                    }
                }
                Some(_) => {}
            }
            at = (at + 1) & mask;
        }
        None
    }
}

/// What a value leads to: a number, or the hash of a text. Part of the image's format.
#[inline(always)]
pub(crate) const fn hash(probe: u32, value: u64) -> u64 {
    mix(probe as u64, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Scope, check};
    use crate::judgement::Judgement;
    use crate::model::{Level, Model, Rule, Triggers};
    use crate::{Layout, compile, compile_without_index};
    use sluice_abi::{Action, Field, Trigger};

    fn rule(when: &str, level: Level) -> Rule {
        let condition = check(&crate::text::parse(when).unwrap(), &Scope::default()).unwrap();
        Rule { condition: Some(condition), ..Rule::new(when, level, Action::Tag) }
    }

    /// The rules that a message of this trigger is put before.
    fn asked(octets: &[u8], facts: &Facts<'_>, trigger: usize) -> Vec<String> {
        let image = Layout::verify(octets).unwrap().image(octets);
        let texts = &mut Judgement::new().memory.texts;
        let candidates = Candidates::new(&image, facts, trigger, texts);
        candidates.map(|key| image.id(crate::image::rule_of(key)).to_owned()).collect()
    }

    fn message() -> Facts<'static> {
        let mut facts = Facts::new();
        facts.set_octets(Field::CgpaGt, &[0x99, 0x79, 0x00, 0x07]);
        facts.set_octets(Field::SmsOa, b"Brand77");
        facts.set(Field::SmsPid, 64);
        facts
    }

    #[test]
    fn of_a_thousand_rules_those_are_asked_that_the_message_has_values_of() {
        let kinds = |n: u32| match n % 4 {
            0 => format!("sccp.cgpa.gt == \"{}\" and sms.pid == 64", 99_970_000 + n),
            1 => format!("sms.pid == 64 and sms.oa in {{\"Brand{n}\" \"Other{n}\"}}"),
            2 => format!("sccp.cgpa.gt starts_with \"{}\" or sms.oa == \"Name{n}\"", 99_971 + n),
            _ => format!("sms.dcs == {n}"),
        };
        let mut rules: Vec<Rule> = (0..1000).map(|n| rule(&kinds(n), Level::Checks)).collect();
        rules.push(rule("not sms.pid == 3", Level::Lists));
        rules.push(rule("sms.pid == 64", Level::Monitors));
        let model = Model { rules, ..Model::default() };
        let expected = ["not sms.pid == 3", "sms.pid == 64 and sms.oa in {\"Brand77\" \"Other77\"}", "sms.pid == 64"];
        assert_eq!(asked(&compile(&model).unwrap(), &message(), 1), expected);
        let mut node = message();
        node.set_octets(Field::CgpaGt, &[0x99, 0x79, 0x00, 0x80]);
        node.forget(Field::SmsOa);
        let expected = ["not sms.pid == 3", "sccp.cgpa.gt == \"99970008\" and sms.pid == 64", "sms.pid == 64"];
        assert_eq!(asked(&compile(&model).unwrap(), &node, 1), expected);
        assert_eq!(asked(&compile_without_index(&model).unwrap(), &node, 1).len(), 1002);
    }

    #[test]
    fn a_few_rules_are_asked_without_looking_anything_up() {
        let rules = (0..4).map(|n| rule(&format!("sms.dcs == {n}"), Level::Checks)).collect();
        let octets = compile(&Model { rules, ..Model::default() }).unwrap();
        assert_eq!(asked(&octets, &message(), 0).len(), 4);
    }

    #[test]
    fn skipping_leaves_out_what_stands_before() {
        let mut rules: Vec<Rule> = (0..20).map(|n| rule(&format!("sms.pid in {{64 {n}}}"), Level::Checks)).collect();
        rules.extend((0..3).map(|n| rule(&format!("sms.dcs != {n}"), Level::Checks)));
        rules.extend((0..8).map(|n| rule(&format!("sms.pid in {{64 {}}} and kind", 100 + n), Level::Monitors)));
        rules.push(Rule { triggers: Triggers::of([Trigger::Submission]), ..rule("kind", Level::Monitors) });
        let octets = compile(&Model { rules, ..Model::default() }).unwrap();
        let image = Layout::verify(&octets).unwrap().image(&octets);
        let texts = &mut Judgement::new().memory.texts;
        let mut candidates = Candidates::new(&image, &message(), 1, texts);
        assert_eq!(candidates.by_ref().take(2).count(), 2);
        candidates.skip_to(crate::image::MONITORS);
        let left: Vec<u32> = candidates.collect();
        assert!(left.len() == 8 && left.is_sorted() && left.iter().all(|k| *k >= crate::image::MONITORS));
    }
}
