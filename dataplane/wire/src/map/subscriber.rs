//! Who is meant in the other operations that a firewall watches. TS 29.002 §17.7.1 to §17.7.4.
//!
//! ```text
//!    2 updateLocation        30  04 imsi  81 msc  04 vlr                result 30 { 04 hlr }
//!    3 cancelLocation        A3 { 04 imsi }                             older  04 imsi
//!    7, 8 subscriber data    30  80 imsi  81 msisdn
//!   22 sendRoutingInfo       30  80 msisdn
//!   23 updateGprsLocation    30  04 imsi  04 sgsn                       result 30 { 04 hlr }
//!   56 sendAuthentication    30  80 imsi                                older  04 imsi
//!   58 sendIMSI              04 msisdn
//!   59 USSD                  30  80 msisdn
//!   67 purgeMS               30 | A3  04 imsi  80 vlr  81 sgsn
//!   70 provideSubscriberInfo 30  80 imsi
//!   71 anyTimeInterrogation  30  A0 { 80 imsi | 81 msisdn }  83 gsmSCF
//! ```
//! Only the fields named here are read.

use super::{AddressString, Operation, SmsArgument};
use crate::ber::{Tag, Tlv};

pub(super) fn argument<'a>(argument: &mut SmsArgument<'a>, operation: Operation, parameter: Tlv<'a>) {
    match operation {
        Operation::SEND_IMSI => argument.msisdn = AddressString::new(parameter.value),
        Operation::ANY_TIME_INTERROGATION => argument.each_inside(parameter, |argument, tlv| match tlv.tag.0 {
            0xA0 => argument.each_inside(tlv, |argument, tlv| element(argument, operation, tlv)),
            0x83 => argument.gsmscf = AddressString::new(tlv.value),
            _ => {}
        }),
        _ if parameter.tag == Tag::OCTET_STRING => element(argument, operation, parameter),
        _ if parameter.tag.constructed() => {
            argument.each_inside(parameter, |argument, tlv| element(argument, operation, tlv));
        }
        _ => {}
    }
}

fn element<'a>(argument: &mut SmsArgument<'a>, operation: Operation, tlv: Tlv<'a>) {
    let address = AddressString::new(tlv.value);
    match (operation, tlv.tag.0) {
        (
            Operation::UPDATE_LOCATION
            | Operation::UPDATE_GPRS_LOCATION
            | Operation::CANCEL_LOCATION
            | Operation::PURGE_MS
            | Operation::SEND_AUTHENTICATION_INFO,
            0x04,
        ) if argument.imsi.is_none() => argument.imsi = Some(tlv.value),
        (Operation::UPDATE_LOCATION, 0x81) => argument.msc = address,
        (Operation::UPDATE_LOCATION, 0x04) if argument.vlr.is_none() => argument.vlr = address,
        (Operation::UPDATE_GPRS_LOCATION, 0x04) if argument.sgsn.is_none() => argument.sgsn = address,
        (Operation::PURGE_MS, 0x80) => argument.vlr = address,
        (Operation::PURGE_MS, 0x81) => argument.sgsn = address,
        (
            Operation::INSERT_SUBSCRIBER_DATA
            | Operation::DELETE_SUBSCRIBER_DATA
            | Operation::SEND_AUTHENTICATION_INFO
            | Operation::PROVIDE_SUBSCRIBER_INFO
            | Operation::ANY_TIME_INTERROGATION,
            0x80,
        ) => argument.imsi = Some(tlv.value),
        (Operation::INSERT_SUBSCRIBER_DATA | Operation::ANY_TIME_INTERROGATION, 0x81) => argument.msisdn = address,
        (Operation::SEND_ROUTING_INFO | Operation::PROCESS_UNSTRUCTURED_SS_REQUEST, 0x80) => argument.msisdn = address,
        _ => {}
    }
}

pub(super) fn result<'a>(argument: &mut SmsArgument<'a>, operation: Operation, parameter: Tlv<'a>) {
    if !matches!(operation, Operation::UPDATE_LOCATION | Operation::UPDATE_GPRS_LOCATION) {
        return;
    }
    if parameter.tag == Tag::OCTET_STRING {
        argument.hlr = AddressString::new(parameter.value);
        return;
    }
    argument.each(parameter, |argument, tlv| {
        if tlv.tag == Tag::OCTET_STRING && argument.hlr.is_none() {
            argument.hlr = AddressString::new(tlv.value);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::{argument_of, octets, result_of};
    use super::*;

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
}
