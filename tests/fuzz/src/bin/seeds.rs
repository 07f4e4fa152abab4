//! Cuts captures into first inputs: `seeds FOLDER CAPTURE...` makes `FOLDER/TARGET/NUMBER` for every target, and
//! `FOLDER/policy.image`, the starter policy as the frame target wants it.

use sluice_fuzz::cut::cut;
use sluice_fuzz::targets::frame;
use sluice_io::capture::Reader;
use sluice_policy::{Source, compile};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// Frames that go into one input of the frame target.
const FRAMES: usize = 6;
/// Inputs cut of one capture for one target: more of the same teach a fuzzer nothing.
const INPUTS_MAX: usize = 400;
/// Octets of an input; libFuzzer takes the longest as its limit.
const INPUT_OCTETS_MAX: usize = 4096;

fn main() {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: seeds FOLDER CAPTURE...");
        process::exit(2);
    };
    let mut seeds = Seeds { folder, known: HashSet::new(), counts: BTreeMap::new() };
    seeds.policy();
    for capture in arguments {
        seeds.capture(&capture);
    }
    seeds.programmes();
    for (target, count) in &seeds.counts {
        println!("{target} {count}");
    }
}

struct Seeds {
    folder: PathBuf,
    known: HashSet<(&'static str, Vec<u8>)>,
    counts: BTreeMap<&'static str, usize>,
}

impl Seeds {
    fn policy(&self) {
        let source = Source::from_dir(Path::new("control/policy/starter")).expect("the starter policy");
        let compiled = compile(&source, 1).expect("a good policy");
        fs::create_dir_all(&self.folder).expect("a folder for the seeds");
        fs::write(self.folder.join("policy.image"), compiled.image).expect("room for the image");
    }

    /// A capture that ends within a frame gives what comes before.
    fn capture(&mut self, path: &Path) {
        let mut reader = match Reader::open(path) {
            Ok(reader) => reader,
            Err(error) => return eprintln!("seeds: {error}"),
        };
        let mut of_capture = BTreeMap::<&str, usize>::new();
        let mut group: Vec<(u16, Vec<u8>)> = Vec::new();
        while let Ok(Some(record)) = reader.next() {
            let link = record.link_type.0;
            cut(link, record.octets, &mut |target, input| {
                let count = of_capture.entry(target).or_default();
                if *count < INPUTS_MAX {
                    *count += usize::from(self.keep(target, input));
                }
            });
            group.push((link, record.octets.to_vec()));
            if group.len() == FRAMES {
                self.group(&group);
                group.clear();
            }
        }
        self.group(&group);
    }

    /// Frames that follow each other, so that answers find their dialogues.
    fn group(&mut self, frames: &[(u16, Vec<u8>)]) {
        let Some((link, _)) = frames.first() else { return };
        for how in [frame::MENDED, frame::ALL_MAP | frame::POLICY | frame::MENDED] {
            let mut input = frame::header(how, *link).to_vec();
            for (_, octets) in frames {
                frame::append(&mut input, 20, octets);
            }
            self.keep("frame", input);
        }
    }

    /// Programmes for the tables: a message in order, in reverse, twice, and one whose pieces overlap.
    fn programmes(&mut self) {
        const ORDERS: [&[u8]; 4] = [&[0, 1, 2], &[2, 1, 0], &[0, 0, 1, 2, 2], &[0, 2, 1, 1]];
        for (order, kind) in ORDERS.iter().flat_map(|order| [(order, 0), (order, 1)]) {
            for as_parts in [0, 16] {
                let mut input = vec![kind, 8, 16];
                for &at in *order {
                    let flags = u8::from(at == 0) | u8::from(at == 2) << 1 | as_parts;
                    let (at, next) = if as_parts == 0 { (at, at + 1) } else { (at + 1, 3) };
                    input.extend([1, at, next, flags, 8, 1]);
                }
                self.keep("pieces", input);
            }
        }
    }

    fn keep(&mut self, target: &'static str, input: Vec<u8>) -> bool {
        if input.len() > INPUT_OCTETS_MAX || !self.known.insert((target, input.clone())) {
            return false;
        }
        let count = self.counts.entry(target).or_default();
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder).expect("a folder for the seeds");
        fs::write(folder.join(format!("seed-{count:06}")), input).expect("room for a seed");
        *count += 1;
        true
    }
}
