//! The pipeline over DPDK's virtual devices, without huge pages, as any machine can.

use crate::port::Limited;
use crate::rig::{Cores, alone_ns, drive};
use crate::{Rounds, Run};
use anyhow::Context;
use sluice_bench::Load;
use sluice_bench::ours::Judged;
use sluice_dataplane::lane::Lane;
use sluice_dpdk::{Device, DpdkPort, Eal, EalConfig, HugePages, PortSpec};
use std::path::Path;

/// Packet buffers: those of the capture, which net_pcap holds ready, and those on the way.
const POOL_FRAMES: u32 = 65_535;
/// Octets of net_null's frames.
const NULL_OCTETS: usize = 250;

/// Measures; from net_null where there is no capture.
///
/// # Errors
/// What could not be read or set up.
pub fn rounds(capture: Option<&Path>, run: &Run) -> anyhow::Result<Rounds> {
    let cores = Cores::plan(run.cores)?;
    let config = EalConfig { huge_pages: HugePages::Off, frames_per_node: POOL_FRAMES, ..EalConfig::default() };
    let eal = Eal::init(&config).context("DPDK")?;
    let (devices, mut wires) = open(&eal, capture, run.cores)?;
    let load = capture.map(|capture| Load::read(capture, None, |_| true)).transpose()?;
    let mut judged = Judged::new(run.log)?;
    let mut rounds = Rounds { alone_ns: Vec::new(), outcomes: Vec::new() };
    for _ in 0..run.rounds {
        if let Some(load) = &load {
            rounds.alone_ns.push(alone_ns(&mut judged, &load.frames(), cores.first())?);
        }
        let registry = eal.clone();
        let prepare = move || registry.register_thread().context("registering a thread with DPDK");
        let lanes = wires.drain(..).enumerate().map(|(core, wire)| lane(core, wire, run.frames)).collect();
        let (outcome, lanes) = drive(run, &cores, lanes, prepare)?;
        rounds.outcomes.push(outcome);
        wires.extend(lanes.into_iter().filter_map(ports));
    }
    drop(wires);
    drop(devices);
    Ok(rounds)
}

type Wire = (DpdkPort, DpdkPort);

fn open(eal: &Eal, capture: Option<&Path>, cores: usize) -> anyhow::Result<(Vec<Device>, Vec<Wire>)> {
    let source = match capture {
        Some(capture) => format!("net_pcap:rx_pcap={},infinite_rx=1", capture.display()),
        None => format!("net_null:size={NULL_OCTETS}"),
    };
    let (mut devices, mut wires) = (Vec::new(), Vec::new());
    for core in 0..cores {
        let mut one = |name: String, device: &str| -> anyhow::Result<DpdkPort> {
            let (device, queues) = eal.open(&PortSpec::new(&name, device)?)?;
            devices.push(device);
            queues.into_iter().next().context("a port without a queue")
        };
        wires.push((one(format!("outside{core}"), &source)?, one(format!("inside{core}"), "net_null:no-rx=1")?));
    }
    Ok((devices, wires))
}

fn lane(core: usize, (outside, inside): Wire, frames: u64) -> Lane<Limited<DpdkPort>> {
    let (source, sink) = (Limited::source(outside, frames), Limited::sink(inside));
    Lane::wire_told_by_address(format!("wire{core}"), source, sink, Vec::new())
}

fn ports(lane: Lane<Limited<DpdkPort>>) -> Option<Wire> {
    let mut ports = lane.into_ports().into_iter().map(Limited::into_inner);
    Some((ports.next()?, ports.next()?))
}
