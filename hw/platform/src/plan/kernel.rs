//! How the kernel is started, and which driver each card has (Documentation/admin-guide/kernel-parameters.txt).

use super::{Driver, Pages, Parameter, Wanted};
use crate::draw::octets;
use crate::{CpuSet, Machine};

/// What drives a card that DPDK polls.
pub const VFIO: &str = "vfio-pci";
/// These share the card with DPDK, which asks them for its queues.
const KEPT: [&str; 2] = ["mlx5_core", "mlx4_core"];

/// `rest`: the processors that are not isolated.
pub(super) fn parameters(
    machine: &Machine,
    isolated: &CpuSet,
    rest: &CpuSet,
    pages: &[Pages],
    drivers: &[Driver],
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let mut add = |text: String, why: &str| parameters.push(Parameter { text, why: why.to_owned() });
    // A machine whose only core polls has nothing to move elsewhere.
    if !isolated.is_empty() && !rest.is_empty() {
        add(
            format!("isolcpus=managed_irq,domain,{isolated}"),
            "no other task and no queue of a driver is put on poll cores",
        );
        add(format!("nohz_full={isolated}"), "no tick interrupts a poll core, and callbacks of RCU run elsewhere");
        add(format!("irqaffinity={rest}"), "interrupts go to the other processors from the start");
    }
    if let Some(page) = pages.first() {
        let size = octets(page.octets).replace(" GiB", "G").replace(" MiB", "M").replace(" KiB", "K");
        add(format!("hugepagesz={size}"), "the size of the pages that follow");
        let all: Vec<String> = pages.iter().map(|page| format!("{}:{}", page.node, page.count)).collect();
        add(
            format!("hugepages={}", all.join(",")),
            "taken at the start, while memory is whole, on the nodes of the ports",
        );
    }
    if drivers.iter().any(|driver| driver.name == VFIO) {
        if machine.system.processor.as_ref().is_none_or(|name| !name.contains("AMD")) {
            add("intel_iommu=on".to_owned(), "DPDK may only use a card behind an IOMMU");
        }
        add("iommu=pt".to_owned(), "devices of the kernel do without translation");
    }
    parameters
}

pub(super) fn drivers(machine: &Machine, wanted: &Wanted) -> Vec<Driver> {
    let of = |address: &str| {
        let card = machine.card(address)?;
        let own = card.driver.as_deref().or(card.family.map(|family| family.kernel_driver)).unwrap_or_default();
        let (name, why) = if KEPT.contains(&own) {
            (own, "DPDK shares this card with the kernel's driver")
        } else {
            (VFIO, "DPDK polls the card from user space; the IOMMU keeps it to our memory")
        };
        Some(Driver { card: address.to_owned(), name: name.to_owned(), why: why.to_owned() })
    };
    wanted.cards().into_iter().filter_map(of).collect()
}
