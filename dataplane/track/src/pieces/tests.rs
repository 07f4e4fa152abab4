use super::*;

const SECOND: u64 = 1_000_000_000;
const KEY: MessageKey = MessageKey([1, 2]);

fn sizes(pieces: usize) -> PieceSizes {
    PieceSizes { pieces, octets: pieces * 124, timeout_ns: SECOND }
}

fn numbered(at: u32, count: u32, octets: &[u8]) -> Piece<'_> {
    let (first, last) = (at == 0, at + 1 == count);
    Piece { message: KEY, at, next: at + 1, first, last, octets, frame: u64::from(at) }
}

fn range(at: u32, octets: &[u8], last: bool) -> Piece<'_> {
    Piece { message: KEY, at, next: at + octets.len() as u32, first: at == 0, last, octets, frame: 0 }
}

fn joined(pieces: &mut Pieces, added: Added) -> Vec<u8> {
    let Added::Whole(run) = added else { panic!("{added:?}") };
    let mut out = vec![0; MESSAGE_OCTETS_MAX];
    let joined = pieces.join(run, &mut out, &mut []);
    out.truncate(joined.octets);
    out
}

/// Offers offsets in octets of a datagram and says what became of the last.
fn offered(ranges: &[(u32, &[u8], bool)]) -> (Added, Pieces) {
    let mut pieces = Pieces::of_offsets(sizes(64), 7);
    let mut added = Added::Refused;
    for &(at, octets, last) in ranges {
        added = pieces.add(&range(at, octets, last), 0);
    }
    (added, pieces)
}

#[test]
fn fragments_in_any_order_make_the_message() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let mut pieces = Pieces::new(sizes(8), 7);
        let mut last = Added::Refused;
        for (index, at) in order.into_iter().enumerate() {
            last = pieces.add(&numbered(at, 3, &[at as u8; 3]), 0);
            assert!(index == 2 || last == Added::Waiting, "{order:?}");
        }
        assert_eq!(joined(&mut pieces, last), [0, 0, 0, 1, 1, 1, 2, 2, 2], "{order:?}");
        assert_eq!(pieces.held(), 0);
    }
}

#[test]
fn a_last_piece_and_a_first_one_behind_it_are_two_messages() {
    let mut pieces = Pieces::new(sizes(8), 7);
    let piece = |at, first, last| Piece { first, last, ..numbered(at, 99, b"x") };
    assert_eq!(pieces.add(&piece(u32::MAX - 1, true, false), 0), Added::Waiting);
    let next_message = Piece { next: 2, ..piece(1, true, false) };
    assert_eq!(pieces.add(&next_message, 0), Added::Waiting);
    let end = Piece { at: u32::MAX, next: 0, ..piece(5, false, false) };
    assert_eq!(pieces.add(&end, 0), Added::Waiting);
    let last = pieces.add(&piece(0, false, true), 0);
    assert_eq!(joined(&mut pieces, last), b"xxx", "over the wrap of the TSN");
    assert_eq!(pieces.held(), 1);
}

#[test]
fn a_message_of_65_535_pieces_of_one_octet_is_joined_and_one_more_is_refused() {
    let mut pieces = Pieces::new(sizes(MESSAGE_OCTETS_MAX + 1), 7);
    let count = MESSAGE_OCTETS_MAX as u32 + 1;
    // From both ends to the middle.
    for at in (1..count / 2).chain((count / 2 + 1..count).rev()).chain([0]) {
        assert_eq!(pieces.add(&numbered(at, count, &[at as u8]), 0), Added::Waiting);
    }
    assert_eq!(pieces.add(&numbered(count / 2, count, &[9]), 0), Added::Refused);
    let added = pieces.add(&numbered(count / 2, count, &[]), 0);
    assert_eq!(joined(&mut pieces, added).len(), MESSAGE_OCTETS_MAX);
    assert_eq!(pieces.take_counts().joined, u64::from(count));
}

#[test]
fn frames_are_named_once_each_in_the_order_of_the_pieces() {
    let mut pieces = Pieces::new(sizes(8), 7);
    for (at, frame) in [(3, 10), (1, 11), (0, 10)] {
        assert_eq!(pieces.add(&Piece { frame, ..numbered(at, 4, b"ab") }, 0), Added::Waiting);
    }
    let Added::Whole(run) = pieces.add(&Piece { frame: 12, ..numbered(2, 4, b"ab") }, 0) else { panic!("whole") };
    let (mut out, mut frames) = ([0; 5], [0; 8]);
    let joined = pieces.join(run, &mut out, &mut frames);
    assert_eq!((joined, &frames[..3]), (Joined { octets: 5, frames: 3, last_at: 3, pieces: 4 }, &[10, 11, 12][..]));
    assert_eq!(&out, b"ababa", "as far as there is room");
}

#[test]
fn a_repeated_piece_is_told_from_one_that_contradicts() {
    let held = numbered(1, 9, b"abc");
    let others = [
        Piece { octets: b"abd", ..held },
        Piece { octets: b"ab", ..held },
        Piece { last: true, ..held },
        Piece { first: true, ..held },
        Piece { next: 3, ..held },
        Piece { at: 0, ..held },
    ];
    for other in others {
        for mut pieces in [Pieces::new(sizes(8), 7), Pieces::of_offsets(sizes(8), 7)] {
            assert_eq!(pieces.add(&held, 0), Added::Waiting);
            assert_eq!(pieces.add(&Piece { frame: 9, ..held }, 0), Added::Repeated);
            assert_eq!(pieces.add(&numbered(2, 9, b"y"), 0), Added::Waiting, "of the same run");
            assert_eq!(pieces.add(&numbered(5, 9, b"z"), 0), Added::Waiting, "of another");
            assert_eq!(pieces.add(&other, 0), Added::Conflict, "{other:?}");
            let counts = pieces.take_counts();
            let all = if pieces.of_offsets { 4 } else { 3 };
            assert_eq!((counts.repeated, counts.conflicts, counts.conflicting), (1, 1, all));
            assert_eq!(pieces.held() as u64, 4 - all, "what is known to be of the message is given up");
        }
    }
}

#[test]
fn ip_fragments_that_overlap_are_never_joined() {
    let a = &[1; 16][..];
    let b = &[2; 8][..];
    // Teardrop: the second within the first (RFC 1858 §4).
    assert_eq!(offered(&[(0, a, false), (8, b, true)]).0, Added::Conflict);
    // The tail overwrites the header from offset 8 on (RFC 3128 §2), in whatever order.
    let tiny = [(0, a, false), (8, a, false), (16, b, true)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut pieces = Pieces::of_offsets(sizes(64), 7);
        let outcomes = order.map(|index| {
            let (at, octets, last) = tiny[index];
            pieces.add(&range(at, octets, last), 0)
        });
        // Where the rest makes a datagram without the overlapping one, that may have come too late.
        let whole = outcomes.iter().any(|outcome| matches!(outcome, Added::Whole(_)));
        assert!(outcomes.contains(&Added::Conflict) || whole && order[2] == 1, "{order:?}: {outcomes:?}");
    }
    // Beyond the end, and two ends.
    assert_eq!(offered(&[(0, b, false), (32, b, false), (16, b, true)]).0, Added::Conflict);
    assert_eq!(offered(&[(8, b, true), (16, b, true)]).0, Added::Conflict);
    let (added, mut pieces) = offered(&[(8, b, true), (0, b, false)]);
    assert_eq!(joined(&mut pieces, added), [2; 16]);
}

#[test]
fn old_pieces_expire_and_a_full_table_sheds_the_oldest_run_whole() {
    let mut pieces = Pieces::new(sizes(4), 7);
    let of = |message: u64, at| Piece { message: MessageKey([message, 0]), ..numbered(at, 9, b"x") };
    for (message, at) in [(1, 0), (2, 0), (1, 1), (1, 5)] {
        assert_eq!(pieces.add(&of(message, at), 0), Added::Waiting);
    }
    assert_eq!(pieces.add(&of(4, 0), 1), Added::Waiting);
    assert_eq!((pieces.take_counts().shed, pieces.held()), (2, 3), "both pieces of the oldest run");
    assert_eq!(pieces.add(&of(2, 1), SECOND + 1), Added::Waiting);
    assert_eq!((pieces.take_counts().expired, pieces.held()), (1, 3), "the oldest, with each piece that comes");
    assert_eq!(pieces.add(&of(3, 1), SECOND + 1), Added::Waiting);
    assert_eq!((pieces.take_counts().expired, pieces.held()), (1, 3));
}

#[test]
fn a_datagram_sheds_all_its_fragments() {
    let mut pieces = Pieces::of_offsets(sizes(4), 7);
    for at in [8, 24, 40] {
        assert_eq!(pieces.add(&range(at, &[1; 8], false), 0), Added::Waiting);
    }
    let of = |message: u64| Piece { message: MessageKey([message, 0]), ..range(8, b"another ", false) };
    assert_eq!(pieces.add(&of(2), 0), Added::Waiting);
    assert_eq!(pieces.add(&of(3), 0), Added::Waiting);
    assert_eq!((pieces.take_counts().shed, pieces.held()), (3, 2));
}

#[test]
fn what_can_never_fit_is_refused_and_a_message_too_large_for_the_table_sheds_itself() {
    let mut pieces = Pieces::new(sizes(2), 7);
    assert_eq!(pieces.add(&numbered(0, 9, b"x"), 0), Added::Waiting);
    assert_eq!(pieces.add(&numbered(1, 9, &[0; 249]), 0), Added::Refused, "larger than the table");
    assert_eq!(pieces.add(&Piece { next: 7, ..numbered(7, 9, b"x") }, 0), Added::Refused, "of no extent");
    assert_eq!((pieces.take_counts().refused, pieces.held()), (2, 1));
    assert_eq!(pieces.add(&numbered(1, 9, b"x"), 0), Added::Waiting);
    assert_eq!(pieces.add(&numbered(2, 9, b"x"), 0), Added::Waiting);
    assert_eq!((pieces.take_counts().shed, pieces.held()), (2, 1));
}

#[test]
fn what_its_sender_gives_up_is_forgotten_run_by_run() {
    let mut pieces = Pieces::new(sizes(8), 7);
    for at in [0, 1, 3, 6, 7] {
        assert_eq!(pieces.add(&numbered(at, 9, b"x"), 0), Added::Waiting);
    }
    pieces.forget_upto(KEY, 3);
    assert_eq!((pieces.take_counts().forgotten, pieces.held()), (3, 2));
    pieces.forget_upto(MessageKey([9, 9]), 9);
    pieces.forget_upto(KEY, u32::MAX);
    assert_eq!(pieces.held(), 2, "a position before all of them");
    pieces.forget_upto(KEY, 6);
    assert_eq!(pieces.held(), 0);
}

#[test]
fn a_ring_of_pieces_has_no_beginning_and_is_a_conflict() {
    let mut pieces = Pieces::new(sizes(8), 7);
    let piece = |at, next| Piece { first: false, last: false, at, next, ..numbered(0, 9, b"x") };
    assert_eq!(pieces.add(&piece(5, 9), 0), Added::Waiting);
    assert_eq!(pieces.add(&piece(9, 5), 0), Added::Conflict);
}
