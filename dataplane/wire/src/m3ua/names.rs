//! What M3UA calls its classes, messages and parameters.
//!
//! RFC 4666 §3.1.2, §3.2, §3.8. Handles the lists as the RFC has them; what it only reserves has no name here.

use crate::numbered::numbered;

numbered! {
    /// The class of a message (RFC 4666 §3.1.2).
    Class: u8 {
        /// Management.
        Mgmt = 0 "mgmt",
        /// Transfer.
        Transfer = 1 "transfer",
        /// Signalling network management.
        Ssnm = 2 "ssnm",
        /// State of an application server process.
        Aspsm = 3 "aspsm",
        /// Traffic of an application server process.
        Asptm = 4 "asptm",
        /// Routing key management.
        Rkm = 9 "rkm",
    }
}

numbered! {
    /// The class (high octet) and type (low octet) of a message (RFC 4666 §3.1.2).
    MessageKind: u16 {
        /// Error.
        Error = 0x0000 "ERR",
        /// Notify.
        Notify = 0x0001 "NTFY",
        /// Payload data.
        Data = 0x0101 "DATA",
        /// Destination unavailable.
        Duna = 0x0201 "DUNA",
        /// Destination available.
        Dava = 0x0202 "DAVA",
        /// Destination state audit.
        Daud = 0x0203 "DAUD",
        /// Signalling congestion.
        Scon = 0x0204 "SCON",
        /// Destination user part unavailable.
        Dupu = 0x0205 "DUPU",
        /// Destination restricted.
        Drst = 0x0206 "DRST",
        /// ASP up.
        AspUp = 0x0301 "ASPUP",
        /// ASP down.
        AspDown = 0x0302 "ASPDN",
        /// Heartbeat.
        Heartbeat = 0x0303 "BEAT",
        /// ASP up, acknowledged.
        AspUpAck = 0x0304 "ASPUP_ACK",
        /// ASP down, acknowledged.
        AspDownAck = 0x0305 "ASPDN_ACK",
        /// Heartbeat, answered.
        HeartbeatAck = 0x0306 "BEAT_ACK",
        /// ASP active.
        AspActive = 0x0401 "ASPAC",
        /// ASP inactive.
        AspInactive = 0x0402 "ASPIA",
        /// ASP active, acknowledged.
        AspActiveAck = 0x0403 "ASPAC_ACK",
        /// ASP inactive, acknowledged.
        AspInactiveAck = 0x0404 "ASPIA_ACK",
        /// Registration request.
        RegistrationRequest = 0x0901 "REG_REQ",
        /// Registration response.
        RegistrationResponse = 0x0902 "REG_RSP",
        /// Deregistration request.
        DeregistrationRequest = 0x0903 "DEREG_REQ",
        /// Deregistration response.
        DeregistrationResponse = 0x0904 "DEREG_RSP",
    }
}

impl MessageKind {
    /// The class it belongs to.
    #[inline]
    pub const fn class(self) -> Class {
        Class::from_number((self.0 >> 8) as u8)
    }
}

numbered! {
    /// What a parameter is (RFC 4666 §3.2).
    Tag: u16 {
        /// Text for people.
        Info = 0x0004 "info_string",
        /// Routing context.
        RoutingContext = 0x0006 "routing_context",
        /// The message an error is about.
        Diagnostic = 0x0007 "diagnostic_information",
        /// What a heartbeat carries.
        HeartbeatData = 0x0009 "heartbeat_data",
        /// How servers share traffic.
        TrafficMode = 0x000b "traffic_mode_type",
        /// What was wrong.
        ErrorCode = 0x000c "error_code",
        /// What changed.
        Status = 0x000d "status",
        /// The name of a process.
        AspIdentifier = 0x0011 "asp_identifier",
        /// The point codes a message is about.
        AffectedPointCode = 0x0012 "affected_point_code",
        /// Puts messages in order across a change of process.
        CorrelationId = 0x0013 "correlation_id",
        /// Network appearance.
        NetworkAppearance = 0x0200 "network_appearance",
        /// Why a user part is unavailable.
        UserCause = 0x0204 "user_cause",
        /// How congested.
        Congestion = 0x0205 "congestion_indications",
        /// Who saw congestion.
        ConcernedDestination = 0x0206 "concerned_destination",
        /// What traffic to register for.
        RoutingKey = 0x0207 "routing_key",
        /// The result of a registration.
        RegistrationResult = 0x0208 "registration_result",
        /// The result of a deregistration.
        DeregistrationResult = 0x0209 "deregistration_result",
        /// What a request to register calls itself.
        LocalRoutingKeyIdentifier = 0x020a "local_routing_key_identifier",
        /// Destination point code of a routing key.
        DestinationPointCode = 0x020b "destination_point_code",
        /// Service indicators of a routing key.
        ServiceIndicators = 0x020c "service_indicators",
        /// Originating point codes of a routing key.
        OriginatingPointCodes = 0x020e "originating_point_code_list",
        /// An MTP3 message.
        ProtocolData = 0x0210 "protocol_data",
        /// How a registration went.
        RegistrationStatus = 0x0212 "registration_status",
        /// How a deregistration went.
        DeregistrationStatus = 0x0213 "deregistration_status",
    }
}

impl Tag {
    /// Whether the RFC has it.
    pub fn is_named(self) -> bool {
        Self::ALL.contains(&self)
    }
}

numbered! {
    /// What an error message says was wrong (RFC 4666 §3.8.1); the last two are SUA's alone (RFC 3868 §3.7.1).
    ErrorCode: u32 {
        /// A version the peer does not have.
        InvalidVersion = 0x01 "invalid_version",
        /// A message class the peer does not have.
        UnsupportedClass = 0x03 "unsupported_message_class",
        /// A message type the peer does not have.
        UnsupportedType = 0x04 "unsupported_message_type",
        /// A way of sharing traffic the peer does not have.
        UnsupportedTrafficMode = 0x05 "unsupported_traffic_mode_type",
        /// Not in this state.
        UnexpectedMessage = 0x06 "unexpected_message",
        /// Any other breach of the protocol.
        ProtocolError = 0x07 "protocol_error",
        /// On a stream it may not come on.
        InvalidStream = 0x09 "invalid_stream_identifier",
        /// Management does not let it.
        ManagementBlocking = 0x0d "refused_management_blocking",
        /// The process must give its identifier.
        AspIdentifierRequired = 0x0e "asp_identifier_required",
        /// An identifier that is in use or unknown.
        InvalidAspIdentifier = 0x0f "invalid_asp_identifier",
        /// A value outside what there is.
        InvalidParameterValue = 0x11 "invalid_parameter_value",
        /// A parameter of the wrong length.
        ParameterField = 0x12 "parameter_field_error",
        /// A parameter that has no place there.
        UnexpectedParameter = 0x13 "unexpected_parameter",
        /// An audit of a destination the peer will not tell of.
        DestinationUnknown = 0x14 "destination_status_unknown",
        /// A network the peer does not know.
        InvalidNetworkAppearance = 0x15 "invalid_network_appearance",
        /// A parameter that should be there.
        MissingParameter = 0x16 "missing_parameter",
        /// A routing context the peer does not know.
        InvalidRoutingContext = 0x19 "invalid_routing_context",
        /// No application server for this process.
        NoConfiguredAs = 0x1a "no_configured_as_for_asp",
        /// An audit of a subsystem the peer will not tell of.
        SubsystemUnknown = 0x1b "subsystem_status_unknown",
        /// A label for sharing traffic that makes no sense.
        InvalidLoadsharingLabel = 0x1c "invalid_loadsharing_label",
    }
}

numbered! {
    /// What a notify message says, its type in the high half and the information in the low (RFC 4666 §3.8.2).
    Status: u32 {
        /// The application server went out of service.
        AsInactive = 0x0001_0002 "as_inactive",
        /// The application server serves.
        AsActive = 0x0001_0003 "as_active",
        /// The application server waits for a process.
        AsPending = 0x0001_0004 "as_pending",
        /// Too few processes share its load.
        InsufficientAspResources = 0x0002_0001 "insufficient_asp_resources",
        /// Another process took over.
        AlternateAspActive = 0x0002_0002 "alternate_asp_active",
        /// A process failed.
        AspFailure = 0x0002_0003 "asp_failure",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_knows_its_class() {
        for kind in MessageKind::ALL {
            assert!(Class::ALL.contains(&kind.class()), "{}", kind.name());
        }
        assert_eq!(MessageKind::RegistrationRequest.class(), Class::Rkm);
        assert_eq!(MessageKind::from_number(0x0c01).class().number(), 12);
    }

    #[test]
    fn no_two_values_share_a_name() {
        let mut names: Vec<_> = MessageKind::ALL.iter().map(|kind| kind.name()).collect();
        names.extend(Tag::ALL.iter().map(|tag| tag.name()));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
