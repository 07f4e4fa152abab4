//! What became of a request: the command status. SMPP 3.4 §5.1.3, SMPP 5.0 §4.7.6.

use crate::numbered::numbered;

numbered! {
    /// A command status.
    Status: u32 {
        /// No error.
        Ok = 0x000 "ok",
        /// Message length is invalid.
        InvalidMessageLength = 0x001 "invalid_message_length",
        /// Command length is invalid.
        InvalidCommandLength = 0x002 "invalid_command_length",
        /// Command identifier is invalid.
        InvalidCommand = 0x003 "invalid_command",
        /// Not possible in this state of the session.
        WrongBindState = 0x004 "wrong_bind_state",
        /// Bound already.
        AlreadyBound = 0x005 "already_bound",
        /// Priority is invalid.
        InvalidPriority = 0x006 "invalid_priority",
        /// Registered delivery is invalid.
        InvalidRegisteredDelivery = 0x007 "invalid_registered_delivery",
        /// System error.
        SystemError = 0x008 "system_error",
        /// Source address is invalid.
        InvalidSource = 0x00a "invalid_source",
        /// Destination address is invalid.
        InvalidDestination = 0x00b "invalid_destination",
        /// Message identifier is invalid.
        InvalidMessageId = 0x00c "invalid_message_id",
        /// Bind failed.
        BindFailed = 0x00d "bind_failed",
        /// Password is wrong.
        InvalidPassword = 0x00e "invalid_password",
        /// System identifier is unknown.
        InvalidSystemId = 0x00f "invalid_system_id",
        /// Cancel failed.
        CancelFailed = 0x011 "cancel_failed",
        /// Replace failed.
        ReplaceFailed = 0x013 "replace_failed",
        /// Message queue is full.
        QueueFull = 0x014 "queue_full",
        /// Service type is invalid.
        InvalidServiceType = 0x015 "invalid_service_type",
        /// Number of destinations is invalid.
        InvalidDestinations = 0x033 "invalid_destinations",
        /// Distribution list is unknown.
        InvalidListName = 0x034 "invalid_list_name",
        /// Destination flag is invalid.
        InvalidDestinationFlag = 0x040 "invalid_destination_flag",
        /// Submission that replaces is invalid.
        InvalidReplaceRequest = 0x042 "invalid_replace_request",
        /// ESM class is invalid.
        InvalidEsmClass = 0x043 "invalid_esm_class",
        /// Cannot submit to a distribution list.
        ListNotAllowed = 0x044 "list_not_allowed",
        /// Submission failed.
        SubmitFailed = 0x045 "submit_failed",
        /// Source type of number is invalid.
        InvalidSourceTon = 0x048 "invalid_source_ton",
        /// Source numbering plan is invalid.
        InvalidSourceNpi = 0x049 "invalid_source_npi",
        /// Destination type of number is invalid.
        InvalidDestinationTon = 0x050 "invalid_destination_ton",
        /// Destination numbering plan is invalid.
        InvalidDestinationNpi = 0x051 "invalid_destination_npi",
        /// System type is invalid.
        InvalidSystemType = 0x053 "invalid_system_type",
        /// Replace flag is invalid.
        InvalidReplaceFlag = 0x054 "invalid_replace_flag",
        /// Number of messages is invalid.
        InvalidMessageCount = 0x055 "invalid_message_count",
        /// More messages than allowed.
        Throttled = 0x058 "throttled",
        /// Scheduled time is invalid.
        InvalidSchedule = 0x061 "invalid_schedule",
        /// Validity period is invalid.
        InvalidValidity = 0x062 "invalid_validity",
        /// Predefined message is unknown.
        InvalidDefaultMessage = 0x063 "invalid_default_message",
        /// The receiver's application fails for now.
        TemporaryApplicationError = 0x064 "temporary_application_error",
        /// The receiver's application fails.
        PermanentApplicationError = 0x065 "permanent_application_error",
        /// The receiver's application rejects the message.
        ApplicationReject = 0x066 "application_reject",
        /// Query failed.
        QueryFailed = 0x067 "query_failed",
        /// Optional part is malformed.
        InvalidOptionalPart = 0x0c0 "invalid_optional_part",
        /// Optional parameter is not allowed.
        ParameterNotAllowed = 0x0c1 "parameter_not_allowed",
        /// Parameter length is invalid.
        InvalidParameterLength = 0x0c2 "invalid_parameter_length",
        /// Optional parameter is missing.
        ParameterMissing = 0x0c3 "parameter_missing",
        /// Optional parameter value is invalid.
        InvalidParameterValue = 0x0c4 "invalid_parameter_value",
        /// Delivery failed.
        DeliveryFailure = 0x0fe "delivery_failure",
        /// Unknown error.
        UnknownError = 0x0ff "unknown_error",
        /// Service type is not for this ESME.
        ServiceNotAuthorised = 0x100 "service_not_authorised",
        /// Operation is not for this ESME.
        Prohibited = 0x101 "prohibited",
        /// Service type is not available.
        ServiceUnavailable = 0x102 "service_unavailable",
        /// Service type is denied.
        ServiceDenied = 0x103 "service_denied",
        /// Data coding is invalid.
        InvalidDataCoding = 0x104 "invalid_data_coding",
        /// Source subunit is invalid.
        InvalidSourceSubunit = 0x105 "invalid_source_subunit",
        /// Destination subunit is invalid.
        InvalidDestinationSubunit = 0x106 "invalid_destination_subunit",
        /// Broadcast interval is invalid.
        InvalidBroadcastInterval = 0x107 "invalid_broadcast_interval",
        /// Broadcast alias is invalid.
        InvalidBroadcastAlias = 0x108 "invalid_broadcast_alias",
        /// Broadcast area format is invalid.
        InvalidBroadcastArea = 0x109 "invalid_broadcast_area",
        /// Number of broadcast areas is invalid.
        InvalidBroadcastAreas = 0x10a "invalid_broadcast_areas",
        /// Broadcast content type is invalid.
        InvalidBroadcastContent = 0x10b "invalid_broadcast_content",
        /// Broadcast message class is invalid.
        InvalidBroadcastClass = 0x10c "invalid_broadcast_class",
        /// Broadcast failed.
        BroadcastFailed = 0x10d "broadcast_failed",
        /// Broadcast query failed.
        BroadcastQueryFailed = 0x10e "broadcast_query_failed",
        /// Broadcast cancel failed.
        BroadcastCancelFailed = 0x10f "broadcast_cancel_failed",
        /// Number of repetitions is invalid.
        InvalidBroadcastRepetitions = 0x110 "invalid_broadcast_repetitions",
        /// Broadcast service group is invalid.
        InvalidBroadcastGroup = 0x111 "invalid_broadcast_group",
        /// Broadcast channel is invalid.
        InvalidBroadcastChannel = 0x112 "invalid_broadcast_channel",
    }
}

impl Status {
    /// Whether it belongs to the vendor of a message centre (SMPP 3.4 §5.1.3, table 5-2).
    #[inline]
    pub const fn is_vendors(self) -> bool {
        matches!(self.number(), 0x400..=0x4ff)
    }

    /// Whether some version has it.
    pub fn is_known(self) -> bool {
        self == Self::Ok || self.is_vendors() || Self::ALL.contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_statuses_a_firewall_refuses_with() {
        for (number, name) in [
            (0x08, "system_error"),
            (0x0a, "invalid_source"),
            (0x58, "throttled"),
            (0x66, "application_reject"),
            (0x101, "prohibited"),
        ] {
            assert_eq!(Status::from_number(number).name(), name);
        }
    }

    #[test]
    fn reserved_numbers_are_not_known_and_a_vendors_are() {
        for (number, known) in [(0, true), (0x09, false), (0xfd, false), (0x113, false), (0x400, true), (0x500, false)]
        {
            assert_eq!(Status::from_number(number).is_known(), known, "{number:x}");
        }
    }
}
