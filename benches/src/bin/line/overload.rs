//! Twice as much as can be judged, everything failing closed: P14.
//!
//! Every second delivery is to be discarded. What the core cannot take is never received: the port counts it. Of what it
//! takes, nothing goes on unjudged: the counters agree, and no delivery to be discarded leaves as it came.

use crate::Editing;
use crate::load::{Offered, Share};
use crate::port::{Pace, Stream};
use crate::rig::{Ran, Rig};
use anyhow::{Context, ensure};
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_bench::goals::Goal;
use sluice_bench::timing::{median, range};
use sluice_engine::{Conditions, Fallback, Settings, Wire};
use sluice_shm::counters::Snapshot;
use std::sync::Arc;
use std::time::Duration;

/// Of the peak rate.
const OFFERED: f64 = 2.0;
/// Of the peak rate, what goes on.
const GOODPUT_MIN: f64 = 0.95;
/// How much memory may be there more than before, in MiB: what was set aside at the start and touched late.
const GROWN_MIB_MAX: f64 = 8.0;
/// Pairs, full speed and overload in turn: a machine that does other things has not the same speed for a minute.
const PAIRS: usize = 7;
/// How long each half of a pair takes at most.
const HALF_LASTS_MAX: Duration = Duration::from_secs(1);

/// What came of it.
pub struct Overload {
    ran: Ran,
    /// Frames a second of the processor's time at full speed.
    peak: f64,
    /// Of each pair, the rate at overload over that at full speed.
    goodput: Vec<f64>,
    resident_mib: [f64; 2],
    judged: u64,
}

/// Measures.
///
/// # Errors
/// What could not be set up, or what went on unjudged.
pub fn measure(lasts: Duration) -> anyhow::Result<Overload> {
    let closed = Fallback::Discard;
    let conditions = Conditions {
        undecodable: closed,
        no_policy: closed,
        mid_stream: closed,
        ring_full: closed,
        ..Conditions::default()
    };
    let wire = Wire { crowded: closed, impatient: closed, unchangeable: closed, ..Editing::Discard.wire() };
    let settings = Settings { conditions, ..Settings::default() };
    let mut rig = Rig::new(Editing::Discard.policy()?.octets(), wire, &settings)?;
    let mut stream = Stream::new(&Arc::new(Offered::deliveries(0, Editing::Discard, Share::Half)?));
    let half = HALF_LASTS_MAX.min(lasts / 2);
    let full_speed = Pace { interval_ns: 0, lasts: half };
    // Once for the tables to fill.
    rig.run(&mut stream, full_speed)?;
    let peak = rig.run(&mut stream, full_speed)?.rate();
    let (before, resident_before) = (rig.counters()?, resident_mib()?);
    let ran = rig.run(&mut stream, beyond(peak, lasts))?;
    let (after, resident_after) = (rig.counters()?, resident_mib()?);
    let judged = judged(&ran, &before, &after)?;
    let mut pair = || {
        let peak = rig.run(&mut stream, full_speed)?.rate();
        anyhow::Ok(rig.run(&mut stream, beyond(peak, half))?.rate() / peak)
    };
    let goodput = (0..PAIRS).map(|_| pair()).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Overload { ran, peak, goodput, resident_mib: [resident_before, resident_after], judged })
}

fn beyond(peak: f64, lasts: Duration) -> Pace {
    Pace { interval_ns: ((1e9 / (peak * OFFERED)) as u64).max(1), lasts }
}

/// Every frame that was taken has one message, which was judged; every second one was discarded.
fn judged(ran: &Ran, before: &Snapshot, after: &Snapshot) -> anyhow::Result<u64> {
    let during = |slot| after.total(slot) - before.total(slot);
    let judged = during(Slot::chunk(Exit::Judged));
    ensure!(judged == ran.frames, "of {} frames {judged} were judged", ran.frames);
    let discarded = during(Slot::counter(Counter::VerdictDiscard));
    ensure!(discarded == ran.edited, "of {} to be discarded {discarded} were", ran.edited);
    for counter in [Counter::VerdictNotApplied, Counter::FramesNotChanged, Counter::FramesNotHeld] {
        ensure!(during(Slot::counter(counter)) == 0, "{counter:?}");
    }
    ensure!(ran.lost > 0, "nothing was offered beyond what can be judged");
    Ok(judged)
}

/// Memory of this process that is there: the second number of `/proc/self/statm`, in pages (proc(5)).
fn resident_mib() -> anyhow::Result<f64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split_whitespace().nth(1).context("no second number in /proc/self/statm")?.parse()?;
    Ok(pages as f64 * PAGE_OCTETS / f64::from(1 << 20))
}

/// Octets of a page.
const PAGE_OCTETS: f64 = 4096.0;

impl Overload {
    /// Prints it.
    pub fn print(&self) {
        let Self { ran, peak, goodput, resident_mib: [before, after], judged } = self;
        // Of the time in which the core was ours.
        let seconds = ran.cpu.as_secs_f64();
        let rate = |frames: u64| frames as f64 / seconds / 1e6;
        println!(
            "{seconds:.1} s at {:.3} M frames/s, peak {:.3}: {} came and went on, {:.3} M/s; {} left to the port, counted; {judged} \
             judged, {} of them to be discarded, all were; {before:.1} MiB before, {after:.1} after",
            rate(ran.frames + ran.lost),
            peak / 1e6,
            ran.frames,
            rate(ran.frames),
            ran.lost,
            ran.edited
        );
        let (least, most) = range(goodput);
        println!("goodput of the peak in {PAIRS} pairs: {least:.3} to {most:.3}");
        println!(
            "{}",
            Goal::at_least("P14", "goodput at twice the peak rate, of the peak", GOODPUT_MIN, median(goodput))
        );
        println!("{}", Goal::at_most("P14", "MiB more than before", GROWN_MIB_MAX, after - before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_can_be_judged_is_left_to_the_port_and_nothing_goes_on_unjudged() {
        let Overload { ran, judged, .. } = measure(Duration::from_millis(200)).unwrap();
        assert!(judged > 1000 && ran.lost > 1000 && ran.allocations == 0, "{judged} {}", ran.lost);
        assert!(
            ran.edited.abs_diff(judged / 3) <= judged / 300,
            "half of the deliveries, and no answer: {}",
            ran.edited
        );
    }
}
