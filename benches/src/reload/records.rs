//! Which version decided on what, from the journal, read as any other process would.

use super::policies::{LISTED_RULE, rule_of};
use anyhow::{Context, ensure};
use sluice_abi::{Field, record};
use sluice_shm::journal::{FIRST_SEQUENCE, Reader};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// What the journal says.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Records.
    pub records: u64,
    /// Versions that decided on something.
    pub versions: BTreeSet<u64>,
    /// When messages came that the list stopped, in nanoseconds since the epoch, and what their verdict took.
    pub listed_ns: Vec<u64>,
}

impl Decided {
    /// Reads it.
    ///
    /// # Errors
    /// A record without version, by the rule of another version, by a version older than one before it, or a gap.
    pub fn read(journal: &Path) -> anyhow::Result<Self> {
        let mut reader = Reader::open(journal, FIRST_SEQUENCE)?;
        let (mut found, mut newest) = (Self::default(), 0);
        while let Some(next) = reader.next().context("the journal")? {
            ensure!(next.sequence == FIRST_SEQUENCE + found.records, "record {} is missing", found.records);
            found.records += 1;
            let facts = record::decode(next.payload).map_err(|error| anyhow::anyhow!("a record: {error}"))?;
            let version = facts.number(Field::VerdictPolicy).context("a verdict without a version")?;
            ensure!(newest <= version, "version {version} after {newest}");
            newest = version;
            found.versions.insert(version);
            let rule = facts.octets(Field::VerdictRule).unwrap_or_default();
            if rule == LISTED_RULE.as_bytes() {
                let came_ns = facts.number(Field::TimeNs).unwrap_or(0);
                found.listed_ns.push(came_ns + facts.number(Field::LatencyNs).unwrap_or(0));
            } else {
                let name = String::from_utf8_lossy(rule);
                ensure!(name == rule_of(version), "version {version} and the rule {name:?}");
            }
        }
        Ok(found)
    }

    /// Nanoseconds from the beginning of each of these times until the list first stopped a message, where it did before
    /// their end.
    pub fn until_listed(&self, asked_ns: &[Range<u64>]) -> Vec<u64> {
        let first = |asked: &Range<u64>| {
            let at = self.listed_ns.partition_point(|listed_ns| *listed_ns < asked.start);
            self.listed_ns
                .get(at)
                .filter(|listed_ns| asked.contains(listed_ns))
                .map(|listed_ns| listed_ns - asked.start)
        };
        asked_ns.iter().filter_map(first).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_the_list_stopped_after_it_was_asked_tells_how_long_that_took() {
        let decided = Decided { listed_ns: vec![100, 110, 300, 305], ..Decided::default() };
        assert_eq!(decided.until_listed(&[90..95, 90..200, 250..400, 400..500]), [10, 50]);
    }
}
