//! `kill -9` of the daemon at any moment, while another process writes the journal: every event is stored exactly once.

mod common;

use common::{Appliance, Journal, member};
use sluice_api::events::{Event, EventQuery};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const ROUNDS: u64 = 32;
const RECORDS_PER_ROUND: u64 = 600;
const JOURNAL: &str = "SLUICE_TEST_JOURNAL";

/// Not a test of its own: what the writing process runs. Every line on its input is answered by so many records, in
/// small commits, and the number of the last one.
#[test]
#[ignore = "run as a process by the test below"]
fn journal_writer() {
    let Some(dir) = std::env::var_os(JOURNAL) else { return };
    let mut journal = Journal::open(dir.as_ref());
    for line in std::io::stdin().lines() {
        let mut left: u64 = line.unwrap().parse().unwrap();
        let mut last = 0;
        while left > 0 {
            let some = left.min(7);
            last = journal.write(some);
            left -= some;
        }
        println!("\nwritten {last}");
    }
}

struct WriterProcess {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl WriterProcess {
    fn start(appliance: &Appliance) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "journal_writer", "--ignored", "--nocapture"])
            .env(JOURNAL, appliance.path("state/journal"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn begin(&mut self, records: u64) {
        writeln!(self.input, "{records}").unwrap();
    }

    fn finished(&mut self) -> u64 {
        let mut line = String::new();
        while !line.starts_with("written ") {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the writer has ended");
        }
        line.trim().rsplit_once(' ').unwrap().1.parse().unwrap()
    }
}

impl Drop for WriterProcess {
    fn drop(&mut self) {
        // At the end of the test it has nothing more to do.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn all_events(appliance: &Appliance) -> Vec<Event> {
    let client = appliance.client();
    let mut all = Vec::new();
    let mut query = EventQuery { limit: Some(1_000), ..EventQuery::default() };
    loop {
        let page = client.events(&query).unwrap();
        all.extend(page.events);
        query.after = page.next;
        if page.next.is_none() {
            return all;
        }
    }
}

#[test]
fn a_daemon_killed_again_and_again_stores_every_event_exactly_once() {
    let appliance = Appliance::new();
    let mut writer = WriterProcess::start(&appliance);
    let mut dice = Dice(7);
    let (mut written, mut seen) = (0, 0);
    for round in 0..ROUNDS {
        writer.begin(RECORDS_PER_ROUND);
        if round % 4 == 3 {
            // Before it listens, while it opens its store or takes in the first batch.
            let mut child = appliance.command().spawn().unwrap();
            for _ in 0..dice.below(2_000) {
                std::thread::yield_now();
            }
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            let daemon = appliance.start();
            let missing = written + RECORDS_PER_ROUND - seen;
            let some = appliance.follow(seen, 1 + dice.below(missing) as usize);
            seen = some.last().unwrap().id;
            daemon.kill();
        }
        written = writer.finished();
    }
    assert_eq!(written, ROUNDS * RECORDS_PER_ROUND);
    let daemon = appliance.start();
    appliance.follow(seen, (written - seen) as usize);
    let events = all_events(&appliance);
    assert!(events.iter().map(|e| e.id).eq(1..=written), "{} events of {written}", events.len());
    assert!(events.iter().all(|e| member(e, "/frame") == e.id), "each with its own record");
    let journal = appliance.client().status().unwrap().journal;
    assert_eq!((journal.stored, journal.lost, journal.error), (written + 1, 0, None));
    assert!(daemon.terminate().0.success());
    let store = rusqlite::Connection::open(appliance.path("state/control/store.sqlite")).unwrap();
    let sound: String = store.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    let (log, _writer) = sluice_events::Log::open(&appliance.path("state/control/events")).unwrap();
    assert_eq!((sound.as_str(), log.count(), log.trouble()), ("ok", written, None));
}

#[test]
fn the_writer_goes_on_while_no_daemon_runs_and_nothing_is_lost() {
    let appliance = Appliance::new();
    appliance.start().kill();
    let mut writer = WriterProcess::start(&appliance);
    writer.begin(3_000);
    let written = writer.finished();
    let _daemon = appliance.start();
    assert_eq!(appliance.follow(0, 3_000).last().unwrap().id, written);
}
