//! What the packages install, read where it lies in the repository: units with their lists of system calls, users,
//! folders, the configuration.
#![allow(dead_code, reason = "every test program uses a part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const UNITS: [&str; 3] = ["sluice-hw", "sluice-dataplane", "sluiced"];

/// A file below `hw/image`.
pub fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../hw/image").join(name)
}

/// A service with its list of system calls, and what else is put beside it.
pub struct Unit {
    text: String,
}

impl Unit {
    pub fn read(name: &str) -> Self {
        let text = [format!("units/{name}.service"), format!("units/seccomp/{name}.conf")];
        Self { text: text.map(|file| fs::read_to_string(shipped(&file)).unwrap()).concat() }
    }

    pub fn with(mut self, file: &str) -> Self {
        self.text.push_str(&fs::read_to_string(shipped(file)).unwrap());
        self
    }

    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }

    /// The words of all lines of this name.
    pub fn words(&self, key: &str) -> Vec<&str> {
        let values = self.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        values.flat_map(str::split_whitespace).collect()
    }

    /// Capabilities as setpriv names them.
    pub fn capabilities(&self) -> Vec<String> {
        let name = |word: &&str| word.trim_start_matches("CAP_").to_ascii_lowercase();
        self.words("AmbientCapabilities").iter().map(name).collect()
    }

    /// Calls that it may make, and those that are refused on purpose.
    pub fn calls_foreseen(&self) -> BTreeSet<String> {
        let refused = self.lines().filter_map(|line| line.strip_prefix("# not ")?.split(':').next());
        self.words("SystemCallFilter").into_iter().chain(refused).map(str::to_owned).collect()
    }
}

/// A folder that looks to systemd's tools like the root of a machine with the packages.
pub struct Root(tempfile::TempDir);

impl Root {
    pub fn new() -> Self {
        // Not below the folder of the build, which other users may not be able to reach.
        let root = Self(tempfile::tempdir().unwrap());
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in UNITS {
            root.copy(&format!("units/{name}.service"), &format!("usr/lib/systemd/system/{name}.service"));
            let list = format!("usr/lib/systemd/system/{name}.service.d/seccomp.conf");
            root.copy(&format!("units/seccomp/{name}.conf"), &list);
        }
        root.copy("packages/sysusers.conf", "usr/lib/sysusers.d/sluice.conf");
        root.copy("packages/tmpfiles.conf", "usr/lib/tmpfiles.d/sluice.conf");
        root
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn copy(&self, from: &str, to: &str) {
        self.write(to, &fs::read_to_string(shipped(from)).unwrap());
    }

    /// A tool that takes the root it is to work on.
    pub fn tool(&self, program: &str, words: &[&str]) -> Output {
        let mut root = std::ffi::OsString::from("--root=");
        root.push(self.path());
        Command::new(program).arg(root).args(words).output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    /// User and group numbers of a user.
    pub fn user(&self, name: &str) -> (u32, u32) {
        let users = fs::read_to_string(self.path().join("etc/passwd")).unwrap();
        let line = users.lines().find(|line| line.split(':').next() == Some(name)).unwrap();
        let number = |field| line.split(':').nth(field).unwrap().parse().unwrap();
        (number(2), number(3))
    }
}
