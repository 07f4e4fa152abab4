//! Measures what a wire adds to the time of frames that it passes and of frames that it edits, and what it does when more
//! comes than it can judge.
//!
//! ```text
//! line latency CAPTURE [--quick]    open loop at 10, 50 and 90 % of the peak rate, beside a forwarder that looks at nothing
//! line overload [--seconds N]       twice the peak rate, everything failing closed
//! ```
//! One thread on the machine's last core: the poll core's own loop, over ports in memory that keep the time, which stands
//! still while others have the core. It fails where a frame that came does not go on, one that is to be edited is not, or the packet path allocates.

mod latency;
mod load;
mod outcome;
mod overload;
mod port;
mod rig;
mod time;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use latency::Plan;
use sluice_bench::allocations::{Counting, is_counting};
use sluice_bench::judging::policy::{HEAD, Policy, single};
use sluice_bench::state::craft::party;
use sluice_dataplane::cores;
use sluice_engine::{Answering, Wire};
use std::path::PathBuf;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Parser)]
#[command(about = "Measures the latency that a wire adds, and its overload")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open loop, at shares of the peak rate.
    Latency {
        /// An Ethernet capture.
        capture: PathBuf,
        /// A few rounds of some milliseconds.
        #[arg(long)]
        quick: bool,
    },
    /// More than can be judged.
    Overload {
        /// How long.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
}

/// What is done to messages that a rule does not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editing {
    /// They become what their destination ignores.
    Discard,
    /// They become what their destination refuses, and its refusal the answer.
    Bounce,
    /// They become the answer.
    Reflect,
}

impl Editing {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Discard, Self::Bounce, Self::Reflect];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discard => "discard",
            Self::Bounce => "bounce",
            Self::Reflect => "reflect",
        }
    }

    /// How a wire does it.
    pub fn wire(self) -> Wire {
        let answering = if self == Self::Reflect { Answering::Reflect } else { Answering::Bounce };
        Wire { answering, ..Wire::default() }
    }

    /// A policy that asks for it, for deliveries from one party: no rule about a text, a record of each message.
    ///
    /// # Errors
    /// That it does not compile.
    pub fn policy(self) -> anyhow::Result<Policy> {
        let action = match self {
            Self::Discard => "action = \"discard\"",
            Self::Bounce | Self::Reflect => "action = \"reject\"\nerror = \"unexpectedDataValue\"",
        };
        let when = format!("map.component == \"invoke\" and sms.oa == \"{}\"", party(load::EDITED_PARTY));
        let rule = format!("[[rule]]\nid = \"edited\"\nlevel = 3\nwhen = '{when}'\n{action}\n");
        Policy::compile(single(format!("{HEAD}default_log = \"summary\"\n{rule}")))
    }
}

fn main() -> anyhow::Result<()> {
    ensure!(is_counting(), "allocations are not counted");
    let last = core_affinity::get_core_ids().unwrap_or_default().into_iter().map(|core| core.id).max();
    cores::pin(last.context("the cores of this machine cannot be told")?)?;
    match Arguments::parse().command {
        Command::Latency { capture, quick } => {
            let rows = latency::measure(&capture, &Plan::new(quick))?;
            outcome::print(&rows);
        }
        Command::Overload { seconds } => overload::measure(Duration::from_secs(seconds))?.print(),
    }
    Ok(())
}
