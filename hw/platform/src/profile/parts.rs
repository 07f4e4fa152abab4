//! The sections of a profile. Each says where it is from, and whether that was looked up.

use serde::{Deserialize, Serialize};

/// Its processors.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Processors {
    /// How many it has room for.
    pub sockets: u8,
    /// Which fit.
    pub family: String,
    /// Cores of the largest.
    pub cores_max: u16,
    /// Documents, by title and number.
    pub sources: Vec<String>,
    /// From memory, or read of a sister model: to be looked up in the sources.
    #[serde(default)]
    pub unverified: bool,
}

/// Its slots.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// What to know about them, in words.
    pub note: String,
    /// Documents, by title and number.
    pub sources: Vec<String>,
    /// From memory, or read of a sister model: to be looked up in the sources.
    #[serde(default)]
    pub unverified: bool,
    /// Each.
    pub slot: Vec<Slot>,
}

/// A slot.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The number on its plate.
    pub number: u8,
    /// The riser it is on.
    pub riser: String,
    /// The processor it belongs to, from 1.
    pub processor: u8,
    /// Its lanes, where that is known.
    pub lanes: Option<u8>,
    /// Its generation of PCI Express, where that is known.
    pub pcie: Option<u8>,
}

/// Network cards sold for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cards {
    /// Documents, by title and number.
    pub sources: Vec<String>,
    /// Each.
    pub card: Vec<Sold>,
}

/// A card as it is sold.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sold {
    /// By the name of who sells the server.
    pub name: String,
    /// By its maker's, as in the table of families.
    pub family: String,
    /// Maker and device, then those of the subsystem, as `8086:1572 103c:22fd`.
    pub pci: Option<String>,
    /// From memory.
    #[serde(default)]
    pub unverified: bool,
}

/// How its firmware is set for low latency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What sets it.
    pub tool: String,
    /// Documents, by title and number.
    pub sources: Vec<String>,
    /// From memory, or read of a sister model: to be looked up in the sources.
    #[serde(default)]
    pub unverified: bool,
    /// Each, in the order it is done.
    pub setting: Vec<Setting>,
}

/// A setting of the firmware.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The way to it through the menus.
    pub menu: String,
    /// What it should be.
    pub value: String,
    /// The same for a tool, as `NAME=VALUE`.
    pub attribute: String,
    /// What it is good for.
    pub why: String,
}

/// What cores do. The plan says which; this is what to expect of processors.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cores {
    /// Documents, by title and number.
    pub sources: Vec<String>,
    /// From memory, or read of a sister model: to be looked up in the sources.
    #[serde(default)]
    pub unverified: bool,
    /// Processors that fit this work.
    pub typical: Vec<Typical>,
}

/// A processor, and how its cores are shared out when the cards are in its slots.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Typical {
    /// Its name.
    pub processor: String,
    /// Its cores.
    pub cores: u16,
    /// Its clock without turbo.
    pub clock_mhz: u16,
    /// Cores for the system.
    pub system: u16,
    /// Cores for the journal.
    pub writer: u16,
    /// Cores that may poll.
    pub poll_max: u16,
}

/// What it is expected to do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Why there are none: only what was measured on the model may stand here.
    pub absent: String,
}

/// Its lights.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Leds {
    /// Documents, by title and number.
    pub sources: Vec<String>,
    /// From memory, or read of a sister model: to be looked up in the sources.
    #[serde(default)]
    pub unverified: bool,
    /// Each.
    pub led: Vec<Light>,
}

/// A light.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Light {
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub shows: String,
}
