//! How far the journal is written: what the lag is measured against.
//!
//! A reader that asks for a sequence no journal reaches is told where the journal is. It passes over each record
//! once, so that asking often costs little; it keeps and acknowledges nothing.

use sluice_shm::journal::{ReadError, Reader, SEQUENCE_MAX};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Looks at one journal.
pub struct Written {
    dir: PathBuf,
    reader: Mutex<Option<Reader>>,
}

impl Written {
    /// Of the journal in a directory; it need not exist yet.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, reader: Mutex::default() }
    }

    /// Sequence number that comes next in the journal; `None` while there is none.
    pub fn next_sequence(&self) -> Option<u64> {
        let mut slot = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = match &mut *slot {
            Some(reader) => reader,
            none => none.insert(Reader::open(&self.dir, SEQUENCE_MAX).ok()?),
        };
        for _ in 0..ERRORS_MAX {
            match reader.next() {
                Err(ReadError::Ahead { journal }) => return Some(journal),
                // Damage is passed over here; the tail counts it.
                Err(ReadError::Damaged { .. } | ReadError::Lost { .. }) => {}
                Err(ReadError::Unreadable { .. } | ReadError::System(_)) | Ok(_) => break,
            }
        }
        *slot = None;
        None
    }
}

/// Damaged places passed over in one go.
const ERRORS_MAX: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_shm::journal::{Config, FIRST_SEQUENCE, SEGMENT_OCTETS_MIN, Writer};

    #[test]
    fn the_next_sequence_is_known_as_the_writer_goes_on_over_segments() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("journal");
        let written = Written::new(journal.clone());
        assert_eq!(written.next_sequence(), None);
        let config = Config { segment_octets: SEGMENT_OCTETS_MIN, octets_max: 1 << 24, ..Config::default() };
        let mut writer = Writer::open(&journal, config).unwrap();
        writer.append(b"x").unwrap();
        writer.publish();
        assert_eq!(written.next_sequence(), Some(FIRST_SEQUENCE + 1));
        for _ in 0..2_000 {
            writer.append(&[7; 100]).unwrap();
        }
        writer.publish();
        assert_eq!(written.next_sequence(), Some(writer.next_sequence()));
        assert_eq!(written.next_sequence(), Some(FIRST_SEQUENCE + 2_001));
    }
}
