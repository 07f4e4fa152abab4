//! Every profile can be read, says where it is from, and is found by the name its firmware gives.

use super::{PROFILES, Profile, TEXTS};
use crate::{FAMILIES, Machine, Root};
use std::collections::BTreeSet;
use std::fs;

/// A machine of which the firmware says only this.
fn called(model: &str) -> Machine {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("sys/devices/system/cpu/online", "0\n");
    write("sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
    write("sys/class/dmi/id/product_name", &format!("{model}\n"));
    Machine::read(&Root::new(folder.path())).unwrap()
}

#[test]
fn every_profile_can_be_read_and_has_no_key_that_nobody_knows() {
    for (name, text) in TEXTS {
        toml::from_str::<Profile>(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let more = format!("{text}\ncolour = \"grey\"\n");
        assert!(toml::from_str::<Profile>(&more).unwrap_err().to_string().contains("unknown field `colour`"), "{name}");
    }
    assert_eq!(Profile::all().len(), TEXTS.len());
}

#[test]
fn a_machine_finds_its_profile_by_its_whole_name_and_no_two_share_one() {
    for (model, name) in [
        ("ProLiant DL380p Gen8", "HPE ProLiant DL380p Gen8"),
        ("ProLiant DL380 Gen9", "HPE ProLiant DL380 Gen9"),
        ("ProLiant DL380 Gen10", "HPE ProLiant DL380 Gen10"),
        ("ProLiant DL380 Gen10 Plus", "HPE ProLiant DL380 Gen10 Plus"),
        ("ProLiant DL380 Gen11", "HPE ProLiant DL380 Gen11"),
    ] {
        assert_eq!(Profile::of(&called(model)).map(|profile| profile.name.as_str()), Some(name));
    }
    assert_eq!(Profile::of(&called("ProLiant DL380a Gen11")), None);
    let models: Vec<_> = PROFILES.iter().flat_map(|profile| &profile.models).collect();
    assert_eq!(models.iter().collect::<BTreeSet<_>>().len(), models.len());
}

#[test]
fn every_section_names_its_sources_or_why_it_is_empty() {
    for profile in Profile::all() {
        let Profile { processors, slots, cards, settings, cores, figures, leds, .. } = profile;
        let sections =
            [&processors.sources, &slots.sources, &cards.sources, &settings.sources, &cores.sources, &leds.sources];
        assert!(sections.iter().all(|sources| sources.iter().any(|one| !one.is_empty())), "{}", profile.name);
        assert!(!figures.absent.is_empty(), "{}", profile.name);
        let has_all = [slots.slot.len(), cards.card.len(), settings.setting.len(), cores.typical.len(), leds.led.len()];
        assert!(has_all.iter().all(|&count| count > 0), "{}", profile.name);
    }
}

#[test]
fn what_a_profile_counts_fits_together() {
    for profile in Profile::all() {
        let numbers: BTreeSet<u8> = profile.slots.slot.iter().map(|slot| slot.number).collect();
        assert_eq!(numbers.len(), profile.slots.slot.len(), "{}", profile.name);
        assert!(profile.slots.slot.iter().all(|slot| (1..=profile.processors.sockets).contains(&slot.processor)));
        for typical in &profile.cores.typical {
            assert_eq!(typical.system + typical.writer + typical.poll_max, typical.cores, "{}", typical.processor);
            assert!(typical.cores <= profile.processors.cores_max, "{}", typical.processor);
        }
        for sold in &profile.cards.card {
            assert!(FAMILIES.iter().any(|family| family.name == sold.family), "{}", sold.name);
            assert_eq!(sold.unverified, sold.pci.is_none(), "{}", sold.name);
        }
    }
}

#[test]
fn the_register_of_pci_numbers_calls_each_card_as_its_profile() {
    let Ok(register) = fs::read_to_string("/usr/share/misc/pci.ids") else {
        eprintln!("SKIPPED: pci.ids is not installed; no card was looked up");
        return;
    };
    let mut found = 0;
    for sold in Profile::all().iter().flat_map(|profile| &profile.cards.card) {
        let Some(pci) = &sold.pci else { continue };
        let (device, subsystem) = pci.split_once(' ').unwrap();
        let (vendor, device) = device.split_once(':').unwrap();
        let entry = format!("\t\t{}  {}", subsystem.replace(':', " "), sold.name);
        let of_vendor = register.split_once(&format!("\n{vendor}  ")).unwrap().1;
        let of_device = of_vendor.split_once(&format!("\n\t{device}  ")).unwrap().1;
        let mut lines = of_device.lines().skip(1).take_while(|line| line.starts_with(['#', '\t']) && !is_device(line));
        assert!(lines.any(|line| line == entry), "{pci} is not {}", sold.name);
        let family = FAMILIES.iter().find(|family| family.name == sold.family).unwrap();
        let number = |hex: &str| u16::from_str_radix(hex, 16).unwrap();
        assert!(family.ids.contains(&(number(vendor), number(device))), "{} is none of {}", sold.name, family.name);
        found += 1;
    }
    assert!(found > 10, "{found}");
}

/// Of the lines of a register, subsystems are a step further in.
fn is_device(line: &str) -> bool {
    line.starts_with('\t') && !line.starts_with("\t\t")
}

#[test]
fn advice_keeps_the_iommu_and_says_what_was_not_looked_up() {
    for profile in Profile::all() {
        let advice = profile.advice();
        let iommu: Vec<&String> = advice.iter().filter(|line| line.contains("VT-d")).collect();
        assert!(iommu.len() == 1 && iommu[0].contains("=Enabled)"), "{iommu:?}");
        let slots = advice.last().unwrap();
        assert!(slots.starts_with("slots: 1, 2, 3 of processor 1; 4, 5, 6"), "{slots}");
        assert!(slots.contains("(from memory: look it up"), "{slots}");
        let setting = advice.iter().filter(|line| line.starts_with("  ")).count();
        assert_eq!(setting, profile.settings.setting.len());
    }
}
