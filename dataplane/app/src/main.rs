//! `sluice-dataplane`: reads its configuration, opens ports, pins threads, and serves until it is told to stop.
#![forbid(unsafe_code)]

use anyhow::Context;
use clap::Parser;
use sluice_dataplane::config::Config;
use std::path::PathBuf;
use std::process::ExitCode;

/// The dataplane of Sluice: receives, decodes, judges and forwards signalling
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/sluice/sluice.toml")]
    config: PathBuf,
    /// Only check the configuration file
    #[arg(long)]
    check: bool,
    /// Take ports, journal and socket over from the dataplane that runs on the same configuration
    #[arg(long, conflicts_with = "check")]
    take_over: bool,
    /// Watch over the dataplane that started this process, as told on standard input
    #[arg(long, hide = true)]
    guard: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sluice-dataplane: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.guard {
        return guard();
    }
    let config = Config::load(&arguments.config)?;
    if arguments.check {
        eprintln!("{} is good", arguments.config.display());
        return Ok(());
    }
    live(&config, arguments.take_over).with_context(|| format!("with {}", arguments.config.display()))
}

#[cfg(feature = "dpdk")]
fn live(config: &Config, takes_over: bool) -> anyhow::Result<()> {
    sluice_dataplane::live::run(config, takes_over)
}

#[cfg(feature = "dpdk")]
fn guard() -> anyhow::Result<()> {
    sluice_dataplane::guardian::guard()
}

#[cfg(not(feature = "dpdk"))]
fn live(_config: &Config, _takes_over: bool) -> anyhow::Result<()> {
    anyhow::bail!("this binary was built without DPDK and has no ports; build it with --features dpdk")
}

#[cfg(not(feature = "dpdk"))]
fn guard() -> anyhow::Result<()> {
    anyhow::bail!("this binary was built without DPDK and has nothing to guard")
}
