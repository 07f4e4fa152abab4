//! `kill -9` of the dataplane at full speed, while policies are pushed: no torn record, nothing lost that was handed to
//! the writer before the last commit but one, and the next one goes on where it ended.

mod common;

use common::policy::{image, try_push};
use common::{Appliance, Dice, capture, records, wait_for};
use sluice_abi::command::{Code, Request};
use sluice_abi::counters::{Counter, Slot};
use sluice_shm::write_file_durably;
use std::time::Duration;

const ROUNDS: u64 = 12;
const COMMIT_INTERVAL: Duration = Duration::from_millis(50);
/// Often enough for a segment to be full every few milliseconds.
const WHEN: &str = "map.op == 44";

fn appliance() -> Appliance {
    let sections = format!(
        "[[port]]\nname = \"mirror\"\ndevice = \"net_pcap:rx_pcap={},infinite_rx=1\"\n\
         [[tap]]\nname = \"tap\"\nport = \"mirror\"\n\
         [journal]\nsegment_megabytes = 1\ncommit_interval_ms = {}\n",
        capture("demo.pcap").display(),
        COMMIT_INTERVAL.as_millis()
    );
    let appliance = Appliance::new(&[0], &sections);
    write_file_durably(&appliance.path("state/policy.image"), &image(1, WHEN)).unwrap();
    appliance
}

/// What a dataplane had done when it was killed.
struct Death {
    /// Records in the journal by its own count.
    counted: u64,
    /// Records handed to the writer before its last commit but one: all rings were emptied between the two.
    handed_over: u64,
    /// The newest version it said to have in force, and the newest it was given.
    policy: (u64, u64),
}

/// Pushes one version after another until nobody answers; gives the last one answered and the last one tried.
fn push_until_dead(appliance: &Appliance, mut version: u64) -> (u64, u64) {
    let mut client = appliance.commands();
    loop {
        match try_push(&mut client, version + 1, &image(version + 1, WHEN)) {
            Some(reply) => assert_eq!(reply.code, Code::Done, "{}", reply.text),
            None => return (version, version + 1),
        }
        version += 1;
    }
}

/// Starts a dataplane that has `version` in force, and kills it at some moment.
fn run_and_kill(appliance: &Appliance, version: u64, dice: &mut Dice) -> Death {
    let dataplane = appliance.start_dataplane();
    let counters = appliance.counters();
    let moment = dice.below(15_000);
    let mut handed_over = Vec::new();
    let policy = std::thread::scope(|scope| {
        let pushes = scope.spawn(|| push_until_dead(appliance, version));
        wait_for("records", || {
            let handed = counters.snapshot().unwrap().total(Slot::counter(Counter::EventsWritten));
            let now = counters.snapshot().unwrap();
            handed_over.push((now.total(Slot::counter(Counter::JournalCommits)), handed));
            now.total(Slot::counter(Counter::JournalRecords)) >= moment
        });
        dataplane.kill();
        pushes.join().unwrap()
    });
    let end = counters.snapshot().unwrap();
    let commits = end.total(Slot::counter(Counter::JournalCommits));
    handed_over.retain(|(committed, _)| committed + 2 <= commits);
    Death {
        counted: end.total(Slot::counter(Counter::JournalRecords)),
        handed_over: handed_over.last().map_or(0, |(_, records)| *records),
        policy,
    }
}

#[test]
fn a_killed_dataplane_tears_no_record_and_the_next_one_takes_up_journal_and_policy() {
    let appliance = appliance();
    let mut dice = Dice(5);
    let (mut kept, mut version, mut older_than_two_commits) = (0, 1, 0);
    for round in 0..ROUNDS {
        let death = run_and_kill(&appliance, version, &mut dice);
        let readable = records::all(&appliance.journal()).len() as u64;
        assert!(readable >= kept, "round {round}: what was there has stayed");

        // The next one has recovered the journal when it answers; its port gives nothing.
        let idle = std::fs::read_to_string(appliance.path("sluice.toml")).unwrap();
        let quiet = idle.replace(&idle[idle.find("device = ").unwrap()..idle.find("[[tap]]").unwrap()], QUIET);
        std::fs::write(appliance.path("sluice.toml"), quiet).unwrap();
        let next = appliance.start_dataplane();
        let status: serde_json::Value = serde_json::from_str(&appliance.ask(&Request::Status).text).unwrap();
        version = status["policy"].as_u64().unwrap();
        let (answered, tried) = death.policy;
        assert!((answered..=tried).contains(&version), "round {round}: {version}, of {answered} to {tried}");
        assert!(next.terminate().success());
        std::fs::write(appliance.path("sluice.toml"), idle).unwrap();

        let records = records::all(&appliance.journal());
        let of_this_round = records.len() as u64 - kept;
        assert!(of_this_round >= death.counted, "round {round}: {of_this_round} of {}", death.counted);
        assert!(of_this_round >= death.handed_over, "round {round}: {of_this_round} of {}", death.handed_over);
        kept = records.len() as u64;
        older_than_two_commits += death.handed_over;
    }
    let records = records::all(&appliance.journal());
    assert!(records.is_sorted_by_key(|record| record.policy), "what judged last is what was taken up again");
    assert!(older_than_two_commits > 0, "no dataplane lived long enough");
    eprintln!(
        "{ROUNDS} dataplanes killed, {kept} records, none torn; {older_than_two_commits} were older than two commits; \
         policy {version}"
    );
}

/// A port by which nothing comes.
const QUIET: &str = "device = \"net_null:no-rx=1\"\n";
