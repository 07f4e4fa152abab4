//! The arrows between our crates are those of the design, as cargo sees them.

use sluice_tests::{edges, metadata};

#[test]
fn every_crate_names_only_what_the_design_lets_it_name() {
    let members = metadata::members().unwrap();
    let faults: Vec<String> = edges::faults(&members).iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_is_about_a_crate_that_exists() {
    let members = metadata::members().unwrap();
    let named = edges::RULES.iter().map(|r| r.crate_name).chain(edges::UNBOUND.iter().copied());
    for name in named {
        assert!(members.iter().any(|p| p.name == name), "{name} is not a member of the workspace");
    }
}
