//! One run of a case: what was sent, what was known of it, and how long the engine took.

use super::rig::Case;
use super::traffic::Sent;
use std::time::Duration;

/// What was known of what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Messages judged.
    pub messages: u64,
    /// With a dialogue that is known.
    pub dialogues: u64,
    /// Submissions whose sender's place was known.
    pub places: u64,
    /// Deliveries whose sender had asked.
    pub pairs: u64,
    /// Stopped, as only the list does.
    pub stopped: u64,
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// CPU time of the engine.
    pub took: Duration,
    /// What was sent.
    pub sent: Sent,
    /// What was known of it.
    pub known: Known,
}

impl Run {
    /// Nanoseconds a message.
    pub fn ns(&self) -> f64 {
        self.took.as_nanos() as f64 / self.sent.messages.max(1) as f64
    }

    /// Whether everything was judged, and as much was known as the case says.
    ///
    /// # Errors
    /// What was not.
    pub fn check(&self, case: Case) -> anyhow::Result<()> {
        let Self { sent, known, .. } = self;
        let is_policy = case != Case::NoPolicy;
        let wrong = |what: &str| anyhow::anyhow!("{}: {what}: {sent:?}, {known:?}", case.name());
        anyhow::ensure!(known.messages == sent.messages, wrong("not every message was judged"));
        anyhow::ensure!(known.stopped == if is_policy { sent.listed } else { 0 }, wrong("not the list's were stopped"));
        let share = |known: u64, sent: u64| known as f64 / sent.max(1) as f64;
        // The index of a full table has no place for some.
        anyhow::ensure!(share(known.dialogues, sent.messages) > 0.98, wrong("too few dialogues are known"));
        let shares = [share(known.places, sent.submissions), share(known.pairs, sent.deliveries)];
        let are_known = match case {
            Case::NoPolicy => shares == [0.0; 2],
            Case::Empty => shares.iter().all(|share| *share < 0.05),
            Case::Few | Case::Full => shares.iter().all(|share| *share > 0.98),
        };
        anyhow::ensure!(are_known, wrong("known is not what should be"));
        Ok(())
    }
}
