//! The dialogue portion: which application context, accepted or not. Q.773 §3.2, §4.2.
//!
//! ```text
//!   6B 1E 28 1C 06 07 00 11 86 05 01 01 01      dialogue-as-id
//!            A0 11 60 0F 80 02 07 80            AARQ, protocol version 1
//!                     A1 09 06 07 04 00 00 01 00 ac version
//! ```
//! Handles AARQ, AARE, ABRT and AUDT, structured and unstructured dialogues. User information is given as it is, what
//! MAP puts there by [`Dialogue::map`]. A portion of somebody else's syntax is noted, and read where it holds a PDU
//! nevertheless. Of an element that comes twice the first counts, and that it came twice is a defect.

use super::{MapDialogue, Order, oid};
use crate::ber::{Reader, Tag, Tlv, integer, is_minimal};
use crate::{Anomalies, Anomaly, Reason};

/// Which dialogue PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialogueKind {
    /// AARQ.
    Request,
    /// AARE.
    Response,
    /// ABRT.
    Abort,
    /// AUDT, in a Unidirectional message.
    Unidirectional,
}

impl DialogueKind {
    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "dialogueRequest",
            Self::Response => "dialogueResponse",
            Self::Abort => "dialogueAbort",
            Self::Unidirectional => "unidialogue",
        }
    }
}

/// A dialogue portion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialogue<'a> {
    /// Which PDU; none where the portion holds no PDU of Q.773.
    pub kind: Option<DialogueKind>,
    /// The first bits of the protocol version, 80 for version 1, which is also meant where there are none.
    pub protocol_version: Option<u8>,
    /// Content octets of the application context's object identifier.
    pub application_context: Option<&'a [u8]>,
    /// AARE: 0 accepted, 1 refused for good.
    pub result: Option<i64>,
    /// AARE: source (1 user, 2 provider) and diagnostic.
    pub diagnostic: Option<(u8, i64)>,
    /// ABRT: 0 user, 1 provider.
    pub abort_source: Option<i64>,
    /// The value of the user information.
    pub user_information: Option<&'a [u8]>,
}

impl<'a> Dialogue<'a> {
    const EMPTY: Self = Self {
        kind: None,
        protocol_version: None,
        application_context: None,
        result: None,
        diagnostic: None,
        abort_source: None,
        user_information: None,
    };

    /// A request as practically every stack sends it, from the value of element 6B.
    #[inline(always)]
    pub(super) fn ordinary_request(value: &'a [u8]) -> Option<Self> {
        let (protocol_version, context, rest) = versioned_head(REQUEST, REQUEST_UNVERSIONED, value)?;
        let (kind, application_context) = (Some(DialogueKind::Request), Some(context));
        rest.is_empty().then_some(Self { kind, protocol_version, application_context, ..Self::EMPTY })
    }

    /// An answer as practically every stack sends it, from the value of element 6B.
    #[inline(always)]
    pub(super) fn ordinary_response(value: &'a [u8]) -> Option<Self> {
        let (protocol_version, context, rest) = versioned_head(RESPONSE, RESPONSE_UNVERSIONED, value)?;
        let &[0xA2, 3, 2, 1, result, 0xA3, 5, source @ 0xA1..=0xA2, 3, 2, 1, diagnostic] = rest else { return None };
        Some(Self {
            kind: Some(DialogueKind::Response),
            protocol_version,
            application_context: Some(context),
            result: Some(i64::from(result as i8)),
            diagnostic: Some((source & 0x1F, i64::from(diagnostic as i8))),
            ..Self::EMPTY
        })
    }

    /// What MAP says in the user information.
    #[inline]
    pub fn map(&self) -> Option<MapDialogue<'a>> {
        self.user_information.and_then(MapDialogue::find)
    }
}

/// A dialogue portion, and what was amiss on the way.
pub(super) struct Reading<'a> {
    pub(super) dialogue: Dialogue<'a>,
    /// What was tolerated.
    pub(super) anomalies: Anomalies,
    /// The first defect.
    pub(super) fault: Option<Defect<'a>>,
}

impl<'a> Reading<'a> {
    /// `value` is the value of element 6B.
    pub(super) fn of(value: &'a [u8]) -> Self {
        let mut reading = Self { dialogue: Dialogue::EMPTY, anomalies: Anomalies::NONE, fault: None };
        if let Err(defect) = reading.external(value) {
            reading.fault = reading.fault.or(Some(defect));
        }
        reading.anomalies.note_if(reading.fault.is_none() && reading.lacks_an_element(), Anomaly::TcapDialogue);
        reading
    }

    /// EXTERNAL: direct reference, then the PDU as a single ASN.1 type. X.690 §8.18.
    fn external(&mut self, value: &'a [u8]) -> Result<(), Defect<'a>> {
        let external = self.only(value, Tag(0x28))?;
        let (mut inside, mut order) = (Reader::new(external.value), Order::default());
        let (mut reference, mut encoding) = (None, None);
        let outcome = loop {
            match self.step(&mut inside) {
                Ok(Some(tlv)) => match tlv.tag.0 {
                    0x06 => self.once(&mut reference, tlv, 1, &mut order),
                    0xA0 | 0x81 => self.once(&mut encoding, tlv, 2, &mut order),
                    _ => self.anomalies.note(Anomaly::UnknownElement),
                },
                Ok(None) => break Ok(()),
                Err(defect) => break Err(defect),
            }
        };
        let reference = match reference.map(|tlv| tlv.value) {
            Some(DIALOGUE_AS_ID) => Reference::Structured,
            Some(UNIDIALOGUE_AS_ID) => Reference::Unstructured,
            // A peer may refuse it, or not look: what it holds is still read.
            _ => Reference::Other,
        };
        self.anomalies.note_if(reference == Reference::Other, Anomaly::TcapDialogue);
        match encoding {
            Some(encoding) => self.encoding(encoding, reference)?,
            None if reference == Reference::Other => {}
            None => outcome.and(Err((external.raw, Reason::Missing)))?,
        }
        outcome
    }

    /// Octet-aligned is not what Q.773 says, but means the same.
    fn encoding(&mut self, encoding: Tlv<'a>, reference: Reference) -> Result<(), Defect<'a>> {
        self.anomalies.note_if(encoding.tag == Tag(0x81), Anomaly::TcapDialogue);
        let pdu = self.first(encoding.value)?;
        self.dialogue.kind = Some(match (pdu.tag.0, reference) {
            (0x60, Reference::Unstructured) => DialogueKind::Unidirectional,
            (0x60, _) => DialogueKind::Request,
            (0x61, Reference::Structured | Reference::Other) => DialogueKind::Response,
            (0x64, Reference::Structured | Reference::Other) => DialogueKind::Abort,
            (_, Reference::Other) => return Ok(()),
            _ => return Err((pdu.raw, Reason::UnexpectedTag)),
        });
        self.pdu(pdu.value)
    }

    fn pdu(&mut self, value: &'a [u8]) -> Result<(), Defect<'a>> {
        use DialogueKind::{Abort, Response};
        let (mut inside, mut order) = (Reader::new(value), Order::default());
        let Some(kind) = self.dialogue.kind else { return Ok(()) };
        while let Some(tlv) = self.step(&mut inside)? {
            let place = match (tlv.tag.0, kind) {
                (0x80, _) => 1,
                (0xA1, kind) if kind != Abort => 2,
                (0xA2, Response) => 3,
                (0xA3, Response) => 4,
                (0xBE, _) => 5,
                _ => {
                    self.anomalies.note(Anomaly::UnknownElement);
                    continue;
                }
            };
            self.anomalies.note_if(!order.follows(place), Anomaly::ElementOrder);
            self.element(tlv, kind)?;
        }
        Ok(())
    }

    fn element(&mut self, tlv: Tlv<'a>, kind: DialogueKind) -> Result<(), Defect<'a>> {
        match tlv.tag.0 {
            0x80 if kind == DialogueKind::Abort && self.dialogue.abort_source.is_none() => {
                self.dialogue.abort_source = self.integer(tlv);
            }
            0x80 if kind != DialogueKind::Abort && self.dialogue.protocol_version.is_none() => {
                let bits = tlv.value.get(1).copied().unwrap_or(0);
                self.anomalies.note_if(bits & VERSION_1 == 0, Anomaly::TcapDialogue);
                self.dialogue.protocol_version = Some(bits);
            }
            0xA1 if self.dialogue.application_context.is_none() => {
                let context = self.only(tlv.value, Tag::OID)?.value;
                self.anomalies.note_if(!oid::is_well_formed(context), Anomaly::TcapDialogue);
                self.dialogue.application_context = Some(context);
            }
            0xA2 if self.dialogue.result.is_none() => {
                let result = self.only(tlv.value, Tag::INTEGER)?;
                self.dialogue.result = self.integer(result);
            }
            0xA3 if self.dialogue.diagnostic.is_none() => {
                let source = self.first(tlv.value)?;
                let value = self.only(source.value, Tag::INTEGER)?;
                self.dialogue.diagnostic = self.integer(value).map(|value| ((source.tag.0 & 0x1F) as u8, value));
            }
            0xBE if self.dialogue.user_information.is_none() => {
                self.dialogue.user_information = Some(tlv.value);
                self.anomalies.add(self.dialogue.map().map_or(Anomalies::NONE, |map| map.anomalies));
            }
            _ => self.fault = self.fault.or(Some((tlv.raw, Reason::UnexpectedTag))),
        }
        Ok(())
    }

    /// Q.773 §4.2: what is not optional.
    fn lacks_an_element(&self) -> bool {
        match self.dialogue.kind {
            Some(DialogueKind::Request | DialogueKind::Unidirectional) => self.dialogue.application_context.is_none(),
            Some(DialogueKind::Response) => {
                self.dialogue.application_context.is_none()
                    || self.dialogue.result.is_none()
                    || self.dialogue.diagnostic.is_none()
            }
            Some(DialogueKind::Abort) => self.dialogue.abort_source.is_none(),
            None => false,
        }
    }

    /// Keeps the first of its kind.
    fn once(&mut self, slot: &mut Option<Tlv<'a>>, tlv: Tlv<'a>, place: u8, order: &mut Order) {
        self.anomalies.note_if(!order.follows(place), Anomaly::ElementOrder);
        if slot.is_some() {
            self.fault = self.fault.or(Some((tlv.raw, Reason::UnexpectedTag)));
        }
        slot.get_or_insert(tlv);
    }

    #[inline(always)]
    fn step(&mut self, reader: &mut Reader<'a>) -> Result<Option<Tlv<'a>>, Defect<'a>> {
        let found = reader.next();
        self.anomalies.add(reader.anomalies());
        match found {
            Ok(Some(tlv)) if tlv.form.clipped() => Err((tlv.raw, Reason::Truncated)),
            Ok(found) => Ok(found),
            Err(reason) => Err((reader.rest(), reason)),
        }
    }

    #[inline]
    fn first(&mut self, value: &'a [u8]) -> Result<Tlv<'a>, Defect<'a>> {
        let mut inside = Reader::new(value);
        let first = self.step(&mut inside)?.ok_or((value, Reason::Missing))?;
        self.anomalies.note_if(!inside.is_empty(), Anomaly::BerTrailing);
        Ok(first)
    }

    fn only(&mut self, value: &'a [u8], tag: Tag) -> Result<Tlv<'a>, Defect<'a>> {
        let tlv = self.first(value)?;
        if tlv.tag == tag { Ok(tlv) } else { Err((tlv.raw, Reason::UnexpectedTag)) }
    }

    fn integer(&mut self, tlv: Tlv<'a>) -> Option<i64> {
        self.anomalies.note_if(!is_minimal(tlv.value), Anomaly::BerInteger);
        integer(tlv.value)
    }
}

/// Where something is wrong, and what.
pub(super) type Defect<'a> = (&'a [u8], Reason);

/// Whose syntax the portion has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reference {
    Structured,
    Unstructured,
    Other,
}

/// The protocol version, which may be left out where it is version 1, the application context, and what follows it.
#[inline(always)]
fn versioned_head<'a>(
    versioned: &[u8; HEAD_OCTETS],
    unversioned: &[u8; HEAD_OCTETS - VERSION_OCTETS],
    value: &'a [u8],
) -> Option<(Option<u8>, &'a [u8], &'a [u8])> {
    match ordinary_head(versioned, value) {
        Some((context, rest)) => Some((Some(VERSION_1), context, rest)),
        None => ordinary_head(unversioned, value).map(|(context, rest)| (None, context, rest)),
    }
}

/// The application context behind such a head, where each of its arcs is one octet, and what follows it.
#[inline(always)]
fn ordinary_head<'a, const OCTETS: usize>(head: &[u8; OCTETS], value: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (start, rest) = value.split_first_chunk()?;
    let (context, rest) = rest.split_first_chunk::<CONTEXT_OCTETS>()?;
    let &[a, b, c, d, e, f, g] = context;
    let high = (u32::from_ne_bytes([a, b, c, d]) | u32::from_ne_bytes([d, e, f, g])) & 0x8080_8080;
    (start == head && high == 0).then_some((context, rest))
}

/// 0.0.17.773.1.1.1, Q.773 §4.2.1.
const DIALOGUE_AS_ID: &[u8] = &[0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01];
/// 0.0.17.773.1.2.1, Q.773 §4.2.2.
const UNIDIALOGUE_AS_ID: &[u8] = &[0x00, 0x11, 0x86, 0x05, 0x01, 0x02, 0x01];
/// Octets of an application context of MAP.
const CONTEXT_OCTETS: usize = 7;
/// Bit 0 of a protocol version, Q.773 §4.2.
const VERSION_1: u8 = 0x80;
/// Octets of a dialogue portion before the contents of the application context.
const HEAD_OCTETS: usize = 23;
/// Octets of a protocol version.
const VERSION_OCTETS: usize = 4;
/// How practically every stack opens a dialogue, up to the contents of the application context.
const REQUEST: &[u8; HEAD_OCTETS] = &[
    0x28, 0x1C, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x11, 0x60, 0x0F, 0x80, 0x02, 0x07, 0x80,
    0xA1, 0x09, 0x06, 0x07,
];
/// How it answers.
const RESPONSE: &[u8; HEAD_OCTETS] = &[
    0x28, 0x28, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x1D, 0x61, 0x1B, 0x80, 0x02, 0x07, 0x80,
    0xA1, 0x09, 0x06, 0x07,
];
/// How a stack opens a dialogue that leaves out the protocol version, which is DEFAULT: Q.773 §4.2.1.
const REQUEST_UNVERSIONED: &[u8; HEAD_OCTETS - VERSION_OCTETS] =
    &[0x28, 0x18, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x0D, 0x60, 0x0B, 0xA1, 0x09, 0x06, 0x07];
/// How it answers.
const RESPONSE_UNVERSIONED: &[u8; HEAD_OCTETS - VERSION_OCTETS] =
    &[0x28, 0x24, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x19, 0x61, 0x17, 0xA1, 0x09, 0x06, 0x07];

#[cfg(test)]
mod tests;
