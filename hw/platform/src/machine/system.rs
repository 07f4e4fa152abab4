//! Maker, model and firmware (ABI/testing/sysfs-class-dmi-id). Serial numbers are not read.

use crate::{Fault, Root};
use serde::Serialize;

/// What the machine calls itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct System {
    /// Who made it.
    pub maker: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Maker, version and date of its firmware.
    pub firmware: Option<String>,
    /// Whether it was started by UEFI.
    pub is_uefi: bool,
    /// Model of its processors.
    pub processor: Option<String>,
}

pub(super) fn read(root: &Root) -> Result<System, Fault> {
    let dmi = |name: &str| {
        // Makers leave blanks, and forms that were not filled in.
        let text = root.text(&format!("sys/class/dmi/id/{name}"))?;
        Ok(text.filter(|text| !text.is_empty() && !text.starts_with("To be filled")))
    };
    let firmware = [dmi("bios_vendor")?, dmi("bios_version")?, dmi("bios_date")?];
    let firmware: Vec<String> = firmware.into_iter().flatten().collect();
    Ok(System {
        maker: dmi("sys_vendor")?,
        model: dmi("product_name")?,
        firmware: (!firmware.is_empty()).then(|| firmware.join(" ")),
        is_uefi: root.has("sys/firmware/efi"),
        processor: processor(root)?,
    })
}

fn processor(root: &Root) -> Result<Option<String>, Fault> {
    let text = root.text("proc/cpuinfo")?.unwrap_or_default();
    let name = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == "model name");
    Ok(name.map(|(_, name)| name.split_whitespace().collect::<Vec<_>>().join(" ")))
}
