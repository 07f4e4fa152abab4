//! What each processor does, where memory lies, and how the kernel is set, so that a frame meets one node only.
//!
//! ```text
//!  Machine ─┐            ┌─▶ cpus       who polls which queues, writes, keeps house, idles
//!           ├─▶ Plan::of ┼─▶ pages      packet buffers and huge pages by node
//!  Wanted ──┘            ├─▶ kernel     parameters, interrupts, governors, drivers
//!                        └─▶ warnings   what the wiring and the firmware cost
//! ```
//! Pure: the same machine and the same wishes give the same plan. [`Setting`](crate::Setting)s put it into force.

mod cpus;
mod draw;
mod kernel;
mod pages;
mod warnings;

use crate::{CpuSet, Machine, Profile};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is to be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Taps first, then wires, in the order of the configuration: so their queues go to the poll cores.
    pub lines: Vec<Line>,
    /// Packet buffers on each node that has a card, at the least.
    pub frames: u32,
    /// Whether the writer may run beside a poll core, on its second thread.
    pub writer_on_sibling: bool,
}

/// A tap, or a wire with two cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As `wire stp1`.
    pub name: String,
    /// The PCI addresses of its ports; virtual ports have none.
    pub cards: Vec<String>,
    /// Of each of its ports.
    pub queues: u16,
}

/// What a processor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The kernel, interrupts, everything else.
    System,
    /// Commands and policies of the dataplane, beside the system.
    Housekeeping,
    /// From the rings to the journal.
    Writer,
    /// Polls, with nothing beside it.
    Poll,
    /// The other thread of a poll core: whatever ran there would slow it.
    Idle,
}

impl Role {
    const fn is_isolated(self) -> bool {
        matches!(self, Self::Poll | Self::Idle)
    }
}

/// A poll core and what it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Poll {
    /// Its processor.
    pub cpu: u32,
    /// Its node.
    pub node: u32,
    /// As `wire stp1, queue 0`.
    pub serves: Vec<String>,
}

/// Huge pages of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pages {
    /// The node.
    pub node: u32,
    /// Of one page.
    pub octets: u64,
    /// How many.
    pub count: u64,
}

/// A parameter of the kernel's command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// As `nohz_full=2-5`.
    pub text: String,
    /// What it is for.
    pub why: String,
}

/// The driver a card is to have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Driver {
    /// The card's address.
    pub card: String,
    /// The kernel's driver.
    pub name: String,
    /// Why that one.
    pub why: String,
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What each processor does that runs.
    pub cpus: BTreeMap<u32, Role>,
    /// In the order of the configuration.
    pub poll: Vec<Poll>,
    /// For `[cores] housekeeping`.
    pub housekeeping: u32,
    /// For `[cores] writer`.
    pub writer: u32,
    /// For `[memory] frames`: packet buffers on each node that has a port.
    pub frames: u32,
    /// On every node that has a port.
    pub huge_pages: Vec<Pages>,
    /// The kernel's command line; they need a restart.
    pub parameters: Vec<Parameter>,
    /// Of each card that is a port.
    pub drivers: Vec<Driver>,
    /// Who takes interrupts.
    pub interrupts: CpuSet,
    /// Why it is so.
    pub reasons: Vec<String>,
    /// What costs latency, or cannot be had.
    pub warnings: Vec<String>,
    /// What only somebody at the server's firmware can set, from its profile.
    pub by_hand: Vec<String>,
}

/// A port that the machine does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchCard {
    address: String,
    line: String,
    there: Vec<String>,
}

impl std::fmt::Display for NoSuchCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: there is no network card {} in this machine; ", self.line, self.address)?;
        if self.there.is_empty() {
            return write!(f, "it has none on PCI");
        }
        write!(f, "it has {}", self.there.join(", "))
    }
}

impl std::error::Error for NoSuchCard {}

impl Plan {
    /// The plan for a machine.
    ///
    /// # Errors
    /// A card that is not there.
    pub fn of(machine: &Machine, wanted: &Wanted) -> Result<Self, NoSuchCard> {
        wanted.check(machine)?;
        let cpus::Cpus { roles, poll, far, housekeeping, writer, mut reasons } = cpus::assign(machine, wanted);
        let isolated = with_role(&roles, Role::is_isolated);
        let interrupts = with_role(&roles, |role| !role.is_isolated());
        let drivers = kernel::drivers(machine, wanted);
        let frames = pages::frames(machine, wanted);
        let (huge_pages, more) = pages::of(machine, wanted, frames);
        reasons.extend(more);
        let warnings = warnings::of(machine, wanted, &poll, &far, &huge_pages);
        Ok(Self {
            parameters: kernel::parameters(machine, &isolated, &interrupts, &huge_pages, &drivers),
            drivers,
            interrupts,
            cpus: roles,
            poll,
            housekeeping,
            writer,
            frames,
            huge_pages,
            reasons,
            warnings,
            by_hand: Profile::of(machine).map(Profile::advice).unwrap_or_default(),
        })
    }

    /// Processors that nothing else may disturb: poll cores and the other threads of their cores.
    pub fn isolated(&self) -> CpuSet {
        with_role(&self.cpus, Role::is_isolated)
    }

    /// The lines for the configuration.
    pub fn configuration(&self) -> String {
        let poll: Vec<String> = self.poll.iter().map(|poll| poll.cpu.to_string()).collect();
        format!(
            "[cores]\npoll = [{}]\nhousekeeping = {}\nwriter = {}\n\n[memory]\nframes = {}\n",
            poll.join(", "),
            self.housekeeping,
            self.writer,
            self.frames
        )
    }
}

impl Wanted {
    fn check(&self, machine: &Machine) -> Result<(), NoSuchCard> {
        for line in &self.lines {
            let is_there = |address: &&String| machine.card(address).is_some();
            if let Some(address) = line.cards.iter().find(|address| !is_there(address)) {
                let there = machine.cards.iter().map(|card| card.address.clone()).collect();
                return Err(NoSuchCard { address: address.clone(), line: line.name.clone(), there });
            }
        }
        Ok(())
    }

    /// The ports on PCI, each once.
    fn cards(&self) -> Vec<&str> {
        let mut cards: Vec<&str> = self.lines.iter().flat_map(|line| &line.cards).map(String::as_str).collect();
        cards.sort_unstable();
        cards.dedup();
        cards
    }

    /// The nodes of the ports, lowest first; that of the first processor where none is told.
    fn nodes(&self, machine: &Machine) -> Vec<u32> {
        let cards = self.cards();
        let told = cards.iter().filter_map(|address| machine.node_of_card(address));
        let mut nodes: Vec<u32> = told.collect();
        if nodes.is_empty() {
            let first = machine.online.first().and_then(|cpu| machine.node_of(cpu));
            nodes.extend(first.map(|node| node.number));
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

fn with_role(roles: &BTreeMap<u32, Role>, is_meant: impl Fn(Role) -> bool) -> CpuSet {
    roles.iter().filter(|(_, role)| is_meant(**role)).map(|(cpu, _)| *cpu).collect()
}
