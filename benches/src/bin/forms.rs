//! Measures the forms that a message can hide in, beside the plain one.
//!
//! ```text
//! forms time   CAPTURE [--messages N] [--elsewhere FILE]     the table of forms
//! forms layers CAPTURE [--messages N] [--elsewhere FILE]     the table of layers
//! forms names                                                the forms
//! forms layer-names                                          the layers, with who decodes them
//! forms run    CAPTURE --contender NAME [--times N]          one of either, and no more: for counting instructions
//! forms load   CAPTURE OUT --form FORM --messages N          a form as a capture, for other programs
//! ```
//! `run` reads a capture of plain messages, which `load` writes.

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use sluice_bench::Load;
use sluice_bench::allocations::Counting;
use sluice_bench::forms::table::{self, Runner};
use sluice_bench::forms::{ALL, Form, Plain, plain_messages};
use sluice_bench::layers::{self, Inputs};
use sluice_bench::report::Figures;
use std::path::{Path, PathBuf};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Parser)]
#[command(about = "Measures the forms that a message can hide in")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the table.
    Time {
        /// An Ethernet capture with short messages.
        capture: PathBuf,
        /// Messages in one run; those of the capture are repeated to as many.
        #[arg(long, default_value_t = 20_000)]
        messages: usize,
        /// Figures that scripts measured on the same forms.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Prints the table of layers.
    Layers {
        /// An Ethernet capture with short messages.
        capture: PathBuf,
        /// Messages in one run; those of the capture are repeated to as many.
        #[arg(long, default_value_t = 20_000)]
        messages: usize,
        /// Figures that scripts measured on the same messages.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Prints the names of the forms.
    Names,
    /// Prints the layers with who decodes them.
    LayerNames,
    /// Runs one of them and says what it came to. `none` only reads the capture.
    Run {
        /// An Ethernet capture with short messages.
        capture: PathBuf,
        /// The form, the layer with who decodes it, or `none`.
        #[arg(long)]
        contender: String,
        /// How often it runs.
        #[arg(long, default_value_t = 1)]
        times: u64,
    },
    /// Writes one of them.
    Load {
        /// An Ethernet capture with short messages.
        capture: PathBuf,
        /// The capture to write.
        out: PathBuf,
        /// The form.
        #[arg(long)]
        form: String,
        /// Messages to write.
        #[arg(long)]
        messages: usize,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Time { capture, messages, elsewhere } => {
            print!("{}", table::measure(&messages_of(&capture, messages)?, Figures::read(&elsewhere)?)?);
        }
        Command::Layers { capture, messages, elsewhere } => {
            print!("{}", layers::measure(&messages_of(&capture, messages)?, Figures::read(&elsewhere)?)?);
        }
        Command::LayerNames => layers::all().for_each(|(layer, who)| println!("{}", layer.contender(who))),
        Command::Names => ALL.iter().for_each(|form| println!("{}", form.name)),
        Command::Run { capture, contender, times } => run(&capture, &contender, times)?,
        Command::Load { capture, out, form, messages } => {
            let load = named(&form)?.build(&messages_of(&capture, messages)?)?;
            load.write(&out)?;
            println!("{} frames", load.frames().len());
        }
    }
    Ok(())
}

fn messages_of(capture: &Path, count: usize) -> anyhow::Result<Vec<Plain>> {
    plain_messages(&Load::read(capture, None, |_| true)?, count)
}

fn named(name: &str) -> anyhow::Result<Form> {
    let known = || ALL.map(|form| form.name).join("`, `");
    ALL.into_iter().find(|form| form.name == name).with_context(|| format!("no form `{name}`, but `{}`", known()))
}

fn run(capture: &Path, name: &str, times: u64) -> anyhow::Result<()> {
    let load = Load::read(capture, None, |_| true)?;
    if name == "none" {
        println!("{} frames", load.frames().len());
        return Ok(());
    }
    let messages = plain_messages(&load, load.frames().len())?;
    if let Some((layer, who)) = layers::all().find(|(layer, who)| layer.contender(*who) == name) {
        let inputs = Inputs::new(&messages)?;
        let carried: u64 = (0..times).map(|_| inputs.run(layer, who)).sum();
        println!("messages: {}, {carried} octets", inputs.messages() as u64 * times);
        return Ok(());
    }
    let mut runner = Runner::new(named(name)?, &messages, &table::plain(&messages)?)?;
    for _ in 0..times {
        ensure!(runner.run()? > 0.0, "no time at all");
    }
    println!("messages: {}", messages.len() as u64 * times);
    Ok(())
}
