//! What has passed and what the policy in force has found, asked of the real program.

mod common;

use common::{Appliance, fake::FakeDataplane};
use sluice_api::Timestamp;
use sluice_api::client::{Client, ClientError};
use sluice_api::policies::{Files, PolicyPush};
use sluice_api::problem::Kind;
use sluice_api::traffic::{By, Step, Traffic, TrafficQuery};
use std::time::{Duration, Instant};

fn at(seconds: u64) -> Option<Timestamp> {
    Some(Timestamp::from_ns(seconds * 1_000_000_000))
}

fn asked(by: By) -> TrafficQuery {
    TrafficQuery { by, since: at(0), until: at(3_600), step: None, limit: None }
}

/// As soon as every event up to this one is counted.
fn counted(client: &Client, query: &TrafficQuery, last: u64) -> Traffic {
    let begun = Instant::now();
    loop {
        let traffic = client.traffic(query).unwrap();
        if traffic.counted >= last {
            return traffic;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "counted up to {} of {last}", traffic.counted);
    }
}

fn rows(traffic: &Traffic) -> Vec<(&str, u64, u64)> {
    traffic.rows.iter().map(|row| (row.values[0].as_str(), row.messages, row.blocked)).collect()
}

#[test]
fn every_event_is_counted_once_however_often_the_daemon_is_killed() {
    // The events of the test are of 1970.
    let appliance = Appliance::with("retention = { traffic_days = 40000 }");
    let mut last = 0;
    for _ in 0..5 {
        let daemon = appliance.start();
        last = appliance.journal().write(300);
        // Somewhere in the middle of taking them in, or of counting them.
        appliance.follow(last - 200, 1);
        daemon.kill();
    }
    let _daemon = appliance.start();
    let client = appliance.client();
    let traffic = counted(&client, &asked(By::Rule), last);
    assert_eq!(rows(&traffic), [("even", last / 2, 0), ("odd", last / 2, last / 2)]);
    let by_hour = client.traffic(&TrafficQuery { step: Some(Step::Hour), ..asked(By::Action) }).unwrap();
    let of_rows = |row: &sluice_api::traffic::TrafficRow| row.messages_per_step.iter().sum::<u64>();
    assert_eq!(by_hour.rows.iter().map(of_rows).sum::<u64>(), last);
    assert_eq!((by_hour.since, by_hour.until), (at(0).unwrap(), at(3_600).unwrap()));
}

#[test]
fn a_span_of_too_many_steps_is_refused_with_what_to_do() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let query = TrafficQuery { until: at(90_000), step: Some(Step::Minute), ..asked(By::Action) };
    let ClientError::Problem(problem) = appliance.client().traffic(&query).unwrap_err() else { panic!("no problem") };
    assert_eq!(problem.known_kind(), Some(Kind::RequestInvalid));
    assert!(problem.detail.contains("at most 1440 steps: ask for less time, or for hours"), "{problem}");
}

#[test]
fn rules_scenarios_and_networks_are_those_of_the_policy_in_force() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let client = appliance.client();
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let ClientError::Problem(none) = client.rules().unwrap_err() else { panic!("no problem") };
    assert_eq!(none.known_kind(), Some(Kind::NotFound), "{none}");

    let policy = |level: u32| {
        let text = format!(
            "name = \"p\"\nnetwork = \"network.toml\"\nscenarios = [\"flash\"]\n[scenario.flash]\nmode = \"enforce\"\n\
             [[rule]]\nid = \"own\"\nlevel = {level}\naction = \"discard\"\nwhen = \"sms.pid == 64\"\n"
        );
        let network = "[home]\nname = \"Ours\"\ncountry = \"ZZ\"\nnumbers = [\"99970\"]\n";
        let files = [("policy.toml", text), ("network.toml", network.to_owned())];
        let files = Files::from(files.map(|(path, text)| (path.to_owned(), text)));
        PolicyPush { files, comment: String::new(), expected: None }
    };
    for (level, version) in [(2, 1), (3, 2)] {
        client.push_policy(&policy(level)).unwrap();
        let rules = client.rules().unwrap();
        let own = rules.rules.iter().find(|rule| rule.id == "own").unwrap();
        assert_eq!((rules.version, u32::from(own.level), own.action.as_str()), (version, level, "discard"));
    }
    let scenarios = client.scenarios().unwrap().scenarios;
    let modes = ["flash", "flooding"].map(|name| &scenarios.iter().find(|s| s.name == name).unwrap().mode);
    assert_eq!(modes, ["enforce", "off"]);
    let networks = client.networks().unwrap().networks;
    assert_eq!((networks[0].name.as_str(), networks[0].relation.as_str()), ("Ours", "home"));
}
