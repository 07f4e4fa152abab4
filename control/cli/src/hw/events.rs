//! `sluice hw events`.

use crate::args::{Daemon, HwEvents};
use crate::daemon::connect;
use crate::output::{self, Paint};
use sluice_api::machine::{MachineChange, MachineEvent, MachineQuery};

/// Runs it.
pub fn run(daemon: &Daemon, args: &HwEvents) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    let mut events = client.machine_events(MachineQuery { limit: Some(args.last), after: None })?.events;
    // The newest stands last, next to the prompt.
    events.reverse();
    if args.json {
        return events.iter().try_for_each(|event| output::line(serde_json::to_string(event)?));
    }
    if events.is_empty() {
        return output::line("nothing has gone wrong with this machine since the daemon looks after it");
    }
    output::line(output::table(["time", "", "what", "of", "how"], events.iter().map(row)))
}

fn row(event: &MachineEvent) -> [String; 5] {
    let paint = Paint::stdout();
    let change = event.change.name();
    let change = if event.change == MachineChange::Raised { paint.red(change) } else { paint.green(change) };
    let condition = event.condition.clone();
    [event.at.to_string(), change, condition.kind, condition.subject, condition.what]
}
