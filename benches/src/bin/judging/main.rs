//! Measures what judging costs.
//!
//! ```text
//! judging load    CAPTURE OUT [--texts FILE] [--messages N]   requests with texts, as a capture for all that follows
//! judging content LOAD [--elsewhere FILE]                     P4, P4b: words and expressions over every text
//! judging reading LOAD                                        texts read, by what is wanted of them
//! judging growth  LOAD                                        P8: more words, more expressions
//! judging lists                                               P8: longer lists
//! judging rules   LOAD [--messages N]                         more rules and longer lists
//! judging hostile LOAD                                        P15: texts made to hurt
//! judging shipped CAPTURE [--frames N] [--elsewhere FILE]     the starter policy and its scenarios
//! judging names WHAT                                          the rows of `content` or `shipped`
//! judging run     CAPTURE --contender NAME [--times N]        one of them, and no more: for counting instructions
//! ```
//! `--quick` takes smaller sizes. Texts of a file stand one a line, behind its last tab; without one they are the
//! capture's own.

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use sluice_bench::Load;
use sluice_bench::allocations::Counting;
use sluice_bench::goals::Goal;
use sluice_bench::judging::content::{Content, EXPRESSIONS, WORDS};
use sluice_bench::judging::corpus::texts_of;
use sluice_bench::judging::growth::{self, Kind};
use sluice_bench::judging::letter::{Line, Parties, Template, is_default};
use sluice_bench::judging::rules::{self, Size};
use sluice_bench::judging::shipped::InForce;
use sluice_bench::judging::turns::Turn;
use sluice_bench::judging::{hostile, lists, reading, shipped, vectorscan};
use sluice_bench::report::{Figures, Report};
use std::path::{Path, PathBuf};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Parser)]
#[command(about = "Measures what judging costs")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Smaller sizes.
    #[arg(long, global = true)]
    quick: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Writes requests with texts of the length of a short message.
    Load {
        /// An Ethernet capture with an mt-ForwardSM.
        capture: PathBuf,
        /// The capture to write.
        out: PathBuf,
        /// Texts, one a line.
        #[arg(long)]
        texts: Option<PathBuf>,
        /// Requests; the texts are repeated to as many.
        #[arg(long, default_value_t = 20_000)]
        messages: usize,
    },
    /// Words and expressions over every text.
    Content {
        /// What `load` wrote.
        load: PathBuf,
        /// Figures that scripts measured on the same load.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Texts read as people read them.
    Reading {
        /// What `load` wrote.
        load: PathBuf,
    },
    /// More and more words, and expressions.
    Growth {
        /// What `load` wrote.
        load: PathBuf,
    },
    /// Longer and longer lists.
    Lists,
    /// More and more rules, and longer lists.
    Rules {
        /// What `load` wrote.
        load: PathBuf,
        /// Messages in one run.
        #[arg(long, default_value_t = 20_000)]
        messages: u32,
    },
    /// Texts made to hurt.
    Hostile {
        /// What `load` wrote.
        load: PathBuf,
    },
    /// The starter policy and its scenarios.
    Shipped {
        /// An Ethernet capture.
        capture: PathBuf,
        /// Frames with DATA in one run; the capture is repeated to as many.
        #[arg(long)]
        frames: Option<usize>,
        /// Figures that scripts measured on the same frames.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Prints the names of rows.
    Names {
        /// Of which table.
        what: What,
    },
    /// Runs one row and says what it came to. `none` only reads the capture.
    Run {
        /// A capture.
        capture: PathBuf,
        /// The row's name, or `none`.
        #[arg(long)]
        contender: String,
        /// How often it runs.
        #[arg(long, default_value_t = 1)]
        times: usize,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Content,
    Shipped,
}

fn main() -> anyhow::Result<()> {
    let Arguments { command, quick } = Arguments::parse();
    match command {
        Command::Load { capture, out, texts, messages } => load(&capture, texts.as_deref(), messages)?.write(&out)?,
        Command::Content { load, elsewhere } => content(&load, &elsewhere)?,
        Command::Reading { load } => {
            print!("{}", reading::measure(&texts_of(&read(&load)?))?);
            for (name, texts) in reading::samples() {
                print!("{name}\n{}", reading::measure(&texts)?);
            }
        }
        Command::Growth { load } => growth(&load, quick)?,
        Command::Lists => {
            let counts = if quick { &[1000, 100_000][..] } else { &[1000, 1_000_000, 10_000_000] };
            print(lists::measure(counts)?);
        }
        Command::Rules { load, messages } => {
            let template = Template::find(&read(&load)?)?;
            let (built, report, goals) = rules::measure(&template, sizes(quick), messages)?;
            print!("{built}");
            print((report, goals));
        }
        Command::Hostile { load } => {
            let content = Content::new(read(&load)?, WORDS, EXPRESSIONS);
            let (shown, goals) = hostile::measure(&content, if quick { 20 } else { 400 })?;
            print!("{shown}");
            goals.iter().for_each(|goal| println!("{goal}"));
        }
        Command::Shipped { capture, frames, elsewhere } => {
            let load = Load::read(&capture, frames, |frame| frame.chunks().next().is_some())?;
            print!("{}", shipped::measure(&load, Figures::read(&elsewhere)?)?);
        }
        Command::Names { what } => names(what)?,
        Command::Run { capture, contender, times } => run(&capture, &contender, times)?,
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Load> {
    Load::read(path, None, |_| true)
}

fn print((report, goals): (Report, Vec<Goal>)) {
    print!("{report}");
    goals.iter().for_each(|goal| println!("{goal}"));
}

/// Fewer letters are no text to search, more do not fit a message.
const LETTERS: std::ops::RangeInclusive<usize> = 42..=160;

/// Requests with the texts of a file, or of the capture.
fn load(capture: &Path, texts: Option<&Path>, messages: usize) -> anyhow::Result<Load> {
    let capture = read(capture)?;
    let template = Template::find(&capture)?;
    let texts = match texts {
        Some(path) => lines(path)?,
        None => texts_of(&capture),
    };
    let is_fit = |text: &&String| LETTERS.contains(&text.len()) && text.chars().all(is_default);
    let fit: Vec<&String> = texts.iter().filter(is_fit).collect();
    ensure!(!fit.is_empty(), "no text of {LETTERS:?} letters of the default alphabet");
    let numbered = (1..).zip(fit.iter().cycle().take(messages));
    let letters = numbered.map(|(number, text)| template.letter(Parties::default(), text, number));
    println!("{} different texts", fit.len());
    Ok(Line::new().send(&letters.collect::<anyhow::Result<Vec<_>>>()?))
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let octets = std::fs::read(path).with_context(|| path.display().to_string())?;
    let text = String::from_utf8_lossy(&octets);
    Ok(text.lines().filter_map(|line| line.rsplit('\t').next()).map(str::to_owned).collect())
}

fn content(load: &Path, elsewhere: &[PathBuf]) -> anyhow::Result<()> {
    let content = Content::new(read(load)?, WORDS, EXPRESSIONS);
    println!(
        "{WORDS} words and {EXPRESSIONS} expressions over every text, the matchers alone; libhs {}",
        vectorscan::version()
    );
    print(content.measure_matchers(Figures::read(elsewhere)?)?);
    println!("\nthe whole engine, a record of each message as a summary");
    print(content.measure_engines(Figures::read(elsewhere)?)?);
    println!("\neverything, with a share of texts made from four templates; there is no cache of verdicts");
    print(content.measure_shares()?);
    Ok(())
}

fn growth(load: &Path, quick: bool) -> anyhow::Result<()> {
    let load = read(load)?;
    let (words, expressions) = match quick {
        true => (&[1000, 10_000][..], &[50, 500][..]),
        false => (&[1000, 10_000, 100_000][..], &[50, 500, 5000][..]),
    };
    for (kind, counts) in [(Kind::Words, words), (Kind::Expressions, expressions)] {
        let (built, report, goals) = growth::measure(&load, kind, counts)?;
        println!("more and more {}", if kind == Kind::Words { "words" } else { "expressions" });
        print!("{built}");
        print((report, goals));
    }
    Ok(())
}

/// Every number of rules with every length of list.
fn sizes(quick: bool) -> &'static [Size] {
    const fn size(rules: u64, entries: u64) -> Size {
        Size { rules, entries }
    }
    const FEW: [Size; 2] = [size(10, 1000), size(1000, 100_000)];
    const M: u64 = 1_000_000;
    const ALL: [Size; 9] = [
        size(10, 1000),
        size(10, M),
        size(10, 10 * M),
        size(1000, 1000),
        size(1000, M),
        size(1000, 10 * M),
        size(100_000, 1000),
        size(100_000, M),
        size(100_000, 10 * M),
    ];
    if quick { &FEW } else { &ALL }
}

fn names(what: What) -> anyhow::Result<()> {
    match what {
        What::Shipped => InForce::ALL.iter().for_each(|what| println!("{}", what.name())),
        What::Content => Content::NAMES.iter().for_each(|name| println!("{name}")),
    }
    Ok(())
}

fn run(capture: &Path, name: &str, times: usize) -> anyhow::Result<()> {
    if name == "none" {
        println!("{} frames", read(capture)?.frames().len());
        return Ok(());
    }
    if let Some(what) = InForce::ALL.into_iter().find(|what| what.name() == name) {
        let load = Load::read(capture, None, |frame| frame.chunks().next().is_some())?;
        return repeat(shipped::turn(what, &load)?, times);
    }
    let content = Content::new(read(capture)?, WORDS, EXPRESSIONS);
    let turn = content.turn(name)?;
    repeat(turn, times)
}

fn repeat(mut turn: Turn<'_>, times: usize) -> anyhow::Result<()> {
    let first = turn.run();
    for _ in 1..times {
        ensure!(turn.run() == first, "{} is not the same in every run", turn.name());
    }
    println!("messages: {}, each time {first}", turn.count() * times);
    Ok(())
}
