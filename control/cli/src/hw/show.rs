//! `sluice hw show`.

use crate::args::Show;
use crate::output;
use anyhow::Context;
use sluice_platform::{Machine, Root};

/// Runs it.
pub fn run(args: &Show) -> anyhow::Result<()> {
    let machine = Machine::read(&Root::new(&args.root)).context("the machine cannot be told")?;
    if args.json {
        return output::line(serde_json::to_string_pretty(&machine)?);
    }
    output::text(machine)
}
