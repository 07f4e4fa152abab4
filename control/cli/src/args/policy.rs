//! What `sluice policy` takes.

use super::Shadow;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `sluice policy`
#[derive(Args)]
pub struct Policy {
    /// What to do.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// The commands on policies.
#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Check a policy directory; nothing is changed
    Check {
        /// Directory of the policy
        directory: PathBuf,
        /// Findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Lay the files of a policy out in one form; their meaning does not change
    ///
    /// Of a directory, its TOML files and the files of its lists. Comments and the order of everything stay. A file that
    /// cannot be read is reported and left alone.
    Fmt(Fmt),
    /// Print the JSON schema of a policy's TOML files, for editors
    Schema,
    /// Check a policy directory and bring it into force
    ///
    /// The daemon judges recent traffic by it first. Where more than the configured share would get another verdict it is
    /// refused, and --yes is asked for.
    Push {
        /// Directory of the policy
        directory: PathBuf,
        /// Why, for the history
        #[arg(long, short = 'm', default_value = "")]
        comment: String,
        /// Only if this version is in force now
        #[arg(long, value_name = "VERSION")]
        expect: Option<u64>,
        /// Also if much of the recent traffic would get another verdict
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// Check a policy directory and propose it: somebody else has to approve it
    Propose {
        /// Directory of the policy
        directory: PathBuf,
        /// Why, for those who look at it and for the history
        #[arg(long, short = 'm', default_value = "")]
        comment: String,
    },
    /// Show what was proposed
    Proposals {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Bring a policy into force that somebody else has proposed; look first: `sluice policy diff current proposal:ID`
    Approve {
        /// Its number
        id: u64,
        /// Also if much of the recent traffic would get another verdict
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// Reject what was proposed, or take back what you have proposed
    Reject {
        /// Its number
        id: u64,
    },
    /// Compare policies: directories, versions the daemon keeps (`current` for the one in force), or `proposal:ID`
    Diff {
        /// The older one
        from: String,
        /// The newer one
        to: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the history, or the rules and lists of one policy
    Show {
        /// A directory, a version, `current` or `proposal:ID`; the history if left out
        policy: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what the rules in shadow and offline would have done with recent traffic
    Shadow(Shadow),
    /// Bring the policy before the present one back into force
    Rollback,
}

/// `sluice policy fmt`
#[derive(Args)]
pub struct Fmt {
    /// Directories of policies, single files, or `-` for a TOML file from standard input to standard output
    #[arg(value_name = "DIR|FILE", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Change nothing, name the files that would change, and fail if there are any
    #[arg(long)]
    pub check: bool,
}
