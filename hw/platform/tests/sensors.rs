//! What the kernel tells of how the machine is, and what becomes of it from look to look.

mod common;

use common::{Server, trees};
use sluice_platform::Root;
use sluice_platform::sensors::{Change, Conditions, Kind, Reading, read};
use std::path::Path;

fn server(folder: &Path) -> Server {
    Server { root: folder.to_owned(), sockets: 1, cores: 2, threads: 1 }.write()
}

fn readings(folder: &Path) -> Vec<Reading> {
    read(&Root::new(folder)).unwrap()
}

fn complaint(folder: &Path, kind: Kind, subject: &str) -> Option<String> {
    let readings = readings(folder);
    let reading = readings.iter().find(|reading| reading.kind == kind && reading.subject == subject);
    reading.unwrap_or_else(|| panic!("no {subject} among {readings:?}")).complaint()
}

/// A chip with a sensor and its files.
fn chip(server: &Server, number: u32, name: &str, files: &[(&str, &str)]) {
    let folder = format!("sys/class/hwmon/hwmon{number}");
    server.file(&format!("{folder}/name"), name);
    files.iter().for_each(|(file, text)| server.file(&format!("{folder}/{file}"), text));
}

#[test]
fn a_temperature_counts_against_the_least_limit_that_makes_sense() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path());
    let files =
        [("temp1_input", "71000"), ("temp1_label", "Package id 0"), ("temp1_max", "80000"), ("temp1_crit", "90000")];
    chip(&server, 3, "coretemp", &files);
    chip(&server, 4, "nvme", &[("temp1_input", "45850"), ("temp1_max", "65261850")]);
    assert_eq!(complaint(folder.path(), Kind::Temperature, "coretemp: Package id 0"), None);
    assert_eq!(complaint(folder.path(), Kind::Temperature, "nvme: temp1"), None);
    server.file("sys/class/hwmon/hwmon3/temp1_input", "80500");
    let said = complaint(folder.path(), Kind::Temperature, "coretemp: Package id 0");
    assert_eq!(said.as_deref(), Some("80.5 °C where 80.0 °C is the limit"));
    server.file("sys/class/hwmon/hwmon3/temp1_fault", "1");
    let said = complaint(folder.path(), Kind::Temperature, "coretemp: Package id 0");
    assert_eq!(said.as_deref(), Some("the sensor is broken"));
}

#[test]
fn fans_power_and_voltage_are_read_with_their_alarms() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path());
    chip(&server, 0, "fans", &[("fan1_input", "300"), ("fan1_min", "600"), ("fan2_input", "0"), ("fan2_alarm", "1")]);
    chip(&server, 1, "power_meter", &[("power1_average", "182000000"), ("power1_alarm", "0")]);
    chip(&server, 2, "volts", &[("in0_input", "11200"), ("in0_min", "11400"), ("in0_max", "12600")]);
    let say = |kind, subject| complaint(folder.path(), kind, subject);
    assert_eq!(
        say(Kind::Fan, "fans: fan1").as_deref(),
        Some("300 turns a minute where 600 turns a minute is the least")
    );
    assert_eq!(say(Kind::Fan, "fans: fan2").as_deref(), Some("out of its range"));
    assert_eq!(say(Kind::Power, "power_meter: power1"), None);
    assert_eq!(say(Kind::Voltage, "volts: in0").as_deref(), Some("11.20 V where 11.40 V is the least"));
    let readings = readings(folder.path());
    let power = readings.iter().find(|reading| reading.kind == Kind::Power).unwrap();
    assert_eq!(power.amount().as_deref(), Some("182.0 W"));
}

#[test]
fn disks_arrays_links_watchdogs_and_supplies_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path());
    server.file("sys/block/sda/device/state", "running");
    server.file("sys/block/sdb/device/state", "offline");
    server.file("sys/block/nvme0n1/device/state", "live");
    server.file("sys/block/loop0/size", "0");
    server.file("proc/mdstat", "Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0]\n      1046528 blocks super 1.2 [2/1] [U_]\n\nmd1 : active raid1 sdb2[1] sda2[0]\n      976 blocks [2/2] [UU]\n      [==>..]  resync = 12.6%\nunused devices: <none>");
    server.folder("sys/class/net/eno1/device");
    server.file("sys/class/net/eno1/carrier", "0");
    server.file("sys/class/net/lo/carrier", "1");
    server.file("sys/class/watchdog/watchdog0/identity", "HPE iLO2+ HW Watchdog Timer");
    server.file("sys/class/watchdog/watchdog0/state", "inactive");
    server.file("sys/class/power_supply/PS1/online", "0");
    server.file("sys/class/power_supply/PS2/online", "1");
    let wrong: Vec<String> = readings(folder.path())
        .iter()
        .filter_map(|reading| Some(format!("{} {}: {}", reading.kind.name(), reading.subject, reading.complaint()?)))
        .collect();
    assert_eq!(
        wrong,
        [
            "power supply PS1: it gives no power",
            "disk sdb: offline",
            "raid md0: 1 of 2 disks are missing",
            "link eno1: no signal",
            "watchdog HPE iLO2+ HW Watchdog Timer: nobody feeds it",
        ]
    );
    server.file("sys/class/watchdog/watchdog0/bootstatus", "32");
    let said = complaint(folder.path(), Kind::Watchdog, "HPE iLO2+ HW Watchdog Timer");
    assert!(said.unwrap().contains("the system had hung"));
}

#[test]
fn a_condition_is_raised_after_two_looks_and_cleared_beyond_the_margin() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path());
    chip(&server, 0, "coretemp", &[("temp1_input", "70000"), ("temp1_max", "80000")]);
    let mut conditions = Conditions::default();
    let mut at = |celsius: i64| {
        server.file("sys/class/hwmon/hwmon0/temp1_input", &(celsius * 1000).to_string());
        conditions.look(&readings(folder.path()))
    };
    assert_eq!([at(70), at(81), at(70), at(81)], [const { Vec::new() }; 4], "one odd look is none");
    let raised = at(82);
    assert!(
        matches!(raised.as_slice(), [Change::Raised(one)] if one.what == "82.0 °C where 80.0 °C is the limit"),
        "{raised:?}"
    );
    assert_eq!(
        [at(79), at(78), at(76), at(79), at(74)],
        [const { Vec::new() }; 5],
        "not yet by the margin, or once only"
    );
    let cleared = at(74);
    assert!(matches!(cleared.as_slice(), [Change::Cleared(one)] if one.subject == "coretemp: temp1"), "{cleared:?}");
    assert_eq!(conditions.raised().count(), 0);
}

#[test]
fn errors_of_memory_are_news_when_they_grow_and_old_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path());
    let mut conditions = Conditions::default();
    let mut at = |errors: u32| {
        server.file("sys/devices/system/edac/mc/mc0/ce_count", &errors.to_string());
        conditions.look(&readings(folder.path()))
    };
    assert_eq!(at(7), []);
    let raised = at(9);
    assert!(matches!(raised.as_slice(), [Change::Raised(one)] if one.what == "2 more errors, 9 in all"), "{raised:?}");
    assert_eq!(at(12), [], "it is raised already");
    let quiet: Vec<_> = (0..60).flat_map(|_| at(12)).collect();
    assert!(matches!(quiet.as_slice(), [Change::Cleared(one)] if one.what == "3 more errors, 12 in all"), "{quiet:?}");
}

#[test]
fn what_was_there_and_is_gone_is_said_and_so_is_its_return() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path());
    server.file("sys/block/sda/device/state", "running");
    let mut conditions = Conditions::default();
    let mut look = || conditions.look(&readings(folder.path()));
    assert_eq!(look(), []);
    std::fs::remove_dir_all(folder.path().join("sys/block/sda")).unwrap();
    assert_eq!(look(), []);
    assert!(matches!(look().as_slice(), [Change::Raised(one)] if one.what == "it is gone" && one.subject == "sda"));
    server.file("sys/block/sda/device/state", "running");
    assert_eq!(look(), []);
    assert!(matches!(look().as_slice(), [Change::Cleared(_)]));
}

#[test]
fn nonsense_in_a_sensor_is_an_error_that_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    chip(&server(folder.path()), 0, "coretemp", &[("temp1_input", "warm")]);
    let said = read(&Root::new(folder.path())).unwrap_err().to_string();
    assert!(said.ends_with("sys/class/hwmon/hwmon0/temp1_input: \"warm\" is not a number"), "{said}");
}

#[test]
fn every_real_tree_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for tree in trees(folder.path()) {
        let readings = readings(&tree);
        let mut conditions = Conditions::default();
        conditions.look(&readings);
        assert!(conditions.look(&readings).len() <= readings.len(), "{}", tree.display());
    }
    // And this machine.
    readings(Path::new("/"));
}
