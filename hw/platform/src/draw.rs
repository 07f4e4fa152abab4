//! A drawing of the machine: what is near what.

use crate::machine::{Card, Core, Link, Node, Slot};
use crate::{Machine, Profile};
use std::fmt;

/// Length of the line above a socket.
const WIDTH: usize = 100;

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        for socket in &self.sockets {
            let cpus = socket.cpus();
            let number = socket.number.map_or_else(String::new, |number| format!(" {number}"));
            let title = format!("┌ socket{number}: {} cores, processors {cpus} ", socket.cores.len());
            writeln!(f, "{title:─<WIDTH$}")?;
            for node in self.nodes.iter().filter(|node| node.cpus.first().is_some_and(|cpu| cpus.has(cpu))) {
                self.node(f, node)?;
            }
            // A node that is as large as several sockets was drawn with the first.
            let is_drawn = |core: &&Core| self.nodes.iter().any(|node| core.cpus.iter().any(|cpu| node.cpus.has(cpu)));
            cores(f, socket.cores.iter().filter(|core| !is_drawn(core)))?;
            writeln!(f, "└{:─<1$}", "", WIDTH - 1)?;
        }
        for node in self.nodes.iter().filter(|node| node.cpus.is_empty()) {
            writeln!(f, "  without processors:")?;
            self.node(f, node)?;
        }
        let is_placed = |card: &&Card| card.node.is_some_and(|node| self.nodes.iter().any(|one| one.number == node));
        let elsewhere: Vec<&Card> = self.cards.iter().filter(|card| !is_placed(card)).collect();
        if !elsewhere.is_empty() {
            writeln!(f, "  cards of which the firmware does not say where they are:")?;
        }
        elsewhere.into_iter().try_for_each(|card| self.draw_card(f, " ", card))
    }
}

impl Machine {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let system = &self.system;
        let name = [&system.maker, &system.model].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
        writeln!(f, "{}", if name.is_empty() { "a machine without a name".to_owned() } else { name.join(" ") })?;
        let started = if system.is_uefi { "UEFI" } else { "BIOS" };
        let kernel = &self.kernel;
        let optional = |value: &Option<String>| value.clone().unwrap_or_else(|| "not told".to_owned());
        if let Some(profile) = Profile::of(self) {
            writeln!(f, "  profile    {}, managed by {}", profile.name, profile.managed_by)?;
        }
        writeln!(f, "  firmware   {}, started by {started}", optional(&system.firmware))?;
        writeln!(f, "  processor  {}", optional(&system.processor))?;
        let smt = match kernel.is_smt {
            Some(true) => ", two threads a core",
            Some(false) => ", one thread a core",
            None => "",
        };
        let iommu = if kernel.has_iommu { "with an IOMMU" } else { "no IOMMU in use" };
        writeln!(f, "  kernel     {}, {iommu}{smt}", optional(&kernel.release))?;
        for (what, cpus) in [("offline", &self.offline), ("isolated", &kernel.isolated), ("no tick", &kernel.nohz_full)]
        {
            if !cpus.is_empty() {
                writeln!(f, "  {what:<9}  {cpus}")?;
            }
        }
        for (governor, cpus) in &kernel.governors {
            writeln!(f, "  {:<9}  {governor} on {cpus}", "frequency")?;
        }
        let deepest = kernel.idle.iter().rev().find(|state| !state.cpus.is_empty());
        if let Some(state) = deepest {
            let exit = state.exit_us.map_or_else(String::new, |us| format!(", {us} µs to leave"));
            writeln!(f, "  {:<9}  down to {} on {}{exit}", "idle", state.name, state.cpus)?;
        }
        Ok(())
    }

    fn node(&self, f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
        let far = self.nodes.iter().zip(&node.distances).filter(|(other, _)| other.number != node.number);
        let far: Vec<String> = far.map(|(other, distance)| format!("{distance} to node {}", other.number)).collect();
        let far = if far.is_empty() { String::new() } else { format!("; {}", far.join(", ")) };
        let memory = node.memory_octets.map_or_else(|| "memory not told".to_owned(), octets);
        writeln!(f, "│ node {}: {memory}{far}", node.number)?;
        for pages in node.huge_pages.iter().filter(|pages| pages.count > 0) {
            let (count, size) = (pages.count, octets(pages.octets));
            writeln!(f, "│   huge pages  {count} of {size}, {} free", pages.free)?;
        }
        cores(f, self.cores().filter(|core| core.cpus.first().is_some_and(|cpu| node.cpus.has(cpu))))?;
        let deepest = self.caches.iter().map(|cache| cache.level).max();
        for cache in self.caches.iter().filter(|cache| Some(cache.level) == deepest) {
            if cache.cpus.first().is_some_and(|cpu| node.cpus.has(cpu)) {
                let size = cache.octets.map_or_else(|| "?".to_owned(), octets);
                writeln!(f, "│   cache       L{} of {size} for {}", cache.level, cache.cpus)?;
            }
        }
        self.cards
            .iter()
            .filter(|card| card.node == Some(node.number))
            .try_for_each(|card| self.draw_card(f, "│", card))
    }

    fn draw_card(&self, f: &mut fmt::Formatter<'_>, edge: &str, card: &Card) -> fmt::Result {
        let Card { address, vendor, device, .. } = card;
        let driver = card.driver.as_deref().unwrap_or("no driver");
        let slot = match (&card.slot, &card.slot_max) {
            (Some(now), Some(max)) if now != max => format!(", slot {}, could be {}", lanes(now), lanes(max)),
            (Some(now), _) => format!(", slot {}", lanes(now)),
            (None, _) => String::new(),
        };
        let near = match card.node {
            None if card.near != self.online && !card.near.is_empty() => format!(", near processors {}", card.near),
            _ => String::new(),
        };
        let name = card.family.map_or_else(|| format!("{vendor:04x}:{device:04x}"), |family| family.name.to_owned());
        writeln!(f, "{edge}   card        {address}  {name}  {driver}{slot}{near}")?;
        if let Some(family) = card.family {
            writeln!(f, "{edge}               {}", family.queues_in_words())?;
            family.left_to_software().iter().try_for_each(|what| writeln!(f, "{edge}               {what}"))?;
        }
        card.links.iter().try_for_each(|link| writeln!(f, "{edge}               {}  {}", link.name, signal(link)))
    }
}

/// Threads of a core are joined by a plus.
fn cores<'c>(f: &mut fmt::Formatter<'_>, cores: impl Iterator<Item = &'c Core>) -> fmt::Result {
    let threads = |core: &Core| core.cpus.iter().map(|cpu| cpu.to_string()).collect::<Vec<_>>().join("+");
    let cores: Vec<String> = cores.map(threads).collect();
    for (place, some) in cores.chunks(16).enumerate() {
        let what = if place == 0 { "cores" } else { "" };
        writeln!(f, "│   {what:<10}  {}", some.join(" "))?;
    }
    Ok(())
}

fn lanes(slot: &Slot) -> String {
    format!("x{} {}", slot.lanes, slot.speed)
}

fn signal(link: &Link) -> String {
    match (link.has_signal, link.speed_mbit) {
        (Some(true), Some(speed)) if speed % 1000 == 0 => format!("up, {} Gbit/s", speed / 1000),
        (Some(true), Some(speed)) => format!("up, {speed} Mbit/s"),
        (Some(true), None) => "up".to_owned(),
        (Some(false), _) => "no signal".to_owned(),
        (None, _) => "not in use".to_owned(),
    }
}

/// A size in the largest unit that leaves no more than one decimal.
pub(crate) fn octets(octets: u64) -> String {
    const UNITS: [&str; 5] = ["octets", "KiB", "MiB", "GiB", "TiB"];
    let unit = (octets.max(1).ilog2() / 10).min(4);
    let value = octets as f64 / f64::from(1_u32 << 10).powi(unit as i32);
    let value = format!("{value:.1}");
    format!("{} {}", value.strip_suffix(".0").unwrap_or(&value), UNITS[unit as usize])
}
