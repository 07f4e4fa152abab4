//! The verdict on one message: the rules', or the configured condition's where no rule can decide.

use crate::act::{self, Verdict};
use crate::line::Plan;
use crate::memory::{Memory, TextScratch};
use crate::{Settings, Side, Sink, facts};
use sluice_abi::counters::{Counter, Exit};
use sluice_abi::verdict::Reason;
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_rules::{Image, Judgement, Purpose, RuleIndex, evaluate};
use std::net::IpAddr;

/// The two ways out of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Fail open.
    Pass,
    /// Fail closed.
    Discard,
}

/// What happens where no rule can decide, one condition at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// A short message that does not parse and that no rule decided.
    pub undecodable: Fallback,
    /// No policy is in force.
    pub no_policy: Fallback,
    /// How much is recorded while no policy is in force.
    pub no_policy_log: LogLevel,
    /// A message of a dialogue that was not seen to open, and that no rule refused.
    pub mid_stream: Fallback,
    /// A message that no rule refused and that leaves no record, because there is no room for one.
    pub ring_full: Fallback,
}

impl Default for Conditions {
    fn default() -> Self {
        let pass = Fallback::Pass;
        Self { undecodable: pass, no_policy: pass, no_policy_log: LogLevel::Summary, mid_stream: pass, ring_full: pass }
    }
}

impl Fallback {
    const fn action(self) -> Action {
        match self {
            Self::Pass => Action::Pass,
            Self::Discard => Action::Discard,
        }
    }
}

/// Where the texts and the verdict that facts borrow are written.
pub type Room<'p> = (&'p mut TextScratch, &'p mut Judgement);

/// What judging needs besides the message.
pub struct Judge {
    conditions: Conditions,
    purpose: Purpose,
    /// What a delivery with an id that is not good is refused with.
    home_error: u8,
}

impl Judge {
    pub(crate) fn new(settings: &Settings) -> Self {
        let home_error = settings.home.as_ref().map_or(0, |home| home.error);
        Self { conditions: settings.conditions, purpose: settings.purpose, home_error }
    }

    /// Judges a message, acts on it and hands it on.
    #[inline]
    pub fn judge<'p>(
        &self,
        facts: &mut Facts<'p>,
        policy: Option<&Image<'p>>,
        memory: &mut Memory,
        room: Room<'p>,
        plan: &mut Plan<'_>,
        sink: &mut impl Sink,
    ) {
        let Some(image) = policy else {
            let action = self.conditions.no_policy.action();
            decide(facts, action, Reason::NoPolicy);
            let log = self.conditions.no_policy_log;
            let mut verdict = Verdict { action, rewrite: None, log };
            self.refuse_bad_id(&mut verdict, facts);
            act::act(verdict, facts, plan, sink);
            return sink.message(facts, log);
        };
        let mut verdict = self.asked(facts, image, memory, room, sink);
        self.close(&mut verdict, facts, sink);
        self.refuse_bad_id(&mut verdict, facts);
        act::act(verdict, facts, plan, sink);
        sink.message(facts, verdict.log);
    }

    /// Puts a message that is no short message before the rules; only where one matched is it handed on.
    #[inline(never)]
    pub fn screen<'p>(
        &self,
        facts: &mut Facts<'p>,
        policy: Option<&Image<'p>>,
        memory: &mut Memory,
        room: Room<'p>,
        plan: &mut Plan<'_>,
        sink: &mut impl Sink,
    ) -> Exit {
        let Some(image) = policy else { return Exit::NotSms };
        let mut verdict = self.asked(facts, image, memory, room, sink);
        self.close(&mut verdict, facts, sink);
        let matched = [Field::VerdictRule, Field::VerdictTags, Field::VerdictShadow];
        if !matched.into_iter().any(|field| facts.has(field)) {
            return Exit::NotSms;
        }
        act::act(verdict, facts, plan, sink);
        sink.message(facts, verdict.log);
        Exit::Judged
    }

    /// Discards what would pass and must not, by the conditions that are closed.
    #[inline]
    fn close(&self, verdict: &mut Verdict<'_>, facts: &mut Facts<'_>, sink: &impl Sink) {
        let Conditions { mid_stream, ring_full, .. } = self.conditions;
        if (mid_stream, ring_full) == (Fallback::Pass, Fallback::Pass) || verdict.action != Action::Pass {
            return;
        }
        let reason = if mid_stream == Fallback::Discard && facts.has(Field::AnomalyDialogueUnknown) {
            Reason::MidStream
        } else if ring_full == Fallback::Discard && !sink.has_room() {
            Reason::RingFull
        } else {
            return;
        };
        verdict.action = Action::Discard;
        decide(facts, Action::Discard, reason);
    }

    /// What came for an id that is not good has nowhere to go: it is refused whatever the rules say, if they do not.
    #[inline]
    fn refuse_bad_id(&self, verdict: &mut Verdict<'_>, facts: &mut Facts<'_>) {
        let is_bad = facts.number(Field::HomeId).is_some_and(|id| id != GOOD_ID);
        let passes = !verdict.action.is_terminal() || matches!(verdict.action, Action::Pass | Action::Rewrite);
        if is_bad && passes {
            (verdict.action, verdict.rewrite) = (Action::Reject, None);
            decide(facts, Action::Reject, Reason::HomeRouting);
            facts.set(Field::VerdictError, self.home_error.into());
        }
    }

    /// Sets what is known, asks the rules, writes their verdict into the facts, and keeps what the message teaches.
    #[inline(always)]
    fn asked<'p>(
        &self,
        facts: &mut Facts<'p>,
        image: &Image<'p>,
        memory: &mut Memory,
        (texts, judgement): Room<'p>,
        sink: &mut impl Sink,
    ) -> Verdict<'p> {
        memory.facts(facts, image, texts);
        evaluate(image, facts, self.purpose, &mut memory.counters(), judgement);
        let (mut action, log, reason) = (judgement.action(), judgement.log(), judgement.reason());
        sink.count(Counter::ShadowMatches, judgement.shadow().len() as u64);
        let rewrite = judgement.rule().filter(|_| action == Action::Rewrite).and_then(|rule| image.rewrite(rule));
        let is_stopped_in_shadow = would_stop(image, judgement.shadow());
        judgement.record(image, facts);
        if reason == Reason::Default && facts.has(Field::Malformed) {
            action = self.conditions.undecodable.action();
            decide(facts, action, Reason::Undecodable);
        }
        if matches!(action, Action::Pass | Action::Rewrite) && !is_stopped_in_shadow {
            memory.learn(facts);
        }
        Verdict { action, rewrite, log }
    }
}

/// Whether a rule in shadow would have stopped the message.
fn would_stop(image: &Image<'_>, shadow: &[RuleIndex]) -> bool {
    let actions = shadow.iter().filter_map(|&rule| image.rule(rule)).map(|rule| rule.action());
    actions.into_iter().any(|action| action.is_terminal() && action != Action::Pass)
}

fn decide(facts: &mut Facts<'_>, action: Action, reason: Reason) {
    facts.set(Field::VerdictAction, action as u64);
    facts.set(Field::VerdictReason, reason as u64);
}

/// Of [`Field::HomeId`].
pub const GOOD_ID: u64 = 0;
const INBOUND: u64 = 0;
const OUTBOUND: u64 = 1;

/// Which way the message crosses between the home network and the others, where that is known.
#[inline]
pub fn direction(facts: &mut Facts<'_>, side: Side<'_>) {
    let direction = match side {
        Side::Outside => Some(INBOUND),
        Side::Inside => Some(OUTBOUND),
        Side::ByAddress { inside: [] } => None,
        Side::ByAddress { inside } => {
            let is_inside = |field| facts.octets(field).and_then(address).is_some_and(|a| inside.contains(&a));
            match (is_inside(Field::Src), is_inside(Field::Dst)) {
                (true, false) => Some(OUTBOUND),
                (false, true) => Some(INBOUND),
                _ => None,
            }
        }
    };
    facts.set_some(Field::LabelsDirection, direction);
}

/// Whether a packet goes from the home network to another.
pub fn is_outbound(side: Side<'_>, ip: &[u8]) -> bool {
    let mut facts = Facts::new();
    facts::addresses(&mut facts, ip);
    direction(&mut facts, side);
    facts.number(Field::LabelsDirection) == Some(OUTBOUND)
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
    }
}
