//! SMS-SUBMIT: a message from a phone. TS 23.040 §9.2.2.2.
//!
//! ```text
//!   RP UDHI SRR VPF VPF RD 0 1 │ MR │ DA 2-12 │ PID │ DCS │ VP 0, 1 or 7 │ UDL │ UD 0-140
//! ```

use super::Tpdu;
use super::cursor::Cursor;
use super::dcs::Dcs;
use crate::Reason;

#[inline(always)]
pub(super) fn parse<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    tpdu.mr = Some(cursor.octet()?);
    tpdu.take_address(cursor)?;
    let [pid, dcs] = cursor.array()?;
    (tpdu.pid, tpdu.dcs) = (Some(pid), Some(Dcs(dcs)));
    // §9.2.3.3, §9.2.3.12: the enhanced format has seven octets whatever it uses of them.
    tpdu.vp = match tpdu.vpf() {
        Some(1 | 3) => Some(cursor.take(7)?),
        Some(2) => Some(cursor.take(1)?),
        _ => None,
    };
    tpdu.user_data(cursor)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_every_truncation_shows, octets, parse_to_sc, text_of};

    #[test]
    fn reads_header_validity_and_text() {
        let tpdu = octets("11010d91998951000000f20000a70ccd27c85e96cfd36f372806");
        let tpdu = parse_to_sc(&tpdu);
        assert_eq!(
            (tpdu.kind.name(), tpdu.mr, tpdu.vpf(), tpdu.vp),
            ("SMS-SUBMIT", Some(1), Some(2), Some(&[0xA7][..]))
        );
        assert_eq!((tpdu.rd(), tpdu.srr(), tpdu.rp(), tpdu.mms()), (Some(false), Some(false), Some(false), None));
        assert_eq!(tpdu.address.unwrap().text().as_str(), "9998150000002");
        assert_eq!(text_of(&tpdu).as_deref(), Some("MO version 1"));
    }

    #[test]
    fn reads_every_format_of_the_validity_period() {
        for (octets_sent, vp_octets) in [
            ("01090d91998951000000f200000576b8190403", 0),
            ("09090d91998951000000f2000001a700000000000576b8191403", 7),
            ("11090d91998951000000f20000a70576b8190403", 1),
            ("19090d91998951000000f20000621020304050400576b8193403", 7),
        ] {
            let tpdu = octets(octets_sent);
            let tpdu = parse_to_sc(&tpdu);
            assert_eq!((tpdu.vp.map_or(0, <[u8]>::len), tpdu.udl, tpdu.fault), (vp_octets, Some(5), None));
            assert!(text_of(&tpdu).unwrap().starts_with("vpf "));
        }
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows("11010d91998951000000f20000a70ccd27c85e96cfd36f372806", parse_to_sc);
        assert_every_truncation_shows("19090d91998951000000f20000621020304050400576b8193403", parse_to_sc);
    }
}
