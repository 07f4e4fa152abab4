//! An appliance of one test: a folder, a configuration, and the three programs as they are shipped.
//!
//! The programs are those beside the test's own executable. They are not made by building the tests alone:
//! `cargo build -p sluice-dataplane --features sluice-dataplane/dpdk -p sluiced -p sluice`.
#![allow(dead_code, reason = "every test program uses a part of it")]

pub mod policy;
pub mod records;

use rustix::process::{Pid, Signal, kill_process};
use sluice_abi::command::{Reply, Request};
use sluice_abi::counters::{Counter, Slot};
use sluice_api::client::Client as ApiClient;
use sluice_shm::command::Client;
use sluice_shm::counters::{CounterReader, Snapshot};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take; on a machine busy with other tests everything takes longer.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A program of the product.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().and_then(Path::parent).expect("tests lie in the folder `deps` beside the programs");
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{name} is not built; build it with: cargo build -p sluice-dataplane --features sluice-dataplane/dpdk -p sluiced -p sluice"
    );
    path
}

/// A capture of our own.
pub fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(name)
}

/// Waits until something has come true; `what` is said when it does not.
pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        // Looks again soon, and leaves the cores to those it waits for meanwhile.
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A folder with a configuration in it.
pub struct Appliance {
    folder: tempfile::TempDir,
}

impl Appliance {
    /// With these ports, taps, wires and other sections. Packet memory is on normal pages, and poll cores give way.
    pub fn new(poll: &[usize], sections: &str) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let at = |name: &str| folder.path().join(name);
        let text = format!(
            "[paths]\nrun_dir = {:?}\nstate_dir = {:?}\n\n[cores]\npoll = {poll:?}\nlock_dir = {:?}\nidle = \"yield\"\n\n\
             [memory]\nhuge_pages = \"off\"\nframes = 16383\n\n{sections}",
            at("run"),
            at("state"),
            folder.path()
        );
        std::fs::write(at("sluice.toml"), text).unwrap();
        for made in ["run", "state"] {
            std::fs::create_dir(at(made)).unwrap();
        }
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program with the configuration.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command.arg("--config").arg(self.path("sluice.toml"));
        command
    }

    /// Starts the dataplane and waits until it answers commands.
    pub fn start_dataplane(&self) -> Process {
        let process = Process::start(self.command("sluice-dataplane"), "poll cores");
        self.ask(&Request::Status);
        process
    }

    /// Starts the control daemon and waits until it listens.
    pub fn start_daemon(&self) -> Process {
        Process::start(self.command("sluiced"), "listening on")
    }

    /// The command line, as a person calls it.
    pub fn sluice(&self, arguments: &[&str]) -> Output {
        let socket = self.path("run/sluiced.sock");
        Command::new(program("sluice")).arg("--socket").arg(socket).args(arguments).output().unwrap()
    }

    /// The daemon's API.
    pub fn api(&self) -> ApiClient {
        ApiClient::unix(self.path("run/sluiced.sock")).unwrap()
    }

    /// The dataplane's command socket.
    pub fn commands(&self) -> Client {
        Client::connect(&self.path("run/dataplane.sock"), PATIENCE).unwrap()
    }

    /// One command.
    pub fn ask(&self, request: &Request) -> Reply {
        self.commands().ask(request, None).unwrap()
    }

    pub fn counters(&self) -> CounterReader {
        CounterReader::open(&self.path("run/counters")).unwrap()
    }

    pub fn snapshot(&self) -> Snapshot {
        self.counters().snapshot().unwrap()
    }

    /// One counter now.
    pub fn count(&self, counter: Counter) -> u64 {
        self.snapshot().total(Slot::counter(counter))
    }

    pub fn journal(&self) -> PathBuf {
        self.path("state/journal")
    }
}

/// A running program; killed when dropped.
pub struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Process {
    /// Starts it and waits until a line on its standard error contains `ready`.
    pub fn start(mut command: Command, ready: &str) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains(ready) {
            assert!(lines.read_line(&mut said).unwrap() > 0, "{command:?} ended: {said}");
        }
        let said = Arc::new(Mutex::new(said));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                heard.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { child, said }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said on its standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; gives how it ended.
    pub fn terminate(mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
