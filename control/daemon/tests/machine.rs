//! What goes wrong with the machine is told by the API, and what gets well again.

mod common;

use common::{Appliance, fake::FakeDataplane};
use sluice_abi::counters::{Count as _, Counter};
use sluice_api::client::Client;
use sluice_api::machine::{MachineChange, MachineEvent, MachineQuery};
use sluice_shm::counters::CounterFile;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn write(root: &Path, file: &str, text: &str) {
    let file = root.join(file);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// A machine with one thermometer, looked at all the time.
fn appliance_at(root: &Path) -> Appliance {
    let hwmon = "sys/class/hwmon/hwmon0";
    for (file, text) in [("name", "coretemp\n"), ("temp1_input", "50000\n"), ("temp1_max", "80000\n")] {
        write(root, &format!("{hwmon}/{file}"), text);
    }
    Appliance::with(&format!("sensors = {{ every = \"20ms\", root = {root:?} }}"))
}

/// Waits for an event about this kind, and gives it.
fn event(client: &Client, kind: &str, change: MachineChange) -> MachineEvent {
    let begun = Instant::now();
    loop {
        let events = client.machine_events(MachineQuery::default()).unwrap().events;
        let newest = events.into_iter().find(|event| event.condition.kind == kind);
        if let Some(event) = newest.filter(|event| event.change == change) {
            return event;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no {} of {kind}", change.name());
        std::thread::yield_now();
    }
}

#[test]
fn a_temperature_that_rises_and_falls_is_raised_and_cleared() {
    let root = tempfile::tempdir().unwrap();
    let appliance = appliance_at(root.path());
    let _daemon = appliance.start();
    let client = appliance.client();
    write(root.path(), "sys/class/hwmon/hwmon0/temp1_input", "91500\n");
    let raised = event(&client, "temperature", MachineChange::Raised);
    assert_eq!(raised.condition.subject, "coretemp: temp1");
    assert_eq!(raised.condition.what, "91.5 °C where 80.0 °C is the limit");
    let now = client.machine_conditions().unwrap().raised;
    assert!(now.contains(&raised.condition), "{now:?}");
    write(root.path(), "sys/class/hwmon/hwmon0/temp1_input", "50000\n");
    let cleared = event(&client, "temperature", MachineChange::Cleared);
    assert_eq!(cleared.condition, raised.condition);
    assert!(cleared.id > raised.id && cleared.at >= raised.at);
    let now = client.machine_conditions().unwrap().raised;
    assert!(now.iter().all(|condition| condition.kind != "temperature"), "{now:?}");
}

#[test]
fn a_dataplane_that_does_not_answer_is_told_and_so_is_its_return() {
    let root = tempfile::tempdir().unwrap();
    let appliance = appliance_at(root.path());
    let _daemon = appliance.start();
    let client = appliance.client();
    let raised = event(&client, "dataplane", MachineChange::Raised);
    assert_eq!(raised.condition.subject, "answer");
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    event(&client, "dataplane", MachineChange::Cleared);
}

#[test]
fn sensors_that_say_nonsense_are_told_of_with_the_file() {
    let root = tempfile::tempdir().unwrap();
    let appliance = appliance_at(root.path());
    let _daemon = appliance.start();
    write(root.path(), "sys/class/hwmon/hwmon0/temp1_input", "warm\n");
    let raised = event(&appliance.client(), "sensors", MachineChange::Raised);
    assert!(raised.condition.what.ends_with("temp1_input: \"warm\" is not a number"), "{raised:?}");
    write(root.path(), "sys/class/hwmon/hwmon0/temp1_input", "50000\n");
    event(&appliance.client(), "sensors", MachineChange::Cleared);
}

#[test]
fn events_outlive_the_daemon_and_come_in_pages() {
    let root = tempfile::tempdir().unwrap();
    let appliance = appliance_at(root.path());
    write(root.path(), "sys/class/hwmon/hwmon0/temp1_input", "91500\n");
    let daemon = appliance.start();
    let first = event(&appliance.client(), "temperature", MachineChange::Raised);
    drop(daemon);
    let _daemon = appliance.start();
    let client = appliance.client();
    let begun = Instant::now();
    // It is still wrong, and said again.
    let page = loop {
        let page = client.machine_events(MachineQuery { after: None, limit: Some(1) }).unwrap();
        if page.events[0].id > first.id {
            break page;
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
    };
    let rest = client.machine_events(MachineQuery { after: page.next, limit: None }).unwrap();
    assert!(rest.events.contains(&first), "{rest:?}");
}

#[test]
fn a_counter_that_grows_too_fast_is_an_alarm_until_it_is_quiet() {
    let appliance = Appliance::with(
        "sensors = { every = \"20ms\" }\n\
         alarm = [{ name = \"frames lost\", counter = \"tx.dropped\", above = 1000.0, over = \"100ms\" }]",
    );
    let (_, mut blocks) = CounterFile::create(&appliance.path("run/counters"), &["core 1"]).unwrap();
    let _daemon = appliance.start();
    let client = appliance.client();
    let stop = AtomicBool::new(false);
    let raised = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                blocks[0].count(Counter::TxDropped, 1_000_000);
                std::thread::yield_now();
            }
        });
        let raised = event(&client, "counter", MachineChange::Raised);
        stop.store(true, Ordering::Relaxed);
        raised
    });
    assert_eq!(raised.condition.subject, "frames lost");
    assert!(
        raised.condition.what.starts_with("tx.dropped: ") && raised.condition.what.ends_with("where 1000 is the limit")
    );
    assert_eq!(event(&client, "counter", MachineChange::Cleared).condition, raised.condition);
}
