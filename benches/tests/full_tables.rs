//! Floods through tables of a fixed size: nothing is allocated after the start, and what is shed is counted exactly.
//!
//! A million of each in the normal run; `SLUICE_FLOOD=10000000` in the environment sets another number.

use sluice_bench::allocations::{Counting, during as allocations_during, is_counting};
use sluice_track::{
    Added, Dialogues, Join, MessageKey, NodeKey, Opened, PartSizes, Parts, Piece, PieceSizes, Pieces, mix,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn flood() -> u64 {
    let number = std::env::var("SLUICE_FLOOD").ok();
    number.map_or(1_000_000, |number| number.parse().expect("SLUICE_FLOOD is a number"))
}

const CAPACITY: u64 = 4096;
/// So that none grows too old, whatever the number.
const NEVER_NS: u64 = u64::MAX;

fn piece(message: [u64; 2], at: u32, octets: &[u8]) -> Piece<'_> {
    Piece { message: MessageKey(message), at, next: at.wrapping_add(1), first: false, last: false, octets, frame: 0 }
}

fn piece_sizes(pieces: u64, octets_each: usize) -> PieceSizes {
    PieceSizes { pieces: pieces as usize, octets: pieces as usize * octets_each, timeout_ns: NEVER_NS }
}

#[test]
fn the_count_of_allocations_counts() {
    assert!(is_counting());
}

#[test]
fn dialogues_that_nobody_answers_shed_the_oldest_one_by_one() {
    let offered = flood();
    let mut table = Dialogues::new(CAPACITY as usize, NEVER_NS, 7);
    let (allocations, shed) = allocations_during(|| {
        let opener = |n| NodeKey { transaction: 4 << 32 | n, node: 1 };
        (0..offered).filter(|n| table.open(opener(*n), [1, 2], *n).1 == Opened::Shed).count() as u64
    });
    let counts = table.take_counts();
    assert_eq!((allocations, table.len() as u64), (0, CAPACITY));
    assert_eq!((counts.opened, counts.shed, shed), (offered, offered - CAPACITY, offered - CAPACITY));
    assert_eq!((counts.closed, counts.replaced, counts.expired), (0, 0, 0));
    let newest = NodeKey { transaction: 4 << 32 | (offered - 1), node: 1 };
    assert!(table.find(Some(newest), None, [2, 1], offered).is_some());
}

#[test]
fn fragments_of_messages_that_never_come_shed_the_oldest_one_by_one() {
    let offered = flood();
    let mut table = Pieces::new(piece_sizes(CAPACITY, 124), 7);
    let (allocations, waiting) = allocations_during(|| {
        let add = |n: &u64| table.add(&piece([*n, 1], *n as u32, b"\x01"), *n) == Added::Waiting;
        (0..offered).filter(add).count() as u64
    });
    let counts = table.take_counts();
    assert_eq!((allocations, waiting, table.held() as u64), (0, offered, CAPACITY));
    assert_eq!((counts.added, counts.shed), (offered, offered - CAPACITY));
}

#[test]
fn fragments_of_one_octet_that_make_ever_longer_runs_take_time_in_proportion_to_their_number() {
    let offered = flood();
    let mut table = Pieces::new(piece_sizes(65_536, 124), 7);
    // Every piece stands beside another; runs grow at both ends and meet. A walk along a run would take days.
    let (allocations, refused) = allocations_during(|| {
        let at = |n: u64| if n.is_multiple_of(2) { (n / 2) as u32 } else { (n / 2 + 30_000) as u32 };
        (0..offered).filter(|n| table.add(&piece([1, 1], at(*n), b"\x01"), *n) == Added::Refused).count() as u64
    });
    let counts = table.take_counts();
    let gone = counts.joined + counts.repeated + counts.conflicting + counts.shed + counts.expired;
    assert_eq!((allocations, counts.refused, counts.added), (0, refused, offered - refused));
    assert_eq!(counts.added, gone + table.held() as u64);
    assert!(table.held() <= 65_536);
}

#[test]
fn whole_messages_pass_through_a_flood_of_fragments() {
    let offered = flood() / 10;
    let mut table = Pieces::new(piece_sizes(CAPACITY, 124), 7);
    let mut out = [0; 64];
    let (allocations, joined) = allocations_during(|| {
        let mut joined = 0;
        for n in 0..offered {
            let own = [n, 2];
            let first = Piece { first: true, ..piece(own, 0, b"to be ") };
            assert_eq!(table.add(&first, n), Added::Waiting);
            for stray in 0..8 {
                assert_eq!(table.add(&piece([n, 3 + stray], 9, b"?"), n), Added::Waiting);
            }
            if let Added::Whole(run) = table.add(&Piece { last: true, ..piece(own, 1, b"continued") }, n) {
                joined += table.join(run, &mut out, &mut []).octets as u64;
            }
        }
        joined
    });
    let counts = table.take_counts();
    assert_eq!((allocations, joined, &out[..15]), (0, offered * 15, &b"to be continued"[..]));
    assert_eq!((counts.joined, counts.wholes), (offered * 2, offered));
    assert_eq!(counts.shed, offered * 8 - table.held() as u64);
}

#[test]
fn parts_of_texts_that_never_end_shed_the_quietest_one_by_one() {
    let offered = flood();
    let sizes = PartSizes { parts: CAPACITY as usize, octets: CAPACITY as usize * 124, timeout_ns: NEVER_NS };
    let mut table = Parts::new(sizes, 7);
    let (allocations, new) = allocations_during(|| {
        let add = |n: &u64| table.add(MessageKey([*n, 1]), 255, 200, "¿qué?".as_bytes(), *n).outcome == Join::New;
        (0..offered).filter(add).count() as u64
    });
    let counts = table.take_counts();
    assert_eq!((allocations, new, table.held() as u64), (0, offered, CAPACITY));
    assert_eq!((counts.new, counts.shed, counts.expired), (offered, offered - CAPACITY, 0));
    let mut out = [0; 16];
    let len = table.text(MessageKey([offered - 1, 1]), &mut out);
    assert_eq!(&out[..len], "…¿qué?".as_bytes());
}

#[test]
fn parts_of_a_few_texts_in_any_order_change_and_repeat_without_end() {
    let offered = flood() / 10;
    let sizes = PartSizes { parts: CAPACITY as usize, octets: CAPACITY as usize * 124, timeout_ns: NEVER_NS };
    let mut table = Parts::new(sizes, 7);
    let mut out = vec![0; 65_536];
    let (allocations, octets) = allocations_during(|| {
        let mut octets = 0;
        for n in 0..offered {
            let random = mix(9, n, 0);
            let key = MessageKey([random % 40, 1]);
            let words = [b'a' + (random >> 40) as u8 % 2; 20];
            table.add(key, 255, (random >> 16) as u8, &words, n);
            if n % 64 == 0 {
                octets += table.text(key, &mut out);
            }
        }
        octets
    });
    let counts = table.take_counts();
    assert_eq!(allocations, 0);
    assert!(octets > 0 && counts.repeated > 0 && counts.changed > 0 && counts.refused > 0 && counts.shed > 0);
    assert_eq!(counts.new + counts.repeated + counts.changed + counts.refused, offered);
    assert_eq!(counts.new, counts.shed + counts.expired + table.held() as u64);
}
