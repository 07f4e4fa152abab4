//! The ways round a dataplane that does not serve a wire, for the ports there are.
//!
//! | port | while it is served | bypass |
//! |---|---|---|
//! | `net_af_xdp` | the kernel hands frames to our socket before its bridge sees them | the queue's entry is taken out, and frames go on into the bridge; the kernel itself does that when the process dies |
//! | `net_af_packet` | we get copies, so the bridge must be down, or every frame would cross twice | the bridge is taken up, by the watchdog, or by the guardian when the process dies |
//! | a card | nobody else sees it | a relay beside it, or its links down; no relay is built in |
//!
//! Both ports of a wire are members of one kernel bridge without STP, `forward_delay 0` and `mcast_snooping 0`. Frames to
//! link-local groups (LLDP, LACP) a bridge does not forward; signalling has none. What crosses in a bypass is not judged.
//!
//! A relay that only lets frames through while it is kicked (ixgbe's `rte_pmd_ixgbe_bypass_*` with PCI id 8086:155d, a
//! vendor's `bpctl`) would be one more [`Bypass`]; here is none, for want of a card to try it with.

use crate::config::{Config, OnFailure, PassOrDiscard, Wire};
use crate::guardian::{Plan, Step};
use crate::watchdog::links::Propagation;
use crate::watchdog::{Bypass, Line, Watched};
use anyhow::Context;
use sluice_dpdk::{Device, Interface};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// The poll core that serves each queue of a wire, by the wire's name.
pub type CoresByWire = BTreeMap<String, Vec<usize>>;

/// The wires to be watched over. Bridges are put into the state they should have while wires are served.
///
/// # Errors
/// A bypass was asked for that cannot be.
pub fn watched(config: &Config, devices: &[Arc<Device>], cores: &CoresByWire) -> anyhow::Result<Vec<Watched>> {
    let watched = |wire: &Wire| {
        let ports = Ports::of(wire, devices)?;
        let ways = ports.ways(wire).with_context(|| format!("the bypass of wire `{}`", wire.name))?;
        let acts = wire.on_failure != OnFailure::Bypass || config.conditions.core_stalled == PassOrDiscard::Pass;
        Ok(Watched {
            name: wire.name.clone(),
            cores: cores.get(&wire.name).cloned().unwrap_or_default(),
            ways: if acts { ways } else { Vec::new() },
            lines: wire.propagate_link.then(|| (ports.lines(), Propagation::default())),
        })
    };
    config.wire.iter().map(watched).collect()
}

/// What the guardian shall do; none where there is nothing for it to do.
///
/// # Errors
/// A wire names a port that is not open.
pub fn plan(config: &Config, devices: &[Arc<Device>]) -> anyhow::Result<Option<Plan>> {
    let mut steps = Vec::new();
    for wire in &config.wire {
        Ports::of(wire, devices)?.steps(wire, &mut steps);
    }
    let is_wanted = config.watchdog.guardian && !steps.is_empty();
    let stalled_ms = match config.conditions.core_stalled {
        PassOrDiscard::Pass => config.watchdog.stalled_ms,
        // Then it acts at the end of the dataplane only.
        PassOrDiscard::Discard => NEVER_MS,
    };
    Ok(is_wanted.then(|| Plan { counters: config.paths.counters(), stalled_ms, steps }))
}

/// A hundred years.
const NEVER_MS: u64 = 100 * 365 * 86_400_000;

/// The two ports of a wire.
struct Ports {
    outside: Arc<Device>,
    inside: Arc<Device>,
}

impl Ports {
    fn of(wire: &Wire, devices: &[Arc<Device>]) -> anyhow::Result<Self> {
        let find = |name: &str| {
            let found = devices.iter().find(|device| device.name() == name);
            found.cloned().with_context(|| format!("wire `{}`: port `{name}` is not open", wire.name))
        };
        Ok(Self { outside: find(&wire.outside)?, inside: find(&wire.inside)? })
    }

    fn both(&self) -> [&Arc<Device>; 2] {
        [&self.outside, &self.inside]
    }

    fn ways(&self, wire: &Wire) -> anyhow::Result<Vec<Box<dyn Bypass>>> {
        match (wire.on_failure, &wire.bridge) {
            (OnFailure::Nothing, _) | (OnFailure::Bypass, None) => Ok(Vec::new()),
            (OnFailure::LinkDown, _) => {
                let [outside, inside] = self.both().map(Arc::clone);
                Ok(vec![Box::new(LinksDown { lines: [outside, inside], not_served: BTreeSet::new() })])
            }
            (OnFailure::Bypass, Some(bridge)) => self.ways_over(bridge),
        }
    }

    fn ways_over(&self, bridge: &str) -> anyhow::Result<Vec<Box<dyn Bypass>>> {
        let interface = Interface::find(bridge)?;
        let mut ways: Vec<Box<dyn Bypass>> = Vec::new();
        for device in self.both() {
            check_member(device, bridge)?;
            if is_xdp(device) {
                anyhow::ensure!(
                    !device.xsk_places().is_empty(),
                    "{}: its AF_XDP sockets cannot be told apart",
                    device.name()
                );
                ways.push(Box::new(PassBy { device: Arc::clone(device) }));
            }
        }
        let is_copied = !self.both().into_iter().all(is_xdp);
        interface.set_up(!is_copied)?;
        if is_copied {
            ways.push(Box::new(Bridge { interface }));
        }
        Ok(ways)
    }

    /// The same for the guardian, as far as another process can do it.
    fn steps(&self, wire: &Wire, steps: &mut Vec<Step>) {
        match (wire.on_failure, &wire.bridge) {
            (OnFailure::Nothing, _) | (OnFailure::Bypass, None) => {}
            (OnFailure::LinkDown, _) => {
                let interfaces = self.both().into_iter().filter_map(|device| device.interface());
                steps.extend(interfaces.map(|name| Step::Down(name.to_owned())));
            }
            (OnFailure::Bypass, Some(bridge)) => {
                let places = self.both().into_iter().flat_map(|device| device.xsk_places());
                steps.extend(places.map(Step::PassBy));
                steps.push(Step::Up(bridge.clone()));
            }
        }
    }

    fn lines(&self) -> [Box<dyn Line>; 2] {
        self.both().map(|device| Box::new(PortLine(Arc::clone(device))) as Box<dyn Line>)
    }
}

fn is_xdp(device: &Arc<Device>) -> bool {
    device.capabilities().driver == "net_af_xdp"
}

/// As far as it can be seen: `/sys` may be that of another network namespace.
fn check_member(device: &Device, bridge: &str) -> anyhow::Result<()> {
    let name = device.interface().context("a bypass is for interfaces of the kernel")?;
    let port = Path::new("/sys/class/net").join(name);
    let master = port.join("master").read_link().ok();
    let is_member = master.is_some_and(|master| master.ends_with(bridge));
    anyhow::ensure!(
        is_member || !port.is_dir(),
        "{name} is not a member of the bridge {bridge}: ip link set {name} master {bridge}"
    );
    Ok(())
}

/// Frames of a queue of AF_XDP go on into the kernel.
struct PassBy {
    device: Arc<Device>,
}

impl Bypass for PassBy {
    fn set(&mut self, queue: usize, goes_by: bool) -> anyhow::Result<()> {
        Ok(self.device.redirect(queue, !goes_by)?)
    }
}

/// A bridge that is down while we forward what it would forward too.
struct Bridge {
    interface: Interface,
}

impl Bypass for Bridge {
    fn set(&mut self, _queue: usize, goes_by: bool) -> anyhow::Result<()> {
        Ok(self.interface.set_up(goes_by)?)
    }
}

/// Both ends see that the wire is gone. One queue that is not served is enough: its associations would hang.
struct LinksDown {
    lines: [Arc<Device>; 2],
    not_served: BTreeSet<usize>,
}

impl Bypass for LinksDown {
    fn set(&mut self, queue: usize, goes_by: bool) -> anyhow::Result<()> {
        if goes_by {
            self.not_served.insert(queue);
        } else {
            self.not_served.remove(&queue);
        }
        let up = self.not_served.is_empty();
        self.lines.iter().try_for_each(|line| Ok(line.set_link(up)?))
    }
}

/// The line of an open port.
struct PortLine(Arc<Device>);

impl Line for PortLine {
    fn is_up(&self) -> bool {
        self.0.link().is_up
    }

    fn set_up(&self, up: bool) -> anyhow::Result<()> {
        Ok(self.0.set_link(up)?)
    }
}
