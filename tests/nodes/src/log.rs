//! What a node writes down at its end: one line of JSON for each message, then one with its counts.

use crate::outcome::Outcome;
use crate::sctp::Statistics;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// How a dialogue ended for its originator.
    Ended {
        /// Number of its message.
        n: u32,
        /// How.
        got: Outcome,
    },
    /// What came to the destination.
    Delivered {
        /// Number of the message.
        n: u32,
        /// How many came.
        times: u32,
        /// How many of them were damaged.
        damaged: u32,
    },
    /// A dialogue that has not ended.
    Open {
        /// Number of its message.
        n: u32,
    },
    /// What was received and no correct node sends.
    Unexpected(String),
    /// The last line.
    Counts(Counts),
}

/// What a node has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// `originator` or `destination`.
    pub role: String,
    /// What the messages followed from.
    pub seed: u64,
    /// How many there were.
    pub messages: u32,
    /// Dialogues that have not ended.
    pub open: usize,
    /// Messages that nobody sends.
    pub unexpected: usize,
    /// Application contexts refused by the destination.
    pub contexts_refused: u32,
    /// Operations refused by it.
    pub operations_refused: u32,
    /// Aborts for no transaction that it ignored.
    pub aborts_ignored: u32,
    /// Messages for the originator that it sent back.
    pub routed_back: u32,
    /// Whether the association ended before both were done.
    pub is_lost: bool,
    /// From the first message to the last, in milliseconds.
    pub took_ms: u64,
    /// What SCTP counted.
    pub sctp: Statistics,
}

/// Writes all of it.
pub fn write(path: &Path, lines: &[Line]) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).with_context(|| path.display().to_string())?);
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// Reads it again.
pub fn read(path: &Path) -> Result<Vec<Line>> {
    let file = BufReader::new(File::open(path).with_context(|| path.display().to_string())?);
    let line = |line: std::io::Result<String>| Ok(serde_json::from_str(&line?)?);
    file.lines().map(line).collect::<Result<_>>().with_context(|| path.display().to_string())
}

/// The lines of messages, of what was unexpected, and of the counts.
pub fn lines(messages: impl Iterator<Item = Line>, unexpected: &[String], counts: Counts) -> Vec<Line> {
    let unexpected = unexpected.iter().take(UNEXPECTED_MAX).cloned().map(Line::Unexpected);
    messages.chain(unexpected).chain([Line::Counts(counts)]).collect()
}

/// So many are written down.
const UNEXPECTED_MAX: usize = 50;
