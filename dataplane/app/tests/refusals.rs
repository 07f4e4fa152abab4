//! What a person sees when the dataplane cannot start: what is wrong, where, and what to do; exit code 1, and nothing
//! half-written.
#![cfg(feature = "dpdk")]

use sluice_abi::command::{Code, Request};
use sluice_shm::command::Client;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where one dataplane keeps everything.
struct Place {
    folder: tempfile::TempDir,
}

/// A dataplane that runs; killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

const TAP: &str = "[[port]]\nname = \"mirror\"\ndevice = \"DEVICE\"\n[[tap]]\nname = \"tap\"\nport = \"mirror\"\n";
const PATIENCE: Duration = Duration::from_secs(60);
const NOTHING_COMES: &str = "net_null:no-rx=1";

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A tap on a device, with one poll core; `more` are lines of other sections.
    fn configure(&self, core: usize, device: &str, more: &str) {
        self.configure_in("run", core, device, more);
    }

    fn configure_in(&self, run: &str, core: usize, device: &str, more: &str) {
        let text = format!(
            "[paths]\nrun_dir = {:?}\nstate_dir = {:?}\n[cores]\npoll = [{core}]\nidle = \"yield\"\nlock_dir = {:?}\n{}{more}\n",
            self.path(run),
            self.path("state"),
            self.folder.path(),
            TAP.replace("DEVICE", device)
        );
        self.write("sluice.toml", &text);
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice-dataplane"));
        command.arg("--config").arg(self.path("sluice.toml"));
        command
    }

    /// It must refuse to start, with code 1 and nothing left behind but empty files to lock; gives what it says.
    fn refused(&self) -> String {
        let before = files_in(self.folder.path());
        let said = self.fails();
        let mut after = files_in(self.folder.path());
        let is_lock = |path: &Path| path.ends_with("sluice-core-0") || path.ends_with("journal/lock");
        after.retain(|path| !before.contains(path) && !is_lock(path));
        assert_eq!(after, Vec::<PathBuf>::new(), "nothing is left behind");
        said
    }

    fn fails(&self) -> String {
        let output = self.command().output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(output.stdout.is_empty());
        said
    }

    /// Starts one and waits until it answers commands.
    fn start(&self) -> Running {
        let mut child = self.command().stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("poll cores") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        let mut commands = Client::connect(&self.path("run/dataplane.sock"), PATIENCE).unwrap();
        let status = commands.ask(&Request::Status, None).unwrap();
        assert_eq!(status.code, Code::Done);
        // Every port is there with its driver, in the log and in what is asked.
        assert!(said.contains("port `") && said.contains(": net_"), "{said}");
        assert!(
            status.text.contains("\"cards\":[{\"port\":") && status.text.contains("\"driver\":\"net_"),
            "{}",
            status.text
        );
        Running(child)
    }
}

/// Every file and socket below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_in(folder)));
    files
}

const OFF: &str = "[memory]\nhuge_pages = \"off\"\nframes = 8191";

#[test]
fn an_interface_a_file_or_a_card_that_is_missing_is_named_with_its_port() {
    let place = Place::new();
    let refused = |device: &str| {
        place.configure(0, device, OFF);
        place.refused()
    };
    let said = refused("net_af_packet:iface=nosuch0");
    assert!(said.contains("port `mirror`: there is no interface nosuch0; ip link lists those there are"), "{said}");
    let missing = place.path("missing.pcap");
    let said = refused(&format!("net_pcap:rx_pcap={}", missing.display()));
    assert!(said.contains(&format!("port `mirror`: {}: cannot be read: ", missing.display())), "{said}");
    let said = refused("0000:ff:1f.7");
    assert!(said.contains("0000:ff:1f.7: no huge pages") || said.contains("no PCI device 0000:ff:1f.7"), "{said}");
    let said = refused("eth0");
    assert!(said.contains("port `mirror`: a device is a PCI address such as 0000:3b:00.0 or a driver"), "{said}");
    let said = refused("net_nosuch");
    assert!(said.contains("port `mirror`: adding the device was refused"), "{said}");
}

#[test]
fn a_file_that_is_no_capture_is_refused_before_anything_starts() {
    let place = Place::new();
    for (content, expected) in [("", "empty file"), ("hello, world\n", "not a capture file (first octets 68 65 6c 6c")]
    {
        place.write("in.pcap", content);
        place.configure(0, &format!("net_pcap:rx_pcap={}", place.path("in.pcap").display()), OFF);
        let said = place.refused();
        assert!(said.contains(&format!("{}: {expected}", place.path("in.pcap").display())), "{said}");
    }
}

#[test]
fn a_core_that_does_not_exist_is_told_with_those_that_do() {
    let place = Place::new();
    place.configure(9_999, NOTHING_COMES, OFF);
    let said = place.refused();
    assert!(said.contains("[cores] poll names core 9999; this process may use ["), "{said}");
}

#[test]
fn a_core_another_dataplane_polls_is_busy_and_the_other_goes_on() {
    let place = Place::new();
    place.configure(0, NOTHING_COMES, OFF);
    let mut first = place.start();
    place.configure_in("run2", 0, NOTHING_COMES, OFF);
    let said = place.refused();
    assert!(said.contains("core 0 is busy: another sluice-dataplane polls it; name another core"), "{said}");
    assert!(first.0.try_wait().unwrap().is_none());
}

#[test]
fn a_second_dataplane_on_the_same_folder_is_told_so_and_the_first_goes_on() {
    let place = Place::new();
    place.configure(0, NOTHING_COMES, OFF);
    let mut first = place.start();
    // On the same core, but looking for its marks elsewhere.
    let text = std::fs::read_to_string(place.path("sluice.toml")).unwrap();
    let elsewhere = place.path("locks");
    std::fs::create_dir(&elsewhere).unwrap();
    let lock_dir = |folder: &Path| format!("lock_dir = {folder:?}");
    place.write("sluice.toml", &text.replace(&lock_dir(place.folder.path()), &lock_dir(&elsewhere)));
    let said = place.refused();
    let socket = place.path("run/dataplane.sock");
    let expected = format!("{}: another sluice-dataplane listens here; stop that one, or", socket.display());
    assert!(said.contains(&expected), "{said}");
    assert!(socket.exists() && first.0.try_wait().unwrap().is_none());
}

#[test]
fn huge_pages_that_are_asked_for_and_not_there_are_an_error_with_what_to_set() {
    let place = Place::new();
    // More than any machine has: 4 Gi frames of 2,560 octets.
    place.configure(0, NOTHING_COMES, "[memory]\nhuge_pages = \"on\"\nframes = 4294967295");
    let said = place.refused();
    assert!(said.contains("not enough free huge pages for"), "{said}");
    assert!(said.contains("set vm.nr_hugepages, or huge pages to auto or off"), "{said}");
}

#[test]
fn a_broken_configuration_is_refused_with_file_line_and_column() {
    let place = Place::new();
    let file = place.path("sluice.toml").display().to_string();
    place.write("sluice.toml", "[cores]\npoll = [0]\n[memory]\nhuge_pags = \"off\"\n");
    let said = place.refused();
    assert!(
        said.contains(&format!("{file}:4:1: unknown field `huge_pags`, expected `huge_pages` or `frames`")),
        "{said}"
    );
    place.write("sluice.toml", "[cores]\npoll = [0\n");
    assert!(place.refused().contains(&format!("{file}:2:10: unclosed array, expected `]`")));
    place.write("sluice.toml", "[[tap]]\nname = \"t\"\nport = \"p\"\n");
    assert!(place.refused().contains(&format!("{file}: [[tap]] `t` names port `p`, which is not defined")));
    std::fs::remove_file(place.path("sluice.toml")).unwrap();
    let said = place.refused();
    assert!(said.contains(&format!("{file}: No such file")) && said.contains("name the file with --config"), "{said}");
}

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount, which is said.
    fn mount(path: PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", size, "none"]).arg(&path).output();
        if mounted.is_ok_and(|m| m.status.success()) {
            return Some(Self(path));
        }
        eprintln!("SKIPPED: a full disk needs the right to mount a tmpfs; nothing was tested");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|s| s.success()) || std::thread::panicking());
    }
}

#[test]
fn a_full_disk_is_refused_with_what_is_needed_and_nothing_is_written_on_it() {
    let place = Place::new();
    let Some(disk) = SmallDisk::mount(place.path("state"), "size=4m") else { return };
    place.configure(0, NOTHING_COMES, &format!("{OFF}\n[journal]\nsegment_megabytes = 5"));
    let said = place.refused();
    let expected = "the disk is full: 4 MB free, but a segment of the journal takes 5 MB; make room, or set another";
    assert!(said.contains(&format!("{}: {expected}", disk.0.display())), "{said}");
    assert!(files_in(&disk.0).is_empty());
}

#[test]
fn a_full_disk_for_the_counters_is_refused_by_name() {
    let place = Place::new();
    let Some(disk) = SmallDisk::mount(place.path("run"), "size=16k") else { return };
    place.configure(0, NOTHING_COMES, OFF);
    let said = place.fails();
    assert!(said.contains(&format!("the counters: {}/counters: No space left", disk.0.display())), "{said}");
    assert!(files_in(&disk.0).is_empty(), "neither counters nor a socket nobody listens on: {:?}", files_in(&disk.0));
}
