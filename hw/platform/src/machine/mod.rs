//! What there is in the machine.

mod cards;
mod cores;
mod interrupts;
mod kernel;
mod memory;
mod system;

pub use cards::{Card, Link, Slot, pci_address};
pub use cores::{Cache, Core, Socket};
pub use interrupts::Interrupt;
pub use kernel::{IdleState, Kernel};
pub use memory::{HugePages, Node};
pub use system::System;

use crate::{CpuSet, Fault, Root};
use cores::Cores;
use serde::Serialize;
use std::collections::BTreeMap;

/// A machine as its kernel sees it. Only processors that are online belong to cores, caches and nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Maker, model, firmware.
    pub system: System,
    /// How the kernel was started and is set.
    pub kernel: Kernel,
    /// By their first processor.
    pub sockets: Vec<Socket>,
    /// By level and first processor.
    pub caches: Vec<Cache>,
    /// By their number.
    pub nodes: Vec<Node>,
    /// Network cards, a port each, by their address.
    pub cards: Vec<Card>,
    /// By their number.
    pub interrupts: BTreeMap<u32, Interrupt>,
    /// All processors that run.
    pub online: CpuSet,
    /// Those that are there and do not.
    pub offline: CpuSet,
}

impl Machine {
    /// Reads what the kernel says below a root.
    ///
    /// # Errors
    /// There are no processors below it, or a file cannot be understood.
    pub fn read(root: &Root) -> Result<Self, Fault> {
        let Cores { sockets, caches, online, offline } = cores::read(root)?;
        let nodes = memory::read(root, &online)?;
        let system = system::read(root)?;
        let kernel = kernel::read(root, &online)?;
        let cards = cards::read(root)?;
        let interrupts = interrupts::read(root)?;
        Ok(Self { system, kernel, sockets, caches, nodes, cards, interrupts, online, offline })
    }

    /// The cores of all sockets.
    pub fn cores(&self) -> impl Iterator<Item = &Core> {
        self.sockets.iter().flat_map(|socket| &socket.cores)
    }

    /// The node of a processor.
    pub fn node_of(&self, cpu: u32) -> Option<&Node> {
        self.nodes.iter().find(|node| node.cpus.has(cpu))
    }

    /// A network card by its address.
    pub fn card(&self, address: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.address == address)
    }

    /// The node a card is at: as the firmware says, else that of the processors near it where they are not all.
    pub fn node_of_card(&self, address: &str) -> Option<u32> {
        let card = self.card(address)?;
        let told = card.node.filter(|node| self.nodes.iter().any(|one| one.number == *node));
        let near = || card.near.first().filter(|_| card.near != self.online && !card.near.is_empty());
        told.or_else(|| Some(self.node_of(near()?)?.number))
            // Where there is one, it is there.
            .or_else(|| Some(self.nodes.first().filter(|_| self.nodes.len() == 1)?.number))
    }

    /// How far a processor is from a node: 10 is the way to itself.
    pub fn distance(&self, cpu: Option<u32>, node: u32) -> u32 {
        let place = self.nodes.iter().position(|one| one.number == node);
        let from = cpu.and_then(|cpu| self.node_of(cpu));
        match (from, place) {
            (Some(from), Some(_)) if from.number == node => 10,
            (Some(from), Some(place)) => from.distances.get(place).copied().unwrap_or(20),
            _ => u32::MAX,
        }
    }
}
