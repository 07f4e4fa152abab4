//! What comes in pieces is held until the rest is there, put together, and sent on its way.
//!
//! Three layers cut messages into pieces: IP, SCTP (two ways) and SCCP with SUA. All three are held in tables of one
//! kind ([`Pieces`]); only what makes a piece's place differs. A whole is copied into a pad of its layer, since the
//! tables must be free while it is judged.
//!
//! A packet whose CRC32c is wrong gives no piece: the endpoint drops it, and its octets must not spoil the true ones.

use crate::decode::{self, Transported};
use crate::track::association;
use crate::way::{Carried, InPieces, Way};
use crate::{Engine, Sink, smpp};
use sluice_abi::counters::Exit;
use sluice_track::{Added, Joined, MessageKey, Piece, Pieces};
use sluice_wire::sccp::Segmentation;
use sluice_wire::sctp::{Chunk, IData, Ppid, Tsn};
use sluice_wire::{Anomaly, ip};

/// Frames listed for one message; those of further pieces are left out.
const FRAMES_MAX: usize = 64;
/// No message of any layer is longer.
const MESSAGE_OCTETS_MAX: usize = 1 << 16;

/// Where the pieces of a message are put together.
pub struct Pad {
    octets: Box<[u8]>,
    frames: [u64; FRAMES_MAX],
    listed: [[u8; 8]; FRAMES_MAX],
}

/// A pad for each layer. One that is in use is not there.
pub struct Scratchpads {
    ip: Option<Box<Pad>>,
    sctp: Option<Box<Pad>>,
    sccp: Option<Box<Pad>>,
    pub(crate) smpp: Option<Box<smpp::Pad>>,
}

impl Scratchpads {
    /// Allocates them.
    pub fn new() -> Self {
        let pad = || {
            let octets = vec![0; MESSAGE_OCTETS_MAX].into_boxed_slice();
            Some(Box::new(Pad { octets, frames: [0; FRAMES_MAX], listed: [[0; 8]; FRAMES_MAX] }))
        };
        Self { ip: pad(), sctp: pad(), sccp: pad(), smpp: Some(Box::new(smpp::Pad::new())) }
    }
}

/// A message put together.
struct Whole<'j> {
    octets: &'j [u8],
    frames: &'j [u8],
}

impl Pad {
    /// Adds a piece. A message that is whole with it is copied here; none where it waits, was there before, or was
    /// given up.
    fn add(&mut self, pieces: &mut Pieces, piece: &Piece<'_>, now_ns: u64) -> Option<Joined> {
        let Added::Whole(run) = pieces.add(piece, now_ns) else { return None };
        let joined = pieces.join(run, &mut self.octets, &mut self.frames);
        for (octets, frame) in self.listed.iter_mut().zip(self.frames) {
            *octets = frame.to_le_bytes();
        }
        Some(joined)
    }

    fn whole(&self, joined: Joined) -> Whole<'_> {
        Whole {
            octets: self.octets.get(..joined.octets).unwrap_or_default(),
            frames: self.listed.get(..joined.frames).unwrap_or_default().as_flattened(),
        }
    }
}

impl Engine {
    /// A fragment of an IP packet.
    #[inline(never)]
    pub(crate) fn ip_fragment(&mut self, way: &Way<'_>, packet: &ip::Packet<'_>, sink: &mut impl Sink) -> Exit {
        let Some(fragment) = packet.fragment() else { return Exit::MalformedIp };
        let payload = packet.payload();
        let at = u32::from(fragment.offset_octets);
        let piece = Piece {
            message: self.tables.ip_message(packet, fragment.identification),
            at,
            next: at + payload.len() as u32,
            first: at == 0,
            last: !fragment.more,
            octets: payload,
            frame: way.input.number,
        };
        let Some(mut pad) = self.joined.ip.take() else { return Exit::IpFragment };
        let exit = match pad.add(&mut self.tables.ip_fragments, &piece, way.input.time_ns) {
            Some(joined) => {
                let whole = pad.whole(joined);
                match ip::upper_layer(packet.protocol(), whole.octets) {
                    Ok((protocol, payload)) => {
                        let way = way.noting(Anomaly::IpFragmented);
                        self.ip_payload(&way, packet.octets(), protocol, payload, sink)
                    }
                    Err(error) => decode::exit_of(error),
                }
            }
            None => Exit::IpFragment,
        };
        self.joined.ip = Some(pad);
        exit
    }

    /// A fragment of a user message: its neighbours have the TSNs before and after (RFC 9260 §6.9).
    #[inline(never)]
    pub(crate) fn data_fragment(&mut self, way: &Way<'_>, below: &Transported<'_>, sink: &mut impl Sink) -> Exit {
        let Transported { transport, data } = below;
        let piece = Piece {
            message: MessageKey([association(&below.transport.sctp), 0]),
            at: data.tsn.0,
            next: data.tsn.0.wrapping_add(1),
            first: data.flags.begins(),
            last: data.flags.ends(),
            octets: data.payload,
            frame: way.input.number,
        };
        if !transport.crc_holds {
            return Exit::SctpFragment;
        }
        self.user_message_piece(way, below, &piece, sink)
    }

    /// A fragment in I-DATA: known by stream, message and fragment number (RFC 8260 §2.1).
    #[inline(never)]
    pub(crate) fn i_data_fragment(
        &mut self,
        way: &Way<'_>,
        below: &Transported<'_>,
        data: &IData<'_>,
        chunk: &Chunk<'_>,
        sink: &mut impl Sink,
    ) -> Exit {
        let unordered = u64::from(data.flags.is_unordered());
        let stream = 1 << 63 | unordered << 62 | u64::from(data.sid.0) << 32 | u64::from(data.mid.0);
        let at = data.fsn.0;
        // The first fragment alone says what the payload is: four octets before it, which are held with it.
        let octets = if data.flags.begins() { chunk.value.get(PPID_OFFSET..) } else { Some(data.payload) };
        let piece = Piece {
            message: MessageKey([association(&below.transport.sctp), stream]),
            at,
            next: at.wrapping_add(1),
            first: data.flags.begins(),
            last: data.flags.ends(),
            octets: octets.unwrap_or_default(),
            frame: way.input.number,
        };
        if !below.transport.crc_holds {
            return Exit::SctpFragment;
        }
        self.user_message_piece(way, below, &piece, sink)
    }

    /// Its frame waits with it, on a wire.
    fn wait(&mut self, way: &Way<'_>, message: MessageKey) {
        if let Some(line) = &mut self.line {
            line.wait(way, message);
        }
    }

    fn user_message_piece(
        &mut self,
        way: &Way<'_>,
        below: &Transported<'_>,
        piece: &Piece<'_>,
        sink: &mut impl Sink,
    ) -> Exit {
        let Some(mut pad) = self.joined.sctp.take() else { return Exit::SctpFragment };
        let exit = match pad.add(&mut self.tables.sctp_fragments, piece, way.input.time_ns) {
            Some(joined) => {
                if let Some(line) = &mut self.line {
                    let last = joined.last_at;
                    let first = last.wrapping_sub(joined.pieces as u32).wrapping_add(1);
                    line.complete(piece.message, Some((Tsn(first), Tsn(last))), Some(below));
                }
                let whole = pad.whole(joined);
                let is_i_data = piece.message.0[1] != 0;
                let mut below = *below;
                let (ppid, octets) = match whole.octets.split_first_chunk() {
                    Some((ppid, octets)) if is_i_data => (Ppid(u32::from_be_bytes(*ppid)), octets),
                    _ => {
                        below.data.tsn = Tsn(joined.last_at);
                        (below.data.ppid, whole.octets)
                    }
                };
                below.data.ppid = ppid;
                let way = way.noting(Anomaly::SctpFragmented).over(&below);
                let pieces = InPieces { message: piece.message, count: joined.pieces, are_messages: false };
                let way = Way { user: octets, pieces: Some(pieces), fragment_frames: whole.frames, ..way };
                self.user_message(&way, ppid, octets, sink)
            }
            None => {
                self.wait(&way.over(below), piece.message);
                Exit::SctpFragment
            }
        };
        self.joined.sctp = Some(pad);
        exit
    }

    /// A segment of an SCCP or SUA message: known by its calling party and local reference (Q.714 §4.1.1.2.2).
    #[inline(never)]
    pub(crate) fn segment(&mut self, carried: &Carried<'_>, segment: Segmentation, sink: &mut impl Sink) -> Exit {
        let way = carried.way;
        let at = LAST_SEGMENT - u32::from(segment.remaining);
        let piece = Piece {
            message: self.tables.segmented(carried, segment),
            at,
            next: at + 1,
            first: segment.first,
            last: segment.remaining == 0,
            octets: carried.sccp.data,
            frame: way.input.number,
        };
        if way.below.is_some_and(|below| !below.transport.crc_holds) {
            return Exit::SccpSegment;
        }
        let Some(mut pad) = self.joined.sccp.take() else { return Exit::SccpSegment };
        let exit = match pad.add(&mut self.tables.sccp_segments, &piece, way.input.time_ns) {
            Some(joined) => {
                let whole = pad.whole(joined);
                let pieces = InPieces { message: piece.message, count: joined.pieces, are_messages: true };
                // A segment that came in fragments is two things to be put together: too much to be changed.
                let user = if way.pieces.is_none() { way.user } else { &[] };
                let way = way.noting(Anomaly::SccpSegmented);
                let way = Way { user, pieces: Some(pieces), segment_frames: whole.frames, ..way };
                let mut sccp = *carried.sccp;
                sccp.data = whole.octets;
                if let Some(line) = &mut self.line {
                    line.complete(piece.message, None, way.below);
                }
                self.joined_sccp(&way, carried.msu, &sccp, sink)
            }
            None => {
                self.wait(way, piece.message);
                Exit::SccpSegment
            }
        };
        self.joined.sccp = Some(pad);
        exit
    }
}

/// Where an I-DATA chunk's value has the payload protocol identifier (RFC 8260 §2.1).
const PPID_OFFSET: usize = 12;
/// Place of the segment with none to come after it: places count up to it.
const LAST_SEGMENT: u32 = u8::MAX as u32;
