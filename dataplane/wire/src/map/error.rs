//! Errors of MAP and what they add. TS 29.002 §17.6.6, §17.7.7.
//!
//! ```text
//!   32 sm-DeliveryFailure    30  0A cause  04 diagnostic info, a TPDU      version 1: 0A cause
//!    6 absentSubscriberSM    30  02 diagnostic  80 additional diagnostic
//!   others                   30  0A | 02 | 80 number …                     version 1: 0A number
//! ```

use super::SmsArgument;
use crate::ber::{Tag, Tlv, integer};

/// A local error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorCode(pub i64);

impl ErrorCode {
    /// unknownSubscriber.
    pub const UNKNOWN_SUBSCRIBER: Self = Self(1);
    /// unidentifiedSubscriber.
    pub const UNIDENTIFIED_SUBSCRIBER: Self = Self(5);
    /// absentSubscriberSM.
    pub const ABSENT_SUBSCRIBER_SM: Self = Self(6);
    /// illegalSubscriber.
    pub const ILLEGAL_SUBSCRIBER: Self = Self(9);
    /// teleserviceNotProvisioned.
    pub const TELESERVICE_NOT_PROVISIONED: Self = Self(11);
    /// illegalEquipment.
    pub const ILLEGAL_EQUIPMENT: Self = Self(12);
    /// callBarred.
    pub const CALL_BARRED: Self = Self(13);
    /// facilityNotSupported.
    pub const FACILITY_NOT_SUPPORTED: Self = Self(21);
    /// absentSubscriber.
    pub const ABSENT_SUBSCRIBER: Self = Self(27);
    /// subscriberBusyForMT-SMS.
    pub const SUBSCRIBER_BUSY_FOR_MT_SMS: Self = Self(31);
    /// sm-DeliveryFailure.
    pub const SM_DELIVERY_FAILURE: Self = Self(32);
    /// messageWaitingListFull.
    pub const MESSAGE_WAITING_LIST_FULL: Self = Self(33);
    /// systemFailure.
    pub const SYSTEM_FAILURE: Self = Self(34);
    /// dataMissing.
    pub const DATA_MISSING: Self = Self(35);
    /// unexpectedDataValue.
    pub const UNEXPECTED_DATA_VALUE: Self = Self(36);
    /// resourceLimitation.
    pub const RESOURCE_LIMITATION: Self = Self(51);
}

pub(super) fn parameter<'a>(argument: &mut SmsArgument<'a>, code: ErrorCode, parameter: Tlv<'a>) {
    if parameter.tag == Tag::ENUMERATED {
        return detail(argument, code, parameter);
    }
    argument.each(parameter, |argument, tlv| detail(argument, code, tlv));
}

fn detail<'a>(argument: &mut SmsArgument<'a>, code: ErrorCode, tlv: Tlv<'a>) {
    match (code, tlv.tag.0) {
        (ErrorCode::SM_DELIVERY_FAILURE, 0x0A) => argument.sm_delivery_failure = integer(tlv.value),
        (ErrorCode::SM_DELIVERY_FAILURE, 0x04) => argument.diagnostic_info = Some(tlv.value),
        (ErrorCode::ABSENT_SUBSCRIBER_SM, 0x02) => argument.absent_diagnostic = integer(tlv.value),
        (_, 0x02 | 0x0A | 0x80) if argument.error_detail.is_none() => argument.error_detail = integer(tlv.value),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{error_of, octets};
    use super::*;

    #[test]
    fn reads_the_delivery_failure_of_all_versions() {
        for sent in ["30030a0104", "0a0104"] {
            let octets = octets(sent);
            assert_eq!(error_of(ErrorCode::SM_DELIVERY_FAILURE, &octets).sm_delivery_failure, Some(4));
        }
    }

    #[test]
    fn reads_the_report_inside_a_delivery_failure() {
        let octets = octets("30080a0100040300d300");
        let argument = error_of(ErrorCode::SM_DELIVERY_FAILURE, &octets);
        assert_eq!((argument.sm_delivery_failure, argument.diagnostic_info), (Some(0), Some(&[0, 0xD3, 0][..])));
    }

    #[test]
    fn reads_why_a_subscriber_is_absent() {
        let octets = octets("3003020105");
        assert_eq!(error_of(ErrorCode::ABSENT_SUBSCRIBER_SM, &octets).absent_diagnostic, Some(5));
    }

    #[test]
    fn keeps_the_number_of_any_other_error() {
        for sent in ["30030a0101", "0a0101", "3003800101"] {
            let octets = octets(sent);
            let argument = error_of(ErrorCode::SYSTEM_FAILURE, &octets);
            assert_eq!((argument.error_detail, argument.fault), (Some(1), None));
        }
    }
}
