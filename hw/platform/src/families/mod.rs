//! Families of network cards sold for the server, and what they can do for SCTP.
//!
//! ```text
//!  table ──▶ hw cards, hw show
//!    └─────▶ compared with what the driver of an open card tells ─▶ log and status of the dataplane
//! ```
//! What a card cannot do, the software does: it checks and makes checksums, and where addresses alone do not spread, one
//! core has the work.

mod draw;
mod table;
mod told;

pub use draw::Table;
pub use table::FAMILIES;
pub use told::Told;

use serde::Serialize;

/// How a card spreads frames of SCTP over its queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spreading {
    /// By addresses alone.
    Addresses,
    /// By addresses and ports.
    Ports,
    /// By addresses, ports and verification tag: the two directions of an association, and its INIT, come by different
    /// queues, unless it is told to hash symmetrically.
    VerificationTag,
}

/// Whether a card writes the time into what it receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timestamps {
    /// At most into packets of PTP.
    Never,
    /// Where its firmware has a clock.
    WithClock,
    /// Into every frame.
    Always,
}

/// How many queues a function of a card has, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Queues {
    /// To receive by; none where its firmware decides.
    pub receive: Option<u16>,
    /// To send by; none where its firmware decides.
    pub send: Option<u16>,
    /// Those that its hash reaches: further ones get nothing.
    pub spread: u16,
}

/// A family of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// The kernel's driver.
    pub kernel_driver: &'static str,
    /// DPDK's.
    pub dpdk_driver: &'static str,
    /// How it spreads SCTP.
    pub spreading: Spreading,
    /// Whether it can hash both directions alike by a function of its own. All do by a key that repeats.
    pub hashes_symmetrically: bool,
    /// Whether a flow rule can name SCTP.
    pub steers_sctp: bool,
    /// Whether it writes the checksum of SCTP.
    pub writes_checksums: bool,
    /// Whether it says which checksum of SCTP is wrong. None of their drivers announces it, so nothing relies on it.
    pub checks_checksums: bool,
    /// Whether it writes the time into what it receives.
    pub timestamps: Timestamps,
    /// How many queues a function has.
    pub queues: Queues,
    /// Where in DPDK all this is said.
    pub source: &'static str,
    /// Maker and device numbers of PCI.
    #[serde(skip)]
    pub ids: &'static [(u16, u16)],
}

impl Family {
    /// That of a device.
    pub fn of(vendor: u16, device: u16) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.ids.contains(&(vendor, device)))
    }

    /// That of a driver of DPDK.
    pub fn of_dpdk_driver(name: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.dpdk_driver == name)
    }

    /// What software does in the card's place, in words; nothing where the card does all.
    pub fn left_to_software(&self) -> Vec<&'static str> {
        let mut left = Vec::new();
        if self.spreading == Spreading::Addresses {
            left.push("spreads SCTP by addresses alone: frames of one pair of addresses all come by one queue");
        }
        if self.spreading == Spreading::VerificationTag {
            left.push("hashes the verification tag of SCTP unless it is told to hash symmetrically");
        }
        if !self.writes_checksums {
            left.push("leaves the checksum of changed frames to the processor");
        }
        left
    }

    /// How many queues it has, in words.
    pub fn queues_in_words(&self) -> String {
        let count =
            |count: Option<u16>| count.map_or("as many as its firmware gives".to_owned(), |one| one.to_string());
        let Queues { receive, send, spread } = self.queues;
        format!("queues to receive by: {}, to send by: {}; its hash reaches {spread}", count(receive), count(send))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_device_is_of_two_families() {
        let ids: Vec<_> = FAMILIES.iter().flat_map(|family| family.ids).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn the_register_of_pci_numbers_calls_each_device_as_its_family() {
        let Ok(register) = std::fs::read_to_string("/usr/share/misc/pci.ids") else {
            eprintln!("SKIPPED: pci.ids is not installed; no number was looked up");
            return;
        };
        let words =
            ["82599 X520 X540", "X710 XL710 XXV710", "E810", "ConnectX-4 ConnectX-5 ConnectX-6", "BCM574 BCM575"];
        for (family, words) in FAMILIES.iter().zip(words) {
            for &(vendor, device) in family.ids {
                let name = name_of(&register, vendor, device).unwrap_or_else(|| panic!("{vendor:04x}:{device:04x}"));
                assert!(words.split(' ').any(|word| name.contains(word)), "{name}: {}", family.name);
            }
        }
    }

    fn name_of(register: &str, vendor: u16, device: u16) -> Option<&str> {
        let after = register.split_once(&format!("\n{vendor:04x}  "))?.1;
        let mut devices = after.lines().skip(1).take_while(|line| line.starts_with(['\t', '#']));
        devices.find_map(|line| line.strip_prefix(&format!("\t{device:04x}  ")))
    }
}
