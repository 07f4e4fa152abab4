//! What M3UA calls its classes, messages and parameters.
//!
//! RFC 4666 §3.1.2, §3.2. Handles the lists as the RFC has them; parameters it only reserves have no name here.

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
        /// The result of a registration.
        RegistrationResult = 0x0014 "registration_result",
        /// The result of a deregistration.
        DeregistrationResult = 0x0015 "deregistration_result",
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
        /// An MTP3 message.
        ProtocolData = 0x0210 "protocol_data",
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
