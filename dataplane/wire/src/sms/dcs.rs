//! The data coding scheme: alphabet, class, waiting indications. TS 23.038 §4.
//!
//! ```text
//!   00 C K aa cc   general       C compressed  K class meant  aa 00 GSM 7-bit 01 8-bit 10 UCS-2
//!   01 C K aa cc   general, to be deleted after reading
//!   10 xx xxxx     reserved
//!   1100 A 0 tt    waiting, discard     1101 A 0 tt  waiting, store     1110 A 0 tt  the same in UCS-2
//!   1111 0 a cc    class                a 1 8-bit
//! ```
//! Reserved codings are the GSM 7-bit alphabet, as the clause wants it. A bit that the clause wants zero, and aa of 11,
//! make a coding reserved; what its other bits say is still given.

/// How characters are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// GSM 7-bit default alphabet.
    Gsm7,
    /// Octets without a meaning of their own.
    Data8,
    /// UCS-2; phones read UTF-16.
    Ucs2,
}

/// A message waiting indication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageWaiting {
    /// Whether the text is to be stored.
    pub store: bool,
    /// Whether messages are waiting.
    pub active: bool,
    /// 0 voice, 1 fax, 2 e-mail, 3 other.
    pub indication: u8,
}

named! {
    /// The coding groups, by the high bits.
    CodingGroup {
        /// 00: general.
        General = "general",
        /// 01: general, to be deleted after reading.
        AutomaticDeletion = "automatic_deletion",
        /// 10: reserved.
        Reserved = "reserved",
        /// 1100: a waiting indication whose text may be discarded.
        WaitingDiscard = "waiting_discard",
        /// 1101: a waiting indication whose text is to be stored.
        WaitingStore = "waiting_store",
        /// 1110: the same, in UCS-2.
        WaitingStoreUcs2 = "waiting_store_ucs2",
        /// 1111: alphabet and class.
        Class = "class",
    }
}

/// All that a data coding scheme says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coding {
    /// Which reading of the other bits.
    pub group: CodingGroup,
    /// The alphabet before compression.
    pub alphabet: Alphabet,
    /// Whether the user data is compressed, TS 23.042.
    pub compressed: bool,
    /// The message class, where one is meant.
    pub class: Option<u8>,
    /// The waiting indication, if it is one.
    pub waiting: Option<MessageWaiting>,
    /// Whether the clause keeps this coding, or a bit of it, for later.
    pub reserved: bool,
}

/// TP-DCS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dcs(pub u8);

impl Dcs {
    /// The coding group.
    #[inline]
    pub const fn group(self) -> CodingGroup {
        match self.0 {
            0x00..0x40 => CodingGroup::General,
            0x40..0x80 => CodingGroup::AutomaticDeletion,
            0x80..0xC0 => CodingGroup::Reserved,
            0xC0..0xD0 => CodingGroup::WaitingDiscard,
            0xD0..0xE0 => CodingGroup::WaitingStore,
            0xE0..0xF0 => CodingGroup::WaitingStoreUcs2,
            0xF0.. => CodingGroup::Class,
        }
    }

    /// Everything at once.
    pub const fn coding(self) -> Coding {
        Coding {
            group: self.group(),
            alphabet: self.alphabet(),
            compressed: self.is_compressed(),
            class: self.class(),
            waiting: self.message_waiting(),
            reserved: self.is_reserved(),
        }
    }

    /// Whether the clause keeps this coding, or a bit of it, for later.
    #[inline]
    pub const fn is_reserved(self) -> bool {
        match self.0 {
            // Without the class bit the two lowest have no meaning.
            0x00..0x80 => self.0 & 0x0C == 0x0C || (self.0 & 0x10 == 0 && self.0 & 3 != 0),
            0x80..0xC0 => true,
            0xC0..0xF0 => self.0 & 4 != 0,
            0xF0.. => self.0 & 8 != 0,
        }
    }

    /// The alphabet before compression.
    #[inline]
    pub const fn alphabet(self) -> Alphabet {
        let general = self.0 < 0x80;
        let data8 = if general { self.0 & 0x0C == 0x04 } else { self.0 & 0xF4 == 0xF4 };
        let ucs2 = if general { self.0 & 0x0C == 0x08 } else { self.0 & 0xF0 == 0xE0 };
        if data8 {
            Alphabet::Data8
        } else if ucs2 {
            Alphabet::Ucs2
        } else {
            Alphabet::Gsm7
        }
    }

    /// Whether the user data is compressed, TS 23.042.
    #[inline]
    pub const fn is_compressed(self) -> bool {
        self.0 < 0x80 && self.0 & 0x20 != 0
    }

    /// 0 shown at once, 1 to the phone, 2 to the SIM, 3 to the terminal equipment.
    #[inline]
    pub const fn class(self) -> Option<u8> {
        if (self.0 < 0x80 && self.0 & 0x10 != 0) || self.0 >= 0xF0 { Some(self.0 & 3) } else { None }
    }

    /// To be deleted once read.
    #[inline]
    pub const fn is_automatic_deletion(self) -> bool {
        self.0 >> 6 == 1
    }

    /// The waiting indication, if it is one.
    #[inline]
    pub const fn message_waiting(self) -> Option<MessageWaiting> {
        if self.0 < 0xC0 || self.0 >= 0xF0 {
            return None;
        }
        Some(MessageWaiting { store: self.0 >= 0xD0, active: self.0 & 8 != 0, indication: self.0 & 3 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_alphabet_of_every_group() {
        for (dcs, alphabet) in [
            (0x00, Alphabet::Gsm7),
            (0x04, Alphabet::Data8),
            (0x08, Alphabet::Ucs2),
            (0x18, Alphabet::Ucs2),
            (0x10, Alphabet::Gsm7),
            (0x44, Alphabet::Data8),
            (0xC8, Alphabet::Gsm7),
            (0xD8, Alphabet::Gsm7),
            (0xE0, Alphabet::Ucs2),
            (0xF0, Alphabet::Gsm7),
            (0xF6, Alphabet::Data8),
        ] {
            assert_eq!(Dcs(dcs).alphabet(), alphabet, "{dcs:02x}");
        }
    }

    #[test]
    fn takes_reserved_codings_for_the_default_alphabet() {
        for dcs in [0x0C, 0x4C, 0x80, 0x88, 0xB4] {
            assert_eq!(Dcs(dcs).alphabet(), Alphabet::Gsm7, "{dcs:02x}");
        }
    }

    #[test]
    fn tells_class_compression_and_waiting() {
        assert_eq!([Dcs(0x10).class(), Dcs(0xF2).class(), Dcs(0x00).class()], [Some(0), Some(2), None]);
        assert!(Dcs(0x20).is_compressed() && !Dcs(0xE0).is_compressed());
        assert!(Dcs(0x40).is_automatic_deletion() && !Dcs(0xC0).is_automatic_deletion());
        let waiting = MessageWaiting { store: true, active: true, indication: 1 };
        assert_eq!([Dcs(0xD9).message_waiting(), Dcs(0xF0).message_waiting()], [Some(waiting), None]);
    }
    #[test]
    fn every_octet_has_one_coding_and_the_reserved_ones_are_told() {
        let reserved: Vec<u8> = (0..=255).filter(|dcs| Dcs(*dcs).coding().reserved).collect();
        assert_eq!(reserved.iter().filter(|dcs| **dcs < 0x10).count(), 13, "all but 00, 04 and 08");
        assert_eq!(reserved.iter().filter(|dcs| (0x10..0x20).contains(*dcs)).count(), 4);
        assert_eq!(reserved.iter().filter(|dcs| (0x80..0xC0).contains(*dcs)).count(), 64);
        assert_eq!(reserved.iter().filter(|dcs| **dcs >= 0xC0).count(), 32);
        for dcs in [0x00, 0x11, 0x24, 0x48, 0xC8, 0xD3, 0xE9, 0xF0, 0xF7] {
            assert!(!Dcs(dcs).is_reserved(), "{dcs:02x}");
        }
    }

    #[test]
    fn names_every_group_once() {
        let mut groups: Vec<_> = (0..=255).map(|dcs| Dcs(dcs).group()).collect();
        groups.dedup();
        assert_eq!(groups, CodingGroup::ALL);
        let coding = Dcs(0xE9).coding();
        assert_eq!((coding.group.name(), coding.alphabet, coding.class), ("waiting_store_ucs2", Alphabet::Ucs2, None));
        assert_eq!((coding.compressed, coding.waiting.map(|w| w.active)), (false, Some(true)));
    }
}
