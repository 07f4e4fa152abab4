//! `[wire.screen]`: screening of SCTP on a wire, as part of its `[[wire]]`.
//!
//! Everything has a default, and by default nothing is refused: what would be is counted. An empty list allows everything.
//!
//! ```toml
//! [wire.screen]
//! mode = "observe"                 # off, observe (only count), enforce
//! settle_s = 120                   # traffic is watched so long before anything counts as of no association
//! ports = [2905]                   # ports that an INIT may go to
//! partners_only = true             # whether associations are opened with partners only; default false
//! ppids = ["m3ua", "sua", 46]      # payload protocols
//! forbidden_chunks = ["ASCONF"]    # their packets are dropped unless there is DATA beside them
//! inits_of_source = { per_s = 20, burst = 200 }           # INITs from one address
//! inits_to_destination = { per_s = 200, burst = 1000 }    # INITs to one address
//! messages_of_association = { per_s = 500 }               # from outside; without it no limit; burst as per_s
//! shed_first = "other"             # requests that give way first: other or short_message; answers never do
//!
//! [wire.screen.reasons]            # other modes for single reasons; bad_crc is off unless it stands here
//! bad_crc = "enforce"
//! reset_unknown = "observe"
//!
//! [[wire.screen.partner]]
//! name = "carrier"
//! addresses = ["192.0.2.0/28", "2001:db8::7"]
//! role = "asp"                     # any, asp, gateway
//! asp_identifiers = [1, 2]         # each ASPUP must give one of them
//! routing_contexts = [100]
//! traffic_modes = ["loadshare"]    # override, loadshare, broadcast
//! point_codes = [1001, 1002]       # as one number each
//! may_register = false             # whether it may register routing keys
//! messages = { per_s = 2000, burst = 4000 }
//! ```

use anyhow::ensure;
use serde::Deserialize;
use sluice_engine::screen::{self, ChunkKind, MessageClass, Modes, Network, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::num::NonZeroU32;

/// `[wire.screen]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Screen {
    /// What is done for every reason that [`Self::reasons`] does not name.
    pub mode: Mode,
    /// What is done for single reasons.
    pub reasons: BTreeMap<ReasonName, Mode>,
    /// How long traffic is watched before a packet is taken to belong to no association.
    pub settle_s: u32,
    /// Ports that an INIT may go to.
    pub ports: Vec<u16>,
    /// Whether associations are opened with partners only.
    pub partners_only: bool,
    /// Payload protocols.
    pub ppids: Vec<Protocol>,
    /// Chunks that refuse a packet without DATA.
    pub forbidden_chunks: Vec<Chunk>,
    /// INITs from one address.
    pub inits_of_source: Rate,
    /// INITs to one address.
    pub inits_to_destination: Rate,
    /// Messages from outside in one association.
    pub messages_of_association: Option<Rate>,
    /// Requests that give way first.
    pub shed_first: ShedFirst,
    /// The peers outside.
    pub partner: Vec<Partner>,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            mode: Mode::Observe,
            reasons: BTreeMap::new(),
            settle_s: 120,
            ports: Vec::new(),
            partners_only: false,
            ppids: Vec::new(),
            forbidden_chunks: Vec::new(),
            inits_of_source: Rate::of(20, 200),
            inits_to_destination: Rate::of(200, 1000),
            messages_of_association: None,
            shed_first: ShedFirst::Other,
            partner: Vec::new(),
        }
    }
}

/// `[[wire.screen.partner]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// What it is called.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<Addresses>,
    /// What it is to us.
    #[serde(default)]
    pub role: Role,
    /// ASP identifiers.
    #[serde(default)]
    pub asp_identifiers: Vec<u32>,
    /// Routing contexts.
    #[serde(default)]
    pub routing_contexts: Vec<u32>,
    /// Traffic modes.
    #[serde(default)]
    pub traffic_modes: Vec<TrafficMode>,
    /// Point codes, as one number each.
    #[serde(default)]
    pub point_codes: Vec<u32>,
    /// Whether it may register routing keys.
    #[serde(default)]
    pub may_register: bool,
    /// Its messages, in all its associations.
    #[serde(default)]
    pub messages: Option<Rate>,
}

/// What is done for a reason.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing.
    Off,
    /// It is counted.
    Observe,
    /// It is counted, and refused.
    Enforce,
}

/// Requests that give way first.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ShedFirst {
    /// Those of the short message service.
    ShortMessage,
    /// All others.
    Other,
}

/// What a partner is in M3UA and SUA.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Both.
    #[default]
    Any,
    /// An application server process.
    Asp,
    /// A signalling gateway.
    Gateway,
}

/// How processes share traffic (RFC 4666 §3.7.1).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TrafficMode {
    /// The newest takes all.
    Override = 1,
    /// Each takes a share.
    Loadshare = 2,
    /// Each takes all.
    Broadcast = 3,
}

/// How much may come.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// In a second.
    pub per_s: NonZeroU32,
    /// At once; as much as in a second if not given.
    pub burst: Option<NonZeroU32>,
}

impl Rate {
    fn of(per_s: u32, burst: u32) -> Self {
        Self { per_s: NonZeroU32::new(per_s).unwrap_or(NonZeroU32::MIN), burst: NonZeroU32::new(burst) }
    }

    fn settings(self) -> screen::Rate {
        screen::Rate { per_s: self.per_s.get(), burst: self.burst.unwrap_or(self.per_s).get() }
    }
}

/// The name of a reason.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
pub struct ReasonName(usize);

impl TryFrom<String> for ReasonName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let reasons = screen::Reason::ALL;
        reasons.iter().position(|reason| reason.name() == name).map(Self).ok_or_else(|| {
            let names: Vec<_> = reasons.iter().map(|reason| reason.name()).collect();
            format!("`{name}` is no reason; the reasons are {}", names.join(", "))
        })
    }
}

/// An address, or a network.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Addresses(Network);

impl TryFrom<String> for Addresses {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither an address nor a network, such as 192.0.2.7 or 192.0.2.0/24");
        let (address, bits) = text.split_once('/').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(bits_max), str::parse).ok().filter(|bits| *bits <= bits_max).ok_or_else(wrong)?;
        let network = Network { address, bits };
        if network.first() != address {
            return Err(format!("`{text}` has bits after the first {bits}; the network is {}/{bits}", network.first()));
        }
        Ok(Self(network))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrName {
    Number(u32),
    Name(String),
}

/// A payload protocol, by name or number.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "NumberOrName")]
pub struct Protocol(u32);

impl TryFrom<NumberOrName> for Protocol {
    type Error = String;

    fn try_from(given: NumberOrName) -> Result<Self, String> {
        match given {
            NumberOrName::Number(number) => Ok(Self(number)),
            NumberOrName::Name(name) => match PROTOCOLS.iter().find(|(known, _)| *known == name) {
                Some((_, number)) => Ok(Self(*number)),
                None => Err(format!("`{name}` is no payload protocol; say m2ua, m3ua, sua, m2pa or a number")),
            },
        }
    }
}

/// A kind of chunk, by name or number.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "NumberOrName")]
pub struct Chunk(u8);

impl TryFrom<NumberOrName> for Chunk {
    type Error = String;

    fn try_from(given: NumberOrName) -> Result<Self, String> {
        let (kind, text) = match given {
            NumberOrName::Number(number) => (u8::try_from(number).ok().map(ChunkKind::from_number), number.to_string()),
            NumberOrName::Name(name) => (ChunkKind::ALL.iter().find(|kind| kind.name() == name).copied(), name),
        };
        let kind = kind.ok_or_else(|| format!("`{text}` is no kind of chunk; say ASCONF, RE_CONFIG or a number"))?;
        if screen::may_be_forbidden(kind) {
            return Ok(Self(kind.number()));
        }
        Err(format!("chunks of the kind `{text}` may not be forbidden: no association would outlive it"))
    }
}

impl Screen {
    /// Whether nothing is looked at, so that there is no need of a screen.
    pub fn is_off(&self) -> bool {
        self.mode == Mode::Off && self.reasons.values().all(|mode| *mode == Mode::Off)
    }

    /// What does not fit together.
    ///
    /// # Errors
    /// What it is; the caller says of which wire.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.partners_only || !self.partner.is_empty(),
            "[wire.screen] has partners_only and no [[wire.screen.partner]]: no association could be opened"
        );
        let (mut names, mut networks) = (BTreeSet::new(), BTreeMap::new());
        for partner in &self.partner {
            let name = &partner.name;
            ensure!(names.insert(name), "[[wire.screen.partner]] `{name}` is defined twice");
            ensure!(!partner.addresses.is_empty(), "[[wire.screen.partner]] `{name}` has no addresses");
            for Addresses(Network { address, bits }) in &partner.addresses {
                let other = networks.insert((address, bits), name).filter(|other| *other != name);
                ensure!(
                    other.is_none(),
                    "{address}/{bits} is of two partners, `{}` and `{name}`",
                    other.map_or("", |o| o)
                );
            }
        }
        Ok(())
    }

    /// The same for the engine.
    pub fn settings(&self) -> Settings {
        Settings {
            modes: self.modes(),
            settle_ns: u64::from(self.settle_s) * 1_000_000_000,
            ports: self.ports.clone(),
            partners_only: self.partners_only,
            forbidden_chunks: self.forbidden_chunks.iter().map(|chunk| chunk.0).collect(),
            inits_of_source: Some(self.inits_of_source.settings()),
            inits_to_destination: Some(self.inits_to_destination.settings()),
            ppids: self.ppids.iter().map(|ppid| ppid.0).collect(),
            messages_of_association: self.messages_of_association.map(Rate::settings),
            shed_first: match self.shed_first {
                ShedFirst::ShortMessage => MessageClass::ShortMessage,
                ShedFirst::Other => MessageClass::Other,
            },
            partners: self.partner.iter().map(Partner::settings).collect(),
        }
    }

    fn modes(&self) -> Modes {
        let named = self.reasons.iter().filter_map(|(name, mode)| Some((*screen::Reason::ALL.get(name.0)?, *mode)));
        named.fold(Modes::all(self.mode.settings()), |modes, (reason, mode)| modes.with(reason, mode.settings()))
    }
}

impl Partner {
    fn settings(&self) -> screen::Partner {
        screen::Partner {
            networks: self.addresses.iter().map(|addresses| addresses.0).collect(),
            role: match self.role {
                Role::Any => screen::Role::Any,
                Role::Asp => screen::Role::Asp,
                Role::Gateway => screen::Role::Gateway,
            },
            asp_identifiers: self.asp_identifiers.clone(),
            routing_contexts: self.routing_contexts.clone(),
            traffic_modes: self.traffic_modes.iter().map(|mode| *mode as u32).collect(),
            point_codes: self.point_codes.clone(),
            may_register: self.may_register,
            messages: self.messages.map(Rate::settings),
        }
    }
}

impl Mode {
    const fn settings(self) -> screen::Mode {
        match self {
            Self::Off => screen::Mode::Off,
            Self::Observe => screen::Mode::Observe,
            Self::Enforce => screen::Mode::Enforce,
        }
    }
}

/// Payload protocols that have a name here (RFC 3331, RFC 4666, RFC 3868, RFC 4165).
const PROTOCOLS: [(&str, u32); 4] = [("m2ua", 2), ("m3ua", 3), ("sua", 4), ("m2pa", 5)];

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_engine::screen::Reason;

    fn parse(text: &str) -> Result<Screen, String> {
        let screen: Screen = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        screen.check().map(|()| screen).map_err(|error| error.to_string())
    }

    /// The example of the documentation, as the file has it.
    fn example() -> String {
        let lines = include_str!("screen.rs").lines().skip_while(|line| *line != "//! ```toml").skip(1);
        let lines = lines.take_while(|line| *line != "//! ```").map(|line| line.trim_start_matches("//!").trim_start());
        lines.map(|line| line.replace("wire.screen.", "").replace("[wire.screen]", "") + "\n").collect()
    }

    #[test]
    fn the_example_of_the_documentation_is_read() {
        let settings = parse(&example()).expect("the example").settings();
        assert_eq!(
            (settings.ports, settings.ppids, settings.forbidden_chunks),
            (vec![2905], vec![3, 4, 46], vec![0xc1])
        );
        assert_eq!(settings.messages_of_association, Some(screen::Rate { per_s: 500, burst: 500 }));
        assert_eq!(settings.modes.of(Reason::BadCrc), screen::Mode::Enforce);
        let partner = settings.partners.first().expect("a partner");
        assert_eq!((partner.networks.len(), partner.role), (2, screen::Role::Asp));
        assert_eq!((&partner.traffic_modes, &partner.point_codes), (&vec![2], &vec![1001, 1002]));
    }

    #[test]
    fn nothing_given_is_what_the_engine_does_by_default() {
        let (ours, theirs) = (parse("").expect("nothing").settings(), Settings::default());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        assert!(!Screen::default().is_off() && parse("mode = \"off\"").is_ok_and(|screen| screen.is_off()));
    }

    #[test]
    fn the_mode_of_a_reason_goes_before_the_mode_of_all() {
        let modes = parse("mode = \"enforce\"\n[reasons]\npeer = \"observe\"").expect("two modes").settings().modes;
        let found = [Reason::Peer, Reason::Port, Reason::BadCrc].map(|reason| modes.of(reason));
        assert_eq!(found, [screen::Mode::Observe, screen::Mode::Enforce, screen::Mode::Off]);
    }

    #[test]
    fn mistakes_are_named() {
        let partner = |text: &str| format!("[[partner]]\nname = \"p\"\naddresses = [\"192.0.2.1\"]\n{text}");
        let cases = [
            ("mod = 1".to_owned(), "unknown field `mod`, expected one of `mode`"),
            ("mode = \"strict\"".to_owned(), "unknown variant `strict`"),
            ("[reasons]\nweather = \"off\"".to_owned(), "`weather` is no reason; the reasons are bad_crc, "),
            ("ppids = [\"s1ap\"]".to_owned(), "`s1ap` is no payload protocol"),
            ("forbidden_chunks = [\"SACK\"]".to_owned(), "`SACK` may not be forbidden"),
            ("forbidden_chunks = [300]".to_owned(), "`300` is no kind of chunk"),
            ("inits_of_source = { per_s = 0 }".to_owned(), "expected a nonzero u32"),
            ("partners_only = true".to_owned(), "no association could be opened"),
            (partner("role = \"hlr\""), "unknown variant `hlr`"),
            (partner("") + &partner(""), "`p` is defined twice"),
            (partner("") + &partner("").replace("\"p\"", "\"q\""), "192.0.2.1/32 is of two partners, `p` and `q`"),
            (partner("").replace("192.0.2.1", "192.0.2.1/24"), "the network is 192.0.2.0/24"),
            (partner("").replace("192.0.2.1", "192.0.2.0/33"), "is neither an address nor a network"),
            (partner("").replace("\"192.0.2.1\"", ""), "`p` has no addresses"),
        ];
        for (text, expected) in cases {
            let said = parse(&text).expect_err(&text);
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
