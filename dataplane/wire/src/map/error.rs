//! Errors of MAP. TS 29.002 §17.6.6, §17.7.7.
//!
//! ```text
//!   32 sm-DeliveryFailure    30  0A cause  04 diagnostic info, a TPDU      version 1: 0A cause
//!    6 absentSubscriberSM    30  02 diagnostic  80 additional diagnostic
//!   others                   30  0A | 80 number …                          version 1: 0A number
//! ```

/// A local error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorCode(pub i64);

macro_rules! errors {
    ($($constant:ident = $code:literal $name:literal,)+) => {
        impl ErrorCode {
            $(#[doc = concat!($name, ".")] pub const $constant: Self = Self($code);)+

            /// The standard's name.
            pub const fn name(self) -> Option<&'static str> {
                Some(match self {
                    $(Self::$constant => $name,)+
                    _ => return None,
                })
            }
        }
    };
}

// 2, 23 and 24 from GSM 09.02, 4 from releases 4 to 7.
errors! {
    UNKNOWN_SUBSCRIBER = 1 "unknownSubscriber",
    UNKNOWN_BASE_STATION = 2 "unknownBaseStation",
    UNKNOWN_MSC = 3 "unknownMSC",
    SECURE_TRANSPORT_ERROR = 4 "secureTransportError",
    UNIDENTIFIED_SUBSCRIBER = 5 "unidentifiedSubscriber",
    ABSENT_SUBSCRIBER_SM = 6 "absentSubscriberSM",
    UNKNOWN_EQUIPMENT = 7 "unknownEquipment",
    ROAMING_NOT_ALLOWED = 8 "roamingNotAllowed",
    ILLEGAL_SUBSCRIBER = 9 "illegalSubscriber",
    BEARER_SERVICE_NOT_PROVISIONED = 10 "bearerServiceNotProvisioned",
    TELESERVICE_NOT_PROVISIONED = 11 "teleserviceNotProvisioned",
    ILLEGAL_EQUIPMENT = 12 "illegalEquipment",
    CALL_BARRED = 13 "callBarred",
    FORWARDING_VIOLATION = 14 "forwardingViolation",
    CUG_REJECT = 15 "cug-Reject",
    ILLEGAL_SS_OPERATION = 16 "illegalSS-Operation",
    SS_ERROR_STATUS = 17 "ss-ErrorStatus",
    SS_NOT_AVAILABLE = 18 "ss-NotAvailable",
    SS_SUBSCRIPTION_VIOLATION = 19 "ss-SubscriptionViolation",
    SS_INCOMPATIBILITY = 20 "ss-Incompatibility",
    FACILITY_NOT_SUPPORTED = 21 "facilityNotSupported",
    ONGOING_GROUP_CALL = 22 "ongoingGroupCall",
    INVALID_TARGET_BASE_STATION = 23 "invalidTargetBaseStation",
    NO_RADIO_RESOURCE_AVAILABLE = 24 "noRadioResourceAvailable",
    NO_HANDOVER_NUMBER_AVAILABLE = 25 "noHandoverNumberAvailable",
    SUBSEQUENT_HANDOVER_FAILURE = 26 "subsequentHandoverFailure",
    ABSENT_SUBSCRIBER = 27 "absentSubscriber",
    INCOMPATIBLE_TERMINAL = 28 "incompatibleTerminal",
    SHORT_TERM_DENIAL = 29 "shortTermDenial",
    LONG_TERM_DENIAL = 30 "longTermDenial",
    SUBSCRIBER_BUSY_FOR_MT_SMS = 31 "subscriberBusyForMT-SMS",
    SM_DELIVERY_FAILURE = 32 "sm-DeliveryFailure",
    MESSAGE_WAITING_LIST_FULL = 33 "messageWaitingListFull",
    SYSTEM_FAILURE = 34 "systemFailure",
    DATA_MISSING = 35 "dataMissing",
    UNEXPECTED_DATA_VALUE = 36 "unexpectedDataValue",
    PW_REGISTRATION_FAILURE = 37 "pw-RegistrationFailure",
    NEGATIVE_PW_CHECK = 38 "negativePW-Check",
    NO_ROAMING_NUMBER_AVAILABLE = 39 "noRoamingNumberAvailable",
    TRACING_BUFFER_FULL = 40 "tracingBufferFull",
    TARGET_CELL_OUTSIDE_GROUP_CALL_AREA = 42 "targetCellOutsideGroupCallArea",
    NUMBER_OF_PW_ATTEMPTS_VIOLATION = 43 "numberOfPW-AttemptsViolation",
    NUMBER_CHANGED = 44 "numberChanged",
    BUSY_SUBSCRIBER = 45 "busySubscriber",
    NO_SUBSCRIBER_REPLY = 46 "noSubscriberReply",
    FORWARDING_FAILED = 47 "forwardingFailed",
    OR_NOT_ALLOWED = 48 "or-NotAllowed",
    ATI_NOT_ALLOWED = 49 "ati-NotAllowed",
    NO_GROUP_CALL_NUMBER_AVAILABLE = 50 "noGroupCallNumberAvailable",
    RESOURCE_LIMITATION = 51 "resourceLimitation",
    UNAUTHORIZED_REQUESTING_NETWORK = 52 "unauthorizedRequestingNetwork",
    UNAUTHORIZED_LCS_CLIENT = 53 "unauthorizedLCSClient",
    POSITION_METHOD_FAILURE = 54 "positionMethodFailure",
    UNKNOWN_OR_UNREACHABLE_LCS_CLIENT = 58 "unknownOrUnreachableLCSClient",
    MM_EVENT_NOT_SUPPORTED = 59 "mm-EventNotSupported",
    ATSI_NOT_ALLOWED = 60 "atsi-NotAllowed",
    ATM_NOT_ALLOWED = 61 "atm-NotAllowed",
    INFORMATION_NOT_AVAILABLE = 62 "informationNotAvailable",
    UNKNOWN_ALPHABET = 71 "unknownAlphabet",
    USSD_BUSY = 72 "ussd-Busy",
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
        let subject = error_of(ErrorCode::SM_DELIVERY_FAILURE, &octets);
        assert_eq!((subject.sm_delivery_failure, subject.diagnostic_info), (Some(0), Some(&[0, 0xD3, 0][..])));
    }

    #[test]
    fn reads_why_a_subscriber_is_absent() {
        let octets = octets("3003020105");
        assert_eq!(error_of(ErrorCode::ABSENT_SUBSCRIBER_SM, &octets).absent_diagnostic, Some(5));
    }

    #[test]
    fn keeps_the_number_of_any_other_error() {
        for (code, sent) in
            [(34, "30030a0101"), (34, "0a0101"), (27, "3003800101"), (13, "30050a01018100"), (13, "0a0101")]
        {
            let octets = octets(sent);
            let subject = error_of(ErrorCode(code), &octets);
            assert_eq!((subject.error_detail, subject.fault), (Some(1), None), "{code} {sent}");
            assert!(subject.anomalies.is_empty());
        }
    }

    #[test]
    fn names_errors_and_only_those() {
        assert_eq!(ErrorCode::SM_DELIVERY_FAILURE.name(), Some("sm-DeliveryFailure"));
        assert_eq!((-1..256).filter(|code| ErrorCode(*code).name().is_some()).count(), 60);
    }
}
