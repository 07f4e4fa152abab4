//! How the machine is: temperatures, fans, power, memory, disks, links, watchdog, as far as the kernel tells.
//!
//! ```text
//!  /sys/class/hwmon ─┐
//!  edac, block, net ─┼─▶ Reading: what, of what, how much, whether it is well ─▶ Conditions ─▶ raised, cleared
//!  proc/mdstat …     ─┘
//! ```
//! A ProLiant shows its fans and power supplies to iLO, not to the kernel: what is not here is seen there only.

mod conditions;
mod hwmon;
mod others;

pub use conditions::{Change, Condition, Conditions};

use crate::{Fault, Root};
use serde::Serialize;
use std::fmt;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// In thousandths of a degree Celsius.
    Temperature,
    /// In turns a minute.
    Fan,
    /// In microwatts.
    Power,
    /// In millivolts.
    Voltage,
    /// Errors of memory that were corrected, or not.
    Memory,
    /// Errors of a PCI device.
    Pci,
    /// A disk.
    Disk,
    /// Disks that stand in for each other.
    Raid,
    /// A link of the kernel.
    Link,
    /// The hardware that starts a machine anew that hangs.
    Watchdog,
    /// What the dataplane says of itself, told by who asks it.
    Dataplane,
    /// A counter of the dataplane, told by who watches it.
    Counter,
    /// Sensors that cannot be read.
    Sensors,
}

impl Kind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Fan => "fan",
            Self::Power => "power",
            Self::Voltage => "voltage",
            Self::Memory => "memory",
            Self::Pci => "pci",
            Self::Disk => "disk",
            Self::Raid => "raid",
            Self::Link => "link",
            Self::Watchdog => "watchdog",
            Self::Dataplane => "dataplane",
            Self::Counter => "counter",
            Self::Sensors => "sensors",
        }
    }

    /// Whether it counts what should not happen: more than before is bad.
    pub const fn counts_errors(self) -> bool {
        matches!(self, Self::Memory | Self::Pci)
    }

    /// How far below its limit a value must come back before all is well again.
    pub const fn margin(self) -> i64 {
        match self {
            Self::Temperature => 5_000,
            _ => 0,
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// What is measured.
    pub kind: Kind,
    /// Of what; the same at every look.
    pub subject: String,
    /// How much, in the unit of its kind.
    pub value: Option<i64>,
    /// What it must stay below.
    pub high: Option<i64>,
    /// What it must stay above.
    pub low: Option<i64>,
    /// What the kernel or the device itself says is wrong.
    pub fault: Option<String>,
}

impl Reading {
    fn new(kind: Kind, subject: impl Into<String>) -> Self {
        Self { kind, subject: subject.into(), value: None, high: None, low: None, fault: None }
    }

    /// Of something that has no value and is well or not.
    pub fn of(kind: Kind, subject: &str, fault: Option<String>) -> Self {
        Self { fault, ..Self::new(kind, subject) }
    }

    /// What is wrong, if anything is.
    pub fn complaint(&self) -> Option<String> {
        if self.fault.is_some() {
            return self.fault.clone();
        }
        let value = self.value?;
        let shown = |value| Amount { kind: self.kind, value };
        match (self.low, self.high) {
            (_, Some(high)) if value >= high => Some(format!("{} where {} is the limit", shown(value), shown(high))),
            (Some(low), _) if value <= low => Some(format!("{} where {} is the least", shown(value), shown(low))),
            _ => None,
        }
    }

    /// The value as people read it.
    pub fn amount(&self) -> Option<String> {
        self.value.map(|value| Amount { kind: self.kind, value }.to_string())
    }
}

/// A value with its unit.
struct Amount {
    kind: Kind,
    value: i64,
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let thousandths = self.value as f64 / 1e3;
        match self.kind {
            Kind::Temperature => write!(f, "{thousandths:.1} °C"),
            Kind::Fan => write!(f, "{} turns a minute", self.value),
            Kind::Power => write!(f, "{:.1} W", thousandths / 1e3),
            Kind::Voltage => write!(f, "{thousandths:.2} V"),
            Kind::Memory | Kind::Pci => write!(f, "{} errors", self.value),
            _ => write!(f, "{}", self.value),
        }
    }
}

/// Looks at everything, by kind and subject.
///
/// # Errors
/// A file that says what cannot be understood.
pub fn read(root: &Root) -> Result<Vec<Reading>, Fault> {
    let mut readings = hwmon::read(root)?;
    readings.extend(others::read(root)?);
    readings.sort_by(|one, other| (one.kind, &one.subject).cmp(&(other.kind, &other.subject)));
    Ok(readings)
}
