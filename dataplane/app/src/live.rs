//! A live dataplane: DPDK ports, pinned threads, the command socket.

use crate::config::{self, Config, HugePages};
use crate::cores::{self, CoreLocks};
use crate::disk;
use crate::housekeeping::{Housekeeping, Next, last_policy};
use crate::lane::Lane;
use crate::poll::{RingFull, Until};
use crate::runtime::{Lanes, Options, Role, Runtime};
use crate::signals;
use anyhow::{Context, anyhow};
use sluice_dpdk::{Device, DpdkPort, Eal, EalConfig, PortSpec};
use sluice_engine::{
    Answering, Conditions, Fallback, MemorySizes, PartSizes, PieceSizes, PointCodes, RateSizes, Settings, StreamSizes,
    TableSizes, Wire,
};
use sluice_io::{Clock, WallClock};
use sluice_rules::Purpose;
use sluice_shm::Cause;
use sluice_shm::command::Server;
use sluice_shm::journal;
use std::collections::BTreeMap;

/// Serves until a command or a signal says stop.
///
/// # Errors
/// What could not be opened or failed, with what to do about it.
pub fn run(config: &Config) -> anyhow::Result<()> {
    cores::check(&config.cores)?;
    let _locks = CoreLocks::take(&config.cores)?;
    for directory in [&config.paths.run_dir, &config.paths.state_dir] {
        std::fs::create_dir_all(directory).with_context(|| format!("{}", directory.display()))?;
    }
    disk::check(&config.paths, &config.journal)?;
    // Before the ports: nothing may be taken off a wire by a dataplane that cannot be commanded.
    let server = bind(&config.paths)?;
    let specs = config.port.iter().map(spec).collect::<Result<Vec<_>, _>>()?;
    let eal = eal(config, &specs)?;
    let (devices, mut ports) = open(&eal, &specs)?;
    let lanes = lanes(config, &mut ports)?;
    let first = match last_policy(&config.paths.last_policy()) {
        Ok(policy) => policy,
        Err(error) => {
            eprintln!("sluice-dataplane: the last policy is not taken up: {error:#}");
            None
        }
    };
    eprintln!(
        "sluice-dataplane: {} ports, {} poll cores, huge pages {}, policy {}",
        devices.len(),
        config.cores.poll.len(),
        if eal.huge_pages() {
            "in use"
        } else {
            "not in use (too few are free or they are off): packet memory lies on normal pages"
        },
        first.as_ref().map_or("none".to_owned(), |p| p.version().to_string())
    );
    let options = options(config);
    let (poll, writer) = (config.cores.poll.clone(), config.cores.writer);
    let registry = eal.clone();
    let prepare = move |role| {
        let core = match role {
            Role::Poll(number) => poll.get(number).copied(),
            Role::Writer => Some(writer),
        };
        if let Some(core) = core {
            cores::pin(core)?;
        }
        // Without it every packet buffer would be taken from and given back to the shared pool one by one.
        registry.register_thread().context("registering a thread with DPDK")
    };
    let stop = signals::on_terminate()?;
    let mut runtime = Runtime::start(&options, lanes, first, (WallClock::new, WallClock::new()), prepare)?;
    cores::pin(config.cores.housekeeping)?;
    let about = about(config, eal.huge_pages());
    let mut housekeeping =
        Housekeeping { server, last_policy: config.paths.last_policy(), clock: WallClock::new(), about };
    let served = loop {
        if runtime.has_lost_a_thread() || stop.is_set() {
            break Ok(());
        }
        match housekeeping.serve(&mut runtime.policies, &mut runtime.block) {
            Ok(Next::GoOn) => {}
            Ok(Next::Stop) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    drop(runtime.stop()?);
    drop(devices);
    served
}

fn bind(paths: &config::Paths) -> anyhow::Result<Server> {
    let path = paths.command_socket();
    Server::bind(&path).map_err(|error| match error.cause {
        Cause::InUse => anyhow!(
            "{}: another sluice-dataplane listens here; stop that one, or give this one another run_dir in [paths]",
            path.display()
        ),
        _ => anyhow!("the command socket: {error}"),
    })
}

fn spec(port: &config::Port) -> anyhow::Result<PortSpec> {
    let spec = PortSpec::new(&port.name, &port.device).map_err(|error| of_port(&port.name, &error))?;
    Ok(PortSpec { queues: port.queues, ..spec })
}

/// Says which port it is about, and what else if it is not about all of it.
fn of_port(name: &str, error: &sluice_dpdk::Error) -> anyhow::Error {
    if error.subject == name { anyhow!("port `{name}`: {}", error.problem) } else { anyhow!("port `{name}`: {error}") }
}

fn eal(config: &Config, specs: &[PortSpec]) -> anyhow::Result<Eal> {
    let huge_pages = match config.memory.huge_pages {
        HugePages::Auto => sluice_dpdk::HugePages::Auto,
        HugePages::On => sluice_dpdk::HugePages::On,
        HugePages::Off => sluice_dpdk::HugePages::Off,
    };
    let eal = EalConfig { huge_pages, frames_per_node: config.memory.frames, ..EalConfig::for_ports(specs) };
    Eal::init(&eal).context("DPDK")
}

type PortQueues = BTreeMap<String, Vec<Option<DpdkPort>>>;

fn open(eal: &Eal, specs: &[PortSpec]) -> anyhow::Result<(Vec<Device>, PortQueues)> {
    let mut devices = Vec::new();
    let mut ports = PortQueues::new();
    for spec in specs {
        let (device, queues) = eal.open(spec).map_err(|error| of_port(&spec.name, &error))?;
        devices.push(device);
        ports.insert(spec.name.clone(), queues.into_iter().map(Some).collect());
    }
    Ok((devices, ports))
}

/// Queue n of every tap and wire goes to poll core n, round and round. Both ports of a wire are on one core, so both
/// directions of an association are too, as far as the card's hash is symmetric.
fn lanes(config: &Config, ports: &mut PortQueues) -> anyhow::Result<Vec<Lanes<DpdkPort>>> {
    let mut by_core: Vec<Vec<Lane<DpdkPort>>> = config.cores.poll.iter().map(|_| Vec::new()).collect();
    let mut turn = (0..config.cores.poll.len()).cycle();
    let mut add = |lane| {
        if let Some(lanes) = turn.next().and_then(|core| by_core.get_mut(core)) {
            lanes.push(lane);
        }
    };
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
            let lane = Lane::wire(wire.name.clone(), outside, inside).with_changes(changes(wire));
            add(lane.with_point_codes(form_of(wire.point_codes)));
        }
    }
    Ok(by_core
        .into_iter()
        .map(|lanes| {
            let mut once = Some(lanes);
            Box::new(move || once.take()) as Lanes<DpdkPort>
        })
        .collect())
}

/// How what crosses a wire may be changed.
fn changes(wire: &config::Wire) -> Wire {
    let answering = match wire.answers {
        config::Answers::Bounce => Answering::Bounce,
        config::Answers::Reflect => Answering::Reflect,
        config::Answers::Discard => Answering::Discard,
    };
    Wire { answering, mtu: wire.mtu, patience_ns: wire.hold_ms.saturating_mul(1_000_000), ..Wire::default() }
}

fn queues(ports: &PortQueues, name: &str) -> usize {
    ports.get(name).map_or(0, Vec::len)
}

fn take(ports: &mut PortQueues, name: &str, queue: usize) -> anyhow::Result<DpdkPort> {
    let port = ports.get_mut(name).and_then(|queues| queues.get_mut(queue)).and_then(Option::take);
    port.ok_or_else(|| anyhow!("port `{name}` has no queue {queue} left"))
}

fn options(config: &Config) -> Options {
    const MEGABYTE: u64 = 1 << 20;
    let fallback = |choice| match choice {
        config::PassOrDiscard::Pass => Fallback::Pass,
        config::PassOrDiscard::Discard => Fallback::Discard,
    };
    Options {
        counters: config.paths.counters(),
        journal: config.paths.journal(),
        journal_config: journal::Config {
            segment_octets: u32::try_from(config.journal.segment_megabytes * MEGABYTE).unwrap_or(u32::MAX),
            octets_max: config.journal.megabytes_max * MEGABYTE,
            when_full: match config.journal.when_full {
                config::WhenFull::DropOldest => journal::WhenFull::DropOldest,
                config::WhenFull::StopWriting => journal::WhenFull::StopWriting,
            },
        },
        commit_interval_ns: config.journal.commit_interval_ms * 1_000_000,
        engine: Settings {
            tables: tables(&config.tables),
            conditions: Conditions {
                undecodable: fallback(config.conditions.undecodable),
                no_policy: fallback(config.conditions.no_policy),
                ..Conditions::default()
            },
            purpose: Purpose::Live,
            ..Settings::default()
        },
        idle: config.cores.idle,
        ring_full: RingFull::Lose,
        until: Until::Stopped,
    }
}

fn tables(config: &config::Tables) -> TableSizes {
    let seconds = |s: u64| s.saturating_mul(1_000_000_000);
    // Room for octets: what a piece of that layer usually has.
    let pieces = |pieces, octets_each: usize, timeout_s| PieceSizes {
        pieces,
        octets: pieces.saturating_mul(octets_each),
        timeout_ns: seconds(timeout_s),
    };
    TableSizes {
        associations: config.associations,
        inits: config.inits,
        ip_fragments: pieces(config.ip_fragments, 1024, config.ip_fragment_timeout_s),
        sctp_fragments: pieces(config.sctp_fragments, 512, config.sctp_fragment_timeout_s),
        sccp_segments: pieces(config.sccp_segments, 256, config.sccp_segment_timeout_s),
        parts: PartSizes {
            parts: config.parts,
            octets: config.parts.saturating_mul(256),
            timeout_ns: seconds(config.part_timeout_s),
        },
        streams: StreamSizes {
            connections: config.smpp_connections,
            octets: config.smpp_connections.saturating_mul(2048),
            ..StreamSizes::default()
        },
        memory: MemorySizes {
            locations: config.locations,
            pairings: config.pairings,
            counters: RateSizes { counts: config.counters, distincts: config.distinct_counters },
            campaigns: config.campaigns,
        },
        dialogues: config.dialogues,
        dialogue_timeout_ns: seconds(config.dialogue_timeout_s),
        // Unknown to peers: they must not be able to aim at one bucket of a table.
        hash_key: WallClock::new().now_ns() ^ u64::from(std::process::id()).rotate_left(32),
    }
}

const fn form_of(point_codes: config::PointCodes) -> PointCodes {
    match point_codes {
        config::PointCodes::Itu => PointCodes::Itu,
        config::PointCodes::Ansi => PointCodes::Ansi,
        config::PointCodes::China => PointCodes::China,
    }
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
