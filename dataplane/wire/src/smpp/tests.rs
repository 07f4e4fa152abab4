//! PDUs as a whole: of a capture, of a second implementation, cut everywhere, changed everywhere.

use super::*;
use crate::samples::octets;
use crate::{Anomalies, Anomaly, Error, Layer, Reason};
use proptest::prelude::*;
use std::fmt::Write;

/// A `submit_sm` of Wireshark's sample capture: "test" from 100 to 1234567890.
const SUBMIT: &str = "00000032 00000004 00000000 00000003 00 0001313030 00 0101 31323334353637383930 00 00 00 00 00 00 00 \
    00 00 00 04 74657374";
/// PDUs of the Node.js package smpp 0.5.1 with what it put into them: tests/smpp/make_vectors.js.
const VECTORS: &str = include_str!("../../tests/smpp/vectors.txt");

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        write!(text, "{octet:02x}").expect("a string grows");
        text
    })
}

fn pdu(command: CommandId, status: u32, body: &[u8]) -> Vec<u8> {
    let head = [16 + body.len() as u32, command.number(), status, 1].map(u32::to_be_bytes);
    [head.as_flattened(), body].concat()
}

/// A field by the name the specification gives it.
fn field(pdu: &Pdu<'_>, name: &str) -> Option<String> {
    let number = |value: u8| value.to_string();
    let part = pdu.concatenation();
    Some(match name {
        "command" => pdu.command.name().to_owned(),
        "sequence" => pdu.sequence.to_string(),
        "interface_version" => number(pdu.interface_version?.0),
        "source_addr_ton" => number(pdu.source?.ton),
        "source_addr_npi" => number(pdu.source?.npi),
        "dest_addr_ton" => number(pdu.destination?.ton),
        "dest_addr_npi" => number(pdu.destination?.npi),
        "esm_class" => number(pdu.esm_class?.0),
        "protocol_id" => number(pdu.protocol_id?),
        "priority_flag" => number(pdu.priority?),
        "registered_delivery" => number(pdu.registered_delivery?),
        "replace_if_present_flag" => number(pdu.replace_if_present?),
        "data_coding" => number(pdu.data_coding?.0),
        "sm_default_msg_id" => number(pdu.default_message?),
        "message_state" => number(pdu.message_state?),
        "sar_msg_ref_num" => part?.reference.to_string(),
        "sar_total_segments" => number(part?.total),
        "sar_segment_seqnum" => number(part?.sequence),
        "source_port" => pdu.application_ports()?.source.to_string(),
        "dest_port" => pdu.application_ports()?.destination.to_string(),
        "system_id" => hex(pdu.system_id?),
        "system_type" => hex(pdu.system_type?),
        "service_type" => hex(pdu.service_type?),
        "source_addr" => hex(pdu.source?.address),
        "destination_addr" => hex(pdu.destination?.address),
        "schedule_delivery_time" => hex(pdu.schedule?),
        "validity_period" => hex(pdu.validity?),
        "short_message" => hex(pdu.short_message?),
        "message_payload" => hex(pdu.message_payload?),
        "message_id" => hex(pdu.message_id?),
        "destinations" => {
            let of = |destination| match destination {
                Destination::Party(party) => hex(party.address),
                Destination::List(name) => hex(name),
            };
            pdu.destinations?.map(of).collect::<Vec<_>>().join(",")
        }
        _ => return None,
    })
}

#[test]
fn reads_the_message_of_a_capture() {
    let octets = octets(SUBMIT);
    let pdu = Pdu::parse(&octets).expect("well-formed");
    assert_eq!((pdu.command, pdu.sequence, pdu.length), (CommandId::SubmitSm, 3, 50));
    assert_eq!(pdu.source, Some(Party { ton: 0, npi: 1, address: b"100" }));
    assert_eq!(pdu.destination, Some(Party { ton: 1, npi: 1, address: b"1234567890" }));
    assert_eq!((pdu.sm_length, pdu.message()), (Some(4), &b"test"[..]));
    assert_eq!(pdu.text(&mut [0; 8]).map(|text| text.text == "test"), Some(true));
    assert_eq!((pdu.fault, pdu.anomalies), (None, Anomalies::NONE));
}

#[test]
fn agrees_with_a_second_implementation_in_every_field_of_every_pdu() {
    let (mut pdus, mut fields) = (0, 0);
    for line in VECTORS.lines().filter(|line| line.starts_with("pdu ")) {
        let mut words = line.split(' ').skip(1);
        let octets = octets(words.next().expect("octets"));
        let pdu = Pdu::parse(&octets).expect("well-formed");
        assert_eq!((pdu.fault, pdu.anomalies), (None, Anomalies::NONE), "{line}");
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            assert_eq!(field(&pdu, name).as_deref(), Some(value), "{name} of {line}");
            fields += 1;
        }
        pdus += 1;
    }
    assert_eq!((pdus, fields), (PDUS, FIELDS));
}

#[test]
fn agrees_with_a_second_implementation_in_every_character() {
    let mut texts = 0;
    for line in VECTORS.lines().filter_map(|line| line.strip_prefix("text ")) {
        let [coding, encoded, text] = line.split(' ').collect::<Vec<_>>().try_into().expect("three words");
        let body = [&[0, 1, 1, 0, 1, 1, 0, 0, 0, coding.parse().expect("a number"), 4, 0x24, 0][..]].concat();
        let encoded = octets(encoded);
        let body = [&body[..], &[encoded.len() as u8], &encoded].concat();
        let octets_of_pdu = pdu(CommandId::DataSm, 0, &body);
        let pdu = Pdu::parse(&octets_of_pdu).expect("well-formed");
        let mut out = [0; 1024];
        assert_eq!(pdu.text(&mut out).map(|text| hex(text.text.as_bytes())).as_deref(), Some(text), "{line}");
        texts += 1;
    }
    assert_eq!(texts, TEXTS);
}

#[test]
fn refuses_every_truncation_of_the_frame() {
    let whole = octets(SUBMIT);
    for length in 0..whole.len() {
        assert_eq!(Pdu::parse(&whole[..length]), Err(Error::new(Layer::Smpp, 0, Reason::Truncated)));
    }
    assert_eq!(Pdu::parse(&[0; 16]), Err(Error::new(Layer::Smpp, 0, Reason::BadLength)));
}

#[test]
fn a_body_cut_anywhere_keeps_what_came_before_and_names_the_fault() {
    for line in VECTORS.lines().filter(|line| line.starts_with("pdu ")) {
        let whole = octets(line.split(' ').nth(1).expect("octets"));
        for length in HEADER_OCTETS..whole.len().min(120) {
            let mut cut = whole[..length].to_vec();
            cut[..4].copy_from_slice(&(length as u32).to_be_bytes());
            let pdu = Pdu::parse(&cut).expect("a header");
            if let Some(fault) = pdu.fault {
                assert_eq!(fault.layer, Layer::Smpp);
                assert!(usize::from(fault.at) <= length && pdu.tlvs.clone().next().is_none());
            }
        }
    }
}

#[test]
fn a_message_longer_than_its_pdu_is_seen_as_far_as_it_is_there() {
    let mut octets = octets(SUBMIT);
    octets[45] = 9;
    let pdu = Pdu::parse(&octets).expect("a header");
    assert_eq!((pdu.sm_length, pdu.message()), (Some(9), &b"test"[..]));
    assert_eq!(pdu.fault, Some(Error::new(Layer::Smpp, 50, Reason::BadLength)));
    assert!(pdu.anomalies.has(Anomaly::SmppLength));
}

#[test]
fn an_answer_may_be_without_its_body_where_the_request_failed() {
    for (status, anomalies) in [(0x58, Anomalies::NONE), (0, Anomalies::of(Anomaly::SmppLength))] {
        let octets = pdu(CommandId::SubmitSmResp, status, &[]);
        let pdu = Pdu::parse(&octets).expect("a header");
        assert_eq!((pdu.fault, pdu.anomalies, pdu.message_id), (None, anomalies, None), "{status}");
    }
}

#[test]
fn each_tolerated_deviation_is_noted_by_its_name() {
    let submit = |tail: &[u8]| [&[0, 1, 1, b'1', 0, 1, 1, b'2', 0, 0, 0, 0, 0, 0, 0, 0][..], tail].concat();
    let plain = submit(&[0, 0, 0]);
    let with = |tail: &[u8]| [&submit(&[0, 0, 0])[..], tail].concat();
    for (name, command, status, body, anomaly) in [
        ("nothing", CommandId::SubmitSm, 0, plain.clone(), None),
        ("a request with a status", CommandId::SubmitSm, 8, plain.clone(), Some(Anomaly::SmppVersion)),
        ("a reserved status", CommandId::SubmitSmResp, 9, vec![b'i', 0], Some(Anomaly::SmppVersion)),
        ("an unknown command", CommandId::from_number(0x10), 0, vec![], Some(Anomaly::SmppVersion)),
        ("a reserved parameter", CommandId::SubmitSm, 0, with(&[0x40, 0, 0, 0]), Some(Anomaly::SmppVersion)),
        ("a vendor's parameter", CommandId::SubmitSm, 0, with(&[0x14, 0, 0, 0]), None),
        ("a parameter cut off", CommandId::SubmitSm, 0, with(&[0x14, 0, 0, 1]), Some(Anomaly::SmppLength)),
        ("a parameter of another length", CommandId::SubmitSm, 0, with(&[2, 0xc, 0, 1, 1]), Some(Anomaly::SmppLength)),
        ("octets after the end", CommandId::EnquireLink, 0, vec![1], Some(Anomaly::SmppLength)),
        ("a payload twice", CommandId::SubmitSm, 0, with(&[4, 0x24, 0, 0, 4, 0x24, 0, 0]), Some(Anomaly::ElementOrder)),
        (
            "a message twice",
            CommandId::SubmitSm,
            0,
            submit(&[0, 0, 1, b'x', 4, 0x24, 0, 1, b'y']),
            Some(Anomaly::SmppLength),
        ),
        ("an answer without an end", CommandId::SubmitSmResp, 0, vec![b'i'], Some(Anomaly::SmppString)),
        ("a reserved coding", CommandId::SubmitSm, 0, submit(&[0x10, 0, 0]), Some(Anomaly::SmsCoding)),
        (
            "part 3 of 2",
            CommandId::SubmitSm,
            0,
            with(&[2, 12, 0, 2, 0, 1, 2, 14, 0, 1, 2, 2, 15, 0, 1, 3]),
            Some(Anomaly::SmsConcatenation),
        ),
    ] {
        let octets = pdu(command, status, &body);
        let pdu = Pdu::parse(&octets).expect("a header");
        let expected = anomaly.map_or(Anomalies::NONE, Anomalies::of);
        assert_eq!((pdu.anomalies, pdu.fault), (expected, None), "{name}");
    }
}

#[test]
fn deviations_of_the_header_are_those_of_a_short_message() {
    for (header, anomaly) in [
        (&[5, 0, 3, 7, 2, 1][..], None),
        (&[6, 0x24, 1, 13, 0x25, 1, 6], None),
        (&[9, 0, 3], Some(Anomaly::SmsHeader)),
        (&[3, 0, 1, 7], Some(Anomaly::SmsHeader)),
        (&[5, 0, 3, 7, 2, 3], Some(Anomaly::SmsConcatenation)),
        (&[11, 0, 3, 7, 2, 1, 8, 4, 0, 7, 2, 1], Some(Anomaly::SmsElementTwice)),
        (&[3, 0x25, 1, 2], Some(Anomaly::SmsLanguage)),
    ] {
        let body = [&[0, 1, 1, 0, 1, 1, 0, 0x40, 0, 4, 4, 0x24, 0, header.len() as u8], header].concat();
        let octets = pdu(CommandId::DataSm, 0, &body);
        let pdu = Pdu::parse(&octets).expect("a header");
        let expected = anomaly.map_or(Anomalies::NONE, Anomalies::of);
        assert_eq!((pdu.anomalies, pdu.payload(), pdu.fault), (expected, &[][..], None), "{header:x?}");
    }
}

#[test]
fn parts_by_header_go_before_parts_by_parameter() {
    let tlvs = [2, 12, 0, 2, 9, 9, 2, 14, 0, 1, 2, 2, 15, 0, 1, 2];
    for (esm, message, reference, text) in [(0x40, &[5, 0, 3, 7, 2, 1, b'a'][..], 7, "a"), (0x00, b"ab", 0x0909, "ab")]
    {
        let length = message.len() as u8;
        let body = [&[0, 1, 1, 0, 1, 1, 0, esm, 0, 0, 4, 0x24, 0, length], message, &tlvs].concat();
        let octets = pdu(CommandId::DataSm, 0, &body);
        let pdu = Pdu::parse(&octets).expect("well-formed");
        assert_eq!(pdu.concatenation().map(|part| part.reference), Some(reference));
        assert_eq!(pdu.text(&mut [0; 16]).map(|read| read.text == text), Some(true));
    }
}

#[test]
fn tells_what_a_version_does_not_have() {
    let data = pdu(CommandId::DataSm, 0, &[0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 4, 0x24, 0, 0]);
    let data = Pdu::parse(&data).expect("well-formed");
    assert_eq!(data.beyond(InterfaceVersion::V3_4), Anomalies::NONE);
    assert_eq!(data.beyond(InterfaceVersion::V3_3), Anomalies::of(Anomaly::SmppVersion));
    let submit = octets(SUBMIT);
    assert_eq!(Pdu::parse(&submit).map(|pdu| pdu.beyond(InterfaceVersion::V3_3)), Ok(Anomalies::NONE));
}

#[test]
fn of_destinations_that_failed_the_first_is_given() {
    let octets = pdu(CommandId::SubmitMultiResp, 0, b"id\0\x02\x01\x015550100\0\0\0\0\x0b\x00\x005550101\0\0\0\0\x0b");
    let pdu = Pdu::parse(&octets).expect("well-formed");
    assert_eq!((pdu.message_id, pdu.fault, pdu.anomalies), (Some(&b"id"[..]), None, Anomalies::NONE));
    assert_eq!(pdu.destination, Some(Party { ton: 1, npi: 1, address: b"5550100" }));
}

#[test]
fn reads_what_only_3_3_has() {
    let last = pdu(CommandId::QueryLastMsgsResp, 0, b"\x02a1\0b2\0");
    assert_eq!(Pdu::parse(&last).map(|pdu| (pdu.message_id, pdu.fault)), Ok((Some(&b"a1"[..]), None)));
    let details = b"\0\x01\x01100\0\x01\x01\x01\x0115550100\0\0\0\0\0\0\0\x02okid\0\0\x02\0";
    let octets = pdu(CommandId::QueryMsgDetailsResp, 0, details);
    let pdu = Pdu::parse(&octets).expect("well-formed");
    assert_eq!((pdu.fault, pdu.anomalies), (None, Anomalies::NONE));
    assert_eq!((pdu.message(), pdu.message_id, pdu.message_state), (&b"ok"[..], Some(&b"id"[..]), Some(2)));
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(command in 0..CommandId::ALL.len(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        let octets = pdu(CommandId::ALL[command], 0, &body);
        let pdu = Pdu::parse(&octets).expect("a header");
        prop_assert!(pdu.message().len() <= body.len() && pdu.payload().len() <= pdu.message().len());
        prop_assert!(pdu.text(&mut [0; 64]).is_none_or(|text| text.text.len() <= 64));
        pdu.beyond(InterfaceVersion::V3_3);
    }

    #[test]
    fn a_vector_with_one_octet_changed_does_not_panic(line in 0..PDUS, at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let line = VECTORS.lines().filter(|line| line.starts_with("pdu ")).nth(line).expect("so many");
        let mut octets = octets(line.split(' ').nth(1).expect("octets"));
        let at = at.index(octets.len());
        octets[at] = value;
        if let Ok(pdu) = Pdu::parse(&octets) {
            prop_assert!(pdu.length as usize <= octets.len());
            prop_assert!(pdu.text(&mut [0; 2048]).is_none_or(|text| !text.text.is_empty()));
        }
    }
}

const PDUS: usize = 274;
const FIELDS: usize = 2715;
const TEXTS: usize = 22;
