//! Operation codes of MAP: names, the contexts they belong to, and whose business they are. TS 29.002 §17.3.2, §17.5.
//!
//! ```text
//!   02 01 2D                 local, as TS 29.002 has them all
//!   06 05 04 00 00 01 2D     global, under itu-t(0) identified-organization(4) etsi(0) mobileDomain(0) gsm-Network(1)
//! ```
//! No version of TS 29.002 gives an operation a global code; one that ends like a local code is taken for that
//! operation, because a lenient receiver may do the same.

use super::ApplicationContext;
use crate::tcap::Code;

/// A local operation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation(pub i64);

/// Who may ask for an operation over an interconnection, as the public lists of GSMA FS.11's categories have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Category {
    /// Category 1: nobody outside the network, unless agreed.
    One = 1,
    /// Category 2: only the home network of a visitor.
    Two,
    /// Category 3: only the visited network of a subscriber who is abroad.
    Three,
    /// Short messages, which are looked at more closely.
    Sms,
}

impl Category {
    /// The number in events and rules: that of the category, 4 for short messages.
    #[inline]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl Operation {
    /// The operation a code means.
    #[inline]
    pub fn of_code(code: Code<'_>) -> Option<Self> {
        match code {
            Code::Local(number) => Some(Self(number)),
            Code::Global(oid) => Self::of_oid(oid),
        }
    }

    #[cold]
    fn of_oid(oid: &[u8]) -> Option<Self> {
        let (&last, before) = oid.strip_prefix(GSM_NETWORK)?.split_last()?;
        let whole = before.last().is_none_or(|octet| octet & 0x80 == 0) && last & 0x80 == 0;
        Some(Self(i64::from(last))).filter(|operation| whole && operation.name().is_some())
    }

    /// Whether it is about short messages.
    #[inline]
    pub const fn is_sms(self) -> bool {
        matches!(self.0, 21 | 44..=49 | 63 | 64 | 66)
    }

    /// Whether it carries a short message.
    #[inline]
    pub const fn is_forward_sm(self) -> bool {
        matches!(self.0, 21 | 44 | 46)
    }

    /// Whether a dialogue in this context may invoke it. A context that TS 29.002 does not have takes anything.
    #[inline(always)]
    pub fn fits(self, context: ApplicationContext) -> bool {
        let place = usize::try_from(self.0).ok().and_then(|code| FIRST_CONTEXTS.get(code));
        place.is_some_and(|place| has(place, context)) || self.fits_otherwise(context)
    }

    #[inline(never)]
    fn fits_otherwise(self, context: ApplicationContext) -> bool {
        self.contexts().iter().any(|place| has(place, context)) || context.name().is_none()
    }
}

/// Whether a context is this one, in one of these versions.
#[inline(always)]
fn has((number, from, to): &(u8, u8, u8), context: ApplicationContext) -> bool {
    context.context == *number && (*from..=*to).contains(&context.version)
}

/// By code, the first context of each operation: nearly always the one that is asked for.
static FIRST_CONTEXTS: [(u8, u8, u8); 128] = {
    let mut first = [(0, 1, 0); 128];
    let mut code = 0;
    while code < first.len() {
        if let [context, ..] = Operation(code as i64).contexts() {
            first[code] = *context;
        }
        code += 1;
    }
    first
};

/// Declares the operations: code, name, category, and the contexts with the first and the last version.
macro_rules! operations {
    ($($constant:ident = $code:literal $name:literal $category:ident
        [$($context:literal $from:literal $to:literal),*],)+) => {
        impl Operation {
            $(#[doc = concat!($name, ".")] pub const $constant: Self = Self($code);)+

            /// Every operation with a name.
            pub const ALL: &'static [Self] = &[$(Self::$constant),+];

            /// The standard's name.
            pub const fn name(self) -> Option<&'static str> {
                Some(match self {
                    $(Self::$constant => $name,)+
                    _ => return None,
                })
            }

            /// Who may ask for it; none where the public lists say nothing.
            #[inline(always)]
            pub const fn category(self) -> Option<Category> {
                match self {
                    $(Self::$constant => category!($category),)+
                    _ => None,
                }
            }

            const fn contexts(self) -> &'static [(u8, u8, u8)] {
                match self {
                    $(Self::$constant => &[$(($context, $from, $to)),*],)+
                    _ => &[],
                }
            }
        }
    };
}

macro_rules! category {
    (None) => {
        None
    };
    ($category:ident) => {
        Some(Category::$category)
    };
}

// Names of 78 to 81 from releases 4 to 7, of 109 to 126 from TS 24.080, of the rest from TS 29.002 and GSM 09.02.
// 46 is forwardSM in versions 1 and 2, either way. In 25.1 it stands although only 21 has a version 1.
operations! {
    UPDATE_LOCATION = 2 "updateLocation" Three [1 1 3],
    CANCEL_LOCATION = 3 "cancelLocation" Two [2 1 3],
    PROVIDE_ROAMING_NUMBER = 4 "provideRoamingNumber" Two [3 1 3],
    NOTE_SUBSCRIBER_DATA_MODIFIED = 5 "noteSubscriberDataModified" One [22 3 3],
    RESUME_CALL_HANDLING = 6 "resumeCallHandling" One [6 3 4],
    INSERT_SUBSCRIBER_DATA = 7 "insertSubscriberData" Two [1 1 3, 16 1 3, 32 3 3, 46 3 3],
    DELETE_SUBSCRIBER_DATA = 8 "deleteSubscriberData" Two [16 1 3],
    SEND_PARAMETERS = 9 "sendParameters" One [1 1 1, 14 1 1],
    REGISTER_SS = 10 "registerSS" Three [18 1 2],
    ERASE_SS = 11 "eraseSS" Three [18 1 2],
    ACTIVATE_SS = 12 "activateSS" Three [18 1 2],
    DEACTIVATE_SS = 13 "deactivateSS" Three [18 1 2],
    INTERROGATE_SS = 14 "interrogateSS" Three [18 1 2],
    AUTHENTICATION_FAILURE_REPORT = 15 "authenticationFailureReport" None [39 3 3],
    NOTIFY_SS = 16 "notifySS" One [],
    REGISTER_PASSWORD = 17 "registerPassword" Three [18 1 2],
    GET_PASSWORD = 18 "getPassword" Two [18 1 2],
    PROCESS_UNSTRUCTURED_SS_DATA = 19 "processUnstructuredSS-Data" Three [18 1 1],
    RELEASE_RESOURCES = 20 "releaseResources" One [44 3 3],
    MT_FORWARD_SM_VGCS = 21 "mt-ForwardSM-VGCS" Sms [41 3 3],
    SEND_ROUTING_INFO = 22 "sendRoutingInfo" One [5 1 3],
    UPDATE_GPRS_LOCATION = 23 "updateGprsLocation" Three [32 3 3],
    SEND_ROUTING_INFO_FOR_GPRS = 24 "sendRoutingInfoForGprs" One [33 3 4],
    FAILURE_REPORT = 25 "failureReport" One [34 3 3],
    NOTE_MS_PRESENT_FOR_GPRS = 26 "noteMsPresentForGprs" One [35 3 3],
    PERFORM_HANDOVER = 28 "performHandover" One [11 1 1],
    SEND_END_SIGNAL = 29 "sendEndSignal" One [11 1 3],
    PERFORM_SUBSEQUENT_HANDOVER = 30 "performSubsequentHandover" One [11 1 1],
    PROVIDE_SIWFS_NUMBER = 31 "provideSIWFSNumber" One [12 3 3],
    SIWFS_SIGNALLING_MODIFY = 32 "sIWFSSignallingModify" One [12 3 3],
    PROCESS_ACCESS_SIGNALLING = 33 "processAccessSignalling" One [11 1 3],
    FORWARD_ACCESS_SIGNALLING = 34 "forwardAccessSignalling" One [11 1 3],
    NOTE_INTERNAL_HANDOVER = 35 "noteInternalHandover" One [11 1 1],
    CANCEL_VCSG_LOCATION = 36 "cancelVcsgLocation" None [47 3 3],
    RESET = 37 "reset" Two [10 1 3],
    FORWARD_CHECK_SS_INDICATION = 38 "forwardCheckSS-Indication" None [1 1 3],
    PREPARE_GROUP_CALL = 39 "prepareGroupCall" One [31 3 3],
    SEND_GROUP_CALL_END_SIGNAL = 40 "sendGroupCallEndSignal" One [31 3 3],
    PROCESS_GROUP_CALL_SIGNALLING = 41 "processGroupCallSignalling" One [31 3 3],
    FORWARD_GROUP_CALL_SIGNALLING = 42 "forwardGroupCallSignalling" One [31 3 3],
    CHECK_IMEI = 43 "checkIMEI" One [13 1 3],
    MT_FORWARD_SM = 44 "mt-ForwardSM" Sms [25 3 3],
    SEND_ROUTING_INFO_FOR_SM = 45 "sendRoutingInfoForSM" Sms [20 1 3],
    MO_FORWARD_SM = 46 "mo-ForwardSM" Sms [21 1 3, 25 1 2],
    REPORT_SM_DELIVERY_STATUS = 47 "reportSM-DeliveryStatus" Sms [20 1 3],
    NOTE_SUBSCRIBER_PRESENT = 48 "noteSubscriberPresent" Sms [24 1 1],
    ALERT_SERVICE_CENTRE_WITHOUT_RESULT = 49 "alertServiceCentreWithoutResult" Sms [23 1 1],
    ACTIVATE_TRACE_MODE = 50 "activateTraceMode" One [1 1 3, 17 1 3, 32 3 3],
    DEACTIVATE_TRACE_MODE = 51 "deactivateTraceMode" One [17 1 3],
    TRACE_SUBSCRIBER_ACTIVITY = 52 "traceSubscriberActivity" One [11 1 1],
    UPDATE_VCSG_LOCATION = 53 "updateVcsgLocation" None [46 3 3],
    BEGIN_SUBSCRIBER_ACTIVITY = 54 "beginSubscriberActivity" Three [18 1 1],
    SEND_IDENTIFICATION = 55 "sendIdentification" One [15 2 3],
    SEND_AUTHENTICATION_INFO = 56 "sendAuthenticationInfo" Three [14 2 3],
    RESTORE_DATA = 57 "restoreData" Three [1 2 3],
    SEND_IMSI = 58 "sendIMSI" One [26 2 2],
    PROCESS_UNSTRUCTURED_SS_REQUEST = 59 "processUnstructuredSS-Request" Three [19 2 2],
    UNSTRUCTURED_SS_REQUEST = 60 "unstructuredSS-Request" Two [19 2 2],
    UNSTRUCTURED_SS_NOTIFY = 61 "unstructuredSS-Notify" Two [19 2 2],
    ANY_TIME_SUBSCRIPTION_INTERROGATION = 62 "anyTimeSubscriptionInterrogation" One [43 3 3],
    INFORM_SERVICE_CENTRE = 63 "informServiceCentre" Sms [20 2 3],
    ALERT_SERVICE_CENTRE = 64 "alertServiceCentre" Sms [23 2 2],
    ANY_TIME_MODIFICATION = 65 "anyTimeModification" One [43 3 3],
    READY_FOR_SM = 66 "readyForSM" Sms [24 2 3],
    PURGE_MS = 67 "purgeMS" Three [27 2 3],
    PREPARE_HANDOVER = 68 "prepareHandover" One [11 2 3],
    PREPARE_SUBSEQUENT_HANDOVER = 69 "prepareSubsequentHandover" One [11 2 3],
    PROVIDE_SUBSCRIBER_INFO = 70 "provideSubscriberInfo" Two [28 3 3],
    ANY_TIME_INTERROGATION = 71 "anyTimeInterrogation" One [29 3 3],
    SS_INVOCATION_NOTIFICATION = 72 "ss-InvocationNotification" One [36 3 3],
    SET_REPORTING_STATE = 73 "setReportingState" None [7 3 3],
    STATUS_REPORT = 74 "statusReport" None [7 3 3],
    REMOTE_USER_FREE = 75 "remoteUserFree" None [7 3 3],
    REGISTER_CC_ENTRY = 76 "registerCC-Entry" One [8 3 3],
    ERASE_CC_ENTRY = 77 "eraseCC-Entry" One [8 3 3],
    SECURE_TRANSPORT_CLASS_1 = 78 "secureTransportClass1" One [40 3 3],
    SECURE_TRANSPORT_CLASS_2 = 79 "secureTransportClass2" One [40 3 3],
    SECURE_TRANSPORT_CLASS_3 = 80 "secureTransportClass3" One [40 3 3],
    SECURE_TRANSPORT_CLASS_4 = 81 "secureTransportClass4" One [40 3 3],
    PROVIDE_SUBSCRIBER_LOCATION = 83 "provideSubscriberLocation" One [38 3 3],
    SEND_GROUP_CALL_INFO = 84 "sendGroupCallInfo" One [45 3 3],
    SEND_ROUTING_INFO_FOR_LCS = 85 "sendRoutingInfoForLCS" One [37 3 3],
    SUBSCRIBER_LOCATION_REPORT = 86 "subscriberLocationReport" One [38 3 3],
    IST_ALERT = 87 "ist-Alert" None [4 3 3],
    IST_COMMAND = 88 "ist-Command" None [9 3 3],
    NOTE_MM_EVENT = 89 "noteMM-Event" None [42 3 3],
    LCS_PERIODIC_LOCATION_CANCELLATION = 109 "lcs-PeriodicLocationCancellation" One [],
    LCS_LOCATION_UPDATE = 110 "lcs-LocationUpdate" One [],
    LCS_PERIODIC_LOCATION_REQUEST = 111 "lcs-PeriodicLocationRequest" One [],
    LCS_AREA_EVENT_CANCELLATION = 112 "lcs-AreaEventCancellation" One [],
    LCS_AREA_EVENT_REPORT = 113 "lcs-AreaEventReport" One [],
    LCS_AREA_EVENT_REQUEST = 114 "lcs-AreaEventRequest" One [],
    LCS_MOLR = 115 "lcs-MOLR" One [],
    LCS_LOCATION_NOTIFICATION = 116 "lcs-LocationNotification" One [],
    CALL_DEFLECTION = 117 "callDeflection" One [],
    USER_USER_SERVICE = 118 "userUserService" One [],
    ACCESS_REGISTER_CC_ENTRY = 119 "accessRegisterCCEntry" One [],
    FORWARD_CUG_INFO = 120 "forwardCUG-Info" One [],
    SPLIT_MPTY = 121 "splitMPTY" One [],
    RETRIEVE_MPTY = 122 "retrieveMPTY" One [],
    HOLD_MPTY = 123 "holdMPTY" One [],
    BUILD_MPTY = 124 "buildMPTY" One [],
    FORWARD_CHARGE_ADVICE = 125 "forwardChargeAdvice" One [],
    EXPLICIT_CT = 126 "explicitCT" One [],
}

/// itu-t(0) identified-organization(4) etsi(0) mobileDomain(0) gsm-Network(1).
const GSM_NETWORK: &[u8] = &[0x04, 0x00, 0x00, 0x01];

#[cfg(test)]
mod tests {
    use super::*;

    const fn context(context: u8, version: u8) -> ApplicationContext {
        ApplicationContext { context, version }
    }

    #[test]
    fn an_operation_is_about_short_messages_exactly_where_its_category_says_so() {
        for code in -200..200 {
            let operation = Operation(code);
            assert_eq!(operation.is_sms(), operation.category() == Some(Category::Sms), "{code}");
            assert!(operation.is_sms() || !operation.is_forward_sm());
            assert_eq!(operation.name().is_some(), Operation::ALL.contains(&operation));
        }
        assert_eq!(Operation::ALL.len(), 104);
        let number = |operation: Operation| operation.category().map(Category::number);
        assert_eq!(number(Operation::ANY_TIME_INTERROGATION), Some(1));
        assert_eq!(number(Operation::INSERT_SUBSCRIBER_DATA), Some(2));
        assert_eq!((number(Operation::UPDATE_LOCATION), number(Operation::MT_FORWARD_SM)), (Some(3), Some(4)));
        assert_eq!(number(Operation::STATUS_REPORT), None);
    }

    #[test]
    fn every_context_of_an_operation_has_a_name() {
        for operation in Operation::ALL {
            for (number, from, to) in operation.contexts() {
                for version in *from..=*to {
                    assert!(context(*number, version).name().is_some(), "{operation:?} in {number}.{version}");
                    assert!(operation.fits(context(*number, version)));
                }
            }
        }
    }

    #[test]
    fn an_operation_fits_its_contexts_in_their_versions_only() {
        assert!(Operation::MT_FORWARD_SM.fits(context(25, 3)));
        assert!(!Operation::MT_FORWARD_SM.fits(context(25, 2)));
        assert!(Operation::MO_FORWARD_SM.fits(context(25, 2)) && Operation::MO_FORWARD_SM.fits(context(21, 3)));
        assert!(!Operation::MO_FORWARD_SM.fits(context(25, 3)));
        assert!(!Operation::SEND_AUTHENTICATION_INFO.fits(context(20, 3)));
        assert!(!Operation(99).fits(context(20, 3)) && !Operation::CALL_DEFLECTION.fits(context(18, 2)));
    }

    #[test]
    fn a_context_nobody_has_takes_any_operation() {
        for unknown in [context(30, 3), context(25, 9), context(99, 1)] {
            assert!(Operation::MT_FORWARD_SM.fits(unknown) && Operation(99).fits(unknown));
        }
    }

    #[test]
    fn takes_a_global_code_for_the_local_one_it_ends_with() {
        let global = |oid| Operation::of_code(Code::Global(oid));
        assert_eq!(Operation::of_code(Code::Local(-3)), Some(Operation(-3)));
        assert_eq!(global(&[4, 0, 0, 1, 44]), Some(Operation::MT_FORWARD_SM));
        assert_eq!(global(&[4, 0, 0, 1, 0, 25, 46]), Some(Operation::MO_FORWARD_SM));
        for oid in [&[4, 0, 0, 1][..], &[4, 0, 0, 1, 99], &[4, 0, 0, 2, 44], &[4, 0, 0, 1, 0x81, 44], &[]] {
            assert_eq!(global(oid), None, "{oid:?}");
        }
    }
}
