//! What `sluice account`, `role`, `token` and `audit` take.

use clap::{Args, Subcommand};
use sluice_api::Permission;
use sluice_api::audit::Hash;
use sluice_api::time::Timestamp;
use std::path::PathBuf;

/// `sluice account`
#[derive(Args)]
pub struct Account {
    /// What to do.
    #[command(subcommand)]
    pub command: AccountCommand,
}

/// The commands on accounts.
#[derive(Subcommand)]
pub enum AccountCommand {
    /// Show the accounts
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make an account; the password is asked for, or is the first line of standard input
    Add {
        /// Its name
        name: String,
        /// Its role: see `sluice role list`
        #[arg(long)]
        role: String,
    },
    /// Change an account: sessions that it has end with its password, and when it is disabled
    #[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
    Change {
        /// Its name
        name: String,
        /// Give it another role
        #[arg(long, group = "change")]
        role: Option<String>,
        /// Give it another password, which is asked for, or is the first line of standard input
        #[arg(long, group = "change")]
        password: bool,
        /// Let nobody in with it
        #[arg(long, group = "change", conflicts_with = "enable")]
        disable: bool,
        /// Let somebody in with it again
        #[arg(long, group = "change")]
        enable: bool,
        /// Let it try again at once after too many wrong passwords
        #[arg(long, group = "change")]
        unlock: bool,
        /// Take its second factor away: for somebody who has lost it
        #[arg(long, group = "change")]
        remove_second_factor: bool,
    },
    /// Remove an account; its sessions end
    Remove {
        /// Its name
        name: String,
    },
}

/// `sluice role`
#[derive(Args)]
pub struct Role {
    /// What to do.
    #[command(subcommand)]
    pub command: RoleCommand,
}

/// The commands on roles.
#[derive(Subcommand)]
pub enum RoleCommand {
    /// Show the roles and what they allow
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a role of your own, or change it
    Put {
        /// Its name
        name: String,
        /// What it allows, as `events.read`
        #[arg(required = true, value_parser = permission)]
        permissions: Vec<Permission>,
        /// Whom it is for
        #[arg(long, short = 'm', default_value = "")]
        help_text: String,
    },
    /// Remove a role of your own
    Remove {
        /// Its name
        name: String,
    },
}

/// `sluice token`
#[derive(Args)]
pub struct Token {
    /// What to do.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// The commands on tokens.
#[derive(Subcommand)]
pub enum TokenCommand {
    /// Show the tokens, without what they are
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a token for a program and print it: it is not shown again
    Make {
        /// Its name
        name: String,
        /// Its role: see `sluice role list`
        #[arg(long)]
        role: String,
        /// A certificate, PEM, that takes its place: the program shows it when it connects
        #[arg(long = "of-certificate", value_name = "FILE")]
        certificate: Option<PathBuf>,
        /// From when on it is worth nothing: a date (with that day, in UTC) or a moment such as 2026-12-31T18:00:00Z
        #[arg(long, value_name = "DATE", value_parser = super::until)]
        until: Option<Timestamp>,
    },
    /// Make a token worth nothing
    Revoke {
        /// Its name
        name: String,
    },
}

/// `sluice audit`
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Audit {
    /// What to do; the last rows are shown without it.
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// The last so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub last: u32,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// The commands on the audit log.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Check that no row was changed, removed or put in between
    ///
    /// Each row has a hash over itself and the row before. That rows were cut off at the end, or all written anew, only
    /// shows when the last hash of an earlier check was kept elsewhere and is given as --head.
    Check {
        /// Check an exported log instead of the daemon's
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// A number and hash that an earlier check gave
        #[arg(long, value_name = "NUMBER:HASH", value_parser = head)]
        head: Option<(u64, Hash)>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the whole log as JSON lines, oldest first
    Export,
}

fn permission(text: &str) -> Result<Permission, String> {
    let names = || Permission::ALL.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ");
    Permission::parse(text).ok_or_else(|| format!("the permissions are {}", names()))
}

fn head(text: &str) -> Result<(u64, Hash), String> {
    let parsed = text.split_once(':').and_then(|(number, hash)| Some((number.parse().ok()?, hash.parse().ok()?)));
    parsed.ok_or_else(|| "expected what an earlier check has printed, as 17:9f86d0…".to_owned())
}
