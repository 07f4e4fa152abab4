//! What systemd hears of the two services: that they serve, that they live, and that they end.

mod common;

use common::{Appliance, Process, wait_for};
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Systemd's end of the line.
struct Listener(UnixDatagram);

impl Listener {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(socket)
    }

    /// The lines of the next message.
    fn hears(&self) -> Vec<String> {
        let mut octets = [0; 4096];
        let len = self.0.recv(&mut octets).expect("a message within the time");
        String::from_utf8_lossy(&octets[..len]).lines().map(str::to_owned).collect()
    }

    fn hears_nothing_more(&self) {
        self.0.set_nonblocking(true).unwrap();
        let mut octets = [0; 4096];
        while self.0.recv(&mut octets).is_ok() {}
        self.0.set_nonblocking(false).unwrap();
        self.0.set_read_timeout(Some(Duration::from_millis(1500))).unwrap();
        assert!(self.0.recv(&mut octets).is_err(), "{}", String::from_utf8_lossy(&octets));
        self.0.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    }
}

/// As a unit of `Type=notify` with `WatchdogSec=600ms` starts it.
fn as_a_unit(mut command: Command, socket: &Path) -> Command {
    command.env("NOTIFY_SOCKET", socket).env("WATCHDOG_USEC", "600000");
    command
}

fn lives_and_ends(process: Process, listener: &Listener) {
    let ready = listener.hears();
    assert!(ready.contains(&"READY=1".to_owned()) && ready.iter().any(|line| line.starts_with("STATUS=")), "{ready:?}");
    assert_eq!(listener.hears(), ["WATCHDOG=1"]);
    assert_eq!(listener.hears(), ["WATCHDOG=1"], "again and again");
    // A process that stands still as a whole says nothing, so it is started anew.
    let pid = Pid::from_raw(process.pid() as i32).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    listener.hears_nothing_more();
    kill_process(pid, Signal::CONT).unwrap();
    assert_eq!(listener.hears(), ["WATCHDOG=1"]);
    assert!(process.terminate().success());
    wait_for("the end", || listener.hears() == ["STOPPING=1"]);
}

#[test]
fn the_dataplane_tells_that_it_serves_lives_and_ends() {
    let appliance = Appliance::new(
        &[0],
        "[[port]]\nname = \"p\"\ndevice = \"net_null:no-rx=1\"\n[[tap]]\nname = \"t\"\nport = \"p\"\n",
    );
    let socket = appliance.path("notify");
    let listener = Listener::at(&socket);
    let process = Process::start(as_a_unit(appliance.command("sluice-dataplane"), &socket), "poll cores");
    lives_and_ends(process, &listener);
}

#[test]
fn the_daemon_tells_that_it_answers_lives_and_ends() {
    let appliance = Appliance::new(&[0], "");
    let socket = appliance.path("notify");
    let listener = Listener::at(&socket);
    let process = Process::start(as_a_unit(appliance.command("sluiced"), &socket), "listening on");
    lives_and_ends(process, &listener);
}
