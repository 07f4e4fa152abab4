//! Who can be reached again. TS 29.002 §12.4 to §12.6.

use super::{argument_of, assert_every_truncation_shows, octets};
use crate::map::Operation;

const ALERT: &str = "3012040791997950189341040791998901030010";
const READY: &str = "300d800800010100803119f40a0101";

#[test]
fn reads_inform_service_centre() {
    let octets = octets("300d04079199795097398003020210");
    let argument = argument_of(Operation::INFORM_SERVICE_CENTRE, &octets);
    assert_eq!(argument.stored_msisdn.unwrap().digits().as_str(), "999705799308");
    assert_eq!((argument.mw_status, argument.fault), (Some(&[0x02, 0x10][..]), None));
}

#[test]
fn reads_alert_service_centre_with_and_without_result() {
    for operation in [Operation::ALERT_SERVICE_CENTRE, Operation::ALERT_SERVICE_CENTRE_WITHOUT_RESULT] {
        let octets = octets(ALERT);
        let argument = argument_of(operation, &octets);
        assert_eq!(argument.msisdn.unwrap().digits().as_str(), "999705813914");
        assert_eq!(argument.service_centre.unwrap().digits().as_str(), "999810300001");
    }
}

#[test]
fn reads_ready_for_sm_and_note_subscriber_present() {
    let sent = octets(READY);
    let argument = argument_of(Operation::READY_FOR_SM, &sent);
    assert_eq!((argument.imsi.map(<[u8]>::len), argument.alert_reason), (Some(8), Some(1)));
    let sent = octets("040800010100803119f4");
    assert_eq!(argument_of(Operation::NOTE_SUBSCRIBER_PRESENT, &sent).imsi, sent.get(2..));
}

#[test]
fn shows_every_truncation() {
    assert_every_truncation_shows(Operation::ALERT_SERVICE_CENTRE, ALERT);
    assert_every_truncation_shows(Operation::READY_FOR_SM, READY);
}
