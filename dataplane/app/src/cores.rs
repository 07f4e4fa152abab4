//! Pinning threads to cores, and keeping two dataplanes off one core.

use crate::config::Cores;
use anyhow::{Context, bail, ensure};
use core_affinity::CoreId;
use std::fs::File;
use std::path::PathBuf;

/// Checks that every core named is there and is named for one poll thread only.
///
/// # Errors
/// The core that cannot be used, and those that can.
pub fn check(cores: &Cores) -> anyhow::Result<()> {
    let usable: Vec<usize> = core_affinity::get_core_ids().unwrap_or_default().iter().map(|c| c.id).collect();
    ensure!(!usable.is_empty(), "the cores of this machine cannot be told: is /proc mounted?");
    for (what, core) in
        cores.poll.iter().map(|c| ("poll", *c)).chain([("housekeeping", cores.housekeeping), ("writer", cores.writer)])
    {
        ensure!(
            usable.contains(&core),
            "[cores] {what} names core {core}; this process may use {usable:?} (see taskset and the unit's CPUAffinity)"
        );
    }
    for (at, core) in cores.poll.iter().enumerate() {
        ensure!(
            !cores.poll.iter().take(at).any(|c| c == core),
            "[cores] poll names core {core} twice: it polls all its ports in one thread"
        );
    }
    Ok(())
}

/// Pins the calling thread.
///
/// # Errors
/// The core cannot be used.
pub fn pin(core: usize) -> anyhow::Result<()> {
    ensure!(core_affinity::set_for_current(CoreId { id: core }), "a thread cannot be pinned to core {core}");
    Ok(())
}

/// Poll cores taken by this process, until it ends.
pub struct CoreLocks {
    _files: Vec<File>,
}

impl CoreLocks {
    /// Takes every core or none.
    ///
    /// # Errors
    /// A core is polled by another dataplane already.
    pub fn take(cores: &Cores) -> anyhow::Result<Self> {
        let directory = cores.lock_dir.clone().unwrap_or_else(usual_directory);
        let mut files = Vec::new();
        for core in &cores.poll {
            let path = directory.join(format!("sluice-core-{core}"));
            let file =
                File::options().create(true).append(true).open(&path).with_context(|| format!("{}", path.display()))?;
            match file.try_lock() {
                Ok(()) => files.push(file),
                Err(std::fs::TryLockError::WouldBlock) => {
                    bail!(
                        "core {core} is busy: another sluice-dataplane polls it; name another core in [cores] poll, or stop that one"
                    )
                }
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("{}", path.display()));
                }
            }
        }
        Ok(Self { _files: files })
    }
}

fn usual_directory() -> PathBuf {
    let directory = PathBuf::from("/run/lock");
    if directory.is_dir() { directory } else { std::env::temp_dir() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_that_is_not_there_and_a_core_named_twice_are_refused() {
        let cores = |poll: Vec<usize>| Cores { poll, housekeeping: 0, writer: 0, ..Cores::default() };
        check(&cores(vec![0])).unwrap();
        assert!(check(&cores(vec![9999])).unwrap_err().to_string().contains("names core 9999; this process may use"));
        assert!(check(&cores(vec![0, 0])).unwrap_err().to_string().contains("names core 0 twice"));
    }

    #[test]
    fn a_core_polled_by_another_dataplane_is_busy_until_that_one_ends() {
        let directory = tempfile::tempdir().unwrap();
        let cores = Cores { poll: vec![7], lock_dir: Some(directory.path().to_owned()), ..Cores::default() };
        let first = CoreLocks::take(&cores).unwrap();
        assert!(CoreLocks::take(&cores).err().unwrap().to_string().contains("core 7 is busy"));
        drop(first);
        CoreLocks::take(&cores).unwrap();
    }
}
