//! The rows of the engine, P3, and full tables against empty ones.

use anyhow::{Context, ensure};
use sluice_bench::clock::calibrate;
use sluice_bench::goals::Goal;
use sluice_bench::report::Figures;
use sluice_bench::state::policy::Stateful;
use sluice_bench::state::rig::{Case, Rig, Sizes};
use sluice_bench::state::run::Run;
use sluice_bench::state::traffic::{Batch, Traffic};
use sluice_bench::timing::{NOISY, ROUNDS, median, pin, range};
use std::path::PathBuf;

/// The name under which messages are made and go nowhere.
pub const MAKING: &str = "making of messages";
/// Messages of one time, where instructions are counted.
const COUNTED: u64 = 4000;
/// Full tables may cost so much of the rate of empty ones.
const RATE_MIN: f64 = 0.7;

/// Measures and prints all.
///
/// # Errors
/// What could not be made, or was not known that should be.
pub fn measure(sizes: &Sizes, messages: u64, elsewhere: &[PathBuf]) -> anyhow::Result<()> {
    let figures = Figures::read(elsewhere)?;
    let policy = Stateful::compile(sizes.parties)?;
    pin();
    let mut rigs = Vec::new();
    for case in Case::ALL {
        let mut rig = Rig::new(case, sizes, &policy)?;
        rig.run(messages, &policy)?.check(case)?;
        rigs.push((case, rig, Vec::with_capacity(ROUNDS)));
    }
    let mut calibration_ns = Vec::new();
    for _ in 0..ROUNDS {
        calibration_ns.push(calibrate());
        for (case, rig, runs) in &mut rigs {
            let run = rig.run(messages, &policy)?;
            run.check(*case)?;
            runs.push(run);
        }
    }
    let rows: Vec<Row> = rigs.into_iter().map(|(case, _, runs)| Row { case, runs }).collect();
    print(&rows, sizes, &figures, &calibration_ns);
    Ok(())
}

/// What was measured of one case.
struct Row {
    case: Case,
    runs: Vec<Run>,
}

impl Row {
    fn ns(&self) -> Vec<f64> {
        self.runs.iter().map(Run::ns).collect()
    }

    /// Its rate over another's, in the middle of the rounds.
    fn rate_over(&self, other: &Self) -> f64 {
        let ratios: Vec<f64> = other.ns().iter().zip(self.ns()).map(|(other, own)| other / own).collect();
        median(&ratios)
    }
}

fn print(rows: &[Row], sizes: &Sizes, figures: &Figures, calibration_ns: &[f64]) {
    println!(
        "a message                   ns min    median       max       M/s   instructions   places known    pairs known"
    );
    for row in rows {
        let ns = row.ns();
        let (least, most) = range(&ns);
        // Those of making the messages are counted alone and taken off.
        let instructions = figures.instructions(row.case.name()).zip(figures.instructions(MAKING)).map(|(n, m)| n - m);
        let instructions = instructions.map_or("-".to_owned(), |n| format!("{n:.0}"));
        let of = |known: fn(&Run) -> u64, sent: fn(&Run) -> u64| {
            let sum = |of: fn(&Run) -> u64| row.runs.iter().map(of).sum::<u64>() as f64;
            format!("{:.3} %", sum(known) * 100.0 / sum(sent).max(1.0))
        };
        println!(
            "{:<22} {least:>11.1} {:>9.1} {most:>9.1} {:>9.3} {instructions:>14} {:>14} {:>14} {:>17}{}",
            row.case.name(),
            median(&ns),
            1000.0 / median(&ns),
            of(|run| run.known.places, |run| run.sent.submissions),
            of(|run| run.known.pairs, |run| run.sent.deliveries),
            of(|run| run.known.dialogues, |run| run.sent.messages),
            if most > least * NOISY { "  noisy" } else { "" },
        );
    }
    let (least, most) = range(calibration_ns);
    let Some(one) = rows.first().and_then(|row| row.runs.first()) else { return };
    println!(
        "{} messages a round, {ROUNDS} rounds in turn on one core, CPU time; {} subscribers known by number and IMSI, {} open \
         dialogues, {} pairings, {} + {} counters, {} on the list; CRC32c over 1 MiB took {:.0}-{:.0} µs",
        one.sent.messages,
        sizes.subscribers,
        sizes.dialogues,
        sizes.pairings,
        sizes.counts,
        sizes.distincts,
        sizes.parties / 10,
        least / 1000.0,
        most / 1000.0
    );
    figures.notes().for_each(|note| println!("{note}"));
    goals(rows).iter().for_each(|goal| println!("{goal}"));
}

fn goals(rows: &[Row]) -> Vec<Goal> {
    let row = |case| rows.iter().find(|row| row.case == case);
    let full = row(Case::Full);
    let ns = full.map(|full| Goal::at_most("P3", "ns a message, tables full", 400.0, median(&full.ns())));
    let over = |case, what: &str| {
        let rate = full.zip(row(case)).map(|(full, other)| full.rate_over(other))?;
        Some(Goal::at_least("P3", what, RATE_MIN, rate))
    };
    [
        ns,
        over(Case::Empty, "rate, full over empty tables, same traffic"),
        over(Case::Few, "rate, full over a thousand of each"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// One case over `times` times as many messages, with small tables.
///
/// # Errors
/// That there is no such case, or it does not know what it should.
pub fn run(name: &str, times: u64, sizes: &Sizes) -> anyhow::Result<()> {
    if name == "none" {
        println!("{COUNTED} frames");
        return Ok(());
    }
    if name == MAKING {
        println!("messages: {}", make(COUNTED * times, sizes)?);
        return Ok(());
    }
    let case = Case::named(name).with_context(|| format!("there is no `{name}`"))?;
    let policy = Stateful::compile(sizes.parties)?;
    let mut rig = Rig::new(case, sizes, &policy)?;
    let run = rig.run(COUNTED * times, &policy)?;
    ensure!(run.known.messages == run.sent.messages, "not every message was judged");
    println!("messages: {}", run.sent.messages);
    Ok(())
}

fn make(messages: u64, sizes: &Sizes) -> anyhow::Result<u64> {
    let mut traffic = Traffic::new(Case::Few.extent(sizes))?;
    let mut batch = Batch::default();
    traffic.submission(0, &mut batch);
    for _ in 0..messages / 2 {
        batch.clear();
        traffic.step(None, &mut batch);
    }
    Ok(messages / 2 * 2)
}
