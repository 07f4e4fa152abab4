//! Operation codes of MAP. TS 29.002 §17.5.

/// A local operation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation(pub i64);

impl Operation {
    /// updateLocation.
    pub const UPDATE_LOCATION: Self = Self(2);
    /// cancelLocation.
    pub const CANCEL_LOCATION: Self = Self(3);
    /// insertSubscriberData.
    pub const INSERT_SUBSCRIBER_DATA: Self = Self(7);
    /// deleteSubscriberData.
    pub const DELETE_SUBSCRIBER_DATA: Self = Self(8);
    /// mt-ForwardSM-VGCS.
    pub const MT_FORWARD_SM_VGCS: Self = Self(21);
    /// sendRoutingInfo.
    pub const SEND_ROUTING_INFO: Self = Self(22);
    /// updateGprsLocation.
    pub const UPDATE_GPRS_LOCATION: Self = Self(23);
    /// mt-ForwardSM of version 3.
    pub const MT_FORWARD_SM: Self = Self(44);
    /// sendRoutingInfoForSM.
    pub const SEND_ROUTING_INFO_FOR_SM: Self = Self(45);
    /// mo-ForwardSM of version 3; forwardSM of versions 1 and 2, either way.
    pub const MO_FORWARD_SM: Self = Self(46);
    /// reportSM-DeliveryStatus.
    pub const REPORT_SM_DELIVERY_STATUS: Self = Self(47);
    /// noteSubscriberPresent.
    pub const NOTE_SUBSCRIBER_PRESENT: Self = Self(48);
    /// alertServiceCentreWithoutResult.
    pub const ALERT_SERVICE_CENTRE_WITHOUT_RESULT: Self = Self(49);
    /// sendAuthenticationInfo.
    pub const SEND_AUTHENTICATION_INFO: Self = Self(56);
    /// sendIMSI.
    pub const SEND_IMSI: Self = Self(58);
    /// processUnstructuredSS-Request.
    pub const PROCESS_UNSTRUCTURED_SS_REQUEST: Self = Self(59);
    /// informServiceCentre.
    pub const INFORM_SERVICE_CENTRE: Self = Self(63);
    /// alertServiceCentre.
    pub const ALERT_SERVICE_CENTRE: Self = Self(64);
    /// readyForSM.
    pub const READY_FOR_SM: Self = Self(66);
    /// purgeMS.
    pub const PURGE_MS: Self = Self(67);
    /// provideSubscriberInfo.
    pub const PROVIDE_SUBSCRIBER_INFO: Self = Self(70);
    /// anyTimeInterrogation.
    pub const ANY_TIME_INTERROGATION: Self = Self(71);

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

    /// The standard's name of an operation about short messages.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::MT_FORWARD_SM_VGCS => "mt-ForwardSM-VGCS",
            Self::MT_FORWARD_SM => "mt-ForwardSM",
            Self::SEND_ROUTING_INFO_FOR_SM => "sendRoutingInfoForSM",
            Self::MO_FORWARD_SM => "mo-ForwardSM",
            Self::REPORT_SM_DELIVERY_STATUS => "reportSM-DeliveryStatus",
            Self::NOTE_SUBSCRIBER_PRESENT => "noteSubscriberPresent",
            Self::ALERT_SERVICE_CENTRE_WITHOUT_RESULT => "alertServiceCentreWithoutResult",
            Self::INFORM_SERVICE_CENTRE => "informServiceCentre",
            Self::ALERT_SERVICE_CENTRE => "alertServiceCentre",
            Self::READY_FOR_SM => "readyForSM",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_about_short_messages_exactly_where_it_has_a_name_here() {
        for code in -200..200 {
            assert_eq!(Operation(code).is_sms(), Operation(code).name().is_some(), "{code}");
            assert!(Operation(code).is_sms() || !Operation(code).is_forward_sm());
        }
    }
}
