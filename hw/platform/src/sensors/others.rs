//! What the kernel tells elsewhere: memory, PCI, disks, links, the watchdog.

use super::{Kind, Reading};
use crate::{Fault, Root};

pub(super) fn read(root: &Root) -> Result<Vec<Reading>, Fault> {
    let mut readings = Vec::new();
    memory(root, &mut readings)?;
    pci(root, &mut readings)?;
    disks(root, &mut readings)?;
    raid(root, &mut readings)?;
    links(root, &mut readings)?;
    watchdogs(root, &mut readings)?;
    supplies(root, &mut readings)?;
    Ok(readings)
}

/// Errors that each controller corrected, and could not (Documentation/admin-guide/RAS, ABI/testing/sysfs-devices-edac).
fn memory(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    const CONTROLLERS: &str = "sys/devices/system/edac/mc";
    for controller in root.numbered(CONTROLLERS, "mc")? {
        for (file, what) in [("ce_count", "corrected"), ("ue_count", "not corrected")] {
            let mut reading = Reading::new(Kind::Memory, format!("controller {controller}, {what}"));
            reading.value = root.number(&format!("{CONTROLLERS}/mc{controller}/{file}"))?;
            readings.extend(Some(reading).filter(|reading| reading.value.is_some()));
        }
    }
    Ok(())
}

/// Errors on the way to network cards (ABI/testing/sysfs-bus-pci-devices-aer).
fn pci(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    const DEVICES: &str = "sys/bus/pci/devices";
    for address in root.names(DEVICES)? {
        let folder = format!("{DEVICES}/{address}");
        if !root.text(&format!("{folder}/class"))?.is_some_and(|class| class.starts_with("0x02")) {
            continue;
        }
        for (file, word, what) in [
            ("aer_dev_correctable", "TOTAL_ERR_COR", "corrected"),
            ("aer_dev_nonfatal", "TOTAL_ERR_NONFATAL", "not corrected"),
            ("aer_dev_fatal", "TOTAL_ERR_FATAL", "fatal"),
        ] {
            let text = root.text(&format!("{folder}/{file}"))?.unwrap_or_default();
            let total = text.lines().find_map(|line| line.strip_prefix(word)?.trim().parse().ok());
            let reading = Reading { value: total, ..Reading::new(Kind::Pci, format!("card {address}, {what}")) };
            readings.extend(Some(reading).filter(|reading| reading.value.is_some()));
        }
    }
    Ok(())
}

/// The state of the device behind each disk: `running` of SCSI, `live` of NVMe.
fn disks(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    const DISKS: &str = "sys/block";
    for disk in root.names(DISKS)? {
        if let Some(state) = root.text(&format!("{DISKS}/{disk}/device/state"))? {
            let fault = (!matches!(state.as_str(), "running" | "live")).then_some(state);
            readings.push(Reading { fault, ..Reading::new(Kind::Disk, disk) });
        }
    }
    Ok(())
}

/// `md0 : active raid1 …` and behind it `[2/1] [U_]`: an underscore is a disk that is missing.
fn raid(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    let text = root.text("proc/mdstat")?.unwrap_or_default();
    let mut name = None;
    for line in text.lines() {
        if let Some((first, _)) = line.split_once(" : ") {
            name = Some(first.trim().to_owned()).filter(|name| name.starts_with("md"));
        }
        let members = line.rsplit_once('[').and_then(|(_, end)| end.strip_suffix(']'));
        let is_map = |members: &&str| !members.is_empty() && members.chars().all(|member| matches!(member, 'U' | '_'));
        if let Some(members) = members.filter(is_map)
            && let Some(name) = name.take()
        {
            let missing = members.matches('_').count();
            let fault = (missing > 0).then(|| format!("{missing} of {} disks are missing", members.len()));
            readings.push(Reading { fault, ..Reading::new(Kind::Raid, name) });
        }
    }
    Ok(())
}

/// Links of cards that are in use. Ports of the dataplane are not the kernel's.
fn links(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    const LINKS: &str = "sys/class/net";
    for name in root.names(LINKS)? {
        let folder = format!("{LINKS}/{name}");
        if !root.has(&format!("{folder}/device")) {
            continue;
        }
        // A link that is not in use says nothing.
        if let Some(carrier) = root.number::<i64>(&format!("{folder}/carrier"))? {
            let fault = (carrier == 0).then(|| "no signal".to_owned());
            readings.push(Reading { fault, ..Reading::new(Kind::Link, name) });
        }
    }
    Ok(())
}

/// One that is not running guards nothing; one that has started the machine says so (ABI/testing/sysfs-class-watchdog).
fn watchdogs(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    const WATCHDOGS: &str = "sys/class/watchdog";
    for number in root.numbered(WATCHDOGS, "watchdog")? {
        let folder = format!("{WATCHDOGS}/watchdog{number}");
        let name = root.text(&format!("{folder}/identity"))?.unwrap_or_else(|| format!("watchdog{number}"));
        let state = root.text(&format!("{folder}/state"))?;
        // The least: that the card was reset by it (`WDIOF_CARDRESET`).
        let has_reset =
            root.number::<u32>(&format!("{folder}/bootstatus"))?.is_some_and(|status| status & CARD_RESET != 0);
        let fault = if has_reset { Some("it started this machine anew: the system had hung".to_owned()) } else { None };
        let fault = fault.or_else(|| state.filter(|state| state == "inactive").map(|_| "nobody feeds it".to_owned()));
        readings.push(Reading { fault, ..Reading::new(Kind::Watchdog, name) });
    }
    Ok(())
}

const CARD_RESET: u32 = 0x20;

/// Supplies that the kernel sees (ABI/testing/sysfs-class-power): mains and batteries, of few servers.
fn supplies(root: &Root, readings: &mut Vec<Reading>) -> Result<(), Fault> {
    const SUPPLIES: &str = "sys/class/power_supply";
    for name in root.names(SUPPLIES)? {
        let folder = format!("{SUPPLIES}/{name}");
        let online = root.number::<i64>(&format!("{folder}/online"))?;
        let health =
            root.text(&format!("{folder}/health"))?.filter(|health| !matches!(health.as_str(), "Good" | "Unknown"));
        let fault = health.or_else(|| (online == Some(0)).then(|| "it gives no power".to_owned()));
        readings.push(Reading { fault, ..Reading::new(Kind::Power, format!("supply {name}")) });
    }
    Ok(())
}
