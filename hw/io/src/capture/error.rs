//! Why a capture file could not be read, and where.

use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A file and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureError {
    /// The file, as it was named.
    pub path: PathBuf,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a capture file. Frames count from 1, octets from 0, in the file after decompression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The operating system refused.
    Io(io::ErrorKind),
    /// No octets at all.
    Empty,
    /// None of the magic numbers; `octets` (the first `count` of them) is what stands there instead.
    NotACapture {
        /// The first octets.
        octets: [u8; 4],
        /// How many there are.
        count: u8,
    },
    /// The file ends inside what would have been frame `frame`.
    Truncated {
        /// The frame that is cut, or would have come next.
        frame: u64,
        /// Where the file ends.
        octet: u64,
    },
    /// A block that contradicts itself.
    Damaged {
        /// The frame that would have come next.
        frame: u64,
        /// Where the block starts.
        octet: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A length beyond any frame: damage, most likely.
    TooLong {
        /// The frame that claims it, or would have come next.
        frame: u64,
        /// Where its block starts.
        octet: u64,
        /// What it claims.
        claimed_octets: u32,
    },
}

impl CaptureError {
    pub(super) fn new(path: &Path, fault: Fault) -> Self {
        Self { path: path.to_owned(), fault }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Io(kind) => write!(f, "cannot be read: {kind}"),
            Self::Empty => f.write_str("empty file"),
            Self::NotACapture { octets, count } => {
                f.write_str("not a capture file (first octets")?;
                for octet in octets.iter().take(usize::from(count)) {
                    write!(f, " {octet:02x}")?;
                }
                f.write_str("; pcap, pcapng or either in gzip is wanted)")
            }
            Self::Truncated { frame, octet } => {
                write!(f, "truncated: the file ends at octet {octet}, before the end of frame {frame}")
            }
            Self::Damaged { frame, octet, what } => {
                write!(f, "damaged before frame {frame}, at octet {octet}: {what}")
            }
            Self::TooLong { frame, octet, claimed_octets } => {
                write!(f, "damaged at frame {frame}, octet {octet}: claims {claimed_octets} octets")
            }
        }
    }
}

impl core::error::Error for CaptureError {}
