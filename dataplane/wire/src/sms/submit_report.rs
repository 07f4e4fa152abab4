//! SMS-SUBMIT-REPORT: the service centre's answer to SMS-SUBMIT or SMS-COMMAND. TS 23.040 §9.2.2.2a.
//!
//! ```text
//!   0 UDHI 0 0 0 0 0 1 │ [FCS] │ PI │ SCTS 7 │ [PID] │ [DCS] │ [UDL │ UD 0-152]
//! ```

use super::Tpdu;
use super::cursor::Cursor;
use super::deliver_report::failure_cause;
use super::timestamp::Timestamp;
use super::tpdu::Context;
use crate::Reason;

pub(super) fn parse<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>, context: Context) -> Result<(), Reason> {
    let indicator = failure_cause(tpdu, cursor, context)?;
    tpdu.scts = Some(Timestamp(cursor.array()?));
    tpdu.optional(indicator, cursor)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_every_truncation_shows, octets, text_of};
    use super::super::{Context, Direction, Tpdu};

    fn parse(octets: &[u8]) -> Tpdu<'_> {
        Tpdu::parse(octets, Direction::FromSc, Context::Acknowledgement).expect("has a first octet")
    }

    #[test]
    fn reads_the_shortest() {
        let tpdu = octets("010062102030405040");
        let tpdu = parse(&tpdu);
        assert_eq!((tpdu.kind.name(), tpdu.fcs, tpdu.fault), ("SMS-SUBMIT REPORT", None, None));
        assert_eq!(tpdu.scts.map(|t| t.fields()), Some([26, 1, 2, 3, 4, 5, 4]));
    }

    #[test]
    fn reads_cause_and_text() {
        let tpdu = octets("01c80670505151101121000ac8329bfd068542a110");
        let tpdu = parse(&tpdu);
        assert_eq!((tpdu.fcs, text_of(&tpdu).as_deref()), (Some(200), Some("Hello !!!!")));
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows("0101705051511011212c", parse);
    }
}
