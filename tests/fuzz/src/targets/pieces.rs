//! The tables that put pieces and parts together, driven by a programme: sizes first, then steps of six octets.
//!
//! ```text
//!  0      1      2      3        4        5
//! +------+------+------+--------+--------+--------+
//! | key  | at   | next | flags  | length | later  |      flags: first, last, other content, forget, part
//! +------+------+------+--------+--------+--------+
//! ```
//! What a table says of each arrival is held against what was sent.

use super::source::Source;
use sluice_track::{Added, Join, MessageKey, PartSizes, Parts, Piece, PieceSizes, Pieces};

const FIRST: u8 = 1;
const LAST: u8 = 2;
const OTHER_CONTENT: u8 = 4;
const FORGET: u8 = 8;
const PART: u8 = 16;
/// Time-out of both tables; a step is at most 255 later than the one before it.
const TIMEOUT_NS: u64 = 1000;
/// Room for all that the tables can hold, with an ellipsis for every part that is missing.
const ROOM_OCTETS: usize = 8192;
/// Steps of one programme.
const STEPS_MAX: usize = 96;

struct Sent {
    at: u32,
    next: u32,
    flags: u8,
    octets: Vec<u8>,
}

struct Rig {
    pieces: Pieces,
    parts: Parts,
    sent: Vec<Sent>,
    of_offsets: bool,
    room: Vec<u8>,
    uncounted: u64,
    new_parts: u64,
    lost_parts: u64,
}

/// Runs the programme.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let (kind, slots, cells) = (source.octet(), source.octet(), source.octet());
    let slots = usize::from(slots % 16) + 1;
    let octets = 128 * (usize::from(cells % 32) + 1);
    let sizes = PieceSizes { pieces: slots, octets, timeout_ns: TIMEOUT_NS };
    let of_offsets = kind & 1 == 1;
    let mut rig = Rig {
        pieces: if of_offsets { Pieces::of_offsets(sizes, 7) } else { Pieces::new(sizes, 7) },
        parts: Parts::new(PartSizes { parts: slots, octets, timeout_ns: TIMEOUT_NS }, 7),
        sent: Vec::new(),
        of_offsets,
        room: vec![0; ROOM_OCTETS],
        uncounted: 0,
        new_parts: 0,
        lost_parts: 0,
    };
    let mut now_ns = 0;
    for _ in 0..STEPS_MAX {
        if source.is_empty() {
            return;
        }
        let [key, at, next, flags, length, later] = std::array::from_fn(|_| source.octet());
        now_ns += u64::from(later);
        let key = MessageKey([u64::from(key % 4), 0]);
        if flags & PART != 0 {
            // The number of parts belongs to the key.
            rig.part(MessageKey([key.0[0], next.into()]), at, next, flags, length, now_ns);
        } else if flags & FORGET != 0 {
            rig.pieces.forget_upto(key, at.into());
        } else {
            rig.piece(key, [at, next, flags, length], now_ns);
        }
        rig.nothing_is_lost(slots);
    }
}

impl Rig {
    fn piece(&mut self, message: MessageKey, [at, next, flags, length]: [u8; 4], now_ns: u64) {
        let octets = content(length, at, flags);
        let (at, next) = if self.of_offsets {
            let at = u32::from(at) * 8;
            (at, at + octets.len() as u32)
        } else {
            (at.into(), if next == 0 { u32::from(at) + 1 } else { next.into() })
        };
        let frame = self.sent.len() as u64;
        let (first, last) = (flags & FIRST != 0, flags & LAST != 0);
        let added = self.pieces.add(&Piece { message, at, next, first, last, octets: &octets, frame }, now_ns);
        self.sent.push(Sent { at, next, flags, octets });
        if let Added::Whole(run) = added {
            let mut frames = [0; STEPS_MAX];
            let joined = self.pieces.join(run, &mut self.room, &mut frames);
            self.is_whole(&self.room[..joined.octets], &frames[..joined.frames]);
        }
    }

    /// A whole is pieces that were sent, each where the one before it says, from a first to a last.
    fn is_whole(&self, out: &[u8], frames: &[u64]) {
        let pieces: Vec<_> = frames.iter().map(|frame| &self.sent[*frame as usize]).collect();
        let (first, last) = (pieces.first().expect("a piece"), pieces.last().expect("a piece"));
        assert!(first.flags & FIRST != 0 && last.flags & LAST != 0);
        assert!(pieces.windows(2).all(|pair| pair[0].next == pair[1].at));
        assert_eq!(out, pieces.iter().flat_map(|piece| piece.octets.clone()).collect::<Vec<_>>());
    }

    fn part(&mut self, key: MessageKey, sequence: u8, total: u8, flags: u8, length: u8, now_ns: u64) {
        let text: Vec<u8> = content(length, sequence, flags).iter().map(|octet| b'a' + octet % 26).collect();
        let part = self.parts.add(key, total, sequence, &text, now_ns);
        let len = self.parts.text(key, &mut self.room);
        let joined = std::str::from_utf8(&self.room[..len]).expect("text of text is text");
        if part.outcome != Join::Refused {
            assert!((1..=total).contains(&part.present) && (1..=total).contains(&sequence));
            assert_eq!(part.complete, part.present == total);
            assert!(joined.contains(std::str::from_utf8(&text).expect("ASCII")), "the part is in the text");
            assert!(!part.complete || !joined.contains('…'));
        }
    }

    /// What was added is held, or was joined, or is counted as gone.
    fn nothing_is_lost(&mut self, slots: usize) {
        let counts = self.pieces.take_counts();
        let gone = counts.repeated + counts.conflicting + counts.shed + counts.expired + counts.forgotten;
        self.uncounted =
            (self.uncounted + counts.added).checked_sub(counts.joined + gone).expect("no piece goes twice");
        assert_eq!(self.uncounted, self.pieces.held() as u64);
        let counts = self.parts.take_counts();
        self.new_parts += counts.new;
        self.lost_parts += counts.shed + counts.expired;
        assert_eq!(self.new_parts - self.lost_parts, self.parts.held() as u64);
        assert!(self.pieces.held() <= slots && self.parts.held() <= slots);
    }
}

fn content(length: u8, at: u8, flags: u8) -> Vec<u8> {
    let value = at ^ if flags & OTHER_CONTENT != 0 { 0x55 } else { 0 };
    vec![value; length.into()]
}
