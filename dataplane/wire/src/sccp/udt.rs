//! UDT and UDTS, unitdata and its return.
//!
//! Q.713 §4.10, §4.11.
//!
//! ```text
//!  0    1    2    3    4    5
//! +----+----+----+----+----+----+----------+----+-----------+----+---------
//! |type|clas| >  | >  | >  |len | called   |len | calling   |len | data        > pointer to a length
//! +----+----+----+----+----+----+----------+----+-----------+----+---------     UDTS: cause for class
//! ```

use super::part::{layout, variable};
use super::{Address, Connectionless, Dialect, MessageType, error};
use crate::{Anomalies, Error, Reason};

/// Reads either; the caller has seen the type. Inlined by force, as is `Message::parse`: every message goes this
/// way, and what nobody asks for then costs nothing.
#[inline(always)]
pub(super) fn parse(message_type: MessageType, octets: &[u8], dialect: Dialect) -> Result<Connectionless<'_>, Error> {
    let Some(&[_, class_or_cause, to_called, to_calling, to_data]) = octets.first_chunk() else {
        return Err(error(0, Reason::Truncated));
    };
    let (called_octets, called_at) = variable(octets, 2, usize::from(to_called))?;
    let (calling_octets, calling_at) = variable(octets, 3, usize::from(to_calling))?;
    let (data, data_at) = variable(octets, 4, usize::from(to_data))?;
    let ends = [called_at + called_octets.len(), calling_at + calling_octets.len(), data_at + data.len()];
    let called = address(called_octets, called_at, dialect)?;
    let calling = address(calling_octets, calling_at, dialect)?;
    let mut anomalies = called.anomalies();
    anomalies.add(calling.anomalies());
    // Each part with its length begins where the one before ends.
    if [FIXED_OCTETS, ends[0], ends[1], ends[2]] != [called_at - 1, calling_at - 1, data_at - 1, octets.len()] {
        let mut parts = [(called_at - 1, ends[0]), (calling_at - 1, ends[1]), (data_at - 1, ends[2])];
        anomalies.add(layout(&mut parts, FIXED_OCTETS, octets.len()));
    }
    Ok(Connectionless {
        message_type,
        class_or_cause,
        hops: None,
        called,
        calling,
        data,
        data_offset: data_at as u16,
        segmentation: None,
        optional: &[],
        anomalies,
    })
}

/// A UDT of an ITU network with its parts in order and nothing amiss in any of them; none for anything else. The same
/// as `parse` and a look at the anomalies, in fewer steps.
#[inline(always)]
pub(super) fn ordinary(octets: &[u8]) -> Option<Connectionless<'_>> {
    let (&[UDT, class_or_cause, TO_CALLED, to_calling, to_data], rest) = octets.split_first_chunk()? else {
        return None;
    };
    let (called, rest) = split_part(rest)?;
    let (calling, rest) = split_part(rest)?;
    let (&data_octets, data) = rest.split_first()?;
    let calling_pointer = called.len().wrapping_add(usize::from(TO_CALLED));
    let data_pointer = calling_pointer.wrapping_add(calling.len());
    let differ = (calling_pointer ^ usize::from(to_calling)) | (data_pointer ^ usize::from(to_data));
    if differ | (data.len() ^ usize::from(data_octets)) != 0 {
        return None;
    }
    Some(Connectionless {
        message_type: MessageType::Udt,
        class_or_cause,
        hops: None,
        called: Address::ordinary(called)?,
        calling: Address::ordinary(calling)?,
        data,
        data_offset: octets.len().wrapping_sub(data.len()) as u16,
        segmentation: None,
        optional: &[],
        anomalies: Anomalies::NONE,
    })
}

/// A part whose length is the first octet, and what follows it.
#[inline(always)]
fn split_part(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = octets.split_first()?;
    rest.split_at_checked(usize::from(length))
}

/// An address that begins at `at`, its errors counted from the start of the message.
#[inline(always)]
pub(super) fn address(octets: &[u8], at: usize, dialect: Dialect) -> Result<Address<'_>, Error> {
    Address::parse_as(octets, dialect).map_err(|refusal| error(at + usize::from(refusal.at), refusal.reason))
}

const UDT: u8 = MessageType::Udt.number();
/// The pointer to a called party right after the pointers.
const TO_CALLED: u8 = 3;
/// Type, class or cause, and pointers.
const FIXED_OCTETS: usize = 5;

#[cfg(test)]
mod tests {
    use super::super::{Message, ReturnCause, Ssn};
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    fn read(octets: &[u8]) -> Result<Connectionless<'_>, Error> {
        match Message::parse(octets)? {
            Message::Connectionless(message) => Ok(message),
            Message::Other(other) => panic!("{other:?} is not connectionless"),
        }
    }

    fn read_any(octets: &[u8]) -> Option<Connectionless<'_>> {
        match Message::parse(octets) {
            Ok(Message::Connectionless(message)) if message.message_type == MessageType::Udt => Some(message),
            _ => None,
        }
    }

    #[test]
    fn reads_a_message_from_a_capture() {
        let frame = octets(samples::M2PA_SLL_FRAME);
        let message = read(&frame[86..]).expect("well-formed");
        assert_eq!(message.message_type, MessageType::Udt);
        assert_eq!((message.class(), message.handling(), message.return_cause()), (Some(1), Some(8), None));
        assert_eq!((message.hops, message.segmentation), (None, None));
        assert_eq!((message.called.ssn(), message.calling.ssn()), (Some(Ssn::HLR), Some(Ssn::MSC)));
        assert_eq!(message.called.digits(), octets("997950624795"));
        assert_eq!((message.data.len(), message.data.first()), (76, Some(&0x62)));
        assert_eq!(message.data_offset, 30);
    }

    #[test]
    fn reads_the_return_cause_of_a_service_message() {
        let whole = octets(samples::UDTS);
        let message = read(&whole).expect("well-formed");
        assert_eq!((message.message_type, message.class(), message.handling()), (MessageType::Udts, None, None));
        assert_eq!(message.return_cause(), Some(ReturnCause::NoTranslationAddress));
        assert_eq!(message.data, &whole[31..]);
    }

    #[test]
    fn refuses_every_truncation() {
        let whole = octets(samples::UDTS);
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]).map_err(|error| error.reason), Err(Reason::Truncated), "{length}");
        }
    }

    #[test]
    fn says_where_in_the_message_an_address_breaks() {
        let broken = octets("0981 030506 02 1206 01 00 01 62");
        assert_eq!(read(&broken), Err(error(8, Reason::Truncated)));
    }

    #[test]
    fn a_message_is_ordinary_if_nothing_about_it_deviates() {
        use crate::Anomaly::{SccpAddress, SccpDigits, SccpLength, SccpPointer};
        let (called, calling) = ("0a12060012049979500000", "04 43b12a08");
        for (text, expected) in [
            (format!("0981030d11 {called}{calling} 0162"), &[][..]),
            (format!("0981030d11 {called}{calling} 0162 00"), &[SccpLength]),
            (format!("0981030d12 {called}{calling}00 0162"), &[SccpLength]),
            (format!("0981080211 {calling}{called} 0162"), &[SccpPointer]),
            (format!("0981030d0c {called}{calling}"), &[SccpLength, SccpPointer]),
            (format!("0981030d11 0a92060012049979500000 {calling} 0162"), &[SccpAddress]),
            (format!("0981030d11 0a1206001204997950f000 {calling} 0162"), &[SccpDigits]),
        ] {
            let whole = octets(&text);
            let Ok(message) = read(&whole) else { panic!("{text}") };
            assert_eq!(message.anomalies.iter().collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(Connectionless::ordinary(&whole), expected.is_empty().then_some(message), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_ordinary_reads_the_same_the_long_way_without_anything_amiss(
            place in 0usize..26, octet in prop_oneof![0u8..20, any::<u8>()], length in 0usize..27, spoil: bool
        ) {
            let mut whole = octets("0981030d11 0a12060012049979500000 04 43b12a08 03620102");
            if spoil {
                whole[place.min(24)] = octet;
                whole.truncate(length);
            }
            let long = read_any(&whole).filter(|message| message.anomalies.is_empty());
            prop_assert_eq!(Connectionless::ordinary(&whole), long);
        }
    }

    #[test]
    fn reads_the_addresses_of_other_networks() {
        use crate::mtp3::{PointCode, Variant};
        let ansi = octets("0901030d0f 0a 8706 01fe05 0a11 155501 02 c106 0162");
        let Ok(Message::Connectionless(message)) = Message::parse_as(&ansi, Variant::Ansi) else { panic!() };
        assert_eq!((message.calling.ssn(), message.called.digit_count()), (Some(Ssn::HLR), 5));
        assert_eq!((message.called.pc(), message.anomalies), (Some(PointCode(0x05_fe01)), Anomalies::NONE));
        let china = octets("090103080a 05 43010203 08 02 4208 0162");
        let Ok(Message::Connectionless(message)) = Message::parse_as(&china, Variant::China) else { panic!() };
        assert_eq!((message.called.pc(), message.called.ssn()), (Some(PointCode(0x03_0201)), Some(Ssn::MSC)));
    }

    #[test]
    fn follows_overlapping_pointers_and_refuses_those_to_themselves() {
        let overlapping = [9, 0, 3, 2, 1, 2, 0x42, 8];
        let message = read(&overlapping).expect("one parameter three times");
        assert_eq!((message.called, message.data), (message.calling, &overlapping[6..]));
        for at in 2..5 {
            let mut changed = overlapping;
            changed[at] = 0;
            assert_eq!(read(&changed), Err(error(at, Reason::BadValue)));
        }
    }
}
