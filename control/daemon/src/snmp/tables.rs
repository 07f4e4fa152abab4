//! Tables of what the dataplane reports and of what the policy in force has found: ports, rules, scenarios, networks.
//!
//! Numbers of the last hour and the last day are gauges: what they count goes after its time.

use super::gauge;
use crate::app::App;
use crate::http::rules::{counts, networks_of, rules_of, scenarios_of};
use serde::Deserialize;
use sluice_api::rules::{Came, Matches};
use sluice_api::traffic::By;
use sluice_snmp::{Oid, Tree, Value};

/// Adds them below `sluiceObjects`; without a policy, or where the store cannot be read, they are empty.
pub async fn add(tree: &mut Tree, objects: &Oid, app: &App, ports: &[Port]) {
    let by_port = counts(app, By::Port, HOUR_S).await.unwrap_or_default();
    let entry = objects.below(&[6, 1]);
    for (index, Port { port, driver, queues }) in (1..).zip(ports) {
        let came = by_port.get(port).copied().unwrap_or_default();
        let about = [Value::text(port), Value::text(driver), gauge(*queues)];
        tree.row(&entry, index, 2, about.into_iter().chain(of_hour(came)));
    }
    let entry = objects.below(&[7, 1]);
    for (index, rule) in (1..).zip(rules_of(app).await.map(|rules| rules.rules).unwrap_or_default()) {
        let about = [&rule.id, &rule.mode, &rule.action].map(|text| Value::text(text));
        tree.row(&entry, index, 2, about.into_iter().chain(found(rule.hour, rule.day)));
    }
    let entry = objects.below(&[8, 1]);
    for (index, scenario) in (1..).zip(scenarios_of(app).await.map(|s| s.scenarios).unwrap_or_default()) {
        let about = [&scenario.name, &scenario.title, &scenario.mode].map(|text| Value::text(text));
        tree.row(&entry, index, 2, about.into_iter().chain(found(scenario.hour, scenario.day)));
    }
    let entry = objects.below(&[9, 1]);
    for (index, network) in (1..).zip(networks_of(app).await.map(|n| n.networks).unwrap_or_default()) {
        let country = network.country.unwrap_or_default();
        let about = [&network.name, &network.relation, &country].map(|text| Value::text(text));
        tree.row(&entry, index, 2, about.into_iter().chain(of_hour(network.hour)).chain(of_hour(network.day)));
    }
}

/// A port as the dataplane reports it.
#[derive(Deserialize)]
pub struct Port {
    port: String,
    driver: String,
    queues: u64,
}

/// The ports in a report; none where it has none.
pub fn ports(report: &str) -> Vec<Port> {
    #[derive(Deserialize)]
    struct Report {
        cards: Vec<Port>,
    }
    serde_json::from_str::<Report>(report).map(|report| report.cards).unwrap_or_default()
}

fn of_hour(Came { messages, blocked }: Came) -> [Value; 2] {
    [gauge(messages), gauge(blocked)]
}

fn found(hour: Matches, day: Matches) -> [Value; 4] {
    [gauge(hour.decided), gauge(hour.shadow), gauge(day.decided), gauge(day.shadow)]
}

const HOUR_S: u64 = 3_600;
