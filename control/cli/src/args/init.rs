//! What `sluice init` takes.

use clap::Args;
use std::path::PathBuf;

/// `sluice init`
#[derive(Args)]
pub struct Init {
    /// Directory of the new policy; must not be there yet, or be empty
    pub directory: PathBuf,
    /// Ask nothing: what no option says is that of a demonstration network, which exists nowhere
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// What the home network consists of.
    #[command(flatten)]
    pub home: Home,
    /// A partner, e.g. 'Foreign Mobile,country=ZZ,agreement=p2p,gts=99981/99982'; may be given several times
    ///
    /// First its name, then what it consists of: gts, numbers, mcc_mnc, point_codes, smscs, permits, each with one value
    /// or several with `/` between them; country; agreement, which is p2p (messages between people), a2p (also from
    /// services), hub (for many networks) or blocked. Permits are ota, binary, silent, flash, mt-without-sri.
    #[arg(long, value_name = "NAME,KEY=VALUE,…", help_heading = "Its partners")]
    pub partner: Vec<String>,
}

/// The home network; several values have commas between them.
#[derive(Args)]
#[command(next_help_heading = "The home network")]
pub struct Home {
    /// What it is called
    #[arg(long, value_name = "NAME")]
    pub network_name: Option<String>,
    /// Its country, ISO 3166 alpha-2
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
    /// Its mobile country and network codes, e.g. 00101
    #[arg(long, value_name = "CODES")]
    pub mcc_mnc: Option<String>,
    /// Beginnings of its subscribers' numbers with the country code, e.g. 99970, or ranges 9997000-9997099
    #[arg(long, value_name = "NUMBERS")]
    pub numbers: Option<String>,
    /// Beginnings of the global titles of its nodes, or ranges; without, the subscribers' numbers
    #[arg(long, value_name = "NUMBERS")]
    pub gts: Option<String>,
    /// Point codes of its nodes
    #[arg(long, value_name = "CODES")]
    pub point_codes: Option<String>,
    /// Numbers of its service centres
    #[arg(long, value_name = "NUMBERS")]
    pub smscs: Option<String>,
}
