//! The programs as the users they are installed for, with their capabilities and no others, in the folders that the
//! packages make. strace lets every call of the unit's list pass at full speed and writes down all others: there must be
//! none. What systemd refuses besides (devices, mounts, address families) is not tried here.

mod common;
mod installed;
mod lab;

use common::policy::starter;
use common::{Process, capture, program, wait_for};
use installed::{Root, Unit};
use lab::Lab;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A machine with the packages, and what the programs did on it.
struct Installed {
    root: Root,
}

impl Installed {
    /// `None`, loudly, where it cannot be tried.
    fn new(sections: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("SKIPPED: becoming other users needs root; nothing was tested");
            return None;
        }
        let root = Root::new();
        fs::create_dir(root.path().join("etc")).unwrap();
        for (tool, words) in [("systemd-sysusers", vec![]), ("systemd-tmpfiles", vec!["--create"])] {
            let output = root.tool(tool, &words);
            assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let own = Self { root };
        let path = |name| own.path(name);
        let text = format!(
            "[paths]\nrun_dir = {:?}\nstate_dir = {:?}\n\n[cores]\npoll = [0]\nlock_dir = {:?}\nidle = \"yield\"\n\n\
             [memory]\nhuge_pages = \"off\"\nframes = 16383\n\n{sections}",
            path("run/sluice"),
            path("var/lib/sluice"),
            path("run/sluice"),
        );
        own.root.write("etc/sluice/sluice.toml", &text);
        for name in ["sluice", "sluiced", "sluice-dataplane"] {
            // The folder of the build may be closed to others.
            fs::copy(program(name), own.path(name)).unwrap();
        }
        Some(own)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A user's command with these capabilities, its group without write permission on what it makes.
    fn as_user(&self, user: &str, capabilities: &[String]) -> Command {
        let (user, group) = self.root.user(user);
        let have: String = capabilities.iter().map(|name| format!(",+{name}")).collect();
        let mut command = Command::new("setpriv");
        command.args(["--no-new-privs", "--clear-groups"]);
        command.args([format!("--reuid={user}"), format!("--regid={group}")]);
        for set in ["inh-caps", "ambient-caps", "bounding-set"] {
            command.arg(format!("--{set}=-all{have}"));
        }
        command.args(["sh", "-c", "umask 027; exec \"$@\"", "sh"]);
        command
    }

    /// A service as its unit starts it, strace beside it.
    fn service(&self, name: &str, unit: &Unit, capabilities: &[String]) -> Command {
        let user = *unit.words("User").first().unwrap();
        let watched = self.watched(name, unit);
        let mut command = self.as_user(user, capabilities);
        command.arg(watched.get_program()).args(watched.get_args());
        command.arg("--config").arg(self.path("etc/sluice/sluice.toml"));
        command
    }

    /// A program whose calls are written down as far as its unit does not list them. It stays the process that was
    /// started, and strace is the one beside it.
    fn watched(&self, name: &str, unit: &Unit) -> Command {
        let beyond = self.beyond(name);
        fs::File::options().create(true).append(true).open(&beyond).unwrap();
        fs::set_permissions(&beyond, fs::Permissions::from_mode(0o666)).unwrap();
        let listed = unit.calls_foreseen().into_iter().collect::<Vec<_>>().join(",");
        let mut command = Command::new("strace");
        command.args(["-D", "-f", "-qqq", "--seccomp-bpf", "--signal=none", "-A", "-o"]).arg(beyond);
        command.arg(format!("--trace=!{listed}")).arg(self.path(name));
        command
    }

    fn beyond(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.calls"))
    }

    /// Until it has tried to tell somebody that no dataplane runs.
    fn daemon(&self) -> Process {
        Process::start(self.service("sluiced", &Unit::read("sluiced"), &[]), "notify siem: ")
    }

    fn sluice(&self, words: &[&str]) -> Output {
        let socket = self.path("run/sluice/sluiced.sock");
        let mut command = self.as_user("sluice", &[]);
        command.arg(self.path("sluice")).arg("--socket").arg(socket).args(words).output().unwrap()
    }

    fn assert_no_call_beyond(&self, name: &str) {
        let calls = fs::read_to_string(self.beyond(name)).unwrap();
        // A process that was killed as it entered a call has not made it, and strace could not read which one.
        let made: Vec<&str> = calls.lines().filter(|line| !line.ends_with(" ???( <detached ...>")).collect();
        assert!(made.is_empty(), "calls that the unit of {name} does not list:\n{}", made.join("\n"));
    }

    fn may(&self, user: &str, what: &str, name: &str) -> bool {
        self.as_user(user, &[]).args(["test", what]).arg(self.path(name)).status().unwrap().success()
    }
}

/// Memory that stays where it is: the unit lifts the limit, which only some machines let a test do.
fn with_memory(mut capabilities: Vec<String>) -> Vec<String> {
    capabilities.push("ipc_lock".to_owned());
    capabilities
}

/// Files and folders below a folder.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        all.push(path);
    }
    all
}

#[test]
fn two_users_share_what_they_must_and_make_no_call_that_is_not_listed() {
    let port = format!(
        "[[port]]\nname = \"p\"\ndevice = \"net_pcap:rx_pcap={}\"\n\n[[tap]]\nname = \"t\"\nport = \"p\"\n",
        "CAPTURE"
    );
    // Nobody is there: it asks for an address, and for an agent, and goes on.
    let control = "[control]\nsnmp = {}\nsensors = { every = \"50ms\" }\n\
        notify = [{ name = \"siem\", syslog = \"siem.invalid\", authority = \"AUTHORITY\", of = [\"machine\", \"audit\"] }]\n\n";
    let Some(own) = Installed::new(&[control, &port].concat()) else { return };
    let configuration = fs::read_to_string(own.path("etc/sluice/sluice.toml")).unwrap();
    fs::write(own.path("authority.pem"), AUTHORITY).unwrap();
    let configuration = configuration.replace("AUTHORITY", own.path("authority.pem").to_str().unwrap());
    fs::copy(capture("demo.pcap"), own.path("demo.pcap")).unwrap();
    let configuration = configuration.replace("CAPTURE", own.path("demo.pcap").to_str().unwrap());
    fs::write(own.path("etc/sluice/sluice.toml"), configuration).unwrap();
    copy_folder(&starter(), &own.path("starter"));

    let unit = Unit::read("sluice-dataplane");
    let started =
        || Process::start(own.service("sluice-dataplane", &unit, &with_memory(unit.capabilities())), "poll cores");
    let (daemon, dataplane) = (own.daemon(), started());
    let pushed = own.sluice(&["policy", "push", own.path("starter").to_str().unwrap()]);
    assert!(pushed.status.success(), "{}", String::from_utf8_lossy(&pushed.stderr));
    assert!(dataplane.terminate().success());
    // It takes the policy up again, and judges the capture by it.
    let dataplane = started();
    let events = || String::from_utf8(own.sluice(&["events", "--last", "5", "--json"]).stdout).unwrap();
    wait_for("the daemon has events of the dataplane's journal", || !events().trim().is_empty());
    wait_for("the daemon says what it no longer needs", || {
        own.path("var/lib/sluice/journal/acknowledged/sluiced").exists()
    });

    for path in [all_below(&own.path("run/sluice")), all_below(&own.path("var/lib/sluice"))].concat() {
        // What is being made beside a file may have taken its place meanwhile.
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        assert_eq!(about.mode() & 0o007, 0, "others have rights on {}", path.display());
    }
    assert!(own.may("sluice", "-r", "var/lib/sluice/policy.image"), "the daemon reads the policy in force");
    assert!(!own.may("sluice", "-w", "var/lib/sluice/policy.image"), "and cannot change it");
    for folder in ["var/lib/sluice", "var/lib/sluice/journal"] {
        assert!(!own.may("sluice", "-w", folder), "the daemon cannot put anything into {folder}");
    }
    assert!(!own.may("sluice-dataplane", "-r", "var/lib/sluice/control"), "the dataplane cannot read the store");
    assert!(!own.may("sluice-dataplane", "-w", "var/lib/sluice/journal/acknowledged"), "nor free what is still needed");

    assert!(dataplane.terminate().success());
    assert!(daemon.terminate().success());
    own.assert_no_call_beyond("sluice-dataplane");
    own.assert_no_call_beyond("sluiced");
}

/// Whom receivers of notifications are trusted by; nobody has its key.
const AUTHORITY: &str = include_str!("installed/authority.pem");

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// What `sluice-hw.service` does, on a server's tree, and all it reads on this machine.
#[test]
fn the_machine_is_set_without_a_call_that_is_not_listed() {
    let Some(own) =
        Installed::new("[[port]]\nname = \"p\"\ndevice = \"net_null\"\n\n[[tap]]\nname = \"t\"\nport = \"p\"\n")
    else {
        return;
    };
    let unit = Unit::read("sluice-hw");
    let run = |words: &[&str]| {
        let mut command = own.watched("sluice", &unit);
        command.args(["hw"]).args(words).arg("--config").arg(own.path("etc/sluice/sluice.toml"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["apply", "--dry-run"]);
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/sysfs/40intel64-2g2n4c+pcilocality.tar.bz2");
    if tree.is_file() {
        let unpacked = Command::new("tar").arg("-xjf").arg(tree).arg("-C").arg(own.root.path()).status().unwrap();
        assert!(unpacked.success());
        let root = own.path("40intel64-2g2n4c+pci");
        fs::create_dir_all(root.join("etc/default/grub.d")).unwrap();
        let root = root.to_str().unwrap();
        assert!(run(&["apply", "--yes", "--root", root]).contains("done;"));
        assert!(run(&["undo", "--root", root]).contains("as before:"));
    } else {
        eprintln!("SKIPPED in part: {} is not here; nothing was written", tree.display());
    }
    own.assert_no_call_beyond("sluice");
}

/// A wire in the middle of the lab with a bypass, the ports of a driver.
fn wire(driver: &str) -> String {
    let port =
        |name: &str, link: &str| format!("[[port]]\nname = {name:?}\ndevice = \"net_{driver}:iface={link}\"\n\n");
    let wire = "[[wire]]\nname = \"w\"\noutside = \"outside\"\ninside = \"inside\"\non_failure = \"bypass\"\nbridge = \"wire\"\n";
    [&port("outside", "va1"), &port("inside", "vb1"), wire].concat()
}

/// One takes over from another and tells systemd so; when it is killed its guardian has the bridge take over.
fn bypasses(driver: &str, unit: &Unit) {
    let Some(lab) = Lab::for_driver(driver) else { return };
    let Some(own) = Installed::new(&wire(driver)) else { return };
    let dataplane = |words: &[String]| lab.within(&own.service("sluice-dataplane", unit, words));
    let systemd = UnixDatagram::bind(own.path("notify")).unwrap();
    fs::set_permissions(own.path("notify"), fs::Permissions::from_mode(0o666)).unwrap();
    let started = |more: &[&str], ready| {
        let mut command = dataplane(&with_memory(unit.capabilities()));
        command.args(more).env("NOTIFY_SOCKET", own.path("notify"));
        Process::start(command, ready)
    };
    let mut first = started(&[], "poll cores");
    let traffic = lab.traffic();
    traffic.goes_on("frames through the dataplane", 100);

    let next = started(&["--take-over"], "taken over");
    wait_for("the first one's end", || !first.is_running());
    let told = told(&systemd);
    assert!(told.contains(&format!("MAINPID={}", next.pid())), "{told:?}");
    assert!(!told.contains(&"STOPPING=1".to_owned()), "the service goes on: {told:?}");
    traffic.goes_on("frames through the next one", 100);

    next.kill();
    traffic.goes_on("frames by the bridge", 100);
    traffic.end();
    own.assert_no_call_beyond("sluice-dataplane");
    // Without any one of them it does not start.
    for left_out in unit.capabilities() {
        let rest: Vec<String> = unit.capabilities().into_iter().filter(|name| *name != left_out).collect();
        let output = ended(&dataplane(&with_memory(rest)));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("refused"), "without {left_out}: {said}");
    }
}

/// What has been said to systemd so far.
fn told(socket: &UnixDatagram) -> Vec<String> {
    socket.set_nonblocking(true).unwrap();
    let mut octets = [0; 4096];
    let mut all = Vec::new();
    while let Ok(length) = socket.recv(&mut octets) {
        all.extend(String::from_utf8_lossy(&octets[..length]).lines().map(str::to_owned));
    }
    all
}

/// One that would serve is stopped, and has failed.
fn ended(command: &Command) -> Output {
    let mut limited = Command::new("timeout");
    limited.arg("30").arg(command.get_program()).args(command.get_args());
    limited.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn over_af_packet_the_bypass_works_with_the_capabilities_of_the_unit_and_each_of_them_is_needed() {
    bypasses("af_packet", &Unit::read("sluice-dataplane"));
}

#[test]
fn over_af_xdp_the_same_with_those_of_its_drop_in() {
    bypasses("af_xdp", &Unit::read("sluice-dataplane").with("units/af-xdp.conf"));
}
