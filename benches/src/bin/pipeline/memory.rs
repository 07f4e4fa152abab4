//! The pipeline over memory ports: frames are copied into buffers of a pool, judged, and freed by the other port.

use crate::port::Limited;
use crate::rig::{Cores, alone_ns, drive};
use crate::{Rounds, Run};
use sluice_bench::Load;
use sluice_bench::ours::Judged;
use sluice_dataplane::lane::Lane;
use sluice_io::FrameMeta;
use sluice_io::memory::{MemoryPort, Pool, Preload};
use std::path::Path;

/// Buffers of a lane's pool: some bursts, as a card's queue has.
const POOL_FRAMES: usize = 1024;
const FRAME_OCTETS: usize = 2048;

/// Measures.
///
/// # Errors
/// What could not be read or set up.
pub fn rounds(capture: &Path, run: &Run) -> anyhow::Result<Rounds> {
    let cores = Cores::plan(run.cores)?;
    let load = Load::read(capture, None, |_| true)?;
    let frames = load.frames();
    let mut judged = Judged::new(run.log)?;
    let mut rounds = Rounds { alone_ns: Vec::new(), outcomes: Vec::new() };
    for _ in 0..run.rounds {
        rounds.alone_ns.push(alone_ns(&mut judged, &frames, cores.first())?);
        let lanes = (0..run.cores).map(|core| lane(core, &load, run.frames)).collect();
        rounds.outcomes.push(drive(run, &cores, lanes, || Ok(()))?.0);
    }
    Ok(rounds)
}

/// Both directions come in by one side, and the point codes tell them apart.
fn lane(core: usize, load: &Load, frames: u64) -> Lane<Limited<MemoryPort>> {
    let pool = Pool::new(POOL_FRAMES, FRAME_OCTETS);
    let octets = load.frames().iter().map(|frame| (frame.octets.into(), FrameMeta::default())).collect();
    let source = MemoryPort::preloaded("outside", &pool, Preload::new(octets, u64::MAX, 0));
    let (source, sink) = (Limited::source(source, frames), Limited::sink(MemoryPort::sink("inside", &pool)));
    Lane::wire_told_by_address(format!("wire{core}"), source, sink, Vec::new())
}
