//! The table of pieces against a plain model that looks at all it holds.

use proptest::prelude::*;
use sluice_track::{Added, Joined, MessageKey, Piece, PieceCounts, PieceSizes, Pieces};

const CELL_OCTETS: usize = 124;
const PIECES: usize = 7;
const CELLS: usize = 9;
const TIMEOUT_NS: u64 = 40;

#[derive(Clone, Debug, PartialEq)]
struct Held {
    message: u64,
    at: u32,
    next: u32,
    first: bool,
    last: bool,
    octets: Vec<u8>,
    frame: u64,
    since_ns: u64,
}

impl Held {
    fn piece(&self) -> Piece<'_> {
        let Self { at, next, first, last, frame, .. } = *self;
        Piece { message: MessageKey([self.message, !self.message]), at, next, first, last, octets: &self.octets, frame }
    }

    fn is_followed_by(&self, other: &Self) -> bool {
        self.message == other.message && self.next == other.at && !self.last && !other.first
    }
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Waiting,
    Whole(Vec<u8>, Vec<u64>, u32),
    Repeated,
    Conflict,
    Refused,
}

/// What the table should do, without a thought for how long it takes.
#[derive(Default)]
struct Model {
    of_offsets: bool,
    held: Vec<Held>,
    counts: PieceCounts,
}

impl Model {
    fn run_of(&self, piece: &Held) -> Vec<Held> {
        let mut run = vec![piece.clone()];
        while let Some(before) = self.held.iter().find(|held| held.is_followed_by(&run[0])) {
            if run.contains(before) {
                break;
            }
            run.insert(0, before.clone());
        }
        while let Some(after) = self.held.iter().find(|held| run[run.len() - 1].is_followed_by(held)) {
            if run.contains(after) {
                break;
            }
            run.push(after.clone());
        }
        run
    }

    fn give_up(&mut self, piece: &Held) -> u64 {
        let run = self.run_of(piece);
        let before = self.held.len();
        let of_offsets = self.of_offsets;
        self.held.retain(|held| if of_offsets { held.message != piece.message } else { !run.contains(held) });
        (before - self.held.len()) as u64
    }

    fn conflict(&mut self, with: &Held) -> Outcome {
        self.counts.conflicts += 1;
        self.counts.conflicting += self.give_up(with) + 1;
        Outcome::Conflict
    }

    fn overlaps(&self, new: &Held) -> bool {
        let all: Vec<&Held> = self.held.iter().filter(|held| held.message == new.message).chain([new]).collect();
        let ends: Vec<u32> = all.iter().filter(|held| held.last).map(|held| held.next).collect();
        let octets: usize = all.iter().map(|held| held.octets.len()).sum();
        let contradicts = |end: &u32| octets > *end as usize || all.iter().any(|held| held.next > *end);
        all.len() > 1 && (ends.windows(2).any(|two| two[0] != two[1]) || ends.iter().any(contradicts))
    }

    fn cells(&self) -> usize {
        self.held.iter().map(|held| held.octets.len().div_ceil(CELL_OCTETS)).sum()
    }

    fn add(&mut self, new: &Held, now_ns: u64) -> Outcome {
        let is_old = |held: &Held| now_ns - held.since_ns > TIMEOUT_NS;
        if let Some(oldest) = self.held.first().cloned().filter(is_old) {
            self.counts.expired += self.give_up(&oldest);
        }
        let cells = new.octets.len().div_ceil(CELL_OCTETS);
        if new.at == new.next || cells > CELLS {
            self.counts.refused += 1;
            return Outcome::Refused;
        }
        self.counts.added += 1;
        let of_message = |held: &&Held| held.message == new.message;
        if let Some(held) = self.held.iter().filter(of_message).find(|held| held.at == new.at).cloned() {
            if (held.next, held.first, held.last, &held.octets) == (new.next, new.first, new.last, &new.octets) {
                self.counts.repeated += 1;
                return Outcome::Repeated;
            }
            return self.conflict(&held);
        }
        let same_end = self.held.iter().filter(of_message).find(|held| held.next == new.next).cloned();
        if let Some(held) = same_end {
            return self.conflict(&held);
        }
        if self.of_offsets && self.overlaps(new) {
            let held = self.held.iter().find(of_message).cloned().unwrap();
            return self.conflict(&held);
        }
        let run = self.run_of(new);
        if run[run.len() - 1].is_followed_by(&run[0]) {
            let before = self.held.iter().find(|held| held.is_followed_by(new)).cloned().unwrap();
            return self.conflict(&before);
        }
        while self.held.len() == PIECES || self.cells() + cells > CELLS {
            let oldest = self.held[0].clone();
            let lost = self.give_up(&oldest);
            *(if is_old(&oldest) { &mut self.counts.expired } else { &mut self.counts.shed }) += lost;
        }
        self.held.push(new.clone());
        let run = self.run_of(new);
        if !run[0].first || !run[run.len() - 1].last {
            return Outcome::Waiting;
        }
        self.counts.joined += run.len() as u64;
        self.counts.wholes += 1;
        self.held.retain(|held| !run.contains(held));
        let mut frames = Vec::new();
        for held in &run {
            if !frames.contains(&held.frame) {
                frames.push(held.frame);
            }
        }
        let last_at = run.last().map_or(0, |held| held.at);
        Outcome::Whole(run.iter().flat_map(|held| held.octets.clone()).collect(), frames, last_at)
    }

    fn forget_upto(&mut self, message: u64, position: u32) {
        let gone = |held: &Held| held.message == message && self.run_of(held)[0].at <= position;
        let keep: Vec<Held> = self.held.iter().filter(|held| !gone(held)).cloned().collect();
        self.counts.forgotten += (self.held.len() - keep.len()) as u64;
        self.held = keep;
    }
}

fn added(pieces: &mut Pieces, piece: &Piece<'_>, now_ns: u64) -> Outcome {
    match pieces.add(piece, now_ns) {
        Added::Waiting => Outcome::Waiting,
        Added::Repeated => Outcome::Repeated,
        Added::Conflict => Outcome::Conflict,
        Added::Refused => Outcome::Refused,
        Added::Whole(run) => {
            let (mut out, mut names) = (vec![0; 65_535], [0; 64]);
            let Joined { octets, frames, last_at, .. } = pieces.join(run, &mut out, &mut names);
            Outcome::Whole(out[..octets].to_vec(), names[..frames].to_vec(), last_at)
        }
    }
}

fn add_up(total: &mut PieceCounts, taken: PieceCounts) {
    total.added += taken.added;
    total.joined += taken.joined;
    total.wholes += taken.wholes;
    total.repeated += taken.repeated;
    total.conflicts += taken.conflicts;
    total.conflicting += taken.conflicting;
    total.shed += taken.shed;
    total.expired += taken.expired;
    total.forgotten += taken.forgotten;
    total.refused += taken.refused;
}

fn any_piece(of_offsets: bool) -> impl Strategy<Value = Held> {
    let octets = prop_oneof![8 => 0..4_usize, 1 => 100..300_usize, 1 => 1100..1200_usize];
    let flags = (prop::bool::weighted(0.3), prop::bool::weighted(0.3), prop::bool::weighted(0.05));
    (0..3_u64, 0..8_u32, octets, flags, 0..2_u8, 0..4_u64).prop_map(
        move |(message, at, len, (first, last, odd), fill, frame)| {
            let next = if of_offsets || odd { at + len as u32 } else { at + 1 };
            let first = if of_offsets { at == 0 } else { first };
            Held { message, at, next, first, last, octets: vec![fill; len], frame, since_ns: 0 }
        },
    )
}

fn compare(of_offsets: bool, steps: Vec<(Held, u64, Option<u32>)>) -> Result<(), TestCaseError> {
    let sizes = PieceSizes { pieces: PIECES, octets: CELLS * CELL_OCTETS, timeout_ns: TIMEOUT_NS };
    let mut pieces = if of_offsets { Pieces::of_offsets(sizes, 1) } else { Pieces::new(sizes, 1) };
    let mut model = Model { of_offsets, ..Model::default() };
    let (mut counts, mut now_ns) = (PieceCounts::default(), 0);
    for (mut held, later_ns, forget) in steps {
        now_ns += later_ns;
        held.since_ns = now_ns;
        let expected = model.add(&held, now_ns);
        prop_assert_eq!(added(&mut pieces, &held.piece(), now_ns), expected);
        if let (Some(position), false) = (forget, of_offsets) {
            pieces.forget_upto(held.piece().message, position);
            model.forget_upto(held.message, position);
        }
        add_up(&mut counts, pieces.take_counts());
        prop_assert_eq!(counts, model.counts);
        prop_assert_eq!(pieces.held(), model.held.len());
        let PieceCounts { joined, repeated, conflicting, shed, expired, forgotten, .. } = counts;
        let gone = joined + repeated + conflicting + shed + expired + forgotten;
        prop_assert_eq!(counts.added, gone + pieces.held() as u64, "every piece is accounted for");
    }
    Ok(())
}

fn steps(of_offsets: bool) -> impl Strategy<Value = Vec<(Held, u64, Option<u32>)>> {
    let later_ns = prop_oneof![4 => Just(0_u64), 4 => 0..10_u64, 1 => 30..50_u64];
    prop::collection::vec((any_piece(of_offsets), later_ns, prop::option::weighted(0.05, 0..8_u32)), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn numbered_pieces_do_what_a_plain_model_does(steps in steps(false)) {
        compare(false, steps)?;
    }

    #[test]
    fn pieces_at_offsets_do_what_a_plain_model_does(steps in steps(true)) {
        compare(true, steps)?;
    }

    #[test]
    fn a_message_cut_anywhere_and_shuffled_comes_back_whole(
        octets in prop::collection::vec(any::<u8>(), 2..3000),
        cuts in prop::collection::btree_set(1..3000_usize, 1..40),
        start in any::<u32>(),
        of_offsets in any::<bool>(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 80),
    ) {
        let mut ends: Vec<usize> = cuts.into_iter().filter(|cut| *cut < octets.len()).collect();
        ends.push(octets.len());
        let begins = [0].into_iter().chain(ends.iter().copied());
        let mut waiting: Vec<Held> = begins.zip(&ends).enumerate().map(|(number, (begin, &end))| {
            let (first, last) = (begin == 0, end == octets.len());
            let number = start.wrapping_add(number as u32);
            let (at, next) = if of_offsets { (begin as u32, end as u32) } else { (number, number.wrapping_add(1)) };
            Held { message: 5, at, next, first, last, octets: octets[begin..end].to_vec(), frame: 0, since_ns: 0 }
        }).collect();
        let sizes = PieceSizes { pieces: 64, octets: 64 * 3000, timeout_ns: 1 };
        let mut pieces = if of_offsets { Pieces::of_offsets(sizes, 1) } else { Pieces::new(sizes, 1) };
        let (mut order, mut again) = (order.into_iter().cycle(), 0);
        while let Some(index) = order.next().filter(|_| !waiting.is_empty()) {
            let held = waiting.swap_remove(index.index(waiting.len()));
            let outcome = added(&mut pieces, &held.piece(), 0);
            if waiting.is_empty() {
                prop_assert!(matches!(outcome, Outcome::Whole(whole, frames, _) if whole == octets && frames == [0]));
            } else {
                prop_assert_eq!(outcome, Outcome::Waiting);
                prop_assert_eq!(added(&mut pieces, &held.piece(), 0), Outcome::Repeated);
                again += 1;
            }
        }
        prop_assert_eq!((pieces.held(), pieces.take_counts().repeated), (0, again));
    }

    #[test]
    fn ranges_that_overlap_are_never_joined_to_a_whole(
        cuts in prop::collection::vec((0..40_u32, 1..20_u32, any::<bool>()), 1..40),
    ) {
        let sizes = PieceSizes { pieces: 64, octets: 64 * 124, timeout_ns: 1 };
        let mut pieces = Pieces::of_offsets(sizes, 1);
        let mut since_last_end: Vec<(u32, u32)> = Vec::new();
        for (at, len, last) in cuts {
            let octets = vec![at as u8; len as usize];
            let held = Held { message: 1, at, next: at + len, first: at == 0, last, octets, frame: 0, since_ns: 0 };
            match added(&mut pieces, &held.piece(), 0) {
                Outcome::Whole(octets, ..) => {
                    since_last_end.push((at, at + len));
                    since_last_end.sort_unstable();
                    prop_assert!(since_last_end.windows(2).all(|two| two[0].1 == two[1].0), "{:?}", since_last_end);
                    prop_assert_eq!(octets.len() as u32, since_last_end[since_last_end.len() - 1].1);
                    since_last_end.clear();
                }
                Outcome::Conflict => since_last_end.clear(),
                Outcome::Waiting => since_last_end.push((at, at + len)),
                outcome => prop_assert_eq!(outcome, Outcome::Repeated),
            }
        }
    }
}
