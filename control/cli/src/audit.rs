//! Who did what, and whether the log of it is whole.

use crate::args::{Audit, AuditCommand, Daemon};
use crate::daemon::connect;
use crate::output;
use anyhow::{Context, bail};
use sluice_api::audit::{AuditChecked, AuditQuery, AuditRow, Chain, Hash};
use sluice_api::client::Client;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Runs it.
///
/// # Errors
/// The daemon does not answer, or the log is not as it was written.
pub fn run(daemon: &Daemon, args: &Audit) -> anyhow::Result<()> {
    match &args.command {
        None => last(&connect(daemon)?, args.last, args.json),
        Some(AuditCommand::Export) => export(&connect(daemon)?),
        Some(AuditCommand::Check { file, head, json }) => {
            let (found, kept) = match file {
                Some(file) => check_file(file, head.map(|head| head.0))?,
                None => check_daemon(&connect(daemon)?, head.map(|head| head.0))?,
            };
            show(&found, *json)?;
            judge(&found, *head, kept)
        }
    }
}

fn last(client: &Client, count: u32, json: bool) -> anyhow::Result<()> {
    let page = client.audit(AuditQuery { limit: Some(count), ..AuditQuery::default() })?;
    if json {
        return output::line(serde_json::to_string_pretty(&page)?);
    }
    let rows = page.rows.iter().rev().map(|row| {
        let AuditRow { id, at, who, what, subject, outcome, .. } = row;
        [id.to_string(), output::moment(*at), who.clone(), what.clone(), subject.clone(), outcome.clone()]
    });
    output::line(output::table(["row", "when", "who", "what", "to what", "outcome"], rows))
}

fn export(client: &Client) -> anyhow::Result<()> {
    output::whole(client.export_audit()?)
}

/// What holds of the daemon's log, and the hash of one row of it.
fn check_daemon(client: &Client, row: Option<u64>) -> anyhow::Result<(AuditChecked, Option<Hash>)> {
    let found = client.check_audit()?;
    let Some(row) = row else { return Ok((found, None)) };
    let query = AuditQuery { after: row.checked_add(1), limit: Some(1) };
    let kept = client.audit(query)?.rows.first().filter(|found| found.id == row).map(|found| found.hash);
    Ok((found, kept))
}

fn check_file(path: &Path, row: Option<u64>) -> anyhow::Result<(AuditChecked, Option<Hash>)> {
    let file = File::open(path).with_context(|| format!("{}", path.display()))?;
    let (mut chain, mut kept) = (Chain::default(), None);
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let at = || format!("{}:{}", path.display(), number + 1);
        let found: AuditRow = serde_json::from_str(&line.with_context(at)?).with_context(at)?;
        if row == Some(found.id) {
            kept = Some(found.hash);
        }
        if !chain.add(&found) {
            break;
        }
    }
    Ok((chain.checked(), kept))
}

fn show(found: &AuditChecked, json: bool) -> anyhow::Result<()> {
    if json {
        return output::line(serde_json::to_string_pretty(found)?);
    }
    output::line(format_args!("rows as they were written: {}; head {}:{}", found.rows, found.rows, found.head))
}

fn judge(found: &AuditChecked, head: Option<(u64, Hash)>, kept: Option<Hash>) -> anyhow::Result<()> {
    if let Some(broken) = &found.broken {
        bail!("the audit log is broken at row {}: {}", broken.id, broken.why);
    }
    match (head, kept) {
        (Some((row, _)), None) => bail!("the audit log was cut: row {row} is not in it any more"),
        (Some((row, head)), Some(kept)) if head != kept => {
            bail!("the audit log was written anew: row {row} had the hash {head}, and has {kept}")
        }
        _ => Ok(()),
    }
}
