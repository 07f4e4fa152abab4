//! Capture files: every frame through an engine of its own for each policy, and the messages of a frame paired.
//!
//! What an engine remembers follows from its policy (who is refused teaches nothing), so each policy has its own. Of
//! operations that are no short messages a policy is asked only where its rules read their category, and only a match is
//! handed on: a message that one policy was handed and the other not passed there.

use crate::judge::Judge;
use crate::tally::{Before, Message, Settings, Tally};
use crate::verdict::Verdict;
use sluice_abi::counters::{Count, Slot};
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_api::backtest::Backtest;
use sluice_engine::{Engine, Input, PointCodes, Scope, Settings as EngineSettings, Side, Sink};
use sluice_io::capture::{CaptureError, Reader};
use sluice_rules::{Image, Purpose};
use std::net::IpAddr;
use std::path::Path;

/// How the frames of a capture are to be read.
#[derive(Clone, Copy, Debug)]
pub struct Form<'c> {
    /// Form of the point codes.
    pub point_codes: PointCodes,
    /// Addresses on the home network's side.
    pub inside: &'c [IpAddr],
}

/// A new policy and what it is compared with.
pub struct Captures<'i> {
    former: Option<(Engine, Judge<'i>)>,
    new: (Engine, Judge<'i>),
    tally: Tally,
    olds: Vec<Old<'i>>,
}

/// What a message is known by within its frame.
type Key = [Option<u64>; 4];

/// A message as the former policy left it.
struct Old<'i> {
    key: Key,
    message: Message,
    before: Before<'i>,
}

impl<'i> Captures<'i> {
    /// Against the former policy, or without one against none, under which everything passes.
    pub fn new(former: Option<Image<'i>>, new: Image<'i>, settings: Settings) -> Self {
        let with_engine = |image| (engine(), Judge::new(image));
        Self { former: former.map(with_engine), new: with_engine(new), tally: Tally::new(settings), olds: Vec::new() }
    }

    /// Judges the messages of a file; those of several files follow each other. `frame` is told the octets of each.
    ///
    /// # Errors
    /// The file cannot be read, or not to its end.
    pub fn run(&mut self, capture: &Path, form: Form<'_>, mut frame: impl FnMut(usize)) -> Result<(), CaptureError> {
        let mut reader = Reader::open(capture)?;
        while let Some(record) = reader.next()? {
            frame(record.octets.len());
            self.frame(&Input {
                octets: record.octets,
                link: record.link_type.0,
                number: record.number,
                time_ns: record.timestamp_ns,
                port: b"",
                side: Side::ByAddress { inside: form.inside },
                wire: None,
                point_codes: form.point_codes,
            });
        }
        Ok(())
    }

    fn frame(&mut self, input: &Input<'_>) {
        let Self { former, new: (engine, judge), tally, olds } = self;
        let has_former = former.is_some();
        if let Some((engine, judge)) = former {
            let image = *judge.image();
            engine.process(input, Some(&image), &mut Former { judge, tally, olds });
        }
        let image = *judge.image();
        engine.process(input, Some(&image), &mut New { judge, tally, olds, has_former });
        for Old { message, before, .. } in self.olds.drain(..) {
            let shown = before.shown.clone();
            self.tally.add(&message, before, &PASSES, || shown.clone().unwrap_or_else(|| "{}".to_owned()));
        }
    }

    /// The report.
    pub fn finish(self) -> Backtest {
        self.tally.finish(self.new.1.image())
    }
}

/// Of no policy.
const PASSES: Verdict<'static> = Verdict { action: Action::Pass, error: None, rule: None, matched: Vec::new() };

fn engine() -> Engine {
    Engine::new(EngineSettings { scope: Scope::Sms, purpose: Purpose::Replay, ..EngineSettings::default() })
}

fn key(facts: &Facts<'_>) -> Key {
    [Field::SctpTsn, Field::ComponentIndex, Field::SmppSeq, Field::Kind].map(|field| facts.number(field))
}

/// Takes what the former policy is given.
struct Former<'f, 'i> {
    judge: &'f mut Judge<'i>,
    tally: &'f Tally,
    olds: &'f mut Vec<Old<'i>>,
}

impl Count for Former<'_, '_> {
    fn add(&mut self, _: Slot, _: u64) {}
}

impl Sink for Former<'_, '_> {
    fn message(&mut self, facts: &mut Facts<'_>, _: LogLevel) {
        let verdict = self.judge.judge(facts);
        if !self.tally.covers(facts) {
            return;
        }
        let shown = self.tally.wants(&verdict).then(|| self.judge.show(facts, self.tally.privacy()));
        let message = Message::of(facts.number(Field::Frame).unwrap_or(0), facts);
        self.olds.push(Old { key: key(facts), message, before: Before { verdict, shown } });
    }
}

/// Takes what the new one is given, and compares.
struct New<'f, 'i> {
    judge: &'f mut Judge<'i>,
    tally: &'f mut Tally,
    olds: &'f mut Vec<Old<'i>>,
    has_former: bool,
}

impl Count for New<'_, '_> {
    fn add(&mut self, _: Slot, _: u64) {}
}

impl Sink for New<'_, '_> {
    fn message(&mut self, facts: &mut Facts<'_>, _: LogLevel) {
        let now = self.judge.judge(facts);
        if !self.tally.covers(facts) {
            return;
        }
        let key = key(facts);
        let old = self.olds.iter().position(|old| old.key == key).filter(|_| self.has_former);
        let before = match old.map(|place| self.olds.remove(place)) {
            Some(old) => old.before,
            None => Before { verdict: PASSES, shown: None },
        };
        let (judge, privacy) = (&mut *self.judge, self.tally.privacy());
        let message = Message::of(facts.number(Field::Frame).unwrap_or(0), facts);
        self.tally.add(&message, before, &now, || judge.show(facts, privacy));
    }
}
