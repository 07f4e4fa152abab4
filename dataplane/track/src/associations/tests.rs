//! What the table makes of packets, one case at a time.

use super::window::WINDOW;
use super::*;

const A: DirectionKey = DirectionKey { verification_tag: 1, source_port: 2905, destination_port: 2905 };

fn table() -> Associations {
    Associations::new(64, 7)
}

#[test]
fn a_retransmission_is_recognised_in_and_out_of_order() {
    let mut t = table();
    for tsn in [10, 12, 11, 20] {
        assert_eq!(t.pass(A, Tsn(tsn), 0), Seen::New, "{tsn}");
    }
    for tsn in [10, 11, 12, 20] {
        assert_eq!(t.pass(A, Tsn(tsn), 0), Seen::Before, "{tsn}");
    }
    assert_eq!(t.pass(A, Tsn(13), 0), Seen::New);
}

#[test]
fn the_window_slides_over_the_wrap_of_the_tsn() {
    let mut t = table();
    let first = u32::MAX - 300;
    for n in 0..2000 {
        let tsn = Tsn(first.wrapping_add(n));
        assert_eq!(t.pass(A, tsn, 0), Seen::New);
        assert_eq!(t.pass(A, tsn, 0), Seen::Before);
        if let Some(earlier) = n.checked_sub(WINDOW - 1) {
            assert_eq!(t.pass(A, Tsn(first.wrapping_add(earlier)), 0), Seen::Before);
        }
    }
}

#[test]
fn a_tsn_from_before_the_window_is_not_known_and_moves_nothing() {
    let mut t = table();
    t.pass(A, Tsn(10_000), 0);
    assert_eq!(t.pass(A, Tsn(10), 0), Seen::Behind);
    assert_eq!(t.pass(A, Tsn(10), 0), Seen::Behind);
    assert_eq!(t.pass(A, Tsn(10_000), 0), Seen::Before, "what was known still is");
}

#[test]
fn directions_are_told_apart_by_tag_and_ports() {
    let mut t = table();
    t.pass(A, Tsn(1), 0);
    assert_eq!(t.pass(DirectionKey { verification_tag: 2, ..A }, Tsn(1), 0), Seen::New);
    assert_eq!(t.pass(DirectionKey { source_port: 1, ..A }, Tsn(1), 0), Seen::New);
}

#[test]
fn a_direction_costs_what_the_book_says() {
    assert_eq!(size_of::<Entry>(), 104);
}

#[test]
fn a_full_table_sheds_the_direction_that_was_quiet_longest_and_counts_it() {
    let mut t = Associations::new(WAYS, 7);
    let key = |tag| DirectionKey { verification_tag: tag, ..A };
    for tag in 0..5 {
        t.pass(key(tag), Tsn(1), u64::from(tag));
    }
    assert_eq!(t.take_shed(), 1);
    assert_eq!(t.pass(key(4), Tsn(1), 9), Seen::Before);
    assert_eq!(t.pass(key(1), Tsn(1), 9), Seen::Before);
    assert_eq!(t.pass(key(0), Tsn(1), 9), Seen::New, "the oldest was shed");
}

const BACK: DirectionKey = DirectionKey { verification_tag: 101, source_port: 2905, destination_port: 2905 };

/// Feeds the four steps of a handshake: packets to the server will have `there`, those to the client `back`.
fn handshake(t: &mut Associations, there: u32, back: u32, first: (u32, u32)) -> [Event; 4] {
    let key = |verification_tag| DirectionKey { verification_tag, ..A };
    let init = Control::Init { initiate_tag: VerificationTag(back), initial_tsn: Tsn(first.0) };
    let init_ack = Control::InitAck { initiate_tag: VerificationTag(there), initial_tsn: Tsn(first.1) };
    [
        t.control(key(0), init, 0),
        t.control(key(back), init_ack, 0),
        t.control(key(there), Control::CookieEcho, 0),
        t.control(key(back), Control::CookieAck, 0),
    ]
}

const STEPS: [Event; 4] = [Event::Nothing, Event::Opened, Event::Established, Event::Nothing];

#[test]
fn a_handshake_makes_both_directions_known_from_their_first_tsn_on() {
    let mut t = table();
    assert_eq!(handshake(&mut t, 1, 101, (1000, 5000)), STEPS);
    for (key, first) in [(A, 1000), (BACK, 5000)] {
        assert_eq!(t.pass(key, Tsn(first + 1), 1), Seen::New);
        assert_eq!(t.pass(key, Tsn(first), 1), Seen::New, "out of order");
        assert_eq!(t.pass(key, Tsn(first), 1), Seen::Before);
    }
    let counts = AssociationCounts { opened: 1, established: 1, ..AssociationCounts::default() };
    assert_eq!((t.take_counts(), t.take_counts()), (counts, AssociationCounts::default()));
}

#[test]
fn what_passed_under_a_tag_before_its_cookie_is_judged_again() {
    let mut t = table();
    t.pass(A, Tsn(1000), 0);
    handshake(&mut t, 1, 101, (1000, 5000));
    assert_eq!(t.pass(A, Tsn(1000), 0), Seen::New, "no endpoint took the first");
}

#[test]
fn two_inits_that_cross_make_one_association() {
    let mut t = table();
    let init = |tag, tsn| Control::Init { initiate_tag: VerificationTag(tag), initial_tsn: Tsn(tsn) };
    let answer = |tag, tsn| Control::InitAck { initiate_tag: VerificationTag(tag), initial_tsn: Tsn(tsn) };
    let key = |tag| DirectionKey { verification_tag: tag, ..A };
    // RFC 9260 §5.2.1: each answers with the tag of its own INIT.
    let steps = [
        (0, init(101, 1000)),
        (0, init(1, 5000)),
        (101, answer(1, 5000)),
        (1, answer(101, 1000)),
        (1, Control::CookieEcho),
        (101, Control::CookieEcho),
        (101, Control::CookieAck),
        (1, Control::CookieAck),
    ];
    let events = steps.map(|(tag, chunk)| t.control(key(tag), chunk, 0));
    let count = |event| events.iter().filter(|e| **e == event).count();
    assert_eq!((count(Event::Opened), count(Event::Established), count(Event::Restarted)), (1, 1, 0));
    assert_eq!(t.pass(key(1), Tsn(1000), 0), Seen::New);
}

#[test]
fn a_handshake_with_one_of_the_old_tags_takes_the_place_of_the_old_association() {
    let mut t = table();
    handshake(&mut t, 1, 101, (1000, 5000));
    t.pass(A, Tsn(1000), 0);
    assert_eq!(handshake(&mut t, 2, 101, (1000, 5000))[2], Event::Restarted);
    assert_eq!(t.pass(DirectionKey { verification_tag: 2, ..A }, Tsn(1000), 0), Seen::New);
    assert_eq!(t.take_counts().picked_up, 0);
    t.pass(A, Tsn(1001), 0);
    assert_eq!(t.take_counts().picked_up, 1, "the old direction was given up");
}

#[test]
fn an_abort_or_a_shutdown_ends_both_directions_with_either_tag() {
    let ends = [
        (A, Control::Abort { reflected: false }, Event::Aborted),
        (A, Control::Abort { reflected: true }, Event::Aborted),
        (BACK, Control::Abort { reflected: false }, Event::Aborted),
        (A, Control::ShutdownComplete { reflected: false }, Event::Closed),
        (BACK, Control::ShutdownComplete { reflected: true }, Event::Closed),
    ];
    for (packet, chunk, expected) in ends {
        let mut t = table();
        handshake(&mut t, 1, 101, (1000, 5000));
        t.control(BACK, Control::Shutdown, 0);
        t.control(A, Control::ShutdownAck, 0);
        assert_eq!(t.control(packet, chunk, 0), expected);
        assert_eq!(t.control(packet, chunk, 0), Event::Nothing, "once");
        t.take_counts();
        t.pass(A, Tsn(1), 0);
        t.pass(BACK, Tsn(1), 0);
        assert_eq!(t.take_counts().picked_up, 2, "{chunk:?}");
    }
}

#[test]
fn an_abort_that_answers_an_init_gives_the_handshake_up() {
    let mut t = table();
    let packet = DirectionKey { verification_tag: 0, ..A };
    t.control(packet, Control::Init { initiate_tag: VerificationTag(101), initial_tsn: Tsn(1) }, 0);
    assert_eq!(t.control(BACK, Control::Abort { reflected: false }, 0), Event::Aborted);
    let answer = Control::InitAck { initiate_tag: VerificationTag(1), initial_tsn: Tsn(1) };
    assert_eq!(t.control(BACK, answer, 0), Event::Nothing);
}

#[test]
fn a_reset_of_tsns_begins_both_directions_anew() {
    let mut t = table();
    handshake(&mut t, 1, 101, (1000, 5000));
    t.pass(A, Tsn(1000), 0);
    t.pass(BACK, Tsn(5000), 0);
    t.control(BACK, Control::TsnReset { sender_next: Tsn(5000), receiver_next: Tsn(1000) }, 0);
    assert_eq!((t.pass(A, Tsn(1000), 0), t.pass(BACK, Tsn(5000), 0)), (Seen::New, Seen::New));
}

#[test]
fn tags_that_no_endpoint_may_choose_are_not_kept() {
    let mut t = table();
    let init = |tag| Control::Init { initiate_tag: VerificationTag(tag), initial_tsn: Tsn(1) };
    t.control(DirectionKey { verification_tag: 0, ..A }, init(0), 0);
    t.control(A, init(101), 0);
    for tag in [0, 101] {
        let answer = Control::InitAck { initiate_tag: VerificationTag(1), initial_tsn: Tsn(1) };
        let key = DirectionKey { verification_tag: tag, ..A };
        assert_eq!(t.control(key, answer, 0), Event::Nothing, "{tag}");
    }
}

#[test]
fn a_flood_of_inits_and_answers_sheds_no_association_and_is_counted() {
    let mut t = Associations::with_handshakes(WAYS, 64, 7);
    handshake(&mut t, 1, 101, (1000, 5000));
    t.pass(A, Tsn(1000), 0);
    t.take_counts();
    for tag in 1000..2000 {
        let init = Control::Init { initiate_tag: VerificationTag(tag), initial_tsn: Tsn(1) };
        let answer = Control::InitAck { initiate_tag: VerificationTag(tag + 10_000), initial_tsn: Tsn(1) };
        t.control(DirectionKey { verification_tag: 0, ..A }, init, u64::from(tag));
        t.control(DirectionKey { verification_tag: tag, ..A }, answer, u64::from(tag));
    }
    let counts = t.take_counts();
    assert_eq!((counts.opened, counts.shed, counts.inits_shed), (1000, 0, 2000 - 64));
    assert_eq!(t.pass(A, Tsn(1000), 9), Seen::Before);
}

#[test]
fn a_full_table_sheds_a_closing_direction_first() {
    let mut t = Associations::new(WAYS, 7);
    let key = |tag| DirectionKey { verification_tag: tag, ..A };
    for tag in 0..4 {
        t.pass(key(tag), Tsn(1), u64::from(tag));
    }
    t.control(key(2), Control::Shutdown, 9);
    t.pass(key(9), Tsn(1), 10);
    assert_eq!(t.take_shed(), 1);
    for tag in [0, 1, 3, 9] {
        assert_eq!(t.pass(key(tag), Tsn(1), 11), Seen::Before, "{tag}");
    }
}

#[test]
fn the_end_of_an_association_spares_a_direction_picked_up_after_its_own_was_shed() {
    let mut t = Associations::new(WAYS, 7);
    let key = |tag| DirectionKey { verification_tag: tag, ..A };
    handshake(&mut t, 1, 101, (1000, 5000));
    t.pass(A, Tsn(1000), 9);
    for (tag, now_ns) in [(50, 1), (51, 2), (52, 3), (101, 4)] {
        t.pass(key(tag), Tsn(7), now_ns);
    }
    assert_eq!(t.take_shed(), 2, "the direction back, then that of tag 50");
    assert_eq!(t.control(A, Control::Abort { reflected: false }, 10), Event::Aborted);
    assert_eq!(t.pass(BACK, Tsn(7), 11), Seen::Before);
}
