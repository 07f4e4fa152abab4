//! Everything we build with, tests and build scripts included, may be combined with Apache-2.0.

use sluice_tests::{licence, metadata};

#[test]
fn every_dependency_has_a_licence_on_the_list() {
    let packages = metadata::all_packages().unwrap();
    assert!(packages.iter().any(|p| p.name == "bindgen"), "build scripts' dependencies are not looked at");
    let refused = packages.iter().filter(|p| !p.licence.as_deref().is_some_and(licence::is_allowed));
    let lines: Vec<String> = refused
        .map(|p| format!("{} {}: {}", p.name, p.version, p.licence.as_deref().unwrap_or("no licence")))
        .collect();
    assert!(lines.is_empty(), "not on the list in tests/src/licence.rs:\n{}", lines.join("\n"));
}

#[test]
fn every_crate_of_ours_is_under_apache_2() {
    for package in metadata::members().unwrap() {
        assert!(package.is_member);
        assert_eq!(package.licence.as_deref(), Some("Apache-2.0"), "{}", package.name);
    }
}
