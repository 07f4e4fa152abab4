use super::*;

const MINUTE: u64 = 60_000_000_000;
const TICK: u64 = 1 << TICK_BITS;
/// Called and calling party of the Begin.
const PEERS: [u64; 2] = [22, 11];
/// Those of an answer.
const BACK: [u64; 2] = [11, 22];

fn key(transaction: u64, node: u64) -> NodeKey {
    NodeKey { transaction, node }
}

fn table(capacity: usize) -> Dialogues {
    Dialogues::new(capacity, MINUTE, 42)
}

fn opened(t: &mut Dialogues, key: NodeKey, now_ns: u64) -> (&mut Dialogue, Opened) {
    let (found, outcome) = t.open(key, PEERS, now_ns);
    (t.at(found).unwrap(), outcome)
}

fn found(t: &mut Dialogues, to: NodeKey, from: Option<NodeKey>, now_ns: u64) -> Option<&mut Dialogue> {
    let found = t.find(Some(to), from, BACK, now_ns)?;
    t.at(found)
}

fn close(t: &mut Dialogues, to: NodeKey, now_ns: u64) -> Ended {
    let found = t.find(Some(to), None, BACK, now_ns);
    t.close(found)
}

#[test]
fn a_dialogue_is_found_from_either_side_until_it_ends() {
    let mut t = table(8);
    let (a, b) = (key(0xA, 1), key(0xB, 2));
    let number = opened(&mut t, a, 0).0.number;
    assert_eq!(found(&mut t, a, Some(b), 1).unwrap().number, number, "Continue of the responder");
    assert_eq!(found(&mut t, b, Some(a), 2).unwrap().number, number, "Continue of the opener");
    assert_eq!(close(&mut t, b, 3), Ended::Closed);
    assert_eq!(close(&mut t, a, 3), Ended::Unknown);
    assert!(t.find(Some(a), None, BACK, 3).is_none());
    assert!(t.is_empty());
}

#[test]
fn the_id_of_the_sender_alone_ends_nothing() {
    let mut t = table(8);
    t.open(key(1, 1), PEERS, 0);
    let found = t.find(None, Some(key(1, 1)), BACK, 1);
    assert!(found.is_some());
    assert_eq!(t.close(found), Ended::Unknown);
    assert_eq!(t.len(), 1);
}

#[test]
fn the_same_id_of_another_node_is_another_dialogue() {
    let mut t = table(8);
    let first = opened(&mut t, key(1, 1), 0).0.number;
    let second = opened(&mut t, key(1, 2), 0).0.number;
    assert_ne!(first, second);
    assert_eq!(found(&mut t, key(1, 1), None, 0).unwrap().number, first);
}

#[test]
fn an_id_used_again_replaces_the_dialogue_that_was_never_ended() {
    let mut t = table(8);
    opened(&mut t, key(1, 1), 0).0.is_sms = true;
    let (dialogue, outcome) = opened(&mut t, key(1, 1), 1);
    assert_eq!(outcome, Opened::Replaced);
    assert!(!dialogue.is_sms);
    assert_eq!(t.len(), 1);
}

#[test]
fn a_full_table_gives_up_the_oldest_and_stays_full() {
    let mut t = table(4);
    for n in 0..4 {
        assert_eq!(t.open(key(n, 1), PEERS, n).1, Opened::Fresh);
    }
    assert_eq!(t.open(key(9, 1), PEERS, 9).1, Opened::Shed);
    assert!(t.find(Some(key(0, 1)), None, BACK, 9).is_none());
    assert!(t.find(Some(key(9, 1)), None, BACK, 9).is_some());
    assert_eq!(t.len(), 4);
}

#[test]
fn the_oldest_goes_first_whatever_slot_it_has() {
    let mut t = table(4);
    for n in 0..4 {
        t.open(key(n, 1), PEERS, n);
    }
    close(&mut t, key(0, 1), 4);
    t.open(key(4, 1), PEERS, 5);
    assert_eq!(t.open(key(5, 1), PEERS, 6).1, Opened::Shed);
    assert!(t.find(Some(key(1, 1)), None, BACK, 7).is_none(), "opened before those that were given up since");
    assert!(t.find(Some(key(4, 1)), None, BACK, 7).is_some());
}

#[test]
fn silence_ends_a_dialogue_and_is_counted_once() {
    let mut t = table(4);
    t.open(key(1, 1), PEERS, 0);
    assert!(t.find(Some(key(1, 1)), None, BACK, MINUTE).is_some());
    assert!(t.find(Some(key(1, 1)), None, BACK, 2 * MINUTE).is_some());
    assert!(t.find(Some(key(1, 1)), None, BACK, 3 * MINUTE + 2 * TICK).is_none());
    assert!(t.is_empty());
    assert_eq!(t.take_counts(), DialogueCounts { opened: 1, expired: 1, ..DialogueCounts::default() });
}

#[test]
fn a_dialogue_that_nobody_ends_expires_as_others_begin() {
    let mut t = table(8);
    for n in 0..3 {
        t.open(key(n, 1), PEERS, 0);
    }
    for n in 3..6 {
        assert_eq!(t.open(key(n, 1), PEERS, 2 * MINUTE).1, Opened::Fresh);
        assert_eq!(t.len(), 3);
    }
    assert_eq!(t.open(key(3, 1), PEERS, 4 * MINUTE).1, Opened::Fresh, "it was the oldest, and gone");
    assert_eq!(t.open(key(5, 1), PEERS, 4 * MINUTE).1, Opened::Expired, "of the same id, but silent for too long");
    assert_eq!(t.take_counts().expired, 3 + 3);
    assert_eq!(t.len(), 2);
}

#[test]
fn time_that_goes_back_ends_nothing() {
    let mut t = table(4);
    t.open(key(1, 1), PEERS, 10 * MINUTE);
    assert!(t.find(Some(key(1, 1)), None, BACK, 0).is_some());
    t.open(key(2, 1), PEERS, 0);
    assert_eq!(t.len(), 2);
}

#[test]
fn the_first_answer_may_bring_another_address_and_nothing_else_may() {
    let mut t = table(4);
    let (a, b) = (key(0xA, 1), key(0xB, 2));
    let addresses = |t: &mut Dialogues, to, from, peers| t.find(Some(to), Some(from), peers, 1).map(|f| f.addresses());
    let (found, _) = t.open(a, [22, 11], 0);
    assert_eq!(found.addresses(), Addresses::Known);
    assert_eq!(addresses(&mut t, a, b, [11, 33]), Some(Addresses::Answering));
    assert_eq!(addresses(&mut t, b, a, [33, 11]), Some(Addresses::Known));
    assert_eq!(addresses(&mut t, a, b, [11, 33]), Some(Addresses::Known));
    for (to, from, peers) in [(a, b, [11, 22]), (a, b, [99, 33]), (b, a, [22, 11]), (b, a, [33, 99])] {
        assert_eq!(addresses(&mut t, to, from, peers), Some(Addresses::Other), "{peers:?}");
    }
    assert_eq!(addresses(&mut t, a, b, [11, 33]), Some(Addresses::Known), "the others left no trace");
}

#[test]
fn an_answer_of_either_side_is_given_the_operation_the_other_invoked() {
    let mut t = table(4);
    let (a, b) = (key(0xA, 1), key(0xB, 2));
    opened(&mut t, a, 0).0.remember(1, 44);
    let dialogue = found(&mut t, a, Some(b), 0).unwrap();
    assert_eq!(dialogue.operation_of(1), Some(44));
    dialogue.remember(1, 60);
    assert_eq!(found(&mut t, b, Some(a), 0).unwrap().operation_of(1), Some(60));
    assert_eq!(found(&mut t, a, None, 0).unwrap().operation_of(1), Some(44), "in an End, which has one id");
}

#[test]
fn ids_of_one_to_four_octets_are_told_apart_and_may_be_used_again() {
    let mut t = table(8);
    // Length and value, as the codec folds them: 00, 0000, 000000, 00000000.
    let keys = [1, 2, 3, 4].map(|len: u64| key(len << 32, 1));
    let numbers = keys.map(|key| opened(&mut t, key, 0).0.number);
    for (key, number) in keys.into_iter().zip(numbers) {
        assert_eq!(found(&mut t, key, None, 0).unwrap().number, number);
        assert_eq!(close(&mut t, key, 0), Ended::Closed);
        assert_eq!(opened(&mut t, key, 0).1, Opened::Fresh);
    }
}

#[test]
fn a_million_dialogues_in_and_out_leave_the_table_as_it_was() {
    let mut t = table(1000);
    for n in 0..1_000_000u64 {
        t.open(key(n, 1), PEERS, n);
        if n % 2 == 0 {
            assert_eq!(close(&mut t, key(n, 1), n), Ended::Closed);
        }
    }
    assert_eq!(t.len(), 1000);
    let counts = t.take_counts();
    assert_eq!((counts.opened, counts.closed, counts.shed), (1_000_000, 500_000, 499_000));
}

#[test]
fn a_dialogue_costs_what_the_book_says() {
    let index = places::PLACES_OCTETS;
    assert_eq!(size_of::<Dialogue>() + size_of::<[u32; 2]>() + index, DIALOGUE_COST_OCTETS);
}
