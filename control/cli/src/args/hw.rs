//! What `sluice hw` takes.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `sluice hw`
#[derive(Args)]
pub struct Hw {
    #[command(subcommand)]
    pub command: HwCommand,
}

#[derive(Subcommand)]
pub enum HwCommand {
    /// Show which network cards are known, and what they do for SCTP
    Cards(Cards),
    /// Draw the machine: sockets, nodes, cores, caches, memory, network cards
    Show(Show),
    /// Compute what each core does, where memory lies and how the kernel is set, and say why
    ///
    /// Without a configuration, or without taps and wires in it, an example is planned: a wire between the first two ports
    /// of the first network card that DPDK drives.
    Plan(Plan),
    /// Put the plan into force: huge pages, interrupts, frequencies, drivers of cards, the kernel's parameters
    ///
    /// Shows what changes. What was before is kept for `sluice hw undo`. A second time there is nothing to do.
    Apply(Apply),
    /// Take back what `sluice hw apply` has changed
    Undo(Undo),
    /// Compare the running machine with the plan; exit code 1 where they differ
    Check(Check),
    /// Show temperatures, fans, power, memory, disks, links and the watchdog, as far as the kernel sees them
    Sensors(Sensors),
    /// Show what the daemon has seen go wrong with the machine, and get well again
    Events(Events),
}

/// What a plan is made of.
#[derive(Args)]
pub struct Planned {
    /// Configuration with the taps, wires and ports
    #[arg(long, value_name = "FILE", default_value = CONFIGURATION)]
    pub config: PathBuf,
    /// Folder with `sys` and `proc` in it: a tree that was copied from another machine
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    pub root: PathBuf,
    /// Let the writer run on the second thread of a poll core: saves a core, slows that one
    #[arg(long)]
    pub writer_on_sibling: bool,
}

/// Where the configuration is.
pub const CONFIGURATION: &str = "/etc/sluice/sluice.toml";

/// `sluice hw plan`
#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    pub planned: Planned,
    /// As JSON
    #[arg(long, conflicts_with = "toml")]
    pub json: bool,
    /// The lines for the configuration, `[cores]` and `[memory]`
    #[arg(long)]
    pub toml: bool,
}

/// `sluice hw apply`
#[derive(Args)]
pub struct Apply {
    #[command(flatten)]
    pub planned: Planned,
    /// Only show what would change
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// `sluice hw undo`
#[derive(Args)]
pub struct Undo {
    #[command(flatten)]
    pub planned: Planned,
}

/// `sluice hw check`
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    pub planned: Planned,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice hw show`
#[derive(Args)]
pub struct Show {
    /// Folder with `sys` and `proc` in it: a tree that was copied from another machine
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    pub root: PathBuf,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice hw cards`
#[derive(Args)]
pub struct Cards {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice hw sensors`
#[derive(Args)]
pub struct Sensors {
    /// Folder with `sys` and `proc` in it: a tree that was copied from another machine
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    pub root: PathBuf,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice hw events`
#[derive(Args)]
pub struct Events {
    /// The last so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub last: u32,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}
