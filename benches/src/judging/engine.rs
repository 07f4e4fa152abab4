//! The whole engine over a load: decode, CRC32c, dialogue, text, rules, and a record of each message.

use super::finders::Finder;
use super::policy::Policy;
use super::turns::Turn;
use crate::Load;
use crate::ours::{Drive, Keeps};
use sluice_abi::counters::{Count, Slot};
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_engine::{Scope, Sink};

/// Room for answers about one text.
pub const HITS: usize = 1024;
/// What an engine comes to: messages judged above this bit, those that were stopped or have a hit below it.
pub const JUDGED: u32 = 32;

/// The engine with a policy.
pub fn judged<'l>(name: &str, load: &'l Load, policy: Option<Policy>) -> Turn<'l> {
    let (mut drive, mut sink, frames) = (Drive::new(Scope::Sms), Verdicts::default(), load.frames());
    Turn::new(name, frames.len(), move || {
        sink.outcome = 0;
        drive.rest();
        drive.pass(&frames, policy.as_ref().map(Policy::image).as_ref(), &mut sink);
        sink.outcome
    })
}

/// The engine with a policy that has the text read, and a finder that searches it.
pub fn searched<'l>(load: &'l Load, policy: Policy, finder: Box<dyn Finder>) -> Turn<'l> {
    let (mut drive, frames, may_allocate) = (Drive::new(Scope::Sms), load.frames(), finder.may_allocate());
    let name = format!("text read+{}", finder.name());
    let mut sink = Searches { verdicts: Verdicts::default(), finder, hits: Vec::with_capacity(HITS) };
    let work = move || {
        sink.verdicts.outcome = 0;
        drive.rest();
        drive.pass(&frames, Some(&policy.image()), &mut sink);
        sink.verdicts.outcome
    };
    Turn::new(name, load.frames().len(), work).allocating(may_allocate)
}

/// Writes records and counts verdicts.
#[derive(Default)]
struct Verdicts {
    keeps: Keeps,
    outcome: u64,
}

impl Count for Verdicts {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.keeps.add(slot, n);
    }
}

impl Sink for Verdicts {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, log: LogLevel) {
        let is_stopped = facts.number(Field::VerdictAction) == Some(Action::Discard as u64);
        self.outcome += (1 << JUDGED) + u64::from(is_stopped);
        self.keeps.message(facts, log);
    }
}

/// Has a finder search each text.
struct Searches {
    verdicts: Verdicts,
    finder: Box<dyn Finder>,
    hits: Vec<u32>,
}

impl Count for Searches {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.verdicts.add(slot, n);
    }
}

impl Sink for Searches {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, log: LogLevel) {
        self.hits.clear();
        if let Some(text) = facts.octets(Field::SmsPlain) {
            self.finder.find(text, &mut self.hits);
        }
        self.verdicts.outcome += u64::from(!self.hits.is_empty());
        self.verdicts.message(facts, log);
    }
}
