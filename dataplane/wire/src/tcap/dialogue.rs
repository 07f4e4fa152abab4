//! The dialogue portion: which application context, accepted or not. Q.773 §3.2, §4.2.
//!
//! ```text
//!   6B 1E 28 1C 06 07 00 11 86 05 01 01 01      dialogue-as-id
//!            A0 11 60 0F 80 02 07 80            AARQ, protocol version 1
//!                     A1 09 06 07 04 00 00 01 00 ac version
//! ```
//! Handles AARQ, AARE, ABRT and AUDT. User information is given as it is; nothing here looks inside.

use crate::Reason;
use crate::ber::{Reader, Tag, Tlv, integer};

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
    pub(super) fault: Option<(&'a [u8], Reason)>,
}

impl<'a> Dialogue<'a> {
    const EMPTY: Self = Self {
        kind: None,
        application_context: None,
        result: None,
        diagnostic: None,
        abort_source: None,
        user_information: None,
        fault: None,
    };

    /// A request or answer as practically every stack sends it, from the value of element 6B.
    #[inline(always)]
    pub(super) fn ordinary(value: &'a [u8]) -> Option<Self> {
        let (head, rest) = value.split_first_chunk()?;
        let (context, rest) = rest.split_first_chunk::<CONTEXT_OCTETS>()?;
        let application_context = Some(context.as_slice());
        match *rest {
            [] if head == REQUEST => {
                Some(Self { kind: Some(DialogueKind::Request), application_context, ..Self::EMPTY })
            }
            [0xA2, 3, 2, 1, result, 0xA3, 5, source @ 0xA1..=0xA2, 3, 2, 1, diagnostic] if head == RESPONSE => {
                let result = Some(i64::from(result as i8));
                let diagnostic = Some((source & 0x1F, i64::from(diagnostic as i8)));
                let kind = Some(DialogueKind::Response);
                Some(Self { kind, application_context, result, diagnostic, ..Self::EMPTY })
            }
            _ => None,
        }
    }

    /// `value` is the value of element 6B.
    pub(super) fn parse(value: &'a [u8]) -> Self {
        let mut dialogue = Self::EMPTY;
        if let Err(defect) = dialogue.external(value) {
            dialogue.fault = dialogue.fault.or(Some(defect));
        }
        dialogue
    }

    /// EXTERNAL: direct reference, then the PDU as a single ASN.1 type.
    fn external(&mut self, value: &'a [u8]) -> Result<(), (&'a [u8], Reason)> {
        let external = only(value, Tag(0x28))?;
        let mut inside = Reader::new(external.value);
        let reference = step(&mut inside)?.filter(|tlv| tlv.tag == Tag::OID);
        let unidirectional = match reference.map(|tlv| tlv.value) {
            Some(DIALOGUE_AS_ID) => false,
            Some(UNIDIALOGUE_AS_ID) => true,
            // A peer may refuse it, or not look: what it holds is still read.
            _ => {
                self.fault = Some((external.raw, Reason::BadValue));
                false
            }
        };
        let encoding = only(inside.rest(), Tag(0xA0))?;
        let pdu = first(encoding.value)?;
        self.kind = Some(match (pdu.tag.0, unidirectional) {
            (0x60, false) => DialogueKind::Request,
            (0x61, false) => DialogueKind::Response,
            (0x64, false) => DialogueKind::Abort,
            (0x60, true) => DialogueKind::Unidirectional,
            _ => return Err((pdu.raw, Reason::UnexpectedTag)),
        });
        self.pdu(pdu.value)
    }

    fn pdu(&mut self, value: &'a [u8]) -> Result<(), (&'a [u8], Reason)> {
        let mut inside = Reader::new(value);
        while let Some(tlv) = step(&mut inside)? {
            match (tlv.tag.0, self.kind) {
                (0x80, Some(DialogueKind::Abort)) => self.abort_source = integer(tlv.value),
                (0xA1, _) => self.application_context = Some(only(tlv.value, Tag::OID)?.value),
                (0xA2, _) => self.result = integer(only(tlv.value, Tag::INTEGER)?.value),
                (0xA3, _) => {
                    let source = first(tlv.value)?;
                    let diagnostic = integer(only(source.value, Tag::INTEGER)?.value);
                    self.diagnostic = diagnostic.map(|value| ((source.tag.0 & 0x1F) as u8, value));
                }
                (0xBE, _) => self.user_information = Some(tlv.value),
                _ => {}
            }
        }
        Ok(())
    }
}

fn step<'a>(reader: &mut Reader<'a>) -> Result<Option<Tlv<'a>>, (&'a [u8], Reason)> {
    match reader.next() {
        Ok(Some(tlv)) if tlv.form.clipped() => Err((tlv.raw, Reason::Truncated)),
        Ok(found) => Ok(found),
        Err(reason) => Err((reader.rest(), reason)),
    }
}

fn first(value: &[u8]) -> Result<Tlv<'_>, (&[u8], Reason)> {
    step(&mut Reader::new(value))?.ok_or((value, Reason::Missing))
}

fn only(value: &[u8], tag: Tag) -> Result<Tlv<'_>, (&[u8], Reason)> {
    let tlv = first(value)?;
    if tlv.tag == tag { Ok(tlv) } else { Err((tlv.raw, Reason::UnexpectedTag)) }
}

/// 0.0.17.773.1.1.1, Q.773 §4.2.1.
const DIALOGUE_AS_ID: &[u8] = &[0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01];
/// 0.0.17.773.1.2.1, Q.773 §4.2.2.
const UNIDIALOGUE_AS_ID: &[u8] = &[0x00, 0x11, 0x86, 0x05, 0x01, 0x02, 0x01];
/// Octets of an application context of MAP.
const CONTEXT_OCTETS: usize = 7;
/// How practically every stack opens a dialogue, up to the contents of the application context.
const REQUEST: &[u8; 23] = &[
    0x28, 0x1C, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x11, 0x60, 0x0F, 0x80, 0x02, 0x07, 0x80,
    0xA1, 0x09, 0x06, 0x07,
];
/// How it answers.
const RESPONSE: &[u8; 23] = &[
    0x28, 0x28, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x1D, 0x61, 0x1B, 0x80, 0x02, 0x07, 0x80,
    0xA1, 0x09, 0x06, 0x07,
];

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: [u8; 7] = [0x04, 0x00, 0x00, 0x01, 0x00, 0x19, 0x03];

    #[test]
    fn reads_an_ordinary_request_the_short_and_the_long_way_alike() {
        let value = [REQUEST, &CONTEXT[..]].concat();
        let dialogue = Dialogue::ordinary(&value).expect("ordinary");
        assert_eq!(dialogue.kind, Some(DialogueKind::Request));
        assert_eq!(dialogue.application_context, Some(&CONTEXT[..]));
        assert_eq!(dialogue, Dialogue::parse(&value));
    }

    #[test]
    fn reads_an_ordinary_response_the_short_and_the_long_way_alike() {
        for [result, source, diagnostic] in [[0, 0xA1, 0], [1, 0xA2, 2], [0xFF, 0xA1, 0x80]] {
            let rest = [0xA2, 3, 2, 1, result, 0xA3, 5, source, 3, 2, 1, diagnostic];
            let value = [RESPONSE, &CONTEXT[..], &rest].concat();
            let dialogue = Dialogue::ordinary(&value).expect("ordinary");
            assert_eq!(dialogue.result, Some(i64::from(result as i8)));
            assert_eq!(dialogue, Dialogue::parse(&value));
        }
    }

    #[test]
    fn reads_an_abort_and_its_source() {
        let value = [
            0x28, 0x10, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x05, 0x64, 0x03, 0x80, 0x01, 0x00,
        ];
        let dialogue = Dialogue::parse(&value);
        assert_eq!((dialogue.kind, dialogue.abort_source), (Some(DialogueKind::Abort), Some(0)));
        assert_eq!(dialogue.fault, None);
    }

    #[test]
    fn says_where_an_unknown_reference_stands() {
        let dialogue = Dialogue::parse(&[0x28, 0x03, 0x06, 0x01, 0x2A]);
        assert_eq!(dialogue.fault.map(|(_, reason)| reason), Some(Reason::BadValue));
        assert_eq!(dialogue.kind, None);
    }
}
