//! Frames written again, with what their chunks have become.

use super::{Line, key_of};
use crate::Input;
use crate::decode::{self, Held};
use arrayvec::ArrayVec;
use sluice_splice::{Edit, Envelope, Kept, Lengths, Way, rebuild, refusal};
use sluice_wire::link::LinkType;
use sluice_wire::mtp3::Variant;
use sluice_wire::sctp::{self, Data};
use sluice_wire::tcap;

/// Chunks of one frame that become others.
const EDITS_MAX: usize = 512;

/// What is to be sent in the place of a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Written<'l> {
    /// The frame.
    AsItCame,
    /// These frames.
    Changed(Frames<'l>),
    /// Nothing yet: it waits, and has this number while it does.
    Later(u64),
    /// Nothing: it is dropped, or all of it was removed.
    Nothing,
    /// It should have become another and cannot.
    Impossible,
}

/// What became of a frame whose chunks become others.
pub(super) enum Edited {
    /// None of them does.
    Not,
    /// So many octets each, in the place for frames.
    Frames(Lengths),
    /// It should have become another and cannot.
    Impossible,
}

/// Frames in the place of one: more than one where its chunks have become too long for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames<'l> {
    pub(super) octets: &'l [u8],
    pub(super) lengths: Lengths,
}

impl<'l> Iterator for Frames<'l> {
    type Item = &'l [u8];

    fn next(&mut self) -> Option<&'l [u8]> {
        let (frame, rest) = self.octets.split_at_checked(self.lengths.pop_at(0)?)?;
        self.octets = rest;
        Some(frame)
    }
}

impl Line {
    /// What is to be sent in the place of the frame that was processed last.
    #[inline]
    pub fn write(&mut self, input: &Input<'_>) -> Written<'_> {
        if self.dropped {
            return Written::Nothing;
        }
        if let Some(ticket) = self.holding.ticket() {
            return Written::Later(ticket);
        }
        if self.splicing.is_some() {
            return self.spliced(input, self.touched);
        }
        if self.touched { self.written_again(input) } else { Written::AsItCame }
    }

    /// What is to be sent in the place of a frame that did not go on at once.
    pub fn write_late(&mut self, input: &Input<'_>) -> Written<'_> {
        if self.splicing.is_some() { self.spliced(input, true) } else { self.written_again(input) }
    }

    /// What is to be sent in the place of any frame.
    #[inline(never)]
    fn written_again(&mut self, input: &Input<'_>) -> Written<'_> {
        match self.edit(input, false) {
            Edited::Not => Written::AsItCame,
            Edited::Frames(lengths) => Written::Changed(Frames { octets: &self.frame, lengths }),
            Edited::Impossible => Written::Impossible,
        }
    }

    /// Writes the frame with its edits into the place for frames; without those that may be removed, if so wanted.
    pub(super) fn edit(&mut self, input: &Input<'_>, is_spliced: bool) -> Edited {
        let (Some(link), Some(wire)) = (LinkType::from_pcap(u32::from(input.link)), input.wire) else {
            return Edited::Impossible;
        };
        let Some(packet) = sctp_of(input) else { return Edited::Impossible };
        let mut edits = ArrayVec::<Edit<'_>, EDITS_MAX>::new();
        let mut room = &mut *self.message;
        for data in chunks(&packet) {
            let Some(kept) = self.edits.find(key_of(&packet, data.tsn)) else { continue };
            let payload = match kept {
                Kept::Octets(octets) => octets,
                Kept::Withheld => return Edited::Impossible,
                Kept::Neutral if is_spliced => continue,
                Kept::Neutral => {
                    let Some(len) = neutral(&packet, &data, input.point_codes, self.secret, room) else {
                        return Edited::Impossible;
                    };
                    let (written, rest) = std::mem::take(&mut room).split_at_mut(len);
                    room = rest;
                    written
                }
            };
            let chunk_at = data.payload_offset.wrapping_sub(DATA_HEADER_OCTETS);
            if edits.try_push(Edit { chunk_at, payload }).is_err() {
                return Edited::Impossible;
            }
        }
        if edits.is_empty() {
            return Edited::Not;
        }
        rebuild(link, input.octets, &edits, usize::from(wire.mtu), &mut self.frame)
            .map_or(Edited::Impossible, Edited::Frames)
    }
}

/// The SCTP packet of a frame, if it carries a whole one.
pub(super) fn sctp_of<'p>(input: &Input<'p>) -> Option<sctp::Packet<'p>> {
    match decode::frame(input) {
        Ok(Held::Ip(ip)) if !ip.is_fragment() => {
            // The packet is read for as long as the frame is there, not only for as long as its view.
            let at = usize::from(ip.payload_offset());
            sctp::Packet::parse(ip.octets().get(at..at + ip.payload().len())?).ok()
        }
        _ => None,
    }
}

fn chunks<'p>(packet: &sctp::Packet<'p>) -> impl Iterator<Item = Data<'p>> {
    packet.chunks().map_while(Result::ok).filter_map(|chunk| Data::parse(&chunk).ok())
}

/// Writes what the destination ignores in the place of a chunk's message.
pub(super) fn neutral(
    packet: &sctp::Packet<'_>,
    data: &Data<'_>,
    variant: Variant,
    secret: u32,
    out: &mut [u8],
) -> Option<usize> {
    let ports = (packet.source_port(), packet.destination_port());
    let (carrier, sccp) = decode::carried(data.payload, data.ppid, ports, variant)?;
    let salt = secret ^ data.tsn.0.wrapping_mul(0x9E37_79B1);
    let mut tcap = [0; NEUTRAL_OCTETS_MAX];
    let len = match tcap::Message::parse(sccp.data) {
        Ok(message) => refusal::neutral(Some(&message), salt, &mut tcap).ok()?,
        // A segment, or nothing that the destination could read.
        Err(_) => refusal::neutral(None, salt, &mut tcap).ok()?,
    };
    let envelope = Envelope { carrier, octets: data.payload, variant, sccp: &sccp };
    envelope.write(Way::On, tcap.get(..len)?, out).ok()
}

/// Longest message that a destination is given to ignore.
const NEUTRAL_OCTETS_MAX: usize = 16;
/// Header of the chunk and of DATA.
const DATA_HEADER_OCTETS: u16 = 16;
