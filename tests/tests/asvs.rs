//! The list of security requirements names tests: each is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_test_that_the_list_of_security_requirements_names_is_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let list = fs::read_to_string(top.join("control/asvs.md")).unwrap();
    let quoted: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    let is_file = |word: &str| word.ends_with(".rs");
    let named: BTreeSet<(&str, &str)> =
        quoted.windows(2).filter(|pair| is_file(pair[0]) && !is_file(pair[1])).map(|pair| (pair[0], pair[1])).collect();
    assert!(named.len() > 20, "the list has another form");
    let mut files = Vec::new();
    for folder in ["control", "tests/tests"] {
        find(&top.join(folder), &mut files);
    }
    let is_there = |&(file, test): &(&str, &str)| {
        let of_name = files.iter().filter(|path| path.file_name().is_some_and(|name| name == file));
        of_name.map(|path| fs::read_to_string(path).unwrap()).any(|text| text.contains(&format!("fn {test}(")))
    };
    let missing: Vec<_> = named.iter().filter(|test| !is_there(test)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
