//! Messages of MAP, encoded here: the question where a subscriber is, its answer, and a delivery.

use super::ends::packed;
use sluice_wire::digits::Digits;
use sluice_wire::map::{AdditionalNumber, Operation, SmRpDa, Subject};
use sluice_wire::tcap::{Code, ComponentKind, Message};

const SRI_SM: u8 = 45;
const MT_FORWARD: u8 = 44;
/// shortMsgGatewayContext and shortMsgMT-RelayContext, version 3 (TS 29.002 §17.3.2).
const GATEWAY: u8 = 20;
const MT_RELAY: u8 = 25;

/// Element by element.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    assert!(value.len() < 128);
    [&[tag, value.len() as u8][..], &value].concat()
}

fn id(tag: u8, transaction: u32) -> Vec<u8> {
    tlv(tag, &[&transaction.to_be_bytes()])
}

/// An AddressString.
fn number(digits: &str) -> Vec<u8> {
    [&[0x91][..], &packed(digits, 0xF)].concat()
}

fn context(number: u8) -> Vec<u8> {
    tlv(0xA1, &[&[6, 7, 4, 0, 0, 1, 0, number, 3]])
}

fn dialogue(pdu: &[u8]) -> Vec<u8> {
    tlv(0x6B, &[&tlv(0x28, &[&[6, 7, 0, 0x11, 0x86, 5, 1, 1, 1], &tlv(0xA0, &[pdu])])])
}

fn asks(of: u8) -> Vec<u8> {
    dialogue(&tlv(0x60, &[&[0x80, 2, 7, 0x80], &context(of)]))
}

fn accepts(of: u8) -> Vec<u8> {
    let result = [0xA2, 3, 2, 1, 0, 0xA3, 5, 0xA1, 3, 2, 1, 0];
    dialogue(&tlv(0x61, &[&[0x80, 2, 7, 0x80], &context(of), &result]))
}

fn invoke(operation: u8, parameter: &[u8]) -> Vec<u8> {
    tlv(0x6C, &[&tlv(0xA1, &[&[2, 1, 1, 2, 1, operation], parameter])])
}

/// Where is this subscriber?
pub fn question(transaction: u32) -> Vec<u8> {
    let parameter =
        tlv(0x30, &[&tlv(0x80, &[&number("9997555001")]), &[0x81, 1, 0xFF], &tlv(0x82, &[&number("9998")])]);
    tlv(0x62, &[&id(0x48, transaction), &asks(GATEWAY), &invoke(SRI_SM, &parameter)])
}

/// At these nodes, an MSC and an SGSN.
pub fn answer(transaction: u32, imsi: &str, [msc, sgsn]: [&str; 2]) -> Vec<u8> {
    let other = tlv(0xA6, &[&tlv(0x81, &[&number(sgsn)])]);
    let location = tlv(0xA0, &[&tlv(0x81, &[&number(msc)]), &other]);
    let parameter = tlv(0x30, &[&tlv(4, &[&packed(imsi, 0xF)]), &location]);
    let result = tlv(0xA2, &[&[2, 1, 1], &tlv(0x30, &[&[2, 1, SRI_SM], &parameter])]);
    tlv(0x64, &[&id(0x49, transaction), &accepts(GATEWAY), &tlv(0x6C, &[&result])])
}

/// IMSI and node of an answer.
pub fn told(tcap: &[u8]) -> (String, String) {
    let (imsi, [node, _]) = told_of_both(tcap);
    (imsi, node)
}

/// IMSI and both nodes of an answer.
pub fn told_of_both(tcap: &[u8]) -> (String, [String; 2]) {
    let message = Message::parse(tcap).unwrap();
    let component = message.components().next().unwrap().unwrap();
    let subject = Subject::parse(&component, Some(Operation(SRI_SM.into())));
    let digits = |octets: &[u8]| Digits::tbcd(octets).as_str().to_owned();
    let Some(AdditionalNumber::Sgsn(other)) = subject.additional_number else { panic!("{subject:?}") };
    let nodes = [subject.network_node.unwrap(), other].map(|node| digits(&node.raw()[1..]));
    (digits(subject.imsi.unwrap()), nodes)
}

fn delivered(imsi: &str) -> Vec<u8> {
    let originator = [10, 0x91, 0x99, 0x89, 0, 0, 0x10];
    let text = [2, 0xE8, 0x34];
    let tpdu = [&[4][..], &originator, &[0, 0, 0x62, 0x11, 0x32, 0x10, 0, 0, 0], &text].concat();
    let service_centre = tlv(0x84, &[&number("9998")]);
    let parameter = tlv(0x30, &[&tlv(0x80, &[&packed(imsi, 0xF)]), &service_centre, &tlv(4, &[&tpdu])]);
    invoke(MT_FORWARD, &parameter)
}

/// A short message for a subscriber.
pub fn delivery(transaction: u32, imsi: &str) -> Vec<u8> {
    tlv(0x62, &[&id(0x48, transaction), &asks(MT_RELAY), &delivered(imsi)])
}

/// A dialogue in which a long message is to follow.
pub fn opening(transaction: u32) -> Vec<u8> {
    tlv(0x62, &[&id(0x48, transaction), &asks(MT_RELAY)])
}

/// The dialogue is accepted.
pub fn accepted([own, other]: [u32; 2]) -> Vec<u8> {
    tlv(0x65, &[&id(0x48, own), &id(0x49, other), &accepts(MT_RELAY)])
}

/// Another in the same dialogue.
pub fn next_delivery([own, other]: [u32; 2], imsi: &str) -> Vec<u8> {
    tlv(0x65, &[&id(0x48, own), &id(0x49, other), &delivered(imsi)])
}

/// It has arrived.
pub fn arrived(transaction: u32) -> Vec<u8> {
    tlv(0x64, &[&id(0x49, transaction), &accepts(MT_RELAY), &tlv(0x6C, &[&tlv(0xA2, &[&[2, 1, 1]])])])
}

/// It has arrived, and the dialogue goes on.
pub fn arrived_so_far([own, other]: [u32; 2]) -> Vec<u8> {
    let result = tlv(0x6C, &[&tlv(0xA2, &[&[2, 1, 1]])]);
    tlv(0x65, &[&id(0x48, own), &id(0x49, other), &accepts(MT_RELAY), &result])
}

/// The originator gives up; the abort names only the other's transaction.
pub fn abort(transaction: u32) -> Vec<u8> {
    let pdu = tlv(0x64, &[&[0x80, 1, 0]]);
    tlv(0x67, &[&id(0x49, transaction), &dialogue(&pdu)])
}

/// The receiver a delivery names.
pub fn receiver(tcap: &[u8]) -> String {
    let message = Message::parse(tcap).unwrap();
    let component = message.components().next().unwrap().unwrap();
    let subject = Subject::parse(&component, Some(Operation(MT_FORWARD.into())));
    let Some(SmRpDa::Imsi(imsi)) = subject.sm_rp_da else { panic!("{subject:?}") };
    Digits::tbcd(imsi).as_str().to_owned()
}

/// What a node says that does not know the version of the dialogue (TS 29.002 §7.3.1).
pub fn unknown_context(transaction: u32) -> Vec<u8> {
    tlv(0x67, &[&id(0x49, transaction), &dialogue(&tlv(0x64, &[&[0x80, 1, 0]]))])
}

/// The error in an answer, if it is one.
pub fn error(tcap: &[u8]) -> Option<i64> {
    let message = Message::parse(tcap).unwrap();
    let component = message.components().next()?.unwrap();
    assert_eq!(component.kind, ComponentKind::ReturnError);
    component.error.and_then(Code::local)
}
