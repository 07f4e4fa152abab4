//! What SUA calls its messages and parameters.
//!
//! RFC 3868 §3.1.2, §3.1.3, §3.2. Handles the lists as the RFC has them. What errors and notifications say is numbered
//! as in M3UA: see [`ErrorCode`](crate::m3ua::ErrorCode) and [`Status`](crate::m3ua::Status).

use crate::numbered::numbered;

numbered! {
    /// The class (high octet) and type (low octet) of a message (RFC 3868 §3.1.2, §3.1.3).
    MessageKind: u16 {
        /// Error.
        Error = 0x0000 "ERR",
        /// Notify.
        Notify = 0x0001 "NTFY",
        /// Destination unavailable.
        Duna = 0x0201 "DUNA",
        /// Destination available.
        Dava = 0x0202 "DAVA",
        /// Destination state audit.
        Daud = 0x0203 "DAUD",
        /// Network congestion.
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
        /// Connectionless data transfer: SCCP's unitdata.
        Cldt = 0x0701 "CLDT",
        /// Connectionless data response: SCCP's unitdata service.
        Cldr = 0x0702 "CLDR",
        /// Connection request.
        ConnectionRequest = 0x0801 "CORE",
        /// Connection acknowledge.
        ConnectionAcknowledge = 0x0802 "COAK",
        /// Connection refused.
        ConnectionRefused = 0x0803 "COREF",
        /// Release request.
        ReleaseRequest = 0x0804 "RELRE",
        /// Release complete.
        ReleaseComplete = 0x0805 "RELCO",
        /// Reset confirm.
        ResetConfirm = 0x0806 "RESCO",
        /// Reset request.
        ResetRequest = 0x0807 "RESRE",
        /// Connection-oriented data transfer.
        DataTransfer = 0x0808 "CODT",
        /// Connection-oriented data acknowledge.
        DataAcknowledge = 0x0809 "CODA",
        /// Connection-oriented error.
        ConnectionError = 0x080a "COERR",
        /// Connection-oriented inactivity test.
        InactivityTest = 0x080b "COIT",
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

numbered! {
    /// What a parameter is (RFC 3868 §3.2, §3.9, §3.10); those of addresses are not in the list.
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
        /// The result of a registration.
        RegistrationResult = 0x0014 "registration_result",
        /// The result of a deregistration.
        DeregistrationResult = 0x0015 "deregistration_result",
        /// How a registration went.
        RegistrationStatus = 0x0016 "registration_status",
        /// How a deregistration went.
        DeregistrationStatus = 0x0017 "deregistration_status",
        /// What a request to register calls itself.
        LocalRoutingKeyIdentifier = 0x0018 "local_routing_key_identifier",
        /// How many more translations it may pass.
        HopCounter = 0x0101 "ss7_hop_counter",
        /// Calling party address.
        SourceAddress = 0x0102 "source_address",
        /// Called party address.
        DestinationAddress = 0x0103 "destination_address",
        /// The sender's number of a connection.
        SourceReference = 0x0104 "source_reference_number",
        /// The receiver's number of a connection.
        DestinationReference = 0x0105 "destination_reference_number",
        /// Why something was returned, refused, released or reset.
        SccpCause = 0x0106 "sccp_cause",
        /// Numbers of what was sent and received on a connection.
        SequenceNumber = 0x0107 "sequence_number",
        /// The number next expected on a connection.
        ReceiveSequenceNumber = 0x0108 "receive_sequence_number",
        /// What a process can do.
        AspCapabilities = 0x0109 "asp_capabilities",
        /// How much may be sent on a connection.
        Credit = 0x010a "credit",
        /// What the user is given.
        Data = 0x010b "data",
        /// Why a user is unavailable.
        UserCause = 0x010c "user_cause",
        /// Network appearance.
        NetworkAppearance = 0x010d "network_appearance",
        /// What traffic to register for.
        RoutingKey = 0x010e "routing_key",
        /// Bits of a connection's number that choose a process.
        DrnLabel = 0x010f "drn_label",
        /// Bits of a transaction identifier that choose a process.
        TidLabel = 0x0110 "tid_label",
        /// From address to address.
        AddressRange = 0x0111 "address_range",
        /// How many copies of a subsystem there are.
        SubsystemMultiplicity = 0x0112 "smi",
        /// How much it matters.
        Importance = 0x0113 "importance",
        /// Priority of the message.
        MessagePriority = 0x0114 "message_priority",
        /// Protocol class and return option.
        ProtocolClass = 0x0115 "protocol_class",
        /// Equal values stay in order.
        SequenceControl = 0x0116 "sequence_control",
        /// Which part of a larger message.
        Segmentation = 0x0117 "segmentation",
        /// How congested.
        CongestionLevel = 0x0118 "congestion_level",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_values_share_a_name() {
        let mut names: Vec<_> = MessageKind::ALL.iter().map(|kind| kind.name()).collect();
        names.extend(Tag::ALL.iter().map(|tag| tag.name()));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_lists_are_in_the_order_of_their_numbers() {
        assert!(MessageKind::ALL.is_sorted_by(|before, after| before.number() < after.number()));
        assert!(Tag::ALL.is_sorted_by(|before, after| before.number() < after.number()));
    }
}
