//! Opening what another process has put there. Whatever it is, opening it does not wait and reading it has an end.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::Cause;

/// Opens a plain file for reading. A pipe, which could keep its reader waiting for ever, and a link are refused.
pub(crate) fn open(path: &Path) -> Result<File, Cause> {
    let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits();
    let file = OpenOptions::new().read(true).custom_flags(i32::try_from(flags).unwrap_or(0)).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Cause::Magic) }
}

/// Reads a plain file that must not be longer than `octets_max`.
pub(crate) fn read(path: &Path, octets_max: u64) -> Result<Vec<u8>, Cause> {
    let mut octets = Vec::new();
    open(path)?.take(octets_max.saturating_add(1)).read_to_end(&mut octets)?;
    let actual = octets.len() as u64;
    if actual > octets_max { Err(Cause::Size { stated: octets_max, actual }) } else { Ok(octets) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_a_link_and_a_directory_are_refused_without_waiting() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
        std::fs::write(at("plain"), b"12345").unwrap();
        std::os::unix::fs::symlink(at("plain"), at("link")).unwrap();
        assert_eq!(open(&at("pipe")).err(), Some(Cause::Magic));
        assert_eq!(open(dir.path()).err(), Some(Cause::Magic));
        assert!(open(&at("link")).is_err());
        assert_eq!(read(&at("plain"), 5), Ok(b"12345".to_vec()));
        assert_eq!(read(&at("plain"), 4), Err(Cause::Size { stated: 4, actual: 5 }));
    }
}
