//! Screening of SCTP as a firewall does it: what may open, carry on and end an association, and which messages may cross it.
//!
//! RFC 9260 §5.1, §6.10, §8.4, §8.5; RFC 4666 §3.5 to §3.7. Handles malformed and unasked handshakes, floods of INITs, blind
//! resets, lists of ports, peers, chunks and payload protocols, screening of application server processes (ASP) of M3UA and SUA,
//! and rates of messages.
//!
//! ```text
//!  packet ─▶ packet() ─▶ drop: what no association needs                      INIT, or of no association
//!               │  └──▶ directions: which tags belong to associations
//!  message ─▶ user_message() ─▶ label() ─▶ charge() ─▶ neutralise, never drop     one for one, TSNs stay
//! ```
//! A packet is dropped only if no association that lives can need it. Where that is not known, because traffic has not been
//! watched for long enough or too much had to be forgotten, it passes. Nothing is refused that is only observed, which is the
//! default: then the counters say what would be.
//!
//! Not handled here: stripping extensions from INITs, addresses listed in INITs and ASCONFs, answers to a refused
//! management message. A handshake and its association must cross the same screen in both directions.

mod bucket;
mod contents;
mod data;
mod directions;
mod inits;
mod peers;
mod reason;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

pub use bucket::Rate;
pub use contents::may_be_forbidden;
pub use data::{DataVerdict, MessageClass, NEUTRAL_MANAGEMENT};
pub use reason::{Mode, Modes, REASONS, Reason, ScreenCounts};
pub use settings::{Network, Partner, Role, Settings, Sizes};
pub use sluice_wire::sctp::ChunkKind;

use bucket::Bucket;
use contents::Contents;
use directions::{Directions, back, direction_of};
use inits::Inits;
use rules::{PartnerRules, Rules};
use sluice_wire::sctp::Packet;
use std::net::{IpAddr, Ipv4Addr};

/// A packet and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Who sent it.
    pub source: IpAddr,
    /// To whom.
    pub destination: IpAddr,
    /// The packet.
    pub packet: &'a Packet<'a>,
    /// Whether its checksum is right.
    pub crc_holds: bool,
    /// The side it came from.
    pub side: Side,
}

impl Seen<'_> {
    /// The address outside.
    const fn peer(&self) -> IpAddr {
        match self.side {
            Side::Outside => self.source,
            Side::Inside => self.destination,
        }
    }
}

/// The side a packet came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The other networks'.
    Outside,
    /// The home network's.
    Inside,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    Pass,
    /// It goes nowhere.
    Drop(Reason),
}

/// The screen of a wire.
///
/// It costs 80 octets for each direction of [`Sizes`] and for each handshake, 30 for each address, and eight for each partner:
/// 560 kB as they are by default.
pub struct Screen {
    rules: Rules,
    directions: Directions,
    sources: Inits,
    destinations: Inits,
    /// The messages of each partner.
    partners: Box<[Bucket]>,
    /// The last address outside that sent a message, and the partner it belongs to.
    last_partner: (IpAddr, Option<usize>),
    counts: ScreenCounts,
}

impl Screen {
    /// Allocates its tables, hashed under `key`; nothing is allocated after it.
    pub fn new(settings: &Settings, sizes: &Sizes, key: u64) -> Self {
        let rules = Rules::new(settings);
        Self {
            last_partner: (NOBODY, rules.partner_of(NOBODY)),
            rules,
            directions: Directions::new(sizes, settings.settle_ns, key),
            sources: Inits::new(sizes.sources, key),
            destinations: Inits::new(sizes.destinations, key),
            partners: vec![Bucket::EMPTY; settings.partners.len()].into_boxed_slice(),
            counts: ScreenCounts::NONE,
        }
    }

    /// Other rules from now on; what is known of associations stays. For the time between packets: it allocates.
    pub fn set(&mut self, settings: &Settings) {
        self.rules = Rules::new(settings);
        self.last_partner = (NOBODY, self.rules.partner_of(NOBODY));
        self.partners = vec![Bucket::EMPTY; settings.partners.len()].into_boxed_slice();
    }

    /// Says whether a packet goes on, and remembers what it shows.
    #[inline]
    pub fn packet(&mut self, seen: &Seen<'_>, now_ns: u64) -> Verdict {
        self.directions.begin(now_ns);
        let contents = Contents::of(seen.packet, &self.rules.forbidden_chunks);
        match self.screened(seen, &contents, now_ns) {
            Ok(()) => Verdict::Pass,
            Err(reason) => {
                self.counts.dropped += 1;
                Verdict::Drop(reason)
            }
        }
    }

    /// What happened since the last call.
    pub fn take_counts(&mut self) -> ScreenCounts {
        std::mem::replace(&mut self.counts, ScreenCounts::NONE)
    }

    /// What was allocated for the tables.
    pub fn octets(&self) -> usize {
        self.directions.octets() + self.sources.octets() + self.destinations.octets() + size_of_val(&*self.partners)
    }

    /// Counts a reason if `holds` is false; an error if something is refused for it.
    #[inline]
    fn must(&mut self, holds: bool, reason: Reason) -> Result<(), Reason> {
        if holds { Ok(()) } else { self.found(reason) }
    }

    #[cold]
    fn found(&mut self, reason: Reason) -> Result<(), Reason> {
        let mode = self.rules.modes.of(reason);
        if mode != Mode::Off {
            self.counts.add(reason);
        }
        if mode == Mode::Enforce { Err(reason) } else { Ok(()) }
    }

    #[inline]
    fn screened(&mut self, seen: &Seen<'_>, contents: &Contents, now_ns: u64) -> Result<(), Reason> {
        self.must(seen.crc_holds, Reason::BadCrc)?;
        if !seen.crc_holds || contents.is_empty() {
            // The endpoint drops it (RFC 9260 §6.8): it shows nothing.
            return Ok(());
        }
        if contents.has(ChunkKind::Init) {
            return self.init(seen, contents, now_ns);
        }
        let has_tag = seen.packet.verification_tag().0 != 0;
        self.must(has_tag, Reason::ZeroTag)?;
        self.must(!contents.is_forbidden || contents.has_data(), Reason::ForbiddenChunk)?;
        self.must(!contents.is_bundled_wrongly(), Reason::Bundled)?;
        if !has_tag {
            return Ok(());
        }
        self.of_association(seen, contents, now_ns)
    }

    /// RFC 9260 §8.5.1: the tag of its packet is zero, its own is not; §6.10: nothing stands beside it.
    #[cold]
    fn init(&mut self, seen: &Seen<'_>, contents: &Contents, now_ns: u64) -> Result<(), Reason> {
        self.must(seen.packet.verification_tag().0 == 0, Reason::InitTag)?;
        self.must(!contents.is_bundled_wrongly(), Reason::Bundled)?;
        self.must(contents.initiate_tag != 0, Reason::InitMalformed)?;
        let is_port = self.rules.ports.has(seen.packet.destination_port().into());
        self.must(is_port, Reason::Port)?;
        let is_peer = self.rules.is_peer(seen.peer());
        self.must(is_peer, Reason::Peer)?;
        let is_within = self.sources.take(seen.source, self.rules.inits_of_source, now_ns);
        self.must(is_within, Reason::InitsOfSource)?;
        let is_within = self.destinations.take(seen.destination, self.rules.inits_to_destination, now_ns);
        self.must(is_within, Reason::InitsToDestination)?;
        if contents.initiate_tag != 0 {
            self.directions.init(direction_of(seen), contents.initiate_tag, now_ns);
        }
        Ok(())
    }

    #[inline]
    fn of_association(&mut self, seen: &Seen<'_>, contents: &Contents, now_ns: u64) -> Result<(), Reason> {
        if contents.has(ChunkKind::InitAck) {
            return self.init_ack(seen, contents, now_ns);
        }
        if contents.is_reset() {
            return self.reset(seen, contents, now_ns);
        }
        if contents.has(ChunkKind::CookieEcho) {
            return self.cookie(seen, now_ns);
        }
        self.directions.packet(direction_of(seen), now_ns);
        Ok(())
    }

    /// RFC 9260 §5.1, step B.
    #[cold]
    fn init_ack(&mut self, seen: &Seen<'_>, contents: &Contents, now_ns: u64) -> Result<(), Reason> {
        let packet = direction_of(seen);
        self.must(contents.initiate_tag != 0, Reason::InitMalformed)?;
        let is_asked = self.directions.is_asked(packet) || !self.directions.is_sure(now_ns);
        self.must(is_asked, Reason::InitAckUnasked)?;
        if contents.initiate_tag != 0 {
            self.directions.init_ack(packet, contents.initiate_tag, now_ns);
        }
        Ok(())
    }

    /// RFC 9260 §5.1, step C.
    #[cold]
    fn cookie(&mut self, seen: &Seen<'_>, now_ns: u64) -> Result<(), Reason> {
        let packet = direction_of(seen);
        let is_asked = self.directions.has(packet) || !self.directions.is_sure(now_ns);
        self.must(is_asked, Reason::CookieUnasked)?;
        self.directions.cookie(packet, now_ns);
        Ok(())
    }

    /// RFC 9260 §8.5.1, B and C: it has the tag of its direction or, with the T bit, that of the one back.
    #[cold]
    fn reset(&mut self, seen: &Seen<'_>, contents: &Contents, now_ns: u64) -> Result<(), Reason> {
        let packet = direction_of(seen);
        let named = if contents.is_reflected { back(packet, packet.verification_tag) } else { packet };
        let is_known = self.directions.has(named) || !self.directions.is_sure(now_ns);
        self.must(is_known, Reason::ResetUnknown)
    }
}

/// An address as good as any.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
