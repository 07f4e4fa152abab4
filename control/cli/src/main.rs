//! The command line of Sluice: what works on a file works here; what works on a running appliance asks its daemon.
//!
//! Exit codes: 0 done; 1 the work failed, with a message that says what and where; 2 the call was wrong.
#![forbid(unsafe_code)]

mod accounts;
mod args;
mod audit;
mod backtest;
mod counters;
mod daemon;
mod decode;
mod events;
mod explain;
mod fields;
mod format;
mod hw;
mod init;
mod learn;
mod link;
mod lists;
mod output;
mod pace;
mod policy;
mod replay;
mod rules;
mod status;
mod top;
mod trace;
mod traffic;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", output::error_label());
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    match &cli.command {
        Command::Decode(args) => decode::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Backtest(args) => backtest::run(&cli.daemon, args),
        Command::Init(args) => init::run(args),
        Command::Learn(args) => learn::run(args),
        Command::Top(args) => top::run(args),
        Command::Policy(args) => policy::run(&cli.daemon, args),
        Command::List(args) => lists::run(&cli.daemon, args),
        Command::Rules(args) => rules::rules(&cli.daemon, args),
        Command::Scenarios(args) => rules::scenarios(&cli.daemon, args),
        Command::Networks(args) => rules::networks(&cli.daemon, args),
        Command::Traffic(args) => traffic::run(&cli.daemon, args),
        Command::Events(args) => events::run(&cli.daemon, args),
        Command::Audit(args) => audit::run(&cli.daemon, args),
        Command::Account(args) => accounts::account(&cli.daemon, args),
        Command::Role(args) => accounts::role(&cli.daemon, args),
        Command::Token(args) => accounts::token(&cli.daemon, args),
        Command::Explain(args) => explain::run(&cli.daemon, args),
        Command::Trace(args) => trace::run(&cli.daemon, args),
        Command::Counters(args) => counters::run(&cli.daemon, args),
        Command::Hw(args) => hw::run(&cli.daemon, args),
        Command::Fields(args) => fields::run(args),
        Command::Status(args) => status::run(&cli.daemon, args),
        Command::Completion { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "sluice", &mut std::io::stdout());
            Ok(())
        }
        Command::Man { directory } => output::man_pages(Cli::command(), directory),
    }
}
