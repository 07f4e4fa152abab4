//! SMPP over TCP (SMPP 3.4): sessions, PDUs cut anywhere, and the same facts as MAP gives.

use crate::rig::smpp::{End, bind, body, pdu, submit, tlv};
use crate::rig::{Line, Rig, orders, sizes};
use sluice_abi::counters::{Counter, Exit};
use sluice_engine::{Scope, StreamSizes, TableSizes};
use sluice_wire::smpp::CommandId as Id;

const SESSION: [&str; 3] = ["smpp.system_id", "smpp.bind", "smpp.interface_version"];

/// A session that was bound: its ends.
fn bound(rig: &mut Rig, command: Id, answer: Id) -> (End, End) {
    let (mut esme, mut centre) = End::pair();
    rig.frame(&esme.send(&bind(command, 1, "esme-1")));
    rig.frame(&centre.send(&pdu(answer, 0, 1, b"centre\0")));
    (esme, centre)
}

fn texts(rig: &mut Rig) -> Vec<String> {
    rig.lines().iter().map(|line| line.at("smpp.text").to_owned()).collect()
}

#[test]
fn what_a_session_sends_says_who_bound_it_and_how() {
    for (command, answer, kind) in [
        (Id::BindTransmitter, Id::BindTransmitterResp, "transmitter"),
        (Id::BindTransceiver, Id::BindTransceiverResp, "transceiver"),
        (Id::BindReceiver, Id::BindReceiverResp, "receiver"),
    ] {
        let mut rig = Rig::new();
        let (mut esme, mut centre) = bound(&mut rig, command, answer);
        let opening = rig.lines();
        assert_eq!(opening[0].all(SESSION), ["esme-1", kind, "52"]);
        assert_eq!(rig.frame(&esme.send(&submit(2, "who sends?"))), Exit::Judged);
        let line = rig.line();
        assert_eq!(line.all(SESSION), ["esme-1", kind, "52"]);
        assert_eq!(line.all(["kind", "smpp.seq", "src", "dport"]), ["smpp", "2", "10.0.0.9", "2775"]);
        rig.frame(&centre.send(&pdu(Id::SubmitSmResp, 0, 2, b"4711\0")));
        let answer = rig.line();
        assert_eq!(answer.all(["smpp.system_id", "smpp.message_id", "smpp.status"]), ["esme-1", "4711", "0"]);
    }
}

#[test]
fn a_message_has_the_facts_that_maps_messages_have() {
    let mut rig = Rig::new();
    let (mut esme, _) = bound(&mut rig, Id::BindTransceiver, Id::BindTransceiverResp);
    rig.lines();
    rig.frame(&esme.send(&submit(2, "the text")));
    let line = rig.line();
    assert_eq!(line.all(["sms.oa", "sms.da", "sms.text", "sms.pid"]), ["999550100", "999550199", "the text", "0"]);
    assert_eq!(
        line.all(["smpp.src", "smpp.dst", "smpp.text", "smpp.src_ton"]),
        ["999550100", "999550199", "the text", "1"]
    );
    let ports = body("999550100", "999550199", 0x40, 8, &[6, 5, 4, 0x0B, 0x84, 0x23, 0xF0, 0x04, 0x16], &[]);
    rig.frame(&esme.send(&pdu(Id::SubmitSm, 0, 3, &ports)));
    let line = rig.line();
    assert_eq!(line.all(["sms.ports.dst", "sms.ports.src", "sms.udh_iei", "sms.text"]), ["2948", "9200", "[5]", "Ж"]);
    let long = "long ".repeat(60);
    let payload = body("999550100", "999550199", 0, 0, &[], &tlv(0x0424, long.as_bytes()));
    rig.frame(&esme.send(&pdu(Id::SubmitSm, 0, 4, &payload)));
    assert_eq!(rig.line().at("sms.text"), long);
}

#[test]
fn pdus_cut_anywhere_say_what_they_say_whole() {
    let pdus = [bind(Id::BindTransceiver, 1, "esme-1"), submit(2, "first"), submit(3, "second"), submit(4, "third")];
    let stream = pdus.concat();
    let said = |cuts: &[usize]| {
        let (mut rig, mut esme) = (Rig::new(), End::pair().0);
        rig.frame(&esme.syn());
        let mut from = 0;
        for &to in cuts.iter().chain([&stream.len()]) {
            rig.frame(&esme.send(&stream[from..to]));
            from = to;
        }
        let lines = rig.lines();
        lines
            .iter()
            .map(|line| line.content().into_iter().map(|(n, v)| format!("{n}={v}")).collect())
            .collect::<Vec<Vec<_>>>()
    };
    let whole = said(&[]);
    assert_eq!(whole.len(), 4);
    for cut in 1..stream.len() {
        assert_eq!(said(&[cut]), whole, "cut at {cut}");
    }
    let every: Vec<_> = (1..stream.len()).collect();
    assert_eq!(said(&every), whole, "octet by octet");
    for step in [2, 3, 7, 16, 17] {
        assert_eq!(said(&(step..stream.len()).step_by(step).collect::<Vec<_>>()), whole, "every {step}");
    }
}

#[test]
fn segments_in_any_order_and_again_say_each_pdu_once() {
    let stream = [submit(2, "first"), submit(3, "second")].concat();
    let cuts: Vec<_> = stream.chunks(stream.len().div_ceil(4)).collect();
    for order in orders(4) {
        let mut rig = Rig::new();
        let (esme, _) = bound(&mut rig, Id::BindTransceiver, Id::BindTransceiverResp);
        rig.lines();
        let place = |nth: usize| esme.sequence + (nth * stream.len().div_ceil(4)) as u32;
        for &nth in &order {
            let frame = esme.frame_at(place(nth), cuts[nth]);
            rig.frames([&frame, &frame]);
        }
        assert_eq!(texts(&mut rig), ["first", "second"], "{order:?}");
        assert!(rig.counted(Counter::FlowsRepeated) > 0);
    }
}

#[test]
fn a_hole_that_is_not_filled_is_given_up_and_the_next_pdu_is_read() {
    let mut rig = Rig::new();
    let (mut esme, _) = bound(&mut rig, Id::BindTransceiver, Id::BindTransceiverResp);
    rig.lines();
    esme.sequence += 500;
    rig.frame(&esme.send(&submit(3, "behind the hole")));
    assert_eq!(texts(&mut rig), [""; 0]);
    rig.time_ns += 4_000_000_000;
    rig.frame(&esme.send(&submit(4, "later")));
    assert_eq!(texts(&mut rig), ["behind the hole", "later"]);
    assert_eq!(rig.counted(Counter::FlowsGaps), 1);
}

/// A PDU, who sends it, and where in a message's life it stands.
type Case = (Id, bool, Vec<u8>, &'static str);

fn trigger_cases() -> Vec<Case> {
    let of = |esm_class| body("999550100", "999550199", esm_class, 0, b"a text", &[]);
    let (data, receipt) = ([&[0, 1, 1][..], b"1\0", &[1, 1], b"2\0", &[0, 0, 0]].concat(), 0x04);
    vec![
        (Id::SubmitSm, true, of(0), "submission"),
        (Id::DataSm, true, data.clone(), "submission"),
        (Id::ReplaceSm, true, [&b"1\0\x01\x01"[..], b"999\0\0\0\0\0\x01x"].concat(), "submission"),
        (Id::DeliverSm, false, of(0), "pre-delivery"),
        (Id::DeliverSm, false, of(receipt), "post-delivery"),
        (Id::DataSm, false, data, "pre-delivery"),
        (Id::SubmitSmResp, false, b"1\0".to_vec(), "post-delivery"),
        (Id::DeliverSmResp, true, b"\0".to_vec(), "post-delivery"),
        (Id::QuerySm, true, b"1\0\x01\x01999\0".to_vec(), ""),
        (Id::Unbind, true, Vec::new(), ""),
    ]
}

#[test]
fn every_pdu_says_where_in_the_life_of_a_message_it_stands() {
    for (command, from_esme, body, trigger) in trigger_cases() {
        let mut rig = Rig::new();
        let (mut esme, mut centre) = bound(&mut rig, Id::BindTransceiver, Id::BindTransceiverResp);
        rig.lines();
        let end = if from_esme { &mut esme } else { &mut centre };
        rig.frame(&end.send(&pdu(command, 0, 7, &body)));
        let line = rig.line();
        assert_eq!((line.at("labels.trigger"), line.at("malformed")), (trigger, ""), "{command:?} {from_esme}");
        assert!(line.anomalies().is_empty(), "{command:?}: {:?}", line.anomalies());
    }
}

#[test]
fn keeping_a_link_alive_is_no_message_unless_everything_is_asked_for() {
    for (mut rig, expected) in [(Rig::new(), 0), (Rig::of_all_map(), 2)] {
        let (mut esme, mut centre) = bound(&mut rig, Id::BindTransceiver, Id::BindTransceiverResp);
        rig.lines();
        let exits = [esme.send(&pdu(Id::EnquireLink, 0, 9, &[])), centre.send(&pdu(Id::EnquireLinkResp, 0, 9, &[]))]
            .map(|f| rig.frame(&f));
        assert_eq!(rig.lines().len(), expected);
        assert_eq!(exits == [Exit::NotSms; 2], expected == 0);
    }
}

#[test]
fn a_pdu_that_does_not_parse_is_judged_with_what_did_and_the_next_is_read() {
    let mut rig = Rig::new();
    let (mut esme, _) = bound(&mut rig, Id::BindTransceiver, Id::BindTransceiverResp);
    rig.lines();
    let short = pdu(Id::SubmitSm, 0, 2, &[0, 1, 1, b'1', 0]);
    rig.frame(&esme.send(&[short, submit(3, "next")].concat()));
    let lines = rig.lines();
    let said = |line: &Line| line.all(["malformed", "error.layer", "smpp.src", "smpp.text"]).map(str::to_owned);
    assert_eq!(lines.iter().map(said).collect::<Vec<_>>(), [["true", "smpp", "1", ""], ["", "", "999550100", "next"]]);
}

#[test]
fn sessions_are_told_apart_and_a_full_table_sheds_those_without_a_pdu_first() {
    let streams = StreamSizes { connections: 4, octets: 1 << 16, timeout_ns: 3_000_000_000 };
    let mut rig = Rig::with(Scope::Sms, TableSizes { streams, ..sizes() });
    let mut ends: Vec<_> = (0..3).map(|nth| End { ports: (40_000 + nth, 2775), ..End::pair().0 }).collect();
    for (nth, end) in ends.iter_mut().enumerate() {
        rig.frame(&end.send(&bind(Id::BindTransmitter, 1, &format!("esme-{nth}"))));
    }
    // SYNs that nothing follows.
    rig.frames((0..10).map(|nth| End { ports: (50_000 + nth, 2775), ..End::pair().0 }.syn()));
    rig.lines();
    for end in &mut ends {
        rig.frame(&end.send(&submit(2, "still known")));
    }
    let names: Vec<_> = rig.lines().iter().map(|line| line.at("smpp.system_id").to_owned()).collect();
    assert_eq!(names, ["esme-0", "esme-1", "esme-2"]);
    assert_eq!(rig.counted(Counter::FlowsShed), 9);
}
