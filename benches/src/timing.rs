//! How candidates are measured: in turn, on one pinned core, by CPU time.
//!
//! A B A B …, [`ROUNDS`] times: what changes on the machine changes both. The table gives the least, the median and
//! the most of each, and the median of the ratios round by round to the first candidate. A spread beyond
//! [`NOISY`] says so. A calibration kernel runs in every round and shows the machine's speed.

use crate::allocations;
use crate::clock::{calibrate, cpu_time};
use crate::{Candidate, Digest, Frame, digest};
use anyhow::ensure;
use std::fmt;

/// How often each candidate runs.
pub const ROUNDS: usize = 7;
/// Most over least, from which on a row is called noisy.
pub const NOISY: f64 = 1.3;

/// What was measured of one candidate.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Nanoseconds a message, one of each round.
    pub ns: Vec<f64>,
    /// Allocations a message; `None` where the binary does not count.
    pub allocations: Option<f64>,
    /// Median over the rounds of its time over the first candidate's.
    pub ratio: f64,
}

/// All rows, and the speed of the machine in each round.
#[derive(Clone, Debug)]
pub struct Table {
    /// One for each candidate.
    pub rows: Vec<Row>,
    /// Nanoseconds the calibration kernel took.
    pub calibration_ns: Vec<f64>,
    /// Messages of one run.
    pub messages: u64,
}

/// Measures all candidates on the same frames.
///
/// # Errors
/// That two of them do not come to the same digest: then nothing is timed.
pub fn measure(candidates: &mut [Box<dyn Candidate>], frames: &[Frame<'_>]) -> anyhow::Result<Table> {
    let (first, rest) = candidates.split_first_mut().ok_or_else(|| anyhow::anyhow!("nobody to measure"))?;
    let expected = digest(first.as_mut(), frames);
    for other in rest {
        let found = digest(other.as_mut(), frames);
        ensure!(found == expected, "{} and {} differ: {expected:?}, {found:?}", first.name(), other.name());
    }
    if let Some(core) = core_affinity::get_core_ids().and_then(|ids| ids.last().copied()) {
        core_affinity::set_for_current(core);
    }
    let mut ns = vec![Vec::with_capacity(ROUNDS); candidates.len()];
    let mut calibration_ns = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        calibration_ns.push(calibrate());
        for (candidate, ns) in candidates.iter_mut().zip(&mut ns) {
            ns.push(time_once(candidate.as_mut(), frames, expected));
        }
    }
    let rows = candidates.iter_mut().zip(&ns).map(|(candidate, times)| Row {
        name: candidate.name(),
        ns: times.clone(),
        allocations: allocations_per_message(candidate.as_mut(), frames),
        ratio: median(&times.iter().zip(&ns[0]).map(|(own, first)| own / first).collect::<Vec<_>>()),
    });
    let rows = rows.collect();
    Ok(Table { rows, calibration_ns, messages: expected.messages })
}

fn time_once(candidate: &mut dyn Candidate, frames: &[Frame<'_>], expected: Digest) -> f64 {
    let start = cpu_time();
    let found = digest(candidate, frames);
    let ns = (cpu_time() - start).as_nanos() as f64;
    assert_eq!(found, expected, "{} is not the same in every run", candidate.name());
    ns / expected.messages.max(1) as f64
}

fn allocations_per_message(candidate: &mut dyn Candidate, frames: &[Frame<'_>]) -> Option<f64> {
    let (count, found) = allocations::during(|| digest(candidate, frames));
    allocations::is_counting().then(|| count as f64 / found.messages.max(1) as f64)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn median(values: &[f64]) -> f64 {
    sorted(values).get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn range(values: &[f64]) -> (f64, f64) {
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

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<26} {:>9} {:>9} {:>9} {:>8} {:>7}", "candidate", "ns min", "median", "max", "ratio", "allocs")?;
        for row in &self.rows {
            let (least, most) = range(&row.ns);
            let allocations = row.allocations.map_or("-".to_owned(), |a| format!("{a:.1}"));
            let noisy = if row.is_noisy() { "  noisy" } else { "" };
            let (name, median, ratio) = (row.name, row.median_ns(), row.ratio);
            writeln!(f, "{name:<26} {least:>9.1} {median:>9.1} {most:>9.1} {ratio:>8.2} {allocations:>7}{noisy}")?;
        }
        let (least, most) = range(&self.calibration_ns);
        writeln!(
            f,
            "{} components a run, {ROUNDS} rounds in turn on one core, CPU time; CRC32c over 1 MiB took {:.0}-{:.0} µs",
            self.messages,
            least / 1000.0,
            most / 1000.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fields;

    struct Counts(&'static str, i64);

    impl Candidate for Counts {
        fn name(&self) -> &'static str {
            self.0
        }

        fn run(&mut self, frames: &[Frame<'_>], take: &mut dyn FnMut(&Fields<'_>)) {
            for frame in frames {
                take(&Fields { frame: frame.number, op: Some(self.1), ..Fields::default() });
            }
        }
    }

    #[test]
    fn candidates_that_differ_are_not_timed() {
        let frames = [Frame { number: 0, octets: &[] }];
        let refused = measure(&mut [Box::new(Counts("a", 1)), Box::new(Counts("b", 2))], &frames).unwrap_err();
        assert!(refused.to_string().starts_with("a and b differ"), "{refused}");
    }

    #[test]
    fn candidates_that_agree_each_get_a_row_of_every_round() {
        let frames = [Frame { number: 0, octets: &[] }; 100];
        let table = measure(&mut [Box::new(Counts("a", 1)), Box::new(Counts("b", 1))], &frames).unwrap();
        assert_eq!((table.rows.len(), table.messages), (2, 100));
        assert!(table.rows.iter().all(|r| r.ns.len() == ROUNDS && r.allocations == Some(0.0)));
        assert_eq!(table.rows[0].ratio, 1.0);
        assert!(table.to_string().lines().count() == 4);
    }

    #[test]
    fn a_spread_beyond_the_limit_is_called_noisy() {
        let row = |ns: &[f64]| Row { name: "a", ns: ns.to_vec(), allocations: None, ratio: 1.0 };
        assert!(!row(&[100.0, 129.0]).is_noisy());
        assert!(row(&[100.0, 131.0]).is_noisy());
        assert_eq!(row(&[3.0, 1.0, 2.0]).median_ns(), 2.0);
    }
}
