//! SMS-STATUS-REPORT: what became of a submitted message. TS 23.040 §9.2.2.3.
//!
//! ```text
//!   0 UDHI SRQ 0 LP MMS 1 0 │ MR │ RA 2-12 │ SCTS 7 │ DT 7 │ ST │ [PI │ [PID] │ [DCS] │ [UDL │ UD]]
//! ```

use super::Tpdu;
use super::cursor::Cursor;
use super::timestamp::Timestamp;
use crate::Reason;

pub(super) fn parse<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    tpdu.mr = Some(cursor.octet()?);
    tpdu.take_address(cursor)?;
    tpdu.scts = Some(Timestamp(cursor.array()?));
    tpdu.discharge = Some(Timestamp(cursor.array()?));
    tpdu.st = Some(cursor.octet()?);
    if cursor.rest().is_empty() {
        return Ok(());
    }
    let indicator = cursor.octet()?;
    tpdu.optional(indicator, cursor)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_every_truncation_shows, octets, parse_from_sc, text_of};

    #[test]
    fn reads_the_report() {
        let tpdu = octets("064d0d91997950000000f1621020304050406210203040504030");
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!((tpdu.kind.name(), tpdu.mr, tpdu.st), ("SMS-STATUS REPORT", Some(77), Some(0x30)));
        assert_eq!((tpdu.mms(), tpdu.rp(), tpdu.fault), (Some(true), None, None));
        assert_eq!(tpdu.address.unwrap().text().as_str(), "9997050000001");
        assert_eq!(tpdu.scts, tpdu.discharge);
    }

    #[test]
    fn reads_text_that_comes_with_it() {
        let tpdu = octets("22ff0791776655f0903042614123009030426141234c0a07000004c1b0d00e");
        let tpdu = parse_from_sc(&tpdu);
        assert_eq!((tpdu.pid, tpdu.udl, text_of(&tpdu).as_deref()), (Some(0), Some(4), Some("AaBv")));
        assert_eq!((tpdu.srq(), tpdu.lp(), tpdu.sri(), tpdu.srr()), (Some(true), Some(false), None, None));
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows("064d0d91997950000000f1621020304050406210203040504030", parse_from_sc);
    }
}
