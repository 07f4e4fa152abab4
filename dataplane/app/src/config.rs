//! The dataplane's part of the one configuration file, `sluice.toml`.
//!
//! Sections of other processes (`[control]`) are left to them. Everything has a default but the ports.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

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
}

impl Default for Cores {
    fn default() -> Self {
        Self { poll: vec![1], housekeeping: 0, writer: 0, idle: Idle::Spin }
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
    /// Directions of SCTP associations; 96 octets each.
    pub associations: usize,
    /// Open TCAP dialogues; 176 octets each.
    pub dialogues: usize,
    /// Silence after which a dialogue is given up.
    pub dialogue_timeout_s: u64,
}

impl Default for Tables {
    fn default() -> Self {
        Self { associations: 4096, dialogues: 262_144, dialogue_timeout_s: 120 }
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

/// `[conditions]`: fail-open or fail-closed, one by one.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// A short message that does not parse and that no rule decided.
    pub undecodable: PassOrDiscard,
    /// No policy is in force.
    pub no_policy: PassOrDiscard,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { undecodable: PassOrDiscard::Pass, no_policy: PassOrDiscard::Pass }
    }
}

/// The two ways out of a condition.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum PassOrDiscard {
    /// Fail open.
    Pass,
    /// Fail closed.
    Discard,
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
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// What is wrong, with file, line and column.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| anyhow::anyhow!("{}: {e}; name the file with --config", path.display()))?;
        Self::parse(&text).map_err(|e| anyhow::anyhow!("{}: {e:#}", path.display()))
    }

    /// Checks the text of the file.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text).map_err(|e| anyhow::anyhow!("{}", e.to_string().trim_end()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.cores.poll.is_empty(), "[cores] poll names no core: nothing would be received");
        let mut names = BTreeSet::new();
        for port in &self.port {
            anyhow::ensure!(names.insert(&port.name), "[[port]] `{}` is defined twice", port.name);
            anyhow::ensure!(port.queues > 0, "[[port]] `{}` has no queue", port.name);
        }
        let mut used = BTreeSet::new();
        let taps = self.tap.iter().map(|t| ("tap", &t.name, &t.port));
        let wires = self.wire.iter().flat_map(|w| [("wire", &w.name, &w.outside), ("wire", &w.name, &w.inside)]);
        for (kind, name, port) in taps.chain(wires) {
            let known = || names.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ");
            anyhow::ensure!(
                names.contains(port),
                "[[{kind}]] `{name}` names port `{port}`, which is not defined; defined are: {}",
                known()
            );
            anyhow::ensure!(used.insert(port), "port `{port}` is used twice; a port belongs to one tap or wire");
        }
        anyhow::ensure!(!used.is_empty(), "there is no [[tap]] and no [[wire]]: nothing to do");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIRE: &str = r#"
        [[port]]
        name = "out"
        device = "net_null"
        [[port]]
        name = "in"
        device = "net_null"
        [[wire]]
        name = "w"
        outside = "out"
        inside = "in"
    "#;

    #[test]
    fn a_wire_of_two_ports_needs_nothing_else() {
        let config = Config::parse(WIRE).unwrap();
        assert_eq!(config.paths.command_socket(), Path::new("/run/sluice/dataplane.sock"));
        assert_eq!(config.conditions.undecodable, PassOrDiscard::Pass);
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |text: &str| format!("{:#}", Config::parse(text).unwrap_err());
        assert!(refused("[cores]\npoll = []").contains("names no core"));
        assert!(refused("").contains("no [[tap]] and no [[wire]]"));
        assert!(
            refused(&WIRE.replace("inside = \"in\"", "inside = \"on\"")).contains("port `on`, which is not defined")
        );
        assert!(refused(&WIRE.replace("inside = \"in\"", "inside = \"out\"")).contains("used twice"));
        let unknown = refused("[cores]\npol = [1]");
        assert!(unknown.contains("line 2, column 1") && unknown.contains("`pol`"), "{unknown}");
    }
}
