//! The plan as files of the kernel: what each says, and what it should say.
//!
//! ```text
//!  Plan ─▶ settings ─┬─▶ check   those that differ
//!                    └─▶ apply   writes them, after the old value is in the record ─▶ undo
//! ```

use crate::plan::{Driver, Pages, Plan};
use crate::{CpuSet, Fault, Machine, Root};
use serde::Serialize;

/// A file that the plan wants to say something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Below the root; of a driver the link to it.
    pub file: String,
    /// What it says; none where it is not there.
    pub is: Option<String>,
    /// What it should say.
    pub should: String,
    /// What it is about.
    pub what: String,
    /// How it is changed.
    #[serde(skip)]
    pub(crate) how: How,
}

/// How a setting is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By writing the file.
    Write,
    /// The same; the kernel may refuse, since some interrupts are not ours to move.
    Ask,
    /// By writing it; more than asked for is as good.
    AtLeast,
    /// A file of ours, which need not be there.
    Make,
    /// By giving a card to another driver.
    Bind,
}

impl Setting {
    /// Whether nothing is left to do.
    pub fn is_met(&self) -> bool {
        match (&self.is, self.how) {
            (Some(is), How::AtLeast) => {
                is.parse::<u64>().ok().zip(self.should.parse().ok()).is_some_and(|(is, least)| is >= least)
            }
            // Any of the processors it may go to is as good as all.
            (Some(is), How::Ask) => {
                CpuSet::from_list(is).zip(CpuSet::from_list(&self.should)).is_some_and(|(is, may)| is.and(&may) == is)
            }
            (is, _) => is.as_ref() == Some(&self.should),
        }
    }
}

/// What a boot loader reads the kernel's parameters from: that of the appliance's image, else that of Debian.
const LOADERS: [(&str, &str); 2] =
    [("boot/efi/sluice", "boot/efi/sluice/kernel.cfg"), ("etc/default/grub.d", "etc/default/grub.d/90-sluice.cfg")];

/// All settings of a plan for the machine below a root.
///
/// # Errors
/// A file that cannot be read.
pub fn settings(root: &Root, machine: &Machine, plan: &Plan) -> Result<Vec<Setting>, Fault> {
    let mut settings = Vec::new();
    for pages in &plan.huge_pages {
        settings.push(huge_pages(root, pages)?);
    }
    if !plan.isolated().is_empty() && !plan.interrupts.is_empty() {
        interrupts(root, machine, &plan.interrupts, &mut settings)?;
    }
    for poll in &plan.poll {
        settings.extend(governor(root, poll.cpu)?);
    }
    settings.extend(balancing(root, machine)?);
    for driver in &plan.drivers {
        settings.push(bind(root, driver));
    }
    settings.extend(parameters(root, plan)?);
    Ok(settings)
}

/// Parameters of the plan that the kernel was not started with.
pub fn missing_parameters<'p>(machine: &Machine, plan: &'p Plan) -> Vec<&'p str> {
    let line = machine.kernel.command_line.as_deref().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    plan.parameters.iter().map(|one| one.text.as_str()).filter(|text| !words.contains(text)).collect()
}

fn huge_pages(root: &Root, pages: &Pages) -> Result<Setting, Fault> {
    let size = format!("hugepages-{}kB/nr_hugepages", pages.octets / 1024);
    let of_node = format!("sys/devices/system/node/node{}/hugepages/{size}", pages.node);
    // A kernel without nodes has them in one place.
    let file = if root.has(&of_node) { of_node } else { format!("sys/kernel/mm/hugepages/{size}") };
    let (is, should) = (root.text(&file)?, pages.count.to_string());
    Ok(Setting { file, is, should, what: format!("huge pages of node {}", pages.node), how: How::AtLeast })
}

/// Those that may go to a processor that must not be disturbed, and those to come.
fn interrupts(root: &Root, machine: &Machine, to: &CpuSet, settings: &mut Vec<Setting>) -> Result<(), Fault> {
    for (number, interrupt) in &machine.interrupts {
        let goes_to = interrupt.effective.as_ref().unwrap_or(&interrupt.allowed);
        if goes_to.is_empty() {
            continue;
        }
        let what = interrupt
            .name
            .as_ref()
            .map_or_else(|| format!("interrupt {number}"), |name| format!("interrupt {number} ({name})"));
        let file = format!("proc/irq/{number}/smp_affinity_list");
        let is = Some(goes_to.to_string());
        settings.push(Setting { file, is, should: to.to_string(), what, how: How::Ask });
    }
    let file = "proc/irq/default_smp_affinity".to_owned();
    if let Some(is) = root.text(&file)? {
        let should = if CpuSet::from_mask(&is).as_ref() == Some(to) { is.clone() } else { to.as_mask() };
        settings.push(Setting { file, is: Some(is), should, what: "interrupts to come".to_owned(), how: How::Write });
    }
    Ok(())
}

fn governor(root: &Root, cpu: u32) -> Result<Option<Setting>, Fault> {
    const PERFORMANCE: &str = "performance";
    let folder = format!("sys/devices/system/cpu/cpu{cpu}/cpufreq");
    let offered = root.text(&format!("{folder}/scaling_available_governors"))?.unwrap_or_default();
    if !offered.split_whitespace().any(|name| name == PERFORMANCE) {
        return Ok(None);
    }
    let file = format!("{folder}/scaling_governor");
    let is = root.text(&file)?;
    let what = format!("frequency of poll core {cpu}");
    Ok(Some(Setting { file, is, should: PERFORMANCE.to_owned(), what, how: How::Write }))
}

/// The kernel takes pages away for a moment to see who uses them: every time a poll core waits.
fn balancing(root: &Root, machine: &Machine) -> Result<Option<Setting>, Fault> {
    let file = "proc/sys/kernel/numa_balancing".to_owned();
    let is = root.text(&file)?.filter(|_| machine.nodes.len() > 1);
    let what = "moving of memory between nodes".to_owned();
    Ok(is.map(|is| Setting { file, is: Some(is), should: "0".to_owned(), what, how: How::Write }))
}

fn bind(root: &Root, driver: &Driver) -> Setting {
    let file = format!("sys/bus/pci/devices/{}/driver", driver.card);
    let is = root.link(&file);
    Setting { file, is, should: driver.name.clone(), what: format!("driver of card {}", driver.card), how: How::Bind }
}

fn parameters(root: &Root, plan: &Plan) -> Result<Option<Setting>, Fault> {
    let texts: Vec<&str> = plan.parameters.iter().map(|one| one.text.as_str()).collect();
    let texts = texts.join(" ");
    let Some((place, (_, file))) = LOADERS.iter().enumerate().find(|(_, (folder, _))| root.has(folder)) else {
        return Ok(None);
    };
    let should = match place {
        0 => format!("set sluice_parameters=\"{texts}\""),
        _ => format!("GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT {texts}\""),
    };
    let what = "parameters of the kernel at its next start".to_owned();
    Ok(Some(Setting { file: (*file).to_owned(), is: root.text(file)?, should, what, how: How::Make }))
}
