//! One run of the dataplane's own threads over lanes that end.

use crate::Run;
use crate::outcome::Outcome;
use crate::port::Limited;
use anyhow::Context;
use sluice_bench::clock::cpu_time;
use sluice_bench::ours::{Judged, Starter};
use sluice_bench::{Frame, Pass};
use sluice_dataplane::config::Idle;
use sluice_dataplane::cores;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::LoadedPolicy;
use sluice_dataplane::poll::{RingFull, Until};
use sluice_dataplane::runtime::{Lanes, Options, Role, Runtime};
use sluice_engine::Settings;
use sluice_io::{Port, WallClock};
use sluice_shm::counters::CounterReader;
use sluice_shm::image::MappedImage;
use sluice_shm::journal;
use std::path::{Path, PathBuf};

/// Which thread runs where.
#[derive(Clone, Debug)]
pub struct Cores {
    poll: Vec<usize>,
    writer: usize,
}

impl Cores {
    /// Poll cores from the machine's last core down; the writer on its first. Ask before DPDK pins the thread.
    ///
    /// # Errors
    /// That there are fewer cores than asked for.
    pub fn plan(wanted: usize) -> anyhow::Result<Self> {
        let mut all: Vec<usize> =
            core_affinity::get_core_ids().unwrap_or_default().iter().map(|core| core.id).collect();
        all.sort_unstable();
        let writer = *all.first().context("the cores of this machine cannot be told")?;
        anyhow::ensure!((1..=all.len()).contains(&wanted), "{wanted} poll cores, and this process may use {all:?}");
        Ok(Self { poll: all.into_iter().rev().take(wanted).collect(), writer })
    }

    /// The core that is measured.
    pub fn first(&self) -> usize {
        self.poll.first().copied().unwrap_or(self.writer)
    }
}

/// One lane for each poll core, once through. `prepare` runs in every thread after it is pinned.
///
/// # Errors
/// What could not be set up, or what a thread failed with.
pub fn drive<P: Port + 'static, G>(
    run: &Run,
    cores: &Cores,
    lanes: Vec<Lane<Limited<P>>>,
    prepare: impl Fn() -> anyhow::Result<G> + Clone + Send + 'static,
) -> anyhow::Result<(Outcome, Vec<Lane<Limited<P>>>)> {
    let base = run.dir.clone().unwrap_or_else(std::env::temp_dir);
    std::fs::create_dir_all(&base).with_context(|| base.display().to_string())?;
    let folder = tempfile::tempdir_in(&base).with_context(|| base.display().to_string())?;
    let options = options(folder.path());
    let lanes = lanes.into_iter().map(|lane| {
        let mut once = Some(vec![lane]);
        Box::new(move || once.take()) as Lanes<Limited<P>>
    });
    let plan = cores.clone();
    let pin = move |role| {
        let core = match role {
            Role::Poll(number) => plan.poll.get(number).copied(),
            Role::Writer => Some(plan.writer),
        };
        core.map_or(Ok(()), cores::pin)?;
        prepare()
    };
    let policy = policy(run, folder.path())?;
    let clocks = (WallClock::new, WallClock::new());
    let runtime = Runtime::start(&options, lanes.collect(), Some(policy), clocks, pin)?;
    let lanes = runtime.join()?;
    let counters = CounterReader::open(&options.counters)?.snapshot()?;
    let spans = lanes.iter().filter_map(|lane| lane.ports().find_map(Limited::span)).collect();
    let stats = lanes.iter().flat_map(|lane| lane.ports().map(Port::stats)).collect();
    Ok((Outcome::new(spans, stats, &counters), lanes))
}

fn policy(run: &Run, folder: &Path) -> anyhow::Result<std::sync::Arc<LoadedPolicy>> {
    let path: PathBuf = folder.join("policy.image");
    std::fs::write(&path, Starter::compile(run.log)?.octets())?;
    LoadedPolicy::verify(MappedImage::from_file(&path, false)?)
}

fn options(folder: &Path) -> Options {
    Options {
        counters: folder.join("counters"),
        journal: folder.join("journal"),
        journal_config: journal::Config {
            segment_octets: 64 << 20,
            octets_max: 512 << 20,
            when_full: journal::WhenFull::DropOldest,
        },
        commit_interval_ns: 100_000_000,
        engine: Settings::default(),
        idle: Idle::Spin,
        ring_full: RingFull::Lose,
        until: Until::Exhausted,
    }
}

/// Nanoseconds a frame for the engine alone: decoding, rules and record on this thread.
pub fn alone_ns(judged: &mut Judged, frames: &[Frame<'_>], core: usize) -> anyhow::Result<f64> {
    cores::pin(core)?;
    let start = cpu_time();
    let seen = judged.run(frames);
    let ns = (cpu_time() - start).as_nanos() as f64;
    anyhow::ensure!(seen.messages > 0, "no message was judged");
    Ok(ns / frames.len() as f64)
}
