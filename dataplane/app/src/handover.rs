//! One dataplane takes over from another on the same configuration, so that a new release loses no association.
//!
//! ```text
//!  new                                                             old
//!  EAL, packet memory, policy, tables, threads: prepared           serves
//!  opens the ports two can have open, and empties them             serves
//!     ── HandOver ──────────────────────────────────────────────▶  serves what has come, at most a millisecond
//!        from now on frames of those ports wait here               ends its poll cores, closes the other ports
//!     ◀──────────────────────────────────────── Done, policy n ──
//!  opens the other ports, serves ──────── the interruption ends    empties its rings into the journal
//!     records wait in the rings                                    closes journal, cores, socket
//!     ◀─────────────────────────────────────── connection ends ──  ends
//!  takes cores, socket, journal, counters: as after any start
//! ```
//! Which ports two can have open: `net_af_packet` gives a copy to each, so a frame may cross twice in that moment and
//! none is lost; SCTP and TCP see a duplicate. `net_af_xdp` has one socket a queue: between the two, frames go by the
//! kernel's bridge where the wire has one, and are lost where it has none. A card is reset by the one that opens it.
//!
//! Associations that are spliced are handed over in a file each poll core gives up with its lanes (`spliced.rs`).
//! What is not handed over is what a restart loses too: TSNs seen (a message whose frame is sent again across that moment
//! is judged and recorded twice), open dialogues (an answer to a refused request passes as the destination gave it),
//! fragments held, counts of the policy. Associations are picked up in mid-life.
//!
//! If the new one fails before it asks, the old one goes on. If it fails after it was answered, nobody serves until the
//! next start: wires are bypassed meanwhile as they are when a dataplane dies.

use crate::config::Config;
use crate::cores::{self, CoreLocks};
use crate::home;
use crate::lane::Lane;
use crate::live::{
    LanesByCore, PortQueues, Running, bind, eal, housekeeping, kept_policy, lanes, open, options, preparing, spec,
    splicing,
};
use crate::notify;
use crate::policy::LoadedPolicy;
use crate::runtime::{Kinds, Lanes, Prepared, Runtime, Served};
use anyhow::{Context, anyhow, ensure};
use sluice_abi::command::{Code, Reply, Request};
use sluice_dpdk::{Device, DeviceSpec, DpdkPort, Eal, PortSpec};
use sluice_io::{Burst, Clock, Port, WallClock};
use sluice_shm::command::{Client, PeerId, Server};
use sluice_shm::journal::Writer;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// How long the old one may take for its part: its journal may be slow.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long poll cores go on with what has come before they end.
const LAST_LOOK: Duration = Duration::from_millis(1);

/// Takes over from the dataplane that listens on the command socket of this configuration. Gives what there is to say of
/// it once everything runs.
///
/// # Errors
/// There is none, it refuses, or something could not be opened.
pub(crate) fn take_over(config: &Config) -> anyhow::Result<(Running, String)> {
    let path = config.paths.command_socket();
    let mut old = Client::connect(&path, PATIENCE)
        .map_err(|error| anyhow!("there is no dataplane to take over from ({error}); start without --take-over"))?;
    // What takes long is done beside the old one, not on its cores.
    cores::pin(config.cores.housekeeping)?;
    let specs = config.port.iter().map(spec).collect::<Result<Vec<_>, _>>()?;
    let eal = eal(config, &specs)?;
    let first = kept_policy(config);
    let meanwhile = vec![config.cores.housekeeping; config.cores.poll.len()];
    let (gates, prepared) = prepare(config, &eal, first.clone(), &meanwhile)?;
    let (shared, exclusive): (Vec<_>, Vec<_>) = specs.iter().partition(|spec| can_be_open_twice(spec));
    let (mut devices, mut ports) = (Vec::new(), PortQueues::new());
    open(&eal, shared, &mut devices, &mut ports)?;
    prepared.wait_until_ready()?;
    drop_copies(&specs, &mut ports);

    let clock = WallClock::new();
    let asked_ns = clock.now_ns();
    let reply = old.ask(&Request::HandOver, None).map_err(|error| anyhow!("the old dataplane: {error}"))?;
    ensure!(reply.code == Code::Done, "the old dataplane refuses: {}", reply.text);
    notify::become_the_service();
    for spec in exclusive {
        open_when_free(&eal, spec, &mut devices, &mut ports)?;
    }
    let (lanes, cores) = lanes(config, &mut ports)?;
    open_gates(gates, lanes)?;
    let took_us = clock.now_ns().saturating_sub(asked_ns) / 1000;

    old.wait_for_end().context("the old dataplane does not end")?;
    let locks = CoreLocks::take(&config.cores)?;
    let server = bind(&config.paths)?;
    let options = options(config);
    let journal = Writer::open(&options.journal, options.journal_config).context("the journal")?;
    let mut runtime = prepared.begin(journal)?;
    catch_up(config, first, &mut runtime)?;
    let housekeeping = housekeeping(config, server);
    let said = format!("taken over; from the question to the first look at the ports {took_us} us");
    Ok((Running { housekeeping, runtime, devices, cores, huge_pages: eal.huge_pages(), locks }, said))
}

/// A gate for each poll core; behind it, tables ready, waits the core. It makes them on the core given for it.
pub(crate) fn prepare(
    config: &Config,
    eal: &Eal,
    first: Option<Arc<LoadedPolicy>>,
    meanwhile: &[usize],
) -> anyhow::Result<(Vec<Gate>, Prepared<DpdkPort>)> {
    let kinds = Kinds { wires: !config.wire.is_empty(), taps: !config.tap.is_empty() };
    let (mut gates, mut served) = (Vec::new(), Vec::new());
    for (number, &core) in config.cores.poll.iter().enumerate() {
        let (gate, lanes) = gate(core);
        gates.push(gate);
        served.push(Served { lanes, kinds: Some(kinds), splicing: splicing(config, number) });
    }
    let clocks = (WallClock::new, WallClock::new());
    let mut options = options(config);
    options.engine.home = home::open(config)?;
    let prepared = Runtime::prepare(&options, served, first, clocks, preparing(config, eal, meanwhile.to_vec()))?;
    Ok((gates, prepared))
}

pub(crate) type Gate = Sender<Vec<Lane<DpdkPort>>>;

/// Who waits for the lanes goes to its core when they come.
fn gate(core: usize) -> (Gate, Lanes<DpdkPort>) {
    let (gate, come) = channel();
    let lanes = Box::new(move || {
        let lanes = come.recv().ok()?;
        if let Err(error) = cores::pin(core) {
            eprintln!("sluice-dataplane: {error:#}");
        }
        Some(lanes)
    });
    (gate, lanes)
}

pub(crate) fn open_gates(gates: Vec<Gate>, lanes: LanesByCore) -> anyhow::Result<()> {
    let mut pairs = gates.into_iter().zip(lanes);
    pairs.try_for_each(|(gate, lanes)| gate.send(lanes)).map_err(|_| anyhow!("a poll thread has ended"))
}

/// What was pushed to the old one while this one began.
fn catch_up(config: &Config, first: Option<Arc<LoadedPolicy>>, runtime: &mut Runtime<DpdkPort>) -> anyhow::Result<()> {
    let Some(newest) = kept_policy(config) else { return Ok(()) };
    let is_known = first
        .is_some_and(|first| first.octets() == newest.octets() && first.changes_octets() == newest.changes_octets());
    if is_known {
        return Ok(());
    }
    runtime.policies.bring_into_force(newest, || {
        std::thread::yield_now();
        true
    })
}

/// The kernel frees a queue a moment after its socket has gone. A try that fails costs the frames it had made ready: the
/// driver forgets them. So there are few, and the pool stays the same one.
fn open_when_free(
    eal: &Eal,
    spec: &PortSpec,
    devices: &mut Vec<Arc<Device>>,
    ports: &mut PortQueues,
) -> anyhow::Result<()> {
    let _pool = eal.mempool(ANY_NODE)?;
    for _ in 1..TRIES {
        if open(eal, [spec], devices, ports).is_ok() {
            return Ok(());
        }
        std::thread::park_timeout(BETWEEN_TRIES);
    }
    open(eal, [spec], devices, ports)
}

const TRIES: usize = 4;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);
/// Virtual devices have none of their own.
const ANY_NODE: i32 = -1;

/// AF_PACKET gives every socket its copy.
fn can_be_open_twice(spec: &PortSpec) -> bool {
    matches!(&spec.device, DeviceSpec::Virtual { driver, .. } if driver == "net_af_packet")
}

/// Drops the copies that have come to AF_PACKET: the old one has the frames, or the kernel's bridge.
pub(crate) fn drop_copies(specs: &[PortSpec], ports: &mut PortQueues) {
    let mut burst = Burst::new();
    for spec in specs.iter().filter(|spec| can_be_open_twice(spec)) {
        for port in ports.get_mut(&spec.name).into_iter().flatten().flatten() {
            // Bounded: on a busy line there may never be none.
            for _ in 0..BURSTS_MAX {
                if port.receive(&mut burst) == 0 {
                    break;
                }
                port.release(&mut burst);
            }
        }
    }
}

/// More than the longest ring holds.
const BURSTS_MAX: usize = 4096;

/// The old one's part: lets poll cores serve what has come, ends them, and closes what the new one cannot open meanwhile.
pub(crate) fn free_ports(running: &mut Running) {
    pass_by(&running.devices);
    drop(running.runtime.stop_polling());
    let open = running.devices.len();
    running.devices.retain(|device| device.capabilities().driver == "net_af_packet");
    if running.devices.len() < open {
        std::thread::park_timeout(RELEASE);
    }
}

/// What the kernel usually takes to free the queues of sockets that have gone. Frames go by the bridge meanwhile.
const RELEASE: Duration = Duration::from_millis(30);

/// From here on frames of AF_XDP go on into the kernel, and those that came before are served.
pub(crate) fn pass_by(devices: &[Arc<Device>]) {
    for device in devices {
        for queue in 0..device.xsk_places().len() {
            if let Err(error) = device.redirect(queue, false) {
                eprintln!("sluice-dataplane: {error}");
            }
        }
    }
    std::thread::park_timeout(LAST_LOOK);
}

/// Who asked may have gone. Then nobody takes over, and it is as if this one had been told to stop.
pub(crate) fn answer(server: &mut Server, peer: PeerId, version: u64) {
    if !server.reply(peer, &Reply { code: Code::Done, version, text: String::new() }) {
        eprintln!("sluice-dataplane: who asked to take over has gone");
    }
}
