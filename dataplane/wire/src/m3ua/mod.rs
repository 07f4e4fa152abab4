//! M3UA: MTP3 messages and their management over SCTP.
//!
//! RFC 4666 §3. Handles the common header, the walk over parameters of any message, DATA in full, and what error and
//! notify messages say. The parameters of the other messages are named and left as octets.

mod data;
#[cfg(test)]
mod data_tests;
mod names;

pub use data::{CorrelationId, NetworkAppearance, ProtocolData, RoutingContext};
pub use names::{Class, ErrorCode, MessageKind, Status, Tag};

use crate::adaptation::{self, HEADER_OCTETS, Header, VERSION};
use crate::{Anomalies, Error, Layer, Reason};

/// A message whose header was checked; its parameters are checked as they are walked.
///
/// ```text
///  0    1    2    3    4                   8         10        12                 + 4 n
/// +----+----+----+----+-------------------+---------+---------+-------+---------+---------
/// | 1  | 0  |clas|type| length            | tag     | length  | value | padding | ...
/// +----+----+----+----+-------------------+---------+---------+-------+---------+---------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    header: Header<'a>,
}

impl<'a> Message<'a> {
    /// Reads the header; octets after its length are ignored.
    ///
    /// # Errors
    /// `BadVersion`, `BadLength` for less than the header, `Truncated`.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        Ok(Self { header: Header::parse(Layer::M3ua, octets)? })
    }

    /// What it is.
    #[inline]
    pub const fn kind(&self) -> MessageKind {
        MessageKind::from_number(self.header.kind)
    }

    /// Its parameters, in order. A broken one ends the walk.
    #[inline]
    pub const fn parameters(&self) -> Parameters<'a> {
        Parameters(adaptation::Parameters::new(Layer::M3ua, self.header.parameters, HEADER_OCTETS))
    }

    /// What an error message says was wrong (RFC 4666 §3.8.1).
    pub fn error_code(&self) -> Option<ErrorCode> {
        self.word_of(Tag::ErrorCode).map(ErrorCode::from_number)
    }

    /// What a notify message says has changed (RFC 4666 §3.8.2).
    pub fn status(&self) -> Option<Status> {
        self.word_of(Tag::Status).map(Status::from_number)
    }

    fn word_of(&self, tag: Tag) -> Option<u32> {
        self.parameters().flatten().find(|parameter| parameter.tag() == tag)?.word().ok()
    }

    /// What was tolerated: of the header, messages and parameters without a name, a broken parameter; in DATA also
    /// what [`ProtocolData::anomalies`] tells.
    pub fn anomalies(&self) -> Anomalies {
        if let (MessageKind::Data, Ok(data)) = (self.kind(), self.protocol_data()) {
            return data.anomalies;
        }
        let is_named = MessageKind::ALL.contains(&self.kind());
        self.header.anomalies_of_all(Layer::M3ua, is_named, |tag| Tag::from_number(tag).is_named())
    }
}

/// A parameter whose length was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    tag: u16,
    /// Where it begins, in octets from the start of the message; 65,535 for anything beyond.
    pub offset: u16,
    /// What follows the length, without padding.
    pub value: &'a [u8],
}

impl<'a> Parameter<'a> {
    /// What it is.
    #[inline]
    pub const fn tag(&self) -> Tag {
        Tag::from_number(self.tag)
    }

    /// Its value as one 32-bit number.
    ///
    /// # Errors
    /// `BadLength` unless it is four octets long.
    #[inline]
    pub fn word(&self) -> Result<u32, Error> {
        match *self.value {
            [w0, w1, w2, w3] => Ok(u32::from_be_bytes([w0, w1, w2, w3])),
            _ => Err(error(usize::from(self.offset) + 2, Reason::BadLength)),
        }
    }
}

/// The walk over the parameters of a message. Ends after the first error.
#[derive(Clone, Debug)]
pub struct Parameters<'a>(adaptation::Parameters<'a>);

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let found = self.0.next()?;
        Some(found.map(|found| Parameter { tag: found.tag, offset: found.offset, value: found.value }))
    }
}

const fn error(at: usize, reason: Reason) -> Error {
    Error::new(Layer::M3ua, at, reason)
}

/// How many parameters a message may have; the largest the RFC draws has seven.
pub const PARAMETERS_MAX: u8 = adaptation::PARAMETERS_MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Anomaly;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    #[test]
    fn reads_a_management_message_from_a_capture() {
        let frame = octets(samples::IPV6_VLAN_FRAME);
        let message = Message::parse(&frame[86..]).expect("well-formed");
        assert_eq!(message.kind(), MessageKind::AspUp);
        let parameters: Vec<_> = message.parameters().map(|p| p.map(|p| (p.tag(), p.offset, p.word()))).collect();
        assert_eq!(parameters, [Ok((Tag::AspIdentifier, 8, Ok(1)))]);
        assert_eq!(message.protocol_data(), Err(error(8, Reason::Missing)));
    }

    #[test]
    fn refuses_other_versions_and_lengths() {
        for (at, value, expected) in [
            (0, 2, error(0, Reason::BadVersion)),
            (7, 7, error(4, Reason::BadLength)),
            (11, 3, error(10, Reason::BadLength)),
            (27, 15, error(26, Reason::BadLength)),
        ] {
            let mut changed = octets(samples::M3UA_DATA);
            changed[at] = value;
            let data = Message::parse(&changed).and_then(|message| message.protocol_data());
            assert_eq!(data, Err(expected), "octet {at}");
        }
    }

    #[test]
    fn refuses_more_parameters_than_the_limit() {
        let count = usize::from(PARAMETERS_MAX) + 1;
        let mut whole = vec![1, 0, 1, 1, 0, 0];
        whole.extend(u16::try_from(8 + 4 * count).expect("short").to_be_bytes());
        whole.extend([0, 4, 0, 4].repeat(count));
        let data = Message::parse(&whole).and_then(|message| message.protocol_data());
        assert_eq!(data.map_err(|error| error.reason), Err(Reason::TooDeep));
    }

    #[test]
    fn says_what_errors_and_notifications_are_about() {
        let error = octets("0100000000000010 000c000800000019");
        let message = Message::parse(&error).expect("well-formed");
        assert_eq!(message.error_code(), Some(ErrorCode::InvalidRoutingContext));
        assert_eq!((message.status(), message.anomalies()), (None, Anomalies::NONE));
        let notify = octets("0100000100000018 000d000800010003 0006000800000005");
        let message = Message::parse(&notify).expect("well-formed");
        assert_eq!((message.status(), message.error_code()), (Some(Status::AsActive), None));
    }

    #[test]
    fn notes_messages_parameters_and_lengths_it_does_not_know() {
        for (text, expected) in [
            ("0100030600000008", None),
            ("0100030700000008", Some(Anomaly::AdaptationValue)),
            ("0100030300000010 4444000800000000", Some(Anomaly::AdaptationValue)),
            ("0100030300000010 0009000900000000", Some(Anomaly::AdaptationLength)),
            ("0100030300000008 00000000", Some(Anomaly::AdaptationLength)),
        ] {
            let whole = octets(text);
            let noted: Vec<_> = Message::parse(&whole).expect("readable").anomalies().iter().collect();
            assert_eq!(noted, Vec::from_iter(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(mut octets in proptest::collection::vec(prop_oneof![Just(0u8), Just(2), 4u8..20, any::<u8>()], 0..100)) {
            let length = octets.len() as u8;
            if let Some(head) = octets.first_chunk_mut::<8>() {
                *head = [1, 0, 1, 1, 0, 0, 0, length];
            }
            if let Ok(message) = Message::parse(&octets) {
                let _ = (message.protocol_data(), message.anomalies(), message.status());
                prop_assert!(message.parameters().filter(Result::is_err).count() <= 1);
            }
        }
    }
}
