//! The information elements of a user data header, by name. TS 23.040 §9.2.3.24.
//!
//! ```text
//!   00-09 control    0A-1A enhanced messages    20-25 control    70-7F (U)SIM    80-9F entities    C0-DF service centre
//! ```
//! All others are reserved; 03 is never used, so that it is not taken for a line end.

use crate::numbered::numbered;

numbered! {
    /// An information element identifier.
    ElementKind: u8 {
        /// Part of a long message, 8-bit reference.
        Concatenation8 = 0x00 "concatenation_8",
        /// Special SMS message indication.
        SpecialIndication = 0x01 "special_indication",
        /// Application port addressing, 8 bits.
        Ports8 = 0x04 "ports_8",
        /// Application port addressing, 16 bits.
        Ports16 = 0x05 "ports_16",
        /// SMSC control parameters.
        ScControl = 0x06 "sc_control",
        /// Who made the elements after it.
        SourceIndicator = 0x07 "source_indicator",
        /// Part of a long message, 16-bit reference.
        Concatenation16 = 0x08 "concatenation_16",
        /// Wireless control message protocol.
        Wcmp = 0x09 "wcmp",
        /// Text formatting.
        TextFormatting = 0x0A "text_formatting",
        /// Predefined sound.
        PredefinedSound = 0x0B "predefined_sound",
        /// User defined sound.
        UserSound = 0x0C "user_sound",
        /// Predefined animation.
        PredefinedAnimation = 0x0D "predefined_animation",
        /// Large animation.
        LargeAnimation = 0x0E "large_animation",
        /// Small animation.
        SmallAnimation = 0x0F "small_animation",
        /// Large picture.
        LargePicture = 0x10 "large_picture",
        /// Small picture.
        SmallPicture = 0x11 "small_picture",
        /// Picture of any size.
        VariablePicture = 0x12 "variable_picture",
        /// User prompt indicator.
        UserPrompt = 0x13 "user_prompt",
        /// Extended object.
        ExtendedObject = 0x14 "extended_object",
        /// Extended object, used again.
        ReusedObject = 0x15 "reused_object",
        /// Compression control.
        CompressionControl = 0x16 "compression_control",
        /// Object distribution indicator.
        ObjectDistribution = 0x17 "object_distribution",
        /// Vector graphics.
        Wvg = 0x18 "wvg",
        /// Vector graphics of the size of a character.
        WvgCharacter = 0x19 "wvg_character",
        /// Extended object data request.
        ObjectRequest = 0x1A "object_request",
        /// How long the e-mail header is. RFC 5322.
        EmailHeader = 0x20 "email_header",
        /// Which part of the text is a link's title, and which its address.
        Hyperlink = 0x21 "hyperlink",
        /// Where an answer is to go.
        ReplyAddress = 0x22 "reply_address",
        /// Enhanced voice mail information.
        VoiceMail = 0x23 "voice_mail",
        /// National language single shift.
        SingleShift = 0x24 "single_shift",
        /// National language locking shift.
        LockingShift = 0x25 "locking_shift",
        /// (U)SIM toolkit security: a command packet. TS 31.115.
        SimCommand = 0x70 "sim_command",
        /// (U)SIM toolkit security: a response packet. TS 31.115.
        SimResponse = 0x71 "sim_response",
    }
}

named! {
    /// What kind of information element.
    ElementGroup {
        /// For the handling of the message.
        Control = "control",
        /// For how an enhanced message is shown.
        Enhanced = "enhanced",
        /// Security of the (U)SIM toolkit.
        SimSecurity = "sim_security",
        /// Between short message entities.
        Sme = "sme",
        /// The service centre's own.
        ServiceCentre = "service_centre",
        /// Kept for later.
        Reserved = "reserved",
    }
}

impl ElementKind {
    /// What kind it is.
    #[inline]
    pub const fn group(self) -> ElementGroup {
        match self.number() {
            0x00..=0x01 | 0x04..=0x09 | 0x20..=0x25 => ElementGroup::Control,
            0x0A..=0x1A => ElementGroup::Enhanced,
            0x70..=0x7F => ElementGroup::SimSecurity,
            0x80..=0x9F => ElementGroup::Sme,
            0xC0..=0xDF => ElementGroup::ServiceCentre,
            _ => ElementGroup::Reserved,
        }
    }

    /// Whether a header may have it only once, by the column "repeatability". §9.2.3.24.
    #[inline]
    pub const fn is_single(self) -> bool {
        matches!(self.number(), 0x00 | 0x04 | 0x05 | 0x06 | 0x08 | 0x16 | 0x1A | 0x20 | 0x22..=0x25)
    }

    /// Whether so many octets can be this element. §9.2.3.24.1 to §9.2.3.24.16.
    #[inline]
    pub const fn may_have(self, octets: usize) -> bool {
        match self.number() {
            0x00 => octets == 3,
            0x01 | 0x04 | 0x0B | 0x0D | 0x17 => octets == 2,
            0x05 | 0x08 | 0x21 => octets == 4,
            0x06 | 0x07 | 0x13 | 0x20 | 0x24 | 0x25 => octets == 1,
            // Start, length, format and, later added, colour.
            0x0A => octets == 3 || octets == 4,
            // A position and at most 128 octets.
            0x0C => octets >= 1 && octets <= 129,
            0x0E | 0x10 => octets == 129,
            0x0F | 0x11 => octets == 33,
            // Position, and size of a picture.
            0x12 => octets >= 3,
            // Length, type of number and digits.
            0x22 => octets >= 2 && octets <= 12,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_element_is_in_a_group_that_is_not_reserved() {
        for kind in ElementKind::ALL {
            assert_ne!(kind.group(), ElementGroup::Reserved, "{}", kind.name());
        }
        let reserved = (0..=255).filter(|iei| ElementKind::from_number(*iei).group() == ElementGroup::Reserved);
        assert_eq!(reserved.count(), 2 + 5 + 0x4A + 0x20 + 0x20);
    }

    #[test]
    fn tells_elements_that_come_once_and_their_lengths() {
        let once: Vec<_> = ElementKind::ALL.iter().filter(|kind| kind.is_single()).map(|kind| kind.number()).collect();
        assert_eq!(once, [0x00, 0x04, 0x05, 0x06, 0x08, 0x16, 0x1A, 0x20, 0x22, 0x23, 0x24, 0x25]);
        let lengths = |kind: ElementKind| (0..=255).filter(|octets| kind.may_have(*octets)).collect::<Vec<_>>();
        assert_eq!(lengths(ElementKind::Concatenation8), [3]);
        assert_eq!(lengths(ElementKind::LargePicture), [129]);
        assert_eq!(lengths(ElementKind::TextFormatting), [3, 4]);
        assert_eq!(lengths(ElementKind::SimCommand).len(), 256);
    }
}
