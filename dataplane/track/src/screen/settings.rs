//! How a wire is screened.

use super::bucket::Rate;
use super::data::MessageClass;
use super::reason::{Mode, Modes};
use std::net::IpAddr;

/// How a wire is screened. An empty list allows everything.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is done for each reason.
    pub modes: Modes,
    /// How long traffic is watched before a packet is taken to belong to no association: longer than the silence between
    /// two heartbeats.
    pub settle_ns: u64,
    /// Ports that an INIT may go to.
    pub ports: Vec<u16>,
    /// Whether associations are opened with partners only.
    pub partners_only: bool,
    /// Kinds of chunks that refuse a packet without DATA. Who needs one of them and is not answered gives its association up.
    pub forbidden_chunks: Vec<u8>,
    /// INITs from one address.
    pub inits_of_source: Option<Rate>,
    /// INITs to one address.
    pub inits_to_destination: Option<Rate>,
    /// Payload protocol identifiers of messages.
    pub ppids: Vec<u32>,
    /// Messages from outside in one association.
    pub messages_of_association: Option<Rate>,
    /// Which requests give way first when there are too many.
    pub shed_first: MessageClass,
    /// The peers outside.
    pub partners: Vec<Partner>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            modes: Modes::all(Mode::Observe),
            settle_ns: 120_000_000_000,
            ports: Vec::new(),
            partners_only: false,
            forbidden_chunks: Vec::new(),
            inits_of_source: Some(Rate { per_s: 20, burst: 200 }),
            inits_to_destination: Some(Rate { per_s: 200, burst: 1000 }),
            ppids: Vec::new(),
            messages_of_association: None,
            shed_first: MessageClass::Other,
            partners: Vec::new(),
        }
    }
}

/// Peers outside that belong together, and what they may do. An empty list allows everything.
#[derive(Clone, Debug, Default)]
pub struct Partner {
    /// Their addresses. Of two partners' networks the smaller one counts.
    pub networks: Vec<Network>,
    /// What they are to us.
    pub role: Role,
    /// ASP identifiers, one of which each ASPUP must give.
    pub asp_identifiers: Vec<u32>,
    /// Routing contexts they may serve and send in.
    pub routing_contexts: Vec<u32>,
    /// Traffic modes they may ask for.
    pub traffic_modes: Vec<u32>,
    /// Point codes they may send from.
    pub point_codes: Vec<u32>,
    /// Whether they may register routing keys.
    pub may_register: bool,
    /// Their messages, in all their associations.
    pub messages: Option<Rate>,
}

/// What a partner is in M3UA and SUA (RFC 4666 §1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Both: a peer of equal rank (IPSP), or one that nothing is known of.
    #[default]
    Any,
    /// An application server process: asks to be served.
    Asp,
    /// A signalling gateway: serves, and tells of destinations.
    Gateway,
}

/// Addresses with the same first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// One of them.
    pub address: IpAddr,
    /// How many bits they share.
    pub bits: u8,
}

impl Network {
    /// The first of them.
    pub fn first(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => {
                let after = 32_u32.saturating_sub(self.bits.into());
                (u32::from(address) & u32::MAX.checked_shl(after).unwrap_or(0)).to_be_bytes().into()
            }
            IpAddr::V6(address) => {
                let after = 128_u32.saturating_sub(self.bits.into());
                (u128::from(address) & u128::MAX.checked_shl(after).unwrap_or(0)).to_be_bytes().into()
            }
        }
    }
}

/// How much is remembered. Its costs are in the documentation of [`super::Screen`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Directions of associations: of those whose handshake was seen, and as many others.
    pub directions: usize,
    /// Handshakes under way.
    pub handshakes: usize,
    /// Addresses that send INITs.
    pub sources: usize,
    /// Addresses that are sent INITs.
    pub destinations: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { directions: 4096, handshakes: 1024, sources: 4096, destinations: 1024 }
    }
}
