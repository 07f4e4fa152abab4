//! A daemon of one's own: configuration, process, journal, a dataplane that does as it is told.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod fake;
pub mod messages;
pub mod secure;

use rustix::process::{Pid, Signal, kill_process};
use sluice_api::client::Client;
use sluice_api::events::{Event, EventQuery};
use sluice_shm::journal::{Config, Writer};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

/// Directories and configuration of one appliance.
pub struct Appliance {
    dir: tempfile::TempDir,
}

impl Appliance {
    pub fn new() -> Self {
        Self::with("")
    }

    /// With more lines in its `[control]` section.
    pub fn with(control: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (run, state) = (dir.path().join("run"), dir.path().join("state"));
        std::fs::create_dir_all(&run).unwrap();
        std::fs::create_dir_all(&state).unwrap();
        let text = format!("[paths]\nrun_dir = {run:?}\nstate_dir = {state:?}\n\n[control]\n{control}\n");
        std::fs::write(dir.path().join("sluice.toml"), text).unwrap();
        Self { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluiced"));
        command.arg("--config").arg(self.path("sluice.toml")).stderr(Stdio::piped());
        command
    }

    /// Starts the daemon and waits until it listens.
    pub fn start(&self) -> Daemon {
        let mut child = self.command().spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut daemon = Daemon { child, log, lines: String::new() };
        while !daemon.lines.contains("listening on") {
            if daemon.log.read_line(&mut daemon.lines).unwrap() == 0 {
                panic!("the daemon ended: {}", daemon.lines);
            }
        }
        daemon
    }

    pub fn client(&self) -> Client {
        Client::unix(self.path("run/sluiced.sock")).unwrap()
    }

    pub fn journal(&self) -> Journal {
        Journal::open(&self.path("state/journal"))
    }

    /// Follows from an event on until `count` have come.
    pub fn follow(&self, after: u64, count: usize) -> Vec<Event> {
        let client = self.client();
        let query = EventQuery { after: Some(after), ..EventQuery::default() };
        client.follow(&query).unwrap().take(count).map(Result::unwrap).collect()
    }
}

/// A running daemon; killed when dropped.
pub struct Daemon {
    child: Child,
    log: BufReader<ChildStderr>,
    /// What it has said until it listened.
    pub lines: String,
}

impl Daemon {
    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; gives how it ended and what else it said.
    pub fn terminate(mut self) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (status, rest)
    }

    /// Reads what it says up to a line with this text, and gives that line.
    pub fn wait_for(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "the daemon ended before it said {text:?}");
            if line.contains(text) {
                return line;
            }
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// The journal's writing end. Record `n` holds message `n`.
pub struct Journal(Writer);

impl Journal {
    pub fn open(dir: &Path) -> Self {
        let config = Config { segment_octets: 1 << 20, ..Config::default() };
        Self(Writer::open(dir, config).unwrap())
    }

    /// Writes so many more and commits them; gives the last one's number.
    pub fn write(&mut self, count: u64) -> u64 {
        for _ in 0..count {
            let n = self.0.next_sequence();
            assert_eq!(self.0.append(&messages::record_of(n)).unwrap(), n);
        }
        self.0.sync().unwrap();
        self.0.next_sequence() - 1
    }

    /// Writes something that is no record.
    pub fn write_nonsense(&mut self) {
        self.0.append(b"no record").unwrap();
        self.0.sync().unwrap();
    }
}

/// The member of a record behind a dotted path.
pub fn member(event: &Event, pointer: &str) -> serde_json::Value {
    let record: serde_json::Value = serde_json::from_str(event.record.get()).unwrap();
    record.pointer(pointer).cloned().unwrap_or_default()
}
