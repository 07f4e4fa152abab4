//! Which DATA chunks of an SCTP association have passed: a retransmission is judged once (RFC 9260 §6.2).
//!
//! One entry per direction, known by its verification tag and ports, never by addresses: a multihomed association
//! keeps its state whatever path a packet takes. Each entry remembers the last [`WINDOW`] TSNs. A TSN further back
//! than that, or a jump ahead of all of them, is taken as a restart or a mid-life pick-up: the entry begins anew and
//! the chunk is judged, because judging twice is harmless and not judging is a hole.
//!
//! Not handled here: handshakes, SACKs, gap blocks, RE-CONFIG (they come with the in-line work).

use crate::hash::mix;
use sluice_wire::sctp::Tsn;

/// TSNs remembered per direction.
pub const WINDOW: u32 = 512;
const WORDS: usize = WINDOW as usize / 64;
const WAYS: usize = 4;

/// One direction of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectionKey {
    /// Verification tag of its packets.
    pub verification_tag: u32,
    /// Source port.
    pub source_port: u16,
    /// Destination port.
    pub destination_port: u16,
}

/// Whether a DATA chunk has passed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No.
    New,
    /// Yes: a retransmission or a copy.
    Before,
}

#[derive(Clone, Copy)]
struct Entry {
    key: DirectionKey,
    highest: Tsn,
    last_ns: u64,
    /// Bit `tsn % WINDOW`: that TSN has passed. A ring, so that a step ahead moves no bits.
    passed: [u64; WORDS],
    used: bool,
}

const FREE: Entry = Entry {
    key: DirectionKey { verification_tag: 0, source_port: 0, destination_port: 0 },
    highest: Tsn(0),
    last_ns: 0,
    passed: [0; WORDS],
    used: false,
};

/// The table: 88 octets per direction.
pub struct Associations {
    entries: Box<[[Entry; WAYS]]>,
    sets_mask: usize,
    key: u64,
    shed: u64,
}

impl Associations {
    /// Room for about `directions` (rounded up to a power of two), hashed under `key`.
    pub fn new(directions: usize, key: u64) -> Self {
        let sets = directions.div_ceil(WAYS).next_power_of_two();
        Self { entries: vec![[FREE; WAYS]; sets].into_boxed_slice(), sets_mask: sets - 1, key, shed: 0 }
    }

    /// Notes that a DATA chunk passes, and says whether it has before.
    #[inline(always)]
    pub fn pass(&mut self, key: DirectionKey, tsn: Tsn, now_ns: u64) -> Seen {
        let ports = u64::from(key.source_port) << 16 | u64::from(key.destination_port);
        let set = mix(self.key, u64::from(key.verification_tag), ports) as usize & self.sets_mask;
        let Some(ways) = self.entries.get_mut(set) else { return Seen::New };
        if let Some(entry) = ways.iter_mut().find(|e| e.key == key && e.used) {
            entry.last_ns = now_ns;
            return entry.pass(tsn);
        }
        self.shed += u64::from(begin(ways, key, tsn, now_ns));
        Seen::New
    }

    /// Directions given up for newer ones since the last call.
    pub fn take_shed(&mut self) -> u64 {
        std::mem::take(&mut self.shed)
    }
}

/// Puts a direction where there is room, or in the place of the one silent longest; says whether that was in use.
#[cold]
fn begin(ways: &mut [Entry; WAYS], key: DirectionKey, tsn: Tsn, now_ns: u64) -> bool {
    let Some(entry) = ways.iter_mut().min_by_key(|e| (e.used, e.last_ns)) else { return false };
    let was_used = entry.used;
    *entry = Entry { key, highest: tsn, last_ns: now_ns, passed: [0; WORDS], used: true };
    entry.mark(tsn);
    was_used
}

impl Entry {
    #[inline(always)]
    fn pass(&mut self, tsn: Tsn) -> Seen {
        // The place of the next TSN is that of one now out of the window: nothing to forget.
        if tsn.0.wrapping_sub(self.highest.0) == 1 {
            self.highest = tsn;
            self.mark(tsn);
            return Seen::New;
        }
        self.pass_out_of_order(tsn)
    }

    #[inline(never)]
    fn pass_out_of_order(&mut self, tsn: Tsn) -> Seen {
        let ahead = tsn.0.wrapping_sub(self.highest.0);
        let back = self.highest.0.wrapping_sub(tsn.0);
        if back < WINDOW {
            return self.mark(tsn);
        }
        if ahead < WINDOW {
            self.forget(self.highest.next(), ahead - 1);
        } else {
            self.passed = [0; WORDS];
        }
        self.highest = tsn;
        self.mark(tsn);
        Seen::New
    }

    /// Sets the bit of a TSN in the window and says whether it was set.
    #[inline(always)]
    fn mark(&mut self, tsn: Tsn) -> Seen {
        let (word, bit) = place(tsn);
        let Some(word) = self.passed.get_mut(word) else { return Seen::New };
        let seen = if *word & bit == 0 { Seen::New } else { Seen::Before };
        *word |= bit;
        seen
    }

    /// Clears the places of so many TSNs from `first` on, a word at a time: a sender decides how large its gaps are.
    fn forget(&mut self, first: Tsn, count: u32) {
        let (mut at, mut left) = (first.0, count);
        while left > 0 {
            let bit = at % 64;
            let here = left.min(64 - bit);
            let (word, _) = place(Tsn(at));
            if let Some(word) = self.passed.get_mut(word) {
                *word &= !(u64::MAX >> (64 - here) << bit);
            }
            at = at.wrapping_add(here);
            left -= here;
        }
    }
}

/// The word and the bit of a TSN in the ring.
#[inline(always)]
const fn place(tsn: Tsn) -> (usize, u64) {
    ((tsn.0 / 64) as usize % WORDS, 1 << (tsn.0 % 64))
}

#[cfg(test)]
mod tests {
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
    fn a_tsn_from_before_the_window_begins_anew() {
        let mut t = table();
        t.pass(A, Tsn(10_000), 0);
        assert_eq!(t.pass(A, Tsn(10), 0), Seen::New);
        assert_eq!(t.pass(A, Tsn(10), 0), Seen::Before);
        assert_eq!(t.pass(A, Tsn(10_000), 0), Seen::New, "what was known before is forgotten");
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
        assert_eq!(size_of::<Entry>(), 88);
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
}
