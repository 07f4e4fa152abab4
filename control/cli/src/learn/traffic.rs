//! What has passed, one message after the other: capture files through an engine, or the records of a journal.
//!
//! Of a journal everything is as it was recorded: what the log level left out is not there.

use crate::args::learn::From;
use crate::output::Progress;
use crate::policy;
use anyhow::{Context, anyhow, ensure};
use sluice_abi::counters::{Count, Slot};
use sluice_abi::{Facts, Field, LogLevel, record};
use sluice_backtest::journal::{self, Next};
use sluice_engine::{Engine, Input, Scope, Settings, Side, Sink};
use sluice_io::capture;
use sluice_policy::{Source, compile};
use sluice_rules::{Image, Layout, Purpose};
use std::path::Path;
use std::time::Duration;

/// A policy to read traffic by: it says whose numbers are whose, and which fields are worth the work.
pub struct Compiled {
    image: Vec<u8>,
    layout: Layout,
}

impl Compiled {
    /// Of a policy's files.
    pub fn new(source: &Source) -> anyhow::Result<Self> {
        const UNUSED: u64 = 1;
        let compiled = compile(source, UNUSED).map_err(|errors| {
            policy::print_diagnostics(&errors, source);
            anyhow!("nothing was looked at")
        })?;
        let layout = Layout::verify(&compiled.image).map_err(|error| anyhow!("the compiled policy: {error}"))?;
        Ok(Self { image: compiled.image, layout })
    }

    /// The policy.
    pub fn image(&self) -> Image<'_> {
        self.layout.image(&self.image)
    }
}

/// Whether it is the directory of a journal.
pub fn is_journal(from: &From) -> bool {
    matches!(from.from.as_slice(), [journal] if journal.is_dir())
}

/// What it is called in a sentence.
pub fn name(from: &From) -> String {
    from.from.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Where the last so much of the traffic begins, in nanoseconds; everything is read for it once.
pub fn since(from: &From, length: Option<Duration>) -> anyhow::Result<u64> {
    let Some(length) = length else { return Ok(0) };
    let length_ns = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
    let mut last_ns = 0;
    if is_journal(from) {
        each_record(from, &mut |facts| last_ns = last_ns.max(facts.number(Field::TimeNs).unwrap_or(0)))?;
    } else {
        for file in &from.from {
            let mut reader = capture::Reader::open(file)?;
            while let Some(record) = reader.next()? {
                last_ns = last_ns.max(record.timestamp_ns);
            }
        }
    }
    Ok(last_ns.saturating_sub(length_ns))
}

/// Shows every message.
pub fn each(from: &From, image: &Image<'_>, mut see: impl FnMut(&Facts<'_>)) -> anyhow::Result<()> {
    if is_journal(from) {
        return each_record(from, &mut see);
    }
    let journal = from.from.iter().find(|path| path.is_dir());
    ensure!(journal.is_none(), "a journal is read alone: name one directory, or capture files");
    let mut engine = Engine::new(Settings { scope: Scope::Sms, purpose: Purpose::Replay, ..Settings::default() });
    let mut seen = Seen(see);
    from.from.iter().try_for_each(|file| each_message(file, from, &mut engine, image, &mut seen))
}

fn each_message(
    file: &Path,
    from: &From,
    engine: &mut Engine,
    image: &Image<'_>,
    seen: &mut impl Sink,
) -> anyhow::Result<()> {
    let mut reader = capture::Reader::open(file)?;
    let progress = Progress::over_file(file, "reading");
    while let Some(record) = reader.next().context("nothing is said of a capture that cannot be read to its end")? {
        progress.frame(record.octets.len());
        let input = Input {
            octets: record.octets,
            link: record.link_type.0,
            number: record.number,
            time_ns: record.timestamp_ns,
            port: b"",
            side: Side::ByAddress { inside: &from.inside },
            wire: None,
            point_codes: from.point_codes.into(),
        };
        engine.process(&input, Some(image), seen);
    }
    progress.finish();
    Ok(())
}

struct Seen<S>(S);

impl<S> Count for Seen<S> {
    fn add(&mut self, _: Slot, _: u64) {}
}

impl<S: FnMut(&Facts<'_>)> Sink for Seen<S> {
    fn message(&mut self, facts: &mut Facts<'_>, _: LogLevel) {
        (self.0)(facts);
    }
}

fn each_record(from: &From, see: &mut impl FnMut(&Facts<'_>)) -> anyhow::Result<()> {
    let directory = from.from.first().context("no directory")?;
    let read = journal::each(directory, |next, _| {
        // A record of another release cannot be read, and is no reason to read no other.
        if let Next::Record(_, payload) = next
            && let Ok(facts) = record::decode(payload)
        {
            see(&facts);
        }
    });
    read.map(|_| ()).map_err(|why| anyhow!(why))
}
