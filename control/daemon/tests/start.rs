//! Starts that cannot succeed, disks that are full, and the end.

mod common;

use common::{Appliance, Journal};
use std::path::Path;
use std::process::Command;

fn fails(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_broken_configuration_is_refused_with_file_line_and_column() {
    let appliance = Appliance::with("sokcet = \"x\"");
    let (code, said) = fails(&mut appliance.command());
    assert_eq!(code, Some(1));
    let place = format!("{}:6:1: unknown field `sokcet`", appliance.path("sluice.toml").display());
    assert!(said.contains(&place), "{said}");
    let missing = appliance.path("missing.toml");
    let (code, said) = fails(Command::new(env!("CARGO_BIN_EXE_sluiced")).arg("--config").arg(&missing));
    assert_eq!(code, Some(1));
    assert!(said.contains(&missing.display().to_string()), "{said}");
}

#[test]
fn a_wrong_call_ends_with_two() {
    let (code, said) = fails(Command::new(env!("CARGO_BIN_EXE_sluiced")).arg("--nonsense"));
    assert_eq!(code, Some(2));
    assert!(said.contains("--nonsense"), "{said}");
}

#[test]
fn a_configuration_can_be_checked_without_starting() {
    let appliance = Appliance::new();
    let output = appliance.command().arg("--check").output().unwrap();
    assert!(output.status.success());
    assert!(!appliance.path("state/control").exists());
}

#[test]
fn a_second_daemon_does_not_start_beside_the_first() {
    let appliance = Appliance::new();
    let _first = appliance.start();
    let (code, said) = fails(&mut appliance.command());
    assert_eq!(code, Some(1));
    assert!(said.contains("another control daemon uses it"), "{said}");
    assert!(appliance.client().status().is_ok());
}

#[test]
fn a_daemon_told_to_end_takes_its_socket_with_it() {
    let appliance = Appliance::new();
    let (status, _) = appliance.start().terminate();
    assert!(status.success());
    assert!(!appliance.path("run/sluiced.sock").exists());
}

#[test]
fn a_store_that_is_no_database_is_refused_and_left_as_it_is() {
    let appliance = Appliance::new();
    let file = appliance.path("state/control/store.sqlite");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, vec![b'x'; 8192]).unwrap();
    let (code, said) = fails(&mut appliance.command());
    assert_eq!(code, Some(1));
    assert!(said.contains("store.sqlite") && said.contains("not a database"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), vec![b'x'; 8192]);
}

/// A small file system of its own; unmounted when dropped.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    /// `None` where this user may not mount, which is said.
    fn mount(path: &'p Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "none"]).arg(path).output();
        if mounted.is_ok_and(|m| m.status.success()) {
            return Some(Self(path));
        }
        eprintln!("SKIPPED: this needs the right to mount a tmpfs");
        None
    }

    fn fill(&self) {
        let (file, mut size) = (self.0.join("filler"), 1 << 20);
        let mut content = Vec::new();
        while size > 0 {
            content.resize(content.len() + size, 7);
            if std::fs::write(&file, &content).is_err() {
                content.truncate(content.len() - size);
                size /= 2;
            }
        }
        std::fs::write(&file, &content).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.0).status();
        assert!(unmounted.is_ok_and(|s| s.success()) || std::thread::panicking());
    }
}

#[test]
fn a_full_disk_at_the_start_is_a_clear_message() {
    let appliance = Appliance::new();
    let path = appliance.path("state/control");
    let Some(disk) = SmallDisk::mount(&path, "size=256k") else { return };
    disk.fill();
    let (code, said) = fails(&mut appliance.command());
    assert_eq!(code, Some(1));
    assert!(said.contains("store.sqlite") && said.contains("full"), "{said}");
}

#[test]
fn a_store_that_cannot_be_written_is_a_clear_message() {
    let appliance = Appliance::new();
    appliance.start().kill();
    let path = appliance.path("state/control");
    let Some(_disk) = SmallDisk::mount(&path, "size=256k,ro") else { return };
    let (code, said) = fails(&mut appliance.command());
    assert_eq!(code, Some(1));
    assert!(said.contains("control") && said.contains("Read-only"), "{said}");
}

#[test]
fn a_disk_that_fills_up_stops_the_store_and_loses_nothing() {
    let appliance = Appliance::new();
    let path = appliance.path("state/control");
    let Some(disk) = SmallDisk::mount(&path, "size=4m") else { return };
    let _daemon = appliance.start();
    let mut journal = Journal::open(&appliance.path("state/journal"));
    journal.write(10);
    appliance.follow(0, 10);
    disk.fill();
    let written = journal.write(2_000);
    let client = appliance.client();
    let stuck = std::iter::repeat_with(|| client.status().unwrap().journal)
        .take(100_000)
        .find(|j| j.error.is_some())
        .expect("the status says that the disk is full");
    assert!(stuck.error.as_ref().unwrap().contains("No space left"), "{stuck:?}");
    assert_eq!((stuck.lag, stuck.lost), (written + 1 - stuck.stored, 0));
    disk.make_room();
    let ids: Vec<u64> = appliance.follow(0, 2_010).iter().map(|e| e.id).collect();
    assert!(ids.into_iter().eq(1..=2_010));
    assert_eq!(client.status().unwrap().journal.lost, 0);
}
