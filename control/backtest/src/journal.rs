//! Records from a journal's directory, to its end as it is now.

use crate::past::Past;
use sluice_shm::journal::{FIRST_SEQUENCE, ReadError, Reader};
use std::path::Path;

/// How far the reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Records read.
    pub records: u64,
    /// Their octets.
    pub octets: u64,
}

/// Judges every record of a journal. `progress` is told now and then.
///
/// # Errors
/// The directory cannot be read, or there is nothing in it.
pub fn run(past: &mut Past<'_>, directory: &Path, mut progress: impl FnMut(Read)) -> Result<Read, String> {
    let failed = |why: String| format!("{}: {why}", directory.display());
    let mut reader = Reader::open(directory, FIRST_SEQUENCE).map_err(|e| failed(e.to_string()))?;
    let (mut read, mut errors) = (Read::default(), 0);
    loop {
        match reader.next() {
            Ok(Some(record)) => {
                past.record(record.sequence, record.payload);
                read.records += 1;
                read.octets += record.payload.len() as u64;
                if read.records.is_multiple_of(PROGRESS_EVERY) {
                    progress(read);
                }
            }
            Ok(None) => break,
            // What the journal has dropped of age is no loss to those who ask about what is left.
            Err(ReadError::Lost { first: FIRST_SEQUENCE, .. }) => {}
            Err(ReadError::Lost { count, .. }) => past.lost(count),
            Err(error) if errors == ERRORS_MAX => return Err(failed(error.to_string())),
            Err(ReadError::System(cause)) => return Err(failed(cause.to_string())),
            Err(_) => errors += 1,
        }
    }
    if read.records == 0 {
        Err(failed("no record in it: is this the directory of a journal?".into()))
    } else {
        Ok(read)
    }
}

const PROGRESS_EVERY: u64 = 4_096;
/// Damaged places passed over.
const ERRORS_MAX: u32 = 10_000;
