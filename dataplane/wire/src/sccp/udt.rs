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

use super::part::variable;
use super::{Address, Connectionless, MessageType, error};
use crate::{Error, Reason};

/// Reads either; the caller has seen the type. Inlined by force, as is `Message::parse`: every message goes this
/// way, and what nobody asks for then costs nothing.
#[inline(always)]
pub(super) fn parse(message_type: MessageType, octets: &[u8]) -> Result<Connectionless<'_>, Error> {
    let Some(&[_, class_or_cause, to_called, to_calling, to_data]) = octets.first_chunk() else {
        return Err(error(0, Reason::Truncated));
    };
    let (called, called_at) = variable(octets, 2, usize::from(to_called))?;
    let (calling, calling_at) = variable(octets, 3, usize::from(to_calling))?;
    let (data, data_at) = variable(octets, 4, usize::from(to_data))?;
    Ok(Connectionless {
        message_type,
        class_or_cause,
        hops: None,
        called: address(called, called_at)?,
        calling: address(calling, calling_at)?,
        data,
        data_offset: data_at as u16,
        segmentation: None,
        optional: &[],
    })
}

/// An address that begins at `at`, its errors counted from the start of the message.
#[inline(always)]
pub(super) fn address(octets: &[u8], at: usize) -> Result<Address<'_>, Error> {
    Address::parse(octets).map_err(|refusal| error(at + usize::from(refusal.at), refusal.reason))
}

#[cfg(test)]
mod tests {
    use super::super::{Message, ReturnCause, Ssn};
    use super::*;
    use crate::samples::{self, octets};

    fn read(octets: &[u8]) -> Result<Connectionless<'_>, Error> {
        match Message::parse(octets)? {
            Message::Connectionless(message) => Ok(message),
            Message::Other(other) => panic!("{other:?} is not connectionless"),
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
