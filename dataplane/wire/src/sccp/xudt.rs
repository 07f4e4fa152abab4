//! XUDT and LUDT, extended and long unitdata, and their returns.
//!
//! Q.713 §4.18 to §4.21.
//!
//! ```text
//!  0    1    2    3    4    5    6    7
//! +----+----+----+----+----+----+----+----------+-----------+--------+------------------------
//! |type|clas|hops| >  | >  | >  | >  | called   | calling   | data   | optional: name, length,   XUDT
//! +----+----+----+----+----+----+----+----------+-----------+--------+  value ... 0
//!
//!  0    1    2    3         5         7         9         11
//! +----+----+----+---------+---------+---------+---------+----------+-------------------------
//! |type|clas|hops|   >     |   >     |   >     |   >     | called ...                           LUDT
//! +----+----+----+---------+---------+---------+---------+----------+-------------------------
//! ```
//! Every parameter has its length before it: of two octets in the long data of LUDT, of one elsewhere. Two-octet
//! pointers and lengths come least significant octet first. In XUDTS and LUDTS the cause stands for the class.

use super::part::{Found, Optional, layout, long_variable, optional, variable};
use super::udt::address;
use super::{Connectionless, Dialect, MessageType, error};
use crate::{Error, Reason};

/// Reads XUDT or XUDTS; the caller has seen the type.
#[inline(never)]
pub(super) fn parse(message_type: MessageType, octets: &[u8], dialect: Dialect) -> Result<Connectionless<'_>, Error> {
    let Some(&[_, class_or_cause, hops, to_called, to_calling, to_data, to_optional]) = octets.first_chunk() else {
        return Err(error(0, Reason::Truncated));
    };
    let fixed = Fixed { message_type, class_or_cause, hops, dialect, octets: 7, length_octets: 1 };
    let called = variable(octets, 3, usize::from(to_called))?;
    let calling = variable(octets, 4, usize::from(to_calling))?;
    let data = variable(octets, 5, usize::from(to_data))?;
    let optional_at = (to_optional != 0).then_some(6 + usize::from(to_optional));
    fixed.with(octets, called, calling, data, optional_at)
}

/// Reads LUDT or LUDTS; the caller has seen the type.
#[inline(never)]
pub(super) fn parse_long(
    message_type: MessageType,
    octets: &[u8],
    dialect: Dialect,
) -> Result<Connectionless<'_>, Error> {
    let Some(&[_, class_or_cause, hops, d0, d1, g0, g1, t0, t1, o0, o1]) = octets.first_chunk() else {
        return Err(error(0, Reason::Truncated));
    };
    let fixed = Fixed { message_type, class_or_cause, hops, dialect, octets: 11, length_octets: 2 };
    let called = variable(octets, 4, le([d0, d1]))?;
    let calling = variable(octets, 6, le([g0, g1]))?;
    let data = long_variable(octets, 8, le([t0, t1]))?;
    let to_optional = le([o0, o1]);
    let optional_at = (to_optional != 0).then_some(10 + to_optional);
    fixed.with(octets, called, calling, data, optional_at)
}

/// A two-octet pointer.
const fn le(octets: [u8; 2]) -> usize {
    u16::from_le_bytes(octets) as usize
}

/// The mandatory fixed part.
struct Fixed {
    message_type: MessageType,
    class_or_cause: u8,
    hops: u8,
    dialect: Dialect,
    /// Its octets, pointers included.
    octets: usize,
    /// Of the length of the data.
    length_octets: usize,
}

impl Fixed {
    #[inline]
    fn with<'a>(
        self,
        octets: &'a [u8],
        called: Found<'a>,
        calling: Found<'a>,
        data: Found<'a>,
        optional_at: Option<usize>,
    ) -> Result<Connectionless<'a>, Error> {
        let found = match optional_at {
            Some(at) => optional(octets, at, self.dialect)?,
            None => Optional::default(),
        };
        let span = |(value, at): Found<'a>, length_octets: usize| (at - length_octets, at + value.len());
        let optional_at = optional_at.unwrap_or(octets.len());
        let mut parts = [
            span(called, 1),
            span(calling, 1),
            span(data, self.length_octets),
            (optional_at, optional_at + found.part.len()),
        ];
        let count = if found.part.is_empty() { 3 } else { 4 };
        let mut anomalies = found.anomalies;
        anomalies.add(layout(parts.get_mut(..count).unwrap_or_default(), self.octets, octets.len()));
        let called = address(called.0, called.1, self.dialect)?;
        let calling = address(calling.0, calling.1, self.dialect)?;
        anomalies.add(called.anomalies());
        anomalies.add(calling.anomalies());
        Ok(Connectionless {
            message_type: self.message_type,
            class_or_cause: self.class_or_cause,
            hops: Some(self.hops),
            called,
            calling,
            data: data.0,
            // Behind a pointer of at most 65,535 from octet 8; the sum saturates a little before it could wrap.
            data_offset: u16::try_from(data.1).unwrap_or(u16::MAX),
            segmentation: found.segmentation,
            optional: found.part,
            anomalies,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LocalReference, Message, ReturnCause, Segmentation};
    use super::*;
    use crate::Anomalies;
    use crate::samples::{self, octets};

    fn read(octets: &[u8]) -> Result<Connectionless<'_>, Error> {
        match Message::parse(octets)? {
            Message::Connectionless(message) => Ok(message),
            Message::Other(other) => panic!("{other:?} is not connectionless"),
        }
    }

    #[test]
    fn reads_a_segment() {
        let whole = octets(samples::XUDT_SEGMENT);
        let message = read(&whole).expect("well-formed");
        assert_eq!((message.message_type, message.hops), (MessageType::Xudt, Some(15)));
        assert_eq!((message.class(), message.handling()), (Some(1), Some(8)));
        assert_eq!((message.called.digit_count(), message.calling.digit_count()), (13, 12));
        assert_eq!((message.data, message.data_offset), (&whole[33..41], 33));
        let segmentation =
            Segmentation { first: true, in_sequence: true, remaining: 3, reference: LocalReference(0x12_3456) };
        assert_eq!(message.segmentation, Some(segmentation));
        assert_eq!(message.optional, &whole[41..]);
        assert_eq!((message.importance(), message.anomalies), (Some(3), Anomalies::NONE));
    }

    #[test]
    fn reads_a_segment_in_long_unitdata_and_in_what_comes_back() {
        let mut whole = octets(samples::LUDT);
        whole[9] = 0;
        whole[10] = u8::try_from(whole.len() - 10).expect("short");
        (whole[9], whole[10]) = (whole[10], whole[9]);
        whole.extend(octets("1004c356341200"));
        for kind in [MessageType::Ludt, MessageType::Ludts] {
            whole[0] = kind.number();
            let message = read(&whole).expect("well-formed");
            let segmentation = message.segmentation.expect("there");
            assert_eq!((segmentation.remaining, segmentation.reference), (3, LocalReference(0x12_3456)));
            assert_eq!((message.anomalies, message.importance()), (Anomalies::NONE, None));
        }
        let mut returned = octets(samples::XUDT_SEGMENT);
        returned[0] = MessageType::Xudts.number();
        assert!(read(&returned).expect("well-formed").segmentation.is_some_and(|segment| segment.first));
    }

    #[test]
    fn notes_parts_that_are_not_where_they_should_be() {
        use crate::Anomaly::{SccpLength, SccpOptional, SccpPointer};
        let whole = octets(samples::XUDT_SEGMENT);
        let noted = |octets: &[u8]| read(octets).expect("tolerated").anomalies.iter().collect::<Vec<_>>();
        assert_eq!(noted(&[&whole[..], &[0]].concat()), [SccpLength]);
        let mut without_optional = whole.clone();
        without_optional[6] = 0;
        assert_eq!(noted(&without_optional), [SccpLength]);
        let mut swapped = whole.clone();
        (swapped[3], swapped[4]) = (swapped[4] + 1, swapped[3] - 1);
        assert_eq!(noted(&swapped), [SccpPointer]);
        let mut unknown = whole.clone();
        unknown[47] = 0x44;
        assert_eq!(noted(&unknown), [SccpOptional]);
        let mut overlapping = whole;
        overlapping[5] = overlapping[4] - 1;
        assert_eq!(noted(&overlapping), [SccpLength, SccpPointer]);
    }

    #[test]
    fn reads_one_without_an_optional_part() {
        let mut whole = octets(samples::XUDT_SEGMENT);
        whole[6] = 0;
        let message = read(&whole[..41]).expect("well-formed");
        assert_eq!((message.segmentation, message.optional), (None, &[][..]));
    }

    #[test]
    fn reads_long_unitdata() {
        let whole = octets(samples::LUDT);
        let message = read(&whole).expect("well-formed");
        assert_eq!((message.message_type, message.hops), (MessageType::Ludt, Some(15)));
        assert_eq!((message.called.digit_count(), message.calling.digit_count()), (13, 12));
        assert_eq!((message.data, message.data_offset), (&whole[38..], 38));
    }

    #[test]
    fn reads_the_return_cause_of_service_messages() {
        for (sample, service) in [(samples::XUDT_SEGMENT, MessageType::Xudts), (samples::LUDT, MessageType::Ludts)] {
            let mut whole = octets(sample);
            (whole[0], whole[1]) = (service.number(), 12);
            let message = read(&whole).expect("well-formed");
            assert_eq!((message.message_type, message.class()), (service, None));
            assert_eq!(message.return_cause(), Some(ReturnCause::HopCounter));
        }
    }

    #[test]
    fn refuses_every_truncation() {
        for sample in [samples::XUDT_SEGMENT, samples::LUDT] {
            let whole = octets(sample);
            for length in 0..whole.len() {
                assert_eq!(read(&whole[..length]).map_err(|error| error.reason), Err(Reason::Truncated), "{length}");
            }
        }
    }

    #[test]
    fn refuses_pointers_out_of_the_message() {
        let whole = octets(samples::XUDT_SEGMENT);
        for at in 3..7 {
            let mut changed = whole.clone();
            changed[at] = 0xff;
            assert_eq!(read(&changed).map_err(|error| error.reason), Err(Reason::Truncated), "{at}");
        }
        let whole = octets(samples::LUDT);
        for at in [4, 6, 8, 10] {
            let mut changed = whole.clone();
            changed[at] = 0xff;
            assert_eq!(read(&changed).map_err(|error| error.reason), Err(Reason::Truncated), "{at}");
        }
    }
}
