//! Application contexts of MAP. TS 29.002 §17.3.2, §17.3.3.
//!
//! ```text
//!   04 00 00 01 00 ac version      0.4.0.0.1.0.ac.version
//! ```

/// Context and version, without the part all have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationContext {
    /// Last arc but one.
    pub context: u8,
    /// Last arc.
    pub version: u8,
}

impl ApplicationContext {
    /// shortMsgGateway.
    pub const SHORT_MSG_GATEWAY: u8 = 20;
    /// shortMsgMO-Relay; in version 1 shortMsgRelay, either way.
    pub const SHORT_MSG_MO_RELAY: u8 = 21;
    /// shortMsgAlert.
    pub const SHORT_MSG_ALERT: u8 = 23;
    /// mwdMngt.
    pub const MWD_MNGT: u8 = 24;
    /// shortMsgMT-Relay.
    pub const SHORT_MSG_MT_RELAY: u8 = 25;
    /// shortMsgMT-Relay-VGCS.
    pub const SHORT_MSG_MT_RELAY_VGCS: u8 = 41;

    /// From the content octets of an object identifier; none where it is not one of MAP.
    #[inline]
    pub const fn from_oid(content: &[u8]) -> Option<Self> {
        let Some((&[a, b, c, d, e, context, version], [])) = content.split_first_chunk::<7>() else { return None };
        let map = u32::from_be_bytes([a, b, c, d]) == 0x0400_0001 && e == 0;
        if map && context < 0x80 && version < 0x80 { Some(Self { context, version }) } else { None }
    }

    /// The name in TS 29.002 §17.3.3, without the version; none for a context or version that it does not have.
    pub const fn name(self) -> Option<&'static str> {
        Some(match (self.context, self.version) {
            (1, 1..=3) => "networkLocUpContext",
            (2, 1..=3) => "locationCancellationContext",
            (3, 1..=3) => "roamingNumberEnquiryContext",
            (4, 3) => "istAlertingContext",
            (5, 1..=3) => "locationInfoRetrievalContext",
            (6, 3..=4) => "callControlTransferContext",
            (7, 3) => "reportingContext",
            (8, 3) => "callCompletionContext",
            (9, 3) => "serviceTerminationContext",
            (10, 1..=3) => "resetContext",
            (11, 1..=3) => "handoverControlContext",
            (12, 3) => "sIWFSAllocationContext",
            (13, 1..=3) => "equipmentMngtContext",
            (14, 1..=3) => "infoRetrievalContext",
            (15, 2..=3) => "interVlrInfoRetrievalContext",
            (16, 1..=3) => "subscriberDataMngtContext",
            (17, 1..=3) => "tracingContext",
            (18, 1..=2) => "networkFunctionalSsContext",
            (19, 2) => "networkUnstructuredSsContext",
            (20, 1..=3) => "shortMsgGatewayContext",
            (21, 1) => "shortMsgRelayContext",
            (21, 2..=3) => "shortMsgMO-RelayContext",
            (22, 3) => "subscriberDataModificationNotificationContext",
            (23, 1..=2) => "shortMsgAlertContext",
            (24, 1..=3) => "mwdMngtContext",
            (25, 1..=3) => "shortMsgMT-RelayContext",
            (26, 2) => "imsiRetrievalContext",
            (27, 2..=3) => "msPurgingContext",
            (28, 3) => "subscriberInfoEnquiryContext",
            (29, 3) => "anyTimeInfoEnquiryContext",
            (31, 3) => "groupCallControlContext",
            (32, 3) => "gprsLocationUpdateContext",
            (33, 3..=4) => "gprsLocationInfoRetrievalContext",
            (34, 3) => "failureReportContext",
            (35, 3) => "gprsNotifyContext",
            (36, 3) => "ss-InvocationNotificationContext",
            (37, 3) => "locationSvcGatewayContext",
            (38, 3) => "locationSvcEnquiryContext",
            (39, 3) => "authenticationFailureReportContext",
            (40, 3) => "secureTransportHandlingContext",
            (41, 3) => "shortMsgMT-Relay-VGCS-Context",
            (42, 3) => "mm-EventReportingContext",
            (43, 3) => "anyTimeInfoHandlingContext",
            (44, 3) => "resourceManagementContext",
            (45, 3) => "groupCallInfoRetrievalContext",
            (46, 3) => "vcsgLocationUpdateContext",
            (47, 3) => "vcsgLocationCancellationContext",
            _ => return None,
        })
    }

    /// Whether short messages, or news about them, are exchanged in it.
    #[inline]
    pub const fn is_sms(self) -> bool {
        matches!(self.context, 20 | 21 | 23 | 24 | 25 | 41)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_context_and_version() {
        let context = ApplicationContext::from_oid(&[4, 0, 0, 1, 0, 25, 3]).unwrap();
        assert_eq!((context.context, context.version), (ApplicationContext::SHORT_MSG_MT_RELAY, 3));
        assert!(context.is_sms());
    }

    #[test]
    fn names_the_contexts_in_the_versions_they_have() {
        let name = |context, version| ApplicationContext { context, version }.name();
        assert_eq!(name(25, 3), Some("shortMsgMT-RelayContext"));
        assert_eq!((name(21, 1), name(21, 2)), (Some("shortMsgRelayContext"), Some("shortMsgMO-RelayContext")));
        assert_eq!((name(29, 2), name(30, 3), name(23, 3)), (None, None, None));
    }

    #[test]
    fn refuses_what_is_no_context_of_map() {
        for oid in [
            &[4, 0, 0, 1, 0, 25][..],
            &[4, 0, 0, 1, 0, 25, 3, 1],
            &[4, 0, 0, 2, 0, 25, 3],
            &[4, 0, 0, 1, 0, 0x81, 3],
            &[],
        ] {
            assert_eq!(ApplicationContext::from_oid(oid), None);
        }
    }
}
