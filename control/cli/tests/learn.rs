//! `sluice learn`: what is proposed is good once it is approved, and attackers in our name are not proposed.

mod common;

use common::{python, scratch, shared, sluice};
use serde_json::Value;
use std::path::{Path, PathBuf};

const SOON: &[&str] = &["--least-time", "1s"];

fn starter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/starter")
}

fn capture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(name).to_str().unwrap().to_owned()
}

/// Traffic of the generator with attacks in it.
fn generated(folder: &Path, scenario: &str, seed: &str, more: &[&str]) -> Option<String> {
    let generator = shared()?.join("tools/gen.py");
    let path = folder.join(format!("{scenario}.pcap")).to_str().unwrap().to_owned();
    let arguments = ["--out", &path, "--scenario", scenario, "--count", "4000", "--seed", seed];
    python(&[&[generator.to_str().unwrap()], &arguments[..], more].concat());
    Some(path)
}

fn learn(arguments: &[&str]) -> Value {
    let output = sluice(&[&["learn", "--json"], SOON, arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The network file with home alone.
fn home(folder: &Path) -> PathBuf {
    let text = std::fs::read_to_string(starter().join("network.toml")).unwrap();
    let path = folder.join("home.toml");
    std::fs::write(&path, text.split_once("[[partner]]").unwrap().0).unwrap();
    path
}

#[test]
fn too_little_traffic_is_refused_with_how_much_is_needed() {
    let path = capture("mix-11.pcap");
    for (more, expected) in [
        (&[][..], "needed are 1000 in 1day"),
        (&["--least", "100"], "needed are 100 in 1day"),
        (&["--least-time", "1s"], "needed are 1000 in 1s"),
    ] {
        let output = sluice(&[&["learn", "--from", &path], more].concat());
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("too little traffic") && said.contains(expected), "{said}");
    }
}

#[test]
fn approved_proposals_make_a_good_policy_and_partners_already_named_are_not_proposed() {
    let folder = scratch("learn-approved");
    let Some(path) = generated(&folder, "mix", "31", &["--count", "12000", "--rate", "0.12"]) else { return };
    let (home, out) = (home(&folder), folder.join("out"));
    let (home, out) = (home.to_str().unwrap(), out.to_str().unwrap());
    let learned = learn(&["--from", &path, "--network", home, "--out", out]);
    let partners = learned["partners"].as_array().unwrap();
    assert!(
        !partners.is_empty() && partners.iter().all(|p| p["agreement"] == "p2p" && p["requests"].as_u64() >= Some(50))
    );
    assert!(partners.iter().all(|p| p["gts"].as_array().is_some_and(|gts| !gts.is_empty())), "{partners:?}");

    // A person approves: the marks go, and what is not known is filled in.
    let proposed = std::fs::read_to_string(folder.join("out/learned-network.toml")).unwrap();
    assert_eq!(proposed.matches("# proposed ").count(), partners.len());
    assert!(!proposed.contains(&"9".repeat(12)) && proposed.contains("***"), "examples are masked: {proposed}");
    let network = std::fs::read_to_string(home).unwrap() + &proposed.replace("# country", "country");
    let settings = std::fs::read_to_string(folder.join("out/learned-settings.toml")).unwrap();
    let proposes = |line: &str| !line.starts_with(['#', '[']) && line.contains(" = ");
    assert!(settings.lines().filter(|line| proposes(line)).count() > 3, "a day is enough for some: {settings}");
    let policy = folder.join("policy");
    std::fs::create_dir(&policy).unwrap();
    std::fs::write(policy.join("network.toml"), &network).unwrap();
    std::fs::write(policy.join("policy.toml"), format!("name = \"t\"\nnetwork = \"network.toml\"\n{settings}"))
        .unwrap();
    let checked = sluice(&["policy", "check", policy.to_str().unwrap()]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));

    let again = learn(&["--from", &path, "--network", policy.join("network.toml").to_str().unwrap()]);
    assert_eq!(again["partners"].as_array().map(Vec::len), Some(0), "{}", again["partners"]);
    assert_eq!(again["known"].as_object().map(|known| known.len()), Some(partners.len()));
}

#[test]
fn nothing_is_overwritten() {
    let folder = scratch("learn-there");
    let Some(path) = generated(&folder, "mix", "32", &[]) else { return };
    std::fs::write(folder.join("learned-network.toml"), "mine").unwrap();
    let call = ["learn", "--from", &path, "--least-time", "1s", "--out", folder.to_str().unwrap()];
    let output = sluice(&call);
    assert!(String::from_utf8_lossy(&output.stderr).contains("already there"));
    assert_eq!(std::fs::read_to_string(folder.join("learned-network.toml")).unwrap(), "mine");
    assert!(!folder.join("learned-settings.toml").exists());
}

#[test]
fn titles_in_our_name_are_not_proposed_and_limits_are_measured() {
    let folder = scratch("learn-attacks");
    let Some(path) = generated(&folder, "attacks", "33", &[]) else { return };
    let home = home(&folder);
    let learned = learn(&["--from", &path, "--network", home.to_str().unwrap()]);
    let refused = learned["in_name_of_home"].as_array().unwrap();
    assert!(!refused.is_empty());
    let beginnings: Vec<&str> = learned["partners"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|p| p["gts"].as_array().unwrap())
        .filter_map(Value::as_str)
        .collect();
    for title in refused.iter().filter_map(|title| title["value"].as_str()) {
        assert!(!beginnings.iter().any(|gt| title.starts_with(gt)), "{title}: {beginnings:?}");
    }
    assert!(!beginnings.iter().any(|gt| gt.starts_with("99970")), "home is no partner: {beginnings:?}");
    let settings = learned["settings"].as_array().unwrap();
    let of = |scenario: &str| settings.iter().filter(|s| s["scenario"] == scenario).count();
    assert!(of("flooding") > 2 && of("campaigns") > 1, "{settings:?}");
    for setting in settings {
        let ordered = ["half", "99", "99.9", "largest"].map(|key| setting[key].as_u64().unwrap());
        assert!(ordered.is_sorted() && setting["windows"].as_u64() > Some(0), "{setting}");
        let proposed = setting["proposed"].as_u64();
        assert!(
            proposed.is_none_or(|n| n == (3 * ordered[2]).max(1) && setting["windows"].as_u64() >= Some(1_000)),
            "{setting}"
        );
    }
}
