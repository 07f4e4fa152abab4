//! `sluice counters`: what the dataplane has counted, once or again and again.

use crate::args;
use crate::daemon::connect;
use crate::output;
use sluice_api::counters::Counters;
use std::io::IsTerminal;
use std::time::Duration;

/// Runs it.
pub fn run(daemon: &args::Daemon, args: &args::Counters) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    let mut before: Option<Counters> = None;
    loop {
        let now = client.counters()?;
        if args.json {
            output::line(serde_json::to_string(&now)?)?;
        } else {
            if args.watch && std::io::stdout().is_terminal() {
                print!("\x1b[2J\x1b[H");
            }
            print(&now, before.as_ref(), args.all)?;
        }
        if !args.watch {
            return Ok(());
        }
        before = Some(now);
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn print(now: &Counters, before: Option<&Counters>, all: bool) -> anyhow::Result<()> {
    let rows = now.counters.iter().filter(|c| all || c.total > 0).map(|c| {
        let change = before.and_then(|b| b.total(&c.name)).map(|b| format!("+{}", c.total.saturating_sub(b)));
        [c.name.clone(), c.total.to_string(), change.unwrap_or_default(), c.help.clone()]
    });
    output::line(output::table(["counter", "total", "change", "meaning"], rows))?;
    let latency = &now.latency;
    if latency.count > 0 {
        output::line(format_args!(
            "latency of {} messages: half within {} ns, 99 % within {} ns, 99.9 % within {} ns, longest {} ns",
            latency.count, latency.p50_ns, latency.p99_ns, latency.p999_ns, latency.max_ns
        ))?;
    }
    Ok(())
}
