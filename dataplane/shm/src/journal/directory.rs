//! Names in the directory of a journal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::format::SEQUENCE_MAX;

const SUFFIX: &str = ".journal";
const DIGITS: usize = 20;

/// Path of the segment whose first record has this sequence.
pub(super) fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}{SUFFIX}"))
}

/// The first sequences of all segments, rising. Other files are not looked at.
pub(super) fn segments(dir: &Path) -> io::Result<Vec<u64>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        found.extend(entry?.file_name().to_str().and_then(first_of));
    }
    found.sort_unstable();
    Ok(found)
}

fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|first| plain && *first <= SEQUENCE_MAX)
}

/// Removes segments that a process was preparing when it died.
pub(super) fn remove_unfinished(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|n| n.starts_with('.') && n.contains(SUFFIX) && n.ends_with(".new")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_segments_are_taken_for_segments() {
        let dir = tempfile::tempdir().unwrap();
        let good = [1, 77, SEQUENCE_MAX];
        let paths = good.map(|first| segment_path(dir.path(), first));
        let others = ["lock", "1.journal", "+0000000000000000001.journal", "99999999999999999999.journal", "é.journal"];
        for path in paths.into_iter().chain(others.map(|name| dir.path().join(name))) {
            fs::write(path, b"").unwrap();
        }
        assert_eq!(segments(dir.path()).unwrap(), good);
    }

    #[test]
    fn what_a_dead_process_was_preparing_is_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let segment = segment_path(dir.path(), 1);
        fs::write(crate::durable::beside(&segment), b"").unwrap();
        fs::write(&segment, b"").unwrap();
        fs::write(dir.path().join(".hidden"), b"").unwrap();
        remove_unfinished(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
        assert!(segment.exists());
    }
}
