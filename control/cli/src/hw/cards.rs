//! `sluice hw cards`.

use crate::args::Cards;
use crate::output;
use sluice_platform::{FAMILIES, Table};

/// Runs it.
pub fn run(args: &Cards) -> anyhow::Result<()> {
    if args.json {
        return output::line(serde_json::to_string_pretty(&FAMILIES)?);
    }
    output::text(Table)
}
