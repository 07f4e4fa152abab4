//! A disk that fills up under a running dataplane: frames go on, what is not kept is counted and said, and when there
//! is room again all is as before.

mod common;

use common::policy::{image, push};
use common::{Appliance, capture, records, wait_for};
use sluice_abi::command::{Code, Request};
use sluice_abi::counters::Counter;
use sluice_shm::journal::{Acknowledge, FIRST_SEQUENCE, Reader};
use sluice_shm::write_file_durably;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Often enough to fill the disk within a second.
const WHEN: &str = "map.op == 44";

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount, which is said.
    fn mount(path: PathBuf) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "none"]).arg(&path).output();
        if mounted.is_ok_and(|m| m.status.success()) {
            return Some(Self(path));
        }
        eprintln!("SKIPPED: a full disk needs the right to mount a tmpfs; nothing was tested");
        None
    }

    /// Takes what the journal has left.
    fn fill(&self) {
        let mut file = std::fs::File::options().create(true).append(true).open(self.0.join("filler")).unwrap();
        while file.write_all(&[7; 4096]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|s| s.success()) || std::thread::panicking());
    }
}

/// Reads to the end of what there is, and says that it is needed no more.
fn read_and_acknowledge(journal: &Path) -> u64 {
    let mut reader = Reader::open(journal, FIRST_SEQUENCE).unwrap();
    while reader.next().unwrap().is_some() {}
    Acknowledge::open(journal, "test").unwrap().store(reader.next_sequence()).unwrap();
    reader.next_sequence()
}

#[test]
fn a_disk_that_fills_up_stops_no_frame_and_records_go_on_once_there_is_room() {
    let sections = format!(
        "[[port]]\nname = \"mirror\"\ndevice = \"net_pcap:rx_pcap={},infinite_rx=1\"\n\
         [[tap]]\nname = \"tap\"\nport = \"mirror\"\n[journal]\nsegment_megabytes = 1\n",
        capture("demo.pcap").display()
    );
    let appliance = Appliance::new(&[0], &sections);
    let Some(disk) = SmallDisk::mount(appliance.path("state")) else { return };
    write_file_durably(&appliance.path("state/policy.image"), &image(1, WHEN)).unwrap();
    let mut dataplane = appliance.start_dataplane();

    wait_for("a full disk", || appliance.count(Counter::JournalLostDisk) > 0);
    let frames = appliance.count(Counter::RxFrames);
    wait_for("more frames", || appliance.count(Counter::RxFrames) > frames);
    assert!(dataplane.is_running());
    let expected = "the journal takes no records: the disk has no room for another segment; they are lost, counted as";
    wait_for("a word about it", || dataplane.said().contains(expected));
    assert_eq!(dataplane.said().matches(expected).count(), 1, "said once, not at every record");

    let (mut version, mut reply) = (1, None);
    wait_for("a push for which there is no room", || {
        // The journal takes some room for a moment whenever it looks for more.
        disk.fill();
        let pushed = push(&mut appliance.commands(), version + 1, &image(version + 1, WHEN));
        version += u64::from(pushed.code == Code::Done);
        reply = Some(pushed).filter(|pushed| pushed.code == Code::Refused);
        reply.is_some()
    });
    let reply = reply.unwrap();
    assert_eq!(reply.version, version, "the old one stays");
    assert!(reply.text.contains("the policy cannot be kept over a restart"), "{}", reply.text);
    assert!(reply.text.contains("No space left on device"), "{}", reply.text);
    std::fs::remove_file(disk.0.join("filler")).unwrap();
    assert_eq!(appliance.ask(&Request::Status).version, version);

    let next = read_and_acknowledge(&appliance.journal());
    assert_eq!(next - 1, appliance.count(Counter::JournalRecords), "what was kept can be read");
    wait_for("records again", || appliance.count(Counter::JournalRecords) >= next);
    wait_for("a word about it", || dataplane.said().contains("the journal works again"));
    assert!(dataplane.terminate().success());
    assert!(!records::from(&appliance.journal(), next).is_empty());
}
