//! What two logs must show together, and what two runs must have in common.

use crate::destination::Delivered;
use crate::log::{Counts, Line};
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::wanted::Wanted;
use std::collections::BTreeMap;

/// What one node has written down.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Its counts; none where it did not come to its end.
    pub counts: Option<Counts>,
    ended: BTreeMap<u32, Outcome>,
    delivered: BTreeMap<u32, Delivered>,
    open: Vec<u32>,
    surprises: Vec<String>,
}

impl Log {
    /// From its lines.
    pub fn of(lines: Vec<Line>) -> Self {
        let mut log = Self::default();
        for line in lines {
            match line {
                Line::Ended { n, got } => drop(log.ended.insert(n, got)),
                Line::Delivered { n, times, damaged } => drop(log.delivered.insert(n, Delivered { times, damaged })),
                Line::Open { n } => log.open.push(n),
                Line::Unexpected(what) => log.surprises.push(what),
                Line::Counts(counts) => log.counts = Some(counts),
            }
        }
        log
    }
}

/// What is wrong with a run.
pub fn faults(originator: &Log, destination: &Log, is_edited: bool) -> Vec<String> {
    let (Some(a), Some(b)) = (&originator.counts, &destination.counts) else {
        return vec!["a node did not come to its end".to_owned()];
    };
    let mut faults = Vec::new();
    if (a.seed, a.messages) != (b.seed, b.messages) {
        faults.push("the logs are of two runs".to_owned());
    }
    for number in 0..a.messages {
        let plan = Plan::of(a.seed, number);
        let ended = originator.ended.get(&number);
        let delivered = destination.delivered.get(&number).copied().unwrap_or_default();
        faults.extend(ended_wrong(&plan, ended, is_edited).into_iter().chain(came_wrong(&plan, delivered, is_edited)));
    }
    for (counts, log) in [(a, originator), (b, destination)] {
        faults.extend(counted_wrong(counts, &log.surprises));
        let role = &counts.role;
        faults.extend(log.open.iter().map(|n| format!("{role} has open: {:?}", Plan::of(counts.seed, *n))));
    }
    faults
}

/// Data sent again by either node, for each chunk sent: more than in a run without edits.
///
/// Allowed are five of a hundred more, and what chance makes of so many losses in either run: four standard deviations,
/// where three chunks are sent again at a time, and ten. A machine that is busy with other things makes peers impatient without a loss: in a run of a few
/// thousand chunks two of a hundred are no storm, in a long one they would be.
pub fn repeated_more(plain: &Counts, edited: &Counts) -> Option<String> {
    let share = f64::from(plain.sctp.data_sent_again) / f64::from(plain.sctp.data_sent.max(1));
    let expected = share * f64::from(edited.sctp.data_sent);
    let of_a_busy_machine = (0.02 * f64::from(edited.sctp.data_sent)).min(BUSY_CHUNKS_MAX);
    let allowed = (expected * 1.05 + 4.0 * (2.0 * 3.0 * expected).sqrt() + 10.0).max(of_a_busy_machine);
    let again = f64::from(edited.sctp.data_sent_again);
    (again > allowed).then(|| {
        let role = &edited.role;
        format!("{role}: {again} chunks sent again, where {expected:.0} were expected and {allowed:.0} allowed")
    })
}

/// Chunks that are sent again on a busy machine in a short run.
const BUSY_CHUNKS_MAX: f64 = 200.0;

fn ended_wrong(plan: &Plan, ended: Option<&Outcome>, is_edited: bool) -> Option<String> {
    match ended {
        Some(outcome) if outcome.is_right(plan, is_edited) => None,
        Some(outcome) => Some(format!("its originator got {outcome:?}: {plan:?}")),
        None => Some(format!("it did not end for its originator: {plan:?}")),
    }
}

fn came_wrong(plan: &Plan, delivered: Delivered, is_edited: bool) -> Option<String> {
    let wanted = if is_edited { plan.wanted } else { Wanted::Pass };
    if delivered.damaged > 0 {
        return Some(format!("it came damaged: {plan:?}"));
    }
    let times = u32::from(wanted.is_delivered());
    (delivered.times != times).then(|| format!("it came {} times, not {times}: {plan:?}", delivered.times))
}

fn counted_wrong(counts: &Counts, surprises: &[String]) -> Vec<String> {
    let role = &counts.role;
    let must_be_none = [
        (counts.open as u64, "dialogues left open"),
        (counts.unexpected as u64, "messages that nobody sends"),
        (counts.is_lost.into(), "association lost"),
        (counts.sctp.aborted.into(), "associations aborted"),
        (counts.sctp.restarted.into(), "associations restarted"),
        (counts.sctp.bad_checksums.into(), "packets with a wrong checksum"),
    ];
    let counted = must_be_none.into_iter().filter(|(count, _)| *count > 0);
    let counted = counted.map(|(count, what)| format!("{role}: {count} {what}"));
    counted.chain(surprises.iter().map(|what| format!("{role}: {what}"))).collect()
}
