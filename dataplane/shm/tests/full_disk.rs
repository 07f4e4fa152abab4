//! A disk without room: a small file system of its own, mounted for one process alone, is filled to the last octet.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use sluice_abi::counters::{Count, Counter, Slot};
use sluice_shm::counters::{CounterFile, CounterReader};
use sluice_shm::journal::{AppendError, Config, Reader, WhenFull, Writer};
use sluice_shm::write_file_durably;

const CONFIG: Config = Config { segment_octets: 64 << 10, octets_max: 1 << 30, when_full: WhenFull::DropOldest };
const PLACE: &str = "SLUICE_SHM_TEST_PLACE";

/// Runs this program again as one test, on a file system of one mebibyte.
fn on_a_small_disk(test: &str) {
    let dir = tempfile::tempdir().unwrap();
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-ec", script, "sh"]).arg(dir.path());
        command
    };
    let mount = "mount -t tmpfs -o size=1m none \"$1\"";
    if !unshare(mount).status().is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: {test} needs unshare(1) and the right to mount a tmpfs in a namespace of its own");
        return;
    }
    let mut command = unshare(&format!("{mount}; shift; exec \"$@\""));
    command.arg(std::env::current_exe().unwrap()).args(["--ignored", "--exact", test, "--nocapture"]);
    assert!(command.env(PLACE, dir.path()).status().unwrap().success(), "{test}");
}

fn place() -> std::path::PathBuf {
    std::env::var_os(PLACE).unwrap().into()
}

/// Takes all the room there is.
fn fill(path: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    for octets in [&[1; 4096][..], &[1]] {
        while file.write_all(octets).is_ok() {}
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn count(dir: &Path) -> u64 {
    let mut reader = Reader::open(dir, 1).unwrap();
    std::iter::from_fn(|| reader.next().unwrap().map(|record| assert_eq!(record.payload, [7; 1000]))).count() as u64
}

#[test]
fn a_full_disk_refuses_records_whole_and_takes_them_again_when_there_is_room() {
    on_a_small_disk("on_the_small_disk_the_journal");
}

#[test]
#[ignore = "run by another test on a file system of its own"]
fn on_the_small_disk_the_journal() {
    let dir = place().join("journal");
    let mut writer = Writer::open(&dir, CONFIG).unwrap();
    let written = std::iter::from_fn(|| writer.append(&[7; 1000]).ok()).count() as u64;
    assert!(written > 500, "{written}");
    let before = names(&dir);
    for _ in 0..100 {
        assert_eq!(writer.append(&[7; 1000]), Err(AppendError::DiskFull));
    }
    assert_eq!((&names(&dir), writer.next_sequence()), (&before, written + 1));
    writer.sync().unwrap();
    assert_eq!(count(&dir), written);
    fs::remove_file(dir.join(&before[0])).unwrap();
    assert_eq!(writer.append(&[7; 1000]), Ok(written + 1));
}

#[test]
fn a_dataplane_starts_on_a_full_disk() {
    on_a_small_disk("on_the_small_disk_a_new_journal");
}

#[test]
#[ignore = "run by another test on a file system of its own"]
fn on_the_small_disk_a_new_journal() {
    let (dir, filler) = (place().join("journal"), place().join("filler"));
    drop(Writer::open(&dir, CONFIG).unwrap());
    fill(&filler);
    let mut writer = Writer::open(&dir, CONFIG).unwrap();
    assert_eq!(writer.append(b"x"), Err(AppendError::DiskFull));
    fs::remove_file(&filler).unwrap();
    assert_eq!(writer.append(&[7; 1000]), Ok(1));
    drop(writer);

    // A segment whose rest has lost its room while nobody was writing.
    let segment = dir.join("00000000000000000001.journal");
    OpenOptions::new().write(true).open(&segment).unwrap().set_len(8192).unwrap();
    fill(&filler);
    let mut writer = Writer::open(&dir, CONFIG).unwrap();
    assert_eq!(writer.append(&[7; 1000]), Err(AppendError::DiskFull));
    writer.sync().unwrap();
    assert_eq!(count(&dir), 1);
    fs::remove_file(&filler).unwrap();
    assert_eq!(writer.append(&[7; 1000]), Ok(2));
    writer.sync().unwrap();
    assert_eq!(count(&dir), 2);
    assert_eq!(names(&dir).len(), 3, "the same segment, the lock and the acknowledgements");
}

#[test]
fn a_full_disk_leaves_old_counters_and_old_files_as_they_are() {
    on_a_small_disk("on_the_small_disk_counters_and_files");
}

#[test]
#[ignore = "run by another test on a file system of its own"]
fn on_the_small_disk_counters_and_files() {
    let (counters, file) = (place().join("counters"), place().join("last-good"));
    let (_, mut blocks) = CounterFile::create(&counters, &["core 2"]).unwrap();
    write_file_durably(&file, b"old").unwrap();
    fill(&place().join("filler"));
    let before = names(&place());
    blocks[0].count(Counter::RxFrames, 5);
    let error = CounterFile::create(&counters, &["core 2", "core 3"]).err().unwrap();
    assert!(error.to_string().contains("No space left on device"), "{error}");
    assert!(write_file_durably(&file, &[1; 8192]).is_err());
    assert_eq!((names(&place()), fs::read(&file).unwrap()), (before, b"old".to_vec()));
    let rx = Slot::counter(Counter::RxFrames);
    assert_eq!(CounterReader::open(&counters).unwrap().snapshot().unwrap().total(rx), 5);
}
