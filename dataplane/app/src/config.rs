//! The dataplane's part of the one configuration file, `sluice.toml`.
//!
//! Sections of other processes (`[control]`) are left to them. Everything has a default but the ports.

mod failover;
mod home;
mod load;
mod screen;

pub use failover::{Conditions, OnFailure, PassOrDiscard, Watchdog};
pub use home::HomeRouting;
pub use screen::Screen;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;

/// The whole file, as far as the dataplane reads it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where sockets, counters, journal and images lie.
    #[serde(default)]
    pub paths: Paths,
    /// Which core does what.
    #[serde(default)]
    pub cores: Cores,
    /// Memory for packets.
    #[serde(default)]
    pub memory: Memory,
    /// Sizes of the state tables, for each poll core.
    #[serde(default)]
    pub tables: Tables,
    /// The journal of judged messages.
    #[serde(default)]
    pub journal: Journal,
    /// What happens where no rule can decide.
    #[serde(default)]
    pub conditions: Conditions,
    /// Who notices that a poll core stands still.
    #[serde(default)]
    pub watchdog: Watchdog,
    /// What a stranger learns of where a subscriber is; the truth if not given.
    #[serde(default)]
    pub home_routing: Option<HomeRouting>,
    /// Network ports.
    #[serde(default)]
    pub port: Vec<Port>,
    /// Ports that only listen.
    #[serde(default)]
    pub tap: Vec<Tap>,
    /// Pairs of ports forwarded to each other.
    #[serde(default)]
    pub wire: Vec<Wire>,
    /// The control daemon's part, not read here.
    #[serde(default)]
    pub control: toml::Table,
}

/// `[paths]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// Command socket and counters.
    pub run_dir: PathBuf,
    /// Journal and the last policy in force.
    pub state_dir: PathBuf,
}

impl Default for Paths {
    fn default() -> Self {
        Self { run_dir: "/run/sluice".into(), state_dir: "/var/lib/sluice".into() }
    }
}

impl Paths {
    /// The socket on which the control daemon gives commands.
    pub fn command_socket(&self) -> PathBuf {
        self.run_dir.join("dataplane.sock")
    }

    /// The counters of every core.
    pub fn counters(&self) -> PathBuf {
        self.run_dir.join("counters")
    }

    /// The directory of the journal's segments.
    pub fn journal(&self) -> PathBuf {
        self.state_dir.join("journal")
    }

    /// The associations that a poll core splices.
    pub fn spliced(&self, core: usize) -> PathBuf {
        self.state_dir.join(format!("spliced.{core}"))
    }

    /// The correlation ids that a poll core has given.
    pub fn home_ids(&self, core: usize) -> PathBuf {
        self.state_dir.join(format!("home.{core}"))
    }

    /// The nodes that our numbers stand for.
    pub fn home_nodes(&self) -> PathBuf {
        self.state_dir.join("home.nodes")
    }

    /// What tells requesters of correlation ids apart.
    pub fn home_secret(&self) -> PathBuf {
        self.state_dir.join("home.secret")
    }

    /// The last policy in force, taken up again at the next start.
    pub fn last_policy(&self) -> PathBuf {
        self.state_dir.join("policy.image")
    }
}

/// `[cores]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cores {
    /// One poll thread is pinned to each of these.
    pub poll: Vec<usize>,
    /// Commands, images, links.
    pub housekeeping: usize,
    /// Events to the journal.
    pub writer: usize,
    /// What a poll thread does while nothing comes.
    pub idle: Idle,
    /// Where a dataplane marks the cores it polls; those that share cores must agree on it. `/run/lock` if not given.
    pub lock_dir: Option<PathBuf>,
}

impl Default for Cores {
    fn default() -> Self {
        Self { poll: vec![1], housekeeping: 0, writer: 0, idle: Idle::Spin, lock_dir: None }
    }
}

/// What a poll thread does while nothing comes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Idle {
    /// Asks again at once. For cores that do nothing else.
    Spin,
    /// Lets other threads run first. For machines shared with other work.
    Yield,
}

/// `[memory]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// Whether packet memory lies on huge pages.
    pub huge_pages: HugePages,
    /// Packet buffers on each memory node, one less than a power of two; 2,560 octets each.
    pub frames: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self { huge_pages: HugePages::Auto, frames: 32_767 }
    }
}

/// Whether packet memory lies on huge pages.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum HugePages {
    /// Where there are enough; else without, and the log says so.
    Auto,
    /// Always; too few are an error.
    On,
    /// Never.
    Off,
}

/// `[tables]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tables {
    /// Directions of SCTP associations.
    pub associations: usize,
    /// Handshakes of SCTP under way.
    pub inits: usize,
    /// Open TCAP dialogues.
    pub dialogues: usize,
    /// Silence after which a dialogue is given up.
    pub dialogue_timeout_s: u64,
    /// Fragments of IP packets that wait for the others.
    pub ip_fragments: usize,
    /// How long they do.
    pub ip_fragment_timeout_s: u64,
    /// Fragments of user messages of SCTP that wait for the others.
    pub sctp_fragments: usize,
    /// How long they do.
    pub sctp_fragment_timeout_s: u64,
    /// Segments of SCCP and SUA that wait for the others.
    pub sccp_segments: usize,
    /// How long they do.
    pub sccp_segment_timeout_s: u64,
    /// Parts of concatenated short messages that are remembered.
    pub parts: usize,
    /// How long they are.
    pub part_timeout_s: u64,
    /// TCP connections of SMPP.
    pub smpp_connections: usize,
    /// Numbers and IMSIs whose place is remembered.
    pub locations: usize,
    /// Answers to the question where a subscriber is.
    pub pairings: usize,
    /// Values of keys for which counters of the policy count messages or rows.
    pub counters: usize,
    /// Values of keys for which counters of the policy count different values.
    pub distinct_counters: usize,
    /// Campaigns of near-duplicate texts.
    pub campaigns: usize,
    /// Associations of wires in splice mode.
    pub spliced_associations: usize,
    /// Chunks that became others, which their retransmissions become as well.
    pub changes: usize,
    /// Room for what they became, in megabytes.
    pub changes_megabytes: usize,
    /// Refused requests whose destination has not answered yet.
    pub answers: usize,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            associations: 4096,
            inits: 1024,
            dialogues: 262_144,
            dialogue_timeout_s: 120,
            ip_fragments: 4096,
            ip_fragment_timeout_s: 30,
            sctp_fragments: 8192,
            sctp_fragment_timeout_s: 60,
            sccp_segments: 8192,
            sccp_segment_timeout_s: 20,
            parts: 16_384,
            part_timeout_s: 600,
            smpp_connections: 1024,
            locations: 2_000_000,
            pairings: 524_288,
            counters: 262_144,
            distinct_counters: 65_536,
            campaigns: 65_536,
            spliced_associations: 256,
            changes: 524_288,
            changes_megabytes: 32,
            answers: 131_072,
        }
    }
}

/// `[journal]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Journal {
    /// Size of one segment in megabytes.
    pub segment_megabytes: u64,
    /// Size of all segments together in megabytes.
    pub megabytes_max: u64,
    /// Longest time between two commits to disk, in milliseconds: what a loss of power can cost.
    pub commit_interval_ms: u64,
    /// What happens when the journal has its full size and nobody has acknowledged the oldest segment.
    pub when_full: WhenFull,
}

impl Default for Journal {
    fn default() -> Self {
        Self { segment_megabytes: 64, megabytes_max: 4096, commit_interval_ms: 100, when_full: WhenFull::DropOldest }
    }
}

/// What happens when the journal is full.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// The oldest segment goes.
    DropOldest,
    /// New records are not kept, and counted.
    StopWriting,
}

/// `[[port]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The name used everywhere.
    pub name: String,
    /// A PCI address (`0000:3b:00.0`) or a virtual device (`net_af_packet:iface=eth1`).
    pub device: String,
    /// Receive and transmit queues.
    #[serde(default = "one")]
    pub queues: u16,
    /// What the card chooses the queue of a frame by.
    #[serde(default)]
    pub spread_by: SpreadBy,
}

/// What a card chooses the queue of a frame by.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SpreadBy {
    /// The pair of addresses. Fragments stay with the rest.
    #[default]
    Addresses,
    /// Of SCTP the ports too, where the card can. Fragments have none and come apart from the rest.
    Ports,
}

const fn one() -> u16 {
    1
}

/// `[[tap]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// The name used everywhere.
    pub name: String,
    /// The port that listens.
    pub port: String,
    /// Addresses of the home network's side, from which the direction of a frame follows.
    #[serde(default)]
    pub inside: Vec<IpAddr>,
    /// Form of the point codes.
    #[serde(default)]
    pub point_codes: PointCodes,
}

/// Form of point codes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum PointCodes {
    /// 14 bits (Q.704).
    #[default]
    Itu,
    /// 24 bits (T1.111.4).
    Ansi,
    /// 24 bits (GF 001-9001).
    China,
}

/// `[[wire]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wire {
    /// The name used everywhere.
    pub name: String,
    /// The port towards other networks.
    pub outside: String,
    /// The port towards the home network.
    pub inside: String,
    /// Form of the point codes.
    #[serde(default)]
    pub point_codes: PointCodes,
    /// How a refused message is taken out of its association.
    #[serde(default)]
    pub mode: Mode,
    /// How the originator of a refused request gets its answer.
    #[serde(default)]
    pub answers: Answers,
    /// Longest IP packet of the links, in octets: a changed one is not longer.
    #[serde(default = "ethernet_mtu")]
    pub mtu: u16,
    /// What may cross as a packet of SCTP.
    #[serde(default)]
    pub screen: Screen,
    /// How long a piece of a message is held for the others, in milliseconds.
    #[serde(default = "hold_ms")]
    pub hold_ms: u64,
    /// What happens to its frames when the poll core that serves it stands still or the dataplane dies.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// The kernel's bridge that both ports are members of, by which frames go in a bypass.
    #[serde(default)]
    pub bridge: Option<String>,
    /// Whether a link lost on one side is taken down on the other too, so that both ends know.
    #[serde(default)]
    pub propagate_link: bool,
}

/// How a refused message is taken out of its association.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Another takes its place: no TSN moves, and frames may pass by the dataplane at any time.
    #[default]
    InPlace,
    /// It is removed and its answer inserted; such an association ends if it does not pass the dataplane.
    Splice,
}

/// How the originator of a refused request gets its answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Answers {
    /// The destination refuses it unread, and its refusal becomes the answer. Both directions cross this appliance.
    #[default]
    Bounce,
    /// The request itself becomes the answer; what is behind the wire routes it back.
    Reflect,
    /// Not at all: it is discarded.
    Discard,
}

const fn ethernet_mtu() -> u16 {
    1500
}

const fn hold_ms() -> u64 {
    100
}
