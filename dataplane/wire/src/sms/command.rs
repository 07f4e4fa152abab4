//! SMS-COMMAND: a phone's instruction about a message it submitted. TS 23.040 §9.2.2.4.
//!
//! ```text
//!   0 UDHI SRR 0 0 0 1 0 │ MR │ PID │ CT │ MN │ DA 2-12 │ CDL │ CD 0-157
//! ```
//! Command data begins with a header where UDHI is set. What its octets mean beyond that is the service centre's.

use super::Tpdu;
use super::cursor::Cursor;
use crate::Reason;

pub(super) fn parse<'a>(tpdu: &mut Tpdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    tpdu.mr = Some(cursor.octet()?);
    let [pid, command_type, number] = cursor.array()?;
    tpdu.pid = Some(pid);
    tpdu.command = Some((command_type, number));
    tpdu.take_address(cursor)?;
    let length = cursor.octet()?;
    let data = cursor.take(usize::from(length))?;
    tpdu.command_data(data);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_every_truncation_shows, octets, parse_to_sc, text_of};
    use crate::Anomaly;

    const DELETE: &str = "020b212c0c0d91112233445566f7057365742041";

    #[test]
    fn reads_type_number_and_destination() {
        let tpdu = octets(DELETE);
        let tpdu = parse_to_sc(&tpdu);
        assert_eq!((tpdu.kind.name(), tpdu.mr, tpdu.pid), ("SMS-COMMAND", Some(11), Some(33)));
        assert_eq!((tpdu.command, tpdu.udl, tpdu.srr()), (Some((0x2C, 0x0C)), None, Some(false)));
        assert_eq!(tpdu.address.unwrap().text().as_str(), "1122334455667");
        assert_eq!(tpdu.fault, None);
    }

    #[test]
    fn gives_the_command_data_and_its_header() {
        let tpdu = octets(&["420b21010204912143", "06", "0470020000", "aa", "bbcc"].concat());
        let tpdu = parse_to_sc(&tpdu);
        assert_eq!((tpdu.body().len(), tpdu.payload(), text_of(&tpdu)), (6, &[0xAA][..], None));
        assert_eq!(tpdu.header().map(|header| header.elements().count()), Some(1));
        let deviations: Vec<_> = tpdu.anomalies.iter().collect();
        assert_eq!((deviations.as_slice(), tpdu.fault), (&[Anomaly::SmsLength][..], None), "two octets after the end");
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows(DELETE, parse_to_sc);
    }
}
