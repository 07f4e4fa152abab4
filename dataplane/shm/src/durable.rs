//! Files that are either the old or the new one at every moment, a cut of power included: written beside the old one,
//! synchronised, renamed over it, and the directory synchronised.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::Error;

/// Permissions of every file written here: the group reads, others do not.
pub(crate) const FILE_MODE: u32 = 0o640;

/// Replaces the file at `path` by one with these bytes, durably and at once. On an error the old file is untouched.
pub fn write_file_durably(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write(path, bytes).map_err(|e| Error::new(path, e))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let written = create(&beside).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| rename(&beside, path)).inspect_err(|_| drop(fs::remove_file(&beside)))?;
    sync_directory_of(path)
}

/// Creates a file that only this process writes; one left behind by a process that died is replaced.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    OpenOptions::new().read(true).write(true).create_new(true).mode(FILE_MODE).open(path)
}

/// The name under which a file is prepared before it takes its place. It begins with a dot, so that nobody takes it
/// for the file, and has the number of the process, so that two processes do not prepare the same one.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Makes names in the directory of `path` durable.
pub(crate) fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("image");
        for bytes in [&b"first, and longer"[..], b"second"] {
            write_file_durably(&path, bytes).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, FILE_MODE);
    }

    #[test]
    fn when_it_cannot_be_put_in_place_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let taken = dir.path().join("directory");
        fs::create_dir_all(taken.join("full")).unwrap();
        assert!(write_file_durably(&taken, b"x").is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write_file_durably(&dir.path().join("missing/file"), b"x").is_err());
    }
}
