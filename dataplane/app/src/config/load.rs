//! Reading and checking the file: what is wrong is said with file, line and column.

use super::{Config, OnFailure, Wire};
use crate::home;
use anyhow::{Context, anyhow};
use std::collections::BTreeSet;
use std::path::Path;

impl Config {
    /// Reads and checks the file for somebody who serves what is in it.
    ///
    /// # Errors
    /// What is wrong, with file, line and column; that there is no tap and no wire.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let config = Self::read(path)?;
        let is_empty = config.tap.is_empty() && config.wire.is_empty();
        anyhow::ensure!(!is_empty, "{}: there is no [[tap]] and no [[wire]]: nothing to do", path.display());
        Ok(config)
    }

    /// Reads and checks the file; there need not be a tap or a wire in it yet.
    ///
    /// # Errors
    /// What is wrong, with file, line and column.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| anyhow!("{}: {e}; name the file with --config", path.display()))?;
        Self::parse(path, &text)
    }

    /// Checks the text of a file.
    ///
    /// # Errors
    /// What is wrong, with file, line and column; without them where several places do not fit together.
    pub fn parse(file: &Path, text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = position(text, error.span().map_or(0, |span| span.start));
            anyhow!("{}:{line}:{column}: {}", file.display(), error.message())
        })?;
        config.check().map_err(|error| anyhow!("{}: {error:#}", file.display()))?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.cores.poll.is_empty(), "[cores] poll names no core: nothing would be received");
        let mut names = BTreeSet::new();
        for port in &self.port {
            anyhow::ensure!(names.insert(&port.name), "[[port]] `{}` is defined twice", port.name);
            anyhow::ensure!(port.queues > 0, "[[port]] `{}` has no queue", port.name);
        }
        let mut used = BTreeSet::new();
        let taps = self.tap.iter().map(|t| ("tap", &t.name, &t.port));
        let wires = self.wire.iter().flat_map(|w| [("wire", &w.name, &w.outside), ("wire", &w.name, &w.inside)]);
        for (kind, name, port) in taps.chain(wires) {
            let known = || names.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ");
            anyhow::ensure!(
                names.contains(port),
                "[[{kind}]] `{name}` names port `{port}`, which is not defined; defined are: {}",
                known()
            );
            anyhow::ensure!(used.insert(port), "port `{port}` is used twice; a port belongs to one tap or wire");
        }
        for wire in &self.wire {
            wire.screen.check().with_context(|| format!("[[wire]] `{}`", wire.name))?;
        }
        self.check_watchdog()?;
        if let Some(section) = &self.home_routing {
            home::settings(section, self.cores.poll.len())?;
        }
        self.wire.iter().try_for_each(|wire| self.check_bypass(wire))
    }

    fn check_watchdog(&self) -> anyhow::Result<()> {
        let stalled_ms = self.watchdog.stalled_ms;
        anyhow::ensure!(
            (STALLED_MS_MIN..=STALLED_MS_MAX).contains(&stalled_ms),
            "[watchdog] stalled_ms is {stalled_ms}; {STALLED_MS_MIN} to {STALLED_MS_MAX} are possible"
        );
        Ok(())
    }

    /// A bypass goes over the kernel: both ports must be interfaces of it, and there must be a bridge between them.
    fn check_bypass(&self, wire: &Wire) -> anyhow::Result<()> {
        if wire.on_failure != OnFailure::Bypass {
            return Ok(());
        }
        let name = &wire.name;
        anyhow::ensure!(
            wire.bridge.is_some(),
            "[[wire]] `{name}`: a bypass needs `bridge`, the kernel's bridge both its ports are members of"
        );
        for port in self.port.iter().filter(|port| [&wire.outside, &wire.inside].contains(&&port.name)) {
            let is_xdp = port.device.starts_with("net_af_xdp");
            anyhow::ensure!(
                is_xdp || port.device.starts_with("net_af_packet"),
                "[[wire]] `{name}`: no bypass for `{}`, only for net_af_xdp and net_af_packet; a card needs a relay of its own",
                port.device
            );
            // With several, some of them would still forward what the bridge forwards too.
            anyhow::ensure!(
                is_xdp || port.queues == 1,
                "[[wire]] `{name}`: a bypass of net_af_packet has one queue, port `{}` has {}",
                port.name,
                port.queues
            );
        }
        Ok(())
    }
}

/// Shorter and a burst of work would be a stall.
const STALLED_MS_MIN: u64 = 10;
const STALLED_MS_MAX: u64 = 60_000;

/// Line and column (characters, from 1) of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Conditions, PassOrDiscard};

    const WIRE: &str = r#"
        [[port]]
        name = "out"
        device = "net_null"
        [[port]]
        name = "in"
        device = "net_null"
        [[wire]]
        name = "w"
        outside = "out"
        inside = "in"
    "#;

    fn parse(text: &str) -> anyhow::Result<Config> {
        Config::parse(Path::new("sluice.toml"), text)
    }

    #[test]
    fn a_wire_of_two_ports_needs_nothing_else() {
        let config = parse(WIRE).unwrap();
        assert_eq!(config.paths.command_socket(), Path::new("/run/sluice/dataplane.sock"));
        assert_eq!(config.conditions.undecodable, PassOrDiscard::Pass);
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(refused("[cores]\npoll = []").contains("names no core"));
        assert!(
            refused(&WIRE.replace("inside = \"in\"", "inside = \"on\"")).contains("port `on`, which is not defined")
        );
        assert!(refused(&WIRE.replace("inside = \"in\"", "inside = \"out\"")).contains("used twice"));
    }

    #[test]
    fn every_condition_passes_unless_it_is_told_to_discard() {
        let names = [
            "undecodable",
            "no_policy",
            "table_full",
            "fragment_timeout",
            "mid_stream",
            "ring_full",
            "core_stalled",
            "uneditable",
        ];
        let lines = names.map(|name| format!("{name} = \"discard\"\n")).concat();
        let closed = parse(&format!("{WIRE}\n[conditions]\n{lines}")).unwrap().conditions;
        let of = |c: &Conditions| {
            let first = [c.undecodable, c.no_policy, c.table_full, c.fragment_timeout];
            [&first[..], &[c.mid_stream, c.ring_full, c.core_stalled, c.uneditable]].concat()
        };
        assert!(of(&closed).iter().all(|&way| way == PassOrDiscard::Discard));
        assert!(of(&parse(WIRE).unwrap().conditions).iter().all(|&way| way == PassOrDiscard::Pass));
    }

    #[test]
    fn a_bypass_needs_a_bridge_and_ports_of_the_kernel() {
        let with = |device: &str, more: &str| {
            parse(&format!("{}on_failure = \"bypass\"\n{more}", WIRE.replace("net_null", device)))
        };
        let bridge = "bridge = \"br0\"";
        assert_eq!(with("net_af_xdp:iface=a", bridge).unwrap().wire[0].on_failure, OnFailure::Bypass);
        let refused = |device, more| format!("{:#}", with(device, more).unwrap_err());
        assert!(refused("net_af_xdp:iface=a", "").contains("a bypass needs `bridge`"));
        assert!(refused("0000:3b:00.0", bridge).contains("a card needs a relay of its own"));
        assert!(refused("net_af_packet:iface=a\"\nqueues = 2 # \"", bridge).contains("has one queue"));
        let watched = format!("{WIRE}\n[watchdog]\nstalled_ms = 1");
        assert!(format!("{:#}", parse(&watched).unwrap_err()).contains("10 to 60000 are possible"));
    }

    #[test]
    fn a_file_without_taps_and_wires_is_read_but_not_served() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sluice.toml");
        std::fs::write(&file, "[cores]\npoll = [1]\n").unwrap();
        assert_eq!(Config::read(&file).unwrap().cores.poll, [1]);
        let refused = Config::load(&file).unwrap_err().to_string();
        assert!(refused.ends_with("sluice.toml: there is no [[tap]] and no [[wire]]: nothing to do"), "{refused}");
    }

    #[test]
    fn home_routing_needs_a_number_and_a_network() {
        let with = |section: &str| parse(&format!("{WIRE}\n[home_routing]\n{section}"));
        let section = "number = \"99979001\"\nmcc_mnc = \"00101\"\n";
        let home = with(section).unwrap().home_routing.unwrap();
        assert_eq!((home.life_s, home.bind_digits, home.ids, home.except.len()), (600, 15, 65_536, 0));
        let refused = |section: &str| format!("{:#}", with(section).unwrap_err());
        assert!(refused("number = \"99979001\"").contains("missing field `mcc_mnc`"));
        assert!(
            refused(&section.replace("99979001", "+99979001")).contains("[home_routing] number has 3 digits at least")
        );
        assert!(refused(&format!("{section}node_digits = 5")).contains("node_digits is at most 4"));
        assert!(refused(&section.replace("00101", "1")).contains("mcc_mnc has five or six digits"));
        assert!(refused(&format!("{section}except = [\"\"]")).contains("beginnings of numbers"));
        assert!(refused(&format!("{section}ids = 0")).contains("at least 1"));
    }

    #[test]
    fn the_place_of_a_mistake_is_given_as_file_line_and_column() {
        let refused = |text: &str| format!("{:#}", parse(text).unwrap_err());
        let unknown = refused("[cores]\npol = [1]");
        assert!(unknown.starts_with("sluice.toml:2:1: unknown field `pol`, expected one of `poll`"), "{unknown}");
        let of_another_kind = refused("[cores]\npoll = \"one\"");
        assert!(of_another_kind.starts_with("sluice.toml:2:8: invalid type: string \"one\""), "{of_another_kind}");
        let unfinished = refused("[cores]\n\npoll = [1");
        assert!(unfinished.starts_with("sluice.toml:3:"), "{unfinished}");
        let no_device = refused("[[port]]\nname = \"a\"\n");
        assert!(no_device.starts_with("sluice.toml:1:1: missing field `device`"), "{no_device}");
    }
}
