//! What one poll core serves: taps and wires, each a port or a pair of ports of this core alone.

use crate::held::{Held, Holding, NO_TICKET};
use sluice_engine::{Fallback, Input, Mode, PointCodes, Side, Wire};
use sluice_io::{Burst, FrameMeta, Port};
use std::net::IpAddr;

/// A tap or a wire, one queue of it.
pub struct Lane<P: Port> {
    /// The name the configuration gave it.
    pub name: String,
    point_codes: PointCodes,
    changes: Wire,
    kind: Kind<P>,
}

/// Where frames came in.
#[derive(Clone, Copy, Debug)]
pub struct Vantage<'v> {
    /// Name of the port.
    pub port: &'v str,
    /// Number of the first frame there.
    pub first: u64,
    /// Which side they came from.
    pub side: Side<'v>,
    /// Form of the point codes.
    pub point_codes: PointCodes,
    /// How frames that cross may be changed; none where they only are looked at.
    pub wire: Option<Wire>,
}

impl<'v> Vantage<'v> {
    /// A frame that came in here.
    #[inline]
    pub fn input<'p>(&'p self, octets: &'p [u8], meta: FrameMeta, number: u64, time_ns: u64) -> Input<'p> {
        let Self { port, side, point_codes, wire, .. } = *self;
        Input { octets, link: meta.link_type.0, number, time_ns, port: port.as_bytes(), side, point_codes, wire }
    }

    /// Whether a frame that should have been changed and cannot be is dropped. Its sender sends it again, and in the end
    /// gives up.
    pub fn is_closed(&self) -> bool {
        self.wire.is_some_and(|wire| wire.unchangeable == Fallback::Discard)
    }
}

enum Kind<P: Port> {
    Tap { port: Inlet<P>, inside: Vec<IpAddr> },
    Wire { outside: Inlet<P>, inside: Inlet<P>, told_by: Option<Vec<IpAddr>> },
}

/// A port and what came in by it and could not go on yet.
pub struct Inlet<P: Port> {
    /// The port.
    pub port: P,
    /// Its name.
    name: String,
    /// What stands for the name in heads of frames of our own, over a restart too.
    number: u32,
    /// Frames received, judged and waiting for room in the other port of the wire.
    waiting: Burst<P::Frame>,
    /// Frames that wait for others.
    held: Holding<P::Frame>,
    /// Frames received so far: the number of the last one.
    pub frames: u64,
}

impl<P: Port> Inlet<P> {
    fn new(port: P) -> Self {
        let name = port.name().to_owned();
        Self { number: number_of(&name), name, port, waiting: Burst::new(), held: Holding::default(), frames: 0 }
    }
}

/// What all frames of an inlet have in common.
#[derive(Clone, Copy)]
struct From<'v> {
    side: Side<'v>,
    point_codes: PointCodes,
    wire: Option<Wire>,
}

/// What a lane did in one turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    /// Frames received.
    pub received: usize,
    /// Frames sent on.
    pub sent: usize,
}

/// Judges the frames of a burst in place.
pub trait Judge<P: Port> {
    /// Looks at frames; those that have to wait for others it takes out. Frames of its own it has from the port that these
    /// came by.
    fn burst(&mut self, vantage: Vantage<'_>, port: &mut P, frames: &mut Burst<P::Frame>, held: &mut Holding<P::Frame>);

    /// Puts frames that have waited long enough into an empty burst; the flag beside the port says that nothing else will
    /// come.
    fn release(
        &mut self,
        vantage: Vantage<'_>,
        from: (&mut P, bool),
        held: &mut Holding<P::Frame>,
        frames: &mut Burst<P::Frame>,
    );
}

impl<P: Port> Lane<P> {
    /// A port that listens; `inside` are the addresses of the home network's side.
    pub fn tap(name: String, port: P, inside: Vec<IpAddr>) -> Self {
        Self::new(name, Kind::Tap { port: Inlet::new(port), inside })
    }

    /// Two ports forwarded to each other.
    pub fn wire(name: String, outside: P, inside: P) -> Self {
        let (outside, inside) = (Inlet::new(outside), Inlet::new(inside));
        Self::new(name, Kind::Wire { outside, inside, told_by: None })
    }

    /// Two ports forwarded to each other, where the port does not tell the side: a capture of both directions in one
    /// file. `inside` are the addresses of the home network's side.
    pub fn wire_told_by_address(name: String, outside: P, other: P, inside: Vec<IpAddr>) -> Self {
        let (outside, other) = (Inlet::new(outside), Inlet::new(other));
        Self::new(name, Kind::Wire { outside, inside: other, told_by: Some(inside) })
    }

    fn new(name: String, kind: Kind<P>) -> Self {
        Self { name, point_codes: PointCodes::Itu, changes: Wire::default(), kind }
    }

    /// With point codes of another form than the ITU's.
    #[must_use]
    pub fn with_point_codes(self, point_codes: PointCodes) -> Self {
        Self { point_codes, ..self }
    }

    /// With its own way of changing what crosses.
    #[must_use]
    pub fn with_changes(self, changes: Wire) -> Self {
        Self { changes, ..self }
    }

    /// Whether it is a wire.
    #[inline]
    pub const fn is_wire(&self) -> bool {
        matches!(self.kind, Kind::Wire { .. })
    }

    /// Receives, judges and sends on once.
    #[inline]
    pub fn turn(&mut self, judge: &mut impl Judge<P>) -> Turn {
        self.serve(judge, false)
    }

    /// Sends on what waits and receives nothing: its last turns.
    pub fn last_turn(&mut self, judge: &mut impl Judge<P>) -> Turn {
        self.serve(judge, true)
    }

    #[inline(always)]
    fn serve(&mut self, judge: &mut impl Judge<P>, is_ending: bool) -> Turn {
        let Self { point_codes, changes, .. } = *self;
        match &mut self.kind {
            Kind::Tap { port, inside } => {
                let from = From { side: Side::ByAddress { inside }, point_codes, wire: None };
                let received = port.receive(from, judge, is_ending);
                port.port.release(&mut port.waiting);
                Turn { received, sent: 0 }
            }
            Kind::Wire { outside, inside, told_by } => {
                let told_by = told_by.as_deref().map(|inside| Side::ByAddress { inside });
                let from = |side| From { side: told_by.unwrap_or(side), point_codes, wire: Some(changes) };
                let inbound = cross(outside, inside, from(Side::Outside), judge, is_ending);
                let outbound = cross(inside, outside, from(Side::Inside), judge, is_ending);
                Turn { received: inbound.received + outbound.received, sent: inbound.sent + outbound.sent }
            }
        }
    }

    /// Whether chunks may be removed from what crosses, and inserted.
    pub fn is_spliced(&self) -> bool {
        self.is_wire() && self.changes.mode == Mode::Splice
    }

    /// Sends a frame of our own with those that come by an inlet. None where there is no such inlet; else whether there
    /// was room.
    pub fn send_own(&mut self, inlet: u32, octets: &[u8], meta: FrameMeta, now_ns: u64) -> Option<bool> {
        let Kind::Wire { outside, inside, .. } = &mut self.kind else { return None };
        let from = [outside, inside].into_iter().find(|one| one.number == inlet)?;
        Some(from.add_own(octets, meta, now_ns))
    }

    /// Whether nothing more will come and nothing waits: the end of capture files.
    pub fn is_exhausted(&self) -> bool {
        match &self.kind {
            Kind::Tap { port, .. } => port.is_exhausted(),
            Kind::Wire { outside, inside, .. } => outside.is_exhausted() && inside.is_exhausted(),
        }
    }

    /// The ports, outside first.
    pub fn ports(&self) -> impl Iterator<Item = &P> {
        let (first, second) = match &self.kind {
            Kind::Tap { port, .. } => (port, None),
            Kind::Wire { outside, inside, .. } => (outside, Some(inside)),
        };
        std::iter::once(first).chain(second).map(|inlet| &inlet.port)
    }

    /// The ports, to be closed in good order.
    pub fn into_ports(self) -> Vec<P> {
        match self.kind {
            Kind::Tap { port, .. } => vec![port.port],
            Kind::Wire { outside, inside, .. } => vec![outside.port, inside.port],
        }
    }

    /// Frees what waits and says how many frames are lost by that.
    pub fn abandon(&mut self) -> usize {
        match &mut self.kind {
            Kind::Tap { .. } => 0,
            Kind::Wire { outside, inside, .. } => outside.abandon() + inside.abandon(),
        }
    }
}

impl<P: Port> Inlet<P> {
    #[inline]
    fn receive(&mut self, from: From<'_>, judge: &mut impl Judge<P>, is_ending: bool) -> usize {
        let From { side, point_codes, wire } = from;
        let wire = wire.map(|wire| Wire { inlet: self.number, ..wire });
        let Self { port, name, waiting, held, frames, .. } = self;
        let vantage = Vantage { port: name, first: *frames + 1, side, point_codes, wire };
        if !held.is_empty() {
            let is_last = is_ending || port.is_exhausted();
            judge.release(vantage, (&mut *port, is_last), held, waiting);
            if !waiting.is_empty() {
                return 0;
            }
        }
        if is_ending {
            return 0;
        }
        let received = port.receive(waiting);
        if received > 0 {
            *frames += received as u64;
            judge.burst(vantage, port, waiting, held);
        }
        received
    }

    /// It goes on with the next turn.
    fn add_own(&mut self, octets: &[u8], meta: FrameMeta, now_ns: u64) -> bool {
        let room = !self.held.is_full();
        let Some(frame) = room.then(|| self.port.make(octets, meta)).flatten() else { return false };
        self.held.push(Held { frame, ticket: NO_TICKET, since_ns: now_ns, number: 0 });
        true
    }

    fn is_exhausted(&self) -> bool {
        self.waiting.is_empty() && self.held.is_empty() && self.port.is_exhausted()
    }

    fn abandon(&mut self) -> usize {
        let lost = self.waiting.len() + self.held.abandon();
        self.port.release(&mut self.waiting);
        lost
    }
}

/// One direction of a wire. While frames wait for room in the other port nothing more is received here: the
/// network card's queue takes the strain, in order, and the port counts what that queue cannot hold.
#[inline]
fn cross<P: Port>(
    from: &mut Inlet<P>,
    to: &mut Inlet<P>,
    side: From<'_>,
    judge: &mut impl Judge<P>,
    is_ending: bool,
) -> Turn {
    let received = if from.waiting.is_empty() { from.receive(side, judge, is_ending) } else { 0 };
    let sent = if from.waiting.is_empty() { 0 } else { to.port.send(&mut from.waiting) };
    Turn { received, sent }
}

/// FNV-1a of a name.
fn number_of(name: &str) -> u32 {
    name.bytes().fold(0x811C_9DC5, |hash: u32, octet| (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193))
}
