//! Looks after the machine: its sensors, what the dataplane says of itself, counters with an alarm; every few seconds.
//!
//! ```text
//!  sensors ─────────┐
//!  dataplane status ─┼─▶ Conditions: raised, cleared ─▶ store, log, SNMP
//!  alarms ───────────┘
//! ```
//! A start knows nothing of before: what is still wrong is raised again.

use crate::alarms::Alarms;
use crate::app::App;
use crate::config::Sensors;
use crate::http::off_thread;
use crate::store::machine;
use serde_json::Value;
use sluice_api::machine::{MachineChange, MachineCondition};
use sluice_api::problem::{self, Problem};
use sluice_platform::Root;
use sluice_platform::sensors::{Change, Condition, Conditions, Kind, Reading, read};
use std::convert::Infallible;
use std::time::Instant;

/// Looks again and again.
pub async fn look_after(app: App, settings: Sensors, mut alarms: Alarms) -> Infallible {
    let root = Root::new(&settings.root);
    let (mut conditions, mut sensors) = (Conditions::default(), Vec::new());
    let mut often = tokio::time::interval(settings.every);
    often.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        often.tick().await;
        let root = root.clone();
        // A sensor behind a slow bus takes its time.
        let seen =
            off_thread(move || read(&root).map_err(|fault| Problem::new(problem::Kind::Internal, fault.to_string())));
        let fault = match seen.await {
            Ok(seen) => {
                sensors = seen;
                None
            }
            // What was seen last stands: a file that says nonsense does not make the others go.
            Err(problem) => Some(problem.detail),
        };
        let mut readings = dataplane(&app).await;
        readings.push(Reading::of(Kind::Sensors, "all", fault));
        readings.extend(sensors.iter().cloned());
        readings.extend(alarms.look(Instant::now(), app.counters().snapshot().ok().as_ref()));
        let changes = conditions.look(&readings);
        app.set_conditions(conditions.raised().map(told).collect());
        for change in changes {
            tell(&app, change).await;
        }
    }
}

/// Its ports are not the kernel's: what is wrong with them, it knows.
async fn dataplane(app: &App) -> Vec<Reading> {
    let reading = |subject, fault: Option<String>| Reading::of(Kind::Dataplane, subject, fault);
    let details = match app.ask_dataplane().await {
        Ok(report) => report.details,
        Err(problem) => return vec![reading("answer", Some(problem.to_string()))],
    };
    let details = details.and_then(|details| serde_json::from_str::<Value>(details.get()).ok()).unwrap_or_default();
    let many = |name: &str, what: &str| {
        let number = details.get(name).and_then(Value::as_u64).unwrap_or(0);
        (number > 0).then(|| format!("{number} {what}"))
    };
    let unguarded = details.get("guarded").and_then(Value::as_bool) == Some(false);
    vec![
        reading("answer", None),
        reading("poll cores", many("stalled_cores", "of them stand still")),
        reading("wires", many("bypassed_wires", "of them are bypassed: nothing on them is judged")),
        reading("guardian", unguarded.then(|| "it is gone: a dead dataplane would not be bypassed".to_owned())),
    ]
}

async fn tell(app: &App, change: Change) {
    let (change, condition) = match change {
        Change::Raised(condition) => (MachineChange::Raised, condition),
        Change::Cleared(condition) => (MachineChange::Cleared, condition),
    };
    let condition = told(condition);
    eprintln!("sluiced: {}: {} {}: {}", change.name(), condition.kind, condition.subject, condition.what);
    match app.store().run(move |c| machine::append(c, change, &condition)).await {
        Ok(()) => app.tell_machine(),
        Err(problem) => eprintln!("sluiced: an event of the machine was not kept: {problem}"),
    }
}

fn told(condition: Condition) -> MachineCondition {
    let Condition { kind, subject, what } = condition;
    MachineCondition { kind: kind.name().to_owned(), subject, what }
}
