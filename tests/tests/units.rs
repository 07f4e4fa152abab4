//! The units of the packages, as systemd's own tools judge them, and the configuration they come with.

mod common;
mod installed;

use common::program;
use installed::{Root, UNITS, Unit, shipped};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

/// Highest exposure of the control side, as `systemd-analyze security` counts it.
const EXPOSURE_MAX: f64 = 2.0;

fn exposure(root: &Root, name: &str) -> f64 {
    let unit = root.path().join(format!("usr/lib/systemd/system/{name}.service"));
    let output = root.tool("systemd-analyze", &["security", "--offline=yes", "--no-pager", unit.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let figure =
        text.split_once(&format!("exposure level for {name}.service: ")).and_then(|(_, rest)| rest.split_once(' '));
    figure.and_then(|(figure, _)| figure.parse().ok()).unwrap_or_else(|| panic!("no figure in: {text}"))
}

#[test]
fn the_control_side_is_exposed_at_most_as_promised_and_the_dataplane_little_more() {
    let root = Root::new();
    for (name, most) in [("sluiced", EXPOSURE_MAX), ("sluice-hw", EXPOSURE_MAX), ("sluice-dataplane", 2.5)] {
        let figure = exposure(&root, name);
        eprintln!("{name}: {figure}");
        assert!(figure <= most, "{name}: {figure}, at most {most} is promised");
    }
}

#[test]
fn systemd_understands_every_line() {
    let root = Root::new();
    for target in ["sysinit", "basic", "shutdown", "local-fs", "network", "network-pre", "multi-user"] {
        let stub = "[Unit]\nDefaultDependencies=no\n";
        root.write(&format!("usr/lib/systemd/system/{target}.target"), stub);
    }
    for program in ["sluice", "sluiced", "sluice-dataplane", "grep", "setsid", "env"] {
        root.write(&format!("usr/bin/{program}"), "#!/bin/sh\n");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(root.path().join(format!("usr/bin/{program}")), executable).unwrap();
    }
    let files = UNITS.map(|name| root.path().join(format!("usr/lib/systemd/system/{name}.service")));
    let words: Vec<&str> =
        ["verify", "--man=no"].into_iter().chain(files.iter().map(|f| f.to_str().unwrap())).collect();
    let output = root.tool("systemd-analyze", &words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn every_system_call_stands_once_with_its_reason_above_it() {
    for (name, more) in [("sluice-hw", None), ("sluiced", None), ("sluice-dataplane", Some("units/af-xdp.conf"))] {
        let unit = more.into_iter().fold(Unit::read(name), Unit::with);
        let (mut above, mut seen) = ("", BTreeSet::new());
        for line in unit.lines() {
            if let Some(call) = line.strip_prefix("SystemCallFilter=").filter(|call| !call.is_empty()) {
                let reason = above.strip_prefix(&format!("# {call}: ")).unwrap_or_default();
                assert!(reason.len() > 3, "{name}: {call} has no reason above it");
                assert!(seen.insert(call), "{name}: {call} stands twice");
            }
            above = line;
        }
        assert!(seen.len() > 20, "{name}: {} calls", seen.len());
    }
}

#[test]
fn every_capability_has_its_reason() {
    for (name, more) in [("sluice-hw", None), ("sluice-dataplane", Some("units/af-xdp.conf"))] {
        let unit = more.into_iter().fold(Unit::read(name), Unit::with);
        for capability in unit.words("CapabilityBoundingSet") {
            let reason =
                |line: &str| line.strip_prefix(&format!("#   {capability} ")).is_some_and(|r| r.trim().len() > 3);
            assert!(unit.lines().any(reason), "{name}: {capability} has no reason");
        }
    }
    assert_eq!(Unit::read("sluiced").words("CapabilityBoundingSet"), [""; 0], "the control daemon has none");
}

/// Else the watchdog would end a dataplane that has taken over and knows nothing of it.
#[test]
fn who_takes_over_is_told_of_the_watchdog() {
    let unit = Unit::read("sluice-dataplane");
    let seconds: u64 = unit.words("WatchdogSec").concat().parse().unwrap();
    let told = format!("WATCHDOG_USEC={}", seconds * 1_000_000);
    assert!(unit.words("ExecReload").contains(&told.as_str()), "{told}");
}

/// Whether the units start with this configuration.
fn starts_with(text: &str) -> bool {
    let unit = Unit::read("sluice-dataplane");
    let condition = unit.lines().find_map(|line| line.strip_prefix("ExecCondition=/usr/bin/grep -qE ")).unwrap();
    assert!(Unit::read("sluice-hw").lines().any(|line| line.ends_with(condition)), "both units ask the same");
    let pattern = condition.split('\'').nth(1).unwrap();
    let mut grep = Command::new("grep").args(["-qE", pattern]).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut grep.stdin.take().unwrap(), text.as_bytes()).unwrap();
    grep.wait().unwrap().success()
}

#[test]
fn the_dataplane_is_started_once_there_is_a_tap_or_a_wire() {
    let text = fs::read_to_string(shipped("packages/sluice.toml")).unwrap();
    assert!(!starts_with(&text), "as it is installed there is neither");
    for text in ["[[tap]]\nname = 1", "  [[ wire ]]", "tap = [{ name = 1 }]", "[x]\n[[wire]] # one"] {
        assert!(starts_with(text), "{text}");
    }
    for text in ["# [[tap]]", "tapes = 1", "x = \"[[tap]]\"", "[wires]"] {
        assert!(!starts_with(text), "{text}");
    }
}

#[test]
fn every_example_of_the_installed_configuration_is_good() {
    let text = fs::read_to_string(shipped("packages/sluice.toml")).unwrap();
    // A comment that is a setting or a heading has one space behind its sign, and a key without spaces.
    let is_setting = |line: &str| {
        let key = line.split('=').next().unwrap_or_default().trim();
        line.starts_with("[[") || line.contains('=') && !key.contains(' ')
    };
    let uncommented: Vec<&str> =
        text.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line)).collect();
    let uncommented = uncommented.join("\n");
    let known: toml::Table = uncommented.parse().unwrap();
    assert_eq!(known["port"].as_array().map(Vec::len), Some(3), "{uncommented}");
    let root = Root::new();
    root.write("sluice.toml", &uncommented);
    for name in ["sluice-dataplane", "sluiced"] {
        let mut command = Command::new(program(name));
        let output = command.arg("--check").arg("--config").arg(root.path().join("sluice.toml")).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_filter_of_the_management_port_is_one_nftables_takes() {
    let output = Command::new("nft").args(["-c", "-f"]).arg(shipped("nftables.conf")).output();
    let output = output.expect("nft is in Debian's package nftables");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("Operation not permitted") {
        eprintln!("SKIPPED: nft asks the kernel, which needs root; nothing was tested");
        return;
    }
    assert!(output.status.success() && said.is_empty(), "{said}");
}
