//! Network cards on PCI (ABI/testing/sysfs-bus-pci, ABI/testing/sysfs-class-net).

use crate::{CpuSet, Family, Fault, Root};
use serde::Serialize;
use std::collections::BTreeMap;

const DEVICES: &str = "sys/bus/pci/devices";
const LINKS: &str = "sys/class/net";
/// Base class of network controllers (PCI Code and ID Assignment §1.3).
const NETWORK: u32 = 0x02;

/// A function of a network card: a port, but for cards that have several on one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Where it is on PCI.
    pub address: String,
    /// Who made it, by PCI number.
    pub vendor: u16,
    /// What it is, by its maker's number.
    pub device: u16,
    /// What is known of cards like it.
    pub family: Option<&'static Family>,
    /// The driver that has it.
    pub driver: Option<String>,
    /// The node its slot is at, where the firmware tells.
    pub node: Option<u32>,
    /// The processors that are near it.
    pub near: CpuSet,
    /// Its slot as it runs.
    pub slot: Option<Slot>,
    /// Its slot as card and board could run it.
    pub slot_max: Option<Slot>,
    /// What is behind an IOMMU together.
    pub iommu_group: Option<String>,
    /// Its links by the kernel's names; none where the driver has none.
    pub links: Vec<Link>,
    /// Its interrupts, and which processors may take them.
    pub interrupts: BTreeMap<u32, CpuSet>,
}

/// How fast a slot is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Transfers in a second on each lane, as `8.0 GT/s PCIe`.
    pub speed: String,
    /// Lanes.
    pub lanes: u8,
}

impl Slot {
    /// Transfers of a lane in a second, in millions; 0 where it is not told so.
    pub fn megatransfers(&self) -> u32 {
        let number = self.speed.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
        number.map_or(0, |giga| (giga * 1000.0) as u32)
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The kernel's name.
    pub name: String,
    /// Whether there is a signal; none where the link is not in use.
    pub has_signal: Option<bool>,
    /// In megabits a second, while there is one.
    pub speed_mbit: Option<u32>,
}

pub(super) fn read(root: &Root) -> Result<Vec<Card>, Fault> {
    let mut links = links(root)?;
    let mut cards = Vec::new();
    for address in root.names(DEVICES)? {
        let folder = format!("{DEVICES}/{address}");
        let class: Option<u32> = root.parsed(&format!("{folder}/class"), "a number", hexadecimal)?;
        if class.is_some_and(|class| class >> 16 == NETWORK) {
            let links = links.remove(&address).unwrap_or_default();
            cards.push(card(root, address, &folder, links)?);
        }
    }
    Ok(cards)
}

fn card(root: &Root, address: String, folder: &str, links: Vec<Link>) -> Result<Card, Fault> {
    let file = |name: &str| format!("{folder}/{name}");
    let id = |name| Ok(root.parsed(&file(name), "a number", hexadecimal)?.unwrap_or(0) as u16);
    // Where the firmware does not tell, it is -1.
    let node = root.number::<i32>(&file("numa_node"))?.and_then(|node| u32::try_from(node).ok());
    let slot = |[speed, lanes]: [&str; 2]| {
        let (speed, lanes) = (root.text(&file(speed))?, root.number::<u8>(&file(lanes))?);
        // A device of the chipset has no lanes.
        Ok(speed.zip(lanes.filter(|lanes| *lanes > 0)).map(|(speed, lanes)| Slot { speed, lanes }))
    };
    let mut interrupts = BTreeMap::new();
    for number in root.numbered(&file("msi_irqs"), "")? {
        let cpus = root.set(&format!("proc/irq/{number}"), &["smp_affinity_list"])?;
        interrupts.insert(number, cpus.unwrap_or_default());
    }
    let (vendor, device) = (id("vendor")?, id("device")?);
    Ok(Card {
        vendor,
        device,
        family: Family::of(vendor, device),
        driver: root.link(&file("driver")),
        node,
        near: root.set(folder, &["local_cpulist", "local_cpus"])?.unwrap_or_default(),
        slot: slot(["current_link_speed", "current_link_width"])?,
        slot_max: slot(["max_link_speed", "max_link_width"])?,
        iommu_group: root.link(&file("iommu_group")),
        links,
        interrupts,
        address,
    })
}

/// The links by the PCI address of their card, each list by name.
fn links(root: &Root) -> Result<BTreeMap<String, Vec<Link>>, Fault> {
    let mut links = BTreeMap::<String, Vec<Link>>::new();
    for name in root.names(LINKS)? {
        let folder = format!("{LINKS}/{name}");
        let path = root.resolved(&folder).unwrap_or_default();
        let mut addresses =
            path.components().filter_map(|part| part.as_os_str().to_str()).filter(|part| is_address(part));
        // Behind bridges there are several: the last is the card's.
        let Some(address) = addresses.next_back() else { continue };
        let has_signal = root.number::<u8>(&format!("{folder}/carrier"))?.map(|carrier| carrier == 1);
        // Without a signal it is -1.
        let speed_mbit = root.number::<i64>(&format!("{folder}/speed"))?.and_then(|speed| u32::try_from(speed).ok());
        let speed_mbit = speed_mbit.filter(|speed| *speed != u32::MAX && has_signal == Some(true));
        links.entry(address.to_owned()).or_default().push(Link { name, has_signal, speed_mbit });
    }
    Ok(links)
}

/// A PCI address as the kernel writes it, where a text is one; people leave out the domain.
pub fn pci_address(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    [format!("0000:{text}"), text].into_iter().find(|text| is_address(text))
}

/// Domain, bus, device, function, as `0000:3b:00.1`.
fn is_address(text: &str) -> bool {
    let is_hex = |part: &str, len: usize| part.len() >= len && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let mut parts = text.split([':', '.']);
    let mut next = |len| parts.next().is_some_and(|part| is_hex(part, len));
    next(4) && next(2) && next(2) && next(1) && parts.next().is_none()
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}
