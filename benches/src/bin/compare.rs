//! Measures decoders beside each other on the same messages.
//!
//! ```text
//! compare check CAPTURE --truth FILE               who agrees with the truth
//! compare time  CAPTURE --truth FILE [--frames N] [--texts]
//!                                                  the table
//! compare load  CAPTURE OUT --truth FILE --frames N [--texts]
//!                                                  the frames that are timed, as a capture for other programs
//! compare run   CAPTURE --candidate NAME           one candidate, once: for counting instructions
//! ```

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use sluice_bench::allocations::Counting;
use sluice_bench::peers::Crates;
use sluice_bench::truth::Truth;
use sluice_bench::{Candidate, Load, digest, timing, verify};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Parser)]
#[command(about = "Measures decoders beside each other on the same messages")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Says for each candidate how much of a capture it decodes as its truth says.
    Check {
        /// An Ethernet capture.
        capture: PathBuf,
        /// Its truth file.
        #[arg(long)]
        truth: PathBuf,
    },
    /// Prints the table, over the frames on which every candidate agrees with the truth.
    Time {
        /// An Ethernet capture.
        capture: PathBuf,
        /// Its truth file.
        #[arg(long)]
        truth: PathBuf,
        /// Frames in one run; the capture is repeated to as many.
        #[arg(long, default_value_t = 200_000)]
        frames: usize,
        /// Only frames that bring the text of a short message.
        #[arg(long)]
        texts: bool,
    },
    /// Writes the frames that would be timed.
    Load {
        /// An Ethernet capture.
        capture: PathBuf,
        /// The capture to write.
        out: PathBuf,
        /// Its truth file.
        #[arg(long)]
        truth: PathBuf,
        /// Frames to write.
        #[arg(long)]
        frames: usize,
        /// Only frames that bring the text of a short message.
        #[arg(long)]
        texts: bool,
    },
    /// Prints the names of the candidates.
    Names,
    /// Runs one candidate over a capture once.
    Run {
        /// An Ethernet capture.
        capture: PathBuf,
        /// Its name, as in the table; `none` only reads the capture.
        #[arg(long)]
        candidate: String,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Check { capture, truth } => check(&capture, &truth).map(drop),
        Command::Time { capture, truth, frames, texts } => {
            let load = agreed(&capture, &truth, frames, texts)?;
            print!("{}", timing::measure(&mut candidates(), &load.frames())?);
            Ok(())
        }
        Command::Load { capture, out, truth, frames, texts } => agreed(&capture, &truth, frames, texts)?.write(&out),
        Command::Names => {
            candidates().iter().for_each(|c| println!("{}", c.name()));
            Ok(())
        }
        Command::Run { capture, candidate } => run(&capture, &candidate),
    }
}

/// Everyone who is measured; the first is what the others are compared to.
fn candidates() -> Vec<Box<dyn Candidate>> {
    vec![Box::new(Crates)]
}

/// The frames on which every candidate agrees with the truth; says what each makes of the others.
fn check(capture: &Path, truth: &Path) -> anyhow::Result<HashSet<usize>> {
    let load = Load::read(capture, None, |_| true)?;
    let truth = Truth::read(truth)?;
    let mut common: Option<HashSet<usize>> = None;
    for candidate in &mut candidates() {
        let agreement = verify(candidate.as_mut(), &load, &truth);
        eprintln!("{}: {agreement}", candidate.name());
        let shared = common.map(|c| c.intersection(&agreement.frames).copied().collect());
        common = Some(shared.unwrap_or(agreement.frames));
    }
    common.context("nobody to measure")
}

fn agreed(capture: &Path, truth: &Path, frames: usize, texts: bool) -> anyhow::Result<Load> {
    let mut kept = check(capture, truth)?;
    if texts {
        let with_text = frames_with_text(capture)?;
        kept.retain(|frame| with_text.contains(frame));
    }
    Load::read(capture, Some(frames), |frame| kept.contains(&frame.number))
}

fn frames_with_text(capture: &Path) -> anyhow::Result<HashSet<usize>> {
    let load = Load::read(capture, None, |_| true)?;
    let mut found = HashSet::new();
    Crates.run(&load.frames(), &mut |fields| {
        if !fields.text.is_empty() {
            found.insert(fields.frame);
        }
    });
    Ok(found)
}

fn run(capture: &Path, name: &str) -> anyhow::Result<()> {
    let load = Load::read(capture, None, |_| true)?;
    let frames = load.frames();
    if name == "none" {
        println!("{} frames", frames.len());
        return Ok(());
    }
    let Some(mut candidate) = candidates().into_iter().find(|c| c.name() == name) else {
        bail!(
            "no candidate `{name}`; there are: {}",
            candidates().iter().map(|c| c.name()).collect::<Vec<_>>().join(", ")
        )
    };
    println!("{:?}", digest(candidate.as_mut(), &frames));
    Ok(())
}
