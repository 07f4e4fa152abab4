//! What became of chunks: the same TSN gets the same octets when it comes again.
//!
//! The latest verdicts are kept, by chunk, in a ring. What gives way was acknowledged long ago, or its sender was silent
//! for as long as the ring lasts. Octets need more room than verdicts and have a shorter ring: where they have given
//! way the chunk is neutralised, which needs none. A refused message is not let through because memory was short.

use crate::latest::{Key, Latest};

/// The chunk of a direction of an association.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EditKey {
    /// Verification tag and ports.
    pub direction: u64,
    /// The chunk.
    pub tsn: u32,
}

impl Key for EditKey {
    #[inline]
    fn word(&self) -> u64 {
        self.direction ^ u64::from(self.tsn).rotate_left(32) ^ u64::from(self.tsn)
    }
}

/// What stands for a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept<'e> {
    /// What the destination ignores; it follows from the chunk.
    Neutral,
    /// Nothing can, and the chunk must not pass.
    Withheld,
    /// These octets, as its payload.
    Octets(&'e [u8]),
}

#[derive(Clone, Copy)]
enum Mark {
    Neutral,
    Withheld,
    /// Where they begin, counted from the first octet ever kept, and how many they are.
    Octets(u64, u16),
}

/// What stands for chunks, by chunk.
pub struct Edits {
    marks: Latest<EditKey, Mark>,
    octets: Box<[u8]>,
    /// Where the next begin, counted the same way.
    next: u64,
}

impl Edits {
    /// Room for so many verdicts, and for so many octets of all of them; hashed under a secret.
    pub fn new(verdicts: usize, octets: usize, secret: u64) -> Self {
        Self { marks: Latest::new(verdicts, secret), octets: vec![0; octets].into_boxed_slice(), next: 0 }
    }

    /// A chunk is neutralised whenever it comes.
    pub fn neutralise(&mut self, key: EditKey) {
        self.marks.keep(key, Mark::Neutral);
    }

    /// A chunk never passes.
    pub fn withhold(&mut self, key: EditKey) {
        self.marks.keep(key, Mark::Withheld);
    }

    /// Keeps octets for a chunk. `false` if they are none or too many: then nothing is kept.
    pub fn keep(&mut self, key: EditKey, octets: &[u8]) -> bool {
        let Ok(len) = u16::try_from(octets.len()) else { return false };
        if octets.is_empty() || octets.len() > self.octets.len() {
            return false;
        }
        // They lie together: what is left at the end of the ring is not enough for them.
        let left = self.octets.len() - self.place(self.next);
        let at = if left < octets.len() { self.next + left as u64 } else { self.next };
        let place = self.place(at);
        let Some(room) = self.octets.get_mut(place..place + octets.len()) else { return false };
        room.copy_from_slice(octets);
        self.marks.keep(key, Mark::Octets(at, len));
        self.next = at + u64::from(len);
        true
    }

    /// What stands for a chunk; none for one that is as it came.
    #[inline]
    pub fn find(&self, key: EditKey) -> Option<Kept<'_>> {
        Some(match self.marks.find(key)? {
            Mark::Neutral => Kept::Neutral,
            Mark::Withheld => Kept::Withheld,
            Mark::Octets(at, len) => self.kept(at, len).map_or(Kept::Neutral, Kept::Octets),
        })
    }

    /// Whether no chunk was changed yet.
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    fn kept(&self, at: u64, len: u16) -> Option<&[u8]> {
        if self.next - at > self.octets.len() as u64 {
            return None;
        }
        let place = self.place(at);
        self.octets.get(place..place + usize::from(len))
    }

    fn place(&self, at: u64) -> usize {
        (at % self.octets.len().max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn key(tsn: u32) -> EditKey {
        EditKey { direction: 0xC0FF_EE00_0B59_0B59, tsn }
    }

    #[test]
    fn a_chunk_gets_the_same_octets_again() {
        let mut edits = Edits::new(8, 32, 0x5EED);
        assert!(edits.is_empty() && edits.find(key(1)).is_none());
        assert!(edits.keep(key(1), b"one") && edits.keep(key(2), b"two"));
        edits.neutralise(key(3));
        edits.withhold(key(4));
        assert_eq!(edits.find(key(1)), Some(Kept::Octets(b"one")));
        assert_eq!(edits.find(key(2)), Some(Kept::Octets(b"two")));
        assert_eq!(edits.find(key(3)), Some(Kept::Neutral));
        assert_eq!(edits.find(key(4)), Some(Kept::Withheld));
        assert_eq!(edits.find(EditKey { direction: 1, tsn: 1 }), None);
    }

    #[test]
    fn a_chunk_whose_octets_have_given_way_is_neutralised() {
        let mut edits = Edits::new(8, 20, 0x5EED);
        for tsn in 1..=3 {
            assert!(edits.keep(key(tsn), &[tsn as u8; 8]));
        }
        assert_eq!(edits.find(key(1)), Some(Kept::Neutral));
        assert_eq!(edits.find(key(2)), Some(Kept::Octets(&[2; 8])));
    }

    #[test]
    fn what_does_not_fit_is_not_kept() {
        let mut edits = Edits::new(4, 8, 0x5EED);
        assert!(!edits.keep(key(1), &[0; 9]) && !edits.keep(key(1), &[]) && edits.keep(key(2), &[7; 8]));
        assert_eq!((edits.find(key(1)), edits.find(key(2))), (None, Some(Kept::Octets(&[7; 8]))));
    }
}
