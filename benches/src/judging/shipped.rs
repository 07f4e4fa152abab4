//! What the starter policy and the scenarios cost, over the frames of a capture as they are.

use super::engine::judged;
use super::policy::{File, Policy};
use super::turns::{self, Turn};
use crate::ours::starter_folder;
use crate::report::{Figures, Report};
use crate::{Load, Seen};
use anyhow::ensure;
use sluice_policy::{POLICY_FILE, Source};

/// What is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForce {
    /// No policy.
    Nothing,
    /// The starter policy without any scenario.
    Rules,
    /// As shipped.
    Shipped,
    /// With every scenario in shadow.
    AllShadow,
    /// With every scenario in force.
    AllEnforced,
}

impl InForce {
    /// From nothing to all.
    pub const ALL: [Self; 5] = [Self::Nothing, Self::Rules, Self::Shipped, Self::AllShadow, Self::AllEnforced];

    /// Name of the row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing in force",
            Self::Rules => "starter, no scenarios",
            Self::Shipped => "starter as shipped",
            Self::AllShadow => "starter, all in shadow",
            Self::AllEnforced => "starter, all enforced",
        }
    }

    /// The policy; none where nothing is in force.
    ///
    /// # Errors
    /// That the starter policy cannot be read, or is written otherwise.
    pub fn policy(self) -> anyhow::Result<Option<Policy>> {
        let starter = Source::from_dir(&starter_folder()).map_err(|e| anyhow::anyhow!("the starter policy: {e}"))?;
        let changed = |from: &str, to: &str| {
            let text = starter.file(POLICY_FILE).unwrap_or_default();
            ensure!(text.contains(from), "the starter policy does not say `{from}`");
            let edit = |(path, text): (&str, &str)| {
                let text = if path == POLICY_FILE { text.replace(from, to) } else { text.to_owned() };
                (path.to_owned(), text)
            };
            anyhow::Ok(starter.files().map(edit).collect::<Vec<File>>())
        };
        let files = match self {
            Self::Nothing => return Ok(None),
            Self::Shipped => changed("", "")?,
            // Those that are named with a mode keep it, but for this.
            Self::Rules => without_scenarios(changed("scenario_mode = \"shadow\"", "scenario_mode = \"off\"")?),
            Self::AllShadow => changed("mode = \"enforce\"", "mode = \"shadow\"")?,
            Self::AllEnforced => changed("mode = \"shadow\"", "mode = \"enforce\"")?,
        };
        Policy::compile(files).map(Some)
    }
}

/// With no mode of a single scenario.
fn without_scenarios(files: Vec<File>) -> Vec<File> {
    let is_kept = |line: &&str| !["mode = \"shadow\"", "mode = \"enforce\""].contains(line);
    let kept = |text: &str| text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect();
    files.into_iter().map(|(path, text)| if path == POLICY_FILE { (path, kept(&text)) } else { (path, text) }).collect()
}

/// One over the frames. What scenarios have seen before counts, so that no run comes to what the one before came to.
///
/// # Errors
/// A policy that does not compile.
pub fn turn(what: InForce, load: &Load) -> anyhow::Result<Turn<'_>> {
    let mut judged = judged(what.name(), load, what.policy()?);
    let (name, count) = (what.name(), judged.count());
    Ok(Turn::new(name, count, move || u64::from(judged.run() == 0)))
}

/// The table.
///
/// # Errors
/// As [`turn`].
pub fn measure(load: &Load, elsewhere: Figures) -> anyhow::Result<Report> {
    let mut turns = InForce::ALL.into_iter().map(|what| turn(what, load)).collect::<anyhow::Result<Vec<_>>>()?;
    let (frames, octets) = (load.frames().len(), load.octets().map(<[u8]>::len).sum());
    let seen = Seen { messages: frames as u64, text_octets: 0 };
    Ok(Report::new(turns::measure(&mut turns, seen, frames, octets)?, "frame", elsewhere))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn what_is_in_force_discards_the_more_the_more_it_is() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let load = Load::read(&capture, None, |frame| frame.chunks().next().is_some()).unwrap();
        let discarded = |what: InForce| judged(what.name(), &load, what.policy().unwrap()).run() & u64::from(u32::MAX);
        let found = InForce::ALL.map(discarded);
        let [nothing, rules, shipped, shadow, enforced] = found;
        assert!(nothing == 0 && shadow <= rules && rules <= shipped && shipped < enforced, "{found:?}");
    }
}
