//! A component: one request, answer, error or refusal. Q.773 §3.3, table 20 and following.
//!
//! ```text
//!   A1 Invoke       02 invoke id  [80 linked id]  02 | 06 operation  [parameter]
//!   A2 ResultLast   02 invoke id  [30 { 02 | 06 operation, parameter }]
//!   A7 Result       02 invoke id  [30 { 02 | 06 operation, parameter }]
//!   A3 Error        02 invoke id  02 | 06 error  [parameter]
//!   A4 Reject       02 invoke id | 05 none  80 | 81 | 82 | 83 problem
//! ```
//! Handles elements it does not know before the operation, which are skipped and noted. One after the parameter is
//! skipped, too, and is a defect besides: a peer may take it for the parameter.

use super::{Problem, ProblemKind, fault};
use crate::ber::{Reader, Tag, Tlv, integer, is_minimal, ordinary};
use crate::{Anomalies, Anomaly, Error, Reason};

/// Which component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComponentKind {
    /// A request.
    Invoke,
    /// The whole answer, or its last part.
    ReturnResultLast,
    /// The operation failed.
    ReturnError,
    /// The component itself was refused.
    Reject,
    /// Part of an answer.
    ReturnResultNotLast,
}

impl ComponentKind {
    const fn of(tag: Tag) -> Option<Self> {
        match tag.0 {
            0xA1 => Some(Self::Invoke),
            0xA2 => Some(Self::ReturnResultLast),
            0xA3 => Some(Self::ReturnError),
            0xA4 => Some(Self::Reject),
            0xA7 => Some(Self::ReturnResultNotLast),
            _ => None,
        }
    }

    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoke => "invoke",
            Self::ReturnResultLast => "returnResultLast",
            Self::ReturnError => "returnError",
            Self::Reject => "reject",
            Self::ReturnResultNotLast => "returnResultNotLast",
        }
    }
}

/// An operation or error: local number, or content octets of a global object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code<'a> {
    /// INTEGER.
    Local(i64),
    /// OBJECT IDENTIFIER.
    Global(&'a [u8]),
}

impl Code<'_> {
    /// The local number.
    #[inline]
    pub const fn local(self) -> Option<i64> {
        match self {
            Self::Local(number) => Some(number),
            Self::Global(_) => None,
        }
    }
}

/// One component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    /// Which component.
    pub kind: ComponentKind,
    /// Which request it is, or answers; none in a Reject of what could not be read.
    pub invoke_id: Option<i64>,
    /// Invoke: the request this one belongs to.
    pub linked_id: Option<i64>,
    /// Invoke and, with a parameter, results.
    pub operation: Option<Code<'a>>,
    /// ReturnError.
    pub error: Option<Code<'a>>,
    /// Reject.
    pub problem: Option<Problem>,
    /// Argument, result or error parameter.
    pub parameter: Option<Tlv<'a>>,
    /// The whole component.
    pub raw: &'a [u8],
    /// What was tolerated in the component, down to the header of its parameter.
    pub anomalies: Anomalies,
    /// The first defect, if any; what came before it is in the other fields.
    pub fault: Option<Error>,
}

impl<'a> Component<'a> {
    /// A component as practically every stack sends it, and what follows it: invoke id and local code of one octet
    /// each, nothing after the parameter and nothing amiss.
    #[inline(always)]
    pub(super) fn ordinary(octets: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tlv, after) = ordinary(octets)?;
        let [0x02, 0x01, id, inside @ ..] = tlv.value else { return None };
        let (kind, operation, error, parameter) = match (tlv.tag.0, inside) {
            (0xA1, [0x02, 0x01, code, rest @ ..]) => (ComponentKind::Invoke, Some(local(*code)), None, rest),
            (0xA2, []) => (ComponentKind::ReturnResultLast, None, None, inside),
            (0xA2, _) => {
                let (Tlv { tag: Tag::SEQUENCE, value: [0x02, 0x01, code, rest @ ..], .. }, []) = ordinary(inside)?
                else {
                    return None;
                };
                (ComponentKind::ReturnResultLast, Some(local(*code)), None, rest)
            }
            (0xA3, [0x02, 0x01, code, rest @ ..]) => (ComponentKind::ReturnError, None, Some(local(*code)), rest),
            _ => return None,
        };
        let parameter = match ordinary(parameter) {
            Some((tlv, [])) if !in_pieces(tlv.tag) => Some(tlv),
            None if parameter.is_empty() => None,
            _ => return None,
        };
        let (invoke_id, raw) = (Some(i64::from(*id as i8)), tlv.raw);
        let (linked_id, problem, fault, anomalies) = (None, None, None, Anomalies::NONE);
        Some((Self { kind, invoke_id, linked_id, operation, error, problem, parameter, raw, anomalies, fault }, after))
    }

    /// `tlv` is the component, `message` the message it is part of.
    pub(super) fn parse(message: &'a [u8], tlv: Tlv<'a>) -> Result<Self, Error> {
        let kind = ComponentKind::of(tlv.tag).ok_or_else(|| fault(message, tlv.raw, Reason::UnexpectedTag))?;
        let (invoke_id, linked_id, operation, error, problem) = (None, None, None, None, None);
        let (raw, anomalies) = (tlv.raw, tlv.form.anomalies());
        let mut component = Self {
            kind,
            invoke_id,
            linked_id,
            operation,
            error,
            problem,
            parameter: None,
            raw,
            anomalies,
            fault: None,
        };
        let mut inside = Reader::new(tlv.value);
        let outcome = match kind {
            ComponentKind::Invoke => component.invoke(&mut inside),
            ComponentKind::ReturnResultLast | ComponentKind::ReturnResultNotLast => component.result(&mut inside),
            ComponentKind::ReturnError => component.return_error(&mut inside),
            ComponentKind::Reject => component.reject(&mut inside),
        };
        component.anomalies.add(inside.anomalies());
        let outcome = if tlv.form.clipped() { Err(Reason::Truncated) } else { outcome };
        if let Err(reason) = outcome {
            component.fault = Some(fault(message, inside.rest(), reason));
        }
        Ok(component)
    }

    fn invoke(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.invoke_id(inside)?;
        while let Some(tlv) = inside.take(LINKED_ID)? {
            self.anomalies.note_if(self.linked_id.is_some(), Anomaly::ElementOrder);
            let linked_id = self.integer(tlv);
            self.linked_id = self.linked_id.or(linked_id);
        }
        self.operation = Some(self.code(inside)?);
        self.parameter(inside)
    }

    fn result(&mut self, outside: &mut Reader<'a>) -> Result<(), Reason> {
        self.invoke_id(outside)?;
        let Some(pair) = outside.next()? else { return Ok(()) };
        if pair.tag != Tag::SEQUENCE {
            return Err(Reason::UnexpectedTag);
        }
        let mut inside = Reader::new(pair.value);
        let outcome = self.code_and_parameter(&mut inside);
        self.anomalies.add(inside.anomalies());
        self.anomalies.note_if(!outside.is_empty(), Anomaly::UnknownElement);
        outcome?;
        if pair.form.clipped() { Err(Reason::Truncated) } else { Ok(()) }
    }

    fn code_and_parameter(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.operation = Some(self.code(inside)?);
        self.parameter(inside)
    }

    fn return_error(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.invoke_id(inside)?;
        self.error = Some(self.code(inside)?);
        self.parameter(inside)
    }

    fn reject(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        if inside.take(Tag::NULL)?.is_none() {
            self.invoke_id(inside)?;
        }
        let tlv = inside.next()?.ok_or(Reason::Missing)?;
        let kind = ProblemKind::of(tlv.tag).ok_or(Reason::UnexpectedTag)?;
        let value = self.integer(tlv).ok_or(Reason::BadLength)?;
        self.problem = Some(Problem { kind, value });
        self.anomalies.note_if(!inside.is_empty(), Anomaly::UnknownElement);
        Ok(())
    }

    fn invoke_id(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        let tlv = inside.next()?.ok_or(Reason::Missing)?;
        if tlv.tag != Tag::INTEGER {
            return Err(Reason::UnexpectedTag);
        }
        self.invoke_id = self.integer(tlv);
        if self.invoke_id.is_none() { Err(Reason::BadLength) } else { Ok(()) }
    }

    /// The next operation or error code, whatever stands before it. Without one, nothing was read.
    fn code(&mut self, inside: &mut Reader<'a>) -> Result<Code<'a>, Reason> {
        let (before, mut skipped) = (*inside, Anomalies::NONE);
        while let Some(tlv) = inside.next()? {
            let code = match tlv.tag {
                Tag::INTEGER => self.integer(tlv).map(Code::Local),
                Tag::OID => Some(Code::Global(tlv.value)),
                _ => {
                    skipped.note(Anomaly::UnknownElement);
                    continue;
                }
            };
            self.anomalies.add(skipped);
            self.anomalies.note_if(tlv.tag == Tag::OID, Anomaly::GlobalCode);
            return code.ok_or(Reason::BadLength);
        }
        *inside = before;
        Err(if before.is_empty() { Reason::Missing } else { Reason::UnexpectedTag })
    }

    fn parameter(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.parameter = inside.next()?;
        let in_pieces = self.parameter.is_some_and(|tlv| in_pieces(tlv.tag));
        self.anomalies.note_if(in_pieces, Anomaly::BerConstructed);
        match self.parameter {
            Some(tlv) if tlv.form.clipped() => Err(Reason::Truncated),
            _ if inside.is_empty() => Ok(()),
            _ => {
                self.anomalies.note(Anomaly::UnknownElement);
                Err(Reason::UnexpectedTag)
            }
        }
    }

    fn integer(&mut self, tlv: Tlv<'a>) -> Option<i64> {
        self.anomalies.note_if(!is_minimal(tlv.value), Anomaly::BerInteger);
        integer(tlv.value)
    }
}

/// A parameter of phase 1 that is a string and comes in pieces.
#[inline(always)]
const fn in_pieces(tag: Tag) -> bool {
    matches!(tag.0, 0x23 | 0x24)
}

/// A local code of one octet.
#[inline(always)]
const fn local<'a>(code: u8) -> Code<'a> {
    Code::Local(code as i8 as i64)
}

const LINKED_ID: Tag = Tag(0x80);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::tests::octets;

    #[test]
    fn reads_the_short_and_the_long_way_alike() {
        for component in [
            "a10602010102012d",
            "a10a0201ff02012c30020400",
            "a203020101",
            "a20a0201013005020102 0500",
            "a206020101020180",
            "a30602010102011b",
            "a308020101020120 0500",
        ] {
            let octets = octets(&component.replace(' ', ""));
            let tlv = Reader::new(&octets).next().unwrap().unwrap();
            let long = Component::parse(&octets, tlv).unwrap();
            match Component::ordinary(&octets) {
                Some(short) => assert_eq!(short, (long, &[][..]), "{component}"),
                None => assert!(long.fault.is_some(), "{component}"),
            }
        }
    }
}
