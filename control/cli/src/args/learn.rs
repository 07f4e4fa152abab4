//! What `sluice learn` and `sluice top` take.

use super::PointCodes;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What has passed, and how it is to be read.
#[derive(Args)]
pub struct From {
    /// Capture files, in the order of their time, or the directory of a journal
    #[arg(long, value_name = "CAPTURE|JOURNAL", num_args = 1.., default_value = JOURNAL)]
    pub from: Vec<PathBuf>,
    /// Form of the point codes in captures
    #[arg(long, value_enum, default_value_t)]
    pub point_codes: PointCodes,
    /// Address on the home network's side, for captures; may be given several times
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub inside: Vec<IpAddr>,
}

/// Where the dataplane keeps its journal unless its configuration says otherwise.
const JOURNAL: &str = "/var/lib/sluice/journal";

/// `sluice learn`
#[derive(Args)]
pub struct Learn {
    /// What to learn from.
    #[command(flatten)]
    pub from: From,
    /// The network file there is: what it names is not proposed, and scenarios that need it are learned for
    #[arg(long, value_name = "FILE")]
    pub network: Option<PathBuf>,
    /// Only the last so many days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub days: Option<u32>,
    /// Directory for learned-network.toml and learned-settings.toml; created if missing
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Propose from this many requests on
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub least: u64,
    /// Propose if they lie this far apart in time
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = humantime::parse_duration)]
    pub least_time: Duration,
    /// Propose a partner from this many requests of its own on
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub least_of_partner: u64,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice top`
#[derive(Args)]
pub struct Top {
    /// What to look at.
    #[command(flatten)]
    pub from: From,
    /// The field whose values are ranked, or several with commas between: ranked is what they say together
    #[arg(long, value_name = "FIELD", value_delimiter = ',', default_value = "sccp.cgpa.gt")]
    pub by: Vec<String>,
    /// Only what passed in so much time before the last message; without, all of captures and 10m of a journal
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub window: Option<Duration>,
    /// So many rows
    #[arg(short = 'n', long = "rows", value_name = "N", default_value_t = 20)]
    pub rows: usize,
    /// Judge captures by this policy; of a journal what was recorded counts
    #[arg(long, value_name = "DIR")]
    pub policy: Option<PathBuf>,
    /// Count answers as well as requests
    #[arg(long)]
    pub answers: bool,
    /// Show numbers and texts as they are
    #[arg(long)]
    pub clear: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
