//! sendRoutingInfoForSM: where is this subscriber? TS 29.002 §12.1, §17.7.6.
//!
//! ```text
//!   argument  30  80 msisdn  81 priority  82 service centre  88 SM-RP-MTI  89 SM-RP-SMEA
//!                 8A delivery not intended  8C imsi
//!   result    30  04 imsi  A0 { 81 network node  04 lmsi  A6 { 80 MSC | 81 SGSN } }
//! ```
//! Versions 1 and 2 have the MSC where version 3 has the network node, under the same tag.

use super::{AdditionalNumber, AddressString, SmsArgument};
use crate::ber::{Tag, Tlv, integer};

pub(super) fn argument<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    argument.each(parameter, |argument, tlv| match tlv.tag.0 {
        0x80 => argument.msisdn = AddressString::new(tlv.value),
        0x81 => argument.sm_rp_pri = integer(tlv.value).map(|flag| flag != 0),
        0x82 => argument.service_centre = AddressString::new(tlv.value),
        0x88 => argument.sm_rp_mti = integer(tlv.value),
        0x89 => argument.sm_rp_smea = Some(tlv.value),
        0x8A => argument.delivery_not_intended = integer(tlv.value),
        0x8C => argument.imsi = Some(tlv.value),
        _ => {}
    });
    argument.require(argument.msisdn.is_some() || argument.imsi.is_some());
}

pub(super) fn result<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    argument.each(parameter, |argument, tlv| match tlv.tag.0 {
        0x04 if argument.imsi.is_none() => argument.imsi = Some(tlv.value),
        0xA0 => argument.each_inside(tlv, location),
        _ => {}
    });
    argument.require(argument.imsi.is_some());
}

/// LocationInfoWithLMSI.
fn location<'a>(argument: &mut SmsArgument<'a>, tlv: Tlv<'a>) {
    match tlv.tag.0 {
        0x81 => argument.network_node = AddressString::new(tlv.value),
        0x04 => argument.lmsi = Some(tlv.value),
        0xA6 => argument.each_inside(tlv, |argument, tlv| {
            let number = AddressString::new(tlv.value);
            argument.additional_number = match tlv.tag {
                Tag(0x80) => number.map(AdditionalNumber::Msc),
                Tag(0x81) => number.map(AdditionalNumber::Sgsn),
                _ => return,
            };
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::super::tests::{argument_of, assert_every_truncation_shows, result_of};
    use super::*;
    use crate::sms::tests::octets;

    const ARGUMENT: &str = "30278007919979502163648101ff82079199890103005087008801018a01008c0800010100103246f6";
    const OPERATION: Operation = Operation::SEND_ROUTING_INFO_FOR_SM;

    #[test]
    fn reads_the_argument() {
        let octets = octets(ARGUMENT);
        let argument = argument_of(OPERATION, &octets);
        assert_eq!(argument.msisdn.unwrap().digits().as_str(), "999705123646");
        assert_eq!(argument.service_centre.unwrap().digits().as_str(), "999810300005");
        assert_eq!(
            (argument.sm_rp_pri, argument.sm_rp_mti, argument.delivery_not_intended),
            (Some(true), Some(1), Some(0))
        );
        assert_eq!((argument.imsi.map(<[u8]>::len), argument.fault), (Some(8), None));
    }

    #[test]
    fn reads_the_result_and_both_nodes() {
        let octets =
            octets("302b040800010100103246f6a01f810791997900020080040401020304a60e80079199790002009085030102030500");
        let argument = result_of(OPERATION, &octets);
        assert_eq!(argument.network_node.unwrap().digits().as_str(), "999700200008");
        assert_eq!(argument.lmsi, Some(&[1, 2, 3, 4][..]));
        assert!(
            matches!(argument.additional_number, Some(AdditionalNumber::Msc(msc)) if msc.digits().as_str() == "999700200009")
        );
        assert_eq!(argument.imsi.map(<[u8]>::len), Some(8));
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows(OPERATION, ARGUMENT);
    }
}
