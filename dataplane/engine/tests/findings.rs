//! The fuzz targets without a fuzzer: a bounded number of executions on inputs cut from our captures, and every
//! finding of the fuzzers for ever.

mod common;

#[allow(dead_code, reason = "the part that makes first inputs for the fuzzers")]
#[path = "../../../tests/fuzz/src/cut.rs"]
mod cut;
#[allow(dead_code, reason = "the part that makes first inputs for the fuzzers")]
#[path = "../../../tests/fuzz/src/targets/mod.rs"]
mod targets;

use common::captures;
use sluice_policy::{Source, compile};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Executions of one target.
const EXECUTIONS_MAX: usize = 400_000;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// The starter policy's image.
fn policy() -> Vec<u8> {
    let source = Source::from_dir(&folder("control/policy/starter")).expect("the starter policy");
    compile(&source, 1).expect("a good policy").image
}

/// Runs an input on a target, as the fuzzer does but for the count of allocations.
fn run(target: &str, input: &[u8], policy: &[u8]) {
    let uncounted = |work: &mut dyn FnMut()| {
        work();
        0
    };
    match targets::ALL.iter().find(|(name, _)| *name == target) {
        Some((_, run)) => run(input),
        None if target == "frame" => targets::frame::run(input, policy, uncounted),
        None => panic!("no target is called {target}"),
    }
}

/// Inputs cut from our captures, each once, by target.
fn inputs() -> BTreeMap<&'static str, HashSet<Vec<u8>>> {
    let mut inputs: BTreeMap<_, HashSet<_>> = BTreeMap::new();
    for (link, frame) in captures().into_iter().flat_map(|capture| capture.frames) {
        cut::cut(link, &frame, &mut |target, input| {
            inputs.entry(target).or_default().insert(input);
        });
        let mut input = targets::frame::header(targets::frame::ALL_MAP | targets::frame::POLICY, link).to_vec();
        targets::frame::append(&mut input, 20, &frame);
        inputs.entry("frame").or_default().insert(input);
    }
    inputs
}

/// An input cut off at every octet, and changed at every octet.
fn mutants(input: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let cut = (0..input.len()).map(|at| input[..at].to_vec());
    let changed = (0..input.len()).flat_map(|at| {
        let octet = input[at];
        [0, 0xFF, octet ^ 1, octet ^ 0x80, octet.wrapping_add(1)].map(|value| {
            let mut changed = input.to_vec();
            changed[at] = value;
            changed
        })
    });
    cut.chain(changed)
}

#[test]
fn every_target_takes_our_captures_cut_off_and_changed_at_every_octet() {
    let policy = policy();
    for (target, inputs) in inputs() {
        let mut inputs: Vec<_> = inputs.into_iter().collect();
        inputs.sort();
        let all: usize = inputs.iter().map(|input| 6 * input.len()).sum();
        let most = if target == "frame" { EXECUTIONS_MAX / 20 } else { EXECUTIONS_MAX };
        let every = all.div_ceil(most).max(1);
        let mut executions = 0;
        for input in inputs.iter().flat_map(|input| mutants(input)).step_by(every).chain(inputs.iter().cloned()) {
            run(target, &input, &policy);
            executions += 1;
        }
        eprintln!("{target}: {executions} executions on {} inputs and what becomes of them", inputs.len());
        assert!(executions > 1000, "{target} has inputs");
    }
}

#[test]
fn every_finding_of_the_fuzzers_is_described_and_stays_mended() {
    let folder = folder("tests/findings");
    let described = fs::read_to_string(folder.join("README.md")).expect("the list of findings");
    let policy = policy();
    let mut replayed = 0;
    for entry in fs::read_dir(&folder).expect("the findings") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name in ASCII");
        let Some((target, _)) = name.rsplit_once('-') else { continue };
        assert!(described.contains(&format!("`{name}`")), "{name} is not described in README.md");
        run(target, &fs::read(folder.join(&name)).expect("a finding"), &policy);
        replayed += 1;
    }
    eprintln!("{replayed} findings replayed");
}

#[test]
#[should_panic(expected = "no target is called nothing")]
fn a_finding_of_a_target_that_does_not_exist_is_noticed() {
    run("nothing", &[], &[]);
}
