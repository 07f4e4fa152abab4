//! The program `sluiced`.
#![forbid(unsafe_code)]

use clap::Parser;
use sluiced::config::Config;
use std::path::PathBuf;
use std::process::ExitCode;

/// Control daemon of a Sluice appliance: reads the journal into its store, pushes policies, answers the API.
///
/// Exit codes: 0 ended in good order, 1 could not start or go on, 2 called wrongly.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file, shared with the dataplane
    #[arg(long, default_value = "/etc/sluice/sluice.toml")]
    config: PathBuf,
    /// Reads the configuration, says whether it can be used, and ends
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    match start(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sluiced: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.config)?;
    if arguments.check {
        println!("{}: can be used", arguments.config.display());
        return Ok(());
    }
    sluiced::run(&config)
}
