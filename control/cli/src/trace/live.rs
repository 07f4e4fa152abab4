//! Frames of a running dataplane, as its daemon passes them on.
//!
//! A frame that waits for others comes twice: when its messages are judged, and when it goes on. What was left out, for
//! want of room or because it came too fast, is said at the end.

use super::sides::Messages;
use super::{Became, Traced, Watch};
use crate::args::{Daemon, Trace};
use crate::daemon::connect;
use anyhow::{Context, bail};
use sluice_api::trace::TraceQuery;
use sluice_dataplane::trace::{self, ENTRY_OCTETS_MAX, Entry};
use sluice_io::LinkType;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Instant;

/// Frames that wait are remembered; one is forgotten for another.
const WAITING_MAX: usize = 10_000;

/// Gives every frame that comes, until told to stop, the time is over or the reader is interrupted.
pub fn each(daemon: &Daemon, args: &Trace, watch: &mut impl Watch) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    // Before the daemon's own time begins.
    let began = Instant::now();
    let mut octets = client.trace(&query(args))?;
    eprintln!("tracing; {}", args.time.map_or("Ctrl-C ends it", |_| "it ends by itself, or with Ctrl-C"));
    let mut stream = Stream::default();
    while let Some(came) = octets.receive()? {
        if stream.take(&came, watch)?.is_break() {
            break;
        }
    }
    stream.left_out.say();
    let is_early = args.time.is_none_or(|time| began.elapsed() < time);
    if octets.is_ended() && is_early {
        bail!("the trace has ended: daemon or dataplane did");
    }
    Ok(())
}

fn query(args: &Trace) -> TraceQuery {
    let wanted = &args.wanted;
    TraceQuery {
        msisdn: wanted.msisdn.clone(),
        imsi: wanted.imsi.clone(),
        gt: wanted.gt.clone(),
        rule: wanted.rule.clone(),
        action: wanted.action.clone(),
        changed: wanted.changed.then_some(true),
        for_ms: args.time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        per_second: args.per_second,
    }
}

/// What has come so far.
#[derive(Default)]
struct Stream {
    /// The begin of an entry.
    rest: Vec<u8>,
    /// Poll core and name, by number.
    ports: Vec<(u8, Vec<u8>)>,
    /// The messages of frames that wait, by port and number.
    waiting: BTreeMap<(u32, u64), Messages>,
    left_out: LeftOut,
}

/// Frames that were not told.
#[derive(Default)]
struct LeftOut {
    no_room: u64,
    too_fast: u64,
}

impl Stream {
    fn take(&mut self, octets: &[u8], watch: &mut impl Watch) -> anyhow::Result<ControlFlow<()>> {
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(octets);
        let mut rest = all.as_slice();
        while let Some(length) = Entry::octets(rest) {
            if length > ENTRY_OCTETS_MAX {
                bail!("not a trace of this release: install client and dataplane of one");
            }
            let Some((entry, behind)) = rest.split_at_checked(length) else { break };
            rest = behind;
            let entry =
                Entry::parse(entry).context("not a trace of this release: install client and dataplane of one")?;
            if self.entry(&entry, watch)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        self.rest = rest.to_vec();
        Ok(ControlFlow::Continue(()))
    }

    fn entry(&mut self, entry: &Entry<'_>, watch: &mut impl Watch) -> anyhow::Result<ControlFlow<()>> {
        if entry.became == trace::Became::LeftOut {
            self.left_out.no_room += entry.number;
            self.left_out.too_fast += entry.time_ns;
            return Ok(ControlFlow::Continue(()));
        }
        let (port, number) = (self.port(entry), entry.number);
        let mut judged = Messages::of_records(entry.records());
        watch.judged(port, number, &judged);
        if entry.became == trace::Became::Waits {
            self.waits(port, number, judged);
            return Ok(ControlFlow::Continue(()));
        }
        if let Some(waited) = self.waiting.remove(&(port, number)) {
            judged = waited;
        }
        let after: Vec<&[u8]> = entry.after().collect();
        let became = match entry.became {
            trace::Became::Changed | trace::Became::Dropped => Became::Changed(&after),
            trace::Became::NotChanged => Became::NotChanged,
            trace::Became::AsItCame | trace::Became::Waits | trace::Became::LeftOut => Became::AsItCame,
        };
        let (link, point_codes) = (LinkType(entry.link), entry.point_codes);
        let (time_ns, before) = (entry.time_ns, entry.before);
        watch.gone(&Traced { port, number, time_ns, link, point_codes, before, became, judged: &judged })
    }

    fn waits(&mut self, port: u32, number: u64, judged: Messages) {
        self.waiting.insert((port, number), judged);
        if self.waiting.len() > WAITING_MAX {
            self.waiting.pop_first();
        }
    }

    /// Frames are numbered by each poll core and port.
    fn port(&mut self, entry: &Entry<'_>) -> u32 {
        let is_it = |(core, port): &(u8, Vec<u8>)| *core == entry.core && port == entry.port;
        let known = self.ports.iter().position(is_it);
        let number = known.unwrap_or_else(|| {
            self.ports.push((entry.core, entry.port.to_vec()));
            self.ports.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

impl LeftOut {
    fn say(&self) {
        let Self { no_room, too_fast } = *self;
        if no_room + too_fast > 0 {
            eprintln!("left out: {too_fast} frames that came too fast (--per-second), {no_room} for want of room");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::counters::Tally;
    use sluice_abi::{Facts, Field};
    use sluice_dataplane::trace::Collector;
    use sluice_engine::{Input, PointCodes, Side, Written};
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    /// What a dataplane tells of a frame that is quiet, of one that waits with a message in it and goes on, and of one
    /// too many.
    fn told() -> Vec<u8> {
        let (ours, mut watcher) = UnixStream::pair().unwrap();
        let (mut collector, mut counts) = (Collector::default(), Tally::default());
        let mut tracer = collector.add_core();
        collector.begin(ours.into(), 3).unwrap();
        assert!(tracer.is_on());
        let mut tell = |number, port: &'static [u8], written: &Written<'_>, is_judged: bool| {
            tracer.next_frame();
            if is_judged {
                let mut facts = Facts::new();
                facts.set_octets(Field::VerdictRule, b"spam");
                tracer.message(&facts);
            }
            let (side, point_codes) = (Side::Outside, PointCodes::Itu);
            let input =
                Input { octets: b"frame", link: 1, number, time_ns: number, port, side, point_codes, wire: None };
            tracer.frame(&input, written, !is_judged);
            tracer.done(trace::Became::of(written), 0, &mut counts);
        };
        tell(4, b"a", &Written::Later(1), true);
        tell(4, b"b", &Written::AsItCame, true);
        tell(4, b"a", &Written::Impossible, false);
        tell(5, b"a", &Written::Nothing, true);
        collector.serve(0);
        collector.end();
        let mut told = Vec::new();
        watcher.read_to_end(&mut told).unwrap();
        told
    }

    /// Port, number, messages and what became of what has gone, and of what was judged port and number.
    #[derive(Default)]
    struct Seen {
        gone: Vec<(u32, u64, usize, bool)>,
        judged: Vec<(u32, u64)>,
        limit: Option<usize>,
    }

    impl Watch for Seen {
        fn judged(&mut self, port: u32, number: u64, messages: &Messages) {
            self.judged.extend(messages.iter().map(|_| (port, number)));
        }

        fn gone(&mut self, frame: &Traced<'_>) -> anyhow::Result<ControlFlow<()>> {
            assert_eq!((frame.before, frame.link, frame.time_ns), (&b"frame"[..], LinkType(1), frame.number));
            let is_changed = frame.became != Became::AsItCame;
            self.gone.push((frame.port, frame.number, frame.judged.iter().count(), is_changed));
            let is_enough = self.limit == Some(self.gone.len());
            Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        }
    }

    #[test]
    fn a_frame_that_waited_is_given_once_with_its_messages_however_the_octets_come() {
        let told = told();
        for length in [1, 7, 100, told.len()] {
            let (mut stream, mut seen) = (Stream::default(), Seen::default());
            for octets in told.chunks(length) {
                assert!(stream.take(octets, &mut seen).unwrap().is_continue());
            }
            assert_eq!(seen.judged, [(0, 4), (1, 4)], "{length}");
            assert_eq!(seen.gone, [(1, 4, 1, false), (0, 4, 1, true)], "{length}");
            assert_eq!((stream.left_out.too_fast, stream.left_out.no_room), (1, 0), "{length}");
        }
    }

    #[test]
    fn when_it_is_enough_nothing_more_is_given() {
        let (mut stream, mut seen) = (Stream::default(), Seen { limit: Some(1), ..Seen::default() });
        assert!(stream.take(&told(), &mut seen).unwrap().is_break());
        assert_eq!(seen.gone.len(), 1);
    }

    #[test]
    fn what_is_no_trace_of_this_release_is_refused() {
        let mut octets = told();
        octets[4] ^= 1;
        for octets in [octets, b"<html>".to_vec()] {
            let refused = Stream::default().take(&octets, &mut Seen::default()).unwrap_err();
            assert!(refused.to_string().contains("of one"), "{refused}");
        }
    }
}
