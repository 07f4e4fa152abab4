//! reportSM-DeliveryStatus: how the delivery went. TS 29.002 §12.3.

use super::{argument_of, assert_every_truncation_shows, octets, result_of};
use crate::map::Operation;

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
