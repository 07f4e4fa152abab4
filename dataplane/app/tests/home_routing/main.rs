//! A wire with home routing: what strangers learn, where their deliveries go, and who is refused.

#[path = "../common/mod.rs"]
mod common;
mod ends;
mod messages;

use common::{frames_of, is_dissected_cleanly};
use ends::{HOME, Line, MSC, Msu, OURS, PARTNER, REGISTER, SGSN, STRANGER, THIEF, home, msu, read, words};
use messages::{
    abort, accepted, answer, arrived, arrived_so_far, delivery, error, next_delivery, opening, question, receiver,
    told, told_of_both, unknown_context,
};
use sluice_abi::counters::Counter;
use sluice_engine::{HomeRouting, Words};
use std::sync::atomic::AtomicU64;

const IMSI: &str = "001010000000007";
const NODES: [&str; 2] = [MSC, SGSN];

/// What the requester is told of a subscriber: IMSI and node.
fn asked(line: &mut Line, requester: &str, imsi: &str) -> (String, String) {
    line.inwards(&msu(requester, REGISTER, question(1)));
    told(&line.outwards(&msu(REGISTER, requester, answer(1, imsi, NODES))).tcap)
}

/// The id that the stranger is given.
fn id_given(line: &mut Line) -> String {
    let (id, node) = asked(line, STRANGER, IMSI);
    assert_eq!(node, OURS);
    assert!(id.len() == 15 && id.starts_with(HOME) && id != IMSI, "{id}");
    id
}

/// Sees a refused delivery through: the node that was chosen refuses it unread, and the originator is told the error.
fn refused(line: &mut Line, from: &str, id: &str) -> Option<i64> {
    let Msu { called, tcap, .. } = line.inwards(&msu(from, OURS, delivery(77, id)));
    assert_eq!(called, MSC);
    assert!(!tcap.windows(2).any(|two| two == [0xE8, 0x34]), "the text goes nowhere");
    let told = line.outwards(&msu(MSC, from, unknown_context(77)));
    assert_eq!((told.calling.as_str(), told.called.as_str()), (OURS, from));
    error(&told.tcap)
}

#[test]
fn a_delivery_reaches_its_subscriber_whom_its_originator_never_learns() {
    let mut line = Line::new(home(&words()), None);
    let id = id_given(&mut line);
    let came = line.inwards(&msu(STRANGER, OURS, delivery(5, &id)));
    assert_eq!((came.calling.as_str(), came.called.as_str(), receiver(&came.tcap).as_str()), (STRANGER, MSC, IMSI));
    let answer = msu(MSC, STRANGER, arrived(5));
    assert_eq!(line.outwards(&answer), Msu { calling: OURS.into(), ..answer });
    assert_eq!((line.count(Counter::HomeIdsGiven), line.count(Counter::HomeRouted)), (1, 1));
    assert_eq!(line.count(Counter::HomeNotApplied), 0);
    is_dissected_cleanly(&line.frames);
}

#[test]
fn what_is_sent_to_an_sgsn_here_goes_to_the_subscribers_sgsn() {
    let mut line = Line::new(home(&words()), None);
    let id = id_given(&mut line);
    let came = line.inwards(&Msu { ssn: 149, ..msu(STRANGER, OURS, delivery(5, &id)) });
    assert_eq!((came.called.as_str(), came.ssn), (SGSN, 149));
    let back = line.outwards(&msu(SGSN, STRANGER, arrived(5)));
    assert_eq!(back.calling, OURS);
}

#[test]
fn a_dialogue_goes_on_through_here_until_it_ends() {
    let mut line = Line::new(home(&words()), None);
    let id = id_given(&mut line);
    line.inwards(&msu(STRANGER, OURS, delivery(5, &id)));
    let so_far = line.outwards(&msu(MSC, STRANGER, arrived_so_far([9, 5])));
    assert_eq!(so_far.calling, OURS);
    let next = line.inwards(&msu(STRANGER, OURS, next_delivery([5, 9], &id)));
    assert_eq!((next.called.as_str(), receiver(&next.tcap).as_str()), (MSC, IMSI));
    let end = line.inwards(&msu(STRANGER, OURS, abort(9)));
    assert_eq!(end.called, MSC);
    let late = line.outwards(&msu(MSC, STRANGER, arrived(5)));
    assert_eq!(late.calling, MSC, "the dialogue is over");
    is_dissected_cleanly(&line.frames);
}

/// A wire on which our numbers name the nodes they stand for.
fn with_node_digits() -> Line {
    Line::new(HomeRouting { node_digits: 3, ..home(&words()) }, None)
}

/// The id that the stranger is given, and our numbers for both nodes.
fn given(line: &mut Line) -> (String, [String; 2]) {
    line.inwards(&msu(STRANGER, REGISTER, question(1)));
    let given = told_of_both(&line.outwards(&msu(REGISTER, STRANGER, answer(1, IMSI, NODES))).tcap);
    assert!(given.1.iter().all(|ours| ours.len() == OURS.len() + 3 && ours.starts_with(OURS)), "{given:?}");
    given
}

#[test]
fn a_dialogue_that_opens_without_its_message_goes_to_the_node_that_our_number_names() {
    let mut line = with_node_digits();
    let (id, [for_msc, for_sgsn]) = given(&mut line);
    assert_ne!(for_msc, for_sgsn);
    assert_eq!(given(&mut line).1, [for_msc.clone(), for_sgsn], "a node has one number");
    let opens = msu(STRANGER, &for_msc, opening(5));
    assert_eq!(line.inwards(&opens), Msu { called: MSC.into(), ..opens });
    let accepts = msu(MSC, STRANGER, accepted([9, 5]));
    assert_eq!(line.outwards(&accepts), Msu { calling: for_msc.clone(), ..accepts });
    let message = line.inwards(&msu(STRANGER, &for_msc, next_delivery([5, 9], &id)));
    assert_eq!((message.called.as_str(), receiver(&message.tcap).as_str()), (MSC, IMSI));
    assert_eq!(line.outwards(&msu(MSC, STRANGER, arrived(5))).calling, for_msc);
    assert_eq!(line.count(Counter::HomeNotApplied), 0);
    is_dissected_cleanly(&line.frames);
}

#[test]
fn of_two_nodes_the_one_is_tried_that_our_number_names() {
    let mut line = with_node_digits();
    let (id, ours) = given(&mut line);
    for (ours, node) in ours.iter().zip(NODES) {
        let came = line.inwards(&msu(STRANGER, ours, delivery(5, &id)));
        assert_eq!((came.called.as_str(), receiver(&came.tcap).as_str()), (node, IMSI));
    }
}

#[test]
fn a_number_that_names_a_node_leads_there_for_deliveries_only() {
    let mut line = with_node_digits();
    let (_, [for_msc, _]) = given(&mut line);
    for asks in [msu(STRANGER, &for_msc, question(5)), msu(STRANGER, &format!("{OURS}000"), opening(5))] {
        assert_eq!(line.inwards(&asks), asks);
    }
    assert_eq!(line.count(Counter::HomeNotApplied), 2);
}

#[test]
fn who_is_to_know_knows_and_numbers_ported_out_are_none_of_ours() {
    let mut line = Line::new(home(&words()), None);
    assert_eq!(asked(&mut line, PARTNER, IMSI), (IMSI.to_owned(), MSC.to_owned()));
    let ported_out = "001990000000007";
    assert_eq!(asked(&mut line, STRANGER, ported_out), (ported_out.to_owned(), MSC.to_owned()));
    assert_eq!(line.count(Counter::HomeIdsGiven), 0);
    let delivery = msu(PARTNER, MSC, delivery(5, IMSI));
    assert_eq!(line.inwards(&delivery), delivery);
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let mut line = Line::new(home(&words()), None);
    let mut ids: Vec<_> = (0..20).map(|_| id_given(&mut line)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[test]
fn an_id_that_nobody_gave_is_refused() {
    let mut line = Line::new(home(&words()), None);
    id_given(&mut line);
    assert_eq!(refused(&mut line, STRANGER, "001010123456789"), Some(5));
    assert_eq!(refused(&mut line, STRANGER, "999990123456789"), Some(5));
    assert_eq!((line.count(Counter::HomeUnknown), line.count(Counter::AnswersGiven)), (2, 2));
    is_dissected_cleanly(&line.frames);
}

#[test]
fn an_id_that_another_was_given_is_refused_and_stays_good_for_the_other() {
    let mut line = Line::new(home(&words()), None);
    let id = id_given(&mut line);
    assert_eq!(refused(&mut line, THIEF, &id), Some(5));
    assert_eq!((line.count(Counter::HomeStolen), line.count(Counter::HomeRouted)), (1, 0));
    assert_eq!(receiver(&line.inwards(&msu(STRANGER, OURS, delivery(5, &id))).tcap), IMSI);
}

#[test]
fn who_asks_may_deliver_from_another_number_with_the_same_beginning_where_it_is_set_so() {
    let mut line = Line::new(HomeRouting { bind_digits: 7, ..home(&words()) }, None);
    let id = id_given(&mut line);
    assert_eq!(receiver(&line.inwards(&msu(THIEF, OURS, delivery(5, &id))).tcap), IMSI);
}

#[test]
fn an_id_is_refused_after_its_time() {
    let mut line = Line::new(home(&words()), None);
    let id = id_given(&mut line);
    line.rig.core.clock.advance(601 * 1_000_000_000);
    assert_eq!(refused(&mut line, STRANGER, &id), Some(5));
    assert_eq!(line.count(Counter::HomeExpired), 1);
}

#[test]
fn where_no_node_is_known_yet_a_bad_id_is_discarded() {
    let mut line = Line::new(home(&words()), None);
    let came = line.inwards(&msu(STRANGER, OURS, delivery(5, "001010123456789")));
    assert!(!came.tcap.windows(2).any(|two| two == [0xE8, 0x34]), "the text goes nowhere");
    assert_eq!(line.count(Counter::HomeNotApplied), 0);
    is_dissected_cleanly(&line.frames);
}

#[test]
fn ids_are_good_after_a_restart_on_the_same_memory_and_only_then() {
    let words = words();
    let id = id_given(&mut Line::new(home(&words), None));
    let mut after = Line::new(home(&words), None);
    after.rig.core.clock.advance(1_000_000_000);
    assert_eq!(receiver(&after.inwards(&msu(STRANGER, OURS, delivery(5, &id))).tcap), IMSI);
    let mut elsewhere = Line::new(home(&ends::words()), None);
    elsewhere.inwards(&msu(STRANGER, OURS, delivery(5, &id)));
    assert_eq!((elsewhere.count(Counter::HomeRouted), elsewhere.count(Counter::HomeUnknown)), (0, 1));
}

#[test]
fn what_one_core_has_told_another_knows() {
    let (tables, nodes) = (vec![words(), words()], Words::new(8000));
    let [mut first, mut second] = [0, 1].map(|core| {
        let (tables, nodes) = (tables.clone(), Some(nodes.clone()));
        Line::new(HomeRouting { core, cores: 2, node_digits: 3, tables, nodes, ..home(&words()) }, None)
    });
    let (id, [for_msc, _]) = given(&mut first);
    second.rig.core.clock.advance(1_000_000_000);
    let opens = msu(STRANGER, &for_msc, opening(4));
    assert_eq!(second.inwards(&opens).called, MSC);
    let came = second.inwards(&msu(STRANGER, &for_msc, delivery(5, &id)));
    assert_eq!((came.called.as_str(), receiver(&came.tcap).as_str()), (MSC, IMSI));
    let (of_second, _) = given(&mut second);
    assert_ne!(id.as_bytes()[HOME.len()], of_second.as_bytes()[HOME.len()], "each says whose it is");
}

#[test]
fn a_retransmission_has_the_same_id_and_the_same_receiver() {
    let mut line = Line::new(home(&words()), None);
    line.inwards(&msu(STRANGER, REGISTER, question(1)));
    let frame = line.frame(&msu(REGISTER, STRANGER, answer(1, IMSI, NODES)), [2, 1]);
    let (first, again) = (line.carry_outwards(frame.clone()), line.carry_outwards(frame));
    assert_eq!(first, again);
    let id = told(&read(&first).tcap).0;
    let frame = line.frame(&msu(STRANGER, OURS, delivery(5, &id)), [1, 2]);
    let (first, again) = (line.carry_inwards(frame.clone()), line.carry_inwards(frame));
    assert_eq!(first, again);
    assert_eq!((line.count(Counter::HomeIdsGiven), line.count(Counter::HomeRouted)), (1, 1));
}

/// Of every carrier, and of messages in pieces.
const CAPTURES: [&str; 8] = ["mix-11", "segments", "fragments", "xudt", "sua", "m2pa", "vlan", "ipv6"];

#[test]
fn over_every_carrier_answers_hide_a_subscriber_without_a_fault() {
    for capture in CAPTURES {
        let frames = frames_of(&format!("{capture}.pcap"));
        let mut line = Line::new(home(&Words::new(HomeRouting::new(OURS, HOME).table_octets())), None);
        let answers = line.changed(&frames, false);
        let given = line.count(Counter::HomeIdsGiven);
        assert!(given > 10 && answers.len() > 10, "{capture}: {given} ids in {} frames", answers.len());
        assert_eq!((line.count(Counter::HomeNotApplied), line.count(Counter::FramesNotChanged)), (0, 0), "{capture}");
        is_dissected_cleanly(&answers);
    }
}

#[test]
fn over_every_carrier_a_delivery_without_an_id_goes_to_a_node_that_refuses_it_without_a_fault() {
    // In these captures our numbers are those of MSCs; here all of them stand for another node.
    let node = u64::from_le_bytes([0x99, 0x79, 0x00, 0x02, 0x00, 0x99, 0xFF, 0xFF]);
    for capture in CAPTURES {
        let frames = frames_of(&format!("{capture}.pcap"));
        let nodes = Words::of((0..100).map(|_| AtomicU64::new(node)).collect::<Vec<_>>());
        let number = "9997002000".into();
        let mut line = Line::new(HomeRouting { number, node_digits: 2, nodes: Some(nodes), ..home(&words()) }, None);
        let refusals = line.changed(&frames, true);
        let refused = line.count(Counter::HomeUnknown);
        assert!(refused > 2 && refusals.len() > 2, "{capture}: {refused} deliveries in {} frames", refusals.len());
        assert_eq!(line.count(Counter::FramesNotChanged), 0, "{capture}");
        is_dissected_cleanly(&refusals);
    }
}

#[test]
fn the_rules_come_first_and_see_whether_an_id_is_good() {
    let policy = "name = \"home\"\n[[rule]]\nid = \"good\"\nlevel = 3\nwhen = 'home.id == \"good\"'\n\
                  action = \"reject\"\nerror = \"systemFailure\"\n";
    let mut line = Line::new(home(&words()), Some(policy));
    let id = id_given(&mut line);
    assert_eq!(refused(&mut line, STRANGER, &id), Some(34));
    assert_eq!(refused(&mut line, THIEF, &id), Some(5), "no rule speaks of it");
    is_dissected_cleanly(&line.frames);
}
