//! The daemon's part of the one configuration file, `sluice.toml`.
//!
//! ```toml
//! [paths]
//! run_dir = "/run/sluice"                # sockets, counters
//! state_dir = "/var/lib/sluice"          # journal, store
//!
//! [control]
//! socket = "/run/sluice/sluiced.sock"
//! retention = { events_max = 10000000, events_days = 90, texts_days = 30, traffic_days = 400 }
//! four_eyes = false                      # true: a policy is proposed by one and approved by another
//! push = { max_changed_share = 0.01, records_max = 100000, age_max = "1h", messages_min = 100 }
//! rollback = { enabled = true, watch = "10m", blocked_share_max = 0.2, factor_max = 5, messages_min = 1000 }
//! sensors = { every = "10s" }
//! session = { idle = "15m", lasts = "12h" }
//! alarm = [{ name = "frames lost", counter = "tx.dropped", share_of = "rx.frames", above = 0.001, over = "1m" }]
//! notify = [{ name = "siem", syslog = "siem.example:6514", authority = "siem.pem", of = ["machine", "audit"] }]
//! snmp = { agentx = "/var/agentx/master" }
//! console = "/usr/share/sluice/console"  # what browsers get
//! tcp = { listen = "[::]:8443", certificate = "c.pem", key = "k.pem", client_authority = "ca.pem" }
//! ```
//! Everything has a default; without `tcp` nothing listens on the network. Sections of the dataplane are left to it.
//! An unknown key in these two sections is refused with file, line and column: a misspelt setting is never ignored.

use serde::{Deserialize, Deserializer, de};
use sluice_abi::counters::Slot;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The whole file, as far as the daemon reads it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where sockets, counters, journal and store lie.
    pub paths: Paths,
    /// The daemon's own settings.
    pub control: Control,
}

/// `[paths]`, shared with the dataplane.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// Sockets and counters.
    pub run_dir: PathBuf,
    /// Journal and store.
    pub state_dir: PathBuf,
}

impl Default for Paths {
    fn default() -> Self {
        Self { run_dir: "/run/sluice".into(), state_dir: "/var/lib/sluice".into() }
    }
}

/// `[control]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Control {
    /// The daemon's Unix socket; `sluiced.sock` in `run_dir` if not given. Its mode is 0660.
    pub socket: Option<PathBuf>,
    /// How many events the store keeps, and how long.
    pub retention: Retention,
    /// Nobody takes a policy into force alone: one proposes it, another one approves it.
    pub four_eyes: bool,
    /// How much a push may change of recent traffic.
    pub push: PushGuard,
    /// When a policy that was pushed is taken back.
    pub rollback: Rollback,
    /// How the machine is looked after.
    pub sensors: Sensors,
    /// How long people stay signed in.
    pub session: Sessions,
    /// Counters that are watched.
    pub alarm: Vec<Alarm>,
    /// Who is told what happens.
    pub notify: Vec<Notify>,
    /// The SNMP agent to serve; none if not given.
    pub snmp: Option<Snmp>,
    /// Listening on the network as well.
    pub tcp: Option<Tcp>,
    /// Folder of the console's files.
    pub console: PathBuf,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            socket: None,
            retention: Retention::default(),
            four_eyes: false,
            push: PushGuard::default(),
            rollback: Rollback::default(),
            sensors: Sensors::default(),
            session: Sessions::default(),
            alarm: Vec::new(),
            notify: Vec::new(),
            snmp: None,
            tcp: None,
            console: "/usr/share/sluice/console".into(),
        }
    }
}

/// `sensors`: temperatures, fans, disks, links, and what the dataplane says of itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Sensors {
    /// Time between two looks.
    #[serde(deserialize_with = "duration")]
    pub every: Duration,
    /// Below which `sys` and `proc` are.
    pub root: PathBuf,
}

impl Default for Sensors {
    fn default() -> Self {
        Self { every: Duration::from_secs(10), root: "/".into() }
    }
}

/// `push`: a policy that gives more of the recent traffic another verdict is refused unless that is confirmed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct PushGuard {
    /// The share, from 0 to 1; 1 allows everything.
    pub max_changed_share: f64,
    /// Records looked at.
    pub records_max: u64,
    /// How far before the last record they begin.
    #[serde(deserialize_with = "duration")]
    pub age_max: Duration,
    /// Of fewer messages no share is taken.
    pub messages_min: u64,
}

impl Default for PushGuard {
    fn default() -> Self {
        Self { max_changed_share: 0.01, records_max: 100_000, age_max: Duration::from_secs(3600), messages_min: 100 }
    }
}

/// `rollback`: what a new policy may block while it is watched.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Rollback {
    /// Whether it is watched at all.
    pub enabled: bool,
    /// How long.
    #[serde(deserialize_with = "duration")]
    pub watch: Duration,
    /// Highest share of blocked messages, from 0 to 1.
    pub blocked_share_max: f64,
    /// The share may be so many times that before the push.
    pub factor_max: f64,
    /// Of fewer messages no share is taken.
    pub messages_min: u64,
}

impl Default for Rollback {
    fn default() -> Self {
        Self {
            enabled: true,
            watch: Duration::from_secs(600),
            blocked_share_max: 0.2,
            factor_max: 5.0,
            messages_min: 1_000,
        }
    }
}

/// `alarm`: a counter that grows too fast, or is too large a share of another.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// What it is called.
    pub name: String,
    /// The counter.
    pub counter: Named,
    /// The counter it is a share of; without, it is taken by the second.
    pub share_of: Option<Named>,
    /// The limit: a second, or from 0 to 1.
    #[serde(deserialize_with = "limit")]
    pub above: f64,
    /// The time over which it must be so.
    #[serde(default = "a_minute", deserialize_with = "duration")]
    pub over: Duration,
}

/// A counter, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named(pub Slot);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = crate::alarms::counter(&name).map(Self);
        found.ok_or_else(|| {
            de::Error::custom(format!("there is no counter `{name}`: `sluice counters --all` shows them"))
        })
    }
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let limit = f64::deserialize(deserializer)?;
    if limit.is_finite() && limit >= 0.0 {
        return Ok(limit);
    }
    Err(de::Error::custom("a limit is 0 or more"))
}

const fn a_minute() -> Duration {
    Duration::from_secs(60)
}

/// `notify`: a receiver of what happens.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "NotifyText")]
pub struct Notify {
    /// What it is called; how far it was told is kept under this name.
    pub name: String,
    /// Where and how it is told.
    pub receiver: Receiver,
    /// Who has signed its certificate, PEM.
    pub authority: PathBuf,
    /// What it is told.
    pub of: Vec<Told>,
}

/// How a receiver is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// Syslog over TLS, at `host:port`.
    Syslog(String),
    /// A POST to a URL.
    Webhook {
        /// `https://host/path`.
        url: String,
        /// What the body is signed with.
        secret_file: Option<PathBuf>,
    },
}

/// What a receiver is told.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// What begins and ceases to be wrong.
    Machine,
    /// Who did what.
    Audit,
}

impl Told {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Audit => "audit",
        }
    }
}

/// As it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotifyText {
    name: String,
    syslog: Option<String>,
    webhook: Option<String>,
    secret_file: Option<PathBuf>,
    authority: PathBuf,
    #[serde(default = "machine_only")]
    of: Vec<Told>,
}

fn machine_only() -> Vec<Told> {
    vec![Told::Machine]
}

impl TryFrom<NotifyText> for Notify {
    type Error = &'static str;

    fn try_from(text: NotifyText) -> Result<Self, Self::Error> {
        let NotifyText { name, syslog, webhook, secret_file, authority, of } = text;
        let receiver = match (syslog, webhook, secret_file) {
            (Some(at), None, None) => Receiver::Syslog(at),
            (None, Some(url), secret_file) => Receiver::Webhook { url, secret_file },
            (Some(_), None, Some(_)) => return Err("secret_file is for a webhook"),
            _ => return Err("a receiver has either `syslog` or `webhook`"),
        };
        Ok(Self { name, receiver, authority, of })
    }
}

/// `snmp`: the agent of this machine.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Snmp {
    /// Its socket for sub-agents.
    pub agentx: PathBuf,
}

impl Default for Snmp {
    fn default() -> Self {
        Self { agentx: "/var/agentx/master".into() }
    }
}

/// `session`: how long people stay signed in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Without a request.
    #[serde(deserialize_with = "duration")]
    pub idle: Duration,
    /// In all.
    #[serde(deserialize_with = "duration")]
    pub lasts: Duration,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle: Duration::from_secs(15 * 60), lasts: Duration::from_secs(12 * 3600) }
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|_| de::Error::custom(format!("`{text}` is no time, expected one like 10m")))
}

/// `retention`: how long what is kept.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Number of events kept; a file of them more at most.
    pub events_max: u64,
    /// Age of the oldest event shown; no limit if not given. Within the hour its file is deleted.
    pub events_days: Option<u32>,
    /// Age of the oldest event whose text is kept; as long as the event if not given.
    pub texts_days: Option<u32>,
    /// Age of the oldest count of messages by hour; those by minute are kept for two days.
    pub traffic_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { events_max: 10_000_000, events_days: None, texts_days: None, traffic_days: 400 }
    }
}

/// `tcp`: TLS 1.3.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tcp {
    /// Address and port.
    pub listen: SocketAddr,
    /// Certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// Who signs the certificates of programs, PEM; without, nobody comes in by a certificate.
    pub client_authority: Option<PathBuf>,
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Read(PathBuf, std::io::Error),
    /// It is not what it should be.
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line, from 1; 0 where the whole file is meant.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong and what was expected.
        message: String,
    },
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(file, e) => write!(f, "{}: {e}", file.display()),
            Self::Syntax { file, line, column, message } => {
                write!(f, "{}:{line}:{column}: {message}", file.display())
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is not what it should be.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|e| ConfigError::Read(file.to_owned(), e))?;
        Self::parse(file, &text)
    }

    fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|e| {
            let (line, column) = position(text, e.span().map_or(0, |s| s.start));
            ConfigError::Syntax { file: file.to_owned(), line, column, message: e.message().to_owned() }
        })
    }

    /// The daemon's Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.control.socket.clone().unwrap_or_else(|| self.paths.run_dir.join("sluiced.sock"))
    }

    /// The socket on which the dataplane takes commands.
    pub fn command_socket(&self) -> PathBuf {
        self.paths.run_dir.join("dataplane.sock")
    }

    /// The dataplane's counters.
    pub fn counters(&self) -> PathBuf {
        self.paths.run_dir.join("counters")
    }

    /// The directory of the journal's segments.
    pub fn journal(&self) -> PathBuf {
        self.paths.state_dir.join("journal")
    }

    /// The directory of the daemon's store.
    pub fn store(&self) -> PathBuf {
        self.paths.state_dir.join("control")
    }
}

/// Line and column (characters, from 1) of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |l| l.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Config::parse(Path::new("sluice.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_gives_the_defaults_and_nothing_on_the_network() {
        let config = Config::parse(Path::new("x"), "").unwrap();
        assert_eq!(config.socket(), Path::new("/run/sluice/sluiced.sock"));
        assert_eq!(config.store(), Path::new("/var/lib/sluice/control"));
        assert!(config.control.tcp.is_none());
        let kept = Retention { events_max: 10_000_000, events_days: None, texts_days: None, traffic_days: 400 };
        assert_eq!(config.control.retention, kept);
    }

    #[test]
    fn sections_of_the_dataplane_are_left_to_it() {
        let text = "[[port]]\nname = \"a\"\n[paths]\nrun_dir = \"r\"\n[journal]\nanything = 1\n";
        assert_eq!(Config::parse(Path::new("x"), text).unwrap().counters(), Path::new("r/counters"));
    }

    #[test]
    fn what_is_wrong_is_said_with_file_line_and_column() {
        let text = error("[control]\n\"sockét\" = 1\n");
        assert!(text.starts_with("sluice.toml:2:1: unknown field `sockét`, expected"), "{text}");
        let text = error("[paths]\nrun_dir = 7\n");
        assert!(text.starts_with("sluice.toml:2:11: invalid type: integer `7`"), "{text}");
        let text = error("[control]\nretention = { events_max = 1, events_weeks = 2 }\n");
        assert!(text.starts_with("sluice.toml:2:31: unknown field `events_weeks`"), "{text}");
        let text = error("[control]\nrollback = { watch = \"soon\" }\n");
        assert!(text.contains("`soon` is no time, expected one like 10m"), "{text}");
        let text = error("[control]\nalarm = [{ name = \"a\", counter = \"rx.framse\", above = 1.0 }]\n");
        assert!(text.starts_with("sluice.toml:2:34: there is no counter `rx.framse`"), "{text}");
        let text = error("[control]\nalarm = [{ name = \"a\", counter = \"rx.frames\", above = -1.0 }]\n");
        assert!(text.contains("a limit is 0 or more"), "{text}");
        let text = error("[control]\nnotify = [{ name = \"a\", authority = \"x\" }]\n");
        assert!(text.contains("a receiver has either `syslog` or `webhook`"), "{text}");
        let text = error("[control]\nsocket = \n");
        assert!(text.starts_with("sluice.toml:2:"), "{text}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let text = Config::read(Path::new("no/such/sluice.toml")).unwrap_err().to_string();
        assert!(text.starts_with("no/such/sluice.toml: "), "{text}");
    }
}
