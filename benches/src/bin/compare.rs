//! Measures decoders beside each other on the same messages.
//!
//! ```text
//! compare check   CAPTURE --truth FILE               who agrees with the truth
//! compare time    CAPTURE --truth FILE [--frames N] [--texts] [--elsewhere FILE]
//!                                                    the table of decoding, and the goals
//! compare headers CAPTURE... --early WHICH [--frames N] [--elsewhere FILE]
//!                                                    the table of frames that are none of ours
//! compare load    CAPTURE OUT --truth FILE --frames N [--texts]
//! compare load    CAPTURE OUT --early WHICH --frames N
//!                                                    the frames that are timed, as a capture for other programs
//! compare names                                      who there is
//! compare run     CAPTURE --contender NAME [--times N]
//!                                                    one of them, and no more: for counting instructions
//! ```

use anyhow::{bail, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use sluice_abi::LogLevel;
use sluice_bench::allocations::Counting;
use sluice_bench::goals::{self, Goal};
use sluice_bench::ours::{Decode, Early, Headers, Judged, Sluice, frames_leaving};
use sluice_bench::peers::Crates;
use sluice_bench::report::{Figures, Report};
use sluice_bench::timing::{self, Contender};
use sluice_bench::truth::Truth;
use sluice_bench::verify::Agreement;
use sluice_bench::{Candidate, Load, verify};
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
        /// Figures that scripts measured on the same frames.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Prints the table over frames that are not the short message service's.
    Headers {
        /// An Ethernet capture.
        capture: PathBuf,
        /// Which of them.
        #[arg(long)]
        early: Which,
        /// Frames in one run; the capture is repeated to as many.
        #[arg(long, default_value_t = 200_000)]
        frames: usize,
        /// Figures that scripts measured on the same frames.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Writes the frames that would be timed.
    Load {
        /// An Ethernet capture.
        capture: PathBuf,
        /// The capture to write.
        out: PathBuf,
        /// Its truth file.
        #[arg(long, required_unless_present = "early")]
        truth: Option<PathBuf>,
        /// Instead, the frames that are not the short message service's.
        #[arg(long, conflicts_with_all = ["truth", "texts"])]
        early: Option<Which>,
        /// Frames to write; the capture is repeated to as many.
        #[arg(long)]
        frames: usize,
        /// Only frames that bring the text of a short message.
        #[arg(long)]
        texts: bool,
    },
    /// Prints the names of those timed by `time`.
    Names,
    /// Runs one of them over every frame and says what it came to. `none` only reads the capture.
    Run {
        /// An Ethernet capture.
        capture: PathBuf,
        /// Its name, or `none`.
        #[arg(long)]
        contender: String,
        /// How often it runs over them.
        #[arg(long, default_value_t = 1)]
        times: u64,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// Without DATA.
    Control,
    /// Leaving after the addresses of SCCP.
    Subsystem,
    /// All with DATA and without a short message.
    Other,
}

impl From<Which> for Early {
    fn from(which: Which) -> Self {
        match which {
            Which::Control => Self::Control,
            Which::Subsystem => Self::Subsystem,
            Which::Other => Self::Other,
        }
    }
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Check { capture, truth } => check(&capture, &truth).map(drop),
        Command::Time { capture, truth, frames, texts, elsewhere } => {
            let load = agreed(&capture, &truth, frames, texts)?;
            let table = timing::measure(&mut contenders()?, &load.frames())?;
            let report = Report::new(table, "message", Figures::read(&elsewhere)?);
            print(&report, &goals::of_decoding(&report));
            Ok(())
        }
        Command::Headers { capture, early, frames, elsewhere } => {
            let load = leaving(&capture, early.into(), frames)?;
            let mut contenders = [Contender::Pass(Box::new(Headers::new(early.into())))];
            let table = timing::measure(&mut contenders, &load.frames())?;
            let report = Report::new(table, "frame", Figures::read(&elsewhere)?);
            print(&report, &goals::of_headers(&report));
            Ok(())
        }
        Command::Load { capture, out, truth, early, frames, texts } => match (truth, early) {
            (_, Some(early)) => leaving(&capture, early.into(), frames)?.write(&out),
            (Some(truth), None) => agreed(&capture, &truth, frames, texts)?.write(&out),
            (None, None) => bail!("either --truth or --early"),
        },
        Command::Names => {
            contenders()?.iter().for_each(|c| println!("{}", c.name()));
            Ok(())
        }
        Command::Run { capture, contender, times } => run(&capture, &contender, times),
    }
}

/// Those who hand out fields; all of them must agree on what is timed. The first is what the others are compared to.
fn candidates() -> Vec<Box<dyn Candidate>> {
    vec![Box::new(Sluice::new()), Box::new(Crates)]
}

/// Everyone who is timed, the candidates first.
fn contenders() -> anyhow::Result<Vec<Contender>> {
    let mut all: Vec<Contender> = candidates().into_iter().map(Contender::Candidate).collect();
    all.push(Contender::Pass(Box::new(Decode::new())));
    for log in [LogLevel::Summary, LogLevel::Full] {
        all.push(Contender::Pass(Box::new(Judged::new(log)?)));
    }
    Ok(all)
}

fn print(report: &Report, goals: &[Goal]) {
    print!("{report}");
    goals.iter().for_each(|goal| println!("{goal}"));
}

/// The frames on which every candidate agrees with the truth; says what each makes of the others. Without those left
/// out a dialogue may lack its beginning, and its end can then not be told: so it is asked again until none is left out.
fn check(capture: &Path, truth: &Path) -> anyhow::Result<HashSet<usize>> {
    let load = Load::read(capture, None, |_| true)?;
    let truth = Truth::read(truth)?;
    let mut frames = load.frames();
    for is_first in std::iter::once(true).chain(std::iter::repeat(false)) {
        let all: Vec<Agreement> = candidates().iter_mut().map(|c| verify(c.as_mut(), &frames, &truth)).collect();
        if is_first {
            all.iter().zip(candidates()).for_each(|(agreement, c)| eprintln!("{}: {agreement}", c.name()));
        }
        let before = frames.len();
        frames.retain(|frame| all.iter().all(|agreement| agreement.frames.contains(&frame.number)));
        if frames.len() == before {
            break;
        }
    }
    ensure!(!frames.is_empty(), "{}: no frame on which all agree", capture.display());
    Ok(frames.iter().map(|frame| frame.number).collect())
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

fn leaving(capture: &Path, early: Early, frames: usize) -> anyhow::Result<Load> {
    let kept = frames_leaving(&Load::read(capture, None, |_| true)?, early);
    eprintln!("{}: {} frames of the capture", early.name(), kept.len());
    Load::read(capture, Some(frames), |frame| kept.contains(&frame.number))
}

fn run(capture: &Path, name: &str, times: u64) -> anyhow::Result<()> {
    let load = Load::read(capture, None, |_| true)?;
    let frames = load.frames();
    if name == "none" {
        println!("{} frames", frames.len());
        return Ok(());
    }
    let headers = Early::ALL.map(|early| Contender::Pass(Box::new(Headers::new(early))));
    let mut all: Vec<Contender> = contenders()?.into_iter().chain(headers).collect();
    let names = all.iter().map(Contender::name).collect::<Vec<_>>().join("`, `");
    let Some(contender) = all.iter_mut().find(|c| c.name() == name) else {
        bail!("there is no `{name}`, but `{names}`")
    };
    let first = contender.run(&frames);
    for _ in 1..times {
        ensure!(contender.run(&frames) == first, "{name} is not the same in every run: are the frames too few?");
    }
    let messages = first.seen.messages * times;
    println!("messages: {messages}, {times} times {:?}", first.seen);
    Ok(())
}
