//! The settings, ready to be asked.

use super::bucket::Limit;
use super::contents::KindSet;
use super::data::MessageClass;
use super::peers::Peers;
use super::reason::Modes;
use super::settings::{Partner, Role, Settings};
use std::net::IpAddr;

/// How a wire is screened.
pub(super) struct Rules {
    pub(super) modes: Modes,
    pub(super) ports: List,
    pub(super) forbidden_chunks: KindSet,
    pub(super) inits_of_source: Option<Limit>,
    pub(super) inits_to_destination: Option<Limit>,
    pub(super) ppids: List,
    pub(super) messages_of_association: Option<Limit>,
    pub(super) shed_first: MessageClass,
    pub(super) partners: Box<[PartnerRules]>,
    /// Whether any rate of messages is limited.
    pub(super) has_rates: bool,
    partners_only: bool,
    peers: Peers,
}

/// What a partner may do.
pub(super) struct PartnerRules {
    pub(super) role: Role,
    pub(super) asp_identifiers: List,
    pub(super) routing_contexts: List,
    pub(super) traffic_modes: List,
    pub(super) point_codes: List,
    pub(super) may_register: bool,
    pub(super) messages: Option<Limit>,
}

impl Rules {
    pub(super) fn new(settings: &Settings) -> Self {
        let partners: Box<[_]> = settings.partners.iter().map(PartnerRules::new).collect();
        let of_association = settings.messages_of_association.map(Limit::new);
        Self {
            modes: settings.modes,
            ports: List::new(settings.ports.iter().map(|port| u32::from(*port))),
            forbidden_chunks: KindSet::new(&settings.forbidden_chunks),
            inits_of_source: settings.inits_of_source.map(Limit::new),
            inits_to_destination: settings.inits_to_destination.map(Limit::new),
            ppids: List::new(settings.ppids.iter().copied()),
            messages_of_association: of_association,
            shed_first: settings.shed_first,
            has_rates: of_association.is_some() || partners.iter().any(|partner| partner.messages.is_some()),
            partners,
            partners_only: settings.partners_only,
            peers: Peers::new(&settings.partners),
        }
    }

    /// The number of the partner of an address.
    #[inline]
    pub(super) fn partner_of(&self, address: IpAddr) -> Option<usize> {
        if self.peers.is_empty() { None } else { self.peers.find(address) }
    }

    /// Whether associations with an address outside may be opened.
    #[inline]
    pub(super) fn is_peer(&self, address: IpAddr) -> bool {
        !self.partners_only || self.peers.find(address).is_some()
    }
}

impl PartnerRules {
    fn new(partner: &Partner) -> Self {
        let list = |numbers: &[u32]| List::new(numbers.iter().copied());
        Self {
            role: partner.role,
            asp_identifiers: list(&partner.asp_identifiers),
            routing_contexts: list(&partner.routing_contexts),
            traffic_modes: list(&partner.traffic_modes),
            point_codes: list(&partner.point_codes),
            may_register: partner.may_register,
            messages: partner.messages.map(Limit::new),
        }
    }
}

/// Numbers that are allowed: all, if it is empty.
pub(super) struct List(Box<[u32]>);

impl List {
    fn new(numbers: impl Iterator<Item = u32>) -> Self {
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        Self(numbers.into())
    }

    /// Whether it allows a number.
    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        self.0.is_empty() || self.0.binary_search(&number).is_ok()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
