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
    while let Some(came) = octets.next()? {
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
