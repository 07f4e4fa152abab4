//! A plan is put into force, and taken back to the octet.

mod common;

use common::{Server, dl380};
use sluice_platform::plan::Line;
use sluice_platform::{Machine, Plan, Record, Root, Setting, Wanted, apply, missing_parameters, settings, undo};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A server with a virtual port, so that no card changes drivers: the kernel of a made-up machine cannot do that.
fn prepared(folder: &Path) -> (Server, Root, Plan) {
    let server = dl380(folder);
    server.interrupt(24, "0-63").interrupt(25, "0").interrupt(26, "1");
    server.folder("boot/efi/sluice");
    let root = Root::new(folder);
    let line = Line { name: "tap t".to_owned(), cards: Vec::new(), queues: 2 };
    let wanted = Wanted { lines: vec![line], frames: 32_767, writer_on_sibling: false };
    let plan = Plan::of(&Machine::read(&root).unwrap(), &wanted).unwrap();
    (server, root, plan)
}

fn open_settings(root: &Root, plan: &Plan) -> Vec<Setting> {
    let all = settings(root, &Machine::read(root).unwrap(), plan).unwrap();
    all.into_iter().filter(|setting| !setting.is_met()).collect()
}

/// Every file with what it says.
fn all_files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(all_files(&entry));
        } else {
            files.insert(entry.clone(), std::fs::read_to_string(&entry).unwrap().trim().to_owned());
        }
    }
    files
}

#[test]
fn what_is_applied_is_met_a_second_time_there_is_nothing_to_do_and_undo_restores_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let (server, root, plan) = prepared(folder.path());
    let before = all_files(folder.path());
    let record_file = folder.path().join("var/lib/sluice/hw-undo.json");
    let mut record = Record::open(&root, &record_file).unwrap();
    for setting in open_settings(&root, &plan) {
        assert!(apply(&root, &setting, &mut record).unwrap(), "{setting:?}");
    }
    assert_eq!(open_settings(&root, &plan), []);
    assert_eq!(server.says("proc/sys/kernel/numa_balancing"), "0");
    assert_eq!(server.says("proc/irq/24/smp_affinity_list"), "0,3-32,35-63");
    assert_eq!(server.says("proc/irq/26/smp_affinity_list"), "0,3-32,35-63");
    assert_eq!(server.says("proc/irq/25/smp_affinity_list"), "0", "it was where it may be");
    assert_eq!(server.says("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor"), "performance");
    assert_eq!(server.says("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor"), "powersave");
    assert!(
        server
            .says("boot/efi/sluice/kernel.cfg")
            .starts_with("set sluice_parameters=\"isolcpus=managed_irq,domain,1-2,33-34 ")
    );

    let mut record = Record::open(&root, &record_file).unwrap();
    let (done, refused) = undo(&root, &mut record).unwrap();
    assert!(refused.is_empty() && done.len() > 5, "{refused:?}");
    assert_eq!(all_files(folder.path()), before);
    assert!(Record::open(&root, &record_file).unwrap().is_empty());
}

#[test]
fn a_second_run_keeps_the_first_values_and_a_run_that_died_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let (server, root, plan) = prepared(folder.path());
    let before = all_files(folder.path());
    let record_file = folder.path().join("var/lib/sluice/hw-undo.json");
    let open = open_settings(&root, &plan);
    {
        // Dies after two.
        let mut record = Record::open(&root, &record_file).unwrap();
        open.iter().take(2).for_each(|setting| assert!(apply(&root, setting, &mut record).unwrap()));
    }
    server.file("proc/sys/kernel/numa_balancing", "1");
    let mut record = Record::open(&root, &record_file).unwrap();
    for setting in &open {
        apply(&root, setting, &mut record).unwrap();
    }
    undo(&root, &mut Record::open(&root, &record_file).unwrap()).unwrap();
    assert_eq!(all_files(folder.path()), before);
}

#[test]
fn after_a_restart_only_what_outlives_it_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let (server, root, plan) = prepared(folder.path());
    let record_file = folder.path().join("var/lib/sluice/hw-undo.json");
    let mut record = Record::open(&root, &record_file).unwrap();
    for setting in open_settings(&root, &plan) {
        apply(&root, &setting, &mut record).unwrap();
    }
    server.file("proc/sys/kernel/random/boot_id", "5f3c1f4e-0000-4000-8000-000000000002");
    server.file("proc/irq/24/smp_affinity_list", "7");
    let (done, _) = undo(&root, &mut Record::open(&root, &record_file).unwrap()).unwrap();
    assert_eq!(done, ["boot/efi/sluice/kernel.cfg"]);
    assert_eq!(server.says("proc/irq/24/smp_affinity_list"), "7", "another device may have that number now");
    assert!(!folder.path().join("boot/efi/sluice/kernel.cfg").exists());
}

#[test]
fn an_interrupt_that_the_kernel_keeps_is_asked_for_once_and_is_nothing_to_undo() {
    let folder = tempfile::tempdir().unwrap();
    let (server, root, plan) = prepared(folder.path());
    // A kernel that refuses is played by a link, through which nothing is written.
    let file = "proc/irq/26/smp_affinity_list";
    server.file("proc/irq/26/where", "1");
    std::fs::remove_file(folder.path().join(file)).unwrap();
    std::os::unix::fs::symlink("where", folder.path().join(file)).unwrap();
    let record_file = folder.path().join("record.json");
    let setting = open_settings(&root, &plan).into_iter().find(|setting| setting.file == file).unwrap();
    assert!(!apply(&root, &setting, &mut Record::open(&root, &record_file).unwrap()).unwrap());
    let record = Record::open(&root, &record_file).unwrap();
    assert!(record.is_kept(&setting) && record.is_empty());
    server.file("proc/sys/kernel/random/boot_id", "5f3c1f4e-0000-4000-8000-000000000002");
    assert!(!Record::open(&root, &record_file).unwrap().is_kept(&setting), "another start, another try");
}

#[test]
fn a_card_whose_driver_the_kernel_does_not_change_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let server = dl380(folder.path());
    let card = "sys/bus/pci/devices/0000:12:00.0";
    server.file("sys/bus/pci/drivers_probe", "");
    server.file("sys/bus/pci/drivers/ice/unbind", "");
    std::os::unix::fs::symlink("../../drivers/ice", folder.path().join(card).join("driver")).unwrap();
    let root = Root::new(folder.path());
    let line = Line { name: "tap t".to_owned(), cards: vec!["0000:12:00.0".to_owned()], queues: 1 };
    let plan = Plan::of(
        &Machine::read(&root).unwrap(),
        &Wanted { lines: vec![line], frames: 8_191, writer_on_sibling: false },
    )
    .unwrap();
    let all = settings(&root, &Machine::read(&root).unwrap(), &plan).unwrap();
    let bind = all.iter().find(|setting| setting.file.ends_with("/driver")).unwrap();
    assert_eq!((bind.is.as_deref(), bind.should.as_str()), (Some("ice"), "vfio-pci"));
    let mut record = Record::open(&root, &folder.path().join("record.json")).unwrap();
    let refused = apply(&root, bind, &mut record).unwrap_err().to_string();
    assert!(refused.ends_with("the kernel has no driver vfio-pci loaded: modprobe vfio-pci"), "{refused}");
    // It was asked all the same, in the kernel's way.
    assert_eq!(server.says(&format!("{card}/driver_override")), "vfio-pci");
    assert_eq!(server.says("sys/bus/pci/drivers/ice/unbind"), "0000:12:00.0");
    assert_eq!(server.says("sys/bus/pci/drivers_probe"), "0000:12:00.0");
}

#[test]
fn fewer_huge_pages_than_asked_for_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, root, plan) = prepared(folder.path());
    let mut record = Record::open(&root, &folder.path().join("record.json")).unwrap();
    let mut setting =
        open_settings(&root, &plan).into_iter().find(|setting| setting.file.contains("hugepages")).unwrap();
    // A kernel that gives what it has: what is written is not what is read back.
    setting.should = "999999999999999999999".to_owned();
    let refused = apply(&root, &setting, &mut record).unwrap_err().to_string();
    assert!(refused.contains("memory is in pieces; restart with the parameters of the plan"), "{refused}");
}

#[test]
fn a_tree_whose_files_lead_elsewhere_is_not_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let (_server, root, plan) = prepared(folder.path());
    let victim = outside.path().join("victim");
    std::fs::write(&victim, "0").unwrap();
    let file = folder.path().join("proc/sys/kernel/numa_balancing");
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&victim, &file).unwrap();
    std::fs::write(&victim, "1\n").unwrap();
    let mut record = Record::open(&root, &folder.path().join("record.json")).unwrap();
    let setting =
        open_settings(&root, &plan).into_iter().find(|setting| setting.file.ends_with("numa_balancing")).unwrap();
    let refused = apply(&root, &setting, &mut record).unwrap_err().to_string();
    assert!(refused.contains("leads out of the folder"), "{refused}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "1\n");
}

#[test]
fn parameters_the_kernel_was_not_started_with_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (server, root, plan) = prepared(folder.path());
    let all: Vec<&str> = plan.parameters.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(missing_parameters(&Machine::read(&root).unwrap(), &plan), all);
    server.file("proc/cmdline", &format!("BOOT_IMAGE=/vmlinuz {}", all[1..].join(" ")));
    assert_eq!(missing_parameters(&Machine::read(&root).unwrap(), &plan), &all[..1]);
}
