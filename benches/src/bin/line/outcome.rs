//! The table, and what P6 and the issue ask for.

use crate::latency::{LOADS, Row, What};
use crate::load::{Class, Share};
use sluice_bench::goals::Goal;
use sluice_bench::timing::median;

/// How much longer an edited frame may take than one that passes, at p99, in microseconds.
const LONGER_US_MAX: f64 = 2.0;
/// The middle of the loads, which goals are about.
const HALF: usize = 1;
/// The middle of the quantiles.
const P99: usize = 1;

/// Prints all.
pub fn print(rows: &[Row]) {
    println!(
        "from when it should have come           load  M frames/s         frames    lost   p50 µs   p99 µs p99.9 µs   edited: p50 \
         µs   p99 µs p99.9 µs"
    );
    for row in rows {
        for at in 0..LOADS.len() {
            line(row, at, [Class::Request, Class::EditedRequest], "");
            if !row.us[at][Class::EditedAnswer as usize].is_empty() {
                line(row, at, [Class::Answer, Class::EditedAnswer], ", answers");
            }
        }
    }
    let [own, all] = [0, 1].map(|which| rows.iter().map(|row| row.spent[which].as_secs_f64()).sum::<f64>());
    println!("others had the core for {:.0} % of the time, which is left out", (1.0 - own / all) * 100.0);
    goals(rows).iter().for_each(|goal| println!("{goal}"));
}

fn line(row: &Row, at: usize, classes: [Class; 2], of: &str) {
    let [came, lost] = row.came[at];
    let [passed, edited] = classes.map(|class| [0, P99, 2].map(|quantile| row.us(at, class, quantile)));
    let shown = |us: Option<f64>| us.map_or("-".to_owned(), |us| format!("{us:.2}"));
    let [p50, p99, p999] = passed.map(shown);
    let [edited50, edited99, edited999] = edited.map(shown);
    println!(
        "{:<38} {:>3.0} % {:>11.3} {came:>14} {lost:>7} {p50:>8} {p99:>8} {p999:>8} {edited50:>16} {edited99:>8} {edited999:>8}",
        format!("{}{of}", row.what.name()),
        LOADS[at] * 100.0,
        row.peak * LOADS[at] / 1e6,
    );
}

impl Row {
    /// Microseconds that a quantile of the frames of a class took at most, in the middle of the rounds.
    fn us(&self, at: usize, class: Class, quantile: usize) -> Option<f64> {
        let found: Vec<f64> = self.us[at][class as usize].iter().map(|us| us[quantile]).collect();
        (!found.is_empty()).then(|| median(&found))
    }
}

fn goals(rows: &[Row]) -> Vec<Goal> {
    let row = |what| rows.iter().find(|row| row.what == what);
    let added = |what, beside, quantile| {
        let us = |what| row(what)?.us(HALF, Class::Request, quantile);
        Some(us(what)? - us(beside)?)
    };
    let mut goals = Vec::new();
    for (quantile, (name, us)) in [("p50", 1.5), ("p99", 5.0), ("p99.9", 10.0)].into_iter().enumerate() {
        let what = format!("µs added at 50 %, starter policy, {name}");
        let found = added(What::CaptureJudged, What::CaptureForwarded, quantile);
        goals.extend(found.map(|found| Goal::at_most("P6", &what, us, found)));
    }
    for (quantile, (name, us)) in [("p50", 0.5), ("p99", 1.2)].into_iter().enumerate() {
        let what = format!("µs added at 50 %, no rule about texts, {name}");
        let found = added(What::Passed, What::Forwarded, quantile);
        goals.extend(found.map(|found| Goal::at_most("P6b", &what, us, found)));
    }
    let Some(passed) = row(What::Passed) else { return goals };
    for row in rows {
        for (at, load) in LOADS.into_iter().enumerate() {
            let what = format!("µs more at p99, {}, {:.0} %", row.what.name(), load * 100.0);
            let found = longer_us(row, passed, at);
            goals.extend(found.map(|found| Goal::at_most("P6", &what, LONGER_US_MAX, found)));
        }
    }
    goals
}

/// How much longer edited frames take than others at p99: others of the same stream, or, where all are edited, of the one
/// that passes; requests and answers each beside their like, whichever differ more.
fn longer_us(row: &Row, passed: &Row, at: usize) -> Option<f64> {
    let What::Edited(_, share) = row.what else { return None };
    let beside = if share == Share::All { passed } else { row };
    let pairs = [(Class::EditedRequest, Class::Request), (Class::EditedAnswer, Class::Answer)];
    let longer = |(edited, other)| Some(row.us(at, edited, P99)? - beside.us(at, other, P99)?);
    pairs.into_iter().filter_map(longer).reduce(f64::max)
}
