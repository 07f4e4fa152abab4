//! M3UA: MTP3 messages and their management over SCTP.
//!
//! RFC 4666 §3. Handles the common header, the walk over parameters of any message, and DATA in full. The
//! parameters of the other messages are named and left as octets.

mod data;
mod names;

pub use data::{CorrelationId, NetworkAppearance, ProtocolData, RoutingContext};
pub use names::{Class, MessageKind, Tag};

use crate::{Error, Layer, Reason};

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
    kind: u16,
    parameters: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads the header; octets after its length are ignored.
    ///
    /// # Errors
    /// `BadVersion`, `BadLength` for less than the header, `Truncated`.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(&[version, _, class, kind, l0, l1, l2, l3]) = octets.first_chunk::<HEADER_OCTETS>() else {
            return Err(error(0, Reason::Truncated));
        };
        if version != VERSION {
            return Err(error(0, Reason::BadVersion));
        }
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let Some(parameters) = octets.get(HEADER_OCTETS..length) else {
            let reason = if length < HEADER_OCTETS { Reason::BadLength } else { Reason::Truncated };
            return Err(error(4, reason));
        };
        Ok(Self { kind: u16::from_be_bytes([class, kind]), parameters })
    }

    /// What it is.
    #[inline]
    pub const fn kind(&self) -> MessageKind {
        MessageKind::from_number(self.kind)
    }

    /// Its parameters, in order. A broken one ends the walk.
    #[inline]
    pub const fn parameters(&self) -> Parameters<'a> {
        Parameters { rest: self.parameters, at: HEADER_OCTETS, left: PARAMETERS_MAX }
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
pub struct Parameters<'a> {
    rest: &'a [u8],
    at: usize,
    left: u8,
}

impl<'a> Parameters<'a> {
    #[inline]
    fn step(&mut self) -> Result<Parameter<'a>, Error> {
        let at = self.at;
        if self.left == 0 {
            return Err(error(at, Reason::TooDeep));
        }
        let Some(&[t0, t1, l0, l1]) = self.rest.first_chunk() else {
            return Err(error(at, Reason::Truncated));
        };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let Some(value) = self.rest.get(4..length) else {
            let reason = if length < 4 { Reason::BadLength } else { Reason::Truncated };
            return Err(error(at + 2, reason));
        };
        // RFC 4666 §3.2: the padding of the last parameter may be outside the message.
        let padded = length.next_multiple_of(4);
        self.rest = self.rest.get(padded..).unwrap_or_default();
        self.at = at + padded;
        self.left -= 1;
        let offset = u16::try_from(at).unwrap_or(u16::MAX);
        Ok(Parameter { tag: u16::from_be_bytes([t0, t1]), offset, value })
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let parameter = self.step();
        if parameter.is_err() {
            self.rest = &[];
        }
        Some(parameter)
    }
}

const fn error(at: usize, reason: Reason) -> Error {
    Error::new(Layer::M3ua, at, reason)
}

/// How many parameters a message may have; the largest the RFC draws has seven.
pub const PARAMETERS_MAX: u8 = 64;
const HEADER_OCTETS: usize = 8;
const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
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
            (11, 9, error(10, Reason::BadLength)),
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

    proptest! {
        #[test]
        fn any_octets_do_not_panic(mut octets in proptest::collection::vec(prop_oneof![Just(0u8), Just(2), 4u8..20, any::<u8>()], 0..100)) {
            let length = octets.len() as u8;
            if let Some(head) = octets.first_chunk_mut::<8>() {
                *head = [1, 0, 1, 1, 0, 0, 0, length];
            }
            if let Ok(message) = Message::parse(&octets) {
                let _ = message.protocol_data();
                prop_assert!(message.parameters().filter(Result::is_err).count() <= 1);
            }
        }
    }
}
