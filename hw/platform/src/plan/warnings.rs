//! What costs latency or cannot be had, and what to do about it.

use super::cpus::Far;
use super::{Pages, Poll, Wanted};
use crate::draw::octets;
use crate::machine::{Card, Node, Slot};
use crate::{Machine, families::Spreading};

pub(super) fn of(machine: &Machine, wanted: &Wanted, poll: &[Poll], far: &[Far], pages: &[Pages]) -> Vec<String> {
    let cards: Vec<&Card> = wanted.cards().into_iter().filter_map(|address| machine.card(address)).collect();
    let mut warnings = Vec::new();
    wiring(machine, wanted, &mut warnings);
    cores(machine, wanted, poll, &mut warnings);
    warnings.extend(far.iter().map(Far::to_string));
    for card in &cards {
        place(machine, card, &mut warnings);
        slot(card, &mut warnings);
        spreading(card, wanted, &mut warnings);
    }
    all_at_one_node(machine, &mut warnings);
    memory(machine, pages, &mut warnings);
    power(machine, poll, &mut warnings);
    if !machine.kernel.has_iommu && !cards.is_empty() {
        warnings.push(
            "no IOMMU is in use: switch on VT-d (AMD: IOMMU) in the firmware and start with the parameters above; without one vfio-pci takes no card"
                .to_owned(),
        );
    }
    warnings
}

/// A wire between two sockets.
fn wiring(machine: &Machine, wanted: &Wanted, warnings: &mut Vec<String>) {
    for line in &wanted.lines {
        let [outside, inside] = line.cards.as_slice() else { continue };
        let nodes = machine.node_of_card(outside).zip(machine.node_of_card(inside));
        if let Some((one, other)) = nodes.filter(|(one, other)| one != other) {
            warnings.push(format!(
                "{}: {outside} is at node {one} and {inside} at node {other}: every frame crosses between sockets; put both ports on cards of one socket",
                line.name
            ));
        }
    }
}

fn cores(machine: &Machine, wanted: &Wanted, poll: &[Poll], warnings: &mut Vec<String>) {
    let queues: usize = wanted.lines.iter().map(|line| usize::from(line.queues)).sum();
    if queues > poll.len() {
        warnings.push(format!(
            "{queues} queues share {} poll cores: the machine has no more to give; fewer queues do the same work with less",
            poll.len()
        ));
    }
    if poll.iter().any(|poll| machine.online.first() == Some(poll.cpu)) {
        warnings.push("the system shares the core that polls: frames wait for it; use idle = \"yield\"".to_owned());
    }
}

fn place(machine: &Machine, card: &Card, warnings: &mut Vec<String>) {
    if machine.nodes.len() > 1 && machine.node_of_card(&card.address).is_none() {
        warnings.push(format!(
            "the firmware does not say at which node {} is: look up its slot in the server's manual, and name cores of that processor in [cores] poll",
            card.address
        ));
    }
}

fn slot(card: &Card, warnings: &mut Vec<String>) {
    let (Some(now), Some(max)) = (&card.slot, &card.slot_max) else { return };
    if now.lanes < max.lanes || now.megatransfers() < max.megatransfers() {
        let show = |slot: &Slot| format!("x{} {}", slot.lanes, slot.speed);
        warnings.push(format!(
            "{} runs {} where it can {}: move it to a wider slot, or see which slots share lanes",
            card.address,
            show(now),
            show(max)
        ));
    }
}

/// More queues than a card can spread over.
fn spreading(card: &Card, wanted: &Wanted, warnings: &mut Vec<String>) {
    let is_wide = wanted.lines.iter().any(|line| line.queues > 1 && line.cards.contains(&card.address));
    if let Some(family) = card.family.filter(|family| is_wide && family.spreading == Spreading::Addresses) {
        warnings.push(format!(
            "{} ({}) spreads SCTP by addresses alone: one pair of addresses fills one queue, however many there are",
            card.address, family.name
        ));
    }
}

/// Firmware that has not been told writes the same node everywhere.
fn all_at_one_node(machine: &Machine, warnings: &mut Vec<String>) {
    let buses: std::collections::BTreeSet<&str> =
        machine.cards.iter().filter_map(|card| card.address.rsplit_once(':')).map(|(bus, _)| bus).collect();
    let nodes: std::collections::BTreeSet<Option<u32>> = machine.cards.iter().map(|card| card.node).collect();
    if machine.sockets.len() > 1 && buses.len() > 1 && nodes.len() == 1 && !nodes.contains(&None) {
        warnings.push(
            "the firmware places the cards of every slot at one node: compare with the server's manual before you believe it"
                .to_owned(),
        );
    }
}

fn memory(machine: &Machine, pages: &[Pages], warnings: &mut Vec<String>) {
    let nodes = |pages: &Pages| machine.nodes.iter().find(|node| node.number == pages.node);
    for pages in pages {
        let Some(Node { memory_octets: Some(memory), number, .. }) = nodes(pages) else { continue };
        if pages.all() > memory / 2 {
            warnings.push(format!(
                "huge pages take {} of the {} of node {number}: put memory into its slots, or set [memory] frames lower",
                octets(pages.all()),
                octets(*memory)
            ));
        }
    }
    if pages.is_empty() {
        warnings.push("this kernel has no huge pages: cards cannot be used without".to_owned());
    }
}

/// The deepest a processor may sleep without being missed, in microseconds.
const EXIT_US_MAX: u64 = 10;

fn power(machine: &Machine, poll: &[Poll], warnings: &mut Vec<String>) {
    let is_slow = |name: &str| name != "performance";
    for (governor, cpus) in machine.kernel.governors.iter().filter(|(name, _)| is_slow(name)) {
        if poll.iter().any(|poll| cpus.has(poll.cpu)) {
            warnings.push(format!(
                "poll cores run under the governor {governor}: apply sets performance; a power profile of the firmware may override it"
            ));
        }
    }
    let deep =
        machine.kernel.idle.iter().rev().find(|state| state.exit_us > Some(EXIT_US_MAX) && !state.cpus.is_empty());
    if let Some(state) = deep {
        warnings.push(format!(
            "processors sleep as deep as {}, {} µs to wake: poll cores never sleep, but the writer and commands do; the firmware's profile for low latency forbids it",
            state.name,
            state.exit_us.unwrap_or_default()
        ));
    }
}
