//! `sluice backtest`: a policy over captures or a journal; `sluice policy shadow`: the same report from the daemon.

mod show;

use crate::args::{self, Daemon};
use crate::daemon::connect;
use crate::output::{self, Progress};
use crate::policy;
use anyhow::{Context, anyhow, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sluice_abi::json::Privacy;
use sluice_api::Timestamp;
use sluice_api::backtest::{Backtest, ShadowQuery};
use sluice_backtest::captures::{Captures, Form};
use sluice_backtest::{Past, Settings, journal};
use sluice_policy::compile;
use sluice_rules::{Image, Layout};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Runs it.
pub fn run(daemon: &Daemon, args: &args::Backtest) -> anyhow::Result<()> {
    let new = Compiled::load(daemon, &args.policy)?;
    let former = args.baseline.as_deref().map(|name| Compiled::load(daemon, name)).transpose()?;
    let former = former.as_ref().map(Compiled::image);
    let settings = Settings {
        examples: args.examples as usize,
        privacy: if args.clear { Privacy::Clear } else { Privacy::Masked },
        from_ns: args.from.map_or(0, nanoseconds),
        until_ns: args.to.map_or(u64::MAX, nanoseconds),
    };
    let report = match args.against.as_slice() {
        [journal] if journal.is_dir() => over_journal(Past::new(former, new.image(), settings), journal)?,
        files => {
            let journal = files.iter().find(|file| file.is_dir());
            ensure!(journal.is_none(), "a journal is judged alone: name one directory, or capture files");
            over_captures(Captures::new(former, new.image(), settings), files, args)?
        }
    };
    if args.json {
        output::line(serde_json::to_string_pretty(&report)?)?
    } else {
        show::change(&report)?
    }
    let (share, limit) = (report.changed_share(), args.fail_above.unwrap_or(1.0));
    ensure!(share <= limit, "{}, which is more than the {} % allowed", report.sentence(), limit * 100.0);
    Ok(())
}

/// What rules in shadow and offline would have done, as the daemon sees it.
pub fn shadow(daemon: &Daemon, args: &args::Shadow) -> anyhow::Result<()> {
    let since = SystemTime::now().checked_sub(args.since).map_or(0, nanoseconds);
    let query = ShadowQuery { since: Some(Timestamp::from_ns(since)), examples: Some(args.examples) };
    let report = connect(daemon)?.shadow(query)?;
    if args.json { output::line(serde_json::to_string_pretty(&report)?) } else { show::shadow(&report) }
}

/// A policy ready to judge.
struct Compiled {
    image: Vec<u8>,
    layout: Layout,
}

impl Compiled {
    fn load(daemon: &Daemon, name: &str) -> anyhow::Result<Self> {
        const UNUSED: u64 = 1;
        let source = policy::source(daemon, name)?;
        let compiled = compile(&source, UNUSED).map_err(|errors| {
            policy::print_diagnostics(&errors, &source);
            anyhow!("the policy {name} is refused, so nothing was judged")
        })?;
        let layout = Layout::verify(&compiled.image).map_err(|error| anyhow!("the compiled policy: {error}"))?;
        Ok(Self { image: compiled.image, layout })
    }

    fn image(&self) -> Image<'_> {
        self.layout.image(&self.image)
    }
}

fn over_journal(mut past: Past<'_>, directory: &Path) -> anyhow::Result<Backtest> {
    // A journal does not say beforehand how much is in it.
    let progress = ProgressBar::no_length().with_style(ProgressStyle::with_template("{msg} {human_pos} records")?);
    progress.set_message("judging");
    let done = journal::run(&mut past, directory, |read| progress.set_position(read.records));
    progress.finish_and_clear();
    done.map_err(|why| anyhow!(why))?;
    Ok(past.finish())
}

fn over_captures(mut captures: Captures<'_>, files: &[PathBuf], args: &args::Backtest) -> anyhow::Result<Backtest> {
    let form = Form { point_codes: args.point_codes.into(), inside: &args.inside };
    for file in files {
        let progress = Progress::over_file(file, "judging");
        let done = captures.run(file, form, |octets| progress.frame(octets));
        progress.finish();
        done.context("nothing is reported of a capture that cannot be read to its end")?;
    }
    Ok(captures.finish())
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
