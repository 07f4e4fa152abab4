//! What is offered to a wire: the frames of a capture, or deliveries of which so many are to be edited.
//!
//! ```text
//!  from outside │ Begin 1 │ Begin 2 │ … │ Begin 17 │        │ Begin 18 │
//!  from inside  │         │         │   │          │ answer 1 │        │ answer 2 …
//! ```
//! Every delivery is answered [`LAG`] deliveries later: by its result, or, where the wire made it one that its
//! destination refuses, by that refusal (TS 29.002 §7.3.4, Q.774 §3.2.2). A delivery that became something else is not
//! answered, for its destination has never seen it. Each load is an association of its own, and played again and again:
//! a TSN comes back only after many more than anybody remembers.

use crate::Editing;
use anyhow::Context;
use sluice_bench::Load;
use sluice_bench::clock::crc32c;
use sluice_bench::forms::network::{Network, Sender, padded};
use sluice_bench::forms::restyle::{Element, Style};
use sluice_bench::state::craft::{Kind, Numbers, Template};
use sluice_wire::sccp::Connectionless;
use sluice_wire::sctp::{ChunkKind, Data};
use sluice_wire::{ip, m3ua, sctp, tcap};
use std::path::Path;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A request, or any frame of a capture.
    Request,
    /// An answer.
    Answer,
    /// A request that is to be edited.
    EditedRequest,
    /// A destination's refusal that becomes an answer.
    EditedAnswer,
}

impl Class {
    /// Every class, by number.
    pub const ALL: [Self; 4] = [Self::Request, Self::Answer, Self::EditedRequest, Self::EditedAnswer];

    /// Whether the wire must change it.
    pub const fn is_edited(self) -> bool {
        matches!(self, Self::EditedRequest | Self::EditedAnswer)
    }
}

/// Frames, to be offered again and again.
#[derive(Default)]
pub struct Offered {
    /// What each is, and its octets.
    pub frames: Vec<(Class, Box<[u8]>)>,
    /// Octets of a delivery as it comes; none where that is not always so many.
    pub request_octets: Option<usize>,
}

/// One delivery in so many is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// None.
    None,
    /// One in a hundred.
    Percent,
    /// Every second one.
    Half,
    /// All.
    All,
}

impl Share {
    const fn covers(self, number: u32) -> bool {
        match self {
            Self::None => false,
            Self::Percent => number.is_multiple_of(100),
            Self::Half => number.is_multiple_of(2),
            Self::All => true,
        }
    }
}

/// Number at the other end of a delivery that is to be edited.
pub const EDITED_PARTY: u32 = 7;
const OTHER_PARTY: u32 = 8;
/// Deliveries of a load.
const DELIVERIES: u32 = 20_000;
/// Deliveries that are under way at a time.
const LAG: u32 = 16;
/// Ethernet and IPv4 are before it, the tag is in its second word (RFC 9260 §3.1).
const SCTP_AT: usize = 34;
/// Protocol data in a message of M3UA: after the common header and the routing context.
const PROTOCOL_DATA_AT: usize = 16;
/// User data in it: after the parameter's header and the label.
const USER_DATA_AT: usize = 32;

impl Offered {
    /// The frames of a capture.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn of_capture(capture: &Path, frames: usize) -> anyhow::Result<Self> {
        let load = Load::read(capture, Some(frames), |frame| frame.chunks().next().is_some())?;
        let frames = load.octets().map(|octets| (Class::Request, octets.into())).collect();
        Ok(Self { frames, request_octets: None })
    }

    /// Deliveries, this share of which is to be edited. `number` tells the associations and dialogues of loads apart.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn deliveries(number: u8, editing: Editing, share: Share) -> anyhow::Result<Self> {
        let (request, answer) = (Template::request(Kind::Delivery)?, Template::answer(Kind::Delivery)?);
        let mut load = Self { frames: Vec::new(), request_octets: Some(request.len_octets()) };
        let mut answers = 0;
        for delivery in 0..DELIVERIES + LAG {
            if delivery < DELIVERIES {
                let class = if share.covers(delivery) { Class::EditedRequest } else { Class::Request };
                load.frames.push((class, written(&request, number, delivery, share, delivery + 1)?));
            }
            let Some(earlier) = delivery.checked_sub(LAG) else { continue };
            let is_edited = share.covers(earlier);
            if is_edited && editing != Editing::Bounce {
                continue;
            }
            answers += 1;
            let result = written(&answer, number, earlier, share, answers)?;
            load.frames.push(match is_edited {
                true => (Class::EditedAnswer, refusal_for(&result).context("no answer to refuse with")?),
                false => (Class::Answer, result),
            });
        }
        Ok(load)
    }
}

/// A message of one delivery.
fn written(template: &Template, load: u8, delivery: u32, share: Share, tsn: u32) -> anyhow::Result<Box<[u8]>> {
    let party = if share.covers(delivery) { EDITED_PARTY } else { OTHER_PARTY };
    let numbers = Numbers { transaction: u32::from(load) << 24 | delivery, subscriber: delivery, party };
    let mut frame = vec![0; template.len_octets()];
    template.write(&numbers, tsn, &mut frame);
    let (_, packet) = frame.split_at_mut_checked(SCTP_AT).context("a short frame")?;
    let tag = packet.get_mut(4..12).context("a short packet")?;
    tag[0] = load + 1;
    tag[4..].fill(0);
    let checksum = crc32c(packet).to_le_bytes();
    packet[8..12].copy_from_slice(&checksum);
    Ok(frame.into())
}

/// In the place of a destination's answer: that it does not have the application context (Q.773 §4.2.3, Q.774 §3.2.2).
fn refusal_for(answer: &[u8]) -> Option<Box<[u8]>> {
    let ip = ip::Packet::parse(answer.get(14..)?).ok()?;
    let packet = sctp::Packet::parse(ip.payload()).ok()?;
    let chunk = packet.chunks().flatten().find(|chunk| chunk.kind() == ChunkKind::Data)?;
    let data = Data::parse(&chunk).ok()?;
    let user_data = m3ua::Message::parse(data.payload).ok()?.protocol_data().ok()?.user_data;
    let sccp = Connectionless::ordinary(user_data)?;
    let dialogue = tcap::Message::parse(sccp.data).ok()?;
    let abort = abort(dialogue.dtid?.octets(), dialogue.dialogue?.application_context?).write(Style::default());
    let mut unitdata = [0; 300];
    let len = Connectionless { data: &abort, ..sccp }.emit(&mut unitdata).ok()?;
    let payload = with_user_data(data.payload, unitdata.get(..len)?)?;
    let [tag, tsn] = [packet.verification_tag().0, data.tsn.0];
    let mut sender = Sender { tag, tsn, ..Sender::new(Network::V4, packet.source_port()) };
    let chunk = sender.data(3, 3, &payload);
    sender.sctp(&chunk).pop().map(Into::into)
}

/// A message of M3UA with other user data: its length and that of its last parameter follow (RFC 4666 §3.1.3, §3.2).
fn with_user_data(message: &[u8], user_data: &[u8]) -> Option<Vec<u8>> {
    let mut out = padded(message.get(..USER_DATA_AT)?.to_vec(), user_data);
    let message_octets = u32::try_from(out.len()).ok()?;
    let parameter_octets = u16::try_from(USER_DATA_AT - PROTOCOL_DATA_AT + user_data.len()).ok()?;
    out.get_mut(4..8)?.copy_from_slice(&message_octets.to_be_bytes());
    out.get_mut(PROTOCOL_DATA_AT + 2..PROTOCOL_DATA_AT + 4)?.copy_from_slice(&parameter_octets.to_be_bytes());
    Some(out)
}

/// An Abort of the TC-user with an AARE: rejected for good, application context not supported.
fn abort(transaction: &[u8], context: &[u8]) -> Element {
    let one = |value| Element::octets(2, &[value]);
    let name = Element::of(0xa1, vec![Element::octets(6, context)]);
    let diagnostic = Element::of(0xa3, vec![Element::of(0xa1, vec![one(2)])]);
    let response =
        Element::of(0x61, vec![Element::octets(0x80, &[7, 0x80]), name, Element::of(0xa2, vec![one(1)]), diagnostic]);
    let of_dialogues = Element::octets(6, &[0, 0x11, 0x86, 5, 1, 1, 1]);
    let portion = Element::of(0x6b, vec![Element::of(0x28, vec![of_dialogues, Element::of(0xa0, vec![response])])]);
    Element::of(0x67, vec![Element::octets(0x49, transaction), portion])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(editing: Editing, share: Share) -> [usize; 4] {
        let load = Offered::deliveries(1, editing, share).unwrap();
        Class::ALL.map(|class| load.frames.iter().filter(|(other, _)| *other == class).count())
    }

    #[test]
    fn what_is_bounced_is_refused_and_what_its_destination_never_sees_is_not_answered() {
        assert_eq!(classes(Editing::Discard, Share::None), [20_000, 20_000, 0, 0]);
        assert_eq!(classes(Editing::Discard, Share::Percent), [19_800, 19_800, 200, 0]);
        assert_eq!(classes(Editing::Bounce, Share::Percent), [19_800, 19_800, 200, 200]);
        assert_eq!(classes(Editing::Bounce, Share::All), [0, 0, 20_000, 20_000]);
        assert_eq!(classes(Editing::Reflect, Share::All), [0, 0, 20_000, 0]);
    }

    #[test]
    fn every_frame_has_a_checksum_that_holds() {
        let load = Offered::deliveries(3, Editing::Bounce, Share::Half).unwrap();
        for (_, frame) in load.frames.iter().take(100) {
            let packet = ip::Packet::parse(&frame[14..]).unwrap();
            assert!(packet.checksum_holds());
            assert!(sctp::Packet::parse(packet.payload()).unwrap().verify_crc().is_ok());
        }
    }
}
