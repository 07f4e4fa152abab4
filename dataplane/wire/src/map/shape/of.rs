//! Which table an operation's argument or result, or an error's parameter, has. TS 29.002 §17.6, §17.7.
//!
//! Version 3 mostly sends a SEQUENCE, with a tag of its own where versions 1 and 2 had a plain one or a single value.
//! None: nothing in it says who is meant. Handover is not read.

use super::calls::*;
use super::errors::*;
use super::mobility::*;
use super::services::*;
use super::short_message::*;
use super::{Element, Holds, Shape, Slot, holds};
use crate::map::{ErrorCode, Operation};

/// A table of what the parameter as a whole may be.
macro_rules! whole {
    ($tag:literal $what:tt $(| $other:literal $other_what:tt)*) => {{
        static WHOLE: Shape = Shape::sequence(&[
            Element { tag: $tag, holds: holds!($what), instead: false },
            $(Element { tag: $other, holds: holds!($other_what), instead: true },)*
        ]);
        &WHOLE
    }};
}

/// What an invoke may carry.
pub(in crate::map) const fn argument(operation: Operation) -> Option<&'static Shape> {
    Some(match operation.0 {
        2 => whole!(0x30[UPDATE_LOCATION_ARG]),
        3 => whole!(0xA3 [CANCEL_LOCATION_ARG] | 0x04 Imsi | 0x30 [IMSI_WITH_LMSI]),
        4 => whole!(0x30[PROVIDE_ROAMING_NUMBER_ARG]),
        5 => whole!(0x30[NOTE_SUBSCRIBER_DATA_MODIFIED_ARG]),
        6 => whole!(0x30[RESUME_CALL_HANDLING_ARG]),
        7 => whole!(0x30[INSERT_SUBSCRIBER_DATA_ARG]),
        8 => whole!(0x30[DELETE_SUBSCRIBER_DATA_ARG]),
        9 => whole!(0x30[SEND_PARAMETERS_ARG]),
        10 => whole!(0x30[REGISTER_SS_ARG]),
        15 => whole!(0x30[AUTHENTICATION_FAILURE_REPORT_ARG]),
        20 => whole!(0x30[RELEASE_RESOURCES_ARG]),
        21 => whole!(0x30[MT_FORWARD_SM_VGCS_ARG]),
        22 => whole!(0x30[SEND_ROUTING_INFO_ARG]),
        23 => whole!(0x30[UPDATE_GPRS_LOCATION_ARG]),
        24 => whole!(0x30[SEND_ROUTING_INFO_FOR_GPRS_ARG]),
        25 => whole!(0x30[FAILURE_REPORT_ARG]),
        26 => whole!(0x30[NOTE_MS_PRESENT_FOR_GPRS_ARG]),
        36 => whole!(0x30[CANCEL_VCSG_LOCATION_ARG]),
        37 => whole!(0x30[RESET_ARG]),
        40 => whole!(0x30[SEND_GROUP_CALL_END_SIGNAL_ARG]),
        42 => whole!(0x30[FORWARD_GROUP_CALL_SIGNALLING_ARG]),
        43 => whole!(0x30 [CHECK_IMEI_ARG] | 0x04 Imei),
        44 => whole!(0x30[MT_FORWARD_SM_ARG]),
        45 => whole!(0x30[SEND_ROUTING_INFO_FOR_SM_ARG]),
        46 => whole!(0x30[MO_FORWARD_SM_ARG]),
        47 => whole!(0x30[REPORT_SM_DELIVERY_STATUS_ARG]),
        48 => whole!(0x04 Imsi),
        49 | 64 => whole!(0x30[ALERT_SERVICE_CENTRE_ARG]),
        50 => whole!(0x30[ACTIVATE_TRACE_MODE_ARG]),
        51 => whole!(0x30[DEACTIVATE_TRACE_MODE_ARG]),
        52 => whole!(0x30[TRACE_SUBSCRIBER_ACTIVITY_ARG]),
        53 => whole!(0x30[UPDATE_VCSG_LOCATION_ARG]),
        54 => whole!(0x30[BEGIN_SUBSCRIBER_ACTIVITY_ARG]),
        55 => whole!(0x30 [SEND_IDENTIFICATION_ARG] | 0x04 Tmsi),
        56 => whole!(0x30 [SEND_AUTHENTICATION_INFO_ARG] | 0x04 Imsi),
        57 => whole!(0x30[RESTORE_DATA_ARG]),
        58 => whole!(0x04 Msisdn),
        59..=61 => whole!(0x30[USSD_ARG]),
        62 => whole!(0x30[ANY_TIME_SUBSCRIPTION_INTERROGATION_ARG]),
        63 => whole!(0x30[INFORM_SERVICE_CENTRE_ARG]),
        65 => whole!(0x30[ANY_TIME_MODIFICATION_ARG]),
        66 => whole!(0x30 [READY_FOR_SM_ARG] | 0x04 Imsi),
        67 => whole!(0xA3[PURGE_MS_ARG] | 0x30[PURGE_MS_ARG]),
        70 => whole!(0x30[PROVIDE_SUBSCRIBER_INFO_ARG]),
        71 => whole!(0x30[ANY_TIME_INTERROGATION_ARG]),
        72 => whole!(0x30[SS_INVOCATION_NOTIFICATION_ARG]),
        73 => whole!(0x30[SET_REPORTING_STATE_ARG]),
        74 => whole!(0x30[STATUS_REPORT_ARG]),
        75 => whole!(0x30[REMOTE_USER_FREE_ARG]),
        83 => whole!(0x30[PROVIDE_SUBSCRIBER_LOCATION_ARG]),
        84 => whole!(0x30[SEND_GROUP_CALL_INFO_ARG]),
        85 => whole!(0x30[SEND_ROUTING_INFO_FOR_LCS_ARG]),
        86 => whole!(0x30[SUBSCRIBER_LOCATION_REPORT_ARG]),
        87 => whole!(0x30[IST_ALERT_ARG]),
        88 => whole!(0x30[IST_COMMAND_ARG]),
        89 => whole!(0x30[NOTE_MM_EVENT_ARG]),
        _ => return None,
    })
}

/// What a result may carry.
pub(in crate::map) const fn result(operation: Operation) -> Option<&'static Shape> {
    Some(match operation.0 {
        2 => whole!(0x30 [UPDATE_LOCATION_RES] | 0x04 Hlr),
        4 => whole!(0x30 [PROVIDE_ROAMING_NUMBER_RES] | 0x04 RoamingNumber),
        9 => whole!(0x30[SEND_PARAMETERS_RES]),
        10..=13 => whole!(0xA0 [FORWARDING_INFO] | 0xA1 _ | 0xA2 _ | 0xA3 _),
        14 => whole!(0x80 _ | 0xA2 _ | 0xA3 [FORWARDING_FEATURE_LIST] | 0xA4 _ | 0x81 ForwardedTo),
        21 => whole!(0x30[MT_FORWARD_SM_VGCS_RES]),
        22 => whole!(0xA3[SEND_ROUTING_INFO_RES] | 0x30[SEND_ROUTING_INFO_RES_OLD]),
        23 => whole!(0x30[UPDATE_GPRS_LOCATION_RES]),
        44 => whole!(0x30 [MT_FORWARD_SM_RES] | 0x04 Tpdu),
        45 => whole!(0x30[SEND_ROUTING_INFO_FOR_SM_RES]),
        46 => whole!(0x30 [MO_FORWARD_SM_RES] | 0x04 Tpdu),
        47 => whole!(0x30 [REPORT_SM_DELIVERY_STATUS_RES] | 0x04 StoredMsisdn),
        55 => whole!(0xA3[SEND_IDENTIFICATION_RES] | 0x30[SEND_IDENTIFICATION_RES]),
        57 => whole!(0x30[RESTORE_DATA_RES]),
        58 => whole!(0x04 Imsi),
        59 | 60 => whole!(0x30[USSD_RES]),
        62 => whole!(0x30[ANY_TIME_SUBSCRIPTION_INTERROGATION_RES]),
        65 => whole!(0x30[ANY_TIME_MODIFICATION_RES]),
        70 => whole!(0x30[PROVIDE_SUBSCRIBER_INFO_RES]),
        71 => whole!(0x30[ANY_TIME_INTERROGATION_RES]),
        83 => whole!(0x30[PROVIDE_SUBSCRIBER_LOCATION_RES]),
        84 => whole!(0x30[SEND_GROUP_CALL_INFO_RES]),
        85 => whole!(0x30[SEND_ROUTING_INFO_FOR_LCS_RES]),
        _ => return None,
    })
}

/// What an error may carry. Version 1 sends the number alone where later ones have a SEQUENCE.
pub(in crate::map) const fn error(code: ErrorCode) -> Option<&'static Shape> {
    Some(match code.0 {
        6 => whole!(0x30 [ABSENT_SUBSCRIBER_SM] | 0x02 AbsentDiagnostic),
        17 => whole!(0x04 _ | 0x30 [NO_DETAIL]),
        20 => whole!(0x30[SS_INCOMPATIBILITY]),
        21 => whole!(0x30[FACILITY_NOT_SUPPORTED]),
        32 => whole!(0x30 [SM_DELIVERY_FAILURE] | 0x0A FailureCause),
        31 => whole!(0x30[SUBSCRIBER_BUSY_FOR_MT_SMS]),
        36 => whole!(0x30[UNEXPECTED_DATA_VALUE]),
        45 => whole!(0x30[BUSY_SUBSCRIBER]),
        19 => whole!(0x30 [NO_DETAIL] | 0x81 Detail | 0x82 Detail),
        53 | 54 => whole!(0x30[DIAGNOSTIC]),
        1 | 8 | 13 | 15 | 27 | 34 | 37 => whole!(0x30 [DETAIL] | 0x0A Detail | 0x02 Detail),
        1..=72 => whole!(0x30[NO_DETAIL]),
        _ => return None,
    })
}
