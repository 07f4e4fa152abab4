//! The table of correlation ids: who may redeem which for how long, over restarts and over any octets.

use proptest::prelude::*;
use sluice_splice::home::{
    LIFE_NS, Node, Numbering, Refused, Requester, Route, Routes, TakenUp, TooSmall, Words, octets_for,
};
use sluice_wire::digits::Digits;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The IMSI of a subscriber.
const IMSI: [u8; 8] = [0x00, 0x01, 0x01, 0x21, 0x43, 0x65, 0x87, 0xF9];

fn route(n: u8) -> Route {
    let node = Node { number: &[0x91, 0x99, 0x89, n], is_sgsn: false };
    Route::new(&[0x00, 0x01, 0x01, n], node, Some(Node { number: &[0x91, 0x99, n], is_sgsn: true })).unwrap()
}

const NUMBERING: &str = "00101";
const ASKED: Requester = Requester(77);

/// Memory that is seen from outside, too.
#[derive(Clone)]
struct Memory(Arc<Vec<AtomicU64>>);

impl AsRef<[AtomicU64]> for Memory {
    fn as_ref(&self) -> &[AtomicU64] {
        &self.0
    }
}

impl Memory {
    /// Beyond the last whole word nothing is kept.
    fn of(octets: &[u8]) -> Self {
        Self(Arc::new(octets.as_chunks().0.iter().map(|word| AtomicU64::new(u64::from_le_bytes(*word))).collect()))
    }

    fn words(&self) -> Words {
        Words::of(self.clone())
    }

    fn octets(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.load(Ordering::Relaxed).to_le_bytes()).collect()
    }

    fn flip(&self, at: usize, bits: u8) {
        self.0[at / 8].fetch_xor(u64::from(bits) << (8 * (at % 8)), Ordering::Relaxed);
    }
}

fn memory_for(ids: usize) -> Memory {
    Memory::of(&vec![0; octets_for(ids)])
}

fn table(memory: &Memory, now_ns: u64) -> (Routes, TakenUp) {
    Routes::open(memory.words(), Numbering::new(NUMBERING, 2, 8).unwrap(), LIFE_NS, now_ns).unwrap()
}

#[test]
fn an_id_is_good_for_who_asked_as_often_as_needed_until_its_time_is_over() {
    let memory = memory_for(100);
    let (mut routes, _) = table(&memory, 5);
    let id = routes.issue(&route(1), ASKED, 5, 1234).unwrap();
    for now_ns in [5, 6, LIFE_NS / 2, 4 + LIFE_NS] {
        assert_eq!(routes.redeem(id.octets(), ASKED, now_ns), Ok(route(1)));
        assert_eq!(routes.redeem(id.octets(), Requester(78), now_ns), Err(Refused::Stolen));
    }
    assert_eq!(routes.redeem(id.octets(), ASKED, 5 + LIFE_NS), Err(Refused::Expired));
    assert_eq!(routes.redeem(id.octets(), ASKED, 0), Err(Refused::Expired), "a clock that was set back");
    let other = routes.issue(&route(2), ASKED, 5, 99).unwrap();
    assert_ne!(id, other);
    assert_eq!(routes.redeem(other.octets(), ASKED, 5), Ok(route(2)));
    assert_eq!(routes.fill(5), (2, 256));
}

#[test]
fn an_id_says_its_network_and_core_and_no_other_core_knows_it() {
    let ours = memory_for(10);
    let (mut routes, _) = table(&ours, 5);
    let id = routes.issue(&route(1), ASKED, 5, 4321).unwrap();
    let digits = Digits::tbcd(id.octets());
    assert!(digits.len() == 15 && digits.as_str().starts_with("001012"), "{digits}");
    assert_eq!(routes.numbering().core_of(id.octets()), Some(2));
    let elsewhere = |network, core, cores| Numbering::new(network, core, cores).unwrap();
    assert_eq!(elsewhere("00101", 0, 8).core_of(id.octets()), Some(2));
    assert_eq!(elsewhere("00102", 2, 8).core_of(id.octets()), None);
    assert_eq!(elsewhere("00101", 0, 2).core_of(id.octets()), None);
    let memory = memory_for(10);
    let other = Routes::open(memory.words(), elsewhere("00101", 3, 8), LIFE_NS, 5).unwrap().0;
    assert_eq!(other.redeem(id.octets(), ASKED, 5), Err(Refused::Unknown));
    let numbering = Numbering::new(NUMBERING, 2, 8).unwrap();
    let seen_by_another = Routes::look_at(ours.words(), numbering, LIFE_NS).unwrap();
    assert_eq!(seen_by_another.redeem(id.octets(), ASKED, 5), Ok(route(1)), "what is given later is seen, too");
    let nothing = Routes::look_at(memory_for(10).words(), numbering, LIFE_NS).unwrap();
    assert_eq!(nothing.redeem(id.octets(), ASKED, 5), Err(Refused::Unknown), "not begun yet");
    for id in [&[][..], &[0; 8], &[0xFF; 8], &[0x00, 0x01, 0xF1], &IMSI] {
        assert_eq!(routes.redeem(id, ASKED, 5), Err(Refused::Unknown), "{id:x?}");
    }
}

#[test]
fn numberings_that_cannot_be_are_refused() {
    for (network, core, cores) in
        [("0010", 0, 1), ("0010101", 0, 1), ("0010a", 0, 1), ("00101", 1, 1), ("00101", 0, 101)]
    {
        assert_eq!(Numbering::new(network, core, cores), None, "{network} {core} of {cores}");
    }
    for (cores, network) in [(1, "001010"), (10, "00101"), (11, "001010"), (100, "001010")] {
        let numbering = Numbering::new(network, cores - 1, cores).unwrap();
        let memory = memory_for(1);
        let id = Routes::open(memory.words(), numbering, LIFE_NS, 0).unwrap().0.issue(&route(1), ASKED, 0, 7).unwrap();
        assert_eq!(numbering.core_of(id.octets()), Some(cores - 1));
    }
}

#[test]
fn a_table_is_taken_up_after_a_restart_and_one_of_another_numbering_is_cleared() {
    let memory = Memory::of(&vec![0x5A; octets_for(100)]);
    let (mut routes, found) = table(&memory, 5);
    assert_eq!(found, TakenUp { was_there: false, ids: 0, damaged: 0 });
    let ids: Vec<_> = (0..50).map(|n| routes.issue(&route(n), ASKED, 5, u64::from(n)).unwrap()).collect();
    let (routes, found) = table(&memory, 6);
    assert_eq!(found, TakenUp { was_there: true, ids: 50, damaged: 0 });
    for (n, id) in (0..).zip(&ids) {
        assert_eq!(routes.redeem(id.octets(), ASKED, 7), Ok(route(n)));
    }
    assert_eq!(table(&memory, 5 + LIFE_NS).1, TakenUp { was_there: true, ids: 0, damaged: 0 });
    let other = Numbering::new("00102", 2, 8).unwrap();
    let (routes, found) = Routes::open(memory.words(), other, LIFE_NS, 6).unwrap();
    assert_eq!((found.was_there, routes.fill(6).0), (false, 0));
    assert_eq!(table(&memory, 6).1, TakenUp::default());
}

#[test]
fn a_damaged_entry_is_none_and_the_others_stay() {
    let memory = memory_for(100);
    let id = table(&memory, 5).0.issue(&route(1), ASKED, 5, 1).unwrap();
    let kept = table(&memory, 5).0.issue(&route(2), ASKED, 5, 2).unwrap();
    let at = memory.octets().windows(4).position(|window| window == route(1).imsi()).unwrap();
    memory.flip(at, 1);
    let (routes, found) = table(&memory, 6);
    assert_eq!(found, TakenUp { was_there: true, ids: 1, damaged: 1 });
    assert_eq!(routes.redeem(id.octets(), ASKED, 6), Err(Refused::Unknown));
    assert_eq!(routes.redeem(kept.octets(), ASKED, 6), Ok(route(2)));
}

#[test]
fn a_table_holds_what_it_was_made_for_and_gives_places_again_when_their_time_is_over() {
    let memory = memory_for(3000);
    let (mut routes, _) = table(&memory, 5);
    let given: Vec<_> = (0..3000).filter_map(|n| routes.issue(&route(1), ASKED, 5, n * 77)).collect();
    let mut distinct = given.clone();
    distinct.sort_by_key(|id| *id.octets());
    distinct.dedup();
    assert!(given.len() > 2990 && distinct.len() == given.len(), "{} given", given.len());
    assert!(given.iter().all(|id| routes.redeem(id.octets(), ASKED, 6).is_ok()));
    let more = (0..3000).filter(|n| routes.issue(&route(2), ASKED, 6, n * 99 + 1).is_some()).count();
    assert!(more < 1500, "full: {more}");
    let again = (0..3000).filter(|n| routes.issue(&route(3), ASKED, 6 + LIFE_NS, n * 55 + 3).is_some()).count();
    assert!(again > 2990, "{again}");
    assert!(given.iter().all(|id| routes.redeem(id.octets(), ASKED, 6 + LIFE_NS).is_err()));
}

#[test]
fn too_few_octets_are_no_table() {
    let numbering = Numbering::new(NUMBERING, 0, 1).unwrap();
    for octets in 0..octets_for(1) {
        assert_eq!(Routes::open(Words::new(octets), numbering, 1, 0).err(), Some(TooSmall));
    }
    assert!(Routes::open(Words::new(octets_for(1)), numbering, 1, 0).is_ok());
}

#[test]
fn requesters_differ_by_each_of_both_parts_and_by_the_secret() {
    let all = [(1, "ab", "c"), (1, "a", "bc"), (1, "c", "ab"), (2, "ab", "c"), (1, "abc", ""), (1, "", "abc")];
    let mut prints: Vec<u64> = all.iter().map(|(s, a, b)| Requester::of(*s, a.as_bytes(), b.as_bytes()).0).collect();
    assert_eq!(Requester::of(1, b"ab", b"c").0, prints[0]);
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), all.len());
}

#[test]
fn a_message_goes_to_the_node_of_its_kind() {
    let (msc, sgsn) = (&[0x91, 0x99, 0x89, 3][..], &[0x91, 0x99, 3][..]);
    assert_eq!((route(3).towards(false).number, route(3).towards(true).number), (msc, sgsn));
    let only = Route::new(&IMSI, Node { number: msc, is_sgsn: false }, None).unwrap();
    assert_eq!(only.towards(true), Node { number: msc, is_sgsn: false });
    assert!(Route::new(&[0; 9], only.node(), None).is_none() && Route::new(&[0; 2], only.node(), None).is_none());
    assert!(Route::new(&IMSI, Node { number: &[0x91; 10], is_sgsn: false }, None).is_none());
}

proptest! {
    #[test]
    fn any_octets_for_a_table_are_taken_up_without_harm(
        memory in prop::collection::vec(any::<u8>(), 0..2000),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        now_ns: u64,
        random: u64,
    ) {
        let numbering = Numbering::new(NUMBERING, 2, 8).unwrap();
        let memory = Memory::of(&memory);
        if Routes::open(memory.words(), numbering, LIFE_NS, now_ns).is_ok() {
            for (place, bits) in places {
                memory.flip(place.index(memory.octets().len()), bits);
            }
            let mut routes = Routes::open(memory.words(), numbering, LIFE_NS, now_ns).unwrap().0;
            let id = routes.issue(&route(1), ASKED, now_ns, random);
            let redeemed = id.map(|id| routes.redeem(id.octets(), ASKED, now_ns));
            // At the end of time nothing is good.
            prop_assert!(redeemed == Some(Ok(route(1))) || now_ns == u64::MAX);
        }
    }
}
