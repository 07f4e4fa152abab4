//! informServiceCentre, alertServiceCentre, readyForSM, noteSubscriberPresent: who can be reached again.
//! TS 29.002 §12.4 to §12.6, §17.7.6.
//!
//! ```text
//!   63 inform           30  04 stored msisdn  03 waiting status
//!   64, 49 alert        30  04 msisdn  04 service centre
//!   66 ready            30  80 imsi  0A reason
//!   48 note present     04 imsi
//! ```

use super::{AddressString, SmsArgument};
use crate::ber::{Tag, Tlv, integer};

pub(super) fn inform<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    argument.each(parameter, |argument, tlv| match tlv.tag {
        Tag::OCTET_STRING if argument.stored_msisdn.is_none() => {
            argument.stored_msisdn = AddressString::new(tlv.value);
        }
        Tag::BIT_STRING => argument.mw_status = Some(tlv.value),
        _ => {}
    });
}

pub(super) fn alert<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    argument.each(parameter, |argument, tlv| match tlv.tag {
        Tag::OCTET_STRING if argument.msisdn.is_none() => argument.msisdn = AddressString::new(tlv.value),
        Tag::OCTET_STRING if argument.service_centre.is_none() => {
            argument.service_centre = AddressString::new(tlv.value);
        }
        _ => {}
    });
    argument.require(argument.service_centre.is_some());
}

pub(super) fn ready<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    if parameter.tag == Tag::OCTET_STRING {
        argument.imsi = Some(parameter.value);
        return;
    }
    argument.each(parameter, |argument, tlv| match tlv.tag.0 {
        0x80 => argument.imsi = Some(tlv.value),
        0x0A => argument.alert_reason = integer(tlv.value),
        _ => {}
    });
    argument.require(argument.imsi.is_some());
}

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::super::tests::{argument_of, assert_every_truncation_shows};
    use crate::sms::tests::octets;

    const ALERT: &str = "3012040791997950189341040791998901030010";
    const READY: &str = "300d800800010100803119f40a0101";

    #[test]
    fn reads_inform_service_centre() {
        let octets = octets("300d04079199795097398003020210");
        let argument = argument_of(Operation::INFORM_SERVICE_CENTRE, &octets);
        assert_eq!(argument.stored_msisdn.unwrap().digits().as_str(), "999705799308");
        assert_eq!((argument.mw_status, argument.fault), (Some(&[0x02, 0x10][..]), None));
    }

    #[test]
    fn reads_alert_service_centre_with_and_without_result() {
        for operation in [Operation::ALERT_SERVICE_CENTRE, Operation::ALERT_SERVICE_CENTRE_WITHOUT_RESULT] {
            let octets = octets(ALERT);
            let argument = argument_of(operation, &octets);
            assert_eq!(argument.msisdn.unwrap().digits().as_str(), "999705813914");
            assert_eq!(argument.service_centre.unwrap().digits().as_str(), "999810300001");
        }
    }

    #[test]
    fn reads_ready_for_sm_and_note_subscriber_present() {
        let sent = octets(READY);
        let argument = argument_of(Operation::READY_FOR_SM, &sent);
        assert_eq!((argument.imsi.map(<[u8]>::len), argument.alert_reason), (Some(8), Some(1)));
        let sent = octets("040800010100803119f4");
        assert_eq!(argument_of(Operation::NOTE_SUBSCRIBER_PRESENT, &sent).imsi, sent.get(2..));
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows(Operation::ALERT_SERVICE_CENTRE, ALERT);
        assert_every_truncation_shows(Operation::READY_FOR_SM, READY);
    }
}
