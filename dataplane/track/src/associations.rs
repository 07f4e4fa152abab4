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
    /// Bit n: TSN `highest - n` has passed.
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

/// The table: 96 octets per direction.
pub struct Associations {
    entries: Box<[Entry]>,
    sets_mask: usize,
    key: u64,
    shed: u64,
}

impl Associations {
    /// Room for about `directions` (rounded up to a power of two), hashed under `key`.
    pub fn new(directions: usize, key: u64) -> Self {
        let sets = directions.div_ceil(WAYS).next_power_of_two();
        Self { entries: vec![FREE; sets * WAYS].into_boxed_slice(), sets_mask: sets - 1, key, shed: 0 }
    }

    /// Notes that a DATA chunk passes, and says whether it has before.
    #[inline]
    pub fn pass(&mut self, key: DirectionKey, tsn: Tsn, now_ns: u64) -> Seen {
        let ports = u64::from(key.source_port) << 16 | u64::from(key.destination_port);
        let set = mix(self.key, u64::from(key.verification_tag), ports) as usize & self.sets_mask;
        let Some(ways) = self.entries.get_mut(set * WAYS..(set + 1) * WAYS) else { return Seen::New };
        if let Some(entry) = ways.iter_mut().find(|e| e.used && e.key == key) {
            entry.last_ns = now_ns;
            return entry.pass(tsn);
        }
        if let Some(entry) = ways.iter_mut().min_by_key(|e| (e.used, e.last_ns)) {
            self.shed += u64::from(entry.used);
            *entry = Entry { key, highest: tsn, last_ns: now_ns, passed: [0; WORDS], used: true };
            entry.mark(0);
        }
        Seen::New
    }

    /// Directions given up for newer ones since the last call.
    pub fn take_shed(&mut self) -> u64 {
        std::mem::take(&mut self.shed)
    }
}

impl Entry {
    #[inline]
    fn pass(&mut self, tsn: Tsn) -> Seen {
        let ahead = tsn.0.wrapping_sub(self.highest.0);
        if ahead == 0 {
            return Seen::Before;
        }
        if ahead < 1 << 31 {
            self.advance(ahead);
            self.highest = tsn;
            self.mark(0);
            return Seen::New;
        }
        let back = self.highest.0.wrapping_sub(tsn.0);
        if back >= WINDOW {
            self.passed = [0; WORDS];
            self.highest = tsn;
            self.mark(0);
            return Seen::New;
        }
        self.mark(back)
    }

    /// Sets bit `back` and says whether it was set.
    #[inline]
    fn mark(&mut self, back: u32) -> Seen {
        let Some(word) = self.passed.get_mut(back as usize / 64) else { return Seen::New };
        let bit = 1 << (back % 64);
        let seen = if *word & bit == 0 { Seen::New } else { Seen::Before };
        *word |= bit;
        seen
    }

    /// Moves every bit up by `by` places; what moves out is forgotten.
    #[inline]
    fn advance(&mut self, by: u32) {
        if by >= WINDOW {
            self.passed = [0; WORDS];
            return;
        }
        let (words, bits) = (by as usize / 64, by % 64);
        for i in (0..WORDS).rev() {
            let word = |at: Option<usize>| at.and_then(|at| self.passed.get(at)).copied().unwrap_or(0);
            let low = word(i.checked_sub(words));
            let carried = if bits == 0 { 0 } else { word(i.checked_sub(words + 1)) >> (64 - bits) };
            if let Some(slot) = self.passed.get_mut(i) {
                *slot = low << bits | carried;
            }
        }
    }
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
