//! `sluice hw apply` and `sluice hw undo`.

use super::plan::Made;
use crate::args;
use crate::output;
use anyhow::{Context, bail, ensure};
use sluice_platform::{Record, Setting, apply, missing_parameters, settings};
use std::io::{BufRead, IsTerminal, Write};

/// Runs `apply`.
pub fn run(args: &args::Apply) -> anyhow::Result<()> {
    let made = Made::of(&args.planned)?;
    if let Some(example) = &made.example {
        bail!("{example}; there is nothing to apply");
    }
    let settings = settings(&made.root, &made.machine, &made.plan)?;
    let mut record = open_record(&made)?;
    let open: Vec<&Setting> = settings.iter().filter(|one| !one.is_met() && !record.is_kept(one)).collect();
    for setting in &open {
        output::line(format_args!(
            "{}: {} -> {}",
            setting.what,
            setting.is.as_deref().unwrap_or("nothing"),
            setting.should
        ))?;
    }
    if open.is_empty() {
        output::line("nothing to do: the machine is set as planned")?;
    } else if !args.dry_run {
        refuse_the_way_in(&made)?;
        ensure!(args.yes || is_wanted()?, "nothing was changed");
        put_into_force(&made, &open, &mut record)?;
    }
    say_restart(&made)
}

/// Every one of them, whatever becomes of the others.
fn put_into_force(made: &Made, open: &[&Setting], record: &mut Record) -> anyhow::Result<()> {
    let (mut kept, mut refused) = (0, Vec::new());
    for setting in open {
        match apply(&made.root, setting, record) {
            Ok(true) => {}
            Ok(false) => kept += 1,
            Err(error) => refused.push(error.to_string()),
        }
    }
    if kept > 0 {
        output::line(format_args!("{kept} interrupts stay where they are: the kernel moves them itself"))?;
    }
    ensure!(
        refused.is_empty(),
        "{} of {} settings were refused:\n  {}",
        refused.len(),
        open.len(),
        refused.join("\n  ")
    );
    output::line(format_args!("done; `sluice hw undo` takes it back ({})", made.record.display()))
}

/// A card that carries the way to other networks is most likely how one came in.
fn refuse_the_way_in(made: &Made) -> anyhow::Result<()> {
    let routes = std::fs::read_to_string(made.machine_file("proc/net/route")).unwrap_or_default();
    for driver in &made.plan.drivers {
        let Some(card) = made.machine.card(&driver.card).filter(|card| card.driver.as_ref() != Some(&driver.name))
        else {
            continue;
        };
        let is_way_in = |name: &str| routes.lines().any(|line| line.split_whitespace().take(2).eq([name, "00000000"]));
        if let Some(link) = card.links.iter().find(|link| is_way_in(&link.name)) {
            bail!(
                "card {} carries {}, the way to other networks: a port of a tap or wire must be a card of its own",
                driver.card,
                link.name
            );
        }
    }
    Ok(())
}

fn is_wanted() -> anyhow::Result<bool> {
    ensure!(std::io::stdin().is_terminal(), "there is no terminal to ask at; --yes changes it without asking");
    eprint!("Change this? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn say_restart(made: &Made) -> anyhow::Result<()> {
    let missing = missing_parameters(&made.machine, &made.plan);
    if missing.is_empty() {
        return Ok(());
    }
    output::line(format_args!("after the next restart: {}", missing.join(" ")))?;
    if !made.machine_file("boot/efi/sluice").exists() {
        output::line("before it, on Debian: update-grub")?;
    }
    Ok(())
}

/// Runs `undo`.
pub fn undo(args: &args::Undo) -> anyhow::Result<()> {
    let made = Made::of(&args.planned)?;
    let mut record = open_record(&made)?;
    if record.is_empty() {
        return output::line("nothing to undo");
    }
    let (done, refused) = sluice_platform::undo(&made.root, &mut record)?;
    for file in &done {
        output::line(format_args!("as before: {file}"))?;
    }
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    ensure!(
        refused.is_empty(),
        "{} files could not be put back, and stay in the record:\n  {}",
        refused.len(),
        refused.join("\n  ")
    );
    Ok(())
}

/// What was before.
pub fn open_record(made: &Made) -> anyhow::Result<Record> {
    Record::open(&made.root, &made.record)
        .with_context(|| format!("{}: the record of old values", made.record.display()))
}
