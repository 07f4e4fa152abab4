//! SMS-DELIVER-REPORT: a phone's answer to SMS-DELIVER. TS 23.040 §9.2.2.1a.
//!
//! ```text
//!   0 UDHI 0 0 0 0 0 0 │ [FCS] │ PI │ [PID] │ [DCS] │ [UDL │ UD 0-159]
//! ```
//! FCS stands only in an error; its values begin at 80 hex, which PI never reaches, so that one sent where
//! it should not be is told apart.

use super::Tpdu;
use super::cursor::Cursor;
use super::tpdu::Context;
use crate::Reason;

pub(super) fn parse<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>, context: Context) -> Result<(), Reason> {
    let indicator = failure_cause(tpdu, cursor, context)?;
    tpdu.optional(indicator, cursor)
}

/// Reads TP-FCS, if it is there, and returns TP-PI. §9.2.3.22, §9.2.3.27.
pub(super) fn failure_cause<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>, context: Context) -> Result<u8, Reason> {
    let octet = cursor.octet()?;
    if context != Context::Error && octet < 0x80 {
        return Ok(octet);
    }
    tpdu.fcs = Some(octet);
    cursor.octet()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_every_truncation_shows, octets, text_of};
    use super::super::{Context, Direction, Tpdu};

    fn parse(octets: &[u8], context: Context) -> Tpdu<'_> {
        Tpdu::parse(octets, Direction::ToSc, context).expect("has a first octet")
    }

    #[test]
    fn reads_the_shortest() {
        let tpdu = parse(&[0, 0], Context::Acknowledgement);
        assert_eq!((tpdu.kind.name(), tpdu.fcs, tpdu.pid, tpdu.udl), ("SMS-DELIVER REPORT", None, None, None));
        assert_eq!((tpdu.fault, text_of(&tpdu)), (None, None));
    }

    #[test]
    fn reads_a_failure_cause_and_what_the_indicator_announces() {
        let tpdu = octets("00c806000ac8329bfd068542a110");
        for context in [Context::Error, Context::Acknowledgement] {
            let tpdu = parse(&tpdu, context);
            assert_eq!((tpdu.fcs, tpdu.pid, tpdu.dcs.map(|d| d.0), tpdu.udl), (Some(200), None, Some(0), Some(10)));
            assert_eq!(text_of(&tpdu).as_deref(), Some("Hello !!!!"));
        }
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows("00c807000004c8329b0d", |octets| parse(octets, Context::Error));
    }
}
