//! `sluice hw`: the machine that the appliance runs on, or another one by its tree.

mod apply;
mod cards;
mod check;
mod events;
mod plan;
mod sensors;
mod show;

use crate::args::{Daemon, Hw, HwCommand};

/// Runs it.
pub fn run(daemon: &Daemon, args: &Hw) -> anyhow::Result<()> {
    match &args.command {
        HwCommand::Cards(args) => cards::run(args),
        HwCommand::Show(args) => show::run(args),
        HwCommand::Plan(args) => plan::run(args),
        HwCommand::Apply(args) => apply::run(args),
        HwCommand::Undo(args) => apply::undo(args),
        HwCommand::Check(args) => check::run(args),
        HwCommand::Sensors(args) => sensors::run(args),
        HwCommand::Events(args) => events::run(daemon, args),
    }
}
