//! SUA: messages of SCCP's users over SCTP, without SCCP.
//!
//! RFC 3868 §3. Handles the common header, names for every message and parameter, and the connectionless messages in
//! full. Connection-oriented and management messages are named and left as octets.

mod names;
mod unitdata;
#[cfg(test)]
mod unitdata_tests;

pub use names::{MessageKind, Tag};
pub use unitdata::{Cause, CauseType, Unitdata};

use crate::adaptation::{HEADER_OCTETS, Header, Parameters};
use crate::{Anomalies, Error, Layer, Reason};

/// A message whose header was checked.
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
        Ok(Self { header: Header::parse(Layer::Sua, octets)? })
    }

    /// What it is.
    #[inline]
    pub const fn kind(&self) -> MessageKind {
        MessageKind::from_number(self.header.kind)
    }

    /// Whether it belongs to a connection.
    #[inline]
    pub const fn is_connection_oriented(&self) -> bool {
        self.header.kind >> 8 == CONNECTION_ORIENTED
    }

    /// What was tolerated: of the header, messages and parameters without a name, a broken parameter. Those of CLDT and
    /// CLDR are told by [`Unitdata::anomalies`].
    pub fn anomalies(&self) -> Anomalies {
        let is_named = MessageKind::ALL.contains(&self.kind());
        self.header.anomalies_of_all(Layer::Sua, is_named, |tag| Tag::ALL.contains(&Tag::from_number(tag)))
    }

    const fn parameters(&self) -> Parameters<'a> {
        Parameters::new(Layer::Sua, self.header.parameters, HEADER_OCTETS)
    }
}

const fn error(at: usize, reason: Reason) -> Error {
    Error::new(Layer::Sua, at, reason)
}

/// The class of connection-oriented messages (RFC 3868 §3.1.2).
const CONNECTION_ORIENTED: u16 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Anomaly;
    use crate::samples::octets;

    #[test]
    fn names_management_and_connection_oriented_messages_and_reads_none_of_them() {
        for (text, expected) in [
            ("0100030100000010 0011000800000001", MessageKind::AspUp),
            ("0100080800000010 0105000800000001", MessageKind::DataTransfer),
            ("0100000100000010 000d000800010003", MessageKind::Notify),
        ] {
            let whole = octets(text);
            let message = Message::parse(&whole).expect("well-formed");
            assert_eq!((message.kind(), message.anomalies()), (expected, Anomalies::NONE));
            assert_eq!((message.unitdata(), message.is_connection_oriented()), (Ok(None), text.starts_with("010008")));
        }
    }

    #[test]
    fn notes_what_it_does_not_know() {
        for (text, expected) in [
            ("0100080c00000008", Anomaly::AdaptationValue),
            ("0100030300000010 4444000800000000", Anomaly::AdaptationValue),
            ("0100030300000010 0009000900000000", Anomaly::AdaptationLength),
            ("0100030300000008 00000000", Anomaly::AdaptationLength),
        ] {
            let whole = octets(text);
            let noted: Vec<_> = Message::parse(&whole).expect("readable").anomalies().iter().collect();
            assert_eq!(noted, [expected], "{text}");
        }
    }

    #[test]
    fn refuses_every_truncation_of_the_header() {
        let whole = octets("0100030600000008");
        for length in 0..whole.len() {
            assert_eq!(Message::parse(&whole[..length]), Err(error(0, Reason::Truncated)));
        }
    }
}
