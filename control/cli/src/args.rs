//! What can be called, and the help texts.
//!
//! A command with more than a few options has a file of its own in this folder; what runs it is the module of the same
//! name beside this one, called from `main`. Manual pages and completion follow from what stands here.

mod accounts;
mod backtest;
mod explain;
mod hw;
mod init;
pub mod learn;
mod policy;
pub mod trace;

use clap::{Args, Parser, Subcommand};
use std::net::IpAddr;
use std::path::PathBuf;

pub use accounts::{Account, AccountCommand, Audit, AuditCommand, Role, RoleCommand, Token, TokenCommand};
pub use backtest::{Backtest, Shadow};
pub use explain::Explain;
pub use hw::Events as HwEvents;
pub use hw::{Apply, CONFIGURATION, Cards, Check, Hw, HwCommand, Plan, Planned, Sensors, Show, Undo};
pub use init::Init;
pub use learn::{Learn, Top};
pub use policy::{Fmt, Policy, PolicyCommand};
pub use trace::Trace;

/// SMS firewall: decode captures, try and push policies, look at a running appliance
#[derive(Parser)]
#[command(name = "sluice", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// Where the daemon is.
    #[command(flatten)]
    pub daemon: Daemon,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How the control daemon is reached.
#[derive(Args, Clone)]
pub struct Daemon {
    /// Socket of the control daemon
    #[arg(long, global = true, help_heading = DAEMON, value_name = "PATH", env = "SLUICE_SOCKET", default_value = "/run/sluice/sluiced.sock")]
    pub socket: PathBuf,
    /// Reach the daemon of another machine by HTTPS instead, e.g. https://fw1.example:8443
    #[arg(long, global = true, help_heading = DAEMON, value_name = "URL", env = "SLUICE_URL", requires = "credential")]
    pub url: Option<String>,
    /// Certificate of the authority that signed the other machine's certificate, PEM
    #[arg(long, global = true, help_heading = DAEMON, value_name = "FILE", env = "SLUICE_CA")]
    pub ca: Option<PathBuf>,
    /// File with the access token for --url
    #[arg(long, global = true, help_heading = DAEMON, value_name = "FILE", env = "SLUICE_TOKEN_FILE", group = "credential")]
    pub token_file: Option<PathBuf>,
    /// Certificate to show instead of a token, PEM
    #[arg(long, global = true, help_heading = DAEMON, value_name = "FILE", env = "SLUICE_CERTIFICATE", group = "credential", requires = "key")]
    pub certificate: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(long, global = true, help_heading = DAEMON, value_name = "FILE", env = "SLUICE_KEY")]
    pub key: Option<PathBuf>,
}

/// A moment in the future, as a date or in full.
pub fn until(text: &str) -> Result<sluice_api::time::Timestamp, String> {
    const NS_PER_S: u64 = 1_000_000_000;
    let second = sluice_policy::parse_until(text).and_then(|s| s.checked_mul(NS_PER_S));
    second
        .map(sluice_api::time::Timestamp::from_ns)
        .ok_or_else(|| "expected 2026-12-31, or 2026-12-31T18:00:00Z".to_owned())
}

const DAEMON: &str = "The daemon";

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Decode a capture file and print its short messages
    ///
    /// A line is one operation of MAP, one TCAP message without an operation, or one PDU of SMPP: time, frame, what it
    /// is, from whom → to whom, MAP error, deviations that were tolerated, part/parts of a long message, text. After
    /// the last part that comes follows `=` and the text of all. A deviation is written `!name`: it is the field
    /// `anomaly.name`, and `sluice fields` tells what it means. `malformed` stands where something did not parse; what
    /// did parse is still shown.
    Decode(Decode),
    /// Send a capture file through the dataplane under a policy
    Replay(Replay),
    /// Judge what has passed by a new policy, and show what would change
    ///
    /// Captures go through the dataplane's engine, records of a journal through its rules; offline rules are asked too.
    /// Shown is how many verdicts change, by rule, partner, class and trigger, with examples. Counters begin at zero, so
    /// that the first window of each counts less than it did; what was not recorded cannot be judged, and how much that
    /// is, is said.
    Backtest(Backtest),
    /// Write a policy to begin with, for your network
    ///
    /// Asks who the network and its partners are, on a terminal and for what no option says, and writes a directory with
    /// rules, lists and network.toml. Nothing is written where something is already there.
    Init(Init),
    /// Propose partners and limits of scenarios from observed traffic, for approval
    ///
    /// Nothing is put in force: what is proposed is written with what it rests on, to be compared with contracts and
    /// copied by a person. An attacker who was there the whole time looks like a partner.
    Learn(Learn),
    /// Show who talks most, by any field
    Top(Top),
    /// Check, lay out, push, compare, show and take back policies
    Policy(Policy),
    /// Show lists, and put and remove their entries at once
    List(crate::lists::List),
    /// Show what the rules of the policy in force have lately found
    Rules(crate::rules::Options),
    /// Show the scenarios: what they are about, their settings, what they have lately found
    Scenarios(crate::rules::ScenarioOptions),
    /// Show the networks that the policy in force names, and what has lately come from them
    Networks(crate::rules::Options),
    /// Count what has passed, by rule, operation, class, network and the like
    ///
    /// Counted are the messages of which an event is kept.
    Traffic(crate::traffic::Options),
    /// Show judged messages
    Events(Events),
    /// Show who did what, and check that the log of it is whole
    Audit(Audit),
    /// Show, make, change and remove accounts of people
    Account(Account),
    /// Show roles, and make your own
    Role(Role),
    /// Show, make and revoke tokens of programs
    Token(Token),
    /// Show why a message was judged as it was: the rules considered, and why each did or did not match
    Explain(Explain),
    /// Show what becomes of messages on a wire: their frames before and after, side by side
    ///
    /// A capture goes through the engine as by `replay --wire`. Shown are the message, the verdict with its rule and
    /// evidence, what was done, and where the frame was changed every field before and after. With a message that is
    /// wanted come the frames of its other pieces and the answer to it. Numbers and texts are masked, but not in the
    /// file that -o writes.
    ///
    /// With --live the frames are those of a running dataplane. They come through its daemon with every number in them,
    /// so each trace is recorded in the audit log, with who began it and the conditions, numbers masked. There is one at
    /// a time; it ends after --for, with --limit or when it is interrupted. Nothing waits for it: frames that come too
    /// fast are left out, and how many is said at the end. The conditions are met by what has come: where much is left
    /// out, a higher --per-second helps. Shown are frames with judged messages and changed ones; not those that a screen
    /// drops, nor frames of the dataplane's own.
    Trace(Trace),
    /// Show what the dataplane has counted
    Counters(Counters),
    /// Show how the appliance is
    Status(Status),
    /// Look at the machine the appliance runs on
    Hw(Hw),
    /// Show all fields, which rules and events use: their names, values and meanings
    Fields(Fields),
    /// Print a completion script
    Completion {
        /// For this shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    Man {
        /// Into this directory
        directory: PathBuf,
    },
}

/// `sluice decode`
#[derive(Args)]
pub struct Decode {
    /// pcap or pcapng, also gzipped
    pub capture: PathBuf,
    /// One JSON object a line, in the shape of the field list, instead of text
    #[arg(long, conflicts_with = "count")]
    pub jsonl: bool,
    /// Every MAP component, not only those of short messages
    #[arg(long)]
    pub all_map: bool,
    /// Only decode and print totals
    #[arg(long)]
    pub count: bool,
    /// Totals as JSON
    #[arg(long, requires = "count")]
    pub json: bool,
    /// Mask numbers and hide texts
    #[arg(long)]
    pub masked: bool,
    /// Form of the point codes
    #[arg(long, value_enum, default_value_t)]
    pub point_codes: PointCodes,
}

/// Form of point codes.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub enum PointCodes {
    /// 14 bits (Q.704)
    #[default]
    Itu,
    /// 24 bits (T1.111.4)
    Ansi,
    /// 24 bits (GF 001-9001)
    China,
}

impl From<PointCodes> for sluice_engine::PointCodes {
    fn from(point_codes: PointCodes) -> Self {
        match point_codes {
            PointCodes::Itu => Self::Itu,
            PointCodes::Ansi => Self::Ansi,
            PointCodes::China => Self::China,
        }
    }
}

/// `sluice replay`
#[derive(Args)]
pub struct Replay {
    /// pcap or pcapng, also gzipped
    pub capture: PathBuf,
    /// Directory of the policy
    #[arg(long, value_name = "DIR")]
    pub policy: PathBuf,
    /// Directory for events.jsonl, counters.json and, for a wire, out.pcap; created if missing
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Form of the point codes
    #[arg(long, value_enum, default_value_t)]
    pub point_codes: PointCodes,
    /// Replay as a wire instead of a tap, and write what it forwards to out.pcap
    #[arg(long, conflicts_with_all = ["laps"])]
    pub wire: bool,
    /// Address on the home network's side, from which a frame's direction follows; may be given several times
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub inside: Vec<IpAddr>,
    /// At the speed of the capture instead of as fast as possible
    #[arg(long)]
    pub realtime: bool,
    /// Play the capture so many times
    #[arg(long = "loop", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub laps: u64,
    /// Mask numbers and hide texts in events.jsonl
    #[arg(long)]
    pub masked: bool,
}

/// `sluice events`
#[derive(Args)]
pub struct Events {
    /// Go on and show new ones as they come
    #[arg(long, short = 'f')]
    pub follow: bool,
    /// The last so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub last: u32,
    /// Only those decided by this rule
    #[arg(long, value_name = "ID")]
    pub rule: Option<String>,
    /// Only those with this verdict: pass, discard, reject, …
    #[arg(long)]
    pub action: Option<String>,
    /// Only those with this number as sender, receiver, MSISDN, IMSI or global title
    #[arg(long)]
    pub number: Option<String>,
    /// Only those in whose text all of these words stand; this is recorded in the audit log
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// Show numbers and texts as they are; this is recorded in the audit log
    #[arg(long)]
    pub clear: bool,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Write all that match, oldest first, as a file; this is recorded in the audit log
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["follow", "last", "json"])]
    pub export: Option<Export>,
}

/// As what events are exported.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Export {
    /// Comma-separated values: the fields people look for
    Csv,
    /// JSON lines: everything
    Jsonl,
}

/// `sluice counters`
#[derive(Args)]
pub struct Counters {
    /// Show them again every second, with their change
    #[arg(long, short = 'w')]
    pub watch: bool,
    /// Also those that are zero
    #[arg(long, short = 'a')]
    pub all: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `sluice fields`
#[derive(Args)]
pub struct Fields {
    /// As the JSON schema of an event
    #[arg(long)]
    pub json: bool,
}

/// `sluice status`
#[derive(Args)]
pub struct Status {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
