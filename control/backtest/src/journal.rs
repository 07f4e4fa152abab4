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

/// What comes next in a journal.
#[derive(Clone, Copy, Debug)]
pub enum Next<'r> {
    /// A record, with its place in the journal.
    Record(u64, &'r [u8]),
    /// So many are missing.
    Lost(u64),
}

/// Shows everything in a journal, with how far the reading has come.
///
/// # Errors
/// The directory cannot be read, or there is nothing in it.
pub fn each(directory: &Path, mut see: impl FnMut(Next<'_>, Read)) -> Result<Read, String> {
    let failed = |why: String| format!("{}: {why}", directory.display());
    let mut reader = Reader::open(directory, FIRST_SEQUENCE).map_err(|e| failed(e.to_string()))?;
    let (mut read, mut errors) = (Read::default(), 0);
    loop {
        match reader.next() {
            Ok(Some(record)) => {
                read.records += 1;
                read.octets += record.payload.len() as u64;
                see(Next::Record(record.sequence, record.payload), read);
            }
            Ok(None) => break,
            // What the journal has dropped of age is no loss to those who ask about what is left.
            Err(ReadError::Lost { first: FIRST_SEQUENCE, .. }) => {}
            Err(ReadError::Lost { count, .. }) => see(Next::Lost(count), read),
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

/// Judges every record of a journal. `progress` is told now and then.
///
/// # Errors
/// As of [`each`].
pub fn run(past: &mut Past<'_>, directory: &Path, mut progress: impl FnMut(Read)) -> Result<Read, String> {
    each(directory, |next, read| match next {
        Next::Lost(count) => past.lost(count),
        Next::Record(sequence, payload) => {
            past.record(sequence, payload);
            if read.records.is_multiple_of(PROGRESS_EVERY) {
                progress(read);
            }
        }
    })
}

const PROGRESS_EVERY: u64 = 4_096;
/// Damaged places passed over.
const ERRORS_MAX: u32 = 10_000;
