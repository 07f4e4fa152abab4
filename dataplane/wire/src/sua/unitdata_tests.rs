//! CLDT and CLDR, read, tolerated and refused.

use super::unitdata::*;
use super::*;
use crate::Anomaly;
use crate::m3ua::{CorrelationId, NetworkAppearance, RoutingContext};
use crate::samples::octets;
use crate::sccp::{LocalReference, MessageType, Segmentation, Ssn};
use proptest::prelude::*;

const CLASS: &str = "01150008 00000081";
const DATA: &str = "010b0008 62021122";

fn message(kind: &str, parameters: &[&str]) -> Vec<u8> {
    let parameters = octets(&parameters.concat());
    let length = u32::try_from(8 + parameters.len()).expect("short");
    [&octets("0100"), &octets(kind), &length.to_be_bytes()[..], &parameters].concat()
}

fn read(octets: &[u8]) -> Result<Unitdata<'_>, Error> {
    Message::parse(octets)?.unitdata().map(|unitdata| unitdata.expect("CLDT or CLDR"))
}

#[test]
fn reads_a_cldt_with_everything_around_it() {
    let whole = message(
        "0701",
        &[
            "0006000800000005 010d000800000001",
            CLASS,
            "01020024 00010005 80010012 00000004 0c000104 998901030010 0000 80030008 00000008",
            "01030024 00010005 80010013 00000004 0d000104 99795000000001 00 80030008 00000006",
            "0116000800000007 010100080000000f 0113000800000003 0114000800000002 0013000800000009",
            "0117000883123456",
            DATA,
        ],
    );
    let cldt = read(&whole).expect("well-formed");
    assert_eq!((cldt.kind, cldt.anomalies), (MessageKind::Cldt, Anomalies::NONE));
    assert_eq!((cldt.routing_context, cldt.network_appearance), (Some(RoutingContext(5)), Some(NetworkAppearance(1))));
    assert_eq!((cldt.class(), cldt.is_returned_on_error(), cldt.sequence_control), (Some(1), true, Some(7)));
    assert_eq!((cldt.hops, cldt.importance, cldt.priority), (Some(15), Some(3), Some(2)));
    assert_eq!((cldt.correlation_id, cldt.cause), (Some(CorrelationId(9)), None));
    let reference = LocalReference(0x12_3456);
    let segment = Segmentation { first: true, in_sequence: true, remaining: 3, reference };
    assert_eq!(cldt.segmentation, Some(segment));
    assert_eq!((cldt.called.ssn(), cldt.called.digit_count()), (Some(Ssn::HLR), 13));
    assert_eq!((cldt.calling.ssn(), cldt.calling.digits()), (Some(Ssn::MSC), &octets("998901030010")[..]));
    let sccp = cldt.as_connectionless();
    assert_eq!((sccp.message_type, sccp.class(), sccp.handling()), (MessageType::Xudt, Some(1), Some(8)));
    assert_eq!((sccp.called, sccp.data, sccp.segmentation), (cldt.called, cldt.data, Some(segment)));
    assert_eq!((cldt.data, usize::from(cldt.data_offset)), (&whole[whole.len() - 4..], whole.len() - 4));
}

#[test]
fn reads_what_came_back_with_its_cause_and_perhaps_without_data() {
    let whole = message("0702", &["0006000800000005 0106000800000101", "01030010 00020001 80030008 00000006"]);
    let returned = read(&whole).expect("well-formed").as_connectionless();
    assert_eq!(
        (returned.message_type, returned.return_cause().map(|cause| cause.number())),
        (MessageType::Udts, Some(1))
    );
    let cldr = read(&whole).map(|cldr| (cldr.kind, cldr.cause, cldr.data, cldr.data_offset));
    let cause = Cause { kind: CauseType::Return, value: 1 };
    assert_eq!(cldr, Ok((MessageKind::Cldr, Some(cause), &[][..], 0)));
}

#[test]
fn notes_what_it_tolerated() {
    use Anomaly::{AdaptationLength, AdaptationValue, ElementOrder, SccpAddress};
    let called = "01030010 00020001 80030008 00000006";
    let calling = "01020010 00020001 80030008 00000008";
    let two = [called, calling].concat();
    for (parameters, expected) in [
        (vec![DATA, &two], &[][..]),
        (vec![DATA, called], &[SccpAddress]),
        (vec![&two, "0115000800010001", DATA], &[AdaptationValue]),
        (vec![&two, "0004000861616161", DATA], &[AdaptationValue]),
        (vec![&two, "0006000c0000000500000006", DATA], &[AdaptationLength]),
        (vec![&two, "00060008000000050006000800000006", DATA], &[ElementOrder]),
        (vec![&two, DATA, "010b000863636363"], &[ElementOrder]),
        (vec![&two, DATA, "01170003 00000000"], &[AdaptationLength]),
    ] {
        let whole = message("0701", &parameters);
        let cldt = read(&whole).expect("tolerated");
        assert_eq!(cldt.anomalies.iter().collect::<Vec<_>>(), expected, "{parameters:?}");
        assert!(cldt.data == [0x62, 2, 0x11, 0x22] && cldt.routing_context.is_none_or(|rc| rc.0 == 5));
        assert_eq!(cldt.called.ssn(), Some(Ssn::HLR));
    }
}

#[test]
fn refuses_a_cldt_without_data_and_an_address_without_its_indicators() {
    assert_eq!(read(&message("0701", &[CLASS])), Err(error(8, Reason::Missing)));
    assert_eq!(read(&message("0701", &["01020006 0001 0000", DATA])), Err(error(14, Reason::Truncated)));
}

#[test]
fn refuses_every_truncation() {
    let whole = message("0701", &[CLASS, "01030010 00020001 80030008 00000006", DATA]);
    for length in 0..whole.len() {
        assert_eq!(read(&whole[..length]).map_err(|error| error.reason), Err(Reason::Truncated), "{length}");
    }
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(tail in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x80), 0u8..20, any::<u8>()], 0..100), first in 0u8..0x19, cldr: bool) {
        let mut octets = vec![1, 0, 7, 1 + u8::from(cldr), 0, 0, 0, 0, 1, first];
        octets.extend(tail);
        octets[7] = octets.len() as u8;
        if let Ok(unitdata) = read(&octets) {
            prop_assert!(octets[usize::from(unitdata.data_offset)..].starts_with(unitdata.data));
        }
    }
}
