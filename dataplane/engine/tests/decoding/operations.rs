//! MAP beyond short messages (TS 29.002 §17.6), asked for with every component: whose business each operation is, and
//! who and what it is about.

use crate::rig::net::Sender;
use crate::rig::ss7::{HLR, VLR, m3ua, title, udt};
use crate::rig::tcap::{aarq, begin, end, error, invoke, result, tlv, tree};
use crate::rig::{Line, Rig, hex, map, sms};

const OTID: [u8; 4] = [0, 0, 0, 1];

/// A dialogue: context and version, operation, argument, result.
type Exchange = ((u8, u8), u8, Vec<u8>, Vec<u8>);

/// The lines of request and answer.
fn exchanged(((context, version), operation, argument, answer): &Exchange) -> [Line; 2] {
    let mut rig = Rig::of_all_map();
    let (hlr, vlr) = (title(HLR, "999700100001"), title(VLR, "999810200002"));
    let asked = begin(&OTID, &aarq(&map::context(*context, *version)), &[invoke(1, *operation, argument)]);
    let answered = end(&OTID, &[], &[result(1, *operation, answer)]);
    rig.frame(&Sender::new(1).whole(&m3ua(&udt(&hlr, &vlr, &asked))));
    rig.frame(&Sender::new(2).whole(&m3ua(&udt(&vlr, &hlr, &answered))));
    rig.lines().try_into().expect("two lines")
}

#[track_caller]
fn says(line: &Line, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(line.at(name), *value, "{name} of {line:#?}");
    }
    assert_eq!((line.at("malformed"), line.anomalies()), ("", vec![]), "{line:#?}");
}

fn imsi() -> Vec<u8> {
    map::imsi(map::IMSI)
}

#[test]
fn an_update_of_location_says_who_is_where() {
    let argument =
        tree(0x30, &[tlv(4, &imsi()), tlv(0x81, &map::address("999810200001")), tlv(4, &map::address("999810200002"))]);
    let answer = tree(0x30, &[tlv(4, &map::address("999700100001"))]);
    let [asked, answered] = exchanged(&((map::NETWORK_LOC_UP, 3), 2, argument, answer));
    says(
        &asked,
        &[
            ("kind", "map"),
            ("map.op", "2"),
            ("map.category", "3"),
            ("map.imsi", map::IMSI),
            ("map.msc.digits", "999810200001"),
            ("map.vlr.digits", "999810200002"),
            ("labels.trigger", ""),
        ],
    );
    says(
        &answered,
        &[("map.component", "returnResultLast"), ("map.category", "3"), ("map.hlr_number.digits", "999700100001")],
    );
}

#[test]
fn subscriber_data_says_whose_number_it_is() {
    let argument = tree(0x30, &[tlv(0x80, &imsi()), tlv(0x81, &map::address(map::MSISDN))]);
    let [asked, _] = exchanged(&((map::SUBSCRIBER_DATA_MNGT, 3), 7, argument, tree(0x30, &[])));
    says(&asked, &[("map.category", "2"), ("map.imsi", map::IMSI), ("map.msisdn.digits", map::MSISDN)]);
}

#[test]
fn subscriber_information_says_the_cell() {
    let argument = tree(0x30, &[tlv(0x80, &imsi()), tree(0xA2, &[tlv(0x80, &[])])]);
    // TS 23.003 §4.3.1: network 001/01, area 0x1234, cell 0x5678.
    let cell = hex("00f11012345678");
    let place = tree(0xA0, &[tlv(2, &[5]), tlv(0x81, &map::address("999810200002")), tree(0xA3, &[tlv(0x80, &cell)])]);
    let answer = tree(0x30, &[tree(0x30, &[place])]);
    let [asked, answered] = exchanged(&((map::SUBSCRIBER_INFO, 3), 70, argument, answer));
    says(&asked, &[("map.category", "2"), ("map.imsi", map::IMSI)]);
    says(
        &answered,
        &[("map.location.cell", "00f11012345678"), ("map.location.age", "5"), ("map.vlr.digits", "999810200002")],
    );
}

#[test]
fn a_cancelled_location_says_who() {
    let argument = tree(0xA3, &[tlv(4, &imsi()), tlv(0x0A, &[0])]);
    let [asked, _] = exchanged(&((map::LOCATION_CANCELLATION, 3), 3, argument, tree(0x30, &[])));
    says(&asked, &[("map.category", "2"), ("map.imsi", map::IMSI)]);
}

#[test]
fn routing_information_for_a_call_says_the_number_and_the_roaming_number() {
    let argument =
        tree(0x30, &[tlv(0x80, &map::address(map::MSISDN)), tlv(0x83, &[0]), tlv(0x86, &map::address("999700300001"))]);
    let answer = tree(0xA3, &[tlv(0x89, &imsi()), tlv(4, &map::address("999810209999"))]);
    let [asked, answered] = exchanged(&((5, 3), 22, argument, answer));
    says(&asked, &[("map.category", "1"), ("map.msisdn.digits", map::MSISDN), ("map.gmsc.digits", "999700300001")]);
    says(&answered, &[("map.imsi", map::IMSI), ("map.roaming_number.digits", "999810209999")]);
}

#[test]
fn an_any_time_interrogation_says_who_asks_about_whom() {
    let argument = tree(
        0x30,
        &[
            tree(0xA0, &[tlv(0x81, &map::address(map::MSISDN))]),
            tree(0xA1, &[tlv(0x80, &[])]),
            tlv(0x83, &map::address("999700400001")),
        ],
    );
    let place = tree(0xA0, &[tree(0xA3, &[tlv(0x80, &hex("00f11012345678"))])]);
    let [asked, answered] = exchanged(&((map::ANY_TIME_INFO, 3), 71, argument, tree(0x30, &[tree(0x30, &[place])])));
    says(&asked, &[("map.category", "1"), ("map.msisdn.digits", map::MSISDN), ("map.gsmscf.digits", "999700400001")]);
    says(&answered, &[("map.location.cell", "00f11012345678")]);
}

#[test]
fn unstructured_data_says_its_text() {
    // TS 23.038 §6.1.2.3: "*100#" in the default alphabet.
    let argument = tree(0x30, &[tlv(4, &[0x0F]), tlv(4, &hex("aa180c3602"))]);
    let answer = tree(0x30, &[tlv(4, &[0x48]), tlv(4, &[0x04, 0x16, 0x04, 0x3E])]);
    let [asked, answered] = exchanged(&((map::UNSTRUCTURED_SS, 2), 59, argument, answer));
    says(&asked, &[("map.ussd.text", "*100#"), ("map.ussd.dcs", "15")]);
    says(&answered, &[("map.ussd.text", "Жо"), ("map.ussd.dcs", "72")]);
}

#[test]
fn routing_information_for_a_short_message_says_where_to_deliver() {
    let argument = tree(
        0x30,
        &[tlv(0x80, &map::address(map::MSISDN)), tlv(0x81, &[0xFF]), tlv(0x82, &map::address("999810300001"))],
    );
    let answer = tree(0x30, &[tlv(4, &imsi()), tree(0xA0, &[tlv(0x81, &map::address("999810200001"))])]);
    let [asked, answered] = exchanged(&((map::GATEWAY, 3), map::ROUTING_INFO, argument, answer));
    let of_sms = ("map.category", "4");
    says(&asked, &[of_sms, ("map.service_centre.digits", "999810300001"), ("labels.trigger", "pre-delivery")]);
    says(&answered, &[of_sms, ("map.imsi", map::IMSI), ("map.network_node.digits", "999810200001")]);
}

#[test]
fn an_error_says_which_operation_failed_and_the_answer_of_another_is_not_read_as_it() {
    let mut rig = Rig::of_all_map();
    let argument =
        tree(0x30, &[tlv(4, &imsi()), tlv(0x81, &map::address("999810200001")), tlv(4, &map::address("999810200002"))]);
    let asked = begin(&OTID, &aarq(&map::context(map::NETWORK_LOC_UP, 3)), &[invoke(1, 2, &argument)]);
    let (hlr, vlr) = (title(HLR, "999700100001"), title(VLR, "999810200002"));
    rig.frame(&Sender::new(1).whole(&m3ua(&udt(&hlr, &vlr, &asked))));
    rig.frame(&Sender::new(2).whole(&m3ua(&udt(&vlr, &hlr, &end(&OTID, &[], &[error(1, 8)])))));
    let lines = rig.lines();
    assert_eq!(lines[1].all(["map.error", "map.op_of_invoke", "map.category"]), ["8", "2", "3"]);
    assert_eq!(lines[1].anomalies(), [""; 0]);
}

#[test]
fn operations_of_another_user_are_not_read_as_those_of_map_that_have_their_numbers() {
    let mut rig = Rig::of_all_map();
    let tpdu = sms::deliver("999550199", "none of MAP's");
    let invoke = invoke(1, map::MT_FORWARD, &map::mt_argument(map::IMSI, &tpdu));
    for context in [&[4, 0, 0, 1, 0, 50, 1][..], &[4, 0, 0, 1, 23, 3, 4], &[4, 0, 1, 1, 1, 0, 0]] {
        let tcap = begin(&OTID, &aarq(context), std::slice::from_ref(&invoke));
        let mut sender = Sender { tsn: context.iter().map(|&arc| u32::from(arc)).sum(), ..Sender::new(1) };
        rig.frame(&sender.whole(&m3ua(&udt(&title(HLR, "999700100001"), &title(VLR, "999810200002"), &tcap))));
        let line = rig.line();
        assert_eq!(line.at("kind"), "dialogue", "{context:?}");
        assert_eq!(line.all(["sms.text", "map.op", "map.imsi", "labels.trigger"]), [""; 4], "{context:?}");
    }
}
