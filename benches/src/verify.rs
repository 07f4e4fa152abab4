//! Who agrees with the truth, message by message, before anything is timed.

use crate::truth::Truth;
use crate::{Candidate, Frame};
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// What a candidate makes of a capture whose truth is known.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    /// Components the truth has.
    pub expected: usize,
    /// Components that agree in every field.
    pub equal: usize,
    /// Components not found, or found with another value, by the field.
    pub differences: BTreeMap<&'static str, usize>,
    /// Frames all of whose components agree, and those that have none and open or move a dialogue.
    pub frames: HashSet<usize>,
}

/// Holds a candidate against the truth. The frames are the capture's, or some of them, with their numbers in it.
pub fn verify(candidate: &mut dyn Candidate, frames: &[Frame<'_>], truth: &Truth) -> Agreement {
    let mut found = BTreeMap::new();
    let expected: std::collections::HashMap<_, _> = truth.iter().collect();
    candidate.run(frames, &mut |fields| {
        let key = (fields.frame, fields.tsn, fields.index);
        let verdict = expected.get(&key).map_or(Some("not in the truth"), |e| e.difference(fields));
        found.insert(key, verdict);
    });
    let mut agreement = Agreement { expected: expected.len(), ..Agreement::default() };
    let mut bad = HashSet::new();
    let missing = expected.keys().filter(|key| !found.contains_key(**key)).map(|key| (**key, Some("not found")));
    for (key, verdict) in found.iter().map(|(key, verdict)| (*key, *verdict)).chain(missing) {
        match verdict {
            None => agreement.equal += 1,
            Some(field) => {
                *agreement.differences.entry(field).or_default() += 1;
                bad.insert(key.0);
            }
        }
    }
    let frames = found.keys().map(|key| key.0).chain(truth.silent_frames());
    agreement.frames = frames.filter(|frame| !bad.contains(frame)).collect();
    agreement
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} components agree in every field", self.equal, self.expected)?;
        for (field, count) in &self.differences {
            write!(f, "; {field}: {count}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::Crates;
    use crate::{Fields, Load};
    use std::path::{Path, PathBuf};

    /// Spoils one text in three.
    struct Spoils(Crates, usize);

    impl Candidate for Spoils {
        fn name(&self) -> &'static str {
            "spoils"
        }

        fn run(&mut self, frames: &[Frame<'_>], take: &mut dyn FnMut(&Fields<'_>)) {
            let count = &mut self.1;
            self.0.run(frames, &mut |fields| {
                *count += 1;
                let text = if count.is_multiple_of(3) { "spoilt" } else { fields.text };
                take(&Fields { text, ..fields.clone() });
            });
        }
    }

    fn captured(name: &str) -> (Load, Truth) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/captures");
        let at = |end: &str| folder.join(format!("{name}.pcap{end}"));
        let read = |path: &Path| Load::read(path, None, |_| true).unwrap();
        (read(&at("")), Truth::read(&at(".truth.jsonl.gz")).unwrap())
    }

    #[test]
    fn the_crates_agree_with_the_truth_but_for_what_they_do_not_reassemble() {
        for (name, unseen_max) in [("demo", 7), ("mix-11", 3)] {
            let (load, truth) = captured(name);
            let agreement = verify(&mut Crates, &load.frames(), &truth);
            assert_eq!(agreement.differences.keys().copied().collect::<Vec<_>>(), ["not found"], "{name}: {agreement}");
            assert!(agreement.expected - agreement.equal <= unseen_max, "{name}: {agreement}");
            assert!(agreement.frames.len() > agreement.equal / 2, "{name}");
        }
    }

    #[test]
    fn a_candidate_with_wrong_texts_is_found_out_and_its_frames_are_left_out() {
        let (load, truth) = captured("mix-11");
        let (honest, spoilt) =
            (verify(&mut Crates, &load.frames(), &truth), verify(&mut Spoils(Crates, 0), &load.frames(), &truth));
        assert!(spoilt.differences["text"] > 100, "{spoilt}");
        assert!(spoilt.frames.len() < honest.frames.len() && spoilt.frames.is_subset(&honest.frames));
    }
}
