//! SCCP: which message it is, and the connectionless ones in one view.
//!
//! Q.713 §3, §4; ANSI T1.112.3. Handles UDT, XUDT, LUDT and their service messages, global titles of all formats, the
//! optional part with segmentation and importance; of connection-oriented messages what tells whose they are. Does not
//! put segments together (that is state), nor judge class, hop counter or whether an address makes sense.

mod address;
mod connection;
mod emit;
mod part;
mod udt;
mod xudt;

pub use address::{Address, Dialect, International, Ssn};
pub use connection::Connection;
pub use part::{LocalReference, OPTIONAL_PARAMETERS_MAX, Segmentation};

use crate::mtp3::Variant;
use crate::numbered::numbered;
use crate::{Anomalies, Error, Layer, Reason};

numbered! {
    /// What a message is (Q.713 Table 1).
    MessageType: u8 {
        /// Connection request.
        Cr = 1 "CR",
        /// Connection confirm.
        Cc = 2 "CC",
        /// Connection refused.
        Cref = 3 "CREF",
        /// Released.
        Rlsd = 4 "RLSD",
        /// Release complete.
        Rlc = 5 "RLC",
        /// Data form 1.
        Dt1 = 6 "DT1",
        /// Data form 2.
        Dt2 = 7 "DT2",
        /// Data acknowledgement.
        Ak = 8 "AK",
        /// Unitdata.
        Udt = 9 "UDT",
        /// Unitdata service.
        Udts = 10 "UDTS",
        /// Expedited data.
        Ed = 11 "ED",
        /// Expedited data acknowledgement.
        Ea = 12 "EA",
        /// Reset request.
        Rsr = 13 "RSR",
        /// Reset confirm.
        Rsc = 14 "RSC",
        /// Protocol data unit error.
        Err = 15 "ERR",
        /// Inactivity test.
        It = 16 "IT",
        /// Extended unitdata.
        Xudt = 17 "XUDT",
        /// Extended unitdata service.
        Xudts = 18 "XUDTS",
        /// Long unitdata.
        Ludt = 19 "LUDT",
        /// Long unitdata service.
        Ludts = 20 "LUDTS",
    }
}

impl MessageType {
    /// Whether it returns a message that could not be delivered.
    #[inline]
    pub const fn is_service(self) -> bool {
        matches!(self, Self::Udts | Self::Xudts | Self::Ludts)
    }
}

numbered! {
    /// Why a message came back (Q.713 §3.12).
    ReturnCause: u8 {
        /// No translation for an address of such nature.
        NoTranslationNature = 0 "no_translation_nature",
        /// No translation for this address.
        NoTranslationAddress = 1 "no_translation_address",
        /// Subsystem congestion.
        SubsystemCongestion = 2 "subsystem_congestion",
        /// Subsystem failure.
        SubsystemFailure = 3 "subsystem_failure",
        /// Unequipped user.
        Unequipped = 4 "unequipped_user",
        /// MTP failure.
        MtpFailure = 5 "mtp_failure",
        /// Network congestion.
        NetworkCongestion = 6 "network_congestion",
        /// Unqualified.
        Unqualified = 7 "unqualified",
        /// Error in message transport.
        TransportError = 8 "transport_error",
        /// Error in local processing.
        LocalProcessing = 9 "local_processing_error",
        /// Destination cannot perform reassembly.
        CannotReassemble = 10 "cannot_reassemble",
        /// SCCP failure.
        SccpFailure = 11 "sccp_failure",
        /// Hop counter violation.
        HopCounter = 12 "hop_counter_violation",
        /// Segmentation not supported.
        SegmentationNotSupported = 13 "segmentation_not_supported",
        /// Segmentation failure.
        SegmentationFailure = 14 "segmentation_failure",
    }
}

/// An SCCP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// One that carries data without a connection.
    Connectionless(Connectionless<'a>),
    /// Any other, unread; see [`Connection`].
    Other(MessageType),
}

/// UDT, XUDT, LUDT or one of their service messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connectionless<'a> {
    /// Which of the six.
    pub message_type: MessageType,
    /// Protocol class and handling, or the return cause of a service message; see the accessors.
    pub class_or_cause: u8,
    /// How many more translations it may pass; not in UDT and UDTS.
    pub hops: Option<u8>,
    /// Called party address.
    pub called: Address<'a>,
    /// Calling party address.
    pub calling: Address<'a>,
    /// What the subsystem is given.
    pub data: &'a [u8],
    /// Where that begins, in octets from the start of the message.
    pub data_offset: u16,
    /// Which part of a larger message this is, as read from the optional part.
    pub segmentation: Option<Segmentation>,
    /// The optional part with its end octet, empty if there is none.
    pub optional: &'a [u8],
    /// What was tolerated, in the addresses too.
    pub anomalies: Anomalies,
}

impl<'a> Message<'a> {
    /// Reads a message of an ITU network.
    ///
    /// # Errors
    /// `Truncated` where the fixed part, or a part a pointer names, ends after the octets do; `BadValue` for a
    /// pointer to itself; `UnexpectedTag` for a second segmentation; `TooDeep` beyond [`OPTIONAL_PARAMETERS_MAX`].
    #[inline(always)]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        Self::parse_as(octets, Variant::Itu)
    }

    /// Reads a message of a network of this kind.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[inline(always)]
    pub fn parse_as(octets: &'a [u8], variant: Variant) -> Result<Self, Error> {
        let Some(&first) = octets.first() else { return Err(error(0, Reason::Truncated)) };
        let message_type = MessageType::from_number(first);
        let dialect = Dialect::from(variant);
        let connectionless = match message_type {
            MessageType::Udt | MessageType::Udts => udt::parse(message_type, octets, dialect)?,
            MessageType::Xudt | MessageType::Xudts => xudt::parse(message_type, octets, dialect)?,
            MessageType::Ludt | MessageType::Ludts => xudt::parse_long(message_type, octets, dialect)?,
            other => return Ok(Self::Other(other)),
        };
        Ok(Self::Connectionless(connectionless))
    }
}

impl<'a> Connectionless<'a> {
    /// A unitdata message of an ITU network without anything amiss, which practically every one is; none for any other.
    #[inline(always)]
    pub fn ordinary(octets: &'a [u8]) -> Option<Self> {
        udt::ordinary(octets)
    }

    /// Protocol class, 0 or 1 if well-behaved (Q.713 §3.6); none in a service message.
    #[inline]
    pub const fn class(&self) -> Option<u8> {
        if self.message_type.is_service() { None } else { Some(self.class_or_cause & 0x0f) }
    }

    /// What to do on error: 8 to return the message, 0 not to (Q.713 §3.6); none in a service message.
    #[inline]
    pub const fn handling(&self) -> Option<u8> {
        if self.message_type.is_service() { None } else { Some(self.class_or_cause >> 4) }
    }

    /// How much it matters, 0 to 7 if well-behaved, where the sender says so (Q.713 §3.19).
    pub fn importance(&self) -> Option<u8> {
        part::optional_named(self.optional, part::IMPORTANCE)?.first().copied()
    }

    /// Why it came back; only in a service message.
    #[inline]
    pub const fn return_cause(&self) -> Option<ReturnCause> {
        if self.message_type.is_service() { Some(ReturnCause(self.class_or_cause)) } else { None }
    }
}

const fn error(at: usize, reason: Reason) -> Error {
    Error::new(Layer::Sccp, at, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_connection_oriented_messages_and_reads_none_of_them() {
        for (octet, expected) in [(1, MessageType::Cr), (6, MessageType::Dt1), (200, MessageType::from_number(200))] {
            assert_eq!(Message::parse(&[octet]), Ok(Message::Other(expected)));
        }
        assert_eq!(Message::parse(&[]), Err(error(0, Reason::Truncated)));
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(kind in 9u8..=20, rest in proptest::collection::vec(prop_oneof![0u8..12, 0u8..40, any::<u8>()], 0..80)) {
            let mut octets = vec![kind];
            octets.extend(rest);
            if let Ok(Message::Connectionless(message)) = Message::parse(&octets) {
                let data = octets.get(usize::from(message.data_offset)..).expect("inside");
                prop_assert!(data.starts_with(message.data));
                let _ = (message.class(), message.handling(), message.return_cause());
            }
        }
    }
}
