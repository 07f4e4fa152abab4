//! Which PDU: the command identifier. SMPP 3.4 §5.1.2.1, SMPP 5.0 §4.7.5, and those that only SMPP 3.3 has.

use crate::numbered::numbered;

numbered! {
    /// A command identifier. An answer has the number of its request with the highest bit set.
    CommandId: u32 {
        /// Opens a session for messages to the ESME.
        BindReceiver = 0x0000_0001 "bind_receiver",
        /// Opens a session for messages from the ESME.
        BindTransmitter = 0x0000_0002 "bind_transmitter",
        /// Asks what became of a message.
        QuerySm = 0x0000_0003 "query_sm",
        /// A message from the ESME.
        SubmitSm = 0x0000_0004 "submit_sm",
        /// A message or a receipt to the ESME.
        DeliverSm = 0x0000_0005 "deliver_sm",
        /// Ends a session.
        Unbind = 0x0000_0006 "unbind",
        /// Changes a message that is not delivered yet.
        ReplaceSm = 0x0000_0007 "replace_sm",
        /// Takes back messages that are not delivered yet.
        CancelSm = 0x0000_0008 "cancel_sm",
        /// Opens a session for messages both ways; from 3.4 on.
        BindTransceiver = 0x0000_0009 "bind_transceiver",
        /// Asks an ESME to bind; from 3.4 on.
        Outbind = 0x0000_000b "outbind",
        /// Asks whether the peer is there.
        EnquireLink = 0x0000_0015 "enquire_link",
        /// A message to several destinations.
        SubmitMulti = 0x0000_0021 "submit_multi",
        /// Asks for a parameter of the message centre; 3.3 only.
        ParamRetrieve = 0x0000_0022 "param_retrieve",
        /// Asks for the last messages of a sender; 3.3 only.
        QueryLastMsgs = 0x0000_0023 "query_last_msgs",
        /// Asks for a message; 3.3 only.
        QueryMsgDetails = 0x0000_0024 "query_msg_details",
        /// A subscriber can be reached again; from 3.4 on.
        AlertNotification = 0x0000_0102 "alert_notification",
        /// A message either way, short form; from 3.4 on.
        DataSm = 0x0000_0103 "data_sm",
        /// A message to cells; from 5.0 on.
        BroadcastSm = 0x0000_0111 "broadcast_sm",
        /// Asks what became of a broadcast; from 5.0 on.
        QueryBroadcastSm = 0x0000_0112 "query_broadcast_sm",
        /// Ends a broadcast; from 5.0 on.
        CancelBroadcastSm = 0x0000_0113 "cancel_broadcast_sm",
        /// The answer to what was not understood.
        GenericNack = 0x8000_0000 "generic_nack",
        /// Answer.
        BindReceiverResp = 0x8000_0001 "bind_receiver_resp",
        /// Answer.
        BindTransmitterResp = 0x8000_0002 "bind_transmitter_resp",
        /// Answer.
        QuerySmResp = 0x8000_0003 "query_sm_resp",
        /// Answer.
        SubmitSmResp = 0x8000_0004 "submit_sm_resp",
        /// Answer.
        DeliverSmResp = 0x8000_0005 "deliver_sm_resp",
        /// Answer.
        UnbindResp = 0x8000_0006 "unbind_resp",
        /// Answer.
        ReplaceSmResp = 0x8000_0007 "replace_sm_resp",
        /// Answer.
        CancelSmResp = 0x8000_0008 "cancel_sm_resp",
        /// Answer.
        BindTransceiverResp = 0x8000_0009 "bind_transceiver_resp",
        /// Answer.
        EnquireLinkResp = 0x8000_0015 "enquire_link_resp",
        /// Answer.
        SubmitMultiResp = 0x8000_0021 "submit_multi_resp",
        /// Answer.
        ParamRetrieveResp = 0x8000_0022 "param_retrieve_resp",
        /// Answer.
        QueryLastMsgsResp = 0x8000_0023 "query_last_msgs_resp",
        /// Answer.
        QueryMsgDetailsResp = 0x8000_0024 "query_msg_details_resp",
        /// Answer.
        DataSmResp = 0x8000_0103 "data_sm_resp",
        /// Answer.
        BroadcastSmResp = 0x8000_0111 "broadcast_sm_resp",
        /// Answer.
        QueryBroadcastSmResp = 0x8000_0112 "query_broadcast_sm_resp",
        /// Answer.
        CancelBroadcastSmResp = 0x8000_0113 "cancel_broadcast_sm_resp",
    }
}

impl CommandId {
    /// Whether it answers another PDU.
    #[inline]
    pub const fn is_response(self) -> bool {
        self.number() & RESPONSE != 0
    }

    /// Whether some version has it.
    #[inline]
    pub const fn is_known(self) -> bool {
        matches!(
            self.number() & !RESPONSE,
            0x01..=0x09 | 0x15 | 0x21..=0x24 | 0x103 | 0x111..=0x113
        ) || matches!(self, Self::GenericNack | Self::Outbind | Self::AlertNotification)
    }

    /// Whether the version a session was bound with has it.
    pub const fn is_in(self, version: InterfaceVersion) -> bool {
        match self.number() & !RESPONSE {
            0x09 | 0x0b | 0x102 | 0x103 => version.0 >= InterfaceVersion::V3_4.0,
            0x111..=0x113 => version.0 >= InterfaceVersion::V5_0.0,
            0x22..=0x24 => version.0 < InterfaceVersion::V3_4.0,
            _ => true,
        }
    }
}

/// Which SMPP a side speaks: two digits in one octet; up to 33 it is 3.3 or older. SMPP 3.4 §5.2.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InterfaceVersion(pub u8);

impl InterfaceVersion {
    /// 3.3, and all before.
    pub const V3_3: Self = Self(0x33);
    /// 3.4.
    pub const V3_4: Self = Self(0x34);
    /// 5.0.
    pub const V5_0: Self = Self(0x50);
}

const RESPONSE: u32 = 0x8000_0000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_are_those_with_a_name_and_no_others() {
        for number in (0..0x1000).flat_map(|number| [number, number | RESPONSE]).chain([u32::MAX, 0x0100_0004]) {
            let command = CommandId::from_number(number);
            assert_eq!(command.is_known(), CommandId::ALL.contains(&command), "{number:08x}");
        }
    }

    #[test]
    fn every_request_but_two_has_its_answer() {
        for request in CommandId::ALL.iter().filter(|command| !command.is_response()) {
            let response = CommandId::from_number(request.number() | RESPONSE);
            let unanswered = matches!(*request, CommandId::Outbind | CommandId::AlertNotification);
            assert_eq!(response.is_known(), !unanswered, "{}", request.name());
            if !unanswered {
                assert_eq!(response.name(), format!("{}_resp", request.name()));
            }
        }
    }

    #[test]
    fn tells_what_a_version_has() {
        for (command, in_3_3, in_3_4, in_5_0) in [
            (CommandId::SubmitSm, true, true, true),
            (CommandId::BindTransceiverResp, false, true, true),
            (CommandId::DataSm, false, true, true),
            (CommandId::BroadcastSm, false, false, true),
            (CommandId::QueryLastMsgs, true, false, false),
        ] {
            let versions = [InterfaceVersion(0), InterfaceVersion::V3_4, InterfaceVersion::V5_0];
            assert_eq!(versions.map(|version| command.is_in(version)), [in_3_3, in_3_4, in_5_0], "{}", command.name());
        }
    }
}
