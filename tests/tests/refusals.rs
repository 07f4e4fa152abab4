//! What the three programs refuse together.

mod common;

use common::policy::starter;
use common::{Appliance, program};
use sluice_abi::command::Request;
use std::path::Path;
use std::process::Command;

const QUIET_TAP: &str =
    "[[port]]\nname = \"mirror\"\ndevice = \"net_null:no-rx=1\"\n[[tap]]\nname = \"tap\"\nport = \"mirror\"\n";

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_broken_policy_is_refused_with_file_line_and_column_and_the_old_one_stays_in_force() {
    let appliance = Appliance::new(&[0], QUIET_TAP);
    let _dataplane = appliance.start_dataplane();
    let _daemon = appliance.start_daemon();
    let pushed = appliance.sluice(&["policy", "push", starter().to_str().unwrap()]);
    assert!(pushed.status.success(), "{}", String::from_utf8_lossy(&pushed.stderr));
    let in_force = appliance.ask(&Request::Status).version;
    assert!(in_force > 0);
    let image = std::fs::read(appliance.path("state/policy.image")).unwrap();

    let broken = appliance.path("broken");
    copy(&starter(), &broken);
    let file = broken.join("rules/1-lists.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let line = text.lines().position(|line| line.contains("sccp.cgpa.gt in list blocked_gts")).unwrap() + 1;
    std::fs::write(&file, text.replacen("sccp.cgpa.gt in list blocked_gts", "sccp.cgpa.gtt in list blocked_gts", 1))
        .unwrap();
    let refused = appliance.sluice(&["policy", "push", broken.to_str().unwrap()]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("rules/1-lists.toml:{line}:")) && said.contains("sccp.cgpa.gtt"), "{said}");
    assert!(refused.stdout.is_empty());

    assert_eq!(appliance.ask(&Request::Status).version, in_force, "the old one stays");
    assert_eq!(std::fs::read(appliance.path("state/policy.image")).unwrap(), image);
    let current = appliance.api().current_policy().unwrap();
    assert_eq!(current.entry.version, in_force);
}

#[test]
fn a_push_without_a_dataplane_is_refused_and_nothing_is_in_force() {
    let appliance = Appliance::new(&[0], QUIET_TAP);
    let _daemon = appliance.start_daemon();
    let refused = appliance.sluice(&["policy", "push", starter().to_str().unwrap()]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("dataplane.sock"), "{said}");
    assert!(!appliance.path("state/policy.image").exists());
}

#[test]
fn both_processes_refuse_a_broken_configuration_at_the_same_place() {
    let appliance = Appliance::new(&[0], QUIET_TAP);
    let file = appliance.path("sluice.toml");
    std::fs::write(&file, "[paths]\nrun_dri = \"x\"\n").unwrap();
    for name in ["sluice-dataplane", "sluiced"] {
        let output = Command::new(program(name)).arg("--config").arg(&file).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("{}:2:1: unknown field `run_dri`", file.display())), "{name}: {said}");
    }
}
