//! What can go wrong.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a log cannot be used, always with the file.
#[derive(Debug)]
pub enum Error {
    /// The system says no.
    Io(PathBuf, io::Error),
    /// What lies there is not what was written.
    Damaged(PathBuf, &'static str),
    /// It was written by a later release.
    Version(PathBuf, u32),
    /// A batch does not follow what is there.
    Order(PathBuf, u64),
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |e| Self::Io(path, e)
    }

    pub(crate) fn damaged(path: &Path, what: &'static str) -> Self {
        Self::Damaged(path.to_owned(), what)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, e) => write!(f, "events {}: {e}", path.display()),
            Self::Damaged(path, what) => write!(f, "events {}: damaged: {what}", path.display()),
            Self::Version(path, version) => {
                write!(f, "events {}: written by a later release (form {version})", path.display())
            }
            Self::Order(path, sequence) => {
                write!(f, "events {}: {sequence} does not follow what is stored", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, e) => Some(e),
            _ => None,
        }
    }
}
