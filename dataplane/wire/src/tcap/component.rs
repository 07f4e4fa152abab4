//! A component: one request, answer, error or refusal. Q.773 §3.3, table 20 and following.
//!
//! ```text
//!   A1 Invoke       02 invoke id  [80 linked id]  02 | 06 operation  [parameter]
//!   A2 ResultLast   02 invoke id  [30 { 02 | 06 operation, parameter }]
//!   A7 Result       02 invoke id  [30 { 02 | 06 operation, parameter }]
//!   A3 Error        02 invoke id  02 | 06 error  [parameter]
//!   A4 Reject       02 invoke id | 05 none  80 | 81 | 82 | 83 problem
//! ```

use super::fault;
use crate::ber::{Reader, Tag, Tlv, integer, ordinary};
use crate::{Error, Reason};

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

impl<'a> Code<'a> {
    #[inline]
    fn of(tlv: Tlv<'a>) -> Option<Self> {
        match tlv.tag {
            Tag::INTEGER => integer(tlv.value).map(Self::Local),
            Tag::OID => Some(Self::Global(tlv.value)),
            _ => None,
        }
    }

    /// The local number.
    #[inline]
    pub const fn local(self) -> Option<i64> {
        match self {
            Self::Local(number) => Some(number),
            Self::Global(_) => None,
        }
    }
}

/// What a Reject complains about. Q.773 §3.3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The component as such.
    General,
    /// An Invoke.
    Invoke,
    /// A result.
    ReturnResult,
    /// An error.
    ReturnError,
}

impl ProblemKind {
    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "generalProblem",
            Self::Invoke => "invokeProblem",
            Self::ReturnResult => "returnResultProblem",
            Self::ReturnError => "returnErrorProblem",
        }
    }
}

/// Kind and number of a Reject's problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// What is complained about.
    pub kind: ProblemKind,
    /// The complaint.
    pub value: i64,
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
    /// The first defect, if any; what came before it is in the other fields.
    pub fault: Option<Error>,
}

impl<'a> Component<'a> {
    /// A component as practically every stack sends it, and what follows it: invoke id and local code of one octet
    /// each, nothing after the parameter and nothing amiss.
    #[inline(always)]
    fn ordinary(octets: &'a [u8]) -> Option<(Self, &'a [u8])> {
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
            Some((tlv, [])) => Some(tlv),
            None if parameter.is_empty() => None,
            _ => return None,
        };
        let (invoke_id, raw) = (Some(i64::from(*id as i8)), tlv.raw);
        let (linked_id, problem, fault) = (None, None, None);
        Some((Self { kind, invoke_id, linked_id, operation, error, problem, parameter, raw, fault }, after))
    }

    fn parse(message: &'a [u8], tlv: Tlv<'a>) -> Result<Self, Error> {
        let kind = ComponentKind::of(tlv.tag).ok_or_else(|| fault(message, tlv.raw, Reason::UnexpectedTag))?;
        let (invoke_id, linked_id, operation, error, problem) = (None, None, None, None, None);
        let raw = tlv.raw;
        let mut component =
            Self { kind, invoke_id, linked_id, operation, error, problem, parameter: None, raw, fault: None };
        let mut inside = Reader::new(tlv.value);
        let outcome = match kind {
            ComponentKind::Invoke => component.invoke(&mut inside),
            ComponentKind::ReturnResultLast | ComponentKind::ReturnResultNotLast => component.result(&mut inside),
            ComponentKind::ReturnError => component.return_error(&mut inside),
            ComponentKind::Reject => component.reject(&mut inside),
        };
        let outcome = if tlv.form.clipped() { Err(Reason::Truncated) } else { outcome };
        if let Err(reason) = outcome {
            component.fault = Some(fault(message, inside.rest(), reason));
        }
        Ok(component)
    }

    fn invoke(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.invoke_id(inside)?;
        if inside.peek() == Some(LINKED_ID) {
            self.linked_id = inside.next()?.and_then(|tlv| integer(tlv.value));
        }
        self.operation = Some(code(inside)?);
        self.parameter(inside)
    }

    fn result(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.invoke_id(inside)?;
        let Some(pair) = inside.next()? else { return Ok(()) };
        if pair.tag != Tag::SEQUENCE {
            return Err(Reason::UnexpectedTag);
        }
        let mut inside = Reader::new(pair.value);
        self.operation = Some(code(&mut inside)?);
        self.parameter(&mut inside)?;
        if pair.form.clipped() { Err(Reason::Truncated) } else { Ok(()) }
    }

    fn return_error(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.invoke_id(inside)?;
        self.error = Some(code(inside)?);
        self.parameter(inside)
    }

    fn reject(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        if inside.take(Tag::NULL)?.is_none() {
            self.invoke_id(inside)?;
        }
        let tlv = inside.next()?.ok_or(Reason::Missing)?;
        let kind = match tlv.tag.0 {
            0x80 => ProblemKind::General,
            0x81 => ProblemKind::Invoke,
            0x82 => ProblemKind::ReturnResult,
            0x83 => ProblemKind::ReturnError,
            _ => return Err(Reason::UnexpectedTag),
        };
        let value = integer(tlv.value).ok_or(Reason::BadLength)?;
        self.problem = Some(Problem { kind, value });
        Ok(())
    }

    fn invoke_id(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        let tlv = inside.next()?.ok_or(Reason::Missing)?;
        if tlv.tag != Tag::INTEGER {
            return Err(Reason::UnexpectedTag);
        }
        self.invoke_id = integer(tlv.value);
        if self.invoke_id.is_none() { Err(Reason::BadLength) } else { Ok(()) }
    }

    fn parameter(&mut self, inside: &mut Reader<'a>) -> Result<(), Reason> {
        self.parameter = inside.next()?;
        match self.parameter {
            Some(tlv) if tlv.form.clipped() => Err(Reason::Truncated),
            _ if inside.is_empty() => Ok(()),
            _ => Err(Reason::UnexpectedTag),
        }
    }
}

fn code<'a>(inside: &mut Reader<'a>) -> Result<Code<'a>, Reason> {
    let before = *inside;
    let tlv = inside.next()?.ok_or(Reason::Missing)?;
    Code::of(tlv).ok_or_else(|| {
        *inside = before;
        Reason::UnexpectedTag
    })
}

/// The components of a message, in order. After the first that is none, the rest cannot be told apart: it ends there.
#[derive(Clone, Debug)]
pub struct Components<'a> {
    message: &'a [u8],
    inside: Reader<'a>,
}

impl<'a> Components<'a> {
    #[inline]
    pub(super) const fn new(message: &'a [u8], portion: &'a [u8]) -> Self {
        Self { message, inside: Reader::new(portion) }
    }
}

impl<'a> Components<'a> {
    /// The only component there is, where there is one and it is as practically every stack sends it. None for any
    /// others, which are then read one by one.
    #[inline(always)]
    pub fn ordinary(&self) -> Option<Component<'a>> {
        match Component::ordinary(self.inside.rest())? {
            (component, []) => Some(component),
            _ => None,
        }
    }
}

impl<'a> Iterator for Components<'a> {
    type Item = Result<Component<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = match self.inside.next() {
            Ok(found) => Component::parse(self.message, found?),
            Err(reason) => Err(fault(self.message, self.inside.rest(), reason)),
        };
        if item.is_err() {
            self.inside = Reader::new(&[]);
        }
        Some(item)
    }
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
