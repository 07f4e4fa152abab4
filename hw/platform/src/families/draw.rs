//! The table of families for a person.

use super::{FAMILIES, Family, Queues, Spreading, Timestamps};
use std::fmt;

/// Shows all families.
#[derive(Clone, Copy, Debug)]
pub struct Table;

const HEADS: [&str; 8] =
    ["family", "kernel, DPDK", "spreads SCTP by", "symmetric", "rules", "checksums", "stamps", "queues"];

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 8]> = FAMILIES.iter().map(row).collect();
        let width = |column: usize| {
            rows.iter().map(|row| row[column].len()).chain([HEADS[column].len()]).max().unwrap_or_default()
        };
        let widths: [usize; 8] = std::array::from_fn(width);
        line(f, &HEADS.map(str::to_owned), &widths)?;
        rows.iter().try_for_each(|row| line(f, row, &widths))?;
        writeln!(f)?;
        f.write_str(LEGEND)?;
        FAMILIES.iter().try_for_each(|family| writeln!(f, "  {}: {}", family.name, family.source))
    }
}

const LEGEND: &str = "\
spreads SCTP by  what its hash chooses the queue of a frame by; with a port's `spread_by` the dataplane asks for addresses
                 alone (the default), or for ports too where the card can
symmetric        both directions hash alike by a function of the card; all others do by the dataplane's key
rules            a flow rule can name SCTP
checksums        of SCTP: written into what is sent, checked in what comes
stamps           the time of arrival in every frame; `clock`: where its firmware has one
queues           of a function: to receive by, to send by, and how many of them the hash reaches; `-`: the firmware decides

DPDK 22.11.11:
";

fn line(f: &mut fmt::Formatter<'_>, cells: &[String; 8], widths: &[usize; 8]) -> fmt::Result {
    let cells: Vec<String> = cells.iter().zip(widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
    writeln!(f, "{}", cells.join("  ").trim_end())
}

fn row(family: &Family) -> [String; 8] {
    let yes = |can: bool| if can { "yes" } else { "no" };
    let spreads = match family.spreading {
        Spreading::Addresses => "addresses",
        Spreading::Ports => "addresses, ports",
        Spreading::VerificationTag => "addresses, ports, tag",
    };
    let checksums = match (family.writes_checksums, family.checks_checksums) {
        (true, true) => "written, checked",
        (true, false) => "written",
        (false, true) => "checked",
        (false, false) => "no",
    };
    let stamps = match family.timestamps {
        Timestamps::Never => "no",
        Timestamps::WithClock => "clock",
        Timestamps::Always => "yes",
    };
    [
        family.name.to_owned(),
        format!("{}, {}", family.kernel_driver, family.dpdk_driver),
        spreads.to_owned(),
        if family.hashes_symmetrically { "function" } else { "key" }.to_owned(),
        yes(family.steers_sctp).to_owned(),
        checksums.to_owned(),
        stamps.to_owned(),
        queues(&family.queues),
    ]
}

/// As `128/64/16`.
fn queues(queues: &Queues) -> String {
    let count = |count: Option<u16>| count.map_or("-".to_owned(), |count| count.to_string());
    format!("{}/{}/{}", count(queues.receive), count(queues.send), queues.spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_a_line_under_its_heads_and_a_source() {
        let shown = Table.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        let at = lines[0].find("queues").unwrap();
        let queues: Vec<&str> = lines[1..=FAMILIES.len()].iter().map(|line| &line[at..]).collect();
        assert_eq!(queues, ["128/64/16", "64/64/64", "256/256/256", "-/-/512", "-/-/128"]);
        assert!(FAMILIES.iter().all(|family| shown.contains(&format!("  {}: drivers/net/", family.name))));
    }
}
