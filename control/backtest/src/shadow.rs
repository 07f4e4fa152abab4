//! What rules in shadow and offline would have done, as if they had been enforced.
//!
//! Rules in shadow were asked when the message passed, and the record names those that matched. Offline rules are asked
//! now. The first of either kind that decides, in the order of the policy, is the verdict there would have been.

use crate::judge::{self, Judge};
use crate::tally::{Before, Message, Settings, Tally};
use crate::verdict::{Verdict, shadow};
use sluice_abi::json::to_json;
use sluice_abi::{Facts, Mode, record};
use sluice_api::backtest::Backtest;
use sluice_engine::Again;
use sluice_rules::{Image, Level, RuleIndex};
use std::collections::BTreeMap;

/// The policy in force, over its own past.
pub struct Shadow<'i> {
    judge: Judge<'i>,
    again: Again,
    rules: BTreeMap<&'i str, RuleIndex>,
    tally: Tally,
    unreadable: u64,
}

impl<'i> Shadow<'i> {
    /// Of nothing yet.
    pub fn new(image: Image<'i>, settings: Settings) -> Self {
        let rules = image.rules().map(|(index, _)| (image.id(index), index)).collect();
        Self { judge: Judge::new(image), again: judge::again(), rules, tally: Tally::new(settings), unreadable: 0 }
    }

    /// The next record, with its sequence number.
    pub fn record(&mut self, sequence: u64, record: &[u8]) {
        match record::decode(record) {
            Ok(facts) => self.message(sequence, &facts),
            Err(_) => self.unreadable += 1,
        }
    }

    fn message(&mut self, sequence: u64, recorded: &Facts<'_>) {
        let Self { judge, again, rules, tally, .. } = self;
        let image = *judge.image();
        let facts = again.facts(recorded, &image);
        let judged = judge.judge(&facts);
        let was = Verdict::recorded(recorded);
        let is_offline = |id: &&str| mode(&image, rules, id) == Some(Mode::Offline);
        // One that the present policy enforces has been promoted since: it is none of shadow's any more.
        let is_shadow = |id: &&str| mode(&image, rules, id) != Some(Mode::Enforce);
        let matched: Vec<&str> =
            shadow(recorded).filter(is_shadow).chain(judged.matched.iter().copied().filter(is_offline)).collect();
        let now = would_be(&image, rules, &was, matched);
        if tally.covers(recorded) {
            tally.lacking.count(recorded);
            let before = Before { verdict: Verdict { matched: Vec::new(), ..was }, shown: None };
            let privacy = tally.privacy();
            tally.add(&Message::of(sequence, &facts), before, &now, || to_json(recorded, privacy));
        }
    }

    /// The report, of rules in shadow and offline alone.
    pub fn finish(self) -> Backtest {
        let image = *self.judge.image();
        let mut report = self.tally.finish(&image);
        report.rules.retain(|rule| rule.mode.as_deref() != Some(Mode::Enforce.name()));
        report.unjudged.unreadable = self.unreadable;
        report
    }
}

fn mode(image: &Image<'_>, rules: &BTreeMap<&str, RuleIndex>, id: &str) -> Option<Mode> {
    rules.get(id).and_then(|&index| image.rule(index)).map(|rule| rule.mode())
}

/// The verdict if those that matched had been enforced. Each stood before the rule that decided.
fn would_be<'r>(
    image: &Image<'_>,
    rules: &BTreeMap<&str, RuleIndex>,
    was: &Verdict<'r>,
    matched: Vec<&'r str>,
) -> Verdict<'r> {
    let deciding = |id: &&'r str| {
        let (index, rule) = rules.get(*id).and_then(|&index| Some((index, image.rule(index)?)))?;
        let decides = rule.level() != Level::Monitors && rule.action().is_terminal();
        decides.then_some(((rule.level().number(), index), *id, rule))
    };
    let first = matched.iter().filter_map(deciding).min_by_key(|(place, ..)| *place);
    match first {
        None => Verdict { matched, ..was.clone() },
        Some((_, id, rule)) => Verdict {
            action: rule.action(),
            error: rule.error().map(|error| error.number().into()),
            rule: Some(id),
            matched,
        },
    }
}
