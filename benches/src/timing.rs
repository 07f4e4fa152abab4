//! How candidates are measured: in turn, on one pinned core, by CPU time.
//!
//! A B A B …, [`ROUNDS`] times: what changes on the machine changes both. The table gives the least, the median and
//! the most of each, and the median of the ratios round by round to the first contender. A spread beyond
//! [`NOISY`] says so. A calibration kernel runs in every round and shows the machine's speed.

use crate::clock::{calibrate, cpu_time};
use crate::{Candidate, Digest, Frame, Pass, Seen, allocations, digest};
use anyhow::ensure;

/// How often each contender runs.
pub const ROUNDS: usize = 7;
/// Most over least, from which on a row is called noisy.
pub const NOISY: f64 = 1.3;

/// One of those that are measured beside each other.
pub enum Contender {
    /// Hands out fields: compared by their digest.
    Candidate(Box<dyn Candidate>),
    /// Counts: compared by what it saw.
    Pass(Box<dyn Pass>),
}

/// What a contender made of the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How much there was.
    pub seen: Seen,
    /// The digest, from one that hands out fields.
    pub digest: Option<Digest>,
}

impl Contender {
    /// Its name in the tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Candidate(candidate) => candidate.name(),
            Self::Pass(pass) => pass.name(),
        }
    }

    /// Runs it once.
    pub fn run(&mut self, frames: &[Frame<'_>]) -> Outcome {
        match self {
            Self::Candidate(candidate) => {
                let digest = digest(candidate.as_mut(), frames);
                Outcome { seen: digest.seen(), digest: Some(digest) }
            }
            Self::Pass(pass) => Outcome { seen: pass.run(frames), digest: None },
        }
    }

    fn may_allocate(&self) -> bool {
        matches!(self, Self::Candidate(candidate) if candidate.may_allocate())
    }
}

impl Outcome {
    /// Whether two contenders did the same work: as much of it, and with the same fields where both hand them out.
    pub fn agrees(&self, other: &Self) -> bool {
        let differ = self.digest.zip(other.digest).is_some_and(|(own, others)| own != others);
        self.seen == other.seen && !differ
    }
}

/// What was measured of one contender.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Nanoseconds a message, one of each round.
    pub ns: Vec<f64>,
    /// Allocations a message; `None` where the binary does not count.
    pub allocations: Option<f64>,
    /// Median over the rounds of its time over the first contender's.
    pub ratio: f64,
}

/// All rows, and the speed of the machine in each round.
#[derive(Clone, Debug)]
pub struct Table {
    /// One for each contender.
    pub rows: Vec<Row>,
    /// Nanoseconds the calibration kernel took.
    pub calibration_ns: Vec<f64>,
    /// How much there was in one run.
    pub seen: Seen,
    /// Frames of one run.
    pub frames: usize,
    /// Octets of them.
    pub octets: usize,
}

/// Measures all contenders on the same frames.
///
/// # Errors
/// That two of them do not come to the same: then nothing is timed. That one allocates that may not.
pub fn measure(contenders: &mut [Contender], frames: &[Frame<'_>]) -> anyhow::Result<Table> {
    let (first, rest) = contenders.split_first_mut().ok_or_else(|| anyhow::anyhow!("nobody to measure"))?;
    let expected = first.run(frames);
    for other in rest {
        let found = other.run(frames);
        ensure!(found.agrees(&expected), "{} and {} differ: {expected:?}, {found:?}", first.name(), other.name());
    }
    pin();
    let mut ns = vec![Vec::with_capacity(ROUNDS); contenders.len()];
    let mut calibration_ns = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        calibration_ns.push(calibrate());
        for (contender, ns) in contenders.iter_mut().zip(&mut ns) {
            ns.push(time_once(contender, frames, expected)?);
        }
    }
    let mut rows = Vec::new();
    for (contender, times) in contenders.iter_mut().zip(&ns) {
        let allocations = allocations_per_message(contender, frames);
        let is_good = contender.may_allocate() || allocations.is_none_or(|count| count == 0.0);
        ensure!(is_good, "{} allocates on the packet path: {allocations:?} times a message", contender.name());
        let ratios: Vec<f64> = times.iter().zip(&ns[0]).map(|(own, first)| own / first).collect();
        rows.push(Row { name: contender.name().to_owned(), ns: times.clone(), allocations, ratio: median(&ratios) });
    }
    let octets = frames.iter().map(|frame| frame.octets.len()).sum();
    Ok(Table { rows, calibration_ns, seen: expected.seen, frames: frames.len(), octets })
}

/// Holds this thread on the last core.
pub fn pin() {
    if let Some(core) = core_affinity::get_core_ids().and_then(|ids| ids.last().copied()) {
        core_affinity::set_for_current(core);
    }
}

fn time_once(contender: &mut Contender, frames: &[Frame<'_>], expected: Outcome) -> anyhow::Result<f64> {
    let start = cpu_time();
    let found = contender.run(frames);
    let ns = (cpu_time() - start).as_nanos() as f64;
    ensure!(found.agrees(&expected), "{} is not the same in every run: {expected:?}, {found:?}", contender.name());
    Ok(ns / expected.seen.messages.max(1) as f64)
}

fn allocations_per_message(contender: &mut Contender, frames: &[Frame<'_>]) -> Option<f64> {
    let (count, found) = allocations::during(|| contender.run(frames));
    allocations::is_counting().then(|| count as f64 / found.seen.messages.max(1) as f64)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value in the middle.
pub fn median(values: &[f64]) -> f64 {
    sorted(values).get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Least and most.
pub fn range(values: &[f64]) -> (f64, f64) {
    let sorted = sorted(values);
    (sorted.first().copied().unwrap_or(f64::NAN), sorted.last().copied().unwrap_or(f64::NAN))
}

impl Row {
    /// Median nanoseconds a message.
    pub fn median_ns(&self) -> f64 {
        median(&self.ns)
    }

    /// Whether its runs differ so much that the figures say little.
    pub fn is_noisy(&self) -> bool {
        let (least, most) = range(&self.ns);
        most > least * NOISY
    }
}

impl Table {
    /// The row of a name.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fields;

    struct Says(&'static str, i64);

    impl Candidate for Says {
        fn name(&self) -> &'static str {
            self.0
        }

        fn run(&mut self, frames: &[Frame<'_>], take: &mut dyn FnMut(&Fields<'_>)) {
            for frame in frames {
                take(&Fields { frame: frame.number, op: Some(self.1), ..Fields::default() });
            }
        }
    }

    /// Counts frames, or one too many; and allocates, or does not.
    struct Counts(u64, bool);

    impl Pass for Counts {
        fn name(&self) -> &'static str {
            "counts"
        }

        fn run(&mut self, frames: &[Frame<'_>]) -> Seen {
            if self.1 {
                std::hint::black_box(Box::new(1));
            }
            Seen { messages: frames.len() as u64 + self.0, text_octets: 0 }
        }
    }

    const FRAMES: [Frame<'_>; 100] = [Frame { number: 0, octets: &[] }; 100];

    fn says(name: &'static str, op: i64) -> Contender {
        Contender::Candidate(Box::new(Says(name, op)))
    }

    fn counts(too_many: u64, allocates: bool) -> Contender {
        Contender::Pass(Box::new(Counts(too_many, allocates)))
    }

    #[test]
    fn contenders_that_differ_are_not_timed() {
        let refused = measure(&mut [says("a", 1), says("b", 2)], &FRAMES).unwrap_err();
        assert!(refused.to_string().starts_with("a and b differ"), "{refused}");
        let refused = measure(&mut [says("a", 1), counts(1, false)], &FRAMES).unwrap_err();
        assert!(refused.to_string().starts_with("a and counts differ"), "{refused}");
    }

    #[test]
    fn contenders_that_agree_each_get_a_row_of_every_round() {
        let table = measure(&mut [says("a", 1), says("b", 1), counts(0, false)], &FRAMES).unwrap();
        assert_eq!((table.rows.len(), table.seen.messages, table.frames), (3, 100, 100));
        assert!(table.rows.iter().all(|r| r.ns.len() == ROUNDS && r.allocations == Some(0.0)));
        assert_eq!(table.rows[0].ratio, 1.0);
    }

    #[test]
    fn a_pass_that_allocates_fails_the_run() {
        let refused = measure(&mut [says("a", 1), counts(0, true)], &FRAMES).unwrap_err();
        assert!(refused.to_string().starts_with("counts allocates on the packet path"), "{refused}");
    }

    #[test]
    fn a_spread_beyond_the_limit_is_called_noisy() {
        let row = |ns: &[f64]| Row { name: "a".to_owned(), ns: ns.to_vec(), allocations: None, ratio: 1.0 };
        assert!(!row(&[100.0, 129.0]).is_noisy());
        assert!(row(&[100.0, 131.0]).is_noisy());
        assert_eq!(row(&[3.0, 1.0, 2.0]).median_ns(), 2.0);
    }
}
