//! M2UA: MTP2 backhauled from a signalling gateway, over SCTP.
//!
//! RFC 3331 §3. Handles the common header, interface identifiers, and DATA in full; the other messages and parameters
//! are named. Of parameters that come twice the first counts. Does not handle the link states and retrievals that the
//! other messages tell.

mod names;

pub use names::{MessageKind, Tag};

use crate::adaptation::{HEADER_OCTETS, Header, Parameter, Parameters};
use crate::m3ua::CorrelationId;
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// The link a message is about (RFC 3331 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface<'a> {
    /// By number.
    Integer(u32),
    /// By name.
    Text(&'a [u8]),
}

/// A message whose parameters were read.
///
/// ```text
///  0    1    2    3    4                   8         10                  16        18        20
/// +----+----+----+----+-------------------+---------+---------+---------+---------+---------+----+----------
/// | 1  | 0  | 6  | 1  | length            | 0x0001  | 8       | link    | 0x0300  | length  |SIO | label ...
/// +----+----+----+----+-------------------+---------+---------+---------+---------+---------+----+----------
/// ```
/// In protocol data 2 (0x0301) a length indicator stands before the SIO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    kind: MessageKind,
    /// The link; some gateways with only one leave it out.
    pub interface: Option<Interface<'a>>,
    /// Correlation id.
    pub correlation_id: Option<CorrelationId>,
    msu: Option<Msu<'a>>,
    anomalies: Anomalies,
}

/// A message signal unit in its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Msu<'a> {
    octets: &'a [u8],
    offset: u16,
}

impl<'a> Message<'a> {
    /// Reads a message; octets after its length are ignored.
    ///
    /// # Errors
    /// `BadVersion`, `BadLength` for less than the header, `Truncated`; for DATA `Missing` without protocol data, or
    /// what breaks a parameter before it.
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let header = Header::parse(Layer::M2ua, octets)?;
        let kind = MessageKind::from_number(header.kind);
        let anomalies = header.anomalies;
        let mut message = Self { kind, interface: None, correlation_id: None, msu: None, anomalies };
        message.anomalies.note_if(!MessageKind::ALL.contains(&kind), Anomaly::AdaptationValue);
        for parameter in Parameters::new(Layer::M2ua, header.parameters, HEADER_OCTETS) {
            match parameter {
                Ok(parameter) => message.take(&parameter),
                Err(error) if kind == MessageKind::Data && message.msu.is_none() => return Err(error),
                Err(_) => message.anomalies.note(Anomaly::AdaptationLength),
            }
        }
        if kind == MessageKind::Data && message.msu.is_none() {
            return Err(Error::new(Layer::M2ua, HEADER_OCTETS, Reason::Missing));
        }
        Ok(message)
    }

    fn take(&mut self, parameter: &Parameter<'a>) {
        let is_data = self.kind == MessageKind::Data;
        let was_there = match Tag::from_number(parameter.tag) {
            Tag::InterfaceInteger => {
                let interface = parameter.word(&mut self.anomalies).map(Interface::Integer);
                put_first(&mut self.interface, interface)
            }
            Tag::InterfaceText => put_first(&mut self.interface, Some(Interface::Text(parameter.value))),
            Tag::CorrelationId => {
                let correlation_id = parameter.word(&mut self.anomalies).map(CorrelationId);
                put_first(&mut self.correlation_id, correlation_id)
            }
            Tag::ProtocolData1 if is_data => put_first(&mut self.msu, Some(Msu::of(parameter, 0))),
            Tag::ProtocolData2 if is_data => put_first(&mut self.msu, Some(Msu::of(parameter, 1))),
            tag => {
                let is_odd = is_data || !Tag::ALL.contains(&tag);
                return self.anomalies.note_if(is_odd, Anomaly::AdaptationValue);
            }
        };
        // ASP ACTIVE and its like list all their interfaces; DATA has one of each.
        self.anomalies.note_if(was_there && is_data, Anomaly::ElementOrder);
    }

    /// What it is.
    #[inline]
    pub const fn kind(&self) -> MessageKind {
        self.kind
    }

    /// What was tolerated.
    #[inline]
    pub const fn anomalies(&self) -> Anomalies {
        self.anomalies
    }

    /// The MTP3 message of DATA from its service information octet on; none in other messages.
    #[inline]
    pub fn msu(&self) -> Option<&'a [u8]> {
        self.msu.map(|msu| msu.octets)
    }

    /// Where that begins, in octets from the start of the message; 0 where there is none.
    #[inline]
    pub fn msu_offset(&self) -> u16 {
        self.msu.map_or(0, |msu| msu.offset)
    }
}

impl<'a> Msu<'a> {
    /// What follows `skip_octets` of a parameter.
    fn of(parameter: &Parameter<'a>, skip_octets: u16) -> Self {
        let octets = parameter.value.get(usize::from(skip_octets)..).unwrap_or_default();
        Self { octets, offset: parameter.offset.saturating_add(PARAMETER_HEADER_OCTETS + skip_octets) }
    }
}

/// Puts a value where none is yet, and says whether there was one.
fn put_first<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let was_there = place.is_some();
    if !was_there {
        *place = value;
    }
    was_there
}

/// Tag and length.
const PARAMETER_HEADER_OCTETS: u16 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mtp3;
    use crate::samples::octets;
    use proptest::prelude::*;

    /// DATA of link 7: SCCP from 4001 to 6001 in a national network, two octets of payload.
    const DATA: &str = "0100060100000024 0001000800000007 0300000b 83 7157e863 0980 00 0013000800000009";

    #[test]
    fn gives_the_mtp3_message_of_data() {
        let whole = octets(DATA);
        let message = Message::parse(&whole).expect("well-formed");
        assert_eq!((message.kind(), message.interface), (MessageKind::Data, Some(Interface::Integer(7))));
        assert_eq!((message.correlation_id, message.anomalies()), (Some(CorrelationId(9)), Anomalies::NONE));
        assert_eq!((message.msu(), message.msu_offset()), (Some(&whole[20..27]), 20));
        let msu = mtp3::Message::parse(&whole[20..27]).expect("well-formed");
        assert_eq!((msu.label.opc, msu.label.dpc), (mtp3::PointCode(4001), mtp3::PointCode(6001)));
    }

    #[test]
    fn skips_the_length_indicator_of_protocol_data_2_and_reads_links_by_name() {
        let whole = octets("010006010000001c 000300066c31 0000 0301000c 3f 83 7157e863 0980");
        let message = Message::parse(&whole).expect("well-formed");
        assert_eq!((message.msu(), message.msu_offset()), (Some(&whole[21..28]), 21));
        assert_eq!(message.interface, Some(Interface::Text(b"l1")));
        assert_eq!(message.anomalies(), Anomalies::NONE);
    }

    #[test]
    fn reads_data_without_a_link_as_a_gateway_with_only_one_sends_it() {
        let whole = octets("0100060100000010 03000007 83 7157 00");
        let message = Message::parse(&whole).expect("well-formed");
        assert_eq!((message.interface, message.msu()), (None, Some(&whole[12..15])));
    }

    #[test]
    fn names_the_other_messages_and_reads_their_links() {
        let whole = octets("0100040100000018 0001000800000007 0001000800000008");
        let message = Message::parse(&whole).expect("well-formed");
        assert_eq!((message.kind(), message.kind().name()), (MessageKind::AspActive, "ASPAC"));
        assert_eq!((message.interface, message.msu()), (Some(Interface::Integer(7)), None));
        assert_eq!((message.msu_offset(), message.anomalies()), (0, Anomalies::NONE));
    }

    #[test]
    fn notes_what_it_tolerated() {
        use Anomaly::{AdaptationLength, AdaptationValue, ElementOrder};
        for (text, expected) in [
            ("0107060100000010 03000007 83715700", AdaptationValue),
            ("0100060100000018 0004000861616161 03000007 83715700", AdaptationValue),
            ("0100060100000018 03000007 83715700 03000007 83715800", ElementOrder),
            ("0100060100000018 03000007 83715700 00010003 00000000", AdaptationLength),
            ("010006010000000f 03000007 83715700", AdaptationLength),
            ("0100061100000008", AdaptationValue),
            ("010006020000000c 44440004", AdaptationValue),
        ] {
            let whole = octets(text);
            let message = Message::parse(&whole).expect("tolerated");
            assert_eq!(message.anomalies().iter().collect::<Vec<_>>(), [expected], "{text}");
            assert!(message.msu().is_none_or(|msu| msu == [0x83, 0x71, 0x57]));
        }
    }

    #[test]
    fn refuses_data_without_any_and_every_truncation_of_it() {
        let empty = octets("0100060100000010 0001000800000007");
        assert_eq!(Message::parse(&empty), Err(Error::new(Layer::M2ua, 8, Reason::Missing)));
        let whole = octets(DATA);
        for length in 0..whole.len() {
            match Message::parse(&whole[..length]) {
                // Up to three octets may be padding that was not sent; here they were the correlation id's.
                Ok(message) => assert!(length > 32 && message.correlation_id.is_none()),
                Err(error) => assert!(length <= 32 && error.reason == Reason::Truncated),
            }
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(mut octets in proptest::collection::vec(prop_oneof![Just(0u8), Just(3), 0u8..20, any::<u8>()], 8..80)) {
            let length = octets.len() as u8;
            octets[..8].copy_from_slice(&[1, 0, 6, 1, 0, 0, 0, length]);
            if let Ok(message) = Message::parse(&octets) {
                let at = usize::from(message.msu_offset());
                prop_assert!(octets.get(at..).is_none_or(|from| from.starts_with(message.msu().expect("DATA has one"))));
            }
        }
    }
}
