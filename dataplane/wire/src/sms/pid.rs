//! The protocol identifier: what a message is for, apart from its text. TS 23.040 §9.2.3.9.
//!
//! ```text
//!   000 xxxxx   between short message entities      001 ddddd   telematic device d, or any if 0
//!   01 xxxxxx   what the phone is to do with it     10 xxxxxx   reserved     11 xxxxxx   the service centre's own
//! ```
//! A value without a meaning of its own counts as 00, as the clause wants it; which group it is in is still told.

use crate::numbered::numbered;

numbered! {
    /// TP-PID.
    Pid: u8 {
        /// An ordinary message.
        Ordinary = 0x00 "ordinary",
        /// Any telematic device.
        Telematic = 0x20 "telematic",
        /// Telex.
        Telex = 0x21 "telex",
        /// Group 3 facsimile.
        Fax3 = 0x22 "fax_group_3",
        /// Group 4 facsimile.
        Fax4 = 0x23 "fax_group_4",
        /// Conversion to speech.
        Voice = 0x24 "voice",
        /// European radio messaging.
        Ermes = 0x25 "ermes",
        /// A national paging system.
        Paging = 0x26 "national_paging",
        /// Videotex.
        Videotex = 0x27 "videotex",
        /// Teletex over an unspecified carrier.
        Teletex = 0x28 "teletex",
        /// Teletex over a packet network.
        TeletexPspdn = 0x29 "teletex_pspdn",
        /// Teletex over a circuit-switched data network.
        TeletexCspdn = 0x2A "teletex_cspdn",
        /// Teletex over the telephone network.
        TeletexPstn = 0x2B "teletex_pstn",
        /// Teletex over ISDN.
        TeletexIsdn = 0x2C "teletex_isdn",
        /// Universal computer interface.
        Uci = 0x2D "uci",
        /// A message handling facility the service centre knows.
        MessageHandling = 0x30 "message_handling",
        /// A public X.400 system.
        X400 = 0x31 "x400",
        /// Internet mail.
        Email = 0x32 "email",
        /// A mobile station; the service centre converts to a coding it can receive.
        MobileStation = 0x3F "mobile_station",
        /// Acknowledged, but neither shown nor stored.
        Type0 = 0x40 "type_0",
        /// Replaces an earlier one of its type.
        Replace1 = 0x41 "replace_1",
        /// Replaces an earlier one of its type.
        Replace2 = 0x42 "replace_2",
        /// Replaces an earlier one of its type.
        Replace3 = 0x43 "replace_3",
        /// Replaces an earlier one of its type.
        Replace4 = 0x44 "replace_4",
        /// Replaces an earlier one of its type.
        Replace5 = 0x45 "replace_5",
        /// Replaces an earlier one of its type.
        Replace6 = 0x46 "replace_6",
        /// Replaces an earlier one of its type.
        Replace7 = 0x47 "replace_7",
        /// Wakes a device up.
        DeviceTrigger = 0x48 "device_trigger",
        /// Enhanced message service, no longer used.
        Enhanced = 0x5E "enhanced_obsolete",
        /// Asks to be called back.
        ReturnCall = 0x5F "return_call",
        /// ANSI-136 R-DATA, for the SIM.
        Ansi136 = 0x7C "ansi_136_r_data",
        /// For the mobile equipment.
        MeDownload = 0x7D "me_data_download",
        /// De-personalisation of the mobile equipment.
        MeDepersonalization = 0x7E "me_depersonalization",
        /// For the SIM.
        SimDownload = 0x7F "sim_data_download",
    }
}

named! {
    /// What kind of protocol identifier.
    PidGroup {
        /// Between short message entities, no telematic device.
        Sme = "sme",
        /// To or from a telematic device.
        Telematic = "telematic",
        /// For the phone, shown as other messages: replaced ones, triggers, call back.
        Phone = "phone",
        /// Acknowledged, but neither shown nor stored.
        Silent = "silent",
        /// For the SIM or the mobile equipment, past the user.
        Download = "download",
        /// Kept for later.
        Reserved = "reserved",
        /// The service centre's own.
        ServiceCentre = "service_centre",
    }
}

impl Pid {
    /// What kind it is.
    #[inline]
    pub const fn group(self) -> PidGroup {
        match self.number() {
            0x00..0x20 => PidGroup::Sme,
            // §9.2.3.9: 11000 to 11110 are for the service centre to define.
            0x38..=0x3E | 0xC0.. => PidGroup::ServiceCentre,
            0x20..=0x2D | 0x30..=0x32 | 0x3F => PidGroup::Telematic,
            0x40 => PidGroup::Silent,
            0x41..=0x48 | 0x5E..=0x5F => PidGroup::Phone,
            0x7C..=0x7F => PidGroup::Download,
            _ => PidGroup::Reserved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_identifier_is_in_a_group_that_is_not_reserved() {
        for pid in Pid::ALL {
            assert_ne!(pid.group(), PidGroup::Reserved, "{}", pid.name());
        }
    }

    #[test]
    fn tells_silent_and_downloaded_messages_from_those_that_are_shown() {
        let group = |pid| Pid::from_number(pid).group();
        assert_eq!([0x40, 0x41, 0x7F].map(group), [PidGroup::Silent, PidGroup::Phone, PidGroup::Download]);
        assert_eq!([0x00, 0x1F, 0x22].map(group), [PidGroup::Sme, PidGroup::Sme, PidGroup::Telematic]);
    }

    #[test]
    fn reserved_identifiers_have_no_name() {
        let reserved: Vec<_> = (0..=255).map(Pid::from_number).filter(|p| p.group() == PidGroup::Reserved).collect();
        assert_eq!(reserved.len(), 2 + 5 + 21 + 28 + 64);
        assert!(reserved.iter().all(|pid| pid.name() == "other"));
    }
}
