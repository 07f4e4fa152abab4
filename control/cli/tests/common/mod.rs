//! Running the command line, and comparing lines of JSON field by field.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod merge;
pub mod table;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The binary under test.
pub fn sluice(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluice")).args(arguments).output().expect("the binary runs")
}

/// Lines of JSON the binary prints; it must succeed.
pub fn lines(arguments: &[&str]) -> Vec<Value> {
    let output = sluice(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    parse(&String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Lines of JSON.
pub fn parse(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// The material beside the repository, or a loud word that it is missing.
pub fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let found = path.join("captures").is_dir() && path.join("tools/gen.py").is_file();
    if !found {
        eprintln!("SKIPPED: ../shared is not beside the repository; nothing was compared");
    }
    found.then_some(path)
}

/// Every value of an object by its dotted name.
pub fn flatten(value: &Value) -> BTreeMap<String, Value> {
    let mut flat = BTreeMap::new();
    flatten_into(&mut flat, "", value);
    flat
}

fn flatten_into(flat: &mut BTreeMap<String, Value>, name: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten_into(flat, &name, value);
            }
        }
        other => {
            flat.insert(name.to_owned(), other.clone());
        }
    }
}

/// What a line is about, so that two opinions on it can be put side by side.
pub fn key(line: &Value) -> (u64, u64, i64, u64, u64) {
    let number = |v: &Value| v.as_u64().unwrap_or(0);
    let (frame, tsn) = (number(&line["frame"]), number(&line["sctp"]["tsn"]));
    let component = line["component_index"].as_i64().unwrap_or(-1);
    (frame, tsn, component, number(&line["smpp"]["seq"]), number(&line["smpp"]["command_id"]))
}

/// A directory for one test, emptied.
pub fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _may_not_be_there = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory for the test");
    path
}

/// Runs Python; it must succeed.
pub fn python(arguments: &[&str]) -> String {
    let output =
        Command::new("python3").args(arguments).output().expect("python3 runs: install it with scripts/setup --test");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
