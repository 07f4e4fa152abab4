//! The answer of the home register, and the message that follows it, with other identities. TS 29.002 §12.1, §12.9.
//!
//! ```text
//!   30  04 IMSI → correlation id   A0 { 81 network node → our number   04 LMSI → left out   [85]
//!                                       [A6 { 80 | 81 other node → our number }]   others → left out }   [82] …
//! ```
//! Versions 1 to 3; 80, a roaming number, counts as a node. What else tells of where the subscriber is goes: LMSI, third
//! nodes, names in Diameter, extensions of the location. Not handled: strings in pieces and more than sixteen such
//! elements, which no register sends: there is no answer to read then.

use super::{CorrelationId, Node, Route};
use crate::tlv::{self, Change};
use arrayvec::ArrayVec;
use sluice_wire::ber::{Reader, Tag, Tlv};
use sluice_wire::{Error, Layer, Reason};

/// Elements that are left out.
const LEFT_OUT_MAX: usize = 16;

/// What a register answers. All of it is borrowed from the message.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    imsi: &'a [u8],
    node: &'a [u8],
    is_sgsn: bool,
    other: Option<Node<'a>>,
    left_out: ArrayVec<&'a [u8], LEFT_OUT_MAX>,
}

impl<'a> Answer<'a> {
    /// Reads the parameter of a result of sendRoutingInfoForSM. None where it has no IMSI or no node, or another form.
    pub fn read(parameter: Tlv<'a>) -> Option<Self> {
        let mut elements = Reader::new(whole(parameter, Tag::SEQUENCE)?.value);
        let imsi = whole(elements.next().ok()??, Tag::OCTET_STRING)?.value;
        let location = whole(elements.next().ok()??, LOCATION)?;
        let mut answer = Self { imsi, node: &[], is_sgsn: false, other: None, left_out: ArrayVec::new() };
        let mut elements = Reader::new(location.value);
        while let Some(element) = elements.next().ok()? {
            answer.take(element)?;
        }
        (!answer.node.is_empty()).then_some(answer)
    }

    fn take(&mut self, element: Tlv<'a>) -> Option<()> {
        match element.tag {
            _ if element.form.clipped() => return None,
            ROAMING_NUMBER | NETWORK_NODE if self.node.is_empty() => self.node = element.value,
            GPRS_NODE_INDICATOR => self.is_sgsn = true,
            ADDITIONAL_NUMBER if self.other.is_none() => self.other = Some(other_node(element.value)?),
            _ => self.left_out.try_push(element.raw).ok()?,
        }
        Some(())
    }

    /// Where messages for the subscriber go. None where a part is of no length that MAP has.
    pub fn route(&self) -> Option<Route> {
        Route::new(self.imsi, Node { number: self.node, is_sgsn: self.is_sgsn }, self.other)
    }

    /// Writes the message it was read from to the start of `out`, with an id in it, and in the place of either node one of
    /// our own numbers, AddressStrings.
    ///
    /// # Errors
    /// As [`tlv::rewrite`], and `Unsupported` for another message than it was read from.
    pub fn write(
        &self,
        message: &[u8],
        id: &CorrelationId,
        [ours, our_other]: [&[u8]; 2],
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let other = self.other.map(|other| (other.number, our_other));
        let identities = [(self.imsi, &id.octets()[..]), (self.node, ours)].into_iter().chain(other);
        let left_out = self.left_out.iter().map(|element| (*element, &[][..]));
        let mut changes = ArrayVec::<Change<'_>, { tlv::CHANGES_MAX }>::new();
        for (part, octets) in identities.chain(left_out) {
            let change = Change::of(message, part, octets).ok_or(UNSUPPORTED)?;
            changes.try_push(change).map_err(|_| UNSUPPORTED)?;
        }
        tlv::rewrite(message, &changes, out)
    }
}

/// Writes a message with another IMSI in the place of one that was read from it to the start of `out`: the true one where
/// the id stood.
///
/// # Errors
/// As [`tlv::rewrite`], and `Unsupported` where the IMSI was not read from this message.
pub fn with_imsi(message: &[u8], found: &[u8], imsi: &[u8], out: &mut [u8]) -> Result<usize, Error> {
    let change = Change::of(message, found, imsi).ok_or(UNSUPPORTED)?;
    tlv::rewrite(message, &[change], out)
}

fn whole(element: Tlv<'_>, tag: Tag) -> Option<Tlv<'_>> {
    (element.tag == tag && !element.form.clipped()).then_some(element)
}

fn other_node(choice: &[u8]) -> Option<Node<'_>> {
    let mut elements = Reader::new(choice);
    let number = elements.next().ok()??;
    let is_sgsn = match number.tag {
        Tag(0x80) => false,
        Tag(0x81) => true,
        _ => return None,
    };
    (elements.is_empty() && !number.form.clipped()).then_some(Node { number: number.value, is_sgsn })
}

const UNSUPPORTED: Error = Error::new(Layer::Map, 0, Reason::Unsupported);
const LOCATION: Tag = Tag(0xA0);
const ROAMING_NUMBER: Tag = Tag(0x80);
const NETWORK_NODE: Tag = Tag(0x81);
const GPRS_NODE_INDICATOR: Tag = Tag(0x85);
const ADDITIONAL_NUMBER: Tag = Tag(0xA6);
