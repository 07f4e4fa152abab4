//! What was tolerated: deviations from the specifications that a receiver may accept, each a fact that rules can ask.
//!
//! A codec that goes on in spite of a deviation says so here; one that cannot go on returns an [`Error`](crate::Error).
//! The names are those of the fields `anomaly.…`.

named! {
    /// A tolerated deviation.
    Anomaly {
        /// The packet came in IP fragments.
        IpFragmented = "ip_fragmented",
        /// SCTP's CRC32c is wrong; an endpoint drops the packet.
        SctpBadCrc = "sctp_bad_crc",
        /// The user message came in fragments of DATA.
        SctpFragmented = "sctp_fragmented",
        /// The payload protocol identifier does not say what the payload is.
        SctpPpid = "sctp_ppid",
        /// Padding that is not zero, or more of it than there may be.
        SctpPadding = "sctp_padding",
        /// Traffic on the stream kept for management.
        SctpStreamZero = "sctp_stream_zero",
        /// The adaptation's length disagrees with the octets that came.
        AdaptationLength = "adaptation_length",
        /// A version, reserved field or parameter that the adaptation does not have.
        AdaptationValue = "adaptation_value",
        /// Octets that belong to no part of the SCCP message, or to two.
        SccpLength = "sccp_length",
        /// Pointers out of their usual order.
        SccpPointer = "sccp_pointer",
        /// An optional parameter that connectionless messages do not have.
        SccpOptional = "sccp_optional",
        /// Reserved bits, format or encoding in a party address.
        SccpAddress = "sccp_address",
        /// A global title with other than decimal digits, or filler where there should be none.
        SccpDigits = "sccp_digits",
        /// The message came in segments.
        SccpSegmented = "sccp_segmented",
        /// A length written in more octets than it needs.
        BerNonminimal = "ber_nonminimal",
        /// A length of indefinite form.
        BerIndefinite = "ber_indefinite",
        /// A tag of the long form with a number that the short form has.
        BerLongTag = "ber_long_tag",
        /// A string in pieces.
        BerConstructed = "ber_constructed",
        /// Octets after the end of what should be all.
        BerTrailing = "ber_trailing",
        /// An integer with octets it does not need, or an empty one.
        BerInteger = "ber_integer",
        /// An element that the specification does not have, skipped.
        UnknownElement = "unknown_element",
        /// Elements out of their order, or twice.
        ElementOrder = "element_order",
        /// A transaction identifier of no octets or more than four.
        TcapTid = "tcap_tid",
        /// A dialogue portion that should not be there, or that is not the protocol's.
        TcapDialogue = "tcap_dialogue",
        /// More than one invoke in a message.
        DoubleInvoke = "double_invoke",
        /// An operation or error code that is an object identifier.
        GlobalCode = "global_code",
        /// An operation that the application context does not have.
        ContextMismatch = "context_mismatch",
        /// A message of a dialogue that was not seen to open.
        DialogueUnknown = "dialogue_unknown",
        /// Addresses other than those the dialogue was opened with.
        DialogueAddress = "dialogue_address",
        /// An answer to an invoke that was not seen.
        InvokeUnknown = "invoke_unknown",
        /// An IMSI, number or string shorter or longer than it may be.
        MapLength = "map_length",
        /// Digits that are none, or filler in the middle.
        MapDigits = "map_digits",
        /// An address without its extension bit.
        MapAddress = "map_address",
        /// Both parties' addresses are of kinds that do not go together.
        MapParties = "map_parties",
        /// A TPDU of the reserved type.
        SmsReserved = "sms_reserved",
        /// The user data's length disagrees with the octets that came.
        SmsLength = "sms_length",
        /// More user data than a short message has.
        SmsTooLong = "sms_too_long",
        /// A user data header longer than the user data, or an element longer than the header.
        SmsHeader = "sms_header",
        /// An information element twice.
        SmsElementTwice = "sms_element_twice",
        /// Fill bits that are not zero.
        SmsFillBits = "sms_fill_bits",
        /// An address length that is odd where it cannot be, or beyond 20 digits.
        SmsAddress = "sms_address",
        /// A data coding scheme that is reserved.
        SmsCoding = "sms_coding",
        /// Compressed user data, not read.
        SmsCompressed = "sms_compressed",
        /// UCS-2 text with half a character or half a surrogate pair.
        SmsText = "sms_text",
        /// A part number of zero or beyond the number of parts.
        SmsConcatenation = "sms_concatenation",
        /// A national language that is reserved.
        SmsLanguage = "sms_language",
        /// A part that came before with other content.
        SmsPartChanged = "sms_part_changed",
        /// An SMPP length that disagrees with the PDU's fields.
        SmppLength = "smpp_length",
        /// An SMPP string without its end, or longer than it may be.
        SmppString = "smpp_string",
        /// An SMPP command, status or parameter that its version does not have.
        SmppVersion = "smpp_version",
        /// Pieces that overlap with other content.
        Overlap = "overlap",
    }
}

/// Deviations as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Anomalies(u64);

impl Anomalies {
    /// None.
    pub const NONE: Self = Self(0);

    /// One.
    #[inline(always)]
    pub const fn of(anomaly: Anomaly) -> Self {
        Self(1 << anomaly as u8)
    }

    /// Adds one.
    #[inline(always)]
    pub const fn note(&mut self, anomaly: Anomaly) {
        self.0 |= 1 << anomaly as u8;
    }

    /// Adds one where something holds.
    #[inline(always)]
    pub const fn note_if(&mut self, holds: bool, anomaly: Anomaly) {
        self.0 |= (holds as u64) << anomaly as u8;
    }

    /// Adds those of another set.
    #[inline(always)]
    pub const fn add(&mut self, others: Self) {
        self.0 |= others.0;
    }

    /// Whether it holds one.
    #[inline]
    pub const fn has(self, anomaly: Anomaly) -> bool {
        self.0 >> anomaly as u8 & 1 != 0
    }

    /// Whether it is empty.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Bit n: the deviation with number n.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Those in the set, by number.
    pub fn iter(self) -> impl Iterator<Item = Anomaly> {
        Anomaly::ALL.iter().copied().filter(move |anomaly| self.has(*anomaly))
    }
}

const _: () = assert!(Anomaly::ALL.len() <= u64::BITS as usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_noted_and_nothing_else() {
        let mut set = Anomalies::NONE;
        set.note(Anomaly::BerIndefinite);
        set.note_if(false, Anomaly::SmsText);
        set.note_if(true, Anomaly::Overlap);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Anomaly::BerIndefinite, Anomaly::Overlap]);
        assert!(set.has(Anomaly::Overlap) && !set.has(Anomaly::SmsText) && Anomalies::NONE.is_empty());
    }
}
