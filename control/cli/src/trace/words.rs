//! A verdict and what was done, in words.

use super::select::applied;
use sluice_abi::{Action, Facts, Field, Part, Path};

/// What was done to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Its destination is given an abort of a transaction that it does not have.
    Neutralised,
    /// Its destination refuses the dialogue, and that becomes the answer.
    Bounced,
    /// It became its own answer.
    Reflected,
    /// It has other contents.
    Rewritten,
    /// It should have been and went on as it came.
    Nothing,
}

impl Done {
    /// What was done, as far as it shows; none where nothing was to be done.
    pub fn of(judged: &Facts<'_>, after: Option<&Facts<'_>>) -> Option<Self> {
        Some(match applied(judged)? {
            Action::Discard => Self::Neutralised,
            Action::Reject | Action::Acknowledge | Action::Abort if after.is_some_and(|a| is_turned(judged, a)) => {
                Self::Reflected
            }
            Action::Reject | Action::Acknowledge | Action::Abort if is_request(judged) => Self::Bounced,
            Action::Reject | Action::Acknowledge | Action::Abort | Action::Rewrite => Self::Rewritten,
            Action::Pass | Action::Tag | Action::Copy | Action::Score => Self::Nothing,
        })
    }

    /// In one word, or two.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Neutralised => "neutralised",
            Self::Bounced => "bounced",
            Self::Reflected => "reflected",
            Self::Rewritten => "rewritten",
            Self::Nothing => "not applied",
        }
    }

    /// What that means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Neutralised => "its destination is given an abort of a transaction that it does not have",
            Self::Bounced => "its destination refuses it unread, and that refusal becomes the answer",
            Self::Reflected => "it becomes its own answer",
            Self::Rewritten => "other contents, to the same destination",
            Self::Nothing => "in this form it cannot be changed; it went on as it came",
        }
    }
}

fn is_request(facts: &Facts<'_>) -> bool {
    shown(facts, Field::MapComponent).is_none_or(|component| component == "invoke")
}

/// Whether it goes back to whom it came from.
fn is_turned(before: &Facts<'_>, after: &Facts<'_>) -> bool {
    const ENDS: [(Field, Field); 4] = [
        (Field::CdpaGt, Field::CgpaGt),
        (Field::CdpaPc, Field::CgpaPc),
        (Field::CdpaSsn, Field::CgpaSsn),
        (Field::MtpDpc, Field::MtpOpc),
    ];
    let value = |facts: &Facts<'_>, field| shown(facts, field);
    let is_other = ENDS.iter().any(|&(to, from)| value(before, to) != value(before, from));
    is_other && ENDS.iter().all(|&(to, from)| value(before, to) == value(after, from))
}

/// A verdict and what was done.
pub fn said(judged: &Facts<'_>, after: Option<&Facts<'_>>) -> String {
    let done = Done::of(judged, after).map(|done| format!(": {}", done.word())).unwrap_or_default();
    format!("{}{done}", verdict(judged))
}

/// A verdict: what, and on whose behalf.
pub fn verdict(facts: &Facts<'_>) -> String {
    let action = shown(facts, Field::VerdictAction).unwrap_or_else(|| "not judged".to_owned());
    let error = facts.number(Field::VerdictError).map(|error| format!(" with error {error}")).unwrap_or_default();
    let by = match (shown(facts, Field::VerdictRule), shown(facts, Field::VerdictReason).as_deref()) {
        (Some(rule), _) => format!(" by rule {rule}"),
        (None, Some("default")) => ", for no rule decided".to_owned(),
        (None, Some("no_policy")) => ", for there was no policy".to_owned(),
        (None, Some("undecodable")) => ", for the message could not be decoded".to_owned(),
        (None, _) => String::new(),
    };
    format!("{action}{error}{by}")
}

fn shown(facts: &Facts<'_>, field: Field) -> Option<String> {
    facts.value(Path { field, part: Part::Whole })?;
    crate::learn::message::text(facts, field, Part::Whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(applied: Option<Action>, component: u64) -> Facts<'static> {
        let mut facts = Facts::new();
        facts.set(Field::VerdictAction, Action::Reject as u64);
        facts.set_octets(Field::VerdictRule, b"spam-words");
        facts.set(Field::MapComponent, component);
        facts.set(Field::CdpaSsn, 8);
        facts.set(Field::CgpaSsn, 6);
        facts.set_some(Field::VerdictApplied, applied.map(|action| action as u64));
        facts
    }

    #[test]
    fn what_was_done_is_told_from_the_message_and_what_it_became() {
        let mut turned = Facts::new();
        turned.set(Field::CdpaSsn, 6);
        turned.set(Field::CgpaSsn, 8);
        let (invoke, result) = (0, 1);
        let of = |applied, component, after: Option<&Facts<'_>>| Done::of(&judged(applied, component), after);
        let bounced = judged(None, invoke);
        assert_eq!(of(None, invoke, None), None);
        assert_eq!(of(Some(Action::Pass), invoke, None), Some(Done::Nothing));
        assert_eq!(of(Some(Action::Discard), invoke, None), Some(Done::Neutralised));
        assert_eq!(of(Some(Action::Reject), invoke, Some(&bounced)), Some(Done::Bounced));
        assert_eq!(of(Some(Action::Reject), invoke, Some(&turned)), Some(Done::Reflected));
        assert_eq!(of(Some(Action::Reject), result, None), Some(Done::Rewritten));
    }

    #[test]
    fn a_verdict_names_its_rule() {
        assert_eq!(verdict(&judged(None, 0)), "reject by rule spam-words");
    }
}
