//! Measures state: what an entry of each table costs, and what a message costs when the tables are full.
//!
//! ```text
//! state entries [--times-less N]                         each table beside hashbrown
//! state time [--times-less N] [--elsewhere FILE]         the engine over empty and full tables
//! state names                                            the rows of `time`
//! state run CAPTURE --contender NAME [--times N]         one of them with small tables: for counting instructions
//! ```
//! Fails where tables answer otherwise than hashbrown, or the engine does not know what it should.

mod engine;
mod tables;

use clap::{Parser, Subcommand};
use sluice_bench::state::rig::{Case, Sizes};
use std::path::PathBuf;

#[derive(Parser)]
#[command(about = "Measures tables of state beside hashbrown, and the engine when they are full")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Octets and nanoseconds of each table, beside hashbrown with the same keys.
    Entries {
        /// Divides how many there are of everything.
        #[arg(long, default_value_t = 1)]
        times_less: u32,
    },
    /// Nanoseconds a message of the whole engine, its tables empty and full.
    Time {
        /// Divides how many there are of everything.
        #[arg(long, default_value_t = 1)]
        times_less: u32,
        /// Messages in one round.
        #[arg(long, default_value_t = 200_000)]
        messages: u64,
        /// Figures that scripts measured on the same messages.
        #[arg(long)]
        elsewhere: Vec<PathBuf>,
    },
    /// Prints the names of the rows.
    Names,
    /// Runs one of them and says how many messages there were. `none` only says how many there would be.
    Run {
        /// Not read: messages are made.
        capture: PathBuf,
        /// Its name, or `none`.
        #[arg(long)]
        contender: String,
        /// How often it runs over as many messages.
        #[arg(long, default_value_t = 1)]
        times: u64,
        /// Divides how many there are of everything.
        #[arg(long, default_value_t = 1000)]
        times_less: u32,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Entries { times_less } => tables::measure(times_less as usize),
        Command::Time { times_less, messages, elsewhere } => {
            engine::measure(&Sizes::GOAL.divided(times_less), messages, &elsewhere)
        }
        Command::Names => {
            Case::ALL.iter().map(|case| case.name()).chain([engine::MAKING]).for_each(|name| println!("{name}"));
            Ok(())
        }
        Command::Run { contender, times, times_less, .. } => {
            engine::run(&contender, times, &Sizes::GOAL.divided(times_less))
        }
    }
}
