//! Home routing: answers and deliveries against messages that another program encoded. See `samples/make.py`.

mod common;

use common::{Sample, octets, parameter, samples};
use proptest::prelude::*;
use sluice_splice::home::{
    Answer, CorrelationId, LIFE_NS, Node, Numbering, Requester, Route, Routes, Words, octets_for, with_imsi,
};
use sluice_wire::ber::Tlv;
use sluice_wire::digits::Digits;
use sluice_wire::map::{AdditionalNumber, Operation, SmRpDa, Subject};
use sluice_wire::tcap::Message;

const HOME: &str = include_str!("samples/home.tsv");
/// Every form of every parameter of MAP, encoded by another program.
const VECTORS: &str = include_str!("../../wire/tests/map/vectors.tsv");
/// +9997000000001.
const OUR_NUMBER: [u8; 8] = [0x91, 0x99, 0x79, 0x00, 0x00, 0x00, 0x00, 0xF1];
const IMSI: [u8; 8] = [0x00, 0x01, 0x01, 0x21, 0x43, 0x65, 0x87, 0xF9];
const ID: [u8; 8] = [0x00, 0x01, 0x01, 0x89, 0x67, 0x45, 0x23, 0xF1];

/// The id of the samples: what a table would have given for the right random number.
fn sample_id() -> CorrelationId {
    let numbering = Numbering::new("00101", 9, 10).unwrap();
    let mut routes = Routes::open(Words::new(octets_for(1)), numbering, LIFE_NS, 0).unwrap().0;
    routes.issue(&route(1), Requester(1), 0, 1).unwrap()
}

fn route(n: u8) -> Route {
    let node = Node { number: &[0x91, 0x99, 0x89, n], is_sgsn: false };
    Route::new(&[0x00, 0x01, 0x01, n], node, Some(Node { number: &[0x91, 0x99, n], is_sgsn: true })).unwrap()
}

fn answered(message: &[u8]) -> Option<(Route, Vec<u8>)> {
    let answer = Answer::read(parameter(message))?;
    let mut out = vec![0; 512];
    let len = answer.write(message, &sample_id(), [&OUR_NUMBER; 2], &mut out).unwrap();
    out.truncate(len);
    Some((answer.route().unwrap(), out))
}

/// The message with the samples' id in the place of the one given here.
fn with_sample_id(mut message: Vec<u8>) -> Vec<u8> {
    let id = *sample_id().octets();
    let at = message.windows(8).position(|window| window == id).expect("stands in the answer");
    message[at..at + 8].copy_from_slice(&ID);
    message
}

fn of_kind(kind: &str) -> impl Iterator<Item = Sample> {
    samples(HOME).filter(move |sample| sample.column(1) == kind)
}

#[test]
fn every_answer_becomes_octet_for_octet_what_another_program_encodes() {
    let mut compared = 0;
    for sample in of_kind("answer").filter(|sample| !sample.column(3).is_empty()) {
        let (route, after) = answered(&sample.octets(2)).unwrap();
        assert_eq!(with_sample_id(after), sample.octets(3), "{}", sample.name());
        assert_eq!(route.imsi(), IMSI);
        compared += 1;
    }
    assert!(compared >= 36);
}

#[test]
fn an_answer_in_lengths_longer_than_needed_reads_as_in_short_ones() {
    let mut compared = 0;
    for sample in of_kind("answer").filter(|sample| sample.column(3).is_empty()) {
        let (route, after) = answered(&sample.octets(2)).unwrap();
        let name = sample.name().split(", long").next().unwrap();
        let short = samples(HOME).find(|sample| sample.name() == name).unwrap();
        let expected = answered(&short.octets(2)).unwrap();
        assert_eq!(route, expected.0);
        let (after, expected) = (subject_of(&after), subject_of(&expected.1));
        assert_eq!((after.0, after.1), (expected.0, expected.1), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 18);
}

/// Who is meant and where, as the reader of MAP has it.
fn subject_of(message: &[u8]) -> (Vec<Option<String>>, (bool, bool)) {
    let parsed = Message::parse(message).unwrap();
    let component = parsed.components().next().unwrap().unwrap();
    let operation = Some(Operation::SEND_ROUTING_INFO_FOR_SM);
    let subject = Subject::parse(&component, operation);
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let additional = subject.additional_number.map(|number| match number {
        AdditionalNumber::Msc(number) => format!("msc {}", hex(number.raw())),
        AdditionalNumber::Sgsn(number) => format!("sgsn {}", hex(number.raw())),
    });
    let strings = [subject.imsi, subject.network_node.map(|node| node.raw()), subject.lmsi];
    let all = strings.map(|octets| octets.map(hex)).into_iter().chain([additional]).collect();
    (all, (subject.gprs_node, subject.fault.is_some()))
}

#[test]
fn every_form_of_an_answer_that_map_has_loses_what_it_says_of_the_subscriber() {
    let mut read = 0;
    for line in VECTORS.lines().filter(|line| line.starts_with("result\t")) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns[2] != "45" {
            continue;
        }
        let before = message(&octets(columns[4]));
        let Some((route, after)) = answered(&before) else { panic!("{line}") };
        let (strings, (_, is_faulty)) = subject_of(&after);
        let id = Digits::tbcd(sample_id().octets()).as_str().to_owned();
        assert!(!is_faulty && strings[0].is_some() && strings[2].is_none(), "{line}");
        assert_eq!(Digits::tbcd(&octets(strings[0].as_ref().unwrap())).as_str(), id);
        for secret in [route.imsi(), route.node().number].into_iter().chain(route.other().map(|node| node.number)) {
            assert!(!after.windows(secret.len()).any(|window| window == secret), "{line}");
        }
        read += 1;
    }
    assert!(read >= 8, "{read}");
}

/// An End with this result of sendRoutingInfoForSM.
fn message(parameter: &[u8]) -> Vec<u8> {
    let element = |tag: u8, parts: &[&[u8]]| {
        let inside = parts.concat();
        [&[tag, 0x82, (inside.len() >> 8) as u8, inside.len() as u8][..], &inside].concat()
    };
    let result = element(0x30, &[&[2, 1, 45], parameter]);
    element(0x64, &[&[0x49, 1, 7], &element(0x6C, &[&element(0xA2, &[&[2, 1, 1], &result])])])
}

#[test]
fn every_delivery_gets_the_true_imsi_and_nothing_else_changes() {
    let mut compared = 0;
    for sample in of_kind("request") {
        let message = sample.octets(2);
        let parsed = Message::parse(&message).unwrap();
        let component = parsed.components().next().unwrap().unwrap();
        let operation = component.operation.and_then(Operation::of_code);
        let subject = Subject::parse(&component, operation);
        let Some(SmRpDa::Imsi(found)) = subject.sm_rp_da else { panic!("{}", sample.name()) };
        assert_eq!(found, ID);
        let mut out = [0; 512];
        let len = with_imsi(&message, found, &IMSI, &mut out).unwrap();
        assert_eq!(out[..len], sample.octets(3), "{}", sample.name());
        compared += 1;
    }
    assert_eq!(compared, 6);
    assert!(with_imsi(&[4, 0], &ID, &IMSI, &mut [0; 99]).is_err());
}

#[test]
fn a_second_program_reads_in_every_answer_the_id_and_our_number_alone() {
    let messages: Vec<Vec<u8>> = of_kind("answer").map(|sample| answered(&sample.octets(2)).unwrap().1).collect();
    let fields = ["_ws.expert.severity", "e212.imsi", "e164.msisdn", "gsm_map.lmsi"];
    let Some(read) = common::tshark(&messages, &fields) else { return };
    // Some samples have in version 1 what only later ones allow, which it complains of before and after.
    let before: Vec<Vec<u8>> = of_kind("answer").map(|sample| sample.octets(2)).collect();
    let complaints = common::tshark(&before, &fields).expect("is installed");
    let id = Digits::tbcd(sample_id().octets()).as_str().to_owned();
    assert_eq!((read.len(), complaints.len()), (messages.len(), messages.len()));
    for ((sample, read), before) in of_kind("answer").zip(read).zip(complaints) {
        assert_eq!((&read[0], &read[1], read[3].as_str()), (&before[0], &id, ""), "{}", sample.name());
        assert!(read[2].split(',').all(|number| number == "9997000000001"), "{}: {}", sample.name(), read[2]);
    }
    assert!(messages.len() > 50);
}

#[test]
fn an_answer_of_another_form_is_not_read() {
    for parameter in ["3000", "300a0408000101214365", "3004040100a000", "300d040800010121436587f9a0018104", "0400"] {
        let octets = octets(parameter);
        let tlv = sluice_wire::ber::Reader::new(&octets).next().unwrap().unwrap();
        assert!(Answer::read(tlv).is_none(), "{parameter}");
    }
}

proptest! {
    #[test]
    fn any_parameter_is_read_or_not_and_written_without_harm(parameter in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(&[0x30, 0x04, 0xA0, 0x81, 0x80, 0x00, 0x08][..])], 0..80
    )) {
        let message = message(&parameter);
        let parsed = Message::parse(&message).unwrap();
        let found: Option<Tlv<'_>> = parsed.components().next().and_then(Result::ok).and_then(|c| c.parameter);
        if let Some(answer) = found.and_then(Answer::read) {
            let mut out = [0; 512];
            if let Ok(len) = answer.write(&message, &sample_id(), [&OUR_NUMBER; 2], &mut out) {
                prop_assert!(Message::parse(&out[..len]).is_ok());
            }
            prop_assert!(answer.write(&message, &sample_id(), [&OUR_NUMBER; 2], &mut [0; 8]).is_err());
        }
    }
}
