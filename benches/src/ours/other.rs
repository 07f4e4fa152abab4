//! Frames that are not the short message service's: what the engine is to be rid of quickly.

use super::Drive;
use crate::Load;
use sluice_abi::counters::{Count, Exit, Slot};
use sluice_abi::{Facts, Field, LogLevel};
use sluice_engine::{Scope, Sink};
use std::collections::HashSet;

/// How early frames leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Early {
    /// Without a DATA chunk: acknowledgements, heartbeats, handshakes.
    Control,
    /// After the addresses of SCCP: the subsystem is another service's.
    Subsystem,
    /// With a DATA chunk and no short message, subsystems of other services and all that MAP carries besides.
    Other,
}

impl Early {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Control, Self::Subsystem, Self::Other];

    /// The row's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Control => "sluice headers, no DATA",
            Self::Subsystem => "sluice headers, to SCCP",
            Self::Other => "sluice headers, all others",
        }
    }
}

/// The frames of a load that leave this early.
pub fn frames_leaving(load: &Load, early: Early) -> HashSet<usize> {
    let of_other_subsystem = frames_of_other_subsystems(load);
    let mut drive = Drive::new(Scope::Sms);
    let frames = load.frames();
    let leaves = |frame: &&crate::Frame<'_>| {
        let mut exit = Last(Exit::Judged);
        drive.pass(std::slice::from_ref(*frame), None, &mut exit);
        match early {
            Early::Control => exit.0 == Exit::SctpControl,
            Early::Subsystem => exit.0 == Exit::Cap && of_other_subsystem.contains(&frame.number),
            Early::Other => matches!(
                exit.0,
                Exit::NotSms
                    | Exit::NotTcap
                    | Exit::NotSccp
                    | Exit::SccpConnection
                    | Exit::SccpManagement
                    | Exit::AdaptationManagement
                    | Exit::Isup
                    | Exit::Ansi41
                    | Exit::Cap
                    | Exit::Inap
                    | Exit::NotSignalling
            ),
        }
    };
    frames.iter().filter(leaves).map(|frame| frame.number).collect()
}

/// The exit the last frame left by.
struct Last(Exit);

impl Count for Last {
    fn add(&mut self, slot: Slot, _n: u64) {
        if let Some(&exit) = Exit::ALL.iter().find(|&&exit| Slot::frame(exit) == slot) {
            self.0 = exit;
        }
    }
}

impl Sink for Last {
    fn message(&mut self, _facts: &mut Facts<'_>, _log: LogLevel) {}
}

fn frames_of_other_subsystems(load: &Load) -> HashSet<usize> {
    let mut found = Subsystems::default();
    Drive::new(Scope::AllMap).pass(&load.frames(), None, &mut found);
    found.0
}

/// Frames from or to CAP's subsystems.
#[derive(Default)]
struct Subsystems(HashSet<usize>);

impl Count for Subsystems {
    fn add(&mut self, _slot: Slot, _n: u64) {}
}

impl Sink for Subsystems {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        let is_cap = |field| matches!(facts.number(field), Some(146 | 147));
        if is_cap(Field::CdpaSsn) || is_cap(Field::CgpaSsn) {
            self.0.extend(facts.number(Field::Frame).map(|n| n.saturating_sub(1) as usize));
        }
    }
}
