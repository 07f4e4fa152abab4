//! A live dataplane: DPDK ports, pinned threads, the command socket.

mod settings;

pub(crate) use settings::{options, splicing};

use crate::bypass::{self, CoresByWire};
use crate::cards;
use crate::config::{self, Config, HugePages, OnFailure, SpreadBy};
use crate::cores::{self, CoreLocks};
use crate::disk;
use crate::guardian::Guardian;
use crate::handover;
use crate::housekeeping::{Housekeeping, Next, last_policy};
use crate::lane::Lane;
use crate::notify::Life;
use crate::policy::LoadedPolicy;
use crate::poll::Stop;
use crate::runtime::{Role, Runtime};
use crate::signals;
use crate::spliced::Names;
use crate::watchdog::{Seen, Watchdog};
use anyhow::{Context, anyhow};
use settings::{changes, form_of};
use sluice_dpdk::{Device, DpdkPort, Eal, EalConfig, PortSpec, Rss, ThreadRegistration};
use sluice_io::{Clock, WallClock};
use sluice_shm::Cause;
use sluice_shm::command::{PeerId, Server};
use sluice_shm::counters::CounterReader;
use sluice_shm::journal::Writer;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

/// Serves until a command or a signal says stop. Begins with nothing, or takes over from the dataplane that runs on the
/// same configuration.
///
/// # Errors
/// What could not be opened or failed, with what to do about it.
pub fn run(config: &Config, takes_over: bool) -> anyhow::Result<()> {
    cores::check(&config.cores)?;
    for directory in [&config.paths.run_dir, &config.paths.state_dir] {
        std::fs::create_dir_all(directory).with_context(|| format!("{}", directory.display()))?;
    }
    let stop = signals::on_terminate()?;
    let (mut running, said) = if takes_over { handover::take_over(config)? } else { begin(config)? };
    cores::pin(config.cores.housekeeping)?;
    let mut watching = Watching::start(config, &running)?;
    let cards = cards::of(&running.devices);
    // The last line is the one that says that it serves: who waits for it may stop listening then.
    cards::said(config, &cards).iter().for_each(|line| eprintln!("sluice-dataplane: {line}"));
    eprintln!("sluice-dataplane: {said}");
    let (clock, mut life) = (WallClock::new(), Life::begin(&said));
    let about = format!("{},{}", about(config, running.huge_pages), cards::status(&cards));
    let peer = loop {
        if running.runtime.has_lost_a_thread() || stop.is_set() {
            break None;
        }
        life.go_on(clock.now_ns(), watching.seen.stalled_cores());
        watching.seen.count(&mut running.runtime.block);
        running.housekeeping.about = format!("{about},{},{}", watching.status(), running.spliced());
        match running.serve()? {
            Next::GoOn => {}
            Next::Stop => break None,
            Next::HandOver(peer) => break Some(peer),
        }
    };
    match peer {
        // The service goes on, in another process.
        Some(peer) => running.hand_over(watching, peer),
        None => {
            life.end();
            running.stop(watching)
        }
    }
}

/// A dataplane at work. The locks go last: who waits for them may then have everything else.
pub(crate) struct Running {
    pub(crate) housekeeping: Housekeeping<WallClock>,
    pub(crate) runtime: Runtime<DpdkPort>,
    pub(crate) devices: Vec<Arc<Device>>,
    pub(crate) cores: CoresByWire,
    pub(crate) huge_pages: bool,
    pub(crate) locks: CoreLocks,
}

impl Running {
    fn serve(&mut self) -> anyhow::Result<Next> {
        let Runtime { policies, traces, block, .. } = &mut self.runtime;
        self.housekeeping.serve(policies, traces, block)
    }

    /// What `status` tells of the associations for which fail-open cannot hold, by poll core.
    fn spliced(&self) -> String {
        let by_core: Vec<_> = self.runtime.spliced.iter().map(Names::json).collect();
        format!("\"spliced\":[{}]", by_core.join(","))
    }

    fn stop(self, watching: Watching) -> anyhow::Result<()> {
        // The guardian acts before nobody serves: a frame that crosses twice is better than one that is lost.
        drop(watching.stop());
        handover::pass_by(&self.devices);
        drop(self.runtime.stop()?);
        Ok(())
    }

    /// Frees the ports, says so, then everything else; the connection to who asked goes last.
    fn hand_over(mut self, watching: Watching, peer: PeerId) -> anyhow::Result<()> {
        if let Some(guardian) = watching.stop() {
            guardian.dismiss();
        }
        handover::free_ports(&mut self);
        let version = self.runtime.policies.current().map_or(0, |policy| policy.version());
        handover::answer(&mut self.housekeeping.server, peer, version);
        let Self { housekeeping, runtime, devices, locks, .. } = self;
        drop(runtime.stop()?);
        drop((devices, locks));
        drop(housekeeping);
        eprintln!("sluice-dataplane: handed over");
        Ok(())
    }
}

/// Those who watch over a dataplane.
struct Watching {
    seen: Arc<Seen>,
    guardian: Option<Guardian>,
    thread: JoinHandle<()>,
    stop: Stop,
}

impl Watching {
    fn start(config: &Config, running: &Running) -> anyhow::Result<Self> {
        let wires = bypass::watched(config, &running.devices, &running.cores)?;
        let counters = CounterReader::open(&config.paths.counters())?;
        let stalled_ns = config.watchdog.stalled_ms.saturating_mul(1_000_000);
        let watchdog = Watchdog::new(stalled_ns, counters, wires, WallClock::new());
        let (seen, stop) = (watchdog.seen(), Stop::default());
        let thread = watchdog.start(Arc::clone(&stop)).context("the watchdog thread")?;
        let plan = bypass::plan(config, &running.devices)?;
        let guardian = plan.as_ref().map(Guardian::start).transpose()?;
        Ok(Self { seen, guardian, thread, stop })
    }

    fn status(&mut self) -> String {
        let guarded = self.guardian.as_mut().map_or("null", |g| if g.is_watching() { "true" } else { "false" });
        format!("{},\"guarded\":{guarded}", self.seen.status())
    }

    /// Nothing is switched any more; the guardian is given back.
    fn stop(self) -> Option<Guardian> {
        self.stop.store(true, Ordering::Relaxed);
        // It has nothing to say.
        let _ended = self.thread.join();
        self.guardian
    }
}

fn begin(config: &Config) -> anyhow::Result<(Running, String)> {
    let locks = CoreLocks::take(&config.cores)?;
    disk::check(&config.paths, &config.journal)?;
    // Before the ports: nothing may be taken off a wire by a dataplane that cannot be commanded.
    let server = bind(&config.paths)?;
    let specs = config.port.iter().map(spec).collect::<Result<Vec<_>, _>>()?;
    let eal = eal(config, &specs)?;
    let first = kept_policy(config);
    let options = options(config);
    let journal = Writer::open(&options.journal, options.journal_config).context("the journal")?;
    let (gates, prepared) = handover::prepare(config, &eal, first.clone(), &config.cores.poll)?;
    // The tables are there before the ports: what comes while they are made would wait, or cross by the bridge as well.
    prepared.wait_until_ready()?;
    let (mut devices, mut ports) = (Vec::new(), PortQueues::new());
    open(&eal, &specs, &mut devices, &mut ports)?;
    if config.wire.iter().any(|wire| wire.on_failure == OnFailure::Bypass) {
        handover::drop_copies(&specs, &mut ports);
    }
    let (lanes, cores) = lanes(config, &mut ports)?;
    let runtime = prepared.begin(journal)?;
    handover::open_gates(gates, lanes)?;
    let said = set_up(config, devices.len(), &eal, first.as_ref());
    let housekeeping = housekeeping(config, server);
    Ok((Running { housekeeping, runtime, devices, cores, huge_pages: eal.huge_pages(), locks }, said))
}

pub(crate) fn housekeeping(config: &Config, server: Server) -> Housekeeping<WallClock> {
    let last_policy = config.paths.last_policy();
    Housekeeping { server, last_policy, clock: WallClock::new(), about: String::new() }
}

/// A policy that cannot be taken up is said, and nothing more: frames go on without.
pub(crate) fn kept_policy(config: &Config) -> Option<Arc<LoadedPolicy>> {
    last_policy(&config.paths.last_policy()).unwrap_or_else(|error| {
        eprintln!("sluice-dataplane: the last policy is not taken up: {error:#}");
        None
    })
}

fn set_up(config: &Config, devices: usize, eal: &Eal, first: Option<&Arc<LoadedPolicy>>) -> String {
    format!(
        "{devices} ports, {} poll cores, huge pages {}, policy {}",
        config.cores.poll.len(),
        if eal.huge_pages() {
            "in use"
        } else {
            "not in use (too few are free or they are off): packet memory lies on normal pages"
        },
        first.map_or("none".to_owned(), |p| p.version().to_string())
    )
}

/// What every thread does first: it goes to its core and makes itself known to DPDK. Without that every packet buffer
/// would be taken from and given back to the shared pool one by one.
pub(crate) fn preparing(
    config: &Config,
    eal: &Eal,
    poll: Vec<usize>,
) -> impl Fn(Role) -> anyhow::Result<ThreadRegistration> + Clone + Send + 'static {
    let (registry, writer) = (eal.clone(), config.cores.writer);
    move |role| {
        let core = match role {
            Role::Poll(number) => poll.get(number).copied(),
            Role::Writer => Some(writer),
        };
        if let Some(core) = core {
            cores::pin(core)?;
        }
        registry.register_thread().context("registering a thread with DPDK")
    }
}

pub(crate) fn bind(paths: &config::Paths) -> anyhow::Result<Server> {
    let path = paths.command_socket();
    Server::bind(&path).map_err(|error| match error.cause {
        Cause::InUse => anyhow!(
            "{}: another sluice-dataplane listens here; stop that one, or give this one another run_dir in [paths]",
            path.display()
        ),
        _ => anyhow!("the command socket: {error}"),
    })
}

pub(crate) fn spec(port: &config::Port) -> anyhow::Result<PortSpec> {
    let spec = PortSpec::new(&port.name, &port.device).map_err(|error| of_port(&port.name, &error))?;
    let rss = match port.spread_by {
        SpreadBy::Addresses => Rss::IpPair,
        SpreadBy::Ports => Rss::SctpPorts,
    };
    Ok(PortSpec { queues: port.queues, rss, ..spec })
}

/// Says which port it is about, and what else if it is not about all of it.
fn of_port(name: &str, error: &sluice_dpdk::Error) -> anyhow::Error {
    if error.subject == name { anyhow!("port `{name}`: {}", error.problem) } else { anyhow!("port `{name}`: {error}") }
}

pub(crate) fn eal(config: &Config, specs: &[PortSpec]) -> anyhow::Result<Eal> {
    let huge_pages = match config.memory.huge_pages {
        HugePages::Auto => sluice_dpdk::HugePages::Auto,
        HugePages::On => sluice_dpdk::HugePages::On,
        HugePages::Off => sluice_dpdk::HugePages::Off,
    };
    let eal = EalConfig { huge_pages, frames_per_node: config.memory.frames, ..EalConfig::for_ports(specs) };
    Eal::init(&eal).context("DPDK")
}

pub(crate) type PortQueues = BTreeMap<String, Vec<Option<DpdkPort>>>;

pub(crate) fn open<'s>(
    eal: &Eal,
    specs: impl IntoIterator<Item = &'s PortSpec>,
    devices: &mut Vec<Arc<Device>>,
    ports: &mut PortQueues,
) -> anyhow::Result<()> {
    for spec in specs {
        let (device, queues) = eal.open(spec).map_err(|error| of_port(&spec.name, &error))?;
        devices.push(Arc::new(device));
        ports.insert(spec.name.clone(), queues.into_iter().map(Some).collect());
    }
    Ok(())
}

/// Queue n of every tap and wire goes to poll core n, round and round. Both ports of a wire are on one core, so both
/// directions of an association are too, as far as the card's hash is symmetric.
pub(crate) fn lanes(config: &Config, ports: &mut PortQueues) -> anyhow::Result<(LanesByCore, CoresByWire)> {
    let mut by_core: LanesByCore = config.cores.poll.iter().map(|_| Vec::new()).collect();
    let mut turn = (0..config.cores.poll.len()).cycle();
    let mut add = |lane| {
        let core = turn.next().unwrap_or(0);
        if let Some(lanes) = by_core.get_mut(core) {
            lanes.push(lane);
        }
        core
    };
    let mut cores = CoresByWire::new();
    for tap in &config.tap {
        for queue in 0..queues(ports, &tap.port) {
            let lane = Lane::tap(tap.name.clone(), take(ports, &tap.port, queue)?, tap.inside.clone());
            add(lane.with_point_codes(form_of(tap.point_codes)));
        }
    }
    for wire in &config.wire {
        let (outside, inside) = (queues(ports, &wire.outside), queues(ports, &wire.inside));
        anyhow::ensure!(
            outside == inside,
            "wire `{}`: port `{}` has {outside} queues and port `{}` has {inside}; give both the same number",
            wire.name,
            wire.outside,
            wire.inside
        );
        for queue in 0..outside {
            let (outside, inside) = (take(ports, &wire.outside, queue)?, take(ports, &wire.inside, queue)?);
            let lane = Lane::wire(wire.name.clone(), outside, inside).with_changes(changes(config, wire));
            cores.entry(wire.name.clone()).or_default().push(add(lane.with_point_codes(form_of(wire.point_codes))));
        }
    }
    Ok((by_core, cores))
}

/// What each poll core serves.
pub(crate) type LanesByCore = Vec<Vec<Lane<DpdkPort>>>;

fn queues(ports: &PortQueues, name: &str) -> usize {
    ports.get(name).map_or(0, Vec::len)
}

fn take(ports: &mut PortQueues, name: &str, queue: usize) -> anyhow::Result<DpdkPort> {
    let port = ports.get_mut(name).and_then(|queues| queues.get_mut(queue)).and_then(Option::take);
    port.ok_or_else(|| anyhow!("port `{name}` has no queue {queue} left"))
}

/// What `status` tells of the set-up.
fn about(config: &Config, huge_pages: bool) -> String {
    let list = |names: Vec<&str>| names.iter().map(|n| format!("{n:?}")).collect::<Vec<_>>().join(",");
    format!(
        "\"pid\":{},\"version\":{:?},\"huge_pages\":{huge_pages},\"poll_cores\":{:?},\"ports\":[{}],\"taps\":[{}],\"wires\":[{}]",
        std::process::id(),
        env!("CARGO_PKG_VERSION"),
        config.cores.poll,
        list(config.port.iter().map(|p| p.name.as_str()).collect()),
        list(config.tap.iter().map(|t| t.name.as_str()).collect()),
        list(config.wire.iter().map(|w| w.name.as_str()).collect()),
    )
}
