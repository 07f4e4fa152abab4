//! What is known of SCTP associations: which DATA chunks have passed, so that a retransmission is judged once
//! (RFC 9260 §6.2), and which two directions belong together, from the handshake to the end (RFC 9260 §5, §8.4, §9).
//!
//! One entry per direction, known by its verification tag and ports, never by addresses: a multihomed association
//! keeps its state whatever path a packet takes, and ASCONF changes nothing. Each entry remembers the last 512
//! TSNs. Without a handshake (a pick-up in mid-life) a direction begins with the first of its chunks.
//!
//! ```text
//!  INIT ──▶ handshakes ──INIT ACK──▶ handshakes, by both tags ──COOKIE ECHO or ACK──▶ two linked directions
//!                                                                                      │ SHUTDOWN, SHUTDOWN ACK
//!  DATA, FORWARD TSN, reset of TSNs ──▶ one direction, not linked                      ▼
//!        ABORT, SHUTDOWN COMPLETE end what they name and what it is linked to ◀──── closing: shed first
//! ```
//! What is concluded wrongly, from a forged or lost packet, costs no more than judging a chunk twice.
//!
//! Not handled here: SACKs and gap blocks (they come with the in-line work). A restart (RFC 9260 §5.2) whose packets
//! have neither of the old tags is an association of its own here: only addresses could tell which one it replaces.
//! The old directions then fall silent and are shed in their turn.

#[cfg(test)]
mod captures;
mod control;
mod handshakes;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
mod window;

pub use control::{AssociationCounts, Control, Event};

use crate::hash::mix;
use handshakes::Handshakes;
use sluice_wire::sctp::{Tsn, VerificationTag};
use window::Window;

const WAYS: usize = 4;
/// Handshakes under way in a table made with [`Associations::new`].
pub const HANDSHAKES: usize = 1024;

/// One direction of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectionKey {
    /// Verification tag of its packets.
    pub verification_tag: u32,
    /// Source port.
    pub source_port: u16,
    /// Destination port.
    pub destination_port: u16,
}

impl DirectionKey {
    /// The direction back, with the tag that its packets have.
    const fn back(self, verification_tag: u32) -> Self {
        Self { verification_tag, source_port: self.destination_port, destination_port: self.source_port }
    }

    #[inline(always)]
    fn ports(self) -> u64 {
        u64::from(self.source_port) << 16 | u64::from(self.destination_port)
    }
}

/// Where a direction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The direction.
    pub key: DirectionKey,
    /// The TSN it begins with, while none has passed.
    pub next: Option<Tsn>,
    /// The highest TSN that has passed, or the one before the first.
    pub highest: Tsn,
}

/// Whether a DATA chunk has passed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No.
    New,
    /// Yes: a retransmission or a copy.
    Before,
    /// It is of so long ago that nobody knows: a late retransmission, or a number that its sender never gave.
    Behind,
}

/// How far a direction is; in the order in which places are given up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Free,
    Closing,
    Open,
}

#[derive(Clone, Copy)]
struct Entry {
    key: DirectionKey,
    last_ns: u64,
    window: Window,
    /// The tag of the direction back; zero, which no tag is, where that is not known.
    peer_tag: u32,
    state: State,
}

const FREE: Entry = Entry {
    key: DirectionKey { verification_tag: 0, source_port: 0, destination_port: 0 },
    last_ns: 0,
    window: Window::before(Tsn(0)),
    peer_tag: 0,
    state: State::Free,
};

/// The table: 96 octets per direction, and 64 per handshake that was answered and waits for its cookie.
pub struct Associations {
    entries: Box<[[Entry; WAYS]]>,
    sets_mask: usize,
    key: u64,
    handshakes: Handshakes,
    counts: AssociationCounts,
}

impl Associations {
    /// Room for about `directions` (rounded up to a power of two) and [`HANDSHAKES`], hashed under `key`.
    pub fn new(directions: usize, key: u64) -> Self {
        Self::with_handshakes(directions, HANDSHAKES, key)
    }

    /// As `new`, with room for about so many handshakes; one that was answered counts twice.
    pub fn with_handshakes(directions: usize, handshakes: usize, key: u64) -> Self {
        let sets = directions.div_ceil(WAYS).next_power_of_two();
        Self {
            entries: vec![[FREE; WAYS]; sets].into_boxed_slice(),
            sets_mask: sets - 1,
            key,
            handshakes: Handshakes::new(handshakes, key),
            counts: AssociationCounts::default(),
        }
    }

    /// Notes that a DATA chunk passes, and says whether it has before.
    #[inline(always)]
    pub fn pass(&mut self, key: DirectionKey, tsn: Tsn, now_ns: u64) -> Seen {
        if let Some(entry) = self.find(key) {
            entry.last_ns = now_ns;
            return entry.window.pass(tsn);
        }
        self.pick_up(key, Window::at(tsn), now_ns);
        Seen::New
    }

    /// Takes in a control chunk of a packet of the direction `packet` (of an INIT: with its tag, which is zero), and
    /// says what it did.
    pub fn control(&mut self, packet: DirectionKey, chunk: Control, now_ns: u64) -> Event {
        let event = match chunk {
            Control::Init { initiate_tag, initial_tsn } => self.init(packet, initiate_tag, initial_tsn, now_ns),
            Control::InitAck { initiate_tag, initial_tsn } => self.init_ack(packet, initiate_tag, initial_tsn, now_ns),
            Control::CookieEcho | Control::CookieAck => self.cookie(packet, now_ns),
            Control::Abort { reflected } => self.end(packet, reflected, Event::Aborted),
            Control::ShutdownComplete { reflected } => self.end(packet, reflected, Event::Closed),
            Control::Shutdown | Control::ShutdownAck => self.close(packet, now_ns),
            Control::ForwardTsn { tsn } => self.forward(packet, tsn, now_ns),
            Control::TsnReset { sender_next, receiver_next } => self.reset(packet, sender_next, receiver_next, now_ns),
            Control::Asconf => self.touch(packet, now_ns),
        };
        if event != Event::PickedUp {
            self.counts.count(event);
        }
        event
    }

    /// Where both directions of an association stand, this one first; none where no handshake has linked them.
    pub fn linked_directions(&mut self, key: DirectionKey) -> Option<[Standing; 2]> {
        let this = *self.find(key)?;
        let other = *self.linked(key, this.peer_tag)?;
        Some([this, other].map(|Entry { key, window, .. }| Standing {
            key,
            next: window.first(),
            highest: window.highest(),
        }))
    }

    /// Directions given up for newer ones since the last call of this or of `take_counts`.
    pub fn take_shed(&mut self) -> u64 {
        std::mem::take(&mut self.counts.shed)
    }

    /// What happened since the last call.
    pub fn take_counts(&mut self) -> AssociationCounts {
        let inits_shed = std::mem::take(&mut self.handshakes.shed);
        AssociationCounts { inits_shed, ..std::mem::take(&mut self.counts) }
    }

    /// RFC 9260 §8.5.1: its packet has no tag yet; its own is never zero (§3.3.2).
    fn init(&mut self, packet: DirectionKey, tag: VerificationTag, initial_tsn: Tsn, now_ns: u64) -> Event {
        if packet.verification_tag == 0 && tag.0 != 0 {
            self.handshakes.init(packet.back(tag.0), initial_tsn, now_ns);
        }
        Event::Nothing
    }

    fn init_ack(&mut self, packet: DirectionKey, tag: VerificationTag, initial_tsn: Tsn, now_ns: u64) -> Event {
        let is_first = tag.0 != 0 && self.handshakes.answer(packet, tag.0, initial_tsn, now_ns);
        if is_first { Event::Opened } else { Event::Nothing }
    }

    /// RFC 9260 §5.1, steps C and D. What passed under these tags before is forgotten: no endpoint took it.
    fn cookie(&mut self, packet: DirectionKey, now_ns: u64) -> Event {
        let Some(handshake) = self.handshakes.settle(packet) else { return self.touch(packet, now_ns) };
        let peer = packet.back(handshake.peer_tag);
        if self.is_linked(packet, peer) && self.is_linked(peer, packet) {
            // Both sides had sent an INIT (RFC 9260 §5.2.1): one association, two handshakes.
            return self.touch(packet, now_ns);
        }
        let replaced = [self.unlink(packet, peer), self.unlink(peer, packet)];
        self.begin(packet, Window::before(handshake.tsn), peer.verification_tag, now_ns);
        self.begin(peer, Window::before(handshake.peer_tsn), packet.verification_tag, now_ns);
        if replaced.contains(&true) { Event::Restarted } else { Event::Established }
    }

    /// RFC 9260 §8.4, §8.5.1, §9.1, §9.2.
    fn end(&mut self, packet: DirectionKey, reflected: bool, event: Event) -> Event {
        let key = if reflected { packet.back(packet.verification_tag) } else { packet };
        let Some(entry) = self.find(key) else {
            // To give up an INIT is to answer it with an ABORT of its tag.
            let was_opening = event == Event::Aborted && self.handshakes.give_up(key);
            return if was_opening { event } else { Event::Nothing };
        };
        entry.state = State::Free;
        let peer_tag = entry.peer_tag;
        if let Some(peer) = self.linked(key, peer_tag) {
            peer.state = State::Free;
        }
        event
    }

    /// RFC 9260 §9.2.
    fn close(&mut self, packet: DirectionKey, now_ns: u64) -> Event {
        let Some(entry) = self.find(packet) else { return Event::Nothing };
        (entry.state, entry.last_ns) = (State::Closing, now_ns);
        let peer_tag = entry.peer_tag;
        if let Some(peer) = self.linked(packet, peer_tag) {
            peer.state = State::Closing;
        }
        Event::Nothing
    }

    fn forward(&mut self, packet: DirectionKey, tsn: Tsn, now_ns: u64) -> Event {
        let Some(entry) = self.find(packet) else {
            return self.pick_up(packet, Window::before(tsn.next()), now_ns);
        };
        entry.last_ns = now_ns;
        entry.window.forward(tsn);
        Event::Nothing
    }

    /// RFC 6525 §5.2.4, §5.2.7: both directions go on with other TSNs.
    fn reset(&mut self, packet: DirectionKey, sender_next: Tsn, receiver_next: Tsn, now_ns: u64) -> Event {
        let Some(entry) = self.find(packet) else {
            return self.pick_up(packet, Window::before(sender_next), now_ns);
        };
        entry.last_ns = now_ns;
        entry.window = Window::before(sender_next);
        let peer_tag = entry.peer_tag;
        if let Some(peer) = self.linked(packet, peer_tag) {
            peer.window = Window::before(receiver_next);
        }
        Event::Nothing
    }

    fn touch(&mut self, packet: DirectionKey, now_ns: u64) -> Event {
        if let Some(entry) = self.find(packet) {
            entry.last_ns = now_ns;
        }
        Event::Nothing
    }

    fn is_linked(&mut self, key: DirectionKey, peer: DirectionKey) -> bool {
        self.find(key).is_some_and(|entry| entry.peer_tag == peer.verification_tag)
    }

    /// Gives up the direction this one was linked to, if that is another than `peer`; says whether it was.
    fn unlink(&mut self, key: DirectionKey, peer: DirectionKey) -> bool {
        let old_tag = self.find(key).map_or(0, |entry| entry.peer_tag);
        if old_tag == 0 || old_tag == peer.verification_tag {
            return false;
        }
        if let Some(old) = self.linked(key, old_tag) {
            old.state = State::Free;
        }
        true
    }

    /// The direction back, if it has this tag and is linked to `key` as well.
    fn linked(&mut self, key: DirectionKey, peer_tag: u32) -> Option<&mut Entry> {
        self.find(key.back(peer_tag)).filter(|peer| peer_tag != 0 && peer.peer_tag == key.verification_tag)
    }

    #[inline(always)]
    fn set(&mut self, key: DirectionKey) -> Option<&mut [Entry; WAYS]> {
        let set = mix(self.key, u64::from(key.verification_tag), key.ports()) as usize & self.sets_mask;
        self.entries.get_mut(set)
    }

    #[inline(always)]
    fn find(&mut self, key: DirectionKey) -> Option<&mut Entry> {
        self.set(key)?.iter_mut().find(|entry| entry.key == key && entry.state != State::Free)
    }

    #[cold]
    fn pick_up(&mut self, key: DirectionKey, window: Window, now_ns: u64) -> Event {
        self.begin(key, window, 0, now_ns);
        self.counts.count(Event::PickedUp);
        Event::PickedUp
    }

    /// Puts a direction in its own place, where there is room, or in the place of a closing one or the one silent
    /// longest.
    #[cold]
    fn begin(&mut self, key: DirectionKey, window: Window, peer_tag: u32, now_ns: u64) {
        let Some(ways) = self.set(key) else { return };
        let is_own = |entry: &Entry| entry.state != State::Free && entry.key == key;
        let Some(entry) = ways.iter_mut().min_by_key(|entry| (!is_own(entry), entry.state, entry.last_ns)) else {
            return;
        };
        let shed = entry.state != State::Free && entry.key != key;
        *entry = Entry { key, last_ns: now_ns, window, peer_tag, state: State::Open };
        self.counts.shed += u64::from(shed);
    }
}
