//! Who is meant in the other operations. TS 29.002 §17.7.1 to §17.7.4.

use super::{argument_of, octets, result_of};
use crate::map::Operation;

#[test]
fn reads_update_location_and_its_answer() {
    let sent = octets("301c040800010100803119f4810791998901020010040791998901020020");
    let argument = argument_of(Operation::UPDATE_LOCATION, &sent);
    assert_eq!(argument.imsi.map(<[u8]>::len), Some(8));
    assert_eq!(argument.msc.unwrap().digits().as_str(), "999810200001");
    assert_eq!(argument.vlr.unwrap().digits().as_str(), "999810200002");
    let sent = octets("3009040791997900010010");
    assert_eq!(result_of(Operation::UPDATE_LOCATION, &sent).hlr.unwrap().digits().as_str(), "999700100001");
}

#[test]
fn reads_any_time_interrogation() {
    let sent = octets("301ba009810791997950894763a10480008100830791996996090050");
    let argument = argument_of(Operation::ANY_TIME_INTERROGATION, &sent);
    assert_eq!(argument.msisdn.unwrap().digits().as_str(), "999705987436");
    assert_eq!(argument.gsmscf.unwrap().digits().as_str(), "999669900005");
}

#[test]
fn reads_a_subscriber_that_is_the_whole_argument() {
    let sent = octets("040800010100803119f4");
    for operation in [Operation::CANCEL_LOCATION, Operation::SEND_AUTHENTICATION_INFO] {
        assert_eq!(argument_of(operation, &sent).imsi, sent.get(2..));
    }
    let sent = octets("a30d040800010100803119f40a0100");
    assert_eq!(argument_of(Operation::CANCEL_LOCATION, &sent).imsi, sent.get(4..12));
    let sent = octets("040791997950605106");
    assert_eq!(argument_of(Operation::SEND_IMSI, &sent).msisdn.unwrap().digits().as_str(), "999705061560");
}

#[test]
fn leaves_an_operation_it_does_not_know_alone() {
    let sent = octets("300a800800010100803119f4");
    assert_eq!(argument_of(Operation(99), &sent).imsi, None);
}
