//! A TCAP message: kind, transactions, dialogue portion, component portion. Q.773 §3.1, table 8.
//!
//! ```text
//!   62 Begin           48 otid             [6B dialogue] [6C components]
//!   65 Continue        48 otid   49 dtid   [6B dialogue] [6C components]
//!   64 End                       49 dtid   [6B dialogue] [6C components]
//!   67 Abort                     49 dtid   [4A P-abort cause | 6B dialogue]
//!   61 Unidirectional                      [6B dialogue]  6C components
//! ```
//! Handles portions in any order. Of one that comes twice the first counts, and that it came twice is a defect, as
//! peers differ; the components of every component portion are given. Unknown portions are skipped and noted.

use super::dialogue::Reading;
use super::{Components, Dialogue, DialogueKind, MessageKind, Order, TransactionId, fault};
use crate::ber::{Reader, Tag, Tlv, integer, is_minimal, ordinary, ordinary_of};
use crate::{Anomalies, Anomaly, Error, Reason};

/// A TCAP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Which message.
    pub kind: MessageKind,
    /// The sender's transaction.
    pub otid: Option<TransactionId<'a>>,
    /// The receiver's transaction.
    pub dtid: Option<TransactionId<'a>>,
    /// Q.773 §3.1.4: 0 unrecognized message, 1 unrecognized transaction, 2 badly formatted, 3 incorrect, 4 resources.
    pub p_abort_cause: Option<i64>,
    /// Application context and its acceptance.
    pub dialogue: Option<Dialogue<'a>>,
    /// The value of the component portion.
    pub components: Option<&'a [u8]>,
    /// What was tolerated in the message and its dialogue portion; each component has its own.
    pub anomalies: Anomalies,
    /// The first defect, if any; what came before it is in the other fields.
    pub fault: Option<Error>,
    /// The portions after the first component portion.
    more: &'a [u8],
    octets: &'a [u8],
}

impl<'a> Message<'a> {
    /// Refuses what does not begin with the tag and length of an ITU message; any other defect becomes `fault`.
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let (kind, whole, outside) = outermost(octets)?;
        let (otid, dtid, p_abort_cause, dialogue, components) = (None, None, None, None, None);
        let (anomalies, more) = (outside.anomalies(), &[][..]);
        let mut message =
            Self { kind, otid, dtid, p_abort_cause, dialogue, components, anomalies, fault: None, more, octets };
        message.parse_portions(whole.value);
        message.anomalies.note_if(!outside.is_empty(), Anomaly::BerTrailing);
        message.anomalies.note_if(!message.dialogue_fits(), Anomaly::TcapDialogue);
        if whole.form.clipped() {
            message.note(octets, Reason::Truncated);
        } else if message.lacks_a_mandatory_element() {
            message.note(whole.value, Reason::Missing);
        }
        Ok(message)
    }

    /// Which message these octets begin with: refuses what [`Self::parse`] refuses, and reads no further.
    #[inline]
    pub fn kind_of(octets: &'a [u8]) -> Result<MessageKind, Error> {
        outermost(octets).map(|(kind, ..)| kind)
    }

    /// A message as practically every stack sends it: each portion at most once, in order, in the shortest form,
    /// with transactions of four octets and nothing amiss. None for any other, which [`Self::parse`] can still read.
    #[inline(always)]
    pub fn ordinary(octets: &'a [u8]) -> Option<Self> {
        let (whole, []) = ordinary(octets)? else { return None };
        let mut rest = whole.value;
        let otid = take_transaction(0x48, &mut rest);
        let dtid = take_transaction(0x49, &mut rest);
        let kind = match (whole.tag.0, otid, dtid) {
            (0x62, Some(_), None) => MessageKind::Begin,
            (0x64, None, Some(_)) => MessageKind::End,
            (0x65, Some(_), Some(_)) => MessageKind::Continue,
            _ => return None,
        };
        let dialogue = match take_portion(0x6B, &mut rest) {
            Some(portion) if kind == MessageKind::Begin => Some(Dialogue::ordinary_request(portion)?),
            Some(portion) => Some(Dialogue::ordinary_response(portion)?),
            None => None,
        };
        let components = take_portion(0x6C, &mut rest);
        let (p_abort_cause, anomalies, fault, more) = (None, Anomalies::NONE, None, &[][..]);
        rest.is_empty().then_some(Self {
            kind,
            otid,
            dtid,
            p_abort_cause,
            dialogue,
            components,
            anomalies,
            fault,
            more,
            octets,
        })
    }

    fn parse_portions(&mut self, value: &'a [u8]) {
        let (mut inside, mut order) = (Reader::new(value), Order::default());
        loop {
            match inside.next() {
                Ok(Some(tlv)) => {
                    let is_first_component_portion = tlv.tag == COMPONENT_PORTION && self.components.is_none();
                    self.portion(tlv, &mut order);
                    if is_first_component_portion {
                        self.more = inside.rest();
                    }
                    if tlv.form.clipped() {
                        self.note(tlv.raw, Reason::Truncated);
                    }
                }
                Ok(None) => break,
                Err(reason) => {
                    self.note(inside.rest(), reason);
                    break;
                }
            }
        }
        self.anomalies.add(inside.anomalies());
    }

    /// One that another kind of message has is read, too: a peer may do so.
    fn portion(&mut self, tlv: Tlv<'a>, order: &mut Order) {
        let Some((place, belongs)) = self.kind.place_of(tlv.tag) else {
            return self.anomalies.note(Anomaly::UnknownElement);
        };
        self.anomalies.note_if(!belongs, Anomaly::UnknownElement);
        self.anomalies.note_if(!order.follows(place), Anomaly::ElementOrder);
        match tlv.tag.0 {
            0x48 if self.otid.is_none() => self.otid = self.transaction_id(tlv),
            0x49 if self.dtid.is_none() => self.dtid = self.transaction_id(tlv),
            0x4A if self.p_abort_cause.is_none() => {
                self.anomalies.note_if(!is_minimal(tlv.value), Anomaly::BerInteger);
                match integer(tlv.value) {
                    Some(cause) => self.p_abort_cause = Some(cause),
                    None => self.note(tlv.raw, Reason::BadLength),
                }
            }
            0x6B if self.dialogue.is_none() => {
                let reading = Reading::of(tlv.value);
                self.dialogue = Some(reading.dialogue);
                self.anomalies.add(reading.anomalies);
                if let Some((at, reason)) = reading.fault {
                    self.note(at, reason);
                }
            }
            0x6C if self.components.is_none() => self.components = Some(tlv.value),
            _ => self.note(tlv.raw, Reason::UnexpectedTag),
        }
    }

    /// Of another length there is no transaction to follow: the peer gives the message up, Q.774 §3.3.
    fn transaction_id(&mut self, tlv: Tlv<'a>) -> Option<TransactionId<'a>> {
        let transaction_id = TransactionId::of(tlv.value);
        if transaction_id.is_none() {
            self.anomalies.note(Anomaly::TcapTid);
            self.note(tlv.raw, Reason::BadLength);
        }
        transaction_id
    }

    /// Whether the dialogue portion holds the PDU that such a message has. Q.773 §3.2, Q.774 §3.2.
    fn dialogue_fits(&self) -> bool {
        let Some(Dialogue { kind: Some(kind), .. }) = self.dialogue else { return true };
        match self.kind {
            MessageKind::Unidirectional => kind == DialogueKind::Unidirectional,
            MessageKind::Begin => kind == DialogueKind::Request,
            MessageKind::Continue | MessageKind::End => kind == DialogueKind::Response,
            // A request is refused with an AARE; a reason of the provider comes without dialogue portion.
            MessageKind::Abort => {
                matches!(kind, DialogueKind::Abort | DialogueKind::Response) && self.p_abort_cause.is_none()
            }
        }
    }

    #[inline]
    fn lacks_a_mandatory_element(&self) -> bool {
        match self.kind {
            MessageKind::Begin => self.otid.is_none(),
            MessageKind::End | MessageKind::Abort => self.dtid.is_none(),
            MessageKind::Continue => self.otid.is_none() || self.dtid.is_none(),
            MessageKind::Unidirectional => self.components.is_none(),
        }
    }

    #[cold]
    fn note(&mut self, at: &[u8], reason: Reason) {
        if self.fault.is_none() {
            self.fault = Some(fault(self.octets, at, reason));
        }
    }

    /// The components, in order; none where there is no component portion.
    #[inline]
    pub fn components(&self) -> Components<'a> {
        Components::new(self.octets, self.components.unwrap_or(&[]), self.more)
    }

    /// An Abort of the user, with or without a reason of its own. Q.773 §3.1: no P-abort cause.
    #[inline]
    pub fn is_user_abort(&self) -> bool {
        self.kind == MessageKind::Abort && self.p_abort_cause.is_none()
    }

    /// What was parsed.
    #[inline]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }
}

/// The element that is the whole message, its kind, and what stands after it.
#[inline(always)]
fn outermost(octets: &[u8]) -> Result<(MessageKind, Tlv<'_>, Reader<'_>), Error> {
    let refuse = |reason| fault(octets, octets, reason);
    let mut outside = Reader::new(octets);
    let whole = outside.next().map_err(refuse)?.ok_or_else(|| refuse(Reason::Truncated))?;
    Ok((MessageKind::of(whole.tag).map_err(refuse)?, whole, outside))
}

pub(super) const COMPONENT_PORTION: Tag = Tag(0x6C);

/// A transaction of four octets, if it is next.
#[inline(always)]
fn take_transaction<'a>(tag: u8, rest: &mut &'a [u8]) -> Option<TransactionId<'a>> {
    match rest.split_first_chunk::<6>() {
        Some(([next, 4, id @ ..], after)) if *next == tag => {
            *rest = after;
            Some(TransactionId::of_four(id))
        }
        _ => None,
    }
}

/// The value of a portion, if it is next and its header ordinary.
#[inline(always)]
fn take_portion<'a>(tag: u8, rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (portion, after) = ordinary_of(tag, rest)?;
    *rest = after;
    Some(portion.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::tests::octets;

    #[test]
    fn reads_the_short_and_the_long_way_alike() {
        let dialogue = "6b1e281c060700118605010101a011600f80020780a109060704000001001903";
        let request_of_default_version = "6b1a2818060700118605010101a00d600ba109060704000001001903";
        let response_of_default_version =
            "6b262824060700118605010101a0196117a109060704000001001903a203020100a305a103020100";
        let components = "6c05a203020101";
        for message in [
            format!("622d480400000001{dialogue}{components}"),
            format!("6229480400000001{request_of_default_version}{components}"),
            format!("6435490400000001{response_of_default_version}{components}"),
            format!("64 0d 490400000002{components}"),
            format!("65 13 480400000001490400000002{components}"),
            "640649 0400000002".to_owned(),
        ] {
            let octets = octets(&message.replace(' ', ""));
            let ordinary = Message::ordinary(&octets);
            assert!(ordinary.is_some(), "{message}");
            assert_eq!(ordinary, Message::parse(&octets).ok());
        }
    }
}
