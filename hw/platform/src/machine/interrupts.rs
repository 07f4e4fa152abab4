//! Interrupts and where they go (Documentation/core-api/irq/irq-affinity.rst).

use crate::{CpuSet, Fault, Root};
use serde::Serialize;
use std::collections::BTreeMap;

const INTERRUPTS: &str = "proc/irq";

/// An interrupt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interrupt {
    /// Who asked for it.
    pub name: Option<String>,
    /// Who may take it.
    pub allowed: CpuSet,
    /// Who does; the kernel chooses among those that may.
    pub effective: Option<CpuSet>,
}

pub(super) fn read(root: &Root) -> Result<BTreeMap<u32, Interrupt>, Fault> {
    let mut interrupts = BTreeMap::new();
    for number in root.numbered(INTERRUPTS, "")? {
        let folder = format!("{INTERRUPTS}/{number}");
        let Some(allowed) = root.set(&folder, &["smp_affinity_list", "smp_affinity"])? else { continue };
        let effective = root.set(&folder, &["effective_affinity_list", "effective_affinity"])?;
        let name = root.text(&format!("sys/kernel/irq/{number}/actions"))?.filter(|name| !name.is_empty());
        interrupts.insert(number, Interrupt { name, allowed, effective: effective.filter(|set| !set.is_empty()) });
    }
    Ok(interrupts)
}
