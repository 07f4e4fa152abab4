//! Every crate takes the workspace's lints, and `unsafe` is written only where the design allows it.

use sluice_tests::metadata::{self, Package};
use std::fs;
use std::path::{Path, PathBuf};

/// Crates that reach memory shared with other processes, or C; and the allocator that counts in the benches.
const UNSAFE_CRATES: &[&str] = &["sluice-shm", "sluice-dpdk-sys", "sluice-dpdk", "sluice-bench"];

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for package in metadata::members().unwrap() {
        let manifest: toml::Table = fs::read_to_string(&package.manifest).unwrap().parse().unwrap();
        let inherits = manifest.get("lints").and_then(|l| l.get("workspace")).and_then(toml::Value::as_bool);
        assert_eq!(inherits, Some(true), "{} lacks [lints] workspace = true", package.name);
    }
}

#[test]
fn the_workspace_denies_unsafe_code_and_blocks_without_a_reason() {
    let manifest: toml::Table = fs::read_to_string(metadata::top().join("Cargo.toml")).unwrap().parse().unwrap();
    let lints = &manifest["workspace"]["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("deny"));
    assert_eq!(lints["clippy"]["undocumented_unsafe_blocks"].as_str(), Some("deny"));
}

#[test]
fn unsafe_is_written_only_in_the_named_crates() {
    let members = metadata::members().unwrap();
    let this = Path::new(file!()).file_name();
    for package in members.iter().filter(|p| !UNSAFE_CRATES.contains(&p.name.as_str())) {
        for file in sources(package).into_iter().filter(|f| f.file_name() != this) {
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(unsafe_line(&text), None, "{} line", file.display());
        }
    }
}

#[test]
fn the_search_for_unsafe_finds_it() {
    assert_eq!(unsafe_line("fn f() {\n    unsafe { g() }\n}"), Some(2));
    assert_eq!(unsafe_line("#![allow(unsafe_code)]"), Some(1));
    assert_eq!(unsafe_line("// unsafe { }\n#![forbid(unsafe_code)]\nlet a = \"unsafe\";"), None);
}

/// The first line that writes unsafe code or allows it.
fn unsafe_line(text: &str) -> Option<usize> {
    let writes = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        let allows = code.contains("(unsafe_code") && !code.contains("forbid(unsafe_code");
        allows
            || ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "unsafe trait"]
                .iter()
                .any(|u| code.contains(u))
    };
    text.lines().position(writes).map(|at| at + 1)
}

fn sources(package: &Package) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = ["src", "tests", "benches"].iter().map(|f| package.folder().join(f)).collect();
    let mut files: Vec<PathBuf> = vec![package.folder().join("build.rs")].into_iter().filter(|f| f.exists()).collect();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "rs") => files.push(path),
                false => {}
            }
        }
    }
    assert!(!files.is_empty(), "{} has no source", package.name);
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|e| e.unwrap().path()).collect()
}
