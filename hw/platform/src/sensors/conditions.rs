//! What is wrong, from when on and until when: a pure state machine over readings.
//!
//! ```text
//!          bad at LOOKS looks in a row                     well, beyond the margin, at LOOKS looks in a row
//!  well ─────────────────────────────▶ raised ────────────────────────────────────────────────────▶ cleared
//! ```
//! Counters of errors have no well and bad: each growth is raised, and cleared when they have been quiet for a while.

use super::{Kind, Reading};
use serde::Serialize;
use std::collections::BTreeMap;

/// A single odd look is none: sensors read nonsense now and then.
const LOOKS: u32 = 2;
/// Looks without a new error after which a growth is over.
const QUIET_LOOKS: u32 = 60;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// What was measured.
    pub kind: Kind,
    /// Of what.
    pub subject: String,
    /// What is wrong.
    pub what: String,
}

/// What has come to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is wrong from now on.
    Raised(Condition),
    /// It is well again.
    Cleared(Condition),
}

/// All that was seen.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    seen: BTreeMap<(Kind, String), Seen>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    /// Looks in a row at which it was otherwise than it counts as.
    looks: u32,
    errors: Option<i64>,
    raised: Option<String>,
}

impl Conditions {
    /// What is wrong now.
    pub fn raised(&self) -> impl Iterator<Item = Condition> + '_ {
        let condition = |((kind, subject), seen): (&(Kind, String), &Seen)| {
            let what = seen.raised.clone()?;
            Some(Condition { kind: *kind, subject: subject.clone(), what })
        };
        self.seen.iter().filter_map(condition)
    }

    /// Takes a look, and gives what has changed.
    pub fn look(&mut self, readings: &[Reading]) -> Vec<Change> {
        let mut changes = Vec::new();
        for reading in readings {
            let seen = self.seen.entry((reading.kind, reading.subject.clone())).or_default();
            let change = if reading.kind.counts_errors() { seen.count(reading) } else { seen.compare(reading) };
            changes.extend(change);
        }
        changes.extend(self.gone(readings));
        changes
    }

    /// What was there and says nothing more, as a disk that was pulled.
    fn gone(&mut self, readings: &[Reading]) -> Vec<Change> {
        let mut changes = Vec::new();
        for ((kind, subject), seen) in &mut self.seen {
            if !readings.iter().any(|reading| reading.kind == *kind && reading.subject == *subject) {
                let reading = Reading { fault: Some("it is gone".to_owned()), ..Reading::new(*kind, subject.clone()) };
                changes.extend(seen.compare(&reading));
            }
        }
        changes
    }
}

impl Seen {
    fn compare(&mut self, reading: &Reading) -> Option<Change> {
        let complaint = reading.complaint();
        let is_well = complaint.is_none()
            && reading.high.zip(reading.value).is_none_or(|(high, value)| value < high - reading.kind.margin());
        let differs = if self.raised.is_some() { is_well } else { complaint.is_some() };
        self.looks = if differs { self.looks + 1 } else { 0 };
        if self.looks < LOOKS {
            return None;
        }
        self.looks = 0;
        let condition = |what| Condition { kind: reading.kind, subject: reading.subject.clone(), what };
        match self.raised.take() {
            Some(what) => Some(Change::Cleared(condition(what))),
            None => {
                self.raised = complaint;
                self.raised.clone().map(|what| Change::Raised(condition(what)))
            }
        }
    }

    /// The first number is where counting begins: errors of before the start are nobody's news.
    fn count(&mut self, reading: &Reading) -> Option<Change> {
        let value = reading.value?;
        let before = self.errors.replace(value).unwrap_or(value);
        let condition = |what| Condition { kind: reading.kind, subject: reading.subject.clone(), what };
        if value > before {
            self.looks = 0;
            let what = format!("{} more errors, {value} in all", value - before);
            let is_new = self.raised.replace(what.clone()).is_none();
            return is_new.then(|| Change::Raised(condition(what)));
        }
        self.looks += u32::from(self.raised.is_some());
        if self.looks < QUIET_LOOKS {
            return None;
        }
        self.looks = 0;
        self.raised.take().map(|what| Change::Cleared(condition(what)))
    }
}
