//! The files of a policy as text, from a directory or from a request.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// The file a policy begins with.
pub const POLICY_FILE: &str = "policy.toml";
/// A policy never has more files.
pub const FILES_MAX: usize = 1024;
/// No file is longer.
pub const FILE_OCTETS_MAX: usize = 256 * 1024 * 1024;
/// All files together are not longer.
pub const SOURCE_OCTETS_MAX: usize = 512 * 1024 * 1024;
/// Directories within each other.
const DEPTH_MAX: usize = 8;
/// What a policy is made of; other files in its directory are none of its business.
const EXTENSIONS: [&str; 3] = ["toml", "txt", "csv"];

/// The files of a policy by their path from its directory, with `/` between the names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    files: BTreeMap<String, String>,
}

/// Why files are not a policy's source.
#[derive(Debug)]
pub enum SourceError {
    /// A file or directory could not be read.
    Read(PathBuf, std::io::Error),
    /// A file is not UTF-8; the place is in bytes.
    NotText(String, usize),
    /// A path leaves the directory, or has a form that cannot be kept apart from another's.
    Path(String),
    /// A symbolic link could lead anywhere.
    Link(PathBuf),
    /// More than [`FILES_MAX`] files, or directories too deep.
    TooMany,
    /// A file or all of them are too long.
    TooLong(String),
    /// There is no `policy.toml`.
    NoPolicyFile,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NotText(path, at) => write!(f, "{path}: not UTF-8 text from byte {at} on"),
            Self::Path(path) => write!(f, "{path:?}: expected a path within the policy, such as rules/lists.toml"),
            Self::Link(path) => write!(f, "{}: a symbolic link cannot be part of a policy", path.display()),
            Self::TooMany => write!(f, "more than {FILES_MAX} files, or directories more than {DEPTH_MAX} deep"),
            Self::TooLong(path) => {
                write!(f, "{path}: a file has at most {FILE_OCTETS_MAX} octets, a policy at most {SOURCE_OCTETS_MAX}")
            }
            Self::NoPolicyFile => write!(f, "there is no {POLICY_FILE}"),
        }
    }
}

impl std::error::Error for SourceError {}

impl Source {
    /// Files from anywhere, such as a request; every path is checked.
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, SourceError> {
        let mut source = Self::default();
        let mut left = SOURCE_OCTETS_MAX;
        for (path, text) in files {
            if !is_within(&path) {
                return Err(SourceError::Path(path));
            }
            source.add(path, text, &mut left)?;
        }
        source.complete()
    }

    /// The `.toml` and `.txt` files of a directory and those below it.
    pub fn from_dir(directory: &Path) -> Result<Self, SourceError> {
        let mut source = Self::default();
        let mut left = SOURCE_OCTETS_MAX;
        let mut open = vec![(directory.to_owned(), String::new(), 0)];
        while let Some((directory, prefix, depth)) = open.pop() {
            for (name, path, kind) in entries(&directory)? {
                let inner = format!("{prefix}{name}");
                if kind.is_dir() && depth + 1 >= DEPTH_MAX {
                    return Err(SourceError::TooMany);
                } else if kind.is_dir() {
                    open.push((path, format!("{inner}/"), depth + 1));
                } else if kind.is_symlink() && is_wanted(&inner) {
                    return Err(SourceError::Link(path));
                } else if kind.is_file() && is_wanted(&inner) {
                    source.add(inner.clone(), read(&path, &inner, left)?, &mut left)?;
                }
            }
        }
        source.complete()
    }

    fn add(&mut self, path: String, text: String, left: &mut usize) -> Result<(), SourceError> {
        if self.files.len() >= FILES_MAX {
            return Err(SourceError::TooMany);
        }
        *left = match left.checked_sub(text.len()) {
            Some(rest) if text.len() <= FILE_OCTETS_MAX => rest,
            _ => return Err(SourceError::TooLong(path)),
        };
        self.files.insert(path, text);
        Ok(())
    }

    fn complete(self) -> Result<Self, SourceError> {
        if self.files.contains_key(POLICY_FILE) { Ok(self) } else { Err(SourceError::NoPolicyFile) }
    }

    /// A file's text.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Every file with its text, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// Whether a path from outside names a file within the policy and has only one way to be written.
pub(crate) fn is_within(path: &str) -> bool {
    let name = |n: &str| !n.is_empty() && n != "." && n != ".." && !n.contains(['\\', ':']);
    path.split('/').all(name) && !path.chars().any(char::is_control) && path.len() <= 255
}

fn is_wanted(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

fn entries(directory: &Path) -> Result<Vec<(String, PathBuf, fs::FileType)>, SourceError> {
    let failed = |error| SourceError::Read(directory.to_owned(), error);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Editors and version control leave hidden files beside the policy's.
        if !name.starts_with('.') && is_within(&name) {
            found.push((name, entry.path(), kind));
        }
    }
    Ok(found)
}

fn read(path: &Path, name: &str, left: usize) -> Result<String, SourceError> {
    let failed = |error| SourceError::Read(path.to_owned(), error);
    let len = fs::metadata(path).map_err(failed)?.len();
    if len > FILE_OCTETS_MAX.min(left) as u64 {
        return Err(SourceError::TooLong(name.to_owned()));
    }
    let octets = fs::read(path).map_err(failed)?;
    String::from_utf8(octets).map_err(|e| SourceError::NotText(name.to_owned(), e.utf8_error().valid_up_to()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_within_the_policy_are_taken() {
        for path in ["../x.toml", "/etc/passwd", "a//b.toml", "./a.toml", "a/../b.toml", "", "a\\b", "c:x", "a/\n"] {
            let files = [(POLICY_FILE.to_owned(), String::new()), (path.to_owned(), String::new())];
            assert!(matches!(Source::from_files(files), Err(SourceError::Path(_))), "{path:?}");
        }
        assert!(is_within("rules/level-1.toml") && is_within("lists/..hidden.txt"));
    }

    #[test]
    fn a_policy_without_its_first_file_is_none() {
        assert!(matches!(Source::from_files([]), Err(SourceError::NoPolicyFile)));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(Source::from_dir(empty.path()), Err(SourceError::NoPolicyFile)));
        assert!(matches!(Source::from_dir(&empty.path().join("missing")), Err(SourceError::Read(..))));
    }

    #[test]
    fn a_directory_gives_its_text_files_and_refuses_links_and_other_octets() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("lists")).unwrap();
        fs::write(at(POLICY_FILE), "name = \"x\"").unwrap();
        fs::write(at("lists/a.txt"), "1").unwrap();
        fs::write(at("README.md"), [0xFF]).unwrap();
        let source = Source::from_dir(dir.path()).unwrap();
        assert_eq!(source.files().map(|f| f.0).collect::<Vec<_>>(), ["lists/a.txt", POLICY_FILE]);
        fs::write(at("lists/b.txt"), [b'1', 0xFF]).unwrap();
        assert!(matches!(Source::from_dir(dir.path()), Err(SourceError::NotText(name, 1)) if name == "lists/b.txt"));
        fs::remove_file(at("lists/b.txt")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", at("lists/c.txt")).unwrap();
        assert!(matches!(Source::from_dir(dir.path()), Err(SourceError::Link(_))));
    }

    #[test]
    fn too_many_files_are_refused() {
        let files = (0..=FILES_MAX).map(|n| (format!("lists/{n}.txt"), String::new()));
        assert!(matches!(Source::from_files(files), Err(SourceError::TooMany)));
    }
}
