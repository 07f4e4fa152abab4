//! DATA, the message that carries MTP3 messages.
//!
//! RFC 4666 §3.3.1. Handles its parameters in any order; all but protocol data may be missing.

use super::{HEADER_OCTETS, Message, MessageKind, Parameter, Tag, VERSION, error};
use crate::mtp3::{Label, NetworkIndicator, PointCode, ServiceIndicator, Sls};
use crate::octets::Sink;
use crate::{Error, Layer, Reason};

/// Routing context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoutingContext(pub u32);

/// Network appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkAppearance(pub u32);

/// Correlation id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CorrelationId(pub u32);

/// What a DATA message carries.
///
/// ```text
///  0         2         4                   8                   12   13   14   15   16
/// +---------+---------+-------------------+-------------------+----+----+----+----+----------
/// | 0x0210  | length  | OPC               | DPC               | SI | NI | MP |SLS | user data ...
/// +---------+---------+-------------------+-------------------+----+----+----+----+----------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolData<'a> {
    /// The routing label.
    pub label: Label,
    /// Network appearance.
    pub na: Option<NetworkAppearance>,
    /// Routing context.
    pub rc: Option<RoutingContext>,
    /// Correlation id.
    pub correlation_id: Option<CorrelationId>,
    /// What the user part is given.
    pub user_data: &'a [u8],
    /// Where that begins, in octets from the start of the message.
    pub user_data_offset: u16,
}

impl<'a> Message<'a> {
    /// What a DATA message carries (RFC 4666 §3.3.1).
    ///
    /// # Errors
    /// `Missing` without protocol data; `UnexpectedTag` for a second one, which receivers read differently;
    /// `BadLength`, `Truncated` or `TooDeep` for a broken parameter.
    // By force: this is the way of every message, and what nobody asks for then costs nothing.
    #[inline(always)]
    pub fn protocol_data(&self) -> Result<ProtocolData<'a>, Error> {
        let mut found = None;
        let (mut na, mut rc, mut correlation_id) = (None, None, None);
        for parameter in self.parameters() {
            let parameter = parameter?;
            match parameter.tag() {
                Tag::ProtocolData if found.is_some() => {
                    return Err(error(usize::from(parameter.offset), Reason::UnexpectedTag));
                }
                Tag::ProtocolData => found = Some(parameter),
                Tag::RoutingContext => rc = Some(RoutingContext(parameter.word()?)),
                Tag::NetworkAppearance => na = Some(NetworkAppearance(parameter.word()?)),
                Tag::CorrelationId => correlation_id = Some(CorrelationId(parameter.word()?)),
                _ => {}
            }
        }
        let parameter = found.ok_or(error(HEADER_OCTETS, Reason::Missing))?;
        let (label, user_data) = parameter.label()?;
        let user_data_offset = parameter.offset.saturating_add(USER_DATA_OFFSET);
        Ok(ProtocolData { label, na, rc, correlation_id, user_data, user_data_offset })
    }
}

impl<'a> ProtocolData<'a> {
    /// A DATA message as practically every stack sends it: network appearance, routing context, protocol data, the
    /// first two only perhaps, and nothing after. None for anything else, which [`Message`] can still read.
    #[inline(always)]
    pub fn ordinary(octets: &'a [u8]) -> Option<Self> {
        let (header, mut rest) = octets.split_first_chunk::<HEADER_OCTETS>()?;
        let [VERSION, _, CLASS, KIND, l0, l1, l2, l3] = *header else { return None };
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let na = take_word(Tag::NetworkAppearance, &mut rest).map(NetworkAppearance);
        let rc = take_word(Tag::RoutingContext, &mut rest).map(RoutingContext);
        let at = octets.len() - rest.len();
        let (parameter, user_data) = rest.split_first_chunk::<{ USER_DATA_OFFSET as usize }>()?;
        let ([t0, t1, d0, d1], label) = parameter.split_first_chunk()?;
        let octets_of_data = usize::from(u16::from_be_bytes([*d0, *d1]));
        // RFC 4666 §3.2: the padding of the last parameter may be outside the message.
        let is_last =
            length <= octets.len() && (at + octets_of_data..=at + octets_of_data.next_multiple_of(4)).contains(&length);
        if u16::from_be_bytes([*t0, *t1]) != Tag::ProtocolData.number() || !is_last {
            return None;
        }
        let user_data = user_data.get(..octets_of_data.checked_sub(USER_DATA_OFFSET.into())?)?;
        let user_data_offset = at as u16 + USER_DATA_OFFSET;
        let label = label_of(label.first_chunk()?);
        Some(Self { label, na, rc, correlation_id: None, user_data, user_data_offset })
    }
}

impl<'a> Parameter<'a> {
    /// The label in front of protocol data, and what follows it.
    #[inline]
    fn label(&self) -> Result<(Label, &'a [u8]), Error> {
        let Some((label, user_data)) = self.value.split_first_chunk::<LABEL_OCTETS>() else {
            return Err(error(usize::from(self.offset) + 2, Reason::BadLength));
        };
        Ok((label_of(label), user_data))
    }
}

#[inline(always)]
fn label_of(octets: &[u8; LABEL_OCTETS]) -> Label {
    let [o0, o1, o2, o3, d0, d1, d2, d3, si, ni, mp, sls] = *octets;
    Label {
        opc: PointCode(u32::from_be_bytes([o0, o1, o2, o3])),
        dpc: PointCode(u32::from_be_bytes([d0, d1, d2, d3])),
        si: ServiceIndicator::from_number(si),
        ni: NetworkIndicator(ni),
        mp: Some(mp),
        sls: Sls(sls),
    }
}

/// The value of a parameter of four octets, if it is next.
#[inline(always)]
fn take_word(tag: Tag, rest: &mut &[u8]) -> Option<u32> {
    let (&[t0, t1, 0, 8, w0, w1, w2, w3], after) = rest.split_first_chunk()? else { return None };
    if u16::from_be_bytes([t0, t1]) != tag.number() {
        return None;
    }
    *rest = after;
    Some(u32::from_be_bytes([w0, w1, w2, w3]))
}

impl ProtocolData<'_> {
    /// Writes a DATA message to the start of `out` and returns how many octets that took.
    ///
    /// # Errors
    /// `Truncated` where `out` is too small, `BadLength` where the user data is beyond 65,519 octets.
    pub fn emit(&self, out: &mut [u8]) -> Result<usize, Error> {
        let data_octets =
            u16::try_from(self.user_data.len()).ok().and_then(|octets| octets.checked_add(USER_DATA_OFFSET));
        let data_octets = data_octets.ok_or(error(HEADER_OCTETS, Reason::BadLength))?;
        let words = [(Tag::NetworkAppearance, self.na.map(|na| na.0)), (Tag::RoutingContext, self.rc.map(|rc| rc.0))];
        let mut sink = Sink::new(Layer::M3ua, out);
        sink.put(&[VERSION, 0])?;
        sink.put(&MessageKind::Data.number().to_be_bytes())?;
        sink.put(&self.message_octets(data_octets).to_be_bytes())?;
        for (tag, value) in words {
            put_word(&mut sink, tag, value)?;
        }
        sink.put(&Tag::ProtocolData.number().to_be_bytes())?;
        sink.put(&data_octets.to_be_bytes())?;
        sink.put(&self.label.opc.0.to_be_bytes())?;
        sink.put(&self.label.dpc.0.to_be_bytes())?;
        sink.put(&[self.label.si.number(), self.label.ni.0, self.label.mp.unwrap_or(0), self.label.sls.0])?;
        sink.put(self.user_data)?;
        sink.pad_to_4()?;
        put_word(&mut sink, Tag::CorrelationId, self.correlation_id.map(|id| id.0))?;
        Ok(sink.len_octets())
    }

    /// The length of the message, all padding counted.
    fn message_octets(&self, data_octets: u16) -> u32 {
        let words = [self.na.is_some(), self.rc.is_some(), self.correlation_id.is_some()];
        let present = words.iter().map(|present| u32::from(*present)).sum::<u32>();
        HEADER_OCTETS as u32 + u32::from(data_octets).next_multiple_of(4) + 8 * present
    }
}

fn put_word(sink: &mut Sink<'_>, tag: Tag, value: Option<u32>) -> Result<(), Error> {
    let Some(value) = value else { return Ok(()) };
    sink.put(&tag.number().to_be_bytes())?;
    sink.put(&8u16.to_be_bytes())?;
    sink.put(&value.to_be_bytes())
}

const CLASS: u8 = MessageKind::Data.number().to_be_bytes()[0];
const KIND: u8 = MessageKind::Data.number().to_be_bytes()[1];
/// OPC to SLS.
const LABEL_OCTETS: usize = 12;
/// Where user data begins in its parameter.
const USER_DATA_OFFSET: u16 = 16;

#[cfg(test)]
mod tests {
    use super::super::{Class, Message};
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    fn read(octets: &[u8]) -> Result<ProtocolData<'_>, Error> {
        Message::parse(octets)?.protocol_data()
    }

    #[test]
    fn reads_data_with_everything_around_it() {
        let whole = octets(samples::M3UA_DATA);
        let message = Message::parse(&whole).expect("well-formed");
        assert_eq!((message.kind(), message.kind().class()), (MessageKind::Data, Class::Transfer));
        let data = message.protocol_data().expect("well-formed");
        assert_eq!((data.label.opc, data.label.dpc), (PointCode(1), PointCode(2)));
        assert_eq!((data.label.si, data.label.ni), (ServiceIndicator::Sccp, NetworkIndicator(2)));
        assert_eq!((data.label.mp, data.label.sls), (Some(0), Sls(3)));
        assert_eq!((data.na, data.rc), (Some(NetworkAppearance(1)), Some(RoutingContext(5))));
        assert_eq!(data.correlation_id, Some(CorrelationId(9)));
        assert_eq!((data.user_data, data.user_data_offset), (&whole[40..48], 40));
    }

    #[test]
    fn reads_the_short_and_the_long_way_alike() {
        let label = "0000000100000002 03020003";
        let data = format!("02100018{label}0900000000000000");
        for whole in [
            format!("0100010100000020{data}"),
            format!("0100010100000028 0006000800000005{data}"),
            format!("0100010100000030 0200000800000001 0006000800000005{data}"),
            format!("0100010100000019 02100011{label}62 000000"),
            format!("010001010000001c 02100011{label}62 000000"),
        ] {
            let whole = octets(&whole);
            assert!(ProtocolData::ordinary(&whole).is_some());
            assert_eq!(ProtocolData::ordinary(&whole), read(&whole).ok());
        }
        assert_eq!(ProtocolData::ordinary(&octets(samples::M3UA_DATA)), None, "there is a correlation id");
    }

    #[test]
    fn lets_the_last_padding_be_outside_the_message() {
        let whole = octets("0100010100000019 0210001100000001000000020302000362 000000");
        let data = read(&whole).expect("well-formed");
        assert_eq!(data.user_data, [0x62]);
    }

    #[test]
    fn refuses_a_second_protocol_data() {
        let whole = octets("0100010100000028 02100010000000010000000203020003 02100010000000010000000203020003");
        let data = read(&whole);
        assert_eq!(data, Err(error(24, Reason::UnexpectedTag)));
    }

    #[test]
    fn refuses_every_truncation() {
        let whole = octets(samples::M3UA_DATA);
        for length in 0..whole.len() {
            assert_eq!(Message::parse(&whole[..length]).map_err(|error| error.reason), Err(Reason::Truncated));
            let Some(place) = whole.get(..length).filter(|cut| cut.len() >= 12) else { continue };
            let mut cut = place.to_vec();
            cut[7] = u8::try_from(length).expect("short");
            let data = read(&cut);
            // Cut after protocol data, between parameters, it is a shorter message.
            assert_eq!(data.is_ok(), length == 48, "{length}");
        }
    }

    #[test]
    fn refuses_protocol_data_without_its_whole_label() {
        let whole = octets("0100010100000018 0210000f000000010000000203020000");
        let data = read(&whole);
        assert_eq!(data, Err(error(10, Reason::BadLength)));
    }

    #[test]
    fn writes_the_octets_it_read() {
        let whole = octets(samples::M3UA_DATA);
        let data = read(&whole).expect("well-formed");
        let mut out = [0xff; 64];
        let written = data.emit(&mut out).expect("fits");
        assert_eq!(out[..written], whole);
        assert_eq!(data.emit(&mut out[..written - 1]).map_err(|error| error.reason), Err(Reason::Truncated));
    }

    proptest! {
        #[test]
        fn what_is_read_the_short_way_reads_the_same_the_long_way(
            place in 0_usize..56, octet in prop_oneof![0_u8..40, any::<u8>()], length in 0_usize..60
        ) {
            let mut whole = octets(
                "0100010100000030 0200000800000001 0006000800000005 02100018000000010000000203020003 0900000000000000 \
                 0102030405060708",
            );
            whole[place] = octet;
            whole.truncate(length);
            if let Some(data) = ProtocolData::ordinary(&whole) {
                prop_assert_eq!(read(&whole), Ok(data));
            }
        }

        #[test]
        fn what_was_written_reads_the_same(opc: u32, dpc: u32, sls: u8, na: Option<u32>, rc: Option<u32>, user_data in proptest::collection::vec(any::<u8>(), 0..40)) {
            let label = Label { opc: PointCode(opc), dpc: PointCode(dpc), si: ServiceIndicator::Sccp, ni: NetworkIndicator(3), mp: Some(1), sls: Sls(sls) };
            let data = ProtocolData { label, na: na.map(NetworkAppearance), rc: rc.map(RoutingContext), correlation_id: None, user_data: &user_data, user_data_offset: 0 };
            let mut out = [0xff; 128];
            let written = data.emit(&mut out).expect("fits");
            let read = read(&out[..written]).expect("just written");
            prop_assert_eq!(ProtocolData { user_data_offset: 0, ..read }, data);
        }
    }
}
