//! `sluice events`: the last judged messages, and those that come.

use crate::args::{Daemon, Events, Export};
use crate::daemon::connect;
use crate::output;
use sluice_api::client::Client;
use sluice_api::events::{Event, EventQuery, ExportFormat, Order};
use std::io::Write;

/// Events the daemon gives in one page.
const PAGE_MAX: u32 = 1000;

/// Runs it.
pub fn run(daemon: &Daemon, args: &Events) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    let query = EventQuery {
        rule: args.rule.clone(),
        action: args.action.clone(),
        number: args.number.clone(),
        text: args.text.clone(),
        clear: args.clear.then_some(true),
        ..EventQuery::default()
    };
    if let Some(format) = args.export {
        let format = match format {
            Export::Csv => ExportFormat::Csv,
            Export::Jsonl => ExportFormat::Jsonl,
        };
        return output::whole(client.export_events(&query, format)?);
    }
    let page = last(&client, &query, args.last as usize)?;
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
    // Where none matched, those count too that came meanwhile; where none was asked for, it begins with the next.
    let after = page.last().map(|event| event.id).or((args.last > 0).then_some(0));
    let query = EventQuery { after, ..query };
    for event in client.follow(&query)? {
        write(&mut out, &event?, args.json)?;
        out.flush()?;
    }
    Ok(())
}

/// The last so many events, the oldest of them first, gathered page by page from the newest back.
fn last(client: &Client, query: &EventQuery, wanted: usize) -> anyhow::Result<Vec<Event>> {
    let mut query = EventQuery { order: Some(Order::Newest), ..query.clone() };
    let mut events = Vec::new();
    while events.len() < wanted {
        query.limit = u32::try_from(wanted - events.len()).ok().map(|missing| missing.min(PAGE_MAX));
        let page = client.events(&query)?;
        events.extend(page.events);
        query.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    events.reverse();
    Ok(events)
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
