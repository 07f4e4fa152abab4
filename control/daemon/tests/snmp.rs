//! The appliance under net-snmp's agent, read by net-snmp's tools.

mod common;

use common::{Appliance, Daemon, fake::FakeDataplane};
use sluice_abi::counters::{Count as _, Counter};
use sluice_api::policies::{Files, PolicyPush};
use sluice_shm::counters::CounterFile;
use std::io::{BufRead as _, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// `sluiceMIB`.
const MIB: &str = ".1.3.6.1.4.1.8072.9999.9999.7";

/// Modules that ours imports from; they are not free enough for Debian.
fn modules() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("tools/mibs")
}

/// Ours.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../snmp")
}

/// Where net-snmp's tools find all of them.
fn path() -> String {
    format!("{}:{}", modules().display(), folder().display())
}

/// An agent and a receiver of traps, and the folder they live in.
struct Agent {
    dir: tempfile::TempDir,
    port: u16,
    snmpd: Option<Child>,
    receiver: Child,
    traps: BufReader<std::process::ChildStdout>,
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Agent {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (port, traps) = (free_port(), free_port());
        let user = "noc SHA-256 authentication AES encryption";
        let agentx = dir.path().join("agentx");
        let configuration = format!(
            "master agentx\nagentXSocket {}\nrocommunity public 127.0.0.1\ncreateUser {user}\nrouser noc authPriv\n\
             trap2sink 127.0.0.1:{traps} public\n\
             trapsess -Ci -v 3 -u noc -l authPriv -a SHA-256 -A authentication -x AES -X encryption 127.0.0.1:{traps}\n",
            agentx.display()
        );
        std::fs::write(dir.path().join("snmpd.conf"), configuration).unwrap();
        let accept = format!("authCommunity log public\ncreateUser {user}\nauthUser log noc authPriv\n");
        std::fs::write(dir.path().join("snmptrapd.conf"), accept).unwrap();
        let mut receiver = Self::tool(dir.path(), "snmptrapd");
        receiver.args(["-f", "-Lo", "-n", "-M", &path(), "-m", "SLUICE-MIB", "-C", "-c"]);
        receiver.arg(dir.path().join("snmptrapd.conf"));
        receiver
            .arg(format!("--pidFile={}", dir.path().join("trap.pid").display()))
            .arg(format!("udp:127.0.0.1:{traps}"));
        let mut receiver = receiver.stdout(Stdio::piped()).spawn().expect("snmptrapd is installed by scripts/test");
        let traps = BufReader::new(receiver.stdout.take().unwrap());
        let mut own = Self { dir, port, snmpd: None, receiver, traps };
        own.trap("NET-SNMP version");
        own.start_agent();
        own
    }

    fn start_agent(&mut self) {
        let mut snmpd = Self::tool(self.dir.path(), "snmpd");
        snmpd.args(["-f", "-Lf"]).arg(self.dir.path().join("snmpd.log")).args(["-C", "-c"]);
        snmpd.arg(self.dir.path().join("snmpd.conf")).arg(format!("udp:127.0.0.1:{}", self.port));
        self.snmpd = Some(snmpd.spawn().expect("snmpd is installed by scripts/test"));
    }

    fn stop_agent(&mut self) {
        let mut snmpd = self.snmpd.take().unwrap();
        snmpd.kill().unwrap();
        snmpd.wait().unwrap();
    }

    /// With a memory of its own.
    fn tool(dir: &Path, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("SNMP_PERSISTENT_DIR", dir.join(format!("{name}-memory"))).env("SNMPCONFPATH", dir);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn appliance(&self) -> Appliance {
        let agentx = self.dir.path().join("agentx");
        let root = self.dir.path().join("root");
        let hwmon = root.join("sys/class/hwmon/hwmon0");
        std::fs::create_dir_all(&hwmon).unwrap();
        for (file, text) in [("name", "coretemp\n"), ("temp1_input", "50000\n"), ("temp1_max", "80000\n")] {
            std::fs::write(hwmon.join(file), text).unwrap();
        }
        Appliance::with(&format!("sensors = {{ every = \"20ms\", root = {root:?} }}\nsnmp = {{ agentx = {agentx:?} }}"))
    }

    fn temperature(&self, millidegrees: &str) {
        std::fs::write(self.dir.path().join("root/sys/class/hwmon/hwmon0/temp1_input"), millidegrees).unwrap();
    }

    fn ask(&self, name: &str, options: &[&str], words: &[&str]) -> Output {
        let mut command = Self::tool(self.dir.path(), name);
        command.args(options).arg(format!("127.0.0.1:{}", self.port)).args(words).output().unwrap()
    }

    /// Lines of a walk, by community.
    fn walk(&self, below: &str) -> Vec<String> {
        let output =
            self.ask("snmpbulkwalk", &["-v2c", "-c", "public", "-m", "", "-On", "-Oq"], &[&format!("{MIB}{below}")]);
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// What the receiver said up to a line with this text.
    fn trap(&mut self, text: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.traps.read_line(&mut line).unwrap() > 0, "the receiver ended before {text:?}");
            if line.contains(text) {
                return line;
            }
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        for child in self.snmpd.iter_mut().chain([&mut self.receiver]) {
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }
}

/// The daemon at the agent: it says so.
fn served(agent: &Agent) -> (Appliance, Daemon) {
    let appliance = agent.appliance();
    let mut daemon = appliance.start();
    daemon.wait_for("serves sluiceMIB");
    (appliance, daemon)
}

#[test]
fn every_object_is_read_by_all_versions_and_nothing_can_be_written() {
    let agent = Agent::start();
    let appliance = agent.appliance();
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    _fake.load(7);
    let (_, mut blocks) = CounterFile::create(&appliance.path("run/counters"), &["core 1", "writer"]).unwrap();
    blocks[0].count(Counter::RxFrames, 5_000_000_000);
    let mut daemon = appliance.start();
    daemon.wait_for("serves sluiceMIB");

    let lines = agent.walk("");
    let value = |name: &str| {
        let name = format!("{MIB}{name} ");
        lines.iter().find_map(|line| line.strip_prefix(&name)).unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
    };
    assert_eq!(value(".1.1.1.0"), format!("\"{}\"", env!("CARGO_PKG_VERSION")));
    assert_eq!((value(".1.1.3.0"), value(".1.1.4.0")), ("1", "7"));
    assert_eq!(
        (value(".1.2.1.2.1"), value(".1.2.1.3.1"), value(".1.2.1.2.2")),
        ("\"core 1\"", "5000000000", "\"writer\"")
    );
    assert_eq!((value(".1.3.1.2.1"), value(".1.3.1.3.1")), ("\"rx.frames\"", "5000000000"));
    let v3 = [
        "-v3",
        "-u",
        "noc",
        "-l",
        "authPriv",
        "-a",
        "SHA-256",
        "-A",
        "authentication",
        "-x",
        "AES",
        "-X",
        "encryption",
    ];
    let by_v3 = agent.ask("snmpwalk", &[&v3[..], &["-m", "", "-On", "-Oq"]].concat(), &[&format!("{MIB}.1.2")]);
    assert_eq!(String::from_utf8(by_v3.stdout).unwrap().lines().count(), 2 * 12);
    let wrong = agent.ask(
        "snmpget",
        &[
            "-v3",
            "-u",
            "noc",
            "-l",
            "authPriv",
            "-a",
            "SHA-256",
            "-A",
            "wrong-password",
            "-x",
            "AES",
            "-X",
            "encryption",
        ],
        &[&format!("{MIB}.1.1.1.0")],
    );
    assert!(!wrong.status.success());
    let set = agent.ask("snmpset", &["-v2c", "-c", "public", "-m", ""], &[&format!("{MIB}.1.1.4.0"), "u", "8"]);
    assert!(!set.status.success());
    let none = agent.ask("snmpget", &["-v2c", "-c", "public", "-m", ""], &[&format!("{MIB}.1.1.99.0")]);
    assert!(String::from_utf8(none.stdout).unwrap().contains("No Such Object"));
}

#[test]
fn what_begins_and_ceases_to_be_wrong_is_a_trap_and_an_inform_with_what_it_is() {
    let mut agent = Agent::start();
    let (_appliance, _daemon) = served(&agent);
    agent.temperature("91500\n");
    let raised = |line: &str| {
        for part in ["sluiceConditionRaised", "temperature", "coretemp: temp1", "91.5 °C where 80.0 °C is the limit"]
        {
            assert!(line.contains(part), "{part}: {line}");
        }
    };
    // Once by community, once as an inform by SNMPv3.
    for _ in 0..2 {
        raised(&agent.trap("temperature"));
    }
    agent.temperature("50000\n");
    for _ in 0..2 {
        assert!(agent.trap("temperature").contains("sluiceConditionCleared"));
    }
}

#[test]
fn what_came_while_the_agent_was_away_is_told_when_it_is_back() {
    let mut agent = Agent::start();
    let (appliance, mut daemon) = served(&agent);
    agent.stop_agent();
    daemon.wait_for("trying again");
    agent.temperature("91500\n");
    let begun = Instant::now();
    let is_known = || {
        let events = appliance.client().machine_events(Default::default()).unwrap().events;
        events.iter().any(|event| event.condition.kind == "temperature")
    };
    while !is_known() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not get warm");
    }
    agent.start_agent();
    assert!(agent.trap("temperature").contains("sluiceConditionRaised"));
    assert!(!agent.walk(".1.1").is_empty());
}

/// A rule of its own, no scenario, a home network.
fn policy() -> PolicyPush {
    let network = "[home]\nname = \"Ours\"\ncountry = \"ZZ\"\nnumbers = [\"99970\"]\n";
    let policy = "name = \"p\"\nnetwork = \"network.toml\"\nscenarios = []\n\
        [[rule]]\nid = \"own\"\nlevel = 2\nmode = \"shadow\"\naction = \"discard\"\nwhen = \"sms.pid == 64\"\n";
    let files = [("policy.toml", policy), ("network.toml", network)].map(|(path, text)| (path.into(), text.into()));
    PolicyPush { files: Files::from(files), comment: String::new(), expected: None }
}

#[test]
fn the_module_is_without_fault_and_names_every_object_that_is_served() {
    let (folder, modules, path) = (folder(), modules(), path());
    assert!(modules.join("SNMPv2-SMI").exists(), "{}: scripts/test puts the modules there", modules.display());
    let mut lint = Command::new("smilint");
    lint.args(["-s", "-l", "6"]).arg(folder.join("SLUICE-MIB.txt")).env("SMIPATH", &modules);
    let lint = lint.output().expect("smilint is installed by scripts/test");
    let said = [lint.stdout, lint.stderr].concat();
    assert!(lint.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));

    let agent = Agent::start();
    let appliance = agent.appliance();
    let _counters = CounterFile::create(&appliance.path("run/counters"), &["core 1"]).unwrap();
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let first = appliance.start();
    appliance.client().push_policy(&policy()).unwrap();
    drop(first);
    // What is served is up to a second old; a daemon that begins reads it anew.
    let mut daemon = appliance.start();
    daemon.wait_for("serves sluiceMIB");
    let named = ["-v2c", "-c", "public", "-M", &path, "-m", "SLUICE-MIB"];
    let walk = agent.ask("snmpwalk", &named, &[MIB]);
    let walk = String::from_utf8(walk.stdout).unwrap();
    for line in walk.lines() {
        let name = line.strip_prefix("SLUICE-MIB::").and_then(|line| line.split('.').next());
        assert!(name.is_some_and(|name| name.starts_with("sluice")) && !line.contains("Wrong Type"), "{line}");
    }
    let table = agent.ask("snmptable", &[&named[..], &["-Cf", "|"]].concat(), &["SLUICE-MIB::sluiceCoreTable"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("sluiceCoreLabel|sluiceCoreRxFrames|") && table.contains("core 1|0 frames|0 octets|"),
        "{table}"
    );
    let rows = agent.ask("snmptable", &named, &["SLUICE-MIB::sluiceCounterTable"]);
    assert!(String::from_utf8(rows.stdout).unwrap().lines().count() > 50);
    for (table, row) in [
        ("sluicePortTable", "mirror|net_ring|2|0 messages|0 messages"),
        ("sluiceRuleTable", "own|shadow|discard|0 messages|0 messages|0 messages|0 messages"),
        ("sluiceScenarioTable", "|off|0 messages|"),
        ("sluiceNetworkTable", "Ours|home|ZZ|0 messages|0 messages|0 messages|0 messages"),
    ] {
        let rows = agent.ask("snmptable", &[&named[..], &["-Cf", "|"]].concat(), &[&format!("SLUICE-MIB::{table}")]);
        let rows = String::from_utf8(rows.stdout).unwrap();
        assert!(rows.contains(row), "{table}: {rows}");
    }
    // Every scalar of the module is there.
    let translate =
        Command::new("snmptranslate").args(["-M", &path, "-m", "SLUICE-MIB", "-Tp", "-IR", "sluiceSystem"]).output();
    let tree = String::from_utf8(translate.unwrap().stdout).unwrap();
    let scalars: Vec<&str> =
        tree.lines().filter_map(|line| line.split("-R-- ").nth(1)?.split_whitespace().nth(1)).collect();
    assert_eq!(scalars.len(), 11, "{tree}");
    for scalar in scalars {
        let name = scalar.split('(').next().unwrap();
        assert!(walk.contains(&format!("SLUICE-MIB::{name}.0 = ")), "{name} is not served");
    }
}
