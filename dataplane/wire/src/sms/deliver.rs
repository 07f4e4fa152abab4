//! SMS-DELIVER: a message to a phone. TS 23.040 §9.2.2.1.
//!
//! ```text
//!   RP UDHI SRI 0 LP MMS 0 0 │ OA 2-12 │ PID │ DCS │ SCTS 7 │ UDL │ UD 0-140
//! ```

use super::Tpdu;
use super::cursor::Cursor;
use super::dcs::Dcs;
use super::timestamp::Timestamp;
use crate::Reason;

#[inline(always)]
pub(super) fn parse<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    tpdu.take_address(cursor)?;
    let [pid, dcs] = cursor.array()?;
    (tpdu.pid, tpdu.dcs) = (Some(pid), Some(Dcs(dcs)));
    tpdu.scts = Some(Timestamp(cursor.array()?));
    tpdu.user_data(cursor)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_every_truncation_shows, octets, parse_from_sc, text_of};
    use super::super::{Alphabet, Concatenation, Ports, TpduKind};
    use crate::Reason;

    /// `MT version 1 direct` from +999 815 000 0001.
    const PLAIN: &str = "040d91998951000000f1000062102030405040134d2ac85e96cfd36f37280622a7e5e5311d";

    #[test]
    fn reads_header_and_text() {
        let tpdu = octets(PLAIN);
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!((tpdu.kind.name(), tpdu.mti(), tpdu.udhi()), ("SMS-DELIVER", 0, false));
        assert_eq!((tpdu.mms(), tpdu.rp(), tpdu.sri()), (Some(true), Some(false), Some(false)));
        assert_eq!((tpdu.srr(), tpdu.rd(), tpdu.vpf(), tpdu.mr), (None, None, None, None));
        let address = tpdu.address.unwrap();
        assert_eq!((address.ton(), address.npi(), address.len), (1, 1, 13));
        assert_eq!(address.text().as_str(), "9998150000001");
        assert_eq!((tpdu.pid, tpdu.dcs.map(|d| d.0), tpdu.udl), (Some(0), Some(0), Some(19)));
        assert_eq!(tpdu.scts.map(|t| t.fields()), Some([26, 1, 2, 3, 4, 5, 4]));
        assert_eq!(text_of(&tpdu).as_deref(), Some("MT version 1 direct"));
        assert_eq!(tpdu.fault, None);
    }

    #[test]
    fn a_part_of_a_long_message_has_its_header_and_its_text_after_the_fill_bits() {
        let tpdu = octets("440d91998951000000f1000062102030405040150b0003070101050413881389d0ef6f50b23807");
        let tpdu = parse_from_sc(&tpdu);
        let header = tpdu.header().unwrap();
        let part = Concatenation { reference: 7, total: 1, sequence: 1, wide: false };
        assert_eq!(header.concatenation(), Some(part));
        assert_eq!(header.ports(), Some(Ports { destination: 5000, source: 5001, wide: true }));
        assert_eq!(text_of(&tpdu).as_deref(), Some("two IEs"));
    }

    #[test]
    fn eight_bit_data_has_no_text() {
        let tpdu = octets("040d91998951000000f10004621020304050400401020304");
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!((tpdu.alphabet(), text_of(&tpdu), tpdu.payload()), (Alphabet::Data8, None, &[1, 2, 3, 4][..]));
    }

    #[test]
    fn reads_ucs2_text() {
        let tpdu = octets("040d91998951000000f100086210203040504004043f0440");
        assert_eq!(text_of(&parse_from_sc(&tpdu)).as_deref(), Some("пр"));
    }

    #[test]
    fn user_data_shorter_than_it_says_leaves_header_and_remaining_text() {
        let tpdu = octets("04039121430000621020304050406441e110");
        let tpdu = parse_from_sc(&tpdu);
        assert!(tpdu.ud_truncated);
        assert_eq!((tpdu.udl, tpdu.ud, tpdu.fault), (Some(100), &[0x41, 0xE1, 0x10][..], None));
        assert_eq!(text_of(&tpdu).as_deref(), Some("ABC"));
    }

    #[test]
    fn octets_after_what_the_length_counts_are_shown_but_are_no_text() {
        let tpdu = octets("040391214300006210203040504001415a5a5a");
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!((tpdu.ud.len(), tpdu.body(), text_of(&tpdu).as_deref()), (4, &[0x41][..], Some("A")));
    }

    #[test]
    fn a_header_longer_than_the_user_data_is_a_fault_and_hides_nothing_else() {
        let tpdu = octets("4403912143000062102030405040143000030741424344454647");
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!(tpdu.fault.map(|fault| fault.reason), Some(Reason::BadLength));
        assert_eq!((tpdu.udl, tpdu.header().is_some(), text_of(&tpdu)), (Some(20), true, None));
    }

    #[test]
    fn the_reserved_type_is_read_as_a_phone_would() {
        let tpdu = octets(&PLAIN.replacen("04", "07", 1));
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!((tpdu.kind, tpdu.mti()), (TpduKind::Reserved, 3));
        assert_eq!(text_of(&tpdu).as_deref(), Some("MT version 1 direct"));
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows(PLAIN, parse_from_sc);
    }
}
