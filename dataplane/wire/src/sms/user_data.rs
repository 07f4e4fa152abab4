//! TP-User-Data: how many octets it has, what its header takes of them, and the text. TS 23.040 §9.2.3.16, §9.2.3.24.
//!
//! ```text
//!   +-----+------+----------------+-----------+----------------------+------------+
//!   | UDL | UDHL | UDHL octets    | 0-6 fill  | septets or octets    | 0-7 spare  |
//!   +-----+------+----------------+-----------+----------------------+------------+
//!           with UDHI only          of septets only
//! ```
//! UDL counts septets, the header's among them, in the GSM 7-bit alphabet and octets otherwise. What it counts is
//! the body; octets after that are shown, but belong to nothing.

use super::cursor::Cursor;
use super::dcs::{Alphabet, Dcs};
use super::tables::{Shift, Tables};
use super::text::{TextBuf, is_whole_utf16};
use super::{Tpdu, TpduKind, UserDataHeader, gsm7};
use crate::{Anomalies, Anomaly, Reason};

impl<'a> Tpdu<'a> {
    /// TP-UDL and TP-UD, last in every TPDU that has them.
    #[inline(always)]
    pub(super) fn user_data(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
        let udl = cursor.octet()?;
        self.udl = Some(udl);
        self.ud = cursor.rest();
        let claimed = self.ud_octets_claimed();
        self.ud_truncated = claimed > self.ud.len();
        self.body = self.ud.get(..claimed).unwrap_or(self.ud);
        let plain = self.dcs.unwrap_or_default() == Dcs(0);
        if plain && claimed == self.ud.len() && claimed <= UD_OCTETS_MAX {
            if !self.udhi() {
                self.anomalies.note_if(has_spare_bits(self.body, udl), Anomaly::SmsFillBits);
                return Ok(());
            }
            // A part of a long message, and nothing else in the header; 6 octets and a bit are 7 septets.
            if let [5, 0, 3, _, total, sequence, first, ..] = self.body
                && (1..=*total).contains(sequence)
            {
                self.header_octets = 6;
                self.anomalies.note_if(first & 1 != 0 || has_spare_bits(self.body, udl), Anomaly::SmsFillBits);
                return Ok(());
            }
        }
        // What it does not see it cannot keep from staying in registers.
        let looked_at = Self::look_in_full(self.kind, self.first_octet, self.dcs.unwrap_or_default(), udl, self.ud);
        self.header_octets = looked_at.header_octets;
        self.anomalies.add(looked_at.anomalies);
        looked_at.outcome
    }

    /// All that text in the default alphabet has not, alone or in parts.
    #[inline(never)]
    fn look_in_full(kind: TpduKind, first_octet: u8, dcs: Dcs, udl: u8, ud: &'a [u8]) -> LookedAt {
        let mut tpdu = Self { first_octet, dcs: Some(dcs), udl: Some(udl), ud, ..Self::empty(kind) };
        let claimed = tpdu.ud_octets_claimed();
        tpdu.ud_truncated = claimed > ud.len();
        tpdu.body = ud.get(..claimed).unwrap_or(ud);
        let outcome = tpdu.look(udl, claimed);
        LookedAt { outcome, anomalies: tpdu.anomalies, header_octets: tpdu.header_octets }
    }

    fn look(&mut self, udl: u8, claimed: usize) -> Result<(), Reason> {
        let coding = self.dcs.unwrap_or_default().coding();
        let longest = match self.kind {
            TpduKind::Deliver | TpduKind::Submit | TpduKind::Reserved | TpduKind::Command => UD_OCTETS_MAX,
            TpduKind::StatusReport => 143,
            TpduKind::SubmitReport => 152,
            TpduKind::DeliverReport => 159,
        };
        self.anomalies.note_if(claimed != self.ud.len(), Anomaly::SmsLength);
        self.anomalies.note_if(claimed.max(self.ud.len()) > longest, Anomaly::SmsTooLong);
        self.anomalies.note_if(coding.reserved, Anomaly::SmsCoding);
        self.anomalies.note_if(coding.compressed, Anomaly::SmsCompressed);
        let outcome = if self.udhi() { self.take_header() } else { Ok(()) };
        match coding.alphabet {
            _ if coding.compressed => {}
            Alphabet::Gsm7 => {
                let (fill_bits, payload) = (self.fill_bits(), self.payload());
                let filled = payload.first().is_some_and(|first| first & !(0xFF << fill_bits) != 0);
                let spare = !self.ud_truncated && has_spare_bits(self.body, udl);
                self.anomalies.note_if(filled || spare, Anomaly::SmsFillBits);
            }
            Alphabet::Ucs2 => self.anomalies.note_if(!is_whole_utf16(self.payload()), Anomaly::SmsText),
            Alphabet::Data8 => {}
        }
        outcome
    }

    /// The header at the front of the body. §9.2.3.24: one that does not end where it says is ignored by a phone; here
    /// it is a defect, and what did parse of it is given.
    fn take_header(&mut self) -> Result<(), Reason> {
        let claimed = self.body.first().map_or(0, |udhl| 1 + usize::from(*udhl));
        self.header_octets = claimed.min(self.body.len()) as u16;
        let found = self.header().map_or(Anomalies::NONE, |header| header.anomalies());
        self.anomalies.add(found);
        let fits = claimed > 0 && claimed <= self.body.len();
        let ends = fits && (found.is_empty() || self.header().is_some_and(|header| header.is_whole()));
        self.anomalies.note_if(!ends, Anomaly::SmsHeader);
        if ends { Ok(()) } else { Err(Reason::BadLength) }
    }

    /// TP-CD of a command, with its header where there is one.
    pub(super) fn command_data(&mut self, data: &'a [u8]) {
        self.body = data;
        if self.udhi() {
            // Told in the anomalies: nothing of a command is hidden by it.
            let _ = self.take_header();
        }
    }

    #[inline(always)]
    fn ud_octets_claimed(&self) -> usize {
        let (udl, dcs) = (usize::from(self.udl.unwrap_or(0)), self.dcs.unwrap_or_default());
        let septets = dcs.alphabet() == Alphabet::Gsm7 && !dcs.is_compressed();
        if septets { (udl * 7).div_ceil(8) } else { udl }
    }

    #[inline(always)]
    fn fill_bits(&self) -> u32 {
        (7 - u32::from(self.header_octets) * 8 % 7) % 7
    }

    /// The octets of user data that TP-UDL counts, as far as they are there; of a command its data.
    #[inline(always)]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The user data header.
    #[inline(always)]
    pub fn header(&self) -> Option<UserDataHeader<'a>> {
        let header = self.body().get(1..usize::from(self.header_octets))?;
        Some(UserDataHeader::new(header))
    }

    /// The user data after the header: where the application's octets are, if the alphabet is 8-bit.
    #[inline(always)]
    pub fn payload(&self) -> &'a [u8] {
        self.body().get(usize::from(self.header_octets)..).unwrap_or(&[])
    }

    /// The national languages of the text.
    #[inline]
    pub fn shift(&self) -> Shift {
        self.header().map_or(Shift::DEFAULT, |header| header.shift())
    }

    /// Writes the text into `out`. None where there is none: 8-bit data, compressed or empty.
    #[inline(always)]
    pub fn text<'b>(&self, out: &'b mut TextBuf) -> Option<&'b TextBuf> {
        let dcs = self.dcs.unwrap_or_default();
        match dcs.alphabet() {
            _ if dcs.is_compressed() => return None,
            Alphabet::Data8 => return None,
            Alphabet::Ucs2 => out.set_ucs2(self.payload()),
            Alphabet::Gsm7 => {
                let there = (self.body().len() * 8 / 7).min(usize::from(self.udl.unwrap_or(0)));
                let count = there.saturating_sub((u32::from(self.header_octets) * 8).div_ceil(7) as usize);
                let national;
                let tables = match self.header() {
                    Some(header) if header.shift() != Shift::DEFAULT => {
                        national = header.shift().tables();
                        &national
                    }
                    _ => &Tables::DEFAULT,
                };
                gsm7::decode(self.payload(), self.fill_bits(), count, tables, out);
            }
        }
        if out.is_empty() { None } else { Some(out) }
    }

    /// The alphabet of the user data; the default one where a report names none.
    #[inline]
    pub fn alphabet(&self) -> Alphabet {
        self.dcs.unwrap_or_default().alphabet()
    }
}

/// What a look at all of the user data found.
struct LookedAt {
    outcome: Result<(), Reason>,
    anomalies: Anomalies,
    header_octets: u16,
}

/// Octets of user data in a message to or from a phone. §9.2.2.1, §9.2.2.2.
pub(super) const UD_OCTETS_MAX: usize = 140;

/// Whether a bit is set after the last of `septets` septets, in the octet it ends in.
#[inline(always)]
fn has_spare_bits(body: &[u8], septets: u8) -> bool {
    let used = u32::from(septets) * 7 % 8;
    used != 0 && body.last().is_some_and(|last| last >> used != 0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{octets, parse_from_sc, text_of};
    use super::*;

    fn anomalies_of(tpdu: &str) -> Vec<Anomaly> {
        parse_from_sc(&octets(tpdu)).anomalies.iter().collect()
    }

    /// An SMS-DELIVER with this first octet, data coding scheme, and user data from TP-UDL on.
    fn deliver(first: &str, dcs: &str, user_data: &str) -> String {
        [first, "0491214300", dcs, "62102030405040", user_data].concat()
    }

    #[test]
    fn names_each_deviation_and_only_that() {
        for (first, dcs, user_data, anomaly) in [
            ("04", "00", "0141", None),
            ("04", "08", "0404100430", None),
            ("04", "08", "04d83dde00", None),
            ("04", "04", "03ffffff", None),
            ("44", "00", "09050003070201c469", None),
            ("04", "00", "014100", Some(Anomaly::SmsLength)),
            ("04", "00", "0341e1", Some(Anomaly::SmsLength)),
            ("04", "00", "01c1", Some(Anomaly::SmsFillBits)),
            ("44", "00", "08050003070201c5", Some(Anomaly::SmsFillBits)),
            ("04", "08", "03041004", Some(Anomaly::SmsText)),
            ("04", "08", "04d83d0041", Some(Anomaly::SmsText)),
            ("04", "08", "02de00", Some(Anomaly::SmsText)),
            ("04", "0c", "0141", Some(Anomaly::SmsCoding)),
            ("04", "24", "03ffffff", Some(Anomaly::SmsCompressed)),
            ("44", "04", "0a050003070201000000", Some(Anomaly::SmsLength)),
            ("44", "04", "0600", Some(Anomaly::SmsLength)),
        ] {
            let user_data = deliver(first, dcs, user_data);
            assert_eq!(anomalies_of(&user_data), Vec::from_iter(anomaly), "{user_data}");
        }
    }

    #[test]
    fn more_than_140_octets_are_too_long_and_still_read() {
        for (udl, octets_sent, too_long) in [("8c", 140, false), ("8d", 141, true), ("8c", 150, true)] {
            let tpdu = deliver("04", "04", &[udl, &"55".repeat(octets_sent)].concat());
            assert_eq!(anomalies_of(&tpdu).contains(&Anomaly::SmsTooLong), too_long, "{octets_sent}");
        }
        let tpdu = octets(&deliver("04", "08", &["a0".to_owned(), "0041".repeat(80)].concat()));
        assert_eq!(text_of(&parse_from_sc(&tpdu)), Some("A".repeat(80)));
    }

    #[test]
    fn a_header_that_does_not_end_is_named_and_what_parsed_is_kept() {
        for user_data in ["06050003070201", "0a0908040007020100ff", "0504700000ff"] {
            let tpdu = octets(&deliver("44", "04", user_data));
            let tpdu = parse_from_sc(&tpdu);
            let ends = user_data.starts_with("06");
            assert_eq!(tpdu.anomalies.has(Anomaly::SmsHeader), !ends, "{user_data}");
            assert_eq!((tpdu.fault.is_some(), tpdu.header().is_some()), (!ends, true), "{user_data}");
            assert!(tpdu.header().is_some_and(|header| header.elements().count() == 1), "{user_data}");
        }
        let empty = octets(&deliver("44", "04", "00"));
        let empty = parse_from_sc(&empty);
        assert!(empty.anomalies.has(Anomaly::SmsHeader) && empty.fault.is_some() && empty.header().is_none());
    }

    #[test]
    fn reads_text_in_the_languages_the_header_names() {
        // Turkish both, "ş" by a single shift and "ğ" by the locking one.
        let tpdu = octets(&deliver("44", "00", "0b062401012501019b3903"));
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!(
            tpdu.shift(),
            Shift { locking: super::super::Language::Turkish, single: super::super::Language::Turkish }
        );
        assert_eq!((text_of(&tpdu).as_deref(), tpdu.anomalies), (Some("şğ"), Anomalies::NONE));
    }
}
