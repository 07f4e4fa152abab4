//! A wire in splice mode between two strict endpoints: refused requests never arrive, their originators are answered,
//! and neither end sees anything but an association in good order.

#[path = "../common/mod.rs"]
mod common;
mod ends;
#[path = "../../../splice/tests/translate/receiver.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod receiver;
#[path = "../../../splice/tests/translate/sender.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod sender;

use common::is_dissected_cleanly;
use ends::{
    ADDRESSES_PROTECTED, Ends, INSIDE, OUTSIDE, PLAIN, PROTECTED, continues, passing, requests, said, transaction,
};
use sluice_abi::counters::Counter;
use sluice_wire::tcap::{Code, ComponentKind, MessageKind};

const REJECT: &str = "action = \"reject\"\nerror = \"unexpectedDataValue\"";

/// Requests that are refused between messages that pass, from outside; gives both.
fn mixed(ends: &mut Ends, count: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (refused, passed) = (requests(count), passing(count));
    for (at, (refused, passed)) in refused.iter().zip(&passed).enumerate() {
        ends.want(OUTSIDE, at, passed);
        ends.want(OUTSIDE, at, refused);
        ends.want(INSIDE, at, passed);
        ends.run(20);
    }
    (refused, passed)
}

/// Whether these are the same, in any order.
fn is_same(mut these: Vec<Vec<u8>>, mut those: Vec<Vec<u8>>) -> bool {
    these.sort();
    those.sort();
    these == those
}

/// Each request has its answer, an End with that error and for its transaction, and nothing else came back.
fn assert_answered(ends: &Ends, refused: &[Vec<u8>]) {
    let mut answered = Vec::new();
    for answer in ends.arrived(OUTSIDE) {
        let (kind, dtid, components) = said(&answer);
        assert_eq!(kind, MessageKind::End);
        assert!(!components.is_empty());
        assert!(components.iter().all(|one| *one == (ComponentKind::ReturnError, Some(Code::Local(36)))));
        answered.push(dtid);
    }
    assert!(is_same(answered, refused.iter().map(|request| transaction(request)).collect()));
}

#[test]
fn refused_requests_never_arrive_and_their_originators_are_answered() {
    let mut ends = Ends::new(REJECT, PLAIN);
    let (refused, passed) = mixed(&mut ends, 40);
    ends.run_until_quiet();
    assert!(is_same(ends.arrived(INSIDE), passed));
    assert_answered(&ends, &refused);
    assert_eq!((ends.count(Counter::SpliceRemoved), ends.count(Counter::SpliceInserted)), (40, 40));
    assert_eq!((ends.count(Counter::SpliceStopped), ends.count(Counter::VerdictNotApplied)), (0, 0));
    ends.assert_in_good_order();
    is_dissected_cleanly(ends.made());
}

#[test]
fn discarded_requests_are_removed_and_acknowledged_and_nobody_is_told() {
    let mut ends = Ends::new("action = \"discard\"", PLAIN);
    let (_, passed) = mixed(&mut ends, 20);
    // The last of them has nothing behind it that would be acknowledged.
    ends.run_until_quiet();
    assert!(is_same(ends.arrived(INSIDE), passed));
    assert_eq!(ends.arrived(OUTSIDE), Vec::<Vec<u8>>::new());
    assert_eq!((ends.count(Counter::SpliceRemoved), ends.count(Counter::SpliceInserted)), (20, 0));
    assert_eq!(ends.resent(), 0, "all was acknowledged in time");
    ends.assert_in_good_order();
    is_dissected_cleanly(ends.made());
}

#[test]
fn a_lost_answer_is_sent_again_after_the_timer() {
    let mut ends = Ends::new(REJECT, PLAIN);
    ends.lose_own = 1;
    let refused = requests(1);
    ends.want(OUTSIDE, 0, &refused[0]);
    ends.run(900);
    assert_eq!((ends.lose_own, ends.arrived(OUTSIDE).len()), (0, 0));
    ends.run(400);
    assert_eq!(ends.arrived(OUTSIDE).len(), 1);
    ends.run_until_quiet();
    assert_answered(&ends, &refused);
    ends.assert_in_good_order();
}

#[test]
fn whatever_frames_are_lost_no_refused_request_arrives_and_each_that_was_removed_is_answered() {
    let mut ends = Ends::new(REJECT, PLAIN);
    ends.loss_percent = 10;
    let (refused, passed) = mixed(&mut ends, 60);
    ends.run_until_quiet();
    assert!(ends.resent() > 0, "the weather was bad");
    let (there, others): (Vec<_>, Vec<_>) = ends.arrived(INSIDE).into_iter().partition(|one| passed.contains(one));
    assert!(is_same(there, passed));
    // One that was lost before it came here is not the latest any more when it comes: its destination refuses it.
    assert!(others.iter().all(|one| !refused.contains(one)));
    let removed = ends.count(Counter::SpliceRemoved) as usize;
    assert_eq!((removed + others.len(), ends.arrived(OUTSIDE).len()), (refused.len(), removed));
    assert!(removed > 40, "{removed}");
    let bounced: Vec<_> = others.iter().map(|one| transaction(one)).collect();
    assert_answered(&ends, &without(refused, &bounced));
    ends.assert_in_good_order();
    is_dissected_cleanly(ends.made());
}

/// The requests that open none of these transactions.
fn without(requests: Vec<Vec<u8>>, transactions: &[Vec<u8>]) -> Vec<Vec<u8>> {
    requests.into_iter().filter(|request| !transactions.contains(&transaction(request))).collect()
}

#[test]
fn a_refused_request_in_a_dialogue_ends_it_on_both_sides() {
    let mut ends = Ends::new(REJECT, PLAIN);
    let refused = continues(3);
    for (at, request) in refused.iter().enumerate() {
        ends.want(OUTSIDE, at, request);
        ends.run(20);
    }
    ends.run_until_quiet();
    assert_answered(&ends, &refused);
    let arrived = ends.arrived(INSIDE);
    assert_eq!(arrived.len(), refused.len());
    for (end, request) in arrived.iter().zip(&refused) {
        let ((kind, dtid, components), (_, asked, _)) = (said(end), said(request));
        assert_eq!((kind, dtid, components.len()), (MessageKind::Abort, asked, 0));
    }
    assert_eq!((ends.count(Counter::SpliceRemoved), ends.count(Counter::SpliceInserted)), (0, 3));
    ends.assert_in_good_order();
    is_dissected_cleanly(ends.made());
}

#[test]
fn a_restarted_dataplane_takes_up_what_the_one_before_left() {
    let mut ends = Ends::new(REJECT, PLAIN);
    let (refused, passed) = mixed(&mut ends, 5);
    ends.run_until_quiet();
    ends.lose_own = 3;
    let unanswered = requests(3);
    for (at, request) in unanswered.iter().enumerate() {
        ends.want(OUTSIDE, at, request);
        ends.run(20);
    }
    assert_eq!((ends.lose_own, ends.arrived(OUTSIDE).len()), (0, 5), "three answers are still to be sent again");
    ends.restart();
    assert_eq!(ends.named().len(), 1);
    let (refused_after, passed_after) = mixed(&mut ends, 12);
    ends.run_until_quiet();
    assert!(is_same(ends.arrived(INSIDE), [passed, passed_after].concat()));
    assert_answered(&ends, &[refused, unanswered, refused_after].concat());
    ends.assert_in_good_order();
}

#[test]
fn an_association_in_which_only_changes_of_addresses_are_authenticated_is_spliced() {
    let mut ends = Ends::new("action = \"discard\"", ADDRESSES_PROTECTED);
    let (refused, passed) = mixed(&mut ends, 10);
    ends.run_until_quiet();
    assert_eq!((ends.count(Counter::SpliceNotWatched), ends.count(Counter::SpliceRemoved)), (0, refused.len() as u64));
    assert!(is_same(ends.arrived(INSIDE), passed));
    ends.assert_in_good_order();
}

#[test]
fn an_association_that_is_authenticated_is_changed_in_place_only() {
    let mut ends = Ends::new("action = \"discard\"", PROTECTED);
    let (refused, passed) = mixed(&mut ends, 10);
    ends.run_until_quiet();
    assert_eq!(ends.count(Counter::SpliceNotWatched), 1);
    assert_eq!((ends.count(Counter::SpliceRemoved), ends.named().len()), (0, 0));
    let arrived = ends.arrived(INSIDE);
    assert_eq!(arrived.len(), refused.len() + passed.len());
    assert!(refused.iter().all(|request| !arrived.contains(request)));
    ends.assert_in_good_order();
}
