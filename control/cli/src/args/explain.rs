//! What `sluice explain` takes.

use clap::Args;
use std::path::PathBuf;

/// `sluice explain`
#[derive(Args)]
pub struct Explain {
    /// Number of an event of the daemon, a file of events as `sluice replay` writes them, or `-` for standard input
    #[arg(value_name = "EVENT")]
    pub event: PathBuf,
    /// The event on this line of the file, from 1; may be left out where there is only one
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub line: Option<u64>,
    /// A directory, a version the daemon keeps, or `current`; without, the version named in the event
    #[arg(long, value_name = "POLICY")]
    pub policy: Option<String>,
    /// Every rule, not only those that matched or nearly did
    #[arg(long, short = 'a')]
    pub all: bool,
    /// Have the daemon give numbers and texts as they are; this is recorded in the audit log
    #[arg(long)]
    pub clear: bool,
    /// As JSON, always with every rule
    #[arg(long)]
    pub json: bool,
}
