//! `kill -9` of the control daemon while the dataplane runs at full speed: the dataplane does not notice, and every
//! record of its journal comes into the store once.

mod common;

use common::policy::image;
use common::{Appliance, Dice, capture, records, wait_for};
use sluice_abi::command::{Code, Request};
use sluice_abi::counters::Counter;
use sluice_api::events::{Event, EventQuery};
use sluice_shm::journal::{Acknowledge, FIRST_SEQUENCE};
use sluice_shm::write_file_durably;

const ROUNDS: u64 = 12;
/// Seldom enough for the store to keep up with a dataplane at full speed.
const WHEN: &str = "map.op == 66";

fn appliance() -> Appliance {
    let sections = format!(
        "[[port]]\nname = \"mirror\"\ndevice = \"net_pcap:rx_pcap={},infinite_rx=1\"\n\
         [[tap]]\nname = \"tap\"\nport = \"mirror\"\n[journal]\nsegment_megabytes = 1\n",
        capture("demo.pcap").display()
    );
    let appliance = Appliance::new(&[0], &sections);
    write_file_durably(&appliance.path("state/policy.image"), &image(1, WHEN)).unwrap();
    appliance
}

/// The last event in the store, 0 while there is none.
fn stored(appliance: &Appliance) -> u64 {
    appliance.api().status().unwrap().store.last.unwrap_or(0)
}

fn all_events(appliance: &Appliance) -> Vec<Event> {
    let api = appliance.api();
    let mut query = EventQuery { limit: Some(1_000), ..EventQuery::default() };
    let mut all = Vec::new();
    loop {
        let page = api.events(&query).unwrap();
        all.extend(page.events);
        query.after = page.next;
        if page.next.is_none() {
            return all;
        }
    }
}

/// Lets a daemon run for a while that is another one each time, and kills it. Some die before they listen.
fn run_and_kill(appliance: &Appliance, round: u64, dice: &mut Dice) {
    if round % 4 == 3 {
        let mut early = appliance.command("sluiced").spawn().unwrap();
        let moment = appliance.count(Counter::JournalRecords) + dice.below(200);
        wait_for("records", || appliance.count(Counter::JournalRecords) >= moment);
        early.kill().unwrap();
        early.wait().unwrap();
        return;
    }
    let daemon = appliance.start_daemon();
    let moment = stored(appliance) + dice.below(2_000);
    wait_for("events", || stored(appliance) >= moment);
    daemon.kill();
}

#[test]
fn the_dataplane_goes_on_while_the_daemon_is_killed_and_every_record_is_in_the_store_once() {
    let appliance = appliance();
    let mut dataplane = appliance.start_dataplane();
    // Another reader, which still needs everything: so that journal and store can be compared.
    Acknowledge::open(&appliance.journal(), "test").unwrap().store(FIRST_SEQUENCE).unwrap();
    let pid = dataplane.pid();
    let mut dice = Dice(11);
    for round in 0..ROUNDS {
        run_and_kill(&appliance, round, &mut dice);
        let frames = appliance.count(Counter::RxFrames);
        wait_for("more frames after the kill", || appliance.count(Counter::RxFrames) > frames);
        assert!(dataplane.is_running());
        let status: serde_json::Value = serde_json::from_str(&appliance.ask(&Request::Status).text).unwrap();
        assert_eq!(status["pid"], pid, "the same process");
    }
    assert_eq!(appliance.ask(&Request::Stop).code, Code::Done);
    wait_for("the end of the dataplane", || !dataplane.is_running());

    let written = appliance.count(Counter::JournalRecords);
    assert_eq!(appliance.count(Counter::EventsLostRing), 0);
    let _daemon = appliance.start_daemon();
    wait_for("all records in the store", || stored(&appliance) >= written);
    let events = all_events(&appliance);
    assert!(events.iter().map(|event| event.id).eq(1..=written), "{} events of {written} records", events.len());
    let frame =
        |event: &Event| serde_json::from_str::<serde_json::Value>(event.record.get()).unwrap()["frame"].as_u64();
    let in_journal = records::all(&appliance.journal());
    assert!(events.iter().map(frame).eq(in_journal.iter().map(|record| Some(record.frame))), "each its own record");
    let journal = appliance.api().status().unwrap().journal;
    assert_eq!((journal.lag, journal.lost, journal.error), (0, 0, None));
    the_command_line_shows_more_than_a_page(&appliance, written);
    eprintln!(
        "{ROUNDS} daemons killed, {} frames meanwhile, {written} records, each stored once",
        appliance.count(Counter::RxFrames)
    );
}

/// The API gives a thousand events at a time; who asks for more gets more.
fn the_command_line_shows_more_than_a_page(appliance: &Appliance, written: u64) {
    let wanted = written.min(2_500);
    assert!(wanted > 1_000);
    let shown = appliance.sluice(&["events", "--json", "--last", &wanted.to_string()]);
    let lines = String::from_utf8(shown.stdout).unwrap();
    let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_u64();
    assert!(lines.lines().map(id).eq((written - wanted + 1..=written).map(Some)));
}
