//! CLDT and CLDR: what UDT, XUDT and LUDT are to SCCP, and their returns.
//!
//! RFC 3868 §3.3. Handles their parameters in any order. Of parameters that come twice the first counts; what is broken
//! behind the data does not hide it: either is noted. Segments are told, not put together.

use super::{HEADER_OCTETS, Message, MessageKind, Tag, error};
use crate::adaptation::Parameter;
use crate::m3ua::{CorrelationId, NetworkAppearance, RoutingContext};
use crate::numbered::numbered;
use crate::sccp::{Address, Connectionless, LocalReference, MessageType, Segmentation};
use crate::{Anomalies, Anomaly, Error, Reason};

numbered! {
    /// What a cause is of (RFC 3868 §3.10.6).
    CauseType: u8 {
        /// A message came back; the value is SCCP's return cause.
        Return = 1 "return",
        /// A connection was refused.
        Refusal = 2 "refusal",
        /// A connection was released.
        Release = 3 "release",
        /// A connection was reset.
        Reset = 4 "reset",
        /// A connection went wrong.
        Error = 5 "error",
    }
}

/// Why something was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What happened.
    pub kind: CauseType,
    /// Why, as SCCP numbers it for this type.
    pub value: u8,
}

/// A CLDT or CLDR.
///
/// ```text
///   tag      length   value
/// +--------+--------+----+----+----+----+
/// | 0x0115 | 8      | 0  | 0  | 0  |R cl|      R return on error, cl protocol class
/// | 0x0106 | 8      | 0  | 0  |type|valu|      cause of a CLDR
/// | 0x0116 | 8      | sequence control  |
/// | 0x0117 | 8      |F n | reference    |      F first segment, n segments to come (7 bits), reference in network order
/// | 0x0101 | 8      | 0  | 0  | 0  | n  |      hop counter; so importance (0x0113) and priority (0x0114)
/// | 0x0102 | length | source address ...       as in sccp::Address::sua; 0x0103 destination address
/// | 0x010b | length | data ...
/// +--------+--------+--------------------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unitdata<'a> {
    /// CLDT or CLDR.
    pub kind: MessageKind,
    /// Routing context.
    pub routing_context: Option<RoutingContext>,
    /// Network appearance.
    pub network_appearance: Option<NetworkAppearance>,
    /// Return option in bit 8, protocol class below; see the accessors.
    pub class_octet: Option<u8>,
    /// How many more translations it may pass.
    pub hops: Option<u8>,
    /// How much it matters.
    pub importance: Option<u8>,
    /// Message priority.
    pub priority: Option<u8>,
    /// Correlation id.
    pub correlation_id: Option<CorrelationId>,
    /// Equal values stay in order.
    pub sequence_control: Option<u32>,
    /// Which part of a larger message this is.
    pub segmentation: Option<Segmentation>,
    /// Why it came back.
    pub cause: Option<Cause>,
    /// Destination address.
    pub called: Address<'a>,
    /// Source address.
    pub calling: Address<'a>,
    /// What the subsystem is given; may be empty in a CLDR.
    pub data: &'a [u8],
    /// Where that begins, in octets from the start of the message; 0 where there is none.
    pub data_offset: u16,
    /// What was tolerated, in the addresses too.
    pub anomalies: Anomalies,
}

impl<'a> Message<'a> {
    /// What a CLDT or CLDR carries (RFC 3868 §3.3); none for any other message.
    ///
    /// # Errors
    /// `Missing` for a CLDT without data; `BadLength`, `Truncated` or `TooDeep`
    /// for a broken parameter before the data, or a broken address.
    pub fn unitdata(&self) -> Result<Option<Unitdata<'a>>, Error> {
        if !matches!(self.kind(), MessageKind::Cldt | MessageKind::Cldr) {
            return Ok(None);
        }
        let mut found = Found { anomalies: self.header.anomalies, ..Found::default() };
        for parameter in self.parameters() {
            match parameter {
                Ok(parameter) => found.take(parameter),
                Err(error) if found.data.is_none() => return Err(error),
                Err(_) => found.anomalies.note(Anomaly::AdaptationLength),
            }
        }
        if found.data.is_none() && self.kind() == MessageKind::Cldt {
            return Err(error(HEADER_OCTETS, Reason::Missing));
        }
        found.unitdata(self.kind()).map(Some)
    }
}

impl<'a> Unitdata<'a> {
    /// Protocol class, 0 or 1 if well-behaved.
    pub fn class(&self) -> Option<u8> {
        self.class_octet.map(|octet| octet & 0x7f)
    }

    /// Whether the sender wants it back if it cannot be delivered.
    pub fn is_returned_on_error(&self) -> bool {
        self.class_octet.is_some_and(|octet| octet & 0x80 != 0)
    }

    /// As SCCP would have it: XUDT where there is what only that has, UDT elsewhere, or their returns.
    pub fn as_connectionless(&self) -> Connectionless<'a> {
        let is_extended = self.hops.is_some() || self.segmentation.is_some() || self.importance.is_some();
        let (message_type, class_or_cause) = match (self.kind == MessageKind::Cldr, is_extended) {
            (false, false) => (MessageType::Udt, self.class_octet),
            (false, true) => (MessageType::Xudt, self.class_octet),
            (true, false) => (MessageType::Udts, self.cause.map(|cause| cause.value)),
            (true, true) => (MessageType::Xudts, self.cause.map(|cause| cause.value)),
        };
        Connectionless {
            message_type,
            // Return option and class have the same bits in both.
            class_or_cause: class_or_cause.unwrap_or(0),
            hops: self.hops,
            called: self.called,
            calling: self.calling,
            data: self.data,
            data_offset: self.data_offset,
            segmentation: self.segmentation,
            optional: &[],
            anomalies: self.anomalies,
        }
    }
}

/// The parameters, each the first of its tag, as they came.
#[derive(Default)]
struct Found<'a> {
    words: [Option<u32>; WORDS.len()],
    called: Option<Parameter<'a>>,
    calling: Option<Parameter<'a>>,
    data: Option<Parameter<'a>>,
    anomalies: Anomalies,
}

impl<'a> Found<'a> {
    fn take(&mut self, parameter: Parameter<'a>) {
        let tag = Tag::from_number(parameter.tag);
        let place = match tag {
            Tag::DestinationAddress => &mut self.called,
            Tag::SourceAddress => &mut self.calling,
            Tag::Data => &mut self.data,
            _ => return self.take_word(tag, &parameter),
        };
        self.anomalies.note_if(place.is_some(), Anomaly::ElementOrder);
        place.get_or_insert(parameter);
    }

    fn take_word(&mut self, tag: Tag, parameter: &Parameter<'a>) {
        let mut places = WORDS.iter().zip(&mut self.words);
        let Some(((_, reserved), place)) = places.find(|((of, _), _)| *of == tag) else {
            return self.anomalies.note(Anomaly::AdaptationValue);
        };
        self.anomalies.note_if(place.is_some(), Anomaly::ElementOrder);
        let word = parameter.word(&mut self.anomalies);
        self.anomalies.note_if(word.is_some_and(|word| word & reserved != 0), Anomaly::AdaptationValue);
        *place = place.or(word);
    }

    fn word(&self, tag: Tag) -> Option<u32> {
        WORDS.iter().zip(self.words).find_map(|((of, _), word)| word.filter(|_| *of == tag))
    }

    fn octet(&self, tag: Tag) -> Option<u8> {
        self.word(tag).map(|word| word.to_be_bytes()[3])
    }

    fn unitdata(self, kind: MessageKind) -> Result<Unitdata<'a>, Error> {
        let mut anomalies = self.anomalies;
        let called = address(self.called, &mut anomalies)?;
        let calling = address(self.calling, &mut anomalies)?;
        let class_octet = self.octet(Tag::ProtocolClass);
        let is_class_1 = class_octet.is_some_and(|octet| octet & 0x7f == 1);
        Ok(Unitdata {
            kind,
            routing_context: self.word(Tag::RoutingContext).map(RoutingContext),
            network_appearance: self.word(Tag::NetworkAppearance).map(NetworkAppearance),
            class_octet,
            hops: self.octet(Tag::HopCounter),
            importance: self.octet(Tag::Importance),
            priority: self.octet(Tag::MessagePriority),
            correlation_id: self.word(Tag::CorrelationId).map(CorrelationId),
            sequence_control: self.word(Tag::SequenceControl),
            segmentation: self.word(Tag::Segmentation).map(|word| segmentation(word, is_class_1)),
            cause: self.word(Tag::SccpCause).map(cause),
            called,
            calling,
            data: self.data.map_or(&[], |data| data.value),
            data_offset: self.data.map_or(0, |data| data.offset.saturating_add(PARAMETER_HEADER_OCTETS)),
            anomalies,
        })
    }
}

/// An address and its deviations; a missing one has no parts.
fn address<'a>(parameter: Option<Parameter<'a>>, anomalies: &mut Anomalies) -> Result<Address<'a>, Error> {
    let Some(parameter) = parameter else {
        anomalies.note(Anomaly::SccpAddress);
        return Ok(Address::EMPTY);
    };
    let at = usize::from(parameter.offset) + usize::from(PARAMETER_HEADER_OCTETS);
    let address =
        Address::sua(parameter.value).map_err(|refusal| error(at + usize::from(refusal.at), refusal.reason))?;
    anomalies.add(address.anomalies());
    Ok(address)
}

/// RFC 3868 §3.10.23.
const fn segmentation(word: u32, in_sequence: bool) -> Segmentation {
    let [flags, r0, r1, r2] = word.to_be_bytes();
    let reference = LocalReference(u32::from_be_bytes([0, r0, r1, r2]));
    Segmentation { first: flags & 0x80 != 0, in_sequence, remaining: flags & 0x7f, reference }
}

/// RFC 3868 §3.10.6.
const fn cause(word: u32) -> Cause {
    let [_, _, kind, value] = word.to_be_bytes();
    Cause { kind: CauseType::from_number(kind), value }
}

/// The parameters of one number, and the bits of it that are reserved.
const WORDS: [(Tag, u32); 10] = [
    (Tag::RoutingContext, 0),
    (Tag::NetworkAppearance, 0),
    (Tag::ProtocolClass, 0xffff_ff00),
    (Tag::HopCounter, 0xffff_ff00),
    (Tag::Importance, 0xffff_ff00),
    (Tag::MessagePriority, 0xffff_ff00),
    (Tag::CorrelationId, 0),
    (Tag::SequenceControl, 0),
    (Tag::Segmentation, 0),
    (Tag::SccpCause, 0xffff_0000),
];
/// Tag and length.
const PARAMETER_HEADER_OCTETS: u16 = 4;
