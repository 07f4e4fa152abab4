//! Why something shared could not be used: which path, and a small cause that can be counted.

use std::io;
use std::path::{Path, PathBuf};

use sluice_abi::ABI_VERSION;

/// A path and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file, directory or socket.
    pub path: PathBuf,
    /// What is wrong with it.
    pub cause: Cause,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The operating system refused, with this `errno`.
    Os(i32),
    /// The file is shorter than what it must hold.
    Short,
    /// It does not begin as a file of this kind does.
    Magic,
    /// It was written by another version of Sluice.
    Version(u32),
    /// Its header contradicts itself, or its checksum is wrong.
    Header,
    /// It has another size than its header or its sender says, in bytes.
    Size {
        /// What was said.
        stated: u64,
        /// What it is.
        actual: u64,
    },
    /// Another process holds the journal open for writing.
    Locked,
    /// Another process listens on the socket.
    InUse,
    /// Something else than a socket lies there.
    NotASocket,
    /// The memory is not sealed against changes.
    NotSealed,
    /// A name is empty, too long, or has other characters than `a-z`, `0-9`, `-` and `_`.
    Name,
    /// Sizes in the configuration that cannot work.
    Configuration,
}

impl Error {
    pub(crate) fn new(path: &Path, cause: impl Into<Cause>) -> Self {
        Self { path: path.to_owned(), cause: cause.into() }
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        error.raw_os_error().map_or(Self::Short, Self::Os)
    }
}

impl From<rustix::io::Errno> for Cause {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Os(error.raw_os_error())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.cause)
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Os(errno) => io::Error::from_raw_os_error(errno).fmt(f),
            Self::Short => f.write_str("the file ends early"),
            Self::Magic => f.write_str("not a file of this kind"),
            Self::Version(v) => {
                write!(
                    f,
                    "written by version {v}, this program is version {ABI_VERSION}: install both from one release"
                )
            }
            Self::Header => f.write_str("the header is damaged"),
            Self::Size { stated, actual } => write!(f, "{actual} bytes, but {stated} were stated"),
            Self::Locked => f.write_str("another process is writing this journal"),
            Self::InUse => f.write_str("another process listens here"),
            Self::NotASocket => f.write_str("something else than a socket lies here"),
            Self::NotSealed => f.write_str("the memory is not sealed against changes"),
            Self::Name => f.write_str("a name has 1 to 64 characters of a-z, 0-9, - and _"),
            Self::Configuration => f.write_str("the configured sizes cannot work"),
        }
    }
}

impl std::error::Error for Error {}
impl std::error::Error for Cause {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_where_and_what() {
        let error = Error::new(Path::new("counters"), io::Error::from_raw_os_error(28));
        assert_eq!(error.to_string(), "counters: No space left on device (os error 28)");
        let error = Error::new(Path::new("counters"), Cause::Version(9));
        assert!(error.to_string().contains("version 9"), "{error}");
        assert_eq!(Cause::from(io::Error::from(io::ErrorKind::UnexpectedEof)), Cause::Short);
    }
}
