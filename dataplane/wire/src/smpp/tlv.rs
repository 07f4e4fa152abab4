//! Optional parameters: tag, length, value. SMPP 3.4 §5.3, SMPP 5.0 §4.8.
//!
//! ```text
//!  0         2         4
//! +---------+---------+-----------------+---------+---------
//! | tag     | length  | value ...       | tag     | ...
//! +---------+---------+-----------------+---------+---------
//! ```
//! Every tag of both versions is named; which values are read is the caller's choice.

use super::command::InterfaceVersion;
use crate::numbered::numbered;

numbered! {
    /// A tag.
    TlvTag: u16 {
        /// Part of the receiving device.
        DestAddrSubunit = 0x0005 "dest_addr_subunit",
        /// Network of the receiver.
        DestNetworkType = 0x0006 "dest_network_type",
        /// Bearer to the receiver.
        DestBearerType = 0x0007 "dest_bearer_type",
        /// Telematic service of the receiver.
        DestTelematicsId = 0x0008 "dest_telematics_id",
        /// Part of the sending device.
        SourceAddrSubunit = 0x000d "source_addr_subunit",
        /// Network of the sender.
        SourceNetworkType = 0x000e "source_network_type",
        /// Bearer from the sender.
        SourceBearerType = 0x000f "source_bearer_type",
        /// Telematic service of the sender.
        SourceTelematicsId = 0x0010 "source_telematics_id",
        /// How long to keep trying, in seconds.
        QosTimeToLive = 0x0017 "qos_time_to_live",
        /// What the payload is.
        PayloadType = 0x0019 "payload_type",
        /// The status in words.
        AdditionalStatusInfoText = 0x001d "additional_status_info_text",
        /// The message a receipt is for.
        ReceiptedMessageId = 0x001e "receipted_message_id",
        /// Message waiting indication.
        MsMsgWaitFacilities = 0x0030 "ms_msg_wait_facilities",
        /// Privacy level.
        PrivacyIndicator = 0x0201 "privacy_indicator",
        /// Subaddress of the sender.
        SourceSubaddress = 0x0202 "source_subaddress",
        /// Subaddress of the receiver.
        DestSubaddress = 0x0203 "dest_subaddress",
        /// The sender's own reference.
        UserMessageReference = 0x0204 "user_message_reference",
        /// The receiver's answer.
        UserResponseCode = 0x0205 "user_response_code",
        /// Application port of the sender.
        SourcePort = 0x020a "source_port",
        /// Application port of the receiver.
        DestinationPort = 0x020b "destination_port",
        /// Reference of a message in parts.
        SarMsgRefNum = 0x020c "sar_msg_ref_num",
        /// Language of the text.
        LanguageIndicator = 0x020d "language_indicator",
        /// How many parts.
        SarTotalSegments = 0x020e "sar_total_segments",
        /// Which part, from 1.
        SarSegmentSeqnum = 0x020f "sar_segment_seqnum",
        /// Version of the message centre.
        ScInterfaceVersion = 0x0210 "sc_interface_version",
        /// Presentation of the callback number.
        CallbackNumPresInd = 0x0302 "callback_num_pres_ind",
        /// Name of the callback number.
        CallbackNumAtag = 0x0303 "callback_num_atag",
        /// Messages waiting.
        NumberOfMessages = 0x0304 "number_of_messages",
        /// Callback number.
        CallbackNum = 0x0381 "callback_num",
        /// Whether a delivery pending flag was set.
        DpfResult = 0x0420 "dpf_result",
        /// Whether to set a delivery pending flag.
        SetDpf = 0x0421 "set_dpf",
        /// Whether the subscriber can be reached.
        MsAvailabilityStatus = 0x0422 "ms_availability_status",
        /// The network's reason.
        NetworkErrorCode = 0x0423 "network_error_code",
        /// The message, where it is longer than 254 octets.
        MessagePayload = 0x0424 "message_payload",
        /// Why delivery failed.
        DeliveryFailureReason = 0x0425 "delivery_failure_reason",
        /// Whether more follow.
        MoreMessagesToSend = 0x0426 "more_messages_to_send",
        /// State of the message.
        MessageState = 0x0427 "message_state",
        /// Load of the message centre; from 5.0 on.
        CongestionState = 0x0428 "congestion_state",
        /// USSD operation.
        UssdServiceOp = 0x0501 "ussd_service_op",
        /// Broadcast channel; from 5.0 on.
        BroadcastChannelIndicator = 0x0600 "broadcast_channel_indicator",
        /// Broadcast content; from 5.0 on.
        BroadcastContentType = 0x0601 "broadcast_content_type",
        /// More of it; from 5.0 on.
        BroadcastContentTypeInfo = 0x0602 "broadcast_content_type_info",
        /// Broadcast class; from 5.0 on.
        BroadcastMessageClass = 0x0603 "broadcast_message_class",
        /// Repetitions; from 5.0 on.
        BroadcastRepNum = 0x0604 "broadcast_rep_num",
        /// Interval between them; from 5.0 on.
        BroadcastFrequencyInterval = 0x0605 "broadcast_frequency_interval",
        /// Where; from 5.0 on.
        BroadcastAreaIdentifier = 0x0606 "broadcast_area_identifier",
        /// Why not; from 5.0 on.
        BroadcastErrorStatus = 0x0607 "broadcast_error_status",
        /// Reached share of an area; from 5.0 on.
        BroadcastAreaSuccess = 0x0608 "broadcast_area_success",
        /// End of a broadcast; from 5.0 on.
        BroadcastEndTime = 0x0609 "broadcast_end_time",
        /// Whom; from 5.0 on.
        BroadcastServiceGroup = 0x060a "broadcast_service_group",
        /// Billing; from 5.0 on.
        BillingIdentification = 0x060b "billing_identification",
        /// Network of the sender; from 5.0 on.
        SourceNetworkId = 0x060d "source_network_id",
        /// Network of the receiver; from 5.0 on.
        DestNetworkId = 0x060e "dest_network_id",
        /// Node of the sender; from 5.0 on.
        SourceNodeId = 0x060f "source_node_id",
        /// Node of the receiver; from 5.0 on.
        DestNodeId = 0x0610 "dest_node_id",
        /// Number portability query; from 5.0 on.
        DestAddrNpResolution = 0x0611 "dest_addr_np_resolution",
        /// Number portability; from 5.0 on.
        DestAddrNpInformation = 0x0612 "dest_addr_np_information",
        /// Number portability country; from 5.0 on.
        DestAddrNpCountry = 0x0613 "dest_addr_np_country",
        /// How long to show it.
        DisplayTime = 0x1201 "display_time",
        /// Alerting signal.
        SmsSignal = 0x1203 "sms_signal",
        /// How long the phone keeps it.
        MsValidity = 0x1204 "ms_validity",
        /// Alert when it comes.
        AlertOnMessageDelivery = 0x130c "alert_on_message_delivery",
        /// How to reply.
        ItsReplyType = 0x1380 "its_reply_type",
        /// Interactive session.
        ItsSessionInfo = 0x1383 "its_session_info",
    }
}

impl TlvTag {
    /// Whether it belongs to the vendor of a message centre (SMPP 3.4 §5.3.2, table 5-7).
    #[inline]
    pub const fn is_vendors(self) -> bool {
        matches!(self.number(), 0x1400..=0x3fff)
    }

    /// Whether some version has it.
    #[inline]
    pub const fn is_known(self) -> bool {
        let generic = matches!(self.number(), 0x05..=0x08 | 0x0d..=0x10 | 0x17 | 0x19 | 0x1d | 0x1e | 0x30);
        let message = matches!(self.number(), 0x201..=0x205 | 0x20a..=0x210 | 0x302..=0x304 | 0x381 | 0x420..=0x428);
        let broadcast = matches!(self.number(), 0x501 | 0x600..=0x60b | 0x60d..=0x613);
        let device = matches!(self.number(), 0x1201 | 0x1203 | 0x1204 | 0x130c | 0x1380 | 0x1383);
        generic || message || broadcast || device || self.is_vendors()
    }

    /// Whether the version a session was bound with has it; 3.3 has none.
    pub const fn is_in(self, version: InterfaceVersion) -> bool {
        match self.number() {
            0x0428 | 0x0600..=0x0613 => version.0 >= InterfaceVersion::V5_0.0,
            _ => version.0 >= InterfaceVersion::V3_4.0,
        }
    }
}

/// An optional parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Which.
    pub tag: TlvTag,
    /// Its octets.
    pub value: &'a [u8],
}

/// Optional parameters in order; ends before one that is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlvs<'a> {
    rest: &'a [u8],
}

impl<'a> Tlvs<'a> {
    /// Those in `octets`.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// The octets that are left: after the walk, those that are no parameter.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Tlvs<'a> {
    type Item = Tlv<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&[t0, t1, l0, l1], after) = self.rest.split_first_chunk()?;
        let (value, rest) = after.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
        self.rest = rest;
        Some(Tlv { tag: TlvTag::from_number(u16::from_be_bytes([t0, t1])), value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_parameters_in_order_and_ends_before_one_that_is_cut_off() {
        let mut tlvs = Tlvs::new(&[0x02, 0x0c, 0, 2, 1, 2, 0x14, 0x01, 0, 0, 0x04, 0x24, 0, 9, b'x']);
        assert_eq!(tlvs.next(), Some(Tlv { tag: TlvTag::SarMsgRefNum, value: &[1, 2] }));
        assert_eq!(tlvs.next().map(|tlv| (tlv.tag.is_vendors(), tlv.value)), Some((true, &[][..])));
        assert_eq!(tlvs.next(), None);
        assert_eq!(tlvs.rest(), &[0x04, 0x24, 0, 9, b'x']);
    }

    #[test]
    fn tells_what_a_version_has() {
        let versions = [InterfaceVersion::V3_3, InterfaceVersion::V3_4, InterfaceVersion::V5_0];
        for (tag, has) in [
            (TlvTag::MessagePayload, [false, true, true]),
            (TlvTag::BillingIdentification, [false, false, true]),
            (TlvTag::CongestionState, [false, false, true]),
        ] {
            assert_eq!(versions.map(|version| tag.is_in(version)), has, "{}", tag.name());
        }
    }

    #[test]
    fn known_are_those_with_a_name_and_a_vendors_and_no_others() {
        for number in 0..=u16::MAX {
            let tag = TlvTag::from_number(number);
            assert_eq!(tag.is_known(), TlvTag::ALL.contains(&tag) || tag.is_vendors(), "{number:04x}");
        }
    }
}
