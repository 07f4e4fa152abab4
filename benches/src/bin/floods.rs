//! Measures floods: ten million of each thing that a table holds, through tables of the usual size.
//!
//! ```text
//! floods CAPTURE [--offered N]
//! ```
//! Fails where something was shed uncounted, or the packet path allocated.

use anyhow::ensure;
use clap::Parser;
use sluice_bench::Load;
use sluice_bench::allocations::{Counting, is_counting};
use sluice_bench::floods::{Flood, HEADINGS, run, submission};
use std::path::PathBuf;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Parser)]
#[command(about = "Measures floods through tables of a fixed size")]
struct Arguments {
    /// An Ethernet capture with a submission in it.
    capture: PathBuf,
    /// How many of each; thousands.
    #[arg(long, default_value_t = 10_000_000)]
    offered: u32,
}

fn main() -> anyhow::Result<()> {
    let Arguments { capture, offered } = Arguments::parse();
    ensure!(is_counting() && offered.is_multiple_of(10_000), "give a multiple of ten thousand");
    let message = submission(&Load::read(&capture, None, |_| true)?)?;
    println!("{HEADINGS}");
    let mut wrong = Vec::new();
    for flood in Flood::ALL {
        let outcome = run(flood, &message, offered)?;
        println!("{outcome}");
        if outcome.is_wrong() {
            wrong.push(flood.name());
        }
    }
    ensure!(wrong.is_empty(), "not exact: {}", wrong.join(", "));
    Ok(())
}
