//! Measures the whole pipeline: the dataplane's own threads, policy, ring, writer and journal, over ports that never
//! wait for anybody.
//!
//! ```text
//! pipeline memory CAPTURE [--cores N] …      preloaded frames into memory ports
//! pipeline dpdk CAPTURE [--cores N] …        net_pcap with infinite_rx to net_null, a wire on each core
//! pipeline null [--cores N] …                net_null to net_null: frames of zeros, ports and loop alone
//! ```
//! Beside each stands the engine alone on the same frames in the same rounds: the difference is what ports, loop, clock,
//! ring and writer cost. It fails when a frame is lost.

#[cfg(feature = "dpdk")]
mod live;
mod memory;
mod outcome;
mod port;
mod rig;

use anyhow::ensure;
use clap::{Args, Parser, Subcommand};
use outcome::{Outcome, Row};
use sluice_abi::LogLevel;
use sluice_bench::goals::Goal;
use std::path::PathBuf;

#[derive(Parser)]
#[command(about = "Measures the whole pipeline over memory ports and DPDK's virtual devices")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Preloaded frames into memory ports.
    Memory {
        /// An Ethernet capture, whose associations bring enough messages that a repetition is none of a retransmission.
        capture: PathBuf,
        #[command(flatten)]
        run: Run,
    },
    /// net_pcap with infinite_rx to net_null.
    #[cfg(feature = "dpdk")]
    Dpdk {
        /// An Ethernet capture, small enough that DPDK can hold it in packet buffers.
        capture: PathBuf,
        #[command(flatten)]
        run: Run,
    },
    /// net_null to net_null.
    #[cfg(feature = "dpdk")]
    Null {
        #[command(flatten)]
        run: Run,
    },
}

/// How a pipeline is run.
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// Poll cores. The first is the last core of the machine; the writer has the first core of the machine for itself
    /// only as long as no poll core needs it.
    #[arg(long, default_value_t = 1)]
    cores: usize,
    /// Frames a poll core takes in one round.
    #[arg(long, default_value_t = 2_000_000)]
    frames: u64,
    /// Rounds, the engine alone and the pipeline in turn.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How much of a message is recorded where no rule says it: `none`, `summary`, `addresses`, `full`.
    #[arg(long, default_value = "summary", value_parser = log_level)]
    log: LogLevel,
    /// Where the journal is written; a folder in it is made and removed.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Print no line of headings.
    #[arg(long)]
    bare: bool,
}

fn log_level(name: &str) -> Result<LogLevel, String> {
    LogLevel::parse(name).ok_or_else(|| format!("no such level: {name}"))
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Memory { capture, run } => report("memory", &run, memory::rounds(&capture, &run)?),
        #[cfg(feature = "dpdk")]
        Command::Dpdk { capture, run } => report("net_pcap to net_null", &run, live::rounds(Some(&capture), &run)?),
        #[cfg(feature = "dpdk")]
        Command::Null { run } => report("net_null to net_null", &run, live::rounds(None, &run)?),
    }
}

/// What the rounds came to, the engine alone in front where it was measured.
pub struct Rounds {
    /// Nanoseconds a frame of the engine with policy and record and nothing around it; empty where nothing was judged.
    alone_ns: Vec<f64>,
    /// The pipeline.
    outcomes: Vec<Outcome>,
}

fn report(through: &str, run: &Run, rounds: Rounds) -> anyhow::Result<()> {
    let log = if run.log == LogLevel::Summary { "" } else { run.log.name() };
    let row = Row::of(format!("{through}, {} poll {log}", run.cores).trim_end().to_owned(), &rounds);
    if !run.bare {
        println!("{}", Row::HEADINGS);
    }
    println!("{row}");
    if let (Some(around), true) = (row.around_ns(), through.starts_with("net_") && run.cores == 1) {
        println!("{}", Goal::at_most("P5", "ns a frame around engine, rules and record", 110.0, around));
    }
    ensure!(row.frames_lost == 0, "{through}: {} frames lost", row.frames_lost);
    Ok(())
}
