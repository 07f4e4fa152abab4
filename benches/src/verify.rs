//! Who agrees with the truth, message by message, before anything is timed.

use crate::truth::Truth;
use crate::{Candidate, Load};
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
    /// Frames all of whose components agree.
    pub frames: HashSet<usize>,
}

/// Holds a candidate against the truth. The load is the capture, once.
pub fn verify(candidate: &mut dyn Candidate, load: &Load, truth: &Truth) -> Agreement {
    let mut found = BTreeMap::new();
    let expected: std::collections::HashMap<_, _> = truth.iter().collect();
    candidate.run(&load.frames(), &mut |fields| {
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
    agreement.frames = found.keys().map(|key| key.0).filter(|frame| !bad.contains(frame)).collect();
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
