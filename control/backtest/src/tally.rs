//! Two verdicts of each message, summed up.

use crate::groups::Groups;
use crate::recorded::Lacking;
use crate::verdict::Verdict;
use serde_json::value::RawValue;
use sluice_abi::json::Privacy;
use sluice_abi::{Facts, Field};
use sluice_api::Timestamp;
use sluice_api::backtest::{Backtest, Effect, Example, GroupEffect, RuleEffect};
use sluice_rules::Image;
use std::collections::BTreeMap;

/// What is wanted in a report.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Examples of each rule, at most [`EXAMPLES_MAX`].
    pub examples: usize,
    /// Whether they show numbers and texts.
    pub privacy: Privacy,
    /// Messages before this time are judged, so that counters have something to count, and are not in the report.
    pub from_ns: u64,
    /// Messages from this time on are left out.
    pub until_ns: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { examples: EXAMPLES_DEFAULT, privacy: Privacy::Masked, from_ns: 0, until_ns: u64::MAX }
    }
}

/// Examples of each rule where nobody says how many.
pub const EXAMPLES_DEFAULT: usize = 3;
/// Most examples of a rule.
pub const EXAMPLES_MAX: usize = 20;
/// Most examples in a report: a policy may have 100,000 rules.
const EXAMPLES_TOTAL_MAX: usize = 1_000;
/// Most parts of the traffic under one heading; what comes later is under [`OTHERS`].
const GROUPS_MAX: usize = 500;
const OTHERS: &str = "others";
/// What decides where no rule does.
pub const DEFAULT_RULE: &str = "(default)";

/// One message, as far as it is counted.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number in the journal, or its frame's in the capture.
    pub id: u64,
    time_ns: u64,
    groups: Groups,
}

impl Message {
    /// With what its facts say of it.
    pub fn of(id: u64, facts: &Facts<'_>) -> Self {
        Self { id, time_ns: facts.number(Field::TimeNs).unwrap_or(0), groups: Groups::of(facts) }
    }
}

/// The former verdict, shown if the tally wanted to see it.
#[derive(Clone, Debug)]
pub struct Before<'r> {
    /// The verdict.
    pub verdict: Verdict<'r>,
    /// The message as an event with this verdict.
    pub shown: Option<String>,
}

/// The sums.
pub struct Tally {
    settings: Settings,
    messages: u64,
    effect: Effect,
    times: Option<(u64, u64)>,
    rules: BTreeMap<String, RuleTally>,
    groups: [BTreeMap<String, (u64, Effect)>; 4],
    /// What records lack.
    pub lacking: Lacking,
    room: usize,
}

#[derive(Default)]
struct RuleTally {
    matched_before: u64,
    matched_now: u64,
    newly_blocked: u64,
    no_longer_blocked: u64,
    changed: Vec<Example>,
    matched: Vec<Example>,
}

impl Tally {
    /// Of nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            messages: 0,
            effect: Effect::default(),
            times: None,
            rules: BTreeMap::new(),
            groups: Default::default(),
            lacking: Lacking::default(),
            room: EXAMPLES_TOTAL_MAX,
        }
    }

    /// Whether messages of this time are in the report.
    pub fn covers(&self, facts: &Facts<'_>) -> bool {
        let time_ns = facts.number(Field::TimeNs).unwrap_or(0);
        (self.settings.from_ns..self.settings.until_ns).contains(&time_ns)
    }

    /// How much examples show.
    pub fn privacy(&self) -> Privacy {
        self.settings.privacy
    }

    /// Whether a message with this former verdict may become an example for it.
    pub fn wants(&self, before: &Verdict<'_>) -> bool {
        before.blocks() && self.has_room(before.rule.unwrap_or(DEFAULT_RULE), true)
    }

    /// Counts a message. `show` gives it as an event with the new verdict.
    pub fn add(&mut self, message: &Message, before: Before<'_>, now: &Verdict<'_>, mut show: impl FnMut() -> String) {
        let effect = effect(&before.verdict, now);
        self.messages += 1;
        let (first, last) = self.times.unwrap_or((message.time_ns, message.time_ns));
        self.times = Some((first.min(message.time_ns), last.max(message.time_ns)));
        sum(&mut self.effect, effect);
        self.group(message, effect);
        for id in &before.verdict.matched {
            self.rule(id).matched_before += 1;
        }
        for id in &now.matched {
            self.rule(id).matched_now += 1;
        }
        let deciding = now.rule.unwrap_or(DEFAULT_RULE);
        let former = before.verdict.rule.unwrap_or(DEFAULT_RULE);
        if effect.newly_blocked > 0 {
            self.rule(deciding).newly_blocked += 1;
        }
        if effect.no_longer_blocked > 0 {
            self.rule(former).no_longer_blocked += 1;
            let shown = before.shown.clone().unwrap_or_else(&mut show);
            self.keep(former, true, || example(message, &before.verdict, now, shown));
        } else if effect.changed > 0 {
            self.keep(deciding, true, || example(message, &before.verdict, now, show()));
        }
        for id in &now.matched {
            self.keep(id, false, || example(message, &before.verdict, now, show()));
        }
    }

    fn rule(&mut self, id: &str) -> &mut RuleTally {
        self.rules.entry(id.to_owned()).or_default()
    }

    fn has_room(&self, id: &str, changes: bool) -> bool {
        let kept = self.rules.get(id).map_or(0, |rule| if changes { rule.changed.len() } else { rule.matched.len() });
        kept < self.settings.examples.min(EXAMPLES_MAX) && self.room > 0
    }

    fn keep(&mut self, id: &str, changes: bool, example: impl FnOnce() -> Option<Example>) {
        if !self.has_room(id, changes) {
            return;
        }
        if let Some(example) = example() {
            self.room -= 1;
            let rule = self.rule(id);
            if changes { rule.changed.push(example) } else { rule.matched.push(example) }
        }
    }

    fn group(&mut self, message: &Message, effect: Effect) {
        let Groups { partner, class, use_case, trigger } = &message.groups;
        for (groups, name) in self.groups.iter_mut().zip([partner, class, use_case, trigger]) {
            let is_known = groups.contains_key(name) || groups.len() < GROUPS_MAX;
            let name = if is_known { name.as_str() } else { OTHERS };
            let (messages, sums) = groups.entry(name.to_owned()).or_default();
            *messages += 1;
            sum(sums, effect);
        }
    }

    /// The report; `image` is the policy whose rules were asked.
    pub fn finish(self, image: &Image<'_>) -> Backtest {
        let Self { messages, effect, times, mut rules, groups, lacking, .. } = self;
        let mut modes = BTreeMap::new();
        for (index, rule) in image.rules() {
            let unjudged = lacking.of_rule(image, index);
            let id = image.id(index);
            modes.insert(id, (rule.mode().name().to_owned(), unjudged));
            if unjudged > 0 {
                rules.entry(id.to_owned()).or_default();
            }
        }
        let effect_of = |(id, tally): (String, RuleTally)| {
            let (mode, unjudged) = modes.get(id.as_str()).cloned().map_or((None, 0), |(mode, n)| (Some(mode), n));
            tally.report(id, mode, unjudged)
        };
        let mut rules: Vec<RuleEffect> = rules.into_iter().map(effect_of).collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(weight(rule)));
        let [partners, classes, use_cases, triggers] = groups.map(largest_first);
        let moment = |ns| Timestamp::from_ns(ns);
        Backtest {
            messages,
            effect,
            first: times.map(|(first, _)| moment(first)),
            last: times.map(|(_, last)| moment(last)),
            rules,
            partners,
            classes,
            use_cases,
            triggers,
            unjudged: lacking.unjudged(),
        }
    }
}

impl RuleTally {
    fn report(self, rule: String, mode: Option<String>, unjudged: u64) -> RuleEffect {
        RuleEffect {
            rule,
            mode,
            matched_before: self.matched_before,
            matched_now: self.matched_now,
            newly_blocked: self.newly_blocked,
            no_longer_blocked: self.no_longer_blocked,
            unjudged,
            examples: if self.changed.is_empty() { self.matched } else { self.changed },
        }
    }
}

/// What moves most stands first: what is blocked, then what is matched.
fn weight(rule: &RuleEffect) -> (u64, u64, u64) {
    (rule.newly_blocked + rule.no_longer_blocked, rule.matched_now.max(rule.matched_before), rule.unjudged)
}

fn largest_first(groups: BTreeMap<String, (u64, Effect)>) -> Vec<GroupEffect> {
    let group = |(name, (messages, effect))| GroupEffect { name, messages, effect };
    let mut groups: Vec<GroupEffect> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.effect.changed, group.messages)));
    groups
}

fn effect(before: &Verdict<'_>, now: &Verdict<'_>) -> Effect {
    let (blocked, blocks) = (before.blocks(), now.blocks());
    Effect {
        blocked_before: blocked.into(),
        blocked_now: blocks.into(),
        changed: before.differs(now).into(),
        newly_blocked: (!blocked && blocks).into(),
        no_longer_blocked: (blocked && !blocks).into(),
    }
}

fn sum(sums: &mut Effect, effect: Effect) {
    sums.blocked_before += effect.blocked_before;
    sums.blocked_now += effect.blocked_now;
    sums.changed += effect.changed;
    sums.newly_blocked += effect.newly_blocked;
    sums.no_longer_blocked += effect.no_longer_blocked;
}

fn example(message: &Message, before: &Verdict<'_>, now: &Verdict<'_>, shown: String) -> Option<Example> {
    Some(Example {
        id: message.id,
        before: before.action.name().to_owned(),
        rule_before: before.rule.map(str::to_owned),
        now: now.action.name().to_owned(),
        rule_now: now.rule.map(str::to_owned),
        record: RawValue::from_string(shown).ok()?,
    })
}
