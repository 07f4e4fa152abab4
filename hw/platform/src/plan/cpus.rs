//! Which processor does what.
//!
//! A queue of a tap or a wire gets a poll core of its own on the node of its card, as long as there are cores. Queue after
//! queue goes to core after core, round and round, so the order of the cores says which serves which.

use super::{Line, Poll, Role, Wanted};
use crate::machine::Core;
use crate::{CpuSet, Machine};
use std::collections::BTreeMap;

pub(super) struct Cpus {
    pub roles: BTreeMap<u32, Role>,
    pub poll: Vec<Poll>,
    pub far: Vec<Far>,
    pub housekeeping: u32,
    pub writer: u32,
    pub reasons: Vec<String>,
}

/// A queue whose core is not at the node of its card.
pub(super) struct Far {
    name: String,
    cpu: u32,
    node: u32,
    card_node: u32,
}

impl std::fmt::Display for Far {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, cpu, node, card_node } = self;
        write!(
            f,
            "{name} is polled by processor {cpu} of node {node} while its card is at node {card_node}: no core is left there"
        )
    }
}

/// A queue that wants a core.
struct Lane<'w> {
    line: &'w Line,
    queue: u16,
    node: Option<u32>,
}

impl Lane<'_> {
    fn name(&self) -> String {
        format!("{}, queue {}", self.line.name, self.queue)
    }
}

pub(super) fn assign(machine: &Machine, wanted: &Wanted) -> Cpus {
    let system = system_core(machine);
    let lanes = lanes(machine, wanted);
    let mut free: Vec<&Core> = machine.cores().filter(|core| core.cpus != system).collect();
    let polling = poll_cores(machine, &lanes, &mut free, &system);
    let mut roles: BTreeMap<u32, Role> = machine.online.iter().map(|cpu| (cpu, Role::System)).collect();
    for core in &polling {
        for cpu in core.iter() {
            roles.insert(cpu, if Some(cpu) == core.first() { Role::Poll } else { Role::Idle });
        }
    }
    let (poll, far) = served(machine, &lanes, &polling);
    // Core 0 polls only where there is no other.
    let is_alone = polling.contains(&system);
    let housekeeping = if is_alone { system.first() } else { system.iter().last() }.unwrap_or(0);
    let (writer, why) = writer(machine, wanted, &polling, &free, housekeeping);
    if roles.get(&housekeeping) == Some(&Role::System) {
        roles.insert(housekeeping, Role::Housekeeping);
    }
    if roles.get(&writer).is_some_and(|role| matches!(role, Role::System | Role::Idle)) {
        roles.insert(writer, Role::Writer);
    }
    let mut reasons = vec![why];
    reasons.extend(about_system(&system, is_alone, housekeeping));
    reasons.extend(about_siblings(&roles));
    Cpus { roles, poll, far, housekeeping, writer, reasons }
}

/// The core of processor 0, or of the first that runs.
fn system_core(machine: &Machine) -> CpuSet {
    let first = machine.online.first();
    let core = machine.cores().find(|core| first.is_some_and(|cpu| core.cpus.has(cpu)));
    core.map(|core| core.cpus.clone()).unwrap_or_default()
}

fn lanes<'w>(machine: &Machine, wanted: &'w Wanted) -> Vec<Lane<'w>> {
    let of_line = |line: &'w Line| {
        let node = line.cards.iter().find_map(|address| machine.node_of_card(address));
        (0..line.queues).map(move |queue| Lane { line, queue, node })
    };
    wanted.lines.iter().flat_map(of_line).collect()
}

/// A core for each lane, taken from the free ones, while there are any.
fn poll_cores(machine: &Machine, lanes: &[Lane<'_>], free: &mut Vec<&Core>, system: &CpuSet) -> Vec<CpuSet> {
    let mut taken = Vec::new();
    for lane in lanes {
        let distance = |core: &&Core| lane.node.map_or(0, |node| machine.distance(core.cpus.first(), node));
        // Of equally near ones the first.
        let Some(place) = (0..free.len()).min_by_key(|&place| (distance(&free[place]), place)) else { break };
        taken.push(free.remove(place).cpus.clone());
    }
    if taken.is_empty() && !lanes.is_empty() {
        taken.push(system.clone());
    }
    taken
}

fn served(machine: &Machine, lanes: &[Lane<'_>], polling: &[CpuSet]) -> (Vec<Poll>, Vec<Far>) {
    let mut far = Vec::new();
    let poll = |(place, core): (usize, &CpuSet)| {
        let cpu = core.first().unwrap_or(0);
        let node = machine.node_of(cpu).map_or(0, |node| node.number);
        let own = || lanes.iter().skip(place).step_by(polling.len());
        let elsewhere = own().filter_map(|lane| Some((lane, lane.node.filter(|of_card| *of_card != node)?)));
        far.extend(elsewhere.map(|(lane, card_node)| Far { name: lane.name(), cpu, node, card_node }));
        Poll { cpu, node, serves: own().map(Lane::name).collect() }
    };
    (polling.iter().enumerate().map(poll).collect(), far)
}

/// The writer's processor, and why.
fn writer(machine: &Machine, wanted: &Wanted, polling: &[CpuSet], free: &[&Core], housekeeping: u32) -> (u32, String) {
    let first = polling.first();
    let sibling = first.and_then(|core| core.iter().nth(1));
    if let Some(cpu) = sibling.filter(|_| wanted.writer_on_sibling) {
        return (
            cpu,
            format!(
                "processor {cpu} writes the journal beside a poll core, as was asked for: that core is slower, and a core is saved"
            ),
        );
    }
    let node = first.and_then(CpuSet::first).and_then(|cpu| machine.node_of(cpu)).map_or(0, |node| node.number);
    let is_near = |cpu: &u32| machine.node_of(*cpu).is_some_and(|own| own.number == node);
    let near = free.iter().filter_map(|core| core.cpus.first()).find(is_near);
    if let Some(cpu) = near.or_else(|| free.first().and_then(|core| core.cpus.first())) {
        let why = format!("processor {cpu} writes the journal: a core that polls nothing, near the rings it empties");
        return (cpu, why);
    }
    let why = format!("processor {housekeeping} also writes the journal: no core is left for it");
    (housekeeping, why)
}

fn about_system(system: &CpuSet, is_alone: bool, housekeeping: u32) -> Option<String> {
    if is_alone {
        return Some(format!("processor {housekeeping} does everything: the machine has one core"));
    }
    let (first, kept) = (system.first().unwrap_or(0), "what the kernel cannot move");
    Some(if system.len() == 1 {
        format!("processor {first} is the system's, for {kept}; it also takes commands and policies")
    } else {
        format!("processors {system} are the system's, for {kept}; {housekeeping} also takes commands and policies")
    })
}

fn about_siblings(roles: &BTreeMap<u32, Role>) -> Option<String> {
    let idle = super::with_role(roles, |role| role == Role::Idle);
    (!idle.is_empty()).then(|| format!("processors {idle} stay idle: each shares its core with one that polls"))
}
