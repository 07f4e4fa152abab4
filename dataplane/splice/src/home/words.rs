//! Memory that several cores see, and that may outlive the process: words, each read and written for itself.
//!
//! A block of 64 octets that is read while it is written may be half of each; what stands in it has a checksum.

use super::record::ENTRY_OCTETS;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Words of a block.
const WORDS: usize = ENTRY_OCTETS / 8;

/// The memory of a table.
#[derive(Clone)]
pub struct Words(Arc<dyn AsRef<[AtomicU64]> + Send + Sync>);

impl Words {
    /// Memory that is given.
    pub fn of(words: impl AsRef<[AtomicU64]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(words))
    }

    /// Memory of this process alone, of so many octets.
    pub fn new(octets: usize) -> Self {
        Self::of((0..octets / 8).map(|_| AtomicU64::new(0)).collect::<Vec<_>>())
    }

    /// How many blocks of 64 octets there are.
    pub(super) fn blocks(&self) -> usize {
        self.words().len() / WORDS
    }

    pub(super) fn load(&self, block: usize) -> [u8; ENTRY_OCTETS] {
        let mut octets = [0; ENTRY_OCTETS];
        let words = self.words().get(block * WORDS..).unwrap_or_default();
        for (to, word) in octets.as_chunks_mut().0.iter_mut().zip(words) {
            *to = word.load(Ordering::Relaxed).to_le_bytes();
        }
        octets
    }

    pub(super) fn store(&self, block: usize, octets: &[u8; ENTRY_OCTETS]) {
        let words = self.words().get(block * WORDS..).unwrap_or_default();
        for (word, octets) in words.iter().zip(octets.as_chunks().0) {
            word.store(u64::from_le_bytes(*octets), Ordering::Relaxed);
        }
    }

    pub(super) fn words(&self) -> &[AtomicU64] {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.words().len())
    }
}
