//! Profiles of servers: what is known of a model before one is at hand (`hw/profiles`).
//!
//! ```text
//!  hw/profiles/*.toml ──▶ Profile ──▶ of(machine): hw show
//!                            └──────▶ advice():    hw plan, under `by hand`
//! ```
//! A machine says itself what it has, and is believed before its profile. What a machine cannot say is here: how its firmware
//! should be set, which slots go dead without the second processor, what its lights mean.

mod parts;

pub use parts::{Cards, Cores, Figures, Leds, Light, Processors, Setting, Settings, Slot, Slots, Sold, Typical};

use crate::Machine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known of a model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// What its firmware calls it (DMI's product name).
    pub models: Vec<String>,
    /// The processor that manages it.
    pub managed_by: String,
    /// Its processors.
    pub processors: Processors,
    /// Its slots.
    pub slots: Slots,
    /// Network cards sold for it.
    pub cards: Cards,
    /// How its firmware is set for low latency.
    pub settings: Settings,
    /// What its cores do.
    pub cores: Cores,
    /// What it is expected to do.
    pub figures: Figures,
    /// Its lights.
    pub leds: Leds,
}

/// The texts of the profiles.
const TEXTS: [(&str, &str); 5] = [
    ("dl380-gen8", include_str!("../../../profiles/dl380-gen8.toml")),
    ("dl380-gen9", include_str!("../../../profiles/dl380-gen9.toml")),
    ("dl380-gen10", include_str!("../../../profiles/dl380-gen10.toml")),
    ("dl380-gen10-plus", include_str!("../../../profiles/dl380-gen10-plus.toml")),
    ("dl380-gen11", include_str!("../../../profiles/dl380-gen11.toml")),
];

/// A test sees to it that every text can be read.
static PROFILES: LazyLock<Vec<Profile>> =
    LazyLock::new(|| TEXTS.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect());

impl Profile {
    /// All there are.
    pub fn all() -> &'static [Self] {
        &PROFILES
    }

    /// That of a machine.
    pub fn of(machine: &Machine) -> Option<&'static Self> {
        let model = machine.system.model.as_deref()?;
        Self::all().iter().find(|profile| profile.models.iter().any(|one| one == model))
    }

    /// What somebody has to do at the server, a line each: nothing that software could do below its firmware.
    pub fn advice(&self) -> Vec<String> {
        let Settings { tool, setting, unverified, .. } = &self.settings;
        let mut advice = vec![format!("set the firmware of {} with {tool}{}:", self.name, doubt(*unverified))];
        advice.extend(setting.iter().map(Setting::line));
        advice.extend(self.slots.line());
        advice
    }
}

/// Words for a line that rests on what nobody looked up.
const fn doubt(is_unverified: bool) -> &'static str {
    if is_unverified { " (from memory: look it up in the guide of the server)" } else { "" }
}

impl Slots {
    /// Which slots are of which processor.
    fn line(&self) -> Option<String> {
        let mut by_processor = BTreeMap::<u8, Vec<String>>::new();
        for slot in &self.slot {
            by_processor.entry(slot.processor).or_default().push(slot.number.to_string());
        }
        let of_one = |(processor, slots): (&u8, &Vec<String>)| format!("{} of processor {processor}", slots.join(", "));
        let slots: Vec<String> = by_processor.iter().map(of_one).collect();
        (!slots.is_empty()).then(|| format!("slots: {}{}. {}", slots.join("; "), doubt(self.unverified), self.note))
    }
}

impl Setting {
    fn line(&self) -> String {
        format!("  {}: {} ({}): {}", self.menu, self.value, self.attribute, self.why)
    }
}

#[cfg(test)]
mod tests;
