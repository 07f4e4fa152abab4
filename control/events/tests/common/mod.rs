//! A log in a folder of its own, and messages for it.

#[path = "../../../daemon/tests/common/messages.rs"]
mod messages;

pub use messages::{items, record_of};

use sluice_events::{Item, Key, Log, Writer};
use std::fs;
use std::path::{Path, PathBuf};

/// A log that is open.
pub struct Opened {
    folder: tempfile::TempDir,
    pub log: Log,
    pub writer: Writer,
}

#[allow(dead_code, reason = "each test program uses its part")]
impl Opened {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (log, writer) = Log::open(folder.path()).unwrap();
        Self { folder, log, writer }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// As a process that was started again has it.
    pub fn reopen(&mut self) {
        (self.log, self.writer) = Log::open(self.folder.path()).unwrap();
    }

    fn paths(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// How many files have this extension.
    pub fn files(&self, extension: &str) -> usize {
        self.paths().iter().filter(|path| path.extension().is_some_and(|own| own == extension)).count()
    }

    pub fn any_file_has(&self, wanted: &[u8]) -> bool {
        let has = |path: &PathBuf| fs::read(path).unwrap().windows(wanted.len()).any(|octets| octets == wanted);
        self.paths().iter().any(has)
    }
}

#[allow(dead_code, reason = "each test program uses its part")]
pub fn item(sequence: u64) -> Item {
    Item::Record { sequence, payload: record_of(sequence) }
}

/// Whether a key stands in a message, from how messages are made.
#[allow(dead_code, reason = "each test program uses its part")]
pub fn facts_of(n: u64, key: &Key) -> bool {
    match key {
        Key::Rule(rule) => (rule == "odd") == (n % 2 == 1),
        Key::Action(action) => (action == "discard") == (n % 2 == 1),
        Key::Number(number) => *number == format!("1555010{}", n % 10) || number == "15550199",
        Key::Word(word) => ["a", "text", "of", "test"].contains(&word.as_str()),
    }
}
