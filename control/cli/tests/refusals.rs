//! What a person sees when a file cannot be worked on: what is wrong, where, and what to do; exit code 1, and nothing
//! half-written.

mod common;

use common::{scratch, sluice};
use std::path::{Path, PathBuf};

fn capture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures/mix-11.pcap")
}

fn starter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/starter")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Exit code 1; gives what was said.
fn refused(arguments: &[&str]) -> String {
    let output = sluice(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(said.starts_with("error: ") || said.contains("\nerror: "), "{said}");
    said
}

/// A replay that is refused and leaves nothing, neither in a folder that was there nor by making one.
fn replay_refused(file: &Path, folder: &Path) -> String {
    let (fresh, old) = (folder.join("fresh"), folder.join("old"));
    std::fs::create_dir_all(&old).unwrap();
    std::fs::write(old.join("events.jsonl"), "of an earlier replay\n").unwrap();
    let replay = |out: &Path, more: &[&str]| {
        let fixed = ["replay", text(file), "--policy", text(&starter()), "--out", text(out)].map(str::to_owned);
        let all: Vec<&str> = fixed.iter().map(String::as_str).chain(more.iter().copied()).collect();
        refused(&all)
    };
    let said = replay(&fresh, &[]);
    assert_eq!(replay(&fresh, &["--wire"]), said);
    assert!(!fresh.exists(), "no folder is made for nothing");
    replay(&old, &[]);
    let names: Vec<_> = std::fs::read_dir(&old).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["events.jsonl"]);
    assert_eq!(std::fs::read_to_string(old.join("events.jsonl")).unwrap(), "of an earlier replay\n");
    said
}

/// What `decode` and `replay` say of a file with these octets; both must contain `expected`.
fn both_refuse(name: &str, octets: &[u8], expected: &str) {
    let folder = scratch(&format!("refusals-{name}"));
    let file = folder.join("in.pcap");
    std::fs::write(&file, octets).unwrap();
    let expected = format!("{}: {expected}", file.display());
    for form in [&["--jsonl"][..], &["--count"], &[]] {
        let said = refused(&[&["decode", text(&file)], form].concat());
        assert!(said.contains(&expected), "{said}");
    }
    let said = replay_refused(&file, &folder);
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn a_file_that_ends_within_a_frame_is_told_with_frame_and_octet() {
    let octets = std::fs::read(capture()).unwrap();
    both_refuse("cut", &octets[..5_000], "truncated: the file ends at octet 5000, before the end of frame 33");
    both_refuse("head", &octets[..20], "truncated: the file ends at octet 20, before the end of frame 1");
}

#[test]
fn lines_before_the_damage_are_complete_and_said_to_be() {
    let folder = scratch("refusals-lines");
    let file = folder.join("in.pcap");
    std::fs::write(&file, &std::fs::read(capture()).unwrap()[..5_000]).unwrap();
    let output = sluice(&["decode", text(&file), "--jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    let lines = common::parse(&String::from_utf8(output.stdout).unwrap());
    assert!(lines.len() > 10 && lines.iter().all(|line| line["frame"].as_u64().unwrap() < 33));
    assert!(String::from_utf8(output.stderr).unwrap().contains("the lines before this are complete"));
}

#[test]
fn a_length_beyond_any_frame_is_damage_told_with_its_place() {
    let mut octets = std::fs::read(capture()).unwrap();
    octets[24 + 8..24 + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    both_refuse("length", &octets, "damaged at frame 1, octet 24: claims 4294967295 octets");
}

#[test]
fn an_empty_file_and_one_that_is_no_capture_are_told_apart() {
    both_refuse("empty", b"", "empty file");
    both_refuse(
        "text",
        b"hello, world\n",
        "not a capture file (first octets 68 65 6c 6c; pcap, pcapng or either in gzip",
    );
}

#[test]
fn a_capture_of_a_link_that_is_not_decoded_is_refused_by_its_link_type() {
    let mut octets = std::fs::read(capture()).unwrap();
    octets[20..24].copy_from_slice(&127u32.to_le_bytes());
    let expected = "nothing in 801 frames can be decoded: the link type is 127; Ethernet (1)";
    both_refuse("link", &octets, expected);
}

#[test]
fn a_capture_without_frames_is_read_to_its_end() {
    let folder = scratch("refusals-no-frames");
    let file = folder.join("in.pcap");
    std::fs::write(&file, &std::fs::read(capture()).unwrap()[..24]).unwrap();
    let output = sluice(&["decode", text(&file), "--count", "--json"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("\"frames\":0"));
}

#[test]
fn a_file_that_is_missing_or_a_folder_is_named() {
    let folder = scratch("refusals-missing");
    let missing = folder.join("missing.pcap");
    let said = refused(&["decode", text(&missing)]);
    assert!(said.contains(&format!("{}: cannot be read: entity not found", missing.display())), "{said}");
    assert!(replay_refused(&missing, &folder).contains(text(&missing)));
    assert!(refused(&["decode", text(&folder)]).contains("is a directory"));
}

#[test]
fn a_policy_that_is_missing_or_broken_stops_a_replay_before_it_writes() {
    let folder = scratch("refusals-policy");
    let (out, missing) = (folder.join("out"), folder.join("missing"));
    let replay = |policy: &Path| refused(&["replay", text(&capture()), "--policy", text(policy), "--out", text(&out)]);
    assert!(replay(&missing).contains(&format!("{}: No such file", missing.display())));
    let broken = folder.join("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("policy.toml"), "name = \"broken\"\n[[rule]]\nid = \"r\"\nlevel = 9\nwhen = \"true\"\n")
        .unwrap();
    let said = replay(&broken);
    assert!(said.contains("policy.toml:4:") && said.contains("is refused; nothing was changed"), "{said}");
    assert!(!out.exists());
}

#[test]
fn a_full_disk_under_the_output_is_told_and_not_taken_for_success() {
    let output = std::process::Command::new("sh")
        .args(["-c", "exec \"$0\" decode \"$1\" --jsonl >/dev/full", env!("CARGO_BIN_EXE_sluice"), text(&capture())])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("standard output: No space left on device"), "{said}");
}

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(PathBuf);

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|s| s.success()) || std::thread::panicking());
    }
}

#[test]
fn a_replay_onto_a_full_disk_fails_and_leaves_nothing() {
    let disk = scratch("refusals-full-disk");
    let mounted =
        std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=512k", "none"]).arg(&disk).output();
    if !mounted.is_ok_and(|m| m.status.success()) {
        eprintln!("SKIPPED: a full disk needs the right to mount a tmpfs; nothing was tested");
        return;
    }
    let disk = SmallDisk(disk);
    let out = disk.0.join("out");
    let said = refused(&["replay", text(&capture()), "--policy", text(&starter()), "--out", text(&out)]);
    assert!(said.contains("found no room in") || said.contains("No space left"), "{said}");
    assert_eq!(std::fs::read_dir(&disk.0).unwrap().count(), 0, "{said}");
}

#[test]
fn what_needs_the_daemon_says_that_none_runs_and_how_to_start_it() {
    let folder = scratch("refusals-daemon");
    let socket = folder.join("sluiced.sock");
    for command in [&["events"][..], &["status"], &["counters"], &["policy", "rollback"], &["policy", "show"]] {
        let said = refused(&[&["--socket", text(&socket)], command].concat());
        let expected = format!("no control daemon at {} (No such file or directory", socket.display());
        assert!(said.contains(&expected) && said.contains("start it with `sluiced --config FILE`"), "{said}");
    }
}

#[test]
fn a_folder_that_is_no_tree_of_a_machine_is_refused_and_so_is_a_file_that_says_nonsense() {
    let folder = scratch("refusals-hw");
    let said = refused(&["hw", "show", "--root", text(&folder)]);
    assert!(said.contains("there are no processors here"), "{said}");
    let cpus = folder.join("sys/devices/system/cpu");
    std::fs::create_dir_all(cpus.join("cpu0")).unwrap();
    std::fs::write(cpus.join("online"), "0-x\n").unwrap();
    let said = refused(&["hw", "show", "--json", "--root", text(&folder)]);
    assert!(said.contains("sys/devices/system/cpu/online: \"0-x\" is not a set of processors"), "{said}");
    std::fs::write(cpus.join("online"), "0\n").unwrap();
    assert!(sluice(&["hw", "show", "--root", text(&folder)]).status.success());
}
