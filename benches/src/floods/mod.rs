//! Floods through an engine with tables of the size they have when nothing is configured: as fast at the end as at the
//! start, in memory that does not grow, and with everything that was shed counted.
//!
//! Frames are made in batches outside the time that is measured. They come a microsecond apart, so that none of what
//! waits grows too old within ten million: what is gone was shed.

mod craft;
mod outcome;

pub use craft::{Flood, Template};
pub use outcome::{HEADINGS, Outcome};

use crate::clock::cpu_time;
use crate::forms::{Plain, plain_messages};
use crate::ours::Drive;
use crate::timing::pin;
use crate::{Frame, Load, allocations};
use anyhow::Context;
use sluice_abi::counters::{Count, Counter, Slot, Tally};
use sluice_abi::{Facts, LogLevel};
use sluice_engine::{Scope, Sink, TableSizes};
use std::time::Duration;

/// Frames made at once.
const BATCH: u32 = 1000;
/// Messages of the capture that are looked through for a submission.
const LOOKED_AT: usize = 500;

impl Flood {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dialogues => "dialogues",
            Self::SctpFragments => "DATA fragments",
            Self::IpFragments => "IP fragments",
            Self::SccpSegments => "SCCP segments",
            Self::Parts => "concatenation parts",
            Self::Inits => "INITs",
            Self::Associations => "associations",
            Self::Connections => "SMPP SYNs",
        }
    }

    /// Where what is shed is counted, and what expires, where anything can.
    const fn counters(self) -> (Counter, Option<Counter>) {
        match self {
            Self::Dialogues => (Counter::DialoguesShed, Some(Counter::DialoguesExpired)),
            Self::SctpFragments => (Counter::SctpFragmentsShed, Some(Counter::SctpFragmentsExpired)),
            Self::IpFragments => (Counter::IpFragmentsShed, Some(Counter::IpFragmentsExpired)),
            Self::SccpSegments => (Counter::SccpSegmentsShed, Some(Counter::SccpSegmentsExpired)),
            Self::Parts => (Counter::PartsShed, Some(Counter::PartsExpired)),
            Self::Inits => (Counter::InitsShed, None),
            Self::Associations => (Counter::AssociationsShed, None),
            Self::Connections => (Counter::FlowsShed, None),
        }
    }

    /// Entries its table has room for.
    pub fn capacity(self) -> u64 {
        let sizes = TableSizes::default();
        let entries = match self {
            Self::Dialogues => sizes.dialogues,
            Self::SctpFragments => sizes.sctp_fragments.pieces,
            Self::IpFragments => sizes.ip_fragments.pieces,
            Self::SccpSegments => sizes.sccp_segments.pieces,
            Self::Parts => sizes.parts.parts,
            Self::Inits => sizes.inits,
            Self::Associations => sizes.associations,
            Self::Connections => sizes.streams.connections,
        };
        entries as u64
    }
}

/// A submission in a load, which floods are made of.
///
/// # Errors
/// That there is none.
pub fn submission(load: &Load) -> anyhow::Result<Plain> {
    let is_submit = |plain: &Plain| {
        let mut message = plain.message().ok()?;
        message.tpdu()?.first().map(|first| first & 3 == 1)
    };
    let all = plain_messages(load, LOOKED_AT)?;
    all.into_iter().find(|plain| is_submit(plain) == Some(true)).context("no SMS-SUBMIT in the capture")
}

/// Sends so many different ones through an engine.
///
/// # Errors
/// That they cannot be made, or memory not be asked for.
pub fn run(flood: Flood, message: &Plain, offered: u32) -> anyhow::Result<Outcome> {
    let template = Template::new(flood, message)?;
    let len = template.len_octets();
    let mut octets = vec![0; len * BATCH as usize];
    let mut drive = Drive::new(Scope::Sms);
    let mut counts = Counts::default();
    let tenth = (offered / 10).max(BATCH);
    let mut times = [Duration::ZERO; 2];
    let mut outcome = Outcome::new(flood, offered, len);
    pin();
    outcome.memory_kib[0] = resident_kib()?;
    for first in (0..offered).step_by(BATCH as usize) {
        for (number, room) in (first..).zip(octets.chunks_exact_mut(len)) {
            template.write(number, room);
        }
        let numbered = |(number, octets)| Frame { number, octets };
        let frames: Vec<Frame<'_>> = octets.chunks_exact(len).enumerate().map(numbered).collect();
        let (count, took) = allocations::during(|| {
            let start = cpu_time();
            drive.pass(&frames, None, &mut counts);
            cpu_time() - start
        });
        outcome.allocations += count;
        if first < tenth {
            times[0] += took;
        } else if first + tenth >= offered {
            times[1] += took;
        }
        if first + BATCH == tenth {
            outcome.memory_kib[1] = resident_kib()?;
        }
    }
    outcome.memory_kib[2] = resident_kib()?;
    outcome.ns = times.map(|time| time.as_nanos() as f64 / f64::from(tenth));
    let (shed, expired) = flood.counters();
    outcome.shed = counts.0.at(Slot::counter(shed));
    outcome.expired = expired.map_or(0, |counter| counts.0.at(Slot::counter(counter)));
    Ok(outcome)
}

/// Memory of this process that is there, in KiB: the second number of `/proc/self/statm`, in pages (proc(5)).
fn resident_kib() -> anyhow::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split_whitespace().nth(1).context("no second number in /proc/self/statm")?.parse()?;
    Ok(pages * PAGE_KIB)
}

/// KiB of a page on x86-64.
const PAGE_KIB: u64 = 4;

/// Only counts.
#[derive(Default)]
struct Counts(Tally);

impl Count for Counts {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.0.add(slot, n);
    }
}

impl Sink for Counts {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        std::hint::black_box(facts.present());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn what_does_not_fit_is_shed_one_by_one_and_counted() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let message = submission(&Load::read(&capture, None, |_| true).unwrap()).unwrap();
        for flood in Flood::ALL {
            let offered = flood.capacity() as u32 * 2 / BATCH * BATCH + 2 * BATCH * 10;
            let outcome = run(flood, &message, offered).unwrap();
            let off = outcome.shed as i64 - outcome.expected_shed() as i64;
            // Sets of four fill one by one: a few places may still be free at twice the number of places.
            let free_max = if matches!(flood, Flood::Inits | Flood::Associations) { 64 } else { 0 };
            assert!((0..=free_max).contains(&off), "{flood:?}: {outcome}");
            assert_eq!((outcome.allocations, outcome.expired), (0, 0), "{flood:?}");
        }
    }
}
