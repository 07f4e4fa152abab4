//! Room for the journal, looked at before anything is started.

use crate::config::{Journal, Paths};
use anyhow::{Context, bail};
use std::fs::File;
use std::path::Path;

/// Refuses to begin where not one segment of the journal has room. A dataplane that has run here before starts all the
/// same: to take the traffic down over missing records would be worse. It says so, and counts what it loses.
///
/// # Errors
/// The directory has too little room, or cannot be asked.
pub fn check(paths: &Paths, journal: &Journal) -> anyhow::Result<()> {
    let free = free_octets(&paths.state_dir).with_context(|| format!("{}", paths.state_dir.display()))?;
    let needed = journal.segment_megabytes.saturating_mul(MEGABYTE);
    if free >= needed {
        return Ok(());
    }
    let what = format!(
        "{}: the disk is full: {} MB free, but a segment of the journal takes {} MB",
        paths.state_dir.display(),
        free / MEGABYTE,
        journal.segment_megabytes
    );
    if has_segments(&paths.journal()) {
        eprintln!("sluice-dataplane: {what}; records will be lost, counted as journal.lost_disk, until there is room");
        return Ok(());
    }
    bail!("{what}; make room, or set another state_dir in [paths] or smaller segment_megabytes in [journal]")
}

fn free_octets(directory: &Path) -> anyhow::Result<u64> {
    let of = rustix::fs::fstatvfs(File::open(directory)?)?;
    Ok(of.f_bavail.saturating_mul(of.f_frsize))
}

fn has_segments(journal: &Path) -> bool {
    let entries = std::fs::read_dir(journal).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|extension| extension == "journal"))
}

const MEGABYTE: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_refused_only_where_no_segment_has_room_and_none_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let paths = Paths { state_dir: directory.path().to_owned(), ..Paths::default() };
        let of_size = |segment_megabytes| Journal { segment_megabytes, ..Journal::default() };
        check(&paths, &of_size(1)).unwrap();
        let refused = check(&paths, &of_size(1 << 40)).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("{}: the disk is full: ", directory.path().display())), "{refused}");
        assert!(refused.contains("make room, or set another state_dir"), "{refused}");

        std::fs::create_dir(paths.journal()).unwrap();
        std::fs::write(paths.journal().join("00000000000000000001.journal"), "").unwrap();
        check(&paths, &of_size(1 << 40)).unwrap();
        let gone = Paths { state_dir: directory.path().join("none"), ..Paths::default() };
        assert!(format!("{:#}", check(&gone, &of_size(1)).unwrap_err()).contains("none"));
    }
}
