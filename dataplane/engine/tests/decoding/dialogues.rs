//! Dialogues of TCAP (Q.774 §3.3): what the messages of one know of each other, and what is said where they do not fit.

use crate::rig::net::Sender;
use crate::rig::ss7::{CENTRE, MSC, SMSC, VISITED, back, between, m3ua, title, udt};
use crate::rig::tcap::{aare, aarq, abort, begin, empty_result, end, error, invoke, proceed, result, tlv, tree};
use crate::rig::{Line, Rig, SECOND_NS, map, sms};
use sluice_abi::counters::{Counter, Exit};
use sluice_engine::COMPONENTS_MAX;

const OTID: [u8; 4] = [0, 0, 0, 1];
const DTID: [u8; 4] = [0, 0, 0, 2];

/// Both directions of an association.
struct Talk {
    rig: Rig,
    forth: Sender,
    back: Sender,
}

impl Talk {
    fn new() -> Self {
        Self { rig: Rig::new(), forth: Sender::new(1), back: Sender::new(2) }
    }

    /// The centre says something; the lines.
    fn asks(&mut self, tcap: &[u8]) -> Vec<Line> {
        self.rig.frame(&self.forth.whole(&m3ua(&between(tcap))));
        self.rig.lines()
    }

    /// The switch says something; the lines.
    fn answers(&mut self, tcap: &[u8]) -> Vec<Line> {
        self.rig.frame(&self.back.whole(&m3ua(&back(tcap))));
        self.rig.lines()
    }

    /// Somebody says something from one address to another.
    fn says(&mut self, called: (u8, &str), calling: (u8, &str), tcap: &[u8]) -> Vec<Line> {
        let sccp = udt(&title(called.0, called.1), &title(calling.0, calling.1), tcap);
        self.rig.frame(&self.back.whole(&m3ua(&sccp)));
        self.rig.lines()
    }
}

fn mt_context() -> Vec<u8> {
    map::context(map::MT_RELAY, 3)
}

fn forward(id: u8, text: &str) -> Vec<u8> {
    invoke(id, map::MT_FORWARD, &map::mt_argument(map::IMSI, &sms::deliver("999550199", text)))
}

#[test]
fn an_empty_begin_then_a_continue_has_the_context_of_the_begin() {
    let mut talk = Talk::new();
    let opened = talk.asks(&begin(&OTID, &aarq(&mt_context()), &[]));
    assert_eq!(opened[0].all(["kind", "tcap.type", "tcap.ac"]), ["dialogue", "begin", "0.4.0.0.1.0.25.3"]);
    talk.answers(&proceed(&DTID, &OTID, &aare(&mt_context()), &[]));
    let asked = talk.asks(&proceed(&OTID, &DTID, &[], &[forward(1, "at last")]));
    assert_eq!(asked[0].all(["kind", "dialogue_ac", "tcap.ac"]), ["map", "0.4.0.0.1.0.25.3", ""]);
    assert_eq!(asked[0].all(["sms.text", "sms.type"]), ["at last", "SMS-DELIVER"]);
    assert_eq!(asked[0].at("labels.trigger"), "pre-delivery");
    let answered = talk.answers(&end(&OTID, &[], &[empty_result(1)]));
    assert_eq!(answered[0].all(["map.component", "map.op", "map.op_of_invoke"]), ["returnResultLast", "", "44"]);
    assert_eq!(answered[0].at("labels.trigger"), "post-delivery");
    let numbers = [&opened, &asked, &answered].map(|lines| lines[0].at("dialogue").to_owned());
    assert!(numbers.iter().all(|number| *number == numbers[0] && !number.is_empty()), "{numbers:?}");
    assert!([opened, asked, answered].iter().flatten().all(|line| line.anomalies().is_empty()));
    assert_eq!((talk.rig.counted(Counter::DialoguesOpened), talk.rig.counted(Counter::DialoguesClosed)), (1, 1));
}

#[test]
fn transaction_ids_of_one_to_four_octets_are_told_apart_and_may_be_used_again() {
    let mut talk = Talk::new();
    let ids: [&[u8]; 4] = [&[1], &[0, 1], &[0, 0, 1], &[0, 0, 0, 1]];
    let mut numbers = Vec::new();
    for round in 0..2 {
        for id in ids {
            let line = talk.asks(&begin(id, &aarq(&mt_context()), &[forward(1, "a text")])).remove(0);
            assert_eq!((line.at("tcap.otid").len(), line.anomalies().len()), (2 * id.len(), 0));
            numbers.push(line.at("dialogue").to_owned());
        }
        for (id, number) in ids.iter().zip(&numbers[round * 4..]) {
            let line = talk.answers(&end(id, &aare(&mt_context()), &[empty_result(1)])).remove(0);
            assert_eq!(line.all(["dialogue", "map.op_of_invoke"]), [number, "44"]);
        }
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 8, "each Begin opens a dialogue of its own");
}

#[test]
fn an_id_used_again_before_the_end_begins_another_dialogue() {
    let mut talk = Talk::new();
    let first = talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "one")])).remove(0);
    let second = talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(2, "two")])).remove(0);
    assert_ne!(first.at("dialogue"), second.at("dialogue"));
    let answer = talk.answers(&end(&OTID, &[], &[empty_result(1)])).remove(0);
    assert_eq!((answer.at("dialogue"), answer.anomalies()), (second.at("dialogue"), vec!["invoke_unknown"]));
    assert_eq!(talk.rig.counted(Counter::DialoguesReplaced), 1);
}

#[test]
fn the_same_id_of_two_nodes_is_two_dialogues() {
    let mut talk = Talk::new();
    let whose = |from| ((MSC, VISITED), (SMSC, from));
    let begins = begin(&OTID, &aarq(&mt_context()), &[forward(1, "a text")]);
    let [one, other] = [CENTRE, "999810300009"].map(|from| {
        let (called, calling) = whose(from);
        talk.says(called, calling, &begins).remove(0).at("dialogue").to_owned()
    });
    assert_ne!(one, other);
    let answer = end(&OTID, &[], &[empty_result(1)]);
    let to_other = talk.says((SMSC, "999810300009"), (MSC, VISITED), &answer).remove(0);
    let to_one = talk.says((SMSC, CENTRE), (MSC, VISITED), &answer).remove(0);
    assert_eq!([to_one.at("dialogue"), to_other.at("dialogue")], [one, other]);
}

#[test]
fn an_answer_from_another_address_than_the_one_that_answered_first_is_noted() {
    let mut talk = Talk::new();
    talk.asks(&begin(&OTID, &aarq(&mt_context()), &[]));
    // The first answer may come from whomever the called address was translated to.
    let first = talk.says((SMSC, CENTRE), (MSC, "999700200007"), &proceed(&DTID, &OTID, &aare(&mt_context()), &[]));
    assert_eq!(first[0].anomalies(), [""; 0]);
    let forged = talk.says((SMSC, CENTRE), (MSC, "999700200009"), &end(&OTID, &[], &[error(1, 34)]));
    assert_eq!(forged[0].anomalies(), ["dialogue_address", "invoke_unknown"]);
}

#[test]
fn what_was_not_seen_to_open_and_what_answers_nothing_is_noted() {
    let mut talk = Talk::new();
    let unseen = talk.answers(&end(&OTID, &aare(&mt_context()), &[empty_result(1)]));
    assert_eq!((unseen[0].anomalies(), unseen[0].at("dialogue")), (vec!["dialogue_unknown"], ""));
    let asked = talk.asks(&proceed(&OTID, &DTID, &[], &[forward(1, "in the middle")]));
    assert_eq!((asked[0].anomalies(), asked[0].at("sms.text")), (vec!["dialogue_unknown"], "in the middle"));
    talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "a text")]));
    for component in [empty_result(9), error(9, 34), result(9, map::MT_FORWARD, &[])] {
        let mut talk = Talk::new();
        talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "a text")]));
        let answered = talk.answers(&end(&OTID, &[], &[component]));
        assert_eq!(answered[0].anomalies(), ["invoke_unknown"]);
    }
    let ended = talk.answers(&end(&OTID, &[], &[empty_result(1)]));
    assert_eq!(ended[0].anomalies(), [""; 0]);
    assert_eq!(talk.answers(&end(&OTID, &[], &[empty_result(1)])), [], "nothing tells that it is of short messages");
}

#[test]
fn an_abort_ends_the_dialogue_and_is_said() {
    let mut talk = Talk::new();
    talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "a text")]));
    let aborted = talk.answers(&abort(&OTID, 4));
    assert_eq!(aborted[0].all(["kind", "tcap.type", "tcap.p_abort_cause"]), ["dialogue", "abort", "4"]);
    assert_eq!(talk.rig.counted(Counter::DialoguesClosed), 1);
}

#[test]
fn a_dialogue_that_was_silent_too_long_is_not_known_any_more() {
    for (seconds, is_known) in [(119, true), (121, false)] {
        let mut talk = Talk::new();
        let asked = talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "a text")])).remove(0);
        talk.rig.time_ns += seconds * SECOND_NS;
        let answered = talk.answers(&end(&OTID, &aare(&mt_context()), &[empty_result(1)])).remove(0);
        assert_eq!(answered.at("dialogue") == asked.at("dialogue"), is_known);
        assert_eq!(answered.anomalies(), if is_known { vec![] } else { vec!["dialogue_unknown"] });
        assert_eq!(talk.rig.counted(Counter::DialoguesExpired), u64::from(!is_known));
    }
}

#[test]
fn every_component_is_a_line_of_its_own() {
    let mut talk = Talk::new();
    let lines =
        talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "one"), forward(2, "two"), forward(3, "three")]));
    let said: Vec<_> = lines.iter().map(|line| line.all(["component_index", "map.invoke_id", "sms.text"])).collect();
    assert_eq!(said, [["0", "1", "one"], ["1", "2", "two"], ["2", "3", "three"]]);
    assert!(lines.iter().all(|line| line.at("tcap.components") == "3" && line.anomalies() == ["double_invoke"]));
    let answers = talk.answers(&end(&OTID, &[], &[empty_result(2), error(3, 34), empty_result(1)]));
    let said: Vec<_> =
        answers.iter().map(|line| line.all(["map.component", "map.op_of_invoke", "map.error"])).collect();
    assert_eq!(said, [["returnResultLast", "44", ""], ["returnError", "44", "34"], ["returnResultLast", "44", ""]]);
}

#[test]
fn nothing_of_one_component_is_left_in_the_next() {
    let mut talk = Talk::new();
    let bare = invoke(2, map::MT_FORWARD, &[]);
    let lines = talk.asks(&begin(&OTID, &aarq(&mt_context()), &[forward(1, "secret"), bare]));
    assert_eq!(lines[1].all(["sms.text", "map.imsi", "map.sm_rp_ui", "component_index"]), ["", "", "", "1"]);
}

#[test]
fn components_beyond_those_looked_at_make_the_message_malformed_and_the_first_are_judged() {
    for (count, malformed) in [(COMPONENTS_MAX, ""), (COMPONENTS_MAX + 1, "true"), (3 * COMPONENTS_MAX, "true")] {
        let mut talk = Talk::new();
        let small = |id| invoke(id as u8, map::MT_FORWARD, &[]);
        let components: Vec<_> = (0..count).map(small).collect();
        let sccp = crate::rig::ss7::ludt(
            &title(MSC, VISITED),
            &title(SMSC, CENTRE),
            &begin(&OTID, &aarq(&mt_context()), &components),
        );
        assert_eq!(talk.rig.frame(&talk.forth.whole(&m3ua(&sccp))), Exit::Judged);
        let lines = talk.rig.lines();
        assert_eq!(lines.len(), COMPONENTS_MAX, "{count}");
        assert!(lines.iter().all(|line| line.at("malformed") == malformed), "{count}");
    }
}

#[test]
fn a_global_operation_code_is_read_as_the_operation_it_names() {
    let mut talk = Talk::new();
    let tpdu = sms::submit("999550199", "by a global code");
    let argument = map::mo_argument(map::MSISDN, &tpdu);
    // TS 29.002 §17.5: local codes under the arc of MAP.
    let code = tlv(6, &[4, 0, 0, 1, map::MO_FORWARD]);
    let global = tree(0xA1, &[tlv(2, &[1]), code, argument]);
    let asked =
        talk.asks(&begin(&OTID, &aarq(&map::context(map::MO_RELAY, 3)), std::slice::from_ref(&global))).remove(0);
    assert_eq!(asked.all(["map.op", "map.op_global", "sms.text"]), ["", "0.4.0.0.1.46", "by a global code"]);
    assert_eq!(asked.all(["map.msisdn.digits", "labels.trigger", "sms.da"]), [map::MSISDN, "submission", "999550199"]);
    assert_eq!(asked.anomalies(), ["global_code"]);
    let answered = talk.answers(&end(&OTID, &[], &[empty_result(1)])).remove(0);
    assert_eq!(answered.all(["map.op_of_invoke", "labels.trigger"]), ["46", "post-delivery"]);
    // Even where no context says whose dialogue it is.
    let bare = talk.asks(&begin(&OTID, &[], &[global])).remove(0);
    assert_eq!(bare.at("sms.text"), "by a global code");
}

#[test]
fn an_operation_that_its_context_does_not_have_is_noted_and_read_all_the_same() {
    let mut talk = Talk::new();
    let tpdu = sms::submit("999550199", "out of place");
    let mo = invoke(1, map::MO_FORWARD, &map::mo_argument(map::MSISDN, &tpdu));
    let asked = talk.asks(&begin(&OTID, &aarq(&map::context(map::GATEWAY, 3)), &[mo])).remove(0);
    assert_eq!((asked.anomalies(), asked.at("sms.text")), (vec!["context_mismatch"], "out of place"));
    // A short message in a dialogue that was opened for something else.
    let mut talk = Talk::new();
    let tpdu = sms::deliver("999550199", "smuggled");
    let mt = invoke(1, map::MT_FORWARD, &map::mt_argument(map::IMSI, &tpdu));
    let smuggled = talk.asks(&begin(&OTID, &aarq(&map::context(map::LOCATION_CANCELLATION, 3)), &[mt])).remove(0);
    assert_eq!((smuggled.anomalies(), smuggled.at("sms.text")), (vec!["context_mismatch"], "smuggled"));
}

#[test]
fn a_tpdu_in_pieces_is_joined_and_read() {
    let tpdu = sms::deliver("999550199", "hidden in pieces");
    for octets in 1..tpdu.len() {
        let pieces: Vec<_> = tpdu.chunks(octets).map(|piece| tlv(0x04, piece)).collect();
        let parties = [tlv(0x80, &map::imsi(map::IMSI)), tlv(0x84, &map::address(CENTRE))].concat();
        let argument = tree(0x30, &[parties, tree(0x24, &pieces)]);
        let mut talk = Talk::new();
        let line = talk.asks(&begin(&OTID, &aarq(&mt_context()), &[invoke(1, map::MT_FORWARD, &argument)])).remove(0);
        assert_eq!(line.all(["sms.text", "sms.oa", "malformed"]), ["hidden in pieces", "999550199", ""], "{octets}");
        assert_eq!(line.anomalies(), ["ber_constructed"]);
        let raw: String = tpdu.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(line.at("map.sm_rp_ui"), raw);
    }
}
