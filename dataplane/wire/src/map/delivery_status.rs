//! reportSM-DeliveryStatus: how the delivery went. TS 29.002 §12.3, §17.7.6.
//!
//! ```text
//!   argument  30  04 msisdn  04 service centre  0A outcome (from version 2)  80 absent diagnostic (version 3)
//!   result    30 { 04 stored msisdn }, or 04 stored msisdn
//! ```

use super::{AddressString, SmsArgument};
use crate::ber::{Tag, Tlv, integer};

pub(super) fn argument<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    argument.each(parameter, |argument, tlv| match tlv.tag.0 {
        0x04 if argument.msisdn.is_none() => argument.msisdn = AddressString::new(tlv.value),
        0x04 if argument.service_centre.is_none() => argument.service_centre = AddressString::new(tlv.value),
        0x0A => argument.delivery_outcome = integer(tlv.value),
        0x80 => argument.absent_diagnostic = integer(tlv.value),
        _ => {}
    });
    argument.require(argument.service_centre.is_some());
}

pub(super) fn result<'a>(argument: &mut SmsArgument<'a>, parameter: Tlv<'a>) {
    if parameter.tag == Tag::OCTET_STRING {
        argument.stored_msisdn = AddressString::new(parameter.value);
        return;
    }
    argument.each(parameter, |argument, tlv| {
        if tlv.tag == Tag::OCTET_STRING {
            argument.stored_msisdn = AddressString::new(tlv.value);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::super::tests::{argument_of, assert_every_truncation_shows, result_of};
    use crate::sms::tests::octets;

    const ARGUMENT: &str = "30180407919979501694980407919989010300400a0101800105";
    const OPERATION: Operation = Operation::REPORT_SM_DELIVERY_STATUS;

    #[test]
    fn reads_the_argument() {
        let octets = octets(ARGUMENT);
        let argument = argument_of(OPERATION, &octets);
        assert_eq!(argument.msisdn.unwrap().digits().as_str(), "999705614989");
        assert_eq!(argument.service_centre.unwrap().digits().as_str(), "999810300004");
        assert_eq!((argument.delivery_outcome, argument.absent_diagnostic, argument.fault), (Some(1), Some(5), None));
    }

    #[test]
    fn reads_the_stored_number_of_all_versions() {
        for sent in ["3009040791997950169498", "040791997950169498"] {
            let octets = octets(sent);
            let argument = result_of(OPERATION, &octets);
            assert_eq!(argument.stored_msisdn.unwrap().digits().as_str(), "999705614989");
        }
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows(OPERATION, ARGUMENT);
    }
}
