//! `sluice hw` as a person uses it, on the tree of a made-up server.

mod common;
#[path = "../../../hw/platform/tests/common/mod.rs"]
mod machine;

use common::sluice;
use machine::{Server, dl380};
use std::path::PathBuf;
use std::process::Output;

/// A server whose two outer cards are bound already: the kernel of a made-up machine cannot do that.
struct Case {
    server: Server,
    folder: tempfile::TempDir,
    config: PathBuf,
}

const WIRE: &str = r#"
[[port]]
name = "a"
device = "0000:12:00.0"

[[port]]
name = "b"
device = "0000:12:00.1"

[[wire]]
name = "north"
outside = "a"
inside = "b"
"#;

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        let server = dl380(&root);
        server.interrupt(24, "0-63");
        server.folder("boot/efi/sluice");
        for card in ["0000:12:00.0", "0000:12:00.1"] {
            let link = root.join("sys/bus/pci/devices").join(card).join("driver");
            std::os::unix::fs::symlink("../../drivers/vfio-pci", link).unwrap();
        }
        let config = folder.path().join("sluice.toml");
        std::fs::write(&config, WIRE).unwrap();
        Self { server, folder, config }
    }

    fn hw(&self, command: &str, more: &[&str]) -> Output {
        let (root, config) = (self.server.root.to_str().unwrap(), self.config.to_str().unwrap());
        sluice(&[&["hw", command, "--root", root, "--config", config], more].concat())
    }

    /// What it prints; it must succeed.
    fn told(&self, command: &str, more: &[&str]) -> String {
        let output = self.hw(command, more);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it says when it fails with exit code 1.
    fn refused(&self, command: &str, more: &[&str]) -> String {
        let output = self.hw(command, more);
        assert_eq!(output.status.code(), Some(1), "{command}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn parameters(&self) -> PathBuf {
        self.folder.path().join("root/boot/efi/sluice/kernel.cfg")
    }
}

#[test]
fn a_plan_ends_with_what_is_set_by_hand_in_the_firmware_of_this_model() {
    let case = Case::new();
    let plan = case.told("plan", &[]);
    assert!(plan.starts_with("poll          processor 1 (node 0): wire north, queue 0\n"), "{plan}");
    let by_hand = plan.find("by hand       set the firmware of HPE ProLiant DL380 Gen10").expect("advice");
    assert!(plan[by_hand..].contains("IntelProcVtd=Enabled"), "{plan}");
    let json: serde_json::Value = serde_json::from_str(&case.told("plan", &["--json"])).unwrap();
    assert_eq!((json["frames"].as_u64(), json["writer"].as_u64()), (Some(32_767), Some(2)));
}

#[test]
fn the_lines_of_a_plan_make_the_configuration_agree_with_it() {
    let case = Case::new();
    let differs = case.hw("check", &["--json"]);
    assert_eq!(differs.status.code(), Some(1));
    let drift: Vec<String> = serde_json::from_slice(&differs.stdout).unwrap();
    assert!(drift.contains(&"[cores] writer is 0, planned 2".to_owned()), "{drift:#?}");
    let lines = case.told("plan", &["--toml"]);
    std::fs::write(&case.config, format!("{lines}{WIRE}")).unwrap();
    let drift: Vec<String> = serde_json::from_slice(&case.hw("check", &["--json"]).stdout).unwrap();
    assert!(!drift.is_empty() && drift.iter().all(|line| !line.starts_with('[')), "{drift:#?}");
}

#[test]
fn apply_shows_then_sets_then_has_nothing_to_do_until_undo_takes_it_back() {
    let case = Case::new();
    std::fs::write(&case.config, format!("{}{WIRE}", case.told("plan", &["--toml"]))).unwrap();
    let changes = "moving of memory between nodes: 1 -> 0\n";

    assert!(case.told("apply", &["--dry-run"]).contains(changes));
    let asked = case.refused("apply", &[]);
    assert!(asked.contains("there is no terminal to ask at; --yes changes it without asking"), "{asked}");
    assert_eq!(case.server.says("proc/sys/kernel/numa_balancing"), "1");
    assert!(!case.parameters().exists() && !case.server.root.join("var").exists());

    let done = case.told("apply", &["--yes"]);
    assert!(done.contains(changes) && done.contains("done; `sluice hw undo` takes it back"), "{done}");
    assert_eq!(case.server.says("proc/sys/kernel/numa_balancing"), "0");
    let again = case.told("apply", &["--yes"]);
    assert!(again.starts_with("nothing to do: the machine is set as planned\nafter the next restart: isolcpus="));

    // What the boot loader would do.
    let set = case.server.says("boot/efi/sluice/kernel.cfg");
    let parameters = set.strip_prefix("set sluice_parameters=\"").and_then(|text| text.strip_suffix('"')).unwrap();
    assert!(case.refused("check", &[]).contains("the machine differs from the plan in "));
    case.server.file("proc/cmdline", &format!("BOOT_IMAGE=/vmlinuz ro {parameters}"));
    assert_eq!(case.told("check", &[]), "the machine runs as planned\n");
    assert_eq!(case.told("check", &["--json"]), "[]\n");

    assert!(case.told("undo", &[]).contains("as before: proc/sys/kernel/numa_balancing\n"));
    assert_eq!(case.server.says("proc/sys/kernel/numa_balancing"), "1");
    assert!(!case.parameters().exists());
    assert_eq!(case.told("undo", &[]), "nothing to undo\n");
}

#[test]
fn the_card_by_which_one_came_in_stays_with_its_driver() {
    let case = Case::new();
    let class = case.server.root.join("sys/class/net");
    std::fs::create_dir_all(&class).unwrap();
    case.server.folder("sys/bus/pci/devices/0000:d8:00.0/net/eno1");
    std::os::unix::fs::symlink("../../bus/pci/devices/0000:d8:00.0/net/eno1", class.join("eno1")).unwrap();
    case.server.file("proc/net/route", "Iface\tDestination\tGateway\neno1\t00000000\t0102A8C0");
    std::fs::write(&case.config, WIRE.replace("0000:12:00.0", "0000:d8:00.0")).unwrap();
    let said = case.refused("apply", &["--yes"]);
    assert!(said.contains("card 0000:d8:00.0 carries eno1, the way to other networks"), "{said}");
    assert_eq!(case.server.says("proc/sys/kernel/numa_balancing"), "1", "nothing was set before it was refused");
}

#[test]
fn without_taps_and_wires_an_example_is_planned_and_never_applied() {
    let case = Case::new();
    std::fs::write(&case.config, "").unwrap();
    let plan = case.told("plan", &[]);
    assert!(plan.contains("has no taps and wires: this is the plan of an example"), "{plan}");
    assert!(plan.contains("wire example, queue 0"), "{plan}");
    for (command, more) in [("apply", &["--yes"][..]), ("check", &[])] {
        assert!(case.refused(command, more).contains("this is the plan of an example; there is nothing to"));
    }
}

#[test]
fn a_port_on_a_card_that_is_not_there_is_refused_with_the_cards_that_are() {
    let case = Case::new();
    std::fs::write(&case.config, WIRE.replace("0000:12:00.1", "0000:99:00.0")).unwrap();
    let said = case.refused("plan", &[]);
    assert!(said.contains("wire north: there is no network card 0000:99:00.0 in this machine; it has 0000:12:00.0"));
}
