//! Which crate may name which: the arrows of the design as one table.
//!
//! Dependencies point one way. Under `dataplane/` only the app names the hardware; under `control/` nothing names
//! the engine but the command line, which runs the same engine offline. Features do not matter: an optional
//! dependency is one.

use crate::metadata::Package;
use std::fmt;

/// A crate and what it may name.
pub struct Rule {
    /// The crate.
    pub crate_name: &'static str,
    /// What its code may name.
    pub names: &'static [&'static str],
    /// What its tests may name besides.
    pub tests_name: &'static [&'static str],
}

/// The arrows, from the bottom up.
pub const RULES: &[Rule] = &[
    rule("sluice-wire", &[]),
    rule("sluice-abi", &["sluice-wire"]),
    rule("sluice-shm", &["sluice-abi", "sluice-wire"]),
    rule("sluice-matcher", &[]),
    rule("sluice-numbers", &["sluice-abi", "sluice-wire"]),
    Rule { crate_name: "sluice-text", names: &[], tests_name: &["sluice-track"] },
    rule("sluice-rules", &["sluice-abi", "sluice-matcher", "sluice-numbers", "sluice-text", "sluice-wire"]),
    rule("sluice-track", &["sluice-wire"]),
    rule("sluice-splice", &["sluice-wire"]),
    Rule {
        crate_name: "sluice-engine",
        names: &[
            "sluice-abi",
            "sluice-numbers",
            "sluice-rules",
            "sluice-splice",
            "sluice-text",
            "sluice-track",
            "sluice-wire",
        ],
        tests_name: &["sluice-io", "sluice-policy"],
    },
    Rule {
        crate_name: "sluice-dataplane",
        names: &[
            "sluice-abi",
            "sluice-engine",
            "sluice-rules",
            "sluice-shm",
            "sluice-track",
            "sluice-wire",
            "sluice-io",
            "sluice-dpdk",
            "sluice-platform",
        ],
        tests_name: &["sluice-policy", "sluice-splice"],
    },
    rule("sluice-io", &[]),
    rule("sluice-platform", &[]),
    rule("sluice-dpdk-sys", &[]),
    rule("sluice-dpdk", &["sluice-dpdk-sys", "sluice-io"]),
    rule(
        "sluice-policy",
        &["sluice-abi", "sluice-matcher", "sluice-numbers", "sluice-rules", "sluice-text", "sluice-wire"],
    ),
    rule("sluice-api", &["sluice-abi"]),
    rule("sluice-events", &["sluice-abi", "sluice-wire"]),
    rule("sluice-snmp", &[]),
    Rule {
        crate_name: "sluice-backtest",
        names: &[
            "sluice-abi",
            "sluice-api",
            "sluice-engine",
            "sluice-io",
            "sluice-rules",
            "sluice-shm",
            "sluice-track",
        ],
        tests_name: &["sluice-policy"],
    },
    rule(
        "sluiced",
        &[
            "sluice-abi",
            "sluice-api",
            "sluice-backtest",
            "sluice-events",
            "sluice-platform",
            "sluice-policy",
            "sluice-rules",
            "sluice-shm",
            "sluice-snmp",
        ],
    ),
    rule(
        "sluice",
        &[
            "sluice-abi",
            "sluice-api",
            "sluice-backtest",
            "sluice-dataplane",
            "sluice-engine",
            "sluice-io",
            "sluice-numbers",
            "sluice-platform",
            "sluice-policy",
            "sluice-rules",
            "sluice-shm",
            "sluice-track",
            "sluice-wire",
        ],
    ),
];

/// Crates that are not part of the product and may name every other.
pub const UNBOUND: &[&str] = &["sluice-bench", "sluice-tests"];

const fn rule(crate_name: &'static str, names: &'static [&'static str]) -> Rule {
    Rule { crate_name, names, tests_name: &[] }
}

/// What is wrong with the arrows of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A crate names one that it must not.
    Forbidden {
        /// Who names.
        from: String,
        /// Who is named.
        to: String,
        /// Whether only its tests do.
        is_dev: bool,
    },
    /// A crate that no rule knows: the table is behind the workspace.
    Unknown(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden { from, to, is_dev: false } => write!(f, "{from} must not name {to}"),
            Self::Forbidden { from, to, is_dev: true } => write!(f, "the tests of {from} must not name {to}"),
            Self::Unknown(name) => write!(f, "{name} has no rule in tests/src/edges.rs"),
        }
    }
}

/// Every fault of the members of a workspace.
pub fn faults(members: &[Package]) -> Vec<Fault> {
    members.iter().filter(|p| !UNBOUND.contains(&p.name.as_str())).flat_map(faults_of).collect()
}

fn faults_of(package: &Package) -> Vec<Fault> {
    let Some(rule) = RULES.iter().find(|r| r.crate_name == package.name) else {
        return vec![Fault::Unknown(package.name.clone())];
    };
    let allowed = |name: &str, is_dev: bool| {
        name == rule.crate_name || rule.names.contains(&name) || (is_dev && rule.tests_name.contains(&name))
    };
    let forbidden = package.ours.iter().filter(|d| !allowed(&d.name, d.is_dev));
    forbidden.map(|d| Fault::Forbidden { from: package.name.clone(), to: d.name.clone(), is_dev: d.is_dev }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn package(name: &str, ours: &[(&str, bool)]) -> Package {
        let dependency = |&(name, is_dev): &(&str, bool)| Dependency { name: name.to_owned(), is_dev };
        Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            licence: None,
            manifest: "Cargo.toml".into(),
            ours: ours.iter().map(dependency).collect(),
            is_member: true,
        }
    }

    fn forbidden(from: &str, to: &str, is_dev: bool) -> Vec<Fault> {
        vec![Fault::Forbidden { from: from.to_owned(), to: to.to_owned(), is_dev }]
    }

    #[test]
    fn an_edge_from_the_engine_to_the_hardware_is_refused() {
        let engine = package("sluice-engine", &[("sluice-wire", false), ("sluice-io", false)]);
        assert_eq!(faults(&[engine]), forbidden("sluice-engine", "sluice-io", false));
    }

    #[test]
    fn the_tests_of_the_engine_may_use_memory_ports() {
        assert_eq!(faults(&[package("sluice-engine", &[("sluice-io", true)])]), []);
    }

    #[test]
    fn an_edge_upwards_is_refused_in_tests_too() {
        let wire = package("sluice-wire", &[("sluice-abi", true)]);
        assert_eq!(faults(&[wire]), forbidden("sluice-wire", "sluice-abi", true));
    }

    #[test]
    fn the_daemon_and_the_command_line_do_not_name_each_other() {
        assert_eq!(faults(&[package("sluice", &[("sluiced", false)])]), forbidden("sluice", "sluiced", false));
        assert_eq!(faults(&[package("sluiced", &[("sluice", false)])]), forbidden("sluiced", "sluice", false));
    }

    #[test]
    fn a_crate_without_a_rule_is_a_fault() {
        assert_eq!(faults(&[package("sluice-new", &[])]), [Fault::Unknown("sluice-new".to_owned())]);
    }

    #[test]
    fn nothing_under_dataplane_but_the_app_may_name_the_hardware_and_no_rule_makes_a_circle() {
        let hardware = ["sluice-io", "sluice-dpdk", "sluice-dpdk-sys"];
        for rule in RULES.iter().filter(|r| !hardware.contains(&r.crate_name)) {
            let names_hardware = rule.names.iter().any(|n| hardware.contains(n));
            assert_eq!(
                names_hardware,
                ["sluice-dataplane", "sluice", "sluice-backtest"].contains(&rule.crate_name),
                "{}",
                rule.crate_name
            );
        }
        let mut settled: Vec<&str> = Vec::new();
        for _ in RULES {
            let next =
                RULES.iter().find(|r| !settled.contains(&r.crate_name) && r.names.iter().all(|n| settled.contains(n)));
            settled.extend(next.map(|r| r.crate_name));
        }
        assert_eq!(settled.len(), RULES.len());
    }
}
