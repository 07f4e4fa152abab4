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

use super::plan::{Of, envelope};
use super::write::{Edited, Frames, Written, neutral, sctp_of};
use super::{Line, Mode, key_below, key_of};
use crate::judge::Fallback;
use crate::track::Tables;
use crate::{Input, decode};
use sluice_abi::counters::{Count, Counter};
use sluice_splice::translate::{
    Decision, HEAD_OCTETS_MAX, Limits, Message, Outcome, PAYLOAD_OCTETS_MAX, Splices, Start, direction, memory_octets,
};
use sluice_splice::{Asked, Carrier, Edits, Kept, Key, Latest, Lengths, Refused, Way, head, wrap};
use sluice_track::Standing;
use sluice_wire::ip;
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::mtp3::Variant;
use sluice_wire::sctp::{Chunk, ChunkKind, Data, Init, Packet, ParameterKind, StreamId};
use sluice_wire::tcap::{self, MessageKind};

/// How many associations there may be.
#[derive(Clone, Copy, Debug)]
pub struct SpliceSizes {
    /// Associations that are watched.
    pub associations: usize,
    /// Answers that are not acknowledged yet.
    pub answers: usize,
}

impl Default for SpliceSizes {
    fn default() -> Self {
        Self { associations: 256, answers: 1024 }
    }
}

/// How much memory they take.
pub const fn splice_octets(sizes: SpliceSizes) -> usize {
    memory_octets(sizes.associations, sizes.answers)
}

/// Memory in which touched associations are kept. Where it outlives the process the next one takes them up.
pub struct SpliceMemory(Box<dyn Octets>);

impl SpliceMemory {
    /// Memory of any kind.
    pub fn new(memory: impl AsRef<[u8]> + AsMut<[u8]> + Send + 'static) -> Self {
        Self(Box::new(memory))
    }

    /// Memory that ends with the process.
    pub fn plain(sizes: SpliceSizes) -> Self {
        Self::new(vec![0; splice_octets(sizes)])
    }
}

trait Octets: AsRef<[u8]> + AsMut<[u8]> + Send {}
impl<T: AsRef<[u8]> + AsMut<[u8]> + Send> Octets for T {}

impl AsRef<[u8]> for SpliceMemory {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl AsMut<[u8]> for SpliceMemory {
    fn as_mut(&mut self) -> &mut [u8] {
        (*self.0).as_mut()
    }
}

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
        let names = |kind| init.supported_extensions().any(|supported| supported == kind);
        let offer = Offer {
            outbound: init.outbound_streams,
            inbound: init.inbound_streams,
            authenticates: names(ChunkKind::Auth) || init.list().find(ParameterKind::Random).is_some(),
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
        let is_barred = receiver.authenticates && sender.authenticates
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

impl Line {
    /// What is to be sent in the place of any frame, where associations are spliced.
    #[inline(never)]
    pub(super) fn spliced(&mut self, input: &Input<'_>, touched: bool) -> Written<'_> {
        let key = sctp_of(input).map(|packet| direction(&packet));
        let is_watched = self.splicing.as_ref().zip(key).is_some_and(|(s, key)| s.splices.is_watched(key));
        let mut edited = if touched { self.edit(input, is_watched) } else { Edited::Not };
        let is_closed = input.wire.is_some_and(|wire| wire.unchangeable == Fallback::Discard);
        let is_impossible = matches!(edited, Edited::Impossible);
        if is_watched && is_impossible && !is_closed {
            // It goes on as it came, but for its numbers.
            edited = Edited::Not;
        }
        let Self { edits, splicing, frame, secret, .. } = self;
        let (Edited::Not | Edited::Frames(_), Some(splicing)) = (&edited, splicing) else { return Written::Impossible };
        let (octets, lengths) = match &edited {
            Edited::Frames(lengths) => (&**frame, lengths.clone()),
            _ => (input.octets, Lengths::from_iter([input.octets.len()])),
        };
        let removes = !is_impossible && input.wire.is_some_and(|wire| wire.mode == Mode::Splice);
        let mut pass = Pass { input, edits, secret: *secret, touched, removes, key };
        match splicing.frames(octets, &lengths, &mut pass) {
            Ok(Passed::Same) => match edited {
                Edited::Frames(lengths) => Written::Changed(Frames { octets: frame, lengths }),
                _ => Written::AsItCame,
            },
            Ok(Passed::Other(lengths)) if lengths.is_empty() => Written::Nothing,
            Ok(Passed::Other(lengths)) => Written::Changed(Frames { octets: &splicing.frame, lengths }),
            Err(_) if key.is_some_and(|key| splicing.splices.is_touched(key)) => {
                splicing.counts.stopped += 1;
                Written::Nothing
            }
            Err(_) => Written::Impossible,
        }
    }
}

/// A frame on its way through.
struct Pass<'p> {
    input: &'p Input<'p>,
    edits: &'p Edits,
    secret: u32,
    /// Whether a chunk of it is to become another.
    touched: bool,
    /// Whether one may be removed.
    removes: bool,
    key: Option<u64>,
}

enum Passed {
    /// Nothing has moved.
    Same,
    /// So many octets each, in the place for frames.
    Other(Lengths),
}

impl Splicing {
    /// Takes frames through, one behind the other.
    fn frames(&mut self, mut octets: &[u8], lengths: &Lengths, pass: &mut Pass<'_>) -> Result<Passed, Refused> {
        let (mut out, mut at, mut is_same) = (Lengths::new(), 0, true);
        if pass.key.is_none() {
            return Ok(Passed::Same);
        }
        for &len in lengths {
            let (frame, rest) = octets.split_at_checked(len).ok_or(Refused::Form)?;
            octets = rest;
            let written = self.frame(frame, pass, at)?;
            is_same &= written.is_none();
            let written = match written {
                Some(written) => written,
                None => copy(frame, self.frame.get_mut(at..).unwrap_or_default())?,
            };
            at += written;
            if written > 0 {
                out.try_push(written).map_err(|_| Refused::Room)?;
            }
        }
        Ok(if is_same { Passed::Same } else { Passed::Other(out) })
    }

    /// Takes a frame through; says how long it is in its place, nothing where it stays as it was.
    fn frame(&mut self, frame: &[u8], pass: &Pass<'_>, at: usize) -> Result<Option<usize>, Refused> {
        let link = LinkType::from_pcap(u32::from(pass.input.link)).ok_or(Refused::Form)?;
        let head = head(link, frame).ok_or(Refused::Form)?;
        let Some(sctp) = sctp_of(&Input { octets: frame, ..*pass.input }) else { return Err(Refused::Form) };
        let (octets, longest) = sctp_octets(frame, head.len(), pass.input, link)?;
        let Self { splices, packet, neutral, counts, now_ns, .. } = self;
        let mut packed = [0; HEAD_OCTETS_MAX];
        let packed = pack(pass.input, head, &mut packed);
        let mut room = &mut **neutral;
        let decide = |data: &Data<'_>, may_remove| pass.decide(&sctp, data, may_remove, &mut room, &mut counts.removed);
        let packet = packet.get_mut(..longest).ok_or(Refused::Room)?;
        match splices.packet(octets, packed, decide, *now_ns, packet)? {
            Outcome::Untouched => Ok(None),
            Outcome::Nothing => Ok(Some(0)),
            Outcome::Rewritten(len) => {
                let packet = packet.get(..len).ok_or(Refused::Room)?;
                wrap(link, head, packet, self.frame.get_mut(at..).unwrap_or_default()).map(Some)
            }
        }
    }
}

impl Pass<'_> {
    /// What becomes of a chunk. Those with octets of their own have them by now.
    fn decide<'d>(
        &self,
        packet: &Packet<'_>,
        data: &Data<'_>,
        may_remove: bool,
        room: &mut &'d mut [u8],
        removed: &mut u64,
    ) -> Decision<'d> {
        let key = key_of(packet, data.tsn);
        if !self.touched || !matches!(self.edits.find(key), Some(Kept::Neutral)) {
            return Decision::Keep;
        }
        let variant = self.input.point_codes;
        if may_remove && self.removes && is_removable(packet, data, variant) {
            *removed += 1;
            return Decision::Remove;
        }
        let place = std::mem::take(room);
        let Some(len) = neutral(packet, data, variant, self.secret, place) else { return Decision::Keep };
        let (written, rest) = place.split_at_mut(len.min(place.len()));
        *room = rest;
        Decision::Replace(written)
    }
}

/// Whether nobody misses the chunk: a whole Begin, in a message without numbers of its own.
fn is_removable(packet: &Packet<'_>, data: &Data<'_>, variant: Variant) -> bool {
    let ports = (packet.source_port(), packet.destination_port());
    let Some((carrier, sccp)) = decode::carried(data.payload, data.ppid, ports, variant) else { return false };
    is_unnumbered(carrier) && tcap::Message::parse(sccp.data).is_ok_and(|message| message.kind == MessageKind::Begin)
}

/// RFC 4165 §2.2.1 numbers messages, RFC 3331 §3.3.1 may acknowledge them.
const fn is_unnumbered(carrier: Carrier) -> bool {
    matches!(carrier, Carrier::M3ua | Carrier::Sua)
}

fn key_of_standing(at: &Standing) -> u64 {
    let [tag, source, destination] =
        [at.key.verification_tag as u64, at.key.source_port as u64, at.key.destination_port as u64];
    tag << 32 | source << 16 | destination
}

/// The SCTP packet behind the headers of a frame, without what stands behind it, and how long one may be in its place.
fn sctp_octets<'f>(
    frame: &'f [u8],
    head_octets: usize,
    input: &Input<'_>,
    link: LinkType,
) -> Result<(&'f [u8], usize), Refused> {
    let Ok(Network::Ip(octets)) = link::parse(link, frame) else { return Err(Refused::Form) };
    let ip = ip::Packet::parse(octets).map_err(|_| Refused::Form)?;
    let packet = frame.get(head_octets..head_octets + ip.payload().len()).ok_or(Refused::Form)?;
    let mtu = input.wire.map_or(0, |wire| usize::from(wire.mtu));
    Ok((packet, mtu.saturating_sub(usize::from(ip.payload_offset())).max(packet.len())))
}

fn copy(frame: &[u8], out: &mut [u8]) -> Result<usize, Refused> {
    out.get_mut(..frame.len()).ok_or(Refused::Room)?.copy_from_slice(frame);
    Ok(frame.len())
}

/// What goes with a packet, so that one of our own can follow it: port, link type, link and IP header. Empty where the
/// headers are too long for it.
fn pack<'o>(input: &Input<'_>, head: &[u8], out: &'o mut [u8; HEAD_OCTETS_MAX]) -> &'o [u8] {
    let inlet = input.wire.map_or(0, |wire| wire.inlet);
    let [i0, i1, i2, i3] = inlet.to_le_bytes();
    let [l0, l1] = input.link.to_le_bytes();
    let len = PACKED_OCTETS + head.len();
    let Some(place) = out.get_mut(PACKED_OCTETS..len) else { return &[] };
    place.copy_from_slice(head);
    if let Some(place) = out.first_chunk_mut::<PACKED_OCTETS>() {
        *place = [i0, i1, i2, i3, l0, l1];
    }
    out.get(..len).unwrap_or_default()
}

fn unpacked(packed: &[u8]) -> Option<(u32, u16, &[u8])> {
    let (&[i0, i1, i2, i3, l0, l1], head) = packed.split_first_chunk()?;
    Some((u32::from_le_bytes([i0, i1, i2, i3]), u16::from_le_bytes([l0, l1]), head))
}

/// Port and link type.
const PACKED_OCTETS: usize = 6;
/// Handshakes that are remembered until their cookie passes, two for each.
const OFFERS_MAX: usize = 2048;
/// What every link takes that IPv6 goes over (RFC 8200 §5), without its header.
const OWN_PACKET_OCTETS_MAX: usize = 1240;
/// The frames that one may become.
const FRAMES_OCTETS: usize = 1 << 14;
/// What destinations ignore, of one frame.
const NEUTRALS_OCTETS: usize = 1 << 14;
