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

#[test]
fn what_the_console_ships_of_others_may_be_shipped() {
    let lock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../control/console/package-lock.json");
    let lock: serde_json::Value = serde_json::from_slice(&std::fs::read(lock).unwrap()).unwrap();
    let shipped: Vec<_> = lock["packages"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, own)| !path.is_empty() && own["dev"] != true)
        .collect();
    assert!(shipped.len() > 10, "the lock file has another form");
    for (path, own) in shipped {
        assert!(own["license"].as_str().is_some_and(licence::is_allowed), "{path}: {}", own["license"]);
    }
}
