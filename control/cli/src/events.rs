//! `sluice events`: the last judged messages, and those that come.

use crate::args::{Daemon, Events};
use crate::daemon::connect;
use crate::output;
use sluice_api::events::{Event, EventQuery, Order};
use std::io::Write;

/// Runs it.
pub fn run(daemon: &Daemon, args: &Events) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    let query = EventQuery {
        limit: Some(args.last.clamp(1, 1000)),
        rule: args.rule.clone(),
        action: args.action.clone(),
        number: args.number.clone(),
        order: Some(Order::Newest),
        clear: args.clear.then_some(true),
        ..EventQuery::default()
    };
    let mut page = client.events(&query)?.events;
    page.reverse();
    let mut out = std::io::stdout().lock();
    for event in &page {
        write(&mut out, event, args.json)?;
    }
    if !args.follow {
        if page.is_empty() && !args.json {
            eprintln!(
                "no events match; `sluice status` says what the dataplane does, `sluice counters` what it has seen"
            );
        }
        return Ok(());
    }
    let after = page.last().map_or(0, |event| event.id);
    let query = EventQuery { after: Some(after), limit: None, order: None, ..query };
    for event in client.follow(&query)? {
        write(&mut out, &event?, args.json)?;
        out.flush()?;
    }
    Ok(())
}

fn write(out: &mut impl Write, event: &Event, json: bool) -> anyhow::Result<()> {
    let record = event.record.get();
    if json {
        let members = record.trim_start().strip_prefix('{').unwrap_or(record);
        writeln!(out, "{{\"id\":{},{members}", event.id)?;
    } else {
        writeln!(out, "{:>8} {}", event.id, output::summary(&serde_json::from_str(record)?))?;
    }
    Ok(())
}
