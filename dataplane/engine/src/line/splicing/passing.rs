//! A frame of a spliced association on its way through: chunks removed, numbers translated.

use super::super::write::{Edited, Frames, Written, neutral, sctp_of};
use super::super::{Line, Mode, key_of};
use super::Splicing;
use crate::judge::Fallback;
use crate::{Input, decode};
use sluice_splice::translate::{Decision, HEAD_OCTETS_MAX, Outcome, direction};
use sluice_splice::{Carrier, Edits, Kept, Lengths, Refused, head, wrap};
use sluice_wire::ip;
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::mtp3::Variant;
use sluice_wire::sctp::{Data, Packet};
use sluice_wire::tcap::{self, MessageKind};

impl Line {
    /// What is to be sent in the place of any frame, where associations are spliced.
    #[inline(never)]
    pub(in crate::line) fn spliced(&mut self, input: &Input<'_>, touched: bool) -> Written<'_> {
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
pub(super) const fn is_unnumbered(carrier: Carrier) -> bool {
    matches!(carrier, Carrier::M3ua | Carrier::Sua)
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

pub(super) fn unpacked(packed: &[u8]) -> Option<(u32, u16, &[u8])> {
    let (&[i0, i1, i2, i3, l0, l1], head) = packed.split_first_chunk()?;
    Some((u32::from_le_bytes([i0, i1, i2, i3]), u16::from_le_bytes([l0, l1]), head))
}

/// Port and link type.
const PACKED_OCTETS: usize = 6;
