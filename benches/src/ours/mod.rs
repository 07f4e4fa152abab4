//! Our own engine among the candidates: the very call the dataplane makes for every frame, with different sinks.
//!
//! Every row goes through [`Drive::pass`], so that what is verified field by field and what is timed bare is the same
//! work up to the sink:
//!
//! | row | policy | the sink |
//! |---|---|---|
//! | `sluice` | none | unpacks every digit and hands out [`Fields`]: what the peers do |
//! | `sluice decode` | none | looks that the text is there; digits stay packed until somebody asks for them |
//! | `sluice decode+rules, summary` | starter | encodes a record without addresses and text, as the starter policy logs |
//! | `sluice decode+rules, full` | starter, all logged in full | encodes a record with every field |
//!
//! The engine is made once for each row and stays warm: its tables are allocated when a dataplane starts, never later.

mod other;
mod policy;
mod sinks;

pub use other::{Early, frames_leaving};
pub use policy::{Starter, starter_folder};
pub use sinks::{Hands, Keeps, Looks, digits_of, operands_of};

use crate::{Candidate, Fields, Frame, Pass, Seen};
use sluice_abi::LogLevel;
use sluice_engine::{Engine, Input, PointCodes, Scope, Settings, Side, Sink};
use sluice_rules::Image;

/// Time of the first frame, in nanoseconds since the epoch.
const START_NS: u64 = 1_767_225_600_000_000_000;
/// Time between two frames: a million in a second, so that no dialogue is given up within a run.
const STEP_NS: u64 = 1_000;
/// Longer than anything is kept.
const REST_NS: u64 = 1_000_000_000_000;
/// LINKTYPE_ETHERNET.
const ETHERNET: u16 = 1;

/// An engine and how many frames it has seen.
pub struct Drive {
    engine: Engine,
    frames: u64,
}

impl Drive {
    /// An engine as the dataplane sets it up.
    pub fn new(scope: Scope) -> Self {
        Self { engine: Engine::new(Settings { scope, ..Settings::default() }), frames: 0 }
    }

    /// Lets time pass, after which nothing waits any more.
    pub fn rest(&mut self) {
        self.frames += REST_NS / STEP_NS;
    }

    /// Every frame through the engine, in order.
    #[inline]
    pub fn pass<'p>(&mut self, frames: &[Frame<'p>], policy: Option<&Image<'p>>, sink: &mut impl Sink) {
        for frame in frames {
            self.frames += 1;
            let input = Input {
                octets: frame.octets,
                link: ETHERNET,
                number: frame.number as u64 + 1,
                time_ns: START_NS + self.frames * STEP_NS,
                port: b"bench",
                side: Side::ByAddress { inside: &[] },
                wire: None,
                point_codes: PointCodes::Itu,
            };
            self.engine.process(&input, policy, sink);
        }
        self.engine.flush_counts(sink);
    }
}

/// The verified row.
pub struct Sluice(Drive);

impl Sluice {
    /// With tables of its own.
    pub fn new() -> Self {
        Self(Drive::new(Scope::Sms))
    }
}

impl Default for Sluice {
    fn default() -> Self {
        Self::new()
    }
}

impl Candidate for Sluice {
    fn name(&self) -> &'static str {
        "sluice"
    }

    fn run(&mut self, frames: &[Frame<'_>], take: &mut dyn FnMut(&Fields<'_>)) {
        self.0.pass(frames, None, &mut Hands::new(take));
    }

    fn may_allocate(&self) -> bool {
        false
    }
}

/// Decoding and nothing else.
pub struct Decode(Drive);

impl Decode {
    /// With tables of its own.
    pub fn new() -> Self {
        Self(Drive::new(Scope::Sms))
    }
}

impl Default for Decode {
    fn default() -> Self {
        Self::new()
    }
}

impl Pass for Decode {
    fn name(&self) -> &'static str {
        "sluice decode"
    }

    fn run(&mut self, frames: &[Frame<'_>]) -> Seen {
        let mut sink = Looks::default();
        self.0.pass(frames, None, &mut sink);
        sink.seen()
    }
}

/// Decoding, the starter policy, and the record of each message.
pub struct Judged {
    drive: Drive,
    policy: Starter,
    name: &'static str,
    sink: Keeps,
}

impl Judged {
    /// With the starter policy, logging this much where no rule says another.
    ///
    /// # Errors
    /// What is wrong with the starter policy.
    pub fn new(log: LogLevel) -> anyhow::Result<Self> {
        let name = match log {
            LogLevel::Full => "sluice decode+rules, full",
            _ => "sluice decode+rules, summary",
        };
        Ok(Self { drive: Drive::new(Scope::Sms), policy: Starter::compile(log)?, name, sink: Keeps::new() })
    }

    /// Octets of the records so far.
    pub fn record_octets(&self) -> u64 {
        self.sink.record_octets()
    }
}

impl Pass for Judged {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, frames: &[Frame<'_>]) -> Seen {
        let before = self.sink.seen();
        self.drive.pass(frames, Some(&self.policy.image()), &mut self.sink);
        self.sink.seen().since(before)
    }
}

/// Frames that are none of ours: seen, counted and left alone.
pub struct Headers {
    drive: Drive,
    name: &'static str,
}

impl Headers {
    /// Over frames that leave this early.
    pub fn new(early: Early) -> Self {
        Self { drive: Drive::new(Scope::Sms), name: early.name() }
    }
}

impl Pass for Headers {
    fn name(&self) -> &'static str {
        self.name
    }

    /// Here every frame is a message, for a message is what the figures are divided by.
    fn run(&mut self, frames: &[Frame<'_>]) -> Seen {
        let mut sink = Looks::default();
        self.drive.pass(frames, None, &mut sink);
        Seen { messages: frames.len() as u64 + sink.seen().messages, text_octets: sink.seen().text_octets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::Truth;
    use crate::{Load, digest, verify};
    use std::path::{Path, PathBuf};

    fn capture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures").join(name)
    }

    #[test]
    fn the_bare_rows_see_the_messages_and_the_text_of_the_verified_one() {
        let load = Load::read(&capture("demo.pcap"), Some(4000), |f| f.chunks().next().is_some()).unwrap();
        let verified = digest(&mut Sluice::new(), &load.frames());
        assert!(verified.seen().messages > 3000 && verified.seen().text_octets > 10_000, "{verified:?}");
        assert_eq!(Decode::new().run(&load.frames()), verified.seen());
        for log in [LogLevel::Summary, LogLevel::Full] {
            let mut judged = Judged::new(log).unwrap();
            // Requests between networks are messages too where a rule matched one.
            let seen = judged.run(&load.frames());
            assert_eq!(seen.text_octets, verified.seen().text_octets, "{}", judged.name());
            assert!(seen.messages >= verified.seen().messages, "{}: {seen:?}", judged.name());
        }
    }

    #[test]
    fn what_is_handed_out_is_the_truth_and_only_other_services_and_fragments_are_missing() {
        for (name, missing_max) in [("demo", 128), ("mix-11", 60)] {
            let load = Load::read(&capture(&format!("{name}.pcap")), None, |_| true).unwrap();
            let truth = Truth::read(&capture(&format!("{name}.pcap.truth.jsonl.gz"))).unwrap();
            let agreement = verify(&mut Sluice::new(), &load.frames(), &truth);
            assert_eq!(agreement.differences.keys().copied().collect::<Vec<_>>(), ["not found"], "{name}: {agreement}");
            assert!(agreement.expected - agreement.equal <= missing_max, "{name}: {agreement}");
        }
    }

    #[test]
    fn frames_of_other_services_bring_no_message_and_leave_as_what_they_are() {
        let whole = Load::read(&capture("mix-11.pcap"), None, |_| true).unwrap();
        let found = Early::ALL.map(|early| {
            let kept = frames_leaving(&whole, early);
            let load = Load::read(&capture("mix-11.pcap"), Some(500), |frame| kept.contains(&frame.number)).unwrap();
            assert_eq!(Headers::new(early).run(&load.frames()), Seen { messages: 500, text_octets: 0 }, "{early:?}");
            kept
        });
        let [control, subsystem, other] = found;
        assert!(subsystem.is_subset(&other) && control.is_disjoint(&other));
    }

    #[test]
    fn a_warm_engine_makes_the_same_of_the_same_load_again() {
        let load = Load::read(&capture("demo.pcap"), Some(8000), |f| f.chunks().next().is_some()).unwrap();
        let mut sluice = Sluice::new();
        let first = digest(&mut sluice, &load.frames());
        assert_eq!(digest(&mut sluice, &load.frames()), first);
    }

    #[test]
    fn a_full_record_is_longer_than_a_summary_and_holds_the_text() {
        let load = Load::read(&capture("demo.pcap"), None, |f| f.chunks().next().is_some()).unwrap();
        let octets = |log| {
            let mut judged = Judged::new(log).unwrap();
            let seen = judged.run(&load.frames());
            (judged.record_octets(), seen.text_octets)
        };
        let ((summary, _), (full, text)) = (octets(LogLevel::Summary), octets(LogLevel::Full));
        assert!(full > summary + text, "{full} {summary} {text}");
    }
}
