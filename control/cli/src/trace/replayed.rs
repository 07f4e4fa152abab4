//! A capture through the engine as by a wire, one frame after the other.
//!
//! Frames with pieces of messages wait for the others as they would live, by the time of the packets.

use super::sides::Messages;
use super::{Became, Traced, Watch};
use crate::args::Trace;
use crate::link::OnlyUnknown;
use crate::output::Progress;
use crate::policy::load;
use anyhow::Context;
use sluice_abi::counters::{Count, Slot, Tally};
use sluice_abi::{Facts, LogLevel};
use sluice_dataplane::held::HELD_FRAMES_MAX;
use sluice_dataplane::policy::LoadedPolicy;
use sluice_engine::{Engine, Input, LineSizes, Settings, Side, Sink, Wire, Written};
use sluice_io::LinkType;
use sluice_io::capture::{Reader, Record};
use sluice_rules::Purpose;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;

/// Gives every frame of the capture with what became of it, until told to stop.
pub fn each(capture: &Path, args: &Trace, watch: &mut impl Watch) -> anyhow::Result<()> {
    let policy = load(args.policy.as_deref().context("a capture needs --policy")?)?;
    let mut reader = Reader::open(capture)?;
    let mut wire = WireOfOne::new(args);
    let progress = Progress::over_file(capture, "tracing");
    let (mut ended, mut link) = (Ok(()), None);
    loop {
        let record = match reader.next() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => {
                ended = Err(error);
                break;
            }
        };
        progress.frame(record.octets.len());
        link.get_or_insert(record.link_type);
        if wire.cross(&record, &policy, watch)?.is_break() {
            progress.finish();
            return Ok(());
        }
    }
    progress.finish();
    let _enough_is_the_end_too = wire.release(None, watch)?;
    ended.context("the frames before this are complete")?;
    OnlyUnknown::check(&wire.noted.tally, link).with_context(|| format!("{}", capture.display()))
}

/// A wire without ports.
struct WireOfOne<'a> {
    args: &'a Trace,
    engine: Engine,
    noted: Noted,
    held: VecDeque<Held>,
}

/// A frame that waits for others.
struct Held {
    ticket: u64,
    number: u64,
    time_ns: u64,
    link: LinkType,
    octets: Vec<u8>,
    judged: Messages,
}

impl<'a> WireOfOne<'a> {
    fn new(args: &'a Trace) -> Self {
        let line = Some(LineSizes::default());
        let engine = Engine::new(Settings { line, purpose: Purpose::Replay, ..Settings::default() });
        Self { args, engine, noted: Noted::default(), held: VecDeque::new() }
    }

    fn cross(
        &mut self,
        record: &Record<'_>,
        policy: &LoadedPolicy,
        watch: &mut impl Watch,
    ) -> anyhow::Result<ControlFlow<()>> {
        let Record { number, timestamp_ns: time_ns, link_type: link, octets, .. } = *record;
        if self.release(Some(time_ns), watch)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let args = self.args;
        let input = input(args, octets, link, number, time_ns);
        self.noted.judged.clear();
        self.engine.process(&input, Some(&policy.image()), &mut self.noted);
        watch.judged(0, number, &self.noted.judged);
        let mut room = Vec::new();
        let became = match self.engine.written(&input) {
            Written::Later(ticket) if self.held.len() < HELD_FRAMES_MAX => {
                let judged = std::mem::take(&mut self.noted.judged);
                self.held.push_back(Held { ticket, number, time_ns, link, octets: octets.to_vec(), judged });
                return Ok(ControlFlow::Continue(()));
            }
            written => became(written, &mut room),
        };
        let point_codes = args.point_codes.into();
        watch.gone(&Traced {
            port: 0,
            number,
            time_ns,
            link,
            point_codes,
            before: octets,
            became,
            judged: &self.noted.judged,
        })
    }

    /// Lets those go that need not wait any more, or all of them where no time is given.
    fn release(&mut self, now_ns: Option<u64>, watch: &mut impl Watch) -> anyhow::Result<ControlFlow<()>> {
        let mut place = 0;
        loop {
            let has_time = |one: &Held, now_ns: u64| now_ns.saturating_sub(one.time_ns) < Wire::default().patience_ns;
            let waits = |ticket| self.engine.is_waiting(ticket) && !self.engine.is_overdue(ticket);
            let stays = |one: &Held| waits(one.ticket) && now_ns.is_some_and(|now| has_time(one, now));
            let Some(next) = self.held.iter().skip(place).position(|one| !stays(one)) else { break };
            place += next;
            let Some(held) = self.held.remove(place) else { break };
            let is_waiting = self.engine.is_waiting(held.ticket);
            let Held { ticket, number, time_ns, link, octets, judged } = &held;
            let input = input(self.args, octets, *link, *number, *time_ns);
            let mut room = Vec::new();
            let became = became(self.engine.written_late(*ticket, is_waiting, &input), &mut room);
            let (point_codes, before) = (self.args.point_codes.into(), octets.as_slice());
            let (number, time_ns, link) = (*number, *time_ns, *link);
            if watch.gone(&Traced { port: 0, number, time_ns, link, point_codes, before, became, judged })?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn input<'p>(args: &'p Trace, octets: &'p [u8], link: LinkType, number: u64, time_ns: u64) -> Input<'p> {
    Input {
        octets,
        link: link.0,
        number,
        time_ns,
        port: b"capture",
        side: Side::ByAddress { inside: &args.inside },
        point_codes: args.point_codes.into(),
        wire: Some(Wire::default()),
    }
}

/// What became of a frame; `room` is for what went on in its place.
fn became<'r, 'l>(written: Written<'l>, room: &'r mut Vec<&'l [u8]>) -> Became<'r> {
    match written {
        // One for which there is no room goes on unheld.
        Written::AsItCame | Written::Later(_) => Became::AsItCame,
        Written::Changed(frames) => {
            room.extend(frames);
            Became::Changed(room)
        }
        Written::Nothing => Became::Changed(&[]),
        Written::Impossible => Became::NotChanged,
    }
}

/// What was judged with the frame at hand.
#[derive(Default)]
struct Noted {
    judged: Messages,
    tally: Tally,
}

impl Count for Noted {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Noted {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        self.judged.push(facts);
    }
}
