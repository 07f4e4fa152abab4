//! What a policy would have done with messages that have passed: per rule, partner, class and trigger, with examples.
//!
//! One report for three questions: what a new policy changes (`sluice backtest`, and the guard of a push), and what rules
//! in shadow and offline would have done (`sluice policy shadow`). A verdict *changes* where another action is taken, or a
//! reject answers with another error; a message is *blocked* by discard, reject, acknowledge and abort.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

/// The report.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Backtest {
    /// Messages that were judged.
    pub messages: u64,
    /// What became of them.
    pub effect: Effect,
    /// Time of the first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// Time of the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// Rules that matched before or match now, or could not always be asked; those that change most first.
    pub rules: Vec<RuleEffect>,
    /// By network of the calling party, or the beginning of its global title where the network is not known.
    pub partners: Vec<GroupEffect>,
    /// By who talks to whom: p2p, a2p, p2a, ota.
    pub classes: Vec<GroupEffect>,
    /// By what the text is for: personal, otp, alert, promotional.
    pub use_cases: Vec<GroupEffect>,
    /// By place in the life of a short message.
    pub triggers: Vec<GroupEffect>,
    /// What could not be judged, or only in part.
    pub unjudged: Unjudged,
}

/// How verdicts move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Effect {
    /// Messages that were blocked.
    pub blocked_before: u64,
    /// Messages that are blocked now.
    pub blocked_now: u64,
    /// Messages with another verdict, however it moves.
    pub changed: u64,
    /// Messages that passed and are blocked now.
    pub newly_blocked: u64,
    /// Messages that were blocked and pass now.
    pub no_longer_blocked: u64,
}

/// What a rule does.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleEffect {
    /// Its id.
    pub rule: String,
    /// Its mode: `enforce`, `shadow` or `offline`; absent for a rule that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Messages it matched before, whether it decided or not.
    pub matched_before: u64,
    /// Messages it matches now.
    pub matched_now: u64,
    /// Messages that it blocks now and that passed before.
    pub newly_blocked: u64,
    /// Messages that it blocked and that pass now.
    pub no_longer_blocked: u64,
    /// Messages it could not be asked about in full: a field it reads was not recorded.
    pub unjudged: u64,
    /// Some of the messages it changes; where it changes none, of those it matches.
    pub examples: Vec<Example>,
}

/// What becomes of a part of the traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupEffect {
    /// Which part; `-` for messages that do not say.
    pub name: String,
    /// Messages of it.
    pub messages: u64,
    /// What becomes of them.
    pub effect: Effect,
}

/// One message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Example {
    /// Its sequence number in the journal, or its frame number in the capture.
    pub id: u64,
    /// The action taken before.
    pub before: String,
    /// The rule that took it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_before: Option<String>,
    /// The action taken now.
    pub now: String,
    /// The rule that takes it, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_now: Option<String>,
    /// The message with its verdict and the evidence for it, in the shape of an event.
    #[schema(value_type = Object)]
    pub record: Box<RawValue>,
}

/// What could not be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unjudged {
    /// Messages recorded without their numbers (log level `summary`).
    pub without_addresses: u64,
    /// Messages recorded without their text (log level `addresses`).
    pub without_content: u64,
    /// Messages of which only the beginning of a long value was recorded.
    pub cut: u64,
    /// Records that cannot be read: of another release, or damaged.
    pub unreadable: u64,
    /// Records that are gone.
    pub lost: u64,
    /// Rules of the former policy that record nothing of what they decide: such messages are in no journal.
    pub unrecorded_rules: u64,
}

impl Unjudged {
    /// Whether everything could be judged.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Backtest {
    /// Share of messages that get another verdict, from 0 to 1.
    pub fn changed_share(&self) -> f64 {
        share(self.effect.changed, self.messages)
    }

    /// The report in a sentence.
    pub fn sentence(&self) -> String {
        let Effect { changed, newly_blocked, no_longer_blocked, .. } = self.effect;
        format!(
            "{changed} of {} messages ({:.2} %) get another verdict: {newly_blocked} are newly blocked, \
             {no_longer_blocked} not any more",
            self.messages,
            self.changed_share() * 100.0
        )
    }
}

/// A part of a whole, from 0 to 1.
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What of the past the report on shadow is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShadowQuery {
    /// Only messages of this moment or later; of the last hour if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,10}([.][0-9]{1,9})?$")]
    pub since: Option<Timestamp>,
    /// Number of examples of each rule, at most 20; 3 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examples: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_says_how_much_changes_and_which_way() {
        let effect = Effect { changed: 3, newly_blocked: 2, no_longer_blocked: 1, ..Effect::default() };
        let report = Backtest { messages: 400, effect, ..Backtest::default() };
        assert_eq!(
            report.sentence(),
            "3 of 400 messages (0.75 %) get another verdict: 2 are newly blocked, 1 not any more"
        );
        assert!(Backtest::default().sentence().starts_with("0 of 0 messages (0.00 %)"));
    }
}
