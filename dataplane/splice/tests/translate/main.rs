//! Splice between two strict endpoints: whatever is lost, copied or overtaken, each has what it should, and neither
//! sees anything that RFC 9260 does not allow.

mod cases;
mod hostile;
mod receiver;
mod sender;
mod world;

use proptest::prelude::*;
use std::collections::BTreeSet;
use world::{Weather, World};

const FAIR: Weather = Weather {
    loss_percent: 0,
    copies_percent: 0,
    delay_ms: 0,
    kinds: b"K",
    inserts_percent: 0,
    restarts: false,
    messages: 150,
};
const FOUL: Weather =
    Weather { loss_percent: 5, copies_percent: 3, delay_ms: 20, kinds: b"KKRPL", inserts_percent: 10, ..FAIR };

/// What an endpoint should have been given of what the other wanted, in the order of one stream.
fn check(world: &World, from: usize) {
    let delivered = &world.ends[1 - from].receiver.delivered;
    let as_delivered = |payload: &Vec<u8>| match payload[0] {
        b'R' => b"N".to_vec(),
        b'P' => b"p replaced".to_vec(),
        _ => payload.clone(),
    };
    let own = |payload: &Vec<u8>| payload[0] == b'I';
    let passed = world.wanted[from].iter().filter(|(_, _, payload)| !world.removed[from].contains(payload));
    let expected: Vec<_> =
        passed.map(|(sid, is_ordered, payload)| (*sid, *is_ordered, as_delivered(payload))).collect();
    for sid in 0..4 {
        let of = |list: &[(u16, bool, Vec<u8>)], ordered: bool| -> Vec<Vec<u8>> {
            let of_stream = list.iter().filter(|one| (one.0, one.1) == (sid, ordered) && !own(&one.2));
            of_stream.map(|one| one.2.clone()).collect()
        };
        assert_eq!(of(delivered, true), of(&expected, true), "stream {sid}");
        let (mut got, mut should) = (of(delivered, false), of(&expected, false));
        got.sort();
        should.sort();
        assert_eq!(got, should, "unordered on stream {sid}");
    }
    let mut got: Vec<_> = delivered.iter().map(|one| one.2.clone()).filter(|payload| own(payload)).collect();
    let mut should = world.inserted[from].clone();
    got.sort();
    should.sort();
    assert_eq!(got, should, "inserted");
}

fn run(seed: u64, weather: Weather) -> World {
    let mut world = World::new(seed, weather);
    world.run();
    // A sender that gives up its last chunk may not hear of what is before it until it sends again.
    if weather.kinds.contains(&b'F') {
        world.run_once_more();
    }
    for end in &world.ends {
        assert!(end.sender.is_idle() && end.receiver.is_idle());
    }
    for from in 0..2 {
        assert_eq!(world.shutdown(from), world.ends[1 - from].sender.last_tsn());
    }
    world
}

fn run_and_check(seed: u64, weather: Weather) -> World {
    let world = run(seed, weather);
    check(&world, 0);
    check(&world, 1);
    world
}

#[test]
fn an_association_that_nothing_is_done_to_is_untouched() {
    let world = run_and_check(1, FAIR);
    assert!(!world.is_changed && world.splices.named().next().is_none());
}

#[test]
fn removals_and_insertions_cost_no_retransmission_in_fair_weather() {
    let world = run_and_check(2, Weather { kinds: b"KR", inserts_percent: 30, messages: 600, ..FAIR });
    assert_eq!(world.ends.map(|end| end.sender.resent), [0; 2]);
    assert!(world.removed.iter().all(|removed| removed.len() > 100));
    assert!(world.inserted.iter().all(|inserted| inserted.len() > 50));
}

#[test]
fn an_association_of_which_everything_is_removed_stays_quiet() {
    let world = run_and_check(3, Weather { kinds: b"R", messages: 300, ..FAIR });
    assert_eq!(world.removed.map(|removed| removed.len()), [300; 2]);
    assert_eq!(world.ends.map(|end| end.sender.resent), [0; 2]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn each_has_what_it_should_in_foul_weather(seed: u64, loss_percent in 0_u64..12, delay_ms in 1_u64..60) {
        let world = run_and_check(seed, Weather { loss_percent, delay_ms, ..FOUL });
        prop_assert!(world.is_changed);
    }

    #[test]
    fn a_restarted_process_takes_the_associations_up(seed: u64) {
        run_and_check(seed, Weather { restarts: true, ..FOUL });
    }

    /// What is given up may arrive or not, but only once, and all else arrives.
    #[test]
    fn messages_that_are_given_up_pull_nothing_along(seed: u64) {
        let world = run(seed, Weather { kinds: b"KKRPF", ..FOUL });
        for from in 0..2 {
            let delivered = &world.ends[1 - from].receiver.delivered;
            let all: Vec<_> = delivered.iter().map(|one| &one.2).filter(|one| b"KFI".contains(&one[0])).collect();
            let each: BTreeSet<_> = all.iter().copied().collect();
            prop_assert_eq!(all.len(), each.len());
            let kept = world.wanted[from].iter().map(|one| &one.2).filter(|one| one[0] == b'K');
            let kept: Vec<_> = kept.chain(&world.inserted[from]).collect();
            prop_assert!(kept.iter().all(|payload| each.contains(payload)));
            prop_assert!(delivered.iter().all(|one| one.2[0] != b'R'));
        }
    }
}
