//! Why a packet or a message is refused: one list gives the enum, the name, and the help text.

macro_rules! reasons {
    ($($variant:ident = $name:literal, $help:literal;)+) => {
        /// Why a packet or a message is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Reason { $(#[doc = $help] $variant),+ }

        impl Reason {
            /// Every reason, by number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            const NAMES: &'static [(&'static str, &'static str)] = &[$(($name, $help)),+];
        }
    };
}

reasons! {
    BadCrc = "bad_crc", "Packets whose CRC32c is wrong.";
    ZeroTag = "zero_tag", "Packets without a verification tag that are no INIT.";
    InitTag = "init_tag", "INITs in a packet that has a verification tag.";
    Bundled = "bundled", "INITs, INIT ACKs and SHUTDOWN COMPLETEs with other chunks beside them.";
    InitMalformed = "init_malformed", "INITs and INIT ACKs that are cut short, or give no tag or no streams.";
    Port = "port", "INITs to a port that is not listed.";
    Peer = "peer", "INITs from or to a peer that is not listed.";
    InitsOfSource = "inits_of_source", "INITs beyond the rate of their source.";
    InitsToDestination = "inits_to_destination", "INITs beyond the rate of their destination.";
    InitAckUnasked = "init_ack_unasked", "INIT ACKs to no INIT.";
    CookieUnasked = "cookie_unasked", "COOKIE ECHOs after no INIT ACK.";
    ResetUnknown = "reset_unknown", "ABORTs and SHUTDOWN COMPLETEs with the tag of no association.";
    ForbiddenChunk = "forbidden_chunk", "Packets with a chunk of a forbidden kind.";
    Ppid = "ppid", "Messages of a payload protocol that is not listed.";
    Role = "role", "Management messages that a peer of this role does not send.";
    AspIdentifier = "asp_identifier", "ASPUPs without one of the identifiers of their partner.";
    RoutingContext = "routing_context", "Messages with a routing context that is not their partner's.";
    TrafficMode = "traffic_mode", "ASPACs with a traffic mode that is not their partner's.";
    Registration = "registration", "Registrations of routing keys by a partner that may not register any.";
    PointCode = "point_code", "Messages from a point code that is not their partner's.";
    AssociationRate = "association_rate", "Messages beyond the rate of their association.";
    PartnerRate = "partner_rate", "Messages beyond the rate of their partner.";
}

/// How many there are.
pub const REASONS: usize = Reason::ALL.len();

impl Reason {
    /// The name, in the configuration and of the counter.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// What is refused for it.
    pub const fn help(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// The reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.name() == name)
    }

    /// Whether it refuses a whole packet; else a message, which is neutralised.
    pub const fn is_of_packet(self) -> bool {
        (self as u8) < Self::Ppid as u8
    }
}

/// What is done for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Not even counted.
    Off,
    /// Counted.
    Observe,
    /// Counted, and refused.
    Enforce,
}

/// What is done for each reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes([Mode; REASONS]);

impl Modes {
    /// The same for all but [`Reason::BadCrc`], which is off: endpoints drop such packets themselves (RFC 9260 §6.8).
    pub const fn all(mode: Mode) -> Self {
        Self([mode; REASONS]).with(Reason::BadCrc, Mode::Off)
    }

    /// With another for one reason.
    #[must_use]
    pub const fn with(mut self, reason: Reason, mode: Mode) -> Self {
        self.0[reason as usize] = mode;
        self
    }

    /// What is done for a reason.
    #[inline]
    pub const fn of(&self, reason: Reason) -> Mode {
        self.0[reason as usize]
    }
}

/// How often there was each reason, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenCounts {
    found: [u64; REASONS],
    /// Packets dropped.
    pub dropped: u64,
    /// Messages that were to be neutralised.
    pub neutralised: u64,
}

impl ScreenCounts {
    pub(super) const NONE: Self = Self { found: [0; REASONS], dropped: 0, neutralised: 0 };

    /// How often there was a reason, whether or not anything was refused for it.
    pub const fn of(&self, reason: Reason) -> u64 {
        self.found[reason as usize]
    }

    /// Every reason, and how often there was it.
    pub fn all(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        Reason::ALL.iter().map(|reason| (*reason, self.of(*reason)))
    }

    pub(super) const fn add(&mut self, reason: Reason) {
        self.found[reason as usize] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_reason_is_found_by_its_name_and_only_by_its_own() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.name()), Some(*reason));
            assert!(reason.help().ends_with('.'), "{}", reason.name());
        }
        assert_eq!(Reason::ALL.iter().map(|reason| reason.name()).collect::<BTreeSet<_>>().len(), REASONS);
        assert_eq!(Reason::from_name("weather"), None);
    }

    #[test]
    fn reasons_to_drop_come_before_reasons_to_neutralise() {
        let of_packets = Reason::ALL.iter().filter(|reason| reason.is_of_packet()).count();
        assert_eq!((of_packets, REASONS), (13, 22));
    }

    #[test]
    fn a_mode_of_one_reason_is_no_other_reasons() {
        let modes = Modes::all(Mode::Enforce).with(Reason::Peer, Mode::Observe);
        let others = Reason::ALL.iter().filter(|reason| modes.of(**reason) == Mode::Enforce).count();
        assert_eq!((modes.of(Reason::Peer), modes.of(Reason::BadCrc), others), (Mode::Observe, Mode::Off, 20));
    }
}
