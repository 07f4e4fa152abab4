//! How the kernel was started and is set.

use crate::{CpuSet, Fault, Root};
use serde::Serialize;
use std::collections::BTreeMap;

const CPUS: &str = "sys/devices/system/cpu";

/// The kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Kernel {
    /// Its release.
    pub release: Option<String>,
    /// Its command line.
    pub command_line: Option<String>,
    /// Kept free of other tasks by `isolcpus`.
    pub isolated: CpuSet,
    /// Without a tick while they have one task, by `nohz_full`.
    pub nohz_full: CpuSet,
    /// Whether devices are behind an IOMMU.
    pub has_iommu: bool,
    /// Whether cores run two threads; none where it is not told.
    pub is_smt: Option<bool>,
    /// By governor of frequency, the processors it rules.
    pub governors: BTreeMap<String, CpuSet>,
    /// What processors do when idle, the lightest first.
    pub idle: Vec<IdleState>,
}

/// A state in which processors wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdleState {
    /// Its name.
    pub name: String,
    /// How long it takes to leave.
    pub exit_us: Option<u64>,
    /// Processors that may enter it.
    pub cpus: CpuSet,
}

pub(super) fn read(root: &Root, online: &CpuSet) -> Result<Kernel, Fault> {
    let mut governors = BTreeMap::<String, Vec<u32>>::new();
    for cpu in online.iter() {
        if let Some(governor) = root.text(&format!("{CPUS}/cpu{cpu}/cpufreq/scaling_governor"))? {
            governors.entry(governor).or_default().push(cpu);
        }
    }
    Ok(Kernel {
        release: root.text("proc/sys/kernel/osrelease")?,
        command_line: root.text("proc/cmdline")?,
        isolated: root.set(CPUS, &["isolated"])?.unwrap_or_default(),
        // Without the option it says `(null)`.
        nohz_full: root.parsed(&format!("{CPUS}/nohz_full"), "a set of processors", nohz_full)?.unwrap_or_default(),
        has_iommu: !root.names("sys/class/iommu")?.is_empty(),
        is_smt: root.number::<u8>(&format!("{CPUS}/smt/active"))?.map(|active| active == 1),
        governors: governors.into_iter().map(|(name, cpus)| (name, cpus.into_iter().collect())).collect(),
        idle: idle(root, online)?,
    })
}

fn nohz_full(text: &str) -> Option<CpuSet> {
    if text == "(null)" { Some(CpuSet::default()) } else { CpuSet::from_list(text) }
}

fn idle(root: &Root, online: &CpuSet) -> Result<Vec<IdleState>, Fault> {
    let mut states = BTreeMap::<u32, IdleState>::new();
    for cpu in online.iter() {
        let folder = format!("{CPUS}/cpu{cpu}/cpuidle");
        for number in root.numbered(&folder, "state")? {
            let file = |name: &str| format!("{folder}/state{number}/{name}");
            let Some(name) = root.text(&file("name"))? else { continue };
            let exit_us = root.number(&file("latency"))?;
            let state = states.entry(number).or_insert_with(|| IdleState { name, exit_us, cpus: CpuSet::default() });
            if root.number(&file("disable"))? != Some(1) {
                state.cpus = state.cpus.iter().chain([cpu]).collect();
            }
        }
    }
    Ok(states.into_values().collect())
}
