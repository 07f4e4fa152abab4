//! What lies in a journal, read as any other process would.

use sluice_abi::{Field, record};
use sluice_shm::journal::{FIRST_SEQUENCE, Reader};
use std::path::Path;

/// What these tests ask of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the journal.
    pub sequence: u64,
    /// The port its message came in by.
    pub port: String,
    /// The number of its frame there.
    pub frame: u64,
    /// The version of the policy that judged it, if one did.
    pub policy: Option<u64>,
    /// The rule that decided, if one did.
    pub rule: Option<String>,
}

/// Every record from the first on. One that is torn, damaged or missing ends the test.
pub fn all(journal: &Path) -> Vec<Recorded> {
    from(journal, FIRST_SEQUENCE)
}

/// Every record from one on.
pub fn from(journal: &Path, first: u64) -> Vec<Recorded> {
    let mut reader = Reader::open(journal, first).unwrap();
    let mut all = Vec::new();
    while let Some(found) = reader.next().unwrap_or_else(|e| panic!("after {} records: {e}", all.len())) {
        let facts = record::decode(found.payload).unwrap_or_else(|e| panic!("record {}: {e}", found.sequence));
        let text = |field| facts.octets(field).map(|octets| String::from_utf8_lossy(octets).into_owned());
        all.push(Recorded {
            sequence: found.sequence,
            port: text(Field::Port).unwrap_or_default(),
            frame: facts.number(Field::Frame).unwrap_or_default(),
            policy: facts.number(Field::VerdictPolicy),
            rule: text(Field::VerdictRule),
        });
    }
    let contiguous = all.iter().map(|r| r.sequence).eq(first..first + all.len() as u64);
    assert!(contiguous, "every sequence once");
    all
}
