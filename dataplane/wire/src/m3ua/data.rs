//! DATA, the message that carries MTP3 messages.
//!
//! RFC 4666 §3.3.1. Handles its parameters in any order; all but protocol data may be missing. Of parameters that
//! come twice the first counts, as with the receivers we know, and what is broken after protocol data does not hide it:
//! either is noted.

use super::{HEADER_OCTETS, Message, MessageKind, Tag, VERSION, error};
use crate::adaptation::{Parameter, Parameters};
use crate::mtp3::{Label, NetworkIndicator, PointCode, ServiceIndicator, Sls};
use crate::octets::Sink;
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

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
    /// What was tolerated.
    pub anomalies: Anomalies,
}

impl<'a> Message<'a> {
    /// What a DATA message carries (RFC 4666 §3.3.1).
    ///
    /// # Errors
    /// `Missing` without protocol data; `BadLength`, `Truncated` or `TooDeep` for a broken parameter before it.
    pub fn protocol_data(&self) -> Result<ProtocolData<'a>, Error> {
        let mut found = None;
        let mut words = Words::default();
        let mut anomalies = self.header.anomalies;
        for parameter in Parameters::new(Layer::M3ua, self.header.parameters, HEADER_OCTETS) {
            match parameter {
                Ok(parameter) if Tag::from_number(parameter.tag) == Tag::ProtocolData => {
                    anomalies.note_if(found.is_some(), Anomaly::ElementOrder);
                    found.get_or_insert(parameter);
                }
                Ok(parameter) => words.take(&parameter, &mut anomalies),
                Err(error) if found.is_none() => return Err(error),
                Err(_) => anomalies.note(Anomaly::AdaptationLength),
            }
        }
        let parameter = found.ok_or(error(HEADER_OCTETS, Reason::Missing))?;
        let Some((label, user_data)) = parameter.value.split_first_chunk::<LABEL_OCTETS>() else {
            return Err(error(usize::from(parameter.offset) + 2, Reason::BadLength));
        };
        anomalies.note_if(has_numbers_out_of_range(label), Anomaly::AdaptationValue);
        Ok(ProtocolData {
            label: label_of(label),
            na: words.na.map(NetworkAppearance),
            rc: words.rc.map(RoutingContext),
            correlation_id: words.correlation_id.map(CorrelationId),
            user_data,
            user_data_offset: parameter.offset.saturating_add(USER_DATA_OFFSET),
            anomalies,
        })
    }
}

/// The parameters of DATA that are one number, each the first of its tag.
#[derive(Default)]
struct Words {
    na: Option<u32>,
    rc: Option<u32>,
    correlation_id: Option<u32>,
}

impl Words {
    fn take(&mut self, parameter: &Parameter<'_>, anomalies: &mut Anomalies) {
        let place = match Tag::from_number(parameter.tag) {
            Tag::NetworkAppearance => &mut self.na,
            Tag::RoutingContext => &mut self.rc,
            Tag::CorrelationId => &mut self.correlation_id,
            _ => return anomalies.note(Anomaly::AdaptationValue),
        };
        anomalies.note_if(place.is_some(), Anomaly::ElementOrder);
        let word = parameter.word(anomalies);
        *place = place.or(word);
    }
}

impl<'a> ProtocolData<'a> {
    /// A DATA message as practically every stack sends it: network appearance, routing context, protocol data, the
    /// first two only perhaps, and nothing after. None for anything else, which [`Message`] can still read.
    #[inline(always)]
    pub fn ordinary(octets: &'a [u8]) -> Option<Self> {
        let (header, mut rest) = octets.split_first_chunk::<HEADER_OCTETS>()?;
        let [VERSION, 0, CLASS, KIND, l0, l1, l2, l3] = *header else { return None };
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let na = take_word(Tag::NetworkAppearance, &mut rest).map(NetworkAppearance);
        let rc = take_word(Tag::RoutingContext, &mut rest).map(RoutingContext);
        let at = octets.len().wrapping_sub(rest.len());
        let (parameter, user_data) = rest.split_first_chunk::<{ USER_DATA_OFFSET as usize }>()?;
        let ([t0, t1, d0, d1], label) = parameter.split_first_chunk()?;
        let octets_of_data = usize::from(u16::from_be_bytes([*d0, *d1]));
        let is_all = length == octets.len() && length == at.wrapping_add(octets_of_data.wrapping_add(3) & !3);
        let label = label.first_chunk()?;
        if u16::from_be_bytes([*t0, *t1]) != Tag::ProtocolData.number() || !is_all || has_numbers_out_of_range(label) {
            return None;
        }
        let user_data = user_data.get(..octets_of_data.checked_sub(USER_DATA_OFFSET.into())?)?;
        let user_data_offset = (at as u16).wrapping_add(USER_DATA_OFFSET);
        let (label, anomalies) = (label_of(label), Anomalies::NONE);
        Some(Self { label, na, rc, correlation_id: None, user_data, user_data_offset, anomalies })
    }
}

/// Whether service indicator, network indicator or priority have more bits than MTP3 has for them.
#[inline(always)]
const fn has_numbers_out_of_range(octets: &[u8; LABEL_OCTETS]) -> bool {
    let [_, _, _, _, _, _, _, _, si, ni, mp, _] = *octets;
    u32::from_be_bytes([si, ni, mp, 0]) & 0xf0fc_fc00 != 0
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
