//! Whether the machine has huge pages to spare.

use std::fs;
use std::path::Path;

/// Whether packet memory lies in huge pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HugePages {
    /// If enough are free; else in ordinary pages. [`Eal::huge_pages`](crate::Eal::huge_pages) says which.
    #[default]
    Auto,
    /// Yes, or fail.
    On,
    /// No. Slower, and enough for virtual devices; no network card can be used.
    Off,
}

/// Octets of memory in huge pages that nobody uses, of all sizes together.
pub fn free_huge_pages() -> u64 {
    free_under(Path::new("/sys/kernel/mm/hugepages"))
}

fn free_under(folder: &Path) -> u64 {
    let Ok(sizes) = fs::read_dir(folder) else { return 0 };
    sizes.flatten().filter_map(|size| free_of_size(&size.path())).sum()
}

/// Of a folder such as `hugepages-2048kB`.
fn free_of_size(folder: &Path) -> Option<u64> {
    let name = folder.file_name()?.to_str()?;
    let kilobytes: u64 = name.strip_prefix("hugepages-")?.strip_suffix("kB")?.parse().ok()?;
    let free: u64 = fs::read_to_string(folder.join("free_hugepages")).ok()?.trim().parse().ok()?;
    free.checked_mul(kilobytes)?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_pages_of_all_sizes_are_added_up_and_oddities_passed_over() {
        let root = tempfile::tempdir().unwrap();
        for (name, free) in [("hugepages-2048kB", "3\n"), ("hugepages-1048576kB", "1\n"), ("else", "9")] {
            fs::create_dir(root.path().join(name)).unwrap();
            fs::write(root.path().join(name).join("free_hugepages"), free).unwrap();
        }
        fs::create_dir(root.path().join("hugepages-64kB")).unwrap();
        assert_eq!(free_under(root.path()), 3 * (2 << 20) + (1 << 30));
        assert_eq!(free_under(&root.path().join("nowhere")), 0);
    }
}
