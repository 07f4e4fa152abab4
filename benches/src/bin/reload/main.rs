//! Measures policies that come into force, and lists that change, under full load: the dataplane's own threads over
//! ports in memory, its own housekeeping behind its own socket, and an operator who pushes.
//!
//! ```text
//! reload CAPTURE [--quick] [--times-less N] [--shared]
//! ```
//! Poll core: the machine's last. Writer, housekeeping and operator share its first, or, with `--shared`, housekeeping
//! and operator are on the poll core. Fails where a frame is lost that any core took, or a record is not by exactly one
//! version.

mod operator;
mod outcome;
mod plan;
mod rig;

use clap::Parser;
use plan::Plan;
use sluice_bench::reload::policies::{Extent, Policy};
use std::path::PathBuf;

#[derive(Parser)]
#[command(about = "Measures policies that come into force under full load")]
struct Arguments {
    /// An Ethernet capture.
    capture: PathBuf,
    /// A tenth of the pushes, and of the time beside them.
    #[arg(long)]
    quick: bool,
    /// Divides how much the policies hold.
    #[arg(long, default_value_t = 1)]
    times_less: u32,
    /// Housekeeping and operator on the poll core.
    #[arg(long)]
    shared: bool,
    /// Where the journal is written; a folder in it is made and removed.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Policies of one run.
struct Policies {
    /// Pushed again and again.
    usual: Policy,
    /// Only its words, its expressions, its list.
    parts: [(&'static str, f64, Policy); 3],
    /// Pushed once.
    largest: Policy,
}

impl Policies {
    fn compile(by: u32) -> anyhow::Result<Self> {
        let usual = Extent { words: 10_000 / by, expressions: 500 / by, listed: 1_000_000 / by, rules: 0 };
        let largest = Extent { listed: 10_000_000 / by, rules: 100_000 / by, ..usual };
        let part = |name, goal_ms, extent| Ok::<_, anyhow::Error>((name, goal_ms, Policy::compile(&extent)?));
        Ok(Self {
            usual: Policy::compile(&usual)?,
            parts: [
                part("a list of a million", 300.0, Extent { listed: usual.listed, ..Extent::default() })?,
                part("10,000 words", 1000.0, Extent { words: usual.words, ..Extent::default() })?,
                part("500 expressions", 1500.0, Extent { expressions: usual.expressions, ..Extent::default() })?,
            ],
            largest: Policy::compile(&largest)?,
        })
    }
}

fn main() -> anyhow::Result<()> {
    let Arguments { capture, quick, times_less, shared, dir } = Arguments::parse();
    let plan = Plan::new(quick);
    let policies = Policies::compile(times_less)?;
    let seen = rig::run(&capture, &plan, &policies, shared, dir.as_deref())?;
    outcome::print(&plan, &policies, &seen);
    seen.check(&plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::time::Duration;

    #[test]
    fn policies_and_entries_that_change_meanwhile_lose_no_frame_and_every_record_is_by_one_version() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let [half, aside, every] = [300, 100, 100].map(Duration::from_millis);
        let plan = Plan { pairs: 1, half, aside, pushes: 3, every };
        let policies = Policies::compile(200).unwrap();
        let seen = rig::run(&capture, &plan, &policies, false, None).unwrap();
        seen.check(&plan).unwrap();
        assert!(seen.decided.records > 0 && seen.operator.pushed_ms.len() == 3, "{:?}", seen.decided);
        assert_eq!(seen.decided.until_listed(&seen.operator.changed_at_ns).len(), 3, "each change was seen");
    }
}
