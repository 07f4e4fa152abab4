//! TCP connections that carry SMPP, seen from a tap: octets in order, whole PDUs, and whose they are. RFC 9293.
//!
//! A tap sees retransmissions, segments in any order, and loses some for ever. It takes part in nothing: what counts
//! is what came first. Use:
//!
//! ```text
//! match streams.segment(..) {
//!     Direct { flow, skip_octets }   PDUs straight from the payload; what remains:  streams.keep(flow, rest)
//!     Held(flow)                     while let Some(pdu) = streams.next_pdu(flow, &mut room)
//!     ..                             nothing to read
//! }
//! for every PDU read:                streams.learn(flow, &pdu)
//! ```
//! In the common case, a segment of whole PDUs in order, nothing is copied. A connection is known from its SYN on the
//! port of SMPP, or from the first segment that begins like a PDU. One of which no PDU was read yet is given up before
//! any other when the table is full: a flood of SYNs costs no session. A SYN within a connection changes nothing until
//! octets follow it: whoever forges one ends nothing.
//!
//! Bounded: a connection costs [`STREAM_COST_OCTETS`], each 500 octets that wait 520. Not handled: the TCP checksum,
//! urgent data, window scaling; octets that were given out already are not compared with those that come again.

mod cells;
mod direction;
mod flow;
mod gaps;
mod reassembly;
mod session;
mod taken;

pub use flow::{Flow, FlowKey};
pub use session::{BindType, Session};
pub use taken::{StreamCounts, Taken, Whole};

use crate::index::Index;
use crate::lists::{Ends, Lists, NONE};
use direction::{Direction, PLAUSIBLE_OCTETS, State, distance};
use reassembly::{Placed, Reassembly};
use sluice_wire::smpp::{PDU_OCTETS_MAX, PORT, Pdu, looks_like_smpp, may_begin};
use sluice_wire::tcp::Segment;
use sluice_wire::{Anomalies, Anomaly};

/// Sizes of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamSizes {
    /// Connections.
    pub connections: usize,
    /// Octets that wait, in all of them.
    pub octets: usize,
    /// How long a gap may stay open while segments arrive behind it.
    pub timeout_ns: u64,
}

impl Default for StreamSizes {
    fn default() -> Self {
        Self { connections: 4096, octets: 8 << 20, timeout_ns: 3_000_000_000 }
    }
}

#[derive(Clone, Copy)]
struct Connection {
    /// The lesser end first.
    key: FlowKey,
    session: Session,
    standing: Standing,
}

/// In which order connections are given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// No PDU was read yet, or both sides are done.
    Slight { ended: bool },
    /// PDUs were read.
    Live,
}

/// The table.
pub struct Streams {
    connections: Box<[Connection]>,
    reassembly: Reassembly,
    index: Index,
    order: Lists,
    free: Ends,
    slight: Ends,
    live: Ends,
    key: u64,
}

impl Streams {
    /// Allocates it; hashed under `key`.
    pub fn new(sizes: StreamSizes, key: u64) -> Self {
        let count = sizes.connections.clamp(1, NONE as usize / 2 - 1);
        let nowhere = FlowKey { source: 0, destination: 0, source_port: 0, destination_port: 0 };
        let unused =
            Connection { key: nowhere, session: Session::default(), standing: Standing::Slight { ended: true } };
        let mut streams = Self {
            connections: vec![unused; count].into_boxed_slice(),
            reassembly: Reassembly::new(count * 2, sizes.octets, sizes.timeout_ns),
            index: Index::new(count),
            order: Lists::new(count),
            free: Ends::EMPTY,
            slight: Ends::EMPTY,
            live: Ends::EMPTY,
            key,
        };
        (0..count as u32).for_each(|slot| streams.order.push_back(&mut streams.free, slot));
        streams
    }

    /// Takes a segment.
    #[inline]
    pub fn segment(&mut self, key: FlowKey, segment: &Segment<'_>, now_ns: u64) -> Taken {
        let (key, side) = key.folded();
        let Some(slot) = self.find(key) else { return self.unknown(key, side, segment, now_ns) };
        self.touch(slot);
        let flow = Flow { slot, side };
        let (flags, sequence, payload) = (segment.flags, segment.sequence.0, segment.payload);
        let plain = !flags.syn() && !flags.fin() && !flags.rst() && !payload.is_empty();
        if plain && self.reassembly.advance(flow.at(), sequence, payload.len()) {
            return Taken::Direct { flow, skip_octets: 0 };
        }
        self.any(flow, segment, now_ns)
    }

    /// Keeps what remained of a [`Taken::Direct`] segment: the beginning of a PDU.
    #[inline]
    pub fn keep(&mut self, flow: Flow, rest: &[u8]) {
        if !rest.is_empty() {
            self.reassembly.keep(flow.at(), rest);
        }
    }

    /// Copies the next whole PDU of a [`Taken::Held`] segment to the start of `out`.
    pub fn next_pdu(&mut self, flow: Flow, out: &mut [u8; PDU_OCTETS_MAX]) -> Option<Whole> {
        let (len_octets, overlapped) = self.reassembly.next_pdu(flow.at(), out)?;
        let anomalies = if overlapped { Anomalies::of(Anomaly::Overlap) } else { Anomalies::NONE };
        Some(Whole { len_octets, anomalies })
    }

    /// Takes note of a PDU that was read, before its facts are made: every one.
    #[inline]
    pub fn learn(&mut self, flow: Flow, pdu: &Pdu<'_>) {
        let Some(connection) = self.connections.get_mut(flow.slot as usize) else { return };
        connection.session.learn(flow.side, pdu);
        if connection.standing == (Standing::Slight { ended: false }) && pdu.command.is_known() {
            connection.standing = Standing::Live;
            self.order.remove(&mut self.slight, flow.slot);
            self.order.push_back(&mut self.live, flow.slot);
        }
    }

    /// Whose connection it is.
    #[inline]
    pub fn session(&self, flow: Flow) -> Session {
        self.connections.get(flow.slot as usize).map_or_else(Session::default, |connection| connection.session)
    }

    /// Whether the direction is from the ESME to the message centre; none where nothing told yet.
    #[inline]
    pub fn is_from_esme(&self, flow: Flow) -> Option<bool> {
        self.session(flow).is_esme(flow.side)
    }

    /// What happened since the last call.
    pub fn take_counts(&mut self) -> StreamCounts {
        std::mem::take(&mut self.reassembly.counts)
    }

    #[inline]
    fn find(&self, key: FlowKey) -> Option<u32> {
        let same = |slot: &u32| self.connections.get(*slot as usize).is_some_and(|connection| connection.key == key);
        self.index.find(key.hash(self.key)).find(same)
    }

    /// Moves a connection behind the others of its standing.
    #[inline]
    fn touch(&mut self, slot: u32) {
        let list = match self.connections.get(slot as usize).map(|connection| connection.standing) {
            Some(Standing::Live) => &mut self.live,
            Some(Standing::Slight { ended: false }) => &mut self.slight,
            _ => return,
        };
        if list.back != slot {
            self.order.remove(list, slot);
            self.order.push_back(list, slot);
        }
    }

    /// A segment of a connection that is not in the table.
    #[inline(never)]
    fn unknown(&mut self, key: FlowKey, side: u8, segment: &Segment<'_>, now_ns: u64) -> Taken {
        let on_port = segment.source_port == PORT || segment.destination_port == PORT;
        let begins = if on_port { may_begin(segment.payload) } else { looks_like_smpp(segment.payload) };
        let opens = on_port && segment.flags.syn();
        if segment.flags.rst() || !(begins || opens) {
            return if segment.payload.is_empty() { Taken::Control } else { Taken::Unread };
        }
        match self.open(key, begins) {
            Some(slot) => self.any(Flow { slot, side }, segment, now_ns),
            None if segment.payload.is_empty() => Taken::Control,
            None => Taken::Unread,
        }
    }

    /// Finds a place for a connection. One that shows no PDU takes none from those that did.
    fn open(&mut self, key: FlowKey, shows_pdu: bool) -> Option<u32> {
        let slot = if self.free.front != NONE {
            let slot = self.free.front;
            self.order.remove(&mut self.free, slot);
            slot
        } else if self.slight.front != NONE {
            self.give_up(self.slight.front)
        } else if shows_pdu {
            self.give_up(self.live.front)
        } else {
            return None;
        };
        let connection = self.connections.get_mut(slot as usize)?;
        *connection = Connection { key, session: Session::default(), standing: Standing::Slight { ended: false } };
        self.index.insert(key.hash(self.key), slot);
        self.order.push_back(&mut self.slight, slot);
        self.reassembly.counts.opened += 1;
        Some(slot)
    }

    fn give_up(&mut self, slot: u32) -> u32 {
        let Some(connection) = self.connections.get(slot as usize) else { return slot };
        let (hash, standing) = (connection.key.hash(self.key), connection.standing);
        self.index.remove(hash, slot);
        let list = if standing == Standing::Live { &mut self.live } else { &mut self.slight };
        self.order.remove(list, slot);
        self.reassembly.counts.shed += u64::from(standing != Standing::Slight { ended: true });
        self.forget(slot);
        slot
    }

    /// Drops what both directions hold and where they were.
    fn forget(&mut self, slot: u32) {
        for side in 0..2 {
            self.reassembly.reset(Flow { slot, side }.at());
        }
    }

    /// Both sides are done, or one gave up: its place is the first to be taken.
    fn end(&mut self, slot: u32) {
        let Some(connection) = self.connections.get_mut(slot as usize) else { return };
        let list = match connection.standing {
            Standing::Slight { ended: true } => return,
            Standing::Slight { ended: false } => &mut self.slight,
            Standing::Live => &mut self.live,
        };
        connection.standing = Standing::Slight { ended: true };
        self.order.remove(list, slot);
        self.order.insert_after(&mut self.slight, NONE, slot);
        self.reassembly.counts.closed += 1;
    }

    /// Begins a connection anew in its place, as far as its SYNs said where.
    fn restart(&mut self, flow: Flow) {
        self.end(flow.slot);
        let syns = [0, 1].map(|side| self.syn_of(Flow { side, ..flow }));
        self.forget(flow.slot);
        for (side, syn) in [0, 1].into_iter().zip(syns) {
            if let (Some(direction), Some(syn)) = (self.reassembly.direction(Flow { side, ..flow }.at()), syn) {
                direction.sync(syn);
            }
        }
        if let Some(connection) = self.connections.get_mut(flow.slot as usize) {
            (connection.session, connection.standing) = (Session::default(), Standing::Slight { ended: false });
            self.order.remove(&mut self.slight, flow.slot);
            self.order.push_back(&mut self.slight, flow.slot);
            self.reassembly.counts.opened += 1;
        }
    }

    fn syn_of(&mut self, flow: Flow) -> Option<u32> {
        self.reassembly.direction(flow.at()).filter(|direction| direction.has_syn).map(|direction| direction.syn)
    }

    #[inline(never)]
    fn any(&mut self, flow: Flow, segment: &Segment<'_>, now_ns: u64) -> Taken {
        let first = segment.sequence.0.wrapping_add(u32::from(segment.flags.syn()));
        if segment.flags.syn() {
            self.syn(flow, first);
        } else if !segment.payload.is_empty() && self.syn_of(flow) == Some(first) && self.is_elsewhere(flow, first) {
            self.restart(flow);
        }
        let taken = self.payload(flow, first, segment.payload, now_ns);
        let end = first.wrapping_add(segment.payload.len() as u32);
        let Some(direction) = self.reassembly.direction(flow.at()) else { return taken };
        let at_end = direction.next == end;
        direction.fin |= segment.flags.fin() && at_end;
        let both = direction.fin && self.reassembly.direction(flow.other().at()).is_some_and(|other| other.fin);
        // RFC 5961 §3.2: a reset counts only where it is exactly the next.
        if both || (segment.flags.rst() && at_end) {
            self.end(flow.slot);
        }
        taken
    }

    fn payload(&mut self, flow: Flow, first: u32, payload: &[u8], now_ns: u64) -> Taken {
        if payload.is_empty() {
            return Taken::Control;
        }
        match self.reassembly.place(flow.at(), first, payload, now_ns) {
            Placed::Next(skip_octets) => Taken::Direct { flow, skip_octets },
            Placed::Held => Taken::Held(flow),
            Placed::Waiting => Taken::Waiting,
            Placed::Before => Taken::Duplicate,
            Placed::Lost => Taken::Unread,
        }
    }

    /// Notes where a direction would begin; at once where nothing came on it yet.
    fn syn(&mut self, flow: Flow, first: u32) {
        let standing = self.connections.get(flow.slot as usize).map(|connection| connection.standing);
        let Some(direction) = self.reassembly.direction(flow.at()) else { return };
        match (standing, direction.state) {
            (Some(Standing::Slight { ended: true }), _) => {
                (direction.has_syn, direction.syn) = (true, first);
                if let Some(other) = self.reassembly.direction(flow.other().at()) {
                    other.has_syn = false;
                }
                self.restart(flow);
            }
            (_, State::Fresh) => direction.sync(first),
            // One that came again names an octet that passed.
            (_, State::Synced) if (-PLAUSIBLE_OCTETS..=0).contains(&distance(direction.next, first)) => {}
            _ => (direction.has_syn, direction.syn) = (true, first),
        }
    }

    /// Whether a direction is at another octet.
    fn is_elsewhere(&mut self, flow: Flow, first: u32) -> bool {
        let direction: Option<&mut Direction> = self.reassembly.direction(flow.at());
        direction.is_some_and(|direction| {
            let begun = direction.state == State::Synced;
            !begun || (direction.next != first && direction.base() != first)
        })
    }
}

/// What a connection costs: its entry, two directions, and places in the lists and the index.
pub const STREAM_COST_OCTETS: usize = size_of::<Connection>() + 2 * (size_of::<Direction>() + 8) + 8 + 8;

#[cfg(test)]
mod tests;
