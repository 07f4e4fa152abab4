//! What the control chunks of a packet say about its association, and what came of it.

use sluice_wire::sctp::{
    Chunk, ChunkKind, ForwardTsn, IForwardTsn, Init, ReConfig, ReConfigResult, Tsn, VerificationTag,
};

/// A control chunk that state depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// INIT (RFC 9260 §3.3.2).
    Init {
        /// The tag of every packet to its sender.
        initiate_tag: VerificationTag,
        /// The first TSN of its sender.
        initial_tsn: Tsn,
    },
    /// INIT ACK (RFC 9260 §3.3.3).
    InitAck {
        /// The tag of every packet to its sender.
        initiate_tag: VerificationTag,
        /// The first TSN of its sender.
        initial_tsn: Tsn,
    },
    /// COOKIE ECHO (RFC 9260 §3.3.11).
    CookieEcho,
    /// COOKIE ACK (RFC 9260 §3.3.12).
    CookieAck,
    /// ABORT (RFC 9260 §3.3.7).
    Abort {
        /// Whether its packet has the tag of the other direction.
        reflected: bool,
    },
    /// SHUTDOWN (RFC 9260 §3.3.8).
    Shutdown,
    /// SHUTDOWN ACK (RFC 9260 §3.3.9).
    ShutdownAck,
    /// SHUTDOWN COMPLETE (RFC 9260 §3.3.13).
    ShutdownComplete {
        /// Whether its packet has the tag of the other direction.
        reflected: bool,
    },
    /// FORWARD TSN (RFC 3758 §3.2) or I-FORWARD-TSN (RFC 8260 §2.3.1).
    ForwardTsn {
        /// Nothing up to here will be sent any more.
        tsn: Tsn,
    },
    /// RE-CONFIG that says that both TSNs were reset (RFC 6525 §4.4).
    TsnReset {
        /// The next TSN of its sender.
        sender_next: Tsn,
        /// The next TSN of its receiver.
        receiver_next: Tsn,
    },
    /// ASCONF or ASCONF ACK (RFC 5061 §4.1): addresses change, and nothing here depends on them.
    Asconf,
}

impl Control {
    /// What a chunk says; none for a chunk that says nothing about the state, or that is not well-formed.
    pub fn of(chunk: &Chunk<'_>) -> Option<Self> {
        let reflected = chunk.flags & REFLECTED != 0;
        match chunk.kind() {
            ChunkKind::Init => {
                let Init { initiate_tag, initial_tsn, .. } = Init::parse(chunk).ok()?;
                Some(Self::Init { initiate_tag, initial_tsn })
            }
            ChunkKind::InitAck => {
                let Init { initiate_tag, initial_tsn, .. } = Init::parse(chunk).ok()?;
                Some(Self::InitAck { initiate_tag, initial_tsn })
            }
            ChunkKind::CookieEcho => Some(Self::CookieEcho),
            ChunkKind::CookieAck => Some(Self::CookieAck),
            ChunkKind::Abort => Some(Self::Abort { reflected }),
            ChunkKind::Shutdown => Some(Self::Shutdown),
            ChunkKind::ShutdownAck => Some(Self::ShutdownAck),
            ChunkKind::ShutdownComplete => Some(Self::ShutdownComplete { reflected }),
            ChunkKind::ForwardTsn => {
                ForwardTsn::parse(chunk).ok().map(|forward| Self::ForwardTsn { tsn: forward.new_cumulative_tsn })
            }
            ChunkKind::IForwardTsn => {
                IForwardTsn::parse(chunk).ok().map(|forward| Self::ForwardTsn { tsn: forward.new_cumulative_tsn })
            }
            ChunkKind::ReConfig => ReConfig::all(chunk).ok()?.flatten().find_map(tsn_reset),
            ChunkKind::Asconf | ChunkKind::AsconfAck => Some(Self::Asconf),
            _ => None,
        }
    }
}

fn tsn_reset(part: ReConfig<'_>) -> Option<Control> {
    match part {
        ReConfig::Response {
            result: ReConfigResult::Performed, next_tsns: Some((sender_next, receiver_next)), ..
        } => Some(Control::TsnReset { sender_next, receiver_next }),
        _ => None,
    }
}

/// What a control chunk did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing that is counted.
    Nothing,
    /// An INIT was answered.
    Opened,
    /// A cookie passed: both directions are known, from their first TSN on.
    Established,
    /// As that, in the place of an association that had one of the two tags.
    Restarted,
    /// The last step of a shutdown.
    Closed,
    /// An association, or an attempt to open one, was given up.
    Aborted,
    /// A direction that was not known.
    PickedUp,
}

/// How often things happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssociationCounts {
    /// INITs that were answered.
    pub opened: u64,
    /// Associations established by a handshake that was seen.
    pub established: u64,
    /// Of these, in the place of another.
    pub restarted: u64,
    /// Associations that ended with a shutdown.
    pub closed: u64,
    /// Associations, and attempts to open one, that were given up.
    pub aborted: u64,
    /// Directions begun without a handshake.
    pub picked_up: u64,
    /// Directions given up for newer ones.
    pub shed: u64,
    /// Handshakes given up for newer ones.
    pub inits_shed: u64,
}

impl AssociationCounts {
    pub(super) const fn count(&mut self, event: Event) {
        match event {
            Event::Nothing => {}
            Event::Opened => self.opened += 1,
            Event::Established => self.established += 1,
            Event::Restarted => {
                self.established += 1;
                self.restarted += 1;
            }
            Event::Closed => self.closed += 1,
            Event::Aborted => self.aborted += 1,
            Event::PickedUp => self.picked_up += 1,
        }
    }
}

/// The T bit of ABORT and SHUTDOWN COMPLETE.
const REFLECTED: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_wire::sctp::Packet;

    fn of(chunk: &[u8]) -> Option<Control> {
        let octets = [&[0; 12], chunk].concat();
        let packet = Packet::parse(&octets).expect("a header");
        let first = packet.chunks().next().expect("a chunk").expect("well-formed");
        Control::of(&first)
    }

    #[test]
    fn reads_tag_and_first_tsn_of_both_steps_of_the_handshake() {
        let fixed = [0, 0, 0, 7, 0, 1, 0, 0, 0, 16, 0, 16, 0, 0, 0, 9];
        let (initiate_tag, initial_tsn) = (VerificationTag(7), Tsn(9));
        let chunk = |kind| [&[kind, 0, 0, 20], &fixed[..]].concat();
        assert_eq!(of(&chunk(1)), Some(Control::Init { initiate_tag, initial_tsn }));
        assert_eq!(of(&chunk(2)), Some(Control::InitAck { initiate_tag, initial_tsn }));
        assert_eq!(of(&[1, 0, 0, 8, 0, 0, 0, 7]), None, "cut short");
    }

    #[test]
    fn reads_chunks_that_have_no_content_and_their_reflected_tag() {
        let cases = [
            (10, 0, Control::CookieEcho),
            (11, 0, Control::CookieAck),
            (6, 0, Control::Abort { reflected: false }),
            (6, 1, Control::Abort { reflected: true }),
            (8, 0, Control::ShutdownAck),
            (14, 0, Control::ShutdownComplete { reflected: false }),
            (14, 1, Control::ShutdownComplete { reflected: true }),
        ];
        for (kind, flags, expected) in cases {
            assert_eq!(of(&[kind, flags, 0, 4]), Some(expected));
        }
        assert_eq!(of(&[7, 0, 0, 8, 0, 0, 0, 1]), Some(Control::Shutdown));
        assert_eq!(of(&[0xc1, 0, 0, 8, 0, 0, 0, 1]), Some(Control::Asconf));
        assert_eq!((of(&[4, 0, 0, 4]), of(&[3, 0, 0, 4])), (None, None));
    }

    #[test]
    fn reads_tsns_that_were_given_up_or_reset() {
        let forward = Some(Control::ForwardTsn { tsn: Tsn(5) });
        assert_eq!(of(&[0xc0, 0, 0, 8, 0, 0, 0, 5]), forward);
        assert_eq!(of(&[0xc2, 0, 0, 8, 0, 0, 0, 5]), forward);
        let response = |result| {
            let mut chunk = vec![0x82, 0, 0, 24, 0, 16, 0, 20, 0, 0, 0, 1, 0, 0, 0, result];
            chunk.extend([0, 0, 0, 8, 0, 0, 0, 9]);
            chunk
        };
        assert_eq!(of(&response(1)), Some(Control::TsnReset { sender_next: Tsn(8), receiver_next: Tsn(9) }));
        assert_eq!(of(&response(2)), None, "denied");
        assert_eq!(of(&[0x82, 0, 0, 12, 0, 15, 0, 8, 0, 0, 0, 1]), None, "a request does nothing yet");
    }
}
