//! What was wanted, beside what was found: the goals of `reference/performance.md`.

use crate::report::Report;
use std::fmt;

/// A figure, and what it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Its number in the document.
    pub id: &'static str,
    /// What was measured.
    pub what: String,
    /// What came out.
    pub found: f64,
    /// What was wanted.
    pub bound: Bound,
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Goal {
    /// A figure that is better when it is small.
    pub fn at_most(id: &'static str, what: &str, bound: f64, found: f64) -> Self {
        Self { id, what: what.to_owned(), found, bound: Bound::AtMost(bound) }
    }

    /// A figure that is better when it is large.
    pub fn at_least(id: &'static str, what: &str, bound: f64, found: f64) -> Self {
        Self { id, what: what.to_owned(), found, bound: Bound::AtLeast(bound) }
    }

    /// How far off: 1 or less is met.
    pub fn miss(&self) -> f64 {
        match self.bound {
            Bound::AtMost(bound) => self.found / bound,
            Bound::AtLeast(bound) => bound / self.found,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, bound) = match self.bound {
            Bound::AtMost(bound) => ("at most", bound),
            Bound::AtLeast(bound) => ("at least", bound),
        };
        let verdict = match self.miss() {
            miss if miss <= 1.0 => "met".to_owned(),
            miss => format!("MISSED, by {miss:.2} times"),
        };
        let (id, what, found) = (self.id, &self.what, Short(self.found));
        write!(f, "{id:<3} {what:<44} {found:>9}   {word:<8} {:>7}   {verdict}", Short(bound))
    }
}

/// A number without more digits than it means.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&if self.0.abs() < 100.0 { format!("{:.2}", self.0) } else { format!("{:.0}", self.0) })
    }
}

/// The row that P1 is about.
const DECODE: &str = "sluice decode";
/// The verified row, which does what the peers do.
const VERIFIED: &str = "sluice";
const CRATES: &str = "m3ua+sccp+tcap+gsm_map";

/// The goals of decoding, as far as the report has their figures.
pub fn of_decoding(report: &Report) -> Vec<Goal> {
    let ns = |name| report.ns(name);
    let over_decode = |name| ns(name).zip(ns(DECODE)).map(|(peer, own)| peer / own);
    let least = |what: &str, bound, found: Option<f64>| found.map(|found| Goal::at_least("P1", what, bound, found));
    [
        report.instructions(DECODE).map(|found| Goal::at_most("P1", "instructions a message", 1400.0, found)),
        least("million messages a second", 5.0, ns(DECODE).map(|own| 1000.0 / own)),
        least("times tshark", 400.0, over_decode("tshark")),
        least("times pycrate", 5000.0, over_decode("pycrate")),
        least("times the crates, text left to whoever asks", 40.0, over_decode(CRATES)),
        least("times the crates, doing what they do", 40.0, ns(CRATES).zip(ns(VERIFIED)).map(|(c, own)| c / own)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The goals of getting rid of a frame.
pub fn of_headers(report: &Report) -> Vec<Goal> {
    let Some(name) = report.table.rows.first().map(|row| row.name.as_str()) else { return Vec::new() };
    let instructions = report.instructions(name).map(|found| Goal::at_most("P2", "instructions a frame", 260.0, found));
    let rate = report.ns(name).map(|own| Goal::at_least("P2", "million frames a second", 22.0, 1000.0 / own));
    instructions.into_iter().chain(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_says_whether_it_is_met_and_by_how_much_it_is_missed() {
        assert!(Goal::at_most("P1", "ns", 200.0, 150.0).to_string().ends_with("met"));
        assert!(Goal::at_least("P1", "M/s", 5.0, 5.0).to_string().ends_with("met"));
        assert!(Goal::at_least("P1", "M/s", 5.0, 2.0).to_string().ends_with("MISSED, by 2.50 times"));
        assert!(Goal::at_most("P1", "ns", 200.0, 300.0).to_string().ends_with("MISSED, by 1.50 times"));
    }
}
