//! What M2UA calls its messages and parameters.
//!
//! RFC 3331 §3.1.3, §3.1.4, §3.1.6. Handles the lists as the RFC has them.

use crate::numbered::numbered;

numbered! {
    /// The class (high octet) and type (low octet) of a message (RFC 3331 §3.1.3, §3.1.4).
    MessageKind: u16 {
        /// Error.
        Error = 0x0000 "ERR",
        /// Notify.
        Notify = 0x0001 "NTFY",
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
        /// A message signal unit.
        Data = 0x0601 "DATA",
        /// Bring a link up.
        EstablishRequest = 0x0602 "EST_REQ",
        /// A link is up.
        EstablishConfirm = 0x0603 "EST_CONF",
        /// Take a link down.
        ReleaseRequest = 0x0604 "REL_REQ",
        /// A link is down, as asked.
        ReleaseConfirm = 0x0605 "REL_CONF",
        /// A link went down.
        ReleaseIndication = 0x0606 "REL_IND",
        /// Change the state of a link.
        StateRequest = 0x0607 "STATE_REQ",
        /// The state of a link, as asked.
        StateConfirm = 0x0608 "STATE_CONF",
        /// The state of a link changed.
        StateIndication = 0x0609 "STATE_IND",
        /// Give back what was not acknowledged.
        RetrievalRequest = 0x060a "RETR_REQ",
        /// It will be given back.
        RetrievalConfirm = 0x060b "RETR_CONF",
        /// A message signal unit given back.
        RetrievalIndication = 0x060c "RETR_IND",
        /// All was given back.
        RetrievalComplete = 0x060d "RETR_COMP_IND",
        /// Congestion of a link.
        CongestionIndication = 0x060e "CONG_IND",
        /// DATA, acknowledged.
        DataAck = 0x060f "DATA_ACK",
        /// Registration request.
        RegistrationRequest = 0x0a01 "REG_REQ",
        /// Registration response.
        RegistrationResponse = 0x0a02 "REG_RSP",
        /// Deregistration request.
        DeregistrationRequest = 0x0a03 "DEREG_REQ",
        /// Deregistration response.
        DeregistrationResponse = 0x0a04 "DEREG_RSP",
    }
}

numbered! {
    /// What a parameter is (RFC 3331 §3.1.6).
    Tag: u16 {
        /// A link, by number.
        InterfaceInteger = 0x0001 "interface_identifier_integer",
        /// A link, by name.
        InterfaceText = 0x0003 "interface_identifier_text",
        /// Text for people.
        Info = 0x0004 "info_string",
        /// The message an error is about.
        Diagnostic = 0x0007 "diagnostic_information",
        /// Links, from number to number.
        InterfaceRange = 0x0008 "interface_identifier_range",
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
        /// Tells which DATA an acknowledgement is for.
        CorrelationId = 0x0013 "correlation_id",
        /// A message signal unit from its service information octet on.
        ProtocolData1 = 0x0300 "protocol_data_1",
        /// A message signal unit from its length indicator on, as in Japan.
        ProtocolData2 = 0x0301 "protocol_data_2",
        /// What a link should do.
        StateRequest = 0x0302 "state_request",
        /// What happened to a link.
        StateEvent = 0x0303 "state_event",
        /// How congested.
        CongestionStatus = 0x0304 "congestion_status",
        /// From which congestion on messages are discarded.
        DiscardStatus = 0x0305 "discard_status",
        /// What to retrieve.
        Action = 0x0306 "action",
        /// From which message on.
        SequenceNumber = 0x0307 "sequence_number",
        /// How the retrieval went.
        RetrievalResult = 0x0308 "retrieval_result",
        /// What link to register for.
        LinkKey = 0x0309 "link_key",
        /// What a request to register calls itself.
        LocalLinkKeyIdentifier = 0x030a "local_lk_identifier",
        /// Signalling data terminal.
        DataTerminal = 0x030b "sdt_identifier",
        /// Signalling data link.
        DataLink = 0x030c "sdl_identifier",
        /// The result of a registration.
        RegistrationResult = 0x030d "registration_result",
        /// How a registration went.
        RegistrationStatus = 0x030e "registration_status",
        /// The result of a deregistration.
        DeregistrationResult = 0x030f "deregistration_result",
        /// How a deregistration went.
        DeregistrationStatus = 0x0310 "deregistration_status",
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
}
