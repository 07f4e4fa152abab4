//! The table of pairings against a plain list.

use proptest::prelude::*;
use sluice_track::{Asked, Number, PAIRING_COST_OCTETS, PAIRING_WINDOW_S, PAIRINGS_PER_IMSI, Pairing, Pairings};

const IMSI: &[u8] = b"001019999999999";
const NODE: &[u8] = b"999555010001";

fn imsi(n: usize) -> Vec<u8> {
    format!("00101{n:010}").into_bytes()
}

fn center(n: usize) -> Vec<u8> {
    format!("99955502{n:04}").into_bytes()
}

fn told(found: Pairing) -> (Number, Number, Number, u32, u8) {
    (found.requester_sc, found.calling_gt, found.node, found.age_s, found.uses)
}

struct Waiting {
    imsi: usize,
    center: usize,
    gt: usize,
    node: usize,
    at: u32,
    uses: u8,
}

impl Waiting {
    fn told(&self, time_s: u32) -> (Number, Number, Number, u32, u8) {
        let [center, gt, node] = [center(self.center), center(self.gt), imsi(self.node)].map(|n| Number::leading(&n));
        (center, gt, node, time_s.saturating_sub(self.at), self.uses)
    }
}

/// Oldest first.
#[derive(Default)]
struct Model(Vec<Waiting>);

impl Model {
    fn asked(&mut self, [imsi, center, gt, node]: [usize; 4], at: u32) -> Asked {
        let again = self.0.iter().position(|w| (w.imsi, w.center, w.gt) == (imsi, center, gt));
        let of_imsi = self.0.iter().filter(|waiting| waiting.imsi == imsi).count();
        let oldest = self.0.iter().position(|waiting| waiting.imsi == imsi);
        if let Some(at) = again.or(oldest.filter(|_| of_imsi == PAIRINGS_PER_IMSI)) {
            self.0.remove(at);
        }
        self.0.push(Waiting { imsi, center, gt, node, at, uses: 0 });
        if again.is_some() { Asked::Again } else { Asked::New }
    }
}

proptest! {
    #[test]
    fn what_waits_is_what_a_plain_list_says(
        steps in prop::collection::vec((0..3_usize, 0..12_usize, 0..2_usize, 0..3_usize, 0..40_u32, any::<bool>()), 1..120),
    ) {
        let (mut table, mut model) = (Pairings::new(1000, 42), Model::default());
        let mut time_s = 1_000;
        for (subscriber, sc, gt, node, later, is_used) in steps {
            time_s += later + 1;
            let told_now = table.asked(&imsi(subscriber), &center(sc), &center(gt), &imsi(node), time_s);
            prop_assert_eq!(told_now, model.asked([subscriber, sc, gt, node], time_s));
            if is_used {
                let own = |found: &Pairing| found.age_s == 0;
                let found = table.find(&imsi(subscriber), time_s, 0).find(own).unwrap();
                prop_assert_eq!(table.used(&found), 1);
                model.0.last_mut().unwrap().uses = 1;
            }
            prop_assert_eq!(table.len(), model.0.len());
            for subscriber in 0..3 {
                let mut found: Vec<_> = table.find(&imsi(subscriber), time_s, 100).map(told).collect();
                let of_imsi = model.0.iter().filter(|w| w.imsi == subscriber && time_s - w.at <= 100);
                let mut expected: Vec<_> = of_imsi.map(|w| w.told(time_s)).collect();
                found.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn any_octets_are_refused_or_found_again(
        key in prop::collection::vec(any::<u8>(), 0..20),
        address in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut table = Pairings::new(10, 42);
        let is_number = (1..=15).contains(&key.len()) && key.iter().all(u8::is_ascii_digit);
        let expected = if is_number { Asked::New } else { Asked::Refused };
        prop_assert_eq!(table.asked(&key, &address, &address, &address, 5), expected);
        prop_assert_eq!(table.find(&key, 5, 600).count(), usize::from(is_number));
    }
}

#[test]
fn keys_of_no_digits_and_of_sixteen_are_refused() {
    let mut table = Pairings::new(10, 42);
    for wrong in [&b""[..], b"0010199999999990", b"00101#"] {
        assert_eq!(table.asked(wrong, b"9990001", b"9990001", NODE, 1), Asked::Refused);
        assert_eq!(table.find(wrong, 1, 600).count(), 0);
    }
    assert!(table.is_empty());
}

#[test]
fn an_answer_is_waited_for_as_long_as_is_asked_and_no_longer() {
    let mut table = Pairings::new(10, 42);
    table.asked(IMSI, b"9990001", b"9990002", NODE, 1_000);
    let count = |time_s| table.find(IMSI, time_s, PAIRING_WINDOW_S).count();
    assert_eq!((count(1_600), count(1_601)), (1, 0));
    assert_eq!(count(990), 1, "time went back a little");
}

#[test]
fn uses_stop_at_255_and_begin_again_with_the_next_question() {
    let mut table = Pairings::new(10, 42);
    table.asked(IMSI, b"9990001", b"9990002", NODE, 1_000);
    let found = table.find(IMSI, 1_000, 600).next().unwrap();
    assert_eq!((1..=300).map(|_| table.used(&found)).last(), Some(255));
    assert_eq!(table.find(IMSI, 1_000, 600).next().map(|found| found.uses), Some(255));
    assert_eq!(table.asked(IMSI, b"9990001", b"9990002", NODE, 1_001), Asked::Again);
    assert_eq!(table.find(IMSI, 1_001, 600).next().map(|found| found.uses), Some(0));
}

#[test]
fn a_use_of_what_is_no_longer_held_counts_for_nobody() {
    let mut table = Pairings::new(1, 42);
    table.asked(IMSI, b"9990001", b"9990002", NODE, 1_000);
    let found = table.find(IMSI, 1_000, 600).next().unwrap();
    (0..10).for_each(|n| assert_eq!(table.asked(&imsi(n), b"9990001", b"9990002", NODE, 1_001), Asked::New));
    assert_eq!(table.used(&found), 0);
    let uses = (0..10).flat_map(|n| table.find(&imsi(n), 1_001, 600).map(|found| found.uses).collect::<Vec<_>>());
    assert_eq!(uses.collect::<Vec<_>>(), [0; 8]);
}

#[test]
fn one_subscriber_asked_for_by_many_does_not_push_out_others() {
    let mut table = Pairings::new(70, 42);
    (0..20).for_each(|n| assert_eq!(table.asked(&imsi(n), &center(n), &center(n), NODE, 1_000), Asked::New));
    (0..10_000).for_each(|n| assert_eq!(table.asked(IMSI, &center(n), &center(n), NODE, 1_001), Asked::New));
    assert_eq!(table.find(IMSI, 1_001, 600).count(), PAIRINGS_PER_IMSI);
    assert!((0..20).all(|n| table.find(&imsi(n), 1_001, 600).count() == 1));
    assert_eq!((table.len(), table.shed()), (20 + PAIRINGS_PER_IMSI, 10_000 - PAIRINGS_PER_IMSI as u64));
}

#[test]
fn a_flood_of_a_million_questions_sheds_the_oldest_and_takes_no_memory() {
    let mut table = Pairings::new(48_000, 42);
    let octets = table.octets();
    for n in 0..1_000_000 {
        table.asked(&imsi(n), &center(n % 7), &center(n % 5), NODE, 1_000 + n as u32 / 100);
    }
    let young = (980_000..1_000_000).filter(|n| table.find(&imsi(*n), 11_000, 600).count() == 1).count();
    assert!(young > 19_800, "{young} of the last 20000");
    assert_eq!((table.octets(), table.octets_per_entry()), (octets, PAIRING_COST_OCTETS));
    assert_eq!(table.len() as u64 + table.shed(), 1_000_000);
    table.clear();
    assert!(table.is_empty() && table.find(&imsi(999_999), 11_000, 600).next().is_none());
}
