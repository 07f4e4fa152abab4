//! `sluice hw check`.

use super::apply::open_record;
use super::plan::Made;
use crate::args;
use crate::output;
use anyhow::bail;
use sluice_platform::{Setting, missing_parameters, settings};

/// Runs it.
pub fn run(args: &args::Check) -> anyhow::Result<()> {
    let made = Made::of(&args.planned)?;
    if let Some(example) = &made.example {
        bail!("{example}; there is nothing to compare with");
    }
    let drift = drift(&made)?;
    if args.json {
        output::line(serde_json::to_string(&drift)?)?;
    } else {
        drift.iter().try_for_each(output::line)?;
    }
    match drift.len() {
        0 if args.json => Ok(()),
        0 => output::line("the machine runs as planned"),
        1 => bail!("the machine differs from the plan in one place"),
        more => bail!("the machine differs from the plan in {more} places"),
    }
}

/// What differs, a sentence each.
fn drift(made: &Made) -> anyhow::Result<Vec<String>> {
    let mut drift = Vec::new();
    let record = open_record(made)?;
    let differs = |setting: &&Setting| !setting.is_met() && !record.is_kept(setting);
    for setting in settings(&made.root, &made.machine, &made.plan)?.iter().filter(differs) {
        let is = setting.is.as_deref().unwrap_or("nothing");
        drift.push(format!("{}: {is}, planned {} ({})", setting.what, setting.should, setting.file));
    }
    let missing = missing_parameters(&made.machine, &made.plan);
    drift.extend(missing.iter().map(|text| format!("the kernel was started without {text}")));
    if let Some(config) = &made.config {
        let planned: Vec<usize> = made.plan.poll.iter().map(|poll| poll.cpu as usize).collect();
        let (cores, plan) = (&config.cores, &made.plan);
        if cores.poll != planned {
            drift.push(format!("[cores] poll is {:?}, planned {planned:?}", cores.poll));
        }
        let others = [("housekeeping", cores.housekeeping, plan.housekeeping), ("writer", cores.writer, plan.writer)];
        let differs = others.iter().filter(|(_, is, should)| *is != *should as usize);
        drift.extend(differs.map(|(name, is, should)| format!("[cores] {name} is {is}, planned {should}")));
        if config.memory.frames < plan.frames {
            drift.push(format!("[memory] frames is {}, planned {}", config.memory.frames, plan.frames));
        }
    }
    Ok(drift)
}
