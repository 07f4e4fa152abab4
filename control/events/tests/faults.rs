//! The disk fails at every call in turn, in every way: the log opens, and has what was acknowledged and nothing twice.

mod common;

use common::items;
use sluice_events::{Limits, Log, Query};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

const HOW: [&str; 5] = ["eio", "enospc", "full", "torn", "kill"];
const BATCHES: u64 = 6;
const BATCH: u64 = 5;

/// The process that meets the fault: run by the test below, and by itself it does nothing.
#[test]
fn worker() {
    let Ok(folder) = std::env::var("FAULT_FOLDER") else { return };
    let Ok((log, mut writer)) = Log::open(Path::new(&folder)) else { return };
    for batch in 0..BATCHES {
        let first = 1 + batch * BATCH;
        // Once more, as the tail does. A disk that stays full stays so.
        let is_taken = (0..3).any(|_| writer.append(&items(first..=first + BATCH - 1), first + BATCH).is_ok());
        if !is_taken {
            return;
        }
        writeln!(std::io::stderr(), "acknowledged {}", first + BATCH - 1).unwrap();
        assert_eq!(log.position().next, Some(first + BATCH));
        if batch % 2 == 1 {
            let _again_later = writer.seal();
        }
        if batch == 3 {
            let _again_later = writer.retain(Limits { count: 15, before: None, texts_before: None });
            let _again_later = writer.retain(Limits { count: 15, before: None, texts_before: Some(u64::MAX) });
        }
    }
}

fn run(library: &Path, folder: &Path, how: &str, at: u32) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker", "--nocapture"])
        .env("LD_PRELOAD", library)
        .env("FAULT_FOLDER", folder)
        .env("FAULT_HOW", how)
        .env("FAULT_AT", at.to_string())
        .output()
        .unwrap()
}

#[test]
fn whatever_call_fails_and_however_nothing_acknowledged_is_lost() {
    let build = tempfile::tempdir().unwrap();
    let library = build.path().join("faults.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-Wall", "-o"]).arg(&library).arg(source).status().unwrap();
    assert!(built.success());
    for how in HOW {
        let mut at = 0;
        loop {
            at += 1;
            let folder = tempfile::tempdir().unwrap();
            let output = run(&library, folder.path(), how, at);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            check(folder.path(), &said, &format!("{how} at call {at}:\n{said}"));
            if !said.contains("fault\n") {
                break;
            }
        }
        assert!(at > 40, "{how}: only {at} calls");
    }
}

/// What is there after it, without faults.
fn check(folder: &Path, said: &str, what: &str) {
    assert!(!said.contains("panicked"), "{what}");
    let acknowledged = said.lines().filter_map(|line| line.strip_prefix("acknowledged ")).next_back();
    let acknowledged: u64 = acknowledged.map_or(0, |last| last.parse().unwrap());
    let (log, mut writer) = Log::open(folder).unwrap_or_else(|e| panic!("{e}: {what}"));
    let ids = |log: &Log| -> Vec<u64> {
        log.some(&Query { limit: 1_000, ..Query::default() }).unwrap().iter().map(|event| event.id).collect()
    };
    let (found, next) = (ids(&log), log.position().next.unwrap_or(1));
    assert!(next > acknowledged, "position {next}: {what}");
    // Whole batches, without a gap, but for what was let go.
    assert!((next - 1).is_multiple_of(BATCH) && found.last().is_none_or(|last| last + 1 == next), "{found:?} {what}");
    assert!(found.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{found:?} {what}");
    assert!(found.len() as u64 >= (next - 1).min(15), "{found:?} {what}");
    // And it goes on.
    writer.append(&items(next..=next), next + 1).unwrap_or_else(|e| panic!("{e}: {what}"));
    writer.seal().unwrap_or_else(|e| panic!("{e}: {what}"));
    assert_eq!(ids(&log).last(), Some(&next), "{what}");
}
