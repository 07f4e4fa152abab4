//! Which tags belong to an association (RFC 9260 §5.1, §8.5.1): three tables, so that what anybody can send gives no place of
//! what a handshake has shown.
//!
//! ```text
//!  INIT, INIT ACK ──▶ opening ──COOKIE ECHO──▶ known ──┐
//!  any other packet of no association seen ──▶ met ────┴──▶ may reset, may send a cookie again
//! ```
//! Directions are known by tag and ports, never by addresses: a multihomed association may use any path. Nothing is
//! removed: a reset that comes twice is of the association it ended. The longest silent gives its place.

use super::Seen;
use super::bucket::Bucket;
use super::settings::Sizes;
use crate::DirectionKey;
use crate::hash::mix;
use crate::table::{Table, age, cost_octets, tick};

/// One direction.
#[derive(Clone, Copy)]
struct Direction {
    key: DirectionKey,
    /// While it opens: the tag of the direction back, zero until the INIT was answered.
    peer_tag: u32,
    last_tick: u32,
    messages: Bucket,
}

const NONE: Direction = Direction {
    key: DirectionKey { verification_tag: 0, source_port: 0, destination_port: 0 },
    peer_tag: 0,
    last_tick: 0,
    messages: Bucket::EMPTY,
};

const _: () = assert!(cost_octets::<Direction>() == 40);

/// The tables.
pub(super) struct Directions {
    opening: Table<Direction>,
    known: Table<Direction>,
    met: Table<Direction>,
    key: u64,
    settle_ns: u64,
    /// From then on what is not here is of no association.
    sure_from_ns: Option<u64>,
    /// Where the direction of the packet at hand stands.
    at_hand: (Which, u32),
}

impl Directions {
    pub(super) fn new(sizes: &Sizes, settle_ns: u64, key: u64) -> Self {
        Self {
            // An INIT takes one place, its answer another.
            opening: Table::new(sizes.handshakes.saturating_mul(2), NONE),
            known: Table::new(sizes.directions, NONE),
            met: Table::new(sizes.directions, NONE),
            key,
            settle_ns,
            sure_from_ns: None,
            at_hand: (Which::Met, 0),
        }
    }

    /// Whether what is not here is of no association: traffic was watched for long enough, and nothing that may live was
    /// forgotten since.
    pub(super) fn is_sure(&self, now_ns: u64) -> bool {
        self.sure_from_ns.is_some_and(|from_ns| now_ns >= from_ns)
    }

    /// Time begins with the first packet.
    #[inline]
    pub(super) fn begin(&mut self, now_ns: u64) {
        if self.sure_from_ns.is_none() {
            self.sure_from_ns = Some(now_ns.saturating_add(self.settle_ns));
        }
    }

    /// An INIT: packets back will have the tag it gives.
    pub(super) fn init(&mut self, packet: DirectionKey, initiate_tag: u32, now_ns: u64) {
        let key = back(packet, initiate_tag);
        if self.touch(Which::Opening, key, now_ns).is_none() {
            self.enter(Which::Opening, Direction { key, ..NONE }, now_ns);
        }
    }

    /// Whether an INIT waits for an answer of this direction.
    pub(super) fn is_asked(&self, packet: DirectionKey) -> bool {
        self.find(&self.opening, packet).is_some()
    }

    /// An INIT ACK: from now on a cookie may come with the tag it gives.
    pub(super) fn init_ack(&mut self, packet: DirectionKey, initiate_tag: u32, now_ns: u64) {
        let peer = back(packet, initiate_tag);
        for (key, peer_tag) in [(packet, initiate_tag), (peer, packet.verification_tag)] {
            match self.touch(Which::Opening, key, now_ns) {
                Some(direction) => direction.peer_tag = peer_tag,
                None => self.enter(Which::Opening, Direction { key, peer_tag, ..NONE }, now_ns),
            }
        }
    }

    /// Whether a packet is of an association, or of an attempt to open one.
    pub(super) fn has(&self, packet: DirectionKey) -> bool {
        self.find(&self.known, packet).is_some()
            || self.find(&self.met, packet).is_some()
            || self.find(&self.opening, packet).is_some()
    }

    /// A COOKIE ECHO: both directions are known from now on.
    pub(super) fn cookie(&mut self, packet: DirectionKey, now_ns: u64) {
        let opening = self.find(&self.opening, packet).and_then(|slot| self.opening.at(slot)).copied();
        match opening.filter(|opening| opening.peer_tag != 0) {
            Some(opening) => {
                self.keep(Which::Known, packet, now_ns);
                self.keep(Which::Known, back(packet, opening.peer_tag), now_ns);
            }
            None => self.packet(packet, now_ns),
        }
    }

    /// Any other packet: of an association that is known, or picked up in mid-life.
    #[inline]
    pub(super) fn packet(&mut self, packet: DirectionKey, now_ns: u64) {
        if self.touch(Which::Known, packet, now_ns).is_none() {
            self.keep(Which::Met, packet, now_ns);
        }
    }

    /// The bucket of a direction; none if it is not known.
    #[inline]
    pub(super) fn messages(&mut self, packet: DirectionKey) -> Option<&mut Bucket> {
        let (mut which, mut slot) = self.at_hand;
        if self.table(which).at(slot).is_none_or(|direction| direction.key != packet) {
            (which, slot) = self.place(packet)?;
        }
        self.table(which).at_mut(slot).map(|direction| &mut direction.messages)
    }

    fn place(&self, packet: DirectionKey) -> Option<(Which, u32)> {
        let known = self.find(&self.known, packet).map(|slot| (Which::Known, slot));
        known.or_else(|| self.find(&self.met, packet).map(|slot| (Which::Met, slot)))
    }

    /// What was allocated.
    pub(super) fn octets(&self) -> usize {
        self.opening.octets() + self.known.octets() + self.met.octets()
    }

    fn keep(&mut self, which: Which, key: DirectionKey, now_ns: u64) {
        if self.touch(which, key, now_ns).is_none() {
            self.enter(which, Direction { key, ..NONE }, now_ns);
        }
    }

    fn touch(&mut self, which: Which, key: DirectionKey, now_ns: u64) -> Option<&mut Direction> {
        let hash = self.hash(key);
        let table = self.table(which);
        let slot = table.find(table.home(hash), |direction| direction.key == key)?;
        table.touch(slot, tick(now_ns));
        self.at_hand = (which, slot);
        let direction = self.table(which).at_mut(slot)?;
        direction.last_tick = tick(now_ns);
        Some(direction)
    }

    /// One that is not in the table. If another gives its place that may live still, nothing is sure for a while.
    fn enter(&mut self, which: Which, direction: Direction, now_ns: u64) {
        let (hash, now) = (self.hash(direction.key), tick(now_ns));
        let table = self.table(which);
        let (slot, shed) = table.enter(table.home(hash), Direction { last_tick: now, ..direction }, now);
        self.at_hand = (which, slot);
        if shed.is_some_and(|shed| age(now, shed.last_tick) < tick(self.settle_ns)) {
            self.sure_from_ns = Some(now_ns.saturating_add(self.settle_ns));
        }
    }

    #[inline]
    fn find(&self, table: &Table<Direction>, key: DirectionKey) -> Option<u32> {
        table.find(table.home(self.hash(key)), |direction| direction.key == key)
    }

    fn table(&mut self, which: Which) -> &mut Table<Direction> {
        match which {
            Which::Opening => &mut self.opening,
            Which::Known => &mut self.known,
            Which::Met => &mut self.met,
        }
    }

    #[inline]
    fn hash(&self, key: DirectionKey) -> u64 {
        let ports = u64::from(key.source_port) << 16 | u64::from(key.destination_port);
        mix(self.key, u64::from(key.verification_tag), ports)
    }
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Opening,
    Known,
    Met,
}

/// The direction of a packet.
#[inline]
pub(super) fn direction_of(seen: &Seen<'_>) -> DirectionKey {
    DirectionKey {
        verification_tag: seen.packet.verification_tag().0,
        source_port: seen.packet.source_port(),
        destination_port: seen.packet.destination_port(),
    }
}

/// The direction back, with its tag.
pub(super) const fn back(key: DirectionKey, verification_tag: u32) -> DirectionKey {
    DirectionKey { verification_tag, source_port: key.destination_port, destination_port: key.source_port }
}
