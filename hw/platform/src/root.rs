//! Files of the kernel below a root folder.

use crate::CpuSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// No file that is read here is longer.
const FILE_OCTETS_MAX: u64 = 1 << 22;

/// Files that write a set as a mask; all others write it as a list. Older kernels have no others.
const MASKS: [&str; 7] = [
    "core_siblings",
    "cpumap",
    "effective_affinity",
    "local_cpus",
    "shared_cpu_map",
    "smp_affinity",
    "thread_siblings",
];

/// A file that says what cannot be understood, or cannot be read though it is there.
#[derive(Debug)]
pub struct Fault {
    path: PathBuf,
    what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for Fault {}

/// The folder below which `sys` and `proc` are.
#[derive(Clone, Debug)]
pub struct Root {
    folder: PathBuf,
}

impl Root {
    /// `/` for the machine at hand.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// A fault of a file.
    pub(crate) fn fault(&self, path: &str, what: impl ToString) -> Fault {
        Fault { path: self.at(path), what: what.to_string() }
    }

    /// Whether there is such a file or folder.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.at(path).exists()
    }

    /// What a file says, without blanks at its ends. None where it is not there, is only for others, or has nothing to say
    /// now, as the speed of a link that is down.
    pub(crate) fn text(&self, path: &str) -> Result<Option<String>, Fault> {
        let mut text = Vec::new();
        let read = File::open(self.at(path)).and_then(|file| file.take(FILE_OCTETS_MAX + 1).read_to_end(&mut text));
        match read {
            Err(error) if is_silence(&error) => return Ok(None),
            Err(error) => return Err(self.fault(path, error)),
            Ok(_) if text.len() as u64 > FILE_OCTETS_MAX => return Err(self.fault(path, "too long")),
            Ok(_) => {}
        }
        // Some kernels end an empty set with a zero.
        Ok(Some(
            String::from_utf8_lossy(&text)
                .trim_matches(|letter: char| letter.is_whitespace() || letter == '\0')
                .to_owned(),
        ))
    }

    /// The number a file says, in decimal. In a copied tree, a file that had nothing to say is empty.
    pub(crate) fn number<T: FromStr>(&self, path: &str) -> Result<Option<T>, Fault> {
        let number = self
            .parsed(path, "a number", |text| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) });
        Ok(number?.flatten())
    }

    /// The set in the first of these files that is there.
    pub(crate) fn set(&self, folder: &str, names: &[&str]) -> Result<Option<CpuSet>, Fault> {
        for name in names {
            let parse = if MASKS.contains(name) { CpuSet::from_mask } else { CpuSet::from_list };
            if let Some(set) = self.parsed(&format!("{folder}/{name}"), "a set of processors", parse)? {
                return Ok(Some(set));
            }
        }
        Ok(None)
    }

    pub(crate) fn parsed<T>(
        &self,
        path: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.text(path)? else { return Ok(None) };
        let parsed = parse(&text);
        parsed.map(Some).ok_or_else(|| self.fault(path, format_args!("{text:.80?} is not {what}")))
    }

    /// Writes a file of the kernel, which is there already.
    pub(crate) fn write(&self, path: &str, text: &str) -> io::Result<()> {
        self.stays_inside(path)?;
        let mut file = File::options().write(true).truncate(true).open(self.at(path))?;
        // In one call: each is a command of its own to the kernel.
        file.write_all(text.as_bytes())
    }

    /// Replaces a file of ours as a whole, or removes it.
    pub(crate) fn replace(&self, path: &str, text: Option<&str>) -> io::Result<()> {
        self.stays_inside(path)?;
        let (target, beside) = (self.at(path), self.at(&format!("{path}.new")));
        let Some(text) = text else {
            return fs::remove_file(target).or_else(|error| if is_silence(&error) { Ok(()) } else { Err(error) });
        };
        let mut file = File::create(&beside)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(beside, target)
    }

    /// A tree of another machine may hold links to anywhere: nothing outside of it is written.
    fn stays_inside(&self, path: &str) -> io::Result<()> {
        let target = self.at(path);
        let folder = fs::canonicalize(target.parent().unwrap_or(&self.folder))?;
        let is_link = fs::symlink_metadata(&target).is_ok_and(|about| about.is_symlink());
        if folder.starts_with(fs::canonicalize(&self.folder)?) && !is_link {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "it leads out of the folder of the machine"))
    }

    /// The names in a folder, in order; none where there is no such folder.
    pub(crate) fn names(&self, path: &str) -> Result<Vec<String>, Fault> {
        let entries = match fs::read_dir(self.at(path)) {
            Ok(entries) => entries,
            Err(error) if is_silence(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.fault(path, error)),
        };
        let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> =
            entries.map(name).collect::<io::Result<_>>().map_err(|error| self.fault(path, error))?;
        names.sort();
        Ok(names)
    }

    /// The numbers of the entries of a folder that are named by a word and a number, in order.
    pub(crate) fn numbered(&self, path: &str, word: &str) -> Result<Vec<u32>, Fault> {
        let names = self.names(path)?;
        let mut numbers: Vec<u32> = names.iter().filter_map(|name| name.strip_prefix(word)?.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The last name of what a link points to.
    pub(crate) fn link(&self, path: &str) -> Option<String> {
        let target = fs::read_link(self.at(path)).ok()?;
        Some(target.file_name()?.to_string_lossy().into_owned())
    }

    /// What a link points to in the end, below the root.
    pub(crate) fn resolved(&self, path: &str) -> Option<PathBuf> {
        let (root, target) = (fs::canonicalize(&self.folder).ok()?, fs::canonicalize(self.at(path)).ok()?);
        target.strip_prefix(&root).ok().map(Path::to_owned)
    }
}

/// The kernel answers so where it has nothing to say.
fn is_silence(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied, Unsupported};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied | InvalidInput | Unsupported)
        || matches!(error.raw_os_error(), Some(NO_SUCH_DEVICE | NO_DEVICE))
}

/// `ENXIO` and `ENODEV` (asm-generic/errno-base.h).
const NO_SUCH_DEVICE: i32 = 6;
const NO_DEVICE: i32 = 19;
