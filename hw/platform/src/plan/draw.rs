//! The plan as a person reads it.

use super::{Plan, Role};
use crate::draw::octets;
use std::fmt::{self, Display, Formatter};

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.processors(f)?;
        self.memory_and_kernel(f)?;
        list(f, "why", &self.reasons)?;
        list(f, "mind", &self.warnings)?;
        list(f, "by hand", &self.by_hand)
    }
}

/// Width of what stands before a value.
const LABEL: usize = 14;

impl Plan {
    fn processors(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for poll in &self.poll {
            let serves = if poll.serves.is_empty() { "nothing".to_owned() } else { poll.serves.join("; ") };
            writeln!(f, "{:<LABEL$}processor {} (node {}): {serves}", "poll", poll.cpu, poll.node)?;
        }
        writeln!(f, "{:<LABEL$}processor {}", "writer", self.writer)?;
        writeln!(f, "{:<LABEL$}processor {}", "housekeeping", self.housekeeping)?;
        for (role, what) in [(Role::Idle, "idle"), (Role::System, "system")] {
            let cpus = super::with_role(&self.cpus, |one| one == role);
            if !cpus.is_empty() {
                writeln!(f, "{what:<LABEL$}processors {cpus}")?;
            }
        }
        writeln!(f, "{:<LABEL$}processors {}", "interrupts", self.interrupts)
    }

    fn memory_and_kernel(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<LABEL$}{} on each node with a port", "frames", self.frames)?;
        for pages in &self.huge_pages {
            let (count, octets) = (pages.count, octets(pages.octets));
            writeln!(f, "{:<LABEL$}{count} of {octets} on node {}", "huge pages", pages.node)?;
        }
        for driver in &self.drivers {
            writeln!(f, "{:<LABEL$}{} for {}: {}", "driver", driver.name, driver.card, driver.why)?;
        }
        for parameter in &self.parameters {
            writeln!(f, "{:<LABEL$}{:<40} {}", "kernel", parameter.text, parameter.why)?;
        }
        Ok(())
    }
}

/// Sentences, the first behind what they are.
fn list(f: &mut Formatter<'_>, what: &str, sentences: &[String]) -> fmt::Result {
    sentences.iter().try_for_each(|sentence| writeln!(f, "{what:<LABEL$}{sentence}"))
}
