//! What `sluice trace` takes.

use super::PointCodes;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `sluice trace`
#[derive(Args)]
pub struct Trace {
    /// pcap or pcapng, also gzipped
    #[arg(required_unless_present = "live")]
    pub capture: Option<PathBuf>,
    /// Directory of the policy
    #[arg(long, value_name = "DIR", required_unless_present = "live")]
    pub policy: Option<PathBuf>,
    /// Address on the home network's side, from which a frame's direction follows; may be given several times
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub inside: Vec<IpAddr>,
    /// Form of the point codes
    #[arg(long, value_enum, default_value_t)]
    pub point_codes: PointCodes,
    /// Frames of a running dataplane as they go by, under its policy, instead of those of a capture
    #[arg(long, help_heading = LIVE, conflicts_with_all = ["capture", "policy", "inside", "point_codes"])]
    pub live: bool,
    /// End after this time, e.g. 30s; if not given, when it is interrupted
    #[arg(long = "for", help_heading = LIVE, value_name = "TIME", requires = "live", conflicts_with = "capture", value_parser = humantime::parse_duration)]
    pub time: Option<Duration>,
    /// So many frames a second and poll core at most; what comes faster is left out and counted
    #[arg(long, help_heading = LIVE, value_name = "N", requires = "live", conflicts_with = "capture", value_parser = clap::value_parser!(u32).range(1..))]
    pub per_second: Option<u32>,
    /// Which messages are shown
    #[command(flatten)]
    pub wanted: Wanted,
    /// How they are shown
    #[command(flatten)]
    pub look: Look,
    /// Write the frames as they are, before and after, to a pcapng file with comments
    #[arg(long, short = 'o', value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Which messages are wanted: those with all of it.
#[derive(Args)]
pub struct Wanted {
    /// Only those with this number as sender, receiver or subscriber
    #[arg(long, help_heading = WANTED, value_name = "NUMBER")]
    pub msisdn: Option<String>,
    /// Only those about this IMSI
    #[arg(long, help_heading = WANTED, value_name = "NUMBER")]
    pub imsi: Option<String>,
    /// Only those with this global title or number of a node
    #[arg(long, help_heading = WANTED, value_name = "NUMBER")]
    pub gt: Option<String>,
    /// Only those decided by this rule
    #[arg(long, help_heading = WANTED, value_name = "ID")]
    pub rule: Option<String>,
    /// Only those with this verdict: pass, discard, reject, …
    #[arg(long, help_heading = WANTED, value_parser = clap::builder::PossibleValuesParser::new(sluice_abi::verdict::ACTIONS))]
    pub action: Option<String>,
    /// Only those whose frame was changed
    #[arg(long, help_heading = WANTED)]
    pub changed: bool,
    /// No more frames than these
    #[arg(long, short = 'n', help_heading = WANTED, value_name = "N")]
    pub limit: Option<u64>,
}

/// How frames are shown.
#[derive(Args)]
pub struct Look {
    /// Show numbers and texts as they are
    #[arg(long, visible_alias = "unmask")]
    pub clear: bool,
    /// Show the octets of the frames too; there are numbers in them
    #[arg(long, requires = "clear")]
    pub hex: bool,
    /// One JSON object a frame
    #[arg(long)]
    pub json: bool,
}

const WANTED: &str = "What is shown";
const LIVE: &str = "Live";
