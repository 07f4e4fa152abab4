//! Puts the starter policy, whatever files it has, into the binary for `sluice init`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let starter =
        Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says where we are")).join("../policy/starter");
    let mut code =
        String::from("/// Path within the policy, and text.\npub(super) const STARTER: &[(&str, &str)] = &[\n");
    for path in files(&starter) {
        let name = path.strip_prefix(&starter).expect("it was found there").to_str().expect("a name in ASCII");
        writeln!(code, "    ({name:?}, include_str!({path:?})),").expect("text grows");
    }
    code.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo says where to write")).join("starter.rs");
    fs::write(out, code).expect("cargo's directory can be written");
    println!("cargo:rerun-if-changed={}", starter.display());
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = directory.read_dir().expect("the starter policy is beside this crate");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
