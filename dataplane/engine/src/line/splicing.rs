//! Wires in splice mode: refused chunks are removed, and answers inserted, where the association allows it.
//!
//! ```text
//!  handshake ─▶ watched ─▶ refused Begin: removed ──────────────▶ the destination never hears of it
//!                              └─ its answer, inserted into the flow back ─▶ the originator
//!  frame ─▶ edits in place (write.rs) ─▶ numbers translated ─▶ the other port
//! ```
//! Whatever cannot be removed is changed in place, as on any wire: chunks of M2PA, which numbers its messages, and of
//! M2UA, which may acknowledge them; messages in pieces; associations with AUTH, I-DATA or packets without a checksum;
//! those whose handshake was not seen. Once touched, an association is translated on every wire of its core.

mod memory;
mod passing;

pub use memory::{SpliceMemory, SpliceSizes, splice_octets};

use super::plan::{Of, envelope};
use super::{Mode, key_below};
use crate::Input;
use crate::track::Tables;
use passing::{is_unnumbered, unpacked};
use sluice_abi::counters::{Count, Counter};
use sluice_splice::translate::{Limits, Message, PAYLOAD_OCTETS_MAX, Splices, Start, direction};
use sluice_splice::{Asked, Key, Latest, Way, wrap};
use sluice_track::Standing;
use sluice_wire::link::LinkType;
use sluice_wire::sctp::{Chunk, ChunkKind, Init, Packet, ParameterKind, StreamId};

/// A frame of our own.
#[derive(Clone, Copy, Debug)]
pub struct Own<'o> {
    /// The port by which frames of that direction come, as [`Wire::inlet`](super::Wire::inlet) says it.
    pub inlet: u32,
    /// What its first header is.
    pub link: u16,
    /// The frame.
    pub octets: &'o [u8],
}

/// A direction: verification tag and ports.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Direction(u64);

impl Key for Direction {
    fn word(&self) -> u64 {
        self.0
    }
}

/// What an endpoint said of itself in its INIT or INIT ACK.
#[derive(Clone, Copy)]
struct Offer {
    outbound: u16,
    inbound: u16,
    /// Whether chunks that are translated must be authenticated.
    authenticates: bool,
    interleaves: bool,
    needs_no_checksum: bool,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    removed: u64,
    inserted: u64,
    own: u64,
    not_watched: u64,
    stopped: u64,
}

/// The associations, and what handshakes said of them.
pub struct Splicing {
    splices: Splices<SpliceMemory>,
    /// By the direction towards who made it.
    offers: Latest<Direction, Offer>,
    /// How many streams each direction has, of associations that may be watched.
    streams: Latest<Direction, u16>,
    /// One that is not watched and should have been.
    wanted: Option<u64>,
    /// Where packets are translated, and frames put together.
    packet: Box<[u8]>,
    frame: Box<[u8]>,
    neutral: Box<[u8]>,
    pub(crate) now_ns: u64,
    counts: Counts,
}

impl Splicing {
    /// Allocates its memory and takes up what is in `memory`.
    pub fn new(sizes: SpliceSizes, memory: SpliceMemory, secret: u64, now_ns: u64) -> Option<Self> {
        let SpliceSizes { associations, answers } = sizes;
        let limits = Limits { associations, payloads: answers, packet_octets: OWN_PACKET_OCTETS_MAX, secret };
        Some(Self {
            splices: Splices::begin(limits, memory, now_ns).ok()?,
            offers: Latest::new(OFFERS_MAX, secret),
            streams: Latest::new(associations * 4, secret),
            wanted: None,
            packet: vec![0; FRAMES_OCTETS].into_boxed_slice(),
            frame: vec![0; FRAMES_OCTETS].into_boxed_slice(),
            neutral: vec![0; NEUTRALS_OCTETS].into_boxed_slice(),
            now_ns,
            counts: Counts::default(),
        })
    }

    /// A chunk that is none of data: a handshake shows an association from its first TSNs on.
    pub fn control(&mut self, input: &Input<'_>, packet: &Packet<'_>, chunk: &Chunk<'_>, tables: &mut Tables) {
        if input.wire.is_none_or(|wire| wire.mode != Mode::Splice) {
            return;
        }
        match chunk.kind() {
            ChunkKind::Init | ChunkKind::InitAck => self.offer(packet, chunk),
            ChunkKind::CookieEcho | ChunkKind::CookieAck => self.begin(direction(packet), tables),
            _ => {}
        }
    }

    fn offer(&mut self, packet: &Packet<'_>, chunk: &Chunk<'_>) {
        let Ok(init) = Init::parse(chunk) else { return };
        let back = [init.initiate_tag.0 as u64, packet.destination_port() as u64, packet.source_port() as u64];
        let offer = Offer {
            outbound: init.outbound_streams,
            inbound: init.inbound_streams,
            authenticates: authenticated(&init).any(|kind| !ADDRESS_CHANGES.contains(&kind)),
            interleaves: init.supports_i_data(),
            needs_no_checksum: init.zero_checksum_method().is_some(),
        };
        self.offers.keep(Direction(back[0] << 32 | back[1] << 16 | back[2]), offer);
    }

    /// A cookie passes.
    fn begin(&mut self, key: u64, tables: &mut Tables) {
        if self.splices.is_watched(key) {
            return;
        }
        let Some(standing) = tables.linked(key) else { return };
        let [to, back] = standing.map(|standing| Direction(key_of_standing(&standing)));
        // The receiver of a direction made the offer that is kept under it.
        let (Some(receiver), Some(sender)) = (self.offers.take(to), self.offers.take(back)) else { return };
        let is_barred = receiver.authenticates
            || sender.authenticates
            || receiver.interleaves && sender.interleaves
            || receiver.needs_no_checksum
            || sender.needs_no_checksum;
        if is_barred {
            self.counts.not_watched += 1;
            return;
        }
        self.streams.keep(to, sender.outbound.min(receiver.inbound));
        self.streams.keep(back, receiver.outbound.min(sender.inbound));
        let is_watched = self.watch(standing);
        self.counts.not_watched += u64::from(!is_watched);
    }

    fn watch(&mut self, standing: [Standing; 2]) -> bool {
        let starts = standing.map(|at| at.next.map_or(Start::Midway(at.highest, false), Start::Fresh));
        self.splices.watch(standing.map(|at| key_of_standing(&at)), starts, self.now_ns)
    }

    /// Watches what should have been, from where it stands on: there was no room for it before.
    #[inline]
    pub fn watch_wanted(&mut self, tables: &mut Tables) {
        let Some(standing) = self.wanted.take().and_then(|key| tables.linked(key)) else { return };
        // Only where a handshake has shown that nothing rules it out.
        if standing.iter().all(|at| self.streams.find(Direction(key_of_standing(at))).is_some()) {
            self.watch(standing);
        }
    }

    /// The stream on which an answer goes: that of the request, where the other side has it.
    fn stream(&self, direction: u64, sid: StreamId) -> Option<StreamId> {
        match self.streams.find(Direction(direction)) {
            Some(count) => Some(StreamId(sid.0.min(count.saturating_sub(1)))),
            None => self.splices.has_stream(direction, sid).then_some(sid),
        }
    }

    pub fn wake_ns(&self) -> u64 {
        self.splices.wake_ns()
    }

    pub fn named(&self) -> impl Iterator<Item = [u64; 2]> + '_ {
        self.splices.named()
    }

    /// Gives the frames of our own that are to be sent by now.
    pub fn poll(&mut self, now_ns: u64, mut emit: impl FnMut(Own<'_>)) {
        let Self { splices, frame, counts, .. } = self;
        splices.poll(now_ns, |emission| {
            let Some((inlet, link, head)) = unpacked(emission.head) else { return };
            let Some(link_type) = LinkType::from_pcap(link.into()) else { return };
            let Ok(len) = wrap(link_type, head, emission.packet, frame) else { return };
            counts.own += 1;
            emit(Own { inlet, link, octets: frame.get(..len).unwrap_or_default() });
        });
    }

    /// Counts what happened since the last call.
    pub fn flush_counts(&mut self, count: &mut impl Count) {
        let Counts { removed, inserted, own, not_watched, stopped } = std::mem::take(&mut self.counts);
        count.count(Counter::SpliceRemoved, removed);
        count.count(Counter::SpliceInserted, inserted);
        count.count(Counter::SpliceOwnFrames, own);
        count.count(Counter::SpliceNotWatched, not_watched);
        count.count(Counter::SpliceStopped, stopped);
    }
}

impl Of<'_> {
    /// Inserts the answer to a refused request into the flow back, and sees to it that the request does not arrive: it is
    /// removed, or becomes the Abort that ends the dialogue at its destination. None, and nothing has changed, where that
    /// is not possible.
    #[inline(never)]
    pub fn insert_answer(&mut self, asked: &Asked, opens: bool) -> Option<()> {
        let carried = self.lines.carried;
        let way = carried.way;
        way.input.wire.filter(|wire| wire.mode == Mode::Splice)?;
        let below = way.below.filter(|_| way.pieces.is_none())?;
        let splicing = self.line.splicing.as_deref_mut()?;
        let there = direction(&below.transport.sctp);
        let Some(back) = splicing.splices.back(there) else {
            splicing.wanted = Some(there);
            return None;
        };
        let envelope = envelope(carried).filter(|envelope| is_unnumbered(envelope.carrier))?;
        (!opens || splicing.splices.may_remove(there, &below.data)).then_some(())?;
        let (mut tcap, mut message) = ([0; PAYLOAD_OCTETS_MAX], [0; PAYLOAD_OCTETS_MAX]);
        let len = asked.ended(&mut tcap).ok()?;
        let len = envelope.write(Way::Back, tcap.get(..len)?, &mut message).ok()?;
        let (sid, payload) = (splicing.stream(back, below.data.sid)?, message.get(..len)?);
        // It follows no other message of its dialogue: it need not wait for what was lost before it.
        let answer = Message { sid, is_unordered: true, ppid: below.data.ppid, payload };
        splicing.splices.insert(back, &answer).ok()?;
        splicing.counts.inserted += 1;
        self.line.edits.neutralise(key_below(below));
        self.line.touched = true;
        Some(())
    }
}

fn key_of_standing(at: &Standing) -> u64 {
    let [tag, source, destination] =
        [at.key.verification_tag as u64, at.key.source_port as u64, at.key.destination_port as u64];
    tag << 32 | source << 16 | destination
}

/// Handshakes that are remembered until their cookie passes, two for each.
const OFFERS_MAX: usize = 2048;
/// What every link takes that IPv6 goes over (RFC 8200 §5), without its header.
const OWN_PACKET_OCTETS_MAX: usize = 1240;
/// The frames that one may become.
const FRAMES_OCTETS: usize = 1 << 14;
/// What destinations ignore, of one frame.
const NEUTRALS_OCTETS: usize = 1 << 14;

/// The chunks that an endpoint wants authenticated (RFC 4895 §3.2).
fn authenticated<'p>(init: &Init<'p>) -> impl Iterator<Item = ChunkKind> + use<'p> {
    let list = init.list().find(ParameterKind::ChunkList);
    list.map_or(&[][..], |list| list.value()).iter().map(|&kind| ChunkKind::from_number(kind))
}

/// Chunks in which nothing is translated. That they be authenticated is all that most endpoints want (RFC 5061 §4.1).
const ADDRESS_CHANGES: [ChunkKind; 2] = [ChunkKind::Asconf, ChunkKind::AsconfAck];
