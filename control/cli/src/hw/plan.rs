//! `sluice hw plan`, and the plan that its neighbours need.

use crate::args::{self, CONFIGURATION, Planned};
use crate::output;
use anyhow::Context;
use sluice_dataplane::config::{Config, Memory};
use sluice_platform::machine::pci_address;
use sluice_platform::plan::Line;
use sluice_platform::{Machine, Plan, Root, Wanted};
use std::path::{Path, PathBuf};

/// Runs it.
pub fn run(args: &args::Plan) -> anyhow::Result<()> {
    let made = Made::of(&args.planned)?;
    if args.json {
        return output::line(serde_json::to_string_pretty(&made.plan)?);
    }
    if args.toml {
        return output::text(made.plan.configuration());
    }
    if let Some(example) = made.example {
        output::line(format_args!("{example}\n"))?;
    }
    output::text(made.plan)
}

/// A plan, with what it was made of.
pub struct Made {
    pub root: Root,
    pub machine: Machine,
    pub plan: Plan,
    /// None where there is no configuration.
    pub config: Option<Config>,
    /// Why an example was planned.
    pub example: Option<String>,
    /// Where old values are kept.
    pub record: PathBuf,
    folder: PathBuf,
}

impl Made {
    pub fn of(args: &Planned) -> anyhow::Result<Self> {
        let root = Root::new(&args.root);
        let machine = Machine::read(&root).context("the machine cannot be told")?;
        let config = configuration(&args.config)?;
        let frames = config.as_ref().map_or_else(|| Memory::default().frames, |config| config.memory.frames);
        let mut lines = config.as_ref().map(lines).unwrap_or_default();
        let example = lines.is_empty().then(|| {
            lines.push(example(&machine));
            let what = if config.is_some() { "has no taps and wires" } else { "is not there" };
            format!("{} {what}: this is the plan of an example", args.config.display())
        });
        let wanted = Wanted { lines, frames, writer_on_sibling: args.writer_on_sibling };
        let plan = Plan::of(&machine, &wanted)?;
        let state =
            config.as_ref().map_or_else(|| PathBuf::from("/var/lib/sluice"), |config| config.paths.state_dir.clone());
        let state = state.strip_prefix("/").unwrap_or(&state);
        let record = args.root.join(state).join("hw-undo.json");
        Ok(Self { root, machine, plan, config, example, record, folder: args.root.clone() })
    }

    /// A file of the machine.
    pub fn machine_file(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}

/// The usual file need not be there.
fn configuration(file: &Path) -> anyhow::Result<Option<Config>> {
    if file == Path::new(CONFIGURATION) && !file.exists() {
        return Ok(None);
    }
    Config::read(file).map(Some)
}

/// Taps first, then wires: so the dataplane gives their queues to poll cores.
fn lines(config: &Config) -> Vec<Line> {
    let port = |name: &String| config.port.iter().find(|port| port.name == *name);
    let line = |name: String, ports: &[&String]| {
        let ports = ports.iter().filter_map(|name| port(name));
        let queues = ports.clone().map(|port| port.queues).max().unwrap_or(1);
        Line { name, cards: ports.filter_map(|port| pci_address(&port.device)).collect(), queues }
    };
    let taps = config.tap.iter().map(|tap| line(format!("tap {}", tap.name), &[&tap.port]));
    let wires = config.wire.iter().map(|wire| line(format!("wire {}", wire.name), &[&wire.outside, &wire.inside]));
    taps.chain(wires).collect()
}

/// A wire between the first two ports of a card that DPDK drives.
fn example(machine: &Machine) -> Line {
    let known = machine.cards.iter().filter(|card| card.family.is_some());
    let slot = |address: &str| address.rsplit_once('.').map(|(slot, _)| slot.to_owned());
    let pair = known.clone().zip(known.skip(1)).find(|(one, other)| slot(&one.address) == slot(&other.address));
    let cards = pair.map(|(one, other)| vec![one.address.clone(), other.address.clone()]).unwrap_or_default();
    Line { name: "wire example".to_owned(), cards, queues: 1 }
}
